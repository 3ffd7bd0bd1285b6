import json
import pickle

import pytest

from algorithms import errors
from algorithms.errors import MtrecError, UnknownModelError, UnknownUserError
from algorithms.messages import Message
from algorithms.progress import Stage, part_of, silent


def every_error(root: type[MtrecError] = MtrecError) -> list[type[MtrecError]]:
    below = [error for child in root.__subclasses__() for error in every_error(child)]
    return [error for error in [root, *below] if error.__module__ == errors.__name__]


def test_an_error_reads_as_its_sentence() -> None:
    error = UnknownUserError(user="ann", n_users=3)
    assert str(error) == "No user “ann”: the data has 3 users. Choose one of its user table."
    assert isinstance(error, KeyError)
    assert error.message == Message(UnknownUserError.template, {"user": "ann", "n_users": 3})


def test_braces_in_a_value_are_only_text() -> None:
    assert "{user.__class__}" in str(UnknownUserError(user="{user.__class__}", n_users=1))


@pytest.mark.parametrize("error", every_error(), ids=lambda error: error.__name__)
def test_an_error_crosses_a_process_border(error: type[MtrecError]) -> None:
    class Anything(dict):
        def __missing__(self, key: str) -> str:
            self[key] = f"<{key}>"
            return self[key]

    values = Anything()
    error.template.format_map(values)  # collects the names
    raised = error(**values)
    again = pickle.loads(pickle.dumps(raised))  # noqa: S301
    assert type(again) is error
    assert str(again) == str(raised)
    assert json.loads(json.dumps(dict(again.message.values))) == dict(values)


def test_errors_can_be_caught_by_their_builtin() -> None:
    with pytest.raises(KeyError):
        raise UnknownModelError(model="x", models="y")


def test_a_part_of_a_progress_is_a_stretch_of_it() -> None:
    told: list[tuple[float, Stage]] = []
    part = part_of(lambda fraction, stage: told.append((fraction, stage)), 0.5, 0.75)
    for fraction in (-1.0, 0.0, 0.5, 1.0, 2.0):
        part(fraction, Stage.FIT)
    assert told == [(0.5, Stage.FIT)] * 2 + [(0.625, Stage.FIT)] + [(0.75, Stage.FIT)] * 2
    assert silent(0.5, Stage.FIT) is None

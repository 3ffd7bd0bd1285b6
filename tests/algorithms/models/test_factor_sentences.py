"""The sentence of a factor explanation names what weighs most."""

import numpy as np
import pytest

from algorithms.explanations import Contribution, EvidenceKind
from algorithms.models.factor_explanation import reason

TITLES = np.array(["Tent", "Stove"])


def event(amount, task="click"):
    return Contribution(amount, EvidenceKind.INTERACTION, task=task, item=1, value=1.0)


@pytest.mark.parametrize(
    ("past", "bias", "expected"),
    [
        ([], 0.5, "This user did nothing yet"),
        ([event(-0.2)], 0.5, "Nothing that this user did speaks for “Tent”"),
        (
            [event(0.3), event(0.1, "rating")],
            0.2,
            "Mostly because of what this user did in “click”",
        ),
        ([event(0.3), event(0.1, "rating")], 0.9, "Mostly because of what “Tent” is worth"),
    ],
)
def test_what_weighs_most_is_said_first(past, bias, expected):
    sentence = str(reason(past, bias, TITLES, "Tent"))
    assert sentence.startswith(expected)
    assert ("above all" in sentence) == ("Mostly" in sentence)

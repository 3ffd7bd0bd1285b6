"""The model that asks outside: what leaves the machine, what comes of it, and what is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, SplitConfig, UserTable
from algorithms.errors import ConfigError, FitError, MtrecError
from algorithms.evaluation import RunSpec, run
from algorithms.explanations import Table
from algorithms.models.base import ModelState
from algorithms.models.popularity import Popularity
from algorithms.models.prompted.outside_asking import NothingReadableError
from algorithms.models.prompted.outside_errors import (
    RefusedKeyError,
    SlowError,
    UnreachableError,
    UnreadableAnswerError,
)
from algorithms.models.prompted.outside_prompted import (
    KEY_VARIABLE,
    NoAddressError,
    OutsidePrompted,
)
from algorithms.models.prompted.outside_questions import read_number, read_order, read_yes_no
from algorithms.progress import Stage
from algorithms.tasks import Task, TaskKind
from tests.language_server import Asked, LanguageServer, Reply, language_server, said, sensible

CLICK = Task(name="click", kind=TaskKind.BINARY, label="clicked", item_kind="product")
STARS = Task(
    name="stars", kind=TaskKind.RATING, label="stars", item_kind="product", relevant_from=4
)
N_USERS, N_ITEMS = 20, 15
KEY = "sk-nobody-may-see-this"


def make_log() -> InteractionLog:
    rng = np.random.default_rng(2)
    users, items = rng.integers(0, N_USERS - 1, 120), rng.integers(0, N_ITEMS, 120)
    likes = (rng.random(120) < 0.6).astype(np.float32)
    return InteractionLog(
        name="shop",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={"clicked": likes, "stars": (1 + 4 * likes).astype(np.float32)},
        user_table=UserTable(
            IdMap(np.array([f"private-id-{n}" for n in range(N_USERS)])),
            {"city": np.where(np.arange(N_USERS) % 2 == 0, "Rome", "Oslo")},
        ),
        item_table=ItemTable(
            ids=IdMap(np.array([f"sku{n}" for n in range(N_ITEMS)])),
            titles=np.array([f"Thing {chr(65 + n)}" for n in range(N_ITEMS)]),
            kinds=("product",),
            kind_codes=np.zeros(N_ITEMS, dtype=np.int16),
            categories=np.array(["Books", "Toys", ""] * 5),
        ),
        timestamps=np.arange(120),
    )


LOG = make_log()


def fit(
    server: LanguageServer, tasks: tuple[Task, ...] = (CLICK, STARS), **config: Any
) -> OutsidePrompted:
    values = {"address": server.address, "model": "tiny", "timeout": 5, **config}
    model = OutsidePrompted.from_values(values)
    return model.fit(LOG, tasks, rng=np.random.default_rng(1))


def test_without_an_address_nothing_is_sent() -> None:
    model = OutsidePrompted()
    assert "nothing leaves this machine" in str(model.lacks())
    with language_server(sensible) as server:
        with pytest.raises(NoAddressError, match="Enter the address"):
            model.fit(LOG, [CLICK], rng=np.random.default_rng(1))
        assert server.asked == []
        assert OutsidePrompted.from_values({"address": server.address}).lacks() is None


def test_no_more_is_asked_and_told_than_allowed() -> None:
    with language_server(sensible) as server:
        fit(server, n_questions=9, history=2)
        assert len(server.asked) == 9
        told = "\n".join(asked.prompt for asked in server.asked)
        assert "private-id" not in told
        assert "city" not in told
        assert "Rome" not in told
        assert "Thing" in told
        known = fit(server, n_questions=4, tell_features=True)
        assert "city:" in server.asked[-1].prompt
        assert "what is known of these users" in str(known.sends())


def test_the_questions_are_sentences() -> None:
    with language_server(sensible) as server:
        fit(server, n_questions=4, n_candidates=3, history=2)
    order, yes_no, _, number = (asked.prompt.splitlines() for asked in server.asked)
    assert order[0].startswith("what will user_")
    assert order[0].endswith(" ?")
    assert " click next after “Thing " in order[0]
    assert order[1] == "Candidates:"
    assert [line[:2] for line in order[2:5]] == ["1.", "2.", "3."]
    assert yes_no[0].startswith("user_")
    assert "chose before, newest first: “Thing " in yes_no[0]
    assert yes_no[1].startswith("will user_")
    assert yes_no[2] == "Answer with yes or no."
    assert number[1].startswith("which stars will user_")
    assert number[2] == "Answer with one number from 1 to 5."


def test_popular_items_are_put_in_the_order_of_the_answer() -> None:
    with language_server(sensible) as server:
        model = fit(server, tasks=(CLICK,), n_candidates=4)
    plain = Popularity().fit(LOG, [CLICK], rng=np.random.default_rng(1))
    first = server.asked[0].prompt
    (_, user), said_of = next(iter(model._asked.items()))
    popular = plain.recommend(CLICK, user, N_ITEMS)
    ours = model.recommend(CLICK, user, N_ITEMS)
    named = [str(LOG.item_table.titles[item]) for item in ours.items[:4]]
    assert [f"“{name}”" in first.splitlines()[5 - n] for n, name in enumerate(named)] == [True] * 4
    assert sorted(ours.items[:4]) == sorted(popular.items[:4])  # the same, in another order
    assert (ours.items[4:] == popular.items[4:]).all()
    assert np.allclose(ours.scores, popular.scores, atol=1e-6)  # each place keeps its score
    assert said_of.order.tolist() == ours.items[:4].tolist()
    stranger = N_USERS - 1  # who chose nothing is not asked about
    assert (model.recommend(CLICK, stranger).items == plain.recommend(CLICK, stranger).items).all()


def test_no_goes_to_the_end_and_a_rating_is_the_prediction() -> None:
    def answer(asked: Asked) -> Reply:
        return said("no") if "yes or no" in asked.prompt else sensible(asked)

    with language_server(sensible) as yes, language_server(answer) as no:
        agreed, refused = fit(yes, n_questions=4), fit(no, n_questions=4)
    (t, user) = next(iter(agreed._asked))
    first = agreed._asked[t, user].order
    assert refused._asked[t, user].order.tolist() == [*first[1:], first[0]]
    best = agreed._asked[1, user].order[0]
    assert agreed.predict(STARS, [user], [best]).tolist() == [4.0]
    assert "said 4" in str(agreed.explain(STARS, user, int(best)).sentence)


def test_what_was_asked_is_shown_word_by_word_and_survives_storage() -> None:
    top = [{"token": "no", "logprob": -0.5}]

    def answer(asked: Asked) -> Reply:
        if "yes or no" in asked.prompt:
            return said("no", logprobs={"content": [{"top_logprobs": top}]})
        return said("hmm, perhaps") if "one number" in asked.prompt else sensible(asked)

    with language_server(answer) as server:
        model = fit(server, n_questions=8)
    state = model.state()
    values = json.loads(json.dumps(state.values, allow_nan=False))
    again = OutsidePrompted.from_values(model.config.model_dump(mode="json"))
    again.restore(LOG, (CLICK, STARS), ModelState(state.arrays, values))
    for each in (model, again):  # the server is gone by now
        counts, exchanges = each.exhibits()
        assert isinstance(counts, Table)
        assert isinstance(exchanges, Table)
        numbers = {str(what): n for what, n in counts.rows}
        assert numbers["questions"] == 8
        assert numbers["of these without an answer that could be read"] == 2
        assert [row[1] for row in exchanges.rows] == [asked.prompt for asked in server.asked]
        assert exchanges.rows[1][2] == "no"
        assert exchanges.rows[1][4] == pytest.approx(np.exp(-0.5))
        assert "“hmm, perhaps” does not answer" in str(exchanges.rows[3][3])
        assert "2 of 8 answers" in str(each.notes()[0])


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (lambda text: read_order(text, 3), "I like them all"),
        (lambda text: read_order(text, 3), "2, 4"),  # an item that does not exist
        (lambda text: read_order(text, 3), "0"),
        (read_yes_no, "perhaps"),
        (read_yes_no, "yes and no"),
        (lambda text: read_number(text, 1, 5), "7"),
        (lambda text: read_number(text, 1, 5), "3 or 4"),
        (lambda text: read_number(text, 1, 5), ""),
    ],
)
def test_nonsense_is_no_answer(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(UnreadableAnswerError, match="expected"):
        read(text)


def test_answers_are_read() -> None:
    assert read_order("3, 1, 3", 3) == (2, 0)
    assert read_order("<think>1 or 2?</think>\n2\n1", 3) == (1, 0)
    assert read_yes_no("Yes.")
    assert not read_yes_no("**No**")
    assert read_number("4.5 stars", 1, 5) == 4.5


@pytest.mark.parametrize(
    ("answer", "error", "n"),
    [
        (lambda asked: Reply(401), RefusedKeyError, 1),
        (lambda asked: Reply(drops=True), UnreachableError, 1),
        (lambda asked: Reply(waits=0.5), SlowError, 1),
        (lambda asked: said("perhaps"), NothingReadableError, 20),
    ],
)
def test_a_server_that_is_of_no_use_ends_the_run_early(
    answer: Callable[[Asked], Reply], error: type[MtrecError], n: int
) -> None:
    with language_server(answer) as server, pytest.raises(error):
        fit(server, timeout=0.2)
    assert len(server.asked) == n


def test_one_failure_among_answers_is_counted_and_three_end_the_run() -> None:
    def one(asked: Asked) -> Reply:
        return Reply(500) if len(server.asked) == 3 else sensible(asked)

    def many(asked: Asked) -> Reply:
        return Reply(500) if len(server.asked) >= 3 else sensible(asked)

    with language_server(one) as server:
        model = fit(server, n_questions=6)
        assert "status 500" in str(model.exhibits()[1].rows[2][3])
    with language_server(many) as server:
        with pytest.raises(MtrecError, match="status 500"):
            fit(server)
        assert len(server.asked) == 5


def test_it_can_be_stopped_between_two_questions() -> None:
    class Stop(Exception):  # noqa: N818
        pass

    def stop(fraction: float, stage: Stage) -> None:
        if fraction > 0.25:
            raise Stop

    with language_server(sensible) as server:
        model = OutsidePrompted.from_values({"address": server.address, "n_questions": 10})
        with pytest.raises(Stop):
            model.fit(LOG, [CLICK], rng=np.random.default_rng(1), progress=stop)
        assert len(server.asked) == 3


def test_nobody_to_ask_about_is_said() -> None:
    nothing = replace(LOG, labels={"clicked": 0 * LOG.labels["clicked"]})
    with language_server(sensible) as server:
        model = OutsidePrompted.from_values({"address": server.address})
        with pytest.raises(FitError, match="no user who chose anything"):
            model.fit(nothing, [CLICK], rng=np.random.default_rng(1))
        assert server.asked == []


def test_the_key_goes_with_the_question_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)

    def answer(asked: Asked) -> Reply:
        return said(f"{KEY} yes") if "yes or no" in asked.prompt else sensible(asked)

    with language_server(answer) as server:
        config = {"address": server.address, "n_questions": 20}
        spec = RunSpec(
            model="outside_prompted", config=config, seed=1, tasks=(CLICK, STARS),
            split=SplitConfig(),
        )  # fmt: skip
        result = run(spec, LOG)
    assert {asked.headers["Authorization"] for asked in server.asked} == {f"Bearer {KEY}"}
    assert "*** yes" in json.dumps(dict(result.state.values))  # a server that repeats it
    assert KEY not in repr(result)
    assert KEY not in json.dumps(dict(result.state.values)) + spec.model_dump_json()


def test_an_address_that_is_none_is_refused_before_anything_is_kept() -> None:
    with pytest.raises(ConfigError, match="address"):
        OutsidePrompted.from_values({"address": "localhost:8000"})

"""Faithfulness: a hand example, true explanations against shuffled ones, what cannot be tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

from algorithms.arrays import FloatArray, IntArray
from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.evaluation.faithfulness import (
    Evidence,
    FoldsIn,
    How,
    NoScoreError,
    Outcome,
    TooLittleEvidenceError,
    can_be_tested,
    measure_faithfulness,
    strongest_share,
    without,
)
from algorithms.evaluation.runner import model_rng
from algorithms.explanations import Contribution, EvidenceKind, Explanation
from algorithms.messages import Message
from algorithms.models.base import Family, ModelState, Recommender
from algorithms.models.catalog import find_model
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
BUY = Task(name="buy", kind=TaskKind.BINARY, label="buy", item_kind="product")
WORTH = np.array([8.0, 4.0, 1.0, 2.0, -3.0, 0.0])  # of a click on each item, for any other item


class Adder(Recommender):
    """Scores every item by the worth of what the user clicked: each number is known by hand."""

    key = "adder"
    title = "Adder"
    family = Family.BASELINE
    summary = "Adds up."
    equation = r"$\sum_j w_j$"
    reference = "samek2017"
    explains_by = "interactions"

    n_fits: ClassVar[int] = 0

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        type(self).n_fits += 1
        self.sums = {}
        for task in tasks:
            done = train.label(task.label) > 0
            self.sums[task.name] = np.bincount(
                train.users[done], WORTH[train.items[done]], train.n_users
            )
        progress(1.0, Stage.FIT)

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return self.sums[task.name][users]

    def _state(self) -> ModelState:
        return ModelState(dict(self.sums))

    def _restore(self, state: ModelState) -> None:
        self.sums = dict(state.arrays)

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        mine = self.log.items[(self.log.users == user) & (self.log.label(task.label) > 0)]
        return reasons(task, user, item, {int(j): WORTH[j] for j in mine})


class FoldingAdder(Adder):
    """The same, and it can fold in."""

    key = "folding_adder"

    def fold_in(self, task: Task, user: int, items: IntArray, log: InteractionLog) -> FloatArray:
        done = (log.users == user) & (log.label(task.label) > 0)
        return np.full(len(items), WORTH[log.items[done]].sum())


def reasons(task: Task, user: int, item: int, amounts: dict[int, float]) -> Explanation:
    parts = [
        Contribution(amount, EvidenceKind.INTERACTION, task.name, past, 1.0)
        for past, amount in amounts.items()
    ]
    parts.append(Contribution(100.0, EvidenceKind.ITEM_BIAS, task.name, item))
    return Explanation(task.name, user, item, 0.0, Message("Because."), tuple(parts))


def make_log(n_items: int, users: Sequence[int], items: Sequence[int], **labels) -> InteractionLog:
    return InteractionLog(
        name="small",
        users=np.array(users, dtype=np.int32),
        items=np.array(items, dtype=np.int32),
        labels={name: np.array(column, dtype=np.float32) for name, column in labels.items()},
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(max(users) + 1)]))),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(n_items)])),
            titles=np.array([f"Item {n}" for n in range(n_items)]),
            kinds=("product",),
            kind_codes=np.zeros(n_items, dtype=np.int16),
            categories=np.array([""] * n_items),
        ),
    )


@pytest.fixture
def adder() -> Adder:
    """User 0 clicked items 0 to 4, and bought item 0; user 1 clicked item 0."""
    log = make_log(6, [0, 0, 0, 0, 0, 1], [0, 1, 2, 3, 4, 0], click=[1] * 6, buy=[1, 0, 0, 0, 0, 0])
    return FoldingAdder().fit(log, [CLICK, BUY], rng=np.random.default_rng(0))


@pytest.mark.parametrize("how", [How.REFIT, How.FOLD_IN])
def test_by_hand(adder, how):
    found = measure_faithfulness(adder, adder.explain(CLICK, 0, 5), seed=1, n_removed=2, how=how)
    assert found.removed == (Evidence("click", 0), Evidence("click", 1))
    assert found.fall_strongest == pytest.approx(8 + 4)
    # the others are worth 1, 2 and -3, so pairs of them 3, -2 and -1
    assert found.n_draws == 3
    assert found.fall_random == pytest.approx(0)
    assert (found.low, found.high) == pytest.approx(np.percentile([3, -2, -1], [2.5, 97.5]))
    assert (found.n_removed, found.how) == (2, how)
    assert found.outcome is Outcome.FAITHFUL
    assert str(found.sentence).startswith("Yes: without its strongest evidence the score changes")
    assert "−12" in str(found.sentence)


def test_reasons_that_are_not_the_models_are_found_out(adder):
    told = reasons(CLICK, 0, 5, {j: -WORTH[j] for j in range(5)})
    found = measure_faithfulness(adder, told, seed=1, n_removed=1)
    assert found.removed == (Evidence("click", 4),)
    assert found.fall_strongest == pytest.approx(-3)
    assert found.outcome is Outcome.UNFAITHFUL
    assert str(found.sentence).startswith("No: ")
    assert "+3" in str(found.sentence)


def test_what_counts_at_times_only_is_not_clear(adder):
    told = reasons(CLICK, 0, 5, {1: 9.0, 0: 1.0, 2: 1.0, 4: 1.0})
    found = measure_faithfulness(adder, told, seed=1, n_removed=1)
    assert found.fall_random == pytest.approx(2)
    assert found.fall_strongest == pytest.approx(4)
    assert found.outcome is Outcome.UNCLEAR


def test_a_score_that_nothing_moves_says_nothing(adder, monkeypatch):
    told = adder.explain(CLICK, 0, 5)
    monkeypatch.setattr(FoldingAdder, "fold_in", lambda self, task, user, items, log: [5.0])
    found = measure_faithfulness(adder, told, seed=1, n_removed=2)
    assert found.outcome is Outcome.UNMOVED
    assert "stays the same" in str(found.sentence)


def test_it_folds_in_where_the_model_can_and_refits_where_it_cannot(adder):
    assert isinstance(adder, FoldsIn)
    before = FoldingAdder.n_fits
    assert measure_faithfulness(adder, adder.explain(CLICK, 0, 5), seed=1).how is How.FOLD_IN
    assert FoldingAdder.n_fits == before
    plain = Adder().fit(adder.log, [CLICK, BUY], rng=np.random.default_rng(0))
    before = Adder.n_fits
    found = measure_faithfulness(plain, plain.explain(CLICK, 0, 5), seed=1, n_removed=1)
    assert found.how is How.REFIT
    assert Adder.n_fits == before + 1 + found.n_draws
    assert plain.predict(CLICK, np.array([0]), np.array([5]))[0] == WORTH[:5].sum()


def test_only_the_label_that_is_evidence_is_taken_away(adder):
    log = without(adder.log, 0, [Evidence("click", 0), Evidence("click", 3)], adder.tasks)
    assert np.isnan(log.label("click")).tolist() == [True, False, False, True, False, False]
    assert np.array_equal(log.label("buy"), adder.log.label("buy"))
    assert not np.isnan(adder.log.label("click")).any()


def test_no_more_is_taken_away_than_leaves_as_much_to_compare_with(adder):
    found = measure_faithfulness(adder, adder.explain(CLICK, 0, 5), seed=1, n_removed=4)
    assert found.n_removed == 2


def test_the_strongest_share(adder):
    told = adder.explain(CLICK, 0, 5)  # 8, 4, 2, 1 speak for the item
    assert [strongest_share(told, share) for share in (0.1, 8 / 15, 0.6, 0.9, 1.0)] == [
        1, 1, 2, 3, 4,
    ]  # fmt: skip
    assert strongest_share(reasons(CLICK, 0, 5, {0: -1.0}), 0.5) == 0


@pytest.mark.parametrize("amounts", [{}, {0: 1.0}, {0: -1.0, 1: -2.0}])
def test_without_evidence_for_the_item_nothing_can_be_tested(adder, amounts):
    told = reasons(CLICK, 0, 5, amounts)
    assert not can_be_tested(told)
    with pytest.raises(TooLittleEvidenceError, match="cannot be tested"):
        measure_faithfulness(adder, told, seed=1)


def test_without_a_score_nothing_can_be_compared(adder):
    adder.sums["click"][0] = np.nan
    plain = Adder().restore(adder.log, adder.tasks, adder.state())
    with pytest.raises(NoScoreError, match="no score for this item"):
        measure_faithfulness(plain, plain.explain(CLICK, 0, 5), seed=1)


def test_it_can_be_stopped_between_two_draws(adder):
    class StopError(Exception):
        pass

    told: list[float] = []

    def stop(fraction: float, stage: Stage) -> None:
        told.append(fraction)
        if len(told) == 2:
            raise StopError

    with pytest.raises(StopError):
        measure_faithfulness(adder, adder.explain(CLICK, 0, 5), seed=1, progress=stop)
    assert 0 < told[0] < told[1] < 1


# --- models of the catalog --------------------------------------------------------------------


@pytest.fixture(scope="module")
def tastes() -> InteractionLog:
    """80 users who mostly click what two tastes of theirs lead them to."""
    rng = np.random.default_rng(5)
    liking = rng.normal(size=(80, 2)) @ rng.normal(size=(2, 40))
    users, items = np.nonzero(liking + 0.5 * rng.normal(size=liking.shape) > 1.2)
    return make_log(40, users, items, click=np.ones(len(users)))


def shuffled(explanation: Explanation, rng: np.random.Generator) -> Explanation:
    """Tell the same events, with each other's amounts."""
    parts = list(explanation.contributions)
    past = [n for n, part in enumerate(parts) if part.evidence is EvidenceKind.INTERACTION]
    for n, other in zip(past, rng.permutation(past), strict=True):
        parts[n] = replace(parts[n], amount=explanation.contributions[other].amount)
    return replace(explanation, contributions=tuple(parts))


@pytest.mark.parametrize("key", ["als", "shared_factors"])
def test_true_explanations_are_faithful_and_shuffled_ones_are_not(key, tastes):
    model = find_model(key).from_values({"n_factors": 4, "n_epochs": 10})
    model.fit(tastes, [CLICK], rng=model_rng(1))
    rng = np.random.default_rng(0)
    active = np.flatnonzero(np.bincount(tastes.users, minlength=tastes.n_users) >= 6)
    true, false = [], []
    for user in rng.choice(active, 6, replace=False).tolist():
        told = model.explain(CLICK, user, int(model.recommend(CLICK, user, 1).items[0]))
        for each, found in ((told, true), (shuffled(told, rng), false)):
            found.append(
                measure_faithfulness(model, each, seed=1, n_removed=1, n_draws=4, how=How.REFIT)
            )
    margins = [np.array([f.fall_strongest - f.fall_random for f in each]) for each in (true, false)]
    assert (margins[0] > 0).all()
    assert margins[0].mean() > 2 * margins[1].mean()
    assert sum(f.outcome is Outcome.FAITHFUL for f in true) >= 5
    assert sum(f.outcome is Outcome.FAITHFUL for f in false) <= 2


@pytest.mark.parametrize("key", ["item_cosine", "ease", "separate_factors", "slope_one", "svdpp"])
def test_whoever_names_past_events_can_be_tested(key, tastes):
    model_class = find_model(key)
    rng = np.random.default_rng(8)
    stars = np.clip(np.round(rng.normal(3.0, 1.2, len(tastes))), 1, 5).astype(np.float32)
    log = tastes.with_labels(stars=stars)
    rating = Task(
        name="stars", kind=TaskKind.RATING, label="stars", item_kind="product", relevant_from=4
    )
    (task,) = model_class.served_tasks([rating]) or [CLICK]
    model = model_class().fit(log, [task], rng=model_rng(1))
    user = int(np.bincount(log.users).argmax())
    told = model.explain(task, user, int(model.recommend(task, user, 1).items[0]))
    assert can_be_tested(told)
    found = measure_faithfulness(model, told, seed=1, n_removed=2, n_draws=4)
    assert np.isfinite([found.fall_strongest, found.fall_random]).all()
    assert found.low <= found.fall_random <= found.high
    assert found.n_removed == len(found.removed) == 2
    again = model.explain(task, user, told.item)
    assert again == told  # the model is as it was


def test_one_seed_gives_one_answer(tastes):
    model = find_model("als").from_values({"n_factors": 4, "n_epochs": 3})
    model.fit(tastes, [CLICK], rng=model_rng(1))
    user = int(np.bincount(tastes.users).argmax())
    told = model.explain(CLICK, user, int(model.recommend(CLICK, user, 1).items[0]))

    def measure(seed: int):
        return measure_faithfulness(model, told, seed=seed, n_draws=3, how=How.REFIT)

    assert measure(1) == measure(1)
    assert measure(1).fall_random != measure(2).fall_random

"""Policies over task weights: what they decide and show, and that the truth only looks on."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.data import InteractionLog, Split, SplitConfig, make_split
from algorithms.explanations import Bars, EvidenceKind, HeatMap, Lines, Points, Table
from algorithms.models.base import ModelState, Output
from algorithms.models.policy_bandits import PolicyEpsilonGreedy, PolicyLinUcb, PolicyThompson
from algorithms.models.policy_fusion import PolicyFusion
from algorithms.models.policy_planners import PolicyCrossEntropy, PolicyReinforce
from algorithms.models.policy_rule_sets import PolicyRuleSets
from algorithms.policies.judge import nobody
from algorithms.tasks import TaskKind
from sample_data import WORLDS, world_tasks
from sample_data.dials import turned
from sample_data.simulator import simulate
from sample_data.spec import read_spec
from sample_data.world_judge import world_judge

POLICIES = (
    PolicyEpsilonGreedy,
    PolicyThompson,
    PolicyLinUcb,
    PolicyReinforce,
    PolicyCrossEntropy,
)
TASKS = world_tasks("ecommerce")


@cache
def shop() -> Split:
    """A small shop whose truth is known."""
    spec = turned(read_spec(WORLDS["ecommerce"].file), {"users": 400, "items": 300})
    return make_split(simulate(spec).log, SplitConfig(), np.random.default_rng(1))


def fit(policy: type[PolicyFusion], train: InteractionLog | None = None, **config) -> PolicyFusion:
    model = policy.from_values({"n_factors": 8, **config})
    return model.fit(
        train or shop().train,
        TASKS,
        rng=np.random.default_rng(3),
        validation=shop().validation,
    )


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PolicyFusion, "judge_behind", staticmethod(world_judge))


@pytest.mark.parametrize("policy", POLICIES, ids=lambda each: each.key)
def test_it_shows_its_inside(policy: type[PolicyFusion], judged: None) -> None:
    shown = {each.key: each for each in fit(policy).exhibits()}
    assert list(shown) == [
        f"{name}.product"
        for name in ("reward", "regret", "weights", "front", "off_policy", "overlap")
    ]
    rewards, regret = shown["reward.product"], shown["regret.product"]
    assert isinstance(rewards, Lines)
    names = ["click", "purchase", "rating"]
    assert list(rewards.series) == [*names, *(f"{name} (truth)" for name in names)]
    assert isinstance(regret, Lines)
    assert list(regret.series) == ["as learned", "truth"]
    for lines in (rewards, regret):
        assert (np.diff(lines.x) > 0).all()
        assert all(len(values) == len(lines.x) for values in lines.series.values())
    weights = shown["weights.product"]
    assert isinstance(weights, HeatMap)
    assert_allclose(weights.values.sum(axis=1), 1)
    assert weights.values.shape == (3, 3)
    front = shown["front.product"]
    assert isinstance(front, Points)
    assert front.names[-1] == "this policy"
    assert front.marked.any()
    estimates, overlap = shown["off_policy.product"], shown["overlap.product"]
    assert isinstance(estimates, Bars)
    assert estimates.names[0] == "what was logged"
    assert estimates.names[-1] == "truth"
    assert estimates.values[0] == pytest.approx(1, abs=0.35)  # its unit, on other events
    assert estimates.values[-1] > 1.0  # it knows more of the users than the shop did
    assert isinstance(overlap, Table)
    for row in overlap.rows:
        assert 0 < float(row[3]) <= float(row[2]) <= float(row[1])


def test_rule_sets_are_judged_like_weights(judged: None) -> None:
    shown = {each.key: each for each in fit(PolicyRuleSets, n_rounds=200).exhibits()}
    names = ["reward", "regret", "served", "worth", "rule_sets"]
    last = ["off_policy", "overlap"]
    assert list(shown) == [
        *(f"{name}.product" for name in (*names, "front", *last)),
        *(f"{name}.ad" for name in (*names, *last)),  # one task: no trade-off
    ]
    sets, estimates = shown["rule_sets.product"], shown["off_policy.product"]
    assert isinstance(sets, Table)
    assert [str(column) for column in sets.columns][-2:] == [
        "Earns, by the reward model",
        "Earns, in truth",
    ]
    earned = [float(row[-1]) for row in sets.rows]
    assert min(earned[:-1]) - 0.05 < earned[-1] < max(earned[:-1]) + 0.05  # of lists made of theirs
    assert isinstance(estimates, Bars)
    assert estimates.names[-1] == "truth"
    assert estimates.values[-1] == pytest.approx(earned[-1], abs=0.15)  # on other users' decisions


def test_the_truth_changes_nothing_that_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PolicyFusion, "judge_behind", staticmethod(nobody))
    alone = fit(PolicyThompson)
    assert "truth" not in alone.exhibits()[4].names
    monkeypatch.setattr(PolicyFusion, "judge_behind", staticmethod(world_judge))
    judged = fit(PolicyThompson)
    users, items = np.arange(50), alone.log.item_table.of_kind("product")
    for task in TASKS:
        assert_array_equal(
            alone.score_block(task, users, items), judged.score_block(task, users, items)
        )


def test_a_restored_policy_shows_the_same(judged: None) -> None:
    model = fit(PolicyCrossEntropy)
    state = model.state()
    values = json.loads(json.dumps(dict(state.values), allow_nan=False))
    restored = PolicyCrossEntropy.from_values(model.config.model_dump(mode="json"))
    restored.restore(model.log, TASKS, ModelState(dict(state.arrays), values))
    for before, after in zip(model.exhibits(), restored.exhibits(), strict=True):
        assert repr(before) == repr(after)
    assert restored.n_parameters == model.n_parameters


def test_yes_or_no_tasks_share_the_shelfs_list_and_ratings_keep_their_prediction() -> None:
    model = fit(PolicyLinUcb)
    users, items = np.arange(20), model.log.item_table.of_kind("product")
    assert_array_equal(
        model.score_block("click", users, items), model.score_block("purchase", users, items)
    )
    rating = next(task for task in TASKS if task.kind is TaskKind.RATING)
    assert model.output(rating) is Output.PREDICTION
    assert not np.allclose(
        model.score_block(rating, users, items), model.score_block("click", users, items)
    )


def test_the_score_is_the_weighted_sum_of_standardised_scores() -> None:
    model = fit(PolicyReinforce)
    why = model.explain("click", 7, 5)
    assert why.score == pytest.approx(sum(part.amount for part in why.contributions))
    assert {part.task for part in why.contributions} <= {"click", "purchase", "rating"}
    assert "%" in str(why.sentence)


def test_the_first_places_may_have_weights_of_their_own() -> None:
    model = fit(PolicyThompson, top_places=3, n_rounds=400)
    users, items = np.arange(40), model.log.item_table.of_kind("product").astype(np.int64)
    weights = model.exhibits()[2]
    assert isinstance(weights, HeatMap)
    assert [name.split(":")[0] for name in weights.row_names[:3]] == ["top 3", "rest", "top 3"]
    listed = model.recommend("click", 7, 10).items
    for item in (listed[0], listed[5]):
        why = model.explain("click", 7, int(item))
        assert why.score == pytest.approx(model.predict("click", [7], [int(item)])[0])
        assert why.score == pytest.approx(sum(part.amount for part in why.contributions))
        is_lifted = any(part.evidence is EvidenceKind.RULE for part in why.contributions)
        assert is_lifted == (item == listed[0])
    assert np.isfinite(model.score_block("click", users, items)).all()


def test_with_one_task_on_each_shelf_there_is_nothing_to_decide() -> None:
    single = [task for task in TASKS if task.name in ("click", "ad click")]
    model = PolicyThompson().fit(shop().train, single, rng=np.random.default_rng(3))
    assert not model.exhibits()
    assert not model.notes()


def test_too_few_rewards_are_said_and_tasks_count_equally() -> None:
    train = shop().train
    barren = train.with_labels(
        **{name: column * 0 for name, column in train.labels.items() if name != "rating"},
        rating=np.full(len(train), np.nan, dtype=np.float32),
    )
    tasks = [task for task in TASKS if task.name in ("click", "purchase")]
    model = PolicyThompson().fit(barren, tasks, rng=np.random.default_rng(3))
    assert "product" in str(model.notes()[0])
    assert not model.exhibits()


@pytest.mark.parametrize("policy", [PolicyThompson, PolicyCrossEntropy], ids=lambda each: each.key)
def test_it_loses_less_at_the_end_than_at_the_start(policy: type[PolicyFusion]) -> None:
    regret = fit(policy).exhibits()[1]
    assert isinstance(regret, Lines)
    lost = np.diff(regret.series["as learned"], prepend=0) / np.diff(regret.x, prepend=0)
    fifth = len(lost) // 5
    assert lost[:fifth].mean() > 0
    assert lost[-fifth:].mean() < 0.7 * lost[:fifth].mean()

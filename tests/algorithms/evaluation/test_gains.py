"""Gains over the single-task twin: by hand, by sign, and whether their verdicts can be trusted."""

import numpy as np
import pytest

from algorithms.data import SplitConfig
from algorithms.evaluation import Column, RunSpec, Verdict, paired_gains, run
from algorithms.evaluation.gains import Gain

NDCG = Column("click", "ndcg", 10)
RMSE = Column("rating", "rmse")


def rng():
    return np.random.default_rng(0)


def test_by_hand(make_metric, make_result):
    model = make_result(metrics=[make_metric("click", "ndcg", [0.6, 0.4, np.nan], 10)])
    twin = make_result(metrics=[make_metric("click", "ndcg", [0.5, 0.3, np.nan], 10)])
    gains = paired_gains([model], [twin], [NDCG], rng())
    assert gains.seeds == (1,)
    assert gains.tasks[0].n_users == 2
    gain = gains.tasks[0].gain
    assert gain.percent == pytest.approx(25)  # from 0.4 to 0.5
    # three users are drawn, the third without a value: the ratio lies between those of the two
    assert gain.low == pytest.approx(20)
    assert gain.high == pytest.approx(100 / 3)
    assert gain.verdict is Verdict.BETTER
    assert gains.mean == gain


def test_lower_is_better_turns_the_sign(make_metric, make_result):
    weights = np.array([1.0, 3.0])
    low = make_metric("rating", "rmse", [1.0, 2.0], weights=weights)
    high = make_metric("rating", "rmse", [2.0, 4.0], weights=weights)
    gains = paired_gains([make_result(metrics=[low])], [make_result(metrics=[high])], [RMSE], rng())
    assert gains.tasks[0].gain.percent == pytest.approx(50)  # half the error
    gains = paired_gains([make_result(metrics=[high])], [make_result(metrics=[low])], [RMSE], rng())
    assert gains.tasks[0].gain.percent == pytest.approx(-100)
    assert gains.of(Verdict.WORSE) == ["rating"]


def test_weights_make_it_the_gain_of_the_values_over_all_events(log, tasks):
    """Where the number in the table is a mean, weighted or not, its gain is that of the number."""
    specs = {
        key: RunSpec(
            model=key,
            seed=1,
            tasks=tuple(tasks.values()),
            split=SplitConfig(),
            config={"noise": noise},
        )
        for key, noise in (("together", 0.3), ("alone", 0.6))
    }
    model, twin = run(specs["together"], log), run(specs["alone"], log)
    means = [m for m in model.metrics if m.weights is not None or m.k is not None]
    columns = [
        Column(m.task, m.metric, m.k)
        for m in means
        if np.isfinite(m.per_user).any()
        and twin.metric(m.task, m.key).value != 0  # no share of nothing
    ]
    assert {column.metric for column in columns} >= {"rmse", "mae", "precision", "ndcg"}
    gains = paired_gains([model], [twin], columns, rng())
    assert len(gains.tasks) == len(columns)
    for entry in gains.tasks:
        here = model.metric(entry.column.task, entry.column.key).value
        there = twin.metric(entry.column.task, entry.column.key).value
        sign = 1 if entry.column.higher_is_better else -1
        assert entry.gain.percent == pytest.approx(100 * sign * (here - there) / abs(there))
        assert entry.gain.low <= entry.gain.percent <= entry.gain.high


def test_seeds_are_paired_and_averaged(make_metric, make_result):
    def runs(of_seed):
        return [
            make_result(seed=seed, metrics=[make_metric("click", "ndcg", values, 10)])
            for seed, values in of_seed.items()
        ]

    model = runs({1: [0.5, 0.5], 2: [0.7, 0.7], 3: [0.9, 0.9]})
    twin = runs({2: [0.5, 0.5], 1: [0.3, 0.3], 7: [0.0, 0.0]})
    gains = paired_gains(model, twin, [NDCG], rng())
    assert gains.seeds == (1, 2)
    assert gains.tasks[0].gain.percent == pytest.approx(50)  # from a mean of 0.4 to 0.6


def test_users_are_matched_whatever_users_a_result_holds(make_metric, make_result):
    ours = make_metric("click", "ndcg", [0.2, 0.8], 10, users=np.array([5, 9]))
    theirs = make_metric("click", "ndcg", [0.4, 0.2], 10, users=np.array([9, 12]))
    gains = paired_gains(
        [make_result(metrics=[ours])], [make_result(metrics=[theirs])], [NDCG], rng()
    )
    assert gains.tasks[0].gain.percent == pytest.approx(100 * (0.5 - 0.3) / 0.3)
    assert gains.tasks[0].n_users == 3


def test_the_mean_is_over_the_tasks(make_metric, make_result):
    weights = np.ones(2)
    model = make_result(
        metrics=[
            make_metric("click", "ndcg", [0.6, 0.6], 10),
            make_metric("rating", "rmse", [1.1, 1.1], weights=weights),
        ]
    )
    twin = make_result(
        metrics=[
            make_metric("click", "ndcg", [0.5, 0.5], 10),
            make_metric("rating", "rmse", [1.0, 1.0], weights=weights),
        ]
    )
    gains = paired_gains([model], [twin], [NDCG, RMSE], rng())
    assert gains.mean.percent == pytest.approx((20 - 10) / 2)
    assert gains.of(Verdict.BETTER) == ["click"]
    assert gains.of(Verdict.WORSE) == ["rating"]


def test_what_only_one_of_them_has_is_left_out(make_metric, make_result):
    click = make_metric("click", "ndcg", [0.6, 0.6], 10)
    undefined = make_metric("rating", "rmse", [np.nan, np.nan])
    gains = paired_gains(
        [make_result(metrics=[click, undefined])],
        [make_result(metrics=[click, undefined])],
        [NDCG, RMSE, Column("other", "mae")],
        rng(),
    )
    assert [entry.column for entry in gains.tasks] == [NDCG]
    nothing = paired_gains([make_result()], [make_result(metrics=[click])], [NDCG], rng())
    assert nothing.tasks == ()
    assert nothing.mean is None


def test_a_twin_at_zero_allows_no_percentage(make_metric, make_result):
    model = make_result(metrics=[make_metric("click", "ndcg", [0.6, 0.6], 10)])
    twin = make_result(metrics=[make_metric("click", "ndcg", [0.0, 0.0], 10)])
    gain = paired_gains([model], [twin], [NDCG], rng()).tasks[0].gain
    assert np.isnan([gain.percent, gain.low, gain.high]).all()
    assert gain.verdict is Verdict.CANNOT_TELL


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.1, 2, Verdict.BETTER),
        (-2, -0.1, Verdict.WORSE),
        (-1, 1, Verdict.CANNOT_TELL),
        (0, 1, Verdict.CANNOT_TELL),
    ],
)
def test_verdicts(low, high, verdict):
    assert Gain((low + high) / 2, low, high).verdict is verdict


def test_without_a_difference_the_verdict_is_seldom_wrong(make_metric, make_result):
    """Two models of equal quality, 300 times: about 5 % of the verdicts may claim a difference."""
    generator = np.random.default_rng(1)
    claimed = 0
    for _ in range(300):
        ease = generator.random(60)
        pair = [
            make_result(metrics=[make_metric("click", "ndcg", ease + generator.random(60), 10)])
            for _ in range(2)
        ]
        gains = paired_gains([pair[0]], [pair[1]], [NDCG], generator)
        claimed += gains.tasks[0].gain.verdict is not Verdict.CANNOT_TELL
    assert 0.01 <= claimed / 300 <= 0.10


def test_pairing_sees_what_separate_intervals_hide(make_metric, make_result):
    generator = np.random.default_rng(2)
    ease = generator.random(200)  # users differ far more than models do
    better = make_metric("click", "ndcg", ease + 0.02 + 0.01 * generator.random(200), 10)
    worse = make_metric("click", "ndcg", ease, 10)
    gains = paired_gains(
        [make_result(metrics=[better])], [make_result(metrics=[worse])], [NDCG], rng()
    )
    spread = ease.std() / np.sqrt(200)
    assert better.value - worse.value < 2 * spread
    assert gains.tasks[0].gain.verdict is Verdict.BETTER

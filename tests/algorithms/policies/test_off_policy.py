import numpy as np
import pytest

from algorithms.arrays import FloatArray, IntArray
from algorithms.policies.off_policy import (
    LoggedEvents,
    direct_method,
    doubly_robust,
    effective_sample_size,
    ips,
    snips,
)


def test_estimates_by_hand() -> None:
    events = LoggedEvents(
        users=np.array([0, 1, 2, 3]),
        rewards=np.array([1.0, 0.0, 1.0, 1.0]),
        importance=np.array([2.0, 1.0, 0.0, 0.5]),
        guessed=np.array([0.5, 0.5, 0.5, 0.5]),
        guessed_new=np.array([0.6, 0.4, 0.6, 0.4]),
    )
    assert direct_method(events).value == pytest.approx(0.5)
    assert ips(events).value == pytest.approx((2 + 0 + 0 + 0.5) / 4)
    assert snips(events).value == pytest.approx(2.5 / 3.5)
    corrected = [0.6 + 2 * 0.5, 0.4 - 1 * 0.5, 0.6, 0.4 + 0.5 * 0.5]
    assert doubly_robust(events).value == pytest.approx(np.mean(corrected))
    assert effective_sample_size(events.importance) == pytest.approx(3.5**2 / 5.25)
    deviations = np.array([2.0, 0.0, 0.0, 0.5]) - 0.625
    assert ips(events).half_width == pytest.approx(1.96 * np.sqrt((deviations**2).sum()) / 4, 1e-4)


def test_events_of_one_user_count_as_one() -> None:
    rewards = np.array([1.0, 1.0, 0.0, 0.0])
    ones = np.ones(4)

    def width(users: list[int]) -> float:
        return ips(LoggedEvents(np.array(users), rewards, ones, ones, ones)).half_width

    assert width([0, 0, 1, 1]) == pytest.approx(np.sqrt(2) * width([0, 1, 2, 3]))


def test_without_overlap_nothing_is_told() -> None:
    zeros = np.zeros(3)
    events = LoggedEvents(np.arange(3), np.ones(3), zeros, zeros, zeros)
    assert np.isnan(snips(events).value)
    assert effective_sample_size(zeros) == 0
    nothing = LoggedEvents(*(np.empty(0) for _ in range(5)))  # type: ignore[arg-type]
    assert np.isnan(ips(nothing).value)


CHANCE = np.array([0.1, 0.3, 0.6])  # of a reward, for each of three actions
OLD, NEW = np.array([0.6, 0.3, 0.1]), np.array([0.1, 0.2, 0.7])
TRUE_VALUE = float(NEW @ CHANCE)


def draw(rng: np.random.Generator, *, model: FloatArray, believed: FloatArray) -> LoggedEvents:
    actions: IntArray = rng.choice(3, size=400, p=OLD)
    return LoggedEvents(
        users=np.arange(400),
        rewards=(rng.random(400) < CHANCE[actions]).astype(float),
        importance=NEW[actions] / believed[actions],
        guessed=model[actions],
        guessed_new=np.full(400, float(NEW @ model)),
    )


def means(*, model: FloatArray, believed: FloatArray) -> dict[str, float]:
    rng = np.random.default_rng(4)
    logs = [draw(rng, model=model, believed=believed) for _ in range(400)]
    return {
        estimate.__name__: float(np.mean([estimate(log).value for log in logs]))
        for estimate in (direct_method, ips, snips, doubly_robust)
    }


def test_doubly_robust_is_right_where_either_is_right() -> None:
    wrong_model, wrong_old = np.array([0.3, 0.3, 0.3]), np.full(3, 1 / 3)
    known = means(model=wrong_model, believed=OLD)
    assert known["direct_method"] == pytest.approx(0.3)  # as wrong as its model
    for name in ("ips", "snips", "doubly_robust"):
        assert known[name] == pytest.approx(TRUE_VALUE, abs=0.01)
    guessed = means(model=CHANCE, believed=wrong_old)
    assert guessed["doubly_robust"] == pytest.approx(TRUE_VALUE, abs=0.01)
    assert abs(guessed["ips"] - TRUE_VALUE) > 0.1  # wrong propensities, wrong value
    neither = means(model=wrong_model, believed=wrong_old)
    assert abs(neither["doubly_robust"] - TRUE_VALUE) > 0.05


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(9)
    held = []
    for _ in range(400):
        estimate = doubly_robust(draw(rng, model=np.array([0.2, 0.2, 0.2]), believed=OLD))
        held.append(abs(estimate.value - TRUE_VALUE) <= estimate.half_width)
    assert 0.91 < np.mean(held) < 0.98

"""The measures that steer a fit, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.models.base import Output
from algorithms.models.score_validation import BestSweep, ScoreWatch
from algorithms.tasks import Task, TaskKind

BUY = Task(name="buy", kind=TaskKind.BINARY, label="buy", item_kind="thing")
STARS = Task(name="stars", kind=TaskKind.RATING, label="stars", item_kind="thing", weight=2.0)


def make_log(users, items, buy, stars) -> InteractionLog:
    ids = np.array([f"i{n}" for n in range(5)])
    return InteractionLog(
        name="",
        users=np.array(users, dtype=np.int32),
        items=np.array(items, dtype=np.int32),
        labels={
            "buy": np.array(buy, dtype=np.float32),
            "stars": np.array(stars, dtype=np.float32),
        },
        user_table=UserTable(IdMap(np.array(["a", "b", "c"]))),
        item_table=ItemTable(
            IdMap(ids), ids, ("thing",), np.zeros(5, dtype=np.int16), np.full(5, "")
        ),
    )


TRAIN = make_log([0, 1], [0, 1], [1, 1], [5, 1])
SCORES = np.array([[9.0, 3, 2, 1, 0], [0, 9, 5, 5, 1], [np.nan] * 5])


def block(task, users, items):
    return SCORES[np.ix_(users, items)]


def pairs(task, users, items):
    return SCORES[users, items]


def output(task):
    return Output.SCORE if task is BUY else Output.PREDICTION


def watch(validation):
    return ScoreWatch(TRAIN, validation, (BUY, STARS), output, np.random.default_rng(0))


def test_measures_and_quality_by_hand() -> None:
    nan = np.nan
    validation = make_log([0, 0, 1, 2], [3, 1, 4, 0], [1, 1, 1, 1], [nan, 1, 4, nan])
    points, quality = watch(validation).measure(4, block, pairs)
    # user 0 (met item 0): places 1 and 3; user 1 (met item 1): place 3; user 2 has no scores
    first = (1 + 1 / np.log2(4)) / (1 + 1 / np.log2(3))
    ndcg = (first + 1 / np.log2(4) + 0.0) / 3
    rmse = np.sqrt(((3 - 1) ** 2 + (1 - 4) ** 2) / 2)
    assert [(p.step, p.task, p.measure) for p in points] == [
        (4, "buy", "validation NDCG@10"),
        (4, "stars", "validation RMSE"),
    ]
    assert [p.value for p in points] == pytest.approx([ndcg, rmse])
    assert quality == pytest.approx(np.log(ndcg) - 2 * np.log(rmse))


def test_without_validation_nothing_is_measured_and_nothing_stops() -> None:
    points, quality = watch(None).measure(1, block, pairs)
    assert points == []
    assert np.isnan(quality)
    best = BestSweep[int](patience=1)
    assert not any(best.stops(quality, lambda: 1) for _ in range(5))
    assert best.kept is None


def test_the_best_sweep_is_kept() -> None:
    best = BestSweep[float](patience=2)
    ends = [best.stops(quality, lambda q=quality: q) for quality in (0.5, 0.7, 0.6, 0.65)]
    assert ends == [False, False, False, True]
    assert best.kept == 0.7

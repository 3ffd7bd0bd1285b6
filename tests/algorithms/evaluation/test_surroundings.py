"""What was known before lists were judged: counted by hand and against sets."""

import dataclasses

import numpy as np
import pytest

from algorithms.data import Split, SplitConfig, make_split
from algorithms.evaluation.ranking import judge_lists, rank_unmet, relevant_items
from algorithms.evaluation.surroundings import surroundings_of
from algorithms.metrics import METRICS, Level
from algorithms.models.catalog import MODELS
from algorithms.progress import silent


def test_against_sets(log, tasks):
    split = make_split(log, SplitConfig(), np.random.default_rng(3))
    for task in tasks.values():
        users = np.unique(split.test.users).astype(np.int64)[::2]
        found = surroundings_of(task, split, users)
        kind = set(log.item_table.of_kind(task.item_kind).tolist())
        assert set(found.candidates.tolist()) == kind
        trained = {
            pair
            for pair in zip(split.train.users.tolist(), split.train.items.tolist(), strict=True)
            if pair[1] in kind
        }
        steered = zip(split.validation.users.tolist(), split.validation.items.tolist(), strict=True)
        met = trained | {pair for pair in steered if pair[1] in kind}
        assert found.n_users == len({user for user, _ in trained})
        for item in range(log.n_items):
            assert found.n_meetings[item] == sum(each == item for _, each in trained)
        for row, user in enumerate(users):
            own = found.met[found.met_offsets[row] : found.met_offsets[row + 1]]
            assert own.tolist() == sorted(item for each, item in met if each == user)


def test_an_empty_category_is_none(tasks, make_log):
    log = make_log([0], [0], {"click": [1]}, 1, 4)
    named = dataclasses.replace(log.item_table, categories=np.array(["b", "", "a", "b"]))
    log = dataclasses.replace(log, item_table=named)
    found = surroundings_of(tasks["click"], Split(log, log, log), np.array([0]))
    assert found.categories.tolist() == [1, -1, 0, 1]
    assert found.n_categories == 2


def test_lists_are_measured_beyond_accuracy(log, tasks, monkeypatch):
    split = make_split(log, SplitConfig(), np.random.default_rng(3))
    task = tasks["click"]
    truth = np.random.default_rng(9).normal(size=(log.n_users, log.n_items))
    monkeypatch.setattr(MODELS["known"], "truth", truth)
    model = MODELS["known"]().fit(split.train, [task], rng=np.random.default_rng(0))
    relevant = relevant_items(task, split)
    lists = rank_unmet(model, task, split, relevant.users, 5, silent)
    around = surroundings_of(task, split, relevant.users)
    bare, _ = judge_lists(lists, task, relevant, 5, np.random.default_rng(0))
    full, _ = judge_lists(lists, task, relevant, 5, np.random.default_rng(0), around)
    assert [each.key for each in full[: len(bare)]] == [each.key for each in bare]
    assert [each.low for each in full[: len(bare)]] == [each.low for each in bare]
    beyond = {each.metric: each for each in full[len(bare) :]}
    assert set(beyond) == {key for key, each in METRICS.items() if each.level is Level.BEYOND}
    for key, each in beyond.items():
        assert np.isfinite(each.value)
        if key in ("item_coverage", "gini"):  # of all lists together
            assert np.isnan(each.per_user).all()
            assert np.isnan([each.low, each.high]).all()
            assert each.n == len(relevant.users)
        else:
            assert each.value == pytest.approx(np.nanmean(each.per_user))
            assert each.low <= each.value <= each.high
    shown = lists.items[lists.items >= 0]
    assert beyond["item_coverage"].value == len(np.unique(shown)) / len(around.candidates)

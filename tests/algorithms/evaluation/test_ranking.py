"""Lists: who is a candidate, what is relevant, what is measured."""

import numpy as np
import pytest

from algorithms.data import Split, SplitConfig, make_split
from algorithms.evaluation.ranking import judge_lists, rank_unmet, relevant_items
from algorithms.models.catalog import MODELS
from algorithms.progress import silent


@pytest.fixture
def hand(make_log):
    """Return two users; 6 products and one ad.

    User 0 learned from products 0 and 1, was steered by 2, is judged on 3 (click), 4 (no click)
    and on clicks on 1 and 2, which were met before. User 1 learned from 5
    and has a test event without a click. User 2 only trains.
    """
    nan = np.nan

    def part(users, items, clicks):
        return make_log(users, items, {"click": clicks}, 3, 6, 1)

    return Split(
        train=part([0, 0, 1, 2], [0, 1, 5, 0], [1, 0, 1, 1]),
        validation=part([0, 0], [2, 6], [1, nan]),
        test=part([0, 0, 0, 1, 0, 0], [3, 4, 1, 2, 3, 2], [1, 0, 1, 0, 1, 1]),
    )


def fitted(key, task, split, truth, monkeypatch):
    monkeypatch.setattr(MODELS[key], "truth", truth)
    return MODELS[key]().fit(split.train, [task], rng=np.random.default_rng(0))


def test_relevant_are_new_items_of_test_events_from_the_limit_up(tasks, hand):
    relevant = relevant_items(tasks["click"], hand)
    assert relevant.users.tolist() == [0, 1]
    assert relevant.offsets.tolist() == [0, 1, 1]
    assert relevant.items.tolist() == [3]  # twice in the test, counted once
    assert relevant.n_met_before == 2
    assert relevant.gains.tolist() == [1]
    assert relevant.n_candidates.tolist() == [3, 5]  # of six products


def test_candidates_are_items_met_neither_in_training_nor_validation(tasks, hand, monkeypatch):
    scores = np.tile(np.arange(7.0)[::-1], (3, 1))  # item 0 is the best for everybody
    model = fitted("known", tasks["click"], hand, scores, monkeypatch)
    lists = rank_unmet(model, tasks["click"], hand, np.array([0, 1]), 4, silent)
    assert lists.items.tolist() == [[3, 4, 5, -1], [0, 1, 2, 3]]
    assert lists.scores[0] == pytest.approx([3, 2, 1, np.nan], nan_ok=True)


def test_by_hand(tasks, hand, monkeypatch):
    scores = np.tile(np.array([9, 8, 7, 1, 2, 3, 0.0]), (3, 1))
    model = fitted("known", tasks["click"], hand, scores, monkeypatch)
    relevant = relevant_items(tasks["click"], hand)
    lists = rank_unmet(model, tasks["click"], hand, relevant.users, 10, silent)
    assert lists.items[0, :3].tolist() == [5, 4, 3]  # the relevant item is third
    results, notes = judge_lists(lists, tasks["click"], relevant, 3, np.random.default_rng(0))
    values = {result.key: result.value for result in results}
    assert values == pytest.approx(
        {
            "precision_at@3": 1 / 3,
            "recall_at@3": 1,
            "f1_at@3": 0.5,
            "hit_rate@3": 1,
            "ndcg@3": 1 / np.log2(4),
            "map@3": 1 / 3,
            "mrr@3": 1 / 3,
            "r_precision@3": 0,
            "auc_at@3": 0,  # three candidates, and the relevant one is the last
        }
    )
    assert all((result.n, result.n_undefined) == (1, 1) for result in results)
    assert [str(note) for note in notes] == [
        "“click”: 2 relevant test items had been met before and are no candidates."
    ]


def test_the_lists_are_the_best_of_all_candidates(log, tasks, monkeypatch):
    """Against a plain loop over all items, for every task and every user."""
    split = make_split(log, SplitConfig(), np.random.default_rng(3))
    truth = np.random.default_rng(9).normal(size=(log.n_users, log.n_items))
    monkeypatch.setattr("algorithms.evaluation.ranking._BLOCK", 7)
    for task in tasks.values():
        model = fitted("known", task, split, truth, monkeypatch)
        users = np.unique(split.test.users).astype(np.int64)
        lists = rank_unmet(model, task, split, users, 8, silent)
        for user, items in zip(users, lists.items, strict=True):
            met = {
                int(item)
                for part in (split.train, split.validation)
                for item in part.items[part.users == user]
            }
            candidates = [i for i in log.item_table.of_kind(task.item_kind) if i not in met]
            values = model.predict(task, np.full(len(candidates), user), np.array(candidates))
            best = [int(candidates[i]) for i in np.argsort(-values, kind="stable")[:8]]
            assert items[items >= 0].tolist() == best


def test_relevant_items_are_always_candidates(log, tasks):
    split = make_split(log, SplitConfig(), np.random.default_rng(3))
    for task in tasks.values():
        relevant = relevant_items(task, split)
        owner = np.repeat(relevant.users, np.diff(relevant.offsets))
        for part in (split.train, split.validation):
            met = set(zip(part.users.tolist(), part.items.tolist(), strict=True))
            assert not met & set(zip(owner.tolist(), relevant.items.tolist(), strict=True))
        assert set(relevant.items.tolist()) <= set(log.item_table.of_kind(task.item_kind).tolist())


def test_a_model_that_cannot_rank_gets_zero_and_it_is_said(tasks, hand, monkeypatch):
    model = fitted("known", tasks["click"], hand, np.full((3, 7), np.nan), monkeypatch)
    relevant = relevant_items(tasks["click"], hand)
    lists = rank_unmet(model, tasks["click"], hand, relevant.users, 10, silent)
    results, notes = judge_lists(lists, tasks["click"], relevant, 10, np.random.default_rng(0))
    values = {result.metric: result.value for result in results}
    assert values.pop("auc_at") == 0.5  # as a random order
    assert set(values.values()) == {0.0}
    assert str(notes[0]) == "“click”: 2 test users got no list and count as 0."


def test_gains_count_from_the_limit_up_and_the_best_event_counts(tasks, make_log):
    empty = make_log([], [], {"rating": []}, 2, 6)
    test = make_log([0, 0, 0, 0], [1, 2, 1, 3], {"rating": [4, 4.5, 5, 3]}, 2, 6)
    relevant = relevant_items(tasks["rating"], Split(empty, empty, test))
    assert relevant.items.tolist() == [1, 2]
    assert relevant.gains.tolist() == [2, 1.5]


def test_a_rating_task_has_graded_gains_and_a_click_has_none(log, tasks, monkeypatch):
    split = make_split(log, SplitConfig(), np.random.default_rng(3))
    truth = np.random.default_rng(9).normal(size=(log.n_users, log.n_items))
    for name, graded in (("rating", True), ("minutes", True), ("click", False)):
        model = fitted("known", tasks[name], split, truth, monkeypatch)
        relevant = relevant_items(tasks[name], split)
        lists = rank_unmet(model, tasks[name], split, relevant.users, 5, silent)
        results, _ = judge_lists(lists, tasks[name], relevant, 5, np.random.default_rng(0))
        assert ("ndcg_graded@5" in {result.key for result in results}) is graded
        assert all(0 < result.value < 1 for result in results)

"""Counts of a split, by hand; and that a run tells of strangers."""

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, Split, SplitConfig, UserTable
from algorithms.data.split import SplitMethod
from algorithms.evaluation import RunSpec, describe_split, run, split_of, when_right
from algorithms.evaluation.split_facts import COLD
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="film")


def make_log(users, items, click, time=None):
    n_items = max(items) + 1
    texts = np.array([f"i{i}" for i in range(n_items)])
    return InteractionLog(
        name="tiny",
        users=np.array(users, np.int32),
        items=np.array(items, np.int32),
        labels={"click": np.array(click, np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{u}" for u in range(max(users) + 1)]))),
        item_table=ItemTable(IdMap(texts), texts, ("film",), np.zeros(n_items, np.int16), texts),
        timestamps=None if time is None else np.array(time),
    )


def by_rows(log, train, validation, test):
    return Split(*(log.select(np.array(rows)) for rows in (train, validation, test)))


LOG = make_log([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 2, 0], [1, 0, np.nan, 1, 0, np.nan])


def test_strangers_are_those_of_the_test_that_training_never_met():
    facts = describe_split(by_rows(LOG, [0, 1], [2], [3, 4, 5]), [CLICK])
    assert (facts.n_test_users, facts.n_cold_users) == (2, 2)  # user 1 is in validation only
    assert (facts.n_test_items, facts.n_cold_items) == (3, 1)
    assert (facts.events.n_train, facts.events.n_validation, facts.events.n_test) == (2, 1, 3)
    (click,) = facts.tasks
    assert (click.name, click.n_train, click.n_validation, click.n_test) == ("click", 2, 0, 2)
    assert str(facts.cold).startswith("2 of 2 test users and 1 of 3 test items have no event")


def test_where_nobody_is_a_stranger_nothing_is_said():
    assert describe_split(by_rows(LOG, [0, 1, 2, 4], [3], [5])).cold is None


def test_a_task_without_its_label_counts_nothing():
    lost = CLICK.model_copy(update={"label": "gone"})
    assert describe_split(by_rows(LOG, [0], [1], [2]), [lost]).tasks == ()


@pytest.mark.parametrize("method", SplitMethod)
def test_every_method_says_when_it_is_right(method):
    assert "Right where" in str(when_right(method)) or "Closest to use" in str(when_right(method))


def drawn_log(n=600):
    rng = np.random.default_rng(3)
    return make_log(
        rng.integers(0, 40, n), rng.integers(0, 15, n), rng.integers(0, 2, n), np.arange(n)
    )


def spec(split, seed=1):
    return RunSpec(model="popularity", seed=seed, tasks=(CLICK,), split=split)


def test_a_run_tells_of_strangers():
    cold = run(spec(SplitConfig(method=SplitMethod.RANDOM_BY_USER)), drawn_log())
    (note,) = [note for note in cold.notes if note.template == COLD]
    assert note.values["n_users"] == note.values["all_users"] == 8
    warm = run(spec(SplitConfig(method=SplitMethod.LEAVE_K_OUT)), drawn_log())
    assert COLD not in [note.template for note in warm.notes]


def test_seeds_from_0_are_a_full_cross_validation():
    log = drawn_log()
    split = SplitConfig(method=SplitMethod.K_FOLD, n_folds=5)
    judged = [split_of(spec(split, seed), log).test.timestamps for seed in range(5)]
    assert sorted(np.concatenate(judged)) == list(range(len(log)))
    assert np.array_equal(split_of(spec(split, 5), log).test.timestamps, judged[0])

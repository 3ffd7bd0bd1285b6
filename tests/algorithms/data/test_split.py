from itertools import chain

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from algorithms.data import (
    IdMap,
    InteractionLog,
    ItemTable,
    Split,
    SplitConfig,
    UserTable,
    make_split,
)
from algorithms.data.split import PARAMETERS, SplitMethod
from algorithms.errors import SplitError


def make_log(users: list[int], time: list[int] | None = None) -> InteractionLog:
    """Return a log whose label is the number of the event."""
    n, n_users = len(users), max(users, default=0) + 1
    one = np.array(["i"])
    return InteractionLog(
        name="numbered",
        users=np.array(users, np.int32),
        items=np.zeros(n, np.int32),
        labels={"number": np.arange(n, dtype=np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{u}" for u in range(n_users)]))),
        item_table=ItemTable(IdMap(one), one, ("film",), np.zeros(1, np.int16), one),
        timestamps=None if time is None else np.array(time),
    )


def numbers(split: Split) -> list[list[int]]:
    parts = (split.train, split.validation, split.test)
    return [part.labels["number"].astype(int).tolist() for part in parts]


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(st.integers(20, 200), st.integers(0, 9))
def test_a_random_split_puts_every_event_in_one_part(n: int, seed: int) -> None:
    train, validation, test = numbers(make_split(make_log([0] * n), SplitConfig(), rng(seed)))
    assert sorted(train + validation + test) == list(range(n))
    assert len(test) == round(n * 0.2)
    assert len(validation) == round(n * 0.1)
    assert train == sorted(train)  # rows stay in the order of the log


def test_the_seed_decides() -> None:
    log = make_log([0] * 100)
    first, second, other = (numbers(make_split(log, SplitConfig(), rng(s))) for s in (1, 1, 2))
    assert first == second
    assert first != other


LAST_OUT = SplitConfig(method=SplitMethod.LEAVE_LAST_OUT, n_validation=1, n_test=2)


def test_the_last_events_of_each_user_judge() -> None:
    #        event 0  1  2  3  4  5  6  7
    users = [0, 1, 0, 0, 0, 1, 1, 0]
    time = [50, 9, 40, 30, 20, 8, 7, 10]
    # User 0 by time: 7 4 3 2 0. User 1 has three events, too few to judge: all of them teach.
    train, validation, test = numbers(make_split(make_log(users, time), LAST_OUT, rng()))
    assert test == [0, 2]
    assert validation == [3]
    assert train == [1, 4, 5, 6, 7]


def test_without_times_the_order_of_the_file_counts() -> None:
    train, validation, test = numbers(make_split(make_log([0, 0, 0, 0, 0]), LAST_OUT, rng()))
    assert (train, validation, test) == ([0, 1], [2], [3, 4])


def test_events_at_the_same_time_stay_in_order() -> None:
    log = make_log([0] * 5, [7] * 5)
    assert numbers(make_split(log, LAST_OUT, rng())) == [[0, 1], [2], [3, 4]]


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=8, max_size=60),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_nobody_is_judged_on_what_came_before_the_teaching(events, n_validation, n_test) -> None:
    users, time = (list(column) for column in zip(*events, strict=True))
    config = SplitConfig(
        method=SplitMethod.LEAVE_LAST_OUT, n_validation=n_validation, n_test=n_test
    )
    log = make_log(users, time)
    try:
        split = make_split(log, config, rng())
    except SplitError:
        assert max(users.count(user) for user in set(users)) <= n_validation + n_test
        return
    for user in set(users):
        train, validation, test = (
            part.timestamps[part.users == user]
            for part in (split.train, split.validation, split.test)
        )
        assert len(train) + len(validation) + len(test) == users.count(user)
        if users.count(user) <= n_validation + n_test:
            assert len(validation) == len(test) == 0
            continue
        assert (len(validation), len(test)) == (n_validation, n_test)
        assert train.max() <= validation.min()
        assert validation.max() <= test.min()


def test_tables_are_shared() -> None:
    log = make_log([0] * 50)
    split = make_split(log, SplitConfig(), rng())
    assert split.train.user_table is split.test.user_table is log.user_table


@pytest.mark.parametrize("n", [0, 1, 2])
def test_an_empty_part_is_an_error(n: int) -> None:
    with pytest.raises(SplitError, match=f"{n} events"):
        make_split(make_log([0] * n), SplitConfig(), rng())
    with pytest.raises(SplitError, match="leave_last_out"):
        make_split(make_log([0] * n), LAST_OUT, rng())


@pytest.mark.parametrize(
    "values",
    [
        {"test_fraction": 0.0},
        {"test_fraction": 0.8},
        {"validation_fraction": 0.5},
        {"validation_fraction": 0.3, "test_fraction": 0.7},
        {"n_test": 0},
        {"n_folds": 1},
        {"method": "k_fold", "n_folds": 2, "validation_fraction": 0.46},
        {"known_fraction": 1.0},
        {"method": "by_moon"},
        {"seed": 1},
    ],
)
def test_impossible_configs_are_refused(values: dict) -> None:
    with pytest.raises(ValidationError):
        SplitConfig.model_validate(values)


# --- properties of every method -------------------------------------------------------------------

METHODS = [
    SplitConfig(method=SplitMethod.RANDOM),
    SplitConfig(method=SplitMethod.RANDOM_BY_USER, validation_fraction=0.2, test_fraction=0.3),
    SplitConfig(method=SplitMethod.RANDOM_BY_USER, known_fraction=0.5, test_fraction=0.4),
    SplitConfig(method=SplitMethod.LEAVE_LAST_OUT),
    SplitConfig(method=SplitMethod.LEAVE_K_OUT, n_test=2),
    SplitConfig(method=SplitMethod.TEMPORAL),
    SplitConfig(method=SplitMethod.K_FOLD, n_folds=3),
]
DRAWN = [m for m in METHODS if m.method not in (SplitMethod.LEAVE_LAST_OUT, SplitMethod.TEMPORAL)]

logs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40)), min_size=10, max_size=120).map(
    lambda events: make_log([user for user, _ in events], [time for _, time in events])
)


def name(config: SplitConfig) -> str:
    return config.method.value


@pytest.mark.parametrize("config", METHODS, ids=name)
@given(log=logs, seed=st.integers(0, 99))
def test_each_event_lands_in_exactly_one_part(config, log, seed) -> None:
    try:
        split = make_split(log, config, rng(seed), fold=seed)
    except SplitError:
        assume(False)
    train, validation, test = parts = numbers(split)
    assert sorted(train + validation + test) == list(range(len(log)))
    assert all(parts)
    assert all(part == sorted(part) for part in parts)  # rows stay in the order of the log
    assert parts == numbers(make_split(log, config, rng(seed), fold=seed))


@pytest.mark.parametrize("config", DRAWN, ids=name)
def test_another_seed_is_another_split(config) -> None:
    log = make_log([user for user in range(20) for _ in range(10)])
    assert numbers(make_split(log, config, rng(1))) != numbers(make_split(log, config, rng(2)))


@given(log=logs, seed=st.integers(0, 99))
def test_a_user_drawn_is_held_out_whole(log, seed) -> None:
    try:
        split = make_split(log, METHODS[1], rng(seed))
    except SplitError:
        assume(False)
    users = [set(part.users.tolist()) for part in (split.train, split.validation, split.test)]
    assert not users[0] & users[1]
    assert not users[0] & users[2]
    assert not users[1] & users[2]
    n_users = len(set(log.users.tolist()))
    assert len(users[2]) == round(n_users * 0.3)
    assert len(users[1]) == round(n_users * 0.2)


def test_of_a_user_held_out_the_known_share_teaches() -> None:
    log = make_log([user for user in range(20) for _ in range(10)])
    config = SplitConfig(method=SplitMethod.RANDOM_BY_USER, known_fraction=0.7)
    split = make_split(log, config, rng())
    test, validation, train = (
        np.bincount(part.users, minlength=20)
        for part in (split.test, split.validation, split.train)
    )
    assert sorted(test[test > 0]) == [3] * 4  # 0.2 of 20 users, 0.3 of 10 events
    assert sorted(validation[validation > 0]) == [3] * 2
    assert set(train[(test + validation) > 0]) == {7}
    assert set(train[(test + validation) == 0]) == {10}


@pytest.mark.parametrize("known_fraction", [0.5, 0.99])
def test_a_user_held_out_always_keeps_something_to_be_judged_on(known_fraction) -> None:
    log = make_log(list(range(10)))
    config = SplitConfig(method=SplitMethod.RANDOM_BY_USER, known_fraction=known_fraction)
    assert len(make_split(log, config, rng()).test) == 2


@given(log=logs)
def test_after_the_cut_nothing_teaches(log) -> None:
    try:
        split = make_split(log, SplitConfig(method=SplitMethod.TEMPORAL), rng())
    except SplitError:
        assume(False)
    assert split.train.timestamps.max() < split.validation.timestamps.min()
    assert split.validation.timestamps.max() < split.test.timestamps.min()
    assert len(split.test) >= max(1, round(len(log) * 0.2))
    # without the oldest second of the test, it would be smaller than asked
    later = split.test.timestamps > split.test.timestamps.min()
    assert later.sum() < max(1, round(len(log) * 0.2))


def test_a_cut_in_time_by_hand() -> None:
    log = make_log([0] * 10, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    split = make_split(log, SplitConfig(method=SplitMethod.TEMPORAL), rng())
    assert numbers(split) == [[3, 4, 5, 6, 7, 8, 9], [2], [0, 1]]


def test_a_cut_in_time_needs_times() -> None:
    with pytest.raises(SplitError, match=r"has no times\. Choose another split"):
        make_split(make_log([0] * 30), SplitConfig(method=SplitMethod.TEMPORAL), rng())


@given(st.integers(12, 80), st.integers(2, 6))
def test_over_the_folds_each_event_judges_once(n: int, n_folds: int) -> None:
    log = make_log([0] * n)
    config = SplitConfig(method=SplitMethod.K_FOLD, n_folds=n_folds)
    judged = [numbers(make_split(log, config, rng(s), fold=s))[2] for s in range(n_folds)]
    assert sorted(chain.from_iterable(judged)) == list(range(n))
    assert max(map(len, judged)) - min(map(len, judged)) <= 1
    again = numbers(make_split(log, config, rng(99), fold=n_folds))[2]
    assert again == judged[0]  # the partition is not the seed's
    other = SplitConfig(method=SplitMethod.K_FOLD, n_folds=n_folds, partition_seed=1)
    assert numbers(make_split(log, other, rng(0), fold=0))[2] != judged[0]


def test_k_random_events_of_each_user_judge() -> None:
    log = make_log([user for user in range(5) for _ in range(8)] + [5, 5, 5])
    config = SplitConfig(method=SplitMethod.LEAVE_K_OUT, n_test=2, n_validation=1)
    split = make_split(log, config, rng())
    assert np.bincount(split.test.users, minlength=6).tolist() == [2, 2, 2, 2, 2, 0]
    assert np.bincount(split.validation.users, minlength=6).tolist() == [1, 1, 1, 1, 1, 0]


def test_experiments_stored_by_earlier_versions_still_open() -> None:
    old = {
        "method": "leave_last_out",
        "validation_fraction": 0.1,
        "test_fraction": 0.2,
        "n_validation": 1,
        "n_test": 2,
    }
    assert SplitConfig.model_validate(old).n_test == 2


def test_a_method_looks_at_fields_that_exist() -> None:
    assert set(PARAMETERS) == set(SplitMethod)
    assert set(chain.from_iterable(PARAMETERS.values())) == set(SplitConfig.model_fields) - {
        "method"
    }

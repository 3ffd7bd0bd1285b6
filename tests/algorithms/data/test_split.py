import numpy as np
import pytest
from hypothesis import given
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
from algorithms.data.split import SplitMethod
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
        {"method": "by_moon"},
        {"seed": 1},
    ],
)
def test_impossible_configs_are_refused(values: dict) -> None:
    with pytest.raises(ValidationError):
        SplitConfig.model_validate(values)

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.tasks import TaskKind, check_tasks
from algorithms.tasks.proposals import keep_tasks, propose

NAN = np.nan


def make_log(kinds=("item",), kind_codes=None, **labels):
    n = len(next(iter(labels.values()))) if labels else 3
    ids = np.array([f"i{number}" for number in range(n)])
    codes = np.zeros(n) if kind_codes is None else np.array(kind_codes)
    return InteractionLog(
        name="tiny",
        users=np.zeros(n, dtype=np.int32),
        items=np.arange(n, dtype=np.int32),
        labels={name: np.array(values, dtype=np.float32) for name, values in labels.items()},
        user_table=UserTable(IdMap(np.array(["u"]))),
        item_table=ItemTable(IdMap(ids), ids, kinds, codes.astype(np.int16), ids),
    )


def summary(tasks):
    return {task.name: (task.kind.value, task.relevant_from) for task in tasks}


@pytest.mark.parametrize("ratings", [[1, 2, 4, 5, NAN], [0.5, 3.5, 4, 5, NAN]])
def test_ratings_give_rating_liked_and_watched(ratings):
    log, tasks = propose(make_log(rating=ratings))
    assert summary(tasks) == {
        "rating": ("rating", 4.0),
        "liked": ("binary", 1.0),
        "watched": ("binary", 1.0),
    }
    np.testing.assert_array_equal(log.labels["liked"], [0, 0, 1, 1, NAN])
    np.testing.assert_array_equal(log.labels["watched"], [1, 1, 1, 1, NAN])
    assert not [problem for problem in check_tasks(tasks, log) if problem.fatal]


def test_without_praise_nothing_is_liked():
    _, tasks = propose(make_log(stars=[1, 2, 3.5]))
    assert list(summary(tasks)) == ["stars", "watched"]


def test_a_scale_to_ten_is_known_by_its_name():
    log, tasks = propose(make_log(score=[0, 7, 8, 10]))
    assert summary(tasks)["score"] == ("rating", 8.0)
    np.testing.assert_array_equal(log.labels["liked"], [0, 0, 1, 1])


def test_zeros_and_ones_give_a_binary_task_and_amounts_a_quantity():
    log, tasks = propose(make_log(click=[0, 1, 1, NAN], plays=[1, 2, 5, NAN]))
    assert summary(tasks) == {"click": ("binary", 1.0), "plays": ("quantity", 2.0)}
    assert list(log.labels) == ["click", "plays"]
    assert not [problem for problem in check_tasks(tasks, log) if problem.fatal]


def test_skewed_amounts_are_asked_on_a_log_scale_and_whether_any():
    log, tasks = propose(make_log(seconds=[0, 30.5, 60, 900, NAN]))
    np.testing.assert_allclose(
        log.labels["seconds (log)"],
        [0, np.log(31.5), np.log(61), np.log(901), NAN],
        rtol=1e-6,
    )
    np.testing.assert_array_equal(log.labels["any seconds"], [0, 1, 1, 1, NAN])
    assert summary(tasks) == {
        "seconds (log)": ("quantity", pytest.approx(np.log(61))),
        "any seconds": ("binary", 1.0),
    }
    assert not [problem for problem in check_tasks(tasks, log) if problem.fatal]


def test_a_log_scale_of_the_data_is_not_overwritten():
    own = [1, 2, 4, 8, 9]
    log, _ = propose(make_log(**{"x": [0, 1, 2, 3, 900], "x (log)": own, "any x": [0, 1, 1, 1, 0]}))
    np.testing.assert_array_equal(log.labels["x (log)"], own)
    np.testing.assert_array_equal(log.labels["any x"], [0, 1, 1, 1, 0])


def test_names_stay_short_and_tell_the_log_scale():
    _, tasks = propose(make_log(**{"plays" * 20: [0, 1, 2, 900]}))
    assert [len(task.name) for task in tasks] == [60, 60]
    assert tasks[0].name.endswith("play (log)")


def parents(tasks):
    return {task.name: task.parent for task in tasks}


def funnel(n_shown=200, n_clicked=60, n_bought=12):
    place = np.arange(n_shown)
    return (place < n_clicked).astype(float), (place < n_bought).astype(float)


def test_nested_labels_are_a_funnel_of_which_the_nearest_step_is_the_parent():
    click, buy = funnel()
    view = (np.arange(200) < 100).astype(float)
    log, tasks = propose(make_log(buy=buy, view=view, click=click))
    assert parents(tasks) == {"buy": "click", "view": None, "click": "view"}
    assert check_tasks(tasks, log) == []


def test_an_unseen_purchase_is_no_counterexample():
    click, buy = funnel()
    buy[click == 0] = NAN
    _, tasks = propose(make_log(click=click, buy=buy))
    assert parents(tasks) == {"click": None, "buy": "click"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda click, buy: buy.__setitem__(199, 1.0),  # bought without a click
        lambda click, buy: click.__setitem__(0, NAN),  # the click was not observed
        lambda click, buy: buy.__setitem__(slice(5, None), 0.0),  # too few to tell
        lambda click, buy: click.__setitem__(slice(0, 190), 1.0),  # likely by chance
        lambda click, buy: buy.__setitem__(slice(0, 60), 1.0),  # the same label twice
    ],
)
def test_labels_that_need_not_nest_are_no_funnel(spoil):
    click, buy = funnel()
    spoil(click, buy)
    _, tasks = propose(make_log(click=click, buy=buy))
    assert parents(tasks) == {"click": None, "buy": None}


def test_derived_labels_are_no_funnel():
    _, tasks = propose(make_log(rating=[1, 5] * 50, seconds=[1.0] * 99 + [900]))
    assert set(parents(tasks).values()) == {None}


def test_a_task_that_loses_its_parent_stands_alone():
    click, buy = funnel()
    _, tasks = propose(make_log(click=click, buy=buy))
    assert keep_tasks(tasks, frozenset(["click", "buy"])) == tasks
    assert parents(keep_tasks(tasks, frozenset(["buy"]))) == {"buy": None}


def test_numbers_below_zero_are_a_rating_around_zero():
    _, tasks = propose(make_log(opinion=[-9.5, 0, 10]))
    assert summary(tasks) == {"opinion": ("rating", 0.0)}


@pytest.mark.parametrize("values", [[NAN, NAN], [0, 0], [3, 3], [-1, -1]])
def test_what_never_changes_asks_nothing(values):
    log, tasks = propose(make_log(label=values))
    assert tasks == ()
    assert list(log.labels) == ["label"]


def test_only_ones_are_worth_a_task():
    _, tasks = propose(make_log(bought=[1, NAN, 1]))
    assert summary(tasks) == {"bought": ("binary", 1.0)}


def test_a_log_without_labels_still_says_who_met_what():
    log, tasks = propose(make_log())
    assert summary(tasks) == {"interaction": ("binary", 1.0)}
    np.testing.assert_array_equal(log.labels["interaction"], [1, 1, 1])


def test_a_label_of_the_data_is_not_overwritten():
    log, tasks = propose(make_log(rating=[1, 3, 5], liked=[0, 1, 0]))
    assert list(summary(tasks)) == ["rating", "liked"]
    np.testing.assert_array_equal(log.labels["liked"], [0, 1, 0])


def test_two_rating_columns_share_what_is_derived_from_the_first():
    log, tasks = propose(make_log(taste_score=[1, 3, 5], look_score=[5, 4, 1]))
    assert list(summary(tasks)) == ["taste_score", "liked", "watched", "look_score"]
    np.testing.assert_array_equal(log.labels["liked"], [0, 0, 1])


def test_a_task_ranks_the_kind_on_which_its_label_is_observed():
    log, tasks = propose(
        make_log(
            kinds=("product", "ad"),
            kind_codes=[0, 0, 1, 1],
            click=[0, 1, NAN, NAN],
            ad_click=[NAN, NAN, 0, 1],
        )
    )
    assert {task.name: task.item_kind for task in tasks} == {"click": "product", "ad_click": "ad"}
    assert all(task.kind is TaskKind.BINARY for task in tasks)
    assert check_tasks(tasks, log) == []

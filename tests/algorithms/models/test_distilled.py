"""The distilled student: readable columns, agreement with the teacher, exact explanations."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.explanations import Lines, Table
from algorithms.models.distilled import Distilled
from algorithms.models.readable_pairs import ReadablePairs
from algorithms.models.teaching import agreement, listed_by_both
from algorithms.tasks import Task, TaskKind
from sample_data import load_world, world_tasks

CLICK = Task(name="click", kind=TaskKind.BINARY, label="clicked", item_kind="product")
TASKS = tuple(task for task in world_tasks("ecommerce") if task.name in ("click", "rating"))


def small_log() -> InteractionLog:
    """Two users, three products of two categories, four events."""
    ids = np.array(["a", "b", "c"])
    categories = np.array(["x", "x", "y"])
    return InteractionLog(
        name="four",
        users=np.array([0, 0, 1, 1], np.int32),
        items=np.array([0, 2, 0, 1], np.int32),
        labels={"clicked": np.array([1, 0, 1, 0], np.float32)},
        user_table=UserTable(IdMap(ids[:2]), {"favourite": np.array(["y", "x"])}),
        item_table=ItemTable(
            IdMap(ids), ids, ("product",), np.zeros(3, np.int16), categories,
            {"price": np.array([1.0, np.nan, 3.0])},
        ),
    )  # fmt: skip


def test_the_columns_of_a_pair_can_be_worked_out_by_hand() -> None:
    pairs = ReadablePairs(small_log(), CLICK)
    found = dict(
        zip(
            (str(column.name()) for column in pairs.columns),
            pairs.values(np.array([0, 1]), np.array([2, 1])).T,
            strict=True,
        )
    )
    assert_allclose(found["the user’s favourite is y"], [1, 0])
    assert_allclose(found["the item’s category is x"], [0, 1])
    assert_allclose(found["the item’s price"], [3, 5 / 3])  # the mean of events that know theirs
    assert_allclose(found["the item’s category is the user’s favourite"], [1, 1])
    # 10 events at the mean 0.5, and those that were made
    assert_allclose(found["the item’s usual “click”"], [5 / 11, 5 / 11])
    assert_allclose(found["the user’s usual “click”"], [6 / 12, 6 / 12])
    assert_allclose(found["the user’s usual “click” in the item’s category"], [5 / 11, 6 / 12])


def test_who_meets_what_is_counted_in_doublings() -> None:
    pairs = ReadablePairs(small_log(), CLICK)
    found = dict(
        zip(
            (str(column.name()) for column in pairs.columns),
            pairs.values(np.array([0, 1]), np.array([2, 0])).T,
            strict=True,
        )
    )
    assert_allclose(found["how often the item was met, in doublings"], np.log2([2, 3]))
    assert_allclose(found["how often the user met a “product”, in doublings"], np.log2([3, 3]))
    # of 4 events 3 are in x and 1 in y, with one more each 2/3 and 1/3; user 0 met x and y once,
    # user 1 met x twice, and each met ten more as all do
    leaning = found[
        "how much more often than others the user met the item’s category, in doublings"
    ]
    in_y, in_x = (1 + 10 / 3) / 12, (2 + 20 / 3) / 12
    assert_allclose(leaning, np.log2([in_y / (1 / 3), in_x / (2 / 3)]))


def test_lists_agree_where_they_hold_the_same_items() -> None:
    lists = np.array([[0, 1], [2, -1], [-1, -1]])
    met = np.array([[False] * 4, [True, True, False, True], [True] * 4])
    assert listed_by_both(lists, np.array([[3.0, 2, 1, 0]] * 3), met) == 1
    assert listed_by_both(lists, np.array([[3.0, 0, 2, 1]] * 3), met) == pytest.approx(3 / 4)
    assert np.isnan(listed_by_both(lists[2:], np.ones((1, 4)), met[2:]))


def test_agreement_is_of_ranks_and_of_variance() -> None:
    z = np.array([0.0, 1.0, 2.0, 9.0])
    assert agreement(z, z) == pytest.approx((1.0, 1.0))
    correlation, share = agreement(z, np.array([0.0, 1.0, 2.0, 3.0]))
    assert correlation == pytest.approx(1.0)  # the same order
    assert share < 0.5  # and other numbers
    assert np.isnan(agreement(z, np.zeros(4))).all()


def unseen() -> InteractionLog:
    """Return events that stop a teacher early."""
    return load_world("ecommerce").select(np.arange(3000, 5000))


@pytest.fixture(scope="module")
def log():
    return load_world("ecommerce").select(np.arange(3000))


@pytest.fixture(scope="module", params=["linear", "list"])
def student(request, log):
    pytest.importorskip("torch")
    values = {"form": request.param, "n_terms": 6}
    return Distilled.from_values(values).fit(
        log, TASKS, rng=np.random.default_rng(0), validation=unseen()
    )


def test_a_student_orders_much_as_its_teacher_does(student) -> None:
    answers, lists = student.notes()[: len(TASKS)], student.notes()[len(TASKS) :]
    assert len(answers) == len(lists) == len(TASKS)
    for note in answers:
        assert note.values["correlation"] > 0.3


def test_lists_are_more_like_the_teachers_than_chance(log) -> None:
    pytest.importorskip("torch")
    found = Distilled().fit(log, TASKS, rng=np.random.default_rng(0), validation=unseen())
    chance = 10 / len(log.item_table.of_kind("product"))
    for note in found.notes()[len(TASKS) :]:
        assert note.values["n"] / note.values["of"] > 10 * chance


def test_lists_are_ordered_by_the_student_of_the_lists(student, log) -> None:
    items = log.item_table.of_kind("product")[:60].astype(np.int64)
    users = np.arange(log.n_users)
    block = student.score_block("click", users, items)  # made in pieces
    for user in (0, 200):
        alone = student.score_block("click", [user], items)[0]
        assert_array_equal(block[user], alone)
        remark = student.explain("click", user, int(items[3])).remarks[0]
        assert remark.values["number"] == pytest.approx(alone[3])
    rows = {exhibit.key: exhibit for exhibit in student.exhibits()}["list_student"].rows
    assert {row[0] for row in rows} == {"click", "rating"}
    # what lifts all items of a user alike orders nothing
    assert not any("user’s usual" in str(row[1]) and "item" not in str(row[1]) for row in rows)
    if student.config.form == "list":
        written = [row[2] for row in rows if row[0] == "click"]
        assert np.isclose(alone[:, None], written).any(axis=1).all()


def test_the_whole_student_is_on_show(student, log) -> None:
    shown = {exhibit.key: exhibit for exhibit in student.exhibits()}
    table = shown["student"]
    assert isinstance(table, Table)
    assert {row[0] for row in table.rows} == {"click", "rating"}
    for key in ("agreement", "list_agreement"):
        lines = shown[key]
        assert isinstance(lines, Lines)
        assert all(len(series) == len(lines.x) <= 6 for series in lines.series.values())
    if student.config.form == "list":  # each number that it can say stands in the table
        said = student.predict("click", log.users[:300], log.items[:300])
        written = [row[2] for row in table.rows if row[0] == "click"]
        known = said[np.isfinite(said)]
        assert np.isclose(known[:, None], written).any(axis=1).all()


def test_an_explanation_adds_up_to_what_the_student_says(student, log) -> None:
    for task in TASKS:
        user, item = int(log.users[0]), int(task.part(log).items[0])
        explanation = student.explain(task, user, item)
        total = sum(contribution.amount for contribution in explanation.contributions)
        said = student.predict(task, np.array([user]), np.array([item]))[0]
        assert total == pytest.approx(said)


def test_the_teacher_makes_the_difference(log) -> None:
    pytest.importorskip("torch")
    pairs = log.users[:50], log.items[:50]
    found = [
        Distilled.from_values({"teacher": teacher}).fit(
            log, TASKS[:1], rng=np.random.default_rng(0), validation=unseen()
        )
        for teacher in ("shared_bottom", "esmm")
    ]
    first, second = (model.predict(TASKS[0], *pairs) for model in found)
    assert np.nanmax(abs(first - second)) > 1e-6

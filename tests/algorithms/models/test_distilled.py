"""The distilled student: readable columns, agreement with the teacher, exact explanations."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.explanations import Lines, Table
from algorithms.models.distilled import Distilled, agreement
from algorithms.models.readable_pairs import ReadablePairs
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
    for note in student.notes():
        assert note.values["correlation"] > 0.3
    assert len(student.notes()) == len(TASKS)


def test_the_whole_student_is_on_show(student, log) -> None:
    shown = {exhibit.key: exhibit for exhibit in student.exhibits()}
    table, lines = shown["student"], shown["agreement"]
    assert isinstance(table, Table)
    assert isinstance(lines, Lines)
    assert {row[0] for row in table.rows} == {"click", "rating"}
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

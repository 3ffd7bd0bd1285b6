"""Columns of equal width: how many fit, and where the rest goes; segments with their dots."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.column_flow import ColumnFlow
from mtrec_gui.widgets.task_segments import TaskSegments


@pytest.fixture
def flow(qtbot) -> ColumnFlow:
    made = ColumnFlow(Appearance(), narrowest=200)
    qtbot.addWidget(made)
    made.set_columns([(QLabel(f"top {n}"), QLabel(f"bottom {n}")) for n in range(3)])
    made.resize(700, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def spot(flow: ColumnFlow, text: str) -> tuple[int, int]:
    label = next(each for each in flow.findChildren(QLabel) if each.text() == text)
    return label.x(), label.y()


def test_columns_stand_side_by_side_where_there_is_room(flow):
    assert flow.side_by_side == 3
    assert spot(flow, "top 0")[1] == spot(flow, "top 2")[1]
    assert spot(flow, "bottom 1")[0] == spot(flow, "top 1")[0]


def test_what_does_not_fit_goes_below_both_rows(qtbot, flow):
    flow.resize(450, 300)
    qtbot.waitUntil(lambda: flow.side_by_side == 2)
    qtbot.waitUntil(lambda: spot(flow, "top 2")[1] > spot(flow, "bottom 0")[1])
    assert spot(flow, "top 2")[0] == spot(flow, "top 0")[0]
    flow.resize(50, 300)
    qtbot.waitUntil(lambda: flow.side_by_side == 1)


def test_former_columns_are_hidden_and_can_come_back(flow):
    columns = list(flow._columns)
    flow.set_columns(columns[:1])
    assert flow.side_by_side == 1
    assert columns[0][0].isVisible()
    assert not columns[2][1].isVisible()
    flow.set_columns(columns)
    assert columns[2][1].isVisible()


def test_segments_have_a_dot_for_each_task(qtbot):
    segments = TaskSegments(Appearance())
    qtbot.addWidget(segments)
    segments.set_tasks([("a", "click", "#0072B2"), ("b", "all", None)])
    with_dot, without = segments._buttons.values()
    assert not with_dot.icon().isNull()
    assert without.icon().isNull()
    assert segments.current == "a"

"""Lines put in order with the mouse: where they land, and that Escape leaves them."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mtrec_gui.widgets.drag_order import DragHandle, DragOrder

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def holder(appearance, shown):
    made = QWidget()
    layout = QVBoxLayout(made)
    made.handles = []
    lines = []
    for number in range(4):
        line, handle = QWidget(), DragHandle(appearance)
        inner = QHBoxLayout(line)
        inner.addWidget(handle)
        inner.addWidget(QLabel(str(number)), 1)
        layout.addWidget(line)
        lines.append((line, handle))
        made.handles.append(handle)
    made.order = DragOrder(appearance, made)
    for line, handle in lines:
        made.order.add(line, handle)
    made.heard = []
    made.order.moved.connect(lambda *move: made.heard.append(move))
    made.lines = [line for line, _ in lines]
    made.window_kept = shown(made)
    return made


def take(qtbot, holder, place, other, below=True):
    """Drag a line to the lower or upper part of another."""
    handle, target = holder.handles[place], holder.lines[other]
    qtbot.mousePress(handle, LEFT, pos=handle.rect().center())
    inside = QPoint(5, target.height() - 3 if below else 3)
    where = handle.mapFromGlobal(target.mapToGlobal(inside))
    qtbot.mouseMove(handle, handle.rect().center() + QPoint(0, 15))
    qtbot.mouseMove(handle, where)
    return handle, where


@pytest.mark.parametrize(
    ("place", "other", "below", "moves"),
    [
        (0, 2, True, [(0, 2)]),
        (3, 0, False, [(3, -3)]),
        (1, 3, True, [(1, 2)]),
        (2, 1, False, [(2, -1)]),
        (1, 1, True, []),
        (1, 0, True, []),
    ],
)
def test_a_line_lands_where_the_mark_is(holder, qtbot, place, other, below, moves):
    handle, where = take(qtbot, holder, place, other, below)
    assert holder.order.isVisible()
    qtbot.mouseRelease(handle, LEFT, pos=where)
    assert holder.heard == moves
    assert not holder.order.isVisible()


def test_escape_leaves_all_lines_where_they_are(holder, qtbot):
    handle, where = take(qtbot, holder, 0, 3)
    qtbot.keyClick(handle, Qt.Key.Key_Escape)
    assert not holder.order.isVisible()
    qtbot.mouseRelease(handle, LEFT, pos=where)
    assert holder.heard == []


def test_a_click_is_no_drag(holder, qtbot):
    qtbot.mouseClick(holder.handles[0], LEFT)
    assert holder.heard == []
    assert not holder.order.isVisible()


def test_lines_come_and_go_at_the_end(holder, qtbot):
    holder.order.remove_last()
    handle, where = take(qtbot, holder, 0, 2)
    qtbot.mouseRelease(handle, LEFT, pos=where)
    assert holder.heard == [(0, 2)]

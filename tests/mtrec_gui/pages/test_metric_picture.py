"""The workbench's picture: its marks and the rows light each other, and an error is dragged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt

from algorithms.metrics.lab import evaluate
from mtrec_gui.pages.metrics import _connect_workbench
from mtrec_gui.pages.metrics.try_presenter import TryPresenter
from mtrec_gui.pages.metrics.try_view import TryPart
from mtrec_gui.widgets.appearance import Appearance

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bench() -> TryPresenter:
    return TryPresenter()


@pytest.fixture
def page(qtbot, bench) -> Iterator[TryPart]:
    made = TryPart(Appearance())
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    _connect_workbench(made, bench)
    bench.attach(made)
    yield made
    made.close()


def middle(page, place):
    """Where a mark is, in pixels of the canvas."""
    canvas = page.picture.canvas
    canvas.draw_now()
    mark = page.picture._marks[place]
    x, y = (mark.left + mark.right) / 2, (mark.below + mark.above) / 2
    return QPoint(round(x / 0.72), round(canvas.height() - y / 0.72))


def point_at(qtbot, page, place):
    """Move the pointer over a mark."""
    canvas = page.picture.canvas
    qtbot.mouseMove(canvas, QPoint(1, 1))
    qtbot.mouseMove(canvas, middle(page, place))


@pytest.mark.parametrize(
    ("key", "editor"), [("rmse", "values"), ("r2", "values"), ("ndcg", "list")]
)
def test_a_mark_lights_its_row_and_a_row_its_mark(qtbot, page, bench, key, editor):
    bench.metric_chosen(key)
    lines = getattr(page, editor).lines
    point_at(qtbot, page, 1)
    assert [line.property("lit") or False for line in lines[:3]] == [False, True, False]
    canvas = page.picture.canvas

    def seen():
        canvas.draw_now()
        return canvas.grab().toImage()

    lit = seen()
    qtbot.mouseMove(canvas, QPoint(canvas.width() - 1, 0))
    assert not lines[1].property("lit")
    assert seen() != lit
    lines[1].pointed.emit(1)
    assert seen() == lit


def test_a_cell_of_the_matrix_lights_all_its_rows(qtbot, page, bench):
    bench.metric_chosen("f1")
    point_at(qtbot, page, 0)
    shown = {n for n, line in enumerate(page.answers.lines) if line.property("lit")}
    hits = {n for n, line in enumerate(page.answers.lines) if "TP" in line.outcome.text()}
    assert shown == hits
    assert hits


def test_a_bin_lights_its_rows(qtbot, page, bench):
    bench.metric_chosen("ece")
    point_at(qtbot, page, 0)
    assert any(line.property("lit") for line in page.answers.lines)


def test_a_dragged_dot_takes_the_prediction_with_it_at_once(qtbot, page, bench):
    bench.metric_chosen("rmse")
    canvas, line = page.picture.canvas, page.values.lines[0]
    before, value = line.said.value(), page.equation.value.text()
    start = middle(page, 0)
    qtbot.mousePress(canvas, LEFT, pos=start)
    assert line.said.value() == before, "a press alone changes nothing"
    end = QPoint(canvas.width() - 20, start.y())
    qtbot.mouseMove(canvas, end)
    moved = line.said.value()
    assert moved > before
    assert page.equation.value.text() != value
    assert middle(page, 0).x() == pytest.approx(end.x(), abs=2), "the dot is under the pointer"
    qtbot.mouseMove(canvas, QPoint(canvas.width() + 500, start.y()))
    assert line.said.value() < moved + 1, "it stays within the axis"
    furthest = middle(page, 0).x()
    qtbot.mouseRelease(canvas, LEFT, pos=end)
    assert middle(page, 0).x() < furthest, "the axis makes room for more"
    kept = line.said.value()
    qtbot.mouseMove(canvas, start)
    assert line.said.value() == kept


def test_only_errors_can_be_dragged(qtbot, page, bench):
    for key in ("ndcg", "f1", "r2"):
        bench.metric_chosen(key)
        value = page.equation.value.text()
        start = middle(page, 0)
        qtbot.mousePress(page.picture.canvas, LEFT, pos=start)
        qtbot.mouseMove(page.picture.canvas, start + QPoint(40, 0))
        qtbot.mouseRelease(page.picture.canvas, LEFT, pos=start)
        assert page.equation.value.text() == value


def test_the_dot_of_each_row_stands_at_its_error(page, bench):
    bench.metric_chosen("mae")
    page.picture.canvas.draw_now()
    example = bench._state.example
    panel = page.picture._panel
    for row, mark in enumerate(page.picture._marks):
        error = example.predicted[row] - example.truth[row]
        assert panel.value_at((mark.left + mark.right) / 2) == pytest.approx(error)
    assert evaluate("mae", example).value > 0

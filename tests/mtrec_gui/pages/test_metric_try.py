"""The workbench: a change is a new value at once; rows and terms light each other."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from algorithms.metrics import METRICS
from algorithms.metrics.lab import AnswerRows, RankedList, UserLists, ValueRows, evaluate, workable
from mtrec_gui.pages.metrics.mathtext_words import plain
from mtrec_gui.pages.metrics.try_presenter import TryPresenter
from mtrec_gui.pages.metrics.try_state import TryState
from mtrec_gui.pages.metrics.try_view import TryPart
from mtrec_gui.widgets.appearance import Appearance


class RecordingView:
    def __init__(self) -> None:
        self.states: list[TryState] = []

    @property
    def state(self) -> TryState:
        return self.states[-1]

    def show_try(self, state: TryState) -> None:
        self.states.append(state)

    show_light = show_try


@pytest.fixture
def view() -> RecordingView:
    return RecordingView()


@pytest.fixture
def bench(view) -> TryPresenter:
    made = TryPresenter()
    made.attach(view)
    return made


@pytest.fixture
def page(qtbot) -> Iterator[TryPart]:
    made = TryPart(Appearance())
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    yield made
    made.close()


def test_a_changed_prediction_changes_the_value(bench, view):
    bench.metric_chosen("mae")
    example = view.state.example
    assert isinstance(example, ValueRows)
    assert not view.state.is_changed
    bench.number_changed(0, example.truth[0] + 10)
    errors = [abs(t - p) for t, p in zip(example.truth, example.predicted, strict=True)][1:]
    assert view.state.worked.value == pytest.approx((10 + sum(errors)) / len(example))
    assert view.state.is_changed
    bench.reset_pressed()
    assert view.state.example == example
    assert not view.state.is_changed


def test_an_item_moved_up_and_judged_changes_ndcg(bench, view):
    bench.metric_chosen("ndcg")
    example = view.state.example
    assert isinstance(example, RankedList)
    bench.row_moved(0, -1)
    assert view.state.example == example, "nothing is above the first"
    bench.row_moved(0, 1)
    assert view.state.example.names[:2] == (example.names[1], example.names[0])
    bench.truth_changed(0, 1.0)
    assert view.state.example.relevance[0] == 1
    bench.k_changed(1)
    assert view.state.worked.value == pytest.approx(1)
    bench.k_changed(99)
    assert view.state.example.k == 1, "k beyond the list is refused"
    bench.unlisted_changed(3)
    assert view.state.worked.value == evaluate("ndcg", view.state.example).value


def test_the_threshold_moves_precision_and_nothing_is_undefined_silently(bench, view):
    bench.metric_chosen("precision")
    example = view.state.example
    assert isinstance(example, AnswerRows)
    bench.threshold_changed(2.0)
    assert view.state.worked.undefined is not None
    bench.threshold_changed(0.0)
    assert view.state.worked.value == pytest.approx(sum(example.truth) / len(example))


def test_rows_are_kept_while_other_metrics_are_looked_at(bench, view):
    bench.metric_chosen("ndcg")
    bench.row_moved(0, 3)
    left = view.state.example
    bench.metric_chosen("mae")
    bench.metric_chosen("ndcg")
    assert view.state.example == left
    taken = RankedList(("x", "y"), (0.0, 1.0), 2)
    bench.rows_taken("ndcg", taken, "Shared factors · u1")
    assert (view.state.example, view.state.source) == (taken, "Shared factors · u1")
    bench.invented_wanted()
    assert view.state.source == ""
    assert view.state.example != taken


def test_rows_light_their_terms_and_terms_their_rows(bench, view):
    bench.metric_chosen("ndcg")
    bench.row_pointed(2)
    assert view.state.lit_rows == {2}
    steps = view.state.lit_steps
    assert steps
    assert all(2 in view.state.worked.steps[step].rows for step in steps)
    bench.step_pointed(min(steps))
    assert view.state.lit_rows == set(view.state.worked.steps[min(steps)].rows)
    bench.step_pointed(-1)
    assert not view.state.lit_rows
    assert not view.state.lit_steps


@pytest.mark.parametrize("key", METRICS)
def test_every_metric_has_a_workbench_or_says_why_not(key, bench, view, page):
    bench.metric_chosen(key)
    page.show_try(view.state)
    assert page.none.isVisible() is (key not in workable())
    if key in workable():
        of_users = isinstance(view.state.example, UserLists)
        picture = page.lists_picture if of_users else page.picture
        assert picture.isVisibleTo(page)
        picture.canvas.draw_now()
        page.equation.equation.draw_now()
        assert picture.canvas.figure.artists
        assert all(plain(step.mathtext) for step in view.state.worked.steps)
        assert not any("\\" in chip.text() for chip in page.equation.chips)


def test_a_press_raises_the_grade_where_grades_count(page, view, bench, qtbot):
    bench.attach(page)
    page.list.truth_changed.connect(bench.truth_changed)
    bench.metric_chosen("ndcg_graded")
    line = page.list.lines[0]
    said = []
    for _ in range(4):
        line.relevant.click()
        said.append(line.relevant.text())
    assert sorted(said) == ["grade 0", "grade 1", "grade 2", "grade 3"]
    bench.metric_chosen("ndcg")
    line.relevant.click()
    assert line.relevant.text() == "not relevant"


def test_terms_are_written_in_one_line():
    assert plain(r"$\frac{1}{\log_2 4}$") == "1/log₂ 4"
    assert plain(r"$(1 + 1 \cdot \frac{1}{2})$") == "(1 + 1 · 1/2)"
    assert plain(r"$\frac{0.7 - 0.6}{\frac{1}{2}}$") == "(0.7 − 0.6)/(1/2)"


def test_a_change_at_the_page_is_seen_at_once(qtbot, page):
    bench = TryPresenter()
    page.list.moved.connect(bench.row_moved)
    page.list.truth_changed.connect(bench.truth_changed)
    page.list.pointed.connect(bench.row_pointed)
    page.equation.pointed.connect(bench.step_pointed)
    bench.metric_chosen("ndcg")
    bench.attach(page)
    before = page.equation.value.text()
    first = page.list.lines[0].name.whole
    start = time.perf_counter()
    page.list.lines[0].down.click()
    seconds = time.perf_counter() - start
    assert page.equation.value.text() != before
    assert page.list.lines[1].name.whole == first
    assert page.list.lines[1].down.hasFocus(), "the focus goes with the item"
    assert seconds < 0.05
    qtbot.mouseClick(page.list.lines[0].relevant, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.equation.chips[0].isVisible)
    page.equation.chips[0].setFocus()
    assert page.list.lines[0].property("lit")
    page.list.lines[2].relevant.setFocus()
    assert page.list.lines[2].property("lit")
    assert not page.list.lines[0].property("lit")

"""The mean gain on the workbench: a change of a task's value, the ledger, both conventions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt

from algorithms.metrics.lab import GAIN, TaskGains, first_example, task_gains, templates
from mtrec_gui.pages.metrics.exercise_presenter import ExercisePresenter, has_exercises
from mtrec_gui.pages.metrics.exercise_view import ExercisePart
from mtrec_gui.pages.metrics.try_presenter import TryPresenter
from mtrec_gui.pages.metrics.try_view import TryPart
from mtrec_gui.widgets.appearance import Appearance


@pytest.fixture
def page(qtbot) -> Iterator[TryPart]:
    made = TryPart(Appearance())
    qtbot.addWidget(made)
    made.resize(900, 900)
    made.show()
    yield made
    made.close()


@pytest.fixture
def bench(page) -> TryPresenter:
    made = TryPresenter()
    page.gains.alone_changed.connect(made.truth_changed)
    page.gains.together_changed.connect(made.number_changed)
    page.gains.pointed.connect(made.row_pointed)
    page.variants.chosen.connect(made.variant_chosen)
    page.reset_pressed.connect(made.reset_pressed)
    made.attach(page)
    made.rows_taken(GAIN, TaskGains(("click", "stars"), (0.5, 1.0), (0.55, 0.9), (True, False)), "")
    return made


def test_each_task_says_what_it_gained(page, bench):
    assert [line.name.whole for line in page.gains.lines] == ["click ↑", "stars ↓"]
    assert [line.gain.text() for line in page.gains.lines] == ["+10.0 % better", "+10.0 % better"]
    assert page.equation.value.text() == "10.0000"


def test_another_value_is_another_mean_and_another_picture(page, bench):
    page.gains.lines[0].together.setValue(0.4)
    assert page.gains.lines[0].gain.text() == "−20.0 % worse"
    assert float(page.equation.value.text().replace("−", "-")) == pytest.approx(-5)
    assert "gain: 1; that lose: 1." in page.gains_picture.sentence.text()
    page.gains.lines[1].alone.setValue(1.8)
    assert page.gains.lines[1].gain.text() == "+50.0 % better"
    page.gains_picture.canvas.draw_now()
    (axes,) = page.gains_picture.canvas.figure.axes
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([-20, 50])
    page.reset.click()
    assert page.equation.value.text() == "10.0000"


def test_of_nothing_there_is_no_percentage(page, bench):
    page.gains.lines[0].alone.setValue(0)
    assert page.gains.lines[0].gain.text() == "no gain"
    assert page.equation.value.text() == "–"
    assert "click" in page.equation.undefined.text()
    assert not page.gains_picture.remark.isVisible()


def test_the_other_convention_is_a_press_away(qtbot, page, bench):
    assert "10.00" in page.gains_picture.remark.text()
    assert "−10.00" in page.gains_picture.remark.text()
    qtbot.mouseClick(page.variants.lines["drop"], Qt.MouseButton.LeftButton)
    assert page.equation.value.text() == "−10.0000"


def test_pointing_at_a_task_lights_its_term(qtbot, page, bench):
    qtbot.waitUntil(page.equation.chips[1].isVisible)
    page.gains.lines[1].together.setFocus()
    assert page.gains.lines[1].property("lit")
    assert page.equation.chips[1].property("lit")
    assert not page.equation.chips[0].property("lit")


def test_it_opens_with_one_task_that_pays(page, bench):
    gains = task_gains(first_example(GAIN))
    assert (gains > 0).any()
    assert (gains < 0).any()


def test_there_are_exercises_and_none_where_there_is_no_workbench(qtbot):
    assert has_exercises(GAIN)
    assert not has_exercises("fit_seconds")
    view = ExercisePart(Appearance())
    qtbot.addWidget(view)
    kept = []
    presenter = ExercisePresenter(np.random.default_rng(5), tuple, kept.append)
    view.answered.connect(presenter.answered)
    view.next_pressed.connect(presenter.next_pressed)
    presenter.attach(view)
    presenter.metric_chosen(GAIN)
    presenter.shown(True)
    for _ in templates(GAIN):
        assert view.question.text()
        (view.choices[0] if view.choices else view.check).click()
        assert view.reason.text()
        presenter.next_pressed()
    presenter.metric_chosen("fit_seconds")
    assert view.card.title.text() == "No exercises"


@pytest.mark.parametrize("key", ["negative_transfer", "pareto_front", "hypervolume", "conflict"])
def test_measures_across_tasks_ask_and_judge(key, qtbot):
    view = ExercisePart(Appearance())
    qtbot.addWidget(view)
    presenter = ExercisePresenter(np.random.default_rng(2), tuple, lambda _: None)
    view.answered.connect(presenter.answered)
    presenter.attach(view)
    presenter.metric_chosen(key)
    presenter.shown(True)
    for _ in templates(key):
        assert view.question.text()
        (view.choices[0] if view.choices else view.check).click()
        assert view.reason.text()
        presenter.next_pressed()

"""Predict, then reveal, and two metrics that disagree."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from algorithms.messages import Message
from algorithms.metrics.lab import Disagreement, templates, workable
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.metrics.disagree_presenter import DisagreePresenter, DisagreeState
from mtrec_gui.pages.metrics.disagree_view import DisagreePart
from mtrec_gui.pages.metrics.exercise_presenter import ExercisePresenter, ExerciseState
from mtrec_gui.pages.metrics.exercise_view import ExercisePart
from mtrec_gui.widgets.appearance import Appearance
from tests.mtrec_gui.fakes import LateRunner


class RecordingView:
    def __init__(self) -> None:
        self.states: list = []

    @property
    def state(self):
        return self.states[-1]

    def show_exercise(self, state: ExerciseState) -> None:
        self.states.append(state)

    def show_disagreement(self, state: DisagreeState) -> None:
        self.states.append(state)


@pytest.fixture
def kept() -> list:
    return []


@pytest.fixture
def view() -> RecordingView:
    return RecordingView()


@pytest.fixture
def exercises(view, kept) -> ExercisePresenter:
    made = ExercisePresenter(np.random.default_rng(0), lambda: (), kept.append)
    made.attach(view)
    made.metric_chosen("f1")
    assert view.states == [], "nothing is asked unseen"
    made.shown(True)
    assert view.state.metric.key == "f1"
    return made


def test_another_project_has_its_own_progress(exercises, view, kept):
    exercises.answered(view.state.exercise.right)
    solved = view.state.exercise.key
    assert view.state.n_solved == 1
    exercises.progress_changed(())
    assert view.state.n_solved == 0
    exercises.progress_changed([solved])
    assert view.state.n_solved == 1


def test_a_right_answer_is_counted_and_kept_once(exercises, view, kept):
    exercises.metric_chosen("rmse")
    asked = view.state.exercise
    assert view.state.n == len(templates("rmse"))
    assert view.state.verdict is None
    exercises.answered(asked.right)
    assert view.state.verdict.right
    assert view.state.n_solved == 1
    assert kept == [(asked.key,)]
    exercises.answered(asked.right + 1)
    assert view.state.verdict.right, "only the first answer counts"
    exercises.again_pressed()
    again = view.state.exercise
    assert again.key == asked.key
    exercises.answered(again.right)
    assert kept == [(asked.key,)]
    assert view.state.n_solved == 1


def test_a_wrong_answer_gets_a_reason_and_is_not_counted(exercises, view, kept):
    exercises.metric_chosen("mae")
    asked = view.state.exercise
    exercises.answered(asked.right + 1 if not asked.choices else (asked.right + 1) % 2)
    assert not view.state.verdict.right
    assert str(view.state.verdict.reason)
    assert view.state.n_solved == 0
    assert kept == []


def test_the_unsolved_questions_come_first_and_never_run_out(exercises, view):
    exercises.metric_chosen("precision")
    asked = set()
    for _ in range(view.state.n):
        asked.add(view.state.exercise.key)
        exercises.answered(view.state.exercise.right)
        exercises.next_pressed()
    assert len(asked) == view.state.n_solved == view.state.n
    assert view.state.exercise is not None


def test_what_was_solved_earlier_counts(view):
    made = ExercisePresenter(np.random.default_rng(0), lambda: ("mae.x", "rmse.y"), print)
    made.attach(view)
    made.shown(True)
    made.metric_chosen("mae")
    assert view.state.n_solved == 1


def test_disagreements_are_looked_for_only_when_seen(view):
    presenter = DisagreePresenter(ImmediateRunner(), np.random.default_rng(1))
    presenter.attach(view)
    presenter.metric_chosen("ndcg")
    assert view.states == []
    presenter.shown(True)
    assert isinstance(view.state.found, Disagreement | Message)
    presenter.other_chosen("precision_at")
    pair = view.state.found
    assert isinstance(pair, Disagreement)
    assert pair.values_a[0] > pair.values_a[1]
    assert pair.values_b[0] < pair.values_b[1]
    presenter.more_wanted()
    assert view.state.found.first != pair.first
    presenter.metric_chosen("mrr")
    assert view.state.other.key == "precision_at", "the other metric stays where it can"
    presenter.metric_chosen("mae")
    assert view.state.other.level is view.state.metric.level


def test_a_late_pair_of_other_metrics_is_dropped(view):
    late = LateRunner()
    presenter = DisagreePresenter(late, np.random.default_rng(1))
    presenter.attach(view)
    presenter.metric_chosen("ndcg")
    presenter.shown(True)
    presenter.metric_chosen("rmse")
    late.do_one()
    assert view.state.found is None
    late.do_one()
    assert view.state.metric.key == "rmse"
    assert view.state.found is not None


@pytest.fixture
def part(qtbot) -> Iterator[ExercisePart]:
    made = ExercisePart(Appearance())
    qtbot.addWidget(made)
    made.resize(700, 600)
    made.show()
    yield made
    made.close()


@pytest.mark.parametrize("key", workable())
def test_every_question_can_be_answered_on_the_page(key, part, kept):
    presenter = ExercisePresenter(np.random.default_rng(3), lambda: (), kept.append)
    view = RecordingView()
    presenter.attach(part)
    presenter.shown(True)
    part.answered.connect(presenter.answered)
    part.next_pressed.connect(presenter.next_pressed)
    presenter.metric_chosen(key)
    for _ in range(len(templates(key))):
        presenter.attach(view)
        asked = view.state.exercise
        presenter.attach(part)
        assert part.question.text()
        assert len(part.choices) == len(asked.choices)
        if asked.choices:
            part.choices[int(asked.right)].click()
        else:
            part.number.setValue(asked.right)
            part.check.click()
        assert part.verdict.text() == "✓ Right."
        assert part.reason.text()
        part.next.click()
    assert len(kept[-1]) == len(templates(key))


def test_two_examples_stand_side_by_side(qtbot):
    page = DisagreePart(Appearance())
    qtbot.addWidget(page)
    presenter = DisagreePresenter(ImmediateRunner(), np.random.default_rng(1))
    presenter.attach(page)
    presenter.metric_chosen("rmse")
    presenter.shown(True)
    presenter.other_chosen("mae")
    assert "RMSE" in page.first.sentence.text()
    assert "MAE" in page.explanation.text()

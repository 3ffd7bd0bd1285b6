"""Metric Lab: what each number means, what it cannot see, and which rows it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mtrec_gui.asked import ListAsked
    from mtrec_gui.context import Context
    from mtrec_gui.pages.metrics.disagree_view import DisagreePart
    from mtrec_gui.pages.metrics.exercise_view import ExercisePart
    from mtrec_gui.pages.metrics.presenter import MetricsPresenter
    from mtrec_gui.pages.metrics.try_presenter import TryPresenter
    from mtrec_gui.pages.metrics.try_view import TryPart
    from mtrec_gui.storage import Project


def build(context: Context) -> QWidget:
    """Make the page."""
    from mtrec_gui.pages.metrics.presenter import MetricsPresenter
    from mtrec_gui.pages.metrics.rows_presenter import RowsPresenter
    from mtrec_gui.pages.metrics.state import Part
    from mtrec_gui.pages.metrics.try_presenter import TryPresenter
    from mtrec_gui.pages.metrics.view import MetricsPage
    from mtrec_gui.restored import RestoredModels

    def explain(asked: ListAsked) -> None:
        context.go("explain")
        context.list_asked.emit(asked)

    page = MetricsPage(context.appearance)
    presenter = MetricsPresenter()
    bench = TryPresenter()
    rows = RowsPresenter(context.workspace, RestoredModels(), explain)
    page.metric_chosen.connect(presenter.metric_chosen)
    page.searched.connect(presenter.searched)
    page.part_chosen.connect(presenter.part_chosen)
    page.rows.compare_pressed.connect(lambda: context.go("compare"))
    page.rows.run_chosen.connect(rows.run_chosen)
    page.rows.user_chosen.connect(rows.user_chosen)
    page.rows.explain_pressed.connect(rows.explain_pressed)
    context.metric_asked.connect(presenter.metric_chosen)
    context.number_asked.connect(presenter.number_asked)
    context.number_asked.connect(rows.number_asked)
    rows.rows_taken.connect(lambda taken: bench.rows_taken(*taken))
    rows.rows_taken.connect(lambda _: presenter.part_chosen(Part.TRY))
    page.rows.try_pressed.connect(rows.try_pressed)
    _connect_workbench(page.workbench, bench)
    _add_disagreement(context, page.disagree, presenter)
    _add_exercises(context, page.exercises, presenter)
    bench.attach(page.workbench)
    rows.attach(page.rows)
    presenter.metric_changed.connect(bench.metric_chosen)
    presenter.attach(page)
    presenter.metric_changed.connect(rows.metric_chosen)
    return page


def _add_disagreement(context: Context, view: DisagreePart, page: MetricsPresenter) -> None:
    import numpy as np

    from mtrec_gui.pages.metrics.disagree_presenter import DisagreePresenter
    from mtrec_gui.pages.metrics.state import Part

    presenter = DisagreePresenter(context.workspace.runner, np.random.default_rng())
    view.other_chosen.connect(presenter.other_chosen)
    view.more_wanted.connect(presenter.more_wanted)
    presenter.attach(view)
    page.metric_changed.connect(presenter.metric_chosen)
    page.part_changed.connect(lambda part: presenter.shown(part is Part.DISAGREE))


def _add_exercises(context: Context, view: ExercisePart, page: MetricsPresenter) -> None:
    from dataclasses import replace

    import numpy as np

    from mtrec_gui import preferences
    from mtrec_gui.pages.metrics.exercise_presenter import ExercisePresenter
    from mtrec_gui.pages.metrics.state import Part

    workspace = context.workspace

    def keep(solved: tuple[str, ...]) -> None:
        if workspace.is_open:
            workspace.read(lambda project: project.add_solved_exercises(solved), lambda _: None)
        else:
            preferences.save(replace(preferences.load(), solved=solved))

    def take(project: Project | None) -> None:
        if project is None:
            presenter.progress_changed(preferences.load().solved)
        else:
            workspace.read(lambda read: read.solved_exercises(), presenter.progress_changed)

    presenter = ExercisePresenter(np.random.default_rng(), lambda: preferences.load().solved, keep)
    view.answered.connect(presenter.answered)
    view.next_pressed.connect(presenter.next_pressed)
    view.again_pressed.connect(presenter.again_pressed)
    presenter.attach(view)
    page.metric_changed.connect(presenter.metric_chosen)
    page.part_changed.connect(lambda part: presenter.shown(part is Part.EXERCISES))
    workspace.opened.connect(take)
    if workspace.is_open:
        take(workspace.project)


def _connect_workbench(view: TryPart, bench: TryPresenter) -> None:
    view.reset_pressed.connect(bench.reset_pressed)
    view.invented_wanted.connect(bench.invented_wanted)
    view.list.moved.connect(bench.row_moved)
    view.list.k_changed.connect(bench.k_changed)
    view.list.unlisted_changed.connect(bench.unlisted_changed)
    view.lists.item_changed.connect(bench.item_changed)
    view.lists.k_changed.connect(bench.k_changed)
    view.lists.pointed.connect(bench.row_pointed)
    view.answers.threshold_changed.connect(bench.threshold_changed)
    for events in (view.values, view.answers):
        events.number_changed.connect(bench.number_changed)
    for editor in (view.list, view.values, view.answers):
        editor.truth_changed.connect(bench.truth_changed)
        editor.pointed.connect(bench.row_pointed)
    view.gains.alone_changed.connect(bench.truth_changed)
    view.gains.together_changed.connect(bench.number_changed)
    view.gains.pointed.connect(bench.row_pointed)
    view.variants.chosen.connect(bench.variant_chosen)
    view.equation.pointed.connect(bench.step_pointed)
    view.picture.rows_pointed.connect(bench.rows_pointed)
    view.picture.error_dragged.connect(bench.number_changed)

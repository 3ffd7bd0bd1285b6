"""Search as it is seen."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from algorithms.messages import Message
from algorithms.search import Role, SearchResult
from mtrec_gui.model_shelf import MODELS
from mtrec_gui.pages.search.curve_view import CurvePanel
from mtrec_gui.pages.search.form import SearchForm
from mtrec_gui.pages.search.past import PastChoice
from mtrec_gui.pages.search.state import FormState, FoundState
from mtrec_gui.pages.search.words import moment
from mtrec_gui.theme import L
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.array_column import Column
from mtrec_gui.widgets.array_table import ArrayTable
from mtrec_gui.widgets.buttons import Segments, button
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, EmptyState, Page, column
from mtrec_gui.widgets.side_by_side import SideBySide
from mtrec_gui.wording import engine_text, number, say

_FRONT, _CURVES = "front", "curves"


class SearchPage(Page):
    """The form at the left; the front, its volume and all settings at the right.

    Signals
    -------
    start_pressed, cancel_pressed, run_pressed
    past_chosen : id of a search
    trial_chosen : number of a trial
    """

    start_pressed = Signal()
    cancel_pressed = Signal()
    run_pressed = Signal()
    past_chosen = Signal(int)
    trial_chosen = Signal(int)

    def __init__(
        self,
        appearance: Appearance,
        task_position: Callable[[str], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", "", appearance, parent)
        self.title.setText(self.tr("Search"))
        self.tabs = Segments([(_FRONT, self.tr("Compromises")), (_CURVES, self.tr("Curves"))])
        self.tabs.chosen.connect(self.show_tab)
        self.tabs.hide()
        self.curves: CurvePanel | None = None
        self.form = SearchForm(appearance, task_position)
        self.start = button(self.tr("Search"), "primary")
        self.start.clicked.connect(self.start_pressed)
        self.cancel = button(self.tr("Stop the search"))
        self.cancel.clicked.connect(self.cancel_pressed)
        self.toolbar.addWidget(self.tabs)
        self.toolbar.addWidget(self.cancel)
        self.toolbar.addWidget(self.start)
        self.empty = EmptyState(
            self.tr("No search yet"),
            self.tr(
                "Here every setting that was tried becomes a point, and those that nobody beats "
                "form the Pareto front."
            ),
            self.tr("Search with these settings"),
        )
        self.empty.button.clicked.connect(self.start_pressed)
        self.error = PlainLabel(role="worse", wrap=True)
        self.error.hide()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the search"))
        self.past = PastChoice(self.tr("Which search is shown"))
        self.past.chosen.connect(self.past_chosen)
        self.front = Card(self.tr("The front"), self.tr("Better is to the right and upwards."))
        self.front_canvas = Canvas(appearance, height=280)
        self.front.body.addWidget(self.bar)
        self.front.body.addWidget(self.front_canvas)
        self.front.body.addWidget(
            PlainLabel(
                self.tr(
                    "Diamond: on the front · circle: beaten by another · hollow: the model as it "
                    "stands · ring: the setting that is chosen below"
                ),
                "remark",
                wrap=True,
            )
        )
        self.volume = Card(
            self.tr("How the front grew"),
            self.tr("Hypervolume: what the settings so far dominate, measured from the floor."),
        )
        self.volume_canvas = Canvas(appearance, height=150)
        self.volume.body.addWidget(self.volume_canvas)
        self.table = ArrayTable(appearance)
        self.table.table.selectionModel().selectionChanged.connect(lambda *_: self._selected())
        self.run = button(self.tr("Run this setting"), "primary")
        self.run.clicked.connect(self.run_pressed)
        self.note = PlainLabel(role="remark", wrap=True)
        self.trials = Card(
            self.tr("Settings"),
            self.tr("Choose one and run it: only then is it judged on test data."),
        )
        self.trials.head.addWidget(self.run)
        self.trials.body.addWidget(self.table)
        self.trials.body.addWidget(self.note)
        self._content: object = None
        self._numbers: list[int] = []
        right = QWidget()
        right.setLayout(
            column(
                self.error,
                self.past,
                self.empty,
                self.front,
                self.volume,
                self.trials,
                None,
                spacing=L,
            )
        )
        left = QWidget()
        left.setLayout(column(self.form, None))
        self._search = SideBySide(left, right, appearance, 800, (2, 5))
        self.body.addWidget(self._search)
        self.body.addStretch(1)
        appearance.changed.connect(self._scale)
        self._scale()
        self.show_tab(_FRONT)

    def add_curves(self, panel: CurvePanel) -> None:
        """Take the curves as a second tab."""
        self.curves = panel
        self.body.insertWidget(1, panel)
        self.tabs.show()
        self.show_tab(_FRONT)

    def show_tab(self, key: str) -> None:
        """Show the search for compromises, or the curves."""
        self.tabs.choose(key)
        is_front = key == _FRONT or self.curves is None
        self._search.setVisible(is_front)
        if self.curves is not None:
            self.curves.setVisible(not is_front)
        self.start.setVisible(is_front)
        self.cancel.setVisible(is_front and self._is_running)
        self.sentence.setText(
            self.tr(
                "Try many settings of one model and see which compromises between tasks there "
                "are. All are judged on validation data; test data is never looked at."
            )
            if is_front
            else self.tr(
                "See what a model needs: how many labels, how much size and time, how many bytes. "
                "These are experiments, in which nothing is chosen for you."
            )
        )

    # --- what the presenter asks -----------------------------------------------------------

    def show_form(self, form: FormState) -> None:
        """Show what will be searched."""
        self.form.show_form(form)
        self._can_start = form.obstacle is None
        self._enable_start()

    def show_error(self, message: Message) -> None:
        """Say why a search could not be started."""
        self.error.setText(say(message))
        self.error.show()

    def show_found(self, found: FoundState) -> None:
        """Show what has been found."""
        self._is_running = found.is_running
        if found.is_running:
            self.error.hide()
        self._enable_start()
        self.cancel.setVisible(found.is_running and self.tabs.current == _FRONT)
        self.bar.setVisible(found.is_running)
        self.bar.setValue(round(1000 * found.fraction))
        self._show_past(found)
        self.run.setEnabled(found.can_run)
        result = found.result
        has_points = result is not None and bool(result.candidates)
        for card in (self.front, self.trials):
            card.setVisible(has_points or found.is_running)
        self.empty.setVisible(not has_points and not found.is_running)
        if result is None or not has_points:
            self.volume.hide()
            self.front_canvas.setVisible(False)
            self.trials.hide()
            return
        self.front_canvas.setVisible(True)
        if (result, found.chosen) == self._content:
            return
        self._content = (result, found.chosen)
        self._draw(result, found.chosen)
        self._fill(result, found.chosen)

    _can_start = False
    _is_running = False

    def _enable_start(self) -> None:
        can = self._can_start and not self._is_running
        self.start.setEnabled(can)
        self.empty.button.setEnabled(can)

    # --- drawing ---------------------------------------------------------------------------

    def _show_past(self, found: FoundState) -> None:
        texts = []
        for each in found.past:
            title = MODELS[each.model].title if each.model in MODELS else each.model
            texts.append(
                (
                    each.id,
                    self.tr("{time}: {model}, {tasks}").format(
                        time=moment(each.created),
                        model=engine_text(title),
                        tasks=", ".join(each.objectives),
                    ),
                )
            )
        self.past.show_past(texts, found.shown, found.is_running)

    def _draw(self, result: SearchResult, chosen: int | None) -> None:
        from mtrec_gui.plots.search_front import (
            SearchChart,
            SearchPoint,
            VolumeChart,
            draw_front,
            draw_volume,
        )
        from mtrec_gui.plots.tradeoff import TradeOffAxis

        chart = SearchChart(
            tuple(
                TradeOffAxis(f"{each.task}: {each.title}", each.higher_is_better)
                for each in result.columns
            ),
            tuple(
                SearchPoint(
                    self.tr("as it stands") if trial.role is Role.START else str(trial.number + 1),
                    trial.values,
                    bool(is_on),
                    trial.role is Role.START,
                    trial.number == chosen,
                )
                for trial, is_on in zip(result.candidates, result.on_front(), strict=True)
                if np.isfinite(trial.values).all()
            ),
            self.tr("settings tried"),
        )
        self.front_canvas.show_plot(
            lambda figure, theme: draw_front(figure, chart, theme),
            self.tr("{n} settings, {front} of them on the Pareto front").format(
                n=len(chart.points), front=sum(point.on_front for point in chart.points)
            ),
        )
        volumes = result.volumes()
        has_volume = len(result.columns) > 1 and len(volumes) > 0 and math.isfinite(volumes[-1])
        self.volume.setVisible(has_volume)
        if has_volume:
            grown = VolumeChart(
                tuple(volumes.tolist()), self.tr("settings tried"), self.tr("hypervolume")
            )
            self.volume_canvas.show_plot(
                lambda figure, theme: draw_volume(figure, grown, theme),
                self.tr("The hypervolume after each setting, at last {value}").format(
                    value=number(volumes[-1], 4)
                ),
            )

    def _fill(self, result: SearchResult, chosen: int | None) -> None:
        trials = result.candidates
        front = result.on_front()
        self._numbers = [trial.number for trial in trials]
        names = [
            self.tr("as it stands") if trial.role is Role.START else str(trial.number + 1)
            for trial in trials
        ]
        columns = [
            Column(self.tr("setting"), np.array(names)),
            Column(self.tr("front"), np.array([self.tr("yes") if on else "" for on in front])),
        ]
        for place, each in enumerate(result.columns):
            arrow = "↑" if each.higher_is_better else "↓"
            values = np.array([trial.values[place] for trial in trials])
            columns.append(Column(f"{each.task} {each.title} {arrow}", values, show=number))
        for task in result.spec.weighed_tasks():
            weights = np.array([trial.weights.get(task.name, np.nan) for trial in trials])
            columns.append(Column(self.tr("weight of {task}").format(task=task.name), weights))
        for parameter in result.spec.parameters:
            settings = np.array([trial.config[parameter.name] for trial in trials])
            columns.append(Column(parameter.name, settings))
        with QSignalBlocker(self.table.table.selectionModel()):
            self.table.set_columns(columns)
            if chosen in self._numbers:
                self.table.table.selectRow(self._numbers.index(chosen))
        failed = [trial for trial in trials if trial.message is not None]
        self.note.setText(
            " ".join(
                self.tr("Setting {n} failed: {why}").format(
                    n=trial.number + 1, why=say(trial.message)
                )
                for trial in failed
                if trial.message is not None
            )
            or self.tr(
                "All settings share one seed and one split, and the best of many is flattered: "
                "what a setting is worth is what its run says."
            )
        )

    def _selected(self) -> None:
        rows = self.table.table.selectedIndexes()
        if rows:
            self.trial_chosen.emit(self._numbers[self.table.model.source_row(rows[0].row())])

    def _scale(self) -> None:
        self.table.setFixedHeight(self.appearance.px(300))

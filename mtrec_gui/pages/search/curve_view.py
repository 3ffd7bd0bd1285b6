"""Curves as they are seen: the form at the left, plot and table at the right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QProgressBar, QVBoxLayout, QWidget

from algorithms.models.neural.shrinking import SHRINKINGS
from algorithms.search import CurveKind
from mtrec_gui.curve_desk import CurveLine
from mtrec_gui.model_shelf import MODELS
from mtrec_gui.pages.search.curve_form import CurveFormCard
from mtrec_gui.pages.search.curve_state import CurveForm, CurvesFound
from mtrec_gui.pages.search.curve_table import knee_of
from mtrec_gui.pages.search.past import PastChoice
from mtrec_gui.pages.search.words import model_words, moment
from mtrec_gui.plots.curves import CurveChart, DrawnLine, DrawnPoint, XKind, draw_curves
from mtrec_gui.theme import L
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.array_column import Column
from mtrec_gui.widgets.array_table import ArrayTable
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, EmptyState, column
from mtrec_gui.widgets.side_by_side import SideBySide
from mtrec_gui.wording import engine_text, number, say, seconds


class CurvePanel(QWidget):
    """What a model needs of labels, of size and of bytes.

    Signals
    -------
    export_wanted : where the table goes
    past_chosen : id of curves that the project holds
    """

    export_wanted = Signal(Path)
    past_chosen = Signal(int)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._version = (-1, -1)
        self.form = CurveFormCard()
        self.empty = EmptyState(
            self.tr("No curve yet"),
            self.tr(
                "Here every point is a few runs of a model: their mean, and the interval within "
                "which it lies. A first, rough curve is there after one run of each point."
            ),
            self.tr("Draw these curves"),
        )
        self.empty.button.clicked.connect(self.form.start_pressed)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the curves"))
        self.past = PastChoice(self.tr("Which curves are shown"))
        self.past.chosen.connect(self.past_chosen)
        self.picture = Card(self.tr("The curve"), " ")
        self.canvas = Canvas(appearance, height=300)
        self.remark = PlainLabel(role="remark", wrap=True)
        self.picture.body.addWidget(self.bar)
        self.picture.body.addWidget(self.canvas)
        self.picture.body.addWidget(self.remark)
        self.points = Card(
            self.tr("Points"), self.tr("Means over the seeds, with their 95 % intervals.")
        )
        self.export = button(self.tr("Save as CSV…"))
        self.export.clicked.connect(self._choose_file)
        self.points.head.addWidget(self.export)
        self.table = ArrayTable(appearance)
        self.failed = PlainLabel(role="worse", wrap=True)
        self.points.body.addWidget(self.table)
        self.points.body.addWidget(
            PlainLabel(
                self.tr(
                    "Curves are kept in the project. With few seeds the intervals are wide, and a "
                    "difference within them is none."
                ),
                "remark",
                wrap=True,
            )
        )
        left, right = QWidget(), QWidget()
        left.setLayout(column(self.form, None))
        right.setLayout(
            column(self.past, self.empty, self.failed, self.picture, self.points, None, spacing=L)
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(SideBySide(left, right, appearance, 800, (2, 5)))
        appearance.changed.connect(self._scale)
        self._scale()

    def show_form(self, form: CurveForm) -> None:
        """Show what will be drawn."""
        self.form.show_form(form)
        self.empty.button.setEnabled(self.form.start.isEnabled())

    def show_found(self, found: CurvesFound) -> None:
        """Show what is known of the curves."""
        self.form.show_running(found.is_running)
        self.empty.button.setEnabled(self.form.start.isEnabled())
        self.bar.setVisible(found.is_running)
        self.bar.setValue(round(1000 * found.fraction))
        has_points = any(line.points for line in found.lines)
        self.empty.setVisible(not has_points and not found.is_running)
        self.picture.setVisible(has_points or found.is_running)
        for widget in (self.points, self.canvas, self.remark):
            widget.setVisible(has_points)
        failures = [say(message) for line in found.lines for message in line.failures]
        self.failed.setText("\n".join(failures))
        self.failed.setVisible(bool(failures))
        self._show_past(found)
        if found.is_running and not has_points:
            self.picture.set_words(
                self.tr("The curve"), self.tr("The first run has not ended yet.")
            )
        if has_points and found.version != self._version:
            self._draw(found.lines)
            self._fill(found.lines)
        self._version = found.version

    def _show_past(self, found: CurvesFound) -> None:
        words = {
            CurveKind.LABELS: self.tr("labels"),
            CurveKind.SIZE: self.tr("size"),
            CurveKind.SHRINK: self.tr("bytes"),
        }
        self.past.show_past(
            [
                (
                    each.id,
                    self.tr("{time}: {kind}, {task}, {models}").format(
                        time=moment(each.created),
                        kind=words[each.kind],
                        task=each.task,
                        models=", ".join(model_words(key, config) for key, config in each.models),
                    ),
                )
                for each in found.past
            ],
            found.shown,
            found.is_running,
        )

    # --- drawing ---------------------------------------------------------------------------

    def _draw(self, lines: tuple[CurveLine, ...]) -> None:
        chart = self._chart(lines)
        kind = lines[0].spec.kind
        self.picture.set_words(
            {
                CurveKind.LABELS: self.tr("Quality against the share of labels kept"),
                CurveKind.SIZE: self.tr("Quality and time against size"),
                CurveKind.SHRINK: self.tr("Quality against the bytes stored"),
            }[kind],
            {
                CurveKind.LABELS: self.tr(
                    "The slower a curve falls to the left, the less it asks."
                ),
                CurveKind.SIZE: self.tr("Look for the place from which on nothing is gained."),
                CurveKind.SHRINK: self.tr("Further left is smaller; further up is better."),
            }[kind],
        )
        self.remark.setText(
            self.tr("Vertical lines: 95 % intervals of the mean over the seeds, from two seeds on.")
            if kind is CurveKind.LABELS
            else self.tr(
                "Vertical lines: 95 % intervals of the mean over the seeds, from two seeds on · "
                "ring: the knee, the smallest that is within one standard error of the best mean"
            )
        )
        self.canvas.show_plot(
            lambda figure, theme: draw_curves(figure, chart, theme),
            self.tr("{what} of {models}").format(
                what=self.picture.title.text(), models=", ".join(line.title for line in chart.lines)
            ),
        )

    def _chart(self, lines: tuple[CurveLine, ...]) -> CurveChart:
        spec = lines[0].spec
        judged = spec.column(MODELS)
        names = {line.spec.parameter for line in lines}
        by_count = spec.kind is CurveKind.SIZE and len(names) > 1
        x_titles = {
            CurveKind.LABELS: self.tr("labels of {task} kept").format(task=judged.task),
            CurveKind.SIZE: self.tr("numbers learned") if by_count else spec.parameter,
            CurveKind.SHRINK: self.tr("bytes stored"),
        }
        is_count = by_count or spec.kind is CurveKind.SHRINK
        is_share = spec.kind is CurveKind.LABELS
        return CurveChart(
            lines=tuple(
                DrawnLine(
                    _title(line),
                    tuple(
                        DrawnPoint(
                            point.n_parameters if by_count else point.x,
                            point.quality.mean,
                            point.quality.low,
                            point.quality.high,
                            point.fit_seconds,
                            engine_text(SHRINKINGS[point.way].title) if point.way else "",
                        )
                        for point in line.points
                    ),
                    knee_of(line),
                )
                for line in lines
            ),
            x_title=x_titles[spec.kind],
            y_title=f"{judged.task}: {judged.title}",
            seconds_title=self.tr("seconds of a fit") if spec.kind is CurveKind.SIZE else "",
            higher_is_better=judged.higher_is_better,
            x_kind=XKind.SHARE if is_share else XKind.COUNT if is_count else XKind.VALUE,
            joined=spec.kind is not CurveKind.SHRINK,
            knee_title=self.tr("knee"),
        )

    def _fill(self, lines: tuple[CurveLine, ...]) -> None:
        kind, judged = lines[0].spec.kind, lines[0].spec.column(MODELS)
        places = [(line, place) for line in lines for place in range(len(line.points))]
        points = [line.points[place] for line, place in places]
        columns = [
            Column(
                self.tr("model"),
                np.array([_title(line) for line, _ in places]),
            )
        ]
        if kind is CurveKind.SHRINK:
            ways = [engine_text(SHRINKINGS[point.way].title) for point in points]
            stored = np.array([point.stored_bytes / 1024 for point in points])
            columns += [
                Column(self.tr("made smaller"), np.array(ways)),
                Column(self.tr("stored, KiB"), stored, show=lambda value: f"{value:,.0f}"),
            ]
        elif kind is CurveKind.LABELS:
            shares = np.array([100 * point.x for point in points])
            columns.append(Column(self.tr("labels kept, %"), shares))
        else:
            names = {line.spec.parameter for line in lines}
            title = names.pop() if len(names) == 1 else self.tr("size")
            columns.append(Column(title, np.array([point.x for point in points])))
        arrow = "↑" if judged.higher_is_better else "↓"
        for title, values in (
            (f"{judged.task} {judged.title} {arrow}", [p.quality.mean for p in points]),
            (self.tr("from"), [p.quality.low for p in points]),
            (self.tr("to"), [p.quality.high for p in points]),
        ):
            columns.append(Column(title, np.array(values), show=lambda value: number(value, 4)))
        columns += [
            Column(self.tr("seeds"), np.array([point.quality.n for point in points])),
            Column(self.tr("fit"), np.array([p.fit_seconds for p in points]), show=seconds),
            Column(
                self.tr("numbers learned"),
                np.array([point.n_parameters for point in points]),
                show=lambda value: f"{value:,.0f}",
            ),
        ]
        if kind is not CurveKind.LABELS:
            bends = [self.tr("yes") if knee_of(line) == place else "" for line, place in places]
            columns.append(Column(self.tr("knee"), np.array(bends)))
        self.table.set_columns(columns)

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the points"), "curves.csv", self.tr("Tables (*.csv)")
        )
        if name:
            self.export_wanted.emit(Path(name))

    def _scale(self) -> None:
        self.table.setFixedHeight(self._appearance.px(260))


def _title(line: CurveLine) -> str:
    return model_words(line.spec.base.model, line.spec.base.config)

"""The two charts under the table: who gains and who pays, and the trade-off of two tasks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from algorithms.evaluation import Comparison, TaskGain
from algorithms.models.base import Bound
from mtrec_gui.model_shelf import find_model
from mtrec_gui.pages.compare.state import CompareState, Shown
from mtrec_gui.theme import M
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.labels import PlainLabel, TaskTag
from mtrec_gui.widgets.layout import Card, FlowLayout, clear, row
from mtrec_gui.widgets.quiet_controls import QuietCombo
from mtrec_gui.wording import engine_text, say

if TYPE_CHECKING:
    from mtrec_gui.plots.gains import GainChart
    from mtrec_gui.plots.tradeoff import TradeOff


class GainCard(Card):
    """Who gains, who pays: sentences, then bars."""

    def __init__(
        self,
        appearance: Appearance,
        task_position: Callable[[str], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self._appearance, self._task_position = appearance, task_position
        self._tasks: tuple[str, ...] = ()
        self._chart: GainChart | None = None
        self._sentences = QVBoxLayout()
        self._legend = QWidget()
        self._flow = FlowLayout(self._legend, spacing=appearance.px(M))
        self.canvas = Canvas(appearance)
        self.body.addLayout(self._sentences)
        self.body.addWidget(self._legend)
        self.body.addWidget(self.canvas)
        self.body.addStretch(1)
        appearance.changed.connect(self._draw_legend)

    def render_state(self, shown: Shown) -> None:
        """Show the gains of a comparison."""
        comparison = shown.comparison
        clear(self._sentences)
        by_model: dict[object, list[str]] = {}
        for sentence in comparison.sentences():
            by_model.setdefault(sentence.values.get("model"), []).append(
                say(sentence).replace(" %", "\u00a0%")  # a percentage stays in one line
            )
        for said in by_model.values():
            self._sentences.addWidget(PlainLabel(" ".join(said), wrap=True))
        has_gains = bool(comparison.twins)
        has_ceiling = any(row.bound is Bound.CEILING for row in comparison.rows)
        self.set_words(
            self.tr("Who gains, who pays"),
            self.tr(
                "What each task gains over a model of the same kind that learns it alone; "
                "the dark line is the 95 % interval, paired over users."
            )
            + (self.tr(" The ceiling is what the truth would gain.") if has_ceiling else "")
            if has_gains
            else self.tr(
                "Nothing to compare yet: run a model that learns tasks together, and its "
                "single-task twin beside it."
            ),
        )
        self.canvas.setVisible(has_gains)
        self._legend.setVisible(has_gains)
        self._tasks = tuple(
            dict.fromkeys(
                gain.column.task for twin in comparison.twins for gain in twin.gains.tasks
            )
        )
        self._draw_legend()
        if has_gains:
            from mtrec_gui.plots.gains import draw_gains

            chart = gain_chart(comparison, self._task_position, self.tr("ceiling"))
            if chart == self._chart:  # nothing new to draw
                return
            self._chart = chart
            self.canvas.set_plot_height(chart.height)
            self.canvas.show_plot(
                lambda figure, theme: draw_gains(figure, chart, theme),
                self.tr("Bars of the gain of each task over its single-task model"),
            )

    def _draw_legend(self) -> None:
        clear(self._flow)
        for name in self._tasks:
            colour = self._appearance.theme.task_colour(self._task_position(name))
            self._flow.addWidget(TaskTag(name, colour, self._appearance, "remark"))


class TradeOffCard(Card):
    """Two tasks against each other.

    Signals
    -------
    chosen : positions of the two metrics among the comparison's columns
    """

    chosen = Signal(int, int)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.set_words(
            self.tr("Trade-off"),
            self.tr("Each point is a model; better is to the right and upwards."),
        )
        self._chart: TradeOff | None = None
        self.across, self.upwards = QuietCombo(), QuietCombo()
        self.across.setAccessibleName(self.tr("Metric from left to right"))
        self.upwards.setAccessibleName(self.tr("Metric from bottom to top"))
        for box in (self.across, self.upwards):
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            box.activated.connect(self._choose)
        self.canvas = Canvas(appearance, height=280)
        for sign, box in (("→", self.across), ("↑", self.upwards)):
            line = row(PlainLabel(sign, "muted"))
            line.addWidget(box, 1)
            self.body.addLayout(line)
        self.body.addWidget(self.canvas, 1)
        self.body.addWidget(
            PlainLabel(
                self.tr(
                    "Circle: baseline · square: library · diamond: factor model of the lab · "
                    "triangle: rules"
                ),
                "remark",
                wrap=True,
            )
        )

    def render_state(self, state: CompareState) -> None:
        """Show the trade-off of a comparison."""
        shown = state.shown
        if shown is None or state.trade_off is None:
            self.hide()
            return
        self.show()
        titles = [
            (f"{column.task} · {engine_text(column.title)}", place)
            for place, column in enumerate(shown.comparison.columns)
            if place in shown.main
        ]
        for box, chosen in zip((self.across, self.upwards), state.trade_off, strict=True):
            if [(box.itemText(i), box.itemData(i)) for i in range(box.count())] != titles:
                box.clear()
                for title, place in titles:
                    box.addItem(title, place)
            box.setCurrentIndex(box.findData(chosen))
        from mtrec_gui.plots.tradeoff import draw_trade_off

        names = {
            Bound.CEILING: self.tr("ceiling: the truth"),
            Bound.FLOOR: self.tr("floor: naive"),
        }
        chart = trade_off(shown.comparison, *state.trade_off, names)
        if chart == self._chart:  # nothing new to draw
            return
        self._chart = chart
        self.canvas.show_plot(
            lambda figure, theme: draw_trade_off(figure, chart, theme),
            self.tr("Models as points: {x} from left to right, {y} from bottom to top").format(
                x=chart.x.title, y=chart.y.title
            ),
        )

    def _choose(self) -> None:
        self.chosen.emit(self.across.currentData(), self.upwards.currentData())


def gain_chart(
    comparison: Comparison, task_position: Callable[[str], int], ceiling: str = "ceiling"
) -> GainChart:
    """Return the gains of a comparison as a chart; ``ceiling`` is what the ceilings are called."""
    from mtrec_gui.plots.gains import GainBar, GainChart, GainGroup

    return GainChart(
        tuple(
            GainGroup(
                engine_text(comparison.rows[twin.row].title),
                tuple(
                    GainBar(
                        task_position(entry.column.task),
                        entry.gain.percent,
                        entry.gain.low,
                        entry.gain.high,
                        _ceiling_gain(comparison, twin.twin, entry),
                    )
                    for entry in twin.gains.tasks
                ),
            )
            for twin in comparison.twins
        ),
        ceiling,
    )


def _ceiling_gain(comparison: Comparison, twin: int, entry: TaskGain) -> float:
    """Return what the truth would gain over the twin, in percent; NaN where it is not known."""
    place = comparison.columns.index(entry.column)
    ceiling, alone = comparison.bounds(place).get(Bound.CEILING), comparison.cells[twin][place]
    if ceiling is None or alone is None or not alone.value:
        return math.nan
    sign = 1 if entry.column.higher_is_better else -1
    return 100 * sign * (ceiling.value - alone.value) / abs(alone.value)


def trade_off(comparison: Comparison, x: int, y: int, names: Mapping[Bound, str]) -> TradeOff:
    """Return two columns of a comparison as a chart; models without both values are left out.

    Parameters
    ----------
    comparison : with ceiling and floor, or without
    x, y : positions of its columns
    names : what ceiling and floor are called
    """
    from mtrec_gui.plots.tradeoff import TradeOff, TradeOffAxis, TradeOffLine, TradeOffPoint

    points = []
    for place in comparison.contest:
        line, cells = comparison.rows[place], comparison.cells[place]
        first, second = cells[x], cells[y]
        if first is None or second is None:
            continue
        if math.isfinite(first.value) and math.isfinite(second.value):
            family = find_model(line.model).family.value
            points.append(TradeOffPoint(engine_text(line.title), family, first.value, second.value))
    axes = [
        TradeOffAxis(
            f"{comparison.columns[place].task} {engine_text(comparison.columns[place].title)}",
            comparison.columns[place].higher_is_better,
        )
        for place in (x, y)
    ]
    across, upwards = comparison.bounds(x), comparison.bounds(y)
    lines = [
        TradeOffLine(
            name,
            bound is Bound.CEILING,
            across[bound].value if bound in across else None,
            upwards[bound].value if bound in upwards else None,
        )
        for bound, name in names.items()
        if bound in across or bound in upwards
    ]
    return TradeOff(axes[0], axes[1], tuple(points), tuple(lines))

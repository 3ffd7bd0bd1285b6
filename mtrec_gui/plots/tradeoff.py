"""The trade-off between two tasks: every model as a point, better to the right and upwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

MARKERS = {"baseline": "o", "library": "s", "shared_factors": "D", "rules": "^"}


@dataclass(frozen=True, slots=True)
class TradeOffAxis:
    """What an axis shows.

    Parameters
    ----------
    title : task and metric
    higher_is_better : an axis where lower is better runs backwards
    """

    title: str
    higher_is_better: bool


@dataclass(frozen=True, slots=True)
class TradeOffPoint:
    """One model: its name, its family, its two values."""

    title: str
    family: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class TradeOff:
    """Everything that the chart shows."""

    x: TradeOffAxis
    y: TradeOffAxis
    points: tuple[TradeOffPoint, ...]


def draw_trade_off(figure: Figure, chart: TradeOff, theme: Theme) -> None:
    """Draw the models as points with their names."""
    axes = figure.add_subplot()
    for point in chart.points:
        shared = point.family in ("shared_factors", "rules")
        axes.plot(
            point.x,
            point.y,
            MARKERS.get(point.family, "P"),
            color=theme.accent if shared else theme.muted,
            linestyle="none",
            zorder=3,
        )
    axes.margins(x=0.18, y=0.16)
    axes.set_xlabel(f"{chart.x.title} →")
    axes.set_ylabel(f"{chart.y.title} →")
    if not chart.x.higher_is_better:
        axes.invert_xaxis()
    if not chart.y.higher_is_better:
        axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.grid(visible=True)
    _label(axes, chart, theme)


def _label(axes: Axes, chart: TradeOff, theme: Theme) -> None:
    """Write the names where they do not meet: above, or below one that is too near."""
    span_x = max(abs(axes.get_xlim()[1] - axes.get_xlim()[0]), 1e-12)
    span_y = max(abs(axes.get_ylim()[1] - axes.get_ylim()[0]), 1e-12)
    placed: list[tuple[float, float]] = []
    for point in sorted(chart.points, key=lambda each: each.y):
        offset = 9
        for x, y in placed:
            if abs(point.x - x) / span_x < 0.3 and abs(point.y - y) / span_y < 0.09:
                offset = 21 if offset == 9 else offset + 12
        placed.append((point.x, point.y))
        axes.annotate(
            point.title,
            (point.x, point.y),
            xytext=(0, offset * _scale(axes)),
            textcoords="offset points",
            ha="center",
            va="center",
            color=theme.text,
        )


def _scale(axes: Axes) -> float:
    """Return how large the text is drawn, 1.0 at 100 %."""
    size = axes.xaxis.label.get_fontsize()
    return float(size) / 8.28

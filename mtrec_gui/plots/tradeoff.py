"""The trade-off between two tasks: every model as a point, better to the right and upwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox, IdentityTransform

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

MARKERS = {
    "baseline": "o",
    "library": "s",
    "shared_factors": "D",
    "rules": "^",
    "neural": "h",
    "adversarial": "X",
    "prompted": "*",
    "policy": "v",
}
_MULTITASK = ("shared_factors", "rules", "neural", "adversarial", "prompted", "policy")


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
class TradeOffLine:
    """A ceiling or a floor: what it is called, and where it lies on each axis, if known."""

    title: str
    is_ceiling: bool
    x: float | None
    y: float | None


@dataclass(frozen=True, slots=True)
class TradeOff:
    """Everything that the chart shows."""

    x: TradeOffAxis
    y: TradeOffAxis
    points: tuple[TradeOffPoint, ...]
    lines: tuple[TradeOffLine, ...] = ()


class PointNames(Artist):
    """Names of points, each above, below, right or left of its point: where there is room."""

    def __init__(self, axes: Axes, points: tuple[TradeOffPoint, ...], colour: str) -> None:
        super().__init__()
        self._host, self._points, self._colour = axes, points, colour
        self.set_zorder(4)
        self.set_in_layout(False)

    def draw(self, renderer: Any) -> None:
        """Place the names for the size that the figure has now, and draw them."""
        size = float(self._host.xaxis.label.get_fontsize())
        gap = size * self._host.figure.dpi / 72 * 0.75
        places = [self._host.transData.transform((p.x, p.y)) for p in self._points]
        taken = [Bbox.from_bounds(x - gap / 2, y - gap / 2, gap, gap) for x, y in places]
        room = self._host.bbox
        for point, (x, y) in zip(self._points, places, strict=True):
            text = Text(color=self._colour, transform=IdentityTransform())
            text.set_fontproperties(self._host.xaxis.label.get_fontproperties())
            text.set_figure(self._host.figure)
            text.set_text(point.title)
            best: tuple[float, Text, Bbox] | None = None
            for dx, dy, across, up in (
                (0, gap, "center", "bottom"),
                (0, -gap, "center", "top"),
                (gap, 0, "left", "center"),
                (-gap, 0, "right", "center"),
            ):
                text.set(position=(x + dx, y + dy), ha=across, va=up)
                box = text.get_window_extent(renderer)
                meets = sum(box.overlaps(other) for other in taken)
                outside = max(0, room.x0 - box.x0) + max(0, box.x1 - room.x1)
                outside += max(0, room.y0 - box.y0) + max(0, box.y1 - room.y1)
                cost = meets * gap * 4 + outside
                if best is None or cost < best[0]:
                    best = (cost, _copy(text), box)
            if best is not None:
                taken.append(best[2])
                best[1].draw(renderer)


def _copy(text: Text) -> Text:
    made = Text(transform=IdentityTransform())
    made.set_figure(text.figure)
    made.update_from(text)
    made.set_text(text.get_text())
    made.set_position(text.get_position())
    return made


def draw_trade_off(figure: Figure, chart: TradeOff, theme: Theme) -> None:
    """Draw the models as points with their names."""
    axes = figure.add_subplot()
    for point in chart.points:
        axes.plot(
            point.x,
            point.y,
            MARKERS.get(point.family, "P"),
            color=theme.accent if point.family in _MULTITASK else theme.muted,
            markersize=float(mpl.rcParams["font.size"]) * 0.9,
            linestyle="none",
            zorder=3,
        )
    _draw_lines(axes, chart.lines, theme)
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
    axes.add_artist(PointNames(axes, chart.points, theme.text))


def _draw_lines(axes: Axes, lines: tuple[TradeOffLine, ...], theme: Theme) -> None:
    """Draw ceilings and floors across the chart, each named outside of what lies between them."""
    look: dict[str, Any] = {
        "color": theme.muted,
        "linewidth": float(mpl.rcParams["axes.linewidth"]),
        "linestyle": (0, (4, 3)),
        "zorder": 1,
    }
    for line in lines:
        side = 1 if line.is_ceiling else -1
        name: dict[str, Any] = {"textcoords": "offset fontsize", "color": theme.muted}
        if line.y is not None:
            axes.axhline(line.y, **look)
            axes.annotate(
                line.title,
                (0.5, line.y),
                xycoords=axes.get_yaxis_transform(),
                xytext=(0, 0.3 * side),
                ha="center",
                va="bottom" if line.is_ceiling else "top",
                **name,
            )
        if line.x is not None:
            axes.axvline(line.x, **look)
            axes.annotate(
                line.title,
                (line.x, 0.5),
                xycoords=axes.get_xaxis_transform(),
                xytext=(0.3 * side, 0),
                rotation=90,
                ha="left" if line.is_ceiling else "right",
                va="center",
                **name,
            )

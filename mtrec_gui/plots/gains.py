"""Who gains, who pays: the gain of each task over the model that learns it alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import matplotlib as mpl

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme


@dataclass(frozen=True, slots=True)
class GainBar:
    """One task of one model.

    Parameters
    ----------
    task_position : decides the colour
    percent, low, high : gain with its 95 % interval, in percent, higher is better
    ceiling : what the truth would gain, NaN where it is not known
    """

    task_position: int
    percent: float
    low: float
    high: float
    ceiling: float = math.nan


@dataclass(frozen=True, slots=True)
class GainGroup:
    """One model: its name and a bar for each task."""

    title: str
    bars: tuple[GainBar, ...]


@dataclass(frozen=True, slots=True)
class GainChart:
    """Everything that the chart shows; ``ceiling`` is what the ceilings are called."""

    groups: tuple[GainGroup, ...]
    ceiling: str = "ceiling"

    @property
    def height(self) -> int:
        """How high the chart wants to be, in pixels at 100 %."""
        bars = sum(len(group.bars) for group in self.groups)
        return 44 + 16 * bars + 20 * len(self.groups)


def draw_gains(figure: Figure, chart: GainChart, theme: Theme) -> None:
    """Draw horizontal bars from zero, the interval over each, the models from top to bottom."""
    axes = figure.add_subplot()
    place, ticks, titles = 0.0, [], []
    ceilings: list[tuple[float, float]] = []
    for group in chart.groups:
        places = [place + number for number in range(len(group.bars))]
        for y, bar in zip(places, group.bars, strict=True):
            if math.isfinite(bar.ceiling):
                ceilings.append((y, bar.ceiling))
            if not math.isfinite(bar.percent):
                axes.text(0, y, " –", va="center", color=theme.muted)
                continue
            axes.barh(
                y, bar.percent, height=0.62, color=theme.task_colour(bar.task_position), zorder=2
            )
            certain = math.isfinite(bar.low) and math.isfinite(bar.high)
            forward = bar.percent >= 0
            end = bar.percent if not certain else bar.high if forward else bar.low
            axes.annotate(
                _percent(bar.percent),
                (end, y),
                xytext=(0.5 if forward else -0.5, 0),
                textcoords="offset fontsize",
                ha="left" if forward else "right",
                va="center",
                color=theme.muted,
            )
            if certain:
                axes.plot(
                    [bar.low, bar.high],
                    [y, y],
                    color=theme.text,
                    linewidth=float(mpl.rcParams["axes.linewidth"]) * 1.2,
                    solid_capstyle="butt",
                    zorder=3,
                )
        ticks.append(sum(places) / len(places) if places else place)
        titles.append(group.title)
        place += len(group.bars) + 1.2
    axes.axvline(0, color=theme.muted, zorder=4, linewidth=float(mpl.rcParams["axes.linewidth"]))
    axes.set_yticks(ticks, labels=titles, color=theme.text)
    axes.set_ylim(max(place - 1.4, 0.6), -0.8)
    axes.grid(axis="x")
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.margins(x=0.14)
    axes.xaxis.set_major_formatter(
        lambda value, _: f"{value:+g} %".replace("-", "−") if value else "0 %"
    )
    axes.locator_params(axis="x", nbins=7)
    if ceilings:
        _draw_ceilings(axes, ceilings, chart.ceiling, theme)


def _draw_ceilings(
    axes: Axes, ceilings: list[tuple[float, float]], name: str, theme: Theme
) -> None:
    """Mark what the truth would gain: a tick, or the number at the edge where it is far off.

    Parameters
    ----------
    ceilings : place of the bar and gain in percent
    """
    low, high = axes.get_xlim()
    if any(gain > high for _, gain in ceilings):
        high += 0.3 * (high - low)  # room for the numbers
    axes.set_xlim(low, high)
    width = float(mpl.rcParams["axes.linewidth"])
    for y, gain in ceilings:
        if gain <= high:
            axes.plot([gain, gain], [y - 0.42, y + 0.42], color=theme.muted, linewidth=2 * width)
        axes.annotate(
            f"{name} {_percent(gain)}" + (" →" if gain > high else ""),
            (1, y) if gain > high else (gain, y),
            xycoords=axes.get_yaxis_transform() if gain > high else "data",
            xytext=(0, 0) if gain > high else (0.5, 0),
            textcoords="offset fontsize",
            ha="right" if gain > high else "left",
            va="center",
            color=theme.muted,
        )


def _percent(value: float) -> str:
    return f"{value:+.1f} %".replace("-", "−") if abs(value) < 100 else f"{value:+.0f} %"

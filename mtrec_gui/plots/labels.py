"""What a label holds: a share bar for 0 and 1, a histogram for all else.

The value is computed apart from the drawing, so that it can be made beside the window. No word
stands in these plots, only numbers; what they show is said in the sentence over them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.arrays import Float32Array, FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

MOST_VALUES = 12  # up to so many distinct values, each has a bar of its own
N_BINS = 20
LONG_TAIL = 50.0  # times the median: beyond, bins grow with the value


@dataclass(frozen=True, slots=True)
class LabelChart:
    """The observed values of a label in bars.

    Parameters
    ----------
    n_events : rows of the log
    n_observed : rows on which the label is observed
    low, mean, high : of the observed values; NaN where there are none
    is_binary : whether there is nothing but 0 and 1
    starts, stops : (n_bars,) the values that a bar stands for; equal for a single value
    counts : (n_bars,) events in each bar
    relevant_from : value from which an item counts as relevant, where a task says so
    """

    n_events: int
    n_observed: int
    low: float
    mean: float
    high: float
    is_binary: bool
    starts: tuple[float, ...] = ()
    stops: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    relevant_from: float | None = None

    @property
    def has_single_values(self) -> bool:
        """Whether each bar stands for one value."""
        return self.starts == self.stops


def chart_label(values: Float32Array, relevant_from: float | None = None) -> LabelChart:
    """Count a label's values.

    Parameters
    ----------
    values : (n_events,) NaN where not observed
    relevant_from : see ``LabelChart``
    """
    seen = values[~np.isnan(values)].astype(np.float64)
    if len(seen) == 0:
        return LabelChart(len(values), 0, np.nan, np.nan, np.nan, is_binary=False)
    distinct, counts = np.unique(seen, return_counts=True)
    if len(distinct) <= MOST_VALUES:
        starts = stops = distinct
    else:
        edges = _edges(seen)
        counts, _ = np.histogram(seen, edges)
        starts, stops = edges[:-1], edges[1:]
    return LabelChart(
        n_events=len(values),
        n_observed=len(seen),
        low=float(distinct[0]),
        mean=float(seen.mean()),
        high=float(distinct[-1]),
        is_binary=bool(np.isin(distinct, (0.0, 1.0)).all()),
        starts=tuple(starts.tolist()),
        stops=tuple(stops.tolist()),
        counts=tuple(counts.tolist()),
        relevant_from=relevant_from,
    )


def _edges(values: FloatArray) -> FloatArray:
    """Return (n_bins + 1,) edges: even steps, or growing ones where there is a long tail."""
    low, high, middle = float(values.min()), float(values.max()), float(np.median(values))
    if low >= 0 and middle > 0 and high > LONG_TAIL * middle:
        first = max(low, middle / LONG_TAIL)
        edges = np.geomspace(first, high, N_BINS + 1)
        edges[0], edges[-1] = low, high  # rounding must lose no value
        return edges
    return np.linspace(low, high, N_BINS + 1)


def draw_label(figure: Figure, chart: LabelChart, colour: str, theme: Theme) -> None:
    """Draw a label's values, those that count as relevant in full colour."""
    axes = figure.add_subplot()
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    if chart.is_binary:
        _draw_share(axes, chart, colour, theme)
    else:
        _draw_histogram(axes, chart, colour, theme)


def _draw_share(axes: Axes, chart: LabelChart, colour: str, theme: Theme) -> None:
    """Draw one bar: the share of ones in colour, the rest pale, both named."""
    share = chart.mean
    is_relevant = chart.relevant_from is None or chart.relevant_from <= 1
    axes.barh(0, share, 0.8, color=colour if is_relevant else theme.muted)
    axes.barh(0, 1 - share, 0.8, left=share, color=theme.line)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.4, 1.25)
    axes.text(0, 0.55, f"1 · {_percent(share)}", ha="left", va="bottom")
    if share < 1:
        axes.text(1, 0.55, f"0 · {_percent(1 - share)}", ha="right", va="bottom", color=theme.muted)


def _draw_histogram(axes: Axes, chart: LabelChart, colour: str, theme: Theme) -> None:
    """Draw a bar for each value or bin; shares stand over single values."""
    places = list(range(len(chart.counts)))
    limit = -np.inf if chart.relevant_from is None else chart.relevant_from
    last_counts = chart.stops if not chart.has_single_values else chart.starts
    colours = [
        colour if reach > limit or start >= limit else theme.line
        for start, reach in zip(chart.starts, last_counts, strict=True)
    ]
    axes.bar(places, chart.counts, 0.82, color=colours)
    axes.set_xlim(-0.6, max(len(places), 3) - 0.4)
    if chart.has_single_values:
        axes.set_xticks(places, [f"{value:g}" for value in chart.starts])
        for place, count in zip(places, chart.counts, strict=True):
            axes.text(
                place,
                count,
                _percent(count / chart.n_observed, short=True),
                ha="center",
                va="bottom",
                color=theme.muted,
            )
        axes.set_ylim(0, max(chart.counts) * 1.15)
        return
    edges = (*chart.starts, chart.stops[-1])
    shown = np.linspace(0, len(edges) - 1, 5).astype(int)
    axes.set_xticks(shown - 0.5, [f"{edges[place]:,.3g}" for place in shown])


def _percent(share: float, short: bool = False) -> str:
    """Write a share; what is there is never rounded to nothing."""
    digits, least = (0, 0.005) if short else (1, 0.0005)
    if 0 < share < least:
        return f"< {'1' if short else '0.1'} %"
    return f"{100 * share:.{digits}f} %"

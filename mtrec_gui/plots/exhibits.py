"""What a model shows of its inside, drawn by its form: curves, bars, a table of weights, points.

A new model brings exhibits, never a new plot. Where a series, a bar or a row bears the name of a
task it has the task's colour, and where a curve is of two tasks it is dashed in the colours of
both. Names come from the data and are never taken for formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import MaxNLocator

from algorithms.arrays import FloatArray
from algorithms.explanations import Bars, Exhibit, HeatMap, Lines, Points
from algorithms.messages import Message
from mtrec_gui.plots.contributions import shortened
from mtrec_gui.plots.matrix import draw_matrix
from mtrec_gui.plots.tradeoff import PointNames, TradeOffPoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    from mtrec_gui.theme import Theme

_MOST_WRITTEN = 240  # fields of a table of weights; in more, no number could be read
_WIDEST_BAR = 40  # letters of a bar's name
_MOST_NAMES = 12  # points with numbers for names; more would hide the points
_DASHES = ("-", (0, (4, 2)), (0, (1, 1.5)))  # of curves that belong to no task
_LINE = 1.35  # height of a line of text, in sizes of the font


@dataclass(frozen=True, slots=True)
class ExhibitWords:
    """What turns an exhibit's words into those of the window; any thread may ask.

    Parameters
    ----------
    say : a sentence of the engine
    text : a fixed text of the engine; a name from the data comes back as it is
    tasks : by name the position that decides a task's colour
    """

    say: Callable[[Message], str]
    text: Callable[[str], str]
    tasks: Mapping[str, int]


def plot_height(exhibit: Exhibit) -> int:
    """Return how high a plot wants to be, in pixels at 100 %."""
    if isinstance(exhibit, Bars):
        return 44 + 24 * len(exhibit.names)
    if isinstance(exhibit, HeatMap):
        return 74 + min(420, 28 * len(exhibit.row_names))
    if isinstance(exhibit, Lines):
        return 210 + 12 * max(0, len(exhibit.series) - 8)
    return 280


def draw_exhibit(figure: Figure, exhibit: Exhibit, words: ExhibitWords, theme: Theme) -> None:
    """Draw an exhibit of whatever form; a table is no plot."""
    if isinstance(exhibit, Lines):
        draw_lines(figure, exhibit, words, theme)
    elif isinstance(exhibit, Bars):
        _draw_bars(figure, exhibit, words, theme)
    elif isinstance(exhibit, HeatMap):
        _draw_weights(figure, exhibit, words, theme)
    elif isinstance(exhibit, Points):
        _draw_points(figure, exhibit, words, theme)
    else:
        raise TypeError(f"no plot for {type(exhibit).__name__}")


# --- curves ---------------------------------------------------------------------------------


def draw_lines(figure: Figure, lines: Lines, words: ExhibitWords, theme: Theme) -> None:
    """Draw curves, each named at its right end."""
    axes = figure.add_subplot(xlabel=words.say(lines.x_label), ylabel=words.say(lines.y_label))
    axes.xaxis.label.set_parse_math(False)
    axes.yaxis.label.set_parse_math(False)
    for name, level in (lines.reference or {}).items():
        _draw_level(axes, words.text(name), level, theme)
    ends: list[tuple[float, str, str]] = []  # (height, name, colour) where curves end
    plain = iter(_plain_styles(theme))
    for name, values in lines.series.items():
        style = _task_style(name, words.tasks, theme) or next(plain)
        known = np.isfinite(values)
        axes.plot(lines.x, values, **style, marker="o" if known.sum() == 1 else None)
        if known.any():
            ends.append((float(values[known][-1]), words.text(name), style["color"]))
    axes.margins(x=0.01, y=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=bool((lines.x % 1 == 0).all())))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.grid(axis="y")
    _name_ends(axes, ends)


def _draw_level(axes: Axes, name: str, level: float, theme: Theme) -> None:
    """Draw a quiet horizontal line, named above its left end."""
    axes.axhline(level, color=theme.muted, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    axes.annotate(
        name,
        (0.01, level),
        xycoords=axes.get_yaxis_transform(),
        xytext=(0, 0.2),
        textcoords="offset fontsize",
        color=theme.muted,
        parse_math=False,
        bbox={"facecolor": theme.surface, "edgecolor": "none", "alpha": 0.8, "pad": 1.0},
        zorder=4,
    )


def _task_style(name: str, tasks: Mapping[str, int], theme: Theme) -> dict[str, Any] | None:
    """Return how the curve of a task or of two tasks looks; None where the name is of none."""
    if name in tasks:
        return {"color": theme.task_colour(tasks[name])}
    pair = name.split(" · ")
    if len(pair) == 2 and all(each in tasks for each in pair):
        one, other = (theme.task_colour(tasks[each]) for each in pair)
        return {"color": one, "gapcolor": other, "linestyle": (0, (5, 5))}
    if name.endswith(")"):  # such as “click (truth)”
        whose = name.rpartition(" (")[0]
        if whose in tasks:
            return {"color": theme.task_colour(tasks[whose]), "linestyle": _DASHES[1]}
    return None


def _plain_styles(theme: Theme) -> Iterable[dict[str, Any]]:
    """Yield looks of curves of no task, without end."""
    while True:
        for dashes in _DASHES:
            for colour in (theme.accent, theme.muted, theme.text):
                yield {"color": colour, "linestyle": dashes}


def _name_ends(axes: Axes, ends: Sequence[tuple[float, str, str]]) -> None:
    """Write names at the right, apart from each other, in the order of the curves' ends."""
    if not ends:
        return
    figure_height = axes.figure.bbox.height * 72 / axes.figure.dpi  # points
    step = _LINE * float(mpl.rcParams["font.size"]) / (0.8 * figure_height)  # in axes' heights
    low, high = axes.get_ylim()
    order = sorted(range(len(ends)), key=lambda n: ends[n][0])
    places = spread([(ends[n][0] - low) / (high - low) for n in order], step)
    for n, place in zip(order, places, strict=True):
        _, name, colour = ends[n]
        axes.annotate(
            shortened(name),
            (1, place),
            xycoords="axes fraction",
            xytext=(0.5, 0),
            textcoords="offset fontsize",
            color=colour,
            va="center",
            parse_math=False,
            annotation_clip=False,
        )


def spread(places: Sequence[float], step: float) -> list[float]:
    """Move ascending places as little as it goes until neighbours are ``step`` apart.

    Places that come too near form a block around their mean, as in isotonic regression.
    """
    blocks: list[tuple[float, int]] = []  # (mean of the places less what their rank adds, how many)
    for rank, place in enumerate(places):
        mean, n = place - rank * step, 1
        while blocks and blocks[-1][0] > mean:
            other, m = blocks.pop()
            mean, n = (mean * n + other * m) / (n + m), n + m
        blocks.append((mean, n))
    starts = [mean for mean, n in blocks for _ in range(n)]
    return [start + rank * step for rank, start in enumerate(starts)]


# --- bars, weights, points ------------------------------------------------------------------


def _draw_bars(figure: Figure, bars: Bars, words: ExhibitWords, theme: Theme) -> None:
    axes = figure.add_subplot()
    places = np.arange(len(bars.names))
    colours = [
        theme.task_colour(words.tasks[name]) if name in words.tasks else theme.accent
        for name in bars.names
    ]
    values = np.nan_to_num(bars.values)
    axes.barh(places, values, 0.6, color=colours, zorder=2)
    spread_by = np.zeros(len(values)) if bars.spread is None else np.nan_to_num(bars.spread)
    if spread_by.any():
        axes.errorbar(
            values, places, xerr=spread_by, fmt="none", ecolor=theme.text, elinewidth=1, zorder=3
        )
    digits = _digits(bars.values)
    for place, value, half in zip(places, bars.values, spread_by, strict=True):
        known = np.isfinite(value)
        axes.annotate(
            _written(value, digits) if known else "–",
            (max(value + half, 0.0) if known else 0.0, place),
            xytext=(0.4, 0),
            textcoords="offset fontsize",
            va="center",
            color=theme.muted,
        )
    axes.axvline(0, color=theme.muted, linewidth=1, zorder=3)
    names = [shortened(words.text(name), _WIDEST_BAR) for name in bars.names]
    axes.set_yticks(places, names, color=theme.text, parse_math=False)
    axes.set_ylim(len(places) - 0.4, -0.6)
    low, high = min(0.0, *(values - spread_by)), max(0.0, *(values + spread_by))
    length = (high - low) or 1.0
    axes.set_xlim(low - 0.02 * length, high + 0.12 * length)
    axes.set_xlabel(words.say(bars.value_label), parse_math=False)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.spines["left"].set_visible(False)


def _draw_weights(figure: Figure, heat: HeatMap, words: ExhibitWords, theme: Theme) -> None:
    axes = figure.add_subplot()
    values = heat.values
    digits = _digits(values)
    is_written = values.size <= _MOST_WRITTEN
    draw_matrix(
        axes,
        values,
        (lambda value: _written(value, digits)) if is_written else (lambda value: ""),
        theme,
        field_strengths(values, heat.centre),
    )
    rows, columns = heat.row_names, heat.column_names
    slanted = max((len(name) for name in columns), default=0) * len(columns) > 70
    axes.set_xticks(
        range(len(columns)),
        [shortened(words.text(name)) for name in columns],
        parse_math=False,
        rotation=30 if slanted else 0,
        ha="right" if slanted else "center",
        rotation_mode="anchor" if slanted else "default",
    )
    axes.set_yticks(
        range(len(rows)), [shortened(words.text(name)) for name in rows], parse_math=False
    )
    _colour_names(axes.get_xticklabels(), columns, words, theme)
    _colour_names(axes.get_yticklabels(), rows, words, theme)


def _colour_names(
    labels: Iterable[Text], names: Sequence[str], words: ExhibitWords, theme: Theme
) -> None:
    for label, name in zip(labels, names, strict=False):
        if name in words.tasks:
            label.set_color(theme.task_colour(words.tasks[name]))


def field_strengths(values: FloatArray, centre: float | None) -> FloatArray:
    """Return how strongly each field is coloured, -1 to 1; the centre, or the lowest, is 0."""
    known = values[np.isfinite(values)]
    if not len(known):
        return np.zeros_like(values)
    zero = float(known.min()) if centre is None else centre
    furthest = float(np.abs(known - zero).max())
    strengths: FloatArray = np.nan_to_num((values - zero) / (furthest or 1.0))
    return strengths


def _draw_points(figure: Figure, points: Points, words: ExhibitWords, theme: Theme) -> None:
    axes = figure.add_subplot()
    size = float(mpl.rcParams["font.size"])
    for marked, marker, colour, scale in (
        (False, "o", theme.muted, 0.5),
        (True, "D", theme.accent, 0.75),
    ):
        mine = points.marked == marked
        axes.plot(points.x[mine], points.y[mine], marker, color=colour, ms=size * scale, zorder=3)
    axes.set_xlabel(f"{words.say(points.x_label)} →", parse_math=False)
    axes.set_ylabel(f"{words.say(points.y_label)} →", parse_math=False)
    axes.margins(x=0.12, y=0.14)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.grid(visible=True)
    named = tuple(
        TradeOffPoint(words.text(name), "", float(x), float(y))
        for name, x, y in zip(points.names, points.x, points.y, strict=True)
        if (len(points.names) <= _MOST_NAMES or _is_word(name)) and np.isfinite(x + y)
    )
    axes.add_artist(PointNames(axes, named, theme.text))


def _is_word(name: str) -> bool:
    """Whether a point has a name of its own, not just the numbers that made it."""
    return any(letter.isalpha() for letter in name)


# --- numbers --------------------------------------------------------------------------------


def _digits(values: FloatArray) -> int:
    """Return how many decimals tell values apart."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 2
    largest, apart = float(np.abs(known).max()), float(np.ptp(known))
    digits = 0 if largest >= 100 else 1 if largest >= 10 else 2 if largest >= 0.1 else 3
    return digits + (0 < apart < 5 * 10.0**-digits)


def _written(value: float, digits: int) -> str:
    return f"{value:z.{digits}f}".replace("-", "−")

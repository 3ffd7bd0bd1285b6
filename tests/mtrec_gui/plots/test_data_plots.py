"""Plots of data draw what they are given, name it as it stands, and bear what is degenerate."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from algorithms.description import (
    ActivityOverTime,
    DegreeDistribution,
    HeatMap,
    LabelPairs,
    long_tail,
    summarise,
)
from mtrec_gui.plots.data_bars import NamedBar, draw_bars
from mtrec_gui.plots.data_columns import draw_summary
from mtrec_gui.plots.data_curves import draw_activity, draw_degrees, draw_long_tail
from mtrec_gui.plots.data_matrix import MOST_LABELS, draw_heat_map, draw_label_pairs
from mtrec_gui.theme import DARK, LIGHT


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def theme(request):
    return request.param


@pytest.fixture
def figure():
    made = Figure(figsize=(4, 3), layout="constrained")
    FigureCanvasAgg(made)
    yield made
    made.canvas.draw()  # whatever was put on it can be drawn


def texts(figure):
    return [
        text.get_text()
        for axes in figure.axes
        for text in (*axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels())
    ]


def pairs_of(names, value=0.5):
    n = len(names)
    full = np.full((n, n), 10)
    return LabelPairs(tuple(names), full, full // 2, full, np.full((n, n), value))


def test_bars_carry_their_names_as_they_stand(figure, theme):
    groups = [[NamedBar("$x_1$ & co", None, 10, "10")], [NamedBar("buy", 1, 0, "0 %")]]
    draw_bars(figure, groups, theme)
    axes = figure.axes[0]
    assert [bar.get_width() for bar in axes.patches] == [10, 0]
    assert axes.patches[1].get_facecolor()[:3] == to_rgb(theme.task_colour(1))
    assert {"$x_1$ & co", "buy", "10", "0 %"} <= set(texts(figure))
    assert not any(tick.get_parse_math() for tick in axes.get_yticklabels())


@pytest.mark.parametrize(
    "values",
    [
        np.array([1.0, 2, 2, np.nan]),
        np.array([7, 7]),
        np.array([-3.5e9, 2e9]),
    ],
    ids=["usual", "constant", "large"],
)
def test_a_column_is_told_by_its_ends(figure, theme, values):
    summary = summarise(values)
    draw_summary(figure, summary, theme.muted, False, theme)
    assert f"{summary.low:,.4g}".replace("-", "−") in texts(figure)
    drawn = sum(bar.get_height() for bar in figure.axes[0].patches)
    assert drawn == summary.n - summary.n_missing


def test_times_are_told_by_their_days(figure, theme):
    summary = summarise(np.array(["2020-02-29", "2021-01-01"], "M8[s]"))
    draw_summary(figure, summary, theme.muted, True, theme)
    assert {"2020-02-29", "2021-01-01"} <= set(texts(figure))


def test_a_long_tail_without_events_is_an_empty_frame(figure, theme):
    empty, some = long_tail(np.zeros(0, np.int32)), long_tail(np.array([0, 0, 1], np.int32))
    draw_long_tail(figure, (some, empty), ("items", "users"), ("x", "y"), theme)
    assert [text for text in texts(figure) if "Gini" in text] == ["items · Gini 0.17"]
    assert len(figure.axes[0].lines) == 2  # equality, and items


@pytest.mark.parametrize("unit", ["hour", "day", "week", "month", "year"])
@pytest.mark.parametrize("n", [1, 2, 50])
def test_activity_is_a_bar_for_each_stretch(figure, theme, unit, n):
    starts = np.datetime64("2020-01-01T05", "s") + np.arange(n).astype("timedelta64[h]")
    draw_activity(figure, ActivityOverTime(unit, starts, np.arange(n) + 1), theme)
    axes = figure.axes[0]
    assert [bar.get_height() for bar in axes.patches] == list(range(1, n + 1))
    first = {"hour": "2020-01-01 05:00", "month": "2020-01", "year": "2020"}
    assert axes.get_xticklabels()[0].get_text() == first.get(unit, "2020-01-01")


def test_degrees_are_points_on_two_logarithmic_axes(figure, theme):
    one = np.array([1])
    degrees = DegreeDistribution(3, np.array([1, 2]), np.array([5, 1]), one, one)
    draw_degrees(figure, degrees, ("persons", "users"), ("links", "how many"), theme)
    axes = figure.axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.lines[0].get_ydata().tolist() == [5, 1]


@pytest.mark.parametrize("events", [np.array([[2.0, 1.0], [1.0, 0.0]]), np.zeros((0, 0))])
def test_a_heat_map_shows_each_pixel(figure, theme, events):
    draw_heat_map(figure, HeatMap(events, *events.shape), ("items", "users"), theme)
    shown = [image.get_array().tolist() for image in figure.axes[0].images]
    assert shown == ([events.tolist()] if events.size else [])


@pytest.mark.parametrize("value", [1.0, 0.7, 0.3, 0.0, -0.5, -1.0, np.nan])
def test_numbers_in_a_matrix_can_be_read_on_their_ground(figure, theme, value):
    draw_label_pairs(figure, pairs_of(["a", "$b$"], value), ["#777777"] * 2, ("r", "share"), theme)
    left = figure.axes[0]
    ground = left.images[0].get_array()[0, 0]
    assert contrast(ground, to_rgb(left.texts[0].get_color())) >= 4.0
    assert left.texts[0].get_text() == (
        "–" if np.isnan(value) else f"{value:.2f}".replace("-", "−")
    )
    assert figure.axes[1].texts[0].get_text() == "50"
    assert not left.get_xticklabels()[1].get_parse_math()


def test_of_very_many_labels_the_first_are_drawn(figure, theme):
    names = [f"label {number}" for number in range(MOST_LABELS + 3)]
    draw_label_pairs(figure, pairs_of(names), ["#777777"] * len(names), ("r", "share"), theme)
    assert len(figure.axes[0].get_yticklabels()) == MOST_LABELS


def contrast(one, other):
    """The contrast of two colours, from the definition."""

    def light(colour):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)

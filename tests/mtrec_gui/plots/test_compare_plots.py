"""Gains, trade-off and formula: what the axes hold after drawing."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from algorithms.metrics import METRICS
from mtrec_gui.plots.formula import draw_formula
from mtrec_gui.plots.gains import GainBar, GainChart, GainGroup, draw_gains
from mtrec_gui.plots.tradeoff import (
    TradeOff,
    TradeOffAxis,
    TradeOffLine,
    TradeOffPoint,
    draw_trade_off,
)
from mtrec_gui.theme import DARK, LIGHT

NAN = float("nan")


def drawn(draw, width: float = 5, height: float = 3) -> Figure:
    figure = Figure(figsize=(width, height), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    draw(figure)
    canvas.draw()
    return figure


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_bars_have_the_length_and_the_colour_of_their_task(theme):
    chart = GainChart(
        (
            GainGroup("A", (GainBar(0, 10.0, 5.0, 15.0), GainBar(2, -4.0, -6.0, -1.0))),
            GainGroup("B", (GainBar(1, NAN, NAN, NAN),)),
        )
    )
    axes = drawn(lambda figure: draw_gains(figure, chart, theme)).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [10.0, -4.0]
    assert [to_hex(bar.get_facecolor()).upper() for bar in axes.patches] == [
        theme.task_colour(0),
        theme.task_colour(2),
    ]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["A", "B"]
    assert [text.get_text() for text in axes.texts] == ["+10.0 %", "−4.0 %", " –"]
    first, second = axes.get_yticks()
    assert axes.transData.transform((0, first))[1] > axes.transData.transform((0, second))[1]


def test_the_interval_is_drawn_over_its_bar():
    chart = GainChart((GainGroup("A", (GainBar(0, 10.0, 5.0, 15.0),)),))
    axes = drawn(lambda figure: draw_gains(figure, chart, LIGHT)).axes[0]
    assert [5.0, 15.0] in [list(line.get_xdata()) for line in axes.lines]


def test_more_bars_want_more_height():
    bar = GainBar(0, 1.0, 0.0, 2.0)
    low = GainChart((GainGroup("A", (bar,)),))
    high = GainChart((GainGroup("A", (bar, bar)), GainGroup("B", (bar,))))
    assert high.height > low.height


def test_better_is_always_to_the_right_and_upwards():
    points = (TradeOffPoint("good", "rules", 0.5, 0.8), TradeOffPoint("poor", "baseline", 0.1, 1.2))
    chart = TradeOff(TradeOffAxis("ndcg", True), TradeOffAxis("rmse", False), points)
    axes = drawn(lambda figure: draw_trade_off(figure, chart, LIGHT)).axes[0]
    good, poor = (axes.transData.transform((point.x, point.y)) for point in points)
    assert good[0] > poor[0]
    assert good[1] > poor[1]
    assert len({line.get_marker() for line in axes.lines}) == 2, "shape means family"


def test_points_in_one_place_can_be_drawn():
    points = tuple(TradeOffPoint(f"model {n}", "library", 0.1, 0.1) for n in range(4))
    chart = TradeOff(TradeOffAxis("a", True), TradeOffAxis("b", True), points)
    assert len(drawn(lambda figure: draw_trade_off(figure, chart, LIGHT)).axes[0].lines) == 4


def test_ceiling_and_floor_are_lines_with_their_names():
    points = (TradeOffPoint("model", "rules", 0.2, 0.9),)
    lines = (
        TradeOffLine("ceiling", True, 0.5, 0.4),
        TradeOffLine("floor", False, None, 1.0),
    )
    chart = TradeOff(TradeOffAxis("ndcg", True), TradeOffAxis("rmse", False), points, lines)
    axes = drawn(lambda figure: draw_trade_off(figure, chart, LIGHT)).axes[0]
    assert [text.get_text() for text in axes.texts] == ["ceiling", "ceiling", "floor"]
    level = [line for line in axes.lines if line.get_marker() == "None"]
    assert sorted(tuple(line.get_ydata()) for line in level) == [(0, 1), (0.4, 0.4), (1.0, 1.0)]
    low, high = axes.get_xlim()
    assert low < 0.2 < 0.5 < high, "the lines are within the picture"


def test_a_ceiling_is_a_tick_where_it_is_near_and_a_number_at_the_edge_where_it_is_far():
    bars = (GainBar(0, 10.0, 5.0, 15.0, 12.0), GainBar(1, -4.0, -6.0, -1.0, 300.0))
    chart = GainChart((GainGroup("A", bars),), "top")
    axes = drawn(lambda figure: draw_gains(figure, chart, LIGHT)).axes[0]
    said = [text.get_text() for text in axes.texts]
    assert said[2:] == ["top +12.0 %", "top +300 % →"]
    assert axes.get_xlim()[1] < 50, "what is far off does not press the bars together"
    assert [12.0, 12.0] in [list(line.get_xdata()) for line in axes.lines]


@pytest.mark.parametrize("key", METRICS)
def test_every_formula_is_drawn_inside_a_narrow_figure(key):
    formula = METRICS[key].card.formula
    figure = drawn(lambda fig: draw_formula(fig, formula, LIGHT, size=2.2), width=2.2, height=0.6)
    (shapes,) = figure.artists
    extent = shapes.get_window_extent()
    assert extent.width > 10
    assert extent.x0 >= 0
    assert extent.x1 <= figure.bbox.width
    assert extent.y0 >= 0
    assert extent.y1 <= figure.bbox.height

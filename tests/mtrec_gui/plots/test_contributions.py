"""Contributions: what the axes hold after drawing."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from mtrec_gui.plots.contributions import (
    ContributionBar,
    ContributionChart,
    draw_contributions,
    shortened,
    signed,
)
from mtrec_gui.plots.style import style
from mtrec_gui.theme import DARK, LIGHT


def drawn(chart: ContributionChart, theme, zoom: float = 1.0) -> tuple[Figure, FigureCanvasAgg]:
    """Draw in the style of the window, as wide as a third of a small one."""
    with mpl.rc_context(rc=style(theme, zoom)):
        size = (3 * zoom, max(chart.height, 20) * zoom / 100)
        figure = Figure(figsize=size, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        draw_contributions(figure, chart, theme)
        canvas.draw()
    return figure, canvas


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_bars_have_the_length_and_colour_of_their_evidence(theme):
    chart = ContributionChart(
        (
            ContributionBar("click · Lamp", 0.5, 0),
            ContributionBar("rule", -0.25, 2),
            ContributionBar("rest", 0.1, None),
        )
    )
    axes = drawn(chart, theme)[0].axes[0]
    assert [bar.get_width() for bar in axes.patches] == [0.5, -0.25, 0.1]
    assert [to_hex(bar.get_facecolor()).upper() for bar in axes.patches] == [
        theme.task_colour(0),
        theme.task_colour(2),
        theme.muted,
    ]
    assert [text.get_text() for text in axes.texts] == ["+0.50", "−0.25", "+0.10"]
    heights = [axes.transData.transform((0, place))[1] for place in axes.get_yticks()]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize("zoom", [1.0, 2.0])
def test_numbers_stay_inside_and_off_the_labels(zoom):
    bars = tuple(
        ContributionBar(f"evidence number {n} with a long name", amount, 0)
        for n, amount in enumerate((-0.9, 0.9, -0.001, 0.4))
    )
    figure, canvas = drawn(ContributionChart(bars), LIGHT, zoom)
    axes, renderer = figure.axes[0], canvas.get_renderer()
    labels = max(each.get_window_extent(renderer).x1 for each in axes.get_yticklabels())
    for text in axes.texts:
        box = text.get_window_extent(renderer)
        assert labels <= box.x0
        assert box.x1 <= figure.bbox.width


def test_a_chart_of_nothing_but_zeros_can_be_drawn():
    drawn(ContributionChart((ContributionBar("none", 0.0, None),)), LIGHT)
    drawn(ContributionChart(()), LIGHT)


def test_decimals_tell_the_bars_apart():
    digits = [ContributionChart((ContributionBar("", a, 0),)).digits for a in (130, 13, 0.5, 0.02)]
    assert digits == [0, 1, 2, 3]
    assert [signed(amount, 2) for amount in (-0.5, 0.5, -0.001)] == ["−0.50", "+0.50", "0.00"]


def test_labels_are_cut_by_their_width_not_their_letters():
    assert shortened("short") == "short"
    assert shortened("x" * 27) == "x" * 27
    long = shortened("click · " + "x" * 40)
    assert len(long) <= 27
    assert long.endswith("…")
    assert len(shortened("推" * 20)) <= 14

"""Falls: what the axes hold after drawing."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from mtrec_gui.plots.falls import FallChart, draw_falls
from mtrec_gui.plots.style import style
from mtrec_gui.theme import DARK, LIGHT


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize(("strongest", "low"), [(0.31, -0.02), (-0.2, -0.3), (0.0, 0.0)])
def test_two_bars_from_zero_with_the_range_of_the_draws(theme, strongest, low):
    chart = FallChart("its 3 strongest", "3 others", strongest, 0.04, low, 0.12)
    with mpl.rc_context(rc=style(theme)):
        figure = Figure(figsize=(3, chart.height / 100), layout="constrained")
        canvas = FigureCanvasAgg(figure)
        draw_falls(figure, chart, theme)
        canvas.draw()
    (axes,) = figure.axes
    assert [bar.get_width() for bar in axes.patches] == [strongest, 0.04]
    assert [to_hex(bar.get_facecolor()).upper() for bar in axes.patches] == [
        theme.accent,
        theme.muted,
    ]
    assert list(axes.lines[0].get_xdata()) == [low, 0.12]
    assert axes.texts[1].get_text() == "−0.04"
    renderer = canvas.get_renderer()
    for text in axes.texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.width

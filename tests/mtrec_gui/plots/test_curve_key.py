"""Every curve is named, above the picture, in one row where there is room."""

from __future__ import annotations

from math import nan

import pytest
from matplotlib.figure import Figure

from mtrec_gui.plots.curves import CurveChart, DrawnLine, DrawnPoint, XKind, draw_curves
from mtrec_gui.theme import THEMES, ThemeName

TITLES = ("Single-task networks", "Shared-bottom network", "Multi-task CNN")


def chart(**values) -> CurveChart:
    points = tuple(DrawnPoint(x, 0.5 + x / 4, nan, nan, 1.0) for x in (0.1, 0.3, 1.0))
    return CurveChart(
        **{
            "lines": tuple(DrawnLine(title, points) for title in TITLES),
            "x_title": "labels kept",
            "y_title": "purchase: AUC",
            "seconds_title": "",
            "higher_is_better": True,
            "x_kind": XKind.SHARE,
            "joined": True,
            "knee_title": "knee",
            **values,
        }
    )


@pytest.mark.parametrize(("width", "n_columns"), [(9.0, 3), (3.0, 1)])
def test_the_key_names_every_model_and_stays_in_the_picture(width, n_columns) -> None:
    figure = Figure(figsize=(width, 3), layout="constrained")
    draw_curves(figure, chart(), THEMES[ThemeName.LIGHT])
    (key,) = figure.legends
    assert [text.get_text() for text in key.get_texts()] == list(TITLES)
    assert key._ncols == n_columns
    figure.draw_without_rendering()
    box = key.get_window_extent()
    assert box.x1 <= figure.bbox.x1
    assert box.y0 >= figure.axes[0].get_window_extent().y1  # it hides no curve


def test_points_that_are_no_line_have_no_line_in_the_key() -> None:
    figure = Figure(layout="constrained")
    draw_curves(figure, chart(joined=False), THEMES[ThemeName.LIGHT])
    assert {line.get_linestyle() for line in figure.legends[0].get_lines()} == {"None"}

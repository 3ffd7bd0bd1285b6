"""Formulas are put together from pieces as matplotlib would set them, and fit their figure."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from algorithms.metrics import METRICS
from algorithms.metrics.lab import evaluate, first_example, workable
from mtrec_gui.plots import metric_formula
from mtrec_gui.plots.formula import draw_formula
from mtrec_gui.plots.metric_formula import formula_ink
from mtrec_gui.plots.metric_lettering import lettered, mathematical
from mtrec_gui.theme import LIGHT

DEJAVU = ("DejaVu Sans",)
CLOSE = 79


def reach(ink):
    """The corners of what is painted."""
    drawn = ink.vertices[ink.codes != CLOSE]
    return (*drawn.min(axis=0), *drawn.max(axis=0))


def of_matplotlib(text):
    """How wide and how high matplotlib sets mathtext, in sizes of the text."""
    properties = FontProperties(family="DejaVu Sans", math_fontfamily="dejavusans", size=100)
    width, height, _ = text_to_path.get_text_width_height_descent(text, properties, ismath=True)
    return width / 100, height / 100


@pytest.mark.parametrize("key", workable())
def test_a_worked_equation_is_set_as_large_as_matplotlib_sets_it(key):
    text = evaluate(key, first_example(key)).substituted
    ink = formula_ink(text)
    width, height = of_matplotlib(text)
    assert ink.width == pytest.approx(width, rel=0.12)
    assert ink.above + ink.below == pytest.approx(height, rel=0.35)
    left, low, right, high = reach(ink)
    assert left >= -0.05
    assert right <= ink.width + 0.05
    assert low >= -ink.below - 0.05
    assert high <= ink.above + 0.05


@pytest.mark.parametrize("key", workable())
def test_no_worked_equation_is_left_to_matplotlib_as_a_whole(key, monkeypatch):
    asked = []
    monkeypatch.setattr(
        metric_formula, "mathematical", lambda text: asked.append(text) or mathematical(text)
    )
    formula_ink(evaluate(key, first_example(key)).substituted)
    assert asked
    assert not any(r"\frac" in text or r"\dfrac" in text or " + " in text for text in asked)


@pytest.mark.parametrize("key", METRICS)
def test_every_formula_of_the_catalog_is_set(key):
    ink = formula_ink(METRICS[key].card.formula)
    assert ink.width == pytest.approx(of_matplotlib(METRICS[key].card.formula)[0], rel=0.2)


@pytest.mark.parametrize("text", [r"$\sum_{i} x_i$", r"$\frac{1}{2", "plain", r"$x$ and $y$"])
def test_what_is_not_known_is_set_by_matplotlib_or_refused_by_it(text):
    if text.startswith(r"$\frac"):
        with pytest.raises(ValueError, match="frac"):
            formula_ink(text)
    else:
        assert np.array_equal(formula_ink(text).vertices, mathematical(text).vertices)


def test_numerator_stands_over_denominator_and_a_root_over_both():
    ink = formula_ink(r"$\sqrt{\dfrac{1 + 2}{3}}$")
    inside = formula_ink(r"$\dfrac{1 + 2}{3}$")
    assert ink.above > inside.above
    assert ink.below >= inside.below
    assert inside.above > 0.9, "a line is not high enough for a fraction"
    assert inside.below > 0.5


def test_an_operator_without_a_number_before_it_is_a_sign():
    assert formula_ink("$-1$").width < formula_ink("$2-1$").width - lettered("2", DEJAVU).width
    assert formula_ink("$(-1)$").width < formula_ink("$(-)1$").width + 0.01


def test_a_number_is_as_wide_as_its_figures_together():
    whole = lettered("10.25", DEJAVU)
    properties = FontProperties(family="DejaVu Sans", size=100)
    width, *_ = text_to_path.get_text_width_height_descent("10.25", properties, ismath=False)
    assert whole.width == pytest.approx(width / 100, abs=0.12)
    assert lettered("11.11", DEJAVU).width == pytest.approx(whole.width)


@pytest.mark.parametrize(("width", "height"), [(1.0, 0.3), (3.0, 0.3), (9.0, 0.2), (9.0, 3.0)])
def test_a_formula_fits_its_figure(width, height):
    figure = Figure(figsize=(width, height), dpi=100)
    canvas = FigureCanvasAgg(figure)
    draw_formula(figure, r"$\mathrm{MAE} = \dfrac{|4 - 3.5| + |2 - 2.5|}{2} = 0.5$", LIGHT)
    canvas.draw()
    (shapes,) = figure.artists
    extent = shapes.get_window_extent()
    assert extent.x0 >= -0.5
    assert extent.x1 <= figure.bbox.width
    assert extent.y0 >= 0
    assert extent.y1 <= figure.bbox.height

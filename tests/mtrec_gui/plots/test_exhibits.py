"""Every form of exhibit is drawn from its values alone, in the colours of its tasks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from algorithms.explanations import Bars, Exhibit, HeatMap, Lines, Points, Table
from algorithms.messages import Message
from mtrec_gui.plots.exhibits import (
    ExhibitWords,
    draw_exhibit,
    field_strengths,
    plot_height,
    spread,
)
from mtrec_gui.theme import DARK, LIGHT

WORDS = ExhibitWords(str, str.upper, {"click": 0, "buy": 1})
SAID = {"key": "k", "title": Message("Title"), "sentence": Message("Sentence.")}


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def theme(request):
    return request.param


@pytest.fixture
def figure():
    made = Figure(figsize=(6, 3), layout="constrained")
    FigureCanvasAgg(made)
    yield made
    made.canvas.draw()  # whatever was put on it can be drawn


def lines(**series):
    n = max(len(values) for values in series.values())
    return Lines(
        **SAID,
        x_label=Message("step"),
        y_label=Message("loss"),
        x=np.arange(n, dtype=float),
        series={name: np.array(values, float) for name, values in series.items()},
        reference={"chance": 0.5},
    )


def test_curves_of_tasks_have_their_colours_and_their_names_at_the_end(figure, theme):
    of_two = {"click · buy": [0, 1], "click (truth)": [1, 1], "other": [0.2, np.nan]}
    draw_exhibit(figure, lines(click=[1, 0], buy=[0, 2], **of_two), WORDS, theme)
    axes = figure.axes[0]
    click, buy, both, truth, other = axes.lines[1:]
    one, two = theme.task_colour(0), theme.task_colour(1)
    assert [click.get_color(), buy.get_color()] == [one, two]
    assert (both.get_color(), both.get_gapcolor()) == (one, two)
    assert truth.get_color() == one
    assert truth.get_linestyle() == "--"
    assert other.get_color() == theme.accent
    ends = {text.get_text(): text.xy[1] for text in axes.texts}
    assert set(ends) == {"CHANCE", "CLICK", "BUY", "CLICK · BUY", "CLICK (TRUTH)", "OTHER"}
    assert ends["CLICK"] < ends["OTHER"] < ends["BUY"]


def test_a_curve_that_is_nowhere_known_has_no_name(figure, theme):
    draw_exhibit(figure, lines(click=[np.nan, np.nan]), WORDS, theme)
    assert [text.get_text() for text in figure.axes[0].texts] == ["CHANCE"]


def test_bars_say_their_values_and_how_sure_they_are(figure, theme):
    bars = Bars(
        **SAID,
        value_label=Message("gain"),
        names=("click", "$x_1$", "none"),
        values=np.array([1.5, -0.25, np.nan]),
        spread=np.array([0.5, 0.0, np.nan]),
    )
    draw_exhibit(figure, bars, WORDS, theme)
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts] == ["1.50", "−0.25", "–"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["CLICK", "$X_1$", "NONE"]
    assert not any(label.get_parse_math() for label in axes.get_yticklabels())
    assert to_hex(axes.patches[0].get_facecolor()).upper() == theme.task_colour(0)
    (interval,) = axes.collections
    assert interval.get_segments()[0][:, 0].tolist() == [1.0, 2.0]


def test_weights_are_written_into_their_fields(figure, theme):
    heat = HeatMap(
        **SAID,
        row_names=("click", "buy"),
        column_names=("a", "b", "c"),
        values=np.array([[0, 1, np.nan], [-1, 0.5, 0.25]]),
        centre=0.0,
    )
    draw_exhibit(figure, heat, WORDS, theme)
    axes = figure.axes[0]
    written = [text.get_text() for text in axes.texts]
    assert written == ["0.00", "1.00", "–", "−1.00", "0.50", "0.25"]
    assert axes.get_yticklabels()[1].get_color() == theme.task_colour(1)


def test_values_that_lie_close_together_have_the_digits_that_tell_them_apart(figure, theme):
    close = np.array([[0.121, 0.124], [0.129, -0.0001]])
    heat = HeatMap(**SAID, row_names=("a", "b"), column_names=("a", "b"), values=close[:1])
    draw_exhibit(figure, heat, WORDS, theme)
    assert [text.get_text() for text in figure.axes[0].texts] == ["0.121", "0.124"]
    figure.clear()
    heat = HeatMap(**SAID, row_names=("a", "b"), column_names=("a", "b"), values=close)
    draw_exhibit(figure, heat, WORDS, theme)
    assert [text.get_text() for text in figure.axes[0].texts][3] == "0.00"


def test_a_great_table_of_weights_bears_no_numbers(figure, theme):
    many = tuple(str(n) for n in range(30))
    heat = HeatMap(**SAID, row_names=many, column_names=many, values=np.eye(30))
    draw_exhibit(figure, heat, WORDS, theme)
    assert {text.get_text() for text in figure.axes[0].texts} == {""}


def test_the_colour_of_a_field_is_its_distance_from_the_centre():
    values = np.array([[-1.0, 0.0, 2.0, np.nan]])
    assert field_strengths(values, 0.0).tolist() == [[-0.5, 0.0, 1.0, 0.0]]
    assert field_strengths(values, None) == pytest.approx(np.array([[0, 1 / 3, 1, 0]]))
    assert field_strengths(np.full((1, 2), np.nan), None).tolist() == [[0, 0]]


def test_of_many_points_only_those_with_words_for_names_are_named(figure, theme):
    n = 40
    points = Points(
        **SAID,
        x_label=Message("click"),
        y_label=Message("buy"),
        names=(*(f"{k}% / {100 - k}%" for k in range(n - 1)), "this policy"),
        x=np.linspace(0, 1, n),
        y=np.linspace(1, 0, n),
        marked=np.arange(n) < 3,
    )
    draw_exhibit(figure, points, WORDS, theme)
    axes = figure.axes[0]
    (names,) = axes.artists
    assert [point.title for point in names._points] == ["THIS POLICY"]
    assert [len(line.get_xdata()) for line in axes.lines] == [n - 3, 3]


def test_a_form_without_a_plot_is_refused(figure):
    table = Table(**SAID, columns=(Message("a"),), rows=((1.0,),))
    with pytest.raises(TypeError, match="Table"):
        draw_exhibit(figure, table, WORDS, LIGHT)


def test_more_rows_want_more_height():
    def heights(n):
        values = {"names": ("x",) * n, "values": np.zeros(n)}
        bars = Bars(**SAID, value_label=Message("v"), **values)
        names = ("x",) * n
        heat = HeatMap(**SAID, row_names=names, column_names=names, values=np.zeros((n, n)))
        return plot_height(bars), plot_height(heat)

    assert all(few < many for few, many in zip(heights(2), heights(9), strict=True))
    assert plot_height(Exhibit(**SAID)) > 0


@given(st.lists(st.floats(0, 1), max_size=12), st.floats(0.01, 0.3))
def test_names_stand_apart_and_move_no_further_than_they_must(places, step):
    places = sorted(places)
    moved = spread(places, step)
    assert all(after - before > step - 1e-9 for before, after in pairwise(moved))
    if all(after - before >= step for before, after in pairwise(places)):
        assert moved == pytest.approx(places)
    if places:
        assert np.mean(moved) == pytest.approx(np.mean(places))

"""The picture of a split: cells by hand, colours after drawing."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from algorithms.data import IdMap, InteractionLog, ItemTable, Split, UserTable
from mtrec_gui.plots.split import MOST_COLUMNS, MOST_USERS, draw_split, part_colours, picture_split
from mtrec_gui.theme import DARK, LIGHT


def make_split(users, parts, times=None, rows=None) -> Split:
    one = np.array(["i"])
    log = InteractionLog(
        name="tiny",
        users=np.array(users, np.int32),
        items=np.zeros(len(users), np.int32),
        labels={},
        user_table=UserTable(IdMap(np.array([f"u{u}" for u in range(max(users, default=0) + 1)]))),
        item_table=ItemTable(IdMap(one), one, ("film",), np.zeros(1, np.int16), one),
        timestamps=None if times is None else np.array(times),
        context={} if rows is None else {"row": np.array(rows)},
    )
    return Split(*(log.select(np.array(parts) == part) for part in range(3)))


DAY = 86_400


def test_rows_are_users_by_their_first_event_and_columns_go_by_time():
    #            user 1 first, then user 0; user 2 of the table has no event
    split = make_split([0, 1, 0, 1], [0, 0, 2, 1], [20 * DAY, 10 * DAY, 40 * DAY, 30 * DAY])
    picture = picture_split(split)
    assert picture.n_users == 2
    assert picture.cells[:, 0].tolist() == [[0, -1, 1, -1], [-1, 0, -1, 2]]
    assert picture.cells[:, -1].tolist() == [[0, -2, 1, -1], [-1, 0, -2, 2]]
    assert picture.dates == ("1970-01-11", "1970-01-21", "1970-01-31", "1970-02-10")


def test_without_times_the_order_of_the_data_counts():
    split = make_split([0, 0, 0], [2, 0, 1], rows=[0, 1, 2])
    picture = picture_split(split)
    assert picture.cells[0, 0].tolist() == [2, 0, 1]
    assert picture.dates == ()


def test_one_day_shows_hours():
    picture = picture_split(make_split([0, 0, 0], [0, 1, 2], [0, 3600, 7200]))
    assert picture.dates == ("00:00", "00:00", "01:00", "02:00")


def test_a_cell_is_divided_and_hides_no_part():
    # 4,000 events of one user: 25 in each cell; in the first, one judges and one steers
    parts = np.zeros(4_000, int)
    parts[3], parts[7] = 2, 1
    parts[25:50] = 2
    parts[50:70] = 1  # of the third cell 20 steer and 5 teach
    picture = picture_split(make_split([0] * 4_000, parts, np.arange(4_000)))
    assert picture.cells.shape == (1, 4, MOST_COLUMNS)
    assert picture.cells[0, :, 0].tolist() == [2, 1, 0, 0]
    assert picture.cells[0, :, 1].tolist() == [2, 2, 2, 2]
    assert picture.cells[0, :, 2].tolist() == [1, 1, 1, 0]


def test_many_users_are_thinned_to_the_same_few_each_time():
    users, parts = np.repeat(np.arange(500), 3), np.tile([0, 1, 2], 500)
    split = make_split(users, parts, np.arange(1_500))
    first, again = picture_split(split), picture_split(split)
    assert len(first.cells) == MOST_USERS
    assert first.n_users == 500
    assert np.array_equal(first.cells, again.cells)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_events_have_the_colour_of_their_part(theme):
    picture = picture_split(make_split([0, 0, 0], [0, 1, 2], [0, 5 * DAY, 9 * DAY]))
    figure = Figure(figsize=(4, 2), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    draw_split(figure, picture, theme)
    canvas.draw()
    (axes,) = figure.axes
    image = axes.images[0].get_array()
    assert [tuple(colour) for colour in image[0]] == [to_rgba(c) for c in part_colours(theme)]
    assert {tuple(colour) for colour in image[-1]} == {to_rgba(theme.surface)}
    assert axes.get_xticklabels()[0].get_text() == "1970-01-01"


def test_nothing_is_drawn_where_there_is_nothing():
    figure = Figure()
    draw_split(figure, picture_split(make_split([], [])), LIGHT)
    assert not figure.axes[0].images

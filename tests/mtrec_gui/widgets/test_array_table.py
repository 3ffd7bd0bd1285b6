"""The table over NumPy columns: a proper Qt model, sorted and filtered without copying rows."""

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QApplication

from mtrec_gui.widgets.array_column import Column, plain_number, stable_order
from mtrec_gui.widgets.array_table import ArrayTable, ArrayTableModel
from mtrec_gui.widgets.copyable_table import MOST_COPIED

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def columns():
    """Ratings, some not observed; titles behind positions; whole numbers; times."""
    return [
        Column("rating", np.array([3.5, np.nan, 1.0, 5.0, np.nan], dtype=np.float32), tip="1 to 5"),
        Column("title", np.array([2, 0, 1, 0, 2]), np.array(["Zebra", "apple", "Mouse & Co"])),
        Column("clicks", np.array([10, 1200, 3, 10, 7])),
        Column("time", np.array(["2020-01-03", "2021-05-06", "NaT", "2019-01-01", "NaT"], "M8[s]")),
    ]


def shown(model, column):
    """The texts of a column as they are shown."""
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_qt_finds_no_fault_with_the_model(columns, qtmodeltester):
    model = ArrayTableModel(columns)
    qtmodeltester.check(model)
    model.sort(0, DOWN)
    model.set_filter("zebra")
    qtmodeltester.check(model)
    model.set_columns([])
    qtmodeltester.check(model)


def test_cells_are_texts_and_nothing_where_nothing_was_observed(columns):
    model = ArrayTableModel(columns)
    assert shown(model, 0) == ["3.5", "", "1", "5", ""]
    assert shown(model, 1) == ["Mouse & Co", "Zebra", "apple", "Zebra", "Mouse & Co"]
    assert shown(model, 2) == ["10", "1,200", "3", "10", "7"]


def test_numbers_stand_at_the_right_under_their_heads(columns):
    model = ArrayTableModel(columns)
    role = Qt.ItemDataRole.TextAlignmentRole
    right = Qt.AlignmentFlag.AlignRight
    for place, is_number in ((0, True), (1, False), (2, True), (3, False)):
        assert bool(model.index(0, place).data(role) & right.value) is is_number
        head = model.headerData(place, Qt.Orientation.Horizontal, role)
        assert bool(head & right.value) is is_number
    assert model.headerData(0, Qt.Orientation.Horizontal) == "rating"
    tip = Qt.ItemDataRole.ToolTipRole
    assert model.headerData(0, Qt.Orientation.Horizontal, tip) == "1 to 5"
    assert model.headerData(1, Qt.Orientation.Horizontal, tip) is None


@pytest.mark.parametrize(
    ("order", "rating", "title", "times"),
    [
        (UP, ["1", "3.5", "5", "", ""], ["Mouse & Co", "Mouse & Co", "Zebra", "Zebra", "apple"],
         [3, 0, 1, 2, 4]),
        (DOWN, ["5", "3.5", "1", "", ""], ["apple", "Zebra", "Zebra", "Mouse & Co", "Mouse & Co"],
         [1, 0, 3, 2, 4]),
    ],
)  # fmt: skip
def test_what_is_not_observed_comes_last_both_ways(columns, order, rating, title, times):
    model = ArrayTableModel(columns)
    model.sort(0, order)
    assert shown(model, 0) == rating
    model.sort(1, order)
    assert shown(model, 1) == title
    model.sort(3, order)
    assert [model.source_row(row) for row in range(5)] == times
    model.sort(-1)
    assert [model.source_row(row) for row in range(5)] == [0, 1, 2, 3, 4]


def test_a_filter_keeps_rows_of_which_some_cell_contains_it(columns):
    model = ArrayTableModel(columns)
    model.set_filter(" ZEBRA ")
    assert [model.source_row(row) for row in range(model.rowCount())] == [1, 3]
    model.set_filter("1,200")
    assert [model.source_row(row) for row in range(model.rowCount())] == [1]
    model.set_filter("2019")
    assert [model.source_row(row) for row in range(model.rowCount())] == [3]
    model.set_filter("nowhere")
    assert model.rowCount() == 0
    model.set_filter("")
    assert model.rowCount() == model.n_rows == 5


def test_filter_and_order_hold_together(columns):
    model = ArrayTableModel(columns)
    model.set_filter("zebra")
    model.sort(2, DOWN)
    assert shown(model, 2) == ["1,200", "10"]
    model.set_filter("")
    assert shown(model, 2) == ["1,200", "10", "10", "7", "3"]


def test_other_columns_begin_unsorted_and_unfiltered(columns):
    model = ArrayTableModel(columns)
    model.set_filter("zebra")
    model.sort(2, DOWN)
    model.set_columns(columns[:1])
    assert (model.rowCount(), model.columnCount()) == (5, 1)
    assert model.source_row(0) == 0


def test_a_cell_has_no_children(columns):
    model = ArrayTableModel(columns)
    assert model.rowCount(model.index(0, 0)) == model.columnCount(model.index(0, 0)) == 0
    assert model.data(QModelIndex()) is None


def test_many_rows_are_arranged_in_a_thread_and_only_the_last_wish_counts(qtbot):
    rng, n = np.random.default_rng(1), 200_000
    titles = np.array([f"Title {number}" for number in range(1000)])
    items = rng.integers(0, 1000, n)
    rating = np.where(rng.random(n) < 0.5, np.nan, rng.random(n)).astype(np.float32)
    model = ArrayTableModel([Column("item", items, titles), Column("rating", rating)])
    arranged = []
    model.arranged.connect(lambda: arranged.append(model.rowCount()))
    with qtbot.waitSignal(model.arranging):
        model.sort(0, DOWN)
    assert model.rows is None  # what was shown stays
    model.set_filter("title 77")
    model.sort(1, UP)
    wanted = np.isin(items, [77, *range(770, 780)])
    qtbot.waitUntil(lambda: bool(arranged))
    qtbot.wait(50)
    assert arranged == [wanted.sum()]
    assert np.array_equal(model.rows, np.argsort(rating, kind="stable")[
        wanted[np.argsort(rating, kind="stable")]])  # fmt: skip


def test_an_answer_about_former_columns_is_dropped(qtbot):
    model = ArrayTableModel([Column("a", np.arange(200_000)[::-1])])
    model.sort(0, UP)
    model.set_columns([Column("b", np.arange(3))])
    qtbot.wait(200)
    assert model.rows is None
    assert model.rowCount() == 3


@pytest.mark.parametrize(
    "keys",
    [
        np.array([3, -2, 0, 7], np.int32),
        np.array([1, 1 << 40, -5], np.int64),
        np.array([70_000, 3, 2**32 - 1, 0], np.uint32),
        np.array([1.5, np.nan, -np.inf, -0.0, 0.0, np.inf, -3e-38, -np.nan], np.float32),
        np.array([1.5, np.nan, -2.0], np.float64),
        np.array(["2020-01-01", "NaT", "1960-01-01"], "M8[s]"),
        np.array(["NaT", "NaT"], "M8[s]"),
        np.array([True, False]),
        np.array(["b", "a"]),
    ],
    ids=str,
)
def test_the_order_of_many_keys_is_stable_both_ways(keys):
    many = keys[np.random.default_rng(2).integers(0, len(keys), 500)]
    assert np.array_equal(stable_order(many), np.argsort(many, kind="stable"))
    with np.errstate(invalid="ignore"):
        observed = many == many  # NaN and NaT equal nothing
    distinct = np.unique(many[observed])
    rank = np.searchsorted(distinct, many)
    rank[~observed] = -1
    assert np.array_equal(stable_order(many, descending=True), np.argsort(-rank, kind="stable"))


def test_a_time_is_found_by_what_it_lies_in():
    times = Column("time", np.array(["2015-03-01T18:30", "NaT", "2015-04-01"], "M8[s]"))
    for text, found in (
        ("2015", [True, False, True]),
        ("2015-03", [True, False, False]),
        ("2015-03-01 18", [True, False, False]),
        ("2015-13", [False] * 3),
        ("15", [False] * 3),
    ):
        assert times.contains(text).tolist() == found


def test_numbers_are_written_shortly():
    assert plain_number(float("nan")) == ""
    assert plain_number(np.float32(0.1)) == "0.1"
    assert plain_number(1234567) == "1,234,567"
    assert plain_number(12345.6) == "12,346"
    assert plain_number(-0.00009883) == "-0.00009883"
    assert plain_number(2 / 3) == "0.6667"
    assert plain_number(3.0) == "3"
    assert plain_number(1e12) == "1e+12"
    assert plain_number("text") == "text"


class TestTable:
    def test_typing_into_the_filter_shows_fewer_rows_and_says_so(
        self, appearance, columns, shown, qtbot
    ):
        table = ArrayTable(appearance)
        shown(table)
        table.set_columns(columns)
        assert table.count.text() == "5 rows"
        qtbot.keyClicks(table.filter, "zebra")
        qtbot.waitUntil(lambda: table.model.rowCount() == 2)
        assert table.count.text() == "2 of 5 rows"
        table.set_columns(columns)
        assert table.filter.text() == ""
        assert table.count.text() == "5 rows"

    def test_a_head_that_is_pressed_sorts(self, appearance, columns, shown, qtbot):
        table = ArrayTable(appearance)
        shown(table)
        table.set_columns(columns)
        header = table.table.horizontalHeader()
        place = header.sectionViewportPosition(2) + 10
        first = table.model.index(0, 2).data
        assert first() == "10"
        for expected in ("3", "1,200"):
            qtbot.mouseClick(
                header.viewport(),
                Qt.MouseButton.LeftButton,
                pos=QPoint(place, 8),
            )
            assert first() == expected

    def test_selected_rows_are_copied_as_text(self, appearance, columns, shown, qtbot):
        table = ArrayTable(appearance)
        shown(table)
        table.set_columns(columns)
        table.table.selectRow(3)
        qtbot.keyClick(table.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert QApplication.clipboard().text() == "5\tZebra\t10\t2019-01-01T00:00:00"

    def test_rows_grow_with_the_zoom(self, appearance, columns, shown):
        table = ArrayTable(appearance)
        shown(table)
        table.set_columns(columns)
        before = table.table.rowHeight(0), table.table.columnWidth(1)
        appearance.set_zoom(2.0)
        after = table.table.rowHeight(0), table.table.columnWidth(1)
        assert after[0] == 2 * before[0]
        assert after[1] > 1.5 * before[1]

    def test_all_of_a_million_rows_can_be_selected_but_not_copied(self, appearance, shown, qtbot):
        table = ArrayTable(appearance)
        shown(table)
        table.set_columns([Column("n", np.arange(1_000_000))])
        QApplication.clipboard().setText("before")
        qtbot.keyClick(table.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert len(table.table.selected_rows()) == 1_000_000
        qtbot.keyClick(table.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert QApplication.clipboard().text() == "before"
        assert f"{MOST_COPIED:,}" in table.count.text()

    def test_it_says_that_it_is_at_work(self, appearance, shown, qtbot):
        table = ArrayTable(appearance)
        shown(table)
        table.set_columns([Column("n", np.arange(100_000))])
        with qtbot.waitSignal(table.rows_shown):
            table.table.sortByColumn(0, DOWN)
            assert table.count.text() == "Arranging 100,000 rows…"
        assert table.count.text() == "100,000 rows"
        assert table.model.index(0, 0).data() == "99,999"

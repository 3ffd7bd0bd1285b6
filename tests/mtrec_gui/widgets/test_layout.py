"""Cards and pages keep what they hold whole; a flow goes on in the next line."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QWidget

from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, EmptyState, FlowLayout, Page, clear, column, row, rule

SENTENCE = "One sentence that says what one is looking at, and that is longer than a line is wide."


def flow_of(n, width=60, height=20, spacing=8):
    """A widget with so many boxes in a flow."""
    holder = QWidget()
    flow = FlowLayout(holder, spacing)
    boxes = []
    for _ in range(n):
        box = QLabel()
        box.setFixedSize(width, height)
        flow.addWidget(box)
        boxes.append(box)
    return holder, flow, boxes


class TestFlow:
    def test_it_goes_on_in_the_next_line(self, appearance, shown):
        holder, flow, boxes = flow_of(5)
        shown(holder, width=200, height=200)
        # 60 + 8 + 60 + 8 + 60 = 196 fit into 200; a fourth does not
        assert [(box.x(), box.y()) for box in boxes] == [
            (0, 0), (68, 0), (136, 0), (0, 28), (68, 28),
        ]  # fmt: skip
        assert flow.heightForWidth(200) == 48

    def test_less_width_needs_more_lines(self, appearance, shown):
        _holder, flow, _boxes = flow_of(6)
        heights = [flow.heightForWidth(width) for width in (500, 264, 128, 60)]
        assert heights == [20, 48, 76, 160]

    def test_what_is_wider_than_the_line_has_a_line_of_its_own(self, appearance, shown):
        holder, _, boxes = flow_of(2, width=300)
        shown(holder, width=200, height=200)
        assert [box.y() for box in boxes] == [0, 28]

    def test_what_is_taken_out_is_gone(self, appearance, shown):
        holder, flow, _ = flow_of(3)
        shown(holder)
        clear(flow)
        assert flow.count() == 0
        assert flow.heightForWidth(200) == 0
        assert flow.itemAt(0) is None
        assert flow.takeAt(0) is None


def test_a_row_and_a_column_put_stretches_where_none_is_named(appearance, shown):
    left, right = PlainLabel("left"), PlainLabel("right")
    holder = QWidget()
    holder.setLayout(row(left, None, right))
    shown(holder, width=400)
    assert left.x() == 0
    assert right.geometry().right() == holder.rect().right()
    above, below = PlainLabel("above"), PlainLabel("below")
    other = QWidget()
    other.setLayout(column(above, None, below))
    shown(other, height=300)
    assert above.y() == 0
    assert below.geometry().bottom() == other.rect().bottom()


def test_a_rule_is_one_pixel_high(appearance, shown):
    line = rule()
    shown(line)
    assert line.height() == 1


class TestCard:
    def test_words_that_are_missing_take_no_room(self, appearance, shown):
        card = Card()
        shown(card)
        assert not card.title.isVisible()
        card.set_words("A title", SENTENCE)
        assert card.title.isVisible()
        assert card.sentence.isVisible()

    def test_long_words_wrap_and_are_shown_whole(self, appearance, shown):
        card = Card("A title that is not short at all, for a card", SENTENCE * 2)
        card.body.addWidget(button("Do it"))
        window = shown(card, width=240, height=700)
        assert window.minimumSizeHint().width() <= 240
        for label in (card.title, card.sentence):
            assert label.height() >= label.heightForWidth(label.width())


class TestPage:
    @pytest.fixture
    def page(self, appearance):
        """A page with an action and three cards."""
        page = Page("A title of a page", SENTENCE, appearance)
        page.toolbar.addWidget(button("Do it", "primary"))
        for number in range(3):
            card = Card(f"Card {number}", SENTENCE)
            card.body.addWidget(button(f"Action {number}"))
            page.body.addWidget(card)
        return page

    @pytest.mark.parametrize(
        ("zoom", "width", "height"), [(1.0, 1280 - 184, 640), (2.0, 1920 - 368, 900)]
    )
    def test_it_fits_beside_the_navigation(self, appearance, page, shown, zoom, width, height):
        appearance.set_zoom(zoom)
        window = shown(page, width=width, height=height)
        assert (window.width(), window.height()) == (width, height)
        scroll = page.findChild(QScrollArea)
        assert scroll.horizontalScrollBar().maximum() == 0
        for made in page.findChildren(QPushButton):
            assert made.width() >= made.sizeHint().width()

    def test_a_long_title_wraps_and_does_not_widen_the_window(self, appearance, shown):
        page = Page("A very long title of a page. " * 6, SENTENCE, appearance)
        window = shown(page, width=500)
        assert window.width() == 500
        assert page.title.height() >= page.title.heightForWidth(page.title.width())

    def test_it_scrolls_by_the_keys(self, appearance, page, shown, qtbot):
        shown(page, width=600, height=300)
        bar = page.findChild(QScrollArea).verticalScrollBar()
        assert bar.maximum() > 0
        page.findChildren(QPushButton)[0].setFocus()
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_PageDown)
        assert bar.value() > 0
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_PageUp)
        assert bar.value() == 0


def test_an_empty_page_says_what_belongs_there_and_offers_the_way(appearance, shown):
    empty = EmptyState("No runs yet", SENTENCE, "Run the comparison")
    shown(empty, width=600, height=400)
    assert [label.text() for label in empty.findChildren(PlainLabel)] == ["No runs yet", SENTENCE]
    assert empty.button.isVisible()
    without = EmptyState("Nothing to do", SENTENCE)
    shown(without)
    assert not without.button.isVisible()

"""Labels show text, never markup, and no more of it than there is room for."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel

from mtrec_gui.widgets.labels import Dot, ElidedLabel, PlainLabel, TaskTag, plain_tip

MARKUP = "<b>x</b> & <img src=x>"


def test_markup_is_shown_as_it_stands(appearance, shown):
    plain, same = PlainLabel(MARKUP), PlainLabel("x & ")
    shown(plain, same)
    assert plain.textFormat() == Qt.TextFormat.PlainText
    assert plain.text() == MARKUP
    assert plain.sizeHint().width() > 3 * same.sizeHint().width()


def test_a_tool_tip_shows_markup_as_it_stands():
    from PySide6.QtGui import QTextDocument

    document = QTextDocument()
    document.setHtml(plain_tip(MARKUP))
    assert document.toPlainText() == MARKUP
    assert plain_tip("Nothing special") == "Nothing special"


def test_a_role_decides_the_size_of_text(appearance, shown):
    label = PlainLabel("A title", "text")
    shown(label)
    before = label.sizeHint().height()
    label.set_role("title")
    assert label.sizeHint().height() > before


class TestElided:
    TEXT = "A title that is much too long for the little room that there is"

    def test_it_ends_in_dots_where_there_is_no_room(self, appearance, shown):
        label = ElidedLabel(self.TEXT)
        shown(label, width=120)
        assert label.text().endswith("…")
        assert label.whole == self.TEXT
        assert label.toolTip() == self.TEXT
        assert label.fontMetrics().horizontalAdvance(label.text()) <= 120

    def test_it_shows_all_once_there_is_room(self, appearance, shown):
        label = ElidedLabel(self.TEXT)
        window = shown(label, width=120)
        window.resize(900, 100)
        window.layout().activate()
        assert label.text() == self.TEXT
        assert label.toolTip() == ""

    def test_markup_in_its_tool_tip_is_shown_as_it_stands(self, appearance, shown):
        label = ElidedLabel("<b>bold</b> " * 20)
        shown(label, width=120)
        assert "<b>" not in label.toolTip()
        assert "&lt;b&gt;" in label.toolTip()

    def test_one_that_does_not_fill_asks_for_its_text_and_grows_again(self, appearance, shown):
        label = ElidedLabel("short", role="chip", fill=False)
        window = shown(label, width=900)
        assert label.text() == "short"
        assert label.width() < 120
        label.setText(self.TEXT)
        window.layout().activate()
        assert label.text() == self.TEXT

    def test_the_padding_of_a_chip_is_no_room(self, appearance, shown):
        label = ElidedLabel(self.TEXT, role="chip", fill=False)
        shown(label, width=150)
        room = label.contentsRect().width()
        assert room < label.width()
        assert label.fontMetrics().horizontalAdvance(label.text()) <= room

    @pytest.mark.parametrize("zoom", [0.8, 1.25, 2.0, 2.5])
    def test_it_is_whole_after_another_zoom_where_there_is_room(
        self, appearance, shown, qtbot, zoom
    ):
        """Once the width that it asked for was a pixel short of its text."""
        texts = ["Nothing is running.", "2 of 2 runs finished · 1.4 s", "ecommerce.mtrec · saved"]
        labels = [
            ElidedLabel(text, role, fill=False) for text in texts for role in ("muted", "chip")
        ]
        shown(*labels, width=1200)
        appearance.set_zoom(zoom)
        qtbot.wait(50)
        assert [label.text() for label in labels] == [label.whole for label in labels]
        for label in labels:  # and the label's own idea of its text fits into its width
            assert QLabel.sizeHint(label).width() <= label.width()

    @pytest.mark.parametrize("zoom", [0.8, 2.0])
    def test_another_zoom_shortens_it_anew(self, appearance, shown, zoom):
        label = ElidedLabel(self.TEXT)
        shown(label, width=200)
        before = len(label.text())
        appearance.set_zoom(zoom)
        assert (len(label.text()) > before) is (zoom < 1)


def test_a_dot_has_the_colour_of_its_task(appearance, shown):
    dot = Dot("#0072B2", appearance)
    shown(dot)
    assert dot.grab().toImage().pixelColor(dot.width() // 2, dot.height() // 2) == QColor("#0072B2")
    dot.set_colour("#D55E00")
    assert dot.grab().toImage().pixelColor(dot.width() // 2, dot.height() // 2) == QColor("#D55E00")


def test_a_tag_shows_the_name_as_it_stands(appearance, shown):
    tag = TaskTag(MARKUP, "#0072B2", appearance)
    shown(tag)
    assert tag.findChild(PlainLabel).text() == MARKUP

"""The pictures of the data: cards with a sentence over each, side by side where there is room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from mtrec_gui.pages.data.picture_words import Picture, PictureMaker
from mtrec_gui.pages.data.state import Pictures
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.column_flow import ColumnFlow
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, row

NARROWEST = 420


class PictureCard(Card):
    """One picture with its title, its sentence and the button that saves it."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__("-", "-", parent)
        self.canvas = Canvas(appearance)
        self.save_button = button(self.tr("Save picture…"), "quiet")
        self.save_button.clicked.connect(self.canvas.save_picture)
        self.body.addWidget(self.canvas)
        self.body.addStretch(1)
        self.body.addLayout(row(None, self.save_button))

    def show_picture(self, picture: Picture) -> None:
        """Show another picture."""
        self.set_words(picture.title, picture.sentence)
        self.save_button.setAccessibleName(
            self.tr("Save picture: {title}").format(title=picture.title)
        )
        self.canvas.set_plot_height(picture.height)
        self.canvas.show_plot(picture.draw, f"{picture.title}: {picture.sentence}")


class PicturePanel(QWidget):
    """All pictures that the data has."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._maker = PictureMaker(self)
        self._appearance = appearance
        self.cards: dict[str, PictureCard] = {}
        self.waiting = PlainLabel(self.tr("Counting…"), "muted")
        self.flow = ColumnFlow(appearance, NARROWEST)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.waiting)
        layout.addWidget(self.flow)
        layout.addStretch(1)

    def show_pictures(self, pictures: Pictures | None) -> None:
        """Show other pictures; None while they are made."""
        self.waiting.setVisible(pictures is None or pictures.n_events == 0)
        self.flow.setVisible(pictures is not None and pictures.n_events > 0)
        if pictures is None:
            self.waiting.setText(self.tr("Counting…"))
        elif pictures.n_events == 0:
            self.waiting.setText(self.tr("No event satisfies all conditions: nothing to draw."))
        else:
            self._show(self._maker.all(pictures))

    def _show(self, pictures: Sequence[Picture]) -> None:
        for picture in pictures:
            if picture.key not in self.cards:
                self.cards[picture.key] = PictureCard(self._appearance, self)
            self.cards[picture.key].show_picture(picture)
        self.flow.set_columns([(self.cards[picture.key],) for picture in pictures])

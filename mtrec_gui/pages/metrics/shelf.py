"""The shelf of metrics: by what they look at, to be searched; a list, or one line where narrow."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mtrec_gui.pages.metrics.state import Shelf
from mtrec_gui.pages.metrics.words import level_title, title_of
from mtrec_gui.theme import M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, clear
from mtrec_gui.widgets.quiet_controls import QuietCombo

_WIDTH = 216  # pixels at 100 %


class MetricShelf(Card):
    """All metrics as buttons under the questions they answer.

    Signals
    -------
    metric_chosen : key of a metric
    searched : what a person looks for
    """

    metric_chosen = Signal(str)
    searched = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._appearance = appearance
        self._buttons: dict[str, QPushButton] = {}
        self._current = ""
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Find a metric…"))
        self.search.setAccessibleName(self.tr("Find a metric"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.searched)
        self.search.returnPressed.connect(self._take_first)
        inner = QFrame()
        inner.setObjectName("rail")
        self._lines = QVBoxLayout(inner)
        self._lines.setContentsMargins(0, 0, S, 0)
        self._lines.setSpacing(0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inner)
        self.body.addWidget(self.search)
        self.body.addWidget(self._scroll, 1)
        appearance.changed.connect(self._scale)
        self._scale()

    def show_shelves(self, shelves: Sequence[Shelf]) -> None:
        """Show which metrics there are."""
        clear(self._lines)
        self._buttons = {}
        for place, shelf in enumerate(shelves):
            heading = PlainLabel(level_title(shelf.level), "remark", wrap=True)
            heading.setContentsMargins(0, M if place else 0, 0, 0)
            self._lines.addWidget(heading)
            for metric in shelf.metrics:
                made = button(title_of(metric), "navigation")
                made.setCheckable(True)
                made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
                made.clicked.connect(lambda _=False, key=metric.key: self.metric_chosen.emit(key))
                made.installEventFilter(self)
                made.setChecked(metric.key == self._current)
                self._group.addButton(made)
                self._lines.addWidget(made)
                self._buttons[metric.key] = made
        if not shelves:
            self._lines.addWidget(PlainLabel(self.tr("No card says this."), "muted", wrap=True))
        self._lines.addStretch(1)

    def button(self, key: str) -> QPushButton:
        """Return the button of a metric."""
        return self._buttons[key]

    def choose(self, key: str) -> None:
        """Mark the metric that is shown."""
        self._current = key
        made = self._buttons.get(key)
        if made is not None:
            made.setChecked(True)
            self._scroll.ensureWidgetVisible(made, 0, self._appearance.px(40))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Bring the button that has the focus into sight."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QPushButton):
            self._scroll.ensureWidgetVisible(watched, 0, self._appearance.px(40))
        return super().eventFilter(watched, event)

    def _take_first(self) -> None:
        key = next(iter(self._buttons), None)
        if key is not None:
            self.metric_chosen.emit(key)

    def _scale(self) -> None:
        self.setFixedWidth(self._appearance.px(_WIDTH))


class MetricPicker(QuietCombo):
    """All metrics in one line, for a window that has no room for the shelf.

    Signals
    -------
    metric_chosen : key of a metric
    """

    metric_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Metric"))
        self.activated.connect(self._tell)

    def fill(self, shelves: Sequence[Shelf]) -> None:
        """Offer metrics under the questions they answer."""
        self.clear()
        model = self.model()
        for shelf in shelves:
            self.addItem(level_title(shelf.level))
            if isinstance(model, QStandardItemModel):
                model.item(self.count() - 1).setEnabled(False)
            for metric in shelf.metrics:
                self.addItem(f"    {title_of(metric)}", metric.key)

    def choose(self, key: str) -> None:
        """Show which metric is on the page."""
        self.setCurrentIndex(self.findData(key))

    def _tell(self, place: int) -> None:
        key = self.itemData(place)
        if key is not None:
            self.metric_chosen.emit(key)

"""The dialog of a new world: where to start, the dials, what it will be like, what to call it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFileDialog,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mtrec_gui.pages.new_world.dials_panel import DialsPanel
from mtrec_gui.pages.new_world.presenter import NewWorldPresenter, file_stem
from mtrec_gui.pages.new_world.preview_panel import PreviewPanel
from mtrec_gui.pages.new_world.state import NewWorldState
from mtrec_gui.pages.new_world.world_choice import WorldRow
from mtrec_gui.theme import XL, L, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import column, row, rule
from mtrec_gui.widgets.reading_order import step
from mtrec_gui.wording import say

_NARROW_BELOW = 700  # pixels at 100 %: the preview goes under the dials


class NewWorldDialog(QDialog):
    """Makes a world.

    Signals
    -------
    closed : in any way but by “Create project”
    """

    closed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("New world"))
        self._appearance = appearance
        self.worlds = WorldRow(appearance)
        self.dials = DialsPanel(appearance)
        self.preview = PreviewPanel(appearance)
        self.source = PlainLabel(role="muted", wrap=True)
        self.problem = PlainLabel(role="worse", wrap=True)
        self.said = PlainLabel(role="remark", wrap=True)
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the new project"))
        self.reset = button(self.tr("Turn all back"), "quiet")
        self.open_button = button(self.tr("Open world file…"))
        self.save_button = button(self.tr("Save world file…"))
        self.cancel = button(self.tr("Cancel"))
        self.create_button = button(self.tr("Create project"), "primary")
        self.create_button.setDefault(True)
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out()
        self.cancel.clicked.connect(self.reject)
        self.rejected.connect(self.closed)
        appearance.changed.connect(self._scale)
        self._scale()

    def follow(self, presenter: NewWorldPresenter) -> None:
        """Tell a presenter what a person does."""
        self._presenter = presenter
        self.closed.connect(presenter.closed)
        self.worlds.chosen.connect(presenter.world_chosen)
        self.dials.turned.connect(presenter.dial_turned)
        self.reset.clicked.connect(presenter.dials_reset)
        self.name.textEdited.connect(presenter.name_changed)
        self.open_button.clicked.connect(self._choose_file)
        self.save_button.clicked.connect(self._choose_place)
        self.create_button.clicked.connect(presenter.create_pressed)

    # --- what the presenter asks -----------------------------------------------------------

    def show_state(self, state: NewWorldState) -> None:
        """Show how everything stands."""
        self.worlds.show_worlds(state.worlds, state.start)
        self.source.setText(self.tr("Started from {file}.").format(file=state.file))
        self.source.setVisible(bool(state.file))
        self.problem.setText("" if state.problem is None else say(state.problem))
        self.problem.setVisible(state.problem is not None)
        self.said.setText(self.tr("Saved as {file}.").format(file=state.saved))
        self.said.setVisible(bool(state.saved))
        if self.name.text() != state.name:
            self.name.setText(state.name)
        if state.dials:
            is_first = not self.dials.rows
            self.dials.show_lines(state.dials)
            if is_first and state.start in self.worlds.buttons:
                self.worlds.buttons[state.start].setFocus()
        self.preview.show_state(state)
        self.reset.setEnabled(state.is_changed)
        self.save_button.setEnabled(bool(state.dials))
        self.create_button.setEnabled(state.can_create)

    def close_dialog(self) -> None:
        """The project is being made."""
        self.accept()

    # --- parts -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        head = column(
            PlainLabel(self.tr("New world"), "title"),
            PlainLabel(
                self.tr(
                    "Start from a sample world, turn its dials, and see what becomes of its tasks; "
                    "its truth stays known."
                ),
                "muted",
                wrap=True,
            ),
            self.worlds,
            self.source,
            self.problem,
            spacing=S,
        )
        head.setContentsMargins(XL, L, XL, M)
        outer.addLayout(head)
        self._parts.setContentsMargins(XL, 0, L, 0)
        self._parts.setSpacing(S)
        self._parts.addWidget(_scrolled(self.dials), 1)
        self._parts.addWidget(_scrolled(self.preview), 1)
        outer.addLayout(self._parts, 1)
        outer.addWidget(rule())
        foot = row(
            PlainLabel(self.tr("Name")),
            self.name,
            self.said,
            None,
            self.reset,
            self.open_button,
            self.save_button,
            self.cancel,
            self.create_button,
        )
        foot.setContentsMargins(XL, M, XL, M)
        outer.addLayout(foot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the preview beside the dials, or under them."""
        super().resizeEvent(event)
        narrow = self.width() < self._appearance.px(_NARROW_BELOW)
        self._parts.setDirection(
            QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        )

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go through the dialog as it is read."""
        return step(self, forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Return to the control that has the focus; Escape closes as usual."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
            self.create_button.hasFocus() or self.focusWidget() is self
        ):
            event.accept()
            return
        super().keyPressEvent(event)

    def _scale(self) -> None:
        """Take the size that suits, within the window it belongs to."""
        px, parent = self._appearance.px, self.parentWidget()
        width, height = px(1120), px(760)
        if parent is not None:
            width, height = min(width, parent.width() - 40), min(height, parent.height() - 40)
        self.resize(width, height)
        self.name.setMinimumWidth(px(140))

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open world file"), "", self.tr("Worlds (*.toml);;All files (*)")
        )
        if name:
            self._presenter.file_opened(Path(name))

    def _choose_place(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Save world file"),
            f"{file_stem(self.name.text())}.toml",
            self.tr("Worlds (*.toml)"),
        )
        if name:
            self._presenter.file_saved(Path(name))


def _scrolled(inner: QWidget) -> QScrollArea:
    """Return a part that scrolls by itself, so that dial and preview are seen together."""
    inner.setObjectName("pageBody")
    layout = inner.layout()
    if layout is not None:
        layout.setContentsMargins(0, 0, S, M)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(inner)
    return scroll

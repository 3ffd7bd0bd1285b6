"""The window: top bar, navigation, the page, the bar at the bottom; navigation and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mtrec_gui.theme import XS, L, S, ThemeName
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button, set_icon
from mtrec_gui.widgets.jobs_bar import JobsBar
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel, plain_tip
from mtrec_gui.widgets.notice_bar import NoticeBar
from mtrec_gui.widgets.reading_order import step
from mtrec_gui.widgets.undo_keys import UndoKeys

_MOST_DIGITS = 9  # pages that have a key of their own; Ctrl+0 is the zoom


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page in the navigation: built when it is first shown.

    Parameters
    ----------
    key : name in code
    title : name in the navigation
    icon : a Phosphor icon
    section : heading of the group it stands under, empty for none
    build : makes the page
    needs_project : whether it can only be used with a project
    shortcut : its key, where the digits are given to the pages before it
    """

    key: str
    title: str
    icon: str
    section: str
    build: Callable[[], QWidget]
    needs_project: bool = True
    shortcut: str = ""


class MainWindow(QMainWindow):
    """Shows one page at a time.

    Signals
    -------
    page_shown, undo_pressed, redo_pressed, theme_pressed, zoom_pressed (steps),
    open_pressed, file_dropped (path), closing
    """

    page_shown = Signal(str)
    undo_pressed = Signal()
    redo_pressed = Signal()
    theme_pressed = Signal()
    zoom_pressed = Signal(int)
    open_pressed = Signal()
    file_dropped = Signal(str)
    closing = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._entries: dict[str, PageEntry] = {}
        self._buttons: dict[str, QPushButton] = {}
        self._pages: dict[str, QWidget] = {}
        self._has_project = False
        self.setWindowTitle("MTRec Lab")
        self.setAcceptDrops(True)
        self.resize(1280, 800)

        centre = QWidget()
        centre.setObjectName("window")
        centre.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCentralWidget(centre)
        outer = QVBoxLayout(centre)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._top_bar())
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._navigation())
        self.notices = NoticeBar()
        self._stack = QStackedWidget()
        page_side = QVBoxLayout()
        page_side.setSpacing(0)
        page_side.addWidget(self.notices)
        page_side.addWidget(self._stack, 1)
        middle.addLayout(page_side, 1)
        outer.addLayout(middle, 1)
        self.jobs = JobsBar(appearance)
        outer.addWidget(self.jobs)
        self._shortcuts()
        self._undo_keys = UndoKeys(self)
        appearance.changed.connect(self._restyle)

    # --- building --------------------------------------------------------------------------

    def _top_bar(self) -> QFrame:
        bar = QFrame()
        bar.setObjectName("topBar")
        layout = QHBoxLayout(bar)
        layout.setContentsMargins(L, S, L, S)
        layout.setSpacing(S)
        self.data_chip = ElidedLabel(role="chip", fill=False)
        self.project_chip = ElidedLabel(role="chip", fill=False)
        self.data_chip.hide()
        self.project_chip.hide()
        self.undo = button("", "bar")
        self.redo = button("", "bar")
        self.zoom = button("", "bar", self.tr("Size of everything (Ctrl+plus, Ctrl+minus)"))
        self.theme = button("", "bar", self.tr("Light or dark"))
        self.undo.setAccessibleName(self.tr("Undo"))
        self.redo.setAccessibleName(self.tr("Redo"))
        self.undo.clicked.connect(self.undo_pressed)
        self.redo.clicked.connect(self.redo_pressed)
        self.theme.clicked.connect(self.theme_pressed)
        self.zoom_out = button("−", "bar", self.tr("Smaller"))
        self.zoom_in = button("+", "bar", self.tr("Larger"))
        self.zoom_out.setAccessibleName(self.tr("Smaller"))
        self.zoom_in.setAccessibleName(self.tr("Larger"))
        self.zoom.clicked.connect(lambda: self.zoom_pressed.emit(0))
        self.zoom_out.clicked.connect(lambda: self.zoom_pressed.emit(-1))
        self.zoom_in.clicked.connect(lambda: self.zoom_pressed.emit(1))
        layout.addWidget(PlainLabel("MTRec Lab", "brand"))
        layout.addSpacing(S)
        layout.addWidget(self.data_chip)
        layout.addWidget(self.project_chip)
        layout.addStretch(1)
        for widget in (
            self.undo,
            self.redo,
            self.zoom_out,
            self.zoom,
            self.zoom_in,
            self.theme,
        ):
            layout.addWidget(widget)
        self.show_history(None, None)
        return bar

    def _navigation(self) -> QWidget:
        frame = QFrame()
        frame.setObjectName("navigation")
        outer = QVBoxLayout(frame)
        outer.setContentsMargins(0, 0, 0, 0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QFrame()
        inner.setObjectName("rail")
        self._rail = QVBoxLayout(inner)
        self._rail.setContentsMargins(S, L - XS, S, L)
        self._rail.setSpacing(XS)
        self._rail.addStretch(1)
        scroll.setWidget(inner)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(scroll)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._navigation_frame = frame
        return frame

    def _shortcuts(self) -> None:
        undo = QKeySequence.keyBindings(QKeySequence.StandardKey.Undo)
        redo = QKeySequence.keyBindings(QKeySequence.StandardKey.Redo)
        for signal, keys in (
            (self.undo_pressed, (*undo, QKeySequence("Ctrl+Z"))),
            (self.redo_pressed, (*redo, QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y"))),
            (self.open_pressed, (QKeySequence("Ctrl+O"),)),
        ):
            self._shortcut(keys).activated.connect(signal)
        for texts, steps in ((("Ctrl++", "Ctrl+="), 1), (("Ctrl+-",), -1), (("Ctrl+0",), 0)):
            self._shortcut([QKeySequence(text) for text in texts]).activated.connect(
                lambda steps=steps: self.zoom_pressed.emit(steps)
            )

    def _shortcut(self, keys: Sequence[QKeySequence]) -> QShortcut:
        """Return one shortcut for several keys; the same key twice would be ambiguous to Qt."""
        made = QShortcut(self)
        made.setKeys(list(dict.fromkeys(keys)))
        return made

    def add_pages(self, entries: Sequence[PageEntry]) -> None:
        """Fill the navigation."""
        section = ""
        for entry in entries:
            if entry.section != section:
                section = entry.section
                heading = PlainLabel(section, "remark")
                heading.setContentsMargins(S, S, 0, 0)
                self._rail.insertWidget(self._rail.count() - 1, heading)
            made = button(entry.title, "navigation")
            made.setSizePolicy(made.sizePolicy().Policy.Expanding, made.sizePolicy().Policy.Fixed)
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, key=entry.key: self.show_page(key))
            number = len(self._entries) + 1
            shortcut = f"Ctrl+{number}" if number <= _MOST_DIGITS else entry.shortcut
            if shortcut:
                made.setToolTip(f"{entry.title} ({shortcut})")
                QShortcut(QKeySequence(shortcut), self).activated.connect(
                    lambda key=entry.key: self.show_page(key)
                )
            self._group.addButton(made)
            self._rail.insertWidget(self._rail.count() - 1, made)
            self._entries[entry.key] = entry
            self._buttons[entry.key] = made
        self._restyle()
        self.set_has_project(self._has_project)

    # --- what others ask of it -------------------------------------------------------------

    def show_page(self, key: str) -> None:
        """Show a page, building it where it was not shown before."""
        entry = self._entries[key]
        if entry.needs_project and not self._has_project:
            return
        if key not in self._pages:
            page = entry.build()
            self._pages[key] = page
            self._stack.addWidget(page)
        self._buttons[key].setChecked(True)
        left, focused = self._stack.currentWidget(), self.focusWidget()
        self._stack.setCurrentWidget(self._pages[key])
        follows = (  # the focus goes where the page goes, unless it stands in a bar
            focused is None
            or focused in self._buttons.values()
            or (left is not None and left.isAncestorOf(focused))
        )
        if self.isVisible() and follows and left is not self._pages[key]:
            # Qt would take whatever control comes next
            self._buttons[key].setFocus(Qt.FocusReason.OtherFocusReason)
        self.page_shown.emit(key)

    @property
    def current_page(self) -> str:
        """Key of the page shown."""
        shown = self._stack.currentWidget()
        return next((key for key, page in self._pages.items() if page is shown), "")

    def page(self, key: str) -> QWidget | None:
        """Return a page that was built already."""
        return self._pages.get(key)

    def set_has_project(self, has_project: bool) -> None:
        """Enable the pages that need a project."""
        self._has_project = has_project
        for key, entry in self._entries.items():
            usable = has_project or not entry.needs_project
            self._buttons[key].setEnabled(usable)

    def show_project(self, data: str, project: str) -> None:
        """Name the data and the project file in the top bar."""
        self.data_chip.setText(data)
        self.project_chip.setText(project)
        self.data_chip.setVisible(bool(data))
        self.project_chip.setVisible(bool(project))
        self.setWindowTitle(f"{project} – MTRec Lab" if project else "MTRec Lab")

    def show_history(self, undo: str | None, redo: str | None) -> None:
        """Say what can be undone and redone."""
        self.undo.setEnabled(undo is not None)
        self.redo.setEnabled(redo is not None)
        self.undo.setToolTip(
            plain_tip(self.tr("Undo: {name} (Ctrl+Z)").format(name=undo))
            if undo
            else self.tr("Nothing to undo")
        )
        self.redo.setToolTip(
            plain_tip(self.tr("Redo: {name} (Ctrl+Shift+Z)").format(name=redo))
            if redo
            else self.tr("Nothing to redo")
        )

    def _restyle(self) -> None:
        appearance = self._appearance
        self._navigation_frame.setFixedWidth(appearance.px(184))
        for key, entry in self._entries.items():
            set_icon(self._buttons[key], entry.icon, appearance)
        set_icon(self.undo, "arrow-counter-clockwise", appearance)
        set_icon(self.redo, "arrow-clockwise", appearance)
        dark = appearance.theme.name is ThemeName.DARK
        set_icon(self.theme, "moon" if dark else "sun", appearance)
        self.theme.setText(self.tr("Dark") if dark else self.tr("Light"))
        percent = f"{round(100 * appearance.zoom)} %"
        self.zoom.setText(percent)
        self.zoom.setAccessibleName(self.tr("Size of everything: {size}").format(size=percent))

    # --- what Qt tells it ------------------------------------------------------------------

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Go through the window as it is read."""
        return step(self, forward)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Begin at the navigation: one Tab further is the page."""
        super().showEvent(event)
        if self.focusWidget() is None and self.current_page:
            self._buttons[self.current_page].setFocus(Qt.FocusReason.OtherFocusReason)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take files that are dragged onto the window."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Tell of the first file dropped."""
        urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
        if urls:
            self.file_dropped.emit(urls[0].toLocalFile())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Tell before going."""
        self.closing.emit()
        super().closeEvent(event)

"""A model's source to read, beside what it computes and what its parameters mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mtrec_gui.theme import L, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.code_parts import LINKS, stretches
from mtrec_gui.widgets.code_text import CodeText
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import column, row
from mtrec_gui.widgets.quiet_controls import QuietCombo
from mtrec_gui.widgets.side_by_side import SideBySide

_WIDTH, _HEIGHT = 1120, 720  # pixels at 100 %, where the screen has them
_MARGIN = 80  # pixels of the screen that the dialog leaves free
_NARROW = 760  # below this the parameters stand under the code
_LOW_LIST = 58  # height of the list there, pixels at 100 %
_NO_LIMIT = 16_777_215  # of a height, in Qt


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the model: its name in the code, and what it means."""

    name: str
    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CodePage:
    """What is to be read.

    Parameters
    ----------
    title, sentence : what the file computes
    paths : the model's own file, then those that it builds upon
    equation : in mathtext; empty for none
    reference : the publication in words; empty for none
    parameters : in the order of the form
    """

    title: str
    sentence: str
    paths: tuple[Path, ...]
    equation: str = ""
    reference: str = ""
    parameters: tuple[Parameter, ...] = ()


class CodeDialog(QDialog):
    """Shows a source file beside the window.

    Signals
    -------
    parameter_chosen : name of a parameter whose field in the form is wanted
    """

    parameter_chosen = Signal(str)

    def __init__(
        self, page: CodePage, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("{title} – the code").format(title=page.title))
        names = [each.name for each in page.parameters]
        self._sources = [path.read_text(encoding="utf-8") for path in page.paths]
        self._declared_in = _declared_in(self._sources, names)
        self.view = CodeText(names, appearance)
        self.view.setAccessibleName(self.tr("Source of {title}").format(title=page.title))
        self.view.parameter_chosen.connect(self.parameter_chosen)
        self.search = FindBar(self.view)
        self.list = ParameterList(page.parameters)
        self.list.followed.connect(self.parameter_chosen)
        self.list.chosen.connect(self._show_parameter)
        self.files = QuietCombo()
        self.files.setAccessibleName(self.tr("File that is shown"))
        self.files.addItems([path.name for path in page.paths])
        self.files.currentIndexChanged.connect(self._show_file)
        self.files.setVisible(len(page.paths) > 1)
        code = QWidget()
        above = row(self.files, self.search)
        above.setStretch(1, 1)
        of_code = column(self.view)
        of_code.insertLayout(0, above)
        code.setLayout(of_code)
        self._hint = PlainLabel(
            self.tr(
                "Choose one to see where the code declares it; Enter, or a click on its name in "
                "the code, leads to its field in the form."
            ),
            "remark",
            wrap=True,
        )
        beside = QWidget()
        beside.setLayout(
            column(PlainLabel(self.tr("Its parameters"), "strong"), self._hint, self.list)
        )
        beside.setVisible(bool(page.parameters))
        self._parts = SideBySide(code, beside, appearance, _NARROW, (5, 2))
        close = button(self.tr("Close"))
        close.setAutoDefault(False)  # Enter belongs to the text and the list
        close.clicked.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(L, L, L, L)
        layout.setSpacing(S)
        layout.addWidget(PlainLabel(page.title, "cardTitle"))
        layout.addWidget(PlainLabel(page.sentence, "muted", wrap=True))
        if page.equation:
            layout.addWidget(self._equation(page, appearance))
        if page.reference:
            layout.addWidget(PlainLabel(page.reference, "remark", wrap=True))
        layout.addWidget(self._parts, 1)
        self._origin = PlainLabel("", "remark", wrap=True)
        layout.addLayout(row(self._origin, close))
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.begin)
        QShortcut(QKeySequence(QKeySequence.StandardKey.FindNext), self, self.search.go_on)
        QShortcut(QKeySequence(QKeySequence.StandardKey.FindPrevious), self, self.search.go_back)
        self._show_file(0)
        self._appearance = appearance
        appearance.changed.connect(self._arrange)
        self.resize(self._fitting(appearance))
        self.view.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Leave the room to the code where there is little."""
        super().resizeEvent(event)
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave the search with Escape first, and then the dialog."""
        if event.key() == Qt.Key.Key_Escape and self.search.line.text():
            self.search.end()
            return
        super().keyPressEvent(event)

    def _equation(self, page: CodePage, appearance: Appearance) -> Canvas:
        from mtrec_gui.plots.formula import draw_formula

        canvas = Canvas(appearance, 44)
        canvas.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        canvas.show_plot(
            lambda figure, theme: draw_formula(figure, page.equation, theme),
            self.tr("The equation of {model}").format(model=page.title),
        )
        self.equation = canvas
        return canvas

    def _arrange(self) -> None:
        px = self._appearance.px
        is_narrow = self.width() - 2 * L < px(_NARROW)  # then the list stands below the code
        self._hint.setVisible(not is_narrow)
        self.list.setMaximumHeight(px(_LOW_LIST) if is_narrow else _NO_LIMIT)

    def _show_file(self, place: int) -> None:
        self.view.show_source(self._sources[place])
        self.search.repeat()
        words = self.tr("{file}: the code that the lab runs, as it is.")
        self._origin.setText(words.format(file=self.files.itemText(place)))

    def _show_parameter(self, name: str) -> None:
        place = self._declared_in.get(name)
        if place is not None:
            self.files.setCurrentIndex(place)
            self.view.show_parameter(name)

    def _fitting(self, appearance: Appearance) -> QSize:
        room = self.screen().availableSize()
        return QSize(
            min(appearance.px(_WIDTH), room.width() - _MARGIN),
            min(appearance.px(_HEIGHT), room.height() - _MARGIN),
        )


def _declared_in(sources: Sequence[str], names: Sequence[str]) -> dict[str, int]:
    """Return which file declares each parameter, or else reads it."""
    found: dict[str, tuple[int, int]] = {}  # the lower, the better
    for place, source in enumerate(sources):
        lines = source.split("\n")
        for each in stretches(source, names):
            if each.part in LINKS:  # before it there is no letter that Qt counts twice
                name = lines[each.line][each.start : each.start + each.length]
                use = (LINKS.index(each.part), place)
                found[name] = min(found.get(name, use), use)
    return {name: place for name, (_, place) in found.items()}


class FindBar(QWidget):
    """Finds a text in the code: Enter goes on, Shift and Enter goes back."""

    def __init__(self, view: CodeText, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Find in the code (Ctrl+F)"))
        self.line.setAccessibleName(self.tr("Find in the code"))
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._typed)
        self.line.installEventFilter(self)
        self.count = PlainLabel("", "muted")
        self.back = button(self.tr("Previous"))
        self.on = button(self.tr("Next"))
        self.back.clicked.connect(self.go_back)
        self.on.clicked.connect(self.go_on)
        for each in (self.back, self.on):
            each.setAutoDefault(False)
        layout = row(self.line, self.count, self.back, self.on)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._typed("")

    def begin(self) -> None:
        """Let a person type what to find."""
        self.line.setFocus()
        self.line.selectAll()

    def end(self) -> None:
        """Forget what was to be found and go back to the code."""
        self.line.clear()
        self._view.setFocus()

    def go_on(self) -> None:
        """Go to the next place."""
        self._view.find_next()
        self._tell()

    def go_back(self) -> None:
        """Go to the place before."""
        self._view.find_next(back=True)
        self._tell()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take Enter from the line, so that it never reaches a button of the dialog."""
        if (
            event.type() is QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.go_back()
            else:
                self.go_on()
            return True
        return super().eventFilter(watched, event)

    def repeat(self) -> None:
        """Find the same in another file."""
        self._typed(self.line.text())

    def _typed(self, text: str) -> None:
        self._n = self._view.find_all(text)
        self._tell()

    def _tell(self) -> None:
        for each in (self.back, self.on):
            each.setEnabled(self._n > 0)
        if not self.line.text():
            self.count.setText("")
        elif not self._n:
            self.count.setText(self.tr("not found"))
        else:
            words = self.tr("{place} of {n}")
            self.count.setText(words.format(place=self._view.current_match, n=self._n))


class ParameterList(QListWidget):
    """The parameters of a model, each with a sentence.

    Signals
    -------
    chosen : name of the parameter that is looked at
    followed : name of the one whose field is wanted
    """

    chosen = Signal(str)
    followed = Signal(str)

    def __init__(self, parameters: Sequence[Parameter], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Parameters of the model"))
        self.setWordWrap(True)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSpacing(2)
        for each in parameters:
            item = QListWidgetItem(f"{each.title} · {each.name}\n{each.sentence}")
            item.setData(Qt.ItemDataRole.UserRole, each.name)
            self.addItem(item)
        self.currentItemChanged.connect(lambda item, _: self._send(self.chosen, item))
        self.itemActivated.connect(lambda item: self._send(self.followed, item))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Wrap the sentences anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Follow the parameter under the cursor with Enter, on every platform."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self._send(self.followed, item)
            return
        super().keyPressEvent(event)

    def _send(self, signal: SignalInstance, item: QListWidgetItem | None) -> None:
        if item is not None:
            signal.emit(item.data(Qt.ItemDataRole.UserRole))

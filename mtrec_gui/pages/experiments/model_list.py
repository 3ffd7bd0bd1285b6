"""The list of models: families, a tick for each model, and a line that can be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from mtrec_gui.pages.experiments.state import ModelRow
from mtrec_gui.pages.experiments.words import ExperimentWords
from mtrec_gui.theme import XS, M
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.choice_button import ChoiceButton
from mtrec_gui.widgets.labels import Dot, ElidedLabel, PlainLabel
from mtrec_gui.widgets.layout import clear, row


class ModelLine(QWidget):
    """One model: its tick and its line."""

    ticked = Signal(int, bool)
    chosen = Signal(int)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._place = 0
        self.tick = QCheckBox()
        self.tick.toggled.connect(lambda on: self.ticked.emit(self._place, on))
        self.button = ChoiceButton(appearance)
        self.button.clicked.connect(self._clicked)
        self._title = PlainLabel()
        self._remark = ElidedLabel(role="remark")
        self._dots = QWidget()
        self._dot_row = QHBoxLayout(self._dots)
        self._dot_row.setContentsMargins(0, 0, 0, 0)
        self._dot_row.setSpacing(appearance.px(XS))
        self._warning = PlainLabel(role="worse", wrap=True)
        self.button.put(self._title)
        self.button.put(self._remark, 1)
        self.button.put(self._dots)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        line = QHBoxLayout()
        line.setSpacing(appearance.px(XS))
        line.addWidget(self.tick)
        line.addWidget(self.button, 1)
        outer.addLayout(line)
        self._warning.setContentsMargins(appearance.px(34), 0, 0, appearance.px(XS))
        outer.addWidget(self._warning)
        self._marks: object = None

    def show_row(self, shown: ModelRow, chosen: bool, words: ExperimentWords) -> None:
        """Show a model."""
        self._place = shown.place
        title, remark = words.row_title(shown), words.row_remark(shown)
        with QSignalBlocker(self.tick):
            self.tick.setChecked(shown.ticked)
        self.tick.setEnabled(shown.missing is None)
        self.tick.setAccessibleName(self.tr("{model} takes part").format(model=title))
        self.button.setChecked(chosen)
        self.button.setAccessibleName(f"{title} {remark}".strip())
        tasks = ", ".join(mark.name for mark in shown.served)
        self.button.setAccessibleDescription(self.tr("Serves {tasks}").format(tasks=tasks or "–"))
        self._title.setText(title)
        plain = "text" if shown.missing is None else "muted"
        self._title.set_role("strong" if chosen else plain)
        self._remark.setText(remark)
        warning = words.row_warning(shown)
        self._warning.setText(warning)
        self._warning.setVisible(bool(warning))
        colours = [self._appearance.theme.task_colour(mark.position) for mark in shown.served]
        if self._marks != colours:
            self._marks = colours
            clear(self._dot_row)
            for colour in colours:
                self._dot_row.addWidget(Dot(colour, self._appearance))

    def _clicked(self) -> None:
        self.button.setChecked(True)
        self.chosen.emit(self._place)


class ModelList(QWidget):
    """All models by family.

    Signals
    -------
    ticked : (place, whether it takes part)
    chosen : place
    """

    ticked = Signal(int, bool)
    chosen = Signal(int)

    def __init__(
        self, words: ExperimentWords, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words, self._appearance = words, appearance
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.lines: list[ModelLine] = []
        self._shape: object = None
        self._shown: tuple[Sequence[ModelRow], int | None] = ((), None)
        appearance.changed.connect(self._restyle)

    def show_rows(self, rows: Sequence[ModelRow], chosen: int | None) -> None:
        """Show models, one of them chosen; lines are kept so that the focus stays."""
        self._shown = (rows, chosen)
        shape = [shown.family for shown in rows]
        if shape != self._shape:
            self._shape = shape
            self._build(rows)
        for line, shown in zip(self.lines, rows, strict=True):
            line.show_row(shown, shown.place == chosen, self._words)

    def _build(self, rows: Sequence[ModelRow]) -> None:
        clear(self._layout)
        self.lines = []
        family: object = ""
        px = self._appearance.px
        for shown in rows:
            if shown.family != family:
                family = shown.family
                title, remark = self._words.family(shown.family)
                heading = row(PlainLabel(title, "strong"), PlainLabel(remark, "remark"), None)
                heading.setContentsMargins(0, px(M if self.lines else XS), 0, px(XS))
                self._layout.addLayout(heading)
            line = ModelLine(self._appearance)
            line.ticked.connect(self.ticked)
            line.chosen.connect(self.chosen)
            self._layout.addWidget(line)
            self.lines.append(line)

    def _restyle(self) -> None:
        self._shape = None
        self.show_rows(*self._shown)

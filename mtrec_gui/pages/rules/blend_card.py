"""The blend: multiply or add, and how much each task counts beside others."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from mtrec_gui.pages.rules.state import PowerRow, RulesState
from mtrec_gui.pages.rules.words import RuleWords
from mtrec_gui.theme import XS, L, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import Segments
from mtrec_gui.widgets.labels import Dot, ElidedLabel, PlainLabel
from mtrec_gui.widgets.layout import Card, clear, row, rule
from mtrec_gui.widgets.quiet_controls import QuietDoubleSpin
from mtrec_gui.wording import say


class PowerLine(QWidget):
    """A task, whether it counts beside others, and how much."""

    ticked = Signal(str, bool)
    edited = Signal(str, float)

    def __init__(self, task: str, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.tick = QCheckBox()
        self.tick.toggled.connect(lambda on: self.ticked.emit(task, on))
        self.tick.setAccessibleName(self.tr("{task} counts beside others").format(task=task))
        self._dot = Dot(appearance.theme.muted, appearance)
        self.power = QuietDoubleSpin()
        self.power.setRange(0, 10)
        self.power.setDecimals(3)
        self.power.setSingleStep(0.1)
        self.power.setKeyboardTracking(False)
        self.power.setAccessibleName(self.tr("Power of {task}").format(task=task))
        self.power.valueChanged.connect(lambda value: self.edited.emit(task, value))
        self._problem = PlainLabel(role="worse", wrap=True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(XS)
        line = row(self.tick, self._dot, ElidedLabel(task))
        line.setStretch(2, 1)
        line.addWidget(self.power)
        outer.addLayout(line)
        outer.addWidget(self._problem)

    def show_power(self, shown: PowerRow) -> None:
        """Show the power of the task."""
        theme, has_power = self._appearance.theme, shown.power is not None
        with QSignalBlocker(self.tick), QSignalBlocker(self.power):
            self.tick.setChecked(has_power)
            if shown.power is not None and self.power.value() != shown.power:
                self.power.setValue(shown.power)
        self.power.setEnabled(has_power)
        self.power.setFixedWidth(self._appearance.px(90))
        policy = self.power.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.power.setSizePolicy(policy)
        self.power.setVisible(has_power)
        colour = theme.muted if shown.position is None else theme.task_colour(shown.position)
        self._dot.set_colour(colour)
        self._problem.setText("" if shown.problem is None else say(shown.problem))
        self._problem.setVisible(shown.problem is not None)


class BlendCard(Card):
    """Edits how the scores of several tasks become one.

    Signals
    -------
    method_chosen : product or sum
    power_ticked : (task, whether it counts)
    power_edited : (task, power)
    """

    method_chosen = Signal(str)
    power_ticked = Signal(str, bool)
    power_edited = Signal(str, float)

    def __init__(
        self, words: RuleWords, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._words, self._appearance = words, appearance
        self.method = Segments(words.methods())
        self.method.chosen.connect(self.method_chosen)
        self.body.addLayout(row(self.method, None))
        self.body.addWidget(
            PlainLabel(self.tr("Which tasks count beside others, and with which power"), "strong")
        )
        self._lines = QVBoxLayout()
        self._lines.setSpacing(XS)
        self.body.addLayout(self._lines)
        self.body.addWidget(rule())
        self.body.addWidget(PlainLabel(self.tr("So a list is ranked by"), "strong"))
        self._formulas = QGridLayout()
        self._formulas.setHorizontalSpacing(L)
        self._formulas.setVerticalSpacing(XS)
        self._formulas.setColumnStretch(1, 1)
        self.body.addLayout(self._formulas)
        footnote = self.tr(
            "Each score is first turned into a share: 1 for the user's best item, 1/2 for the "
            "middle one. On a page of all kinds, a task without a power counts 1."
        )
        self.body.addSpacing(S)
        self.body.addWidget(PlainLabel(footnote, "remark", wrap=True))
        self.lines: dict[str, PowerLine] = {}
        self._shown: RulesState | None = None
        appearance.changed.connect(self._restyle)

    def show_state(self, state: RulesState) -> None:
        """Show the blend."""
        self._shown = state
        self.set_words(self.tr("Blend"), self._words.method(state.method))
        self.method.choose(state.method.value)
        if [shown.task for shown in state.powers] != list(self.lines):
            self._build(state)
        for shown in state.powers:
            self.lines[shown.task].show_power(shown)
        clear(self._formulas)
        for place, formula in enumerate(state.formulas):
            self._formulas.addWidget(PlainLabel(formula.task, "muted"), place, 0)
            text = self._words.formula(formula, state.method)
            self._formulas.addWidget(PlainLabel(text, wrap=True), place, 1)

    def _build(self, state: RulesState) -> None:
        clear(self._lines)
        self.lines = {}
        for shown in state.powers:
            line = PowerLine(shown.task, self._appearance)
            line.ticked.connect(self.power_ticked)
            line.edited.connect(self.power_edited)
            self._lines.addWidget(line)
            self.lines[shown.task] = line

    def _restyle(self) -> None:
        if self._shown is not None:
            self._build(self._shown)
            self.show_state(self._shown)

"""The rules in their order; each opens into its form."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QMenu, QPushButton, QVBoxLayout, QWidget

from algorithms.rules import Rule
from mtrec_gui.pages.rules.rule_form import rule_form
from mtrec_gui.pages.rules.state import RuleRow, RulesState
from mtrec_gui.pages.rules.words import RuleWords
from mtrec_gui.theme import XS, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button, set_icon
from mtrec_gui.widgets.choice_button import ChoiceButton
from mtrec_gui.widgets.config_form import ConfigForm
from mtrec_gui.widgets.drag_order import DragHandle, DragOrder
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, clear, row
from mtrec_gui.wording import say


class RuleLine(QWidget):
    """One rule: on or off, what it does, its place, and its form where it is open."""

    ticked = Signal(int, bool)
    chosen = Signal(int)
    moved = Signal(int, int)
    removed = Signal(int)
    edited = Signal(int, str, dict)

    def __init__(self, number: int, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number, self._appearance = number, appearance
        self._form_for: object = None
        self.form: ConfigForm | None = None
        self.handle = DragHandle(appearance)
        self.handle.setToolTip(self.tr("Drag to apply it earlier or later"))
        self.tick = QCheckBox()
        self.tick.toggled.connect(lambda on: self.ticked.emit(number, on))
        self.button = ChoiceButton(appearance)
        self.button.clicked.connect(lambda: self.chosen.emit(number))
        self._words = PlainLabel(wrap=True)
        self.button.put(PlainLabel(str(number), "muted"))
        self.button.put(self._words, 1)
        self.up, self.down, self.remove = (button("", "quiet") for _ in range(3))
        for made, words, keys in (
            (self.up, self.tr("Apply rule {n} earlier"), "Alt+Up"),
            (self.down, self.tr("Apply rule {n} later"), "Alt+Down"),
            (self.remove, self.tr("Remove rule {n}"), ""),
        ):
            sentence = words.format(n=number)
            made.setAccessibleName(sentence)
            shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
            made.setToolTip(f"{sentence} ({shown})" if keys else sentence)
        self.up.clicked.connect(lambda: self.moved.emit(number, -1))
        self.down.clicked.connect(lambda: self.moved.emit(number, 1))
        self.remove.clicked.connect(lambda: self.removed.emit(number))
        for keys, steps in (("Alt+Up", -1), ("Alt+Down", 1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda steps=steps: self.moved.emit(number, steps))
        self.problem = PlainLabel(role="worse", wrap=True)
        self._form_place = QVBoxLayout()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(XS)
        line = row(self.handle, self.tick, self.button, self.up, self.down, self.remove, spacing=XS)
        line.setStretch(2, 1)
        outer.addLayout(line)
        outer.addWidget(self.problem)
        outer.addLayout(self._form_place)
        self.scale()

    def scale(self) -> None:
        """Take the sizes and colours in force; what is being typed in the form stays."""
        px = self._appearance.px
        for made, icon in (
            (self.up, "arrow-up"),
            (self.down, "arrow-down"),
            (self.remove, "trash"),
        ):
            set_icon(made, icon, self._appearance)
            made.setFixedWidth(px(30))
        self.handle.scale()
        self.button.scale()
        left = px(16) + px(34)  # under the words, right of handle and tick
        self.problem.setContentsMargins(left, 0, 0, px(XS))
        self._form_place.setContentsMargins(left, px(XS), px(S), 0)

    def show_rule(self, shown: RuleRow, state: RulesState, words: RuleWords) -> None:
        """Show a rule."""
        sentence = words.rule(shown.rule)
        with QSignalBlocker(self.tick):
            self.tick.setChecked(shown.rule.enabled)
        self.tick.setAccessibleName(self.tr("Rule {n} is on").format(n=shown.number))
        is_open = state.chosen == shown.number
        self.button.setChecked(is_open)
        self.button.setAccessibleName(f"{shown.number} {sentence}")
        self._words.setText(sentence)
        role = "text" if shown.rule.enabled else "muted"
        if self._words.property("role") != role:
            self._words.set_role(role)
        self.up.setEnabled(shown.number > 1)
        self.down.setEnabled(shown.number < len(state.rules))
        self.problem.setText("" if shown.problem is None else say(shown.problem))
        self.problem.setVisible(shown.problem is not None)
        self._show_form(shown.rule, state, is_open)

    def control_with_focus(self) -> QPushButton | None:
        """Return the button of this line that has the focus."""
        return next((b for b in (self.button, self.up, self.down) if b.hasFocus()), None)

    def take_focus(self, like: QPushButton, other: RuleLine) -> None:
        """Give the focus to the button that does what another line's does."""
        mine = {other.up: self.up, other.down: self.down}.get(like, self.button)
        (mine if mine.isEnabled() else self.button).setFocus()

    def _show_form(self, rule: Rule, state: RulesState, is_open: bool) -> None:
        fields = state.fields
        is_open = is_open and fields is not None
        wanted = (type(rule), state.tasks, state.item_kinds, fields) if is_open else None
        if wanted != self._form_for:
            self._form_for = wanted
            clear(self._form_place)
            self.form = None
            if fields is not None and is_open:
                self.form = rule_form(type(rule), state, fields, self._appearance)
                self.form.changed.connect(
                    lambda field, values: self.edited.emit(self._number, field, values)
                )
                self._form_place.addWidget(self.form)
        if self.form is not None:
            self.form.set_values(rule.model_dump(exclude={"enabled", "rule"}))


class RuleCard(Card):
    """All rules, and the way to another.

    Signals
    -------
    rule_chosen, rule_removed : number
    rule_ticked : (number, on)
    rule_moved : (number, steps)
    rule_edited : (number, field, values)
    rule_added : kind
    """

    rule_chosen = Signal(int)
    rule_removed = Signal(int)
    rule_ticked = Signal(int, bool)
    rule_moved = Signal(int, int)
    rule_edited = Signal(int, str, dict)
    rule_added = Signal(str)

    def __init__(
        self, words: RuleWords, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self.set_words(
            self.tr("Rules"),
            self.tr(
                "Applied from first to last; those that fill places come at the end, wherever "
                "they stand. Where two want the same place, 1 wins over 2."
            ),
        )
        self._words, self._appearance = words, appearance
        self.add = button(self.tr("Add a rule ▾"))
        menu = QMenu(self.add)
        for group, kinds in words.kinds():
            inner = menu.addMenu(group)
            for kind, text in kinds:
                inner.addAction(text).triggered.connect(
                    lambda _=False, kind=kind: self.rule_added.emit(kind)
                )
        self.add.setMenu(menu)
        self._place = QVBoxLayout()
        self._place.setSpacing(S)
        self._place.setContentsMargins(0, XS, 0, 0)
        self.body.addLayout(self._place)
        self._order = DragOrder(appearance, self)
        self._order.moved.connect(lambda place, steps: self.rule_moved.emit(place + 1, steps))
        self._empty = PlainLabel(
            self.tr("No rule yet. The blend alone decides the order; add a rule to change it."),
            "muted",
            wrap=True,
        )
        self.body.addWidget(self._empty)
        self.body.addLayout(row(self.add, None))
        self.body.setSpacing(M)
        self.lines: list[RuleLine] = []
        appearance.changed.connect(self._restyle)

    def show_state(self, state: RulesState) -> None:
        """Show the rules; lines are kept, so that the focus stays where it is."""
        while len(self.lines) > len(state.rules):
            self._remove_last()
        while len(self.lines) < len(state.rules):
            self._add_line()
        for line, shown in zip(self.lines, state.rules, strict=True):
            line.show_rule(shown, state, self._words)
        self._empty.setVisible(not state.rules)

    def _add_line(self) -> None:
        line = RuleLine(len(self.lines) + 1, self._appearance)
        line.ticked.connect(self.rule_ticked)
        line.chosen.connect(self.rule_chosen)
        line.moved.connect(self._moved_by_keys)
        line.removed.connect(self.rule_removed)
        line.edited.connect(self.rule_edited)
        self._place.addWidget(line)
        self.lines.append(line)
        self._order.add(line, line.handle)

    def _remove_last(self) -> None:
        self._order.remove_last()
        line = self.lines.pop()
        self._place.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _moved_by_keys(self, number: int, steps: int) -> None:
        """Move a rule; the focus goes with it."""
        line, target = self.lines[number - 1], number + steps
        control = line.control_with_focus()
        self.rule_moved.emit(number, steps)
        if control is not None and 1 <= target <= len(self.lines):
            self.lines[target - 1].take_focus(control, line)

    def _restyle(self) -> None:
        for line in self.lines:
            line.scale()

"""The editor of one task: a control for each of its fields."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QSlider, QWidget

from algorithms.messages import Message
from algorithms.tasks import Task, TaskKind
from mtrec_gui.pages.tasks.presenter import TaskField, TasksState
from mtrec_gui.theme import L, M
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, column, row
from mtrec_gui.widgets.quiet_controls import QuietCombo, QuietDoubleSpin
from mtrec_gui.wording import engine_text, say

STEPS = 100  # of the slider for each factor of ten


class TaskEditor(Card):
    """Edits the chosen task.

    Signals
    -------
    edited : (``TaskField``, value)
    """

    edited = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("-", "-", parent)
        self.set_words(
            self.tr("The chosen task"),
            self.tr("Changes hold at once; every one can be undone at the top of the window."),
        )
        self._quiet = False
        self.name = QLineEdit()
        self.name.setMaxLength(60)
        self.kind = _combo([(engine_text(kind.value), kind.value) for kind in TaskKind])
        self.label = _combo([])
        self.item_kind = _combo([])
        self.parent_task = _combo([])
        self.relevant_from = QuietDoubleSpin()
        self.relevant_from.setRange(-1e9, 1e9)
        self.relevant_from.setDecimals(4)
        self.relevant_from.setSingleStep(0.5)
        self.relevant_from.setKeyboardTracking(False)
        self.weight = QuietDoubleSpin()
        self.weight.setRange(0.01, 100)
        self.weight.setDecimals(3)
        self.weight.setStepType(QuietDoubleSpin.StepType.AdaptiveDecimalStepType)
        self.weight.setKeyboardTracking(False)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(-2 * STEPS, 2 * STEPS)
        self.slider.setPageStep(STEPS // 2)
        self.enabled = QCheckBox(self.tr("takes part in the next comparison"))
        self.refusal = PlainLabel(role="worse", wrap=True)
        self.refusal.hide()
        self._lay_out()
        self._connect()

    # --- building --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        weight = QWidget()
        weight.setLayout(row(self.weight, self.slider))
        self.weight.setFixedWidth(self.weight.sizeHint().width())
        blocks = (
            (self.tr("Name"), self.name, self.tr("what you call it")),
            (self.tr("Weight"), weight, self.tr("how much it counts in a shared model; 1 is even")),
            (self.tr("Label"), self.label, self.tr("the column that it predicts")),
            (
                self.tr("Relevant from"),
                self.relevant_from,
                self.tr("from this value up, an item counts as a hit in a list"),
            ),
            (
                self.tr("Kind"),
                self.kind,
                self.tr("binary: 0 or 1; rating: on a scale; quantity: an amount"),
            ),
            (
                self.tr("Needs first"),
                self.parent_task,
                self.tr("the task that must happen before, as a click before a purchase"),
            ),
            (self.tr("Ranks"), self.item_kind, self.tr("the kind of items in its lists")),
            (self.tr("Switched on"), self.enabled, ""),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(L + M)
        grid.setVerticalSpacing(M)
        for place, (title, control, remark) in enumerate(blocks):
            words = PlainLabel(title, "strong")
            target = self.weight if control is weight else control
            target.setAccessibleName(title)
            target.setAccessibleDescription(remark)
            words.setBuddy(target)
            parts = [words, control] + ([PlainLabel(remark, "remark", wrap=True)] if remark else [])
            grid.addLayout(column(*parts, None, spacing=2), place // 2, place % 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.slider.setAccessibleName(self.tr("Weight, on a scale of powers of ten"))
        self.body.addLayout(grid)
        self.body.addWidget(self.refusal)
        self.body.addStretch(1)

    def _connect(self) -> None:
        self.name.editingFinished.connect(lambda: self._tell(TaskField.NAME, self.name.text()))
        for field, combo in (
            (TaskField.KIND, self.kind),
            (TaskField.LABEL, self.label),
            (TaskField.ITEM_KIND, self.item_kind),
            (TaskField.PARENT, self.parent_task),
        ):
            combo.activated.connect(
                lambda _, field=field, combo=combo: self._tell(field, combo.currentData())
            )
        self.relevant_from.valueChanged.connect(
            lambda value: self._tell(TaskField.RELEVANT_FROM, value)
        )
        self.weight.valueChanged.connect(lambda value: self._tell(TaskField.WEIGHT, value))
        self.slider.valueChanged.connect(
            lambda place: self._tell(TaskField.WEIGHT, _rounded(10 ** (place / STEPS)))
        )
        self.enabled.toggled.connect(lambda on: self._tell(TaskField.ENABLED, on))

    def _tell(self, field: TaskField, value: object) -> None:
        if not self._quiet:
            self.refusal.hide()
            self.edited.emit(field, value)

    # --- what the page asks ----------------------------------------------------------------

    def show_task(self, state: TasksState) -> None:
        """Show the chosen task."""
        if state.chosen is None:
            return
        task = state.rows[state.chosen].task
        others = [each.task.name for each in state.rows if each.task.name != task.name]
        self._quiet = True
        if not (self.name.hasFocus() and self.name.text().strip() == task.name):
            self.name.setText(task.name)
        self.kind.setCurrentIndex(self.kind.findData(task.kind.value))
        _fill(self.label, [(name, name) for name in state.labels], task.label)
        _fill(self.item_kind, [(name, name) for name in state.item_kinds], task.item_kind)
        _fill(
            self.parent_task,
            [(self.tr("nothing"), None), *((name, name) for name in others)],
            task.parent,
        )
        self.relevant_from.setValue(task.relevant_from)
        self.weight.setValue(task.weight)
        self._place_slider(task)
        self.enabled.setChecked(task.enabled)
        self._quiet = False

    def show_refusal(self, reason: Message) -> None:
        """Say why an edit was not taken."""
        self.refusal.setText(say(reason))
        self.refusal.show()

    def _place_slider(self, task: Task) -> None:
        if _rounded(10 ** (self.slider.value() / STEPS)) != task.weight:
            self.slider.setValue(round(STEPS * math.log10(task.weight)))


def _combo(choices: Sequence[tuple[str, object]]) -> QuietCombo:
    combo = QuietCombo()
    combo.setSizeAdjustPolicy(QuietCombo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(10)
    for text, value in choices:
        combo.addItem(text, value)
    return combo


def _fill(combo: QuietCombo, choices: Sequence[tuple[str, object]], chosen: str | None) -> None:
    """Offer choices; what is chosen but not among them is offered too, to be seen as it is."""
    names = [value for _, value in choices]
    wanted = [*choices] if chosen in names else [*choices, (str(chosen), chosen)]
    if [(combo.itemText(place), combo.itemData(place)) for place in range(combo.count())] != wanted:
        combo.clear()
        for text, value in wanted:
            combo.addItem(text, value)
    combo.setCurrentIndex([value for _, value in wanted].index(chosen))


def _rounded(weight: float) -> float:
    """Return a weight with two digits that count."""
    return float(f"{weight:.2g}")

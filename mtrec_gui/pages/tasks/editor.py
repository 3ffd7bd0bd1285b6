"""The editor of one task: a control for each of its fields."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from algorithms.messages import Message
from algorithms.tasks import Task, TaskKind
from mtrec_gui.pages.tasks.presenter import TaskField, TasksState
from mtrec_gui.theme import L, M
from mtrec_gui.widgets.appearance import Appearance
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

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__("-", "-", parent)
        self._appearance = appearance
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
        self.enabled = QCheckBox(self.tr("takes part"))
        self.refusal = PlainLabel(role="worse", wrap=True)
        self.refusal.hide()
        self._lay_out()
        self._connect()
        appearance.changed.connect(self._scale)
        self._scale()

    # --- building --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(L)
        grid.setVerticalSpacing(M)
        blocks: tuple[tuple[str, QWidget, str], ...] = (
            (self.tr("Name"), self.name, self.tr("what you call it")),
            (self.tr("Label"), self.label, self.tr("the column to predict")),
            (self.tr("Kind"), self.kind, self.tr("0 or 1, a scale, an amount")),
            (self.tr("Ranks"), self.item_kind, self.tr("the items in its lists")),
            (self.tr("Relevant from"), self.relevant_from, self.tr("from here up it is a hit")),
            (self.tr("Needs first"), self.parent_task, self.tr("what must happen before")),
        )
        for place, (title, control, remark) in enumerate(blocks):
            grid.addLayout(_block(title, control, control, remark), place // 3, place % 3)
        weight = QWidget()
        weight.setLayout(row(self.weight, self.slider))
        self.weight.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        remark = self.tr("how much it counts where a model shares parameters; 1 is even")
        grid.addLayout(_block(self.tr("Weight"), weight, self.weight, remark), 2, 0, 1, 2)
        remark = self.tr("switched off, it waits")
        grid.addLayout(_block(self.tr("Switched on"), self.enabled, self.enabled, remark), 2, 2)
        for place in range(3):
            grid.setColumnStretch(place, 1)
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

    def _scale(self) -> None:
        self.slider.setMinimumHeight(self._appearance.px(22))  # the style sheet's handle
        for spin in (self.relevant_from, self.weight):  # the style sheet gives it no right margin
            spin.lineEdit().setTextMargins(0, 0, self._appearance.px(4), 0)

    def _place_slider(self, task: Task) -> None:
        if _rounded(10 ** (self.slider.value() / STEPS)) != task.weight:
            self.slider.setValue(round(STEPS * math.log10(task.weight)))


def _block(title: str, control: QWidget, target: QWidget, remark: str) -> QVBoxLayout:
    """Return a control under its title and over its remark; ``target`` is what has the focus."""
    words = PlainLabel(title, "strong")
    words.setBuddy(target)
    target.setAccessibleName(title)
    target.setAccessibleDescription(remark)
    return column(words, control, PlainLabel(remark, "remark", wrap=True), None, spacing=2)


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

"""The card in which curves are composed."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QWidget

from algorithms.search import CurveKind
from mtrec_gui.pages.search.curve_state import MOST_MODELS, CurveForm
from mtrec_gui.pages.search.words import model_words
from mtrec_gui.widgets.buttons import Segments, button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, row
from mtrec_gui.widgets.quiet_controls import QuietCombo, QuietSpin
from mtrec_gui.wording import say

_MOST_SEEDS = 20


class CurveFormCard(Card):
    """Which curve, of which models, on which task, at which points, how often.

    Signals
    -------
    kind_chosen, task_chosen, parameter_chosen, values_edited : key or text
    model_chosen : (place, key); without a key nothing stands there
    seeds_edited : number
    start_pressed, cancel_pressed
    """

    kind_chosen = Signal(str)
    model_chosen = Signal(int, str)
    task_chosen = Signal(str)
    parameter_chosen = Signal(str)
    values_edited = Signal(str)
    seeds_edited = Signal(int)
    start_pressed = Signal()
    cancel_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.set_words(self.tr("What to draw"), self.tr("What is turned up, and for whom."))
        self.kind = Segments(
            [
                (CurveKind.LABELS.value, self.tr("Labels")),
                (CurveKind.SIZE.value, self.tr("Size")),
                (CurveKind.SHRINK.value, self.tr("Bytes")),
            ]
        )
        self.kind.chosen.connect(self.kind_chosen)
        self.meaning = PlainLabel(role="remark", wrap=True)
        self.models = [_combo(self.tr("Model"))]
        self.models += [_combo(self.tr("Another model beside it")) for _ in range(MOST_MODELS - 1)]
        for place, combo in enumerate(self.models):
            combo.activated.connect(
                lambda n, place=place, combo=combo: self.model_chosen.emit(place, combo.itemData(n))
            )
        self.task = _combo(self.tr("Task"))
        self.task.activated.connect(lambda n: self.task_chosen.emit(self.task.itemData(n)))
        self.parameter = _combo(self.tr("What is turned up"))
        self.parameter.activated.connect(
            lambda n: self.parameter_chosen.emit(self.parameter.itemData(n))
        )
        self.values = QLineEdit()
        self.values.setAccessibleName(self.tr("Points of the curve"))
        self.values.editingFinished.connect(self._values_typed)
        self.seeds = QuietSpin()
        self.seeds.setRange(1, _MOST_SEEDS)
        self.seeds.setKeyboardTracking(False)
        self.seeds.setAccessibleName(self.tr("Seeds at each point"))
        self.seeds.valueChanged.connect(self.seeds_edited)
        self.obstacle = PlainLabel(role="worse", wrap=True)
        self.start = button(self.tr("Draw"), "primary")
        self.start.clicked.connect(self.start_pressed)
        self.cancel = button(self.tr("Stop"))
        self.cancel.clicked.connect(self.cancel_pressed)
        self.parameter_head = PlainLabel(self.tr("What is turned up"), "muted", wrap=True)
        self.values_head = PlainLabel(role="muted", wrap=True)
        self.body.addLayout(row(self.kind, None))
        self.body.addWidget(self.meaning)
        self._head(self.tr("Models, up to three"))
        for combo in self.models:
            self.body.addWidget(combo)
        self._head(self.tr("Task, judged by its main metric"))
        self.body.addWidget(self.task)
        self.body.addWidget(self.parameter_head)
        self.body.addWidget(self.parameter)
        self.body.addWidget(self.values_head)
        self.body.addWidget(self.values)
        self._head(self.tr("Runs at each point, each with a seed of its own"))
        self.body.addLayout(row(self.seeds, None))
        self.body.addWidget(self.obstacle)
        self.body.addLayout(row(self.start, self.cancel, None))
        self.body.addStretch(1)
        self._typed = ""
        self._can_start = self._is_running = False

    def show_form(self, form: CurveForm) -> None:
        """Show what will be drawn."""
        self.kind.choose(form.kind.value)
        self.meaning.setText(self._meaning(form.kind))
        titles = [(each.id, model_words(each.key, each.config)) for each in form.models]
        for place, combo in enumerate(self.models):
            _fill(combo, titles if place == 0 else [("", self.tr("no other model")), *titles])
            combo.setCurrentIndex(
                combo.findData(form.chosen[place] if place < len(form.chosen) else "")
            )
            combo.setVisible(place <= len(form.chosen))
        _fill(self.task, [(name, name) for name in form.tasks])
        self.task.setCurrentIndex(self.task.findData(form.task))
        is_size = form.kind is CurveKind.SIZE
        _fill(self.parameter, [(name, name) for name in form.parameters])
        self.parameter.setCurrentIndex(self.parameter.findData(form.parameter))
        for widget in (self.parameter_head, self.parameter):
            widget.setVisible(is_size)
        needs_values = form.kind is not CurveKind.SHRINK
        self.values_head.setVisible(needs_values)
        self.values.setVisible(needs_values)
        self.values_head.setText(
            self.tr("Its values, with commas between")
            if is_size
            else self.tr("Shares of labels kept, with commas between")
        )
        self._typed = form.values
        if self.values.text() != form.values:
            self.values.setText(form.values)
        with QSignalBlocker(self.seeds):
            self.seeds.setValue(form.n_seeds)
        self.obstacle.setText("" if form.obstacle is None else say(form.obstacle))
        self.obstacle.setVisible(form.obstacle is not None)
        self._can_start = form.obstacle is None
        self._enable()

    def show_running(self, is_running: bool) -> None:
        """Show whether curves are being drawn."""
        self._is_running = is_running
        self.cancel.setVisible(is_running)
        self._enable()

    def _enable(self) -> None:
        self.start.setEnabled(self._can_start and not self._is_running)

    def _meaning(self, kind: CurveKind) -> str:
        return {
            CurveKind.LABELS: self.tr(
                "Labels of one task are hidden in training but for a share. A model that shares "
                "should fall later than one that learns the task alone. Judged on test data."
            ),
            CurveKind.SIZE: self.tr(
                "One number that makes the model larger is turned up. Where quality bends is the "
                "knee: what lies beyond costs time and memory for little. Judged on test data."
            ),
            CurveKind.SHRINK: self.tr(
                "A fitted network is written in fewer bits or with fewer units, without learning "
                "anew. Judged on validation data, for such a copy is there to be chosen."
            ),
        }[kind]

    def _values_typed(self) -> None:
        if self.values.text().strip() != self._typed:
            self.values_edited.emit(self.values.text())

    def _head(self, title: str) -> None:
        self.body.addWidget(PlainLabel(title, "muted", wrap=True))


def _combo(name: str) -> QuietCombo:
    combo = QuietCombo()
    combo.setAccessibleName(name)
    combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(12)
    return combo


def _fill(combo: QuietCombo, wanted: list[tuple[str, str]]) -> None:
    """Replace what a list offers, where it changed."""
    if [(combo.itemData(n), combo.itemText(n)) for n in range(combo.count())] != wanted:
        combo.clear()
        for key, text in wanted:
            combo.addItem(text, key)

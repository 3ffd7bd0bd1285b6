"""How models are judged: the split, the seeds, the length of the lists."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from algorithms.data.split import SplitConfig, SplitMethod
from mtrec_gui.pages.experiments.state import Judging
from mtrec_gui.pages.experiments.words import ExperimentWords
from mtrec_gui.theme import L, M, S
from mtrec_gui.widgets.buttons import Segments
from mtrec_gui.widgets.config_form import ConfigForm
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, row
from mtrec_gui.widgets.quiet_controls import QuietSpin

_FIELDS = {
    SplitMethod.RANDOM: ("validation_fraction", "test_fraction"),
    SplitMethod.LEAVE_LAST_OUT: ("n_validation", "n_test"),
}


class JudgingCard(Card):
    """Edits how the data is divided and how often.

    Signals
    -------
    split_edited : (field, values that differ)
    seeds_edited : what was typed
    k_edited : length of the lists
    """

    split_edited = Signal(str, dict)
    seeds_edited = Signal(str)
    k_edited = Signal(int)

    def __init__(self, words: ExperimentWords, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._words = words
        self.set_words(
            self.tr("How they are judged"),
            self.tr("The same for all models, so that their numbers can be compared."),
        )
        self.method = Segments(
            [
                (SplitMethod.RANDOM, self.tr("Random")),
                (SplitMethod.LEAVE_LAST_OUT, self.tr("Leave last out")),
            ]
        )
        self.method.chosen.connect(self._method_chosen)
        self._meaning = PlainLabel(role="remark", wrap=True)
        self.form = ConfigForm(SplitConfig, skip=("method",))
        self.form.changed.connect(self._form_changed)
        self._split: dict[str, object] = {}
        self.seeds = QLineEdit()
        self.seeds.setAccessibleName(self.tr("Seeds"))
        self.seeds.editingFinished.connect(lambda: self.seeds_edited.emit(self.seeds.text()))
        self._seeds_remark = PlainLabel(role="remark", wrap=True)
        self.k = QuietSpin()
        self.k.setRange(1, 100)
        self.k.setKeyboardTracking(False)
        self.k.setAccessibleName(self.tr("Length of the lists (k)"))
        self.k.valueChanged.connect(self.k_edited)
        self.body.setSpacing(S)
        self.body.addLayout(row(PlainLabel(self.tr("Split")), None, self.method))
        self.body.addWidget(self._meaning)
        self.body.addWidget(self.form)
        grid = QGridLayout()
        grid.setHorizontalSpacing(L)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        self._add(grid, 0, self.tr("Seeds"), self.seeds, self._seeds_remark)
        k_remark = PlainLabel(self.tr("Precision, recall and NDCG look at so many items"), "remark",
                              wrap=True)  # fmt: skip
        self._add(grid, 2, self.tr("Length of the lists (k)"), self.k, k_remark)
        self.body.addLayout(grid)
        self.body.addStretch(1)

    def _add(
        self, grid: QGridLayout, place: int, text: str, control: QWidget, remark: PlainLabel
    ) -> None:
        label = PlainLabel(text)
        label.setBuddy(control)
        remark.setContentsMargins(0, 0, 0, M)
        grid.addWidget(label, place, 0)
        grid.addWidget(control, place, 1)
        grid.addWidget(remark, place + 1, 0, 1, 2)

    def show_judging(self, judging: Judging) -> None:
        """Show the settings."""
        self._split = dict(judging.split)
        method = SplitMethod(str(judging.split["method"]))
        self.method.choose(method)
        self.form.set_values(judging.split)
        self.form.show_fields(_FIELDS[method])
        self._meaning.setText(
            self.tr("Events are drawn at random: every part looks like the whole.")
            if method is SplitMethod.RANDOM
            else self.tr("Each user's last events are kept back: the past predicts the future.")
        )
        if self.seeds.text() != judging.seeds:
            self.seeds.setText(judging.seeds)
        problem = judging.seeds_problem
        self._seeds_remark.set_role("remark" if problem is None else "worse")
        self._seeds_remark.setText(
            self.tr("Each seed draws another split and runs every model once more")
            if problem is None
            else self._words.seeds_problem(problem)
        )
        with QSignalBlocker(self.k):
            self.k.setValue(judging.k)

    def _form_changed(self, field: str, values: dict[str, object]) -> None:
        self.split_edited.emit(field, values | {"method": self._split["method"]})

    def _method_chosen(self, key: str) -> None:
        self.split_edited.emit("method", self._split | {"method": str(key)})

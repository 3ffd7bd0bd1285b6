"""How models are judged: the split, the seeds, the length of the lists."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from algorithms.data.split import PARAMETERS, SplitConfig, SplitMethod
from algorithms.evaluation import when_right
from mtrec_gui.pages.experiments.split_box import SplitBox
from mtrec_gui.pages.experiments.state import Judging
from mtrec_gui.pages.experiments.words import ExperimentWords
from mtrec_gui.theme import L, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.config_form import ConfigForm
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, row
from mtrec_gui.widgets.quiet_controls import QuietCombo, QuietSpin
from mtrec_gui.wording import say


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

    def __init__(
        self, words: ExperimentWords, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._words = words
        self.set_words(
            self.tr("How they are judged"),
            self.tr("The same for all models, so that their numbers can be compared."),
        )
        self.method = QuietCombo()
        self.method.setAccessibleName(self.tr("Split"))
        for method, title in (
            (SplitMethod.RANDOM, self.tr("Random events")),
            (SplitMethod.RANDOM_BY_USER, self.tr("Random users")),
            (SplitMethod.LEAVE_LAST_OUT, self.tr("Leave last out")),
            (SplitMethod.LEAVE_K_OUT, self.tr("Leave k out")),
            (SplitMethod.TEMPORAL, self.tr("Cut in time")),
            (SplitMethod.K_FOLD, self.tr("k-fold")),
        ):
            self.method.addItem(title, method.value)
        self.method.currentIndexChanged.connect(self._method_chosen)
        self.meaning = PlainLabel(role="muted", wrap=True)
        self.picture = SplitBox(appearance)
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
        split = PlainLabel(self.tr("Split"))
        split.setBuddy(self.method)
        self.body.addLayout(row(split, None, self.method))
        self.body.addWidget(self.meaning)
        self.body.addWidget(self.form)
        self.body.addWidget(self.picture)
        self.body.addSpacing(S)
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
        with QSignalBlocker(self.method):
            self.method.setCurrentIndex(self.method.findData(method.value))
        self.form.set_values(judging.split)
        self.form.show_fields(PARAMETERS[method])
        self.meaning.setText(say(when_right(method)))
        if self.seeds.text() != judging.seeds:
            self.seeds.setText(judging.seeds)
        problem = judging.seeds_problem
        self._seeds_remark.set_role("remark" if problem is None else "worse")
        self._seeds_remark.setText(
            self._seeds_meaning(method) if problem is None else self._words.seeds_problem(problem)
        )
        with QSignalBlocker(self.k):
            self.k.setValue(judging.k)

    def _form_changed(self, field: str, values: dict[str, object]) -> None:
        self.split_edited.emit(field, values | {"method": self._split["method"]})

    def _seeds_meaning(self, method: SplitMethod) -> str:
        if method is SplitMethod.K_FOLD:
            return self.tr(
                "Each seed is judged on a fold of its own; seeds 0 to {last} judge every event once"
            ).format(last=int(str(self._split["n_folds"])) - 1)
        if method in (SplitMethod.LEAVE_LAST_OUT, SplitMethod.TEMPORAL):
            return self.tr("This split is the same for all seeds; every model runs once for each")
        return self.tr("Each seed draws another split and runs every model once more")

    def _method_chosen(self, place: int) -> None:
        method = str(self.method.itemData(place))
        self.split_edited.emit("method", self._split | {"method": method})

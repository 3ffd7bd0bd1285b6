"""The card of one list: whose it is, what it found, the places."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QSizePolicy, QVBoxLayout, QWidget

from mtrec_gui.pages.explain.ranked_list import RankedList
from mtrec_gui.pages.explain.state import ExplainState, ListKind, ModelList
from mtrec_gui.pages.explain.words import Words
from mtrec_gui.theme import XS, L, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.boxes import fill
from mtrec_gui.widgets.buttons import button, set_icon
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel
from mtrec_gui.widgets.layout import row


class ListCard(QFrame):
    """What one model recommends; the model can be exchanged in the card's heading.

    Signals
    -------
    model_replaced : id of the run wanted instead
    removed : the list is to go
    item_chosen : index of an item
    """

    model_replaced = Signal(int)
    removed = Signal()
    item_chosen = Signal(int)

    def __init__(self, appearance: Appearance, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._appearance, self._words = appearance, words
        self.model = QComboBox()
        self.model.setProperty("kind", "title")
        self.model.setAccessibleName(self.tr("Model of this list"))
        self.model.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.model.setMinimumContentsLength(8)
        self.model.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.model.activated.connect(
            lambda place: self.model_replaced.emit(self.model.itemData(place))
        )
        self.title = ElidedLabel("", "cardTitle")
        self.remove = button("", "quiet", self.tr("Take this list away"))
        self.remove.setAccessibleName(self.tr("Take this list away"))
        self.remove.clicked.connect(self.removed)
        self.sentence = PlainLabel("", "remark", wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.list = RankedList(appearance, words.mark)
        self.list.item_chosen.connect(self.item_chosen)
        self.nothing = PlainLabel("", "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.place = ElidedLabel("", "remark")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(L, L - S, L, S)
        layout.setSpacing(XS)
        layout.addLayout(row(self.model, self.title, self.remove))
        layout.addWidget(self.sentence, 1)
        layout.addWidget(self.nothing)
        layout.addWidget(self.list)
        layout.addWidget(self.place)
        appearance.changed.connect(self._restyle)
        self._restyle()

    def show_list(self, shown: ModelList, state: ExplainState) -> None:
        """Show a list of the page."""
        is_task = shown.kind is ListKind.TASK
        self.model.setVisible(is_task)
        self.title.setVisible(not is_task)
        self.remove.setVisible(is_task and len(state.lists) > 1)
        name = self._words.run(shown.run) if is_task else self._words.list_title(shown)
        self.title.setText(name)
        if is_task:
            self._show_models(shown, state)
        self.sentence.setText(self._words.list_sentence(shown, state))
        self.list.setAccessibleName(name)
        self.list.setVisible(bool(shown.entries))
        self.nothing.setVisible(not shown.entries)
        self.nothing.setMinimumHeight(self.list.height())
        self.nothing.setText(self._words.empty_list(shown))
        self.list.show_entries(shown.entries, state.question.item)
        self.place.setText(self._words.list_place(shown, state) or " ")

    def _show_models(self, shown: ModelList, state: ExplainState) -> None:
        """Offer the models that no other list shows."""
        elsewhere = {each.run.id for each in state.lists} - {shown.run.id}
        offered = [run for run in state.runs if run.id not in elsewhere]
        fill(self.model, [(run.id, self._words.run(run)) for run in offered], shown.run.id)

    def _restyle(self) -> None:
        set_icon(self.remove, "x", self._appearance)
        self.place.setMinimumHeight(self._appearance.px(16))

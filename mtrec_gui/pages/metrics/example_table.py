"""The rows of an example to be read, not changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from algorithms.metrics.lab import (
    AnswerRows,
    RankedList,
    TaskGains,
    UserLists,
    ValueRows,
    Workbench,
)
from mtrec_gui.pages.metrics.item_table import ItemTable
from mtrec_gui.pages.metrics.lists_words import BY_RELEVANCE, item_text, user_remark
from mtrec_gui.pages.metrics.words import signed
from mtrec_gui.theme import XS, L, S
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import clear
from mtrec_gui.wording import number

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

_Rows = ValueRows | AnswerRows | RankedList | TaskGains


class ExampleTable(QWidget):
    """A small table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(XS)

    def show_example(self, example: Workbench, metrics: Sequence[str] = ()) -> None:
        """Show the rows of a workbench, and what the metrics look at beside them."""
        clear(self._layout)
        if isinstance(example, UserLists):
            self._show_lists(example, metrics)
            return
        heads, lines, remark = self._content(example)
        names = 1 if isinstance(example, RankedList) else 0  # the column of words
        grid = QGridLayout()
        grid.setHorizontalSpacing(L)
        grid.setVerticalSpacing(XS)
        for row, line in enumerate([heads, *lines]):
            for column, text in enumerate(line):
                label = PlainLabel(text, "text" if row else "remark")
                if column and column != names:
                    grid.addWidget(label, row, column, _RIGHT)
                else:
                    grid.addWidget(label, row, column)
        grid.setColumnStretch(len(heads), 1)
        self._layout.addLayout(grid)
        if remark:
            self._layout.addWidget(PlainLabel(remark, "remark", wrap=True))

    def _content(self, example: _Rows) -> tuple[list[str], list[list[str]], str]:
        """Return the heads, the lines and a remark."""
        if isinstance(example, ValueRows):
            names = example.names or [f"{n}" for n in range(1, len(example) + 1)]
            lines = [
                [name, signed(truth), signed(round(said, 3))]
                for name, truth, said in zip(names, example.truth, example.predicted, strict=True)
            ]
            return [self.tr("row"), self.tr("truth"), self.tr("prediction")], lines, ""
        if isinstance(example, AnswerRows):
            names = example.names or [f"{n}" for n in range(1, len(example) + 1)]
            yes_no = (self.tr("no"), self.tr("yes"))
            rows = zip(names, example.truth, example.scores, example.answers, strict=True)
            lines = [
                [name, yes_no[truth], number(score, 2), yes_no[answer]]
                for name, truth, score, answer in rows
            ]
            heads = [
                self.tr("row"),
                self.tr("happened"),
                self.tr("score"),
                self.tr("answer"),
            ]
            remark = self.tr("The answer is yes from {threshold} up.")
            return heads, lines, remark.format(threshold=number(example.threshold, 2))
        if isinstance(example, RankedList):
            return self._list_content(example)
        return self._gain_content(example)

    def _list_content(self, example: RankedList) -> tuple[list[str], list[list[str]], str]:
        graded = any(grade not in (0, 1) for grade in example.relevance)
        lines = []
        for place, (name, grade) in enumerate(
            zip(example.names, example.relevance, strict=True), start=1
        ):
            word = self.tr("✓ relevant") if grade else "–"
            mark = signed(grade) if graded else word
            lines.append([f"{place}", name, mark])
        remark = self.tr("k = {k}; relevant items that are not in the list: {n}.")
        heads = [self.tr("place"), self.tr("item"), self.tr("relevant")]
        return heads, lines, remark.format(k=example.k, n=len(example.unlisted))

    def _show_lists(self, example: UserLists, metrics: Sequence[str]) -> None:
        """Show several users' lists, and under each what a metric looks at beside it."""
        marks = any(key in BY_RELEVANCE for key in metrics)
        grid = QGridLayout()
        grid.setHorizontalSpacing(L)
        grid.setVerticalSpacing(XS)
        for place in range(1, example.width + 1):
            grid.addWidget(PlainLabel(f"{place}", "remark"), 0, place)
        for user, name in enumerate(example.users):
            grid.addWidget(PlainLabel(name), 2 * user + 1, 0)
            for place, item in enumerate(example.lists[user]):
                role = "text" if place < example.k else "muted"
                text = item_text(example, user, item, marks)
                grid.addWidget(PlainLabel(text, role), 2 * user + 1, place + 1)
            remark = user_remark(example, user, metrics)
            if remark:
                label = PlainLabel(remark, "remark", wrap=True)
                grid.addWidget(label, 2 * user + 2, 1, 1, example.width + 1)
        grid.setColumnStretch(example.width + 1, 1)
        self._layout.addLayout(grid)
        items = ItemTable()
        items.show_items(example)
        self._layout.addSpacing(S)
        self._layout.addWidget(items)
        said = self.tr("k = {k}; {n} users in training.")
        self._layout.addWidget(
            PlainLabel(said.format(k=example.k, n=example.items.n_users), "remark", wrap=True)
        )

    def _gain_content(self, example: TaskGains) -> tuple[list[str], list[list[str]], str]:
        columns = zip(
            example.tasks, example.single, example.multi, example.higher_is_better, strict=True
        )
        lines = [
            [f"{task} {'↑' if higher else '↓'}", number(single), number(multi)]
            for task, single, multi, higher in columns
        ]
        return [self.tr("task"), self.tr("alone"), self.tr("together")], lines, ""

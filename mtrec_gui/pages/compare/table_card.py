"""The card with the table: what still runs, the numbers, how sure they are, the footnotes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mtrec_gui.pages.compare.equivalence_row import EquivalenceRow
from mtrec_gui.pages.compare.footnote_words import FootnoteWords
from mtrec_gui.pages.compare.state import CompareState, Section
from mtrec_gui.pages.compare.words import TableWords
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card
from mtrec_gui.widgets.metric_table import MetricTable


class TableCard(Card):
    """Shows the comparison as a table.

    Signals
    -------
    cell_asked : row and column of a number whose meaning is wanted
    width_chosen : gains up to which, in percent, models count as practically equal
    """

    cell_asked = Signal(int, int)
    width_chosen = Signal(float)

    def __init__(
        self,
        appearance: Appearance,
        task_position: Callable[[str], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self.words = TableWords(task_position, self)
        self._footnotes = FootnoteWords(self)
        self.running = PlainLabel(role="muted", wrap=True)
        self.table = MetricTable(appearance)
        self.table.setAccessibleName(self.tr("Models side by side"))
        self.detail = PlainLabel(role="remark", wrap=True)
        self.notes = PlainLabel(role="remark", wrap=True)
        self.equivalence = EquivalenceRow()
        self.equivalence.chosen.connect(self.width_chosen)
        for widget in (self.running, self.table, self.detail, self.equivalence, self.notes):
            self.body.addWidget(widget)
        self.table.cell_asked.connect(self.cell_asked)
        self.table.cell_reached.connect(self._say_certainty)

    def render_state(self, state: CompareState) -> None:
        """Show the table of a state."""
        self.table.set_table(self.tr("Model"), self.words.columns(state), self.words.rows(state))
        notes = self._footnotes.text(state)
        self.notes.setText(notes)
        self.notes.setVisible(bool(notes))
        has_verdicts = state.shown is not None and bool(state.shown.comparison.twins)
        self.equivalence.setVisible(has_verdicts and state.section is not Section.COST)
        self.equivalence.show_width(state.width)
        running = [run for run in state.pending if run.n_left]
        self.running.setVisible(bool(running))
        if running:
            self.running.setText(
                self.tr("{n} runs are not over: {models}. Rows appear as they finish.").format(
                    n=sum(run.n_left for run in running),
                    models=", ".join(run.title for run in running),
                )
            )
        index = self.table.currentIndex()
        self._say_certainty(index.row(), index.column())

    def _say_certainty(self, row: int, column: int) -> None:
        """Write out what the tool tip says, for those who use the keyboard."""
        can_ask = any(cell.can_be_asked for line in self.table.rows for cell in line.cells)
        hint = self.tr("Click a number, or go to it with the arrow keys and press Enter.")
        text = hint if can_ask else ""
        if 0 <= row < len(self.table.rows):
            shown = self.table.rows[row]
            text = f"{shown.title}: {shown.sentence}" if shown.sentence else text
            if 0 <= column < len(shown.cells) and shown.cells[column].tip:
                head = self.table.columns[column]
                name = f"{shown.title}, {head.task} {head.title}" if head.task else shown.title
                text = f"{name}: {shown.cells[column].text} · {shown.cells[column].tip}"
        self.detail.setText(text)
        self.detail.setVisible(bool(text))

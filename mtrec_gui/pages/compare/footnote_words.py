"""What stands under the table: what the words mean, who is left out, and the notes of the runs."""

from __future__ import annotations

from string import Formatter

from PySide6.QtCore import QCoreApplication, QObject

from algorithms.models.base import Bound
from mtrec_gui.pages.compare.state import CompareState, Footnote, Section, Shown
from mtrec_gui.pages.compare.words import SUPERSCRIPTS
from mtrec_gui.wording import engine_text


class FootnoteWords(QObject):
    """Writes out the footnotes of the part of the table that is shown."""

    def text(self, state: CompareState) -> str:
        """Write out what stands under the table."""
        shown = state.shown
        if shown is None or not shown.comparison.rows:
            return ""
        if state.section is Section.COST:
            return self.tr(
                "Seconds are wall-clock time on this machine, the mean over the seeds; "
                "memory is the highest of a run's own process."
            )
        parts = [self.tr("Bold: the best of its column.")]
        if shown.comparison.twins:
            parts.append(self._verdicts(state.width))
        parts += self._left_out(state, shown)
        parts += self._bounds(shown)
        if len(shown.seeds) > 1:
            parts.append(self.tr("Values are means over the seeds."))
        footnotes = shown.footnotes[state.section]
        if footnotes.seed is not None and footnotes.notes:
            parts.append(self.tr("Notes are those of seed {seed}.").format(seed=footnotes.seed))
        notes = []
        for place, note in enumerate(footnotes.notes, start=1):
            notes.append(f"{str(place).translate(SUPERSCRIPTS)} {say_footnote(note)}")
        return "\n".join([" ".join(parts), *notes])

    def _left_out(self, state: CompareState, shown: Shown) -> list[str]:
        """Say for how many users lists cannot be judged; the same for all models."""
        counts: dict[str, tuple[int, int]] = {}
        for place in state.columns:
            column = shown.comparison.columns[place]
            if column.k is None or column.task in counts:
                continue
            cells = (line[place] for line in shown.comparison.cells)
            cell = next((cell for cell in cells if cell is not None), None)
            if cell is not None and cell.n_undefined:
                counts[column.task] = (cell.n_undefined, cell.n + cell.n_undefined)
        if not counts:
            return []
        words = self.tr(
            "Lists have no value for test users to whom nothing in the test is relevant, and these "
            "are left out: {counts}."
        )
        said = [
            self.tr("{n} of {n_all} at “{task}”").format(n=f"{n:,}", n_all=f"{n_all:,}", task=task)
            for task, (n, n_all) in counts.items()
        ]
        return [words.format(counts=", ".join(said))]

    def _verdicts(self, width: float) -> str:
        """Say what the words beside the numbers compare with, and when they are said."""
        against = self.tr(
            "Better, worse: against the same kind of model with every task learned alone (the "
            "reference), paired over the same users."
        )
        limits = (
            self.tr("Cannot tell: the 95 % interval of the gain contains 0.")
            if width == 0
            else self.tr(
                "Practically equal: the 95 % interval of the gain is within ±{width} %. Cannot "
                "tell: it is neither within nor wholly beyond."
            ).format(width=f"{width:g}")
        )
        corrected = self.tr(
            "Better and worse are corrected for the number of verdicts in the table (Holm), since "
            "of twenty one is wrong by chance."
        )
        return f"{against} {limits} {corrected}"

    def _bounds(self, shown: Shown) -> list[str]:
        """Say what the ceiling and the floor mean, where they are there."""
        there = {row.bound for row in shown.comparison.rows}
        said = []
        if Bound.CEILING in there:
            said.append(
                self.tr(
                    "Ceiling: what one would score who knew the truth of this simulated world; "
                    "what is still missing there is chance."
                )
            )
        if Bound.FLOOR in there:
            said.append(self.tr("Floor: the average for everything, in an order drawn by lot."))
        if said:
            said.append(self.tr("They are there to read the others by, and are never the best."))
        return said


def say_footnote(note: Footnote) -> str:
    """Say one sentence of several tasks and models at once, their values beside each other.

    "“a”: 3 events" and "“b”: 5 events" of a model M, and "“a”: 4 events" of a model N become
    "“a / b”: 3 / 5 (M), 4 (N) events"; where there is nothing to tell models apart by, they are
    named after the sentence.
    """
    template = QCoreApplication.translate("engine", note.template)
    fields = [(name, form or "") for _, name, form, _ in Formatter().parse(template) if name]
    values = {
        name: [
            " / ".join(format(message.values[name], form) for message in messages)
            for _, messages in note.said
        ]
        for name, form in fields
    }
    titles = [engine_text(title) for title, _ in note.said]
    differing = [name for name, found in values.items() if len(set(found)) > 1]
    named = differing[-1] if differing else None
    parts = []
    for literal, name, _, _ in Formatter().parse(template):
        parts.append(literal)
        if name == named and name is not None:
            pairs = zip(values[name], titles, strict=True)
            parts.append(", ".join(f"{value} ({title})" for value, title in pairs))
        elif name is not None:
            parts.append(", ".join(dict.fromkeys(values[name])))
    sentence = "".join(parts)
    return sentence if named is not None else f"{sentence} ({', '.join(titles)})"

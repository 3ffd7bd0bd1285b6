"""The card that looks across tasks: who is beaten everywhere, what is reached, who pulls apart."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from algorithms.evaluation.across import AcrossTasks
from mtrec_gui.pages.compare.state import Shown
from mtrec_gui.theme import S
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, clear
from mtrec_gui.wording import engine_text, number

MOST_NAMED = 4


class AcrossCard(Card):
    """Says in sentences what no single column of the table shows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.set_words(
            self.tr("All tasks at once"),
            self.tr("A mean lets one task pay for another; here nothing is paid for."),
        )
        self._lines = QVBoxLayout()
        self._lines.setSpacing(S)
        self.body.addLayout(self._lines)
        self.hide()

    def render_state(self, shown: Shown) -> None:
        """Show what is seen across the tasks of a comparison."""
        clear(self._lines)
        self.setVisible(shown.across is not None)
        if shown.across is None:
            return
        titles = [engine_text(row.title) for row in shown.comparison.rows]
        for sentence in (
            *self._front(shown.across, titles),
            *self._volume(shown.across, titles),
            *self._conflicts(shown.across, titles),
        ):
            self._lines.addWidget(PlainLabel(sentence, wrap=True))

    def _front(self, across: AcrossTasks, titles: list[str]) -> list[str]:
        n = across.n_tasks
        if len(across.front) == 1:
            best = titles[across.front[0]]
            said = [self.tr("{model} is best in all {n} tasks.").format(model=best, n=n)]
        else:
            names = ", ".join(titles[row] for row in across.front)
            words = self.tr(
                "On the Pareto front: {models}. Whoever gains in one task by choosing another of "
                "them loses in another; which is best is for you to weigh."
            )
            said = [words.format(models=names)]
        if not across.beaten:
            return said
        pairs = [
            self.tr("{model} by {other}").format(model=titles[row], other=titles[other])
            for row, other in across.beaten.items()
        ]
        more = len(pairs) - MOST_NAMED
        names = "; ".join(pairs[:MOST_NAMED])
        if more > 0:
            names = self.tr("{names}; and {n} more").format(names=names, n=more)
        words = self.tr("Matched or beaten in all {n} tasks: {names}.")
        return [*said, words.format(n=n, names=names)]

    def _volume(self, across: AcrossTasks, titles: list[str]) -> list[str]:
        if across.volume is None:
            return []
        ideal = (
            self.tr("the ceiling") if across.to_ceiling else self.tr("the best value of each task")
        )
        words = self.tr(
            "Hypervolume: of the space between the floor and {ideal}, the front covers {share}."
        )
        said = words.format(ideal=ideal, share=f"{100 * across.volume:.1f}\u00a0%")
        alone = {row: part for row, part in across.own.items() if part >= 0.0005}
        if len(across.front) > 1 and alone:
            parts = ", ".join(
                f"{titles[row]} {100 * part:.1f}\u00a0%"
                for row, part in sorted(alone.items(), key=lambda pair: -pair[1])[:MOST_NAMED]
            )
            said += " " + self.tr("Covered by nobody else: {parts}.").format(parts=parts)
        return [said]

    def _conflicts(self, across: AcrossTasks, titles: list[str]) -> list[str]:
        said = []
        for row, found in across.conflicts.items():
            worst = min(found, key=lambda each: each.mean)
            words = (
                self.tr(
                    "{model}: the gradients of “{task}” and “{other}” pulled apart in {share} of "
                    "{n} measurements (mean cosine {mean}): these two fit together least."
                )
                if worst.negative_share > 0
                else self.tr(
                    "{model}: no two tasks pulled apart; least alike were “{task}” and “{other}” "
                    "(mean cosine {mean})."
                )
            )
            said.append(
                words.format(
                    model=titles[row],
                    task=worst.task,
                    other=worst.other,
                    share=f"{100 * worst.negative_share:.0f}\u00a0%",
                    n=worst.n_steps,
                    mean=number(worst.mean, 2),
                )
            )
        return said

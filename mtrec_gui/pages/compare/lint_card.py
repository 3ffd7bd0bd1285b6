"""The card of the evaluation linter: whether the comparison itself is sound."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from algorithms.evaluation.linter import LintFinding
from mtrec_gui.theme import XS, M
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, clear, column
from mtrec_gui.wording import engine_text, say


class LintCard(Card):
    """Shows findings with their why and what to do; one quiet line where there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._shown: tuple[LintFinding, ...] | None = None
        self._lines = QVBoxLayout()
        self._lines.setSpacing(M)
        self.body.addLayout(self._lines)
        self.hide()

    def show_findings(self, findings: tuple[LintFinding, ...] | None) -> None:
        """Show what was found; None hides the card."""
        self.setVisible(findings is not None)
        if findings is None or findings == self._shown:
            return
        self._shown = findings
        clear(self._lines)
        if not findings:
            self.set_words(self.tr("Evaluation linter"), self._calm())
            return
        self.set_words(
            self.tr("Evaluation linter"),
            self.tr(
                "Not about the models, but about how they were judged: what to mind in the numbers."
            ),
        )
        for each in findings:
            self._lines.addLayout(
                column(
                    PlainLabel(engine_text(each.rule.value).capitalize(), "strong"),
                    _sentence(say(each.what)),
                    _sentence(say(each.why), "muted"),
                    _sentence(self.tr("What to do: {remedy}").format(remedy=say(each.remedy))),
                    spacing=XS,
                )
            )

    def _calm(self) -> str:
        return self.tr(
            "Nothing found. Looked for: events in two parts, tuning on the test, sampled "
            "candidates, splits without a seed, knowledge of the future, unlike splits, seeds, "
            "tasks or k, and lists longer than their candidates."
        )


def _sentence(words: str, role: str = "text") -> PlainLabel:
    label = PlainLabel(words, role, wrap=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label

"""The card of the leak doctor: what it found, worst first, in whole sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from mtrec_gui.theme import S
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, clear
from mtrec_gui.wording import say

if TYPE_CHECKING:
    from algorithms.evaluation.leaks import LeakFinding, LeakReport

MOST_SHOWN = 4  # findings before "Show all"


class LeakCard(Card):
    """Shows a report; hidden while there is none.

    Parameters
    ----------
    only_findings : whether a report without a finding is hidden too
    """

    def __init__(self, only_findings: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._only_findings = only_findings
        self.set_words(
            self.tr("Leak doctor"),
            self.tr(
                "Looks for what would tell a model the answer: numbers that are too good in the "
                "lab do not hold in use. Nothing is forbidden; you decide."
            ),
        )
        self._report: LeakReport | None = None
        self._all = False
        self._said: list[str] = []
        self._lines = QGridLayout()
        self._lines.setSpacing(S)
        self._lines.setColumnStretch(1, 1)
        self.remark = PlainLabel(role="remark", wrap=True)
        self.more = button("", "quiet")
        self.more.clicked.connect(self._toggle)
        self.body.addLayout(self._lines)
        self.body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.remark)
        self.show_leaks(None)

    def show_leaks(self, report: LeakReport | None) -> None:
        """Show what was found; None hides the card."""
        self._report = report
        is_empty = report is None or (self._only_findings and not report.findings)
        self.setVisible(not is_empty)
        self._fill()

    def sentences(self) -> list[str]:
        """Return what is being shown."""
        return list(self._said)

    def _toggle(self) -> None:
        self._all = not self._all
        self._fill()

    def _fill(self) -> None:
        clear(self._lines)
        self._said = []
        if self._report is None:
            return
        findings = self._report.findings
        shown = findings if self._all else findings[:MOST_SHOWN]
        for place, finding in enumerate(shown):
            self._add(place, finding)
        if not findings:
            calm = self.tr("Nothing suspicious was found in {n} events.")
            words = calm.format(n=f"{self._report.n_events:,}")
            self._lines.addWidget(self._sentence(words), 0, 0, 1, 2)
        self.more.setVisible(len(findings) > MOST_SHOWN)
        self.more.setText(
            self.tr("Show fewer")
            if self._all
            else self.tr("Show all {n}").format(n=f"{len(findings):,}")
        )
        sampled = self._report.sampled
        self.remark.setText("" if sampled is None else say(sampled))
        self.remark.setVisible(sampled is not None)

    def _sentence(self, words: str, role: str = "text") -> PlainLabel:
        self._said.append(words)
        label = PlainLabel(words, role, wrap=True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _add(self, place: int, finding: LeakFinding) -> None:
        """Add one line: a word for how much it should worry, and the sentence."""
        from algorithms.evaluation.leaks import Severity

        word = {
            Severity.LEAK: PlainLabel(self.tr("Leak?"), "worse"),
            Severity.CHECK: PlainLabel(self.tr("Check"), "strong"),
            Severity.NOTE: PlainLabel(self.tr("Note"), "remark"),
        }[finding.severity]
        calm = finding.severity is Severity.NOTE
        sentence = self._sentence(say(finding.message), "muted" if calm else "text")
        self._lines.addWidget(word, place, 0, Qt.AlignmentFlag.AlignTop)
        self._lines.addWidget(sentence, place, 1)

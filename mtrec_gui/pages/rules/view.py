"""Rules as they are seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from mtrec_gui.pages.rules.blend_card import BlendCard
from mtrec_gui.pages.rules.preview_card import PreviewCard
from mtrec_gui.pages.rules.proposal_card import ProposalCard
from mtrec_gui.pages.rules.rule_list import RuleCard
from mtrec_gui.pages.rules.state import PreviewState, RulesState, Version
from mtrec_gui.pages.rules.words import RuleWords
from mtrec_gui.theme import L
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.layout import Page, column
from mtrec_gui.widgets.side_by_side import SideBySide


class RulesPage(Page):
    """The blend and the rules, and what they do for one user.

    Signals
    -------
    method_chosen : product or sum
    power_ticked : (task, whether it counts); power_edited : (task, power)
    rule_chosen, rule_removed : number; rule_ticked : (number, on)
    rule_moved : (number, steps); rule_edited : (number, field, values); rule_added : kind
    user_typed : a user's id; other_user_pressed
    file_opened, file_saved : path
    told : a sentence that says what was done
    page_asked : key of another page
    """

    method_chosen = Signal(str)
    power_ticked = Signal(str, bool)
    power_edited = Signal(str, float)
    rule_chosen = Signal(int)
    rule_ticked = Signal(int, bool)
    rule_moved = Signal(int, int)
    rule_removed = Signal(int)
    rule_edited = Signal(int, str, dict)
    rule_added = Signal(str)
    user_typed = Signal(str)
    other_user_pressed = Signal()
    file_opened = Signal(Path)
    file_saved = Signal(Path)
    version_chosen = Signal(object)
    told = Signal(str)
    page_asked = Signal(str)

    def __init__(
        self, words: RuleWords, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__("", "", appearance, parent)
        self._words = words
        self.title.setText(self.tr("Rules"))
        self.sentence.setText(
            self.tr("How an expert would combine the tasks; the model “Rule blend” follows it.")
        )
        self.earlier = button(self.tr("Earlier rules ▾"))
        self.earlier.setToolTip(self.tr("Take back the rules that a comparison was run with"))
        self.earlier.setMenu(QMenu(self.earlier))
        self.earlier.hide()
        self.toolbar.addWidget(self.earlier)
        self.open = button(self.tr("Import…"))
        self.save = button(self.tr("Export…"))
        self.open.setToolTip(self.tr("Take the rules of a file (TOML) in place of these"))
        self.save.setToolTip(self.tr("Write the rules to a file (TOML) that people can read"))
        self.open.clicked.connect(self._choose_file)
        self.save.clicked.connect(self._choose_place)
        self.toolbar.addWidget(self.open)
        self.toolbar.addWidget(self.save)
        self.blend = BlendCard(words, appearance)
        self.blend.method_chosen.connect(self.method_chosen)
        self.blend.power_ticked.connect(self.power_ticked)
        self.blend.power_edited.connect(self.power_edited)
        self.rules = RuleCard(words, appearance)
        self.rules.rule_chosen.connect(self.rule_chosen)
        self.rules.rule_ticked.connect(self.rule_ticked)
        self.rules.rule_moved.connect(self.rule_moved)
        self.rules.rule_removed.connect(self.rule_removed)
        self.rules.rule_edited.connect(self.rule_edited)
        self.rules.rule_added.connect(self.rule_added)
        self.proposals = ProposalCard(words)
        self.preview = PreviewCard(words, appearance)
        self.preview.user_typed.connect(self.user_typed)
        self.preview.other_user_pressed.connect(self.other_user_pressed)
        self.preview.experiments_asked.connect(lambda: self.page_asked.emit("experiments"))
        left, right = QWidget(), QWidget()
        left.setLayout(column(self.rules, self.proposals, self.blend, None, spacing=L))
        right.setLayout(column(self.preview, None))
        self.body.addWidget(SideBySide(left, right, appearance, 800, (1, 1)))
        self.body.addStretch(1)

    def show_state(self, state: RulesState) -> None:
        """Show the rule set."""
        self.rules.show_state(state)
        self.blend.show_state(state)

    def show_preview(self, state: PreviewState) -> None:
        """Show what the rules do for one user."""
        self.preview.show_preview(state)

    def show_imported(self, name: str, n_rules: int, n_skipped: int) -> None:
        """Say what came from a file."""
        self.told.emit(self._words.imported(name, n_rules, n_skipped))

    def show_exported(self, name: str) -> None:
        """Say that the rules were written to a file."""
        self.told.emit(self._words.exported(name))

    def show_versions(self, versions: Sequence[Version]) -> None:
        """Offer the rules of earlier comparisons, the newest first."""
        menu = self.earlier.menu()
        menu.clear()
        for version in versions:
            action = menu.addAction(self._words.version(version))
            action.triggered.connect(
                lambda _=False, version=version: self.version_chosen.emit(version)
            )
        self.earlier.setVisible(bool(versions))

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Import rules"), "", self.tr("Rules (*.toml);;All files (*)")
        )
        if name:
            self.file_opened.emit(Path(name))

    def _choose_place(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export rules"), "rules.toml", self.tr("Rules (*.toml)")
        )
        if name:
            self.file_saved.emit(Path(name))

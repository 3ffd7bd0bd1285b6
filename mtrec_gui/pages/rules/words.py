"""The words of the Rules page."""

from __future__ import annotations

from PySide6.QtCore import QObject

from algorithms.rules import BlendMethod, BoostBoughtCategory, DropBelow, Quota, Rule, describe
from mtrec_gui.pages.rules.state import Edit, ListFormula, Preview, PreviewItem
from mtrec_gui.wording import say


class RuleWords(QObject):
    """Turns rules and pages into sentences."""

    def name_edit(self, edit: Edit, what: str) -> str:
        """Return what can be undone."""
        return {
            Edit.METHOD: self.tr("blend"),
            Edit.POWER: self.tr("power of “{what}”"),
            Edit.ADD: self.tr("add rule {what}"),
            Edit.CHANGE: self.tr("settings of rule {what}"),
            Edit.SWITCH: self.tr("switch rule {what}"),
            Edit.MOVE: self.tr("move rule {what}"),
            Edit.REMOVE: self.tr("remove rule {what}"),
        }[edit].format(what=what)

    def kinds(self) -> list[tuple[str, str]]:
        """Return the kinds of rules that can be added."""
        return [
            ("drop_below", self.tr("Drop what scores low")),
            ("boost_category", self.tr("Boost a category with successes")),
            ("quota", self.tr("Limit a kind of items")),
        ]

    def rule(self, rule: Rule) -> str:
        """Say in one sentence what a rule does."""
        if isinstance(rule, DropBelow):
            return self.tr("Drop the {percent} % of “{kind}” items lowest in “{task}”").format(
                percent=f"{100 * rule.limit:g}", kind=rule.item_kind, task=rule.task
            )
        if isinstance(rule, BoostBoughtCategory):
            return self.tr("Multiply by {factor} in categories of past “{task}”").format(
                factor=f"{rule.factor:g}", task=rule.task
            )
        if isinstance(rule, Quota):
            return self._quota(rule)
        return say(describe(rule))

    def _quota(self, rule: Quota) -> str:
        return self.tr("At most {n} “{kind}” in any {places} places").format(
            n=rule.at_most, kind=rule.item_kind, places=rule.in_places
        )

    def method(self, method: BlendMethod) -> str:
        """Say what a blend rewards."""
        if method is BlendMethod.PRODUCT:
            return self.tr("Multiplied, an item is high when it does well in every task.")
        return self.tr("Added, an item is high when it does well in some task.")

    def formula(self, formula: ListFormula, method: BlendMethod) -> str:
        """Write what the list of a task is ranked by."""
        if method is BlendMethod.PRODUCT:
            parts = [
                name if power == 1 else f"{name} ^ {power:g}" for name, power in formula.factors
            ]
            return " × ".join(parts)
        parts = [name if power == 1 else f"{power:g} · {name}" for name, power in formula.factors]
        return " + ".join(parts)

    # --- preview -----------------------------------------------------------------------------

    def preview(self, preview: Preview) -> str:
        """Say what the rules did, all in all."""
        known = self.tr("{n} events known").format(n=preview.n_events)
        if not preview.n_changed:
            return self.tr("{known} · the rules change nothing on this page").format(known=known)
        return self.tr("{known} · {n} items moved or taken off by rules").format(
            known=known, n=preview.n_changed
        )

    def move(self, item: PreviewItem) -> str:
        """Say where an item was before."""
        if item.place is None:
            return self.tr("was {before}").format(before=item.before)
        if item.place == item.before:
            return ""
        arrow = "↑" if item.place < item.before else "↓"
        return self.tr("{arrow} was {before}").format(arrow=arrow, before=item.before)

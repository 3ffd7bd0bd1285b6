"""The words of the Rules page."""

from __future__ import annotations

from PySide6.QtCore import QObject

from algorithms.rules import BlendMethod, Rule, describe
from mtrec_gui.pages.rules.proposals import ProposalState, ProposalStatus
from mtrec_gui.pages.rules.state import Edit, ListFormula, Preview, PreviewItem, Version
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
            Edit.IMPORT: self.tr("import of “{what}”"),
            Edit.RESTORE: self.tr("rules of {what}"),
        }[edit].format(what=what)

    def kinds(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the kinds of rules that can be added, in groups."""
        off = [
            ("drop", self.tr("Drop items by a condition")),
            ("drop_below", self.tr("Drop what scores low")),
            ("already_bought", self.tr("Drop or bury what was bought")),
            ("bury", self.tr("Put items behind all others")),
        ]
        scores = [
            ("boost", self.tr("Raise or lower items by a condition")),
            ("boost_category", self.tr("Boost a category with successes")),
            ("freshness", self.tr("Let old items fade")),
            ("cascade", self.tr("The best of one task first")),
            ("bands", self.tr("Order by one task, in bands")),
            ("count_within", self.tr("Bound what a task counts")),
        ]
        places = [
            ("at_most", self.tr("At most some, by a condition")),
            ("quota", self.tr("At most some of a kind")),
            ("at_most_each", self.tr("At most some of the same category or feature")),
            ("at_least", self.tr("At least some, by a condition")),
            ("pin", self.tr("A place for the best of some items")),
            ("exposure", self.tr("A share of the places for a provider")),
            ("diversity", self.tr("Prefer items unlike those before")),
        ]
        return [
            (self.tr("Take items off"), off),
            (self.tr("Change scores"), scores),
            (self.tr("Fill places"), places),
        ]

    def rule(self, rule: Rule) -> str:
        """Say in one sentence what a rule does."""
        return say(describe(rule))

    def methods(self) -> list[tuple[str, str]]:
        """Return the ways to blend."""
        return [
            (BlendMethod.PRODUCT.value, self.tr("Multiply")),
            (BlendMethod.SUM.value, self.tr("Add")),
            (BlendMethod.RECIPROCAL_RANK.value, self.tr("Ranks")),
            (BlendMethod.BORDA.value, self.tr("Points")),
        ]

    def method(self, method: BlendMethod) -> str:
        """Say what a blend rewards."""
        return {
            BlendMethod.PRODUCT: self.tr(
                "Multiplied, an item is high when it does well in every task."
            ),
            BlendMethod.SUM: self.tr("Added, an item is high when it does well in some task."),
            BlendMethod.RECIPROCAL_RANK: self.tr(
                "By ranks, the first places of each task count most (reciprocal-rank fusion)."
            ),
            BlendMethod.BORDA: self.tr(
                "By points, each task gives points for how far up an item stands, and none to "
                "what it cannot score (Borda count)."
            ),
        }[method]

    def formula(self, formula: ListFormula, method: BlendMethod) -> str:
        """Write what the list of a task is ranked by."""
        if method is BlendMethod.PRODUCT:
            parts = [
                name if power == 1 else f"{name} ^ {power:g}" for name, power in formula.factors
            ]
            return " × ".join(parts)
        if method is BlendMethod.RECIPROCAL_RANK:
            place = self.tr("place in {task}")
            parts = [
                f"{power:g} / (60 + {place.format(task=name)})" for name, power in formula.factors
            ]
            return " + ".join(parts)
        parts = [name if power == 1 else f"{power:g} · {name}" for name, power in formula.factors]
        return " + ".join(parts)

    # --- files -------------------------------------------------------------------------------

    def version(self, version: Version) -> str:
        """Say when rules were used, and how many they are."""
        when = version.created.astimezone()
        return self.tr("{when} · {name}, {n} rules").format(
            when=f"{when:%Y-%m-%d %H:%M}",
            name=version.rules.name.replace("&", "&&"),
            n=len(version.rules.rules),
        )

    def imported(self, name: str, n_rules: int, n_skipped: int) -> str:
        """Say what came from a file; each part that is skipped says itself why."""
        sentence = self.tr("{n} rules came from {name}, in place of those before.").format(
            n=n_rules, name=name
        )
        if not n_skipped:
            return sentence
        skipped = self.tr("{n} parts cannot be followed here; each says why.").format(n=n_skipped)
        return f"{sentence} {skipped}"

    def exported(self, name: str) -> str:
        """Say where the rules were written."""
        return self.tr("The rules were written to {name}.").format(name=name)

    # --- proposals ---------------------------------------------------------------------------

    def proposals(self, state: ProposalState) -> str:
        """Say what came of looking for rules; nothing where nobody has asked."""
        if state.status is ProposalStatus.FAILED and state.message is not None:
            return say(state.message)
        if state.status is ProposalStatus.READY and state.n_found and not state.proposals:
            return self.tr("All proposals for “{task}” were looked at.").format(task=state.task)
        return {
            ProposalStatus.WORKING: self.tr("One moment …"),
            ProposalStatus.NO_RUN: self.tr(
                "There are no scores yet: run the model “Rule blend” once in Experiments."
            ),
            ProposalStatus.READY: ""
            if state.proposals
            else self.tr(
                "For “{task}” the scores say all there is to say: no rule is proposed."
            ).format(task=state.task),
        }.get(state.status, "")

    # --- preview -----------------------------------------------------------------------------

    def preview(self, preview: Preview) -> str:
        """Say what the rules did, all in all."""
        known = self.tr("{n} events known").format(n=preview.n_events)
        if not preview.n_changed:
            return self.tr("{known} · the rules change nothing on this page").format(known=known)
        return self.tr("{known} · {n} items moved or taken off by rules").format(
            known=known, n=preview.n_changed
        )

    def off(self) -> str:
        """Say that an item is on the page no more."""
        return self.tr("off")

    def move(self, item: PreviewItem) -> str:
        """Say where an item was before."""
        if item.place is None:
            return self.tr("was {before}").format(before=item.before)
        if item.place == item.before:
            return ""
        arrow = "↑" if item.place < item.before else "↓"
        return self.tr("{arrow} was {before}").format(arrow=arrow, before=item.before)

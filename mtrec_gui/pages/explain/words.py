"""How the Explain page says things: headings, what lists found, what evidence is called."""

from __future__ import annotations

from PySide6.QtCore import QObject

from algorithms.evaluation.faithfulness import Faithfulness, How
from algorithms.explanations import EvidenceKind
from algorithms.tasks import Task, TaskKind
from mtrec_gui.pages.explain.state import (
    LENGTH,
    Entry,
    ExplainState,
    ListKind,
    ModelList,
    Part,
    RunChoice,
    Smaller,
    UserFacts,
    Why,
)
from mtrec_gui.plots.contributions import signed
from mtrec_gui.wording import engine_text, number, say


class Words(QObject):
    """Words of the page."""

    def run(self, run: RunChoice) -> str:
        """Return what a model is called."""
        title = engine_text(run.title)
        return f"{title} · {run.settings}" if run.settings else title

    def user(self, user: UserFacts) -> str:
        """Say who the user is."""
        events = ", ".join(f"{name} {n}" for name, n in user.events if n)
        sentence = (
            self.tr("User {id} · in training: {events}").format(id=user.id, events=events)
            if events
            else self.tr("User {id} · did nothing in training").format(id=user.id)
        )
        if not user.categories:
            return sentence
        likes = self.tr("likes {categories}").format(categories=", ".join(user.categories))
        return f"{sentence} · {likes}"

    def mark(self, entry: Entry) -> str:
        """Say for which tasks the held-out truth has an item."""
        return f"{', '.join(entry.found)} ✓" if entry.found else ""

    # --- lists -------------------------------------------------------------------------------

    def list_title(self, shown: ModelList) -> str:
        """Return the heading of a list whose model cannot be exchanged."""
        if shown.kind is ListKind.BEFORE:
            return self.tr("{model}, before its rules").format(model=self.run(shown.run))
        return self.tr("{model}, after its rules").format(model=self.run(shown.run))

    def list_sentence(self, shown: ModelList, state: ExplainState) -> str:
        """Say how much of the held-out truth a list has, and what its model knows."""
        if not shown.serves:
            return self.tr("This model does not learn “{task}”.").format(task=state.question.task)
        return " · ".join((self._found(shown, state), self._knows(shown)))

    def _found(self, shown: ModelList, state: ExplainState) -> str:
        n = 0 if state.user is None else state.user.n_relevant
        if shown.kind is not ListKind.TASK:
            if not n:
                return self.tr("nothing held out")
            return self.tr("{found} of {n} held-out items on the page").format(
                found=shown.n_found, n=n
            )
        if not n:
            return self.tr("no held-out “{task}”").format(task=state.question.task)
        return self.tr("{found} of {n} held-out “{task}” found").format(
            found=shown.n_found, n=n, task=state.question.task
        )

    def _knows(self, shown: ModelList) -> str:
        if shown.kind is ListKind.PAGE:
            return self.tr("rules changed {n} of {k} places").format(
                n=shown.n_moved, k=len(shown.entries)
            )
        if shown.n_known is None:
            return self.tr("the same for everybody")
        return self.tr("knows {n} events").format(n=shown.n_known)

    def held_out(self, state: ExplainState) -> str:
        """Say what the marks and the numbers over the lists mean."""
        of_events = self.tr(
            "“Knows” counts the events of this user in training that the model learned from."
        )
        task = next((t for t in state.tasks if t.name == state.question.task), None)
        if state.question.whole_page or task is None:
            marks = self.tr(
                "✓ marks what this user did with an item in the part of the data that was held "
                "out: no model has seen it."
            )
        elif task.kind is TaskKind.BINARY:
            marks = self.tr(
                "✓ marks the items with a held-out “{task}” of this user: no model has seen it. "
                "Items that the user met before are not listed."
            ).format(task=task.name)
        else:
            marks = self.tr(
                "✓ marks the items with a held-out “{task}” of {value:g} or more: no model has "
                "seen it. Items that the user met before are not listed."
            ).format(task=task.name, value=task.relevant_from)
        return f"{marks} {of_events}"

    def list_place(self, shown: ModelList, state: ExplainState) -> str:
        """Say where the item that is being explained stands, where the list does not show it."""
        if not shown.serves or state.chosen is None or state.chosen.item in shown.items:
            return ""
        if shown.kind is not ListKind.TASK:
            return self.tr("“{title}” is not on this page.").format(title=state.chosen.title)
        if shown.place is None:
            return self.tr("“{title}” has no place here.").format(title=state.chosen.title)
        return self.tr("Not in the top {k} · place {place} of {n}: “{title}”").format(
            k=LENGTH, place=shown.place, n=shown.n_ranked, title=state.chosen.title
        )

    def empty_list(self, shown: ModelList) -> str:
        """Say why a list is empty."""
        if not shown.serves:
            return ""
        return self.tr("No list: the model has nothing to say to this user.")

    # --- reasons -----------------------------------------------------------------------------

    def why_title(self, shown: ModelList, state: ExplainState) -> str:
        """Return the heading over the reasons of one model."""
        title = "" if state.chosen is None else state.chosen.title
        place = shown.place
        if shown is state.lists[0]:
            if place is None:
                return self.tr("Why “{title}” has no place here").format(title=title)
            return self.tr("Why “{title}” is at place {place}").format(title=title, place=place)
        if place is None:
            return self.tr("… and has no place here")
        return self.tr("… and at place {place} here").format(place=place)

    def why_sentence(self, shown: ModelList, why: Why) -> str:
        """Return the reason in words."""
        if not shown.serves:
            return self.tr("A model can only explain what it learned.")
        if why.explanation is not None:
            return say(why.explanation.sentence)
        if why.before is None:
            return self.tr("It is neither on this page nor was it before the rules.")
        if shown.kind is ListKind.BEFORE:
            return self.tr("The blend of the tasks alone puts it at place {place}.").format(
                place=why.before
            )
        if not why.moves:
            return self.tr("No rule touched it: it stays at place {place}.").format(
                place=why.before
            )
        if shown.place is None:
            return self.tr("The rules took it from place {place} off this page.").format(
                place=why.before
            )
        if shown.place == why.before:
            return self.tr("The rules leave it at place {place}.").format(place=why.before)
        return self.tr("The rules moved it from place {before} to {after}.").format(
            before=why.before, after=shown.place
        )

    def part(self, part: Part, task: Task | None) -> str:
        """Return what a piece of evidence is called."""
        kind = part.evidence
        if kind is EvidenceKind.RULE and part.message is not None:
            return self.tr("rule {number}").format(number=part.message.values.get("rule", ""))
        if kind is EvidenceKind.INTERACTION:
            return self._event(part, task)
        if kind is EvidenceKind.LIMIT:
            return self.tr("kept on the scale")
        if part.message is not None:
            return say(part.message)
        return {
            EvidenceKind.COUNT: self.tr("what all users did with it"),
            EvidenceKind.USER_BIAS: self.tr("this user, for any item"),
            EvidenceKind.ITEM_BIAS: self.tr("this item, for anybody"),
            EvidenceKind.FACTORS: self.tr("match of their tastes"),
            EvidenceKind.TASK_SCORE: self.tr("score for {task}").format(task=part.task),
        }.get(kind, engine_text(kind.value))

    def _event(self, part: Part, task: Task | None) -> str:
        if part.value is None:
            return f"{part.task} · {part.title}"
        if task is not None and task.kind is TaskKind.BINARY:
            if part.value < task.relevant_from:
                return self.tr("no {task} · {title}").format(task=part.task, title=part.title)
            return f"{part.task} · {part.title}"
        return f"{part.task} {part.value:g} · {part.title}"

    def smaller(self, smaller: Smaller) -> str:
        """Return what the evidence too small for a bar of its own is called."""
        if smaller.task is None:
            return self.tr("{n} smaller ones").format(n=smaller.n)
        return self.tr("{task} · {n} smaller ones").format(task=smaller.task, n=smaller.n)

    def sum(self, why: Why) -> str:
        """Say how the bars become the score."""
        if why.explanation is None or not (why.parts or why.base is not None):
            return ""
        score = why.explanation.score
        if not why.explanation.additive:
            return self.tr("The bars do not sum to the score of {score}.").format(
                score=number(score)
            )
        total = sum(part.amount for part in why.parts) + sum(
            smaller.amount for smaller in why.smaller
        )
        if why.base is not None:
            return self.tr("{base} on average, {total} from the bars: score {score}").format(
                base=number(why.base), total=signed(total, 3), score=number(score)
            )
        return self.tr("The bars sum to the score: {score}").format(score=number(score))

    def tested(self, found: Faithfulness) -> str:
        """Say how an explanation was tested."""
        drawn = self.tr(
            "Other evidence was taken away {draws} times; 95 % of these changes lie within the "
            "whisker."
        ).format(draws=found.n_draws)
        if found.how is How.REFIT:
            how = self.tr("Each time the model was fitted anew, with the same seed.")
        else:
            how = self.tr("Each time only this user was learned anew, all else held still.")
        return f"{drawn} {how}"

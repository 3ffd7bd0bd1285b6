"""What the Explain page decides: whose lists are shown, of which models, and what is explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from algorithms.errors import MtrecError
from mtrec_gui.asked import ListAsked
from mtrec_gui.pages.explain.reading import Reader
from mtrec_gui.pages.explain.state import MOST_LISTS, Amount, ExplainState, Move, Question
from mtrec_gui.pages.explain.trials import Trials
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.explanations import Explanation
    from mtrec_gui.jobs.background import Errand
    from mtrec_gui.restored import RestoredModels
    from mtrec_gui.storage import Project


class ExplainView(Protocol):
    """What the presenter asks of the view."""

    def show_state(self, state: ExplainState) -> None:
        """Show everything."""

    def show_matches(self, ids: Sequence[str]) -> None:
        """Offer users whose id fits what is being typed."""

    def show_trials(self, state: ExplainState) -> None:
        """Show how far the tests of the explanations are; all else is as before."""

    def show_kept(self, n: int) -> None:
        """Say that the explanations of n models were kept."""


class ExplainPresenter:
    """Shows the lists of one user, of the newest comparison unless a person chose another.

    Parameters
    ----------
    workspace : the open project
    reader : answers the questions of the page
    restored : where fitted models come from, to test what they explain
    go_to_experiments : shows where models are run
    """

    def __init__(
        self,
        workspace: Workspace,
        reader: Reader,
        restored: RestoredModels,
        go_to_experiments: Callable[[], None],
    ) -> None:
        self._workspace, self._reader = workspace, reader
        self._go_to_experiments = go_to_experiments
        self._view: ExplainView | None = None
        self._state = ExplainState()
        self._request = 0
        self._errand: Errand | None = None
        self._is_shown = True
        self._is_stale = False
        self._trials = Trials(workspace, restored, self._trials_changed)
        workspace.opened.connect(self._project_opened)
        workspace.runs_changed.connect(lambda _: self._ask(self._state.question))
        workspace.experiment_changed.connect(lambda _: self._render())

    def attach(self, view: ExplainView) -> None:
        """Take the view and show what there is."""
        self._view = view
        self._ask(self._state.question)

    # --- what a person does --------------------------------------------------------------------

    def comparison_chosen(self, comparison: int) -> None:
        """A person wants the models of a comparison of the project."""
        newest = self._state.comparisons[-1].id if self._state.comparisons else None
        chosen = None if comparison == newest else comparison
        self._ask(replace(self._state.question, comparison=chosen, seed=None, runs=None))

    def seed_chosen(self, seed: int) -> None:
        """A person wants the runs of another seed."""
        self._ask(replace(self._state.question, seed=seed, runs=None))

    def task_chosen(self, task: str | None) -> None:
        """A person wants the lists of a task; None for the page of all kinds of items."""
        question = self._state.question
        self._ask(replace(question, task=task or question.task, whole_page=task is None))

    def user_sought(self, text: str) -> None:
        """A person types the id of a user."""
        if self._view is not None and self._workspace.is_open and text:
            self._view.show_matches(self._workspace.log.user_table.ids.matching(text))

    def user_asked(self, user_id: str) -> None:
        """A person wants the lists of a user."""
        if not self._workspace.is_open:
            return
        try:
            user = self._workspace.log.user_index(user_id)
        except MtrecError as error:
            self._workspace.failed.emit(error)
            self._render()
        else:
            self._ask(replace(self._state.question, user=user, item=None))

    def list_asked(self, asked: ListAsked) -> None:
        """Another page wants the list of a user to be explained."""
        if self._workspace.is_open:
            self._ask(
                Question(asked.comparison, asked.seed, asked.task, False, (asked.run,), asked.user)
            )

    def user_stepped(self, forward: bool) -> None:
        """A person wants the user after or before this one."""
        self._move(Move.NEXT if forward else Move.PREVIOUS)

    def surprise_wanted(self) -> None:
        """A person wants any user for whom something was held out."""
        self._move(Move.RANDOM)

    def model_replaced(self, place: int, run: int) -> None:
        """A person wants another model in a place."""
        runs = self._shown_runs()
        if place < len(runs):
            runs[place] = run
            self._choose_runs(runs)

    def model_added(self, run: int) -> None:
        """A person wants one more model beside the others."""
        runs = self._shown_runs()
        if run not in runs and len(runs) < MOST_LISTS:
            self._choose_runs([*runs, run])

    def model_removed(self, place: int) -> None:
        """A person wants a model out of the way."""
        runs = self._shown_runs()
        if len(runs) > 1 and place < len(runs):
            del runs[place]
            self._choose_runs(runs)

    def item_chosen(self, item: int) -> None:
        """A person wants to know why an item stands where it does."""
        if item != self._state.question.item:
            self._ask(replace(self._state.question, item=item))

    def keep_pressed(self) -> None:
        """A person wants the explanations on the page to be kept in the project."""
        project, view, state = self._workspace.project, self._view, self._state
        if project is None or view is None:
            return
        kept = [
            (shown.run.id, why.explanation)
            for shown, why in zip(state.lists, state.whys, strict=True)
            if why.explanation is not None
        ]

        def work() -> int:
            for run, explanation in kept:
                project.save_explanation(run, explanation)
            return len(kept)

        self._workspace.runner.run(
            lambda progress: work(), view.show_kept, self._workspace.failed.emit
        )

    def trial_asked(self, run: int) -> None:
        """A person wants to know whether the explanation of a run's model is true."""
        explanation, comparison = self._explanation(run), self._state.comparison
        if explanation is None or comparison is None or self._state.is_loading:
            return
        self._trials.start(comparison, run, explanation, self._state.amount)

    def trial_cancelled(self, run: int) -> None:
        """A person does not want to wait for it."""
        self._trials.stop(run)

    def amount_chosen(self, amount: Amount) -> None:
        """A person wants more evidence taken away, or less."""
        self._trials.stop_all()
        self._state = replace(self._state, amount=amount)
        self._trials_changed()

    def experiments_wanted(self) -> None:
        """A person wants to run models."""
        self._go_to_experiments()

    # --- what happens elsewhere ----------------------------------------------------------------

    def shown(self) -> None:
        """The page came to the front."""
        self._is_shown = True
        if self._is_stale:
            self._ask(self._state.question)

    def hidden(self) -> None:
        """The page went to the back: what changes now waits until it is seen again."""
        self._is_shown = False

    def _project_opened(self, project: Project | None) -> None:
        self._trials.forget()
        self._state = ExplainState(amount=self._state.amount)
        self._ask(Question())

    # --- asking --------------------------------------------------------------------------------

    def _move(self, move: Move) -> None:
        self._ask(replace(self._state.question, move=move, item=None))

    def _shown_runs(self) -> list[int]:
        return [shown.run.id for shown in self._state.lists]

    def _choose_runs(self, runs: Sequence[int]) -> None:
        self._ask(replace(self._state.question, runs=tuple(runs)))

    def _ask(self, question: Question) -> None:
        """Ask for everything that belongs to a question; an older question needs no answer."""
        self._request += 1
        request = self._request
        if self._errand is not None:
            self._errand.cancel()
        self._trials.stop_all()
        workspace, project = self._workspace, self._workspace.project
        dataset_id = workspace.dataset_id
        self._state = replace(self._state, question=question)
        self._is_stale = not self._is_shown
        if self._view is None or self._is_stale:
            return
        if project is None or dataset_id is None:
            self._render()
            return
        self._state = replace(self._state, is_loading=True)
        if self._state.user is None:  # else the former lists stay until the answer is there
            self._render()
        log = workspace.log

        def take(answer: ExplainState) -> None:
            if request == self._request:
                self._state = self._with_trials(replace(answer, amount=self._state.amount))
                self._render()

        def failed(error: MtrecError) -> None:
            if request == self._request:
                self._state = replace(self._state, is_loading=False)
                self._render()
                workspace.failed.emit(error)

        self._errand = workspace.runner.run(
            lambda progress: self._reader.answer(project, log, dataset_id, question, progress),
            take,
            failed,
        )

    # --- tests of explanations -----------------------------------------------------------------

    def _explanation(self, run: int) -> Explanation | None:
        for shown, why in zip(self._state.lists, self._state.whys, strict=False):
            if shown.run.id == run and why.can_be_tested:
                return why.explanation
        return None

    def _with_trials(self, state: ExplainState) -> ExplainState:
        return replace(
            state,
            trials={
                shown.run.id: self._trials.of(shown.run.id, why.explanation, state.amount)
                for shown, why in zip(state.lists, state.whys, strict=False)
                if why.explanation is not None and why.can_be_tested
            },
        )

    def _trials_changed(self) -> None:
        self._state = self._with_trials(self._state)
        if self._view is not None:
            self._view.show_trials(self._state)

    def _render(self) -> None:
        if self._view is not None:
            self._view.show_state(self._state)

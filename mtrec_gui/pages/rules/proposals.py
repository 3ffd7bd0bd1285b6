"""Rules that events propose: asked for by a person, and taken one by one (Qt-free)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from algorithms.errors import MtrecError
from algorithms.messages import Message
from algorithms.rules import Rule
from algorithms.rules.learned import ProposedRule
from algorithms.tasks import TaskKind
from mtrec_gui.pages.rules.preview import PagePreviews
from mtrec_gui.workspace import Workspace


class ProposalStatus(StrEnum):
    """What there is to show of proposals."""

    IDLE = "idle"
    WORKING = "working"
    NO_RUN = "no_run"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ProposalState:
    """Proposals, or why there are none.

    Parameters
    ----------
    status : see there
    tasks : whose events can be looked at
    task : whose events were looked at
    proposals : what is left to take
    n_found : how many there were
    message : why it failed
    """

    status: ProposalStatus = ProposalStatus.IDLE
    tasks: tuple[str, ...] = ()
    task: str = ""
    proposals: tuple[ProposedRule, ...] = ()
    n_found: int = 0
    message: Message | None = None


class ProposalsView(Protocol):
    """What the presenter asks of the view."""

    def show_state(self, state: ProposalState) -> None:
        """Show proposals."""


class ProposalsPresenter:
    """Looks for rules in the events that the newest run was validated on.

    Parameters
    ----------
    workspace : holds the experiment and the project
    previews : restores the newest run of the rule blend
    take : puts a rule at the end of the rule set
    """

    def __init__(
        self, workspace: Workspace, previews: PagePreviews, take: Callable[[Rule], None]
    ) -> None:
        self._workspace, self._previews, self._take = workspace, previews, take
        self._view: ProposalsView | None = None
        self._state = ProposalState()
        self._request = 0

    def attach(self, view: ProposalsView) -> None:
        """Take the view."""
        self._view = view
        self._workspace.opened.connect(lambda _: self._project_opened())
        self._workspace.experiment_changed.connect(lambda _: self._show())
        self._project_opened()

    def proposals_asked(self, task: str) -> None:
        """A person wants rules for a task."""
        workspace = self._workspace
        project, dataset_id, log = workspace.project, workspace.dataset_id, workspace.log
        if project is None or dataset_id is None:
            return
        self._request += 1
        request = self._request
        self._show(status=ProposalStatus.WORKING, task=task, proposals=(), message=None)

        def done(found: tuple[ProposedRule, ...] | None) -> None:
            if request != self._request:
                return
            if found is None:
                self._show(status=ProposalStatus.NO_RUN)
            else:
                self._show(status=ProposalStatus.READY, proposals=found, n_found=len(found))

        def failed(error: MtrecError) -> None:
            if request == self._request:
                self._show(status=ProposalStatus.FAILED, message=error.message)

        workspace.runner.run(
            lambda progress: self._previews.proposals(project, dataset_id, log, task), done, failed
        )

    def proposal_taken(self, place: int) -> None:
        """A person wants a proposal in the rule set."""
        rule = self._state.proposals[place].rule
        self.proposal_left(place)
        self._take(rule)

    def proposal_left(self, place: int) -> None:
        """A person does not want a proposal."""
        proposals = self._state.proposals
        self._show(proposals=(*proposals[:place], *proposals[place + 1 :]))

    def _project_opened(self) -> None:
        self._request += 1  # what was asked of the former project is stale
        self._state = ProposalState()
        self._show()

    def _show(self, **changes: object) -> None:
        if self._view is None or not self._workspace.is_open:
            return
        tasks = tuple(
            task.name
            for task in self._workspace.experiment.tasks
            if task.enabled and task.kind is TaskKind.BINARY
        )
        self._state = replace(self._state, tasks=tasks, **changes)  # type: ignore[arg-type]
        self._view.show_state(self._state)

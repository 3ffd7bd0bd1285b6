"""What Tasks decides: which task is edited, what an edit changes, what stands in a task's way.

Qt-free. Every edit is one step of the workspace's history; the page shows whatever experiment
the workspace has, so that undo and redo need nothing of their own here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import ValidationError

from algorithms.messages import Message
from algorithms.tasks import Task, TaskProblem, check_tasks
from mtrec_gui.pages.tasks.edits import add_task, change_task, free_task_name, remove_task
from mtrec_gui.pages.tasks.facts import FactsKey, TaskFacts, facts_key, task_facts
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.data import InteractionLog
    from algorithms.evaluation import Experiment
    from mtrec_gui.storage import Project


class TaskField(StrEnum):
    """What can be edited of a task; the values are the names of its fields."""

    NAME = "name"
    KIND = "kind"
    LABEL = "label"
    ITEM_KIND = "item_kind"
    RELEVANT_FROM = "relevant_from"
    WEIGHT = "weight"
    PARENT = "parent"
    ENABLED = "enabled"


class EditKind(StrEnum):
    """What an edit is called in the history."""

    CHANGED = "changed"
    RENAMED = "renamed"
    WEIGHTED = "weighted"
    SWITCHED_ON = "switched_on"
    SWITCHED_OFF = "switched_off"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task: its place decides its colour; ``facts`` is None until counted, or without data."""

    task: Task
    facts: TaskFacts | None
    problems: tuple[TaskProblem, ...]

    @property
    def is_impossible(self) -> bool:
        """Whether it cannot be learned at all."""
        return any(problem.fatal for problem in self.problems)


@dataclass(frozen=True, slots=True)
class TasksState:
    """All tasks, the one that is edited, and what its fields may hold."""

    rows: tuple[TaskRow, ...]
    chosen: int | None
    labels: tuple[str, ...]
    item_kinds: tuple[str, ...]


class TasksView(Protocol):
    """What the presenter asks of the view."""

    def show_empty(self) -> None:
        """Show that no project is open."""

    def show_state(self, state: TasksState) -> None:
        """Show the tasks."""

    def show_refusal(self, reason: Message) -> None:
        """Say why an edit was not taken."""

    def edit_name(self, kind: EditKind, task: str) -> str:
        """Return what an edit is called in the language of the window."""


class TasksPresenter:
    """Edits the tasks of the open project."""

    def __init__(self, workspace: Workspace, view: TasksView) -> None:
        self._workspace = workspace
        self._view = view
        self._chosen = 0
        self._facts: dict[FactsKey, TaskFacts | None] = {}
        self._problems: tuple[TaskProblem, ...] = ()
        self._shown: tuple[Task, ...] | None = None
        self._request = 0

    def start(self) -> None:
        """Follow the workspace, and show what is open already."""
        self._workspace.opened.connect(self._project_opened)
        self._workspace.experiment_changed.connect(self._experiment_changed)
        self._project_opened(self._workspace.project)

    # --- what a person does ----------------------------------------------------------------

    def task_chosen(self, position: int) -> None:
        """A person wants to edit another task."""
        if position != self._chosen:
            self._chosen = position
            self._render()

    def task_switched(self, position: int, is_on: bool) -> None:
        """A person switched a task on or off."""
        self._chosen = position
        self.field_edited(TaskField.ENABLED, is_on)

    def field_edited(self, field: TaskField, value: Any) -> None:
        """A person gave a field of the chosen task another value."""
        task = self._task
        if task is None or getattr(task, field) == value:
            return
        if field is TaskField.NAME:
            value = value.strip()
            taken = {other.name for other in self._workspace.experiment.tasks} - {task.name}
            if not value or value in taken:
                self._refuse_name(value)
                return
        try:
            changed = change_task(self._workspace.experiment, self._chosen, **{field: value})
        except ValidationError as error:
            self._view.show_refusal(
                Message(
                    "{field}: {reason}.",
                    {"field": str(field).replace("_", " "), "reason": error.errors()[0]["msg"]},
                )
            )
            self._render()
            return
        merge = f"task {self._chosen} {field}" if field in _SLIDING else None
        self._edit(_edit_kind(field, value), task.name, changed, merge)

    def task_added(self) -> None:
        """A person wants one task more: of a label that no task has yet, if there is one."""
        log, tasks = self._workspace.log, self._workspace.experiment.tasks

        def proposed(task: Task | None) -> None:
            if task is None or not self._workspace.is_open or self._workspace.log is not log:
                return
            experiment = self._workspace.experiment
            name = free_task_name(experiment.tasks, task.name)
            self._chosen = len(experiment.tasks)
            named = task.model_copy(update={"name": name})
            self._edit(EditKind.ADDED, name, add_task(experiment, named))

        self._workspace.runner.run(
            lambda progress: propose_one(log, tasks), proposed, self._workspace.failed.emit
        )

    def task_removed(self) -> None:
        """A person wants to be rid of the chosen task."""
        task = self._task
        if task is None:
            return
        changed = remove_task(self._workspace.experiment, self._chosen)
        self._chosen = max(0, min(self._chosen, len(changed.tasks) - 1))
        self._edit(EditKind.REMOVED, task.name, changed)

    # --- what follows ----------------------------------------------------------------------

    @property
    def _task(self) -> Task | None:
        if not self._workspace.is_open:
            return None
        tasks = self._workspace.experiment.tasks
        return tasks[self._chosen] if self._chosen < len(tasks) else None

    def _edit(
        self, kind: EditKind, task: str, changed: Experiment, merge: str | None = None
    ) -> None:
        self._workspace.edit(self._view.edit_name(kind, task), changed, merge)

    def _refuse_name(self, name: str) -> None:
        self._view.show_refusal(
            Message("Another task is called “{name}” already. Choose another name.", {"name": name})
            if name
            else Message("A task needs a name.")
        )
        self._render()

    def _project_opened(self, _: Project | None) -> None:
        self._chosen, self._facts, self._problems, self._shown = 0, {}, (), None
        self._request += 1
        if self._workspace.is_open:
            self._experiment_changed(self._workspace.experiment)
        else:
            self._view.show_empty()

    def _experiment_changed(self, experiment: Experiment) -> None:
        if experiment.tasks == self._shown:
            return
        self._shown = experiment.tasks
        self._chosen = max(0, min(self._chosen, len(experiment.tasks) - 1))
        self._render()
        self._ask(self._workspace.log, experiment.tasks)

    def _ask(self, log: InteractionLog, tasks: tuple[Task, ...]) -> None:
        """Count and check beside the window; only the newest answer counts."""
        self._request += 1
        request, known = self._request, dict(self._facts)

        def look() -> tuple[dict[FactsKey, TaskFacts | None], list[TaskProblem]]:
            new = {facts_key(task): task for task in tasks if facts_key(task) not in known}
            facts = {key: task_facts(log, task) for key, task in new.items()}
            return facts, check_tasks(tasks, log)

        def found(answer: tuple[dict[FactsKey, TaskFacts | None], list[TaskProblem]]) -> None:
            if request != self._request:
                return
            self._facts |= answer[0]
            self._problems = tuple(answer[1])
            self._render()

        self._workspace.runner.run(lambda progress: look(), found, self._workspace.failed.emit)

    def _render(self) -> None:
        log, tasks = self._workspace.log, self._workspace.experiment.tasks
        rows = tuple(
            TaskRow(
                task,
                self._facts.get(facts_key(task)),
                tuple(each for each in self._problems if each.task == task.name and task.enabled),
            )
            for task in tasks
        )
        self._view.show_state(
            TasksState(
                rows,
                self._chosen if tasks else None,
                tuple(log.labels),
                log.item_table.kinds,
            )
        )


_SLIDING = (TaskField.WEIGHT, TaskField.RELEVANT_FROM)  # many small steps make one edit


def _edit_kind(field: TaskField, value: Any) -> EditKind:
    match field:
        case TaskField.NAME:
            return EditKind.RENAMED
        case TaskField.WEIGHT:
            return EditKind.WEIGHTED
        case TaskField.ENABLED:
            return EditKind.SWITCHED_ON if value else EditKind.SWITCHED_OFF
        case _:
            return EditKind.CHANGED


def propose_one(log: InteractionLog, tasks: tuple[Task, ...]) -> Task | None:
    """Propose a task for a label without one, else for the first label; None without labels."""
    from algorithms.tasks.proposals import propose

    proposed = [task for task in propose(log)[1] if task.label in log.labels]
    taken = {task.label for task in tasks}
    return next((task for task in proposed if task.label not in taken), None) or next(
        iter(proposed), None
    )

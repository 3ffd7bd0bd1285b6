"""What Rules decides: how an edit changes the rule set, and when the preview is made anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import ValidationError

from algorithms.errors import MtrecError, UnknownUserError
from algorithms.rules import BlendMethod, Rule, RuleSet
from algorithms.rules.conditions import Fields, fields_of
from algorithms.rules.toml_file import open_rules, save_rules
from mtrec_gui.pages.rules.preview import PagePreviews
from mtrec_gui.pages.rules.reading import new_rule, rules_state, versions, with_tasks
from mtrec_gui.pages.rules.state import (
    Edit,
    Preview,
    PreviewState,
    PreviewStatus,
    RulesState,
    Version,
)
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from mtrec_gui.storage import Project

FIRST_POWER = 0.5


class RulesView(Protocol):
    """What the presenter asks of the view."""

    def show_state(self, state: RulesState) -> None:
        """Show the rule set."""

    def show_preview(self, state: PreviewState) -> None:
        """Show what the rules do for one user."""

    def show_imported(self, name: str, n_rules: int, n_skipped: int) -> None:
        """Say what came from a file."""

    def show_exported(self, name: str) -> None:
        """Say that the rules were written to a file."""

    def show_versions(self, versions: Sequence[Version]) -> None:
        """Offer the rules of earlier comparisons, the newest first."""


class RulesPresenter:
    """Edits the rule set of the experiment and shows what it does.

    Parameters
    ----------
    workspace : holds the experiment and the project
    name_edit : words what can be undone, from an edit and the number of the rule or the task
    """

    def __init__(self, workspace: Workspace, name_edit: Callable[[Edit, str], str]) -> None:
        self._workspace = workspace
        self._name_edit = name_edit
        self._view: RulesView | None = None
        self._chosen: int | None = None  # number of the rule whose form is open
        self._user: str | None = None  # whose page is shown; None for somebody
        self.previews = PagePreviews()
        self._state: RulesState | None = None  # as it was shown last
        self._asking = False
        self._stale = False
        self._shown_for: object = None
        self._data_fields: Fields | None = None  # of the tables; those of the tasks come and go

    def attach(self, view: RulesView) -> None:
        """Take the view, and show the project where one is open."""
        self._view = view
        self._workspace.opened.connect(lambda _: self._project_opened())
        self._workspace.experiment_changed.connect(lambda _: self._refresh())
        self._workspace.runs_changed.connect(lambda _: self._runs_changed())
        if self._workspace.is_open:
            self._project_opened()

    # --- what a person does ----------------------------------------------------------------

    def method_chosen(self, method: str) -> None:
        """A person wants scores multiplied, or added."""
        self._edit(Edit.METHOD, "", method=BlendMethod(method))

    def power_ticked(self, task: str, ticked: bool) -> None:
        """A person wants a task to count beside others, or not."""
        powers = dict(self._rules.powers)
        powers.pop(task, None)
        if ticked:
            powers[task] = FIRST_POWER
        self._edit(Edit.POWER, task, powers=powers)

    def power_edited(self, task: str, power: float) -> None:
        """A person wants a task to count more or less."""
        powers = self._rules.powers | {task: power}
        self._edit(Edit.POWER, task, f"power {task}", powers=powers)

    def rule_chosen(self, number: int) -> None:
        """A person opens the form of a rule, or closes it."""
        self._chosen = None if self._chosen == number else number
        self._refresh()

    def rule_ticked(self, number: int, enabled: bool) -> None:
        """A person switches a rule on or off."""
        rule = self._rules.rules[number - 1].model_copy(update={"enabled": enabled})
        self._replace(number, rule, Edit.SWITCH)

    def rule_edited(self, number: int, field: str, values: Mapping[str, Any]) -> None:
        """A person changed a value of a rule."""
        old = self._rules.rules[number - 1]
        try:
            rule = type(old).model_validate({**values, "enabled": old.enabled})
        except ValidationError:  # the form has said why
            return
        self._replace(number, rule, Edit.CHANGE, f"rule {number} {field}")

    def rule_moved(self, number: int, steps: int) -> None:
        """A person wants a rule to apply earlier or later."""
        rules = list(self._rules.rules)
        place, target = number - 1, number - 1 + steps
        if not 0 <= target < len(rules):
            return
        rules.insert(target, rules.pop(place))
        if self._chosen == number:
            self._chosen = target + 1
        self._edit(Edit.MOVE, str(number), rules=tuple(rules))

    def rule_removed(self, number: int) -> None:
        """A person wants a rule to go."""
        rules = list(self._rules.rules)
        del rules[number - 1]
        self._chosen = None
        self._edit(Edit.REMOVE, str(number), rules=tuple(rules))

    def rule_added(self, kind: str) -> None:
        """A person wants another rule of a kind; it comes last."""
        workspace = self._workspace
        rule = new_rule(kind, workspace.experiment, workspace.log, self._fields)
        self._chosen = len(self._rules.rules) + 1
        self._edit(Edit.ADD, str(self._chosen), rules=(*self._rules.rules, rule))

    def rule_taken(self, rule: Rule) -> None:
        """A person took a rule that was proposed; it comes last."""
        number = len(self._rules.rules) + 1
        self._edit(Edit.ADD, str(number), rules=(*self._rules.rules, rule))

    def file_opened(self, path: Path) -> None:
        """A person wants the rules of a file in place of those here; it can be undone."""
        project = self._workspace.project

        def take(rules: RuleSet) -> None:
            if self._workspace.project is not project:
                return
            self._chosen = None
            self._replace_all(rules, Edit.IMPORT, path.name)
            if self._view is not None and self._state is not None:
                self._view.show_imported(path.name, len(rules.rules), self._state.n_skipped)

        self._workspace.runner.run(
            lambda progress: open_rules(path), take, self._workspace.failed.emit
        )

    def file_saved(self, path: Path) -> None:
        """A person wants the rules as a file."""
        rules, view = self._rules, self._view
        if view is not None:
            self._workspace.runner.run(
                lambda progress: save_rules(rules, path),
                lambda _: view.show_exported(path.name),
                self._workspace.failed.emit,
            )

    def version_chosen(self, version: Version) -> None:
        """A person wants the rules of an earlier comparison back; it can be undone."""
        self._chosen = None
        self._replace_all(version.rules, Edit.RESTORE, f"{version.created:%Y-%m-%d %H:%M}")

    def user_typed(self, user: str) -> None:
        """A person wants to see the page of a user."""
        self._user = user.strip() or None
        self._ask_preview()

    def other_user_pressed(self) -> None:
        """A person wants to see the page of somebody else."""
        self._user = None
        self._ask_preview()

    # --- editing ---------------------------------------------------------------------------

    @property
    def _rules(self) -> RuleSet:
        return self._workspace.experiment.rules

    def _replace(self, number: int, rule: Rule, kind: Edit, merge: str | None = None) -> None:
        rules = list(self._rules.rules)
        rules[number - 1] = rule
        self._edit(kind, str(number), merge, rules=tuple(rules))

    def _edit(self, kind: Edit, what: str, merge: str | None = None, **update: Any) -> None:
        self._replace_all(self._rules.model_copy(update=update), kind, what, merge)

    def _replace_all(self, rules: RuleSet, kind: Edit, what: str, merge: str | None = None) -> None:
        experiment = self._workspace.experiment.model_copy(update={"rules": rules})
        self._workspace.edit(self._name_edit(kind, what), experiment, merge)

    # --- showing ---------------------------------------------------------------------------

    def _project_opened(self) -> None:
        self._chosen = self._user = self._shown_for = self._data_fields = None
        log = self._workspace.log
        self._workspace.read(lambda _: fields_of(log, ()), self._take_fields)
        self._ask_versions()
        self._refresh()

    def _runs_changed(self) -> None:
        self._ask_preview()
        self._ask_versions()

    def _ask_versions(self) -> None:
        """Look up which rules the comparisons of the project were run with."""
        view = self._view
        if view is not None:
            self._workspace.read(versions, view.show_versions)

    def _take_fields(self, fields: Fields) -> None:
        self._data_fields = fields
        self._refresh()

    @property
    def _fields(self) -> Fields | None:
        """What a condition can ask; looking through the tables takes too long for the window."""
        tasks = self._workspace.experiment.tasks
        if self._data_fields is None:
            return None
        return with_tasks(self._data_fields, [task for task in tasks if task.enabled])

    def _refresh(self) -> None:
        if self._view is None or not self._workspace.is_open:
            return
        n_rules = len(self._rules.rules)
        if self._chosen is not None and self._chosen > n_rules:
            self._chosen = None
        experiment, log = self._workspace.experiment, self._workspace.log
        self._state = rules_state(experiment, log, self._chosen, self._fields)
        self._view.show_state(self._state)
        if self._shown_for != self._rules:
            self._ask_preview()

    def _ask_preview(self) -> None:
        """Make the preview beside the window; what changes meanwhile is made after it."""
        workspace = self._workspace
        project, dataset_id = workspace.project, workspace.dataset_id
        if self._view is None or project is None or dataset_id is None:
            return
        if self._asking:
            self._stale = True
            return
        self._asking, self._stale = True, False
        rules, user, log = self._rules, self._user, workspace.log
        self._shown_for = rules

        def work(_: object) -> PreviewState:
            return self._make(project, dataset_id, log, rules, user)

        def done(state: PreviewState) -> None:
            self._asking = False
            if self._stale or workspace.project is not project:
                self._ask_preview()
                return
            if state.preview is not None:
                self._user = state.preview.user
            if self._view is not None:
                self._view.show_preview(state)

        def failed(error: MtrecError) -> None:
            done(PreviewState(PreviewStatus.FAILED, message=error.message))

        workspace.runner.run(work, done, failed)

    def _make(
        self, project: Project, dataset_id: int, log: Any, rules: RuleSet, user: str | None
    ) -> PreviewState:
        model = self.previews.model(project, dataset_id, log, rules)
        if model is None:
            return PreviewState(PreviewStatus.NO_RUN)
        try:
            shown: Preview = (
                self.previews.other_preview(model)
                if user is None
                else self.previews.preview(model, log.user_index(user))
            )
        except UnknownUserError as error:
            return PreviewState(PreviewStatus.UNKNOWN_USER, message=error.message)
        return PreviewState(PreviewStatus.READY, shown)

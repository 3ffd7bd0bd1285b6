"""What Experiments decides: which model is looked at, what an edit changes, whether it can run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import ValidationError

from algorithms.data.split import SplitConfig
from algorithms.evaluation import ModelChoice
from mtrec_gui.keys import Keys
from mtrec_gui.model_shelf import MODELS, differing_values, find_model
from mtrec_gui.pages.experiments.reading import (
    judging,
    key_place,
    model_detail,
    model_rows,
    read_seeds,
    run_plan,
    runnable,
)
from mtrec_gui.pages.experiments.state import (
    Edit,
    ExperimentsState,
    RunRow,
    RunsState,
    SeedsProblem,
    all_choices,
)
from mtrec_gui.run_desk import DeskRow, RunDesk
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.tasks import TaskProblem


class ExperimentsView(Protocol):
    """What the presenter asks of the view."""

    def show_state(self, state: ExperimentsState) -> None:
        """Show models, settings and what Run would do."""

    def show_runs(self, runs: RunsState) -> None:
        """Show the runs of the newest comparison."""


class ExperimentsPresenter:
    """Edits the experiment and starts its runs.

    Parameters
    ----------
    workspace : holds the experiment
    desk : does the runs
    name_edit : words what can be undone, from an edit and the title of the model concerned
    keys : of the servers that models ask
    """

    def __init__(
        self,
        workspace: Workspace,
        desk: RunDesk,
        name_edit: Callable[[Edit, str], str],
        keys: Keys,
    ) -> None:
        self._workspace = workspace
        self._desk = desk
        self._name_edit = name_edit
        self._keys = keys
        self._view: ExperimentsView | None = None
        self._chosen = 0  # place in all_choices
        self._seeds_refused: tuple[str, SeedsProblem] | None = None
        self._problems: tuple[TaskProblem, ...] = ()
        self._n_checks = 0
        self._checked: object = None
        self._was_running = False

    def attach(self, view: ExperimentsView) -> None:
        """Take the view, and show the project where one is open."""
        self._view = view
        self._workspace.opened.connect(lambda _: self._project_opened())
        self._workspace.experiment_changed.connect(lambda _: self._experiment_changed())
        self._desk.changed.connect(lambda _: self._desk_changed())
        if self._workspace.is_open:
            self._project_opened()

    # --- what a person does ----------------------------------------------------------------

    def model_chosen(self, place: int) -> None:
        """A person wants to look at a model."""
        self._chosen = place
        self._refresh()

    def model_ticked(self, place: int, ticked: bool) -> None:
        """A person wants a model to take part, or not."""
        self._chosen = place
        kind = Edit.TICK if ticked else Edit.UNTICK
        self._change(place, kind, enabled=ticked)
        self._refresh()

    def config_edited(self, field: str, values: Mapping[str, Any]) -> None:
        """A person changed a value of the model that is looked at."""
        place = self._chosen
        self._change(place, Edit.VALUE, merge=f"model {place} {field}", config=dict(values))

    def defaults_pressed(self) -> None:
        """A person wants the model that is looked at as it was made."""
        self._change(self._chosen, Edit.DEFAULTS, config={})

    def key_entered(self, key: str, remember: bool) -> None:
        """A person typed a key for the server that the model asks, or wants it forgotten."""
        choice = all_choices(self._workspace.experiment)[self._chosen]
        place = key_place(choice, self._keys)
        if place is None or not place.address:
            return
        self._keys.keep(place.address, key)
        self._refresh()
        if remember:
            self._workspace.runner.run(
                lambda progress: self._keys.remember(place.address, key),
                lambda _: None,
                self._workspace.failed.emit,
            )

    def variant_added(self) -> None:
        """A person wants the model that is looked at once more, with other settings."""
        choices = list(all_choices(self._workspace.experiment))
        copied = choices[self._chosen].model_copy(update={"enabled": True})
        self._chosen += 1
        choices.insert(self._chosen, copied)
        self._set_models(choices, Edit.ADD_VARIANT, copied.model)

    def variant_removed(self) -> None:
        """A person wants a variant to go."""
        choices = list(all_choices(self._workspace.experiment))
        gone = choices.pop(self._chosen)
        same = [place for place, each in enumerate(choices) if each.model == gone.model]
        self._chosen = min(same, key=lambda place: abs(place - self._chosen), default=0)
        self._set_models(choices, Edit.REMOVE_VARIANT, gone.model)

    def split_edited(self, field: str, values: Mapping[str, Any]) -> None:
        """A person changed how the data is divided."""
        try:
            split = SplitConfig.model_validate(dict(values))
        except ValidationError:  # the form has said why
            return
        self._edit(Edit.SPLIT, {"split": split}, f"split {field}")

    def seeds_edited(self, text: str) -> None:
        """A person typed seeds."""
        seeds = read_seeds(text)
        if isinstance(seeds, SeedsProblem):
            self._seeds_refused = (text, seeds)
            self._refresh()
            return
        self._seeds_refused = None
        if seeds == self._workspace.experiment.seeds:
            self._refresh()
        self._edit(Edit.SEEDS, {"seeds": seeds}, "seeds")

    def k_edited(self, k: int) -> None:
        """A person changed how long the lists are that are judged."""
        self._edit(Edit.K, {"k": k}, "k")

    def run_pressed(self) -> None:
        """A person wants the ticked models to run."""
        self._desk.start(runnable(self._workspace.experiment))

    def run_cancelled(self, job: str) -> None:
        """A person wants one run to stop."""
        self._desk.cancel(job)

    def all_cancelled(self) -> None:
        """A person wants all runs to stop."""
        self._desk.cancel_all()

    # --- editing ---------------------------------------------------------------------------

    def _change(self, place: int, kind: Edit, merge: str | None = None, **update: Any) -> None:
        choices = list(all_choices(self._workspace.experiment))
        choices[place] = choices[place].model_copy(update=update)
        self._set_models(choices, kind, choices[place].model, merge)

    def _set_models(
        self, choices: list[ModelChoice], kind: Edit, key: str, merge: str | None = None
    ) -> None:
        title = MODELS[key].title if key in MODELS else key
        self._edit(kind, {"models": tuple(choices)}, merge, title)

    def _edit(
        self, kind: Edit, update: Mapping[str, Any], merge: str | None, title: str = ""
    ) -> None:
        experiment = self._workspace.experiment.model_copy(update=update)
        self._workspace.edit(self._name_edit(kind, title), experiment, merge)

    # --- showing ---------------------------------------------------------------------------

    def _project_opened(self) -> None:
        self._problems, self._checked, self._seeds_refused = (), None, None
        if not self._workspace.is_open:
            return
        ticked = [  # a ceiling or a floor is not what one came for
            n
            for n, each in enumerate(self._workspace.experiment.models)
            if each.enabled and find_model(each.model).bound is None
        ]
        self._chosen = ticked[-1] if ticked else 0
        self._refresh()
        self._show_runs()

    def _experiment_changed(self) -> None:
        self._seeds_refused = None
        self._refresh()

    def _refresh(self) -> None:
        view, workspace = self._view, self._workspace
        if view is None or not workspace.is_open:
            return
        self._check_tasks()
        experiment = workspace.experiment
        rows = model_rows(experiment, self._problems)
        self._chosen = min(self._chosen, len(rows) - 1)
        chosen = next(row for row in rows if row.place == self._chosen)
        shown = judging(experiment, len(workspace.log))
        if self._seeds_refused is not None:
            text, problem = self._seeds_refused
            shown = replace(shown, seeds=text, seeds_problem=problem)
        view.show_state(
            ExperimentsState(
                rows=rows,
                detail=model_detail(experiment, chosen, self._keys),
                judging=shown,
                plan=run_plan(experiment, rows, self._problems, self._desk.is_running),
            )
        )

    def _check_tasks(self) -> None:
        """Ask what stands in the way of the tasks, where they changed."""
        tasks, log = self._workspace.experiment.tasks, self._workspace.log
        if self._checked == (tasks, id(log)):
            return
        self._checked = (tasks, id(log))
        self._n_checks += 1
        number = self._n_checks

        def checked(problems: list[TaskProblem]) -> None:
            if number == self._n_checks and tuple(problems) != self._problems:
                self._problems = tuple(problems)
                self._refresh()

        def question(_: object) -> list[TaskProblem]:
            from algorithms.tasks import check_tasks

            return check_tasks(tasks, log)

        self._workspace.read(question, checked)

    def _desk_changed(self) -> None:
        self._show_runs()
        if self._desk.is_running != self._was_running:
            self._was_running = self._desk.is_running
            self._refresh()

    def _show_runs(self) -> None:
        if self._view is not None:
            self._view.show_runs(runs_state(self._desk))


def runs_state(desk: RunDesk) -> RunsState:
    """Return the desk's rows as the page shows them."""
    several = len({row.spec.seed for row in desk.rows}) > 1
    return RunsState(tuple(_run_row(row, several) for row in desk.rows), desk.is_running)


def _run_row(row: DeskRow, several_seeds: bool) -> RunRow:
    model = MODELS.get(row.spec.model)
    config = row.spec.config
    return RunRow(
        job=row.job,
        title=row.spec.model if model is None else model.title,
        differs=tuple((differing_values(model, config) if model else config).items()),
        seed=row.spec.seed if several_seeds else None,
        state=row.state,
        stage=None if row.stage is None else row.stage.value,
        fraction=row.fraction,
        seconds_left=row.seconds_left,
        message=row.message,
        committed=row.committed,
    )

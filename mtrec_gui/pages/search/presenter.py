"""What Search decides: what is varied, whether it can be, which search and trial are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pydantic import ValidationError

from algorithms.errors import MtrecError
from algorithms.evaluation import ModelChoice, RunSpec
from algorithms.messages import Message
from algorithms.models.extras import missing_extra
from algorithms.search import (
    Objective,
    Parameter,
    SearchMethod,
    SearchResult,
    SearchSpec,
    Trial,
    WeightScale,
    searchable,
)
from mtrec_gui.events import Event
from mtrec_gui.model_shelf import MODELS
from mtrec_gui.pages.search.state import (
    FormState,
    FoundState,
    ParameterChoice,
    PastSearch,
    TaskChoice,
)
from mtrec_gui.run_desk import RunDesk
from mtrec_gui.search_desk import SearchDesk
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from mtrec_gui.storage import Project
    from mtrec_gui.storage.values import SearchSummary

_FAVOURITE = "shared_factors"
_MOST_OBJECTIVES = 3
_NO_OBJECTIVE = "Tick one to three tasks that should be served well."


class SearchView(Protocol):
    """What the presenter asks of the view."""

    def show_form(self, form: FormState) -> None:
        """Show what will be searched."""

    def show_found(self, found: FoundState) -> None:
        """Show what has been found."""

    def show_error(self, message: Message) -> None:
        """Say why a search could not be started."""


class SearchPresenter:
    """Composes searches, follows them, and sends a chosen setting to the runs.

    Events
    ------
    run_started : a chosen setting is being run for real
    """

    def __init__(self, workspace: Workspace, searches: SearchDesk, runs: RunDesk) -> None:
        self._workspace, self._searches, self._runs = workspace, searches, runs
        self._view: SearchView | None = None
        self._model = _FAVOURITE
        self._objectives: tuple[str, ...] = ()
        self._weights = WeightScale.SIMPLEX
        self._varied: dict[str, Parameter] = {}
        self._method = SearchMethod.SWEEP
        self._n_trials = 15
        self._past: tuple[SearchSummary, ...] = ()
        self._shown: int | None = None  # None: the search of the desk, or the newest
        self._read: SearchResult | None = None
        self._request = 0
        self._chosen: int | None = None
        self.run_started: Event[None] = Event()

    def attach(self, view: SearchView) -> None:
        """Take the view, and show the project where one is open."""
        self._view = view
        self._workspace.opened.connect(lambda _: self._project_opened())
        self._workspace.experiment_changed.connect(lambda _: self._show_form())
        self._runs.changed.connect(lambda _: self._show_found())
        self._searches.changed.connect(lambda _: self._desk_changed())
        self._searches.finished.connect(lambda _: self._read_past())
        self._searches.failed.connect(lambda error: view.show_error(error.message))
        if self._workspace.is_open:
            self._project_opened()

    # --- what a person does ----------------------------------------------------------------

    def model_chosen(self, key: str) -> None:
        """A person wants another model searched."""
        self._model, self._varied, self._objectives = key, {}, ()
        self._propose()
        self._show_form()

    def objective_ticked(self, task: str, ticked: bool) -> None:
        """A person wants a task served well, or not."""
        names = [name for name in self._objectives if name != task]
        wanted = [*names, task] if ticked else names
        order = [each.name for each in self._workspace.experiment.tasks]
        self._objectives = tuple(sorted(wanted, key=order.index)[:_MOST_OBJECTIVES])
        self._show_form()

    def weights_chosen(self, scale: str) -> None:
        """A person wants weights varied in another way."""
        self._weights = WeightScale(scale)
        self._show_form()

    def parameter_ticked(self, name: str, ticked: bool) -> None:
        """A person wants a parameter varied, or not."""
        if ticked:
            self._varied[name] = searchable(MODELS[self._model])[name]
        else:
            self._varied.pop(name, None)
        self._show_form()

    def range_edited(self, name: str, low: float, high: float) -> None:
        """A person changed where a parameter is looked for."""
        parameter = self._varied.get(name)
        if parameter is not None:
            self._varied[name] = parameter.model_copy(update={"low": low, "high": high})
            self._show_form()

    def method_chosen(self, method: str) -> None:
        """A person wants settings chosen in another way."""
        self._method = SearchMethod(method)
        self._show_form()

    def trials_edited(self, n: int) -> None:
        """A person changed the budget."""
        self._n_trials = n
        self._show_form()

    def start_pressed(self) -> None:
        """A person wants the search to begin."""
        spec = self._spec()
        if isinstance(spec, SearchSpec):
            self._shown, self._read, self._chosen = None, None, None
            self._searches.start(spec)

    def cancel_pressed(self) -> None:
        """A person wants the search to stop."""
        self._searches.cancel()

    def past_chosen(self, search: int) -> None:
        """A person wants to see an earlier search."""
        self._shown, self._chosen = search, None
        self._load(search)

    def trial_chosen(self, number: int) -> None:
        """A person looks at a trial."""
        self._chosen = number
        self._show_found()

    def run_pressed(self) -> None:
        """A person wants the trial that is looked at run for real, judged on test data."""
        result, trial = self._result(), self._trial()
        if result is None or trial is None or self._runs.is_running:
            return
        run = result.run_spec(trial)
        experiment = self._workspace.experiment.model_copy(
            update={
                "tasks": run.tasks,
                "split": run.split,
                "rules": run.rules,
                "k": run.k,
                "seeds": (run.seed,),
                "models": (ModelChoice(model=run.model, config=dict(run.config)),),
            }
        )
        self._runs.start(experiment)
        self.run_started.emit(None)

    # --- what is searched ------------------------------------------------------------------

    def _propose(self) -> None:
        """Begin with the first two tasks that the model serves, and their weights."""
        served = MODELS[self._model].served_tasks(self._workspace.experiment.tasks)
        self._objectives = tuple(task.name for task in served[:2])
        can_weigh = MODELS[self._model].is_multitask and len(self._objectives) > 1
        self._weights = WeightScale.SIMPLEX if can_weigh else WeightScale.KEPT
        if not can_weigh:
            self._varied = dict(list(searchable(MODELS[self._model]).items())[:1])

    def _spec(self) -> SearchSpec | Message:
        """Return the search that is asked for, or what stands in its way."""
        experiment = self._workspace.experiment
        if not self._objectives:
            return Message(_NO_OBJECTIVE)
        choice = next((m for m in experiment.models if m.model == self._model), None)
        try:
            spec = SearchSpec(
                base=RunSpec(
                    model=self._model,
                    config={} if choice is None else choice.config,
                    seed=experiment.seeds[0],
                    tasks=experiment.tasks,
                    split=experiment.split,
                    rules=experiment.rules,
                    k=experiment.k,
                ),
                parameters=tuple(
                    Parameter.model_validate(each.model_dump()) for each in self._varied.values()
                ),
                weights=self._weights,
                objectives=tuple(Objective(task=name) for name in self._objectives),
                method=self._method,
                n_trials=self._n_trials,
            )
            spec.check(MODELS)
        except MtrecError as error:
            return error.message
        except ValidationError as error:
            return Message("A range cannot be searched: {why}.", {"why": error.errors()[0]["msg"]})
        return spec

    def _show_form(self) -> None:
        if self._view is None or not self._workspace.is_open:
            return
        model = MODELS[self._model]
        tasks = model.served_tasks(self._workspace.experiment.tasks)
        names = [task.name for task in tasks]
        self._objectives = tuple(name for name in self._objectives if name in names)
        is_full = len(self._objectives) >= _MOST_OBJECTIVES
        spec = self._spec()
        self._view.show_form(
            FormState(
                models=tuple(
                    (key, each.title)
                    for key, each in MODELS.items()
                    if each.bound is None
                    and missing_extra(each) is None
                    and each().lacks() is None
                    and (each.is_multitask or searchable(each))
                    and each.served_tasks(self._workspace.experiment.tasks)
                ),
                model=self._model,
                tasks=tuple(
                    TaskChoice(
                        name, name in self._objectives, name in self._objectives or not is_full
                    )
                    for name in names
                ),
                weights=self._weights,
                parameters=tuple(
                    ParameterChoice(
                        self._varied.get(name, parameter),
                        model.config_class.model_fields[name].description or "",
                        name in self._varied,
                    )
                    for name, parameter in searchable(model).items()
                ),
                method=self._method,
                n_trials=self._n_trials,
                obstacle=spec if isinstance(spec, Message) else None,
            )
        )

    # --- what is found ---------------------------------------------------------------------

    def _project_opened(self) -> None:
        self._past, self._shown, self._read, self._chosen = (), None, None, None
        if not self._workspace.is_open:
            return
        self._propose()
        self._show_form()
        self._show_found()
        self._read_past()

    def _desk_changed(self) -> None:
        if self._workspace.is_open:
            self._show_found()

    def _read_past(self) -> None:
        dataset_id = self._workspace.dataset_id
        if dataset_id is not None:
            self._workspace.read(lambda project: project.searches(dataset_id), self._past_read)

    def _past_read(self, found: list[SearchSummary]) -> None:
        self._past = tuple(reversed(found))
        if self._past and self._result() is None and not self._searches.is_running:
            self._load(self._past[0].id)
        self._show_found()

    def _load(self, search: int) -> None:
        self._request += 1
        request = self._request
        summary = next((each for each in self._past if each.id == search), None)
        if summary is None:
            return

        def ask(project: Project) -> SearchResult:
            trials = project.load_trials(search)
            return SearchResult(summary.spec, summary.spec.columns(MODELS), trials)

        def take(result: SearchResult) -> None:
            if request == self._request:
                self._shown, self._read = search, result
                self._show_found()

        self._workspace.read(ask, take)

    def _result(self) -> SearchResult | None:
        return self._searches.result if self._shown is None else self._read

    def _trial(self) -> Trial | None:
        result = self._result()
        if result is None:
            return None
        return next((t for t in result.candidates if t.number == self._chosen), None)

    def _show_found(self) -> None:
        if self._view is None or not self._workspace.is_open:
            return
        trial = self._trial()
        shown = self._searches.id if self._shown is None else self._shown
        self._view.show_found(
            FoundState(
                result=self._result(),
                chosen=self._chosen,
                is_running=self._searches.is_running,
                fraction=self._searches.fraction,
                can_run=trial is not None and trial.message is None and not self._runs.is_running,
                past=tuple(
                    PastSearch(
                        each.id,
                        each.created,
                        each.spec.base.model,
                        tuple(objective.task for objective in each.spec.objectives),
                    )
                    for each in self._past
                ),
                shown=shown,
            )
        )

"""What the curves decide: which can be drawn, what is proposed, when they begin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from algorithms.errors import MtrecError
from algorithms.evaluation import RunSpec
from algorithms.messages import Message
from algorithms.models.extras import require_extra
from algorithms.search import (
    CurveKind,
    CurveSpec,
    Objective,
    share_values,
    size_values,
)
from mtrec_gui.curve_desk import CurveDesk, CurveLine
from mtrec_gui.model_shelf import MODELS
from mtrec_gui.pages.search.curve_models import drawable_models, numbers_of
from mtrec_gui.pages.search.curve_state import (
    MOST_MODELS,
    CurveForm,
    CurvesFound,
    DrawableModel,
    PastCurves,
)
from mtrec_gui.pages.search.curve_table import write_curves
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from mtrec_gui.storage import Project
    from mtrec_gui.storage.values import CurvesSummary

_PROPOSED = {
    CurveKind.LABELS: ("shared_factors", "separate_factors"),  # sharing beside learning alone
    CurveKind.SIZE: ("shared_factors",),
    CurveKind.SHRINK: ("shared_bottom",),
}
_SHARES = "0.03, 0.1, 0.3, 1"
_NOTHING = Message("No model of this kind serves a task that is switched on.")


class CurveView(Protocol):
    """What the presenter asks of the view."""

    def show_form(self, form: CurveForm) -> None:
        """Show what will be drawn."""

    def show_found(self, found: CurvesFound) -> None:
        """Show what is known of the curves."""


class CurvePresenter:
    """Composes curves, follows them, and saves their points."""

    def __init__(self, workspace: Workspace, curves: CurveDesk) -> None:
        self._workspace, self._curves = workspace, curves
        self._view: CurveView | None = None
        self._kind = CurveKind.LABELS
        self._chosen: tuple[str, ...] = ()
        self._task = ""
        self._parameter = ""
        self._values = _SHARES
        self._n_seeds = 3
        self._past: tuple[CurvesSummary, ...] = ()
        self._shown: int | None = None  # None: the curves of the desk
        self._read: tuple[CurveLine, ...] = ()
        self._request = 0
        self._version = 0  # grows when other curves are looked at

    def attach(self, view: CurveView) -> None:
        """Take the view, and show the project where one is open."""
        self._view = view
        self._workspace.opened.connect(lambda _: self._project_opened())
        self._workspace.experiment_changed.connect(lambda _: self._show_form())
        self._curves.changed.connect(lambda _: self._show_found())
        self._curves.finished.connect(lambda _: self._read_past())
        self._curves.failed.connect(self._workspace.failed.emit)
        self._project_opened()

    # --- what a person does ----------------------------------------------------------------

    def kind_chosen(self, kind: str) -> None:
        """A person wants another curve."""
        self._kind, self._chosen = CurveKind(kind), ()
        self._propose()

    def model_chosen(self, place: int, key: str) -> None:
        """A person wants another model at a place; without a key, none there."""
        chosen = list(self._chosen)
        if place < len(chosen):
            chosen[place] = key
        else:
            chosen.append(key)
        self._chosen = tuple(dict.fromkeys(key for key in chosen if key))[:MOST_MODELS]
        if place == 0:
            self._parameter = ""
        self._propose()

    def task_chosen(self, task: str) -> None:
        """A person wants another task judged."""
        self._task = task
        self._show_form()

    def parameter_chosen(self, name: str) -> None:
        """A person wants another number turned up."""
        self._parameter, self._values = name, ""
        self._propose()

    def values_edited(self, text: str) -> None:
        """A person typed other places for the points."""
        self._values = text.strip()
        self._show_form()

    def seeds_edited(self, n: int) -> None:
        """A person wants more or fewer runs at each point."""
        self._n_seeds = n
        self._show_form()

    def start_pressed(self) -> None:
        """A person wants the curves drawn."""
        specs = self._specs()
        if not isinstance(specs, Message):
            self._look_at(None, ())
            self._curves.start(specs)

    def cancel_pressed(self) -> None:
        """A person wants it to stop."""
        self._curves.cancel()

    def past_chosen(self, sheet: int) -> None:
        """A person wants to see earlier curves."""
        self._load(sheet)

    def export_wanted(self, path: Path) -> None:
        """A person wants the points as a table."""
        lines = self._lines()
        self._workspace.runner.run(
            lambda _: write_curves(path, lines), lambda _: None, self._workspace.failed.emit
        )

    # --- what is drawn ---------------------------------------------------------------------

    def _models(self) -> dict[str, DrawableModel]:
        return drawable_models(self._kind, self._workspace.experiment)

    def _propose(self) -> None:
        """Fill in what is not chosen, and show it."""
        if not self._workspace.is_open:
            return
        models = self._models()
        self._chosen = tuple(key for key in self._chosen if key in models)
        if not self._chosen:
            proposed = tuple(key for key in _PROPOSED[self._kind] if key in models)
            self._chosen = proposed or tuple(models)[:1]
            self._parameter, self._values = "", ""
        if self._kind is CurveKind.LABELS:
            self._values = self._values or _SHARES
        elif self._kind is CurveKind.SIZE and self._chosen:
            model = MODELS[models[self._chosen[0]].key]
            if self._parameter not in numbers_of(model):
                try:
                    self._parameter = size_values(model)[0]
                except MtrecError:  # nothing is known to make it larger: the first number
                    self._parameter = numbers_of(model)[0]
                self._values = ""
            if not self._values:
                values = size_values(model, self._parameter)[1]
                self._values = ", ".join(f"{value:.6g}" for value in values)
        self._show_form()

    def _served(self) -> tuple[str, ...]:
        """Return the tasks that all chosen models serve."""
        tasks = self._workspace.experiment.tasks
        keys = [each.key for id_, each in self._models().items() if id_ in self._chosen]
        served = [{t.name for t in MODELS[key].served_tasks(tasks)} for key in keys]
        return tuple(t.name for t in tasks if served and all(t.name in names for names in served))

    def _specs(self) -> list[CurveSpec] | Message:
        """Return the curves that are asked for, or what stands in their way."""
        if not self._chosen or not self._task:
            return _NOTHING
        try:
            models = self._models()
            return [self._spec(models[id_]) for id_ in self._chosen]
        except MtrecError as error:
            return error.message

    def _spec(self, chosen: DrawableModel) -> CurveSpec:
        experiment, model = self._workspace.experiment, MODELS[chosen.key]
        require_extra(model)
        parameter, values = "", tuple[float, ...]()
        if self._kind is CurveKind.LABELS:
            values = share_values(self._values)
        elif self._kind is CurveKind.SIZE and self._parameter in numbers_of(model):
            parameter, values = size_values(model, self._parameter, self._values)
        elif self._kind is CurveKind.SIZE:
            parameter, values = size_values(model)
        spec = CurveSpec(
            kind=self._kind,
            base=RunSpec(
                model=chosen.key,
                config=dict(chosen.config),
                seed=1,
                tasks=experiment.tasks,
                split=experiment.split,
                rules=experiment.rules,
                k=experiment.k,
            ),
            objective=Objective(task=self._task),
            parameter=parameter,
            values=values,
            seeds=tuple(range(1, self._n_seeds + 1)),
        )
        spec.check(MODELS)
        return spec

    # --- what is shown ---------------------------------------------------------------------

    def _project_opened(self) -> None:
        self._past = ()
        self._look_at(None, ())
        if self._workspace.is_open:
            self._task = ""
            self._propose()
            self._show_found()
            self._read_past()

    def _show_form(self) -> None:
        if self._view is None or not self._workspace.is_open:
            return
        models = self._models()  # a variant may have gone from the experiment
        self._chosen = tuple(id_ for id_ in self._chosen if id_ in models)
        served = self._served()
        if self._task not in served:
            self._task = self._scarce_task(served)
        specs = self._specs()
        first = MODELS[models[self._chosen[0]].key] if self._chosen else None
        self._view.show_form(
            CurveForm(
                kind=self._kind,
                models=tuple(models.values()),
                chosen=self._chosen,
                tasks=served,
                task=self._task,
                parameters=() if first is None else numbers_of(first),
                parameter=self._parameter,
                values=self._values,
                n_seeds=self._n_seeds,
                obstacle=specs if isinstance(specs, Message) else None,
            )
        )

    def _scarce_task(self, served: tuple[str, ...]) -> str:
        """Return the task that is proposed: one that follows another in a funnel, else the last."""
        tasks = [task for task in self._workspace.experiment.tasks if task.name in served]
        following = [task.name for task in tasks if task.parent is not None]
        return (following or [task.name for task in reversed(tasks)] or [""])[0]

    def _read_past(self) -> None:
        dataset_id = self._workspace.dataset_id
        if dataset_id is not None:
            self._workspace.read(lambda project: project.curves(dataset_id), self._past_read)

    def _past_read(self, found: list[CurvesSummary]) -> None:
        self._past = tuple(reversed(found))
        if self._past and not self._lines() and not self._curves.is_running:
            self._load(self._past[0].id)
        self._show_found()

    def _load(self, sheet: int) -> None:
        self._request += 1
        request = self._request
        summary = next((each for each in self._past if each.id == sheet), None)
        if summary is None:
            return

        def ask(project: Project) -> tuple[CurveLine, ...]:
            for spec in summary.specs:
                spec.column(MODELS)  # says so where a model is not there any more
            return tuple(map(CurveLine.of, summary.specs, project.load_curve_runs(sheet)))

        def take(lines: tuple[CurveLine, ...]) -> None:
            if request == self._request:
                self._look_at(sheet, lines)
                self._show_found()

        self._workspace.read(ask, take)

    def _look_at(self, sheet: int | None, lines: tuple[CurveLine, ...]) -> None:
        self._shown, self._read = sheet, lines
        self._request += 1  # what is still being read is not wanted any more
        self._version += 1

    def _lines(self) -> tuple[CurveLine, ...]:
        return self._curves.lines if self._shown is None else self._read

    def _show_found(self) -> None:
        if self._view is None or not self._workspace.is_open:
            return
        curves = self._curves
        self._view.show_found(
            CurvesFound(
                lines=self._lines(),
                version=(self._version, curves.version),
                is_running=curves.is_running,
                fraction=curves.fraction,
                past=tuple(
                    PastCurves(
                        each.id,
                        each.created,
                        each.specs[0].kind,
                        each.specs[0].objective.task,
                        tuple((spec.base.model, spec.base.config) for spec in each.specs),
                    )
                    for each in self._past
                ),
                shown=curves.id if self._shown is None else self._shown,
            )
        )

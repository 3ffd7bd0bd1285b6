"""The words of the Experiments page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject

from algorithms.models.base import Family
from algorithms.progress import Stage
from mtrec_gui.jobs.port import JobState
from mtrec_gui.pages.experiments.state import (
    Edit,
    ModelDetail,
    ModelRow,
    Obstacle,
    RunPlan,
    RunRow,
    RunsState,
    SeedsProblem,
)
from mtrec_gui.widgets.config_form import field_title
from mtrec_gui.wording import engine_text, say, seconds


class ExperimentWords(QObject):
    """Turns the values of the page into sentences."""

    def name_edit(self, edit: Edit, title: str) -> str:
        """Return what can be undone."""
        model = engine_text(title)
        return {
            Edit.TICK: self.tr("tick {model}").format(model=model),
            Edit.UNTICK: self.tr("untick {model}").format(model=model),
            Edit.VALUE: self.tr("settings of {model}").format(model=model),
            Edit.DEFAULTS: self.tr("defaults of {model}").format(model=model),
            Edit.ADD_VARIANT: self.tr("variant of {model}").format(model=model),
            Edit.REMOVE_VARIANT: self.tr("remove a variant of {model}").format(model=model),
            Edit.SPLIT: self.tr("split"),
            Edit.SEEDS: self.tr("seeds"),
            Edit.K: self.tr("length of the lists"),
        }[edit]

    # --- models ------------------------------------------------------------------------------

    def family(self, family: Family | None) -> tuple[str, str]:
        """Return the title of a family and what holds it together."""
        return {
            Family.BASELINE: (self.tr("Baselines"), self.tr("what everything else must beat")),
            Family.LIBRARY: (self.tr("Libraries"), self.tr("one model for each task")),
            Family.SHARED_FACTORS: (self.tr("Shared factors"), self.tr("the lab's own")),
            Family.RULES: (self.tr("Rules"), self.tr("knowledge that a person wrote")),
            Family.NEURAL: (self.tr("Networks"), self.tr("small enough for a laptop")),
            Family.ADVERSARIAL: (
                self.tr("Adversaries"),
                self.tr("one network against another"),
            ),
            Family.PROMPTED: (self.tr("Prompts"), self.tr("every task is a sentence")),
            Family.POLICY: (self.tr("Policies"), self.tr("learn how much each task counts")),
            Family.REFERENCE: (
                self.tr("References"),
                self.tr("floor and ceiling, to read the others by"),
            ),
            None: (self.tr("Unknown"), self.tr("not in this version of the lab")),
        }[family]

    def row_title(self, row: ModelRow) -> str:
        """Return the name of a model in the list."""
        return engine_text(row.title)

    def row_remark(self, row: ModelRow) -> str:
        """Return what sets a row apart."""
        if row.missing is not None:
            return self.tr("needs {package}").format(package=row.missing.package)
        if row.differs:
            return self.values(row.differs)
        if row.variant > 1:
            return self.tr("variant {n}").format(n=row.variant)
        return ""

    def row_warning(self, row: ModelRow) -> str:
        """Return what should be known before it runs."""
        if row.missing is not None:  # the remark says so, and the model's card how to get it
            return ""
        if row.blocked is not None:
            return say(row.blocked)
        if row.twin_of is not None and row.ticked:
            return self.tr("The same settings as another row: change a value to compare them.")
        return ""

    def values(self, values: Sequence[tuple[str, Any]]) -> str:
        """Write values that differ from the defaults."""
        return " · ".join(f"{field_title(name)} {_short(value)}" for name, value in values)

    def remarks(self, detail: ModelDetail) -> list[str]:
        """Return what else there is to know about a model."""
        n_served = len(detail.row.served)
        words = []
        if detail.row.blocked is not None and detail.row.missing is None:
            words.append(say(detail.row.blocked))
        if detail.sends is not None:
            words.append(say(detail.sends))
        if detail.is_bound:
            words.append(self.tr("It does not compete: the other models are read by it."))
        elif detail.learns_jointly:
            words.append(self.tr("Its tasks share parameters or scores: they can help each other."))
        elif n_served > 1:
            words.append(
                self.tr("Fitted once for each of the {n} tasks; they do not help each other.")
                .format(n=n_served)
            )  # fmt: skip
        if detail.row.unserved:
            kinds = [engine_text(kind) for kind in detail.served_kinds]
            words.append(
                self.tr("It learns {kinds} tasks only, and so leaves out {tasks}.").format(
                    kinds=self.tr(" and ").join(kinds),
                    tasks=", ".join(mark.name for mark in detail.row.unserved),
                )
            )
        return words

    # --- judging and running -----------------------------------------------------------------

    def seeds_problem(self, problem: SeedsProblem) -> str:
        """Say why a line is no list of seeds."""
        return {
            SeedsProblem.EMPTY: self.tr("At least one seed is needed, such as 1."),
            SeedsProblem.NO_NUMBER: self.tr(
                "Seeds are whole numbers from 0 up, with commas between them: 1, 2, 3."
            ),
            SeedsProblem.REPEATED: self.tr(
                "A seed stands there twice; the same seed gives the same numbers."
            ),
            SeedsProblem.TOO_MANY: self.tr("At most 20 seeds at a time."),
        }[problem]

    def run_button(self, plan: RunPlan) -> str:
        """Return what stands on the button."""
        if plan.n_models == 0:
            return self.tr("Run")
        if plan.n_runs == 1:
            return self.tr("Run 1 model")
        if plan.n_seeds == 1:
            return self.tr("Run {n} models").format(n=plan.n_models)
        return self.tr("Start {n} runs").format(n=plan.n_runs)

    def run_remark(self, plan: RunPlan) -> str:
        """Say what Run does, or why it must wait."""
        if plan.obstacle is Obstacle.RUNNING:
            return self.tr("The next comparison can start after this one.")
        if plan.obstacle is None and plan.n_seeds > 1:
            return self.tr("{models} models × {seeds} seeds").format(
                models=plan.n_models, seeds=plan.n_seeds
            )
        return ""

    def run_warning(self, plan: RunPlan) -> str:
        """Say what a person has to do first, or should know."""
        if plan.obstacle is Obstacle.NO_TASK:
            return self.tr("There is nothing to learn: no task is switched on.")
        if plan.obstacle is Obstacle.NOTHING_TICKED:
            return self.tr("Nothing is ticked. Tick at least one model.")
        if plan.obstacle is Obstacle.ALL_BLOCKED:
            if plan.task_problem is not None:
                return say(plan.task_problem)
            return self.tr("None of the ticked models serves a task that is switched on.")
        if plan.n_blocked:
            return self.tr(
                "{n} of the ticked models cannot run; the list says why. The others can."
            ).format(n=plan.n_blocked)
        return ""

    # --- runs --------------------------------------------------------------------------------

    def runs_sentence(self, runs: RunsState) -> str:
        """Say how far all runs are together."""
        if runs.is_running:
            return self.tr("{over} of {n} runs are over. You can go on editing meanwhile.").format(
                over=runs.n_over, n=len(runs.rows)
            )
        return self.tr("{done} of {n} runs finished and are kept in the project.").format(
            done=runs.n_done, n=len(runs.rows)
        )

    def run_title(self, row: RunRow) -> str:
        """Return the name of a run."""
        parts = [engine_text(row.title)]
        if row.differs:
            parts.append(self.values(row.differs))
        if row.seed is not None:
            parts.append(self.tr("seed {seed}").format(seed=row.seed))
        return " · ".join(parts)

    def run_state(self, row: RunRow) -> str:
        """Say where a run stands."""
        if row.state in (JobState.STARTED, JobState.PROGRESS):
            words = self.stage(row.stage)
            if row.seconds_left is not None:
                left = self.tr("{time} left").format(time=seconds(row.seconds_left))
                return f"{words} · {left}"
            return words
        if row.state is JobState.DONE:
            return self.tr("finished") if row.committed else self.tr("being saved")
        return {
            JobState.QUEUED: self.tr("waiting"),
            JobState.FAILED: self.tr("failed"),
            JobState.CANCELLED: self.tr("cancelled"),
            JobState.KILLED: self.tr("stopped by force"),
            JobState.CRASHED: self.tr("crashed"),
        }[row.state]

    def stage(self, stage: str | None) -> str:
        """Say what a run is at."""
        if stage is None:
            return self.tr("starting")
        return {
            Stage.LOAD: self.tr("reading the data"),
            Stage.SPLIT: self.tr("splitting the data"),
            Stage.FIT: self.tr("learning"),
            Stage.CALIBRATE: self.tr("calibrating"),
            Stage.PREDICT: self.tr("predicting"),
            Stage.RANK: self.tr("ranking"),
            Stage.MEASURE: self.tr("measuring"),
            Stage.SAVE: self.tr("saving"),
        }[Stage(stage)]


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).replace("_", " ")

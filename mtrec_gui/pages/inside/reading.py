"""From a question to what a model shows: restore it and ask it (Qt-free)."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from algorithms.evaluation.learning_curves import learning_curves
from algorithms.models.base import Recommender
from algorithms.models.prompting import AnswersPrompts
from algorithms.progress import Progress, Stage, silent
from mtrec_gui.model_shelf import differing_values, find_model
from mtrec_gui.pages.inside.state import (
    ComparisonChoice,
    Inside,
    InsideState,
    Question,
    RunChoice,
)
from mtrec_gui.pages.inside.talking import Talker
from mtrec_gui.restored import finished_comparisons

if TYPE_CHECKING:
    from algorithms.data import InteractionLog
    from mtrec_gui.restored import RestoredModels
    from mtrec_gui.storage import ComparisonSummary, Project, StoredRun

_FEWEST_NOTES = 2  # one alone is no film
_PLAYED = ("cosines", "weights")  # exhibits whose curves the microscope shows


class Reader:
    """Answers the questions of the page; in the background, one at a time."""

    def __init__(self, restored: RestoredModels) -> None:
        self._restored = restored
        self._lock = threading.Lock()

    def answer(
        self,
        project: Project,
        log: InteractionLog,
        dataset_id: int,
        question: Question,
        progress: Progress = silent,
    ) -> InsideState:
        """Answer a question.

        Parameters
        ----------
        project, log : the open project and its data
        dataset_id : whose comparisons count
        question : what is wanted
        progress : told between the steps; may raise to stop

        Raises
        ------
        ProjectError
            Where the project does not have what the run learned, or it is damaged.
        """
        with self._lock:
            progress(0.0, Stage.LOAD)
            comparisons = finished_comparisons(project, dataset_id)
            if not comparisons:
                return InsideState()
            summaries = {summary.id: summary for _, summary in comparisons}
            summary = summaries.get(question.comparison or -1, comparisons[-1][1])
            done = [run for run in project.runs(summary.id) if run.cost is not None]
            choices = run_choices(done, project.runs_with_a_curve(summary.id))
            run = next((each for each in done if each.id == question.run), None)
            if run is None:
                run = next(each for each in done if each.id == _telling(choices))
            progress(0.2, Stage.LOAD)
            inside = self._inside(project, log, summary, run)
            return InsideState(
                tuple(
                    ComparisonChoice(each.id, number, each.created) for number, each in comparisons
                ),
                summary.id,
                choices,
                run.id,
                inside,
            )

    def _inside(
        self, project: Project, log: InteractionLog, summary: ComparisonSummary, run: StoredRun
    ) -> Inside:
        model = self._restored.model(project, log, summary.experiment, run)
        record = model.training_record()
        if record is not None and len(record) < _FEWEST_NOTES:
            record = None
        tasks = tuple(task.name for task in model.tasks)
        return Inside(
            model.title,
            model.summary,
            tasks,
            model.notes(),
            (
                *(each for each in model.exhibits() if record is None or each.key not in _PLAYED),
                *learning_curves(project.learning_curve(run.id)),
            ),
            record,
            Talker(model, model.log, tasks) if isinstance(model, AnswersPrompts) else None,
        )


def run_choices(
    runs: Sequence[StoredRun], with_a_curve: Collection[int] = ()
) -> tuple[RunChoice, ...]:
    """Return what can be chosen, told apart by settings and seed where need be.

    Parameters
    ----------
    with_a_curve : ids of the runs of which something was noted while they learned
    """
    several = len({run.seed for run in runs}) > 1
    return tuple(
        RunChoice(
            run.id,
            find_model(run.model).title,
            differing_values(find_model(run.model), run.config),
            run.seed if several else None,
            shows_inside(find_model(run.model)),
            shows_inside(find_model(run.model)) or run.id in with_a_curve,
        )
        for run in runs
    )


def shows_inside(model: type[Recommender]) -> bool:
    """Whether models of a class show anything of their inside."""
    return (
        model.exhibits is not Recommender.exhibits
        or model.training_record is not Recommender.training_record
    )


def _telling(choices: Sequence[RunChoice]) -> int:
    """Return the run to begin with: the first that has something to show."""
    return next((run.id for run in choices if run.has_inside), choices[0].id)

"""Fitted models out of the project file, each restored once and kept (Qt-free).

A fitted model is its parameters and the training log that it was fitted on. The parameters are
in the project; the training log is made anew, by the very function that made it for the run.
Restoring needs NumPy alone, no library that fitted.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from algorithms.data.split import Split, SplitConfig
from algorithms.evaluation import Experiment, RunSpec, split_of
from algorithms.models.base import Recommender
from mtrec_gui.model_shelf import find_model

if TYPE_CHECKING:
    from algorithms.data import InteractionLog
    from mtrec_gui.storage import ComparisonSummary, Project, StoredRun

_SPLITS = 2  # how many splits are kept


def finished_comparisons(project: Project, dataset_id: int) -> list[tuple[int, ComparisonSummary]]:
    """Return a dataset's comparisons with a run that is done, oldest first, and their numbers."""
    own = (summary for summary in project.comparisons() if summary.dataset_id == dataset_id)
    return [(number, summary) for number, summary in enumerate(own, start=1) if summary.n_done]


class RestoredModels:
    """The models of one project at a time; any thread may ask.

    Parameters
    ----------
    most : how many models are kept; the one asked for longest ago goes first
    """

    def __init__(self, most: int = 8) -> None:
        self._most = most
        self._lock = threading.RLock()
        self._project: Project | None = None
        self._models: OrderedDict[int, Recommender] = OrderedDict()
        self._splits: OrderedDict[tuple[SplitConfig, int], Split] = OrderedDict()

    def model(
        self, project: Project, log: InteractionLog, experiment: Experiment, run: StoredRun
    ) -> Recommender:
        """Return the fitted model of a finished run.

        Parameters
        ----------
        project : where its parameters are
        log : the whole log that the run was made on
        experiment : of the comparison that the run belongs to
        run : a run that is done

        Raises
        ------
        ProjectError
            Where the project does not have what the run learned, or it is damaged.
        """
        with self._lock:
            self._follow(project)
            model = self._models.get(run.id)
            if model is None:
                found = find_model(run.model)
                model = found.from_values(run.config).restore(
                    self.split(project, log, experiment, run.seed).train,
                    found.served_tasks(experiment.tasks),
                    project.load_state(run.id),
                )
                self._models[run.id] = model
            self._models.move_to_end(run.id)
            while len(self._models) > self._most:
                self._models.popitem(last=False)
            return model

    def split(
        self, project: Project, log: InteractionLog, experiment: Experiment, seed: int
    ) -> Split:
        """Return the split that the runs of a seed were made with."""
        with self._lock:
            self._follow(project)
            key = (experiment.split, seed)
            split = self._splits.get(key)
            if split is None:
                spec = RunSpec(model="", seed=seed, tasks=experiment.tasks, split=experiment.split)
                split = self._splits[key] = split_of(spec, log)
            self._splits.move_to_end(key)
            while len(self._splits) > _SPLITS:
                self._splits.popitem(last=False)
            return split

    def _follow(self, project: Project) -> None:
        """Forget the models of another project."""
        if project is not self._project:
            self._models.clear()
            self._splits.clear()
            self._project = project

"""A search: one model, what is varied, which tasks it should serve well, how often it may try."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from algorithms.arrays import FloatArray
from algorithms.errors import MtrecError
from algorithms.evaluation.columns import Column, all_columns, default_columns
from algorithms.evaluation.experiment import RunSpec
from algorithms.models.base import Recommender
from algorithms.models.catalog import MODELS, find_model
from algorithms.search.space import Choice, Parameter, WeightScale, parameter_of, weights_at
from algorithms.tasks import Task

MOST_OBJECTIVES = 3  # what a front of more would look like, nobody can see


class SearchError(MtrecError, ValueError):
    """A search that cannot be done as asked."""


class ObjectiveError(SearchError):
    """An objective that the model, the task or the picture does not allow."""

    template = "The objective “{objective}” cannot be had: {reason}. {remedy}"


class NothingVariedError(SearchError):
    """A search in which every trial would be the same."""

    template = (
        "Nothing is varied: name a parameter of {model}, or vary the weights of at least two tasks."
    )


class SearchMethod(StrEnum):
    """How the next setting is chosen."""

    SWEEP = "sweep"  # a grid
    RANDOM = "random"  # chance
    BAYESIAN = "bayesian"  # a model of what did well


class Objective(BaseModel):
    """A task and the metric by which it is served well; the task's main metric by default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str = Field(description="Name of the task")
    metric: str | None = Field(None, description="Key such as ndcg@10; None: the main metric")


class SearchSpec(BaseModel):
    """Everything a search needs besides the log. Serialisable as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: RunSpec = Field(description="The model as it stands, tasks, split, rules and seed")
    parameters: tuple[Parameter, ...] = Field((), description="Fields of the model to vary")
    weights: WeightScale = Field(WeightScale.KEPT, description="How task weights are varied")
    weighed: tuple[str, ...] = Field(
        (), description="Tasks whose weights are varied; none named: the objectives"
    )
    objectives: tuple[Objective, ...] = Field(
        min_length=1, max_length=MOST_OBJECTIVES, description="What should be served well"
    )
    method: SearchMethod = Field(SearchMethod.SWEEP, description="How settings are chosen")
    n_trials: int = Field(20, ge=1, le=1000, description="How many settings are tried")

    # --- what it means ---------------------------------------------------------------------

    def columns(self, models: Mapping[str, type[Recommender]] = MODELS) -> tuple[Column, ...]:
        """Return the task and metric of each objective.

        Raises
        ------
        ObjectiveError
            Where the model does not serve the task, or the task has no such metric.
        """
        return tuple(column_of(objective, self.base, models) for objective in self.objectives)

    def weighed_tasks(self) -> tuple[Task, ...]:
        """Return the tasks whose weights are varied, in the order of the experiment."""
        if self.weights is WeightScale.KEPT:
            return ()
        names = self.weighed or tuple(objective.task for objective in self.objectives)
        return tuple(task for task in self.base.tasks if task.name in names and task.enabled)

    @property
    def n_dimensions(self) -> int:
        """Sides of the cube that is searched: first the weights, then the parameters."""
        return max(len(self.weighed_tasks()) - 1, 0) + len(self.parameters)

    def setting(self, point: FloatArray) -> tuple[dict[str, float], dict[str, Choice]]:
        """Return the task weights and the configuration at a point (d,) of the cube."""
        tasks = self.weighed_tasks()
        n_cuts = max(len(tasks) - 1, 0)
        weights = weights_at(self.weights, tasks, point[:n_cuts]) if n_cuts else {}
        values = {
            parameter.name: parameter.value(float(u))
            for parameter, u in zip(self.parameters, point[n_cuts:], strict=True)
        }
        return weights, values

    def run_spec(self, weights: Mapping[str, float], config: Mapping[str, Any]) -> RunSpec:
        """Return the run of a setting: what is not named in it stays as in ``base``."""
        tasks = tuple(
            task.model_copy(update={"weight": weights.get(task.name, task.weight)})
            for task in self.base.tasks
        )
        return self.base.model_copy(
            update={"tasks": tasks, "config": {**self.base.config, **config}}
        )

    def check(self, models: Mapping[str, type[Recommender]] = MODELS) -> None:
        """Find out at once what would otherwise fail in every trial.

        Raises
        ------
        UnknownModelError, ConfigError, NotSearchableError, ObjectiveError, NothingVariedError
            Each says what to change.
        """
        model = find_model(self.base.model, models)
        self.columns(models)
        for parameter in self.parameters:
            parameter_of(model, parameter.name)
        if not self.n_dimensions:
            raise NothingVariedError(model=model.title)
        for end in (0.0, 1.0):
            model.from_values(
                {**self.base.config, **self.setting(np.full(self.n_dimensions, end))[1]}
            )


def column_of(
    objective: Objective, base: RunSpec, models: Mapping[str, type[Recommender]] = MODELS
) -> Column:
    """Return the task and metric of an objective.

    Raises
    ------
    ObjectiveError
        Where the model does not serve the task, or the task has no such metric.
    """
    model, k = find_model(base.model, models), base.k
    served = model.served_tasks(base.tasks)
    if objective.task not in [task.name for task in served]:
        raise ObjectiveError(
            objective=objective.task,
            reason=f"{model.title} does not serve such a task, or it is switched off",
            remedy="Choose among: " + (", ".join(task.name for task in served) or "none") + ".",
        )
    if objective.metric is None:
        return next(c for c in default_columns(served, k) if c.task == objective.task)
    possible = [column for column in all_columns(served, k) if column.task == objective.task]
    for column in possible:
        if objective.metric in (column.key, column.metric):
            return column
    raise ObjectiveError(
        objective=f"{objective.task}: {objective.metric}",
        reason="the task has no such metric",
        remedy="Choose among: " + ", ".join(column.key for column in possible) + ".",
    )

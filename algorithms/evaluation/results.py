"""What comes out of one run: numbers with their uncertainty, lists, curves, costs, parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.messages import Message
from algorithms.models.base import CurvePoint, ModelState, TopLists


@dataclass(frozen=True, eq=False)
class MetricResult:
    """One number of the comparison.

    Parameters
    ----------
    task : task name
    metric : key in the metric catalog
    k : length of the list, for ranking metrics
    value : the mean (or what the card says), NaN where undefined
    n : how many users or events it rests on
    n_undefined : how many were left out because the metric is undefined for them
    low, high : 95 % interval, bootstrap over users; NaN where it cannot be given
    users : (m,) the users judged
    per_user : (m,) value of each user, NaN where undefined
    weights : (m,) how much each user's value counts in ``value`` where that is a mean over
        events (RMSE: the number of the user's events; precision: of yes answers); None where
        every user counts the same
    """

    task: str
    metric: str
    k: int | None
    value: float
    n: int
    n_undefined: int
    low: float
    high: float
    users: IntArray
    per_user: FloatArray
    weights: FloatArray | None = None

    @property
    def key(self) -> str:
        """The metric's name with its k, such as ``ndcg@10``."""
        return self.metric if self.k is None else f"{self.metric}@{self.k}"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took.

    Parameters
    ----------
    fit_seconds, predict_seconds : wall-clock
    n_parameters : numbers learned
    peak_bytes : highest resident memory of the run's process
    bytes_stored : of the arrays as which the model is kept; None for runs of earlier versions
    """

    fit_seconds: float
    predict_seconds: float
    n_parameters: int
    peak_bytes: int
    bytes_stored: int | None = None


@dataclass(frozen=True, eq=False)
class RunResult:
    """One model, fitted and judged once.

    Parameters
    ----------
    model : key in the model catalog
    config : the configuration's JSON form
    seed : what drew the split and the model's randomness
    tasks : names of the tasks it was fitted for
    metrics : one entry per task and metric
    lists : top lists of the test users, per task name
    curves : learning curves
    cost : what it took
    state : fitted parameters
    notes : footnotes, such as "scores calibrated on validation"
    """

    model: str
    config: Mapping[str, Any]
    seed: int
    tasks: tuple[str, ...]
    metrics: tuple[MetricResult, ...]
    lists: Mapping[str, TopLists]
    curves: tuple[CurvePoint, ...]
    cost: Cost
    state: ModelState
    notes: tuple[Message, ...] = ()

    def metric(self, task: str, key: str) -> MetricResult | None:
        """Return the number for a task and a key such as ``ndcg@10``, if it was measured."""
        return next((m for m in self.metrics if m.task == task and m.key == key), None)

    # --- the form in which a result crosses a process border: JSON and arrays -------------

    def to_parts(self) -> tuple[dict[str, Any], dict[str, AnyArray]]:
        """Return a JSON manifest and named arrays (see ``from_parts``)."""
        arrays: dict[str, AnyArray] = {}
        metrics = []
        for number, result in enumerate(self.metrics):
            arrays[f"metric{number}.users"] = result.users
            arrays[f"metric{number}.per_user"] = result.per_user
            if result.weights is not None:
                arrays[f"metric{number}.weights"] = result.weights
            metrics.append(
                {
                    "task": result.task,
                    "metric": result.metric,
                    "k": result.k,
                    "value": _to_json(result.value),
                    "n": result.n,
                    "n_undefined": result.n_undefined,
                    "low": _to_json(result.low),
                    "high": _to_json(result.high),
                }
            )
        for number, lists in enumerate(self.lists.values()):
            arrays[f"list{number}.users"] = lists.users
            arrays[f"list{number}.items"] = lists.items
            arrays[f"list{number}.scores"] = lists.scores
        arrays.update({f"state.{name}": array for name, array in self.state.arrays.items()})
        manifest = {
            "model": self.model,
            "config": dict(self.config),
            "seed": self.seed,
            "tasks": list(self.tasks),
            "metrics": metrics,
            "lists": list(self.lists),
            "curves": [[c.step, c.task, c.measure, _to_json(c.value)] for c in self.curves],
            "cost": {
                "fit_seconds": self.cost.fit_seconds,
                "predict_seconds": self.cost.predict_seconds,
                "n_parameters": self.cost.n_parameters,
                "peak_bytes": self.cost.peak_bytes,
                "bytes_stored": self.cost.bytes_stored,
            },
            "state": dict(self.state.values),
            "notes": [[note.template, dict(note.values)] for note in self.notes],
        }
        return manifest, arrays

    @classmethod
    def from_parts(cls, manifest: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> Self:
        """Rebuild a result from what ``to_parts`` returned."""
        metrics = tuple(
            MetricResult(
                task=entry["task"],
                metric=entry["metric"],
                k=entry["k"],
                value=_from_json(entry["value"]),
                n=entry["n"],
                n_undefined=entry["n_undefined"],
                low=_from_json(entry["low"]),
                high=_from_json(entry["high"]),
                users=arrays[f"metric{number}.users"],
                per_user=arrays[f"metric{number}.per_user"],
                weights=arrays.get(f"metric{number}.weights"),
            )
            for number, entry in enumerate(manifest["metrics"])
        )
        lists = {
            task: TopLists(
                arrays[f"list{number}.users"],
                arrays[f"list{number}.items"],
                arrays[f"list{number}.scores"],
            )
            for number, task in enumerate(manifest["lists"])
        }
        return cls(
            model=manifest["model"],
            config=manifest["config"],
            seed=manifest["seed"],
            tasks=tuple(manifest["tasks"]),
            metrics=metrics,
            lists=lists,
            curves=tuple(
                CurvePoint(step, task, measure, _from_json(value))
                for step, task, measure, value in manifest["curves"]
            ),
            cost=Cost(**manifest["cost"]),
            state=ModelState(
                {
                    name.removeprefix("state."): array
                    for name, array in arrays.items()
                    if name.startswith("state.")
                },
                manifest["state"],
            ),
            notes=tuple(Message(template, values) for template, values in manifest["notes"]),
        )


def _to_json(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _from_json(value: float | None) -> float:
    return float("nan") if value is None else value


def judged_users(results: Sequence[RunResult]) -> IntArray:
    """Return every user that has a list in one of the results, ascending."""
    users = [lists.users for result in results for lists in result.lists.values()]
    return np.unique(np.concatenate(users)) if users else np.empty(0, dtype=np.int64)

r"""What a search found: every trial, the Pareto front of the tasks, and how the front grew.

The hypervolume is measured from the *floor*: the model that only knows averages, rehearsed in the
same way. It is in the product of the metrics' units, so it compares searches with the same
objectives on the same split, and nothing else (see ``algorithms.evaluation.multitask``).

The best of many noisy numbers is better than its setting deserves. The values here chose the
setting; what it is worth is what its run says on test data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, pareto_front
from algorithms.evaluation.columns import Column
from algorithms.evaluation.experiment import RunSpec
from algorithms.evaluation.multitask import hypervolume
from algorithms.messages import Message
from algorithms.search.spec import SearchSpec


class Role(StrEnum):
    """Why a setting was tried."""

    FLOOR = "floor"  # the reference: averages, ranked by lot
    START = "start"  # the model as it stands
    TRIAL = "trial"


@dataclass(frozen=True, eq=False)
class Trial:
    """One setting and what it reached on validation.

    Parameters
    ----------
    number : place in the search; -2 the floor, -1 the model as it stands
    role : why it was tried
    weights : weight of each task that is varied
    config : value of each parameter that is varied
    values : (t,) the objectives as measured, in the metrics' own directions; NaN where undefined
    seconds : what the fit took
    message : why it failed, if it did
    """

    number: int
    role: Role
    weights: Mapping[str, float]
    config: Mapping[str, Any]
    values: tuple[float, ...]
    seconds: float = float("nan")
    message: Message | None = None

    def to_json(self) -> dict[str, Any]:
        """Return JSON values (see ``from_json``)."""
        return {
            "number": self.number,
            "role": self.role.value,
            "weights": dict(self.weights),
            "config": dict(self.config),
            "values": [number_to_json(value) for value in self.values],
            "seconds": number_to_json(self.seconds),
            "message": None
            if self.message is None
            else [self.message.template, dict(self.message.values)],
        }

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> Trial:
        """Rebuild a trial from what ``to_json`` returned."""
        message = entry["message"]
        return cls(
            number=int(entry["number"]),
            role=Role(entry["role"]),
            weights=dict(entry["weights"]),
            config=dict(entry["config"]),
            values=tuple(number_from_json(value) for value in entry["values"]),
            seconds=number_from_json(entry["seconds"]),
            message=None if message is None else Message(message[0], message[1]),
        )


@dataclass(frozen=True, eq=False)
class SearchResult:
    """All trials of a search so far, in the order of their numbers, whichever ended first.

    Parameters
    ----------
    spec : what was asked
    columns : (t,) task and metric of each objective
    trials : with the floor and the start
    """

    spec: SearchSpec
    columns: tuple[Column, ...]
    trials: tuple[Trial, ...] = ()

    def with_trial(self, trial: Trial) -> SearchResult:
        """Return the result with one more trial, in its place."""
        trials = sorted((*self.trials, trial), key=lambda each: each.number)
        return replace(self, trials=tuple(trials))

    @property
    def candidates(self) -> tuple[Trial, ...]:
        """All but the floor: what one could choose."""
        return tuple(trial for trial in self.trials if trial.role is not Role.FLOOR)

    @property
    def signs(self) -> FloatArray:
        """(t,) 1 where higher is better, -1 where lower is."""
        return np.array([1.0 if column.higher_is_better else -1.0 for column in self.columns])

    def goods(self) -> FloatArray:
        """Return (n, t) the candidates' objectives, higher is better."""
        values = [trial.values for trial in self.candidates]
        return self.signs * np.array(values, dtype=np.float64).reshape(-1, len(self.columns))

    def reference(self) -> FloatArray | None:
        """Return (t,) the floor's objectives, higher is better; None where there is no floor."""
        for trial in self.trials:
            if trial.role is Role.FLOOR and np.isfinite(trial.values).all():
                return np.asarray(self.signs * trial.values, dtype=np.float64)
        return None

    def on_front(self) -> BoolArray:
        """Return (n,) which candidates nobody dominates."""
        return pareto_front(self.goods())

    def front(self) -> tuple[Trial, ...]:
        """Return the candidates on the front, by the first objective, the best one first."""
        goods, chosen = self.goods(), np.flatnonzero(self.on_front())
        order = chosen[np.argsort(-goods[chosen, 0], kind="stable")]
        return tuple(self.candidates[int(row)] for row in order)

    def volumes(self) -> FloatArray:
        """Return (n,) the hypervolume after each candidate; NaN without a floor."""
        goods, reference = self.goods(), self.reference()
        if reference is None:
            return np.full(len(goods), np.nan)
        volumes = np.zeros(len(goods))
        front = np.empty((0, len(self.columns)))
        for row, good in enumerate(goods):
            beaten = (front >= good).all(axis=1).any() or not np.isfinite(good).all()
            if beaten:  # whoever adds nothing need not be measured
                volumes[row] = volumes[row - 1] if row else 0.0
                continue
            front = np.vstack([front, good])
            front = front[pareto_front(front)]
            volumes[row] = hypervolume(front, reference)
        return volumes

    def run_spec(self, trial: Trial) -> RunSpec:
        """Return the run of a trial's setting, to be judged on test data at last."""
        return self.spec.run_spec(trial.weights, trial.config)


def number_to_json(value: float) -> float | None:
    """Return a number as JSON has it; null where it is none."""
    return float(value) if np.isfinite(value) else None


def number_from_json(value: float | None) -> float:
    """Return the number again; NaN for null."""
    return float("nan") if value is None else float(value)

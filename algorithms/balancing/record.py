"""How the tasks pulled at what they share, step by step: the notes a conflict microscope plays.

A step is one update of the weights. Not every step is noted: about a few hundred, evenly spaced,
are enough to see a film.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray

_PREFIX = "record."


@dataclass(frozen=True, eq=False)
class TrainingRecord:
    """What was noted while a model learned.

    Parameters
    ----------
    tasks : the names of the T tasks
    steps : (s,) number of the step, ascending
    epochs : (s,) the pass over the data that each belongs to, from 0
    losses : (s, T) loss of each task on that step's batch, NaN where it had no label
    weights : (s, T) what each task counted
    cosines : (s, T, T) cosine of the tasks' gradients on the shared weights; NaN where unknown
    norms : (s, T) length of those gradients
    use : by name (s, ...) what else was noted, such as the experts' share per task
    """

    tasks: tuple[str, ...]
    steps: IntArray
    epochs: IntArray
    losses: FloatArray
    weights: FloatArray
    cosines: FloatArray
    norms: FloatArray
    use: Mapping[str, FloatArray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.steps)

    def arrays(self) -> dict[str, AnyArray]:
        """Return all as arrays by name, to be kept within a model's state."""
        own = {name: getattr(self, name) for name in _COLUMNS}
        return {
            **{f"{_PREFIX}{name}": column for name, column in own.items()},
            **{f"{_PREFIX}use.{name}": column for name, column in self.use.items()},
        }

    @classmethod
    def from_arrays(cls, tasks: tuple[str, ...], arrays: Mapping[str, AnyArray]) -> Self | None:
        """Take back what ``arrays`` returned; None where nothing was noted."""
        if f"{_PREFIX}steps" not in arrays:
            return None
        use = {
            name.removeprefix(f"{_PREFIX}use."): np.asarray(column)
            for name, column in arrays.items()
            if name.startswith(f"{_PREFIX}use.")
        }
        own = {name: np.asarray(arrays[f"{_PREFIX}{name}"]) for name in _COLUMNS}
        return cls(tasks=tasks, use=use, **own)


_COLUMNS = ("steps", "epochs", "losses", "weights", "cosines", "norms")

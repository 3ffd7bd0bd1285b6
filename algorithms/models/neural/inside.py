"""What goes on inside a fitted network, seen on a sample of the training events, by NumPy."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Exhibit
from algorithms.models.base import Family
from algorithms.models.neural.events import Examples, make_examples
from algorithms.models.neural.inputs import answer
from algorithms.models.neural.network import Output
from algorithms.models.neural.ops import NumpyOps
from algorithms.models.neural.recommender import SERVED, NeuralRecommender
from algorithms.models.neural.serving import fields_of
from algorithms.models.neural.trainer import forward
from algorithms.tasks import Task

_N_SAMPLED = 4096
_MOST_SEGMENTS = 12


@dataclass(frozen=True, eq=False)
class Inside:
    """A network at work.

    Parameters
    ----------
    log : the training log
    tasks : the tasks' names
    examples : events of training, evenly spaced
    output : what the network says of them, and what it uses for it
    """

    log: InteractionLog
    tasks: tuple[str, ...]
    examples: Examples
    output: Output

    def task_means(self, name: str) -> FloatArray:
        """Return (T, k) for ``use[name]`` (n, T, k) each task's mean over its own events."""
        used = np.asarray(self.output.use[name], dtype=np.float64)
        rows = [_mean(used[self.examples.mask[:, t], t]) for t in range(len(self.tasks))]
        return np.stack(rows)


class InspectedRecommender(NeuralRecommender):
    """A network of several tasks that shows what it does with the events it learned from."""

    family = Family.NEURAL
    is_multitask = True
    single_task_twin = "single_task_network"

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show the inside, and how the tasks pulled at what they share."""
        return (*self._inside(self.look_inside()), *super().exhibits())

    @abstractmethod
    def _inside(self, inside: Inside) -> tuple[Exhibit, ...]:
        """Return what is this architecture's own."""

    def look_inside(self) -> Inside:
        """Return the network at work on a sample of the training events."""
        part, log, inputs = self._parts[0], self.log, self._inputs
        few = log.select(np.arange(0, len(log), max(1, len(log) // _N_SAMPLED)))
        examples = make_examples(few, self.tasks, self._scales, inputs.context, self._histories)
        output = forward(NumpyOps(), dict(part.weights), part.network, inputs, examples)
        return Inside(log, tuple(task.name for task in self.tasks), examples, output)

    def pair_use(self, name: str, task: Task, user: int, item: int) -> FloatArray:
        """Return (k,) for ``use[name]`` (n, T, k) what a task's number for one pair came from."""
        part, place = self.part_of(task)
        w = dict(part.weights)
        pair = np.array([user]), np.array([item])
        x = fields_of(part.network, self._inputs, w, *pair, self._last[[user]])
        output = answer(NumpyOps(), w, part.network, x, w[SERVED])
        return np.asarray(output.use[name][0, place], dtype=np.float64)


def user_segments(log: InteractionLog, users: IntArray) -> tuple[tuple[str, ...], IntArray]:
    """Split users into a few groups: by the first text of their table, else by activity.

    Returns
    -------
    names : (s,) of the groups
    codes : (n,) group of each of the ``users`` (n,)
    """
    for column in log.user_table.features.values():
        if column.dtype.kind != "U":
            continue
        names, codes = np.unique(column, return_inverse=True)
        if 2 <= len(names) <= _MOST_SEGMENTS:
            return tuple(names.tolist()), codes[users].astype(np.int64)
    counts = np.bincount(log.users, minlength=log.n_users)
    ends = np.quantile(counts[log.users], [1 / 3, 2 / 3])  # thirds of the events
    codes = np.searchsorted(ends, counts, side="left")
    return ("few events", "some events", "many events"), codes[users].astype(np.int64)


def _mean(rows: FloatArray) -> FloatArray:
    """Return the mean of rows, NaN where there are none."""
    mean: FloatArray = rows.mean(axis=0) if len(rows) else np.full(rows.shape[1:], np.nan)
    return mean

r"""Naive, the floor: it knows nothing of anybody.

Every pair of a user and an item gets the mean of the label over the training events, and the
order of the items is drawn by lot. A model that does not rise above this has learned nothing; how
far one rises above it, and how far below the truth it stays (where that is known, as in simulated
worlds), says how much there was to learn and how much of it was learned.

.. math::
    \hat r_{ui} = \mu

The lot is a hash of the seed, the user and the item (the finaliser of SplitMix64), so that the
order is the same whenever and for whomever it is asked, and nothing but the seed is kept. Within
the ranking it only breaks the ties: it stays below one billionth of the mean.

References
----------
M. Ferrari Dacrema, P. Cremonesi, D. Jannach: Are we really making much progress? A worrying
analysis of recent neural recommendation approaches, RecSys 2019 (why the simplest baselines belong
into every comparison).
G. L. Steele, D. Lea, C. H. Flood: Fast splittable pseudorandom number generators, OOPSLA 2014.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Contribution, EvidenceKind, Explanation
from algorithms.messages import Message
from algorithms.models.base import Bound, Family, ModelState, Output, Recommender
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task, TaskKind

_TIE = 5e-10  # how much of the mean the lot may move a score


class Naive(Recommender):
    """The mean for everything, in an order drawn by lot."""

    key = "naive"
    title = "Naive (the average)"
    family = Family.REFERENCE
    bound = Bound.FLOOR
    summary = "Predicts the average for everything and ranks by lot: whoever learns is above it."
    equation = r"$\hat r_{ui} = \mu$"
    reference = "ferraridacrema2019"
    explains_by = "counts"

    def output(self, task: Task) -> Output:
        """Return what the number is: a share of events for binary tasks, else a prediction."""
        return Output.PROBABILITY if task.kind is TaskKind.BINARY else Output.PREDICTION

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        self._seed = int(rng.integers(2**63))
        self._means = {}
        for task in tasks:
            values = task.part(train).label(task.label)
            self._means[task.name] = float(values.mean(dtype=np.float64)) if len(values) else np.nan
        progress(1.0, Stage.FIT)

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return np.full(len(users), self._means[task.name])

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        mean = self._means[task.name]
        lot = drawn_by_lot(self._seed, users[:, None], items[None, :])  # (m, k)
        return mean + _TIE * max(abs(mean), 1.0) * lot

    def _state(self) -> ModelState:
        means = np.array([self._means[task.name] for task in self.tasks])
        return ModelState({"means": means}, {"seed": self._seed})

    def _restore(self, state: ModelState) -> None:
        self._seed = int(state.values["seed"])
        means = state.arrays["means"]
        self._means = {task.name: float(means[n]) for n, task in enumerate(self.tasks)}

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        mean = self._means[task.name]
        if np.isnan(mean):
            sentence = Message("Nothing is known of this item for “{task}”.", {"task": task.name})
            return Explanation(task.name, user, item, mean, sentence)
        sentence = Message(
            "“{task}” averages {mean:.2f}; it says the same of every item and ranks by lot.",
            {"task": task.name, "mean": mean},
        )
        part = Contribution(mean, EvidenceKind.AVERAGE, task=task.name)
        return Explanation(task.name, user, item, mean, sentence, (part,))


def drawn_by_lot(seed: int, users: IntArray, items: IntArray) -> FloatArray:
    """Return numbers in [-1, 1) that look random and depend on seed, user and item alone.

    Parameters
    ----------
    seed : from 0 below 2⁶³
    users, items : indices below 2³², which broadcast against each other
    """
    pair = (users.astype(np.uint64) << np.uint64(32)) | items.astype(np.uint64)
    start = _mixed(np.array([seed], dtype=np.uint64))[0]
    bits = _mixed(pair ^ start)
    lot: FloatArray = (bits >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1.0
    return lot


def _mixed(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix 64 bits (finaliser of SplitMix64); arithmetic modulo 2⁶⁴."""
    z = z + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))

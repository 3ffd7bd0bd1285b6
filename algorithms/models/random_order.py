r"""Random: every order of the items is as good as any other.

It shows what a list is worth that nobody thought about. Where one item in five is relevant, one in
five of its recommendations is, too: a Precision@10 of 0.2 is no merit there.

.. math::
    s_{ui} \sim \mathrm{Uniform}[0, 1)

The numbers are drawn by a hash of the seed, the user and the item (see ``naive``), so that every
user has an order of their own, and always the same one. How does this differ from *naive*? Naive
is a line to read the others by: it claims the average, and is judged for that claim by RMSE and
log loss. Random competes: it claims nothing, so only its lists are judged. As lists they are
equally good, but for chance, and that chance is a lesson too: a difference between two models that
is no larger than the one between two random orders says nothing.

References
----------
M. Ferrari Dacrema, P. Cremonesi, D. Jannach: Are we really making much progress? A worrying
analysis of recent neural recommendation approaches, RecSys 2019 (why the simplest baselines belong
into every comparison).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Contribution, EvidenceKind, Explanation
from algorithms.messages import Message
from algorithms.models.base import Family, ModelState, Output, Recommender
from algorithms.models.naive import drawn_by_lot
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task


class RandomOrder(Recommender):
    """A list that nobody thought about, another one for every user."""

    key = "random"
    title = "Random"
    family = Family.BASELINE
    summary = "Shuffles the items anew for every user: what a list is worth without any thought."
    equation = r"$s_{ui} \sim \mathrm{Uniform}[0, 1)$"
    reference = "ferraridacrema2019"
    explains_by = "counts"

    def output(self, task: Task) -> Output:
        """Return what the number is: it only orders, for every kind of task."""
        return Output.SCORE

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        self._seeds = {task.name: int(rng.integers(2**63)) for task in tasks}
        progress(1.0, Stage.FIT)

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return 0.5 + 0.5 * drawn_by_lot(self._seeds[task.name], users, items)

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return self._predict(task, users[:, None], items[None, :])  # (m, k)

    def _state(self) -> ModelState:
        return ModelState({}, {"seeds": [self._seeds[task.name] for task in self.tasks]})

    def _restore(self, state: ModelState) -> None:
        seeds = state.values["seeds"]
        self._seeds = {task.name: int(seeds[n]) for n, task in enumerate(self.tasks)}

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        drawn = Message("drawn by lot")
        sentence = Message(
            "For “{task}” its place was drawn by lot: {share:.0%} of all items come before it, "
            "give or take chance.",
            {"task": task.name, "share": 1.0 - score},
        )
        part = Contribution(score, EvidenceKind.AVERAGE, task=task.name, message=drawn)
        return Explanation(task.name, user, item, score, sentence, (part,))

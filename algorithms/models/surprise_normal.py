r"""Normal predictor from the library Surprise: a number by chance, spread as ratings are spread.

It knows how high the ratings are on average and how far they scatter, and throws the dice
accordingly, without a look at the user or the item. Its error is what guessing costs: about
:math:`\sqrt 2` times that of always saying the mean, since both the rating and the guess scatter.

.. math::
    \hat r_{ui} \sim \mathcal N(\mu, \sigma^2), \qquad
    \sigma^2 = \frac{1}{n} \sum_{(u,i)} (r_{ui} - \mu)^2

The mean and the deviation are exactly those of ``surprise.NormalPredictor``. Its dice are not: the
library takes the next random number whenever it is asked, so that the same question gets another
answer each time. Here the number is drawn by a hash of the seed, the user and the item (Box and
Muller's transform of two of *naive*'s uniform numbers), and stays what it was.

References
----------
N. Hug: Surprise, Journal of Open Source Software 5(52), 2020.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.explanations import Contribution, EvidenceKind
from algorithms.messages import Message
from algorithms.models.naive import drawn_by_lot
from algorithms.models.surprise_base import Learned, SurpriseModel
from algorithms.models.surprise_ratings import Ratings
from algorithms.tasks import Task


@dataclass(frozen=True, eq=False)
class Spread(Learned):
    """What is learned for one task."""

    deviation: FloatArray  # (1,)
    seed: IntArray  # (1,)


class NormalPredictor(SurpriseModel[Spread]):
    """A guess with the mean and the scatter of the ratings."""

    key = "normal_predictor"
    title = "Normal predictor (Surprise)"
    summary = "Guesses: throws dice that have the average and the scatter of the ratings."
    equation = r"$\hat r_{ui} \sim \mathcal{N}(\mu, \sigma^2)$"
    reference = "hug2020"
    learned_class = Spread
    explains_by = "counts"

    def _learn(self, ratings: Ratings, common: Learned, seed: int) -> Spread:
        from surprise import NormalPredictor as Library

        library = Library().fit(ratings.in_passes(1))
        return Spread(
            mean=common.mean,
            limits=common.limits,
            deviation=np.array([library.sigma], dtype=np.float64),
            seed=np.array([seed], dtype=np.int64),
        )

    def _estimate(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        of = self._learned[task.name]
        seed = int(of.seed[0])
        length = 0.5 + 0.5 * drawn_by_lot(2 * seed, users, items)  # (n,) in [0, 1)
        angle = drawn_by_lot(2 * seed + 1, users, items)  # (n,) in [-1, 1)
        normal = np.sqrt(-2.0 * np.log1p(-length)) * np.cos(np.pi * angle)  # (n,)
        drawn: FloatArray = of.mean + of.deviation * normal
        return drawn

    def _estimate_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return self._estimate(task, users[:, None], items[None, :])  # (m, k)

    def _reasons(self, task: Task, user: int, item: int) -> tuple[Message, list[Contribution]]:
        of = self._learned[task.name]
        mean = float(of.mean[0])
        drawn = float(self._estimate(task, np.array([user]), np.array([item]))[0]) - mean
        sentence = Message(
            "This is chance: “{task}” averages {mean:.2f} and scatters by {deviation:.2f}, and "
            "the dice added {drawn:+.2f}. Neither the user nor the item was looked at.",
            {
                "task": task.name,
                "mean": mean,
                "deviation": float(of.deviation[0]),
                "drawn": drawn,
            },
        )
        return sentence, [
            Contribution(mean, EvidenceKind.AVERAGE, task=task.name),
            Contribution(
                drawn, EvidenceKind.AVERAGE, task=task.name, message=Message("drawn by lot")
            ),
        ]

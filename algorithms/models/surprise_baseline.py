r"""Baseline from the library Surprise: mean and biases, fitted to each other in turns.

The equation is that of *Bias*: the overall mean, plus how far this user usually lies above it, plus
how far this item does. There the item's bias is found once and the user's from what it leaves. Here
both are found together: each makes the squared error as small as it can while the other holds
still, and after a few such turns (alternating least squares) neither changes any more:

.. math::
    \hat r_{ui} = \mu + b_u + b_i, \qquad
    b_i = \frac{\sum_u (r_{ui} - \mu - b_u)}{n_i + \lambda_i}, \qquad
    b_u = \frac{\sum_i (r_{ui} - \mu - b_i)}{n_u + \lambda_u}

The damping :math:`\lambda` holds the bias of somebody seen a few times close to zero. The figures
are exactly those of ``surprise.BaselineOnly`` with its method ``als``; the damping is what the
library calls ``reg_u`` and ``reg_i``. KNN with baselines stands on the same numbers.

References
----------
Y. Koren: Factor in the neighbors, ACM TKDD 4(1), 2010, section 2.1 (baseline estimates).
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.explanations import Contribution, EvidenceKind
from algorithms.messages import Message
from algorithms.models.base import ModelConfig
from algorithms.models.surprise_base import Learned, SurpriseModel
from algorithms.models.surprise_ratings import Ratings, spread
from algorithms.tasks import Task


class BaselineOnlyConfig(ModelConfig):
    """Parameters of the baseline; the defaults are the library's."""

    n_epochs: int = Field(10, ge=1, le=500, description="Turns of items and users")
    item_damping: float = Field(
        10.0, ge=0, le=1000, description="Average ratings that every item starts with"
    )
    user_damping: float = Field(
        15.0, ge=0, le=1000, description="Average ratings that every user starts with"
    )


@dataclass(frozen=True, eq=False)
class Baselines(Learned):
    """What is learned for one task; zeros for those without ratings."""

    b_u: FloatArray  # (n_users,)
    b_i: FloatArray  # (n_items,)


class BaselineOnly(SurpriseModel[Baselines]):
    """Mean, user bias and item bias by alternating least squares."""

    key = "baseline_only"
    title = "Baseline (Surprise)"
    summary = "The average, corrected for items and users, each correction fitted to the other."
    equation = r"$\hat r_{ui} = \mu + b_u + b_i$"
    reference = "koren2010"
    config_class = BaselineOnlyConfig
    learned_class = Baselines
    explains_by = "biases"

    config: BaselineOnlyConfig

    def _learn(self, ratings: Ratings, common: Learned, seed: int) -> Baselines:
        from surprise import BaselineOnly as Library

        options = {
            "method": "als",
            "n_epochs": self.config.n_epochs,
            "reg_u": self.config.user_damping,
            "reg_i": self.config.item_damping,
        }
        library = Library(bsl_options=options, verbose=False)
        library.fit(ratings.in_passes(self.config.n_epochs, by_items=True))
        return Baselines(
            mean=common.mean,
            limits=common.limits,
            b_u=spread(library.bu, ratings.user_of, self.log.n_users),
            b_i=spread(library.bi, ratings.item_of, self.log.n_items),
        )

    def _estimate(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        of = self._learned[task.name]
        return of.mean + of.b_u[users] + of.b_i[items]

    def _estimate_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return self._estimate(task, users[:, None], items[None, :])  # (m, k)

    def _reasons(self, task: Task, user: int, item: int) -> tuple[Message, list[Contribution]]:
        of = self._learned[task.name]
        mean, b_u, b_i = float(of.mean[0]), float(of.b_u[user]), float(of.b_i[item])
        sentence = Message(
            "“{task}” averages {mean:.2f}; this item usually adds {item:+.2f} and this user "
            "{user:+.2f}.",
            {"task": task.name, "mean": mean, "item": b_i, "user": b_u},
        )
        return sentence, [
            Contribution(mean, EvidenceKind.AVERAGE, task=task.name),
            Contribution(b_u, EvidenceKind.USER_BIAS, task=task.name),
            Contribution(b_i, EvidenceKind.ITEM_BIAS, task=task.name),
        ]

r"""SVD++ from the library Surprise: that somebody rated a thing at all says something, too.

Who rates horror films, whatever the stars, is another person than who rates romances. SVD++ adds to
the user's own vector :math:`p_u` the sum of one vector :math:`y_j` for each item j that the user
rated, however much they liked it; the root of their number keeps the sum in proportion:

.. math::
    \hat r_{ui} = \mu + b_u + b_i
        + q_i^\top \Bigl(p_u + |I_u|^{-1/2} \sum_{j \in I_u} y_j\Bigr)

Everything is found by stochastic gradient descent as in *SVD*. Each rating moves the vectors of
*all* items that its user rated, so that a pass costs about as many times more than one of SVD as
users have ratings: on data where they have hundreds, it takes minutes. It can be stopped between
two passes, not within one: the library's loop does not look up.

The figures are exactly those of ``surprise.SVDpp`` on the same ratings, sorted by user. Of a user
or an item without ratings only the parts that exist are used.

References
----------
Y. Koren: Factorization meets the neighborhood, KDD 2008, section 4 (equation 15).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray
from algorithms.explanations import Contribution, EvidenceKind
from algorithms.messages import Message
from algorithms.models.base import ModelConfig
from algorithms.models.surprise_base import Learned
from algorithms.models.surprise_ratings import Ratings, spread
from algorithms.models.surprise_svd import BiasedFactorModel, BiasedFactors
from algorithms.tasks import Task


class SvdppConfig(ModelConfig):
    """Parameters of SVD++; the defaults are the library's."""

    n_factors: int = Field(20, ge=1, le=512, description="Length of the user and item vectors")
    n_epochs: int = Field(20, ge=1, le=500, description="Passes over all ratings")
    learning_rate: float = Field(
        0.007, gt=0, le=1, description="Size of the step that each rating causes"
    )
    regularization: float = Field(
        0.02, ge=0, le=10, description="How strongly vectors and biases are drawn to zero"
    )


@dataclass(frozen=True, eq=False)
class ImplicitFactors(BiasedFactors):
    """What is learned for one task, in the symbols of the equation; zeros where unknown.

    ``P`` is the sum in brackets of the equation: the user's own vector and that of what they rated.
    """

    Y: FloatArray  # (n_items, n_factors)


class Svdpp(BiasedFactorModel[ImplicitFactors]):
    """SVD whose user vector also knows which items the user rated."""

    key = "svdpp"
    title = "SVD++ (Surprise)"
    summary = "SVD that also learns from which items somebody rated, whatever the stars."
    equation = (
        r"$\hat r_{ui} = \mu + b_u + b_i"
        r" + q_i^\top (p_u + |I_u|^{-1/2} \sum_{j \in I_u} y_j)$"
    )
    reference = "koren2008"
    config_class = SvdppConfig
    learned_class = ImplicitFactors

    config: SvdppConfig

    def _learn(self, ratings: Ratings, common: Learned, seed: int) -> ImplicitFactors:
        from surprise import SVDpp

        svdpp = SVDpp(
            n_factors=self.config.n_factors,
            n_epochs=self.config.n_epochs,
            lr_all=self.config.learning_rate,
            reg_all=self.config.regularization,
            random_state=seed,
            cache_ratings=True,  # the same numbers, sooner
        )
        svdpp.fit(ratings.in_passes(self.config.n_epochs))
        self._check_finite(
            *(svdpp.bu, svdpp.bi, svdpp.pu, svdpp.qi, svdpp.yj),
            remedy="Lower the learning rate or the regularization.",
        )
        rated = np.zeros_like(svdpp.pu)  # (n_rating_users, n_factors)
        np.add.at(rated, ratings.users, svdpp.yj[ratings.items])
        rated /= np.sqrt(np.bincount(ratings.users))[:, None]
        n_users, n_items = self.log.n_users, self.log.n_items
        return ImplicitFactors(
            mean=common.mean,
            limits=common.limits,
            b_u=spread(svdpp.bu, ratings.user_of, n_users),
            b_i=spread(svdpp.bi, ratings.item_of, n_items),
            P=spread(svdpp.pu + rated, ratings.user_of, n_users),
            Q=spread(svdpp.qi, ratings.item_of, n_items),
            Y=spread(svdpp.yj, ratings.item_of, n_items),
        )

    def _reasons(self, task: Task, user: int, item: int) -> tuple[Message, list[Contribution]]:
        of = self._learned[task.name]
        ratings = self._rated(task)
        mine = np.flatnonzero(ratings.user_of[ratings.users] == user)  # (n_rated,)
        past = ratings.item_of[ratings.items[mine]]
        amounts = of.Y[past] @ of.Q[item] / np.sqrt(max(len(past), 1))  # (n_rated,)
        own = float(of.P[user] @ of.Q[item]) - float(amounts.sum())
        mean, b_u, b_i = float(of.mean[0]), float(of.b_u[user]), float(of.b_i[item])
        sentence = Message(
            "Averages would say {expected:.2f} for “{task}”; this user's own tastes add "
            "{own:+.2f}, and which {n} items they rated, whatever the value, {rated:+.2f}.",
            {
                "task": task.name,
                "expected": mean + b_u + b_i,
                "own": own,
                "n": len(past),
                "rated": float(amounts.sum()),
            },
        )
        parts = [
            Contribution(mean, EvidenceKind.AVERAGE, task=task.name),
            Contribution(b_u, EvidenceKind.USER_BIAS, task=task.name),
            Contribution(b_i, EvidenceKind.ITEM_BIAS, task=task.name),
            Contribution(own, EvidenceKind.FACTORS, task=task.name),
        ]
        return sentence, parts + [
            Contribution(
                float(amount), EvidenceKind.INTERACTION, task.name, int(each), float(value)
            )
            for amount, each, value in zip(amounts, past, ratings.values[mine], strict=True)
        ]

r"""SVD from the library Surprise: taste as a short vector, for users and for items.

Each user u has a vector :math:`p_u` of tastes, each item i a vector :math:`q_i` of traits, and
their inner product says how far the rating lies above what the biases already explain. The vectors
are found by stochastic gradient descent over the observed ratings, one rating after the other:

.. math::
    \hat r_{ui} = \mu + b_u + b_i + q_i^\top p_u, \qquad
    \min \sum_{(u,i)} (r_{ui} - \hat r_{ui})^2
        + \lambda\,(b_u^2 + b_i^2 + \|p_u\|^2 + \|q_i\|^2)

The figures are exactly those of ``surprise.SVD`` on the same ratings, sorted by user (the order
matters, since each rating causes a step). Of a user or an item without ratings only the parts
that exist are used, in the end the mean alone: Surprise's own rule.

References
----------
Y. Koren, R. Bell, C. Volinsky: Matrix factorization techniques for recommender systems, IEEE
Computer 42(8), 2009; N. Hug: Surprise, Journal of Open Source Software 5(52), 2020.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.explanations import Contribution, EvidenceKind
from algorithms.messages import Message
from algorithms.models.base import ModelConfig
from algorithms.models.surprise_base import Learned, SurpriseModel
from algorithms.models.surprise_ratings import Ratings, spread
from algorithms.tasks import Task


class SvdConfig(ModelConfig):
    """Parameters of SVD; the defaults are the library's."""

    n_factors: int = Field(100, ge=1, le=512, description="Length of the user and item vectors")
    n_epochs: int = Field(20, ge=1, le=500, description="Passes over all ratings")
    learning_rate: float = Field(
        0.005, gt=0, le=1, description="Size of the step that each rating causes"
    )
    regularization: float = Field(
        0.02, ge=0, le=10, description="How strongly vectors and biases are drawn to zero"
    )


@dataclass(frozen=True, eq=False)
class BiasedFactors(Learned):
    """What is learned for one task, in the symbols of the equation; zeros where unknown."""

    b_u: FloatArray  # (n_users,)
    b_i: FloatArray  # (n_items,)
    P: FloatArray  # (n_users, n_factors)
    Q: FloatArray  # (n_items, n_factors)


FactorsT = TypeVar("FactorsT", bound=BiasedFactors)


class BiasedFactorModel(SurpriseModel[FactorsT]):
    """Mean, biases and the match of two vectors: how SVD and SVD++ answer."""

    explains_by = "factors"

    def _estimate(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        of = self._learned[task.name]
        match: FloatArray = np.einsum("nk,nk->n", of.P[users], of.Q[items])  # (n,)
        return of.mean + of.b_u[users] + of.b_i[items] + match

    def _estimate_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        of = self._learned[task.name]
        scores: FloatArray = of.b_u[users][:, None] + of.b_i[items][None, :]  # (m, k)
        scores += of.mean
        scores += of.P[users] @ of.Q[items].T
        return scores

    def _reasons(self, task: Task, user: int, item: int) -> tuple[Message, list[Contribution]]:
        of = self._learned[task.name]
        mean, b_u, b_i = float(of.mean[0]), float(of.b_u[user]), float(of.b_i[item])
        match = float(of.P[user] @ of.Q[item])
        sentence = Message(
            "The match of this user's tastes with this item adds {match:+.2f} to the "
            "{expected:.2f} that averages alone would say for “{task}”.",
            {"task": task.name, "match": match, "expected": mean + b_u + b_i},
        )
        return sentence, [
            Contribution(mean, EvidenceKind.AVERAGE, task=task.name),
            Contribution(b_u, EvidenceKind.USER_BIAS, task=task.name),
            Contribution(b_i, EvidenceKind.ITEM_BIAS, task=task.name),
            Contribution(match, EvidenceKind.FACTORS, task=task.name),
        ]


class Svd(BiasedFactorModel[BiasedFactors]):
    """Biases and factors by stochastic gradient descent, one model per rating task."""

    key = "svd"
    title = "SVD (Surprise)"
    summary = "Learns a vector of tastes per user and of traits per item from the ratings."
    equation = r"$\hat r_{ui} = \mu + b_u + b_i + q_i^\top p_u$"
    reference = "koren2009"
    config_class = SvdConfig
    learned_class = BiasedFactors

    config: SvdConfig

    def _learn(self, ratings: Ratings, common: Learned, seed: int) -> BiasedFactors:
        from surprise import SVD

        svd = SVD(
            n_factors=self.config.n_factors,
            n_epochs=self.config.n_epochs,
            lr_all=self.config.learning_rate,
            reg_all=self.config.regularization,
            random_state=seed,
        )
        svd.fit(ratings.in_passes(self.config.n_epochs))
        self._check_finite(
            *(svd.bu, svd.bi, svd.pu, svd.qi),
            remedy="Lower the learning rate or the regularization.",
        )
        n_users, n_items = self.log.n_users, self.log.n_items
        return BiasedFactors(
            mean=common.mean,
            limits=common.limits,
            b_u=spread(svd.bu, ratings.user_of, n_users),
            b_i=spread(svd.bi, ratings.item_of, n_items),
            P=spread(svd.pu, ratings.user_of, n_users),
            Q=spread(svd.qi, ratings.item_of, n_items),
        )

r"""Non-negative factors from the library Surprise: a rating as a sum of parts.

As in *SVD* a user and an item meet in the product of two vectors, but here no number is negative
and there are no averages beside them: a rating is built up from parts, each of which only adds.
That makes the factors easier to read (this user has much of factor 3, so has this film), and the
model easier to overfit:

.. math::
    \hat r_{ui} = q_i^\top p_u, \qquad p_u, q_i \ge 0

The vectors start at random and are *multiplied* in each pass by what they should give over what
they do give, which keeps them from ever changing their sign:

.. math::
    p_{uf} \leftarrow p_{uf}\,
      \frac{\sum_{i \in I_u} q_{if}\, r_{ui}}
           {\sum_{i \in I_u} q_{if}\, \hat r_{ui} + \lambda |I_u|\, p_{uf}}

and the same for :math:`q_{if}`. The figures are exactly those of ``surprise.NMF`` (without biases)
on the same ratings, sorted by user. Of a user or an item without ratings it knows nothing and says
the mean. It can be stopped between two passes.

References
----------
X. Luo et al.: An efficient non-negative matrix-factorization-based approach to collaborative
filtering for recommender systems, IEEE Transactions on Industrial Informatics 10(2), 2014.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.errors import FitError
from algorithms.explanations import Contribution, EvidenceKind
from algorithms.messages import Message
from algorithms.models.base import ModelConfig
from algorithms.models.surprise_base import Learned, SurpriseModel
from algorithms.models.surprise_ratings import Ratings, spread
from algorithms.tasks import Task


class NmfConfig(ModelConfig):
    """Parameters of non-negative matrix factorization; the defaults are the library's."""

    n_factors: int = Field(15, ge=1, le=512, description="Length of the user and item vectors")
    n_epochs: int = Field(50, ge=1, le=500, description="Passes over all ratings")
    regularization: float = Field(
        0.06, ge=0, le=10, description="How strongly the vectors are drawn to zero"
    )


@dataclass(frozen=True, eq=False)
class NonNegativeFactors(Learned):
    """What is learned for one task; NaN for those without ratings."""

    P: FloatArray  # (n_users, n_factors)
    Q: FloatArray  # (n_items, n_factors)


class Nmf(SurpriseModel[NonNegativeFactors]):
    """Factors that only add up."""

    key = "nmf"
    title = "NMF (Surprise)"
    summary = "Builds each rating from parts that only add, never subtract."
    equation = r"$\hat r_{ui} = q_i^\top p_u, \quad p_u, q_i \geq 0$"
    reference = "luo2014"
    config_class = NmfConfig
    learned_class = NonNegativeFactors
    explains_by = "factors"

    config: NmfConfig

    def _learn(self, ratings: Ratings, common: Learned, seed: int) -> NonNegativeFactors:
        from surprise import NMF

        if common.limits[0] < 0:
            raise FitError(
                model=self.title,
                reason="there are ratings below zero, which sums of parts cannot reach",
                remedy="Shift the scale of the ratings, or choose SVD.",
            )
        nmf = NMF(
            n_factors=self.config.n_factors,
            n_epochs=self.config.n_epochs,
            reg_pu=self.config.regularization,
            reg_qi=self.config.regularization,
            random_state=seed,
        )
        nmf.fit(ratings.in_passes(self.config.n_epochs))
        return NonNegativeFactors(
            mean=common.mean,
            limits=common.limits,
            P=spread(nmf.pu, ratings.user_of, self.log.n_users, np.nan),
            Q=spread(nmf.qi, ratings.item_of, self.log.n_items, np.nan),
        )

    def _estimate(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        of = self._learned[task.name]
        sums: FloatArray = np.einsum("nk,nk->n", of.P[users], of.Q[items])  # (n,)
        return np.where(np.isnan(sums), of.mean, sums)

    def _estimate_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        of = self._learned[task.name]
        sums: FloatArray = of.P[users] @ of.Q[items].T  # (m, k)
        return np.where(np.isnan(sums), of.mean, sums)

    def _reasons(self, task: Task, user: int, item: int) -> tuple[Message, list[Contribution]]:
        of = self._learned[task.name]
        products = of.P[user] * of.Q[item]  # (n_factors,)
        if np.isnan(products).any():
            mean = float(of.mean[0])
            sentence = Message(
                "This user or this item has no “{task}” to learn from: the mean is all there is.",
                {"task": task.name},
            )
            return sentence, [Contribution(mean, EvidenceKind.AVERAGE, task=task.name)]
        most = int(np.argmax(products))
        sentence = Message(
            "Both have much of factor {factor}: it alone gives {amount:.2f} of the {total:.2f} "
            "for “{task}”.",
            {
                "task": task.name,
                "factor": most + 1,
                "amount": float(products[most]),
                "total": float(products.sum()),
            },
        )
        return sentence, [
            Contribution(
                float(product),
                EvidenceKind.FACTORS,
                task=task.name,
                message=Message("Factor {factor}", {"factor": factor}),
            )
            for factor, product in enumerate(products, start=1)
        ]

r"""BPR from the library implicit: what somebody chose belongs above what they did not.

A list needs no exact scores, only the right order. So BPR looks at one user u, one item i that
the user chose and one item j that they did not, and asks that i scores higher than j; how sure it
is of that, a sigmoid tells. It maximises the probability of all these comparisons,

.. math::
    \max_{P,Q,b} \sum_{(u,i,j)} \ln \sigma\bigl(s_{ui} - s_{uj}\bigr)
        - \lambda \bigl(\|P\|^2 + \|Q\|^2 + \|b\|^2\bigr), \qquad
    s_{ui} = p_u^\top q_i + b_i

one comparison at a time, by stochastic gradient ascent. An epoch draws as many comparisons as there
are cells with feedback. It is near to maximising the AUC: the share of pairs in the right order.

Two choices of the library show in the results. It draws j among the *cells*, so that an item that
many chose is compared more often (the paper draws all items alike), and a j that the user chose
too is skipped. Only whether there is feedback counts, not how much.

Each task has its own model. It learns in one thread, because several threads would write over each
other's vectors, and no two fits would be the same. A user without feedback was in no comparison,
and neither was an item without: both get NaN. (The library says 0 for such an item, which would
put it in the midst of the others.)

References
----------
S. Rendle, C. Freudenthaler, Z. Gantner, L. Schmidt-Thieme: BPR: Bayesian personalized ranking from
implicit feedback, UAI 2009.
"""

from __future__ import annotations

from importlib import import_module

import numpy as np
from pydantic import Field

from algorithms.models.base import Family, ModelConfig
from algorithms.models.implicit_factors import ImplicitFactors, Vectors
from algorithms.models.implicit_feedback import Feedback
from algorithms.progress import Progress, Stage


class BprConfig(ModelConfig):
    """Parameters of BPR."""

    n_factors: int = Field(32, ge=1, le=512, description="Length of the user and item vectors")
    n_epochs: int = Field(
        100, ge=1, le=2000, description="Passes with as many comparisons as cells with feedback"
    )
    learning_rate: float = Field(
        0.05, gt=0, le=1, description="How far one comparison moves the vectors"
    )
    regularization: float = Field(
        0.05, ge=0, le=10, description="How strongly each comparison draws the vectors to zero"
    )


class Bpr(ImplicitFactors):
    """Vectors learned from comparisons: chosen above not chosen, one model per task."""

    key = "bpr"
    title = "BPR (implicit)"
    family = Family.LIBRARY
    summary = "Learns to put what a user chose above what they did not, one comparison at a time."
    equation = (
        r"$\max_{P,Q,b}\ \sum_{(u,i,j)} \ln \sigma(s_{ui} - s_{uj})"
        r" - \lambda\,(\|P\|^2 + \|Q\|^2 + \|b\|^2),\quad s_{ui} = p_u^\top q_i + b_i$"
    )
    reference = "rendle2009"
    config_class = BprConfig
    explains_by = "factors"

    config: BprConfig

    def prepare(self) -> None:
        """Load the library, and SciPy's sparse tables."""
        for name in ("implicit.cpu.bpr", "scipy.sparse"):
            import_module(name)

    def _learn(self, cells: Feedback, seed: int, progress: Progress) -> Vectors:
        shape = (len(cells.offsets) - 1, cells.n_columns)
        n_factors, n_epochs = self.config.n_factors, self.config.n_epochs
        if not len(cells.columns):
            nothing = np.full(shape[1], np.nan)
            return Vectors(
                np.zeros((shape[0], n_factors)), np.zeros((shape[1], n_factors)), b_i=nothing
            )

        from implicit.cpu.bpr import BayesianPersonalizedRanking

        def tell(epoch: int, seconds: float, correct: int, skipped: int) -> None:
            progress((epoch + 1) / n_epochs, Stage.FIT)

        model = BayesianPersonalizedRanking(
            factors=n_factors,
            learning_rate=self.config.learning_rate,
            regularization=self.config.regularization,
            iterations=n_epochs,
            num_threads=1,
            random_state=seed,
        )
        table = cells.table(np.ones(len(cells.columns), dtype=np.float32))
        model.fit(table, show_progress=False, callback=tell)
        users = model.user_factors.astype(np.float64)  # (n_users, n_factors + 1), last column 1
        items = model.item_factors.astype(np.float64)  # (n_columns, n_factors + 1), last the bias
        bias = np.where(cells.met(), items[:, n_factors], np.nan)
        return Vectors(users[:, :n_factors], items[:, :n_factors], b_i=bias)

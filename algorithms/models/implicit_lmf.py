r"""LMF from the library implicit: the odds that somebody chooses an item.

Logistic matrix factorisation puts the match of two vectors through a sigmoid, as logistic
regression does with features, and calls the result the probability that u chooses i. With
:math:`x_{ui}` the feedback, every event speaks for a *yes* of weight :math:`\alpha x`, and every
cell (with feedback or not) once for a *no*,

.. math::
    \max_{P,Q,b} \sum_{u,i} \alpha x_{ui}\, s_{ui} - (1 + \alpha x_{ui}) \ln(1 + e^{s_{ui}})
        - \tfrac{\lambda}{2} \bigl(\|P\|^2 + \|Q\|^2 + \|b\|^2\bigr), \qquad
    s_{ui} = p_u^\top q_i + b_u + b_i

The ascent alternates: a step of all users, then a step of all items, each as long as AdaGrad
allows. The cells without feedback are too many to visit, so the library draws a no for each sweep
anew: ``n_negatives`` for each cell with feedback, at most as many as there are items, and among
the items as often as they were chosen. Drawn so, the sigmoid is no longer a probability that one
could bet on: we take the score for what it is, an order. The library takes the stored value for
the weight, so we store :math:`\alpha x`, and alpha means here what it means in the paper.

Each task has its own model. It learns in one thread, which makes the drawing repeatable. A user or
an item without feedback gets NaN: its vector was never learned.

References
----------
C. C. Johnson: Logistic matrix factorization for implicit feedback data, NeurIPS workshop on
distributed machine learning and matrix computations, 2014.
"""

from __future__ import annotations

from importlib import import_module

import numpy as np
from pydantic import Field

from algorithms.models.base import Family, ModelConfig
from algorithms.models.implicit_factors import ImplicitFactors, Vectors
from algorithms.models.implicit_feedback import Feedback
from algorithms.progress import Progress, Stage


class LmfConfig(ModelConfig):
    """Parameters of LMF."""

    n_factors: int = Field(16, ge=1, le=512, description="Length of the user and item vectors")
    n_epochs: int = Field(60, ge=1, le=500, description="Sweeps over all users and all items")
    learning_rate: float = Field(
        1.0, gt=0, le=10, description="Length of the first step; AdaGrad shortens the later ones"
    )
    regularization: float = Field(
        5.0, ge=0, le=100, description="How strongly the vectors are drawn to zero"
    )
    alpha: float = Field(5.0, gt=0, le=1000, description="How much one event weighs for a yes")
    n_negatives: int = Field(
        30, ge=1, le=200, description="Items drawn as a no for each item with feedback"
    )


class Lmf(ImplicitFactors):
    """Vectors whose match is the log-odds of a choice, one model per task."""

    key = "lmf"
    title = "LMF (implicit)"
    family = Family.LIBRARY
    summary = "Fits the odds that a user chooses an item by the match of two vectors of tastes."
    equation = (
        r"$\max_{P,Q,b}\ \sum_{u,i}\ \alpha x_{ui}\,s_{ui} - (1 + \alpha x_{ui})"
        r"\,\ln(1 + e^{s_{ui}}) - \frac{\lambda}{2}\,(\|P\|^2 + \|Q\|^2 + \|b\|^2)$"
    )
    reference = "johnson2014"
    config_class = LmfConfig
    explains_by = "factors"

    config: LmfConfig

    def prepare(self) -> None:
        """Load the library, and SciPy's sparse tables."""
        for name in ("implicit.cpu.lmf", "scipy.sparse"):
            import_module(name)

    def _learn(self, cells: Feedback, seed: int, progress: Progress) -> Vectors:
        shape = (len(cells.offsets) - 1, cells.n_columns)
        n_factors, n_epochs = self.config.n_factors, self.config.n_epochs
        if not len(cells.columns):
            nothing = np.full(shape[1], np.nan)
            P, Q = np.zeros((shape[0], n_factors)), np.zeros((shape[1], n_factors))
            return Vectors(P, Q, np.zeros(shape[0]), nothing)

        from implicit.cpu.lmf import LogisticMatrixFactorization

        def tell(epoch: int, seconds: float) -> None:
            progress((epoch + 1) / n_epochs, Stage.FIT)

        model = LogisticMatrixFactorization(
            factors=n_factors,
            learning_rate=self.config.learning_rate,
            regularization=self.config.regularization,
            iterations=n_epochs,
            neg_prop=self.config.n_negatives,
            num_threads=1,
            random_state=seed,
        )
        table = cells.table((self.config.alpha * cells.x).astype(np.float32))
        model.fit(table, show_progress=False, callback=tell)
        users = model.user_factors.astype(np.float64)  # (n_users, n_factors + 2): P, 1, b_u
        items = model.item_factors.astype(np.float64)  # (n_columns, n_factors + 2): Q, b_i, 1
        b_i = np.where(cells.met(), items[:, n_factors], np.nan)
        return Vectors(users[:, :n_factors], items[:, :n_factors], users[:, n_factors + 1], b_i)

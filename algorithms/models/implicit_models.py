r"""ALS from the library implicit: what people did, and how sure we can be of the rest.

Somebody who never clicked an item may dislike it or may never have seen it. So every cell of the
user-item table counts: those with feedback as a *yes* of high confidence, all others as a *no* of
low confidence. With :math:`x_{ui}` the feedback of user u on item i,

.. math::
    \min_{P,Q} \sum_{u,i} c_{ui}\,\bigl(y_{ui} - p_u^\top q_i\bigr)^2
        + \lambda \Bigl(\sum_u \|p_u\|^2 + \sum_i \|q_i\|^2\Bigr), \qquad
    y_{ui} = [x_{ui} > 0], \quad c_{ui} = 1 + \alpha\,x_{ui}

and with Q held still, each :math:`p_u` is the solution of a small linear system (and the other way
round), hence *alternating least squares*. The library takes the confidence itself as the stored
value, so we store :math:`1 + \alpha x`: alpha means here what it means in the paper.

Each task has its own model over the items of its kind; what x is, ``implicit_feedback`` says. The
sweeps end with an exact solution for the users, which is what makes the explanation add up: a
score is a sum over the user's own past,

.. math::
    \hat y_{ui} = \sum_{j:\,x_{uj}>0} c_{uj}\, q_i^\top W_u\, q_j, \qquad
    W_u = \bigl(Q^\top C_u Q + \lambda I\bigr)^{-1}

A user without feedback has no such sum and gets NaN; an item without feedback scores 0, the exact
solution of the equation.

References
----------
Y. Hu, Y. Koren, C. Volinsky: Collaborative filtering for implicit feedback datasets, ICDM 2008
(section 5 for the explanation); the library solves by conjugate gradients: G. Takács, I. Pilászy,
D. Tikk: Applications of the conjugate gradient method for implicit feedback collaborative
filtering, RecSys 2011.
"""

from __future__ import annotations

from importlib import import_module

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Explanation
from algorithms.models.base import Family, ModelConfig
from algorithms.models.implicit_factors import ImplicitFactors, Vectors
from algorithms.models.implicit_feedback import Feedback
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task


class AlsConfig(ModelConfig):
    """Parameters of ALS."""

    n_factors: int = Field(32, ge=1, le=512, description="Length of the user and item vectors")
    n_epochs: int = Field(15, ge=1, le=200, description="Sweeps over all users and all items")
    regularization: float = Field(
        40.0, gt=0, le=1000, description="How strongly the vectors are drawn to zero"
    )
    alpha: float = Field(
        10.0, gt=0, le=1000, description="How much more one event weighs than no event"
    )


class Als(ImplicitFactors):
    """Weighted matrix factorisation of what people did, one model per task."""

    key = "als"
    title = "ALS (implicit)"
    family = Family.LIBRARY
    summary = "Explains each user's clicks or purchases by a vector of tastes, task by task."
    equation = (
        r"$\min_{P,Q}\ \sum_{u,i} c_{ui}\,(y_{ui} - p_u^\top q_i)^2"
        r" + \lambda\,(\|P\|^2 + \|Q\|^2),\quad c_{ui} = 1 + \alpha\,x_{ui}$"
    )
    reference = "hu2008"
    config_class = AlsConfig
    explains_by = "interactions"

    config: AlsConfig

    def prepare(self) -> None:
        """Load the library, and SciPy's sparse tables."""
        for name in ("implicit.cpu.als", "scipy.sparse", "threadpoolctl"):
            import_module(name)

    def _learn(self, cells: Feedback, seed: int, progress: Progress) -> Vectors:
        """Return P and Q; zeros for users and items without feedback."""
        shape = (len(cells.offsets) - 1, cells.n_columns)
        n_factors, n_epochs = self.config.n_factors, self.config.n_epochs
        if not len(cells.columns):
            return Vectors(np.zeros((shape[0], n_factors)), np.zeros((shape[1], n_factors)))

        from implicit.cpu.als import AlternatingLeastSquares
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        table = cells.table(cells.confidences(self.config.alpha))

        def tell(epoch: int, seconds: float, loss: float | None) -> None:
            progress((epoch + 1) / (n_epochs + 1), Stage.FIT)

        # One thread: models are fitted side by side, each in its own process, where more threads
        # only wait for each other; and one BLAS thread keeps sums in their order.
        with threadpool_limits(1, "blas"):
            model = AlternatingLeastSquares(
                factors=n_factors,
                regularization=self.config.regularization,
                alpha=1.0,  # the table holds the confidences
                iterations=n_epochs,
                num_threads=1,
                random_state=seed,
            )
            model.fit(table, show_progress=False, callback=tell)
            # An item without feedback is 0 in the exact solution; conjugate gradients only
            # come near it.
            model.item_factors[~cells.met()] = 0.0
            # The exact solution for the users, in double precision.
            model.dtype = np.dtype(np.float64)
            model.item_factors = model.item_factors.astype(np.float64)
            P = model.recalculate_user(np.arange(shape[0]), table)
        return Vectors(P, model.item_factors)

    def fold_in(self, task: Task, user: int, items: IntArray, log: InteractionLog) -> FloatArray:
        """Return (n,) the scores of items for a user who did what a log says: W_u Qᵀ C_u 1."""
        cells = self._with_past(task, log)._feedback[task.name]
        mine = cells.of(user)
        Q = self._vectors[task.name].Q
        c = cells.confidences(self.config.alpha)[mine].astype(np.float64)  # (n_past,)
        past = Q[cells.columns[mine]]  # (n_past, n_factors)
        p = np.linalg.solve(self._system(Q, past, c), past.T @ c)  # (n_factors,)
        scores: FloatArray = Q[self._columns[task.name][items]] @ p
        return scores

    def _system(self, Q: FloatArray, past: FloatArray, c: FloatArray) -> FloatArray:
        """Return (n_factors, n_factors) the inverse of W_u."""
        ridge = self.config.regularization * np.eye(Q.shape[1])
        A: FloatArray = Q.T @ Q + (past.T * (c - 1.0)) @ past + ridge
        return A

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            return self._unknown(task, user, item)
        cells = self._feedback[task.name]
        mine = cells.of(user)
        Q = self._vectors[task.name].Q
        c = cells.confidences(self.config.alpha)[mine].astype(np.float64)  # (n_past,)
        past = Q[cells.columns[mine]]  # (n_past, n_factors)
        A = self._system(Q, past, c)
        amounts = c * (past @ np.linalg.solve(A, Q[self._columns[task.name][item]]))  # (n_past,)
        return self._because_of_past(task, user, item, score, amounts)

r"""EASE: every item predicts every other, in one closed formula.

Write down who chose what as a table X of zeros and ones, and ask for weights B between items such
that each user's row is predicted from the row itself, :math:`X \approx X B`. Each item would do
best to predict itself, which is no use for items that a user has not met yet; so that is
forbidden: the diagonal of B is zero. What is left is a ridge regression of each item on all others,
and all of them together have one closed solution:

.. math::
    \min_B \|X - XB\|_F^2 + \lambda \|B\|_F^2 \quad\text{with}\quad \mathrm{diag}(B) = 0,
    \qquad\Rightarrow\qquad
    B = I - P\,\mathrm{diag}(1/P_{11}, \dots, 1/P_{nn}), \quad P = (X^\top X + \lambda I)^{-1}

It has no factors, no epochs and no chance in it, one parameter, and is hard to beat. Unlike a
similarity, a weight knows of all other items: two films that are chosen together only because both
are popular with the same crowd get a small weight once the crowd's other films explain it; and
weights can be negative, when having chosen one item speaks against another. A score is a
sum over the user's past, which is its explanation,

.. math::
    s_{ui} = \sum_{j:\,x_{uj}=1} B_{ji}

The price is a table of items times items, of which an inverse is taken: time grows with the third
power of the number of items. Beyond ten thousand we decline; item neighbours keep but a few.

Each task has its own B; that somebody had a relevant event with an item counts, not how often. The
weights are kept in 32 bits, far more precise than the data. A user without feedback gets NaN; an
item that nobody chose scores 0, the solution of the equation.

References
----------
H. Steck: Embarrassingly shallow autoencoders for sparse data, WWW 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import numpy as np
from pydantic import Field

from algorithms.arrays import AnyArray, Float32Array, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.errors import FitError
from algorithms.explanations import Explanation
from algorithms.models.base import Family, ModelConfig, ModelState
from algorithms.models.implicit_feedback import Feedback, FeedbackRecommender, each_with_progress
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task

MOST_ITEMS = 10_000


class TooManyItemsError(FitError):
    """A table of items times items that would not fit."""

    template = (
        "{model} needs a table of all items times all items: “{task}” has {n_items} items with "
        "feedback, and {most} is the most. Choose item neighbours instead, which keep only a few."
    )


class EaseConfig(ModelConfig):
    """Parameters of EASE."""

    regularization: float = Field(
        300.0, ge=0.01, le=100_000, description="How strongly the weights are drawn to zero"
    )


class Ease(FeedbackRecommender):
    """Linear weights between all items, in closed form, one table per task."""

    key = "ease"
    title = "EASE"
    family = Family.BASELINE
    summary = "Learns how much each chosen item speaks for or against every other, all at once."
    equation = (
        r"$B = I - P\,\mathrm{diag}(1/P_{11}, \dots, 1/P_{nn}),\quad"
        r" P = (X^\top X + \lambda I)^{-1},\quad s_u = x_u B$"
    )
    reference = "steck2019"
    config_class = EaseConfig
    explains_by = "interactions"

    config: EaseConfig

    def prepare(self) -> None:
        """Load SciPy's sparse tables and its linear algebra."""
        for name in ("scipy.linalg", "scipy.sparse", "threadpoolctl"):
            import_module(name)

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        self._derive()
        for task in tasks:  # before any of them takes its time
            n_items = int(self._feedback[task.name].met().sum())
            if n_items > MOST_ITEMS:
                raise TooManyItemsError(
                    model=self.title, task=task.name, n_items=n_items, most=MOST_ITEMS
                )
        self._B: dict[str, Float32Array] = {}  # (n_met, n_met)
        for task, part in each_with_progress(tasks, progress):
            self._B[task.name] = self._solve(self._feedback[task.name], part)
        progress(1.0, Stage.FIT)

    def _derive(self) -> None:
        super()._derive()
        self._place: dict[str, IntArray] = {}  # (n_columns,) row and column in B, or -1
        for name, cells in self._feedback.items():
            met = cells.met()
            self._place[name] = np.where(met, np.cumsum(met) - 1, -1)

    def _solve(self, cells: Feedback, progress: Progress) -> Float32Array:
        """Return B over the items that somebody chose."""
        progress(0.0, Stage.FIT)
        if not len(cells.columns):
            return np.zeros((0, 0), dtype=np.float32)

        from scipy.linalg import lapack
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        X = cells.table(np.ones(len(cells.columns))).tocsc()[:, cells.met()]  # (n_users, n_met)
        G: FloatArray = (X.T @ X).toarray()  # (n_met, n_met)
        np.fill_diagonal(G, G.diagonal() + self.config.regularization)
        progress(0.1, Stage.FIT)
        with threadpool_limits(1, "blas"):  # the same sums in the same order
            root, _ = lapack.dpotrf(G, lower=True)  # Cholesky: half the work of a general inverse
            P, _ = lapack.dpotri(root, lower=True)  # the lower triangle
        P = np.tril(P) + np.tril(P, -1).T
        B: FloatArray = P / -P.diagonal()  # column j divided by -P_jj
        np.fill_diagonal(B, 0.0)
        return B.astype(np.float32)

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return self._pairs_of_blocks(task, users, items)

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        cells, place, B = self._feedback[task.name], self._place[task.name], self._B[task.name]
        scores = np.zeros((len(users), len(items)))
        if len(B):
            rows, mine = cells.cells_of(users)  # (n_past,) of all these users
            past, past_of = np.unique(place[cells.columns[mine]], return_inverse=True)
            X = np.zeros((len(users), len(past)))
            X[rows, past_of] = 1.0
            columns = self._columns[task.name][items]  # (k,)
            known = np.flatnonzero((columns >= 0) & (place[columns] >= 0))
            weights = B[np.ix_(past, place[columns[known]])].astype(np.float64)
            scores[:, known] = X @ weights
        scores[:, self._columns[task.name][items] < 0] = np.nan
        scores[~self._has_feedback(task, users)] = np.nan
        return scores

    def fold_in(self, task: Task, user: int, items: IntArray, log: InteractionLog) -> FloatArray:
        """Return (n,) the scores of items for a user who did what a log says."""
        folded: FloatArray = self._with_past(task, log)._score_block(task, np.array([user]), items)[
            0
        ]
        return folded

    def _state(self) -> ModelState:
        arrays: dict[str, AnyArray] = {
            f"task{position}.B": self._B[task.name] for position, task in enumerate(self.tasks)
        }
        return ModelState(arrays)

    def _restore(self, state: ModelState) -> None:
        self._derive()
        self._B = {task.name: state.arrays[f"task{n}.B"] for n, task in enumerate(self.tasks)}

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            return self._unknown(task, user, item)
        cells, place = self._feedback[task.name], self._place[task.name]
        past = place[cells.columns[cells.of(user)]]  # (n_past,)
        column = place[self._columns[task.name][item]]
        amounts = np.zeros(len(past))
        if column >= 0:
            amounts = self._B[task.name][past, column].astype(np.float64)
        return self._because_of_past(task, user, item, score, amounts)

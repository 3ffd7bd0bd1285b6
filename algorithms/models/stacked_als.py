r"""Stacked ALS: the tables of all tasks side by side, and the usual algorithm over the whole.

The quick way to learn several tasks at once needs no new algorithm. Put the user-item tables of
the tasks next to each other: one row for each user, and for each task a column for each of its
items (an item that two tasks rank has two columns). A matrix factorisation of this wide table gives
*one* vector :math:`p_u` per user, which must explain all that the user did, and a vector
:math:`q_{ti}` per item and task:

.. math::
    \min_{P,Q} \sum_{t} \sum_{u,i} c_{tui}\,\bigl([x_{tui} > 0] - p_u^\top q_{ti}\bigr)^2
        + \lambda \Bigl(\sum_u \|p_u\|^2 + \sum_{t,i} \|q_{ti}\|^2\Bigr), \qquad
    c_{tui} = 1 + \alpha\, w_t\, x_{tui}

Singh and Gordon (2008) call this a collective factorisation of relations that share their users.
The weight :math:`w_t` of a task, divided by the mean of all, multiplies what its events add to
the confidence; of the zeros the library knows but one weight, 1, for every task. So a task of
weight near 0 becomes a table of unsure zeros; it does not vanish. With one task this is ALS
itself, number for number.

What differs from shared factors: an item's vectors in two tasks have nothing to do with each other
(an item that was never bought cannot be recommended for buying, however often it was clicked),
there are no offsets, and ratings as such are not served: squared errors of stars have no place in a
table of yes and no.

Validation events stop the sweeps early; from an earlier solution the sweeps end when one of them
lowers the sum by less than three in ten thousand. The fit ends with an exact solution for the
users, so a score is a sum over the user's own past in all tasks:

.. math::
    s_{tui} = \sum_{(t',j):\,x_{t'uj}>0} c_{t'uj}\, q_{ti}^\top W_u\, q_{t'j}, \qquad
    W_u = \bigl(Q^\top C_u Q + \lambda I\bigr)^{-1}

A user without feedback in any task has no such sum and gets NaN; an item without feedback in a task
scores 0 there.

References
----------
A. P. Singh, G. J. Gordon: Relational learning via collective matrix factorization, KDD 2008.
Y. Hu, Y. Koren, C. Volinsky: Collaborative filtering for implicit feedback datasets, ICDM 2008.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.base import (
    CurvePoint,
    Family,
    ModelConfig,
    ModelState,
    Output,
    Recommender,
)
from algorithms.models.factor_explanation import share_of_others
from algorithms.models.score_validation import BestSweep, ScoreWatch
from algorithms.models.stacked_table import stack
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task, TaskKind

_ENOUGH = 3e-4  # a sweep that lowers the objective by less ends a fit from an earlier solution
_CHUNK = 2**16  # cells whose scores are made in one go


class StackedAlsConfig(ModelConfig):
    """Parameters of stacked ALS."""

    n_factors: int = Field(32, ge=1, le=512, description="Length of the user and item vectors")
    n_epochs: int = Field(15, ge=1, le=200, description="Sweeps over all users and all items")
    regularization: float = Field(
        40.0, gt=0, le=1000, description="How strongly the vectors are drawn to zero"
    )
    alpha: float = Field(
        10.0, gt=0, le=1000, description="How much more one event weighs than no event"
    )
    patience: int = Field(
        5, ge=1, le=200, description="Sweeps without gain on validation before it stops"
    )


class StackedAls(Recommender):
    """One factorisation of the weighted tables of all tasks, side by side."""

    key = "stacked_als"
    title = "Stacked ALS"
    family = Family.SHARED_FACTORS
    summary = "Puts the tables of all tasks side by side and gives each user one vector for all."
    equation = (
        r"$\min_{P,Q}\ \sum_t \sum_{u,i} c_{tui}\,(y_{tui} - p_u^\top q_{ti})^2"
        r" + \lambda\,(\|P\|^2 + \|Q\|^2),\quad c_{tui} = 1 + \alpha\,w_t\,x_{tui}$"
    )
    reference = "singh2008"
    config_class = StackedAlsConfig
    serves = frozenset({TaskKind.BINARY, TaskKind.QUANTITY})
    is_multitask = True
    single_task_twin = "als"
    explains_by = "interactions"

    config: StackedAlsConfig

    def output(self, task: Task) -> Output:
        """Return what the number is: it only orders, also for quantities."""
        return Output.SCORE

    def prepare(self) -> None:
        """Load the library, and SciPy's sparse tables."""
        for name in ("implicit.cpu.als", "scipy.sparse", "threadpoolctl"):
            import_module(name)

    # --- learning ------------------------------------------------------------------------

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        self._derive()
        seed = int(rng.integers(2**31))
        watch = ScoreWatch(train, validation, tuple(tasks), self.output, rng)
        shape = (train.n_users, self._table.n_columns)
        n_factors, n_epochs = self.config.n_factors, self.config.n_epochs
        self._P = np.zeros((shape[0], n_factors))
        self._Q = np.zeros((shape[1], n_factors))
        started = self._take_start()
        if len(self._table.columns):
            self._alternate(seed, watch, n_epochs, started, progress)
        progress(1.0, Stage.FIT)

    def _take_start(self) -> bool:
        """Begin at an earlier solution; where its shapes differ, remember that it was no use."""
        self._start_unused = False
        if self._start is None:
            return False
        P, Q = self._start.arrays.get("P"), self._start.arrays.get("Q")
        names = [task.name for task in self.tasks]
        if (
            P is None
            or Q is None
            or P.shape != self._P.shape
            or Q.shape != self._Q.shape
            or self._start.values.get("tasks") != names
        ):
            self._start_unused = True
            return False
        self._P, self._Q = P.copy(), Q.copy()
        return True

    def _derive(self) -> None:
        """Derive from the log what fitting and explaining both need."""
        self._table = stack(self.log, self.tasks, self.config.alpha)

    def _alternate(
        self, seed: int, watch: ScoreWatch, n_epochs: int, started: bool, progress: Progress
    ) -> None:
        """Set P and Q by the library's sweeps, one at a time."""
        from implicit.cpu.als import AlternatingLeastSquares
        from scipy.sparse import csr_matrix
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        cells, best = self._table, BestSweep[tuple[FloatArray, FloatArray]](self.config.patience)
        shape = (len(self._P), len(self._Q))
        confidences = cells.confidences.astype(np.float32)
        table = csr_matrix((confidences, cells.columns, cells.offsets), shape=shape)
        # One thread: models are fitted side by side, each in its own process; and one BLAS thread
        # keeps sums in their order.
        with threadpool_limits(1, "blas"):
            model = AlternatingLeastSquares(
                factors=self.config.n_factors,
                regularization=self.config.regularization,
                alpha=1.0,  # the table holds the confidences
                iterations=1,
                num_threads=1,
                random_state=seed,
            )
            if started:
                model.user_factors = self._P.astype(np.float32)
                model.item_factors = self._Q.astype(np.float32)
            before = np.inf
            for epoch in range(1, n_epochs + 1):
                model.fit(table, show_progress=False)  # goes on from where its factors are
                self._P, self._Q = model.user_factors, model.item_factors
                losses, objective = self._training_losses(epoch)
                gained, before = before - objective, objective
                points, quality = watch.measure(epoch, self._score_block, self._predict)
                self.curves += losses + points
                progress(epoch / (n_epochs + 1), Stage.FIT)
                enough = started and gained < _ENOUGH * objective
                if best.stops(quality, lambda: (self._P.copy(), self._Q.copy())) or enough:
                    break
            if best.kept is not None:
                model.user_factors, model.item_factors = best.kept
            # An item without feedback is 0 in the exact solution; conjugate gradients only
            # come near it.
            model.item_factors[np.bincount(cells.columns, minlength=shape[1]) == 0] = 0.0
            # The exact solution for the users, in double precision.
            model.dtype = np.dtype(np.float64)
            model.item_factors = model.item_factors.astype(np.float64)
            self._P = model.recalculate_user(np.arange(shape[0]), table)
            self._Q = model.item_factors

    def _training_losses(self, epoch: int) -> tuple[list[CurvePoint], float]:
        """Return each task's squared error, and what the sweeps minimise.

        The squared error is a mean over all cells of the task, weighted by confidence.
        """
        cells, gram = self._table, self._P.T @ self._P
        users = np.repeat(np.arange(len(self._P)), np.diff(cells.offsets))
        scores = np.empty(len(users))  # (n_cells,)
        for first in range(0, len(users), _CHUNK):
            part = slice(first, first + _CHUNK)
            P, Q = self._P[users[part]], self._Q[cells.columns[part]]
            scores[part] = np.einsum("nk,nk->n", P, Q)
        points = []
        squares = float((self._P**2).sum()) + float((self._Q**2).sum())
        objective = self.config.regularization * squares
        for t, task in enumerate(self.tasks):
            mine, columns = cells.tasks == t, cells.column_of[t][cells.column_of[t] >= 0]
            c, s, Q = cells.confidences[mine], scores[mine], self._Q[columns]
            # all cells as zeros of weight 1, by Gram matrices; then what the positive ones change
            loss = float((gram * (Q.T @ Q)).sum()) + float((c * (1 - s) ** 2 - s**2).sum())
            objective += loss
            weight = float((c - 1).sum()) + len(self._P) * len(columns)
            points.append(CurvePoint(epoch, task.name, "training loss", loss / max(weight, 1.0)))
        return points, objective

    # --- answering -----------------------------------------------------------------------

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        columns = self._table.column_of[self._position(task), items]  # (n,)
        known = (columns >= 0) & self._n_past(users).astype(bool)
        P, Q = self._P[users[known]], self._Q[columns[known]]
        scores = np.full(len(users), np.nan)
        scores[known] = np.einsum("nk,nk->n", P, Q)
        return scores

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        columns = self._table.column_of[self._position(task), items]  # (k,)
        scores = np.full((len(users), len(items)), np.nan)
        scores[:, columns >= 0] = self._P[users] @ self._Q[columns[columns >= 0]].T
        scores[self._n_past(users) == 0] = np.nan
        return scores

    def _n_past(self, users: IntArray) -> IntArray:
        """Return (n,) how many positive cells each user has, over all tasks."""
        return self._table.offsets[users + 1] - self._table.offsets[users]

    # --- explaining ----------------------------------------------------------------------

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            sentence = Message("Nothing can be said: this user did nothing yet in any task.")
            return Explanation(task.name, user, item, score, sentence)
        cells, Q = self._table, self._Q
        mine = slice(cells.offsets[user], cells.offsets[user + 1])
        c, past = cells.confidences[mine], Q[cells.columns[mine]]  # (n_past,), (n_past, k)
        c = c.astype(np.float32).astype(np.float64)  # as the library saw it
        A = Q.T @ Q + (past.T * (c - 1.0)) @ past  # the inverse of W_u
        A += self.config.regularization * np.eye(len(A))
        q = Q[cells.column_of[self._position(task), item]]
        amounts = c * (past @ np.linalg.solve(A, q))  # (n_past,)
        names = [other.name for other in self.tasks]
        parts = [
            Contribution(
                float(amount),
                EvidenceKind.INTERACTION,
                names[cells.tasks[cell]],
                int(cells.items[cell]),
                float(cells.amounts[cell]),
            )
            for cell, amount in enumerate(amounts, start=mine.start)
        ]
        return Explanation(
            task.name,
            user,
            item,
            score,
            self._because(max(parts, key=lambda part: part.amount), len(parts)),
            strongest_first(parts),
            remarks=share_of_others(parts, task.name) if len(self.tasks) > 1 else (),
        )

    def _because(self, best: Contribution, n_past: int) -> Message:
        """Say which past event speaks most for the item, if any does."""
        if best.item is None or best.amount <= 0:
            return Message(
                "Nothing of the {n_past} things that this user did speaks for it.",
                {"n_past": n_past},
            )
        return Message(
            "Mostly because of “{because}” in “{source}”, one of the {n_past} things that this "
            "user did.",
            {
                "because": str(self.log.item_table.titles[best.item]),
                "source": str(best.task),
                "n_past": n_past,
            },
        )

    def notes(self) -> tuple[Message, ...]:
        """Say where an earlier solution could not be used."""
        if not self._start_unused:
            return ()
        return (
            Message(
                "Started anew for {tasks}: the earlier solution has other tasks, another number of "
                "factors, or other users and items.",
                {"tasks": ", ".join(f"“{task.name}”" for task in self.tasks)},
            ),
        )

    # --- keeping -------------------------------------------------------------------------

    def _state(self) -> ModelState:
        values = {"tasks": [t.name for t in self.tasks], "start_unused": self._start_unused}
        return ModelState({"P": self._P, "Q": self._Q}, values)

    def _restore(self, state: ModelState) -> None:
        self._derive()
        self._P, self._Q = state.arrays["P"], state.arrays["Q"]
        self._start_unused = bool(state.values["start_unused"])

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

Each task has its own model over the items of its kind. In a binary task x is the number of
relevant events, in a quantity task the sum of the relevant amounts, in units of their average, so
that minutes and hours give the same model. The sweeps end with an exact solution for the users,
which is what makes the explanation add up: a score is a sum over the user's own past,

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

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

import numpy as np
from pydantic import Field

from algorithms.arrays import (
    AnyArray,
    BoolArray,
    Float32Array,
    FloatArray,
    IndexArray,
    IntArray,
    group_rows,
)
from algorithms.data.log import InteractionLog
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.base import Family, ModelConfig, ModelState, Output, Recommender
from algorithms.progress import Progress, Stage, part_of
from algorithms.tasks import Task, TaskKind


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


@dataclass(frozen=True, eq=False)
class Feedback:
    """The positive cells of the user-item table of one task, grouped by user (CSR).

    Parameters
    ----------
    offsets : (n_users + 1,)
    columns : (n_cells,) position among the items of the task's kind
    amounts : (n_cells,) number of relevant events, or sum of their values
    unit : amount that counts as x = 1
    """

    offsets: IntArray
    columns: IntArray
    amounts: FloatArray
    unit: float

    def confidences(self, alpha: float) -> Float32Array:
        """Return (n_cells,) 1 + alpha x, in the precision in which the library computes."""
        return (1.0 + alpha * self.amounts / self.unit).astype(np.float32)


def feedback(log: InteractionLog, task: Task, columns: IndexArray) -> Feedback:
    """Return the positive cells of a task; ``columns`` (n_items,) numbers the items of its kind."""
    events = task.part(log)
    values = events.label(task.label).astype(np.float64)  # (n_events,)
    relevant = (values >= task.relevant_from) & (values > 0)
    n_columns = max(int(columns.max(initial=-1)) + 1, 1)
    cells = events.users[relevant] * np.int64(n_columns) + columns[events.items[relevant]]
    found, cell_of = np.unique(cells, return_inverse=True)
    counts = task.kind is TaskKind.BINARY
    weights = np.ones(len(cells)) if counts else values[relevant]
    unit = 1.0 if counts or not len(cells) else float(weights.mean())
    offsets, _ = group_rows((found // n_columns).astype(np.int32), log.n_users)
    amounts: FloatArray = np.bincount(cell_of, weights, len(found)).astype(np.float64)
    return Feedback(offsets, found % n_columns, amounts, unit)


class Als(Recommender):
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
    serves = frozenset({TaskKind.BINARY, TaskKind.QUANTITY})
    explains_by = "interactions"

    config: AlsConfig

    def output(self, task: Task) -> Output:
        """Return what the number is: it only orders, also for quantities."""
        return Output.SCORE

    def prepare(self) -> None:
        """Load the library, and SciPy's sparse tables."""
        for name in ("implicit.cpu.als", "scipy.sparse", "threadpoolctl"):
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
        self._P: dict[str, FloatArray] = {}  # (n_users, n_factors)
        self._Q: dict[str, FloatArray] = {}  # (n_items of the kind, n_factors)
        for position, task in enumerate(tasks):
            part = part_of(progress, position / len(tasks), (position + 1) / len(tasks))
            seed = int(rng.integers(2**31))
            self._P[task.name], self._Q[task.name] = self._alternate(task, seed, part)
        progress(1.0, Stage.FIT)

    def _derive(self) -> None:
        """Derive from the log what fitting and explaining both need."""
        self._columns: dict[str, IndexArray] = {}  # (n_items,) -1 for items of other kinds
        self._feedback: dict[str, Feedback] = {}
        for task in self.tasks:
            mine = self.log.item_table.of_kind(task.item_kind)
            columns = np.full(self.log.n_items, -1, dtype=np.int32)
            columns[mine] = np.arange(len(mine), dtype=np.int32)
            self._columns[task.name] = columns
            self._feedback[task.name] = feedback(self.log, task, columns)

    def _alternate(
        self, task: Task, seed: int, progress: Progress
    ) -> tuple[FloatArray, FloatArray]:
        """Return P and Q; zeros for users and items without feedback."""
        cells = self._feedback[task.name]
        n_columns = int((self._columns[task.name] >= 0).sum())
        shape = (self.log.n_users, n_columns)
        n_factors, n_epochs = self.config.n_factors, self.config.n_epochs
        if not len(cells.columns):
            return np.zeros((shape[0], n_factors)), np.zeros((shape[1], n_factors))

        from implicit.cpu.als import AlternatingLeastSquares
        from scipy.sparse import csr_matrix
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        confidences = cells.confidences(self.config.alpha)
        table = csr_matrix((confidences, cells.columns, cells.offsets), shape=shape)

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
            model.item_factors[np.bincount(cells.columns, minlength=n_columns) == 0] = 0.0
            # The exact solution for the users, in double precision.
            model.dtype = np.dtype(np.float64)
            model.item_factors = model.item_factors.astype(np.float64)
            P = model.recalculate_user(np.arange(shape[0]), table)
        return P, model.item_factors

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        P, Q = self._P[task.name], self._Q[task.name]
        columns = self._columns[task.name][items]  # (n,)
        scores = np.einsum("nk,nk->n", P[users], Q[np.maximum(columns, 0)])  # (n,)
        return np.where((columns >= 0) & self._has_feedback(task, users), scores, np.nan)

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        P, Q = self._P[task.name], self._Q[task.name]
        columns = self._columns[task.name][items]  # (k,)
        scores: FloatArray = P[users] @ Q[np.maximum(columns, 0)].T  # (m, k)
        scores[:, columns < 0] = np.nan
        scores[~self._has_feedback(task, users)] = np.nan
        return scores

    def _has_feedback(self, task: Task, users: IntArray) -> BoolArray:
        offsets = self._feedback[task.name].offsets
        return offsets[users + 1] > offsets[users]

    def _state(self) -> ModelState:
        arrays: dict[str, AnyArray] = {}
        for position, task in enumerate(self.tasks):
            arrays[f"task{position}.P"] = self._P[task.name]
            arrays[f"task{position}.Q"] = self._Q[task.name]
        return ModelState(arrays)

    def _restore(self, state: ModelState) -> None:
        self._derive()
        names = [task.name for task in self.tasks]
        self._P = {name: state.arrays[f"task{n}.P"] for n, name in enumerate(names)}
        self._Q = {name: state.arrays[f"task{n}.Q"] for n, name in enumerate(names)}

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            sentence = Message(
                "Nothing can be said: this user did nothing yet for “{task}”, or it does not rank "
                "such items.",
                {"task": task.name},
            )
            return Explanation(task.name, user, item, score, sentence)
        cells = self._feedback[task.name]
        mine = slice(cells.offsets[user], cells.offsets[user + 1])
        Q = self._Q[task.name]
        c = cells.confidences(self.config.alpha)[mine].astype(np.float64)  # (n_past,)
        past = Q[cells.columns[mine]]  # (n_past, n_factors)
        ridge = self.config.regularization * np.eye(Q.shape[1])
        A = Q.T @ Q + (past.T * (c - 1.0)) @ past + ridge  # the inverse of W_u
        amounts = c * (past @ np.linalg.solve(A, Q[self._columns[task.name][item]]))  # (n_past,)
        items = self.log.item_table.of_kind(task.item_kind)[cells.columns[mine]]
        parts = [
            Contribution(
                float(amount), EvidenceKind.INTERACTION, task.name, int(past_item), float(value)
            )
            for amount, past_item, value in zip(amounts, items, cells.amounts[mine], strict=True)
        ]
        return Explanation(
            task.name,
            user,
            item,
            score,
            self._because(task, max(parts, key=lambda part: part.amount), len(parts)),
            strongest_first(parts),
        )

    def _because(self, task: Task, best: Contribution, n_past: int) -> Message:
        """Say which past item speaks most for this one, if any does."""
        if best.item is None or best.amount <= 0:
            return Message(
                "None of the {n_past} items of this user's past in “{task}” speaks for it.",
                {"n_past": n_past, "task": task.name},
            )
        return Message(
            "Mostly because of “{because}”, one of the {n_past} items of this user's past in "
            "“{task}”.",
            {
                "because": str(self.log.item_table.titles[best.item]),
                "n_past": n_past,
                "task": task.name,
            },
        )

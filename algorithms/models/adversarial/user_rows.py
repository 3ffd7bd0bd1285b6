r"""A user's feedback as one row, and a small network that turns a row into scores.

The row x of a user has a place for every item of every task (clicks, then purchases, then clicks on
ads): so a click speaks for a purchase, which is how the tasks share. It is brought to length 1, and

.. math:: h = \tanh(x W + b), \qquad s = h V^\top + c

scores all items of all tasks at once. Both models that use it answer alike; they differ in how W,
V, b and c are learned.

**Why a score.** Fill the row slowly, from empty to what it is: :math:`\alpha x`. Each hidden unit
moves by its own way :math:`a_k = (xW)_k` from :math:`\tanh(b_k)` to :math:`\tanh(a_k + b_k)`, and
each past item j moved it by its share of that way. That is the integrated gradient (Sundararajan
et al. 2017), here without any integral to be approximated, since a row adds up in a straight line:

.. math::
    s_i = \underbrace{c_i + \textstyle\sum_k V_{ik} \tanh b_k}_{\text{an empty row}}
        + \sum_j \sum_k V_{ik}\, x_j W_{jk}\, \frac{\tanh(a_k + b_k) - \tanh b_k}{a_k}
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field

from algorithms.arrays import AnyArray, Float32Array, FloatArray, IntArray, group_rows
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.adversarial.base import PlayedRecommender, RoundsConfig
from algorithms.models.adversarial.rounds import Weights
from algorithms.models.implicit_feedback import Feedback
from algorithms.tasks import Task

_USERS_AT_ONCE = 512
_WAY = 0.03  # deviation of a hidden unit's way at the start: rows have length 1
_SMALL = 1e-9  # a way of a hidden unit shorter than this is no way


class UserRowsConfig(RoundsConfig):
    """Parameters of a network on a user's row."""

    width: int = Field(64, ge=2, le=1024, description="Hidden units")


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of all users; ``starts`` (T + 1,) says where each task's places begin."""

    cells: Feedback
    starts: IntArray

    @property
    def width(self) -> int:
        """D, places of a row."""
        return int(self.starts[-1])

    def dense(self, users: IntArray) -> Float32Array:
        """Return (m, D) zeros and ones."""
        table = np.zeros((len(users), self.width), dtype=np.float32)
        rows, mine = self.cells.cells_of(users)
        table[rows, self.cells.columns[mine]] = 1.0
        return table

    def task_columns(self, position: int) -> slice:
        """Return the places of a task."""
        return slice(int(self.starts[position]), int(self.starts[position + 1]))


def to_length_one(table: Float32Array) -> Float32Array:
    """Return rows of zeros and ones (m, D) at length 1; an empty row stays empty."""
    counts = np.maximum(table.sum(axis=1, keepdims=True), 1.0)
    rows: Float32Array = table / np.sqrt(counts)
    return rows


class UserRowsRecommender(PlayedRecommender):
    """What the two networks on a user's row have in common: all but how they learn."""

    explains_by = "interactions"
    single_task_twin = "ease"
    config_class = UserRowsConfig

    config: UserRowsConfig

    def _derive(self) -> None:
        super()._derive()
        parts = [self._feedback[task.name] for task in self.tasks]
        starts = np.concatenate([[0], np.cumsum([part.n_columns for part in parts])])
        of_user = [np.repeat(np.arange(self.log.n_users), np.diff(part.offsets)) for part in parts]
        columns = np.concatenate(
            [part.columns + start for part, start in zip(parts, starts, strict=False)]
        )
        offsets, order = group_rows(np.concatenate(of_user), self.log.n_users)
        joined = columns[order].astype(np.int64)
        cells = Feedback(offsets, joined, np.ones(len(joined)), 1.0, int(starts[-1]))
        self._rows = Rows(cells, starts.astype(np.int64))

    def _make_weights(self, rng: np.random.Generator) -> Weights:
        n, width = self._rows.width, self.config.width
        spread = np.sqrt(2.0 / (n + width)) if n else 1.0  # Glorot & Bengio 2010
        return {
            "W": rng.normal(0.0, _WAY, (n, width)).astype(np.float32),
            "b": np.zeros(width, dtype=np.float32),
            "V": rng.normal(0.0, spread, (n, width)).astype(np.float32),
            "c": np.zeros(n, dtype=np.float32),
        }

    # --- answers -------------------------------------------------------------------------

    def _ways(self, weights: Weights, users: IntArray) -> FloatArray:
        """Return (m, width) a = x W of some users, in double precision."""
        W, cells = weights["W"], self._rows.cells
        ways = np.zeros((len(users), W.shape[1]))
        for start in range(0, len(users), _USERS_AT_ONCE):
            part = users[start : start + _USERS_AT_ONCE]
            counts = np.diff(cells.offsets)[part]
            some = np.flatnonzero(counts)
            if not len(some):
                continue
            _, mine = cells.cells_of(part)
            firsts = (np.cumsum(counts) - counts)[some]
            sums = np.add.reduceat(W[cells.columns[mine]].astype(np.float64), firsts, axis=0)
            ways[start + some] = sums / np.sqrt(counts[some])[:, None]
        return ways

    def _hidden(self, weights: Weights, users: IntArray) -> FloatArray:
        hidden: FloatArray = np.tanh(self._ways(weights, users) + weights["b"])
        return hidden

    def _block(self, weights: Weights, task: Task, users: IntArray) -> FloatArray:
        mine = self._rows.task_columns(self._position(task))
        V, c = weights["V"][mine].astype(np.float64), weights["c"][mine].astype(np.float64)
        scores: FloatArray = self._hidden(weights, users) @ V.T + c
        return scores

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        weights = self._played.weights
        columns = self._columns[task.name][items]  # (n,)
        known = (columns >= 0) & self._has_feedback(task, users)
        scores = np.full(len(users), np.nan)
        if not known.any():
            return scores
        found, row_of = np.unique(users[known], return_inverse=True)
        places = self._rows.starts[self._position(task)] + columns[known]
        hidden = self._hidden(weights, found)
        for start in range(0, len(places), 2**14):
            part = slice(start, start + 2**14)
            V = weights["V"][places[part]].astype(np.float64)
            matches = np.einsum("nk,nk->n", hidden[row_of[part]], V)
            scores[np.flatnonzero(known)[part]] = matches + weights["c"][places[part]]
        return scores

    # --- explanations --------------------------------------------------------------------

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            return self._unknown(task, user, item)
        w = {name: array.astype(np.float64) for name, array in self._played.weights.items()}
        place = self._rows.starts[self._position(task)] + self._columns[task.name][item]
        past = self._rows.cells.columns[self._rows.cells.of(user)]  # (p,)
        slopes = slopes_of(self._ways(self._played.weights, np.array([user]))[0], w["b"])
        amounts = w["W"][past] @ (w["V"][place] * slopes) / np.sqrt(len(past))  # (p,)
        empty = float(w["c"][place] + w["V"][place] @ np.tanh(w["b"]))
        parts = [Contribution(empty, EvidenceKind.ITEM_BIAS, task=task.name)]
        for amount, at in zip(amounts.tolist(), past.tolist(), strict=True):
            of = int(np.searchsorted(self._rows.starts, at, side="right")) - 1
            other = self.tasks[of]
            items = self.log.item_table.of_kind(other.item_kind)
            past_item = int(items[at - self._rows.starts[of]])
            parts.append(Contribution(amount, EvidenceKind.INTERACTION, other.name, past_item, 1.0))
        best = max(parts[1:], key=lambda part: part.amount)
        sentence = self._because_of(best, len(past))
        return Explanation(task.name, user, item, score, sentence, strongest_first(parts))

    def _because_of(self, best: Contribution, n_past: int) -> Message:
        if best.item is None or best.amount <= 0:
            return Message(
                "None of the {n_past} things that this user did speaks for it.", {"n_past": n_past}
            )
        return Message(
            "Mostly because of “{because}” ({past_task}), one of the {n_past} things that this "
            "user did; all tasks are read together.",
            {
                "because": str(self.log.item_table.titles[best.item]),
                "past_task": best.task or "",
                "n_past": n_past,
            },
        )


def slopes_of(ways: AnyArray, b: AnyArray) -> FloatArray:
    """Return (width,) how far a hidden unit moves for each unit of its way."""
    moved = np.tanh(ways + b) - np.tanh(b)
    still = np.abs(ways) < _SMALL
    slopes: FloatArray = np.where(still, 1.0 - np.tanh(b) ** 2, moved / np.where(still, 1.0, ways))
    return slopes

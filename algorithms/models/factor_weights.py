r"""Factor weights: the same tastes for all tasks, but each task weighs them in its own way.

What makes somebody click need not be what makes her buy: a striking picture counts for the one, the
price for the other. Shared factors cannot say so, since every task uses the same match
:math:`p_u^\top q_i`. Here users and items are shared as before, and each task t has a weight
:math:`a_{tk}` for each factor k:

.. math::
    s_{tui} = b_{tu} + b_{ti} + \sum_k a_{tk}\, p_{uk}\, q_{ik}, \qquad
    \hat y_{tui} = \mu_t + \sigma_t\, s_{tui}

This sum of products of three is the form that Carroll and Chang called CANDECOMP and Harshman
PARAFAC (CP for both), of the table users x items x tasks. Biases, zeros, task weights and the ridge
on the vectors are those of shared factors (read there first); what is added is

.. math::
    + \lambda_a \sum_t w_t\, \|a_t - 1\|^2 \qquad\text{where}\quad
    \sum_{t \in \text{kind}} \rho_t\, a_{tk} = 1 \ \ \text{for every } k

with :math:`\rho_t` the share of task t in the weighted squared errors of its item kind.

Why normalise: twice the weights and half the vectors give the same scores, so without the second
condition a weight would mean nothing (and the ridge on the vectors could be dodged by letting the
weights grow). With it, the weights can be read: 1 is how the tasks on these items use the factor on
average, 2 is twice as much, 0 not at all, and a negative weight says that what draws people in one
task puts them off in another. That last case is why the weights need not be nonnegative: it is a
thing worth finding, least squares without the constraint stays one small linear system, and the
normalisation already settles the sign. Where a task is alone on its item kind its weights are 1:
stretching the items' vectors says the same.

Why draw to 1: a task with few events cannot tell thirty weights from noise, and then it had better
use the factors as the others do. As :math:`\lambda_a` grows this model becomes shared factors.

Vectors of shared factors may be rotated without changing a score, so a single factor there means
nothing. Where tasks weigh factors differently no rotation is left, only the order of the factors
(Harshman 1970): that is why their weights show which tasks are alike. The notes give the cosine
between two tasks' weights, each factor counted by how far it moves scores.

Users, items and weights are solved in turn (see ``weight_solver``), validation events stop the
sweeps early, and the last step solves the users exactly, so that a score is a sum over the user's
own events. An earlier solution may be the start: then the sweeps end when one of them lowers the
sum by less than three in ten thousand.

References
----------
J. D. Carroll, J.-J. Chang: Analysis of individual differences in multidimensional scaling via an
N-way generalization of "Eckart-Young" decomposition, Psychometrika 35, 1970. R. A. Harshman:
Foundations of the PARAFAC procedure, UCLA Working Papers in Phonetics 16, 1970. A. P. Singh,
G. J. Gordon: Relational learning via collective matrix factorization, KDD 2008.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Explanation
from algorithms.messages import Message
from algorithms.models.base import CurvePoint, Family, ModelState, Recommender
from algorithms.models.factor_problem import FactorProblem, TaskScale, pose
from algorithms.models.one_event import one_event
from algorithms.models.row_explanation import row_shares, tell
from algorithms.models.score_validation import BestSweep, ScoreWatch
from algorithms.models.shared_factors import SharedFactorsConfig
from algorithms.models.weight_conflict import WeightConflict
from algorithms.models.weight_solver import (
    WeightedRows,
    WeightedSweep,
    alternate_weighted,
    start_rows,
)
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task

_NO_EVENTS = 1.0  # noise level where there is no event: any ridge gives zeros
_ENOUGH = 3e-4  # a sweep that lowers the objective by less ends a fit from an earlier solution


class FactorWeightsConfig(SharedFactorsConfig):
    """Parameters of factor weights."""

    weight_regularization: float = Field(
        100.0,
        gt=0,
        le=1e6,
        description="Pull of the tasks' weights to 1, in events of average weight",
    )


class FactorWeights(Recommender):
    """One vector per user and item, and for each task a weight per factor (CP/PARAFAC)."""

    key = "factor_weights"
    title = "Factor weights"
    family = Family.SHARED_FACTORS
    summary = "Learns one vector per user and item, and how much each task cares for each factor."
    equation = (
        r"$s_{tui} = b_{tu} + b_{ti} + \sum_k a_{tk}\,p_{uk}\,q_{ik},\quad"
        r" \min\ \sum_t w_t \sum_{u,i} c_{tui}\,(y_{tui} - s_{tui})^2"
        r" + \lambda\,(\|P\|^2 + \|Q\|^2) + \lambda_b \|b\|^2 + \lambda_a \|A - 1\|^2$"
    )
    reference = "carroll1970"
    config_class = FactorWeightsConfig
    is_multitask = True
    single_task_twin = "separate_factors"
    explains_by = "interactions"

    config: FactorWeightsConfig
    _problem: FactorProblem | None

    # --- learning ------------------------------------------------------------------------

    def prepare(self) -> None:
        """Load numba and its compiled loops, by learning from a single event."""
        log, task = one_event()
        small = FactorWeights(FactorWeightsConfig(n_factors=1, n_epochs=1))
        small.fit(log, [task], rng=np.random.default_rng(0), validation=log)

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        from algorithms.models.cell_sums import threads_for  # numba: only while fitting

        n_epochs, n_factors = self.config.n_epochs, self.config.n_factors
        problem = self._pose()
        self._problem = problem
        self._scales = problem.scales
        rows, started = self._begin(problem, start_rows(problem, n_factors, rng))
        held_out = ScoreWatch(train, validation, tuple(tasks), self.output, rng)
        best = BestSweep[WeightedRows](self.config.patience)
        totals, before = problem.weights(), np.inf
        conflict = WeightConflict(problem)

        def watch(sweep: WeightedSweep) -> WeightedRows | None:
            nonlocal before
            gained, before = before - sweep.objective, sweep.objective
            self._rows = sweep.rows
            for task, loss in zip(tasks, sweep.losses / totals, strict=True):
                point = CurvePoint(sweep.number, task.name, "training loss", float(loss))
                self.curves.append(point)
            for name, other, cosine in conflict.cosines(sweep.rows):
                measure = f"gradient cosine with {other}"
                self.curves.append(CurvePoint(sweep.number, name, measure, cosine))
            points, quality = held_out.measure(sweep.number, self._score_block, self._predict)
            self.curves += points
            progress(sweep.number / n_epochs, Stage.FIT)
            done = sweep.number == n_epochs or (started and gained < _ENOUGH * sweep.objective)
            if best.stops(quality, sweep.rows.copy) or done:
                return sweep.rows if best.kept is None else best.kept
            return None

        ridge, weight_ridge = self._ridge(problem), self._weight_ridge(problem)
        with threads_for(len(problem.events.users) * n_factors):
            self._rows = alternate_weighted(problem, ridge, weight_ridge, rows, n_epochs, watch)
        progress(1.0, Stage.FIT)

    def _pose(self) -> FactorProblem:
        config = self.config
        return pose(self.log, self.tasks, zero_weight=config.zero_weight, balance=config.balance)

    def _ridge(self, problem: FactorProblem) -> FloatArray:
        """Return (d,) the ridge on a row: its factors, then its biases."""
        of_factors = self.config.regularization * max(problem.noise(), _NO_EVENTS)
        weights = np.array([scale.weight for scale in problem.scales])
        ridge: FloatArray = np.r_[
            np.full(self.config.n_factors, of_factors), self.config.bias_regularization * weights
        ]
        return ridge

    def _weight_ridge(self, problem: FactorProblem) -> FloatArray:
        """Return (n_tasks,) how strongly each task's weights are drawn to 1."""
        weights = np.array([scale.weight for scale in problem.scales])
        ridge: FloatArray = self.config.weight_regularization * weights
        return ridge

    def _begin(self, problem: FactorProblem, drawn: WeightedRows) -> tuple[WeightedRows, bool]:
        """Return where to begin, and whether that is an earlier solution."""
        self._anew = False
        if self._start is None:
            return drawn, False
        names = [task.name for task in self.tasks]
        self._anew = self._start.values.get("tasks") != names
        if not self._anew:
            rows = _rows(self._start)
            shapes = zip(_arrays(rows), _arrays(drawn), strict=True)
            self._anew = any(a.shape != b.shape for a, b in shapes)
        if self._anew:
            return drawn, False
        old = problem.known_items & rows.items.any(axis=1)  # others start at random
        drawn.items[old] = rows.items[old]
        drawn.weights[:] = rows.weights
        return drawn, True

    # --- answering -----------------------------------------------------------------------

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        t, k = self._position(task), self._rows.weights.shape[1]
        scale = self._scales[t]
        P, Q = self._rows.users[users], self._rows.items[items]  # (n, d)
        matches = (P[:, :k] * Q[:, :k] * self._rows.weights[t]).sum(axis=1)
        scores = matches + P[:, k + t] + Q[:, k + t]  # (n,)
        numbers: FloatArray = np.clip(scale.mean + scale.spread * scores, scale.low, scale.high)
        return numbers

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        t, k = self._position(task), self._rows.weights.shape[1]
        scale = self._scales[t]
        P, Q = self._rows.users[users], self._rows.items[items]  # (m, d), (j, d)
        scores = (P[:, :k] * self._rows.weights[t]) @ Q[:, :k].T  # (m, j)
        scores += P[:, k + t, None] + Q[None, :, k + t]
        numbers: FloatArray = scale.mean + scale.spread * scores
        return numbers

    # --- explaining ----------------------------------------------------------------------

    def weight_cosines(self) -> FloatArray:
        """Return (n_tasks, n_tasks) the cosines between tasks' weights.

        Each factor counts by how far it moves scores: the root mean square of its users' numbers
        times that of the items' of the kind. NaN for tasks on different kinds of items, whose
        weights are not on one scale.
        """
        table, k = self.log.item_table, self._rows.weights.shape[1]
        n_tasks = len(self.tasks)
        users = np.sqrt((self._rows.users[:, :k] ** 2).mean(axis=0))  # (k,)
        reach = np.empty((n_tasks, k))
        for t, task in enumerate(self.tasks):
            items = self._rows.items[table.of_kind(task.item_kind), :k]
            size = np.sqrt((items**2).mean(axis=0)) if len(items) else np.zeros(k)
            reach[t] = self._rows.weights[t] * users * size
        lengths = np.linalg.norm(reach, axis=1)
        products = np.outer(lengths, lengths)
        cosines = np.full((n_tasks, n_tasks), np.nan)
        kinds = np.array([task.item_kind for task in self.tasks])
        same = (kinds[:, None] == kinds) & (products > 0)
        cosines[same] = np.clip((reach @ reach.T)[same] / products[same], -1.0, 1.0)
        return cosines

    def notes(self) -> tuple[Message, ...]:
        """Say which tasks weigh the factors alike, and where a start could not be used."""
        said = []
        for t, task in enumerate(self.tasks):
            said += [
                Message(
                    "“{first}” and “{second}” weigh the factors with a cosine of {cosine:.2f} "
                    "(1: alike).",
                    {"first": task.name, "second": other.name, "cosine": float(cosine)},
                )
                for other, cosine in list(zip(self.tasks, self.weight_cosines()[t], strict=True))[
                    t + 1 :
                ]
                if not np.isnan(cosine)
            ]
        said.sort(key=lambda note: -float(note.values["cosine"]))
        if self._anew:
            said.append(
                Message(
                    "Started anew for {tasks}: the earlier solution has other tasks, another "
                    "number of factors, or other users and items.",
                    {"tasks": ", ".join(f"“{task.name}”" for task in self.tasks)},
                )
            )
        return tuple(said)

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            sentence = Message(
                "Nothing can be said: “{task}” was never observed in training.",
                {"task": task.name},
            )
            return Explanation(task.name, user, item, score, sentence)
        if self._problem is None:  # derived from the log, and only needed here
            self._problem = self._pose()
        t, rows, ridge = self._position(task), self._rows, self._ridge(self._problem)
        shares = row_shares(self._problem, rows.items, rows.weights, ridge, t, user, item)
        bias = float(rows.items[item, rows.weights.shape[1] + t])
        return tell(self._problem, shares, t, user, item, bias, self.log.item_table.titles)

    # --- keeping -------------------------------------------------------------------------

    def _state(self) -> ModelState:
        rows, k = self._rows, self._rows.weights.shape[1]
        arrays = {
            "user_factors": rows.users[:, :k],
            "user_biases": rows.users[:, k:],
            "item_factors": rows.items[:, :k],
            "item_biases": rows.items[:, k:],
            "weights": rows.weights,
            "scales": np.array([astuple(scale) for scale in self._scales]),
        }
        values = {"tasks": [task.name for task in self.tasks], "anew": self._anew}
        return ModelState(arrays, values)

    def _restore(self, state: ModelState) -> None:
        self._rows = _rows(state)
        self._anew = bool(state.values["anew"])
        self._scales = tuple(TaskScale(*map(float, row)) for row in state.arrays["scales"])
        self._problem = None


def _rows(state: ModelState) -> WeightedRows:
    """Return the rows that a state of this model holds."""
    names = ("user_factors", "user_biases", "item_factors", "item_biases", "weights")
    P, b_u, Q, b_i, weights = (state.arrays[name] for name in names)
    return WeightedRows(np.column_stack([P, b_u]), np.column_stack([Q, b_i]), weights.copy())


def _arrays(rows: WeightedRows) -> tuple[FloatArray, FloatArray, FloatArray]:
    return rows.users, rows.items, rows.weights

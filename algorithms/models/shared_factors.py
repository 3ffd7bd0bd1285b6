r"""Shared factors: one vector of tastes per user explains clicks, purchases and stars at once.

Somebody who buys little still clicks a lot. If the same tastes stand behind both, the many clicks
can say what the few purchases cannot. So each user u has *one* vector :math:`p_u` for all tasks,
each item i *one* vector :math:`q_i` for all tasks on it, and only small offsets belong to a task:

.. math::
    s_{tui} = b_{tu} + b_{ti} + p_u^\top q_i, \qquad
    \hat y_{tui} = \mu_t + \sigma_t\, s_{tui}

The item's offset lets two tasks on the same items rank differently: much-clicked things need not
be much-bought ones. All unknowns together minimise one weighted sum of squared errors:

.. math::
    \min_{P,Q,b}\; \sum_{t\ \text{explicit}} w_t \sum_{(u,i)\in\Omega_t}
        \Bigl(\tfrac{y_{tui} - \mu_t}{\sigma_t} - s_{tui}\Bigr)^2
    + \sum_{t\ \text{binary}} w_t \sum_{u,\,i} (v_t + x_{tui})
        \bigl([x_{tui} > 0] - s_{tui}\bigr)^2
    + \lambda \Bigl(\sum_u \|p_u\|^2 + \sum_i \|q_i\|^2\Bigr)
    + \lambda_b \sum_t w_t \Bigl(\sum_u b_{tu}^2 + \sum_i b_{ti}^2\Bigr)

An explicit task (rating, quantity) fits its observed events :math:`\Omega_t`, standardised by
their mean :math:`\mu_t` and deviation :math:`\sigma_t`, so that stars and minutes weigh alike. A
binary task has :math:`\mu_t = 0, \sigma_t = 1` and fits *every* cell of its item kind: what
happened x times as a confident 1, all else as an unsure 0 of weight :math:`v_t`. In the notation of
Hu, Koren and Volinsky the confidence is :math:`1 + \alpha x` with :math:`\alpha = 1 / v_t`. How
unsure is said for all zeros together: they weigh ``zero_weight`` times what the task's events
weigh, so that dense and sparse tasks are treated alike. The task's weight

.. math:: w_t \propto \omega_t\, n_t^{-\beta}, \qquad \tfrac1T \sum_t w_t = 1

is the weight :math:`\omega_t` that the person gave, tempered by its number of events
:math:`n_t`: with :math:`\beta = 0` every event counts the same and the largest task drowns the
others, with :math:`\beta = 1` every task counts the same and a tiny task's noise is blown up; the
default leans to the first.

The ridge is measured against noise. If the labels were pure chance, the largest singular value of
the table of events would be about :math:`\sqrt{n_U} + \sqrt{n_I}`, with :math:`n_U` events per
user and :math:`n_I` per item (Candès and Plan 2010); what rises above it is signal. So

.. math:: \lambda = \text{regularization} \cdot (\sqrt{n_U} + \sqrt{n_I})

grows with the data by itself, and one setting serves a class-room log and a large one, a joint and
a single-task fit.

Held still, the items make this a separate quadratic for each user, and the other way round; the
sweeps alternate (see ``factor_solver``). The last step solves the users exactly. Therefore a
user's row is a sum over the user's own events, and so is every score: that is the explanation.
A user or an item that training never met has zeros for everything unknown: a new user gets what
items are worth to all, a new item what the user gives on average. A prediction is kept within the
values that the label had in training; lists are ordered by the sum before that, so that items
beyond the end of the scale keep their order.

After every sweep the conflict between the tasks is measured as well: whether their gradients on
what they share point the same way (see ``factor_conflict``).

From an earlier solution (say, of other task weights) the sweeps go on where that one ended, and end
when one of them lowers the sum above by less than three in ten thousand: two to seven sweeps,
as a rule.

``SeparateFactors`` is the same algorithm fitted on each task alone, so the difference between the
two is what sharing does, good or bad.

References
----------
A. P. Singh, G. J. Gordon: Relational learning via collective matrix factorization, KDD 2008 (one
factor matrix serves several relations). Y. Hu, Y. Koren, C. Volinsky: Collaborative filtering for
implicit feedback datasets, ICDM 2008 (weighted zeros; explanation). G. Takács, I. Pilászy,
D. Tikk: Applications of the conjugate gradient method for implicit feedback collaborative
filtering, RecSys 2011. E. J. Candès, Y. Plan: Matrix completion with noise, Proceedings of the IEEE
98(6), 2010 (the size of the ridge).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.errors import UnknownTaskError
from algorithms.explanations import Explanation
from algorithms.messages import Message
from algorithms.models.base import CurvePoint, Family, ModelConfig, ModelState, Recommender
from algorithms.models.factor_blocks import Blocks
from algorithms.models.factor_conflict import Conflict
from algorithms.models.factor_explanation import explain_score, folded_row
from algorithms.models.factor_problem import FactorProblem, TaskScale, pose, shares_left
from algorithms.models.factor_solver import FactorRows, Sweep, alternate
from algorithms.models.factor_start import NAMES, earlier_rows, names_of
from algorithms.models.factor_validation import EarlyStop, Watch
from algorithms.progress import Progress, Stage, part_of
from algorithms.tasks import Task, TaskKind

_ENOUGH = 3e-4  # a sweep that lowers the objective by less ends a fit from an earlier solution
_NO_EVENTS = 1.0  # noise level where there is no event: any ridge gives zeros


class SharedFactorsConfig(ModelConfig):
    """Parameters of shared and of separate factors."""

    n_factors: int = Field(32, ge=1, le=512, description="Length of the user and item vectors")
    n_epochs: int = Field(15, ge=1, le=200, description="Sweeps over all users and all items")
    regularization: float = Field(
        0.7, gt=0, le=100, description="Pull of the vectors to zero, in units of the noise level"
    )
    bias_regularization: float = Field(
        3.0, gt=0, le=1000, description="Damping of the offsets, in events of average weight"
    )
    zero_weight: float = Field(
        10.0, gt=0, le=1000, description="What all zeros weigh, in multiples of all binary events"
    )
    balance: float = Field(
        0.25, ge=0, le=1, description="0: every event counts the same; 1: every task does"
    )
    patience: int = Field(
        5, ge=1, le=200, description="Sweeps without gain on validation before it stops"
    )


@dataclass(frozen=True, eq=False)
class FactorBlock:
    """Tasks that were solved together, with their rows; separate factors have one per task."""

    tasks: tuple[Task, ...]
    scales: tuple[TaskScale, ...]
    layout: Blocks
    rows: FactorRows


class SharedFactors(Recommender):
    """One user vector for all tasks, one item vector for all tasks on the item."""

    key = "shared_factors"
    title = "Shared factors"
    family = Family.SHARED_FACTORS
    summary = "Learns one vector of tastes per user from all tasks at once."
    equation = (
        r"$\min\ \sum_t w_t \sum_{u,i} c_{tui}\,(y_{tui} - b_{tu} - b_{ti} - p_u^\top q_i)^2"
        r" + \lambda\,(\|P\|^2 + \|Q\|^2) + \lambda_b \|b\|^2$"
    )
    reference = "singh2008"
    config_class = SharedFactorsConfig
    is_multitask = True
    single_task_twin: ClassVar[str | None] = "separate_factors"
    explains_by = "interactions"

    config: SharedFactorsConfig

    def _together(self, tasks: Sequence[Task]) -> list[tuple[Task, ...]]:
        """Return which tasks share their factors."""
        return [tuple(tasks)]

    def _layout(self, n_tasks: int) -> Blocks:
        """Return which factors the tasks of a problem see; here all see all."""
        return Blocks(self.config.n_factors, 0, n_tasks)

    # --- learning ------------------------------------------------------------------------

    def prepare(self) -> None:
        """Load numba and its compiled loops, by learning from a single event."""
        first, nameless = np.zeros(1, dtype=np.int32), np.array([""])
        items = ItemTable(IdMap(nameless), nameless, ("any",), first.astype(np.int16), nameless)
        yes = {"yes": np.ones(1, dtype=np.float32)}
        log = InteractionLog("", first, first, yes, UserTable(IdMap(nameless)), items)
        tasks = [
            Task(name=name, kind=TaskKind.BINARY, label="yes", item_kind="any")
            for name in ("one", "other")
        ]
        small = type(self)(self.config.model_copy(update={"n_epochs": 1}))
        small.fit(log, tasks, rng=np.random.default_rng(0), validation=log)

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        self._blocks: list[FactorBlock] = []
        self._problems: dict[int, FactorProblem] = {}
        self._anew: list[str] = []
        groups = self._together(tasks)
        for number, group in enumerate(groups):
            part = part_of(progress, number / len(groups), (number + 1) / len(groups))
            problem = self._pose(train, group)
            rows = self._descend(problem, train, validation, rng, part)
            layout = self._layout(len(group))
            self._blocks.append(FactorBlock(group, problem.scales, layout, rows))
        progress(1.0, Stage.FIT)

    def _pose(self, train: InteractionLog, tasks: Sequence[Task]) -> FactorProblem:
        return pose(train, tasks, zero_weight=self.config.zero_weight, balance=self.config.balance)

    def _ridge(self, problem: FactorProblem) -> FloatArray:
        """Return (d,) the ridge on a row: its factors, then its biases."""
        ridge_of_factors = self._factor_ridge(problem.noise())
        weights = [scale.weight for scale in problem.scales]
        ridge: FloatArray = np.r_[
            np.full(self.config.n_factors, ridge_of_factors),
            self.config.bias_regularization * np.array(weights),
        ]
        return ridge

    def _factor_ridge(self, noise: float) -> float:
        """Return the ridge on factors that learn from data of a noise level."""
        return self.config.regularization * max(noise, _NO_EVENTS)

    def _descend(
        self,
        problem: FactorProblem,
        train: InteractionLog,
        validation: InteractionLog | None,
        rng: np.random.Generator,
        progress: Progress,
    ) -> FactorRows:
        n_epochs = self.config.n_epochs
        weights = problem.weights()
        stop = EarlyStop(self.config.patience)
        start = self._earlier(problem)
        before = np.inf
        measure = None if validation is None else self._watch(problem, train, validation, rng)
        conflict = Conflict(problem, self._layout(len(problem.tasks)))

        def watch(sweep: Sweep) -> FactorRows | None:
            nonlocal before
            gained, before = before - sweep.objective, sweep.objective
            done = sweep.number == n_epochs or (
                start is not None and gained < _ENOUGH * sweep.objective
            )
            for task, loss in zip(problem.tasks, sweep.losses / weights, strict=True):
                self.curves.append(
                    CurvePoint(sweep.number, task.name, "training loss", float(loss))
                )
            for name, other, cosine in conflict.cosines(sweep.rows):
                self.curves.append(
                    CurvePoint(sweep.number, name, f"gradient cosine with {other}", cosine)
                )
            measures = [] if measure is None else measure(sweep.rows)
            for task, name, value in measures:
                self.curves.append(CurvePoint(sweep.number, task.name, name, value))
            progress(sweep.number / n_epochs, Stage.FIT)
            if not measures:
                return sweep.rows if done else None
            gone = stop.better_gone(measures, sweep.rows)
            return stop.kept if gone or done else None

        return self._sweep(problem, rng, watch, start)

    def _watch(
        self,
        problem: FactorProblem,
        train: InteractionLog,
        validation: InteractionLog,
        rng: np.random.Generator,
    ) -> Callable[[FactorRows], list[tuple[Task, str, float]]]:
        """Return what measures rows on validation events: task, name and value of each measure."""
        return partial(Watch(train, validation, problem.tasks, rng).measure, problem)

    def _sweep(
        self,
        problem: FactorProblem,
        rng: np.random.Generator,
        watch: Callable[[Sweep], FactorRows | None],
        start: FactorRows | None,
    ) -> FactorRows:
        """Return the rows that minimise the objective."""
        k, n_epochs = self.config.n_factors, self.config.n_epochs
        return alternate(problem, self._ridge(problem), k, n_epochs, rng, watch, start)

    def _earlier(self, problem: FactorProblem) -> FactorRows | None:
        """Return the rows to start from, or None to start at random."""
        if self._start is None:
            return None
        n_users, n_items = len(problem.known_users), len(problem.known_items)
        layout = self._layout(len(problem.tasks))
        rows = earlier_rows(self._start, problem.tasks, n_users, n_items, layout)
        if rows is None:
            self._anew += [task.name for task in problem.tasks]
        return rows

    def notes(self) -> tuple[Message, ...]:
        """Say where an earlier solution could not be used."""
        if not self._anew:
            return ()
        return (
            Message(
                "Started anew for {tasks}: the earlier solution has other tasks, another number of "
                "factors, or other users and items.",
                {"tasks": ", ".join(f"“{name}”" for name in self._anew)},
            ),
        )

    # --- answering -----------------------------------------------------------------------

    def _place(self, task: Task) -> tuple[int, int]:
        """Return the task's block and its position there."""
        for number, block in enumerate(self._blocks):
            for position, other in enumerate(block.tasks):
                if other.name == task.name:
                    return number, position
        raise UnknownTaskError(task=task.name, tasks=", ".join(self._tasks))

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        number, t = self._place(task)
        block = self._blocks[number]
        f, b, scale = block.layout.factors(t), block.layout.bias(t), block.scales[t]
        P, Q = block.rows.users[users], block.rows.items[items]  # (n, d)
        scores = (P[:, f] * Q[:, f]).sum(axis=1) + P[:, b] + Q[:, b]  # (n,)
        numbers: FloatArray = np.clip(scale.mean + scale.spread * scores, scale.low, scale.high)
        return numbers

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        number, t = self._place(task)
        block = self._blocks[number]
        f, b, scale = block.layout.factors(t), block.layout.bias(t), block.scales[t]
        P, Q = block.rows.users[users], block.rows.items[items]  # (m, d), (j, d)
        scores = P[:, f] @ Q[:, f].T  # (m, j)
        scores += P[:, b, None]
        scores += Q[None, :, b]
        numbers: FloatArray = scale.mean + scale.spread * scores
        return numbers

    def fold_in(self, task: Task, user: int, items: IntArray, log: InteractionLog) -> FloatArray:
        """Return (n,) the numbers by which items rank for a user who did what a log says.

        Of what the user did in training, what the log does not have is taken away; the items are
        held still.
        """
        number, t = self._place(task)
        block, problem = self._blocks[number], self._problem(number)
        left = shares_left(problem, user, log)
        row = self._fold(block, problem, user, left)  # (d,)
        seen, bias = block.layout.factors(t), block.layout.bias(t)
        Q = block.rows.items[items]  # (n, d)
        scores = Q[:, seen] @ row[seen] + row[bias] + Q[:, bias]
        numbers: FloatArray = block.scales[t].mean + block.scales[t].spread * scores
        return numbers

    def _fold(
        self, block: FactorBlock, problem: FactorProblem, user: int, left: FloatArray
    ) -> FloatArray:
        return folded_row(problem, block.rows, self._ridge(problem), user, left)

    def _problem(self, number: int) -> FactorProblem:
        """Return what a block was solved for: derived from the log, and rarely needed."""
        if number not in self._problems:
            self._problems[number] = self._pose(self.log, self._blocks[number].tasks)
        return self._problems[number]

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            sentence = Message(
                "Nothing can be said: “{task}” was never observed in training.",
                {"task": task.name},
            )
            return Explanation(task.name, user, item, score, sentence)
        number, t = self._place(task)
        return self._tell(self._blocks[number], self._problem(number), t, user, item)

    def _tell(
        self, block: FactorBlock, problem: FactorProblem, t: int, user: int, item: int
    ) -> Explanation:
        """Say why the t-th task of a block gives its score."""
        titles = self.log.item_table.titles
        return explain_score(problem, block.rows, self._ridge(problem), t, user, item, titles)

    # --- keeping -------------------------------------------------------------------------

    def _state(self) -> ModelState:
        arrays = {}
        for number, block in enumerate(self._blocks):
            k = block.layout.bias(0)  # biases stand behind all factors
            for side, rows in (("user", block.rows.users), ("item", block.rows.items)):
                arrays[f"{number}.{side}_factors"] = rows[:, :k]
                arrays[f"{number}.{side}_biases"] = rows[:, k:]
            arrays[f"{number}.scales"] = np.array([astuple(scale) for scale in block.scales])
        return ModelState(arrays, {NAMES: names_of([block.tasks for block in self._blocks])})

    def _restore(self, state: ModelState) -> None:
        self._problems = {}
        self._anew = []
        self._blocks = []
        for number, group in enumerate(self._together(self.tasks)):
            users, items = (
                np.column_stack(
                    [state.arrays[f"{number}.{side}_{part}"] for part in ("factors", "biases")]
                )
                for side in ("user", "item")
            )
            scales = tuple(TaskScale(*map(float, row)) for row in state.arrays[f"{number}.scales"])
            layout = self._layout(len(group))
            self._blocks.append(FactorBlock(group, scales, layout, FactorRows(users, items)))


class SeparateFactors(SharedFactors):
    """The same algorithm on each task alone: every task has its own user and item vectors."""

    key = "separate_factors"
    title = "Separate factors"
    summary = "Learns vectors of tastes for each task alone, by the algorithm of shared factors."
    equation = (
        r"$\min\ \sum_{u,i} c_{tui}\,(y_{tui} - b_{tu} - b_{ti} - p_{tu}^\top q_{ti})^2"
        r" + \lambda\,(\|P_t\|^2 + \|Q_t\|^2) + \lambda_b \|b_t\|^2\ \ \mathrm{for\ each}\ t$"
    )
    is_multitask = False
    single_task_twin = None

    def _together(self, tasks: Sequence[Task]) -> list[tuple[Task, ...]]:
        return [(task,) for task in tasks]

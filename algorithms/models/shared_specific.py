r"""Shared and specific: some tastes stand behind all that one does, others behind one task alone.

Shared factors believe that clicks and purchases come from the same tastes; separate factors that
they have nothing in common. In between each user u has a vector :math:`p_u` for all tasks *and* a
vector :math:`p_{tu}` for each task t alone; items likewise, with a block for each task that ranks
their kind:

.. math::
    s_{tui} = b_{tu} + b_{ti} + p_u^\top q_i + p_{tu}^\top q_{ti}, \qquad
    \hat y_{tui} = \mu_t + \sigma_t\, s_{tui}

Each task sees ``n_factors`` factors in all, of which the share ``shared_share`` (rounded to whole
factors) is shared: a slider from separate factors (0) to shared factors (1). At its ends the model
*is* these two, number for number. The data decide how much sharing is right: where tasks are alike,
validation prefers a large share, where they are not, a small one.

The loss is that of shared factors (see ``shared_factors``) with these scores. Every block has a
ridge of its own, as large as the noise in the data that it learns from:

.. math::
    \lambda = \text{regularization} \cdot (\sqrt{n_U} + \sqrt{n_I}), \qquad
    \lambda_t = \text{regularization} \cdot (\sqrt{n_{tU}} + \sqrt{n_{tI}})

with the squared weights of all events per user and per item, or of task t's. So what all tasks have
in common rises above the noise together, and what only one task knows must rise above its own.

Held still, the items make the loss a separate quadratic for each user, and the other way round. Its
matrix is an arrow, as no event touches the blocks of two tasks: each half-step solves it exactly
(see ``block_kernels``). An explanation tells what came through shared tastes and what through the
task's own.

With nothing shared, a task's cells are those of the users and items that it met itself; as soon as
something is shared, those of all that any task met.

References
----------
A. P. Singh, G. J. Gordon: Relational learning via collective matrix factorization, KDD 2008 (shared
factors). D. Cortes: Cold-start recommendations in collective matrix factorization,
arXiv:1809.00366, 2018 (factors of which some are shared and some belong to one matrix). A. Jalali,
P. Ravikumar, S. Sanghavi, C. Ruan: A dirty model for multi-task learning, NeurIPS 2010 (a shared
part plus a part for each task, each with a penalty of its own).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import sqrt
from typing import ClassVar

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Explanation
from algorithms.models.block_explanation import explain_blocks, folded_block_row
from algorithms.models.block_solver import alternate_blocks
from algorithms.models.factor_blocks import Blocks
from algorithms.models.factor_problem import FactorProblem
from algorithms.models.factor_solver import FactorRows, Sweep
from algorithms.models.factor_validation import Watch
from algorithms.models.shared_factors import FactorBlock, SharedFactors, SharedFactorsConfig
from algorithms.tasks import Task


class SharedSpecificConfig(SharedFactorsConfig):
    """Parameters of shared and specific factors."""

    n_factors: int = Field(
        32, ge=1, le=512, description="Number of factors that a task sees, shared and its own"
    )
    shared_share: float = Field(
        0.5, ge=0, le=1, description="Share of them that all tasks share; 0: none, 1: all"
    )


class SharedSpecific(SharedFactors):
    """A user vector with a block for all tasks and a block for each task."""

    key = "shared_specific"
    title = "Shared and specific factors"
    summary = "Learns tastes that all tasks share, and beside them tastes for each task alone."
    equation = (
        r"$\min\ \sum_t w_t \sum_{u,i} c_{tui}\,(y_{tui} - b_{tu} - b_{ti}"
        r" - p_u^\top q_i - p_{tu}^\top q_{ti})^2"
        r" + \lambda\,(\|P\|^2 + \|Q\|^2) + \sum_t \lambda_t (\|P_t\|^2 + \|Q_t\|^2)"
        r" + \lambda_b \|b\|^2$"
    )
    reference = "jalali2010"
    config_class = SharedSpecificConfig
    single_task_twin: ClassVar[str | None] = "separate_factors"

    config: SharedSpecificConfig

    @property
    def _n_shared(self) -> int:
        return round(self.config.shared_share * self.config.n_factors)

    def _together(self, tasks: Sequence[Task]) -> list[tuple[Task, ...]]:
        if self._n_shared == 0:
            return [(task,) for task in tasks]
        return [tuple(tasks)]

    def _layout(self, n_tasks: int) -> Blocks:
        if n_tasks == 1:  # what one task shares with itself is its own
            return Blocks(self.config.n_factors, 0, 1)
        return Blocks(self._n_shared, self.config.n_factors - self._n_shared, n_tasks)

    def _ridge(self, problem: FactorProblem) -> FloatArray:
        layout = self._layout(len(problem.tasks))
        usual = super()._ridge(problem)  # (n_factors + n_tasks,)
        if not layout.n_specific:
            return usual
        ridge: FloatArray = np.empty(layout.width)
        ridge[: layout.n_shared] = usual[0]
        ridge[layout.bias(0) :] = usual[self.config.n_factors :]
        for t in range(layout.n_tasks):
            ridge[layout.own(t)] = self._factor_ridge(_noise(problem, t))
        return ridge

    def _watch(
        self,
        problem: FactorProblem,
        train: InteractionLog,
        validation: InteractionLog,
        rng: np.random.Generator,
    ) -> Callable[[FactorRows], list[tuple[Task, str, float]]]:
        layout = self._layout(len(problem.tasks))
        if not layout.n_specific:
            return super()._watch(problem, train, validation, rng)
        watches = [Watch(train, validation, (task,), rng) for task in problem.tasks]
        alone = [
            replace(problem, tasks=(task,), scales=(scale,))
            for task, scale in zip(problem.tasks, problem.scales, strict=True)
        ]

        def measure(rows: FactorRows) -> list[tuple[Task, str, float]]:
            measures = []
            for t, watch in enumerate(watches):
                view = FactorRows(layout.view(rows.users, t), layout.view(rows.items, t))
                measures += watch.measure(alone[t], view)
            return measures

        return measure

    def _sweep(
        self,
        problem: FactorProblem,
        rng: np.random.Generator,
        watch: Callable[[Sweep], FactorRows | None],
        start: FactorRows | None,
    ) -> FactorRows:
        layout = self._layout(len(problem.tasks))
        if not layout.n_specific:
            return super()._sweep(problem, rng, watch, start)
        from algorithms.models.cell_sums import threads_for  # numba: only while fitting

        ridge, n_epochs = self._ridge(problem), self.config.n_epochs
        with threads_for(len(problem.events.users) * layout.n_factors):
            return alternate_blocks(problem, ridge, layout, n_epochs, rng, watch, start)

    def _fold(
        self, block: FactorBlock, problem: FactorProblem, user: int, left: FloatArray
    ) -> FloatArray:
        if not block.layout.n_specific:
            return super()._fold(block, problem, user, left)
        ridge = self._ridge(problem)
        return folded_block_row(problem, block.rows, ridge, block.layout, user, left)

    def _tell(
        self, block: FactorBlock, problem: FactorProblem, t: int, user: int, item: int
    ) -> Explanation:
        if not block.layout.n_specific:
            return super()._tell(block, problem, t, user, item)
        titles, ridge = self.log.item_table.titles, self._ridge(problem)
        return explain_blocks(problem, block.rows, ridge, block.layout, t, user, item, titles)


def _noise(problem: FactorProblem, t: int) -> float:
    """Return the noise level of one task's events (see ``FactorProblem.noise``)."""
    events = problem.events
    energy = float((events.curvature[events.tasks == t] ** 2).sum())
    n_users = int(problem.known_users.sum())
    n_items = int((problem.item_groups == problem.kinds[t]).sum())
    return sqrt(energy / max(n_users, 1)) + sqrt(energy / max(n_items, 1))

r"""How likely a user is to meet an item at all: the first of two stages of a list.

A network learns what happens to items that are shown. A list is made of items that mostly never
were: of an item that no such user ever meets it can only guess. In practice one stage finds
candidates and a second one orders them (Covington et al. 2016). Here both are one number,

.. math:: \text{rank}(u, i) = P(\text{met} \mid u, i)^{\kappa}\; P(y_t \mid u, i, \text{met})

Whether two have met is known for *every* pair, unlike the labels: so the first factor is learned
from all cells, by shared factors on the fact that an event exists. With :math:`\kappa = 0` it is
left out. Predictions, probabilities and explanations are those of the network alone.

References
----------
P. Covington, J. Adams, E. Sargin: Deep neural networks for YouTube recommendations, RecSys 2016.
X. Ma et al.: Entire space multi-task model, SIGIR 2018 (impressions as the first step).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.models.base import ModelState
from algorithms.models.shared_factors import SharedFactors
from algorithms.tasks import Task, TaskKind

_LABEL = "met"
_LEAST = 1e-3  # a pair that seems impossible keeps its order by the second factor


class Exposure:
    """Chances of meeting, by item kind.

    Parameters
    ----------
    log : the training log
    tasks : their item kinds are looked at
    """

    def __init__(self, log: InteractionLog, tasks: Sequence[Task]) -> None:
        kinds = sorted({task.item_kind for task in tasks} & set(log.item_table.kinds))
        self._log = InteractionLog(
            name=log.name,
            users=log.users,
            items=log.items,
            labels={_LABEL: np.ones(len(log), dtype=np.float32)},
            user_table=log.user_table,
            item_table=log.item_table,
        )
        self._tasks = [
            Task(name=kind, kind=TaskKind.BINARY, label=_LABEL, item_kind=kind) for kind in kinds
        ]
        self._model = SharedFactors()

    def fit(self, rng: np.random.Generator) -> Exposure:
        """Learn who meets what."""
        if self._tasks:
            self._model.fit(self._log, self._tasks, rng=rng)
        return self

    def chances(self, kind: str, users: IntArray, items: IntArray) -> FloatArray:
        """Return (m, k) chances, from 0.001 to 1, that users (m,) meet items (k,) of a kind."""
        if kind not in {task.name for task in self._tasks}:
            return np.ones((len(users), len(items)))
        found = np.nan_to_num(self._model.score_block(kind, users, items), nan=_LEAST)
        chances: FloatArray = np.clip(found, _LEAST, 1.0)
        return chances

    def state(self) -> ModelState:
        """Return what was learned."""
        return self._model.state() if self._tasks else ModelState({})

    def restore(self, state: ModelState) -> Exposure:
        """Take back what ``state`` returned."""
        if self._tasks:
            self._model.restore(self._log, self._tasks, state)
        return self

r"""Bias: some items are liked by most people, and some people like most things.

The number for user u and item i is the overall mean of the label, plus how far this item
usually lies above it, plus how far this user usually lies above that:

.. math::
    \hat r_{ui} = \mu + b_u + b_i, \qquad
    b_i = \frac{\sum_{u} (r_{ui} - \mu)}{n_i + \lambda_i}, \qquad
    b_u = \frac{\sum_{i} (r_{ui} - \mu - b_i)}{n_u + \lambda_u}

The damping :math:`\lambda` holds the bias of somebody seen three times closer to zero than that
of somebody seen three hundred times. There is nothing personal in the *order* of the items, since
:math:`b_u` lifts them all alike; but as a prediction this is hard to beat, and every model with
factors starts from it.

A rating or quantity is predicted within the values seen in training; for a binary task the mean
is a share of events, and the sum, kept between 0 and 1, a probability. The ranking uses the sum
before it is limited, so that items beyond the end of the scale keep their order.

References
----------
Y. Koren: Factor in the neighbors, ACM TKDD 4(1), 2010, section 2.1 (baseline estimates).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.base import Family, ModelConfig, ModelState, Output, Recommender
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task, TaskKind


class BiasConfig(ModelConfig):
    """Parameters of the bias model."""

    item_damping: float = Field(
        25.0, ge=0, le=1000, description="Average events that every item starts with"
    )
    user_damping: float = Field(
        10.0, ge=0, le=1000, description="Average events that every user starts with"
    )


@dataclass(frozen=True, eq=False)
class _Biases:
    """What is learned for one task; everything is NaN where the task has no events."""

    mean: float
    user: FloatArray  # (n_users,) 0 for users without events
    item: FloatArray  # (n_items,) 0 for items without events, NaN for items of other kinds
    limits: FloatArray  # (2,) lowest and highest prediction


class Bias(Recommender):
    """Overall mean, user bias and item bias."""

    key = "bias"
    title = "Bias"
    family = Family.BASELINE
    summary = "The average, corrected for items that are liked more and users who like more."
    equation = r"$\hat r_{ui} = \mu + b_u + b_i$"
    reference = "koren2010"
    config_class = BiasConfig
    explains_by = "biases"

    config: BiasConfig

    def output(self, task: Task) -> Output:
        """Return what the number is: a probability for binary tasks, else a prediction."""
        return Output.PROBABILITY if task.kind is TaskKind.BINARY else Output.PREDICTION

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        self._biases = {task.name: self._estimate(task, task.part(train)) for task in tasks}
        progress(1.0, Stage.FIT)

    def _estimate(self, task: Task, events: InteractionLog) -> _Biases:
        user = np.zeros(events.n_users)
        item = np.full(events.n_items, np.nan)
        if not len(events):
            return _Biases(np.nan, user, item, np.full(2, np.nan))
        values = events.label(task.label).astype(np.float64)  # (n_events,)
        mean = float(values.mean())
        item[events.item_table.of_kind(task.item_kind)] = 0.0
        for bias, of, damping in (
            (item, events.items, self.config.item_damping),
            (user, events.users, self.config.user_damping),
        ):
            n_events = np.bincount(of, minlength=len(bias))
            rest = values - mean - user[events.users] - item[events.items]  # (n_events,)
            seen = n_events > 0
            bias[seen] = np.bincount(of, rest, len(bias))[seen] / (n_events[seen] + damping)
        binary = task.kind is TaskKind.BINARY
        limits = np.array([0.0, 1.0] if binary else [values.min(), values.max()])
        return _Biases(mean, user, item, limits)

    def _sum(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        biases = self._biases[task.name]
        return biases.mean + biases.user[users] + biases.item[items]

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        low, high = self._biases[task.name].limits
        return np.clip(self._sum(task, users, items), low, high)

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return self._sum(task, users[:, None], items[None, :])  # (m, k)

    def _state(self) -> ModelState:
        arrays = {}
        for position, task in enumerate(self.tasks):
            biases = self._biases[task.name]
            arrays[f"task{position}.mean"] = np.array([biases.mean])
            arrays[f"task{position}.user"] = biases.user
            arrays[f"task{position}.item"] = biases.item
            arrays[f"task{position}.limits"] = biases.limits
        return ModelState(arrays)

    def _restore(self, state: ModelState) -> None:
        self._biases = {
            task.name: _Biases(
                float(state.arrays[f"task{position}.mean"][0]),
                state.arrays[f"task{position}.user"],
                state.arrays[f"task{position}.item"],
                state.arrays[f"task{position}.limits"],
            )
            for position, task in enumerate(self.tasks)
        }

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        biases = self._biases[task.name]
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            sentence = Message("Nothing is known of this item for “{task}”.", {"task": task.name})
            return Explanation(task.name, user, item, score, sentence)
        b_u, b_i = float(biases.user[user]), float(biases.item[item])
        parts = [
            Contribution(biases.mean, EvidenceKind.AVERAGE, task=task.name),
            Contribution(b_u, EvidenceKind.USER_BIAS, task=task.name),
            Contribution(b_i, EvidenceKind.ITEM_BIAS, task=task.name),
        ]
        parts += limited(task.name, biases.mean + b_u + b_i, score)
        sentence = Message(
            "“{task}” averages {mean:.2f}; this item usually adds {item:+.2f} and this user "
            "{user:+.2f}.",
            {"task": task.name, "mean": biases.mean, "item": b_i, "user": b_u},
        )
        return Explanation(task.name, user, item, score, sentence, strongest_first(parts))


def limited(task: str, total: float, score: float) -> list[Contribution]:
    """Return the contribution that brings a sum back into the label's scale, if one is needed."""
    if total == score:
        return []
    message = Message("Kept within the values that “{task}” can have", {"task": task})
    return [Contribution(score - total, EvidenceKind.LIMIT, task=task, message=message)]

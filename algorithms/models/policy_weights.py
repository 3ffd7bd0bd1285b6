r"""Policies over task weights: in what proportion tasks count, for whom.

The arms are vectors of weights on the simplex; the list is ordered by the weighted sum of the
tasks' standardised scores,

.. math::
    s(u, i) = \sum_t w_{tu}\, z_{tui}, \qquad \sum_t w_{tu} = 1

Bandits choose between the points of a grid, planners move freely (``policy_bandits``,
``policy_planners``).
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.explanations import (
    Contribution,
    EvidenceKind,
    Exhibit,
    Explanation,
    strongest_first,
)
from algorithms.messages import Message
from algorithms.models.base import ModelState
from algorithms.models.policy_arms import Arms, WeightArms
from algorithms.models.policy_exhibits import show_weights
from algorithms.models.policy_fusion import PolicyFusion, ShopConfig
from algorithms.models.policy_judging import Verdict
from algorithms.models.policy_kind import Order, Shelf
from algorithms.policies.segments import Segments
from algorithms.policies.shop import Diary
from algorithms.policies.simplex import simplex_grid, steps_for
from algorithms.tasks import Task


class WeightConfig(ShopConfig):
    """What all policies over task weights share."""

    n_arms: int = Field(
        15, ge=2, le=100, description="Most weight vectors on the grid that is compared"
    )


class WeightPolicy(PolicyFusion):
    """A policy whose arms are weight vectors."""

    config: WeightConfig

    def _arms(self, shelf: Shelf) -> WeightArms:
        n_tasks = len(shelf.tasks)
        return WeightArms(simplex_grid(n_tasks, steps_for(n_tasks, self.config.n_arms)))

    def _show(
        self,
        kind: str,
        shelf: Shelf,
        diary: Diary,
        segments: Segments,
        lists: IntArray,
        verdict: Verdict | None,
    ) -> tuple[Exhibit, ...]:
        return show_weights(kind, shelf, diary, segments, lists, verdict)

    def _too_little(self, kind: str) -> Message:
        return Message(
            "Too little was rewarded among items of kind “{kind}” to learn a policy from: there "
            "all tasks count equally.",
            {"kind": kind},
        )

    def _explain_place(
        self, task: Task, user: int, item: int, shelf: Shelf, raw: FloatArray, order: Order
    ) -> Explanation:
        column = int(np.searchsorted(shelf.items, item))
        in_top = bool(order.in_top[0, column])
        arm = int(shelf.arm_of_user[0 if in_top else -1, user])
        assert isinstance(shelf.arms, WeightArms)  # noqa: S101 - these are the arms it makes
        weights, standardised = shelf.arms.weights[arm], np.nan_to_num(raw[0, column], nan=0.0)
        parts = [
            Contribution(float(weight * value), EvidenceKind.TASK_SCORE, name)
            for name, weight, value in zip(shelf.names, weights, standardised, strict=True)
            if weight > 0
        ]
        if in_top:
            place = Message(
                "one of the first {n} places, which come before all others",
                {"n": shelf.top_places},
            )
            parts.append(Contribution(float(order.lift[0]), EvidenceKind.RULE, message=place))
        told = ", ".join(
            f"“{name}” {weight:.0%}"
            for name, weight in zip(shelf.names, weights, strict=True)
            if weight >= 0.005
        )
        sentence = Message(
            "For this user the policy lets count: {weights}. Each bar is a task's score in "
            "standard deviations above its average, times its weight.",
            {"weights": told},
        )
        score = float(order.numbers[0, column])
        return Explanation(task.name, user, item, score, sentence, strongest_first(parts))

    def _arms_to_state(self, arms: Arms) -> ModelState:
        assert isinstance(arms, WeightArms)  # noqa: S101 - these are the arms it makes
        return ModelState({"weights": arms.weights})

    def _arms_from_state(self, shelf: Shelf, state: ModelState) -> WeightArms:
        return WeightArms(state.arrays["weights"])

r"""Rule-set policy: which of several rule sets serves, for each segment and slot.

People who know a shop seldom agree on one rule set: *purchases first*, says one, *what they clicked
before*, says another. Here their rule sets are the arms of a bandit: visitors come to the
simulated shop of ``policy_fusion``, each slot of the list is filled by the rule set that its bandit
chose for the visitor's segment, and what it paid decides who serves there in future,

.. math::
    a^\ast_{s, l} = \mathrm{argmax}_a\ \hat\mu_{s, l, a}, \qquad
    \mathrm{list}(u) = \bigl(a^\ast_{s(u), \mathrm{top}} \text{ in the first } p \text{ places},\
    a^\ast_{s(u), \mathrm{rest}} \text{ below}\bigr)

Candidates are the rule sets of the configuration or, where it names none, a handful of ready-made
ones; the project's own set always takes part where it has something to say
(``policy_rule_arms``). How the bandits learn is a parameter (``algorithms/policies/bandits.py``).
The slots have bandits of their own (``algorithms/policies/slots.py``).

What the literature doubts: the bandit finds the best of what it was given, in a world that it
learned. Where rule sets agree on the first places, or the tasks' tastes do, there is next to
nothing to find, and one good rule set for everybody does as well.

References
----------
F. Radlinski, R. Kleinberg, T. Joachims: Learning diverse rankings with multi-armed bandits, ICML
2008 (a bandit for each place). R. S. Sutton, A. G. Barto: Reinforcement learning, 2018.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from pydantic import Field

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.explanations import Exhibit, Explanation
from algorithms.messages import Message
from algorithms.models.base import ModelState, TopLists
from algorithms.models.blend_explanation import explain_blend
from algorithms.models.policy_arms import Arms
from algorithms.models.policy_bandits import BanditPolicy, RoundsConfig
from algorithms.models.policy_judging import Verdict
from algorithms.models.policy_kind import Order, Shelf
from algorithms.models.policy_rule_arms import RuleArms, arms_of, ready_sets, speaks_of
from algorithms.models.policy_rule_exhibits import show_rule_sets
from algorithms.policies.bandits import (
    Bandit,
    EpsilonGreedy,
    GradientBandit,
    LinUcb,
    ThompsonSampling,
)
from algorithms.policies.segments import Segments
from algorithms.policies.shop import Diary
from algorithms.rules import RuleSet
from algorithms.tasks import Task, TaskKind


class RuleSetConfig(RoundsConfig):
    """Which rule sets there are, and how the policy learns which serves."""

    learner: Literal["thompson", "epsilon_greedy", "linucb", "reinforce"] = Field(
        "thompson", description="How it learns which rule set pays"
    )
    top_places: int = Field(
        3, ge=0, le=50, description="First places, decided by themselves; 0 for one decision"
    )
    epsilon: float = Field(
        1.0, ge=0, le=10, description="Of epsilon-greedy: share of random sets at first"
    )
    alpha: float = Field(1.0, ge=0, le=10, description="Of LinUCB: how much doubt counts")
    learning_rate: float = Field(
        0.05, gt=0, le=1, description="Of REINFORCE: how far preferences move"
    )
    rules: RuleSet = Field(RuleSet(), description="The project's rule set, one of the candidates")
    rule_sets: tuple[RuleSet, ...] | None = Field(
        None,
        min_length=1,
        max_length=20,
        description="The other candidates; without them a handful of ready-made ones",
    )


class PolicyRuleSets(BanditPolicy):
    """Lets the rule set serve that pays best for a user's segment, slot by slot."""

    key = "policy_rule_sets"
    title = "Rule-set policy"
    summary = "Finds out which of several rule sets pays for whom, and for the first places apart."
    equation = (
        r"$a^\ast_{s,l} = \mathrm{argmax}_a\ \hat\mu_{s,l,a},"
        r"\ \mathrm{list}(u) = (a^\ast_{s(u),top},\ a^\ast_{s(u),rest})$"
    )
    reference = "radlinski2008"
    config_class = RuleSetConfig
    explains_by = "rules"

    config: RuleSetConfig

    def _bandit(self, n_segments: int, n_features: int, n_arms: int) -> Bandit:
        match self.config.learner:
            case "thompson":
                return ThompsonSampling(n_segments, n_arms)
            case "epsilon_greedy":
                return EpsilonGreedy(n_segments, n_arms, self.config.epsilon)
            case "linucb":
                return LinUcb(n_features, n_arms, self.config.alpha)
            case "reinforce":
                return GradientBandit(n_segments, n_arms, self.config.learning_rate)

    def _arms(self, shelf: Shelf) -> RuleArms:
        sets = self.config.rule_sets or ready_sets(self.log, shelf.tasks)
        if speaks_of(self.config.rules, shelf.tasks):
            sets = (*sets, self.config.rules)
        return self._made(sets, shelf)

    def _made(self, sets: tuple[RuleSet, ...], shelf: Shelf) -> RuleArms:
        return arms_of(
            sets, self.log, self.tasks, shelf.tasks, shelf.items, shelf.centre, shelf.spread
        )

    def _is_to_decide(self, shelf: Shelf) -> bool:
        is_listed = any(task.kind is TaskKind.BINARY for task in shelf.tasks)
        return is_listed and super()._is_to_decide(shelf)

    def _at_first(self, shelf: Shelf) -> Shelf:
        return shelf.deciding(self._arms(shelf), shelf.arm_of_user)  # the first serves all

    def _too_little(self, kind: str) -> Message:
        return Message(
            "Too little was rewarded among items of kind “{kind}” to learn which rule set pays: "
            "there “{rules}” serves everybody.",
            {"kind": kind, "rules": self._shelves[kind].arms.names[0]},
        )

    def _show(
        self,
        kind: str,
        shelf: Shelf,
        diary: Diary,
        segments: Segments,
        lists: IntArray,
        verdict: Verdict | None,
    ) -> tuple[Exhibit, ...]:
        return show_rule_sets(kind, shelf, diary, segments, lists, verdict)

    def recommend_many(
        self, task: Task | str, users: AnyArray, n: int = 10, block: int = 1024
    ) -> TopLists:
        """Rank as the base class does, and leave out what a rule dropped."""
        lists = super().recommend_many(task, users, n, block)
        if self._known(task).kind is not TaskKind.BINARY:
            return lists
        gone = lists.scores <= 0  # below all others, so at the end of each list
        return TopLists(
            lists.users,
            np.where(gone, -1, lists.items),
            np.where(gone, np.nan, lists.scores),
        )

    # --- explaining ------------------------------------------------------------------------

    def _explain_place(
        self, task: Task, user: int, item: int, shelf: Shelf, raw: FloatArray, order: Order
    ) -> Explanation:
        column = int(np.searchsorted(shelf.items, item))
        in_top = bool(order.in_top[0, column])
        arm = int(shelf.arm_of_user[0 if in_top else -1, user])
        arms = shelf.arms
        assert isinstance(arms, RuleArms)  # noqa: S101 - these are the arms it makes
        told = explain_blend(
            task,
            user,
            item,
            column=column,
            candidates=arms.blended(raw, np.array([user]), arm),
            powers=arms.powers(arm),
            method=arms.sets[arm].method,
            rules=arms.materials[arm].rules,
        )
        scale = Message(
            "The list is ordered by how far up the rule set puts an item; the bars are the parts "
            "of its blend and its rules, and do not sum to that."
        )
        return replace(
            told,
            score=float(order.numbers[0, column]),
            sentence=_served_by(arms.names[arm], shelf, in_top),
            remarks=(told.sentence, *told.remarks, scale),
            additive=False,
        )

    # --- keeping ---------------------------------------------------------------------------

    def _arms_to_state(self, arms: Arms) -> ModelState:
        assert isinstance(arms, RuleArms)  # noqa: S101 - these are the arms it makes
        return ModelState({}, {"sets": [each.model_dump(mode="json") for each in arms.sets]})

    def _arms_from_state(self, shelf: Shelf, state: ModelState) -> RuleArms:
        sets = tuple(RuleSet.model_validate(each) for each in state.values["sets"])
        return self._made(sets, shelf)


def _served_by(name: str, shelf: Shelf, in_top: bool) -> Message:
    values: dict[str, str | int | float] = {"rules": name, "n": shelf.top_places}
    if len(shelf.arm_of_user) == 1:
        return Message("For this user the policy lets the rule set “{rules}” serve.", values)
    if in_top:
        return Message(
            "For this user the policy lets the rule set “{rules}” fill the first {n} places, and "
            "this item is among them.",
            values,
        )
    return Message(
        "For this user the policy lets the rule set “{rules}” serve below the first {n} places, "
        "as it does this item.",
        values,
    )

r"""Policy fusion: one list from the scores of several tasks, in an order that a policy has learned.

A shop that wants clicks *and* purchases must say how they make one list: in what proportion they
count, or which rule set serves. A person can say so by hand (see the rule blend); here a policy
finds out what pays, for each segment of users, each shelf (kind of items) and, where asked to, each
slot of the list:

.. math::
    s(u, i) = f_{a}(z_{ui}), \qquad a = \pi(u) \in \text{arms}

with z the standardised scores of one multi-task model (shared factors), and an arm what makes one
number of them: task weights (``policy_weights``) or a rule set (``policy_rule_sets``). What pays is
learned from a simulated shop, because a log answers only for what was shown:

1. fit the scores on four fifths of the training events; on the other fifth, which they have not
   seen, learn a **reward model** (logistic, by segment) and the **propensities** of the log;
2. fit the scores once more on all training events, and let the policy plan or play in a shop
   whose rewards are drawn from the reward model (``algorithms/policies/shop.py``);
3. give every user the arm that the policy found best.

Validation events choose the ridge of the reward model, and judge the finished policy by off-policy
estimates (``algorithms/policies/off_policy.py``). Where the log's world is known, the truth stands
beside every figure; nothing is learned from it.

All yes-or-no tasks on a shelf share one list, ordered by s: it is *the shop's* list, and a task
that got little weight is served badly by it. Ratings and quantities keep the prediction of their
model. Where there is no choice, or too few events, nothing is decided.

What the literature doubts: a policy that looks good in a simulator learned from the log may only
have found the simulator's mistakes, and off-policy estimates over long lists have intervals so wide
that they seldom settle it (Jeunen and Goethals 2021; Saito and Joachims 2021).

References
----------
L. Li et al. 2010 and others by policy; here for the setting: D. Agarwal, B.-C. Chen, P. Elango,
X. Wang: Click shaping to optimize multiple objectives, KDD 2011 (weights for several objectives by
segment). O. Jeunen, B. Goethals: Pessimistic reward models for off-policy learning in
recommendation, RecSys 2021. Y. Saito, T. Joachims: Counterfactual learning and evaluation for
recommender systems, tutorial at RecSys 2021.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from algorithms.arrays import AnyArray, BoolArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Exhibit, Explanation
from algorithms.explanations.exhibit_state import exhibits_from_state, exhibits_to_state
from algorithms.messages import Message
from algorithms.models.base import Family, ModelConfig, ModelState, Output, Recommender
from algorithms.models.kept_scores import KeptScores
from algorithms.models.policy_arms import Arms, WeightArms
from algorithms.models.policy_judging import Verdict, judge_policy
from algorithms.models.policy_kind import Order, Shelf, bare_shelf
from algorithms.models.policy_learning import can_learn, learn_shelf, lists_of, open_shop
from algorithms.models.shared_factors import SharedFactors
from algorithms.policies.judge import JudgeMaker, nobody
from algorithms.policies.logged import met_table, view_of
from algorithms.policies.segments import SegmentBy, Segments, make_segments
from algorithms.policies.shop import Diary, look_out
from algorithms.progress import Progress, Stage, part_of
from algorithms.tasks import Task, TaskKind

_HELD = 0.2  # share of the training events that reward model and propensities are learned from
_BLOCK = 512


class ShopConfig(ModelConfig):
    """What all policies share."""

    n_factors: int = Field(32, ge=1, le=512, description="Length of the vectors of the scores")
    n_segments: int = Field(3, ge=1, le=10, description="Segments of users, of equal size")
    segment_by: SegmentBy = Field(
        "activity", description="Users are ordered by events, or by how readily they say yes"
    )
    list_length: int = Field(10, ge=1, le=100, description="Items on the list that earns a reward")


@dataclass(frozen=True, eq=False)
class Decision:
    """What a policy settled on.

    Parameters
    ----------
    arms : those it chose between, or found
    arm_of_user : (n_slots, n_users) which serves whom
    top_places : of the first slot, where there are two
    """

    arms: Arms
    arm_of_user: IntArray
    top_places: int = 0


class PolicyFusion(Recommender):
    """Scores of several tasks, made one list by the arm that a policy gives each user."""

    family = Family.POLICY
    is_multitask = True
    single_task_twin = "separate_factors"
    explains_by = "tasks"
    config_class = ShopConfig
    judge_behind: ClassVar[JudgeMaker] = staticmethod(nobody)  # the application knows worlds

    config: ShopConfig

    # --- for subclasses ------------------------------------------------------------------

    @abstractmethod
    def _arms(self, shelf: Shelf) -> Arms:
        """Return what may order a shelf."""

    @abstractmethod
    def _decide(
        self,
        arms: Arms,
        diary: Diary,
        segments: Segments,
        rng: np.random.Generator,
        progress: Progress,
    ) -> Decision:
        """Learn in the diary's shop which arm pays, and settle on one for each user."""

    def _is_to_decide(self, shelf: Shelf) -> bool:
        """Return whether there is a choice that a list would show."""
        return len(self._arms(shelf).names) > 1

    def _at_first(self, shelf: Shelf) -> Shelf:
        """Return a shelf as it is where nothing can be learned: all tasks count equally."""
        return shelf

    @abstractmethod
    def _show(
        self,
        kind: str,
        shelf: Shelf,
        diary: Diary,
        segments: Segments,
        lists: IntArray,
        verdict: Verdict | None,
    ) -> tuple[Exhibit, ...]:
        """Show one shelf; ``lists`` (m, n) are the finished policy's in the diary's shop."""

    @abstractmethod
    def _too_little(self, kind: str) -> Message:
        """Say that nothing could be learned, and how the shelf is ordered instead."""

    @abstractmethod
    def _explain_place(
        self, task: Task, user: int, item: int, shelf: Shelf, raw: FloatArray, order: Order
    ) -> Explanation:
        """Say why an item has its number; ``raw`` (1, k, T) and ``order`` are the user's."""

    @abstractmethod
    def _arms_to_state(self, arms: Arms) -> ModelState:
        """Return what a shelf's arms need to be made again."""

    @abstractmethod
    def _arms_from_state(self, shelf: Shelf, state: ModelState) -> Arms:
        """Return the arms of a shelf."""

    # --- what it says of itself ------------------------------------------------------------

    def output(self, task: Task) -> Output:
        """Return what the number is: fused scores only order, others keep their model's number."""
        return Output.SCORE if task.kind is TaskKind.BINARY else self._base.output(task)

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show what the policy earned, what it settled on, and what that is worth."""
        return self._exhibits

    def notes(self) -> tuple[Message, ...]:
        """Say on which shelves there was nothing to decide."""
        return self._notes

    @property
    def n_parameters(self) -> int:
        """How many numbers were learned: those of the scores, and of the arms."""
        return self._base.n_parameters + sum(s.arms.n_numbers for s in self._shelves.values())

    def prepare(self) -> None:
        """Let the model of the scores load what it needs."""
        self._unfitted().prepare()

    # --- learning ------------------------------------------------------------------------

    def _unfitted(self) -> SharedFactors:
        return SharedFactors.from_values({"n_factors": self.config.n_factors})

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        self._base = self._unfitted().fit(
            train, tasks, rng=rng, validation=validation, progress=part_of(progress, 0.0, 0.35)
        )
        self.curves += self._base.curves
        self._kept = KeptScores(train.n_users)
        self._notes: tuple[Message, ...] = ()
        self._exhibits: tuple[Exhibit, ...] = ()
        self._shelves = {
            kind: self._at_first(bare_shelf(self._base, group, _items(train, kind), rng))
            for kind, group in self._by_kind(tasks).items()
        }
        held = rng.random(len(train)) < _HELD
        able = []
        for kind, shelf in self._shelves.items():
            if not self._is_to_decide(shelf):
                continue
            if can_learn(train.select(held), train.select(~held), shelf):
                able.append(kind)
            else:
                self._notes += (self._too_little(kind),)
        if able:
            self._learn_policies(able, train, held, validation, rng, part_of(progress, 0.35, 1.0))
        progress(1.0, Stage.FIT)

    def _learn_policies(
        self,
        kinds: Sequence[str],
        train: InteractionLog,
        held: BoolArray,
        validation: InteractionLog | None,
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        earlier = train.select(~held)  # what the scores know when rewards are learned
        before = self._unfitted().fit(
            earlier, self.tasks, rng=rng, progress=part_of(progress, 0.0, 0.45)
        )
        for number, kind in enumerate(kinds):
            part = part_of(
                progress, 0.45 + 0.55 * number / len(kinds), 0.45 + 0.55 * (number + 1) / len(kinds)
            )
            shelf = self._shelves[kind]
            segments = self._segments(train, shelf)
            judge = type(self).judge_behind(train)
            learned = learn_shelf(
                shelf, self._base, before, train.select(held), validation, segments, rng
            )
            shop = open_shop(
                shelf, self._base, learned.rewards, segments, self.config.list_length, judge, rng
            )
            arms = self._arms(shelf)
            lists = lists_of(arms, shelf, self._base, shop)
            diary = Diary(shop, look_out(shop, arms.names, lists))
            part(0.2, Stage.FIT)
            decision = self._decide(arms, diary, segments, rng, part_of(part, 0.2, 0.9))
            shelf = shelf.deciding(decision.arms, decision.arm_of_user, decision.top_places)
            self._shelves[kind] = shelf
            verdict = None
            if validation is not None:
                verdict = judge_policy(
                    shelf,
                    self._base,
                    view_of(validation, shelf.tasks, shelf.items),
                    learned.rewards,
                    learned.propensities,
                    segments.of_user,
                    shop.worth,
                    shop.list_length,
                    judge,
                )
            lists = shelf.lists(self._base, shop.users, shop.list_length)
            self._exhibits += self._show(kind, shelf, diary, segments, lists, verdict)
            part(1.0, Stage.FIT)

    def _segments(self, train: InteractionLog, shelf: Shelf) -> Segments:
        view = view_of(train, shelf.tasks, shelf.items)
        return make_segments(
            view.users,
            view.rewards.mean(axis=1),
            train.n_users,
            self.config.n_segments,
            self.config.segment_by,
        )

    def _by_kind(self, tasks: Sequence[Task]) -> dict[str, list[Task]]:
        kinds: dict[str, list[Task]] = {}
        for task in tasks:
            kinds.setdefault(task.item_kind, []).append(task)
        return kinds

    # --- answering -----------------------------------------------------------------------

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        if task.kind is not TaskKind.BINARY:
            return self._base.predict(task, users, items)
        shelf = self._shelves[task.item_kind]
        columns = np.minimum(np.searchsorted(shelf.items, items), len(shelf.items) - 1)
        of_kind = shelf.items[columns] == items
        distinct, row_of = np.unique(users, return_inverse=True)
        numbers = np.full(len(users), np.nan)
        for start in range(0, len(distinct), _BLOCK):
            block = self._rows(task, distinct[start : start + _BLOCK])
            mine = of_kind & (row_of >= start) & (row_of < start + _BLOCK)
            numbers[mine] = block[row_of[mine] - start, columns[mine]]
        return numbers

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        if task.kind is not TaskKind.BINARY:
            return self._base.score_block(task, users, items)
        shelf = self._shelves[task.item_kind]
        columns = np.minimum(np.searchsorted(shelf.items, items), len(shelf.items) - 1)
        return self._rows(task, users)[:, columns]  # the base class leaves out other kinds

    def _rows(self, task: Task, users: IntArray) -> FloatArray:
        """Return (m, k) the fused scores of the whole shelf, which its tasks share."""
        shelf = self._shelves[task.item_kind]
        return self._kept.rows(
            task.item_kind, users, len(shelf.items), lambda some: shelf.fused(self._base, some)
        )

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        if task.kind is not TaskKind.BINARY:
            return self._base.explain(task, user, item)
        shelf, who = self._shelves[task.item_kind], np.array([user])
        raw = shelf.raw(self._base, who)
        order = shelf.order(raw, who, ~met_table(self.log, who, shelf.items))
        if np.isnan(order.numbers[0, np.searchsorted(shelf.items, item)]):
            sentence = Message("Nothing can be said: no task has a score for this item and user.")
            return Explanation(task.name, user, item, np.nan, sentence)
        return self._explain_place(task, user, item, shelf, raw, order)

    # --- keeping -------------------------------------------------------------------------

    def _state(self) -> ModelState:
        state = self._base.state()
        arrays: dict[str, AnyArray] = {f"base.{name}": a for name, a in state.arrays.items()}
        shelves = []
        for number, shelf in enumerate(self._shelves.values()):
            arms = self._arms_to_state(shelf.arms)
            own = {
                "centre": shelf.centre,
                "spread": shelf.spread,
                "arm_of_user": shelf.arm_of_user,
                **{f"arms.{name}": array for name, array in arms.arrays.items()},
            }
            arrays.update({f"shelf.{number}.{name}": array for name, array in own.items()})
            shelves.append({"top_places": shelf.top_places, "arms": dict(arms.values)})
        shown, exhibits = exhibits_to_state(self._exhibits)
        values: dict[str, Any] = {
            "base": {
                "config": self._base.config.model_dump(mode="json"),
                "values": dict(state.values),
            },
            "shelves": shelves,
            "exhibits": exhibits,
            "notes": [[note.template, dict(note.values)] for note in self._notes],
        }
        return ModelState({**arrays, **shown}, values)

    def _restore(self, state: ModelState) -> None:
        base = state.values["base"]
        own = ModelState(_under("base.", state.arrays), base["values"])
        self._base = SharedFactors.from_values(base["config"]).restore(self.log, self.tasks, own)
        self._kept = KeptScores(self.log.n_users)
        self._shelves = {
            kind: self._shelf_from_state(number, kind, group, state)
            for number, (kind, group) in enumerate(self._by_kind(self.tasks).items())
        }
        self._exhibits = exhibits_from_state(state.arrays, state.values["exhibits"])
        self._notes = tuple(Message(*note) for note in state.values["notes"])

    def _shelf_from_state(
        self, number: int, kind: str, tasks: Sequence[Task], state: ModelState
    ) -> Shelf:
        arrays, values = _under(f"shelf.{number}.", state.arrays), state.values["shelves"][number]
        nothing = WeightArms(np.empty((0, len(tasks))))
        shelf = Shelf(
            tuple(tasks), _items(self.log, kind), arrays["centre"], arrays["spread"],
            nothing, arrays["arm_of_user"], values["top_places"],
        )  # fmt: skip
        arms = self._arms_from_state(shelf, ModelState(_under("arms.", arrays), values["arms"]))
        return shelf.deciding(arms, shelf.arm_of_user, shelf.top_places)


def _items(log: InteractionLog, kind: str) -> IntArray:
    return log.item_table.of_kind(kind).astype(np.int64)


def _under(prefix: str, arrays: Mapping[str, AnyArray]) -> dict[str, AnyArray]:
    return {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }

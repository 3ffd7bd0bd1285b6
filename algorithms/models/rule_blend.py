r"""Rule blend: the classical way to several tasks at once, single models coordinated by rules.

Each task is learned by a model of its own; then a person says how their scores make one list:
*a purchase counts fully, a click half; no ad that hardly anybody would click; at most one ad in
five places*. With :math:`p_t(u, i)` the share of the items that stand no higher than i in task t
(see ``algorithms/rules/blend.py``), the ranking of task t is by

.. math::
    s_t(u, i) = p_t(u, i) \prod_{t' \ne t} p_{t'}(u, i)^{w_{t'}} \cdot \prod_r f_r(u, i)

or by another way of combining them (``algorithms/rules/blend.py``), where t' runs over the other
tasks on the same items, :math:`w_{t'}` is their power, and rule r multiplies by its factor
:math:`f_r` where it applies, by 0 where it drops (``algorithms/rules/stages.py``). Quotas, pins and
guarantees concern the mixed page of all kinds, ``compose_page`` (``algorithms/rules/filling.py``).

What the numbers are. A yes-or-no task gets the blended score: it only orders, and what a rule
dropped has 0, below everything that stays, so that single predictions can still be judged; a
list leaves it out. A rating or a quantity keeps the prediction of its own model (stars blended
with clicks are no stars) and lends its share to the other tasks. An item that one task cannot
score has there the neutral share 1/2, as long as another task scores it.

With base ``als``, yes-or-no tasks and quantities are learned by ALS and ratings by SVD; ALS is
fitted first and with the same random numbers as alone, so that the gain over ALS is what the
blend and the rules bought, and nothing else.

References
----------
J. A. Aslam, M. Montague: Models for metasearch, SIGIR 2001.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import Field

from algorithms.arrays import (
    AnyArray,
    BoolArray,
    FloatArray,
    IntArray,
)
from algorithms.data.log import InteractionLog
from algorithms.explanations import Explanation
from algorithms.messages import Message
from algorithms.models.base import Family, ModelConfig, ModelState, Output, Recommender, TopLists
from algorithms.models.blend_explanation import explain_blend
from algorithms.models.kept_scores import KeptScores
from algorithms.models.rule_material import AllItems, RuleMaterial
from algorithms.progress import Progress, Stage, part_of
from algorithms.rules import (
    DROPPED,
    Candidates,
    Page,
    RuleSet,
    apply_rules,
    blend,
    bounded_shares,
    ruled_scores,
    shares,
)
from algorithms.rules.learned import Observed, ProposedRule, propose_rules
from algorithms.tasks import Task, TaskKind

_BLOCK = 512  # users whose whole ranking is made at a time

# Which models learn the tasks, the first that serves a task before the next.
_BASES = {"als": ("als", "svd"), "shared_factors": ("shared_factors",)}


class RuleBlendConfig(ModelConfig):
    """What learns the tasks, and the rules that coordinate them."""

    base: Literal["als", "shared_factors"] = Field(
        "als", description="What learns the tasks: one model each (ALS; SVD for ratings), or one"
    )
    rules: RuleSet = Field(RuleSet(), description="The blend and the rules")


class RuleBlend(Recommender):
    """Models of several tasks, whose scores are blended and then put in order by rules."""

    key = "rule_blend"
    title = "Rule blend"
    family = Family.RULES
    summary = "Combines the scores of several tasks by weights and rules that a person wrote."
    equation = r"$s_t(u,i) = p_t(u,i)\ \prod_{t' \neq t} p_{t'}(u,i)^{w_{t'}}\ \prod_r\, f_r(u,i)$"
    reference = "aslam2001"
    config_class = RuleBlendConfig
    is_multitask = True
    single_task_twin = "als"
    explains_by = "rules"

    config: RuleBlendConfig

    def output(self, task: Task) -> Output:
        """Return what the number is: blends only order, other tasks keep their model's number."""
        if task.kind is TaskKind.BINARY:
            return Output.SCORE
        return self._base_of[task.name].output(task)

    def skipped_rules(self) -> list[Message]:
        """Say which rules cannot be followed with the tasks it was fitted for, and why."""
        return self._material.problems()

    def notes(self) -> tuple[Message, ...]:
        """Say which rules were skipped, and why."""
        return tuple(self.skipped_rules())

    def compose_page(self, user: int, n: int = 10) -> Page:
        """Compose the mixed page of one user from all kinds of items, with every rule.

        Each kind is ranked by the blend of all its tasks, where a task counts its power, or 1
        where it has none. The blend becomes a share once more, among the items that the user
        had not met, so that kinds with few and with many tasks compete on equal terms.

        Parameters
        ----------
        user : user index
        n : length of the page

        Raises
        ------
        NotFittedError, UnknownUserError
        """
        users = np.array([user], dtype=np.int64)
        self._check_users(users)
        n_items = self.log.n_items
        everything = self._material.candidates(users, np.arange(n_items), {})
        scores = np.full((1, n_items), np.nan)
        shares_of = AllItems(n_items)
        scores_of = AllItems(n_items)
        unscored: list[Message] = []
        for kind in self.log.item_table.kinds:
            items = self.log.item_table.of_kind(kind).astype(np.int64)
            powers = self._powers_on_page(kind)
            names = [task.name for task in self.tasks if task.item_kind == kind]
            part = self._material.candidates(users, items, self._scored(names, users, items))
            shares_of.put(items, part.shares)
            scores_of.put(items, part.task_scores)
            if not powers:
                continue
            bounded = bounded_shares(self._material.rules, part)
            blended = blend(bounded, powers, self.config.rules.method)  # (1, n_of_kind)
            if np.isnan(blended).all():
                unscored.append(_unscored(kind, powers))
            self._mask_met(blended, users, items)
            scores[:, items] = shares(blended)
        candidates = replace(
            everything, scores=scores, shares=shares_of.columns, task_scores=scores_of.columns
        )
        page = apply_rules(self.config.rules, candidates, n, self._material.fields)
        return replace(page, remarks=(*page.remarks, *unscored))

    def propose_rules(
        self, task: Task | str, events: InteractionLog, n_rules: int = 3
    ) -> tuple[ProposedRule, ...]:
        """Propose rules from events that say otherwise than the scores (see ``rules/learned``).

        Parameters
        ----------
        task : a yes-or-no task that it was fitted for
        events : of the same users and items, but not those it was fitted on: the validation
            part of a split, never its test part
        n_rules : how many at most
        """
        known = self._known(task)
        part = known.part(events)
        items = self.log.item_table.of_kind(known.item_kind).astype(np.int64)
        standings = np.full(len(part), np.nan)
        distinct, row_of = np.unique(part.users, return_inverse=True)
        columns = np.searchsorted(items, part.items)
        for start in range(0, len(distinct), _BLOCK):
            users = distinct[start : start + _BLOCK].astype(np.int64)
            share = shares(self._base_of[known.name].score_block(known, users, items))
            mine = (row_of >= start) & (row_of < start + len(users))
            standings[mine] = share[row_of[mine] - start, columns[mine]]
        observed = Observed(
            known.name,
            part.label(known.label) >= known.relevant_from,
            standings,
            self._material.observed_columns(part),
        )
        return propose_rules(observed, self._material.fields, n_rules)

    def recommend_many(
        self, task: Task | str, users: AnyArray, n: int = 10, block: int = 1024
    ) -> TopLists:
        """Rank as the base class does, and leave out what a rule dropped."""
        lists = super().recommend_many(task, users, n, block)
        if self._known(task).kind is not TaskKind.BINARY:
            return lists
        gone = lists.scores == DROPPED  # below all others, so at the end of each list
        return TopLists(
            lists.users,
            np.where(gone, -1, lists.items),
            np.where(gone, np.nan, lists.scores),
        )

    # --- fitting: the base models do it --------------------------------------------------

    def prepare(self) -> None:
        """Let the base models load what they need."""
        from algorithms.models.catalog import find_model  # the catalog imports this module

        for key in _BASES[self.config.base]:
            find_model(key)().prepare()

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        bases = self._unfitted(tasks)
        for number, (base, served) in enumerate(bases):
            part = part_of(progress, number / len(bases), (number + 1) / len(bases))
            base.fit(train, served, rng=rng, validation=validation, progress=part)
            self.curves += base.curves
        self._take_bases(bases)
        progress(1.0, Stage.FIT)

    def _unfitted(
        self, tasks: Sequence[Task], configs: Mapping[str, Mapping[str, Any]] | None = None
    ) -> list[tuple[Recommender, list[Task]]]:
        """Return the models that learn the tasks, each with its own; ``configs`` by model key."""
        from algorithms.models.catalog import find_model  # the catalog imports this module

        bases: list[tuple[Recommender, list[Task]]] = []
        left = list(tasks)
        for key in _BASES[self.config.base]:
            model_class = find_model(key)
            served = model_class.served_tasks(left)
            left = [task for task in left if task not in served]
            if served:
                bases.append((model_class.from_values((configs or {}).get(key, {})), served))
        return bases

    def _take_bases(self, bases: Sequence[tuple[Recommender, Sequence[Task]]]) -> None:
        """Keep what ranking needs: the models, and what rules ask of the log."""
        self._base_of = {task.name: base for base, served in bases for task in served}
        self._kept = KeptScores(self.log.n_users)
        self._material = RuleMaterial(self.config.rules, self.log, self.tasks)

    # --- scoring -------------------------------------------------------------------------

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        if task.kind is not TaskKind.BINARY:
            return self._base_of[task.name].predict(task, users, items)
        columns, of_kind = self._columns(task, items)
        distinct, row_of = np.unique(users, return_inverse=True)
        scores = np.full(len(users), np.nan)
        for start in range(0, len(distinct), _BLOCK):
            block = self._ruled(task, distinct[start : start + _BLOCK])  # (b, n_of_kind)
            mine = of_kind & (row_of >= start) & (row_of < start + _BLOCK)
            scores[mine] = block[row_of[mine] - start, columns[mine]]
        return scores

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        if task.kind is not TaskKind.BINARY:
            return self._base_of[task.name].score_block(task, users, items)
        columns, _ = self._columns(task, items)
        return self._ruled(task, users)[:, columns]  # the base class leaves out other kinds

    def _columns(self, task: Task, items: IntArray) -> tuple[IntArray, BoolArray]:
        """Return where items (k,) stand among those of the task's kind, and whether they do."""
        mine = self.log.item_table.of_kind(task.item_kind)
        columns = np.minimum(np.searchsorted(mine, items), len(mine) - 1)
        return columns, mine[columns] == items

    def _ruled(self, task: Task, users: IntArray) -> FloatArray:
        """Return (m, n_of_kind) the scores for all items of the task's kind, after the rules."""
        n_of_kind = len(self.log.item_table.of_kind(task.item_kind))
        return self._kept.rows(
            task.name,
            users,
            n_of_kind,
            lambda some: ruled_scores(self._material.rules, self._blended(task, some)),
        )

    def _blended(self, task: Task, users: IntArray) -> Candidates:
        """Return all items of the task's kind with their blended scores, before the rules."""
        items = self.log.item_table.of_kind(task.item_kind).astype(np.int64)
        powers = self._powers(task)
        names = [*powers, *sorted(self._material.tasks_asked(task.item_kind) - powers.keys())]
        candidates = self._material.candidates(users, items, self._scored(names, users, items))
        bounded = bounded_shares(self._material.rules, candidates)
        return replace(candidates, scores=blend(bounded, powers, self.config.rules.method))

    def _powers(self, task: Task) -> dict[str, float]:
        """Return what counts in the ranking of a task: itself, and others on the same items."""
        given = self.config.rules.powers
        powers = {
            other.name: given.get(other.name, 0.0)
            for other in self.tasks
            if other.item_kind == task.item_kind
        } | {task.name: 1.0}
        return {name: power for name, power in powers.items() if power > 0}

    def _scored(
        self, names: Sequence[str], users: IntArray, items: IntArray
    ) -> dict[str, FloatArray]:
        return {name: self._base_of[name].score_block(name, users, items) for name in names}

    def _powers_on_page(self, kind: str) -> dict[str, float]:
        """Return what counts among the items of a kind: each task its power, or 1."""
        given = self.config.rules.powers
        powers = {t.name: given.get(t.name, 1.0) for t in self.tasks if t.item_kind == kind}
        return {name: power for name, power in powers.items() if power > 0}

    # --- state: that of the base models, side by side --------------------------------------

    def _state(self) -> ModelState:
        arrays: dict[str, AnyArray] = {}
        values: dict[str, Any] = {}
        for base in dict.fromkeys(self._base_of.values()):
            state = base.state()
            arrays.update({f"{base.key}.{name}": array for name, array in state.arrays.items()})
            values[base.key] = {
                "config": base.config.model_dump(mode="json"),  # defaults may change one day
                "values": dict(state.values),
            }
        return ModelState(arrays, values)

    def _restore(self, state: ModelState) -> None:
        configs = {key: kept["config"] for key, kept in state.values.items()}
        bases = self._unfitted(self.tasks, configs)
        for base, served in bases:
            prefix = f"{base.key}."
            arrays = {
                name.removeprefix(prefix): array
                for name, array in state.arrays.items()
                if name.startswith(prefix)
            }
            base.restore(self.log, served, ModelState(arrays, state.values[base.key]["values"]))
        self._take_bases(bases)

    # --- explaining ------------------------------------------------------------------------

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        if task.kind is not TaskKind.BINARY:
            return self._base_of[task.name].explain(task, user, item)
        candidates = self._blended(task, np.array([user]))
        columns, of_kind = self._columns(task, np.array([item]))
        return explain_blend(
            task,
            user,
            item,
            column=int(columns[0]) if of_kind[0] else None,
            candidates=candidates,
            powers=self._powers(task),
            method=self.config.rules.method,
            rules=self._material.rules,
        )


def _unscored(kind: str, powers: Mapping[str, float]) -> Message:
    return Message(
        "No item of kind “{kind}” is on the page: for this user nothing was learned in {tasks}.",
        {"kind": kind, "tasks": ", ".join(f"“{name}”" for name in powers)},
    )

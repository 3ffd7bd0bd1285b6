r"""Rule sets as arms: each blends the tasks' scores and orders a shelf by its rules.

A rule set says what counts, as in the rule blend (``rule_blend``): with p_t(u, i) the share of the
items that stand no higher than i in task t, powers w and the factors f of its rules,

.. math::
    s(u, i) = \prod_t p_t(u, i)^{w_t} \cdot \prod_r f_r(u, i), \qquad
    \text{number} = \frac{n + 1 - \mathrm{place}(u, i)}{n}

Every task counts its power, or 1 where the set names none, as on the mixed page. Scores of two
rule sets do not compare, the places they give do; so the number of an item is its place among the
n items that the rules leave, from 1 for the first down to 1/n, and 0 for what they drop. Quotas,
pins and other rules of the mixed page have nothing to say on a shelf of one kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.models.rule_material import RuleMaterial
from algorithms.rules import (
    BlendMethod,
    BoostBoughtCategory,
    Candidates,
    Cascade,
    CountWithin,
    RuleSet,
    ScoreRule,
    blend,
    bounded_shares,
    ruled_scores,
)
from algorithms.rules.candidates import places_of
from algorithms.tasks import Task, TaskKind

_LESS = 0.25  # power of the other tasks where one comes first
_FAMILIAR = 1.05  # lifts an item past about 5 % of the others
_SHORTLIST = 0.1  # share of the items that a first task lets through
_LONGEST = 40  # characters of a task's name in the name of a set


@dataclass(frozen=True, eq=False)
class RuleArms:
    """Rule sets that may order a shelf.

    Parameters
    ----------
    sets : the rule sets
    materials : for each, what its rules ask of the log
    tasks : the T tasks of the shelf
    items : (k,) its items, ascending
    centre, spread : (T,) what the scores were standardised by; conditions ask for scores as such
    """

    sets: tuple[RuleSet, ...]
    materials: tuple[RuleMaterial, ...]
    tasks: tuple[Task, ...]
    items: IntArray
    centre: FloatArray
    spread: FloatArray

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the rule sets; equal ones are counted."""
        seen: Counter[str] = Counter()
        names = []
        for each in self.sets:
            seen[each.name] += 1
            again = f" ({seen[each.name]})" if seen[each.name] > 1 else ""
            names.append(f"{each.name}{again}")
        return tuple(names)

    @property
    def n_numbers(self) -> int:
        """People wrote them; nothing was learned."""
        return 0

    @property
    def out_at(self) -> float:
        """What a rule dropped has 0, and is in no list."""
        return 0.0

    def powers(self, arm: int) -> dict[str, float]:
        """Return what counts in a rule set: each task of the shelf its power, or 1."""
        given = self.sets[arm].powers
        powers = {task.name: given.get(task.name, 1.0) for task in self.tasks}
        counted = {name: power for name, power in powers.items() if power > 0}
        return counted or dict.fromkeys(powers, 1.0)  # nobody can blend nothing

    def blended(self, raw: FloatArray, users: IntArray, arm: int) -> Candidates:
        """Return the items as candidates (m, k) with blended scores, before the rules."""
        scores = raw * self.spread + self.centre
        of_tasks = {task.name: scores[:, :, t] for t, task in enumerate(self.tasks)}
        material = self.materials[arm]
        candidates = material.candidates(users, self.items, of_tasks)
        bounded = bounded_shares(material.rules, candidates)
        return replace(candidates, scores=blend(bounded, self.powers(arm), self.sets[arm].method))

    def numbers(self, raw: FloatArray, users: IntArray, arm: int) -> FloatArray:
        """Return (m, k) how far up a rule set puts the items: 1 first, 0 dropped."""
        candidates = self.blended(raw, users, arm)
        ruled = ruled_scores(self.materials[arm].rules, candidates)
        places = places_of(ruled)  # NaN for what was dropped, and what has no score
        n = np.count_nonzero(~np.isnan(places), axis=1)[:, None]
        numbers = np.nan_to_num((n + 1 - places) / np.maximum(n, 1), nan=0.0)
        return np.where(np.isnan(ruled), np.nan, numbers)


def arms_of(
    sets: Sequence[RuleSet],
    log: InteractionLog,
    all_tasks: Sequence[Task],
    tasks: Sequence[Task],
    items: IntArray,
    centre: FloatArray,
    spread: FloatArray,
) -> RuleArms:
    """Return rule sets as arms of a shelf.

    Parameters
    ----------
    sets : the rule sets
    log, all_tasks : what their rules may ask
    tasks, items, centre, spread : of the shelf
    """
    materials = tuple(RuleMaterial(each, log, all_tasks) for each in sets)
    return RuleArms(tuple(sets), materials, tuple(tasks), items, centre, spread)


def ready_sets(log: InteractionLog, tasks: Sequence[Task]) -> tuple[RuleSet, ...]:
    """Return a handful of rule sets for the tasks of a shelf.

    * All tasks alike (product); each yes-or-no task first, the others a quarter; whatever is among
      the first of any task (reciprocal rank).
    * The items of categories in which the user had a success, a little higher.
    * The best tenth by the most frequent task, ordered by the rarest: a shortlist.
    """
    binary = [task for task in tasks if task.kind is TaskKind.BINARY]
    sets = [RuleSet(name="All tasks alike")]
    if len(tasks) > 1:
        sets += [_first(task, tasks) for task in binary]
        sets.append(RuleSet(name="First in any task", method=BlendMethod.RECIPROCAL_RANK))
    counted = sorted(binary, key=lambda task: -_n_successes(log, task))
    if counted and (log.item_table.categories != "").any():
        boost = BoostBoughtCategory(task=counted[-1].name, factor=_FAMILIAR)
        sets.append(RuleSet(name="Familiar categories", rules=(boost,)))
    if len(counted) > 1:
        often, rarest = counted[0], counted[-1]
        keep = max(1, round(_SHORTLIST * len(log.item_table.of_kind(often.item_kind))))
        sets.append(
            RuleSet(
                name=f"Shortlist by “{often.name[:_LONGEST]}”",
                powers={task.name: float(task is rarest) for task in tasks},
                rules=(Cascade(task=often.name, keep=keep),),
            )
        )
    return tuple(sets)


def speaks_of(rule_set: RuleSet, tasks: Sequence[Task]) -> bool:
    """Return whether a rule set orders the shelf of these tasks otherwise than all tasks alike."""
    if any(task.name in rule_set.powers for task in tasks):
        return True
    if rule_set.method is not BlendMethod.PRODUCT and len(tasks) > 1:
        return True
    return any(
        rule.enabled and isinstance(rule, ScoreRule | CountWithin) for rule in rule_set.rules
    )


def _first(first: Task, tasks: Sequence[Task]) -> RuleSet:
    return RuleSet(
        name=f"“{first.name[:_LONGEST]}” first",
        powers={task.name: 1.0 if task is first else _LESS for task in tasks},
    )


def _n_successes(log: InteractionLog, task: Task) -> int:
    return int(np.nansum(task.part(log).label(task.label) >= task.relevant_from))

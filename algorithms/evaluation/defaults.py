"""A sensible first experiment for any log and any tasks: what is ticked before anybody chose.

The models that belong to the lesson are on: the baselines that must be beaten, each library model
where a task suits it, the same factor model with and without sharing, and the rules. A model that
needs several tasks to make sense is off where there is only one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from algorithms.data.log import InteractionLog
from algorithms.evaluation.experiment import Experiment, ModelChoice
from algorithms.models.base import Recommender
from algorithms.models.catalog import MODELS
from algorithms.rules.rule_set import BoostBoughtCategory, DropBelow, Quota, Rule, RuleSet
from algorithms.tasks import Task, TaskKind

_FIRST = (
    "popularity",
    "bias",
    "svd",
    "als",
    "separate_factors",
    "shared_factors",
    "rule_blend",
    "naive",
)
_POWER = 0.5
_AD = "ad"


def default_experiment(
    log: InteractionLog,
    tasks: Sequence[Task],
    models: Mapping[str, type[Recommender]] = MODELS,
) -> Experiment:
    """Return an experiment with every model that suits the log, the sensible ones ticked.

    Parameters
    ----------
    log : the data
    tasks : what is to be learned
    models : by key; an application may know more than the catalog
    """
    rules = default_rules(log, tasks)
    choices = tuple(
        ModelChoice(
            model=key,
            enabled=(key in _FIRST or model.needs_truth) and _makes_sense(model, tasks, rules),
        )
        for key, model in models.items()
        if log.origin or not model.needs_truth
    )
    return Experiment(tasks=tuple(tasks), models=choices, rules=rules)


def default_rules(log: InteractionLog, tasks: Sequence[Task]) -> RuleSet:
    """Return rules that suit the tasks; empty where none does.

    * Where several yes-or-no tasks rank the same items, the one with the most successes backs
      the others with power 0.5: clicks say something about purchases.
    * An ad that the user is unlikely to click is dropped, and ads take one place in five.
    * Where a task follows another (a purchase follows a click), items from a category in which
      the user had such a success are boosted.
    """
    binary = [task for task in tasks if task.enabled and task.kind is TaskKind.BINARY]
    rules: list[Rule] = []
    ad_tasks = [task.name for task in binary if task.item_kind == _AD]
    if ad_tasks:
        rules.append(DropBelow(item_kind=_AD, task=ad_tasks[0]))
    if (log.item_table.categories != "").any():
        rules += [BoostBoughtCategory(task=task.name) for task in binary if task.parent is not None]
    if ad_tasks and len(ad_tasks) < len(binary):  # a page of ads alone needs no quota
        rules.append(Quota(item_kind=_AD))
    return RuleSet(powers=_powers(log, binary), rules=tuple(rules))


def _powers(log: InteractionLog, binary: Sequence[Task]) -> dict[str, float]:
    powers = {}
    for kind in dict.fromkeys(task.item_kind for task in binary):
        rivals = [task for task in binary if task.item_kind == kind and task.label in log.labels]
        if len(rivals) > 1:
            powers[max(rivals, key=lambda task: _n_successes(log, task)).name] = _POWER
    return powers


def _n_successes(log: InteractionLog, task: Task) -> int:
    return int(np.nansum(task.part(log).label(task.label) >= task.relevant_from))


def _makes_sense(model: type[Recommender], tasks: Sequence[Task], rules: RuleSet) -> bool:
    n_served = len(model.served_tasks(tasks))
    if "rules" in model.config_class.model_fields and not (rules.powers or rules.rules):
        return False
    return n_served >= (2 if model.is_multitask else 1)

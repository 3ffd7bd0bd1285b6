"""What rules ask of a log: features, categories, and what each user had a success with.

The rule blend hands its scores to the rules together with this (``rules.Candidates``). It is
looked up once per fit; a rule then costs no more than a look into an array.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, FloatArray, IndexArray, IntArray, group_rows
from algorithms.data.log import InteractionLog
from algorithms.messages import Message
from algorithms.rules import (
    AlreadyBought,
    AtMostEach,
    Bands,
    BoostBoughtCategory,
    Candidates,
    Cascade,
    CountWithin,
    Diversity,
    DropBelow,
    Freshness,
    Had,
    RuleSet,
    check_rules,
    shares,
    usable_rules,
)
from algorithms.rules.conditions import Field, Scope, fields_of
from algorithms.tasks import Task


class RuleMaterial:
    """Makes candidates for one rule set, from one log.

    Parameters
    ----------
    rule_set : the rules
    log : the training log: only what was a success there counts as such
    tasks : the fitted tasks
    """

    def __init__(self, rule_set: RuleSet, log: InteractionLog, tasks: Sequence[Task]) -> None:
        self._rule_set, self._log, self._tasks = rule_set, log, tuple(tasks)
        self.fields = fields_of(log, tasks)
        self.rules = usable_rules(rule_set, tasks, log.item_table.kinds, self.fields)
        self._asked = {field for usable in self.rules for field in usable.asked}
        categories, codes = np.unique(log.item_table.categories, return_inverse=True)
        self._categories = categories
        self._category_codes: IntArray = codes.reshape(-1).astype(np.int64)
        self._liked: dict[str, BoolArray] = {}  # (n_users, n_categories)
        self._had: dict[str, tuple[IntArray, IntArray]] = {}  # items of each user, as CSR
        by_name = {task.name: task for task in tasks}
        for usable in self.rules:
            rule = usable.rule
            if isinstance(rule, BoostBoughtCategory | AlreadyBought):
                users, items = _successes(by_name[rule.task], log)
                if isinstance(rule, AlreadyBought) and rule.what is Had.ITEM:
                    offsets, rows = group_rows(users, log.n_users)
                    self._had[rule.task] = offsets, items[rows].astype(np.int64)
                else:
                    liked = np.zeros((log.n_users, len(categories)), dtype=np.bool_)
                    liked[users, self._category_codes[items]] = True
                    self._liked[rule.task] = liked

    def problems(self) -> list[Message]:
        """Say which rules cannot be followed, and why."""
        return check_rules(self._rule_set, self._tasks, self._log.item_table.kinds, self.fields)

    def tasks_asked(self, kind: str) -> set[str]:
        """Return the tasks on a kind of items whose scores a rule looks at."""
        asked = {
            field.name for field in self._asked if field.scope in (Scope.SCORE, Scope.SHARE)
        } | {
            usable.rule.task
            for usable in self.rules
            if isinstance(usable.rule, DropBelow | Cascade | Bands | CountWithin)
        }
        return {task.name for task in self._tasks if task.name in asked and task.item_kind == kind}

    def candidates(
        self, users: IntArray, items: IntArray, scores_of: Mapping[str, FloatArray]
    ) -> Candidates:
        """Return items as candidates, with all that rules ask; not yet blended.

        Parameters
        ----------
        users : (m,) user indices
        items : (k,) item indices, ascending
        scores_of : for each task, (m, k) its scores
        """
        table, user_table = self._log.item_table, self._log.user_table
        of_items = {**table.features, "title": table.titles, "id": table.ids.ids}
        of_users = {**user_table.features, "id": user_table.ids.ids}
        asked = {field.name for field in self._asked if field.scope is Scope.ITEM} | {
            usable.rule.feature if isinstance(usable.rule, Freshness) else usable.rule.by
            for usable in self.rules
            if isinstance(usable.rule, Freshness | AtMostEach | Diversity)
        }
        asked_of_users = {field.name for field in self._asked if field.scope is Scope.USER}
        return Candidates(
            tasks=self._tasks,
            kinds=table.kinds,
            items=items,
            kind_codes=table.kind_codes[items].astype(np.int64),
            categories=self._categories,
            category_codes=self._category_codes[items],
            scores=np.full((len(users), len(items)), np.nan),
            shares={name: shares(scores) for name, scores in scores_of.items()},
            successes={name: liked[users] for name, liked in self._liked.items()},
            users=users,
            task_scores=dict(scores_of),
            had={name: _had(*had, users, items) for name, had in self._had.items()},
            item_columns={
                name: column[items] for name, column in of_items.items() if name in asked
            },
            user_columns={
                name: column[users] for name, column in of_users.items() if name in asked_of_users
            },
        )

    def observed_columns(self, events: InteractionLog) -> dict[Field, AnyArray]:
        """Return what conditions may ask of items and users, for each event (n,)."""
        table = self._log.item_table
        of_items = {
            **table.features,
            "kind": np.array(table.kinds)[table.kind_codes],
            "category": table.categories,
        }
        found: dict[Field, AnyArray] = {}
        for scope, columns, rows in (
            (Scope.ITEM, of_items, events.items),
            (Scope.USER, self._log.user_table.features, events.users),
        ):
            for name, values in columns.items():
                field = self.fields.find(scope, name)
                if field is not None:
                    found[field] = values[rows]
        return found


class AllItems:
    """Columns of all items (1, n_items), put together from those of each kind."""

    def __init__(self, n_items: int) -> None:
        self._n_items = n_items
        self.columns: dict[str, FloatArray] = {}

    def put(self, items: IntArray, columns: Mapping[str, FloatArray]) -> None:
        """Take the columns (1, k) of some items."""
        for name, values in columns.items():
            self.columns[name] = np.full((1, self._n_items), np.nan)
            self.columns[name][:, items] = values


def _successes(task: Task, log: InteractionLog) -> tuple[IndexArray, IndexArray]:
    """Return the users and items of a task's successes."""
    events = task.part(log)
    success = events.label(task.label) >= task.relevant_from
    return events.users[success], events.items[success]


def _had(offsets: IntArray, of_users: IntArray, users: IntArray, items: IntArray) -> BoolArray:
    """Return where (m, k) a user is known to have had an item; ``items`` are ascending."""
    found = np.zeros((len(users), len(items)), dtype=np.bool_)
    for row, user in enumerate(users.tolist()):
        mine = of_users[offsets[user] : offsets[user + 1]]
        found[row] = np.isin(items, mine)
    return found

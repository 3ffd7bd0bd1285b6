r"""The logged-policy view: a log read as decisions that somebody took.

One event is a decision. Its **context** is the user, by segment, and the slot (the shelf of one
kind of items); its **action** is the item that was shown; its **propensity** is the probability
with which the logging policy chose this item and no other; its **rewards** are what came of it, one
for each task: 1 where the label was observed and high enough, else 0. (A purchase that was not
observed is no label to learn from, but the shop earned nothing all the same.)

Logs hardly ever hold propensities. They are estimated by a conditional logit over the items that
the user had not met: how popular an item is, and how high the tasks' scores are, is what shops
go by,

.. math:: \hat\pi_0(i | u) \propto
          \exp\bigl(\gamma_0 \ln(1 + n_i) + \textstyle\sum_t \gamma_t z_{tui}\bigr)

What the logging policy knew beyond that is missing, and every estimate that divides by them is off
by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.policies.choice_models import fit_choice
from algorithms.tasks import Task

_MOST_CELLS = 4_000_000  # of the features of the choices that propensities are learned from


@dataclass(frozen=True, eq=False)
class LoggedView:
    """Decisions on the shelf of one kind.

    Parameters
    ----------
    users : (n,) context
    columns : (n,) action: position of the item among those of the kind
    rewards : (n, T) what came of it
    """

    users: IntArray
    columns: IntArray
    rewards: FloatArray

    def __len__(self) -> int:
        return len(self.users)

    def select(self, which: BoolArray | IntArray) -> LoggedView:
        """Return some of the decisions."""
        return LoggedView(self.users[which], self.columns[which], self.rewards[which])


def view_of(log: InteractionLog, tasks: Sequence[Task], items: IntArray) -> LoggedView:
    """Read the events on items (k,) of a kind, ascending, as decisions.

    An event counts where any of the tasks' labels is observed.
    """
    on_kind = np.isin(log.items, items)
    seen = np.zeros(len(log), dtype=np.bool_)
    rewards = np.zeros((len(log), len(tasks)))
    for position, task in enumerate(tasks):
        label = log.label(task.label)
        seen |= ~np.isnan(label)
        rewards[:, position] = np.nan_to_num(label, nan=-np.inf) >= task.relevant_from
    which = on_kind & seen
    columns = np.searchsorted(items, log.items[which])
    return LoggedView(log.users[which].astype(np.int64), columns, rewards[which])


def met_table(log: InteractionLog, users: IntArray, items: IntArray) -> BoolArray:
    """Return (m, k) whether each of distinct users (m,) met each of distinct items (k,)."""
    row_of = np.full(log.n_users, -1)
    row_of[users] = np.arange(len(users))
    column_of = np.full(log.n_items, -1)
    column_of[items] = np.arange(len(items))
    rows, columns = row_of[log.users], column_of[log.items]
    mine = (rows >= 0) & (columns >= 0)
    met = np.zeros((len(users), len(items)), dtype=np.bool_)
    met[rows[mine], columns[mine]] = True
    return met


def popularity_of(log: InteractionLog, items: IntArray) -> FloatArray:
    """Return (k,) ln(1 + events) of each item, standardised."""
    counted = np.log1p(np.bincount(log.items, minlength=log.n_items)[items])
    spread = counted.std()
    popularity: FloatArray = (counted - counted.mean()) / (spread if spread > 0 else 1.0)
    return popularity


def choice_features(scores: FloatArray, popularity: FloatArray) -> FloatArray:
    """Return (m, k, 1 + T) what a logging policy may go by: popularity (k,), scores (m, k, T)."""
    shape = (*scores.shape[:2], 1)
    return np.concatenate([np.broadcast_to(popularity[:, None], shape), scores], axis=2)


def learn_propensities(
    view: LoggedView,
    users: IntArray,
    scores: FloatArray,
    popularity: FloatArray,
    met: BoolArray,
    rng: np.random.Generator,
) -> FloatArray:
    """Return (1 + T,) γ of the conditional logit of what was shown.

    Parameters
    ----------
    view : decisions that the scores were not learned from
    users : (m,) distinct, ascending, those of the view
    scores : (m, k, T) standardised
    popularity : (k,)
    met : (m, k) what each had met before
    rng : draws which decisions are learned from, where there are many
    """
    rows = np.searchsorted(users, view.users)
    fresh = np.flatnonzero(~met[rows, view.columns])
    _, k, T = scores.shape
    most = max(50, _MOST_CELLS // (k * (1 + T)))
    if len(fresh) > most:
        fresh = np.sort(rng.choice(fresh, size=most, replace=False))
    features = choice_features(scores[rows[fresh]], popularity)
    return fit_choice(features, view.columns[fresh], ~met[rows[fresh]], ridge=1.0)

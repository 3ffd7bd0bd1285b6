r"""What each past event of a user adds to a score, where tasks weigh factors or rows have priors.

As in ``factor_explanation`` a user's row is :math:`z_u = A_u^{-1} r_u` and :math:`r_u` is a sum
over the user's events, but the direction of an event of task t on item i is
:math:`x = (a_t \circ q_i, 1_t)`, and :math:`\Lambda\,\bar z_u` is added to :math:`r_u` where the
row is drawn to a prior :math:`\bar z_u` instead of zero. NumPy alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IntArray, TextArray
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.bias import limited
from algorithms.models.factor_explanation import reason, share_of_others
from algorithms.models.factor_problem import FactorProblem
from algorithms.models.weight_solver import user_zeros


@dataclass(frozen=True, eq=False)
class RowShares:
    """What adds up to the user's part of a score x'z.

    Parameters
    ----------
    events : (n_past,) the user's events
    amounts : (n_past,) what each adds
    zeros : what all zeros add
    of_prior : (d,) so that a prior row adds its product with this
    """

    events: IntArray
    amounts: FloatArray
    zeros: float
    of_prior: FloatArray


def row_shares(
    problem: FactorProblem,
    items: FloatArray,
    weights: FloatArray,
    ridge: FloatArray,
    t: int,
    user: int,
    item: int,
) -> RowShares:
    """Split the user's part of the score of task ``t``.

    Parameters
    ----------
    items : (n_items, d) rows of the items
    weights : (n_tasks, k)
    ridge : (d,) ridge of every user's row
    """
    n_tasks, k = weights.shape
    of = problem.events
    x = np.r_[weights[t] * items[item, :k], np.eye(n_tasks)[t]]  # (d,)
    events = np.arange(*np.searchsorted(of.users, [user, user + 1]))
    if not problem.known_users[user]:  # the row is its prior
        return RowShares(events, np.empty(0), 0.0, x)
    tasks, columns = of.tasks[events], of.items[events]
    X = np.column_stack([weights[tasks] * items[columns, :k], np.eye(n_tasks)[tasks]])  # (n, d)
    biases = items[columns, k + tasks]  # (n,)
    A, r = user_zeros(problem, items, weights)
    h = np.linalg.solve(A[0] + np.diag(ridge) + (X * of.curvature[events, None]).T @ X, x)
    amounts: FloatArray = (of.pull[events] - of.curvature[events] * biases) * (X @ h)
    return RowShares(events, amounts, float(r[0] @ h), ridge * h)


def tell(
    problem: FactorProblem,
    shares: RowShares,
    t: int,
    user: int,
    item: int,
    bias: float,
    titles: TextArray,
    features: tuple[Contribution, ...] = (),
) -> Explanation:
    """Return the explanation of a score whose parts are known.

    Parameters
    ----------
    bias : the item's bias in units of the score, features apart
    titles : (n_items,) what a person calls the items
    features : what features add, in units of the prediction
    """
    task, scale, of = problem.tasks[t], problem.scales[t], problem.events
    bias *= scale.spread
    parts = [Contribution(bias, EvidenceKind.ITEM_BIAS, task=task.name, item=item), *features]
    if scale.mean != 0.0:
        parts.append(Contribution(scale.mean, EvidenceKind.AVERAGE, task=task.name))
    past = [
        Contribution(
            float(scale.spread * amount),
            EvidenceKind.INTERACTION,
            task=problem.tasks[of.tasks[e]].name,
            item=int(of.items[e]),
            value=float(of.values[e]),
        )
        for e, amount in zip(shares.events, shares.amounts, strict=True)
    ]
    parts += past
    if shares.zeros != 0.0:
        message = Message("All that this user left untouched")
        parts.append(
            Contribution(scale.spread * shares.zeros, EvidenceKind.AVERAGE, message=message)
        )
    total = sum(part.amount for part in parts)
    score = min(max(total, scale.low), scale.high)
    parts += limited(task.name, total, score)
    return Explanation(
        task=task.name,
        user=user,
        item=item,
        score=score,
        sentence=reason(past, bias, titles, str(titles[item])),
        contributions=strongest_first(parts),
        remarks=share_of_others(past, task.name) if len(problem.tasks) > 1 else (),
    )

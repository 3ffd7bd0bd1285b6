r"""Why a factor model gives a score: what each past event of the user adds to it.

With the items held still a user's row is :math:`z_u = A_u^{-1} r_u`, and :math:`r_u` is a sum over
the user's events e of every task. So with :math:`x = (q_i, 1_t)` the item's side of the score,

.. math::
    x^\top z_u = \sum_{e} (g_e - c_e\, b_e)\; x_e^\top A_u^{-1} x \;+\; r_0^\top A_u^{-1} x

where :math:`b_e` is what the event's item is worth to everybody and :math:`r_0` the zeros: all that
the user left untouched (Hu, Koren and Volinsky 2008, section 5, for several tasks and with
biases). NumPy alone, in the time of one linear system.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from algorithms.arrays import FloatArray, IntArray, TextArray
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.bias import limited
from algorithms.models.factor_problem import FactorProblem, numpy_grams
from algorithms.models.factor_solver import FactorRows


def explain_score(
    problem: FactorProblem,
    rows: FactorRows,
    ridge: FloatArray,
    t: int,
    user: int,
    item: int,
    titles: TextArray,
) -> Explanation:
    """Split the prediction of task ``t`` for a user and an item into its addends.

    Parameters
    ----------
    ridge : (d,) ridge of every user's row
    titles : (n_items,) what a person calls the items
    """
    events, amounts, zeros = _shares(problem, rows, ridge, t, user, item)
    past = past_events(problem, events, problem.scales[t].spread * amounts)
    return told(problem, rows, t, user, item, titles, past, zeros)


def past_events(
    problem: FactorProblem,
    events: IntArray,
    amounts: FloatArray,
    messages: Sequence[Message | None] | None = None,
) -> list[Contribution]:
    """Return events (n,) with what each adds, (n,), as contributions; ``messages`` may say more."""
    of = problem.events
    return [
        Contribution(
            float(amount),
            EvidenceKind.INTERACTION,
            task=problem.tasks[of.tasks[e]].name,
            item=int(of.items[e]),
            value=float(of.values[e]),
            message=message,
        )
        for e, amount, message in zip(
            events, amounts, messages or [None] * len(events), strict=True
        )
    ]


def told(
    problem: FactorProblem,
    rows: FactorRows,
    t: int,
    user: int,
    item: int,
    titles: TextArray,
    past: list[Contribution],
    zeros: float,
) -> Explanation:
    """Tell a score from what past events add to it.

    Parameters
    ----------
    zeros : what all that the user left untouched adds, in units of the task's spread
    """
    task, scale = problem.tasks[t], problem.scales[t]
    column = rows.users.shape[1] - len(problem.tasks) + t
    bias = scale.spread * float(rows.items[item, column])
    parts = [Contribution(bias, EvidenceKind.ITEM_BIAS, task=task.name, item=item)]
    if scale.mean != 0.0:
        parts.append(Contribution(scale.mean, EvidenceKind.AVERAGE, task=task.name))
    parts += past
    if zeros != 0.0:
        message = Message("All that this user left untouched")
        parts.append(Contribution(scale.spread * zeros, EvidenceKind.AVERAGE, message=message))
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


def folded_row(
    problem: FactorProblem, rows: FactorRows, ridge: FloatArray, user: int, left: FloatArray
) -> FloatArray:
    """Return (d,) the row that a user would have with some events only, the items held still.

    Parameters
    ----------
    left : (n,) how much of each of the user's events there is, 0 to 1: of a binary event the share
        of the times that it happened
    """
    events, system, X, biases, zeros = _system(problem, rows, ridge, user, left)
    steps = steps_left(problem, events, biases, left)
    row: FloatArray = np.linalg.solve(system, X.T @ steps + zeros).astype(np.float64)
    return row


def steps_left(
    problem: FactorProblem, events: IntArray, biases: FloatArray, left: FloatArray
) -> FloatArray:
    """Return (n,) g - c b of a user's events of which only a part is left (``folded_row``)."""
    of = problem.events
    zero = np.array([scale.zero for scale in problem.scales])[of.tasks[events]]
    pull = np.where(left > 0, (of.pull[events] - zero) * left + zero, 0.0)  # w x' + w v
    steps: FloatArray = pull - of.curvature[events] * left * biases
    return steps


def _shares(
    problem: FactorProblem, rows: FactorRows, ridge: FloatArray, t: int, user: int, item: int
) -> tuple[IntArray, FloatArray, float]:
    """Return the user's events, what each adds to x'z (n,), and what the zeros add."""
    of = problem.events
    events, system, X, biases, zeros = _system(problem, rows, ridge, user)
    if not problem.known_users[user]:
        return events, np.empty(0), 0.0
    n_tasks = len(problem.tasks)
    x = np.r_[rows.items[item, : len(ridge) - n_tasks], np.eye(n_tasks)[t]]
    h = np.linalg.solve(system, x)
    amounts: FloatArray = (of.pull[events] - of.curvature[events] * biases) * (X @ h)
    return events, amounts, float(zeros @ h)


def _system(
    problem: FactorProblem,
    rows: FactorRows,
    ridge: FloatArray,
    user: int,
    left: FloatArray | None = None,
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return the user's events, A_u, x of each event (n, d), b of each (n,), and r_0 (d,)."""
    of = problem.events
    first, last = np.searchsorted(of.users, [user, user + 1])
    events = np.arange(first, last)
    n_tasks = len(problem.tasks)
    k = len(ridge) - n_tasks
    marks = np.eye(n_tasks)[of.tasks[events]]  # (n, n_tasks)
    X = np.column_stack([rows.items[of.items[events], :k], marks])  # (n, d)
    biases = rows.items[of.items[events], k + of.tasks[events]]  # (n,)
    A, r = problem.user_zeros(numpy_grams(rows.items, problem.item_groups, problem.n_kinds))
    curvature = of.curvature[events] if left is None else of.curvature[events] * left
    system: FloatArray = A[0] + np.diag(ridge) + (X * curvature[:, None]).T @ X
    return events, system, X, biases, r[0]


def reason(past: Sequence[Contribution], bias: float, titles: TextArray, title: str) -> Message:
    """Say in which task the user did most that speaks for the item, unless the item does more."""
    if not past:
        return Message(
            "This user did nothing yet that could be learned from: the score is what “{title}” is "
            "worth to everybody.",
            {"title": title},
        )
    sums: dict[str, float] = {}
    for part in past:
        sums[str(part.task)] = sums.get(str(part.task), 0.0) + part.amount
    source = max(sums, key=lambda name: sums[name])
    if sums[source] <= 0.0:
        return Message(
            "Nothing that this user did speaks for “{title}”: the score is mostly what it is worth "
            "to everybody.",
            {"title": title},
        )
    best = max((part for part in past if part.task == source), key=lambda part: part.amount)
    if bias > sum(amount for amount in sums.values() if amount > 0.0):
        return Message(
            "Mostly because of what “{title}” is worth to everybody; of what this user did, "
            "“{source}” speaks most for it: above all “{because}”.",
            {"title": title, "source": source, "because": str(titles[best.item])},
        )
    return Message(
        "Mostly because of what this user did in “{source}”: above all with “{because}”.",
        {"source": source, "because": str(titles[best.item])},
    )


def share_of_others(past: Sequence[Contribution], task: str) -> tuple[Message, ...]:
    """Say how much the other tasks' events weigh, in absolute amounts."""
    total = sum(abs(part.amount) for part in past)
    if total == 0.0:
        return ()
    others = sum(abs(part.amount) for part in past if part.task != task)
    return (
        Message(
            "{percent:.0f} % of what this user's events move in the score comes from other tasks.",
            {"percent": 100.0 * others / total},
        ),
    )

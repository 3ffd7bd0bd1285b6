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

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.factor_problem import FactorProblem, numpy_gram
from algorithms.models.factor_solver import FactorRows


def explain_score(
    problem: FactorProblem,
    rows: FactorRows,
    ridge: FloatArray,
    t: int,
    user: int,
    item: int,
    title: str,
) -> Explanation:
    """Split the prediction of task ``t`` for a user and an item into its addends.

    Parameters
    ----------
    ridge : (d,) ridge of every user's row
    title : what a person calls the item
    """
    task, scale = problem.tasks[t], problem.scales[t]
    column = rows.users.shape[1] - len(problem.tasks) + t
    parts = []
    if scale.mean != 0.0:
        parts.append(Contribution(scale.mean, EvidenceKind.AVERAGE, task=task.name))
    bias = scale.spread * float(rows.items[item, column])
    parts.append(Contribution(bias, EvidenceKind.ITEM_BIAS, task=task.name, item=item))
    by_task = np.zeros(len(problem.tasks))
    absolute = np.zeros(len(problem.tasks))
    if problem.known_users[user]:
        events, amounts, zeros = _shares(problem, rows, ridge, t, user, item)
        amounts = scale.spread * amounts
        of = problem.events
        np.add.at(by_task, of.tasks[events], amounts)
        np.add.at(absolute, of.tasks[events], np.abs(amounts))
        parts += [
            Contribution(
                float(amount),
                EvidenceKind.INTERACTION,
                task=problem.tasks[of.tasks[e]].name,
                item=int(of.items[e]),
                value=float(of.values[e]),
            )
            for e, amount in zip(range(events.start, events.stop), amounts, strict=True)
        ]
        if zeros != 0.0:
            untouched = Message("All that this user left untouched")
            parts.append(
                Contribution(scale.spread * zeros, EvidenceKind.AVERAGE, message=untouched)
            )
    return Explanation(
        task=task.name,
        user=user,
        item=item,
        score=sum(part.amount for part in parts),
        sentence=_sentence(problem, by_task, user, title),
        contributions=strongest_first(parts),
        remarks=_remarks(problem, absolute, t),
    )


def _shares(
    problem: FactorProblem, rows: FactorRows, ridge: FloatArray, t: int, user: int, item: int
) -> tuple[slice, FloatArray, float]:
    """Return the user's events, what each adds to x'z (n,), and what the zeros add."""
    of = problem.events
    events = slice(*np.searchsorted(of.users, [user, user + 1]))
    n_tasks = len(problem.tasks)
    k = len(ridge) - n_tasks
    marks = np.eye(n_tasks)[of.tasks[events]]  # (n, n_tasks)
    X = np.column_stack([rows.items[of.items[events], :k], marks])  # (n, d)
    biases = rows.items[of.items[events], k + of.tasks[events]]  # (n,)
    A, r = problem.user_zeros(rows.items, numpy_gram)
    system = A[0] + np.diag(ridge) + (X * of.curvature[events, None]).T @ X
    x = np.r_[rows.items[item, :k], np.eye(n_tasks)[t]]
    h = np.linalg.solve(system, x)
    amounts: FloatArray = (of.pull[events] - of.curvature[events] * biases) * (X @ h)
    return events, amounts, float(r[0] @ h)


def _sentence(problem: FactorProblem, by_task: FloatArray, user: int, title: str) -> Message:
    if not problem.known_users[user]:
        return Message(
            "Nothing is known of this user yet: the score is what “{title}” is worth to everybody.",
            {"title": title},
        )
    source = int(by_task.argmax())
    if by_task[source] <= 0.0:
        return Message(
            "Nothing that this user did speaks for “{title}”; the score is mostly what it is "
            "worth to everybody.",
            {"title": title},
        )
    return Message(
        "Mostly because of what this user did in {source}: “{title}” is close to it.",
        {"source": problem.tasks[source].name, "title": title},
    )


def _remarks(problem: FactorProblem, absolute: FloatArray, t: int) -> tuple[Message, ...]:
    total = float(absolute.sum())
    if total == 0.0 or len(problem.tasks) == 1:
        return ()
    share = 100.0 * (total - float(absolute[t])) / total
    return (
        Message(
            "{percent:.0f} % of the weight of this user's events comes from other tasks.",
            {"percent": share},
        ),
    )

r"""What shared tastes and what the tastes for one task alone add to a score.

As in ``factor_explanation`` a user's row is :math:`z_u = A_u^{-1} r_u` and :math:`r_u` a sum over
the user's events. The item's side of the score is now split as well, :math:`x = x_s + x_t + x_b`:
its shared block, its block for the task, and the 1 at the user's bias. So each event adds

.. math::
    (g_e - c_e\, b_e)\; x_e^\top A_u^{-1} (x_s + x_t + x_b)

and the three sums over events (and zeros) are :math:`p_u^\top q_i` of the shared block, that of the
task's own block, and the user's bias. NumPy alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from algorithms.arrays import FloatArray, IntArray, TextArray
from algorithms.explanations import Explanation
from algorithms.messages import Message
from algorithms.models.factor_blocks import Blocks, item_grams, zeros_of
from algorithms.models.factor_explanation import past_events, steps_left, told
from algorithms.models.factor_problem import FactorProblem, numpy_grams
from algorithms.models.factor_solver import FactorRows


def explain_blocks(
    problem: FactorProblem,
    rows: FactorRows,
    ridge: FloatArray,
    blocks: Blocks,
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
    name, spread = problem.tasks[t].name, problem.scales[t].spread
    events, amounts, zeros = _shares(problem, rows, ridge, blocks, t, user, item)
    amounts = spread * amounts  # (n, 3)
    messages = [
        Message(
            "{shared:+.3f} through shared tastes, {own:+.3f} through tastes for “{task}” alone",
            {"shared": float(shared), "own": float(own), "task": name},
        )
        for shared, own, _ in amounts
    ]
    past = past_events(problem, events, amounts.sum(axis=1), messages)
    said = told(problem, rows, t, user, item, titles, past, float(zeros.sum()))
    shared, own, _ = (float(part) for part in amounts.sum(axis=0) + spread * zeros)
    split = Message(
        "Tastes shared by all tasks give {shared:+.3f} of this score, tastes for “{task}” alone "
        "{own:+.3f}, and all else {rest:+.3f}.",
        {"shared": shared, "own": own, "rest": said.score - shared - own, "task": name},
    )
    return replace(said, remarks=(split, *said.remarks))


def _shares(
    problem: FactorProblem,
    rows: FactorRows,
    ridge: FloatArray,
    blocks: Blocks,
    t: int,
    user: int,
    item: int,
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return the user's events, what each adds (n, 3), and what the zeros add (3,).

    The three columns are what comes through the shared block, the task's own block and the bias.
    """
    of = problem.events
    events, A, X, biases, r = _system(problem, rows, ridge, blocks, user)
    if not problem.known_users[user]:
        return events, np.empty((0, 3)), np.zeros(3)
    sides = np.zeros((blocks.width, 3))
    shared, own = np.arange(blocks.n_shared), blocks.own(t)
    sides[shared, 0] = rows.items[item, shared]
    sides[own, 1] = rows.items[item, own]
    sides[blocks.bias(t), 2] = 1.0
    H = np.linalg.solve(A, sides)  # (d, 3)
    steps = of.pull[events] - of.curvature[events] * biases
    amounts: FloatArray = steps[:, None] * (X @ H)
    return events, amounts, r @ H


def folded_block_row(
    problem: FactorProblem,
    rows: FactorRows,
    ridge: FloatArray,
    blocks: Blocks,
    user: int,
    left: FloatArray,
) -> FloatArray:
    """Return (d,) the row of a user with some events only (see ``folded_row``)."""
    events, A, X, biases, r = _system(problem, rows, ridge, blocks, user, left)
    steps = steps_left(problem, events, biases, left)
    row: FloatArray = np.linalg.solve(A, X.T @ steps + r).astype(np.float64)
    return row


def _system(
    problem: FactorProblem,
    rows: FactorRows,
    ridge: FloatArray,
    blocks: Blocks,
    user: int,
    left: FloatArray | None = None,
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return the user's events, A_u, x of each event (n, d), b of each (n,), and r_0 (d,)."""
    of = problem.events
    first, last = np.searchsorted(of.users, [user, user + 1])
    events = np.arange(first, last)
    grams = item_grams(problem, blocks, rows.items, numpy_grams)
    A, r = np.diag(ridge), np.zeros(blocks.width)
    X = np.zeros((len(events), blocks.width))
    for number, (base, pull) in enumerate(zip(*zeros_of(problem, blocks, grams), strict=True)):
        seen = blocks.seen(number)
        A[np.ix_(seen, seen)] += base
        r[seen] += pull
        mine = np.flatnonzero(of.tasks[events] == number)
        X[np.ix_(mine, seen)] = rows.items[np.ix_(of.items[events[mine]], seen)]
        X[mine, blocks.bias(number)] = 1.0
    curvature = of.curvature[events] if left is None else of.curvature[events] * left
    A += (X * curvature[:, None]).T @ X
    biases = rows.items[of.items[events], blocks.bias(0) + of.tasks[events]]  # (n,)
    return events, A, X, biases, r

r"""What a student learns from a teacher: two lessons, and how far it agrees after each.

*Answers*: the pairs are the events of training and as many at random; the student learns the
teacher's number z(u, i), such as the log-odds of *yes*. Held out are a quarter of the pairs.

*Lists*: a teacher orders its lists by another number, which weighs in how likely the two are to
meet (see ``neural.exposure``), and a student of the answers knows nothing of that. So a second
student learns it, as a logarithm, for that turns the product into a sum:

.. math:: \log \text{rank}(u, i)
    = \kappa \log P(\text{met} \mid u, i) + \log P(y \mid u, i, \text{met})

from a few hundred users' items: forty at random and the ten at the top of the teacher's list, since
nobody sees its end. Only the order of one user's items counts, so each user's mean is taken off:
that a user clicks much lifts all items alike. Held out are a quarter of the *users*; told is how
many of the teacher's ten items are among the student's ten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, IntArray, top_n
from algorithms.data.log import InteractionLog
from algorithms.metrics.ranks import midranks
from algorithms.models.neural.recommender import NeuralRecommender
from algorithms.models.readable_pairs import ReadablePairs
from algorithms.models.students import Student, scores
from algorithms.tasks import Task, TaskKind

Learn = Callable[[FloatArray, FloatArray], Sequence[Student]]  # columns (n, m), numbers (n,)

N_LISTED = 10  # items of a list by which agreement is told
_MOST_EVENTS = 20_000  # of a task that the teacher is asked about; more would tell little more
_HELD_OUT = 4  # one pair or user of so many is kept to measure agreement
_MOST_USERS = 512  # whose lists are looked at
_AT_RANDOM = 40  # items of each
_LEAST = 1e-12  # of a rank, before its logarithm is taken
_AT_A_TIME = 2**14  # pairs whose columns are in memory together


def teach_answers(
    teacher: NeuralRecommender,
    task: Task,
    pairs: ReadablePairs,
    learn: Learn,
    rng: np.random.Generator,
) -> tuple[Student, FloatArray]:
    """Return the student, and (k, 2) ``agreement`` by the number of its terms."""
    log = teacher.log
    users, items = _event_pairs(log, task, rng)
    z = teacher.pair_numbers(task, users, items)
    if task.kind is not TaskKind.BINARY:  # as the label is, which training tells
        labels = task.part(log).label(task.label).astype(np.float64)
        z = labels.mean() + (labels.std() or 1.0) * z
    x = pairs.values(users, items)
    held = np.zeros(len(z), dtype=np.bool_)
    held[rng.permutation(len(z))[: len(z) // _HELD_OUT]] = True
    path = learn(x[~held], z[~held])
    return path[-1], np.array([agreement(z[held], scores(each, x[held])) for each in path])


def teach_lists(
    teacher: NeuralRecommender,
    task: Task,
    pairs: ReadablePairs,
    learn: Learn,
    rng: np.random.Generator,
) -> tuple[Student, FloatArray]:
    """Return the student of lists, and (k,) how much of them it shares by the number of its terms.

    NaN where there are too few users to hold any out.
    """
    log = teacher.log
    users = rng.permutation(np.unique(log.users)).astype(np.int64)[:_MOST_USERS]
    items = log.item_table.of_kind(task.item_kind).astype(np.int64)
    ranks = np.log(np.maximum(teacher.score_block(task, users, items), _LEAST))  # (m, n_items)
    met = np.array([np.isin(items, teacher.met(int(user))) for user in users])
    lists = top_n(np.where(met, np.nan, ranks), N_LISTED)  # (m, 10), -1 where shorter
    held = len(users) // _HELD_OUT
    drawn = rng.integers(len(items), size=(len(users) - held, _AT_RANDOM))
    columns = np.concatenate([lists[held:], drawn], axis=1)  # (m', 50)
    row, place = np.nonzero(columns >= 0)
    column = columns[row, place]
    z = ranks[held + row, column]
    z -= (np.bincount(row, z) / np.bincount(row))[row]
    path = learn(pairs.values(users[held + row], items[column]), z)
    if not held:
        return path[-1], np.full(len(path), np.nan)
    asked = np.repeat(users[:held], len(items)), np.tile(items, held)
    said = student_numbers(path, pairs, *asked).reshape(len(path), held, len(items))
    shared = [listed_by_both(lists[:held], each, met[:held]) for each in said]
    return path[-1], np.array(shared)


def student_numbers(
    students: Sequence[Student], pairs: ReadablePairs, users: IntArray, items: IntArray
) -> FloatArray:
    """Return (s, n) the numbers of students for pairs; few pairs' columns are made at a time."""
    said = np.empty((len(students), len(users)))
    for start in range(0, len(users), _AT_A_TIME):
        few = slice(start, start + _AT_A_TIME)
        x = pairs.values(users[few], items[few])
        said[:, few] = [scores(student, x) for student in students]
    return said


def agreement(z: FloatArray, s: FloatArray) -> tuple[float, float]:
    """Return Spearman's rank correlation of teacher and student, and the share of variance.

    NaN where either says the same of all pairs.
    """
    if len(z) < 2 or z.std() == 0 or s.std() == 0:
        return float("nan"), float("nan")
    correlation = float(np.corrcoef(midranks(z), midranks(s))[0, 1])
    return correlation, 1.0 - float(((z - s) ** 2).mean() / z.var())


def listed_by_both(lists: IntArray, said: FloatArray, met: BoolArray) -> float:
    """Return the mean share of the teacher's lists that stands in the student's.

    Parameters
    ----------
    lists : (m, n) columns that the teacher lists, -1 where a list is shorter
    said : (m, k) the student's numbers
    met : (m, k) what may not be listed
    """
    own = top_n(np.where(met, np.nan, said), lists.shape[1])
    shares = [
        np.isin(theirs[theirs >= 0], mine).mean()
        for theirs, mine in zip(lists, own, strict=True)
        if (theirs >= 0).any()
    ]
    return float(np.mean(shares)) if shares else float("nan")


def _event_pairs(
    log: InteractionLog, task: Task, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Return users and items (n,): events of the task, and as many pairs at random."""
    events = task.part(log)
    rows = rng.permutation(len(events))[:_MOST_EVENTS]
    items = log.item_table.of_kind(task.item_kind).astype(np.int64)
    known = np.unique(log.users).astype(np.int64)
    return (
        np.concatenate([events.users[rows], known[rng.integers(len(known), size=len(rows))]]),
        np.concatenate([events.items[rows], items[rng.integers(len(items), size=len(rows))]]),
    )

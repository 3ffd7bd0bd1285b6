r"""Rounds: one pass over the data after another, judged on validation alone.

After every round the model ranks, for each held-out choice of a user, all items that the user had
not met in training. A choice on rank r counts :math:`1 / \log_2(1 + r)`, and a task's *held-out
gain* is the mean over its choices: it is what NDCG adds up. The weights of the best round are kept;
after ``patience`` rounds without a better one it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from algorithms.arrays import BoolArray, Float32Array, FloatArray, IntArray
from algorithms.errors import FitError
from algorithms.messages import Message
from algorithms.models.base import CurvePoint
from algorithms.models.implicit_feedback import Feedback
from algorithms.progress import Progress, Stage, part_of
from algorithms.tasks import Task

GAIN = "held-out gain"
_MOST_CHOICES = 3000  # of a task that are ranked after each round, evenly spaced

Weights = dict[str, Float32Array]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """A task's choices in validation, each of an item that its user had not met in training.

    Parameters
    ----------
    task : whose choices
    users : (m,) who is asked about
    met : (m, k) which of the kind's items they met in training
    rows, columns : (n,) the choices
    """

    task: Task
    users: IntArray
    met: BoolArray
    rows: IntArray
    columns: IntArray

    def gain(self, scores: FloatArray) -> float:
        """Return the mean of 1 / log2(1 + rank) for scores (m, k).

        NaN without choices, and where a choice has no number: it would be above all others.
        """
        own = scores[self.rows, self.columns]
        if not len(own) or np.isnan(own).any():
            return float("nan")
        unmet = np.where(self.met, -np.inf, scores)
        above = (unmet[self.rows] > own[:, None]).sum(axis=1)  # (n,)
        return float((1.0 / np.log2(2.0 + above)).mean())


def held_out(
    task: Task, choices: Feedback, met_of: Callable[[int], IntArray], columns: IntArray
) -> HeldOut:
    """Return the choices to be ranked.

    Parameters
    ----------
    choices : the feedback of the validation part
    met_of : the items (any kind) that a user met in training
    columns : (n_items,) column of each item, -1 for other kinds
    """
    of_cell = np.repeat(np.arange(len(choices.offsets) - 1), np.diff(choices.offsets))
    step = max(1, -(-len(of_cell) // _MOST_CHOICES))
    of_choice, chosen = of_cell[::step], choices.columns[::step]
    users, rows = np.unique(of_choice, return_inverse=True)
    met = np.zeros((len(users), choices.n_columns), dtype=np.bool_)
    for row, user in enumerate(users.tolist()):
        mine = columns[met_of(user)]
        met[row, mine[mine >= 0]] = True
    new = ~met[rows, chosen]
    return HeldOut(task, users, met, rows[new], chosen[new].astype(np.int64))


@dataclass(frozen=True, eq=False)
class Played:
    """What the rounds gave.

    Parameters
    ----------
    weights : of the best round, by name
    measures : by name (r,) what each round measured, such as the players' losses
    curves : held-out gains by round and task
    notes : what a reader must know, such as a loss that was no number
    """

    weights: Weights
    measures: Mapping[str, FloatArray] = field(default_factory=dict)
    curves: tuple[CurvePoint, ...] = ()
    notes: tuple[Message, ...] = ()


def play(
    title: str,
    n_rounds: int,
    patience: int,
    one_round: Callable[[Progress], Mapping[str, float]],
    snapshot: Callable[[], Weights],
    gains: Callable[[Weights], Sequence[tuple[Task, float]]] | None,
    progress: Progress,
) -> Played:
    """Play rounds, and keep the weights of the best.

    Parameters
    ----------
    one_round : passes over the data once and returns what it measured
    snapshot : copies the weights of the player that will answer
    gains : each task's held-out gain with such weights; without it all rounds are played

    Raises
    ------
    FitError
        Where a measure of the first round is no number.
    """
    kept, best, since = snapshot(), -np.inf, 0
    measures: dict[str, list[float]] = {}
    curves: list[CurvePoint] = []
    notes: list[Message] = []
    for number in range(n_rounds):
        found = one_round(part_of(progress, number / n_rounds, (number + 1) / n_rounds))
        weights = snapshot()
        wrong = [name for name, value in found.items() if not np.isfinite(value)]
        if not all(np.isfinite(array).all() for array in weights.values()):
            wrong.append("weight of an answer")
        if wrong and not number:
            raise FitError(
                model=title,
                reason=f"the {wrong[0]} is no number in the first round",
                remedy="Choose a smaller learning rate.",
            )
        if wrong:
            notes.append(
                Message(
                    "The {measure} was no number in round {round}; the best round before was kept.",
                    {"measure": wrong[0], "round": number + 1},
                )
            )
            break
        for name, value in found.items():
            measures.setdefault(name, []).append(value)
        told = [(t, gain) for t, gain in gains(weights) if np.isfinite(gain)] if gains else []
        if not told:
            kept = weights
            continue
        curves += [CurvePoint(number + 1, task.name, GAIN, gain) for task, gain in told]
        quality = sum(task.weight * gain for task, gain in told)
        measures.setdefault(GAIN, []).append(float(np.mean([gain for _, gain in told])))
        if quality > best:
            kept, best, since = weights, quality, 0
        else:
            since += 1
            if since >= patience:
                break
    progress(1.0, Stage.FIT)
    return Played(
        kept,
        {name: np.array(values) for name, values in measures.items()},
        tuple(curves),
        tuple(notes),
    )

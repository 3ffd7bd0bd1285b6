"""What networks that look back show: what hiding, shuffling or exchanging the past does.

Nothing here looks into an architecture; all of them are asked the same questions: how far does a
task's number move when the item chosen k steps ago is hidden, when the same items come in another
order, when the past is another user's, when there is none?
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import Float32Array, FloatArray, IntArray
from algorithms.explanations import Exhibit, HeatMap, Lines
from algorithms.messages import Message
from algorithms.models.neural.inputs import Inputs
from algorithms.models.neural.network import Network
from algorithms.models.neural.serving import answers

_N_USERS = 256


@dataclass(frozen=True, eq=False)
class Pasts:
    """Users (n,) with a past, an item (n,) to ask each about, and what they chose last (n, L)."""

    users: IntArray
    items: IntArray
    history: IntArray


def sample_of_pasts(last: IntArray, met: IntArray) -> Pasts | None:
    """Return users spread evenly over those with the longest pasts; None where nobody has one.

    Parameters
    ----------
    last : (n_users, L) what each user chose last, -1 where there are fewer
    met : (n,) items of training, from which those to ask about are taken
    """
    lengths = (last >= 0).sum(axis=1)
    if not lengths.any():
        return None
    enough = np.flatnonzero(lengths >= max(1, int(np.quantile(lengths, 0.5))))
    users = enough[np.linspace(0, len(enough) - 1, min(_N_USERS, len(enough))).astype(np.int64)]
    items = met[np.linspace(0, len(met) - 1, len(users)).astype(np.int64)].astype(np.int64)
    return Pasts(users, items, last[users])


def past_exhibits(
    network: Network,
    inputs: Inputs,
    weights: Mapping[str, Float32Array],
    pasts: Pasts,
    tasks: tuple[str, ...],
) -> tuple[Exhibit, ...]:
    """Show how far the tasks' numbers move when the past is changed."""

    def ask(history: IntArray) -> FloatArray:
        return answers(network, inputs, weights, pasts.users, pasts.items, history)

    usual, length = ask(pasts.history), pasts.history.shape[1]
    reach = np.full((length, len(tasks)), np.nan)  # row k: the item chosen k + 1 steps ago hidden
    for back in range(length):
        known = pasts.history[:, length - 1 - back] >= 0
        if known.any():
            moved = ask(without(pasts.history, back))[known] - usual[known]
            reach[back] = np.abs(moved).mean(axis=0)
    changes = {
        "other order": shuffled(pasts.history, np.random.default_rng(0)),
        "past of another": np.roll(pasts.history, 1, axis=0),
        "no past": np.full_like(pasts.history, -1),
    }
    moves = np.stack([np.abs(ask(h) - usual).mean(axis=0) for h in changes.values()], axis=1)
    return (
        Lines(
            key="reach",
            title=Message("How far it looks back"),
            sentence=Message(
                "How much a task’s number moves (log-odds; standard deviations of ratings) when "
                "the item chosen so many steps ago is taken out of the past: a mean over {n} "
                "users. A line at 0 has forgotten.",
                {"n": len(pasts.users)},
            ),
            x_label=Message("steps back"),
            y_label=Message("movement"),
            x=np.arange(1.0, length + 1),
            series={name: reach[:, t] for t, name in enumerate(tasks)},
        ),
        HeatMap(
            key="past",
            title=Message("What the past is good for"),
            sentence=Message(
                "The movement of each task’s number when the same items come in another order, "
                "when the past is another user’s, and without a past. Where the first is small, "
                "the network uses what was chosen but not when. Movement is no merit: whether "
                "looking back helps, the comparison with the shared-bottom network says."
            ),
            row_names=tasks,
            column_names=tuple(changes),
            values=moves,
        ),
    )


def without(history: IntArray, back: int) -> IntArray:
    """Take out what was chosen ``back`` steps before the newest; what is older moves up."""
    place = history.shape[1] - 1 - back
    rest = np.delete(history, place, axis=1)
    return np.insert(rest, 0, -1, axis=1)


def shuffled(history: IntArray, rng: np.random.Generator) -> IntArray:
    """Return each history (n, L) with its known items in another order; padding stays in front."""
    keys = np.where(history >= 0, rng.random(history.shape), -1.0)
    return np.take_along_axis(history, np.argsort(keys, axis=1, kind="stable"), axis=1)

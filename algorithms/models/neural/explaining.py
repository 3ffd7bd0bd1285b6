r"""Why a network says so: integrated gradients, field by field.

On the straight way from an average example :math:`\bar x` to this one, every field moves a little
at a time, and the network's number moves with them. What the move of one field did to it, summed up
along the way, is that field's part:

.. math::
    \text{part}_f = \int_0^1 (x_f - \bar x_f)^\top
        \frac{\partial z}{\partial x_f}\Big(\bar x + \alpha (x - \bar x)\Big)\, d\alpha

The parts sum to the difference between the two numbers (completeness). The integral is a mean
over 128 points (the network has kinks, so cleverer rules gain nothing), the slope in the direction
of a field is taken by a small step to both sides; what the points miss is shown as a part of its
own.

References
----------
M. Sundararajan, A. Taly, Q. Yan: Axiomatic attribution for deep networks, ICML 2017.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from algorithms.arrays import Float32Array, FloatArray, IntArray, TextArray
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.base import Output
from algorithms.models.neural.events import LabelScale
from algorithms.models.neural.inputs import Inputs, answer
from algorithms.models.neural.network import Network
from algorithms.models.neural.ops import NumpyOps
from algorithms.models.neural.serving import fields_of
from algorithms.tasks import Task, TaskKind

_N_POINTS = 128
_STEP = 1e-4
_OPS = NumpyOps()


def explain_output(
    task: Task,
    scale: LabelScale,
    output: Output,
    *,
    z: float,
    network: Network,
    inputs: Inputs,
    weights: Mapping[str, Float32Array],
    place: int,
    user: int,
    item: int,
    history: IntArray,
    average: FloatArray,
    titles: TextArray,
) -> Explanation:
    """Explain the number z that a network gives an item for a task.

    Parameters
    ----------
    place : of the task among those of the network
    history : (1, L) what the user chose last
    average : (F, d) the field vectors of an average example
    """
    w = {name: np.asarray(value, dtype=np.float64) for name, value in weights.items()}
    x = fields_of(network, inputs, w, np.array([user]), np.array([item]), history)[0]
    start, parts = integrated_gradients(network, w, x, average, place)
    factor = scale.spread if output is not Output.PROBABILITY else 1.0
    base = scale.mean if output is not Output.PROBABILITY else 0.0
    shown: float = base + factor * z
    found = [Contribution(base + factor * start, EvidenceKind.AVERAGE, task=task.name)]
    words = _words(network, inputs, user, item)
    found += [
        Contribution(float(factor * part), EvidenceKind.FEATURE, task=task.name, message=message)
        for part, message in zip(parts, words, strict=True)
    ]
    gap = factor * (z - start - float(parts.sum()))
    found.append(
        Contribution(gap, EvidenceKind.FEATURE, task=task.name, message=Message("kinks on the way"))
    )
    score = shown
    if task.kind is not TaskKind.BINARY:
        score = float(np.clip(shown, scale.low, scale.high))
        if score != shown:
            found.append(Contribution(score - shown, EvidenceKind.LIMIT, task=task.name))
    remark = Message(
        "Integrated gradients: the number of an average example is {start:+.2f}; each field's part "
        "is what its way from the average to here did. They show what the network used, not what "
        "caused the label. Lists also weigh in how likely the user is to meet the item.",
        {"start": base + factor * start},
    )
    return Explanation(
        task.name,
        user,
        item,
        score,
        _sentence(task, output, score, base + factor * start),
        strongest_first(found),
        remarks=(remark,),
    )


def integrated_gradients(
    network: Network,
    w: dict[str, FloatArray],
    x: FloatArray,
    average: FloatArray,
    place: int,
    n_points: int = _N_POINTS,
) -> tuple[float, FloatArray]:
    """Return the number at the average (F, d), and (F,) what each field's way to x adds."""
    alphas = (np.arange(n_points) + 0.5) / n_points  # (p,)
    way = x - average  # (F, d)
    n_fields = len(x)
    one_field = np.eye(n_fields)[:, :, None] * way  # (F, F, d): row f moves field f only
    along = average + alphas[:, None, None] * way  # (p, F, d)
    steps = np.array([_STEP, -_STEP])[:, None, None, None, None] * one_field[None, None]
    moved = along[None, :, None] + steps  # (2, p, F, F, d)
    z = _numbers(network, w, moved.reshape(-1, *x.shape), place)
    up, down = z.reshape(2, n_points, n_fields)
    slopes = (up - down) / (2 * _STEP)  # (p, F)
    parts: FloatArray = slopes.mean(axis=0)
    start = float(_numbers(network, w, average[None], place)[0])
    return start, parts


def _numbers(network: Network, w: dict[str, FloatArray], x: FloatArray, place: int) -> FloatArray:
    """Return (n,) what a task of a list that has no position yet is given."""
    z: FloatArray = answer(_OPS, w, network, x, w["served_context"]).z[:, place]
    return z


def _words(network: Network, inputs: Inputs, user: int, item: int) -> list[Message]:
    """Name the fields, in their order."""
    found = [Message("the user’s own vector")]
    for field in range(1, len(inputs.users.names)):
        values = {
            "user_column": inputs.users.names[field].replace("_", " "),
            "user_value": inputs.users.shown(user, field),
        }
        found.append(Message("user: {user_column} {user_value}", values))
    if network.looks_back:
        found.append(Message("what the user chose last"))
    found.append(Message("the item’s own vector"))
    for field in range(1, len(inputs.items.names)):
        values = {
            "item_column": inputs.items.names[field].replace("_", " "),
            "item_value": inputs.items.shown(item, field),
        }
        found.append(Message("item: {item_column} {item_value}", values))
    return found


def _sentence(task: Task, output: Output, score: float, start: float) -> Message:
    if output is Output.PROBABILITY:
        return Message(
            "The network puts the chance of “{task}” at {chance:.1%}; for an average user and item "
            "it says {average:.1%}.",
            {
                "task": task.name,
                "chance": float(1 / (1 + np.exp(-np.clip(score, -700, 700)))),
                "average": float(1 / (1 + np.exp(-np.clip(start, -700, 700)))),
            },
        )
    return Message(
        "The network says {score:.2f} for “{task}”; for an average user and item it says "
        "{average:.2f}.",
        {"task": task.name, "score": score, "average": start},
    )

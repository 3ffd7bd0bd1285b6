r"""What each task goes by: integrated gradients, added up over events.

For an event e and a task t, ``explaining`` says what each field f did to the number on the way
from an average example. The share of a field in all that was done, whatever its sign,

.. math::
    \text{use}_{tf} = \frac{\sum_e |\text{part}_{etf}|}{\sum_e \sum_g |\text{part}_{etg}|}

tells what the network looks at. It does not tell what it would lose without the field: two fields
that say the same share what they are worth between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from algorithms.arrays import Float32Array, FloatArray
from algorithms.explanations import HeatMap
from algorithms.messages import Message
from algorithms.models.neural.events import Examples
from algorithms.models.neural.explaining import integrated_gradients
from algorithms.models.neural.inputs import Inputs
from algorithms.models.neural.network import Network
from algorithms.models.neural.serving import average_fields, fields_of

N_EVENTS = 32  # of each task
_N_POINTS = 16  # on the way to each; shares need no more


def field_use(
    network: Network, inputs: Inputs, weights: Mapping[str, Float32Array], examples: Examples
) -> FloatArray:
    """Return (T, F) the share of each field in each task's numbers.

    A row is NaN where a task has no label among the examples, or nothing moves its number.
    """
    w = {name: np.asarray(value, dtype=np.float64) for name, value in weights.items()}
    average = average_fields(network, inputs, weights, examples)
    shares = np.full((examples.mask.shape[1], len(average)), np.nan)
    for t in range(len(shares)):
        rows = np.flatnonzero(examples.mask[:, t])
        if not len(rows):
            continue
        few = examples.take(rows[:: max(1, len(rows) // N_EVENTS)][:N_EVENTS])
        parts = [
            integrated_gradients(network, w, x, average, t, _N_POINTS)[1]
            for x in fields_of(network, inputs, w, few.users, few.items, few.history)
        ]
        done = np.abs(parts).sum(axis=0)  # (F,)
        if done.sum() > 0:
            shares[t] = done / done.sum()
    return shares


def field_names(network: Network, inputs: Inputs) -> tuple[str, ...]:
    """Name the fields, in their order."""
    past = ["past"] if network.looks_back else []
    names = ["user", *inputs.users.names[1:], *past, "item", *inputs.items.names[1:]]
    return tuple(name.replace("_", " ") for name in names)


def field_use_map(tasks: Sequence[str], names: tuple[str, ...], shares: FloatArray) -> HeatMap:
    """Show the shares (T, F) of those tasks that have some."""
    known = np.flatnonzero(np.isfinite(shares).all(axis=1))
    return HeatMap(
        key="field_use",
        title=Message("What each task goes by"),
        sentence=Message(
            "The share of each field in what moves a task's number from that of an average example "
            "to that of one of {n} events of training: integrated gradients without their signs. "
            "It tells what the network looks at, not what makes people click; fields that say the "
            "same share what they are worth between them.",
            {"n": N_EVENTS},
        ),
        row_names=tuple(tasks[t] for t in known.tolist()),
        column_names=names,
        values=shares[known],
    )

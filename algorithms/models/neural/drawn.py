r"""*No* examples for tasks of which training knows nothing but *yes*.

Whoever sees only purchases, and not what was looked at without being bought, has nothing to tell
them from: "yes to everything" explains such a log best. So beside every *yes* stands an item of the
same kind that the user had not met, as a *no*:

.. math:: (u, i, \text{past}, \text{context}) \mapsto 1, \qquad
    (u, j, \text{past}, \text{context}) \mapsto 0, \quad j \text{ unmet by } u

Both share everything but the item: a *no* with a longer past than its *yes* would teach a network
to read the answer off the length of the past. They are guesses, and the numbers are then scores.

Validation gets its own, drawn once, or it would call "yes to everything" the best pass of all.

References
----------
R. Pan, Y. Zhou, B. Cao, N. N. Liu, R. Lukose, M. Scholz, Q. Yang: One-class collaborative
filtering, ICDM 2008.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from algorithms.arrays import IntArray
from algorithms.data.log import InteractionLog
from algorithms.messages import Message
from algorithms.models.neural.events import (
    Context,
    Examples,
    Histories,
    LabelScale,
    make_examples,
)
from algorithms.tasks import Task

_NEGATIVES = 1  # drawn for each yes of a task that knows no no


def with_drawn_negatives(
    examples: Examples,
    met: Sequence[InteractionLog],
    tasks: Sequence[Task],
    scales: Sequence[LabelScale],
    rng: np.random.Generator,
) -> Examples:
    """Add unmet items as *no* for the tasks of which training knows only *yes*.

    Parameters
    ----------
    examples : n events; what is drawn is laid behind them
    met : the logs whose pairs of user and item are not drawn
    """
    parts = [examples]
    known = np.unique(np.concatenate([_pairs(log) for log in met]))
    for position, (task, scale) in enumerate(zip(tasks, scales, strict=True)):
        if not scale.is_drawn:
            continue
        yes = examples.mask[:, position] & (examples.labels[:, position] > 0)
        rows = np.repeat(np.flatnonzero(yes), _NEGATIVES)
        candidates = met[0].item_table.of_kind(task.item_kind).astype(np.int64)
        items = candidates[rng.integers(len(candidates), size=len(rows))]
        unmet = ~np.isin(examples.users[rows] * met[0].n_items + items, known)
        rows, items = rows[unmet], items[unmet]
        mask = np.zeros((len(rows), len(tasks)), dtype=np.bool_)
        mask[:, position] = True
        parts.append(
            Examples(
                users=examples.users[rows],
                items=items,
                labels=np.zeros((len(rows), len(tasks)), dtype=np.float32),
                mask=mask,
                context=examples.context[rows],
                history=examples.history[rows],
            )
        )
    if len(parts) == 1:
        return examples
    return Examples(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("users", "items", "labels", "mask", "context", "history")
        )
    )


def watched_examples(
    validation: InteractionLog,
    train: InteractionLog,
    tasks: Sequence[Task],
    scales: Sequence[LabelScale],
    context: Context,
    histories: Histories,
    rng: np.random.Generator,
) -> Examples:
    """Return the examples by which passes are judged.

    Where *no* is drawn for training it is drawn here too, among what neither part met. The
    generator gives one seed for that, and nothing where nothing is drawn.
    """
    examples = make_examples(validation, tasks, scales, context, histories)
    if not any(scale.is_drawn for scale in scales):
        return examples
    own = np.random.default_rng(rng.integers(2**63))
    return with_drawn_negatives(examples, (train, validation), tasks, scales, own)


def _pairs(log: InteractionLog) -> IntArray:
    """Return (n_events,) a number for each event's pair of user and item."""
    pairs: IntArray = log.users.astype(np.int64) * log.n_items + log.items
    return pairs


def drawn_notes(tasks: Sequence[Task], scales: Sequence[LabelScale]) -> tuple[Message, ...]:
    """Say for which tasks *no* was drawn."""
    return tuple(
        Message(
            "Training knows only “yes” for “{task}”: as many items that the user had not met were "
            "drawn as “no”. Its numbers order, but are no probabilities.",
            {"task": task.name},
        )
        for task, scale in zip(tasks, scales, strict=True)
        if scale.is_drawn
    )

r"""Pseudo-labels: where training has an event but no label, the network's own answer stands in.

A network learns from the labels that there are, until validation says stop. Then it is asked about
the events of training whose label is missing, and those of its answers that it is surest of become
labels themselves, soft ones (0.83, not "yes"), and it learns on from both:

.. math:: L = \frac{\sum_{i\,\text{labelled}} \ell(y_i, z_i)
              + \frac{\alpha\,n}{n'} \sum_{i\,\text{guessed}} \ell(\sigma(z^0_i), z_i)}{n (1 + α)}

with n labels, n' guesses, :math:`z^0` the answers at the first stop. Together the guesses count
α times as much as the labels, however many they are. Sure are the highest and the lowest answers:
half of all, *yes* and *no* in the shares that they have among the labels, so that a rare *yes* is
not drowned by an easy *no*. Events of validation and test are never asked about.

The doubt: a network that teaches itself is confirmed in its errors as well as in what is right
(Arazo et al. 2020), a soft answer of its own pulls nowhere at first and is an anchor rather than
news, and whose label is missing is seldom chance. A number (rating, quantity) does not say how sure
it is, so only yes and no are guessed.

References
----------
D.-H. Lee: Pseudo-label: the simple and efficient semi-supervised learning method for deep neural
networks, ICML 2013 workshop on challenges in representation learning (hard labels of all, their
weight slowly raised; here soft ones of the surest, from the first stop on). Y. Zou et al.:
Unsupervised domain adaptation for semantic segmentation via class-balanced self-training, ECCV 2018
(the surest of each class). E. Arazo et al.: Pseudo-labeling and confirmation bias in deep
semi-supervised learning, IJCNN 2020.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from algorithms.arrays import BoolArray, Float32Array, FloatArray, IntArray, sigmoid
from algorithms.balancing.base import Balancer
from algorithms.data.log import InteractionLog
from algorithms.messages import Message
from algorithms.models.neural.events import Examples, LabelScale
from algorithms.models.neural.inputs import Inputs
from algorithms.models.neural.network import Network
from algorithms.models.neural.ops import NumpyOps
from algorithms.models.neural.trainer import Learned, TrainerConfig, forward, learn
from algorithms.progress import Progress
from algorithms.tasks import Task, TaskKind

_SURE = 0.5  # of the answers become labels
_AT_A_TIME = 8192
_KEPT = Message(
    "“{task}”: after pass {passes} the network's {n:,} surest answers stood in for missing labels; "
    "what was learned with them is kept.",
)
_IN_VAIN = Message(
    "“{task}”: after pass {passes} the network's {n:,} surest answers stood in for missing labels, "
    "but validation did not get better; what was learned without them is kept.",
)


def learn_on(
    first: Learned,
    network: Network,
    inputs: Inputs,
    events: Examples,
    missing: BoolArray,
    validation: Examples | None,
    tasks: Sequence[Task],
    balancer: Balancer,
    config: TrainerConfig,
    weight: float,
    rng: np.random.Generator,
    progress: Progress,
) -> Learned:
    """Go on from where a fit ended, with pseudo-labels beside the labels.

    Parameters
    ----------
    first : what was learned from the labels alone
    events : all events of training first, with or without a label; then what was drawn
    missing : (n, T) ``missing_labels`` of the events
    weight : α, what the guesses of a task count together, in units of its labels

    Returns
    -------
    Learned
        The first weights where validation did not get better. The record of single steps is the
        first fit's.
    """
    gaps = np.zeros(events.mask.shape, dtype=np.bool_)  # drawn pairs lack nothing
    gaps[: len(missing)] = missing
    gaps &= ~network.learns_from(events).mask  # nor does what a funnel implies
    gaps &= network.learns_from(replace(events, mask=events.mask | gaps)).mask
    said = network_says(network, inputs, first.weights, events)
    filled, n_guessed = with_guesses(events, gaps, said, weight)
    if not n_guessed.any():
        return first
    second = learn(
        network,
        inputs,
        first.weights,
        filled,
        validation,
        tasks,
        balancer,
        config,
        rng,
        progress,
        first.quality,
    )
    passes = max((point.step for point in first.curves), default=0)
    later = [replace(point, step=passes + point.step) for point in second.curves]
    note = _KEPT if second.quality > first.quality or validation is None else _IN_VAIN
    notes = [
        Message(note.template, {"task": task.name, "passes": passes, "n": int(n)})
        for task, n in zip(tasks, n_guessed, strict=True)
        if n
    ]
    return replace(
        second,
        curves=first.curves + later,
        record=first.record,
        notes=(*first.notes, *notes, *second.notes),
    )


def missing_labels(
    log: InteractionLog, tasks: Sequence[Task], scales: Sequence[LabelScale]
) -> BoolArray:
    """Return (n, T) whether an event of the log lacks a label that can be guessed.

    That is one of *yes* and *no*, both of which training knows, on an item of the task's kind.
    """
    missing = np.zeros((len(log), len(tasks)), dtype=np.bool_)
    for position, (task, scale) in enumerate(zip(tasks, scales, strict=True)):
        if task.kind is TaskKind.BINARY and (scale.low, scale.high) == (0.0, 1.0):
            of_kind = np.isin(log.items, log.item_table.of_kind(task.item_kind))
            missing[:, position] = of_kind & ~task.events(log)
    return missing


def network_says(
    network: Network, inputs: Inputs, weights: Mapping[str, Float32Array], examples: Examples
) -> FloatArray:
    """Return (n, T) the numbers of a network for examples, without dropout."""
    ops, parts = NumpyOps(), []
    for start in range(0, len(examples), _AT_A_TIME):
        rows = np.arange(start, min(start + _AT_A_TIME, len(examples)))
        output = forward(ops, dict(weights), network, inputs, examples.take(rows))
        parts.append(np.asarray(output.z, dtype=np.float64))
    return np.concatenate(parts)


def surest(z: FloatArray, share_of_yes: float) -> IntArray:
    """Return the places of the lowest and the highest answers (n,), half of all."""
    order = np.argsort(z, kind="stable")
    n_sure = round(_SURE * len(z))
    n_yes = round(share_of_yes * n_sure)
    sure: IntArray = np.concatenate([order[: n_sure - n_yes], order[len(z) - n_yes :]])
    return sure


def with_guesses(
    examples: Examples, missing: BoolArray, z: FloatArray, weight: float
) -> tuple[Examples, IntArray]:
    """Put the surest answers where labels are missing; return also (T,) how many.

    Parameters
    ----------
    examples : with the events that have no label
    missing : (n, T) what may be guessed
    z : (n, T) log-odds that the network gives
    weight : how much all guesses of a task count together, in units of its labels
    """
    labels, mask = examples.labels.copy(), examples.mask.copy()
    counts = np.ones(labels.shape, dtype=np.float32)
    n_guessed = np.zeros(labels.shape[1], dtype=np.int64)
    for t in np.flatnonzero(missing.any(axis=0)):
        known = examples.mask[:, t]
        rows = np.flatnonzero(missing[:, t])
        rows = rows[surest(z[rows, t], float(labels[known, t].mean()))]
        labels[rows, t] = sigmoid(z[rows, t])
        mask[rows, t] = True
        counts[rows, t] = weight * known.sum() / max(len(rows), 1)
        n_guessed[t] = len(rows)
    filled = replace(examples, labels=labels, mask=mask, counts=counts)
    return filled.take(np.flatnonzero(mask.any(axis=1))), n_guessed

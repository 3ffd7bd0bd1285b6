"""What was noted while a model learned, as pictures: losses, held-out quality, agreement of tasks.

A curve on training events says whether the model still learns; the same on validation events says
whether what it learns holds elsewhere. Where the first falls on and the second turns, the model
learns by heart, and its best pass, not its last, is what a model with early stopping keeps.

Reference: L. Prechelt: Early stopping, but when?, in Neural Networks: Tricks of the Trade, 1998.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.explanations import Lines
from algorithms.messages import Message
from algorithms.models.base import CurvePoint

_TRAINING, _VALIDATION = "training loss", "validation loss"
_COSINE = "gradient cosine with "


def learning_curves(points: Sequence[CurvePoint]) -> tuple[Lines, ...]:
    """Return a picture for each kind of measure that was noted, of at least two steps.

    Examples
    --------
    >>> points = [CurvePoint(n, "click", "training loss", 1 / n) for n in (1, 2)]
    >>> [lines.key for lines in learning_curves(points)]
    ['learning loss']
    """
    by_measure: dict[str, list[CurvePoint]] = {}
    for point in points:
        by_measure.setdefault(point.measure, []).append(point)
    shown = [_losses(by_measure.get(_TRAINING, []), by_measure.get(_VALIDATION, []))]
    cosines = {name: found for name, found in by_measure.items() if name.startswith(_COSINE)}
    for measure, found in by_measure.items():
        if measure not in (_TRAINING, _VALIDATION, *cosines):
            shown.append(_measure(measure, found))
    shown.append(_agreement(cosines))
    return tuple(lines for lines in shown if len(lines.x) > 1)


def _losses(training: Sequence[CurvePoint], validation: Sequence[CurvePoint]) -> Lines:
    """Show both losses in the colour of the task, that of training in dashes."""
    named = [(point.task, point) for point in validation]
    named += [(f"{point.task} (training)", point) for point in training]
    return _lines(
        "learning loss",
        Message("How it learned: the losses"),
        Message(
            "How wrong the model was for each task, pass by pass: on the events it learns from "
            "(training), and where they were looked at on events kept apart (validation). Where "
            "the first falls on and the second turns, it learns by heart. Losses of "
            "different tasks have different units."
        ),
        Message("loss"),
        named,
    )


def _measure(measure: str, points: Sequence[CurvePoint]) -> Lines:
    return _lines(
        f"learning {measure}",
        Message("How it learned: {measure}", {"measure": measure}),
        Message(
            "“{measure}” of each task, step by step, as it was noted while the model learned. It "
            "never rests on test events.",
            {"measure": measure},
        ),
        Message(measure),
        [(point.task, point) for point in points],
    )


def _agreement(cosines: Mapping[str, Sequence[CurvePoint]]) -> Lines:
    """Show how far the tasks' gradients agreed; each pair once."""
    named = []
    seen: dict[frozenset[str], str] = {}
    for measure, points in cosines.items():
        other = measure.removeprefix(_COSINE)
        for point in points:
            pair = seen.setdefault(frozenset((point.task, other)), f"{point.task} · {other}")
            named.append((pair, point))
    return _lines(
        "learning cosines",
        Message("How it learned: do the tasks agree?"),
        Message(
            "The cosine between two tasks' gradients on what they share: above 0 a step for one "
            "helps the other, below 0 it hurts it."
        ),
        Message("cosine"),
        named,
        {"": 0.0},
    )


def _lines(
    key: str,
    title: Message,
    sentence: Message,
    y_label: Message,
    named: Iterable[tuple[str, CurvePoint]],
    reference: Mapping[str, float] | None = None,
) -> Lines:
    values: dict[str, dict[int, float]] = {}
    for name, point in named:
        values.setdefault(name, {})[point.step] = point.value
    steps = sorted({step for found in values.values() for step in found})
    series: dict[str, FloatArray] = {
        name: np.array([found.get(step, np.nan) for step in steps])
        for name, found in values.items()
    }
    return Lines(
        key=key,
        title=title,
        sentence=sentence,
        x_label=Message("pass"),
        y_label=y_label,
        x=np.array(steps, dtype=np.float64),
        series=series,
        reference=reference,
    )

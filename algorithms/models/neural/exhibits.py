"""What every network shows of its learning: how the tasks' gradients got on, and what each counted.

An architecture adds what is its own, such as the use of its experts.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.balancing.record import TrainingRecord
from algorithms.explanations import Exhibit, Lines
from algorithms.messages import Message

_SMOOTH = 9  # notes that a shown value is the mean of


def record_exhibits(record: TrainingRecord | None) -> tuple[Exhibit, ...]:
    """Show cosines between gradients and the tasks' weights over the steps."""
    if record is None or len(record) < 2:
        return ()
    steps = record.steps.astype(np.float64)
    pairs = {
        f"{record.tasks[a]} · {record.tasks[b]}": smooth(record.cosines[:, a, b])
        for a, b in combinations(range(len(record.tasks)), 2)
    }
    counts = {name: smooth(record.weights[:, t]) for t, name in enumerate(record.tasks)}
    return (
        Lines(
            key="cosines",
            title=Message("Do the tasks agree?"),
            sentence=Message(
                "The cosine between two tasks' gradients on what they share: above 0 a step for "
                "one helps the other, below 0 it hurts it. Single batches are noisy, so each "
                "point is a mean of {n}.",
                {"n": _SMOOTH},
            ),
            x_label=Message("step"),
            y_label=Message("cosine"),
            x=steps,
            series=pairs,
            reference={"": 0.0},
        ),
        Lines(
            key="weights",
            title=Message("What each task counted"),
            sentence=Message(
                "The weight of each task on what is shared, as the balancer chose it step by step."
            ),
            x_label=Message("step"),
            y_label=Message("weight"),
            x=steps,
            series=counts,
        ),
    )


def smooth(values: FloatArray) -> FloatArray:
    """Return (s,) running means that pass over what is not known."""
    known = np.isfinite(values)
    kernel = np.ones(min(_SMOOTH, len(values)))
    sums = np.convolve(np.where(known, values, 0.0), kernel, mode="same")
    counts = np.convolve(known.astype(np.float64), kernel, mode="same")
    with np.errstate(invalid="ignore", divide="ignore"):
        means: FloatArray = np.where(counts > 0, sums / counts, np.nan)
    return means

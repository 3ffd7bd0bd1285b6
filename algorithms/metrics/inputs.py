"""Checks of what metrics are given: wrong input is refused, never judged."""

from __future__ import annotations

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, FloatArray
from algorithms.errors import MtrecError


class MetricInputError(MtrecError, ValueError):
    """Something that a metric cannot judge."""

    template = "{metric} needs {expected}, found {found}."


def pairs(metric: str, truth: AnyArray, scores: AnyArray) -> tuple[FloatArray, FloatArray]:
    """Return truth (n,) and scores (n,) as 64-bit floats.

    Raises
    ------
    MetricInputError
        Where the shapes differ or a value is not finite.
    """
    truth = np.asarray(truth, dtype=np.float64)
    scores = np.asarray(scores, dtype=np.float64)
    if truth.ndim != 1 or truth.shape != scores.shape:
        raise MetricInputError(
            metric=metric,
            expected="two columns of one length",
            found=f"shapes {truth.shape} and {scores.shape}",
        )
    for name, values in (("truth", truth), ("scores", scores)):
        finite = np.isfinite(values)
        if not finite.all():
            n_wrong = len(values) - int(np.count_nonzero(finite))
            raise MetricInputError(
                metric=metric,
                expected="finite numbers",
                found=f"NaN or infinity in the {name} ({n_wrong} of {len(values)})",
            )
    return truth, scores


def binary_pairs(metric: str, truth: AnyArray, scores: AnyArray) -> tuple[FloatArray, FloatArray]:
    """Return truth (n,), zeros and ones, and scores (n,).

    Raises
    ------
    MetricInputError
        As ``pairs``, and where the truth holds anything but 0 and 1.
    """
    truth, scores = pairs(metric, truth, scores)
    _refuse(metric, (truth != 0) & (truth != 1), truth, "0 or 1 as truth")
    return truth, scores


def probability_pairs(
    metric: str, truth: AnyArray, probability: AnyArray
) -> tuple[FloatArray, FloatArray]:
    """Return truth (n,), zeros and ones, and probabilities (n,) from 0 to 1.

    Raises
    ------
    MetricInputError
        As ``binary_pairs``, and where a probability is none.
    """
    truth, probability = binary_pairs(metric, truth, probability)
    _refuse(metric, (probability < 0) | (probability > 1), probability, "probabilities from 0 to 1")
    return truth, probability


def _refuse(metric: str, wrong: BoolArray, values: FloatArray, expected: str) -> None:
    """Raise where something is wrong, with the first such value and how many there are."""
    if wrong.any():
        count = f"{int(np.count_nonzero(wrong))} of {len(values)}"
        raise MetricInputError(
            metric=metric, expected=expected, found=f"{values[wrong][0]:g} ({count})"
        )

"""Checks of what metrics are given: wrong input is refused, never judged."""

from __future__ import annotations

import numpy as np

from algorithms.arrays import AnyArray, FloatArray
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
        if not np.isfinite(values).all():
            raise MetricInputError(
                metric=metric, expected="finite numbers", found=f"NaN or infinity in the {name}"
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
    wrong = truth[(truth != 0) & (truth != 1)]
    if len(wrong):
        raise MetricInputError(metric=metric, expected="0 or 1 as truth", found=f"{wrong[0]:g}")
    return truth, scores

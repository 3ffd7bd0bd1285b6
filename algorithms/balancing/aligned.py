r"""Aligned-MTL: the gradients are made orthogonal and equally long before they are added up.

A system of gradients is well conditioned where its directions are independent and equally strong.
Replace the gradients by the nearest ones that are so, with the length of the weakest direction:

.. math::
    G G^\top = V \Lambda V^\top, \qquad
    w = \sqrt{\lambda_{\min}}\; V \Lambda^{-1/2} V^\top \, \mathbf{1}

with :math:`\lambda_{\min}` the smallest eigenvalue that is not zero. The replacements do not
conflict with each other; with the original gradients their sum still can. This is the summed form:
each task counts 1. (With 1/T each, the step is T times shorter.)

Reference: Senushkin et al. (2023), senushkin2023.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.balancing.base import GradientBalancer
from algorithms.balancing.geometry import scaled

_RANK = 1e-7  # an eigenvalue below this times T, of the largest, is rounding of single precision


def aligned_weights(gram: FloatArray) -> FloatArray:
    """Return (T,) the weights that sum the aligned gradients of a Gram matrix (T, T).

    >>> aligned_weights(np.array([[4.0, 0.0], [0.0, 1.0]])).round(9).tolist()
    [0.5, 1.0]
    """
    values, vectors = np.linalg.eigh(scaled(gram))  # ascending
    some = values > _RANK * len(gram) * values[-1]
    if not some.any():
        return np.ones(len(gram))
    values, vectors = values[some], vectors[:, some]
    weights: FloatArray = (vectors * np.sqrt(values[0] / values)) @ vectors.sum(axis=0)
    return weights


class AlignedMTL(GradientBalancer):
    """The sum of gradients that were made orthogonal and equally long."""

    key = "aligned"
    title = "Independent component alignment (Aligned-MTL)"
    summary = "The gradients are made orthogonal and equally long before they are added up."
    equation = r"$w = \sqrt{\lambda_{min}}\ V \Lambda^{-1/2} V^T 1,\quad G\,G^T = V \Lambda V^T$"
    reference = "senushkin2023"
    when_agree = (
        "What they have in common counts less: nearly parallel gradients give a short step."
    )
    when_conflict = "What separates them is kept as well; still, a far longer gradient can win."
    doubt = (
        "Gradients that nearly agree give a short step: for (1, 0) and (4, 1) it is (0.32, -0.11). "
        "Where a long gradient meets a short one, the step can raise the short one's loss. The "
        "weakest direction, often mere noise of the batch, sets the length of all."
    )

    def _weigh(self, losses: FloatArray, gram: FloatArray, tasks: IntArray) -> FloatArray:
        return aligned_weights(gram)

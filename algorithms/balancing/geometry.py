r"""How the tasks' gradients lie to each other: lengths, angles, and their combination.

Every task wants to move the shared weights against its own gradient :math:`g_t`. The angle between
two gradients says whether the tasks want the same. All that a balancer asks of T gradients of
length d stands in their small Gram matrix

.. math::
    M = G G^\top, \quad M_{st} = g_s \cdot g_t, \quad
    \cos(g_s, g_t) = M_{st} / \sqrt{M_{ss} M_{tt}}

so that a network with millions of shared weights is balanced with T x T numbers.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import BoolArray, FloatArray


def gram_matrix(gradients: FloatArray) -> FloatArray:
    """Return (T, T) the inner products of gradients (T, d).

    >>> gram_matrix(np.array([[1.0, 0.0], [-0.5, 1.0]])).tolist()
    [[1.0, -0.5], [-0.5, 1.25]]
    """
    products: FloatArray = gradients @ gradients.T
    return products


def combine(gradients: FloatArray, weights: FloatArray) -> FloatArray:
    """Return (d,) the direction that gradients (T, d) have together under weights (T,).

    >>> combine(np.array([[1.0, 0.0], [-0.5, 1.0]]), np.array([1.0, 1.0])).tolist()
    [0.5, 1.0]
    """
    direction: FloatArray = weights @ gradients
    return direction


def lengths(gram: FloatArray) -> FloatArray:
    """Return (T,) the lengths of the gradients of a Gram matrix (T, T)."""
    long: FloatArray = np.sqrt(np.maximum(np.diagonal(gram), 0.0))
    return long


def cosines(gram: FloatArray) -> FloatArray:
    """Return (T, T) the cosines of a Gram matrix (T, T): below 0 two tasks conflict.

    NaN stands where a gradient is zero and has no direction.

    >>> cosines(np.array([[4.0, -2.0], [-2.0, 4.0]])).tolist()
    [[1.0, -0.5], [-0.5, 1.0]]
    """
    length = lengths(gram)
    length = np.where(length > 0, length, np.nan)
    alike: FloatArray = np.clip(gram / length[:, None] / length[None, :], -1.0, 1.0)
    return alike


def moving(gram: FloatArray) -> BoolArray:
    """Return (T,) which gradients are not zero."""
    moves: BoolArray = lengths(gram) > 0
    return moves


def scaled(gram: FloatArray) -> FloatArray:
    """Return the Gram matrix (T, T) as if the longest gradient had length 1.

    Methods whose weights do not change when all gradients are scaled alike compute with this, so
    that neither 1e150 nor 1e-150 leaves the range of floating-point numbers.
    """
    largest = float(np.diagonal(gram).max(initial=0.0))
    unit: FloatArray = gram / largest if largest > 0 else np.zeros_like(gram)
    return unit

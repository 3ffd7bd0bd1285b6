r"""Nash-MTL: the tasks bargain, and the product of what they gain is the largest.

Each task's gain from a step d is :math:`g_t \cdot d`. The bargain that Nash showed to be the only
fair one (no task can be scaled to its advantage, nobody loses) maximises the product of the gains
over steps of a given length:

.. math::
    \max_d \sum_t \log (g_t \cdot d), \qquad
    d = \sum_t w_t g_t \;\text{ with }\; G G^\top w = \frac{1}{w}

so the gain of each task is the inverse of its weight, and d has the length :math:`\sqrt{T}`. In
terms of cosines C and :math:`b_t = w_t \lVert g_t \rVert` the lengths drop out:
:math:`C b = 1 / b`, where

.. math::
    \min_{b > 0} \; \tfrac12 b^\top C b - \sum_t \log b_t

is least. That function is convex and self-concordant, so damped Newton steps always arrive, and the
answer is exact to rounding.

Reference: Navon et al. (2022), navon2022.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.balancing.base import GradientBalancer
from algorithms.balancing.geometry import cosines, lengths, moving

_LOWEST = 1e-10  # eigenvalue: where tasks are exactly opposite, weights stay below 1e5 / length


def nash_weights(gram: FloatArray) -> FloatArray:
    """Return (T,) the weights w > 0 with G Gᵀ w = 1 / w; 0 for a gradient of zero.

    >>> nash_weights(np.array([[4.0, 0.0], [0.0, 0.25]])).round(9).tolist()
    [0.5, 2.0]
    """
    weights = np.zeros(len(gram))
    some = moving(gram)
    if some.any():
        weights[some] = _bargain(cosines(gram)[np.ix_(some, some)]) / lengths(gram)[some]
    return weights


def _bargain(alike: FloatArray) -> FloatArray:
    """Return (n,) the b > 0 with C b = 1 / b, for cosines C (n, n)."""
    values, vectors = np.linalg.eigh(alike)
    alike = (vectors * np.maximum(values, _LOWEST)) @ vectors.T  # rounding may turn one negative
    b = np.ones(len(alike))
    last = np.inf
    for _ in range(500):
        gradient = alike @ b - 1 / b
        step = -np.linalg.solve(alike + np.diag(b**-2), gradient)
        decrement = np.sqrt(max(float(-gradient @ step), 0.0))
        if decrement < 1e-3 and decrement >= last:  # as exact as rounding allows
            break
        b = b + step * (1.0 if decrement < 0.25 else 1 / (1 + decrement))
        if decrement < 1e-13:
            break
        last = decrement
    return b


class NashMTL(GradientBalancer):
    """Nash's bargaining solution between the tasks."""

    key = "nash"
    title = "Nash bargaining (Nash-MTL)"
    summary = "The tasks bargain over the step; the product of their gains is the largest."
    equation = r"$\max_d\, \sum_t \log(g_t \cdot d),\quad G\,G^T w = 1/w$"
    reference = "navon2022"
    when_agree = "A step between the directions, whatever the lengths of the gradients."
    when_conflict = "Every task gains; none can be bought by a longer gradient of another."
    doubt = (
        "The step has the same length however close the optimum is, so without a decaying "
        "learning rate, or Adam, it does not settle; for nearly opposite tasks weights explode. "
        "Xin et al. (2022) found no method of this family beyond tuned fixed weights."
    )

    def _weigh(self, losses: FloatArray, gram: FloatArray, tasks: IntArray) -> FloatArray:
        return nash_weights(gram)

r"""IMTL-G: the step that has the same length seen from each task.

With the directions :math:`u_t = g_t / \lVert g_t \rVert`, find the combination
:math:`d = \sum_t w_t g_t` whose projection on all of them is equal:

.. math::
    d \cdot u_1 = d \cdot u_2 = \dots = d \cdot u_T, \qquad \sum_t w_t = 1

With C the cosines of the gradients this is :math:`w_t \propto v_t / \lVert g_t \rVert`, :math:`C
v = 1`. For two tasks it is the bisector of their angle: :math:`w_t \propto 1 / \lVert g_t
\rVert`. How long a gradient is no longer matters for the direction, but weights may be negative.

Reference: Liu et al. (2021b), liu2021b.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.balancing.base import GradientBalancer
from algorithms.balancing.geometry import cosines, lengths, moving

_RANK = 1e-6  # below this share of the largest, an eigenvalue is rounding of single precision
_LARGEST = 1e3  # weights beyond this are no answer: the directions cancel


def imtl_g_weights(gram: FloatArray) -> FloatArray:
    """Return (T,) weights of sum 1 that make the projections on all gradients equal.

    A gradient of zero has no direction and gets weight 0. Where no combination projects equally
    (two opposite gradients), all directions count the same.

    >>> imtl_g_weights(np.array([[4.0, 0.0], [0.0, 1.0]])).round(6).tolist()
    [0.333333, 0.666667]
    """
    weights = np.zeros(len(gram))
    some = moving(gram)
    if not some.any():
        return weights + 1 / len(gram)
    length = lengths(gram)[some]
    nearness = length.min() / length  # so that nothing overflows
    equal = np.linalg.pinv(cosines(gram)[np.ix_(some, some)], rcond=_RANK, hermitian=True).sum(1)
    found = equal * nearness
    if abs(found.sum()) * _LARGEST < np.abs(found).sum() or not found.any():
        found = nearness
    weights[some] = found / found.sum()
    return weights


class IMTLG(GradientBalancer):
    """The combination that projects equally on each task's direction."""

    key = "imtl_g"
    title = "Impartial learning (IMTL-G)"
    summary = "The step that goes equally far in each task's own direction."
    equation = (
        r"$d \cdot \frac{g_1}{\|g_1\|} = \ldots = d \cdot \frac{g_T}{\|g_T\|},\quad \sum_t w_t = 1$"
    )
    reference = "liu2021b"
    when_agree = "The bisector of the angle: a long gradient does not outvote a short one."
    when_conflict = "Still the bisector; the wider the angle, the shorter the step."
    doubt = (
        "With three tasks or more weights can be negative, even so that all losses rise; when "
        "gradients are nearly alike they are ill determined. Kurin et al. (2022) found it no "
        "better than the plain sum once both are tuned alike."
    )

    def _weigh(self, losses: FloatArray, gram: FloatArray, tasks: IntArray) -> FloatArray:
        return imtl_g_weights(gram)

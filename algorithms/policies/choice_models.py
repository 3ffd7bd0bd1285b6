r"""Two small models of choice, fitted by Newton's method: will it happen, and what is chosen.

**Logistic regression** gives the probability that an event of features x brings a reward,

.. math:: P(y = 1 | x) = \sigma(b + \beta^\top x), \qquad
          \min_{b, \beta} -\sum \log P(y | x) + \tfrac{\lambda}{2} \|\beta\|^2

**Conditional logit** gives the probability that of many items one is chosen to be shown,

.. math:: P(i | u) = \frac{\exp(\gamma^\top f_{ui})}{\sum_j \exp(\gamma^\top f_{uj})}

Both are concave with a ridge, so a few Newton steps from zero find the one optimum.

Reference: D. McFadden: Conditional logit analysis of qualitative choice behavior, 1974.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, IntArray

_STEPS = 25
_CLOSE = 1e-8
_CERTAIN = 30.0  # beyond this a probability is 0 or 1 to double precision


def probability(X: FloatArray, coefficients: FloatArray) -> FloatArray:
    """Return (...) σ(b + β·x) for features (..., d) and coefficients (1 + d,), b first."""
    level = np.clip(coefficients[0] + X @ coefficients[1:], -_CERTAIN, _CERTAIN)
    chance: FloatArray = 1 / (1 + np.exp(-level))
    return chance


def fit_logistic(X: FloatArray, y: FloatArray, ridge: float) -> FloatArray:
    """Return (1 + d,) the intercept and the slopes.

    Parameters
    ----------
    X : (n, d) features
    y : (n,) 0 or 1
    ridge : λ on the slopes; the intercept has a thousandth of it, so that labels that are all
        alike give a rate close to 0 or 1, and no infinity

    Examples
    --------
    >>> fit_logistic(np.zeros((4, 1)), np.array([0.0, 0.0, 1.0, 1.0]), 1.0).tolist()
    [0.0, 0.0]
    """
    with_one = np.column_stack([np.ones(len(X)), X])
    penalty = np.full(with_one.shape[1], ridge)
    penalty[0] = ridge / 1000
    coefficients = np.zeros(with_one.shape[1])
    before = np.inf
    for _ in range(_STEPS):
        chance = probability(X, coefficients)
        slope = with_one.T @ (chance - y) + penalty * coefficients
        curve = (with_one * (chance * (1 - chance))[:, None]).T @ with_one + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        longest = float(np.abs(step).max())
        step *= min(1.0, 5.0 / max(longest, 1e-300))  # far from the optimum Newton overshoots
        coefficients = coefficients - step
        if longest < _CLOSE or longest > 2 * before:
            break
        before = longest
    return coefficients


def log_loss(y: FloatArray, chance: FloatArray) -> float:
    """Return the mean negative logarithm of what was said of what happened."""
    said = np.clip(np.where(y > 0, chance, 1 - chance), 1e-12, 1)
    return float(-np.log(said).mean())


def fit_choice(F: FloatArray, chosen: IntArray, possible: BoolArray, ridge: float) -> FloatArray:
    """Return (d,) γ of a conditional logit.

    Parameters
    ----------
    F : (n, k, d) features of k items in each of n choices
    chosen : (n,) column of the item that was chosen, a possible one
    possible : (n, k) what could have been
    ridge : λ on γ
    """
    n, _, d = F.shape
    gamma = np.zeros(d)
    wanted = F[np.arange(n), chosen].sum(axis=0)  # (d,)
    for _ in range(_STEPS):
        chance = choice_probability(F, possible, gamma)  # (n, k)
        mean = np.einsum("nk,nkd->nd", chance, F)
        slope = mean.sum(axis=0) - wanted + ridge * gamma
        spread = np.einsum("nk,nkd,nke->de", chance, F, F, optimize=True) - mean.T @ mean
        step = np.linalg.solve(spread + ridge * np.eye(d), slope)
        longest = float(np.abs(step).max())
        gamma = gamma - step * min(1.0, 2.0 / max(longest, 1e-300))
        if longest < _CLOSE:
            break
    return gamma


def choice_probability(F: FloatArray, possible: BoolArray, gamma: FloatArray) -> FloatArray:
    """Return (n, k) the probability that each item is the one chosen."""
    level = np.where(possible, F @ gamma, -np.inf)
    raised = np.exp(level - level.max(axis=1, keepdims=True))
    chance: FloatArray = raised / raised.sum(axis=1, keepdims=True)
    return chance

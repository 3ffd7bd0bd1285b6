r"""Is a difference real, and is it large enough to care? Two questions, asked together.

*Real*: would other users say the same? A gain :math:`g` with the standard deviation :math:`s` of
its paired bootstrap lies beyond a width :math:`w` with

.. math:: p = 2\,\Phi\left(-\max(|g| - w, 0) / s\right).

*Large enough*: gains within :math:`\pm w` count as none. Such a **region of practical
equivalence** is for a person to choose; at :math:`w = 0` every sure difference counts. With the
95 % interval of the gain the verdict is

* *better* or *worse* where all of it is beyond the width, and the p-value stays below 0.05 after
  Holm's correction;
* *practically equal* where all of it is within the width;
* *cannot tell* otherwise: more users or seeds are needed, not another test.

*Holm*: of twenty comparisons of equals one is "significant" at 5 % by chance. Sorted upwards, the
p-values :math:`p_{(1)} \le \dots \le p_{(m)}` are raised to
:math:`\tilde p_{(i)} = \max_{j \le i} \min(1, (m - j + 1)\, p_{(j)})`; then the chance of even one
false alarm in the whole table stays below 5 %, whatever depends on what. *Practically equal* is
not corrected: it asks for the whole interval, gain by gain.

References: Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian
Journal of Statistics 6(2); Schuirmann (1987) for two one-sided tests of equivalence; Kruschke
(2018), Rejecting or accepting parameter values in Bayesian estimation, AMPPS 1(2), for the region
and its three answers; Efron and Tibshirani (1993), chapter 13, for the normal p-value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import erfc, isfinite, sqrt

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.errors import MtrecError
from algorithms.evaluation.gains import Gain, PairedGains

WIDEST = 50.0  # percent; whoever calls a half as good equal compares nothing


class EquivalenceWidthError(MtrecError, ValueError):
    """A region of practical equivalence that is none."""

    template = (
        "The width of practical equivalence: expected a percentage from 0 to {widest:g}, found "
        "{width:g}. 0 lets every sure difference count."
    )


def p_beyond(gain: Gain, width: float = 0.0) -> float:
    """Return the two-sided p-value of a gain's lying beyond ``width`` percent; NaN without a gain.

    A gain that no resample changes (all users say exactly the same) has 0 beyond the width.
    """
    if not isfinite(gain.percent) or not isfinite(gain.deviation):
        return float("nan")
    beyond = max(abs(gain.percent) - width, 0.0)
    if beyond == 0.0:
        return 1.0
    return erfc(beyond / (gain.deviation * sqrt(2))) if gain.deviation > 0 else 0.0


def holm(p: Sequence[float] | FloatArray) -> FloatArray:
    """Return Holm's corrected p-values.

    Parameters
    ----------
    p : (m,) p-values; NaN where nothing was tested, which does not count and stays NaN

    Returns
    -------
    corrected : (m,) never below ``p``, in the same order, at most 1
    """
    values = np.asarray(p, dtype=np.float64)
    corrected = np.full(len(values), np.nan)
    tested = np.flatnonzero(np.isfinite(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    raised = (len(order) - np.arange(len(order))) * values[order]
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(raised))
    return corrected


def judge(families: Sequence[PairedGains], width: float = 0.0) -> list[PairedGains]:
    """Judge all gains of a table together.

    The family that Holm's correction counts is every verdict that the table shows: each task of
    each model, and each mean over the tasks.

    Parameters
    ----------
    families : the gains of each model over its twin
    width : of the region of practical equivalence, in percent of the twin's value. It is relative
        so that one width can serve NDCG, stars and minutes side by side.

    Returns
    -------
    judged : the same gains, whose verdicts now heed the width and the correction

    Raises
    ------
    EquivalenceWidthError
        Where the width is negative, not finite or absurd.
    """
    if not 0 <= width <= WIDEST:  # NaN neither
        raise EquivalenceWidthError(width=width, widest=WIDEST)
    gains = [gain for family in families for gain in _gains(family)]
    p = [p_beyond(gain, width) for gain in gains]
    judged = iter(
        replace(gain, width=width, p=float(raw), p_holm=float(corrected))
        for gain, raw, corrected in zip(gains, p, holm(p), strict=True)
    )
    return [_with(family, [next(judged) for _ in _gains(family)]) for family in families]


def _gains(family: PairedGains) -> list[Gain]:
    mean = [] if family.mean is None else [family.mean]
    return [entry.gain for entry in family.tasks] + mean


def _with(family: PairedGains, gains: Sequence[Gain]) -> PairedGains:
    """Return a family with its gains, in the order of ``_gains``, replaced."""
    tasks = tuple(
        replace(entry, gain=gain)
        for entry, gain in zip(family.tasks, gains[: len(family.tasks)], strict=True)
    )
    return replace(family, tasks=tasks, mean=None if family.mean is None else gains[-1])

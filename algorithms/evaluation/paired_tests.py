r"""A second witness: for how many users, and how clearly, is one model better? Signed ranks.

A mean can be carried by a few users. Wilcoxon's test looks at every user once: rank the sizes of
the differences :math:`d_u` between two models, give each rank the sign of its difference, and
compare the sums of the ranks for (:math:`W^+`) and against (:math:`W^-`). How large the effect is
says the matched-pairs rank-biserial correlation, from -1 (every user is worse off) to 1:

.. math:: r = \frac{W^+ - W^-}{W^+ + W^- + W^0}

Why not Cohen's :math:`d_z`, the mean over the standard deviation? Differences of NDCG are mostly 0
with a few large ones; a standard deviation of those tells little, and ranks have a plain meaning.

*Users without a difference* are many, since most lists agree. They are treated as Pratt proposed:
ranked with the others, so that they keep the ranks of the rest high, then left out of both sums;
their ranks :math:`W^0` stay in the denominator of :math:`r`, so that an effect on few users is a
small effect. Without zeros and ties and with at most 50 users the p-value is exact, otherwise from
the normal distribution with SciPy's correction for ties.

A user's value counts once here, even where the metric weighs users by their events (RMSE): the two
witnesses may disagree, which is worth knowing.

References: Wilcoxon (1945), Individual comparisons by ranking methods, Biometrics Bulletin 1(6);
Pratt (1959), Remarks on zeros and ties in the Wilcoxon signed rank procedures, JASA 54; Kerby
(2014), The simple difference formula, Comprehensive Psychology 3, for the effect.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.evaluation.columns import Column
from algorithms.evaluation.results import RunResult
from algorithms.evaluation.significance import holm

_EXACT = 50  # users up to which the p-value is counted out, as SciPy does
_SAME = 1e-12  # differences of less are rounding, and count as none


@dataclass(frozen=True, slots=True)
class PairedTest:
    """What signed ranks say of a model against another, better for a user being positive.

    Parameters
    ----------
    n_better, n_worse, n_same : users
    effect : rank-biserial correlation, -1 to 1; NaN without users
    p : two-sided; NaN without users, 1 where no user sees a difference
    p_holm : corrected for all tests of a table; NaN where a test stands alone
    """

    n_better: int
    n_worse: int
    n_same: int
    effect: float
    p: float
    p_holm: float = math.nan

    @property
    def n_users(self) -> int:
        """How many users were compared."""
        return self.n_better + self.n_worse + self.n_same

    @property
    def size(self) -> str:
        """The effect in a word, by the customary limits 0.1, 0.3 and 0.5 for correlations."""
        words = ("negligible", "small", "medium", "large")
        return words[int(np.searchsorted((0.1, 0.3, 0.5), abs(self.effect), side="right"))]


def signed_ranks(differences: FloatArray) -> PairedTest:
    """Test paired differences.

    Parameters
    ----------
    differences : (m,) one per user, positive where the user is better off; NaN is left out
    """
    d = differences[np.isfinite(differences)]
    d = np.where(np.abs(d) < _SAME, 0.0, d)
    n_better, n_worse = int((d > 0).sum()), int((d < 0).sum())
    counts = n_better, n_worse, len(d) - n_better - n_worse
    if not len(d):
        return PairedTest(*counts, effect=math.nan, p=math.nan)
    if not d.any():
        return PairedTest(*counts, effect=0.0, p=1.0)
    from scipy.stats import rankdata, wilcoxon

    sizes = np.abs(d)
    ranks = rankdata(sizes)
    effect = float((np.sign(d) * ranks).sum() / ranks.sum())
    countable = counts[2] == 0 and len(d) <= _EXACT and len(np.unique(sizes)) == len(d)
    p = wilcoxon(d, zero_method="pratt", method="exact" if countable else "asymptotic").pvalue
    return PairedTest(*counts, effect=effect, p=float(p))


def user_differences(
    model: Sequence[RunResult], other: Sequence[RunResult], column: Column
) -> FloatArray:
    """Return (m,) how much better off each user is with ``model``, in the metric's own unit.

    Runs with the same seed are compared on the users that have a value with both; a user judged
    under several seeds counts once, with the mean.
    """
    of_seed = {run.seed: run for run in other}
    users, differences = [], []
    for run in model:
        there = of_seed.get(run.seed)
        ours = run.metric(column.task, column.key)
        theirs = None if there is None else there.metric(column.task, column.key)
        if ours is None or theirs is None:
            continue
        both, here, beside = np.intersect1d(
            ours.users, theirs.users, assume_unique=True, return_indices=True
        )
        difference = ours.per_user[here] - theirs.per_user[beside]
        defined = np.isfinite(difference)
        users.append(both[defined])
        differences.append(difference[defined])
    if not users:
        return np.empty(0)
    names, rows = np.unique(np.concatenate(users), return_inverse=True)
    n = np.bincount(rows, minlength=len(names))
    total: FloatArray = np.bincount(rows, np.concatenate(differences), minlength=len(names)) / n
    return total if column.higher_is_better else -total


def corrected(tests: Sequence[PairedTest]) -> list[PairedTest]:
    """Return the tests of one table with Holm's correction over all of them."""
    p = holm([test.p for test in tests])
    return [replace(test, p_holm=float(value)) for test, value in zip(tests, p, strict=True)]

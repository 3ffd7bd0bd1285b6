r"""What would another split, another fold, another start give? Repeats and their interval.

With :math:`n` repeats of mean :math:`\bar x` and standard deviation :math:`s` the 95 % interval is

.. math:: \bar x \pm t_{n-1,\,0.975} \; s \sqrt{\tfrac{1}{n} + \rho},
    \qquad \rho = \frac{n_\mathrm{test}}{n_\mathrm{train}}

Why :math:`\rho`? Repeats share most of their training data, so they resemble each other more than
independent ones would, and :math:`s / \sqrt{n}` alone claims too much. For k folds
:math:`\rho = 1 / (k - 1)`, if nothing is kept for validation. Methods that draw nothing (last out,
a cut in time) judge every seed on the same split: there :math:`\rho = 0`, and the interval is about
the model's own chance only.

In a k-fold split the seed says which fold judges: seeds *are* folds.

Reference: Nadeau and Bengio (2003), Inference for the generalization error, Machine Learning 52.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.data.split import SplitConfig, SplitMethod


@dataclass(frozen=True, slots=True)
class Repeats:
    """Repeated runs in short.

    Parameters
    ----------
    n : repeats with a value
    mean : NaN without any
    deviation : standard deviation (n - 1), NaN with fewer than two
    low, high : 95 % interval of the mean, NaN with fewer than two
    """

    n: int
    mean: float
    deviation: float
    low: float
    high: float


def summarise(values: Sequence[float] | FloatArray, overlap: float = 0.0) -> Repeats:
    """Summarise one number over seeds or folds.

    Parameters
    ----------
    values : (n,) one per seed; NaN is left out
    overlap : the test-to-training ratio (see ``overlap_of``); 0 for independent repeats
    """
    x = np.asarray(values, dtype=np.float64)
    x = x[np.isfinite(x)]
    n = len(x)
    if n < 2:
        mean = float(x[0]) if n else math.nan
        return Repeats(n, mean, math.nan, math.nan, math.nan)
    from scipy.special import stdtrit  # the quantile of Student's t, without scipy.stats

    mean, deviation = float(x.mean()), float(x.std(ddof=1))
    half = float(stdtrit(n - 1, 0.975)) * deviation * math.sqrt(1 / n + overlap)
    return Repeats(n, mean, deviation, mean - half, mean + half)


def overlap_of(split: SplitConfig) -> float:
    """Return how many test events there are for each event of training, 0 for a fixed split.

    Where each user keeps back a fixed number of events the ratio depends on the data; it is then
    taken as 0, which makes the interval a little too narrow.
    """
    match split.method:
        case SplitMethod.K_FOLD:
            test = 1 / split.n_folds
        case SplitMethod.RANDOM | SplitMethod.RANDOM_BY_USER:
            test = split.test_fraction
        case _:
            return 0.0
    return test / (1 - test - split.validation_fraction)

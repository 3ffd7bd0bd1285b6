r"""What does learning tasks together buy? A model against its single-task twin, task by task.

The twin is the same kind of model with every task learned alone. Per task, with the value
:math:`M` of the task's main metric and :math:`s = +1` where higher is better, :math:`-1` where
lower is better, the gain in percent and its mean over the :math:`T` tasks are

.. math::

    g_t = 100 \, s_t \, \frac{M_t - M_t^{\mathrm{twin}}}{|M_t^{\mathrm{twin}}|},
    \qquad \Delta_m = \frac{1}{T} \sum_t g_t

Publications use both signs for :math:`\Delta_m`; here **higher is better**. A gain that is
surely negative is *negative transfer*: the other tasks did harm.

Surely means by a paired bootstrap: both models are judged on the same users, so the same users
are drawn for both (and for all seeds and tasks), which cancels what makes some users easier than
others. Where the 95 % interval of the gain contains 0, these users cannot tell. ``significance``
judges all gains of a table together.

References: Maninis, Radosavovic, Kokkinos (2019), Attentive single-tasking of multiple tasks,
CVPR, for the mean gain; Efron and Tibshirani (1993) for the bootstrap; Wang, Dai, Póczos,
Carbonell (2019), Characterizing and avoiding negative transfer, CVPR.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.evaluation.columns import Column
from algorithms.evaluation.intervals import bootstrap_totals, percentile_interval
from algorithms.evaluation.multitask import gains as gains_of
from algorithms.evaluation.results import MetricResult, RunResult
from algorithms.metrics import EventMetric, find_metric
from algorithms.metrics.sums import ratio, root_of_ratio

SIGNIFICANT = 0.05


class Verdict(StrEnum):
    """What the judged users say of a model against its twin."""

    BETTER = "better"
    WORSE = "worse"
    PRACTICALLY_EQUAL = "practically equal"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Gain:
    """A gain in percent, higher is better, with its paired 95 % interval.

    Parameters
    ----------
    percent : NaN where the twin's value is 0 or either is undefined
    low, high : paired bootstrap over users
    deviation : standard deviation of that bootstrap, in percent
    width : gains within it, up and down, count as none (see ``significance``)
    p, p_holm : of a gain beyond the width, alone and corrected for all verdicts of a table; NaN
        where a gain stands alone
    """

    percent: float
    low: float
    high: float
    deviation: float = math.nan
    width: float = 0.0
    p: float = math.nan
    p_holm: float = math.nan

    @property
    def verdict(self) -> Verdict:
        """What the interval says against the width, and Holm's correction where there is one."""
        if not self.p_holm >= SIGNIFICANT:  # NaN: nothing to correct for
            if self.low > self.width:
                return Verdict.BETTER
            if self.high < -self.width:
                return Verdict.WORSE
        if self.width > 0 and -self.width <= self.low and self.high <= self.width:
            return Verdict.PRACTICALLY_EQUAL
        return Verdict.CANNOT_TELL


@dataclass(frozen=True, slots=True)
class TaskGain:
    """The gain of one task.

    Parameters
    ----------
    column : task and metric
    gain : in percent, higher is better
    n_users : users that both models were judged on, in any seed
    """

    column: Column
    gain: Gain
    n_users: int


@dataclass(frozen=True, slots=True)
class PairedGains:
    """The gains of a model over its twin.

    Parameters
    ----------
    tasks : one entry per column that both models have
    mean : the mean gain over these, Δm, NaN where one of them is; None without any
    seeds : the seeds that both models were run with
    """

    tasks: tuple[TaskGain, ...]
    mean: Gain | None
    seeds: tuple[int, ...]

    def of(self, verdict: Verdict) -> list[str]:
        """Return the names of the tasks with a verdict."""
        return [entry.column.task for entry in self.tasks if entry.gain.verdict is verdict]


def paired_gains(
    model: Sequence[RunResult],
    twin: Sequence[RunResult],
    columns: Sequence[Column],
    rng: np.random.Generator,
) -> PairedGains:
    """Compare two models user by user.

    Parameters
    ----------
    model, twin : runs of the two models; those with the same seed are compared
    columns : what to compare them by
    rng : draws the users of the bootstrap
    """
    of_seed = {run.seed: run for run in twin}
    pairs = [(run, of_seed[run.seed]) for run in model if run.seed in of_seed]
    compared = [found for column in columns if (found := _both(column, pairs))]
    seeds = tuple(run.seed for run, _ in pairs)
    if not compared:
        return PairedGains((), None, seeds)

    users = np.unique(np.concatenate([r.users for both in compared for r in both.results]))
    blocks = [
        np.concatenate([_sums(r, both.combine, users) for r in both.results], axis=1)
        for both in compared
    ]  # each (m, 4 n_seeds): model and twin of the first seed, of the second, ...
    sums = np.concatenate(blocks, axis=1)
    totals = np.concatenate([sums.sum(axis=0)[None, :], bootstrap_totals(sums, rng)])

    entries, gains = [], []
    stop = 0
    for both, block in zip(compared, blocks, strict=True):
        start, stop = stop, stop + block.shape[1]
        gain = _gains(both, totals[:, start:stop])
        gains.append(gain)
        judged = (block[:, 1::2] > 0).any(axis=1)
        entries.append(TaskGain(both.column, _summary(gain), int(judged.sum())))
    return PairedGains(tuple(entries), _summary(np.mean(gains, axis=0)), seeds)


@dataclass(frozen=True, eq=False)
class _Both:
    """The results of both models in one column: model and twin, seed by seed."""

    column: Column
    results: tuple[MetricResult, ...]
    combine: Callable[[FloatArray], FloatArray]


def _both(column: Column, pairs: Sequence[tuple[RunResult, RunResult]]) -> _Both | None:
    results: list[MetricResult] = []
    for pair in pairs:
        found = [run.metric(column.task, column.key) for run in pair]
        defined = [r for r in found if r is not None and np.isfinite(r.value)]
        if len(defined) == 2:
            results += defined
    if not results:
        return None
    metric = find_metric(column.metric)
    combine: Callable[[FloatArray], FloatArray] = ratio  # a mean of the users' values
    if isinstance(metric, EventMetric) and all(r.weights is not None for r in results):
        combine = metric.combine  # as over all events
    return _Both(column, tuple(results), combine)


def _sums(
    result: MetricResult, combine: Callable[[FloatArray], FloatArray], users: IntArray
) -> FloatArray:
    """Return (m, 2) the numerators and denominators of ``users`` (m,), 0 for one not judged."""
    defined = np.isfinite(result.per_user).astype(np.float64)
    weight = defined if result.weights is None else result.weights
    value = np.nan_to_num(result.per_user)
    sums = np.zeros((len(users), 2))
    rows = np.searchsorted(users, result.users)
    sums[rows, 0] = weight * (value**2 if combine is root_of_ratio else value)
    sums[rows, 1] = weight
    return sums


def _gains(both: _Both, totals: FloatArray) -> FloatArray:
    """Return (b,) the gain in percent for each row of totals (b, 4 n_seeds)."""
    values = both.combine(totals.reshape(len(totals), -1, 2, 2)).mean(axis=1)  # (b, 2)
    found = gains_of(values[:, :1], values[:, 1:], [both.column.higher_is_better])
    return found[:, 0]


def _summary(gain: FloatArray) -> Gain:
    low, high = percentile_interval(gain[1:])
    drawn = gain[1:][np.isfinite(gain[1:])]
    deviation = float(drawn.std(ddof=1)) if math.isfinite(low) and len(drawn) > 1 else math.nan
    return Gain(float(gain[0]), low, high, deviation)

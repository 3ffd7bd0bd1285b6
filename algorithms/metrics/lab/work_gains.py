r"""Δm, the mean gain of learning tasks together, with the numbers of an example in it.

Per task, how much better is the model that learnt all tasks than the task's own model, in percent
of the latter? Where lower is better the difference is turned round, so that a gain is always
positive; the mean over the :math:`T` tasks is

.. math:: \Delta_m = \frac{100}{T} \sum_t s_t \, \frac{M_t - M_t^{\mathrm{single}}}
          {|M_t^{\mathrm{single}}|}

with :math:`s_t = -1` where lower is better, else 1. Publications use both signs for
:math:`\Delta_m`; here higher is better.

Reference: Maninis, Radosavovic, Kokkinos (2019), Attentive single-tasking of multiple tasks, CVPR.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.messages import Message
from algorithms.metrics.lab.examples import TaskGains
from algorithms.metrics.lab.worked import Part, Worked, equals, number, term

GAIN = "delta_m"

ZERO_TWIN = Message(
    "The single-task value of “{task}” is 0, and of 0 nothing is a percentage: the task has no "
    "gain, and so there is no mean."
)


def task_gains(example: TaskGains) -> FloatArray:
    """Return (t,) each task's gain in percent, higher is better; NaN where its own model has 0.

    Examples
    --------
    >>> task_gains(TaskGains(("click", "stars"), (0.5, 1.0), (0.55, 0.75), (True, False))).round(9)
    array([10., 25.])
    """
    single, multi = np.array(example.single), np.array(example.multi)
    difference = np.where(example.higher_is_better, multi - single, single - multi)
    gains = np.full(len(single), np.nan)
    np.divide(100 * difference, np.abs(single), out=gains, where=single != 0)
    return gains


def work_gain(example: TaskGains, drop: bool = False) -> Worked:
    """Work out the mean gain, or with ``drop`` the mean drop, the same with the other sign."""
    columns = zip(example.single, example.multi, example.higher_is_better, strict=True)
    steps = tuple(
        term(_gain(single, multi, higher), [row], Part.LINE)
        for row, (single, multi, higher) in enumerate(columns)
    )
    sign, minus = (-1, "-") if drop else (1, "")
    value = sign * float(task_gains(example).mean())
    total = " + ".join(step.mathtext[1:-1] for step in steps)
    text = rf"$\Delta_m = {minus}\frac{{100}}{{{len(example)}}} \cdot ({total}) {equals(value, 2)}$"
    zero = [task for task, single in zip(example.tasks, example.single, strict=True) if single == 0]
    undefined = Message(ZERO_TWIN.template, {"task": zero[0]}) if zero else None
    return Worked(GAIN, value, text, steps, undefined)


def _gain(single: float, multi: float, higher_is_better: bool) -> str:
    better, worse = (multi, single) if higher_is_better else (single, multi)
    less = number(worse) if worse >= 0 else f"({number(worse)})"
    return rf"\frac{{{number(better)} - {less}}}{{{number(abs(single))}}}"

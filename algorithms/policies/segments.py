"""Segments: users who are alike enough to be treated alike, and what is known of each.

A policy that decides for each user alone has too little to learn from; one that decides for all
alike misses that they differ. In between stand a few segments: users are ordered by how much they
did (activity) or by how readily they say yes (appetite), and cut into parts of equal size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from algorithms.arrays import FloatArray, IntArray

SegmentBy = Literal["activity", "appetite"]
_PRIOR = 10.0  # events of average appetite that every user is given


@dataclass(frozen=True, eq=False)
class Segments:
    """Which user is of which segment.

    Parameters
    ----------
    of_user : (n_users,)
    names : what a person reads
    features : (n_users, 3) a constant, activity and appetite, the last two standardised
    """

    of_user: IntArray
    names: tuple[str, ...]
    features: FloatArray


def make_segments(
    users: IntArray, rewarded: FloatArray, n_users: int, n_segments: int, by: SegmentBy
) -> Segments:
    """Cut the users into parts of about equal size.

    Parameters
    ----------
    users : (n,) whose event
    rewarded : (n,) share of the tasks that it rewarded
    n_users : number of users; those without events count as of no activity, average appetite
    n_segments : how many parts; fewer where many users are alike
    by : what orders them
    """
    activity = np.bincount(users, minlength=n_users).astype(np.float64)
    average = float(rewarded.mean()) if len(rewarded) else 0.0
    yes = np.bincount(users, rewarded, minlength=n_users)
    appetite = (yes + _PRIOR * average) / (activity + _PRIOR)
    measure = activity if by == "activity" else appetite
    active = measure[activity > 0] if (activity > 0).any() else measure
    cuts = np.unique(np.quantile(active, np.arange(1, n_segments) / n_segments))
    codes = np.searchsorted(cuts, measure, side="left")
    kept, of_user = np.unique(codes, return_inverse=True)
    names = tuple(_name(measure[codes == code], by) for code in kept)
    columns = [np.ones(n_users), _standardised(np.log1p(activity)), _standardised(appetite)]
    return Segments(of_user.astype(np.int64), names, np.column_stack(columns))


def _name(values: FloatArray, by: SegmentBy) -> str:
    low, high = values.min(), values.max()
    if by == "activity":
        return f"{low:.0f} to {high:.0f} events"
    return f"appetite {low:.3f} to {high:.3f}"


def _standardised(values: FloatArray) -> FloatArray:
    spread = values.std()
    scaled: FloatArray = (values - values.mean()) / (spread if spread > 0 else 1.0)
    return scaled

r"""Who is alike: similarities between users (or items), from what both rated.

Two users are alike where they gave the same items similar ratings; two items where the same users
gave them similar ratings. Below x and x' are two users and y runs over the items that both rated,
or the other way round:

.. math::
    \text{msd} &= \frac{1}{1 + \frac1n \sum_y (r_{xy} - r_{x'y})^2}, \qquad
    \text{cosine} = \frac{\sum_y r_{xy} r_{x'y}}{\sqrt{\sum_y r_{xy}^2 \sum_y r_{x'y}^2}} \\
    \text{pearson} &= \text{cosine of } r_{xy} - \bar r_x \text{ (means over the common y)} \\
    \text{pearson\_baseline} &= \frac{n - 1}{n - 1 + \text{shrinkage}} \cdot
        \text{cosine of } r_{xy} - b_{xy}

with the *baseline* estimates :math:`b_{xy} = \mu + b_x + b_y`, and n the number of common y. Below
``min_support`` common y a similarity is 0.

The library makes all pairs at once, in three to seven tables of n² numbers (1 to 2 GB for six
thousand users), and a project would have to keep one of them. Here a row of the table is made when
somebody asks for it, from the ratings that the log keeps anyway. Sums run in the library's order,
so that the numbers are the same. Where the library would divide by zero (all common ratings are
zero) a similarity is 0.

References
----------
J. Herlocker, J. Konstan, J. Riedl: An empirical analysis of design choices in neighborhood-based
collaborative filtering algorithms, Information Retrieval 5, 2002; Y. Koren, TKDD 4(1), 2010,
section 2.2 (shrinkage).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray, group_rows
from algorithms.models.surprise_ratings import Ratings

Measure = Literal["msd", "cosine", "pearson", "pearson_baseline"]


@dataclass(frozen=True, eq=False)
class Side:
    """The ratings of a task, seen from the users (x are users, y items) or from the items.

    Parameters
    ----------
    x, y : (n,) inner ids, in the library's order within each y
    values : (n,) ratings
    n_x, n_y : how many there are
    """

    x: IntArray
    y: IntArray
    values: FloatArray
    n_x: int
    n_y: int

    @classmethod
    def of(cls, ratings: Ratings, user_based: bool) -> Side:
        """Return the ratings seen from one side."""
        users, items = ratings.users, ratings.items
        x, y = (users, items) if user_based else (items, users)
        n_x, n_y = ratings.n_users, ratings.n_items
        if not user_based:
            n_x, n_y = n_y, n_x
        order = np.argsort(y, kind="stable")
        return cls(x[order], y[order], ratings.values[order], n_x, n_y)

    @cached_property
    def _of_y(self) -> IntArray:
        return group_rows(self.y.astype(np.int32), self.n_y)[
            0
        ]  # (n_y + 1,) where the rows of each y begin

    @cached_property
    def _of_x(self) -> tuple[IntArray, IntArray]:
        return group_rows(self.x.astype(np.int32), self.n_x)

    def rows_of_x(self, x: int) -> IntArray:
        """Return the rows of one x, by ascending y."""
        offsets, rows = self._of_x
        return rows[offsets[x] : offsets[x + 1]]

    def rows_of_y(self, ys: IntArray) -> tuple[IntArray, IntArray]:
        """Return the rows of some y (m,), and to which place of ``ys`` each belongs."""
        starts, stops = self._of_y[ys], self._of_y[ys + 1]
        lengths = stops - starts
        place = np.repeat(np.arange(len(ys)), lengths)  # (n_rows,)
        first = np.cumsum(lengths) - lengths
        return np.arange(len(place)) + (starts - first)[place], place

    def common(self, x: int) -> Common:
        """Return all that x has in common with others (and with itself)."""
        mine = self.rows_of_x(x)
        rows, place = self.rows_of_y(self.y[mine])
        return Common(
            self.x[rows], self.y[rows], self.values[mine][place], self.values[rows], self.n_x
        )


@dataclass(frozen=True, eq=False)
class Common:
    """Pairs of ratings that one x and another gave the same y, by ascending y.

    Parameters
    ----------
    others, ys : (n,) the other x, and the y that both rated
    mine, theirs : (n,) the two ratings
    n_x : how many x there are
    """

    others: IntArray
    ys: IntArray
    mine: FloatArray
    theirs: FloatArray
    n_x: int

    @cached_property
    def n(self) -> IntArray:
        """(n_x,) how many y each other x has in common."""
        counts: IntArray = np.bincount(self.others, minlength=self.n_x)
        return counts

    def total(self, values: FloatArray) -> FloatArray:
        """Return (n_x,) the sums of values (n,) over the common y of each other x."""
        return np.bincount(self.others, values, self.n_x).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Baselines:
    """Mean and biases by inner id; zeros where a model needs none."""

    mean: float
    b_x: FloatArray  # (n_x,)
    b_y: FloatArray  # (n_y,)


def _msd(common: Common) -> FloatArray:
    squares = common.total((common.mine - common.theirs) ** 2)
    return 1.0 / (_ratio(squares, common.n) + 1.0)


def _cosine(common: Common) -> FloatArray:
    return _cosine_of(common, common.mine, common.theirs)


def _pearson(common: Common) -> FloatArray:
    a, b, n = common.mine, common.theirs, common.n
    sum_a, sum_b = common.total(a), common.total(b)
    above = n * common.total(a * b) - sum_a * sum_b
    below = (n * common.total(a**2) - sum_a**2) * (n * common.total(b**2) - sum_b**2)
    return _ratio(above, np.sqrt(np.maximum(below, 0.0)))


def _cosine_of(common: Common, a: FloatArray, b: FloatArray) -> FloatArray:
    return _ratio(common.total(a * b), np.sqrt(common.total(a**2) * common.total(b**2)))


def _ratio(above: FloatArray, below: AnyArray) -> FloatArray:
    return np.divide(above, below, out=np.zeros(len(above)), where=below != 0)


_PLAIN: dict[str, Callable[[Common], FloatArray]] = {
    "msd": _msd,
    "cosine": _cosine,
    "pearson": _pearson,
}


def similarities(
    side: Side,
    x: int,
    measure: Measure,
    min_support: int,
    shrinkage: float,
    baselines: Baselines,
) -> FloatArray:
    """Return (n_x,) how alike x and each other x are; 1 for x itself.

    ``shrinkage`` and ``baselines`` belong to ``pearson_baseline`` alone.
    """
    common = side.common(x)
    if measure == "pearson_baseline":
        partial: FloatArray = baselines.mean + baselines.b_y[common.ys]  # (n,)
        a: FloatArray = common.mine - (partial + baselines.b_x[x])
        b: FloatArray = common.theirs - (partial + baselines.b_x[common.others])
        alike = _cosine_of(common, a, b)
        beyond_one: FloatArray = common.n.astype(np.float64) - 1.0
        alike *= _ratio(beyond_one, beyond_one + shrinkage)
        min_support = max(2, min_support)  # of one common y the coefficient says nothing
    else:
        alike = _PLAIN[measure](common)
    alike[common.n < min_support] = 0.0
    alike[x] = 1.0
    return alike


def known_by_x(x: IntArray, y: IntArray) -> list[tuple[int, IntArray]]:
    """Group pairs (n,) by x, without those of which x or y is unknown (-1).

    Returns
    -------
    groups : each x and the positions of its pairs
    """
    known = np.flatnonzero((x >= 0) & (y >= 0))
    known = known[np.argsort(x[known], kind="stable")]
    found, starts = np.unique(x[known], return_index=True)
    bounds = [*starts.tolist(), len(known)]
    return [(int(each), known[bounds[n] : bounds[n + 1]]) for n, each in enumerate(found)]

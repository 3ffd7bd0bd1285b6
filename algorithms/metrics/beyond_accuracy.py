r"""What lists do besides being right: whom and what they reach, how varied, how new they are.

A model that shows everybody the same ten best sellers can have many hits and be of little use:
nobody learns anything, most items are never shown, all lists look alike. These metrics look at
the items in the first :math:`k` places themselves, against what was known before: with
:math:`s_i` the share of the training users who met item :math:`i`, and :math:`c_i` its category,

.. math::

    \mathrm{Novelty} = -\frac{1}{n} \sum_{i} \log_2 s_i, \quad
    \mathrm{Popularity} = \frac{1}{n} \sum_{i} s_i, \quad
    \mathrm{Diversity} = \frac{2}{n (n - 1)} \sum_{i < j} [c_i \neq c_j]

over the :math:`n` items of a user's list. Empty places count for nothing, and a list without an
item has no value (NaN). ``item_coverage`` and ``gini`` are about all lists together, and return
one number instead of one for each user.

References: Vargas and Castells (2011), Rank and relevance in novelty and diversity metrics for
recommender systems, RecSys; Ge, Delgado-Battenfeld and Jannach (2010), Beyond accuracy, RecSys;
Steck (2018), Calibrated recommendations, RecSys; Ziegler et al. (2005), Improving recommendation
lists through topic diversification, WWW.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, FloatArray, IntArray
from algorithms.metrics.ranking import check_k
from algorithms.metrics.shown import ShownLists, show_rows
from algorithms.metrics.sums import ratio

__all__ = [
    "SMOOTHING",
    "diversity_at_k",
    "gini_at_k",
    "item_coverage_at_k",
    "miscalibration_at_k",
    "novelty_at_k",
    "popularity_at_k",
    "serendipity_at_k",
    "show_rows",
    "user_coverage_at_k",
]

SMOOTHING = 0.01  # share of the history that Steck mixes into a list, so that no category is 0


def item_coverage_at_k(shown: ShownLists, k: int) -> FloatArray:
    """Return () the share of all candidates that stand in the first k places of some list.

    NaN without candidates.

    Raises
    ------
    MetricInputError
        Where k is below 1 or above the width of the lists.

    Examples
    --------
    >>> shown = show_rows([[7, 3], [7, 5]], candidates=[3, 5, 7, 9])
    >>> float(item_coverage_at_k(shown, 1)), float(item_coverage_at_k(shown, 2))
    (0.25, 0.75)
    """
    counts = _exposure(shown, k)
    return ratio(np.array([np.count_nonzero(counts), len(counts)], dtype=np.float64))


def user_coverage_at_k(shown: ShownLists, k: int) -> FloatArray:
    """Return (m,) 1 where a user's first k places hold an item, 0 where they hold none.

    Errors as for ``item_coverage_at_k``.

    Examples
    --------
    >>> user_coverage_at_k(show_rows([[7, 3], [-1, -1]], candidates=[3, 7]), 2).tolist()
    [1.0, 0.0]
    """
    return np.asarray(_first(shown, k)[1].any(axis=1), dtype=np.float64)


def novelty_at_k(shown: ShownLists, k: int) -> FloatArray:
    """Return (m,) the mean self-information of the listed items, in bits.

    An item that half of the users met tells 1 bit, one that a quarter met 2. One that nobody
    met is treated as if one user had, or it would be infinitely new.
    NaN for an empty list; errors as for ``item_coverage_at_k``.

    Examples
    --------
    >>> shown = show_rows([[0, 1]], candidates=[0, 1], n_meetings=[4, 1], n_users=8)
    >>> novelty_at_k(shown, 2).tolist()
    [2.0]
    """
    around = shown.surroundings
    met = np.maximum(around.n_meetings, 1)
    bits = np.log2(max(around.n_users, 1)) - np.log2(met)  # (n_items,)
    return _mean(shown, k, bits)


def popularity_at_k(shown: ShownLists, k: int) -> FloatArray:
    """Return (m,) the mean share of training users who met the listed items.

    NaN for an empty list; errors as for ``item_coverage_at_k``.

    Examples
    --------
    >>> shown = show_rows([[0, 1]], candidates=[0, 1], n_meetings=[4, 1], n_users=8)
    >>> popularity_at_k(shown, 2).tolist()
    [0.3125]
    """
    around = shown.surroundings
    return _mean(shown, k, around.n_meetings / max(around.n_users, 1))


def gini_at_k(shown: ShownLists, k: int) -> FloatArray:
    r"""Return () how unequally the first k places are shared out among the candidates.

    With :math:`x_1 \leq \dots \leq x_c` the number of lists that each candidate stands in,

    .. math:: G = \frac{\sum_j (2 j - c - 1) \, x_j}{c \sum_j x_j}

    which is 0 where each is shown as often as any other, and nearly 1 where one fills all lists.
    NaN where nothing is shown; errors as for ``item_coverage_at_k``.

    Examples
    --------
    >>> float(gini_at_k(show_rows([[7, 3], [7, 5]], candidates=[3, 5, 7, 9]), 1))
    0.75
    """
    counts = np.sort(_exposure(shown, k))
    n = len(counts)
    unequal = (2 * np.arange(1, n + 1) - n - 1) @ counts
    return ratio(np.array([unequal, n * counts.sum()], dtype=np.float64))


def diversity_at_k(shown: ShownLists, k: int) -> FloatArray:
    """Return (m,) the share of pairs of listed items that are of different categories.

    Items without a category are left out; NaN where fewer than two items are left. Errors as
    for ``item_coverage_at_k``.

    Examples
    --------
    >>> shown = show_rows([[0, 1, 2]], candidates=[0, 1, 2], categories=[0, 0, 1])
    >>> diversity_at_k(shown, 3).round(4).tolist()
    [0.6667]
    """
    rows, categories = _listed_categories(shown, k)
    width = shown.surroundings.n_categories
    keys, counts = np.unique(rows * width + categories, return_counts=True)
    m = len(shown.items)
    alike = np.bincount(keys // width, counts * (counts - 1), m) if len(keys) else np.zeros(m)
    n = np.bincount(rows, minlength=m)
    pairs = n * (n - 1)
    return ratio(np.stack([pairs - alike, pairs], axis=1))


def miscalibration_at_k(shown: ShownLists, k: int, smoothing: float = SMOOTHING) -> FloatArray:
    r"""Return (m,) how far the categories of a list are from those of the user's history.

    With :math:`p_c` the share of category c among the items the user had met, and :math:`q_c`
    its share in the list,

    .. math:: \mathrm{KL} = \sum_c p_c \ln \frac{p_c}{(1 - \alpha) \, q_c + \alpha \, p_c}

    0 where the shares are the same, :math:`-\ln \alpha` where the list has none of the user's
    categories. Items without a category are left out.
    NaN where the history or the list has no item with a category; errors as for
    ``item_coverage_at_k``.

    Examples
    --------
    >>> shown = show_rows(
    ...     [[0, 1]], candidates=[0, 1, 2, 3], categories=[0, 0, 0, 1], met=[[2, 3]]
    ... )
    >>> miscalibration_at_k(shown, 2).round(4).tolist()
    [1.9585]
    """
    around = shown.surroundings
    width = around.n_categories
    listed_rows, listed_categories = _listed_categories(shown, k)
    m = len(shown.items)
    met_rows = np.repeat(np.arange(m), np.diff(around.met_offsets))
    met_categories = around.categories[around.met]
    known = met_categories >= 0
    met_rows = met_rows[known]
    keys, counts = np.unique(met_rows * width + met_categories[known], return_counts=True)
    rows = keys // width if width else keys
    n_met = np.bincount(met_rows, minlength=m)
    n_listed = np.bincount(listed_rows, minlength=m)
    p = counts / n_met[rows]
    there, times = np.unique(listed_rows * width + listed_categories, return_counts=True)
    q = _look_up(keys, there, times) / np.maximum(n_listed, 1)[rows]
    terms = p * np.log(p / ((1 - smoothing) * q + smoothing * p))
    distance = np.bincount(rows, terms, m) if len(rows) else np.zeros(m)
    # rounding may leave a hair below the 0 of equal shares
    return np.where((n_met > 0) & (n_listed > 0), np.maximum(distance, 0.0), np.nan)


def serendipity_at_k(shown: ShownLists, k: int) -> FloatArray:
    """Return (m,) the share of the first k places that hold a relevant item nobody expected.

    Expected are the k most popular candidates that the user had not met: what a list of best
    sellers would show.
    NaN for a user without a relevant item; errors as for ``item_coverage_at_k``.

    Examples
    --------
    >>> shown = show_rows([[0, 2]], [[0, 2]], candidates=[0, 1, 2], n_meetings=[9, 5, 1])
    >>> serendipity_at_k(shown, 2).tolist()  # 0 and 1 are expected
    [0.5]
    """
    check_k(shown.judged, k)
    hits = shown.judged.hits[:, :k]
    row, place = np.nonzero(hits)
    unexpected = ~_is_expected(shown, row, shown.items[row, place], k)
    n = np.bincount(row, unexpected, len(hits)) if len(row) else np.zeros(len(hits))
    return np.where(shown.judged.n_relevant > 0, n / k, np.nan)


def _is_expected(shown: ShownLists, rows: IntArray, items: IntArray, k: int) -> BoolArray:
    """Return (h,) whether items (h,) are among the k most popular that users (h,) had not met."""
    around = shown.surroundings
    width = len(around.n_meetings) + 1
    ranked = around.candidates[
        np.lexsort((around.candidates, -around.n_meetings[around.candidates]))
    ]
    rank = np.full(len(around.n_meetings), width - 1)  # no candidate: behind all
    rank[ranked] = np.arange(len(ranked))
    owner = np.repeat(np.arange(len(shown.items)), np.diff(around.met_offsets))
    met = np.sort(owner * width + rank[around.met])
    n_met_above = np.searchsorted(met, rows * width + rank[items]) - np.searchsorted(
        met, rows * width
    )
    expected: BoolArray = rank[items] - n_met_above < k
    return expected


def _first(shown: ShownLists, k: int) -> tuple[IntArray, BoolArray]:
    """Return the first k places (m, k), and which of them hold an item."""
    check_k(shown.judged, k)
    items = shown.items[:, :k]
    return items, items >= 0


def _mean(shown: ShownLists, k: int, values: FloatArray) -> FloatArray:
    """Return (m,) the mean over each user's listed items of values (n_items,)."""
    items, filled = _first(shown, k)
    if not len(values):
        return np.full(len(items), np.nan)
    sums = np.where(filled, values[items], 0.0).sum(axis=1)
    return ratio(np.stack([sums, filled.sum(axis=1)], axis=1))


def _exposure(shown: ShownLists, k: int) -> IntArray:
    """Return (c,) in how many lists each candidate stands."""
    items, filled = _first(shown, k)
    around = shown.surroundings
    counts = np.bincount(items[filled], minlength=len(around.n_meetings))
    return counts[around.candidates]


def _listed_categories(shown: ShownLists, k: int) -> tuple[IntArray, IntArray]:
    """Return the row and the category of each listed item that has one."""
    items, filled = _first(shown, k)
    rows = np.nonzero(filled)[0]
    categories = shown.surroundings.categories[items[filled]]
    known = categories >= 0
    return rows[known], categories[known]


def _look_up(keys: AnyArray, there: AnyArray, values: AnyArray) -> AnyArray:
    """Return (n,) the values of keys (n,) in a sorted table, 0 where they are not in it."""
    if not len(there):
        return np.zeros(len(keys), dtype=np.int64)
    place = np.minimum(np.searchsorted(there, keys), len(there) - 1)
    return np.where(there[place] == keys, values[place], 0)

r"""Who is active, what is popular, and when: the shape that every recommender has to live with.

**Long tail.** Few items gather most events. Sort the :math:`n` items by their events
:math:`x_1 \ge x_2 \ge \dots`; the curve gives, for the first share of the items, the share of all
events that falls on them. The Gini coefficient says in one number how far the curve is from equal
shares: 0 where all items have the same number of events, near 1 where one item has nearly all,

.. math:: G = \frac{2 \sum_{i=1}^n i\, x_{(i)}}{n \sum_i x_i} - \frac{n + 1}{n}

with :math:`x_{(i)}` in ascending order (C. Gini, "Variabilità e mutabilità", 1912).

**Heat map.** The user-by-item matrix with users and items sorted by activity, gathered into
pixels: the bright corner is where most is known, the dark rest is what has to be predicted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IndexArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.description.counting import tally

N_POINTS = 201  # of the long-tail curve
HOUR, DAY, WEEK = 3600, 86_400, 7 * 86_400
MOST_BINS = 120


@dataclass(frozen=True, eq=False)
class LongTail:
    """How unequally events are spread over items (or users).

    Parameters
    ----------
    n : items with at least one event; those without are not in the curve
    share : (n_points,) share of the items, most popular first, 0 to 1
    events : (n_points,) share of the events that falls on them
    gini : 0 for equal shares, towards 1 for all events on one item; NaN without events
    top_tenth : share of the events that falls on the most popular tenth
    """

    n: int
    share: FloatArray
    events: FloatArray
    gini: float
    top_tenth: float


def long_tail(owners: IndexArray) -> LongTail:
    """Describe how events are spread over their owners.

    Parameters
    ----------
    owners : (n_events,) the item (or the user) of each event
    """
    counts = np.sort(tally(owners, int(owners.max(initial=-1)) + 1))
    counts = counts[counts > 0].astype(np.float64)  # ascending
    n = len(counts)
    if n == 0:
        return LongTail(0, np.zeros(0), np.zeros(0), np.nan, np.nan)
    total = counts.sum()
    gini = 2 * float((np.arange(1, n + 1) * counts).sum()) / (n * total) - (n + 1) / n
    running = np.concatenate([[0.0], np.cumsum(counts[::-1])]) / total  # (n + 1,)
    places = np.linspace(0, n, N_POINTS) if n >= N_POINTS else np.arange(n + 1.0)
    events = np.interp(places, np.arange(n + 1), running)
    tenth = float(np.interp(0.1 * n, np.arange(n + 1), running))
    return LongTail(n, places / n, events, gini, tenth)


@dataclass(frozen=True, eq=False)
class HeatMap:
    """The user-by-item matrix in pixels, the most active users on top, popular items at the left.

    Parameters
    ----------
    events_per_pair : (n_rows, n_columns) events in a pixel divided by its user-item pairs
    n_users, n_items : with at least one event; those without are not in the picture
    """

    events_per_pair: FloatArray
    n_users: int
    n_items: int


def heat_map(log: InteractionLog, n_rows: int = 120, n_columns: int = 180) -> HeatMap:
    """Gather the events of a log into at most ``n_rows`` times ``n_columns`` pixels."""
    row_of, users_in = _pixels(log.users, log.n_users, n_rows)
    column_of, items_in = _pixels(log.items, log.n_items, n_columns)
    n_rows, n_columns = len(users_in), len(items_in)
    pixels = row_of[log.users] * n_columns + column_of[log.items]
    events = tally(pixels, n_rows * n_columns).reshape(n_rows, n_columns)
    return HeatMap(events / np.outer(users_in, items_in), int(users_in.sum()), int(items_in.sum()))


def _pixels(owners: IndexArray, n: int, n_pixels: int) -> tuple[IntArray, IntArray]:
    """Return (n,) the pixel of each owner, most active first, and (n_pixels,) owners in each."""
    counts = tally(owners, n)
    n_met = int(np.count_nonzero(counts))
    n_pixels = min(n_pixels, n_met)
    order = np.argsort(-counts, kind="stable")[:n_met]
    pixels = np.zeros(n, dtype=np.int64)
    pixels[order] = np.arange(n_met) * n_pixels // max(n_met, 1)
    return pixels, np.bincount(pixels[order], minlength=n_pixels)


@dataclass(frozen=True, eq=False)
class ActivityOverTime:
    """Events in each stretch of time.

    Parameters
    ----------
    unit : hour, day, week, month or year
    starts : (n_bins,) datetime64[s], the beginning of each stretch (UTC)
    counts : (n_bins,) events in it
    """

    unit: str
    starts: AnyArray
    counts: IntArray


def activity_over_time(log: InteractionLog) -> ActivityOverTime | None:
    """Count events in the finest unit that leaves at most 120 stretches; None without times."""
    if log.timestamps is None or len(log) == 0:
        return None
    first, last = int(log.timestamps.min()), int(log.timestamps.max())
    for unit, seconds in (("hour", HOUR), ("day", DAY), ("week", WEEK)):
        # weeks begin on Monday, 1970 began on a Thursday
        shift = 4 * DAY if unit == "week" else 0
        begin = (first - shift) // seconds
        n = (last - shift) // seconds - begin + 1
        if n <= MOST_BINS:
            counts = tally((log.timestamps - shift) // seconds - begin, n)
            starts = (np.arange(n) + begin) * seconds + shift
            return ActivityOverTime(unit, starts.astype("datetime64[s]"), counts)
    return _by_calendar(log.timestamps)


def _by_calendar(timestamps: IntArray) -> ActivityOverTime:
    """Count by months or, where these are too many, by years or several years."""
    times = timestamps.astype("datetime64[s]")
    months = times.astype("datetime64[M]").astype(np.int64)
    begin, end = int(months.min()), int(months.max())
    if end - begin < MOST_BINS:
        counts = tally(months - begin, end - begin + 1)
        return ActivityOverTime("month", _moments(np.arange(begin, end + 1)), counts)
    years = months // 12
    begin, end = int(years.min()), int(years.max())
    step = (end - begin) // MOST_BINS + 1
    counts = tally((years - begin) // step, (end - begin) // step + 1)
    starts = _moments((begin + step * np.arange(len(counts))) * 12)
    return ActivityOverTime("year", starts, counts)


def _moments(months: IntArray) -> AnyArray:
    return months.astype("datetime64[M]").astype("datetime64[s]")

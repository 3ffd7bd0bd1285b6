"""A split as a picture: users as rows, time across, each event in the colour of its part.

Some users stand for all, the one who came first on top. Time is stretched where much happens: as
many events lie between two places of the axis as between any other two. Where several events
share a cell, its height is divided among their parts, and each part that is there can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from algorithms.arrays import IntArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from algorithms.data import InteractionLog, Split
    from mtrec_gui.theme import Theme

MOST_USERS = 24
MOST_COLUMNS = 160
N_DATES = 4
N_LINES = 4  # of pixels for each user; a fifth is free
_NOTHING, _BETWEEN = -1, -2


@dataclass(frozen=True, eq=False)
class SplitPicture:
    """Cells of the picture.

    Parameters
    ----------
    cells : (n_users shown, N_LINES, n_columns) 0 training, 1 validation, 2 test, -1 nothing,
        -2 nothing between two events of a user
    dates : days at equal steps along the axis; empty where events have no times
    n_users : users with events in the data
    """

    cells: NDArray[np.int8]
    dates: tuple[str, ...]
    n_users: int


def picture_split(split: Split) -> SplitPicture:
    """Choose users and place their events.

    Parameters
    ----------
    split : its logs may carry the context column ``row``, the place of each event in the log;
        without times, events are placed by it
    """
    logs = (split.train, split.validation, split.test)
    n_events = sum(np.bincount(log.users, minlength=log.n_users) for log in logs)
    present = np.flatnonzero(n_events)
    rng = np.random.default_rng(0)
    shown = rng.permutation(present)[:MOST_USERS]
    place = np.full(split.train.n_users, -1, dtype=np.int64)
    place[shown] = np.arange(len(shown))
    chosen = [np.flatnonzero(place[log.users] >= 0) for log in logs]
    users = np.concatenate([place[log.users[rows]] for log, rows in zip(logs, chosen, strict=True)])
    times = np.concatenate([_times(log)[rows] for log, rows in zip(logs, chosen, strict=True)])
    parts = np.repeat(np.arange(3, dtype=np.int8), [len(rows) for rows in chosen])
    if len(users) == 0:
        return SplitPicture(np.full((0, N_LINES, 0), _NOTHING, np.int8), (), 0)

    by_time = np.argsort(times, kind="stable")
    n_columns = min(MOST_COLUMNS, len(users))
    column = np.empty(len(users), dtype=np.int64)
    column[by_time] = np.arange(len(users)) * n_columns // len(users)
    first = np.full(len(shown), len(users))
    np.minimum.at(first, users[by_time], np.arange(len(users)))
    line = np.empty(len(shown), dtype=np.int64)
    line[np.argsort(first)] = np.arange(len(shown))
    counts = np.zeros((len(shown), n_columns, 3), dtype=np.int64)
    np.add.at(counts, (line[users], column, parts), 1)
    return SplitPicture(_lines(counts), _dates(split, times[by_time]), len(present))


def _lines(counts: IntArray) -> NDArray[np.int8]:
    """Divide the lines of each cell among the parts; each part that is there gets one at least.

    Parameters
    ----------
    counts : (n_users, n_columns, 3) events of each part

    Returns
    -------
    cells : (n_users, N_LINES, n_columns) test above validation above training
    """
    total = counts.sum(axis=2)  # (n_users, n_columns)
    share = counts / np.maximum(total, 1)[:, :, None]
    height = np.where(counts > 0, np.maximum(1, np.rint(share * N_LINES)), 0).astype(np.int64)
    largest = height.argmax(axis=2)
    rest = np.where(total > 0, N_LINES - height.sum(axis=2), 0)  # rounding is the largest's loss
    height += rest[:, :, None] * (np.arange(3) == largest[:, :, None])
    from_top = np.arange(N_LINES)[None, :, None]
    n_test, n_held = height[:, None, :, 2], (height[:, :, 1] + height[:, :, 2])[:, None]
    cells = np.where(from_top < n_test, 2, np.where(from_top < n_held, 1, 0))
    seen = np.cumsum(total, axis=1)
    between = (seen > 0) & (seen < seen[:, -1:])
    empty = np.where(between[:, None] & (from_top == N_LINES - 1), _BETWEEN, _NOTHING)
    return np.where((total > 0)[:, None], cells, empty).astype(np.int8)


def _times(log: InteractionLog) -> IntArray:
    if log.timestamps is not None:
        return log.timestamps
    return log.context["row"] if "row" in log.context else np.arange(len(log))


def _dates(split: Split, times: IntArray) -> tuple[str, ...]:
    if split.train.timestamps is None:
        return ()
    ends = times[np.linspace(0, len(times) - 1, N_DATES).astype(np.int64)].tolist()
    same_day = ends[-1] - ends[0] < 2 * 86_400
    try:
        moments = [datetime.fromtimestamp(each, UTC) for each in ends]
    except (OverflowError, ValueError, OSError):  # no time that a calendar has
        return ()
    return tuple(f"{each:%H:%M}" if same_day else f"{each:%Y-%m-%d}" for each in moments)


def part_colours(theme: Theme) -> tuple[str, str, str]:
    """Return the colours of training, validation and test."""
    return theme.edge, theme.text, theme.accent


def draw_split(figure: Figure, picture: SplitPicture, theme: Theme) -> None:
    """Draw the cells, and dates under them."""
    from matplotlib.colors import to_rgba

    axes = figure.add_subplot()
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_yticks([])
    axes.set_xticks([])
    n_users, _, n_columns = picture.cells.shape
    if n_users == 0:
        return
    shades = (*part_colours(theme), theme.line, theme.surface)  # -2 and -1 count from the end
    colours = np.array([to_rgba(colour) for colour in shades])
    free = np.full((n_users, 1, n_columns), _NOTHING, dtype=np.int8)
    lines = np.concatenate([picture.cells, free], axis=1).reshape(-1, n_columns)
    axes.imshow(
        colours[lines],
        aspect="auto",
        interpolation="nearest",
        extent=(0.0, 1.0, float(n_users), 0.0),
    )
    if picture.dates:
        places = np.linspace(0, 1, len(picture.dates))
        axes.set_xticks(places, picture.dates)
        first, *_, last = axes.get_xticklabels()
        first.set_horizontalalignment("left")
        last.set_horizontalalignment("right")

"""Footnotes of a run: what a reader must know about its numbers, and about which of them.

A note is a ``Message`` of one task. Some tell about metrics over events (what was calibrated,
what could not be scored), some about lists; ``concerns`` says whether a note belongs under a
table with certain columns.
"""

from __future__ import annotations

from collections.abc import Sequence

from algorithms.evaluation.columns import Column
from algorithms.messages import Message
from algorithms.metrics import Level, find_metric

CALIBRATED = "“{task}”: scores calibrated on validation."
THRESHOLD = "“{task}”: yes from a probability of {threshold:.3f}, the best F1 on validation."
NO_THRESHOLD = (
    "“{task}”: validation has no scored event of both outcomes, so no threshold can be chosen; "
    "metrics of answers and of probabilities are undefined."
)
UNSCORED = "“{task}”: {n} test events could not be scored and are left out."
ONLY_ORDER = "“{task}”: the scores only order, so errors are undefined; lists are judged."
ONLY_HAPPENED = (
    "“{task}”: the data records only what happened, so metrics over events are undefined; "
    "lists are judged."
)
NO_LIST = "“{task}”: {n} test users got no list and count as 0."
MET_BEFORE = "“{task}”: {n} relevant test items had been met before and are no candidates."

_EVENTS = frozenset({Level.RATING, Level.BINARY})
_LISTS = frozenset({Level.RANKING, Level.BEYOND})
_ABOUT = {
    CALIBRATED: frozenset({Level.BINARY}),
    THRESHOLD: frozenset({Level.BINARY}),
    NO_THRESHOLD: frozenset({Level.BINARY}),
    UNSCORED: _EVENTS,
    ONLY_ORDER: _EVENTS,
    ONLY_HAPPENED: _EVENTS,
    NO_LIST: _LISTS,
    MET_BEFORE: _LISTS,
}


def concerns(note: Message, columns: Sequence[Column]) -> bool:
    """Return whether a note tells about one of the columns; what is not known here always does."""
    about = _ABOUT.get(note.template)
    if about is None:
        return True
    task = note.values.get("task")
    return any(c.task == task and find_metric(c.metric).level in about for c in columns)

"""What came of a split: how much there is to learn and to judge, and who is a stranger.

A user or item is *cold* where it has an event in the test but none in training: a model that knows
it only by its events knows nothing of it (Schein, Popescul, Ungar and Pennock, 2002, Methods and
metrics for cold-start recommendations, SIGIR). Whether that is a fault of the split or its point
depends on the question: a cut in time and held-out users make strangers on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import IndexArray
from algorithms.data.split import Split, SplitMethod
from algorithms.messages import Message
from algorithms.tasks import Task

WHEN_RIGHT: Mapping[SplitMethod, str] = {
    SplitMethod.RANDOM: (
        "Every part looks like the whole. Right where the order of events does not matter; "
        "otherwise kinder than use, because models learn from what came after the test."
    ),
    SplitMethod.RANDOM_BY_USER: (
        "Whole users are held out. Right where the question is what to show a person never met "
        "before; a model that knows users only by their events must then do without."
    ),
    SplitMethod.LEAVE_LAST_OUT: (
        "Each user's last events are kept back. Right where the next step of known users is to be "
        "foreseen; other users' later events are learned from, and who has few is not judged."
    ),
    SplitMethod.LEAVE_K_OUT: (
        "The same number of random events of each user is kept back. Right where all users shall "
        "count alike and times are missing or do not matter; who has few events is not judged."
    ),
    SplitMethod.TEMPORAL: (
        "One day cuts for all: the oldest events teach, the newest judge. Closest to use. Who and "
        "what appears only after the cut is cold, and one season may differ from the next."
    ),
    SplitMethod.K_FOLD: (
        "Every event judges once, if there is a seed for each part. Right where data is scarce. "
        "As with random events, models learn from what came after."
    ),
}

COLD = (
    "{n_users:,} of {all_users:,} test users and {n_items:,} of {all_items:,} test items have no "
    "event in training: nothing was learned of them."
)


@dataclass(frozen=True, slots=True)
class PartEvents:
    """How many events of something lie in each part."""

    name: str
    n_train: int
    n_validation: int
    n_test: int


@dataclass(frozen=True, slots=True)
class SplitFacts:
    """Counts of a split.

    Parameters
    ----------
    events : of the whole log
    tasks : events on which the label of a task is observed, per task
    n_test_users, n_test_items : distinct ones in the test
    n_cold_users, n_cold_items : those of them without an event in training
    """

    events: PartEvents
    tasks: tuple[PartEvents, ...]
    n_test_users: int
    n_test_items: int
    n_cold_users: int
    n_cold_items: int

    @property
    def cold(self) -> Message | None:
        """The sentence on strangers; None where there are none."""
        if not self.n_cold_users and not self.n_cold_items:
            return None
        return Message(
            COLD,
            {
                "n_users": self.n_cold_users,
                "all_users": self.n_test_users,
                "n_items": self.n_cold_items,
                "all_items": self.n_test_items,
            },
        )


def describe_split(split: Split, tasks: Sequence[Task] = ()) -> SplitFacts:
    """Count what lies in each part; tasks without their label in the data count nothing."""
    n_test_users, n_cold_users = _cold(split.train.users, split.test.users, split.test.n_users)
    n_test_items, n_cold_items = _cold(split.train.items, split.test.items, split.test.n_items)
    parts = (split.train, split.validation, split.test)
    return SplitFacts(
        events=PartEvents("", *(len(part) for part in parts)),
        tasks=tuple(
            PartEvents(task.name, *(int(task.events(part).sum()) for part in parts))
            for task in tasks
            if task.label in split.train.labels
        ),
        n_test_users=n_test_users,
        n_test_items=n_test_items,
        n_cold_users=n_cold_users,
        n_cold_items=n_cold_items,
    )


def when_right(method: SplitMethod) -> Message:
    """Say what a method does and when it is the right one."""
    return Message(WHEN_RIGHT[method])


def _cold(train: IndexArray, test: IndexArray, n: int) -> tuple[int, int]:
    """Return how many of n things are in the test, and how many of those not in training."""
    taught = np.zeros(n, dtype=np.bool_)
    judged = np.zeros(n, dtype=np.bool_)
    taught[train] = True
    judged[test] = True
    return int(judged.sum()), int((judged & ~taught).sum())

"""The smallest log there is: one user, one item, one event. It warms compiled loops up."""

from __future__ import annotations

import numpy as np

from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.tasks import Task, TaskKind


def one_event() -> tuple[InteractionLog, Task]:
    """Return a log of a single event, and the task that it answers."""
    first, nameless = np.zeros(1, dtype=np.int32), np.array([""])
    items = ItemTable(IdMap(nameless), nameless, ("any",), first.astype(np.int16), nameless)
    yes = {"yes": np.ones(1, dtype=np.float32)}
    log = InteractionLog("", first, first, yes, UserTable(IdMap(nameless)), items)
    return log, Task(name="yes", kind=TaskKind.BINARY, label="yes", item_kind="any")

"""Bringing a file of one's own: columns as named, proposals for the rest (Qt-free)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from algorithms.data import InteractionLog
from algorithms.data.proposals import propose_columns, propose_item_columns, propose_items
from algorithms.data.readers import (
    ColumnRoles,
    FileLook,
    ItemColumns,
    ReadResult,
    RejectedLine,
    read_log,
    sniff,
)
from algorithms.errors import ResourceError, UnreadableFileError
from algorithms.progress import Progress, silent
from algorithms.tasks import Task
from algorithms.tasks.proposals import propose


@dataclass(frozen=True, eq=False)
class Brought:
    """A file as data with tasks.

    Parameters
    ----------
    read : the account of every line
    log : with the labels derived for the tasks
    tasks : proposed
    """

    read: ReadResult
    log: InteractionLog
    tasks: tuple[Task, ...]

    def summary(self) -> dict[str, Any]:
        """Return the account as JSON values."""
        return {
            "n_read": self.read.n_read,
            "n_accepted": self.read.n_accepted,
            "rejected": [_values(line) for line in self.read.rejected],
            "rejected_items": [_values(line) for line in self.read.rejected_items],
            "tasks": [task.model_dump(mode="json") for task in self.tasks],
        }


def bring_file(
    path: Path,
    *,
    user: str | None = None,
    item: str | None = None,
    time: str | None = None,
    labels: Sequence[str] = (),
    items_file: Path | None = None,
    kind: str = "item",
    progress: Progress = silent,
) -> Brought:
    """Read a file of events; columns that are not named are proposed.

    Raises
    ------
    DataError
        Where the file or a column is not what it should be.
    """
    look = sniff(path)
    if user is not None and item is not None:
        named = ColumnRoles(user=user, item=item)
        proposed = named if labels else propose_columns(look)
    else:
        proposed = propose_columns(look)
    given: dict[str, Any] = {"item_kind": kind}
    given |= {
        role: column
        for role, column in (("user", user), ("item", item), ("time", time))
        if column is not None
    }
    if labels:
        given["labels"] = tuple(labels)
    columns = proposed.model_copy(update=given)
    items = (
        propose_items(path, columns)
        if items_file is None
        else item_columns(items_file, columns.item)
    )
    return read_file(look, columns, items, progress)


def item_columns(path: Path, item: str | None) -> ItemColumns:
    """Return what the columns of a file with titles are.

    Parameters
    ----------
    path : the file
    item : what the column with the item's id is called; None where there is none

    Raises
    ------
    UnreadableFileError
        Where it has no such column, or no titles.
    """
    items = propose_item_columns(path, item)
    if items is None:
        raise UnreadableFileError(
            file=str(path),
            expected=f"a column “{item or 'item'}” and one called title or name",
            found="no such columns",
            remedy="Rename the columns, or leave the file out.",
        )
    return items


def read_file(
    look: FileLook,
    columns: ColumnRoles,
    items: ItemColumns | None,
    progress: Progress = silent,
) -> Brought:
    """Read a file whose columns are known, and propose tasks (raises as ``read_log`` does)."""
    read = read_log(look.path, columns, items=items, look=look, progress=progress)
    log, tasks = propose(read.log)
    return Brought(read, log, tasks)


def write_rejected(path: Path, read: ReadResult) -> None:
    """Write every rejected line with its number and reason as CSV.

    Raises
    ------
    ResourceError
        Where the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("line", "reason", "text"))
            for line in (*read.rejected, *read.rejected_items):
                writer.writerow((line.line, str(line.reason), line.text))
    except OSError as error:
        raise ResourceError(
            file=str(path),
            reason=error.strerror or str(error),
            remedy="Choose another place for the rejected lines.",
        ) from error


def _values(line: RejectedLine) -> dict[str, Any]:
    return {"line": line.line, "reason": str(line.reason), "text": line.text}

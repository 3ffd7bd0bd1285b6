"""Bringing a file of one's own: columns as named, proposals for the rest (Qt-free)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from algorithms.data import InteractionLog
from algorithms.data.proposals import propose_columns, propose_item_columns, propose_items
from algorithms.data.readers import ColumnRoles, ReadResult, RejectedLine, read_log, sniff
from algorithms.errors import ResourceError, UnreadableFileError
from algorithms.progress import Progress, silent
from algorithms.tasks import Task
from algorithms.tasks.proposals import propose

MOST_SHOWN = 5


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
    if items_file is None:
        items = propose_items(path, columns)
    else:
        items = propose_item_columns(items_file, columns.item)
        if items is None:
            raise UnreadableFileError(
                file=str(items_file),
                expected=f"a column “{columns.item}” and one called title or name",
                found="no such columns",
                remedy="Rename the columns, or leave the file out.",
            )
    read = read_log(path, columns, items=items, look=look, progress=progress)
    log, tasks = propose(read.log)
    return Brought(read, log, tasks)


def report_rejected(console: Console, brought: Brought) -> None:
    """Say how many lines were read, and why the first rejected ones were."""
    read = brought.read
    console.print(
        Text(
            f"{read.n_read:,} lines read, {read.n_accepted:,} accepted, "
            f"{len(read.rejected):,} rejected"
        )
    )
    for line in (*read.rejected, *read.rejected_items)[:MOST_SHOWN]:
        console.print(Text(f"  line {line.line}: {line.reason}", "yellow"))


def write_rejected(path: Path, brought: Brought) -> None:
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
            for line in (*brought.read.rejected, *brought.read.rejected_items):
                writer.writerow((line.line, str(line.reason), line.text))
    except OSError as error:
        raise ResourceError(
            file=str(path),
            reason=error.strerror or str(error),
            remedy="Choose another place for the rejected lines.",
        ) from error


def _values(line: RejectedLine) -> dict[str, Any]:
    return {"line": line.line, "reason": str(line.reason), "text": line.text}

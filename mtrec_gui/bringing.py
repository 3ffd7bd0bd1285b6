"""Bringing files of one's own: what is named as named, proposals for the rest (Qt-free)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from algorithms.data import InteractionLog
from algorithms.data.look import FileLook, sniff
from algorithms.data.plan import (
    DescriptionColumns,
    ImportPlan,
    Part,
    PlanResult,
    TableKind,
    look_at,
    propose_plan,
    read_plan,
)
from algorithms.data.proposals import propose_columns, propose_descriptions
from algorithms.data.readers import ColumnRoles, RejectedLine
from algorithms.errors import ResourceError, UnreadableFileError
from algorithms.progress import Progress, Stage, part_of, silent
from algorithms.tasks import Task
from algorithms.tasks.proposals import propose


@dataclass(frozen=True, eq=False)
class Brought:
    """Files as data with tasks.

    Parameters
    ----------
    plan : what was read
    read : the account of every line
    log : with the labels derived for the tasks
    tasks : proposed
    """

    plan: ImportPlan
    read: PlanResult
    log: InteractionLog
    tasks: tuple[Task, ...]

    def summary(self) -> dict[str, Any]:
        """Return the account as JSON values."""
        return {
            "layout": self.plan.layout,
            "n_read": self.read.n_read,
            "n_accepted": self.read.n_accepted,
            "n_rejected": self.read.n_rejected,
            "files": [
                {"file": account.part.name, "table": account.part.table.value}
                | {"n_read": account.n_read, "n_accepted": account.n_accepted}
                for account in self.read.parts
            ],
            "rejected": [
                {"file": part.name, "line": line.line}
                | {"reason": str(line.reason), "text": line.text}
                for part, line in rejected_lines(self.read)
            ],
            "tasks": [task.model_dump(mode="json") for task in self.tasks],
        }


@dataclass(frozen=True, slots=True)
class Naming:
    """What a person says of the file with the events; None and nothing leave it to be proposed.

    Parameters
    ----------
    columns : fields of ``ColumnRoles``
    writing : arguments of ``sniff`` that a part keeps: encoding, delimiter, decimal and the like
    """

    columns: Mapping[str, Any]
    writing: Mapping[str, Any]

    @classmethod
    def of(cls, columns: Mapping[str, Any], writing: Mapping[str, Any]) -> Naming:
        """Leave out what was not said."""

        def said(values: Mapping[str, Any]) -> dict[str, Any]:
            return {name: value for name, value in values.items() if value not in (None, (), "")}

        return cls(said(columns), said(writing))


def plan_files(
    paths: Sequence[Path], naming: Naming | None = None, items_file: Path | None = None
) -> ImportPlan:
    """Propose how files are read, with what a person named put in its place.

    Raises
    ------
    DataError
        Where a file or a column is not what it should be.
    """
    if naming is None or not (naming.columns or naming.writing or items_file):
        return propose_plan(paths).plan
    path = paths[0]
    others = propose_plan(paths).plan
    main = next((part for part in others.parts if part.path == path), None)
    if main is not None and isinstance(main.columns, ColumnRoles) and not naming.writing:
        named = main.columns.model_copy(update=dict(naming.columns))  # a known layout stays known
        main = main.model_copy(update={"columns": named})
    else:
        named = propose_columns(sniff(path, **naming.writing))
        named = named.model_copy(update=dict(naming.columns))
        main = Part(path=path, table=TableKind.EVENTS, columns=named, **naming.writing)
    parts = [part for part in others.parts if part.path != path]
    if items_file is not None:
        parts = [part for part in parts if part.table is not TableKind.ITEMS]
        parts.append(items_part(items_file, named))
    return others.model_copy(update={"parts": (main, *parts)})


def items_part(path: Path, columns: ColumnRoles) -> Part:
    """Return the part that a file with titles makes.

    Raises
    ------
    UnreadableFileError
        Where it has no column like the item column, or no titles.
    """
    described: DescriptionColumns | None = None
    if columns.item is not None:
        described = propose_descriptions(sniff(path), columns.item, columns.item_kind)
    if described is None or described.title is None:
        raise UnreadableFileError(
            file=str(path),
            expected=f"a column “{columns.item}” and one called title or name",
            found="no such columns",
            remedy="Rename the columns, or leave the file out.",
        )
    return Part(path=path, table=TableKind.ITEMS, columns=described)


def questions(plan: ImportPlan) -> Iterator[tuple[Part, FileLook]]:
    """Yield each part with events whose look leaves something to ask."""
    for part in plan.parts:
        if isinstance(part.columns, ColumnRoles):
            look = look_at(part)
            if look.questions:
                yield part, look


def read_files(plan: ImportPlan, progress: Progress = silent) -> Brought:
    """Read what a plan says, and propose tasks (raises as ``read_plan`` does)."""
    read = read_plan(plan, part_of(progress, 0.0, 0.95))
    log, tasks = propose(read.log)
    progress(1.0, Stage.LOAD)
    return Brought(plan, read, log, tasks)


def rehearse() -> None:
    """Read a tiny file, so that libraries and compiled loops are there before a real one."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "events.csv"
        path.write_text('user,item,rating,time\n1,2,3,2015-03-01\n2,"3",4,2015-03-02\n', "utf-8")
        read_files(plan_files([path]))


def rejected_lines(read: PlanResult) -> Iterator[tuple[Part, RejectedLine]]:
    """Yield every line that was put aside, part by part."""
    for account in read.parts:
        for line in account.rejected:
            yield account.part, line


def write_rejected(path: Path, read: PlanResult) -> None:
    """Write every rejected line with its file, number and reason as CSV.

    Raises
    ------
    ResourceError
        Where the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "line", "reason", "text"))
            for part, line in rejected_lines(read):
                writer.writerow((part.name, line.line, str(line.reason), line.text))
    except OSError as error:
        raise ResourceError(
            file=str(path),
            reason=error.strerror or str(error),
            remedy="Choose another place for the rejected lines.",
        ) from error

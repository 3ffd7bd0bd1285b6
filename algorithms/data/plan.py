"""From the files of a data set to one interaction log: a plan is proposed, confirmed, and read.

    files -> ``propose_plan`` -> a plan (a person may change it) -> ``read_plan`` -> a log

Each part is read with every check of ``algorithms.data.readers``; what becomes of its lines is
accounted part by part, and lines read = accepted + rejected holds for each part and for the sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

import numpy as np

from algorithms.arrays import Float32Array
from algorithms.data.describing import Descriptions, read_descriptions
from algorithms.data.joining import join_logs
from algorithms.data.lines import RejectedLine
from algorithms.data.log import IdMap, InteractionLog
from algorithms.data.parts import (
    DescriptionColumns,
    ImportPlan,
    Part,
    TableKind,
    TextLabel,
    look_at,
)
from algorithms.data.proposing import Proposal, propose_plan
from algorithms.data.readers import ColumnRoles, read_log
from algorithms.errors import DataError
from algorithms.progress import Progress, Stage, part_of, silent

__all__ = [
    "DescriptionColumns",
    "ImportPlan",
    "NoEventsError",
    "Part",
    "PartAccount",
    "PlanResult",
    "Proposal",
    "TableKind",
    "TextLabel",
    "look_at",
    "propose_plan",
    "read_plan",
]


class NoEventsError(DataError):
    """A plan in which nobody meets anything."""

    template = (
        "“{plan}” has no table of events ({parts} only describe). Add the file that says which "
        "user met which item."
    )


@dataclass(frozen=True, eq=False)
class PartAccount:
    """What became of the lines of a part.

    Parameters
    ----------
    part : which
    n_read : lines that hold something, without the header
    n_accepted : lines that were used
    rejected : the others, ascending
    n_merged : of the accepted those that became part of another one's event
    """

    part: Part
    n_read: int
    n_accepted: int
    rejected: Sequence[RejectedLine]
    n_merged: int = 0


@dataclass(frozen=True, eq=False)
class PlanResult:
    """A log, and an account of every line of every part."""

    log: InteractionLog
    parts: tuple[PartAccount, ...]

    @property
    def n_read(self) -> int:
        """Lines of all parts."""
        return sum(part.n_read for part in self.parts)

    @property
    def n_accepted(self) -> int:
        """Lines of all parts that were used."""
        return sum(part.n_accepted for part in self.parts)

    @property
    def n_rejected(self) -> int:
        """Lines of all parts that were put aside."""
        return sum(len(part.rejected) for part in self.parts)


def read_plan(plan: ImportPlan, progress: Progress = silent) -> PlanResult:
    """Read all parts of a plan and join them.

    Raises
    ------
    NoEventsError
        Where no part has events or links.
    DataError
        As ``read_log`` does, for the first part that cannot be read.
    """
    n_logs = sum(isinstance(part.columns, ColumnRoles) for part in plan.parts)
    if n_logs == 0:
        raise NoEventsError(plan=plan.name, parts=", ".join(part.name for part in plan.parts))
    logs: list[InteractionLog] = []
    items: list[Descriptions] = []
    users: list[Descriptions] = []
    accounts: list[PartAccount] = []
    for part, step in zip(plan.parts, _steps(plan.parts, progress), strict=True):
        step(0.0, Stage.LOAD)
        look = look_at(part)
        if isinstance(part.columns, ColumnRoles):
            roles = _roles(plan, part, part.columns)
            read = read_log(part.path, roles, look=look, name=plan.name, progress=step)
            log = _with_text_labels(read.log, part)
            logs.append(log if roles.user is not None or n_logs == 1 else _apart(log, part.name))
            accounts.append(
                PartAccount(part, read.n_read, read.n_accepted, read.rejected, read.n_merged)
            )
        else:
            described = read_descriptions(look, part.columns, step)
            (users if part.table is TableKind.USERS else items).append(described)
            accounts.append(
                PartAccount(part, described.n_read, len(described.ids), described.rejected)
            )
    progress(0.96, Stage.LOAD)
    log = join_logs(plan.name, logs, items, users)
    progress(1.0, Stage.LOAD)
    return PlanResult(log, tuple(accounts))


def _steps(parts: Sequence[Part], progress: Progress) -> list[Progress]:
    """Return a progress for each part, as long as its file is large."""
    sizes = [part.path.stat().st_size + 1 if part.path.is_file() else 1 for part in parts]
    ends = [0.95 * end / sum(sizes) for end in accumulate(sizes, initial=0)]
    return [part_of(progress, start, end) for start, end in pairwise(ends)]


def _roles(plan: ImportPlan, part: Part, columns: ColumnRoles) -> ColumnRoles:
    """Return what is read from a part: columns with words come as features first."""
    words = tuple(label.column for label in part.text_labels)
    features = (*columns.features, *(word for word in words if word not in columns.features))
    columns = columns.model_copy(update={"features": features})
    if plan.duplicates is None or part.table is TableKind.LINKS:
        return columns
    return columns.model_copy(update={"duplicates": plan.duplicates})


def _with_text_labels(log: InteractionLog, part: Part) -> InteractionLog:
    """Turn words into labels; a column that only says the label is no feature beside it."""
    if not part.text_labels:
        return log
    labels: dict[str, Float32Array] = dict(log.labels)
    for wanted in part.text_labels:
        words = np.char.strip(log.context[wanted.column].astype(np.str_))
        values = np.where(words == "", np.nan, np.isin(words, wanted.ones))
        labels[wanted.label] = values.astype(np.float32)
    taken = {label.column for label in part.text_labels}
    context = {name: column for name, column in log.context.items() if name not in taken}
    return replace(log, labels=labels, context=context)


def _apart(log: InteractionLog, name: str) -> InteractionLog:
    """Tell rows that are users of their own from those of another file."""
    ids = np.array([f"{name} {raw}" for raw in log.user_table.ids.ids], dtype=np.str_)
    return replace(log, user_table=replace(log.user_table, ids=IdMap(ids)))

"""What the files that a person chose probably are, together: a plan for her to confirm.

Known data sets are recognised (``algorithms.data.layouts``); any other file is taken for what
its columns look like (``algorithms.data.proposals``). What nothing can be made of is left out,
with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from algorithms.data.layouts import files_of, recognise
from algorithms.data.look import FileLook, Question, sniff
from algorithms.data.parts import ImportPlan, Part, TableKind, look_at
from algorithms.data.proposals import names_user_or_item, propose_descriptions, propose_part
from algorithms.data.readers import ColumnRoles
from algorithms.data.sources import members
from algorithms.errors import MtrecError, UnreadableFileError
from algorithms.messages import Message

_TABLES = (".csv", ".tsv", ".txt", ".dat")
_MAX_BESIDE = 200  # files of a folder that are looked at for titles
_NO_TABLE = Message("it names no user and no item, and is no plain table of numbers")


@dataclass(frozen=True, eq=False)
class Proposal:
    """What some files probably are.

    Parameters
    ----------
    plan : for a person to confirm
    looks : of each part, in the order of the plan
    left_out : files that nothing could be made of, and why
    """

    plan: ImportPlan
    looks: tuple[FileLook, ...]
    left_out: tuple[tuple[Path, Message], ...] = ()

    @property
    def questions(self) -> tuple[tuple[Part, Question], ...]:
        """What the files leave open, each with the part that it is about."""
        pairs = zip(self.plan.parts, self.looks, strict=True)
        return tuple((part, question) for part, look in pairs for question in look.questions)


def propose_plan(paths: Sequence[Path]) -> Proposal:
    """Propose how files make a data set: as a known layout where they are one.

    Otherwise each file is taken for what its columns look like. Where there is one file of
    events, a file beside it that gives its items titles joins it.

    Parameters
    ----------
    paths : files, or folders with files

    Raises
    ------
    MtrecError
        Where nothing can be made of any of them: what is wrong with the first.
    """
    known = recognise(paths)
    if known is not None:
        return Proposal(known, tuple(look_at(part) for part in known.parts), _unused(paths, known))
    files = [file for path in paths for file in files_of(path)]
    tables, left_out, first = _propose_parts(files)
    if not tables and first is not None:
        raise first
    if not tables:
        raise UnreadableFileError(
            file=", ".join(path.name for path in paths),
            expected="files with tables",
            found="none",
            remedy="Choose other files.",
        )
    parts, looks = [part for part, _ in tables], [look for _, look in tables]
    if len(parts) == 1 and isinstance(parts[0].columns, ColumnRoles):
        for look, part in _descriptions_beside(parts[0].path, parts[0].columns):
            looks.append(look)
            parts.append(part)
    events = [part for part in parts if part.table is TableKind.EVENTS]
    plan = ImportPlan(name=(events or parts)[0].path.stem, parts=tuple(_told_apart(parts, events)))
    return Proposal(plan, tuple(looks), tuple(left_out))


def _propose_parts(
    files: Sequence[Path],
) -> tuple[list[tuple[Part, FileLook]], list[tuple[Path, Message]], MtrecError | None]:
    """Return each table that some files hold, what is left out and why, and the first error."""
    tables: list[tuple[Part, FileLook]] = []
    left_out: list[tuple[Path, Message]] = []
    first: MtrecError | None = None
    for file in files:
        try:
            names = members(file)
        except MtrecError as error:
            first = first or error
            left_out.append((file, error.message))
            continue
        for member in names:
            try:
                look = sniff(file, member=member)
                part = propose_part(look)
            except MtrecError as error:
                first = first or error
                left_out.append((file / member, error.message))
                continue
            if len(files) + len(names) > 2 and not _is_surely_a_table(look):
                left_out.append((file / member, _NO_TABLE))
            else:
                tables.append((part, look))
    return tables, left_out, first


def _is_surely_a_table(look: FileLook) -> bool:
    """Return whether it is no prose: readme files lie among the tables, and have commas too."""
    n_fit = sum(len(row) == len(look.columns) for row in look.rows)
    return n_fit >= 0.9 * len(look.rows) and (not look.has_header or names_user_or_item(look))


def _told_apart(parts: Sequence[Part], events: Sequence[Part]) -> Iterator[Part]:
    """Give each of several lists of events a label, which says that it happened.

    Without one the purchases could not be told from the views.
    """
    for part in parts:
        columns = part.columns
        if (
            len(events) > 1
            and part in events
            and isinstance(columns, ColumnRoles)
            and not columns.labels
            and columns.constant_label is None
        ):
            name = Path(part.member or part.path.name).name.split(".")[0] or part.name
            columns = columns.model_copy(update={"constant_label": name})
        yield part.model_copy(update={"columns": columns})


def _unused(paths: Sequence[Path], plan: ImportPlan) -> tuple[tuple[Path, Message], ...]:
    """Return the files that a person named and a known layout has no use for."""
    used = {part.path for part in plan.parts}
    reason = Message("{layout} has no use for it", {"layout": plan.layout})
    return tuple((path, reason) for path in paths if path not in used and not path.is_dir())


def _descriptions_beside(events: Path, columns: ColumnRoles) -> list[tuple[FileLook, Part]]:
    """Return the first file beside one of events that gives its items titles, if there is one."""
    if columns.item is None:
        return []
    for path in files_of(events.parent)[:_MAX_BESIDE]:
        if path == events or path.suffix.lower() not in _TABLES:
            continue
        try:
            look = sniff(path)
        except MtrecError:
            continue  # some other file
        described = propose_descriptions(look, columns.item, columns.item_kind)
        if described is not None and described.title is not None:
            return [(look, Part(path=path, table=TableKind.ITEMS, columns=described))]
    return []

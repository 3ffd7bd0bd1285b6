"""From a file that a person brings to an interaction log, with nothing lost and nothing invented.

Reading goes in three steps that a person can follow: a *look* at the file (``sniff``), a
*proposal* what its columns are (``algorithms.data.proposals``), and the reading itself by the
roles that were confirmed. Every field is read as text. Ids stay text, so that ``007`` stays
``007``; numbers and times are converted as declared, and a line with a value that does not fit
is kept with its number and the reason: lines read = lines accepted + lines rejected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from algorithms.arrays import AnyArray, TextArray
from algorithms.data.duplicates import Duplicates, merge_duplicates
from algorithms.data.lines import RejectedLine, split_lines
from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.data.look import FileLook, Question, sniff
from algorithms.data.sieve import Sieve, TimeFormat
from algorithms.data.sources import open_stream
from algorithms.errors import DataError, MissingColumnError, UnreadableFileError
from algorithms.progress import Progress, Stage, silent

__all__ = [
    "ColumnRoles",
    "Duplicates",
    "FileLook",
    "ItemColumns",
    "NothingAcceptedError",
    "Question",
    "ReadResult",
    "RejectedLine",
    "TimeFormat",
    "read_log",
    "sniff",
]


class NothingAcceptedError(DataError):
    """A file of which not one line fits its declared columns."""

    template = (
        "None of the {n} lines of {file} can be used. Line {line}: {reason}. Check which column "
        "is which, and the separator."
    )


class ColumnRoles(BaseModel):
    """What the columns of a file are; columns that are not named are left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: str | None = Field(
        description="Column with the user's id; None where each row is a user of its own"
    )
    item: str | None = Field(
        description="Column with the item's id; None where all rows are of one item"
    )
    time: str | None = Field(None, description="Column with the time of the event")
    time_format: TimeFormat = Field(TimeFormat.SECONDS, description="How the time is written")
    labels: tuple[str, ...] = Field((), description="Columns with numbers that came of it")
    features: tuple[str, ...] = Field((), description="Columns that describe the event")
    constant_label: str | None = Field(
        None, description="A label that is 1 on every row, for lists such as purchases or follows"
    )
    duplicates: Duplicates = Field(
        Duplicates.KEEP_ALL, description="What becomes of events with the same user and item"
    )
    item_kind: str = Field("item", min_length=1, description="What the items are called")


class ItemColumns(BaseModel):
    """A file that describes the items, and what its columns are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(description="The file")
    item: str = Field(description="Column with the item's id")
    title: str | None = Field(None, description="Column with the title")
    category: str | None = Field(
        None, description="Column with the category; of several (A|B) the first counts"
    )


@dataclass(frozen=True, eq=False)
class ReadResult:
    """A log, and an account of every line.

    Parameters
    ----------
    log : the accepted lines as events, in the order of the file
    n_read : lines that hold something, without the header
    n_accepted : lines that fit
    rejected : the other lines, ascending
    rejected_items : lines of the item file that were put aside
    n_merged : accepted lines that became part of another one's event (``Duplicates``)
    """

    log: InteractionLog
    n_read: int
    n_accepted: int
    rejected: Sequence[RejectedLine]
    rejected_items: tuple[RejectedLine, ...] = ()
    n_merged: int = 0


def read_log(
    path: Path | str,
    columns: ColumnRoles,
    *,
    items: ItemColumns | None = None,
    look: FileLook | None = None,
    name: str | None = None,
    progress: Progress = silent,
) -> ReadResult:
    """Read a file of interactions.

    Parameters
    ----------
    path : the file
    columns : which column is what
    items : a file with titles, if there is one
    look : what the file is taken for; None to look now
    name : what a person calls this data; None for the name of the file
    progress : told how far the reading is

    Raises
    ------
    UnreadableFileError
        Where the file cannot be read at all or has no line below its header.
    MissingColumnError
        Where a named column does not exist.
    NothingAcceptedError
        Where no line fits.
    """
    path = Path(path)
    progress(0.0, Stage.LOAD)
    look = look if look is not None else sniff(path)
    for role, column in _named(columns):
        _check_column(look, role, column)
    from algorithms.data.event_columns import read_events

    described = _Descriptions()
    if items is not None and columns.item is not None:
        described = _read_items(items)
    n_bytes = path.stat().st_size
    with open_stream(path, look.member) as stream:
        events = read_events(
            stream,
            look,
            columns,
            described.ids,
            lambda n_read: progress(0.95 * min(n_read / n_bytes, 1.0), Stage.LOAD),
        )
    n_read = events.n_accepted + len(events.rejected)
    if n_read == 0:
        raise UnreadableFileError(
            file=path.name,
            expected="lines with interactions",
            found="only a header" if look.has_header else "nothing",
            remedy="Choose a file that has some.",
        )
    if events.n_accepted == 0:
        first = events.rejected[0]
        raise NothingAcceptedError(
            n=n_read, file=path.name, line=first.line, reason=str(first.reason)
        )
    log = InteractionLog(
        name=path.stem if name is None else name,
        users=events.users,
        items=events.items,
        labels=events.labels,
        user_table=UserTable(IdMap(events.user_ids)),
        item_table=_item_table(events.item_ids, described, columns.item_kind),
        timestamps=events.timestamps,
        context=events.context,
    )
    merged = merge_duplicates(log, columns.duplicates)
    progress(1.0, Stage.LOAD)
    return ReadResult(
        log=merged,
        n_read=n_read,
        n_accepted=events.n_accepted,
        rejected=events.rejected,
        rejected_items=described.rejected,
        n_merged=len(log) - len(merged),
    )


def _named(columns: ColumnRoles) -> list[tuple[str, str]]:
    """Return the columns that must be there, each with its role."""
    single = (("user", columns.user), ("item", columns.item), ("time", columns.time))
    named = [(role, column) for role, column in single if column is not None]
    named += [("label", label) for label in columns.labels]
    return named + [("feature", feature) for feature in columns.features]


def _check_column(look: FileLook, role: str, column: str) -> None:
    if column not in look.columns:
        raise MissingColumnError(column=column, role=role, columns=", ".join(look.columns))


def _decode(look: FileLook) -> str:
    with open_stream(look.path, look.member) as stream:
        data = stream.read()
    try:
        return data.decode(look.encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UnreadableFileError(
            file=look.path.name,
            expected=f"text in {look.encoding}",
            found=f"bytes in line {line} that are none",
            remedy="Choose another encoding, or save the file as UTF-8.",
        ) from None


# --- items and users ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Descriptions:
    """What an item file says of its items, in its order."""

    ids: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    rejected: tuple[RejectedLine, ...] = ()


def _read_items(columns: ItemColumns) -> _Descriptions:
    """Read an item file; an item that is described twice keeps its first description."""
    look = sniff(columns.path)
    _check_column(look, "item", columns.item)
    for role, column in (("title", columns.title), ("category", columns.category)):
        if column is not None:
            _check_column(look, role, column)
    sieve = Sieve(split_lines(_decode(look), look), look)
    ids = sieve.distinct_ids(columns.item)
    titles = sieve.texts(columns.title or columns.item)
    categories = sieve.texts(columns.category) if columns.category is not None else None
    fits = sieve.fits()
    kept = ids.filter(fits)
    return _Descriptions(
        ids=tuple(kept),
        titles=tuple(titles.filter(fits)),
        categories=("",) * len(kept) if categories is None else tuple(categories.filter(fits)),
        rejected=sieve.rejected(),
    )


def _item_table(ids: TextArray, described: _Descriptions, kind: str) -> ItemTable:
    """Describe the items; one that no file describes has its id for a title."""
    n_described = len(described.ids)
    titles, categories = ids, np.zeros(len(ids), dtype="<U1")
    features: dict[str, AnyArray] = {}
    if n_described:
        titles = np.array([*described.titles, *ids[n_described:]], dtype=np.str_)
        full = [*described.categories, *[""] * (len(ids) - n_described)]
        categories = np.array([text.split("|")[0] for text in full], dtype=np.str_)
        features = {"categories": np.array(full, dtype=np.str_)} if any(full) else {}
    return ItemTable(
        ids=IdMap(ids),
        titles=titles,
        kinds=(kind,),
        kind_codes=np.zeros(len(ids), dtype=np.int16),
        categories=categories,
        features=features,
    )

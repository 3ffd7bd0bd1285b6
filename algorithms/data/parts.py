"""What an import reads: files, what their columns are, and how they belong together.

A data set often comes as several files: who met which item, what the items are, who the users
are, who follows whom. A *part* says this of one of them, a *plan* of them all. Both are plain
values that can be shown, changed, stored as JSON and read again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from algorithms.data.duplicates import Duplicates
from algorithms.data.look import FileLook, sniff
from algorithms.data.readers import ColumnRoles
from algorithms.errors import UnreadableFileError

PERSON = "person"  # the kind of items that links are about


class TableKind(StrEnum):
    """What the lines of a table are."""

    EVENTS = "events"  # someone met something
    ITEMS = "items"  # what an item is
    USERS = "users"  # who a user is
    LINKS = "links"  # someone follows, trusts or knows someone


class DescriptionColumns(BaseModel):
    """What the columns of a table are that describes items or users."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(description="Column with the id")
    title: str | None = Field(None, description="Column with what a person reads")
    category: str | None = Field(
        None, description="Column with the category; of several (A|B) the first counts"
    )
    flags: tuple[str, ...] = Field(
        (), description="Columns of 0 and 1 that are named like the categories"
    )
    features: tuple[str, ...] = Field((), description="Columns to keep beside")
    kind: str = Field("item", min_length=1, description="What the items are called")


class TextLabel(BaseModel):
    """A label that a column says in words: 1 for some of them, 0 for any other.

    An empty field is *not observed*.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(min_length=1, description="What the label is called")
    column: str = Field(description="Column with the words")
    ones: tuple[str, ...] = Field(min_length=1, description="The words that mean 1")


class Part(BaseModel):
    """One table of a data set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(description="The file")
    member: str = Field("", description="Which of its tables, where it holds several")
    table: TableKind = Field(description="What its lines are")
    columns: ColumnRoles | DescriptionColumns = Field(description="What its columns are")
    text_labels: tuple[TextLabel, ...] = Field((), description="Labels that are words")
    encoding: str | None = Field(None, description="None to find out")
    delimiter: str | None = Field(None, description="None to find out")
    quote: str | None = Field(None, description="None to find out; empty for no quotes")
    decimal: str | None = Field(None, description="A point or a comma; None to ask")
    has_header: bool | None = Field(None, description="None to find out")
    names: tuple[str, ...] = Field((), description="Names for the columns of a headerless table")

    @property
    def name(self) -> str:
        """What a message calls it."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name


class ImportPlan(BaseModel):
    """The tables that make a data set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, description="What a person calls the data")
    parts: tuple[Part, ...] = Field(min_length=1, description="Its tables")
    duplicates: Duplicates | None = Field(
        None,
        description="What becomes of events with the same user and item; None: as each part says",
    )
    layout: str = Field("", description="Name of the known layout; empty where none was known")


def look_at(part: Part) -> FileLook:
    """Look at the beginning of a part, as its plan says it is written.

    Raises
    ------
    UnreadableFileError
        Where it cannot be read, or has another number of columns than it has names.
    """
    look = sniff(
        part.path,
        member=part.member,
        encoding=part.encoding,
        delimiter=part.delimiter,
        has_header=part.has_header,
        quote=part.quote,
        decimal=part.decimal,
    )
    if not part.names:
        return look
    lengths = Counter(len(row) for row in look.rows)
    n_columns = max(lengths, key=lambda n: (lengths[n], n), default=0)  # strays may come first
    if len(part.names) != n_columns:
        raise UnreadableFileError(
            file=part.name,
            expected=f"{len(part.names)} columns ({', '.join(part.names)})",
            found=f"{n_columns}",
            remedy="Choose what its columns are by hand.",
        )
    return replace(look, columns=part.names)

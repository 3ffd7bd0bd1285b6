"""What a person said of each column of a file, and how its first lines read then (Qt-free)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

import numpy as np

from algorithms.data.duplicates import Duplicates
from algorithms.data.lines import RejectedLine, split_lines
from algorithms.data.look import FileLook
from algorithms.data.plan import Part
from algorithms.data.readers import ColumnRoles
from algorithms.data.sieve import Sieve, TimeFormat
from algorithms.errors import MissingColumnError
from algorithms.messages import Message

N_SHOWN = 10


class ColumnUse(StrEnum):
    """What a column is used for."""

    USER = "user"
    ITEM = "item"
    LABEL = "label"
    TIME = "time"
    FEATURE = "feature"
    IGNORE = "ignore"


SINGLE = (ColumnUse.USER, ColumnUse.ITEM, ColumnUse.TIME)  # one column each


@dataclass(frozen=True, slots=True)
class Columns:
    """The use of each column in the order of the file, and how times and items are meant."""

    uses: tuple[ColumnUse, ...]
    time_format: TimeFormat = TimeFormat.SECONDS
    item_kind: str = "item"
    duplicates: Duplicates = Duplicates.KEEP_ALL
    constant_label: str | None = None

    def kept(self, before: FileLook, look: FileLook, proposed: Columns) -> Columns:
        """Return what was said of the columns where a new look finds the same ones."""
        return self if before.columns == look.columns else proposed

    def with_use(self, place: int, use: ColumnUse) -> Columns:
        """Return the columns with another use for one; who had a single use before loses it."""
        uses = [
            ColumnUse.IGNORE if use in SINGLE and other is use else other for other in self.uses
        ]
        uses[place] = use
        return replace(self, uses=tuple(uses))

    def roles(self, look: FileLook) -> ColumnRoles:
        """Return the columns as the reader wants them.

        Without user and item each line is a user of its own that meets one and the same item:
        a table of features and labels, with nothing to recommend but something to predict.

        Raises
        ------
        MissingColumnError
            Where only one of user and item is there, or neither and no label either.
        """
        named = dict(zip(self.uses, look.columns, strict=True))
        is_table = ColumnUse.LABEL in named and not {ColumnUse.USER, ColumnUse.ITEM} & set(named)
        for use in (ColumnUse.USER, ColumnUse.ITEM):
            if use not in named and not is_table:
                raise MissingColumnError(
                    column=use.value, role=use.value, columns=", ".join(look.columns)
                )

        def all_of(use: ColumnUse) -> tuple[str, ...]:
            pairs = zip(self.uses, look.columns, strict=True)
            return tuple(column for other, column in pairs if other is use)

        return ColumnRoles(
            user=named.get(ColumnUse.USER),
            item=named.get(ColumnUse.ITEM),
            time=named.get(ColumnUse.TIME),
            time_format=self.time_format,
            labels=all_of(ColumnUse.LABEL),
            features=all_of(ColumnUse.FEATURE),
            constant_label=self.constant_label,
            item_kind=self.item_kind,
            duplicates=self.duplicates,
        )


def unknown_columns(look: FileLook) -> Columns:
    """Return columns of which nothing is known yet."""
    return Columns((ColumnUse.IGNORE,) * len(look.columns))


def as_proposed(look: FileLook, roles: ColumnRoles) -> Columns:
    """Return what was proposed for a file, column by column."""

    def use_of(column: str) -> ColumnUse:
        if column == roles.user:
            return ColumnUse.USER
        if column == roles.item:
            return ColumnUse.ITEM
        if column == roles.time:
            return ColumnUse.TIME
        if column in roles.features:
            return ColumnUse.FEATURE
        return ColumnUse.LABEL if column in roles.labels else ColumnUse.IGNORE

    return Columns(
        tuple(use_of(column) for column in look.columns),
        roles.time_format,
        roles.item_kind,
        roles.duplicates,
        roles.constant_label,
    )


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """A value as it is understood; ``fits`` is False where the line is put aside for it."""

    text: str
    fits: bool = True


def preview(look: FileLook, columns: Columns) -> tuple[tuple[PreviewCell, ...], ...]:
    """Read the first lines as the whole file would be read.

    Returns
    -------
    rows : of cells, one for each column of the file
    """
    fields = split_lines("\n".join(look.lines[: N_SHOWN + look.has_header]), look)
    cells: list[Sequence[PreviewCell]] = []
    for place, (column, use) in enumerate(zip(look.columns, columns.uses, strict=True)):
        raw = fields.rows[str(place)].to_list()
        sieve = Sieve(fields, look)  # a column of its own, so that its misfits are its own
        texts = _understood(sieve, column, use, columns.time_format, raw)
        fits = sieve.fits().to_list()
        cells.append(
            [
                PreviewCell(text if good else value, good)
                for text, value, good in zip(texts, raw, fits, strict=True)
            ]
        )
    return tuple(zip(*cells, strict=True))


def _understood(
    sieve: Sieve, column: str, use: ColumnUse, time_format: TimeFormat, raw: list[str]
) -> list[str]:
    match use:
        case ColumnUse.USER | ColumnUse.ITEM:
            return [str(text) for text in sieve.ids(column)]
        case ColumnUse.LABEL:
            return ["" if np.isnan(value) else f"{value:g}" for value in sieve.numbers(column)]
        case ColumnUse.TIME:
            times = sieve.times(column, time_format).astype("datetime64[s]")
            return [str(time).replace("T", " ") for time in times]
        case ColumnUse.FEATURE | ColumnUse.IGNORE:
            return raw


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line was put aside: the file, the number of the line, and what is wrong with it."""

    file: str
    line: int
    message: Message


def first_reasons(rejected: Iterable[tuple[Part, RejectedLine]], n: int) -> tuple[Reason, ...]:
    """Return the first rejected lines of the first ten thousand, each reason once at first."""
    reasons = [Reason(part.name, line.line, line.reason) for part, line in islice(rejected, 10_000)]
    kinds = {reason.message.template: reason for reason in reversed(reasons)}
    different = [reason for reason in reasons if kinds[reason.message.template] is reason]
    others = [reason for reason in reasons if reason not in different]
    return tuple(sorted([*different, *others][:n], key=reasons.index))

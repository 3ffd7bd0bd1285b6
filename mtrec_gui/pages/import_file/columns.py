"""What a person said of each column of a file, and how its first lines read then (Qt-free)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from algorithms.data.lines import RejectedLine, split_lines
from algorithms.data.look import FileLook
from algorithms.data.readers import ColumnRoles
from algorithms.data.sieve import Sieve, TimeFormat
from algorithms.errors import MissingColumnError

N_SHOWN = 10


class ColumnUse(StrEnum):
    """What a column is used for."""

    USER = "user"
    ITEM = "item"
    LABEL = "label"
    TIME = "time"
    IGNORE = "ignore"


SINGLE = (ColumnUse.USER, ColumnUse.ITEM, ColumnUse.TIME)  # one column each


@dataclass(frozen=True, slots=True)
class Columns:
    """The use of each column in the order of the file, and how times and items are meant."""

    uses: tuple[ColumnUse, ...]
    time_format: TimeFormat = TimeFormat.SECONDS
    item_kind: str = "item"

    def with_use(self, place: int, use: ColumnUse) -> Columns:
        """Return the columns with another use for one; who had a single use before loses it."""
        uses = [
            ColumnUse.IGNORE if use in SINGLE and other is use else other for other in self.uses
        ]
        uses[place] = use
        return replace(self, uses=tuple(uses))

    def roles(self, look: FileLook) -> ColumnRoles:
        """Return the columns as the reader wants them.

        Raises
        ------
        MissingColumnError
            Where no column is the user or the item.
        """
        named = dict(zip(self.uses, look.columns, strict=True))
        for use in (ColumnUse.USER, ColumnUse.ITEM):
            if use not in named:
                raise MissingColumnError(
                    column=use.value, role=use.value, columns=", ".join(look.columns)
                )
        return ColumnRoles(
            user=named[ColumnUse.USER],
            item=named[ColumnUse.ITEM],
            time=named.get(ColumnUse.TIME),
            time_format=self.time_format,
            labels=tuple(
                column
                for use, column in zip(self.uses, look.columns, strict=True)
                if use is ColumnUse.LABEL
            ),
            item_kind=self.item_kind,
        )


def as_proposed(look: FileLook, roles: ColumnRoles) -> Columns:
    """Return what was proposed for a file, column by column."""

    def use_of(column: str) -> ColumnUse:
        if column == roles.user:
            return ColumnUse.USER
        if column == roles.item:
            return ColumnUse.ITEM
        if column == roles.time:
            return ColumnUse.TIME
        return ColumnUse.LABEL if column in roles.labels else ColumnUse.IGNORE

    return Columns(
        tuple(use_of(column) for column in look.columns), roles.time_format, roles.item_kind
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
        case ColumnUse.IGNORE:
            return raw


def first_reasons(rejected: Sequence[RejectedLine], n: int) -> tuple[RejectedLine, ...]:
    """Return the first rejected lines, those with different reasons first."""
    by_reason = {line.reason.template: line for line in reversed(rejected)}
    different = sorted(by_reason.values(), key=lambda line: line.line)
    others = [line for line in rejected[: n + len(different)] if line not in different]
    return tuple(sorted([*different, *others][:n], key=lambda line: line.line))

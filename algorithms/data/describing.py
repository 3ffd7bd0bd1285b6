"""Tables that say what the items are, or who the users are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.arrays import AnyArray, TextArray
from algorithms.data.lines import RejectedLine, split_lines
from algorithms.data.look import FileLook, is_number
from algorithms.data.parts import DescriptionColumns
from algorithms.data.sieve import Sieve
from algorithms.data.sources import open_stream
from algorithms.data.streams import in_blocks
from algorithms.errors import MissingColumnError, UnreadableFileError
from algorithms.progress import Progress, Stage, part_of, silent

if TYPE_CHECKING:
    import polars as pl

CATEGORIES = "categories"  # the item feature with all categories, such as Comedy|Drama


@dataclass(frozen=True, eq=False)
class Descriptions:
    """What a table says of items or users, in its order.

    Parameters
    ----------
    kind : of the items
    ids : (n,) distinct
    titles : (n,) text, empty where there is none
    features : columns of (n,): numbers where each value is one or empty, else texts
    n_read : lines that hold something, without the header
    rejected : lines that were put aside, ascending
    """

    kind: str
    ids: TextArray
    titles: TextArray
    features: dict[str, AnyArray]
    n_read: int
    rejected: Sequence[RejectedLine]


def read_descriptions(
    look: FileLook, columns: DescriptionColumns, progress: Progress = silent
) -> Descriptions:
    """Read a table of descriptions; one that is described twice keeps its first description.

    Raises
    ------
    UnreadableFileError
        Where the file cannot be read.
    MissingColumnError
        Where a named column does not exist.
    """
    for role, column in _named(columns):
        if column not in look.columns:
            raise MissingColumnError(column=column, role=role, columns=", ".join(look.columns))
    text = _text(look, part_of(progress, 0.0, 0.4))
    fields = split_lines(text, look)
    progress(0.6, Stage.LOAD)
    sieve = Sieve(fields, look)
    ids = sieve.distinct_ids(columns.id)
    titles = None if columns.title is None else sieve.texts(columns.title)
    texts = {column: sieve.texts(column) for column in columns.features}
    if columns.category is not None:
        texts[CATEGORIES] = sieve.texts(columns.category)
    flags = {column: sieve.numbers(column) for column in columns.flags}
    fits = sieve.fits()
    features: dict[str, AnyArray] = {}
    for done, (column, values) in enumerate(texts.items(), start=1):
        kept = values.filter(fits)
        features[column] = (
            _as_text(kept) if column == CATEGORIES else _as_feature(kept, look.decimal)
        )
        progress(0.6 + 0.3 * done / len(texts), Stage.LOAD)
    if flags:
        names = np.array(list(flags))
        raised = np.column_stack(list(flags.values()))[fits.to_numpy()] == 1  # (n, n_flags)
        features[CATEGORIES] = np.array(["|".join(names[row]) for row in raised], dtype=np.str_)
    n = int(fits.sum())
    return Descriptions(
        kind=columns.kind,
        ids=_as_text(ids.filter(fits)),
        titles=np.zeros(n, dtype="<U1") if titles is None else _as_text(titles.filter(fits)),
        features=features,
        n_read=len(fields.rows) + len(fields.rejected),
        rejected=sieve.rejected(),
    )


def _named(columns: DescriptionColumns) -> list[tuple[str, str]]:
    named = [("id", columns.id)]
    if columns.title is not None:
        named.append(("title", columns.title))
    if columns.category is not None:
        named.append(("category", columns.category))
    return named + [("feature", column) for column in (*columns.flags, *columns.features)]


def _text(look: FileLook, progress: Progress) -> str:
    n_bytes = look.path.stat().st_size + 1
    blocks: list[bytes] = []
    n_read = 0
    with open_stream(look.path, look.member) as stream:
        for block in in_blocks(stream):
            blocks.append(block)
            n_read += len(block)
            progress(min(n_read / n_bytes, 1.0), Stage.LOAD)
    data = b"".join(blocks)
    try:
        return data.decode(look.encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            file=look.path.name,
            expected=f"text in {look.encoding}",
            found=f"bytes in line {data[: error.start].count(10) + 1} that are none",
            remedy="Choose another encoding, or save the file as UTF-8.",
        ) from None


def _as_text(values: pl.Series) -> TextArray:
    return np.array(values.to_list(), dtype=np.str_)


def _as_feature(values: pl.Series, decimal: str) -> AnyArray:
    texts = [text.strip() for text in values]
    if any(texts) and all(is_number(text, decimal) for text in texts if text):
        numbers = [float(text.replace(decimal, ".")) if text else np.nan for text in texts]
        return np.array(numbers, dtype=np.float32)
    return _as_text(values)

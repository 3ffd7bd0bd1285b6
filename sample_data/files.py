"""A world as files that a spreadsheet opens: writing the tables, and reading them back fast."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from algorithms.arrays import AnyArray, IndexArray
from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.errors import UnreadableFileError

if TYPE_CHECKING:
    import polars as pl

TABLES = ("interactions", "items", "users")
EVENT_COLUMNS = ("user_id", "item_id", "time")
ITEM_COLUMNS = ("item_id", "kind", "category", "title")
USER_COLUMNS = ("user_id",)
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"  # UTC


def as_csv(log: InteractionLog) -> dict[str, bytes]:
    """Return the three tables of a log as CSV, by file name: UTF-8, comma, one header line."""
    if log.timestamps is None:
        times: Sequence[str] = [""] * len(log)
    else:
        seconds = log.timestamps.astype("datetime64[s]")
        times = [text.replace("T", " ") for text in np.datetime_as_string(seconds).tolist()]
    users, items = log.user_table, log.item_table
    interactions = {
        "user_id": users.ids.ids[log.users].tolist(),
        "item_id": items.ids.ids[log.items].tolist(),
        "time": times,
        **{name: _texts(column) for name, column in log.context.items()},
        **{name: _texts(column) for name, column in log.labels.items()},
    }
    item_columns = {
        "item_id": items.ids.ids.tolist(),
        "kind": [items.kinds[code] for code in items.kind_codes],
        "category": items.categories.tolist(),
        "title": items.titles.tolist(),
        **{name: _texts(column) for name, column in items.features.items()},
    }
    user_columns = {
        "user_id": users.ids.ids.tolist(),
        **{name: _texts(column) for name, column in users.features.items()},
    }
    tables = zip(TABLES, (interactions, item_columns, user_columns), strict=True)
    return {f"{name}.csv": _csv(columns.keys(), columns.values()) for name, columns in tables}


def _csv(header: Iterable[str], columns: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode("utf-8")


def _texts(column: AnyArray) -> list[str]:
    """Write whole numbers without a point, NaN as nothing."""
    if column.dtype.kind != "f":
        return [str(value) for value in column.tolist()]
    return ["" if value != value else f"{value:.12g}" for value in column.tolist()]


def read_log(folder: Path, name: str, labels: Sequence[str]) -> InteractionLog:
    """Read a world's three tables.

    Raises
    ------
    UnreadableFileError
        Where a file is missing or not what ``as_csv`` writes.
    """
    import polars as pl

    try:
        rows, item_rows, user_rows = _read_tables(folder, labels)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UnreadableFileError(
            file=str(folder),
            expected="the tables interactions.csv, items.csv and users.csv of a sample world",
            found=str(error).splitlines()[0],
            remedy="Write them again with python -m sample_data.build.",
        ) from error
    kinds = tuple(item_rows["kind"].unique(maintain_order=True))
    return InteractionLog(
        name=name,
        users=_codes(rows["user_id"]),
        items=_codes(rows["item_id"]),
        labels={label: rows[label].to_numpy() for label in labels},
        user_table=UserTable(
            IdMap(_column(user_rows["user_id"])), _others(user_rows, known=USER_COLUMNS)
        ),
        item_table=ItemTable(
            ids=IdMap(_column(item_rows["item_id"])),
            titles=_column(item_rows["title"]),
            kinds=kinds,
            kind_codes=np.array([kinds.index(kind) for kind in item_rows["kind"]], np.int16),
            categories=_column(item_rows["category"]),
            features=_others(item_rows, known=ITEM_COLUMNS),
        ),
        timestamps=rows["time"].to_numpy().astype(np.int64),
        context=_others(rows, known=(*EVENT_COLUMNS, *labels)),
    )


def _read_tables(folder: Path, labels: Sequence[str]) -> list[pl.DataFrame]:
    """Read interactions, items and users, each with all the columns that it must have."""
    import polars as pl

    texts = dict.fromkeys((*ITEM_COLUMNS, *USER_COLUMNS), pl.String)
    users = pl.read_csv(folder / "users.csv", schema_overrides=texts)
    items = pl.read_csv(folder / "items.csv", schema_overrides=texts)
    rows = pl.read_csv(
        folder / "interactions.csv",
        schema_overrides={
            "user_id": pl.Enum(users["user_id"]),
            "item_id": pl.Enum(items["item_id"]),
            "position": pl.Int32,
            **dict.fromkeys(labels, pl.Float32),
        },
    ).with_columns(
        pl.col("time").str.to_datetime(TIME_FORMAT, time_unit="ms").dt.epoch("s"),
        pl.col(labels).fill_null(np.nan),
    )
    return [
        rows.select(*EVENT_COLUMNS, pl.all().exclude(EVENT_COLUMNS)),
        items.select(*ITEM_COLUMNS, pl.all().exclude(ITEM_COLUMNS)),
        users.select(*USER_COLUMNS, pl.all().exclude(USER_COLUMNS)),
    ]


def _codes(column: pl.Series) -> IndexArray:
    return column.to_physical().to_numpy().astype(np.int32)


def _others(table: pl.DataFrame, known: Sequence[str]) -> dict[str, AnyArray]:
    return {name: _column(table[name]) for name in table.columns if name not in known}


def _column(column: pl.Series) -> AnyArray:
    """Return texts as NumPy text, numbers as they are, nothing as NaN."""
    if column.dtype.is_numeric():
        return column.to_numpy(writable=True)
    return np.array(column.fill_null("").to_list(), dtype=np.str_)

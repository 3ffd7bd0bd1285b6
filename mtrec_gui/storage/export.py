"""A project as plain tables, for those who want to practise SQL on it.

The file that comes out is an ordinary SQLite database without blobs: ``users``, ``items``,
``interactions``, ``runs`` and ``metric_values``. A label that was not observed is NULL, which is
how SQL says "not known".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from sqlalchemy import (
    REAL,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    insert,
)
from sqlalchemy.pool import NullPool

from algorithms.arrays import AnyArray
from algorithms.data.log import InteractionLog
from mtrec_gui.storage.column_types import number_or_null
from mtrec_gui.storage.database import worded_errors
from mtrec_gui.storage.files import new_file
from mtrec_gui.storage.project import Project
from mtrec_gui.storage.values import RunStatus

Arrays = Mapping[str, AnyArray]
Rows = list[dict[str, object]]

_RUNS = Table(
    "runs",
    MetaData(),
    Column("run_id", Integer, primary_key=True),
    Column("comparison_id", Integer),
    Column("model", Text),
    Column("seed", Integer),
    Column("fit_seconds", REAL),
    Column("predict_seconds", REAL),
    Column("n_parameters", Integer),
    Column("peak_bytes", Integer),
    Column("bytes_stored", Integer),
)
_METRIC_VALUES = Table(
    "metric_values",
    MetaData(),
    Column("run_id", Integer),
    Column("task", Text),
    Column("metric", Text),
    Column("k", Integer),
    Column("value", REAL),
    Column("n", Integer),
    Column("n_undefined", Integer),
    Column("low", REAL),
    Column("high", REAL),
)


def export_tables(project: Project, path: Path | str, dataset_id: int | None = None) -> None:
    """Write a dataset and the numbers of its runs as an SQLite file of ordinary tables.

    Parameters
    ----------
    project : to be exported
    path : of the new file; what is there already is never overwritten
    dataset_id : which dataset; the newest where none is given

    Raises
    ------
    ResourceError
        Where there is a file of this name, or it cannot be written.
    """
    path = Path(path)
    datasets = project.datasets()
    if dataset_id is None and datasets:
        dataset_id = datasets[-1].id
    log = project.load_log(dataset_id)
    runs, values = _run_rows(project, dataset_id)
    with new_file(path) as draft, worded_errors(path):
        engine = create_engine(f"sqlite:///{draft}", poolclass=NullPool)
        with engine.begin() as connection:
            for name, groups in _log_tables(log):
                _write(connection, *_from_arrays(name, groups))
            _write(connection, _RUNS, runs)
            _write(connection, _METRIC_VALUES, values)


def _log_tables(log: InteractionLog) -> Iterator[tuple[str, list[Arrays]]]:
    users, items = log.user_table, log.item_table
    yield "users", [{"user_id": users.ids.ids}, users.features]
    kinds = np.array(items.kinds, dtype=np.str_)[items.kind_codes]  # (n_items,)
    fixed = {
        "item_id": items.ids.ids,
        "title": items.titles,
        "kind": kinds,
        "category": items.categories,
    }
    yield "items", [fixed, items.features]
    events: dict[str, AnyArray] = {
        "user_id": users.ids.ids[log.users],
        "item_id": items.ids.ids[log.items],
    }
    if log.timestamps is not None:
        events["timestamp"] = log.timestamps
    yield "interactions", [events, log.labels, log.context]


def _run_rows(project: Project, dataset_id: int | None) -> tuple[Rows, Rows]:
    runs: Rows = []
    values: Rows = []
    for comparison in project.comparisons():
        if comparison.dataset_id != dataset_id:
            continue
        for run in project.runs(comparison.id):
            if run.status is RunStatus.FAILED:
                continue
            result = project.load_result(run.id)
            runs.append(
                {
                    "run_id": run.id,
                    "comparison_id": comparison.id,
                    "model": run.model,
                    "seed": run.seed,
                    "fit_seconds": number_or_null(result.cost.fit_seconds),
                    "predict_seconds": number_or_null(result.cost.predict_seconds),
                    "n_parameters": result.cost.n_parameters,
                    "peak_bytes": result.cost.peak_bytes,
                    "bytes_stored": result.cost.bytes_stored,
                }
            )
            values += [
                {
                    "run_id": run.id,
                    "task": metric.task,
                    "metric": metric.metric,
                    "k": metric.k,
                    "value": number_or_null(metric.value),
                    "n": metric.n,
                    "n_undefined": metric.n_undefined,
                    "low": number_or_null(metric.low),
                    "high": number_or_null(metric.high),
                }
                for metric in result.metrics
            ]
    return runs, values


def _from_arrays(name: str, groups: list[Arrays]) -> tuple[Table, Rows]:
    columns: list[Column[object]] = []
    values: list[list[object]] = []
    taken: set[str] = set()
    for group in groups:
        for wanted, array in group.items():
            columns.append(Column(_free_name(wanted, taken), _TYPES[array.dtype.kind]()))
            values.append(_plain_values(array))
    names = [column.name for column in columns]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]
    return Table(name, MetaData(), *columns), rows


_TYPES = {"f": REAL, "U": Text, "b": Integer, "i": Integer, "u": Integer}


def _free_name(wanted: str, taken: set[str]) -> str:
    """Return a column name that differs from the others in more than case, as SQL needs it."""
    name, number = wanted, 2
    while name.casefold() in taken:
        name, number = f"{wanted}_{number}", number + 1
    taken.add(name.casefold())
    return name


def _plain_values(array: AnyArray) -> list[object]:
    values: list[object] = array.tolist()
    if array.dtype.kind == "f":
        for position in np.flatnonzero(np.isnan(array)):
            values[position] = None
    return values


def _write(connection: Connection, table: Table, rows: Rows) -> None:
    table.create(connection)
    if rows:
        connection.execute(insert(table), rows)

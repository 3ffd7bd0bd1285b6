"""A project as plain tables: what SQL says of them is what NumPy says of the log."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from algorithms.data.log import InteractionLog
from algorithms.evaluation.results import RunResult
from algorithms.messages import Message
from mtrec_gui.storage import Project, ProjectExistsError, UnknownRecordError, export_tables
from mtrec_gui.storage.errors import NoDataError


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as plain:
        return plain.execute(sql).fetchall()


def test_sql_agrees_with_numpy(
    project: Project,
    comparison: int,
    new_log: Callable[..., InteractionLog],
    new_result: Callable[..., RunResult],
    tmp_path: Path,
) -> None:
    log = new_log()
    project.add_run(comparison, new_result(1))
    project.add_run(comparison, new_result(2))
    project.add_failure(comparison, "als", {}, 3, Message("No."))
    path = tmp_path / "tables.sqlite"
    export_tables(project, path)

    rating = log.label("rating")
    product = log.item_table.kind_codes[log.items] == 1
    ((n, mean, latest),) = query(
        path,
        "SELECT count(rating), avg(rating), max(timestamp) FROM interactions "
        "JOIN items USING (item_id) WHERE kind = 'product'",
    )
    assert n == np.isfinite(rating[product]).sum()
    assert mean == pytest.approx(np.nanmean(rating[product]))
    assert latest == log.timestamps[product].max()
    assert query(path, "SELECT count(*), count(DISTINCT 城市) FROM users") == [(7, 1)]
    assert query(path, "SELECT title FROM items LIMIT 1") == [(str(log.item_table.titles[0]),)]
    assert query(path, "SELECT typeof(price) FROM items LIMIT 2") == [("real",), ("null",)]
    assert query(path, "SELECT run_id, model, seed FROM runs") == [(1, "bias", 1), (2, "bias", 2)]
    assert query(
        path,
        "SELECT seed, value FROM metric_values JOIN runs USING (run_id) WHERE metric = 'ndcg'",
    ) == [(1, 1.1), (2, 2.1)]


def test_column_names_that_collide_or_bite(
    project: Project, new_log: Callable[..., InteractionLog], tmp_path: Path
) -> None:
    log = new_log(3)
    odd = ("User_ID", "rating", "Rating", 'a"; DROP TABLE users; --', "100% (a):b", "select")
    labels = {name: np.full(3, number, np.float32) for number, name in enumerate(odd)}
    first = project.save_log(replace(log, labels=labels))
    project.save_log(new_log(5))
    path = tmp_path / "tables.sqlite"
    export_tables(project, path, first)
    names = [row[1] for row in query(path, "PRAGMA table_info(interactions)")]
    assert names[3:9] == ["User_ID_2", "rating", "Rating_2", *odd[3:]]
    assert query(path, 'SELECT "100% (a):b", "select" FROM interactions')[0] == (4.0, 5.0)
    assert query(path, "SELECT count(*) FROM users") == [(7,)]


def test_nothing_is_overwritten_and_nothing_left_behind(
    project: Project, comparison: int, tmp_path: Path
) -> None:
    path = tmp_path / "tables.sqlite"
    path.write_text("mine")
    with pytest.raises(ProjectExistsError):
        export_tables(project, path)
    assert path.read_text() == "mine"
    with pytest.raises(UnknownRecordError):
        export_tables(project, tmp_path / "other.sqlite", 99)
    assert {entry.name for entry in tmp_path.iterdir()} == {path.name, project.path.name}


def test_a_project_without_data_has_nothing_to_export(project: Project, tmp_path: Path) -> None:
    with pytest.raises(NoDataError, match="no data yet"):
        export_tables(project, tmp_path / "tables.sqlite")


@pytest.mark.parametrize(("n", "n_users", "n_items"), [(0, 0, 0), (0, 2, 2)])
def test_an_empty_log_gives_empty_tables(
    project: Project,
    new_log: Callable[..., InteractionLog],
    tmp_path: Path,
    n: int,
    n_users: int,
    n_items: int,
) -> None:
    project.save_log(new_log(n, n_users, n_items))
    path = tmp_path / "tables.sqlite"
    export_tables(project, path)
    assert query(path, "SELECT count(*) FROM interactions") == [(0,)]
    assert query(path, "SELECT count(*) FROM items") == [(n_items,)]
    assert query(path, "SELECT count(*) FROM metric_values") == [(0,)]

"""docs/project-file.md says what the file is: every table, every column, and lines that run."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from algorithms.data.log import InteractionLog
from mtrec_gui.storage import Project
from mtrec_gui.storage.rows import Row

MANUAL = (Path(__file__).parents[3] / "docs" / "project-file.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", sorted(Row.metadata.tables))
def test_every_column_is_explained(table: str) -> None:
    (section,) = re.findall(rf"^### {table}$(.*?)^##", MANUAL, re.MULTILINE | re.DOTALL)
    explained = set(re.findall(r"`(\w+)`", section))
    assert set(Row.metadata.tables[table].columns.keys()) <= explained


def test_no_table_is_explained_that_is_not_there() -> None:
    assert set(re.findall(r"^### (\w+)$", MANUAL, re.MULTILINE)) == set(Row.metadata.tables)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # left open
@pytest.mark.parametrize(("codec", "n"), [("zlib-planes", 50), ("block-planes", 300_000)])
def test_the_lines_read_a_blob(
    tmp_path: Path,
    new_log: Callable[..., InteractionLog],
    monkeypatch: pytest.MonkeyPatch,
    codec: str,
    n: int,
) -> None:
    log = new_log(n)
    with Project.create(tmp_path / "shop.mtrec") as project:
        project.save_log(log)
    small, large = re.findall(r"```python\n(.*?)```", MANUAL, re.DOTALL)
    assert len(small.splitlines()) == 5
    fetch = "".join(small.splitlines(keepends=True)[:3])
    monkeypatch.chdir(tmp_path)
    for label in log.labels:
        names: dict[str, object] = {}
        lines = {"zlib-planes": small, "block-planes": fetch + large}[codec]
        exec(lines.replace("'click'", f"'{label}'"), names)  # noqa: S102 - the manual's own words
        assert np.array_equal(names["click"], log.label(label), equal_nan=True)

    with closing(sqlite3.connect(tmp_path / "shop.mtrec")) as plain:
        ((found,),) = plain.execute("SELECT DISTINCT codec FROM log_columns WHERE part = 'label'")
    assert found == codec

"""docs/project-file.md says what the file is: every table, every column, and lines that run."""

from __future__ import annotations

import re
from collections.abc import Callable
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
def test_the_five_lines_read_a_blob(
    tmp_path: Path, new_log: Callable[..., InteractionLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = new_log()
    with Project.create(tmp_path / "shop.mtrec") as project:
        project.save_log(log)
    (lines,) = re.findall(r"```python\n(.*?)```", MANUAL, re.DOTALL)
    assert len(lines.splitlines()) == 5
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(lines, names)  # noqa: S102 - the manual's own words
    assert np.array_equal(names["click"], log.label("click"))

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import sample_data
from algorithms.errors import UnreadableFileError
from algorithms.tasks import TaskKind, check_tasks
from sample_data import WORLDS, UnknownWorldError, load_world, simulate_world, world_tasks
from sample_data.files import TABLES, as_csv, read_log
from sample_data.simulator import Simulation

FOLDER = WORLDS["ecommerce"].file.parent


def test_the_files_are_what_the_simulator_makes(ecommerce: Simulation) -> None:
    for name, content in as_csv(ecommerce.log).items():
        assert (FOLDER / name).read_bytes() == content, f"{name}: python -m sample_data.build"


def test_the_files_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 6e6


def test_reading_the_files_gives_the_simulated_log(ecommerce: Simulation) -> None:
    read, made = load_world("ecommerce").to_arrays(), ecommerce.log.to_arrays()
    assert list(read) == list(made)
    for name, column in made.items():
        assert read[name].dtype == column.dtype, name
        np.testing.assert_array_equal(read[name], column, err_msg=name)


def test_two_simulations_agree(ecommerce: Simulation) -> None:
    again = simulate_world("ecommerce").log.to_arrays()
    for name, column in ecommerce.log.to_arrays().items():
        np.testing.assert_array_equal(again[name], column, err_msg=name)


@pytest.mark.parametrize("table", TABLES)
def test_every_line_of_a_file_has_all_columns(table: str) -> None:
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_what_is_hidden_stays_out_of_the_files() -> None:
    headers = {
        name: (FOLDER / f"{name}.csv").read_text(encoding="utf-8").partition("\n")[0]
        for name in TABLES
    }
    assert headers == {
        "interactions": "user_id,item_id,time,position,click,purchase,rating,ad_click",
        "items": "item_id,kind,category,title,brand,price",
        "users": "user_id,age,favourite_category",
    }


def test_size_and_titles() -> None:
    log = load_world("ecommerce")
    table = log.item_table
    assert log.n_users == 2000
    assert len(table.of_kind("product")) == 800
    assert len(table.of_kind("ad")) == 200
    assert 95_000 <= len(log) <= 105_000
    assert len(set(table.titles)) == log.n_items
    assert "Trail running shoes, Kestrel" in table.titles
    assert 8 <= len(set(table.categories)) <= 12
    price = table.features["price"]
    assert np.isnan(price[table.of_kind("ad")]).all()
    assert price[table.of_kind("product")].min() > 1


def test_tasks_can_be_learned() -> None:
    tasks = world_tasks("ecommerce")
    assert [(task.name, task.kind, task.item_kind, task.parent) for task in tasks] == [
        ("click", TaskKind.BINARY, "product", None),
        ("purchase", TaskKind.BINARY, "product", "click"),
        ("rating", TaskKind.RATING, "product", None),
        ("ad click", TaskKind.BINARY, "ad", None),
    ]
    assert check_tasks(tasks, load_world("ecommerce")) == []


def test_the_card_tells_what_the_world_is() -> None:
    world = WORLDS["ecommerce"]
    assert world.title == "E-commerce"
    assert world.tasks == tuple(task.name for task in world_tasks("ecommerce"))
    assert world.description.endswith(".")
    assert world.try_first


def test_an_unknown_world_names_those_there_are() -> None:
    for ask in (load_world, world_tasks, simulate_world):
        with pytest.raises(UnknownWorldError, match="ecommerce"):
            ask("atlantis")


def test_a_damaged_world_says_how_to_mend_it(tmp_path: Path) -> None:
    labels = WORLDS["ecommerce"].labels
    with pytest.raises(UnreadableFileError, match=r"sample_data\.build"):
        read_log(tmp_path, "gone", labels)
    for name in TABLES:
        shutil.copy(FOLDER / f"{name}.csv", tmp_path)
    path = tmp_path / "interactions.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:5], lines[5].replace("u", "stranger", 1)]))
    with pytest.raises(UnreadableFileError, match=r"sample_data\.build"):
        read_log(tmp_path, "a stranger", labels)
    path.write_text("\n".join(line.rsplit(",", 1)[0] for line in lines[:5]))  # no ad_click
    with pytest.raises(UnreadableFileError, match=r"sample_data\.build"):
        read_log(tmp_path, "a column less", labels)


def test_the_cards_cost_nothing_heavy() -> None:
    code = (
        "import sys, sample_data; sample_data.WORLDS['ecommerce']; "
        "print([m for m in ('numpy', 'pydantic', 'polars', 'scipy') if m in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert shown.strip() == "[]"


def test_the_package_has_no_other_late_names() -> None:
    with pytest.raises(AttributeError):
        sample_data.WORLD  # noqa: B018

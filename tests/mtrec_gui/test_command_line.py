"""The ways without a window, as a person types them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mtrec_gui.command_line import main
from mtrec_gui.storage import Project

ROOT = Path(__file__).parents[2]

SPEC = """
seeds = [3]
[data]
file = "ratings.csv"
[[models]]
model = "popularity"
[[models]]
model = "bias"
config = { item_damping = 5.0 }
"""


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch):
    """A terminal so wide that no key is broken."""
    monkeypatch.setenv("COLUMNS", "220")


@pytest.fixture
def ratings(tmp_path):
    """A small rating file that a person might bring."""
    rng = np.random.default_rng(5)
    lines = ["userId,movieId,rating,timestamp"]
    for user in range(40):
        for item in rng.permutation(30)[:15]:
            stars = rng.integers(1, 11) / 2
            lines.append(f"u{user},{item:03},{stars},{1_000_000_000 + len(lines)}")
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_import_makes_a_project_with_proposed_tasks(ratings, tmp_path, capsys):
    project = tmp_path / "mine.mtrec"
    assert main(["import", str(ratings), "--project", str(project)]) == 0
    told = capsys.readouterr().out
    assert "600 lines read, 600 accepted, 0 rejected" in told
    assert str(project) in told.replace("\n", "")
    with Project.open(project) as opened:
        log = opened.load_log()
        experiment = opened.load_experiment(opened.datasets()[0].id)
    assert log.user_table.ids.ids[0] == "u0"
    assert log.item_table.ids.index("007") is not None  # ids stay text
    assert [task.name for task in experiment.tasks] == ["rating", "liked", "watched"]


def test_rejected_lines_are_counted_shown_and_written(ratings, tmp_path, capsys):
    with ratings.open("a", encoding="utf-8") as file:
        file.write("u1,005,many,1\n")
    out = tmp_path / "rejected.csv"
    assert main(["import", str(ratings), "--rejected", str(out)]) == 0
    assert "601 lines read, 600 accepted, 1 rejected" in capsys.readouterr().out
    assert "602" in out.read_text("utf-8")
    assert "many" in out.read_text("utf-8")


def test_run_prints_the_table_and_writes_json(ratings, tmp_path, capsys):
    spec, out = tmp_path / "spec.toml", tmp_path / "out.json"
    spec.write_text(SPEC, "utf-8")
    assert main(["run", str(spec), "--json", str(out)]) == 0
    told = capsys.readouterr().out
    assert "Most popular" in told
    values = json.loads(out.read_text("utf-8"))
    assert [entry["model"] for entry in values["models"]] == ["popularity", "bias"]
    assert values["models"][1]["config"]["item_damping"] == 5.0
    assert values["models"][0]["seeds"] == [3]
    measured = {(m["task"], m["metric"]) for m in values["models"][1]["metrics"]}
    assert {("rating", "rmse"), ("liked", "auc"), ("watched", "ndcg@10")} <= measured
    with Project.open(values["project"]) as opened:
        (comparison,) = opened.comparisons()
        assert comparison.n_done == 2


def test_two_runs_of_a_spec_give_the_same_numbers(ratings, tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text(SPEC, "utf-8")
    found = []
    for name in ("a.json", "b.json"):
        assert main(["run", str(spec), "--json", str(tmp_path / name)]) == 0
        values = json.loads((tmp_path / name).read_text("utf-8"))
        found.append([entry["metrics"] for entry in values["models"]])
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[data]\nworld = 'ecommerce'\n[[models]]\nmodel = 'magic'\n", "magic"),
        (
            "[data]\nworld = 'ecommerce'\n[[models]]\nmodel = 'als'\nconfig = {n_factors = 0}\n",
            "n_factors",
        ),
        (
            "[data]\nworld = 'ecommerce'\n[[models]]\nmodel = 'als'\nconfig = {speed = 3}\n",
            "speed",
        ),
        ("[data]\nworld = 'atlantis'\n", "atlantis"),
        ("[data]\nfile = 'nothing.csv'\n", "nothing.csv"),
        ("[data]\n", "world or a file"),
        ("seeds = []\n[data]\nworld = 'ecommerce'\n", "seeds"),
        ("this is no toml", "not TOML"),
    ],
)
def test_a_bad_spec_is_one_sentence_and_leaves_nothing(text, expected, tmp_path, capsys, lab_home):
    spec = tmp_path / "spec.toml"
    spec.write_text(text, "utf-8")
    assert main(["run", str(spec)]) == 2
    error = capsys.readouterr().err
    assert expected in error
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert not list(lab_home.glob("*.mtrec"))


@pytest.mark.parametrize(
    ("name", "content", "arguments", "expected"),
    [
        ("empty.csv", b"", [], "empty.csv"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), [], "PNG"),
        ("header.csv", b"user,item,rating\n", [], "header.csv"),
        ("ratings.csv", b"user,item,rating\nu,i,4\nv,j,2\n", ["--user", "who"], "who"),
        ("ratings.csv", b"user,item,rating\nu,i,many\n", ["--label", "rating"], "many"),
    ],
)
def test_a_bad_file_is_one_sentence_and_leaves_nothing(
    name, content, arguments, expected, tmp_path, capsys, lab_home
):
    path = tmp_path / name
    path.write_bytes(content)
    assert main(["import", str(path), *arguments]) == 2
    error = capsys.readouterr().err
    assert expected in error
    assert error.count("\n") == 1
    assert not list(lab_home.glob("*.mtrec"))


def test_an_existing_project_is_not_overwritten(ratings, tmp_path, capsys):
    project = tmp_path / "mine.mtrec"
    assert main(["import", str(ratings), "--project", str(project)]) == 0
    before = project.read_bytes()
    assert main(["import", str(ratings), "--project", str(project)]) == 2
    assert "mine.mtrec" in capsys.readouterr().err
    assert project.read_bytes() == before


def test_a_place_that_cannot_be_written_is_one_sentence(ratings, capsys):
    assert main(["import", str(ratings), "--project", "/proc/nowhere/mine.mtrec"]) == 2
    error = capsys.readouterr().err
    assert "/proc/nowhere" in error
    assert error.count("\n") == 1


def test_models_and_metrics_are_listed_and_written(tmp_path, capsys):
    models, metrics = tmp_path / "models.json", tmp_path / "metrics.json"
    assert main(["models", "--json", str(models)]) == 0
    assert main(["metrics", "--json", str(metrics)]) == 0
    assert "shared_factors" in capsys.readouterr().out
    listed = {entry["key"]: entry for entry in json.loads(models.read_text("utf-8"))}
    factors = listed["shared_factors"]["parameters"]["properties"]["n_factors"]
    assert factors["minimum"] >= 1
    assert factors["description"]
    cards = {entry["key"]: entry for entry in json.loads(metrics.read_text("utf-8"))}
    assert cards["rmse"]["direction"] == "lower"
    assert cards["ndcg"]["definition"]
    assert {each["same"] for each in cards["ndcg"]["variants"]} == {True, False}
    assert cards["hypervolume"]["level"] == "across tasks"
    assert cards["peak_bytes"]["level"] == "cost"
    assert cards["hypervolume"]["example"]["value"] == 5


def test_one_model_and_one_metric_in_full(capsys):
    assert main(["models", "als"]) == 0
    assert "alpha" in capsys.readouterr().out
    assert main(["metrics", "recall_at"]) == 0
    said = capsys.readouterr().out
    assert "Common mistake" in said
    assert "LensKit, Recall: Divides by min(R, k)" in said
    assert main(["metrics", "hypervolume"]) == 0
    assert "reference point" in capsys.readouterr().out
    assert main(["models", "magic"]) == 2
    assert main(["metrics", "magic"]) == 2


def test_export_writes_ordinary_tables(ratings, tmp_path, capsys):
    import sqlite3

    project, tables = tmp_path / "mine.mtrec", tmp_path / "tables.sqlite"
    main(["import", str(ratings), "--project", str(project)])
    assert main(["export", str(project), str(tables)]) == 0
    with sqlite3.connect(tables) as connection:
        (n,) = connection.execute("SELECT count(*) FROM interactions").fetchone()
    connection.close()
    assert n == 600


def test_help_names_every_command():
    answer = subprocess.run(
        [sys.executable, "main.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for command in ("demo", "run", "import", "models", "metrics", "export", "window"):
        assert command in answer.stdout


@pytest.mark.slow
def test_without_a_screen_the_demonstration_runs_in_the_terminal(tmp_path):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    answer = subprocess.run(
        [sys.executable, "main.py"],
        cwd=ROOT,
        env={**environment, "MTREC_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.startswith("There is no screen here")
    assert "Shared factors" in answer.stdout
    assert (tmp_path / "ecommerce.mtrec").exists()


SMALL_WORLD = {
    "count = 2000": "count = 60",
    "count = 800": "count = 160",
    "count = 200": "count = 40",
    'title = "E-commerce"': 'title = "Mine"\ncorrelation = -0.8',
}


@pytest.fixture
def world_file(tmp_path):
    """A sample world's file as a person might edit it."""
    path = tmp_path / "mine.toml"
    assert main(["world", "--write", "ecommerce", str(path)]) == 0
    text = path.read_text("utf-8")
    for old, new in SMALL_WORLD.items():
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")
    return path


def test_a_world_file_becomes_a_project_that_knows_its_truth(world_file, tmp_path, capsys):
    from sample_data.spec import WorldSpec

    project, out = tmp_path / "mine.mtrec", tmp_path / "out.json"
    assert main(["world", str(world_file), "--project", str(project), "--json", str(out)]) == 0
    told = capsys.readouterr().out
    assert "Mine: 60 users, 200 items" in told
    assert "tasks: click, purchase, rating, ad click" in told
    values = json.loads(out.read_text("utf-8"))
    assert values["world"]["correlation"] == -0.8
    with Project.open(project) as opened:
        log = opened.load_log()
        experiment = opened.load_experiment(opened.datasets()[0].id)
    assert values["n_events"] == len(log)
    assert WorldSpec.model_validate_json(log.origin).correlation == -0.8
    assert [task.name for task in experiment.tasks] == ["click", "purchase", "rating", "ad click"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("knowledge = 0.75", "knowledge = 7.5", ("mine.toml", "exposure.knowledge", "7.5")),
        ("[exposure]", "[exposure", ("mine.toml", "world file")),
        ("pages_max = 20", "pages_max = 90", ("mine.toml", "pages_max")),
    ],
)
def test_a_bad_world_file_is_refused_with_file_and_field(
    world_file, tmp_path, capsys, old, new, told
):
    world_file.write_text(world_file.read_text("utf-8").replace(old, new, 1), "utf-8")
    project = tmp_path / "none.mtrec"
    assert main(["world", str(world_file), "--project", str(project)]) == 2
    error = capsys.readouterr().err
    assert all(word in error for word in told)
    assert len(error) < 300
    assert not project.exists()


def test_a_world_file_is_never_written_over(world_file, capsys):
    before = world_file.read_text("utf-8")
    assert main(["world", "--write", "travel", str(world_file)]) == 2
    assert "Choose another name" in capsys.readouterr().err
    assert world_file.read_text("utf-8") == before
    assert main(["world", "--write", "atlantis", "x.toml"]) == 2
    assert "atlantis" in capsys.readouterr().err

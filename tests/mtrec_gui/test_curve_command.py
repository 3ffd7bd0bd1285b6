"""The curves as a person types them."""

import json

import pytest

from mtrec_gui.command_line import main, make_parser
from mtrec_gui.storage import Project


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "220")


@pytest.mark.slow
def test_labels_are_hidden_and_every_model_has_a_curve(tmp_path, capsys):
    values = tmp_path / "a.json"
    asked = ["curve", "--model", "popularity", "--model", "item_cosine", "--seeds", "1,2"]
    assert main([*asked, "--values", "0.1,1", "--json", str(values)]) == 0
    told = capsys.readouterr().out
    assert "share of labels kept" in told
    assert "100 %" in told
    assert "Judged on test data" in told
    written = json.loads(values.read_text("utf-8"))
    assert (written["task"], written["metric"]) == ("purchase", "ndcg@10")
    assert [each["model"] for each in written["models"]] == ["popularity", "item_cosine"]
    for each in written["models"]:
        few, many = each["points"]
        assert (few["x"], many["x"], few["n"]) == (0.1, 1.0, 2)
        assert few["low"] < few["mean"] < few["high"]


def test_a_parameter_is_turned_up(tmp_path, capsys):
    values, project = tmp_path / "a.json", tmp_path / "a.mtrec"
    asked = [
        "curve",
        "--what",
        "size",
        "--model",
        "popularity",
        "--parameter",
        "damping",
    ]
    asked += ["--values", "1,100", "--seeds", "1", "--project", str(project)]
    assert main([*asked, "--json", str(values)]) == 0
    assert "size and time" in capsys.readouterr().out
    written = json.loads(values.read_text("utf-8"))
    assert written["project"] == str(project)
    (line,) = written["models"]
    assert line["parameter"] == "damping"
    assert [point["x"] for point in line["points"]] == [1, 100]
    assert [point["low"] for point in line["points"]] == [None, None]  # one seed has no interval
    with Project.open(project) as opened:
        (kept,) = opened.curves(1)
        (outcomes,) = opened.load_curve_runs(kept.id)
        means = [point.quality.mean for point in kept.specs[0].points(outcomes)]
    assert means == [point["mean"] for point in line["points"]]


def test_a_model_can_stand_beside_itself_in_another_setting():
    from mtrec_gui.curve_command import make_specs
    from mtrec_gui.model_shelf import default_experiment, title_of
    from sample_data import load_world, world_tasks

    log = load_world("ecommerce")
    key = "single_task_network"
    asked = ["curve", "--model", key, "--model", f"{key}:transfer=true, pseudo_labels=1"]
    plain, other = make_specs(
        log, default_experiment(log, world_tasks("ecommerce")), make_parser().parse_args(asked)
    )
    assert plain.base.config == {}
    assert other.base.config == {"transfer": True, "pseudo_labels": 1.0}
    assert title_of(key, {}) == "Single-task networks"
    assert title_of(key, other.base.config).endswith("(transfer=True, pseudo_labels=1.0)")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--values", "0,1"], "shares above 0"),
        (["--values", "half"], "shares above 0"),
        (["--seeds", "one"], "whole numbers such as 1,2,3"),
        (["--seeds", "-1"], "whole numbers such as 1,2,3"),
        (["--task", "sleep"], "does not serve such a task"),
        (["--task", "click=rmse"], "has no such metric"),
        (["--model", "none"], "No model “none”"),
        (["--model", "bias:item_damping"], "KEY:NAME=VALUE"),
        (["--model", "bias:colour=1"], "colour"),
        (["--model", "bias:item_damping=much"], "item_damping"),
        (["--what", "size", "--model", "popularity"], "there are: damping"),
        (["--what", "size", "--parameter", "colour"], "a search can vary numbers and choices"),
        (["--what", "size", "--values", "0,8"], "n_factors"),
        (["--what", "size", "--values", "many"], "expected LOW:HIGH"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(capsys, asked, words):
    assert main(["curve", *asked]) == 2
    assert words in capsys.readouterr().err

"""The search as a person types it."""

import json

import pytest

from mtrec_gui.command_line import main, make_parser
from mtrec_gui.storage import Project


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "220")


@pytest.mark.slow
def test_a_search_prints_its_front_and_keeps_its_trials(tmp_path, capsys):
    project, values = tmp_path / "a.mtrec", tmp_path / "a.json"
    asked = ["search", "--model", "popularity", "--vary", "damping=1:100", "--trials", "3"]
    assert main([*asked, "--project", str(project), "--json", str(values)]) == 0
    told = capsys.readouterr().out
    assert "judged on validation data" in told
    assert "3 settings tried" in told
    written = json.loads(values.read_text("utf-8"))
    assert [trial["number"] for trial in written["trials"]] == [-2, -1, 0, 1, 2]
    assert [t["config"].get("damping") for t in written["trials"][2:]] == [1, 10, 100]
    assert written["hypervolume"] > 0
    with Project.open(project) as opened:
        (kept,) = opened.searches(1)
        assert kept.spec.model_dump(mode="json") == written["spec"]
        trials = opened.load_trials(kept.id)
    assert [list(trial.values) for trial in trials] == [t["values"] for t in written["trials"]]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--vary", "colour"], "a search can vary numbers and choices"),
        (["--vary", "n_factors=many"], "expected LOW:HIGH"),
        (["--vary", "n_factors=0:10"], "n_factors"),
        (["--objective", "sleep"], "does not serve such a task"),
        (["--objective", "click=rmse"], "has no such metric"),
        (["--objective", "click"], "Nothing is varied"),
        (["--trials", "0"], "n_trials"),
        (["--model", "none"], "No model “none”"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(tmp_path, capsys, asked, words):
    assert main(["search", "--project", str(tmp_path / "a.mtrec"), *asked]) == 2
    assert words in capsys.readouterr().err


def test_the_parser_knows_the_methods_and_scales():
    from algorithms.search import SearchMethod, WeightScale

    for method in SearchMethod:
        assert make_parser().parse_args(["search", "--method", method]).method == method
    for scale in WeightScale:
        assert make_parser().parse_args(["search", "--weights", scale]).weights == scale

"""Restored models: the same numbers as the fit, each restored once, none of another project."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.evaluation import Experiment, ModelChoice, run, split_of
from algorithms.models.catalog import find_model
from algorithms.tasks import Task, TaskKind
from mtrec_gui.restored import RestoredModels
from mtrec_gui.storage import Project

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="item")
EXPERIMENT = Experiment(
    tasks=(CLICK,),
    models=(ModelChoice(model="popularity"), ModelChoice(model="bias"), ModelChoice(model="als")),
    seeds=(1, 2),
)


def make_log() -> InteractionLog:
    rng = np.random.default_rng(0)
    n, n_users, n_items = 400, 25, 15
    return InteractionLog(
        name="small",
        users=rng.integers(0, n_users, n).astype(np.int32),
        items=rng.integers(0, n_items, n).astype(np.int32),
        labels={"click": (rng.random(n) < 0.4).astype(np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{i}" for i in range(n_users)]))),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{i}" for i in range(n_items)])),
            titles=np.array([f"Item {i}" for i in range(n_items)]),
            kinds=("item",),
            kind_codes=np.zeros(n_items, dtype=np.int16),
            categories=np.array([""] * n_items),
        ),
    )


def make_project(path: Path) -> Project:
    log = make_log()
    project = Project.create(path)
    comparison = project.start_comparison(project.save_log(log), EXPERIMENT)
    for spec in EXPERIMENT.run_specs():
        project.add_run(comparison, run(spec, log))
    return project


@pytest.fixture
def project(tmp_path):
    with make_project(tmp_path / "a.mtrec") as made:
        yield made


def stored(project: Project):
    return project.runs(project.comparisons()[0].id)


def test_a_restored_model_gives_the_lists_that_were_stored(project):
    log, restored = make_log(), RestoredModels()
    for each in stored(project):
        model = restored.model(project, log, EXPERIMENT, each)
        lists = project.load_result(each.id).lists["click"]
        scores = model.score_block("click", lists.users, np.arange(15))
        rows = np.arange(len(lists.users))[:, None]
        there = lists.items >= 0
        np.testing.assert_allclose(scores[rows, lists.items][there], lists.scores[there], 1e-6)


def test_a_model_is_restored_once(project):
    log, restored = make_log(), RestoredModels()
    first = stored(project)[0]
    model = restored.model(project, log, EXPERIMENT, first)
    assert restored.model(project, log, EXPERIMENT, first) is model


def test_the_model_asked_for_longest_ago_goes_first(project):
    log, restored = make_log(), RestoredModels(most=2)
    a, b, c = stored(project)[:3]
    model = restored.model(project, log, EXPERIMENT, a)
    other = restored.model(project, log, EXPERIMENT, b)
    assert restored.model(project, log, EXPERIMENT, a) is model
    restored.model(project, log, EXPERIMENT, c)
    assert restored.model(project, log, EXPERIMENT, a) is model
    assert restored.model(project, log, EXPERIMENT, b) is not other


def test_each_seed_has_its_own_split(project):
    log, restored = make_log(), RestoredModels()
    for spec in (EXPERIMENT.run_specs()[0], EXPERIMENT.run_specs()[-1]):
        split = restored.split(project, log, EXPERIMENT, spec.seed)
        np.testing.assert_array_equal(split.test.items, split_of(spec, log).test.items)
        assert restored.split(project, log, EXPERIMENT, spec.seed) is split


def test_runs_of_another_project_are_never_mixed_up(project, tmp_path):
    log, restored = make_log(), RestoredModels()
    model = restored.model(project, log, EXPERIMENT, stored(project)[0])
    with make_project(tmp_path / "b.mtrec") as other:
        assert stored(other)[0].id == stored(project)[0].id
        assert restored.model(other, log, EXPERIMENT, stored(other)[0]) is not model


def test_restoring_needs_no_library_that_fits(project):
    code = (
        "import sys, numpy as np\n"
        "from mtrec_gui.storage import Project\n"
        "from mtrec_gui.restored import RestoredModels\n"
        "project = Project.open(sys.argv[1])\n"
        "summary = project.comparisons()[0]\n"
        "for each in project.runs(summary.id):\n"
        "    model = RestoredModels().model("
        "project, project.load_log(), summary.experiment, each)\n"
        "    model.explain('click', 0, int(model.recommend('click', 0, 1).items[0]))\n"
        "project.close()\n"
        "print(sorted({'implicit', 'surprise', 'numba', 'PySide6'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(project.path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_tasks_of_a_run_are_those_that_its_model_serves(project):
    rating = Task(name="stars", kind=TaskKind.RATING, label="click", item_kind="item")
    wider = EXPERIMENT.model_copy(update={"tasks": (CLICK, rating)})
    als = next(each for each in stored(project) if each.model == "als")
    model = RestoredModels().model(project, make_log(), wider, als)
    assert model.tasks == tuple(find_model("als").served_tasks(wider.tasks)) == (CLICK,)

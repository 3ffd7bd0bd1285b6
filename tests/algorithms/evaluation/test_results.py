"""Results: their names, their users, and what importing the room costs."""

import subprocess
import sys

import numpy as np
import pytest

from algorithms.data import SplitConfig
from algorithms.evaluation import RunSpec, judged_users, run
from algorithms.models.base import TopLists
from algorithms.models.catalog import MODELS
from tests.language_server import language_server, sensible


def test_a_metric_is_found_by_task_and_key(make_metric, make_result):
    ndcg, mae = make_metric("click", "ndcg", [0.5], 10), make_metric("rating", "mae", [0.5])
    result = make_result(metrics=[ndcg, mae])
    assert (ndcg.key, mae.key) == ("ndcg@10", "mae")
    assert result.metric("click", "ndcg@10") is ndcg
    assert result.metric("rating", "mae") is mae
    assert result.metric("click", "ndcg@5") is None
    assert result.metric("rating", "ndcg@10") is None


def test_judged_users_are_those_with_a_list(make_result):
    def with_lists(*users):
        result = make_result()
        lists = {"click": TopLists(np.array(users), np.empty((len(users), 0)), np.empty((0, 0)))}
        return type(result)(**{**result.__dict__, "lists": lists})

    assert judged_users([with_lists(5, 2), with_lists(2, 9)]).tolist() == [2, 5, 9]
    assert judged_users([]).tolist() == []


@pytest.mark.parametrize("key", list(MODELS))
def test_every_model_of_the_catalog_passes_through_the_protocol(key, log, tasks):
    with language_server(sensible) as server:
        config = {"address": server.address, "n_questions": 10} if MODELS[key]().lacks() else {}
        spec = RunSpec(
            model=key, config=config, seed=3, tasks=tuple(tasks.values()), split=SplitConfig()
        )
        result = run(spec, log)
    served = [task.name for task in MODELS[key].served_tasks(list(tasks.values()))]
    assert list(result.tasks) == served
    for task in served:
        ranked = result.metric(task, "ndcg@10")
        assert 0 <= ranked.low <= ranked.value <= ranked.high <= 1
    assert result.cost.n_parameters > 0 or key == "random"  # which learns nothing


def test_importing_the_evaluation_loads_no_heavy_library():
    code = (
        "import sys, algorithms.evaluation\n"
        "heavy = {'scipy', 'numba', 'polars', 'implicit', 'surprise', 'sklearn', 'torch',"
        " 'matplotlib', 'sqlalchemy', 'PySide6'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

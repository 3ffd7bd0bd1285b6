"""What the lab promises on its first world, averaged over five seeds."""

import pytest

from algorithms.evaluation import Experiment, ModelChoice, compare, run
from sample_data import load_world, world_tasks

SEEDS = (1, 2, 3, 4, 5)


@pytest.mark.slow
def test_shared_factors_beat_popularity_everywhere_and_single_task_als_where_data_is_sparse():
    log, tasks = load_world("ecommerce"), world_tasks("ecommerce")
    keys = ("popularity", "als", "shared_factors")
    experiment = Experiment(
        tasks=tasks, models=tuple(ModelChoice(model=key) for key in keys), seeds=SEEDS
    )
    comparison = compare([run(spec, log) for spec in experiment.run_specs()], tasks)
    value = {
        (row.model, column.task): cell.value
        for row, cells in zip(comparison.rows, comparison.cells, strict=True)
        for column, cell in zip(comparison.columns, cells, strict=True)
        if cell is not None
    }
    for task in ("click", "purchase", "ad click"):
        assert value["shared_factors", task] > value["popularity", task]
    assert any(
        value["shared_factors", task] > value["als", task] for task in ("purchase", "ad click")
    )

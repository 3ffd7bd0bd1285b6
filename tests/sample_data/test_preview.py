"""The preview tells what the whole world is like."""

import numpy as np
import pytest

from algorithms.data import SplitConfig
from algorithms.evaluation.experiment import RunSpec
from algorithms.evaluation.runner import run
from sample_data import WORLDS
from sample_data.dials import turned
from sample_data.oracle import Oracle
from sample_data.preview import FEWEST_USERS, N_USERS, preview
from sample_data.simulator import simulate
from sample_data.spec import read_spec


@pytest.mark.parametrize("world", sorted(WORLDS))
def test_the_preview_agrees_with_the_whole_world(world):
    spec = read_spec(WORLDS[world].file)
    seen = preview(spec)
    log = simulate(spec).log
    assert FEWEST_USERS <= seen.n_sampled <= min(N_USERS, spec.users.count)
    assert (seen.n_users, seen.n_items) == (log.n_users, log.n_items)
    assert seen.n_interactions == pytest.approx(len(log), rel=0.15)
    for task in seen.tasks:
        values = log.label(task.label)
        given = values[~np.isnan(values)]
        assert task.rate == pytest.approx(given.mean(), rel=0.25)
        assert task.n_observed == pytest.approx(len(given), rel=0.35)
    assert np.allclose(seen.measured, seen.asked, atol=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("world", ["ecommerce", "travel"])
def test_the_ceilings_are_those_of_the_oracle_on_the_whole_world(world):
    spec = read_spec(WORLDS[world].file)
    run_spec = RunSpec(model="oracle", seed=1, tasks=spec.tasks, split=SplitConfig())
    result = run(run_spec, simulate(spec).log, models={"oracle": Oracle})
    for task in preview(spec).tasks:
        (reached,) = (
            measured.value
            for measured in result.metrics
            if measured.task == task.name and measured.metric.startswith(task.metric)
        )
        assert abs(task.ceiling - reached) < 4 * task.ceiling_error, task.name


def test_people_of_whom_only_some_are_there_have_no_ceiling():
    seen = preview(read_spec(WORLDS["social"].file))
    assert [task.name for task in seen.tasks if not task.is_whole] == ["follow"]
    assert [task.name for task in seen.tasks if np.isnan(task.ceiling)] == ["follow"]


def test_more_noise_lowers_the_ceiling():
    spec = read_spec(WORLDS["ecommerce"].file)
    clear, noisy = (preview(turned(spec, {"noise": noise})) for noise in (0.3, 3))
    for before, after in zip(clear.tasks, noisy.tasks, strict=True):
        worse = (
            after.ceiling > before.ceiling
            if before.metric == "rmse"
            else (after.ceiling < before.ceiling)
        )
        assert worse, before.name


def test_the_same_world_has_the_same_preview():
    spec = read_spec(WORLDS["ecommerce"].file)
    assert preview(spec).tasks == preview(spec).tasks


def test_a_world_of_nothing_but_misses_has_no_ceiling_and_no_warning():
    spec = turned(
        read_spec(WORLDS["ecommerce"].file), {"users": 50, "items": 50, "pages": 1, "rate": 0.01}
    )
    seen = preview(spec)
    assert len(seen.tasks) == len(spec.tasks)
    assert any(np.isnan(task.ceiling) for task in seen.tasks)

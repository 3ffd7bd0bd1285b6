"""The oracle is never beaten beyond chance, and it stands well above the floor."""

import numpy as np
import pytest

from algorithms.data import SplitConfig, make_split
from algorithms.evaluation import RunResult, default_columns
from algorithms.evaluation.columns import Column
from algorithms.evaluation.gains import Verdict, paired_gains
from mtrec_gui.model_shelf import MODELS, default_experiment, run
from sample_data import load_world, world_tasks
from sample_data.oracle import Oracle

SEEDS = (1, 2, 3)


def judged_by(tasks) -> list[Column]:
    """Return the main metric of each task, and the AUC of the binary ones."""
    main = default_columns(tasks)
    return [*main, *(Column(c.task, "auc") for c in main if c.metric == "ndcg")]


def beaten(found: dict[str, list[RunResult]], columns: list[Column]) -> list[str]:
    """Return where a model is better than the oracle beyond the paired 95 % interval."""
    said = []
    for key, runs in found.items():
        if MODELS[key].bound is not None:
            continue
        gains = paired_gains(runs, found["oracle"], columns, np.random.default_rng(0))
        said += [
            f"{key}, {entry.column.task} {entry.column.title}: {entry.gain.percent:+.1f} %"
            for entry in gains.tasks
            if entry.gain.verdict is Verdict.BETTER
        ]
    return said


@pytest.mark.slow
@pytest.mark.parametrize("world", ["ecommerce", "social", "search", "travel"])
def test_nobody_beats_the_truth(world: str) -> None:
    log, tasks = load_world(world), world_tasks(world)
    experiment = default_experiment(log, tasks)
    seeds = SEEDS if world == "ecommerce" else SEEDS[:1]
    found: dict[str, list[RunResult]] = {}
    for spec in experiment.model_copy(update={"seeds": seeds}).run_specs():
        found.setdefault(spec.model, []).append(run(spec, log))
    assert {"oracle", "naive", "shared_factors"} <= set(found)
    columns = judged_by([task for task in tasks if task.enabled])
    assert beaten(found, columns) == []
    against_floor = paired_gains(found["oracle"], found["naive"], columns, np.random.default_rng(0))
    assert len(against_floor.tasks) == len(columns)
    assert {entry.gain.verdict for entry in against_floor.tasks} == {Verdict.BETTER}


def test_no_shuffled_truth_is_better_than_the_truth() -> None:
    """The ranking of the oracle is the best among its neighbours: mixed with noise it loses."""
    log, task = load_world("ecommerce"), world_tasks("ecommerce")[0]
    split = make_split(log, SplitConfig(), np.random.default_rng(1))
    model = Oracle().fit(split.train, [task], rng=np.random.default_rng(0))
    of_kind = log.item_table.of_kind(task.item_kind)
    users = np.arange(log.n_users)
    score = np.log(np.maximum(model.score_block(task, users, of_kind), 1e-12))
    met = np.zeros((log.n_users, log.n_items), bool)
    for part in (split.train, split.validation):
        met[part.users, part.items] = True
    hit = np.zeros((log.n_users, log.n_items), bool)
    test = task.part(split.test)
    yes = test.label(task.label) >= task.relevant_from
    hit[test.users[yes], test.items[yes]] = True
    hit, met = hit[:, of_kind] & ~met[:, of_kind], met[:, of_kind]

    def found_by(scores) -> float:
        top = np.argsort(-np.where(met, -np.inf, scores), axis=1)[:, :10]
        return float(np.take_along_axis(hit, top, axis=1).sum())

    noise = np.random.default_rng(2)
    best = found_by(score)
    worse = [found_by(score + scale * noise.standard_normal(score.shape)) for scale in (0.5, 1, 2)]
    assert best > worse[0] > worse[1] > worse[2]

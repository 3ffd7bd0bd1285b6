"""The data decide how much sharing is right: more where the tastes behind the tasks are alike."""

from __future__ import annotations

import numpy as np
import pytest

from algorithms.arrays import FloatArray
from algorithms.data import SplitConfig, make_split
from algorithms.models.shared_specific import SharedSpecific, SharedSpecificConfig
from sample_data import WORLDS
from sample_data.dials import turned
from sample_data.simulator import simulate
from sample_data.spec import read_spec

SHARES = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
SEEDS = (1, 2, 3, 4, 5)
SMALL = {"users": 600.0, "items": 300.0}


def qualities(correlation: float, seed: int) -> FloatArray:
    """Return (n_shares,) how good each share is on validation, over all tasks of a small shop.

    That is the sum over tasks of ln NDCG@10, or of -ln RMSE, at the sweep that the fit keeps: the
    best one of all tasks together, or of each task where each is fitted alone.
    """
    usual = read_spec(WORLDS["ecommerce"].file)
    spec = turned(usual, SMALL).model_copy(
        update={"correlation": correlation, "seed": usual.seed + seed}
    )
    split = make_split(simulate(spec).log, SplitConfig(), np.random.default_rng(seed))
    found = []
    for share in SHARES:
        config = SharedSpecificConfig(n_factors=16, shared_share=float(share))
        model = SharedSpecific(config).fit(
            split.train,
            spec.tasks,
            rng=np.random.default_rng(seed),
            validation=split.validation,
        )
        watched = [point for point in model.curves if point.measure.startswith("validation")]
        n_steps = max(point.step for point in watched)
        curves = np.full((len(spec.tasks), n_steps), -np.inf)
        for point in watched:
            sign = 1.0 if point.measure.endswith("NDCG@10") else -1.0
            row = [task.name for task in spec.tasks].index(point.task)
            curves[row, point.step - 1] = sign * np.log(point.value)
        alone = share == 0.0
        found.append(curves.max(axis=1).sum() if alone else curves.sum(axis=0).max())
    return np.array(found)


@pytest.mark.slow
def test_alike_tastes_want_a_larger_shared_block_than_unlike_ones() -> None:
    alike, unlike = (
        np.array([qualities(correlation, seed) for seed in SEEDS]) for correlation in (0.8, 0.0)
    )
    best_alike, best_unlike = (SHARES[found.argmax(axis=1)] for found in (alike, unlike))
    assert best_alike.mean() > best_unlike.mean() + 0.2
    assert (best_alike > best_unlike).sum() >= 4  # of five seeds
    # what is best on average over the seeds says the same
    assert SHARES[alike.mean(axis=0).argmax()] > SHARES[unlike.mean(axis=0).argmax()]
    assert (alike[:, SHARES > 0].max(axis=1) > alike[:, 0]).all()  # sharing always helps the alike

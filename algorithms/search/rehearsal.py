r"""Rehearsal: a run that is judged before the test, on data that the test does not touch.

Whoever tries twenty settings and keeps the one that did best *on the test* has learned from the
test: the figure printed for the winner is too good, and the more settings were tried, the more so.
So a search never sees the test data. It rehearses: the events that validate become the judge, and
what steers a fit is cut anew from the training part, in the way of the experiment's split.

======================  ====================================  ===================
part of the split       in a run                              in a rehearsal
======================  ====================================  ===================
training                learned from                          learned from, less a steering share
validation              steers, calibrates, sets thresholds   judges
test                    judges                                is not there
======================  ====================================  ===================

Only the setting that is chosen in the end is run for real.

Reference: Cawley and Talbot (2010), On over-fitting in model selection and subsequent selection
bias in performance evaluation, Journal of Machine Learning Research 11.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from algorithms.arrays import BoolArray
from algorithms.data import split_methods as methods
from algorithms.data.log import InteractionLog
from algorithms.data.split import Split, SplitConfig, SplitMethod
from algorithms.errors import SplitError
from algorithms.evaluation.experiment import RunSpec
from algorithms.evaluation.results import RunResult
from algorithms.evaluation.runner import run, split_of
from algorithms.models.base import Recommender
from algorithms.models.catalog import MODELS
from algorithms.progress import Progress, silent

_STEERING = 3  # (seed, stream) draws what steers; a run uses the streams 0 to 2


def rehearse(
    spec: RunSpec,
    log: InteractionLog,
    progress: Progress = silent,
    models: Mapping[str, type[Recommender]] = MODELS,
) -> RunResult:
    """Do a run that is judged on the validation part; test events reach nothing in it.

    Parameters
    ----------
    spec, log, progress, models : as for ``algorithms.evaluation.run``

    Raises
    ------
    MtrecError
        As ``run`` does.
    """
    split = rehearsal_split(spec, log)
    return run(spec, split.train, progress, models, split)


def rehearsal_split(spec: RunSpec, log: InteractionLog) -> Split:
    """Return the split of a run one step earlier; its ``test`` is the run's validation part.

    Raises
    ------
    SplitError
        Where too little is left to steer or to learn from.
    """
    real = split_of(spec, log)
    steers = _steering(real.train, spec.split, np.random.default_rng([spec.seed, _STEERING]))
    for part, chosen in (("training", ~steers), ("validation", steers)):
        if not chosen.any():
            raise SplitError(part=part, method=spec.split.method.value, n=len(real.train))
    return Split(real.train.select(~steers), real.train.select(steers), real.validation)


def _steering(log: InteractionLog, config: SplitConfig, rng: np.random.Generator) -> BoolArray:
    """Return (n,) which training events steer, drawn as the split draws validation events."""
    config = config.model_copy(update={"test_fraction": 0.0, "n_test": 0})  # nothing judges here
    match config.method:
        case SplitMethod.RANDOM | SplitMethod.K_FOLD:
            part = methods.random_events(len(log), config, rng)
        case SplitMethod.RANDOM_BY_USER:
            part = methods.random_users(log, config, rng)
        case SplitMethod.LEAVE_LAST_OUT:
            part = methods.last_events(log, config)
        case SplitMethod.LEAVE_K_OUT:
            part = methods.k_events(log, config, rng)
        case SplitMethod.TEMPORAL:
            part = methods.newest_events(log, config)
    steers: BoolArray = part != methods.TRAIN
    return steers

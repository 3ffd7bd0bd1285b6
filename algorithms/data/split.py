"""Train, validation, test: what a model may learn from, be steered by, and be judged on.

*Random* draws events, so that each part looks like the whole. *Leave last out* keeps the last
events of every user for the test and those before them for validation, which is closer to use:
the past predicts the future. A fit sees ``train``, may be steered by ``validation``, and never
sees ``test``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from algorithms.arrays import IntArray, group_rows
from algorithms.data.log import InteractionLog
from algorithms.errors import SplitError


class SplitMethod(StrEnum):
    """How events are divided."""

    RANDOM = "random"
    LEAVE_LAST_OUT = "leave_last_out"


class SplitConfig(BaseModel):
    """How a log is divided; the seed comes with the run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: SplitMethod = Field(
        SplitMethod.RANDOM, description="Draw events at random, or keep each user's last events"
    )
    validation_fraction: float = Field(
        0.1, gt=0, lt=0.5, description="Random: share of the events that steers training"
    )
    test_fraction: float = Field(
        0.2, gt=0, lt=0.8, description="Random: share of the events that judges"
    )
    n_validation: int = Field(
        1, ge=1, le=100, description="Leave last out: events of each user that steer training"
    )
    n_test: int = Field(1, ge=1, le=100, description="Leave last out: events that judge")

    @model_validator(mode="after")
    def _something_to_learn_from(self) -> SplitConfig:
        if self.validation_fraction + self.test_fraction >= 0.95:
            raise ValueError("validation_fraction + test_fraction must stay below 0.95")
        return self


@dataclass(frozen=True, eq=False)
class Split:
    """Three logs over the same users and items.

    ``train`` is learned from, ``validation`` steers (early stopping, calibration, thresholds),
    ``test`` judges and is never given to a fit.
    """

    train: InteractionLog
    validation: InteractionLog
    test: InteractionLog


def make_split(log: InteractionLog, config: SplitConfig, rng: np.random.Generator) -> Split:
    """Divide a log; every event lands in exactly one part.

    Raises
    ------
    SplitError
        Where a part would be empty.
    """
    if config.method is SplitMethod.RANDOM:
        part = _random_parts(len(log), config, rng)
    else:
        part = _last_out_parts(log, config)
    for code, name in enumerate(("training", "validation", "test")):
        if not (part == code).any():
            raise SplitError(part=name, method=config.method.value, n=len(log))
    return Split(*(log.select(part == code) for code in range(3)))


def _random_parts(n: int, config: SplitConfig, rng: np.random.Generator) -> IntArray:
    order = rng.permutation(n)
    n_test = round(n * config.test_fraction)
    n_validation = round(n * config.validation_fraction)
    part = np.zeros(n, dtype=np.int64)
    part[order[:n_test]] = 2
    part[order[n_test : n_test + n_validation]] = 1
    return part


def _last_out_parts(log: InteractionLog, config: SplitConfig) -> IntArray:
    """Rank each event within its user's history, counted from the end."""
    time = np.arange(len(log)) if log.timestamps is None else log.timestamps
    by_time = np.argsort(time, kind="stable")
    offsets, order = group_rows(log.users[by_time], log.n_users)
    length = np.diff(offsets)
    from_end = np.empty(len(log), dtype=np.int64)  # 0 is the user's last event
    from_end[by_time[order]] = np.repeat(offsets[1:], length) - 1 - np.arange(len(log))
    part = np.zeros(len(log), dtype=np.int64)
    kept = config.n_test + config.n_validation
    part[from_end < kept] = 1
    part[from_end < config.n_test] = 2
    part[length[log.users] <= kept] = 0  # too short a history to judge: learn from it
    return part

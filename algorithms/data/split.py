"""Train, validation, test: what a model may learn from, be steered by, and be judged on.

A fit sees ``train``, may be steered by ``validation`` (when to stop, where to say yes), and never
sees ``test``. *How* the three are divided decides what the numbers mean: random events ask "can it
fill in the gaps?", a cut in time asks "can it foresee?", whole users held back ask "what can it say
to a stranger?". The six ways are in ``split_methods``; ``split_facts`` in evaluation counts what
came of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from algorithms.data import split_methods as methods
from algorithms.data.log import InteractionLog
from algorithms.errors import SplitError


class SplitMethod(StrEnum):
    """How events are divided."""

    RANDOM = "random"
    RANDOM_BY_USER = "random_by_user"
    LEAVE_LAST_OUT = "leave_last_out"
    LEAVE_K_OUT = "leave_k_out"
    TEMPORAL = "temporal"
    K_FOLD = "k_fold"


PARAMETERS: Mapping[SplitMethod, tuple[str, ...]] = {
    SplitMethod.RANDOM: ("validation_fraction", "test_fraction"),
    SplitMethod.RANDOM_BY_USER: ("validation_fraction", "test_fraction", "known_fraction"),
    SplitMethod.LEAVE_LAST_OUT: ("n_validation", "n_test"),
    SplitMethod.LEAVE_K_OUT: ("n_validation", "n_test"),
    SplitMethod.TEMPORAL: ("validation_fraction", "test_fraction"),
    SplitMethod.K_FOLD: ("n_folds", "validation_fraction", "partition_seed"),
}
"""The fields of ``SplitConfig`` that a method looks at."""


class SplitConfig(BaseModel):
    """How a log is divided, by which ``PARAMETERS`` of the method; the seed comes with the run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: SplitMethod = Field(SplitMethod.RANDOM, description="How the events are divided")
    validation_fraction: float = Field(
        0.1, gt=0, lt=0.5, description="Share of the events (by user: of the users) that steers"
    )
    test_fraction: float = Field(
        0.2, gt=0, lt=0.8, description="Share of the events (by user: of the users) that judges"
    )
    n_validation: int = Field(
        1,
        ge=1,
        le=100,
        title="Validation events",
        description="Events of each user that steer training",
    )
    n_test: int = Field(
        1, ge=1, le=100, title="Test events", description="Events of each user that judge"
    )
    known_fraction: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="Share of a held-out user's events that is learned from all the same; at 0 "
        "such users are strangers",
    )
    n_folds: int = Field(
        5,
        ge=2,
        le=20,
        description="Parts of equal size; the run with seed s is judged on part s mod n",
    )
    partition_seed: int = Field(
        0, ge=0, description="Draws the parts, which are the same for all seeds"
    )

    @model_validator(mode="after")
    def _something_to_learn_from(self) -> SplitConfig:
        if self.validation_fraction + self.test_fraction >= 0.95:
            raise ValueError("validation_fraction + test_fraction must stay below 0.95")
        if (
            self.method is SplitMethod.K_FOLD
            and self.validation_fraction + 1 / self.n_folds >= 0.95
        ):
            raise ValueError("validation_fraction + 1 / n_folds must stay below 0.95")
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


def make_split(
    log: InteractionLog, config: SplitConfig, rng: np.random.Generator, fold: int = 0
) -> Split:
    """Divide a log; every event lands in exactly one part.

    Parameters
    ----------
    log : the whole log
    config : how
    rng : draws what the method draws; ``temporal`` and ``leave_last_out`` draw nothing
    fold : k-fold: which part judges, taken modulo ``n_folds``; other methods do not look at it

    Raises
    ------
    SplitError
        Where a part would be empty, or a cut in time is asked of a log without times.
    """
    part = assign_parts(log, config, rng, fold)
    return Split(*(log.select(part == code) for code in range(3)))


def assign_parts(
    log: InteractionLog, config: SplitConfig, rng: np.random.Generator, fold: int = 0
) -> methods.Parts:
    """Return (n,) the part of each event: 0 training, 1 validation, 2 test (see ``make_split``)."""
    match config.method:
        case SplitMethod.RANDOM:
            part = methods.random_events(len(log), config, rng)
        case SplitMethod.RANDOM_BY_USER:
            part = methods.random_users(log, config, rng)
        case SplitMethod.LEAVE_LAST_OUT:
            part = methods.last_events(log, config)
        case SplitMethod.LEAVE_K_OUT:
            part = methods.k_events(log, config, rng)
        case SplitMethod.TEMPORAL:
            part = methods.newest_events(log, config)
        case SplitMethod.K_FOLD:
            part = methods.one_fold(len(log), config, rng, fold)
    for code, name in enumerate(("training", "validation", "test")):
        if not (part == code).any():
            raise SplitError(part=name, method=config.method.value, n=len(log))
    return part

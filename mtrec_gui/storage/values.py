"""What a project tells about what it holds, without the bulk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from algorithms.evaluation.experiment import Experiment
from algorithms.evaluation.results import Cost
from algorithms.messages import Message
from algorithms.search.curve_spec import CurveSpec
from algorithms.search.spec import SearchSpec


class RunStatus(StrEnum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ProjectInfo:
    """About the file: its format, which version of the lab made it, and when."""

    format_version: int
    app_version: str
    created: datetime


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """About a stored log."""

    id: int
    name: str
    n_interactions: int
    n_users: int
    n_items: int
    created: datetime


@dataclass(frozen=True, slots=True)
class ComparisonSummary:
    """About a comparison: what was asked for, and how many runs ended."""

    id: int
    dataset_id: int
    created: datetime
    n_done: int
    n_failed: int
    experiment: Experiment


@dataclass(frozen=True, slots=True)
class StoredRun:
    """About a run: ``cost`` where it is done, ``message`` where it failed."""

    id: int
    model: str
    config: Mapping[str, Any]
    seed: int
    created: datetime
    status: RunStatus
    message: Message | None
    cost: Cost | None


@dataclass(frozen=True, slots=True)
class SearchSummary:
    """About a search: what was asked for, and when."""

    id: int
    created: datetime
    spec: SearchSpec


@dataclass(frozen=True, slots=True)
class CurvesSummary:
    """About curves that were drawn together: what was asked for, and when."""

    id: int
    created: datetime
    specs: tuple[CurveSpec, ...]

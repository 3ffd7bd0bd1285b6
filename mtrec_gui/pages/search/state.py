"""What the page of searches shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from algorithms.messages import Message
from algorithms.search import Parameter, SearchMethod, SearchResult, WeightScale


@dataclass(frozen=True, slots=True)
class TaskChoice:
    """A task that could be an objective."""

    name: str
    ticked: bool
    enabled: bool  # False where three others are ticked


@dataclass(frozen=True, slots=True)
class ParameterChoice:
    """A parameter that could be varied, in a range or among choices."""

    parameter: Parameter
    description: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class FormState:
    """What will be searched, and what stands in the way."""

    models: tuple[tuple[str, str], ...]  # key, title
    model: str
    tasks: tuple[TaskChoice, ...]
    weights: WeightScale
    parameters: tuple[ParameterChoice, ...]
    method: SearchMethod
    n_trials: int
    obstacle: Message | None


@dataclass(frozen=True, slots=True)
class PastSearch:
    """A search that the project holds."""

    id: int
    created: datetime
    model: str
    objectives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundState:
    """What has been found.

    Parameters
    ----------
    result : of the search that is looked at
    chosen : number of the trial that is looked at
    is_running : whether a search goes on
    fraction : how much of it is done
    can_run : whether a run could be started
    past : all searches of the project, newest first
    shown : id of the search that is looked at
    """

    result: SearchResult | None
    chosen: int | None
    is_running: bool
    fraction: float
    can_run: bool
    past: tuple[PastSearch, ...]
    shown: int | None

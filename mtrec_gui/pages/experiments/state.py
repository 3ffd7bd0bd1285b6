"""What the Experiments page shows, as values (Qt-free)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from algorithms.evaluation import Experiment, ModelChoice
from algorithms.messages import Message
from algorithms.models.base import Family
from mtrec_gui.jobs.port import JobState


class Edit(StrEnum):
    """What a person can do to the experiment here."""

    TICK = "tick"
    UNTICK = "untick"
    VALUE = "value"
    DEFAULTS = "defaults"
    ADD_VARIANT = "add_variant"
    REMOVE_VARIANT = "remove_variant"
    SPLIT = "split"
    SEEDS = "seeds"
    K = "k"


class Obstacle(StrEnum):
    """Why nothing can be run."""

    NO_TASK = "no_task"
    NOTHING_TICKED = "nothing_ticked"
    ALL_BLOCKED = "all_blocked"
    RUNNING = "running"


class SeedsProblem(StrEnum):
    """Why a line is no list of seeds."""

    EMPTY = "empty"
    NO_NUMBER = "no_number"
    REPEATED = "repeated"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class TaskMark:
    """A task and the place that decides its colour."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class MissingPackage:
    """A package that a model needs and that is not installed, and what installs it."""

    package: str
    command: str


@dataclass(frozen=True, slots=True)
class BalancerFacts:
    """What there is to know about the balancer that is chosen."""

    title: str
    summary: str
    equation: str
    reference: str
    when_agree: str
    when_conflict: str
    doubt: str


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One line of the list of models.

    Parameters
    ----------
    place : place in the list of choices; names the row in what the view reports
    title : the model's title, or its key where the catalog does not have it
    family : None where the catalog does not have it
    ticked : whether it takes part; never where a package is missing
    differs : the values that differ from the defaults
    served, unserved : the tasks that are switched on
    blocked : why it cannot run
    twin_of : place of an earlier row of the same model with the same values
    variant : 1 for the first row of a model, 2 for the second, …
    missing : the package without which it cannot run here
    """

    place: int
    title: str
    family: Family | None
    ticked: bool
    differs: tuple[tuple[str, Any], ...]
    served: tuple[TaskMark, ...]
    unserved: tuple[TaskMark, ...]
    blocked: Message | None
    twin_of: int | None
    variant: int
    missing: MissingPackage | None = None


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Whether the server that a model asks has a key; the key itself is never here.

    Parameters
    ----------
    address : of the server; empty as long as none that can be used is entered
    is_kept : whether a key for it is in memory
    can_remember : whether keys can go to the system's own store
    """

    address: str
    is_kept: bool
    can_remember: bool


@dataclass(frozen=True)
class ModelDetail:
    """The model that is looked at.

    Parameters
    ----------
    row : as in the list
    summary, equation, reference : what it is, in a sentence, in mathtext, in the literature
    config_class, values : what its form is made of
    served_kinds : the kinds of tasks it can learn, where it cannot learn all of them
    learns_jointly : whether its tasks share what is learned
    is_bound : whether it is a ceiling or a floor that the others are read by
    follows_rules : whether it follows the rules of the project
    can_remove : whether it is a variant that can go
    sources : files with its code, its own first, then those it builds upon
    balancer : the one that is chosen, where the model has one
    idle : parameters that do nothing as long as others are set as they are
    key_place : where the model asks a server for which a person may have a key
    sends : what leaves this machine when it runs, where anything does
    """

    row: ModelRow
    summary: str
    equation: str
    reference: str
    config_class: type[BaseModel]
    values: Mapping[str, Any]
    served_kinds: tuple[str, ...]
    learns_jointly: bool
    is_bound: bool
    follows_rules: bool
    can_remove: bool
    sources: tuple[str, ...]
    balancer: BalancerFacts | None = None
    idle: tuple[str, ...] = ()
    key_place: KeyPlace | None = None
    sends: Message | None = None


@dataclass(frozen=True, slots=True)
class Judging:
    """How models are judged: split, seeds, length of lists."""

    split: Mapping[str, Any]
    seeds: str
    seeds_problem: SeedsProblem | None
    k: int
    n_events: int


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What the Run button would do.

    Parameters
    ----------
    n_models, n_seeds : as ticked
    n_blocked : ticked models that cannot run
    obstacle : why nothing can be run; None where something can
    task_problem : the first thing that stands in the way of a task, where something does
    """

    n_models: int
    n_seeds: int
    n_blocked: int
    obstacle: Obstacle | None
    task_problem: Message | None

    @property
    def n_runs(self) -> int:
        """How many runs there will be."""
        return self.n_models * self.n_seeds


@dataclass(frozen=True)
class ExperimentsState:
    """The whole page but the runs."""

    rows: tuple[ModelRow, ...]
    detail: ModelDetail | None
    judging: Judging
    plan: RunPlan


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run as it gets on."""

    job: str
    title: str
    differs: tuple[tuple[str, Any], ...]
    seed: int | None  # None where all runs have the same
    state: JobState
    stage: str | None
    fraction: float
    seconds_left: float | None
    message: Message | None
    committed: bool


@dataclass(frozen=True, slots=True)
class RunsState:
    """The runs of the newest comparison."""

    rows: tuple[RunRow, ...]
    is_running: bool

    @property
    def n_done(self) -> int:
        """How many ended with a result."""
        return sum(row.state is JobState.DONE for row in self.rows)

    @property
    def n_over(self) -> int:
        """How many ended, in whatever way."""
        return sum(row.state.is_final for row in self.rows)


def all_choices(experiment: Experiment) -> tuple[ModelChoice, ...]:
    """Return the models of the experiment, and unticked those on the shelf it does not name.

    Whoever needs the truth behind the data is offered where the experiment names it, which a new
    one does where the truth is known.
    """
    from mtrec_gui.model_shelf import MODELS

    named = {choice.model for choice in experiment.models}
    missing = [
        ModelChoice(model=key, enabled=False)
        for key, model in MODELS.items()
        if key not in named and not model.needs_truth
    ]
    return (*experiment.models, *missing)

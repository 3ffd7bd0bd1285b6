"""What the Data page shows, as values (Qt-free)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from algorithms.description import (
    ActivityOverTime,
    ColumnSummary,
    DegreeDistribution,
    Funnel,
    HeatMap,
    LabelPairs,
    LongTail,
)
from mtrec_gui.pages.data.tables import ColumnRole
from mtrec_gui.plots.labels import LabelChart


class Section(StrEnum):
    """What of the data is shown; the first three are the names of the tables."""

    INTERACTIONS = "interactions"
    ITEMS = "items"
    USERS = "users"
    PICTURES = "pictures"


@dataclass(frozen=True, slots=True)
class TaskDensity:
    """How much of what could be known for a task is known.

    Parameters
    ----------
    task, position : its name and its place, which decides its colour
    n_pairs : distinct (user, item) pairs with the label observed
    share : of all pairs of a user and an item of the task's kind; NaN where there are none
    """

    task: str
    position: int
    n_pairs: int
    share: float


@dataclass(frozen=True, slots=True)
class DataState:
    """The events that are shown in numbers.

    Parameters
    ----------
    name : what the data is called
    n_users, n_events : counts; with conditions, of the events that satisfy them
    n_events_in_all : of the whole data
    kinds : each kind of items and how many there are
    densities : for each task that is switched on
    """

    name: str
    n_users: int
    n_events: int
    n_events_in_all: int
    kinds: tuple[tuple[str, int], ...]
    densities: tuple[TaskDensity, ...]


@dataclass(frozen=True, slots=True)
class ColumnState:
    """One column in words and a small picture.

    Parameters
    ----------
    role, name : as in the table
    position : place of the first task that predicts the label, if one does
    summary : of all columns but labels
    chart : of labels
    """

    role: ColumnRole
    name: str
    position: int | None
    is_time: bool = False
    summary: ColumnSummary | None = None
    chart: LabelChart | None = None


@dataclass(frozen=True, slots=True)
class TaskName:
    """A task in a picture; ``position`` decides its colour."""

    name: str
    position: int


@dataclass(frozen=True, eq=False)
class Pictures:
    """Everything that the pictures show; None for what this data has not.

    Parameters
    ----------
    n_events : that they are about
    tasks : all tasks, whose places the funnels name
    label_positions : place of the task of each label of ``pairs``
    """

    n_events: int
    tasks: tuple[TaskName, ...]
    densities: tuple[TaskDensity, ...]
    items: LongTail
    users: LongTail
    heat: HeatMap
    pairs: LabelPairs | None
    label_positions: tuple[int | None, ...]
    funnels: tuple[Funnel, ...]
    activity: ActivityOverTime | None
    degrees: DegreeDistribution | None

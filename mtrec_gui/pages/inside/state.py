"""What the Inside page asks and what it shows, as values (Qt-free)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from algorithms.balancing.record import TrainingRecord
from algorithms.explanations import Exhibit
from algorithms.messages import Message
from mtrec_gui.pages.inside.talking import Talker


@dataclass(frozen=True, slots=True)
class Question:
    """Which run a person wants to look into; None leaves the choice to the page."""

    comparison: int | None = None
    run: int | None = None


@dataclass(frozen=True, slots=True)
class ComparisonChoice:
    """A comparison that can be chosen; ``number`` is 1 for the oldest of the data."""

    id: int
    number: int
    created: datetime


@dataclass(frozen=True, slots=True)
class RunChoice:
    """A finished run that can be chosen.

    Parameters
    ----------
    title : of its model
    differs : the settings that differ from the model's own
    seed : None where all runs have the same
    has_inside : whether its model shows anything of itself
    is_telling : whether there is anything to see, be it only how it learned
    """

    id: int
    title: str
    differs: Mapping[str, Any]
    seed: int | None
    has_inside: bool
    is_telling: bool


@dataclass(frozen=True, eq=False)
class Inside:
    """What a fitted model shows.

    Parameters
    ----------
    summary : the model in a sentence
    tasks : names of the tasks it was fitted for
    notes : what a reader of its numbers must know
    exhibits : what it shows, without what the microscope shows anyway
    record : how its tasks pulled at what they share, where that was noted
    talker : asks the model, where it answers prompts
    """

    title: str
    summary: str
    tasks: tuple[str, ...]
    notes: tuple[Message, ...]
    exhibits: tuple[Exhibit, ...]
    record: TrainingRecord | None
    talker: Talker | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return not self.exhibits and self.record is None and self.talker is None


@dataclass(frozen=True, eq=False)
class InsideState:
    """The whole page.

    Parameters
    ----------
    comparisons : that have a finished run
    runs : the finished ones of the chosen comparison
    inside : of the chosen run; None while it is read, and where it could not be
    is_reading : whether a model is being read
    problem : why it could not be read
    """

    comparisons: tuple[ComparisonChoice, ...] = ()
    comparison: int | None = None
    runs: tuple[RunChoice, ...] = ()
    run: int | None = None
    inside: Inside | None = None
    is_reading: bool = False
    problem: Message | None = None

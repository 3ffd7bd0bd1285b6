"""What the dialog of a new world shows."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from algorithms.messages import Message
    from sample_data.preview import Preview


@dataclass(frozen=True, slots=True)
class WorldChoice:
    """A world to start from: its key, its title, what it is modelled after."""

    key: str
    title: str
    subtitle: str


@dataclass(frozen=True, slots=True)
class DialLine:
    """One dial.

    Parameters
    ----------
    key, group, title, explanation : what it is
    low, high, step, is_geometric : its range, as in ``sample_data.dials.Dial``
    number : where it stands, which a world file may have put beyond its ends
    is_turned : whether a person moved it
    """

    key: str
    group: str
    title: str
    explanation: str
    low: float
    high: float
    step: float
    is_geometric: bool
    number: float
    is_turned: bool


@dataclass(frozen=True, slots=True)
class NewWorldState:
    """All of the dialog.

    Parameters
    ----------
    worlds : to start from
    start : key of the one chosen; None where a file was opened
    file : name of the file that was opened
    name : of the new project
    dials : in the order in which they are shown
    preview : of the world as it stands, or of the one before while ``is_waiting``
    is_waiting : whether a preview of the dials as they stand is on its way
    problem : why there can be no such world
    saved : name of the file just written
    """

    worlds: tuple[WorldChoice, ...] = ()
    start: str | None = None
    file: str = ""
    name: str = ""
    dials: tuple[DialLine, ...] = field(default=())
    preview: Preview | None = None
    is_waiting: bool = False
    problem: Message | None = None
    saved: str = ""

    @property
    def can_create(self) -> bool:
        """Whether a project can be made."""
        return bool(self.dials) and self.problem is None and bool(self.name.strip())

    @property
    def is_changed(self) -> bool:
        """Whether any dial was moved."""
        return any(dial.is_turned for dial in self.dials)


_POSITIONS = 240  # of a slider whose steps multiply


def n_positions(line: DialLine) -> int:
    """Return the last position of a dial's slider; the first is 0."""
    return _POSITIONS if line.is_geometric else round((line.high - line.low) / line.step)


def position_of(line: DialLine) -> int:
    """Return the position of the slider where the dial stands, or the nearest end."""
    number = min(max(line.number, line.low), line.high)
    if line.is_geometric:
        share = math.log(number / line.low) / math.log(line.high / line.low)
        return round(share * _POSITIONS)
    return round((number - line.low) / line.step)


def number_at(line: DialLine, position: int) -> float:
    """Return the number at a position of the slider, round where the steps multiply."""
    if not line.is_geometric:
        return min(round(line.low + line.step * position, 6), line.high)
    number = line.low * (line.high / line.low) ** (position / _POSITIONS)
    unit = 10 ** max(0, math.floor(math.log10(number)) - 1)  # two figures
    return float(min(max(round(number / unit) * unit, line.low), line.high))


def digits(line: DialLine) -> int:
    """Return how many digits stand after the point."""
    return max(0, -math.floor(math.log10(line.step) + 1e-9))

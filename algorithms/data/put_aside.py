"""The lines that could not be used, kept in little room: there may be millions of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from algorithms.data.lines import RejectedLine
from algorithms.messages import Message, MessageValue


@dataclass(frozen=True, slots=True)
class Fault:
    """A reason that many lines share: all of it but what was found in each.

    Parameters
    ----------
    template : with ``{found}`` where what was found belongs
    values : the others, as pairs
    counts : whether what was found is a number
    """

    template: str
    values: tuple[tuple[str, MessageValue], ...] = ()
    counts: bool = False


class RejectedLines(Sequence[RejectedLine]):
    """Rejected lines in the order in which they were added, made when they are asked for."""

    def __init__(self) -> None:
        self._lines = array("q")
        self._faults = array("i")
        self._texts = bytearray()  # of each line what was found, then the line
        self._bounds = array("q", [0])  # two for each line
        self._known: dict[Fault, int] = {}
        self._reasons: list[Fault] = []

    def add(self, line: int, fault: Fault, found: bytes, text: bytes) -> None:
        """Keep a line: its number, what is wrong, what was found (UTF-8), its text."""
        number = self._known.setdefault(fault, len(self._reasons))
        if number == len(self._reasons):
            self._reasons.append(fault)
        self._lines.append(line)
        self._faults.append(number)
        for part in (found, text):
            self._texts += part
            self._bounds.append(len(self._texts))

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> RejectedLine: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[RejectedLine, ...]: ...
    def __getitem__(self, place: int | slice) -> RejectedLine | tuple[RejectedLine, ...]:
        places = range(len(self))[place]
        return self._make(places) if isinstance(places, int) else tuple(map(self._make, places))

    def __iter__(self) -> Iterator[RejectedLine]:
        return map(self._make, range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # it grows

    def _make(self, place: int) -> RejectedLine:
        start, middle, end = self._bounds[2 * place : 2 * place + 3]
        fault = self._reasons[self._faults[place]]
        found: MessageValue = self._texts[start:middle].decode()
        values = dict(fault.values)
        if "{found}" in fault.template:
            values["found"] = int(found) if fault.counts else found
        text = self._texts[middle:end].decode()
        return RejectedLine(self._lines[place], Message(fault.template, values), text)

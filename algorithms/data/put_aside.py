"""The lines that could not be used, kept in little room: there may be millions of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from algorithms.arrays import IndexArray, IntArray
from algorithms.data.lines import RejectedLine
from algorithms.messages import Message, MessageValue


@dataclass(frozen=True, slots=True)
class Fault:
    """A reason that many lines share: all of it but what was found in each.

    Parameters
    ----------
    template : of the sentence
    values : what its braces stand for, as pairs
    shows : how many letters of what was found stand for ``{found}``; 0 where it has none
    """

    template: str
    values: tuple[tuple[str, MessageValue], ...] = ()
    shows: int = 0

    def message(self, found: str) -> Message:
        """Return the sentence about one line."""
        values = dict(self.values)
        if self.shows:
            values["found"] = found[: self.shows]
        return Message(self.template, values)


@dataclass(frozen=True, eq=False)
class RejectedBlock:
    """Some rejected lines in the order of the file.

    Parameters
    ----------
    lines : (n,) their numbers
    faults : (n,) what is wrong with each, a number of ``RejectedLines.number``
    found : what was found in each, UTF-8, with a NUL behind each
    texts : the lines, UTF-8, with ends in ``bounds``
    bounds : (n,) where each line ends in ``texts``
    """

    lines: IntArray
    faults: IndexArray
    found: bytes
    texts: bytes
    bounds: IntArray

    def found_texts(self) -> list[str]:
        """Return what was found in each line."""
        return self.found.decode().split("\0")[:-1]

    def text(self, place: int) -> str:
        """Return one line."""
        start = int(self.bounds[place - 1]) if place else 0
        return self.texts[start : int(self.bounds[place])].decode()


class RejectedLines(Sequence[RejectedLine]):
    """Rejected lines in the order in which they were added, made when they are asked for."""

    def __init__(self) -> None:
        self._blocks: list[RejectedBlock] = []
        self._starts = [0]  # place of each block's first line, and of the next one's
        self._numbers: dict[Fault, int] = {}
        self._faults: list[Fault] = []
        self._shown: tuple[int, list[str]] = (-1, [])  # a block, and what was found in its lines

    def number(self, fault: Fault) -> int:
        """Return the number by which blocks refer to a fault."""
        number = self._numbers.setdefault(fault, len(self._faults))
        if number == len(self._faults):
            self._faults.append(fault)
        return number

    def add(self, block: RejectedBlock) -> None:
        """Keep some more lines."""
        self._blocks.append(block)
        self._starts.append(self._starts[-1] + len(block.lines))

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, place: int) -> RejectedLine: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[RejectedLine, ...]: ...
    def __getitem__(self, place: int | slice) -> RejectedLine | tuple[RejectedLine, ...]:
        places = range(len(self))[place]
        if isinstance(places, range):
            return tuple(map(self.__getitem__, places))
        number = bisect_right(self._starts, places) - 1
        block, within = self._blocks[number], places - self._starts[number]
        if self._shown[0] != number:  # neighbours are asked for one after the other
            self._shown = number, block.found_texts()
        return self._make(block, within, self._shown[1][within])

    def __iter__(self) -> Iterator[RejectedLine]:
        for block in self._blocks:
            for place, found in enumerate(block.found_texts()):
                yield self._make(block, place, found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # it grows

    def _make(self, block: RejectedBlock, place: int, found: str) -> RejectedLine:
        fault = self._faults[block.faults[place]]
        return RejectedLine(int(block.lines[place]), fault.message(found), block.text(place))

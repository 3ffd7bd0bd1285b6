"""Text as shapes that are kept: a picture that changes with the finger has no time to set type.

matplotlib takes most of a millisecond for each text that it draws. Here a word becomes an outline
once, and a number is put together from the outlines of its figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

from algorithms.arrays import FloatArray

if TYPE_CHECKING:
    from matplotlib.transforms import Transform

CAP_HEIGHT = 0.72  # of capitals and figures, in sizes of the text
_FIGURES = frozenset("0123456789.+-−")
_EM = text_to_path.FONT_SCALE

Codes = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True, eq=False, slots=True)
class Ink:
    """Shapes that stand on a baseline; all lengths are in sizes of the text.

    Parameters
    ----------
    vertices : (n, 2) of the outlines, from the left end of the baseline
    codes : (n,) what matplotlib's ``Path`` does at each
    width : to where the next begins
    above, below : how far it reaches from the baseline
    """

    vertices: FloatArray
    codes: Codes
    width: float
    above: float = CAP_HEIGHT
    below: float = 0.0

    def placed(self, x: float, y: float, size: float = 1.0, is_upright: bool = False) -> Ink:
        """Return it elsewhere and larger; ``is_upright`` turns it to read from below."""
        vertices = self.vertices * size
        if is_upright:
            vertices = vertices[:, ::-1] * (-1.0, 1.0)
        return Ink(
            vertices + np.array((x, y)),
            self.codes,
            self.width * size,
            self.above * size,
            self.below * size,
        )


def joined(inks: Sequence[Ink], width: float) -> Ink:
    """Put inks that have their places into one."""
    if not inks:
        return Ink(np.empty((0, 2)), np.empty(0, dtype=np.uint8), width)
    return Ink(
        np.concatenate([ink.vertices for ink in inks]),
        np.concatenate([ink.codes for ink in inks]),
        width,
        max(ink.above for ink in inks),
        max(ink.below for ink in inks),
    )


def lettered(text: str, families: Sequence[str]) -> Ink:
    """Return the outlines of a text in the first of the families that has its letters."""
    known = tuple(families)
    if not text or not _FIGURES.issuperset(text):
        return _word(text, known)
    inks, x = [], 0.0
    for figure in text:
        ink = _figure(figure, known)
        inks.append(ink.placed(x, 0.0))
        x += ink.width
    return joined(inks, x)


def mathematical(text: str) -> Ink:
    r"""Return the outlines of mathtext, such as ``$\frac{1}{2}$``, with its dollar signs."""
    return _mathtext(text)


def painted(inks: Iterable[Ink], colour: str, transform: Transform) -> PathPatch | None:
    """Return all of them as one patch of a colour, None where there is nothing to paint."""
    ink = joined(list(inks), 0.0)
    if not len(ink.codes):
        return None
    return PathPatch(
        Path(ink.vertices, ink.codes),
        transform=transform,
        facecolor=colour,
        linewidth=0,
        snap=False,
        zorder=5,
    )


@lru_cache(maxsize=2000)
def _word(text: str, families: tuple[str, ...]) -> Ink:
    properties = FontProperties(family=list(families))
    return _traced(text, properties, False)


@lru_cache(maxsize=200)
def _figure(figure: str, families: tuple[str, ...]) -> Ink:
    """Return a figure, as wide as what it moves another one by."""
    ink = _word(figure, families)
    width = _word(f"0{figure}0", families).width - _word("00", families).width
    return Ink(ink.vertices, ink.codes, width)


@lru_cache(maxsize=1000)
def _mathtext(text: str) -> Ink:
    properties = FontProperties(family="DejaVu Sans", math_fontfamily="dejavusans")
    return _traced(text, properties, True)


def _traced(text: str, properties: FontProperties, is_mathtext: bool) -> Ink:
    if not text.strip():
        return joined((), 0.28 * len(text))
    properties.set_size(_EM)
    vertices, codes = text_to_path.get_text_path(properties, text, ismath=is_mathtext)
    width, height, below = text_to_path.get_text_width_height_descent(
        text, properties, ismath=is_mathtext
    )
    return Ink(
        np.asarray(vertices, dtype=float).reshape(-1, 2) / _EM,
        np.asarray(codes, dtype=np.uint8),
        width / _EM,
        (height - below) / _EM,
        below / _EM,
    )

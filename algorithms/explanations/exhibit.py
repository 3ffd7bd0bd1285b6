"""What a fitted model shows of its inside: curves, bars, tables of weights, points, sentences.

A model hands over values and the sentence that says what is to be seen; whoever shows them knows
how to draw each form. So a new model shows its inside without a new page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from algorithms.arrays import BoolArray, FloatArray
from algorithms.messages import Message


@dataclass(frozen=True, eq=False, kw_only=True)
class Exhibit:
    """One thing to look at.

    Parameters
    ----------
    key : names it within the model, for links and tests
    title : a few words
    sentence : what is to be seen, and what it does not mean
    """

    key: str
    title: Message
    sentence: Message


@dataclass(frozen=True, eq=False, kw_only=True)
class Lines(Exhibit):
    """Values along an axis; ``x`` (n,) ascending, ``series`` by name (n,), NaN where unknown.

    ``reference`` draws quiet horizontal lines, such as chance or the best fixed choice.
    """

    x_label: Message
    y_label: Message
    x: FloatArray
    series: Mapping[str, FloatArray]
    reference: Mapping[str, float] | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Bars(Exhibit):
    """One value per name, in the order given; ``spread`` (n,) is half a 95 % interval."""

    value_label: Message
    names: tuple[str, ...]
    values: FloatArray
    spread: FloatArray | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class HeatMap(Exhibit):
    """A table of weights: ``values`` (n_rows, n_columns), written into its fields.

    ``centre`` is the value that has no colour, such as 0 for cosines; None where the lowest has.
    """

    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    values: FloatArray
    centre: float | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Points(Exhibit):
    """Points in a plane, such as a Pareto front: ``x``, ``y`` (n,), ``marked`` (n,) stand out."""

    x_label: Message
    y_label: Message
    names: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    marked: BoolArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Table(Exhibit):
    """Rows of texts and numbers under named columns."""

    columns: tuple[Message, ...]
    rows: tuple[tuple[str | float | Message, ...], ...]

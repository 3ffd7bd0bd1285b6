"""Explanations: sentences first, contributions second."""

from algorithms.explanations.exhibit import Bars, Exhibit, HeatMap, Lines, Points, Table
from algorithms.explanations.explanation import (
    Contribution,
    EvidenceKind,
    Explanation,
    strongest_first,
)

__all__ = [
    "Bars",
    "Contribution",
    "EvidenceKind",
    "Exhibit",
    "Explanation",
    "HeatMap",
    "Lines",
    "Points",
    "Table",
    "strongest_first",
]

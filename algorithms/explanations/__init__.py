"""Explanations: sentences first, contributions second."""

from algorithms.explanations.explanation import (
    Contribution,
    EvidenceKind,
    Explanation,
    strongest_first,
)

__all__ = ["Contribution", "EvidenceKind", "Explanation", "strongest_first"]

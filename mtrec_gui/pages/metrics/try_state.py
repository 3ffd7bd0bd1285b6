"""What the workbench of a metric shows, as values (Qt-free)."""

from __future__ import annotations

from dataclasses import dataclass

from algorithms.metrics.lab import Variant, Workbench, Worked
from mtrec_gui.pages.metrics.state import Subject


@dataclass(frozen=True, eq=False)
class TryState:
    """The rows that can be changed, and what the metric says of them.

    Parameters
    ----------
    metric : which one
    example : the rows; None where the metric has no workbench
    worked : value and equation
    source : whose rows they are; empty for invented ones
    is_changed : whether they are other than they were
    variants : what each variant of the metric gives on these rows; none where it has no variants
    variant : key of the one that ``worked`` is
    lit_rows, lit_steps : the rows and the terms of the equation that are pointed at
    """

    metric: Subject
    example: Workbench | None
    worked: Worked | None
    source: str = ""
    is_changed: bool = False
    variants: tuple[tuple[Variant, Worked], ...] = ()
    variant: str = ""
    lit_rows: frozenset[int] = frozenset()
    lit_steps: frozenset[int] = frozenset()

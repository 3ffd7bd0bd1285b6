r"""Arms: what a policy chooses between to order a shelf.

An arm turns the standardised scores z (k items, T tasks) of a user into one number for each item,
and the highest numbers make the list. **Weights** add the scores up,

.. math:: s(u, i) = \sum_t w_t\, z_{tui}

and a **rule set** blends and rules as in the rule blend (``policy_rule_arms``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from algorithms.arrays import FloatArray, IntArray


class Arms(Protocol):
    """Several ways to order the items of a shelf."""

    @property
    def names(self) -> tuple[str, ...]:
        """What a person calls them."""

    @property
    def n_numbers(self) -> int:
        """How many numbers of them were learned."""

    @property
    def out_at(self) -> float:
        """The number at and below which an item is in no list."""

    def numbers(self, raw: FloatArray, users: IntArray, arm: int) -> FloatArray:
        """Return (m, k) what one arm orders the items of users (m,) by.

        Parameters
        ----------
        raw : (m, k, T) standardised scores, NaN where a task cannot score
        """


@dataclass(frozen=True, eq=False)
class WeightArms:
    """Vectors of task weights (n_arms, T)."""

    weights: FloatArray

    @property
    def names(self) -> tuple[str, ...]:
        """The weights, in per cent."""
        return tuple(" / ".join(f"{weight:.0%}" for weight in arm) for arm in self.weights)

    @property
    def n_numbers(self) -> int:
        """All weights."""
        return int(self.weights.size)

    @property
    def out_at(self) -> float:
        """Every item that has a number may be listed."""
        return -np.inf

    def numbers(self, raw: FloatArray, users: IntArray, arm: int) -> FloatArray:
        """Return (m, k) the weighted sum; what one task cannot score is its average, 0."""
        known = ~np.isnan(raw).all(axis=2)
        total = (np.nan_to_num(raw, nan=0.0) * self.weights[arm]).sum(axis=2)
        return np.where(known, total, np.nan)

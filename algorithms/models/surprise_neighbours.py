r"""Whom to ask: the nearest among those who can answer.

For one x (a user, or an item) and one y (an item, or a user) those can answer who have a rating of
y. The k among them with the largest similarity to x are asked, if it is above 0; of equals the one
that the library meets first.

.. math::
    N_k(x; y) = \text{the k largest } s_{xv} > 0 \text{ among } \{v : r_{vy} \text{ is known}\}

References
----------
N. Hug: Surprise, Journal of Open Source Software 5(52), 2020.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.models.base import ModelConfig
from algorithms.models.surprise_ratings import Ratings
from algorithms.models.surprise_similarities import Baselines, Measure, Side, similarities

_MUCH = 4  # so many times fewer neighbours than targets make the way by the neighbours shorter


class KnnConfig(ModelConfig):
    """Parameters of nearest neighbours; the defaults are the library's."""

    n_neighbours: int = Field(40, ge=1, le=1000, description="Most neighbours that are asked")
    min_neighbours: int = Field(
        1, ge=1, le=100, description="With fewer neighbours than this, they are not believed"
    )
    user_based: bool = Field(
        True, description="Ask users who are alike; otherwise ask items that are alike"
    )
    similarity: Measure = Field("msd", description="How it is measured who is alike")
    min_support: int = Field(
        1, ge=1, le=1000, description="Ratings that two must have in common to count as alike"
    )
    shrinkage: float = Field(
        100.0,
        ge=0,
        le=10_000,
        description="How much few common ratings are distrusted (pearson_baseline only)",
    )


@dataclass(frozen=True, eq=False)
class Asked:
    """The neighbours that answer for one x and some y, the most similar first for each y.

    Parameters
    ----------
    rows : (n,) rows of the side's ratings
    place : (n,) for which of the y each answers
    weights : (n,) similarities, all above 0
    """

    rows: IntArray
    place: IntArray
    weights: FloatArray


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """The ratings of one task from the side of the neighbours, ready to be asked.

    Parameters
    ----------
    ratings : of the task
    side : the same, grouped by y
    config : the model's
    baselines : zeros where none are needed
    """

    ratings: Ratings
    side: Side
    config: KnnConfig
    baselines: Baselines

    @cached_property
    def means(self) -> FloatArray:
        """(n_x,) mean rating of each x."""
        return np.array([values.mean() for values in self._of_each_x])

    @cached_property
    def deviations(self) -> FloatArray:
        """(n_x,) standard deviation of each x; that of all ratings where an x has none."""
        own = np.array([values.std() for values in self._of_each_x])
        overall = float(self.ratings.values.std())
        return np.where(own == 0, overall if overall > 0 else 1.0, own)

    @cached_property
    def _of_each_x(self) -> list[FloatArray]:
        x = self.ratings.users if self.config.user_based else self.ratings.items
        ordered = self.ratings.values[np.argsort(x, kind="stable")]
        return np.split(ordered, np.cumsum(np.bincount(x))[:-1])

    def alike(self, x: int) -> FloatArray:
        """Return (n_x,) how alike x and each other x are."""
        config = self.config
        return similarities(
            self.side, x, config.similarity, config.min_support, config.shrinkage, self.baselines
        )

    def alike_for(self, n_targets: int, ys: IntArray) -> Callable[[int], FloatArray]:
        """Return ``alike``, or a shorter way to what it says of the raters of some y.

        Similarities are symmetric: where few neighbours answer for many targets (the list of one
        user, from the items that they rated), the rows of the neighbours suffice.
        """
        near = np.unique(self.side.x[self.side.rows_of_y(np.unique(ys))[0]])
        if _MUCH * len(near) > n_targets:
            return self.alike
        table = np.array([self.alike(x) for x in near.tolist()])  # (n_near, n_x)

        def of_neighbours(x: int) -> FloatArray:
            alike = np.zeros(self.side.n_x)
            alike[near] = table[:, x]
            return alike

        return of_neighbours

    def nearest(self, alike: FloatArray, ys: IntArray) -> Asked:
        """Return those among the raters of each y (m,) to whom one x is most ``alike`` (n_x,)."""
        rows, place = self.side.rows_of_y(ys)
        weights = alike[self.side.x[rows]]
        positive = weights > 0
        rows, place, weights = rows[positive], place[positive], weights[positive]
        levels, level = np.unique(-alike, return_inverse=True)
        n = len(rows)
        # One number for each, that sorts by y, then by falling similarity, then as listed.
        keys = (place * len(levels) + level[self.side.x[rows]]) * n + np.arange(n)
        order = np.sort(keys) % max(n, 1)
        rows, place, weights = rows[order], place[order], weights[order]
        rank = np.arange(n) - np.searchsorted(place, place)  # (n,) 0 for the nearest of its y
        near = rank < self.config.n_neighbours
        return Asked(rows[near], place[near], weights[near])

"""The truth of a simulated world: what would happen between any user and any item.

A binary label happens, once its parent has happened, with probability

    σ(b + taste · p_u·q_i + quality · g_i + user · l_u - price · r_i - position · ln(place))

and a rating is the nearest of 1 to 5 to a normal number around

    mean + taste · p_u·q_i + quality · g_i + user · l_u - price · r_i - position · ln(place).

Real data never tells these numbers. Ranking by them is the best that can be done for the user.
What a held-out log rewards is a little different, because it only holds what was shown: there the
best ranking is by the probability of being shown times that of the label once shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from algorithms.arrays import FloatArray, IndexArray, IntArray
from algorithms.errors import UnknownLabelError
from sample_data.exposure import Exposure, log_weight, shown_probability
from sample_data.population import Items, Users
from sample_data.spec import BinaryLabel, RatingLabel, WorldSpec

RATINGS = np.arange(1, 6)


@dataclass(frozen=True, eq=False)
class Truth:
    """Probabilities and expected values of every label.

    Parameters
    ----------
    spec : the parameters
    users, items : with their hidden tastes
    exposure : what decided what was shown
    intercepts : b of each binary label, which gives it its rate
    """

    spec: WorldSpec
    users: Users
    items: Items
    exposure: Exposure
    intercepts: Mapping[str, float]

    def expected(
        self,
        label: str,
        users: IntArray | IndexArray,
        items: IntArray | IndexArray,
        place: ArrayLike = 1,
    ) -> FloatArray:
        """Return the probability of a binary label, or the mean of a rating were it given.

        The probability is that of the whole funnel: a purchase needs its click.

        Parameters
        ----------
        label : name
        users, items : indices that broadcast against each other
        place : place on the page, 1 at the top; broadcasts too

        Raises
        ------
        UnknownLabelError
            Where the world has no such label.
        """
        value = self.given_parent(label, users, items, place)
        spec = self._label(label)
        if isinstance(spec, BinaryLabel) and spec.parent is not None:
            value = value * self.expected(spec.parent, users, items, place)
        return value

    def given_parent(
        self,
        label: str,
        users: IntArray | IndexArray,
        items: IntArray | IndexArray,
        place: ArrayLike = 1,
    ) -> FloatArray:
        """Return the same once the parent has happened (the rate among the clicked, say)."""
        spec = self._label(label)
        level = self.level(label, users, items, place)
        if isinstance(spec, BinaryLabel):
            return sigmoid(self.intercepts[label] + level)
        return _mean_rating(spec, level)

    def level(
        self,
        label: str,
        users: IntArray | IndexArray,
        items: IntArray | IndexArray,
        place: ArrayLike = 1,
    ) -> FloatArray:
        """Return what stands beside the intercept: taste, quality, user, price and place."""
        spec = self._label(label)
        index = self.spec.labels.index(spec)
        match = np.einsum("...d,...d->...", self.users.taste[index][users], self.items.taste[items])
        level: FloatArray = (
            spec.taste * match
            + spec.quality * self.items.quality[items]
            + spec.user * self.users.level[index][users]
            - spec.price * self.items.relative_price[items]
            - spec.position * np.log(place)
        )
        return level

    def shown(self, kind: str) -> FloatArray:
        """Return (n_users, n_items of the kind) the probability of having been shown."""
        code = self.items.table.kinds.index(kind)
        of_kind = np.flatnonzero(self.items.table.kind_codes == code)
        weight = log_weight(self.spec, self.exposure, self.items, code, of_kind)
        return shown_probability(weight, self.exposure.n_pages * self.spec.kinds[code].per_page)

    def _label(self, name: str) -> BinaryLabel | RatingLabel:
        for label in self.spec.labels:
            if label.name == name:
                return label
        raise UnknownLabelError(
            label=name, labels=", ".join(label.name for label in self.spec.labels)
        )


def sigmoid(x: FloatArray) -> FloatArray:
    """Return 1 / (1 + e⁻ˣ), without overflow."""
    value: FloatArray = 0.5 * (1 + np.tanh(0.5 * x))
    return value


def rounded_rating(value: FloatArray) -> FloatArray:
    """Return the nearest of 1 to 5."""
    return np.clip(np.floor(value + 0.5), RATINGS[0], RATINGS[-1])


def _mean_rating(spec: RatingLabel, level: FloatArray) -> FloatArray:
    """Return the mean of the rounded rating: 1 + Σ P(rating > r) over r = 1 to 4."""
    from scipy.special import ndtr

    centre = spec.mean + level
    exceeds = [ndtr((centre - (step + 0.5)) / spec.noise) for step in RATINGS[:-1]]
    mean: FloatArray = RATINGS[0] + np.sum(exceeds, axis=0)
    return mean

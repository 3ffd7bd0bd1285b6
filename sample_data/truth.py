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

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from algorithms.arrays import FloatArray, IndexArray, IntArray
from algorithms.errors import UnknownLabelError
from sample_data.exposure import Exposure, log_weight, shown_probability
from sample_data.placing import Placing, placing
from sample_data.population import Items, Users
from sample_data.spec import BinaryLabel, RatingLabel, WorldSpec

RATINGS = np.arange(1, 6)


@dataclass(frozen=True, eq=False)
class _Shelf:
    """What is shown of one kind.

    Parameters
    ----------
    shown : (n_users, n_items of the kind) probability of having been shown
    centre : (n_users,) mean of ln w over what is shown
    placing : how a lead over that becomes a place
    """

    shown: FloatArray
    centre: FloatArray
    placing: Placing


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
    _shelves: dict[str, _Shelf] = field(default_factory=dict, init=False, repr=False)

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
        level: FloatArray = self._at_top(label, users, items) - spec.position * np.log(place)
        return level

    def in_log(
        self, label: str, users: IntArray | IndexArray, items: IntArray | IndexArray
    ) -> FloatArray:
        """Return the mean of a label over the impressions on which it is observed.

        A binary label is observed wherever an item of its kind is shown, and the mean is over the
        places at which the item would stand; of a rating the mean is over those who would give it.

        Parameters
        ----------
        label : name
        users, items : indices that broadcast against each other; items of the label's kind

        Raises
        ------
        UnknownLabelError
            Where the world has no such label.
        """
        spec = self._label(label)
        if isinstance(spec, BinaryLabel):
            return self._mean(label, users, items)
        sums = [0.0, 0.0]
        for weight, reached, level in self._moments(spec, users, items):
            observed, value = _observed_rating(spec, level)
            sums[0] = sums[0] + weight * reached * observed
            sums[1] = sums[1] + weight * reached * value
        mean: FloatArray = sums[1] / sums[0]
        return mean

    def relevant(
        self,
        label: str,
        users: IntArray | IndexArray,
        items: IntArray | IndexArray,
        at_least: float = 1.0,
    ) -> FloatArray:
        """Return the probability that a label is observed and high enough, once shown.

        Parameters
        ----------
        label : name
        users, items : indices that broadcast against each other; items of the label's kind
        at_least : value from which an item counts as relevant

        Raises
        ------
        UnknownLabelError
            Where the world has no such label.
        """
        spec = self._label(label)
        if isinstance(spec, BinaryLabel):
            if 0 < at_least <= 1:
                return self._mean(label, users, items)
            shape = np.broadcast_shapes(np.shape(users), np.shape(items))
            return np.full(shape, float(at_least <= 0))
        total: FloatArray | float = 0.0
        for weight, reached, level in self._moments(spec, users, items):
            total = total + weight * reached * _high_rating(spec, level, at_least)
        return np.asarray(total)

    def shown(self, kind: str) -> FloatArray:
        """Return (n_users, n_items of the kind) the probability of having been shown."""
        return self._shelf(kind).shown

    def _mean(
        self, label: str, users: IntArray | IndexArray, items: IntArray | IndexArray
    ) -> FloatArray:
        """Return the probability of a binary label, with its funnel, over all places."""
        spec = self._label(label)
        total: FloatArray | float = 0.0
        for weight, reached, level in self._moments(spec, users, items):
            total = total + weight * reached * sigmoid(self.intercepts[label] + level)
        return np.asarray(total)

    def _moments(
        self,
        spec: BinaryLabel | RatingLabel,
        users: IntArray | IndexArray,
        items: IntArray | IndexArray,
    ) -> Iterator[tuple[float, FloatArray | float, FloatArray]]:
        """Go through the situations in which an item is shown.

        Yields
        ------
        weight : how likely it is; they sum to 1
        reached : probability of all labels before this one
        level : of the label
        """
        chain = [spec]
        while chain[0].parent is not None:
            chain.insert(0, self._label(chain[0].parent))
        at_top = {label.name: self._at_top(label.name, users, items) for label in chain}
        if any(label.position for label in chain):
            depths: tuple[FloatArray | float, ...] = self._depths(spec.item_kind, users, items)
        else:
            depths = (0.0,)
        for depth in depths:
            reached: FloatArray | float = 1.0
            for label in chain:
                level = at_top[label.name] - label.position * depth
                if label is spec:
                    yield 1 / len(depths), reached, level
                else:
                    reached = reached * sigmoid(self.intercepts[label.name] + level)

    def _depths(
        self, kind: str, users: IntArray | IndexArray, items: IntArray | IndexArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return two equally likely values of ln(place)."""
        shelf = self._shelf(kind)
        belief = self.exposure.belief[self.items.table.kinds.index(kind)]
        pulls = self.spec.exposure
        weight = pulls.popularity * self.items.popularity[items] + pulls.preference * _match(
            belief, self.items.taste, users, items
        )
        return shelf.placing.nodes(pulls.order * (weight - shelf.centre[users]))

    def _at_top(
        self, label: str, users: IntArray | IndexArray, items: IntArray | IndexArray
    ) -> FloatArray:
        spec = self._label(label)
        index = self.spec.labels.index(spec)
        match = _match(self.users.taste[index], self.items.taste, users, items)
        level: FloatArray = (
            spec.taste * match
            + spec.quality * self.items.quality[items]
            + spec.user * self.users.level[index][users]
            - spec.price * self.items.relative_price[items]
        )
        return level

    def _shelf(self, kind: str) -> _Shelf:
        if kind not in self._shelves:
            code = self.items.table.kinds.index(kind)
            of_kind = np.flatnonzero(self.items.table.kind_codes == code)
            weight = log_weight(self.spec, self.exposure, self.items, code, of_kind)
            per_page = [each.per_page for each in self.spec.kinds]
            shown = shown_probability(weight, self.exposure.n_pages * per_page[code])
            total = shown.sum(axis=1)
            centre = (shown * weight).sum(axis=1) / total
            square = (shown * (weight - centre[:, None]) ** 2).sum() / total.sum()
            spread = float(self.spec.exposure.order * np.sqrt(square))
            shown.flags.writeable = False
            self._shelves[kind] = _Shelf(shown, centre, placing(per_page, code, spread))
        return self._shelves[kind]

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


def _match(
    left: FloatArray,
    right: FloatArray,
    users: IntArray | IndexArray,
    items: IntArray | IndexArray,
) -> FloatArray:
    """Return left_u·right_i for indices that broadcast; a whole block as a matrix product."""
    rows, columns = np.asarray(users), np.asarray(items)
    if rows.ndim == 2 and rows.shape[1] == 1 and columns.ndim == 1:
        block: FloatArray = left[rows[:, 0]] @ right[columns].T
        return block
    match: FloatArray = np.einsum("...d,...d->...", left[rows], right[columns])
    return match


def _exceeds(spec: RatingLabel, level: FloatArray, stars: int) -> FloatArray:
    """Return the probability that the rounded rating is more than so many stars."""
    from scipy.special import ndtr

    chance: FloatArray = ndtr((spec.mean + level - (stars + 0.5)) / spec.noise)
    return chance


def _mean_rating(spec: RatingLabel, level: FloatArray) -> FloatArray:
    """Return the mean of the rounded rating: 1 + Σ P(rating > r) over r = 1 to 4."""
    exceeds = sum(_exceeds(spec, level, int(step)) for step in RATINGS[:-1])
    mean: FloatArray = np.asarray(RATINGS[0] + exceeds)
    return mean


def _observed_rating(spec: RatingLabel, level: FloatArray) -> tuple[float, FloatArray]:
    """Return the probability that a rating is given, and the mean of the rating where it is."""
    return spec.response, spec.response * _mean_rating(spec, level)


def _high_rating(spec: RatingLabel, level: FloatArray, at_least: float) -> FloatArray:
    """Return the probability that a rating is given and high enough."""
    stars = int(np.ceil(at_least)) - 1
    if stars < RATINGS[0]:
        return np.full(level.shape, spec.response)
    if stars >= RATINGS[-1]:
        return np.zeros(level.shape)
    return spec.response * _exceeds(spec, level, stars)

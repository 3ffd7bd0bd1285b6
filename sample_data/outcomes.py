"""What a label becomes of its level: chances and means of ratings and quantities.

A binary label happens with probability σ(b + level / ν), ν the world's `noise`. A rating is the
nearest of 1 to 5 to mean + level + ν · noise · N(0, 1). A quantity is the nearest whole number to
the exponential of the same: log-normal, most values small and a few large.

Not everybody answers. Of those who could rate, a share response · ω(rating) does, with

    ω(r) = 1 - missing · (1 - ((r - 3) / 2)²)

so that with `missing` above 0 the loved and the hated are rated more often than the middling:
labels that are *missing not at random*.

Reference: Marlin and Zemel, Collaborative prediction and ranking with non-random missing data,
2009.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import FloatArray
from sample_data.spec import QuantityLabel, RatingLabel

RATINGS = np.arange(1, 6)
MIDDLE, REACH = 3, 2  # ω is lowest in the middle


def rounded_rating(value: FloatArray) -> FloatArray:
    """Return the nearest of 1 to 5."""
    return np.clip(np.floor(value + 0.5), RATINGS[0], RATINGS[-1])


def willingness(label: RatingLabel, rating: FloatArray) -> FloatArray:
    """Return ω: how much of ``response`` is left for each rating."""
    extremity = ((rating - MIDDLE) / REACH) ** 2
    willing: FloatArray = 1 - label.missing * (1 - extremity)
    return willing


def mean_value(label: RatingLabel | QuantityLabel, level: FloatArray, noise: float) -> FloatArray:
    """Return the mean of a rating or quantity, were it given.

    Of a rating it is 1 + Σ P(rating > r) over r = 1 to 4; of a quantity exp(mean + level + s²/2),
    s = ν · noise, which rounding to whole numbers leaves as it is but for very small quantities.
    """
    if isinstance(label, QuantityLabel):
        mean: FloatArray = np.exp(label.mean + level + (noise * label.noise) ** 2 / 2)
        return mean
    mean = np.full(np.shape(level), float(RATINGS[0]))
    for stars in RATINGS[:-1]:
        mean += _exceeds(label, level, noise, int(stars))
    return mean


def observed(
    label: RatingLabel | QuantityLabel, level: FloatArray, noise: float
) -> tuple[FloatArray | float, FloatArray]:
    """Return the probability that the value is given, and the mean of value times given."""
    if isinstance(label, QuantityLabel) or label.missing == 0:
        return label.response, label.response * mean_value(label, level, noise)
    willing = willingness(label, RATINGS.astype(np.float64))
    chance = np.full(np.shape(level), willing[0])
    value = np.full(np.shape(level), willing[0])
    for stars in RATINGS[:-1]:  # sums over ratings, by parts
        exceeds = _exceeds(label, level, noise, int(stars))
        chance += (willing[stars] - willing[stars - 1]) * exceeds
        value += ((stars + 1) * willing[stars] - stars * willing[stars - 1]) * exceeds
    return label.response * chance, label.response * value


def high(
    label: RatingLabel | QuantityLabel, level: FloatArray, noise: float, at_least: float
) -> FloatArray:
    """Return the probability that the value is given and no less than ``at_least``."""
    from scipy.special import ndtr

    whole = int(np.ceil(at_least))
    if isinstance(label, QuantityLabel):
        if whole <= 0:
            return np.full(np.shape(level), label.response)
        lead = (label.mean + level - np.log(whole - 0.5)) / (noise * label.noise)
        chance: FloatArray = label.response * ndtr(lead)
        return chance
    if whole > RATINGS[-1]:
        return np.zeros(np.shape(level))
    willing = willingness(label, RATINGS.astype(np.float64))
    first = max(whole, int(RATINGS[0]))
    if first > RATINGS[0]:
        chance = willing[first - 1] * _exceeds(label, level, noise, first - 1)
    else:
        chance = np.full(np.shape(level), willing[0])
    if label.missing > 0:
        for stars in range(first, int(RATINGS[-1])):
            step = willing[stars] - willing[stars - 1]
            chance = chance + step * _exceeds(label, level, noise, stars)
    return label.response * chance


def _exceeds(label: RatingLabel, level: FloatArray, noise: float, stars: int) -> FloatArray:
    """Return the probability that the rounded rating is more than so many stars."""
    from scipy.special import ndtr

    chance: FloatArray = ndtr((label.mean + level - (stars + 0.5)) / (noise * label.noise))
    return chance

"""Where on the page an item stands, given how much the shop believes in it.

Items of a kind are ranked by order · ln w + Gumbel noise among those on their page, and each kind
is spread evenly over the page. Seen from one item, the others on the page are taken as drawn from
what its user is shown, with ln w normal around its mean over those; then, given the item's own
noise, its rank is binomial. The mean and the spread of ln(place) follow by summing over the ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from algorithms.arrays import FloatArray

N_STEPS = 200  # of each numerical mean
LEADS = np.linspace(-12, 12, 97)


@dataclass(frozen=True, eq=False)
class Placing:
    """Mean and standard deviation of ln(place), by how far an item leads its rivals.

    Parameters
    ----------
    mean, spread : (n_leads,) at ``LEADS``
    """

    mean: FloatArray
    spread: FloatArray

    def nodes(self, lead: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return two values of ln(place), equally likely, with the right mean and spread."""
        mean = np.interp(lead, LEADS, self.mean)
        spread = np.interp(lead, LEADS, self.spread)
        return mean - spread, mean + spread


def placing(per_page: Sequence[int], code: int, rivals_spread: float) -> Placing:
    """Return how a lead becomes a place.

    Parameters
    ----------
    per_page : items of each kind on a page
    code : which kind
    rivals_spread : standard deviation of order · ln w over the items of the kind that are shown
    """
    rank = _rank_given_lead(per_page[code], rivals_spread)
    place = rank @ _place_given_rank(per_page, code)
    log_place = np.log(np.arange(1, sum(per_page) + 1))
    mean = place @ log_place
    variance = place @ log_place**2 - mean**2
    return Placing(mean, np.sqrt(np.clip(variance, 0, None)))


def _rank_given_lead(n_ranks: int, rivals_spread: float) -> FloatArray:
    """Return (n_leads, n_ranks) the probability of each rank on the page, the first at 0."""
    quantiles = (np.arange(N_STEPS) + 0.5) / N_STEPS
    own = LEADS[:, None] - np.log(-np.log(quantiles))
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    below = np.exp(-np.exp(-(own[..., None] - rivals_spread * nodes))) @ (weights / weights.sum())
    chances = [  # binomial: so many of the n_ranks - 1 others are above
        (comb(n_ranks - 1, rank) * (1 - below) ** rank * below ** (n_ranks - 1 - rank)).mean(axis=1)
        for rank in range(n_ranks)
    ]
    return np.stack(chances, axis=1)


def _place_given_rank(per_page: Sequence[int], code: int) -> FloatArray:
    """Return (n_ranks, n_places) the probability of each place, the top at 0."""
    n_ranks = per_page[code]
    rank = np.repeat(np.arange(n_ranks), N_STEPS)
    within = np.tile((np.arange(N_STEPS) + 0.5) / N_STEPS, n_ranks)
    height = (rank + within) / n_ranks  # on the page, 0 to 1
    chance = np.zeros((len(height), sum(per_page)))
    above = rank + sum(np.floor(height * n) for k, n in enumerate(per_page) if k != code)
    chance[np.arange(len(height)), above.astype(np.int64)] = 1
    for k, n in enumerate(per_page):
        if k != code:  # of the stretch at this height, a part is above
            part = (height * n % 1)[:, None]
            lower = np.roll(chance, 1, axis=1)
            chance = (1 - part) * chance + part * lower
    mean: FloatArray = chance.reshape(n_ranks, N_STEPS, -1).mean(axis=1)
    return mean

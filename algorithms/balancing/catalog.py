"""Every balancer of the lab, in the order in which a person meets them."""

from __future__ import annotations

from algorithms.balancing.base import Balancer
from algorithms.balancing.dynamic_average import DynamicAverage
from algorithms.balancing.equal import Equal
from algorithms.balancing.manual import Manual
from algorithms.balancing.random_weights import RandomWeights
from algorithms.balancing.uncertainty import Uncertainty
from algorithms.errors import MtrecError

BALANCERS: dict[str, type[Balancer]] = {
    Equal.key: Equal,
    Manual.key: Manual,
    Uncertainty.key: Uncertainty,
    DynamicAverage.key: DynamicAverage,
    RandomWeights.key: RandomWeights,
}


class UnknownBalancerError(MtrecError, KeyError):
    """A balancer key that the catalog does not have."""

    template = "No balancer “{balancer}”: the catalog has {balancers}. Choose one of these."


def find_balancer(key: str) -> type[Balancer]:
    """Return the balancer of a key.

    Raises
    ------
    UnknownBalancerError
        Where the catalog has no such key.
    """
    try:
        return BALANCERS[key]
    except KeyError:
        raise UnknownBalancerError(balancer=key, balancers=", ".join(BALANCERS)) from None

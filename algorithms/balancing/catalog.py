"""Every balancer of the lab, in the order in which a person meets them."""

from __future__ import annotations

from algorithms.balancing.aligned import AlignedMTL
from algorithms.balancing.base import Balancer
from algorithms.balancing.cagrad import CAGrad
from algorithms.balancing.dynamic_average import DynamicAverage
from algorithms.balancing.equal import Equal
from algorithms.balancing.famo import Famo
from algorithms.balancing.gradnorm import GradNorm
from algorithms.balancing.gradvac import GradVac
from algorithms.balancing.imtl_g import IMTLG
from algorithms.balancing.manual import Manual
from algorithms.balancing.mgda import MGDA
from algorithms.balancing.nash import NashMTL
from algorithms.balancing.pcgrad import PCGrad
from algorithms.balancing.random_weights import RandomWeights
from algorithms.balancing.uncertainty import Uncertainty
from algorithms.errors import MtrecError

BALANCERS: dict[str, type[Balancer]] = {
    Equal.key: Equal,
    Manual.key: Manual,
    Uncertainty.key: Uncertainty,
    DynamicAverage.key: DynamicAverage,
    RandomWeights.key: RandomWeights,
    GradNorm.key: GradNorm,
    PCGrad.key: PCGrad,
    GradVac.key: GradVac,
    MGDA.key: MGDA,
    CAGrad.key: CAGrad,
    IMTLG.key: IMTLG,
    NashMTL.key: NashMTL,
    AlignedMTL.key: AlignedMTL,
    Famo.key: Famo,
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

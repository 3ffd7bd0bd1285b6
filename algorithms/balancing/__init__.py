"""Balancing: how much each task counts at each step, where several tasks pull at shared weights."""

from algorithms.balancing.base import (
    Balancer,
    BalancerConfig,
    GradientBalancer,
    GradientsNeededError,
    Heads,
    LossBalancer,
)
from algorithms.balancing.catalog import BALANCERS, UnknownBalancerError, find_balancer
from algorithms.balancing.geometry import combine, cosines, gram_matrix, lengths
from algorithms.balancing.record import TrainingRecord

__all__ = [
    "BALANCERS",
    "Balancer",
    "BalancerConfig",
    "GradientBalancer",
    "GradientsNeededError",
    "Heads",
    "LossBalancer",
    "TrainingRecord",
    "UnknownBalancerError",
    "combine",
    "cosines",
    "find_balancer",
    "gram_matrix",
    "lengths",
]

"""The choice of a balancer and its dials, as a part of a model's configuration.

A dial is named after its balancer, ``gradnorm_alpha``, so that a form, a command and a search know
it as they know any other parameter; the dials of balancers that are not chosen do nothing.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from algorithms.balancing.base import Balancer
from algorithms.balancing.catalog import BALANCERS, find_balancer

BalancerKey = Literal[
    "equal",
    "manual",
    "uncertainty",
    "dwa",
    "rlw",
    "gradnorm",
    "pcgrad",
    "gradvac",
    "mgda",
    "cagrad",
    "imtl_g",
    "nash",
    "aligned",
    "famo",
]


class BalancerChoice(BaseModel):
    """Which balancer, and the dials of each that has some."""

    balancer: BalancerKey = Field(
        "manual", description="How much each task counts at every step on what they share"
    )
    uncertainty_learning_rate: float = Field(
        0.025, gt=0, le=1, description="How far the log noise of a task moves in a step"
    )
    dwa_temperature: float = Field(
        2.0, gt=0, le=100, description="The larger, the more alike the weights of the tasks"
    )
    gradnorm_alpha: float = Field(
        1.5, ge=0, le=5, description="How much harder a task pulls that lags behind; 0: all alike"
    )
    gradnorm_learning_rate: float = Field(
        0.025, gt=0, le=1, description="How far the weight of a task moves in a step"
    )
    gradvac_beta: float = Field(
        0.01, gt=0, le=1, description="Share of the newest cosine in the moving average"
    )
    cagrad_c: float = Field(
        0.5, ge=0, lt=1, description="Radius of the ball around the average, in its lengths"
    )
    famo_learning_rate: float = Field(
        0.025, gt=0, le=1, description="How far the logit of a task moves in a step"
    )
    famo_decay: float = Field(
        0.001, ge=0, le=1, description="Pull of the logits back to zero, that is to equal weights"
    )

    def make_balancer(self) -> Balancer:
        """Return the balancer that is chosen, as its dials say."""
        chosen = find_balancer(self.balancer)
        names = chosen.config_class.model_fields
        values = {name: getattr(self, dial(self.balancer, name)) for name in names}
        return chosen(chosen.config_class.model_validate(values))


def dial(balancer: str, parameter: str) -> str:
    """Return what a balancer's parameter is called in a model's configuration."""
    return f"{balancer}_{parameter}"


def dials_of(balancer: str) -> tuple[str, ...]:
    """Return the dials of a balancer; none for a key that the catalog does not have."""
    found = BALANCERS.get(balancer)
    return (
        () if found is None else tuple(dial(balancer, n) for n in found.config_class.model_fields)
    )


DIALS = tuple(name for key in BALANCERS for name in dials_of(key))

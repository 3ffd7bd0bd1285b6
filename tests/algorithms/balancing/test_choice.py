"""The choice of a balancer in a model's configuration is the catalog's, dial by dial."""

from typing import get_args

import pytest
from pydantic import ValidationError

from algorithms.balancing.catalog import BALANCERS
from algorithms.balancing.choice import DIALS, BalancerChoice, BalancerKey, dial, dials_of


def test_every_balancer_can_be_chosen() -> None:
    assert get_args(BalancerKey) == tuple(BALANCERS)


@pytest.mark.parametrize("key", list(BALANCERS))
def test_a_dial_is_declared_as_the_balancer_declares_it(key: str) -> None:
    for name, theirs in BALANCERS[key].config_class.model_fields.items():
        ours = BalancerChoice.model_fields[dial(key, name)]
        assert (ours.annotation, ours.default, ours.description, ours.metadata) == (
            theirs.annotation,
            theirs.default,
            theirs.description,
            theirs.metadata,
        )


def test_there_are_no_other_dials() -> None:
    assert {"balancer", *DIALS} == set(BalancerChoice.model_fields)
    assert dials_of("equal") == dials_of("magic") == ()
    assert dials_of("gradnorm") == ("gradnorm_alpha", "gradnorm_learning_rate")


def test_a_dial_reaches_its_balancer_and_no_other() -> None:
    chosen = BalancerChoice(balancer="gradnorm", gradnorm_alpha=0.3, cagrad_c=0.1).make_balancer()
    assert chosen.key == "gradnorm"
    assert chosen.config.model_dump() == {"alpha": 0.3, "learning_rate": 0.025}
    cautious = BalancerChoice(balancer="cagrad", cagrad_c=0.1).make_balancer()
    assert cautious.config.model_dump() == {"c": 0.1}
    with pytest.raises(ValidationError, match="gradnorm_alpha"):
        BalancerChoice(gradnorm_alpha=9)

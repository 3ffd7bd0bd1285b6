from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from sample_data import WORLDS, simulate_world
from sample_data.simulator import Simulation
from sample_data.spec import WorldSpec

MakeSpec = Callable[..., WorldSpec]


@pytest.fixture(scope="session")
def ecommerce(simulations: Callable[[str], Simulation]) -> Simulation:
    return simulations("ecommerce")


@pytest.fixture(scope="session", params=["ecommerce", "search", "social", "travel"])
def world(request: pytest.FixtureRequest) -> str:
    """Name each of the worlds in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def simulations() -> Callable[[str], Simulation]:
    """Simulate a world once for all tests."""
    return cache(simulate_world)


@pytest.fixture(scope="session")
def simulation(world: str, simulations: Callable[[str], Simulation]) -> Simulation:
    return simulations(world)


@pytest.fixture
def make_spec() -> MakeSpec:
    """The e-commerce parameters with some changed: ``make_spec({"labels.0.taste": 1.0})``."""

    def make(changes: dict[str, Any]) -> WorldSpec:
        values = tomllib.loads(WORLDS["ecommerce"].file.read_text(encoding="utf-8"))
        for path, value in changes.items():
            *parents, last = path.split(".")
            part: Any = values
            for step in parents:
                part = part[int(step) if isinstance(part, list) else step]
            part[last] = value
        return WorldSpec.model_validate(values)

    return make

"""What a world file may say: every parameter of the simulator, with its range.

A world is one TOML file. This module turns it into frozen values and refuses what cannot be
simulated; docs/worlds.md gives the equations in which the parameters stand.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from algorithms.arrays import FloatArray
from algorithms.models.base import parse_config
from algorithms.tasks import Task


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class UsersSpec(_Part):
    """How many users there are, how much they look at, and what their table tells."""

    count: int = Field(ge=10, le=100_000, description="Number of users")
    prefix: str = Field(min_length=1, max_length=8, description="Begin of the user ids")
    pages_mean: float = Field(gt=0, le=200, description="Pages that a user sees, on average")
    pages_spread: float = Field(
        ge=0, le=2, description="Standard deviation of the logarithm of the number of pages"
    )
    pages_min: int = Field(ge=1, description="Fewest pages of a user")
    pages_max: int = Field(ge=1, le=1000, description="Most pages of a user")
    age_taste: float = Field(ge=-1, le=1, description="Correlation of age and first taste axis")
    favourite_noise: float = Field(ge=0, description="Noise in the named favourite category")


class TasteSpec(_Part):
    """Where items stand in the space of tastes, and how good, popular and dear they are."""

    n_dimensions: int = Field(ge=1, le=64, description="Length of the taste vectors")
    category_share: float = Field(ge=0, le=1, description="Share that the category fixes")
    type_share: float = Field(ge=0, le=1, description="Share that the product type fixes")
    popularity_quality: float = Field(
        ge=-1, le=1, description="Correlation of an item's popularity with its quality"
    )
    brand_quality: float = Field(ge=0, le=1, description="Share of quality that the brand fixes")
    brand_price: float = Field(ge=0, le=2, description="Spread of log price between brands")
    item_price: float = Field(gt=0, le=2, description="Spread of log price within a brand")

    @model_validator(mode="after")
    def _shares_fit(self) -> TasteSpec:
        if self.category_share + self.type_share > 1:
            raise ValueError("category_share + type_share must not exceed 1")
        return self


class ExposureSpec(_Part):
    """The logging policy: what is shown to whom, and where on the page."""

    popularity: float = Field(ge=0, le=5, description="Pull of popularity on what is shown")
    preference: float = Field(ge=0, le=5, description="Pull of the believed taste")
    knowledge: float = Field(ge=0, le=1, description="Correlation of belief and true taste")
    order: float = Field(ge=0, le=5, description="Pull of both on the place within a page")


class KindSpec(_Part):
    """One kind of items."""

    name: str = Field(min_length=1, description="Name of the kind")
    count: int = Field(ge=1, le=100_000, description="Number of items")
    prefix: str = Field(min_length=1, max_length=8, description="Begin of the item ids")
    per_page: int = Field(ge=1, le=50, description="Items of this kind on each page")
    priced: bool = Field(description="Whether the items have a price")
    titles: tuple[str, ...] = Field(min_length=1, description="Patterns with {type} and {brand}")


class _Label(_Part):
    name: str = Field(min_length=1, description="Name of the label column")
    item_kind: str = Field(description="Kind of the items that have this label")
    parent: str | None = Field(None, description="Label that must be 1 first")
    taste: float = Field(ge=0, le=10, description="Pull of the match of tastes")
    quality: float = Field(ge=-5, le=5, description="Pull of the item's quality")
    user: float = Field(ge=0, le=5, description="Spread of the users' own levels")
    price: float = Field(0.0, ge=-5, le=5, description="Loss for being dear among its like")
    position: float = Field(0.0, ge=-5, le=5, description="Loss for each unit of ln(place)")


class BinaryLabel(_Label):
    """A label that happens or not."""

    kind: Literal["binary"]
    rate: float = Field(gt=0, lt=1, description="Share of ones (among the parent's ones)")


class RatingLabel(_Label):
    """A label from 1 to 5 that some give."""

    kind: Literal["rating"]
    response: float = Field(gt=0, le=1, description="Share of those who could that rate")
    mean: float = Field(ge=1, le=5, description="Rating of an average user for an average item")
    noise: float = Field(gt=0, le=5, description="Standard deviation of the mood of the moment")


LabelSpec = Annotated[BinaryLabel | RatingLabel, Field(discriminator="kind")]


class CorrelationSpec(_Part):
    """How alike the users' tastes behind two labels are."""

    labels: tuple[str, str]
    value: float = Field(ge=-1, le=1)


class CatalogueSpec(_Part):
    """Names: brands, and the product types of each category with their usual price."""

    brands: tuple[str, ...] = Field(min_length=1)
    brands_per_category: int = Field(ge=1)
    categories: dict[str, dict[str, float]] = Field(min_length=1)

    @model_validator(mode="after")
    def _enough_brands(self) -> CatalogueSpec:
        if self.brands_per_category > len(self.brands):
            raise ValueError(f"brands_per_category must not exceed the {len(self.brands)} brands")
        return self

    def n_offers(self) -> int:
        """Return how many pairs of product type and brand there are."""
        return self.brands_per_category * sum(len(types) for types in self.categories.values())


class WorldSpec(_Part):
    """A whole world."""

    title: str
    subtitle: str
    description: str
    try_first: tuple[str, ...]
    seed: int = Field(ge=0)
    first_day: date
    n_days: int = Field(ge=1, le=3650)
    users: UsersSpec
    taste: TasteSpec
    exposure: ExposureSpec
    kinds: tuple[KindSpec, ...] = Field(min_length=1)
    labels: tuple[LabelSpec, ...] = Field(min_length=1)
    correlations: tuple[CorrelationSpec, ...] = ()
    correlation: float | None = Field(
        None,
        ge=-1,
        le=1,
        description="Correlation of every other label's taste with the first's; replaces the pairs",
    )
    tasks: tuple[Task, ...] = Field(min_length=1)
    catalogue: CatalogueSpec

    @model_validator(mode="after")
    def _can_be_simulated(self) -> WorldSpec:
        kinds = {kind.name for kind in self.kinds}
        seen: dict[str, str] = {}
        for label in self.labels:
            if label.item_kind not in kinds:
                raise ValueError(f"label {label.name}: no kind {label.item_kind}")
            if label.parent is not None and seen.get(label.parent) != label.item_kind:
                raise ValueError(
                    f"label {label.name}: its parent {label.parent} must be an earlier label "
                    f"on {label.item_kind}"
                )
            seen[label.name] = label.item_kind
        if {name for pair in self.correlations for name in pair.labels} - set(seen):
            raise ValueError("correlations must name labels of this world")
        if np.linalg.eigvalsh(self.taste_correlations()).min() < -1e-9:
            raise ValueError("these correlations contradict each other (not positive semidefinite)")
        for task in self.tasks:
            if seen.get(task.label) != task.item_kind:
                raise ValueError(f"task {task.name}: no label {task.label} on {task.item_kind}")
        if self.users.pages_min > self.users.pages_max:
            raise ValueError("pages_min must not exceed pages_max")
        for kind in self.kinds:
            if self.users.pages_max * kind.per_page > kind.count:
                raise ValueError(f"pages_max pages need more items of kind {kind.name}")
            n_offers = self.catalogue.n_offers() * len(kind.titles)
            if kind.count > n_offers:
                raise ValueError(f"kind {kind.name}: the catalogue has only {n_offers} offers")
            if kind.name not in seen.values():
                raise ValueError(f"kind {kind.name} has no label")
        return self

    def taste_correlations(self) -> FloatArray:
        """Return (n_labels, n_labels) correlations, in the order of ``labels``.

        Where ``correlation`` ρ is given, all other tastes are ρ · the first + √(1 - ρ²) · own, so
        that they correlate ρ² among themselves.
        """
        if self.correlation is not None:
            loading = np.full(len(self.labels), self.correlation)
            loading[0] = 1
            one_factor = np.outer(loading, loading)
            np.fill_diagonal(one_factor, 1)
            return one_factor
        position = {label.name: index for index, label in enumerate(self.labels)}
        matrix = np.eye(len(self.labels))
        for pair in self.correlations:
            first, second = (position[name] for name in pair.labels)
            matrix[first, second] = matrix[second, first] = pair.value
        return matrix

    def first_label(self, kind: str) -> int:
        """Return the position of the first label on a kind: the one that the shop watches."""
        return [label.item_kind for label in self.labels].index(kind)


def read_spec(path: Path) -> WorldSpec:
    """Read a world file.

    Raises
    ------
    ConfigError
        Where a parameter is missing, unknown or out of range.
    """
    return parse_config(WorldSpec, tomllib.loads(path.read_text(encoding="utf-8")), str(path.name))

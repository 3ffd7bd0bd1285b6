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
    popularity_skew: float = Field(
        0.0, ge=0, le=1, description="How far the few most popular stand out (0: log-normal)"
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
    interest: float = Field(0.0, ge=0, le=5, description="Pull of taste on the topics of pages")


class KindSpec(_Part):
    """One kind of items."""

    name: str = Field(min_length=1, description="Name of the kind")
    count: int = Field(ge=1, le=100_000, description="Number of items")
    prefix: str = Field(min_length=1, max_length=8, description="Begin of the item ids")
    per_page: int = Field(ge=1, le=50, description="Items of this kind on each page")
    priced: bool = Field(description="Whether the items have a price")
    titles: tuple[str, ...] = Field(
        min_length=1, description="Patterns with {type} and {brand}, for people with {name}"
    )
    by_topic: bool = Field(False, description="Each page shows those of one type, its topic")
    people: bool = Field(False, description="The items are users: the first `count` of them")


class ContextSpec(_Part):
    """A named circumstance of a page, which takes one of a few values."""

    name: str = Field(min_length=1, description="Name of the column")
    values: tuple[str, ...] = Field(
        min_length=1, description="Its values; {type} in one stands for the topic of the page"
    )
    by: Literal["page", "day", "hour"] = Field(
        description="Drawn for each page or for each day, or told by the hour"
    )
    shares: tuple[float, ...] = Field((), description="Of each value, by page or day")
    begins: tuple[float, ...] = Field((), description="Hour at which each value begins, by hour")

    @model_validator(mode="after")
    def _one_number_a_value(self) -> ContextSpec:
        numbers = self.begins if self.by == "hour" else self.shares
        if len(numbers) != len(self.values):
            raise ValueError(f"context {self.name}: one share (or hour, by hour) for each value")
        if self.by == "hour" and (numbers[0] != 0 or list(numbers) != sorted(numbers)):
            raise ValueError(f"context {self.name}: hours must rise from 0")
        if self.by != "hour" and not (min(numbers) >= 0 and abs(sum(numbers) - 1) < 1e-9):
            raise ValueError(f"context {self.name}: shares must sum to 1")
        return self


class _Label(_Part):
    name: str = Field(min_length=1, description="Name of the label column")
    item_kind: str = Field(description="Kind of the items that have this label")
    parent: str | None = Field(None, description="Label that must be 1 first")
    taste: float = Field(ge=0, le=10, description="Pull of the match of tastes")
    quality: float = Field(ge=-5, le=5, description="Pull of the item's quality")
    user: float = Field(ge=0, le=5, description="Spread of the users' own levels")
    price: float = Field(0.0, ge=-5, le=5, description="Loss for being dear among its like")
    position: float = Field(0.0, ge=-5, le=5, description="Loss for each unit of ln(place)")
    context: dict[str, dict[str, float]] = Field(
        {}, description="Gain under each value of a context; values not named have none"
    )
    context_taste: dict[str, float] = Field(
        {}, description="Pull of what a context's value calls for"
    )
    topic: float = Field(0.0, ge=-5, le=5, description="Gain where the page's topic is akin")


class BinaryLabel(_Label):
    """A label that happens or not."""

    kind: Literal["binary"]
    rate: float = Field(gt=0, lt=1, description="Share of ones (among the parent's ones)")


class RatingLabel(_Label):
    """A label from 1 to 5 that some give."""

    kind: Literal["rating"]
    response: float = Field(gt=0, le=1, description="Share of those who could that rate")
    missing: float = Field(
        0.0, ge=0, lt=1, description="How much likelier one is to rate the loved and the hated"
    )
    mean: float = Field(ge=1, le=5, description="Rating of an average user for an average item")
    noise: float = Field(gt=0, le=5, description="Standard deviation of the mood of the moment")


class QuantityLabel(_Label):
    """A whole number from 0 up, most of them small and a few large: log-normal, rounded."""

    kind: Literal["quantity"]
    response: float = Field(1.0, gt=0, le=1, description="Share of those who could that have one")
    mean: float = Field(ge=-5, le=15, description="Logarithm for an average user and item")
    noise: float = Field(gt=0, le=5, description="Standard deviation of the logarithm")


LabelSpec = Annotated[BinaryLabel | RatingLabel | QuantityLabel, Field(discriminator="kind")]


class CorrelationSpec(_Part):
    """How alike the users' tastes behind two labels are."""

    labels: tuple[str, str]
    value: float = Field(ge=-1, le=1)


class CatalogueSpec(_Part):
    """Names: brands, and the types of each category, with their usual price where they have one."""

    maker: str = Field("brand", min_length=1, description="Name of the column of the brands")
    brands: tuple[str, ...] = Field(min_length=1)
    brands_per_category: int = Field(ge=1)
    categories: dict[str, dict[str, float] | tuple[str, ...]] = Field(min_length=1)
    first_names: tuple[str, ...] = ()
    last_names: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _enough_brands(self) -> CatalogueSpec:
        if self.brands_per_category > len(self.brands):
            raise ValueError(f"brands_per_category must not exceed the {len(self.brands)} brands")
        return self

    def n_types(self) -> int:
        """Return how many types there are in all categories."""
        return sum(len(types) for types in self.categories.values())

    def n_offers(self) -> int:
        """Return how many pairs of type and brand there are."""
        return self.brands_per_category * self.n_types()


class WorldSpec(_Part):
    """A whole world."""

    title: str
    subtitle: str
    description: str
    try_first: tuple[str, ...]
    seed: int = Field(ge=0)
    first_day: date
    n_days: int = Field(ge=1, le=3650)
    noise: float = Field(1.0, gt=0, le=10, description="Multiplies the chance in all labels")
    users: UsersSpec
    taste: TasteSpec
    exposure: ExposureSpec
    kinds: tuple[KindSpec, ...] = Field(min_length=1)
    contexts: tuple[ContextSpec, ...] = ()
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
        valued = {label.name for label in self.labels if label.kind != "binary"}
        for label in self.labels:
            if label.item_kind not in kinds:
                raise ValueError(f"label {label.name}: no kind {label.item_kind}")
            if label.parent in valued:
                raise ValueError(f"label {label.name}: only a binary label can be its parent")
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
            self._check_kind(kind)
            if kind.name not in seen.values():
                raise ValueError(f"kind {kind.name} has no label")
        self._check_contexts()
        return self

    def _check_kind(self, kind: KindSpec) -> None:
        catalogue = self.catalogue
        if kind.people:
            if kind.prefix != self.users.prefix:
                raise ValueError(f"kind {kind.name}: people are users, so their prefix is the same")
            if not catalogue.first_names or not catalogue.last_names:
                raise ValueError(f"kind {kind.name}: the catalogue has no names of people")
        elif kind.count > catalogue.n_offers() * len(kind.titles):
            n_offers = catalogue.n_offers() * len(kind.titles)
            raise ValueError(f"kind {kind.name}: the catalogue has only {n_offers} offers")
        elif kind.by_topic:
            if kind.per_page >= catalogue.brands_per_category * len(kind.titles):
                raise ValueError(f"kind {kind.name}: a topic needs more items than a page shows")
        elif self.users.pages_max * kind.per_page > kind.count:
            raise ValueError(f"pages_max pages need more items of kind {kind.name}")

    def n_items(self, code: int) -> int:
        """Return how many items of a kind there are.

        It is ``count``, but there are no more people than users, and of a kind that is shown by
        topic each type has as many as the others, more than a page shows.
        """
        kind, catalogue = self.kinds[code], self.catalogue
        if kind.people:
            return min(kind.count, self.users.count)
        if kind.by_topic:
            n_types = catalogue.n_types()
            n_each = max(round(kind.count / n_types), kind.per_page + 1)
            return n_types * min(n_each, catalogue.brands_per_category * len(kind.titles))
        return kind.count

    def most_pages(self) -> int:
        """Return how many pages a user can see: ``pages_max``, or fewer for want of fillings.

        Nobody asks about a topic twice, nor meets a person twice, nor oneself.
        """
        most = self.users.pages_max
        for code, kind in enumerate(self.kinds):
            if kind.by_topic:
                most = min(most, self.catalogue.n_types() - 1)
            if kind.people:
                most = min(most, (self.n_items(code) - 1) // kind.per_page)
        return most

    def _check_contexts(self) -> None:
        values = {context.name: context.values for context in self.contexts}
        if {"position", "place", "log_place"} & set(values):
            raise ValueError("a context needs a name of its own")
        with_topic = any("{type}" in value for each in values.values() for value in each)
        has_topics = any(kind.by_topic for kind in self.kinds)
        if with_topic and not has_topics:
            raise ValueError("{type} in a context needs a kind that is shown by topic")
        for label in self.labels:
            if {*label.context, *label.context_taste} - set(values):
                raise ValueError(f"label {label.name}: its contexts must be among {list(values)}")
            for name, gains in label.context.items():
                if set(gains) - set(values[name]):
                    raise ValueError(f"label {label.name}: {name} is one of {list(values[name])}")
            if label.topic and not with_topic:
                raise ValueError(f"label {label.name}: no context tells the topic")

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


def value_text(value: str, topic: str) -> str:
    """Write a context's value for a page on some topic."""
    return value.format(type=topic.lower())


def read_spec(path: Path) -> WorldSpec:
    """Read a world file.

    Raises
    ------
    ConfigError
        Where a parameter is missing, unknown or out of range.
    """
    return parse_config(WorldSpec, tomllib.loads(path.read_text(encoding="utf-8")), str(path.name))

"""The simulator: from the parameters of a world to its log and its truth.

1. Users and items are drawn (population.py).
2. The shop shows each user some pages of items (exposure.py).
3. What the user then does follows from the truth (truth.py), label by label down the funnel.

Each step has its own stream of random numbers, so that turning one parameter leaves the chance
in all other steps as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import BoolArray, Float32Array, FloatArray, TextArray, sigmoid
from algorithms.data.log import InteractionLog
from sample_data.exposure import Exposure, Impressions, make_exposure, show
from sample_data.outcomes import rounded_rating, willingness
from sample_data.population import Items, Users, join_people, make_items, make_users
from sample_data.spec import BinaryLabel, RatingLabel, WorldSpec, value_text
from sample_data.truth import Circumstances, Truth


@dataclass(frozen=True, eq=False)
class Simulation:
    """A world: what is seen of it, and what is true in it."""

    log: InteractionLog
    truth: Truth


def simulate(spec: WorldSpec) -> Simulation:
    """Simulate a world; the same parameters give the same world."""
    streams = [np.random.default_rng([spec.seed, step]) for step in range(5)]
    items = make_items(spec, streams[0])
    users = make_users(spec, items, streams[1])
    items = join_people(spec, items, users)
    exposure = make_exposure(spec, users, items, streams[2])
    shown = show(spec, exposure, items, streams[3])
    truth, labels = _behave(spec, users, items, exposure, shown, streams[4])
    log = InteractionLog(
        name=spec.title,
        users=shown.users.astype(np.int32),
        items=shown.items.astype(np.int32),
        labels=labels,
        user_table=users.table,
        item_table=items.table,
        timestamps=shown.timestamps,
        context={"position": shown.places.astype(np.int32), **_columns(spec, shown)},
        origin=spec.model_dump_json(),
    )
    return Simulation(log, truth)


def _columns(spec: WorldSpec, shown: Impressions) -> dict[str, TextArray]:
    """Write the contexts of every impression as text."""
    topics = [name for types in spec.catalogue.categories.values() for name in types]
    columns: dict[str, TextArray] = {}
    for context in spec.contexts:
        codes = shown.contexts[context.name]
        if any("{type}" in value for value in context.values):
            texts = [value_text(value, topic) for value in context.values for topic in topics]
            codes = codes * len(topics) + shown.topics
        else:
            texts = list(context.values)
        columns[context.name] = np.array([texts[code] for code in codes])
    return columns


def _behave(
    spec: WorldSpec,
    users: Users,
    items: Items,
    exposure: Exposure,
    shown: Impressions,
    rng: np.random.Generator,
) -> tuple[Truth, dict[str, Float32Array]]:
    """Let the users act; return the truth behind it and the labels, NaN where not observed."""
    labels: dict[str, Float32Array] = {}
    intercepts: dict[str, float] = {}
    truth = Truth(spec, users, items, exposure, intercepts, shown.contexts)
    category_of_type = np.append(items.category_of_topic, -1)
    akin = category_of_type[items.topics[shown.items]] == category_of_type[shown.topics]
    for label in spec.labels:
        kind_code = items.table.kinds.index(label.item_kind)
        of_kind: BoolArray = items.table.kind_codes[shown.items] == kind_code
        possible = of_kind if label.parent is None else labels[label.parent] == 1
        level = truth.level_under(
            label.name,
            shown.users,
            shown.items,
            Circumstances(np.log(shown.places), shown.contexts, akin),
        )
        chance = rng.random(len(shown.users))
        if isinstance(label, BinaryLabel):
            basis = possible if possible.any() else of_kind  # nobody got so far: as if all had
            intercepts[label.name] = _intercept(level[basis] / spec.noise, label.rate)
            happens = possible & (chance < truth.happens(label, level))
            labels[label.name] = np.where(of_kind, happens, np.nan).astype(np.float32)
        else:
            deviation = spec.noise * label.noise * rng.standard_normal(level.shape)
            if isinstance(label, RatingLabel):
                value = rounded_rating(label.mean + level + deviation)
                given = possible & (chance < label.response * willingness(label, value))
            else:
                value = np.rint(np.exp(label.mean + level + deviation))
                given = possible & (chance < label.response)
            labels[label.name] = np.where(given, value, np.nan).astype(np.float32)
    return truth, labels


def _intercept(level: FloatArray, rate: float) -> float:
    """Find b by bisection so that the mean of σ(b + level) is the rate asked for."""
    low, high = -50.0, 50.0
    for _ in range(60):  # 100 · 2⁻⁶⁰ is below the last digit
        middle = (low + high) / 2
        if sigmoid(middle + level).mean() < rate:
            low = middle
        else:
            high = middle
    return (low + high) / 2

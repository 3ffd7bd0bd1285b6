"""The simulator: from the parameters of a world to its log and its truth.

1. Users and items are drawn (population.py).
2. The shop shows each user some pages. What it shows is drawn without replacement, item i with
   weight exp(popularity · z_i + preference · p̂_u·q_i), p̂_u being what the shop believes of the
   user; so no user meets an item twice, and what is liked or popular is met more often.
3. What the user then does follows from the truth (truth.py), label by label down the funnel.

Each step has its own stream of random numbers, so that turning one parameter leaves the chance
in all other steps as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

import numpy as np

from algorithms.arrays import BoolArray, Float32Array, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from sample_data.population import Items, Users, make_items, make_users
from sample_data.spec import BinaryLabel, RatingLabel, WorldSpec
from sample_data.truth import Truth, rounded_rating, sigmoid

SECONDS_PER_DAY = 86_400
SECONDS_PER_ITEM = 6  # the eye goes down the page
BUSY_HOURS = (6.0, 20.0, 24.0)  # triangular: earliest, busiest, latest


@dataclass(frozen=True, eq=False)
class Simulation:
    """A world: what is seen of it, and what is true in it."""

    log: InteractionLog
    truth: Truth


@dataclass(frozen=True, eq=False)
class Impressions:
    """What was shown: (n,) users, items, places on the page from 1, seconds since 1970."""

    users: IntArray
    items: IntArray
    places: IntArray
    timestamps: IntArray


def simulate(spec: WorldSpec) -> Simulation:
    """Simulate a world; the same parameters give the same world."""
    streams = [np.random.default_rng([spec.seed, step]) for step in range(4)]
    items = make_items(spec, streams[0])
    users = make_users(spec, items, streams[1])
    shown = _show(spec, users, items, streams[2])
    labels, intercepts = _behave(spec, users, items, shown, streams[3])
    log = InteractionLog(
        name=spec.title,
        users=shown.users.astype(np.int32),
        items=shown.items.astype(np.int32),
        labels=labels,
        user_table=users.table,
        item_table=items.table,
        timestamps=shown.timestamps,
        context={"position": shown.places.astype(np.int32)},
    )
    return Simulation(log, Truth(spec, users, items, intercepts))


# --- what is shown ------------------------------------------------------------------------


def _show(spec: WorldSpec, users: Users, items: Items, rng: np.random.Generator) -> Impressions:
    """Fill the pages of every user; rows come in the order of time."""
    n_pages = _pages_per_user(spec, rng)
    page_user = np.repeat(np.arange(spec.users.count), n_pages)
    shelves, keys = [], []
    for code, kind in enumerate(spec.kinds):
        of_kind = np.flatnonzero(items.table.kind_codes == code)
        pull = _pull(spec, users, items, of_kind, spec.first_label(kind.name) or 0, rng)
        shelf = _draw(pull, n_pages, kind.per_page, rng)  # (pages, per_page) columns of pull
        score = spec.exposure.order * pull[page_user[:, None], shelf] + rng.gumbel(size=shelf.shape)
        shelf = np.take_along_axis(shelf, np.argsort(-score, axis=1), axis=1)
        shelves.append(of_kind[shelf])
        # the r-th item of a kind stands somewhere in the r-th of per_page stretches of the page
        keys.append((np.arange(kind.per_page) + rng.random(shelf.shape)) / kind.per_page)
    order = np.argsort(np.concatenate(keys, axis=1), axis=1)
    page_items = np.take_along_axis(np.concatenate(shelves, axis=1), order, axis=1)

    start = datetime.combine(spec.first_day, time(), UTC).timestamp()
    day = rng.integers(spec.n_days, size=len(page_user))
    hour = rng.triangular(*BUSY_HOURS, size=len(page_user))
    opened = int(start) + day * SECONDS_PER_DAY + (hour * 3600).astype(np.int64)
    places = np.arange(1, page_items.shape[1] + 1)
    seen = opened[:, None] + SECONDS_PER_ITEM * (places - 1)
    rows_users = np.repeat(page_user, len(places))
    rows_places = np.tile(places, len(page_user))
    by_time = np.lexsort((rows_places, rows_users, seen.ravel()))
    return Impressions(
        rows_users[by_time], page_items.ravel()[by_time], rows_places[by_time],
        seen.ravel()[by_time],
    )  # fmt: skip


def _pages_per_user(spec: WorldSpec, rng: np.random.Generator) -> IntArray:
    """Draw log-normal numbers of pages with the mean asked for (before the limits)."""
    spread = spec.users.pages_spread
    centre = np.log(spec.users.pages_mean) - spread**2 / 2
    drawn = np.exp(centre + spread * rng.standard_normal(spec.users.count))
    limited = np.clip(np.round(drawn), spec.users.pages_min, spec.users.pages_max)
    n_pages: IntArray = limited.astype(np.int64)
    return n_pages


def _pull(
    spec: WorldSpec,
    users: Users,
    items: Items,
    of_kind: IntArray,
    label: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Return (n_users, n_items of the kind) the log-weight with which the shop shows an item."""
    taste, policy = users.taste[label], spec.exposure
    belief = policy.knowledge * taste + np.sqrt(1 - policy.knowledge**2) * rng.standard_normal(
        taste.shape
    )
    pull: FloatArray = (
        policy.popularity * items.popularity[of_kind]
        + policy.preference * belief @ items.taste[of_kind].T
    )
    return pull


def _draw(pull: FloatArray, n_pages: IntArray, per_page: int, rng: np.random.Generator) -> IntArray:
    """Draw items without replacement and deal them to pages.

    The k largest of log-weight plus Gumbel noise are k draws without replacement in proportion
    to the weights (Efraimidis and Spirakis, 2006).

    Returns
    -------
    columns : (n_pages.sum(), per_page), pages grouped by user
    """
    n_shown = n_pages * per_page
    ranked = np.argsort(-(pull + rng.gumbel(size=pull.shape)), axis=1)
    shown = np.arange(pull.shape[1]) < n_shown[:, None]
    columns = ranked[shown]  # grouped by user
    shuffled = np.lexsort((rng.random(len(columns)), np.repeat(np.arange(len(pull)), n_shown)))
    return columns[shuffled].reshape(-1, per_page)


# --- what comes of it -----------------------------------------------------------------------


def _behave(
    spec: WorldSpec, users: Users, items: Items, shown: Impressions, rng: np.random.Generator
) -> tuple[dict[str, Float32Array], dict[str, float]]:
    """Let the users act; return the labels, NaN where not observed, and the intercepts."""
    truth = Truth(spec, users, items, {})
    labels: dict[str, Float32Array] = {}
    intercepts: dict[str, float] = {}
    for label in spec.labels:
        kind_code = items.table.kinds.index(label.item_kind)
        of_kind: BoolArray = items.table.kind_codes[shown.items] == kind_code
        possible = of_kind if label.parent is None else labels[label.parent] == 1
        level = truth.level(label.name, shown.users, shown.items, shown.places)
        chance = rng.random(len(shown.users))
        if isinstance(label, BinaryLabel):
            intercepts[label.name] = _intercept(level[possible], label.rate)
            happens = possible & (chance < sigmoid(intercepts[label.name] + level))
            labels[label.name] = np.where(of_kind, happens, np.nan).astype(np.float32)
        else:
            value = _rate(label, level, rng)
            given = possible & (chance < label.response)
            labels[label.name] = np.where(given, value, np.nan).astype(np.float32)
    return labels, intercepts


def _rate(label: RatingLabel, level: FloatArray, rng: np.random.Generator) -> FloatArray:
    return rounded_rating(label.mean + level + label.noise * rng.standard_normal(level.shape))


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

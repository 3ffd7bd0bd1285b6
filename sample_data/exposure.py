"""The logging policy: what the shop shows to whom, and where on the page.

The shop holds a belief p̂ of each user's taste, right in part only. It shows item i to user u with
weight

    w_ui = exp(popularity · z_i + preference · p̂_u·q_i),   p̂_u = κ p_u + √(1 - κ²) noise

drawn without replacement, so that no user meets an item twice and what is popular or thought to
be liked is met more often. On a page the items of greater weight tend to stand higher.

Where a kind is shown by topic, as search results are, each page has a topic (a query, a trip) of
the user's own choice, drawn without replacement with weight exp(interest · p_u·q_topic), and the
page shows items of that topic only, drawn by w.

Reference: Efraimidis and Spirakis, Weighted random sampling with a reservoir, 2006.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, IntArray
from sample_data.population import Items, Users
from sample_data.spec import WorldSpec

SECONDS_PER_DAY = 86_400
SECONDS_PER_ITEM = 6  # the eye goes down the page
ROUNDING = 1e-12
BUSY_HOURS = (6.0, 20.0, 24.0)  # triangular: earliest, busiest, latest


@dataclass(frozen=True, eq=False)
class Exposure:
    """What decides what is shown.

    Parameters
    ----------
    n_pages : (n_users,) pages that each user sees
    belief : (n_kinds, n_users, n_dimensions) what the shop takes for the taste, for each kind
    topic_weight : (n_users, n_topics) logarithm of the pull of each topic
    """

    n_pages: IntArray
    belief: FloatArray
    topic_weight: FloatArray


@dataclass(frozen=True, eq=False)
class Impressions:
    """What was shown, row by row in the order of time.

    Parameters
    ----------
    users, items : (n,) indices
    places : (n,) on the page, 1 at the top
    timestamps : (n,) seconds since 1970
    topics : (n,) topic of the page; -1 where pages have none
    contexts : (n,) position of the value of each context
    """

    users: IntArray
    items: IntArray
    places: IntArray
    timestamps: IntArray
    topics: IntArray
    contexts: Mapping[str, IntArray]


def make_exposure(
    spec: WorldSpec, users: Users, items: Items, rng: np.random.Generator
) -> Exposure:
    """Draw how much each user looks at, and what the shop believes."""
    spread = spec.users.pages_spread
    centre = np.log(spec.users.pages_mean) - spread**2 / 2  # so that the mean is pages_mean
    drawn = np.exp(centre + spread * rng.standard_normal(spec.users.count))
    n_pages = np.clip(np.round(drawn), spec.users.pages_min, spec.users.pages_max)
    n_pages = np.minimum(n_pages, spec.most_pages())
    watched = users.taste[[spec.first_label(kind.name) for kind in spec.kinds]]
    knowledge = spec.exposure.knowledge
    belief = knowledge * watched + np.sqrt(1 - knowledge**2) * rng.standard_normal(watched.shape)
    asking = next((kind.name for kind in spec.kinds if kind.by_topic), spec.kinds[0].name)
    interest = users.taste[spec.first_label(asking)] @ items.topic_taste.T
    return Exposure(n_pages.astype(np.int64), belief, spec.exposure.interest * interest)


def log_weight(
    spec: WorldSpec, exposure: Exposure, items: Items, code: int, of_kind: IntArray
) -> FloatArray:
    """Return (n_users, n_items of the kind) ln w."""
    weight: FloatArray = (
        spec.exposure.popularity * items.popularity[of_kind]
        + spec.exposure.preference * exposure.belief[code] @ items.taste[of_kind].T
    )
    if spec.kinds[code].people:  # nobody is shown to oneself
        np.fill_diagonal(weight, -np.inf)
    return weight


def show(
    spec: WorldSpec, exposure: Exposure, items: Items, rng: np.random.Generator
) -> Impressions:
    """Fill the pages of every user; rows come in the order of time."""
    page_user = np.repeat(np.arange(len(exposure.n_pages)), exposure.n_pages)
    topic_rng, context_rng = rng.spawn(2)  # leaves the stream as it is
    topics = np.full(len(page_user), -1)
    if any(kind.by_topic for kind in spec.kinds):
        topics = _draw(exposure.topic_weight, exposure.n_pages, 1, topic_rng)[:, 0]
    shelves, keys = [], []
    for code, kind in enumerate(spec.kinds):
        of_kind = np.flatnonzero(items.table.kind_codes == code)
        weight = log_weight(spec, exposure, items, code, of_kind)
        if kind.by_topic:
            n_each = len(of_kind) // len(items.topic_taste)
            columns = topics[:, None] * n_each + np.arange(n_each)
            key = weight[page_user[:, None], columns] + rng.gumbel(size=columns.shape)
            best = np.argsort(-key, axis=1)[:, : kind.per_page]
            shelf = np.take_along_axis(columns, best, axis=1)
        else:
            shelf = _draw(weight, exposure.n_pages, kind.per_page, rng)  # columns of weight
        score = spec.exposure.order * weight[page_user[:, None], shelf]
        highest_first = np.argsort(-(score + rng.gumbel(size=shelf.shape)), axis=1)
        shelves.append(of_kind[np.take_along_axis(shelf, highest_first, axis=1)])
        # the r-th item of a kind stands somewhere in the r-th of per_page stretches of the page
        keys.append((np.arange(kind.per_page) + rng.random(shelf.shape)) / kind.per_page)
    order = np.argsort(np.concatenate(keys, axis=1), axis=1)
    page_items = np.take_along_axis(np.concatenate(shelves, axis=1), order, axis=1)
    n_pages, n_places = page_items.shape

    places = np.tile(np.arange(1, n_places + 1), n_pages)
    users = np.repeat(page_user, n_places)
    opened = _opening_times(spec, n_pages, rng)
    contexts = _contexts(spec, opened, context_rng)
    timestamps = np.repeat(opened, n_places)
    timestamps += SECONDS_PER_ITEM * (places - 1)
    by_time = np.lexsort((places, users, timestamps))
    return Impressions(
        users[by_time],
        page_items.ravel()[by_time],
        places[by_time],
        timestamps[by_time],
        topics=np.repeat(topics, n_places)[by_time],
        contexts={name: np.repeat(codes, n_places)[by_time] for name, codes in contexts.items()},
    )


def _opening_times(spec: WorldSpec, n_pages: int, rng: np.random.Generator) -> IntArray:
    """Draw a day and an hour for each page, in seconds since 1970 (UTC)."""
    day = rng.integers(spec.n_days, size=n_pages)
    hour = rng.triangular(*BUSY_HOURS, size=n_pages)
    opened: IntArray = _first_second(spec) + day * SECONDS_PER_DAY + (hour * 3600).astype(np.int64)
    return opened


def _contexts(spec: WorldSpec, opened: IntArray, rng: np.random.Generator) -> dict[str, IntArray]:
    """Return the circumstances of each page, (n_pages,) positions among the values of each."""
    day = opened // SECONDS_PER_DAY
    hour = opened % SECONDS_PER_DAY / 3600
    contexts: dict[str, IntArray] = {}
    for context in spec.contexts:
        if context.by == "hour":
            codes = np.searchsorted(context.begins, hour, side="right") - 1
        elif context.by == "day":
            of_day = rng.choice(len(context.values), size=spec.n_days, p=context.shares)
            codes = of_day[day - _first_second(spec) // SECONDS_PER_DAY]
        else:
            codes = rng.choice(len(context.values), size=len(opened), p=context.shares)
        contexts[context.name] = codes.astype(np.int64)
    return contexts


def _first_second(spec: WorldSpec) -> int:
    return int(datetime.combine(spec.first_day, time(), UTC).timestamp())


def _draw(
    weight: FloatArray, n_pages: IntArray, per_page: int, rng: np.random.Generator
) -> IntArray:
    """Draw items without replacement and deal them to pages at random.

    The k largest of log-weight plus Gumbel noise are k draws without replacement in proportion
    to the weights.

    Returns
    -------
    columns : (n_pages.sum(), per_page), pages grouped by user
    """
    n_shown = n_pages * per_page
    ranked = np.argsort(-(weight + rng.gumbel(size=weight.shape)), axis=1)
    columns = ranked[np.arange(weight.shape[1]) < n_shown[:, None]]  # grouped by user
    user = np.repeat(np.arange(len(weight)), n_shown)
    return columns[np.lexsort((rng.random(len(columns)), user))].reshape(-1, per_page)


def shown_probability(weight: FloatArray, n_shown: IntArray) -> FloatArray:
    """Return the probability that each item is among the ``n_shown`` drawn.

    Drawing by weight is a race: item i arrives after an exponential time of rate w_i, and those
    that come first are shown. Taking the closing time τ for fixed, which is close for many
    items, the probability is 1 - exp(-τ w_i), with τ such that they sum to ``n_shown``.

    Parameters
    ----------
    weight : (n_users, n_items) ln w; what cannot be shown has -inf
    n_shown : (n_users,) no more than the items that can be
    """
    possible = np.isfinite(weight)
    all_shown = n_shown >= possible.sum(axis=1)
    n_shown = np.where(all_shown, 0, n_shown)
    top = np.max(weight, axis=1, keepdims=True, where=possible, initial=-700)
    rate = np.exp(weight - top)  # at most 1
    closing = n_shown / np.maximum(rate.sum(axis=1), 1)  # too early, for 1 - exp(-x) is less than x
    for _ in range(50):  # Newton's method, which comes closer from below: the sum is concave in τ
        left = np.exp(-closing[:, None] * rate)
        missing = n_shown - (1 - left).sum(axis=1)
        if (missing <= 1e-9 * n_shown).all():
            break
        slope = (rate * left).sum(axis=1)
        closing += np.divide(missing, slope, out=np.zeros_like(slope), where=slope > 0)
    probability: FloatArray = -np.expm1(-closing[:, None] * rate)
    probability[all_shown] = possible[all_shown]
    return probability


def rest_probability(shown: FloatArray, known: BoolArray, n_shown: IntArray) -> FloatArray:
    """Return the probability of being shown besides what is known to have been shown.

    Given the closing time, items arrive in time or not independently, and what is known is a
    random part of those that do. So the odds of each of the others are those of having been
    shown at all, times a factor that is the same for all; it is such that the probabilities sum
    to the number that is left.

    Parameters
    ----------
    shown : (n_users, n_items) probability of having been shown
    known : (n_users, n_items) whether it is known to have been
    n_shown : (n_users,) number that was shown in all
    """
    odds = np.where(known, 0, shown / np.maximum(1 - shown, ROUNDING))
    n_left = np.minimum(n_shown - known.sum(axis=1), (odds > 0).sum(axis=1))
    factor = n_left / np.maximum(odds.sum(axis=1), ROUNDING)  # too small, as x / (1 + x) < x
    for _ in range(50):  # Newton's method, from below
        scaled = factor[:, None] * odds
        probability: FloatArray = scaled / (1 + scaled)
        missing = n_left - probability.sum(axis=1)
        if (missing <= 1e-6 * n_left).all():
            break
        slope = (odds / (1 + scaled) ** 2).sum(axis=1)
        factor += np.divide(missing, slope, out=np.zeros_like(slope), where=slope > 0)
    return probability

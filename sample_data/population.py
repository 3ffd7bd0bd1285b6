"""Who lives in a world and what is on offer: users and items with their hidden tastes.

Users and items are points in one space of tastes. An item's point is drawn around that of its
category and of its product type, so that a title tells something; a user has one point for each
label, because what one clicks is not quite what one buys:

    q_i = normalise(√c · category + √t · type + √(1 - c - t) · own)
    (p_u¹, …, p_uᴸ) ~ N(0, R) in each dimension, R the correlations between the labels

so that the match p_u · q_i is a standard normal number over the users, and the matches of two
labels correlate as R says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from algorithms.arrays import FloatArray, IntArray, TextArray
from algorithms.data.log import IdMap, ItemTable, UserTable
from sample_data.spec import KindSpec, WorldSpec


@dataclass(frozen=True, eq=False)
class Items:
    """Items as a person sees them and as they are.

    Parameters
    ----------
    table : what a person sees
    taste : (n_items, n_dimensions) unit vectors q
    quality : (n_items,) standard normal
    popularity : (n_items,) standard normal, what draws exposure
    relative_price : (n_items,) standard normal, how dear an item is among its like
    category_taste : (n_categories, n_dimensions) unit vectors, in the order of the catalogue
    topics : (n_items,) its type, in the order of the catalogue; -1 for people
    topic_taste : (n_types, n_dimensions) unit vectors in the middle of each type
    category_of_topic : (n_types,)
    context_taste : what each value of a context calls for, (n_values, n_dimensions)
    """

    table: ItemTable
    taste: FloatArray
    quality: FloatArray
    popularity: FloatArray
    relative_price: FloatArray
    category_taste: FloatArray
    topics: IntArray
    topic_taste: FloatArray
    category_of_topic: IntArray
    context_taste: Mapping[str, FloatArray]


@dataclass(frozen=True, eq=False)
class Users:
    """Users as a person sees them and as they are.

    Parameters
    ----------
    table : what a person sees
    taste : (n_labels, n_users, n_dimensions) vectors p, one for each label
    level : (n_labels, n_users) standard normal: how readily a user clicks, buys, praises
    """

    table: UserTable
    taste: FloatArray
    level: FloatArray


def make_items(spec: WorldSpec, rng: np.random.Generator) -> Items:
    """Draw the items of all kinds."""
    catalogue, shares = spec.catalogue, spec.taste
    categories = list(catalogue.categories)
    types = [name for category in categories for name in catalogue.categories[category]]
    category_of_type = np.repeat(
        np.arange(len(categories)), [len(catalogue.categories[name]) for name in categories]
    )
    usual_price = np.array(
        [
            types[name] if isinstance(types, dict) else 1.0
            for types in catalogue.categories.values()
            for name in types
        ]
    )
    stocked = [
        np.sort(rng.permutation(len(catalogue.brands))[: catalogue.brands_per_category])
        for _ in categories
    ]  # the brands of each category
    category_taste = _unit(rng.standard_normal((len(categories), shares.n_dimensions)))
    type_taste = _unit(rng.standard_normal((len(types), shares.n_dimensions)))
    brand_quality = rng.standard_normal(len(catalogue.brands))
    brand_price = rng.standard_normal(len(catalogue.brands))

    counts = [spec.n_items(code) for code in range(len(spec.kinds))]
    chosen = [
        _offers(kind, count, category_of_type, stocked, rng)
        for kind, count in zip(spec.kinds, counts, strict=True)
    ]
    type_of, brand_of, pattern_of = np.concatenate(chosen).T
    kind_of = np.repeat(np.arange(len(spec.kinds)), counts)
    n_items = len(kind_of)

    own_taste = _unit(rng.standard_normal((n_items, shares.n_dimensions)))
    taste = _unit(
        np.sqrt(shares.category_share) * category_taste[category_of_type[type_of]]
        + np.sqrt(shares.type_share) * type_taste[type_of]
        + np.sqrt(1 - shares.category_share - shares.type_share) * own_taste
    )
    popularity = rng.standard_normal(n_items)
    drawn_popularity = _skewed(popularity, shares.popularity_skew)
    rest = np.sqrt(shares.brand_quality) * brand_quality[brand_of] + np.sqrt(
        1 - shares.brand_quality
    ) * rng.standard_normal(n_items)
    quality = _mixed(popularity, rest, shares.popularity_quality)
    log_price = shares.brand_price * brand_price[brand_of] + (
        shares.item_price * rng.standard_normal(n_items)
    )
    spread = np.hypot(shares.brand_price, shares.item_price)
    price = np.maximum(np.round(usual_price[type_of] * np.exp(log_price)), 2) - 0.01
    priced = np.array([kind.priced for kind in spec.kinds])[kind_of]

    context_taste = {
        context.name: rng.standard_normal((len(context.values), shares.n_dimensions))
        for context in spec.contexts
    }

    titles = [
        spec.kinds[kind]
        .titles[pattern]
        .format(type=types[what], brand=catalogue.brands[brand], name="")
        for kind, what, brand, pattern in zip(kind_of, type_of, brand_of, pattern_of, strict=True)
    ]
    ids = [
        f"{kind.prefix}{number}"
        for kind, count in zip(spec.kinds, counts, strict=True)
        for number in range(1, count + 1)
    ]
    table = ItemTable(
        ids=IdMap(np.array(ids)),
        titles=np.array([title[:1].upper() + title[1:] for title in titles]),
        kinds=tuple(kind.name for kind in spec.kinds),
        kind_codes=kind_of.astype(np.int16),
        categories=np.array(categories)[category_of_type[type_of]],
        features={
            catalogue.maker: np.array(catalogue.brands)[brand_of],
            **({"price": np.where(priced, np.round(price, 2), np.nan)} if priced.any() else {}),
        },
    )
    middle = np.sqrt(shares.category_share) * category_taste[category_of_type]
    return Items(
        table,
        taste,
        quality,
        drawn_popularity,
        log_price / spread,
        category_taste,
        topics=type_of,
        topic_taste=_unit(middle + np.sqrt(shares.type_share) * type_taste),
        category_of_topic=category_of_type,
        context_taste=context_taste,
    )


def _offers(
    kind: KindSpec,
    count: int,
    category_of_type: IntArray,
    stocked: list[IntArray],
    rng: np.random.Generator,
) -> IntArray:
    """Choose (count, 3) distinct offers of type, brand and title pattern, in catalogue order."""
    if kind.people:  # they offer nothing: ``join_people`` says who they are
        return np.zeros((count, 3), dtype=np.int64)
    offers = np.array(
        [
            (what, brand, pattern)
            for what, category in enumerate(category_of_type)
            for brand, pattern in product(stocked[category], range(len(kind.titles)))
        ]
    )
    if kind.by_topic:  # as many of each type
        n_types = len(category_of_type)
        of_type = offers.reshape(n_types, -1, 3)
        order = np.argsort(rng.random(of_type.shape[:2]), axis=1)[:, : count // n_types]
        return np.take_along_axis(of_type, np.sort(order)[..., None], axis=1).reshape(-1, 3)
    return offers[np.sort(rng.permutation(len(offers))[:count])]


def make_users(spec: WorldSpec, items: Items, rng: np.random.Generator) -> Users:
    """Draw the users, one taste for each label, and the little that their table tells."""
    n_users, n_labels = spec.users.count, len(spec.labels)
    independent = rng.standard_normal((n_labels, n_users, spec.taste.n_dimensions))
    taste = np.einsum("ab,bud->aud", _root(spec.taste_correlations()), independent)
    level = rng.standard_normal((n_labels, n_users))

    age_score = _mixed(taste[0, :, 0], rng.standard_normal(n_users), spec.users.age_taste)
    liking = taste[0] @ items.category_taste.T  # (n_users, n_categories)
    liking += spec.users.favourite_noise * rng.standard_normal(liking.shape)
    table = UserTable(
        ids=IdMap(np.array([f"{spec.users.prefix}{n}" for n in range(1, n_users + 1)])),
        features={
            "age": np.clip(np.round(38 + 12 * age_score), 16, 80).astype(np.int64),
            "favourite_category": np.array(list(spec.catalogue.categories))[liking.argmax(axis=1)],
            **_names(spec, rng),
        },
    )
    return Users(table, taste, level)


def _names(spec: WorldSpec, rng: np.random.Generator) -> dict[str, TextArray]:
    """Give every user another name, where the world has names."""
    first, last = spec.catalogue.first_names, spec.catalogue.last_names
    if not first or not last:
        return {}
    n_names = len(first) * len(last)
    order = rng.permutation(n_names)
    names = []
    for user in range(spec.users.count):
        given, family = divmod(int(order[user % n_names]), len(last))
        again = f" {user // n_names + 1}" if user >= n_names else ""  # "Ada Abe 2"
        names.append(f"{first[given]} {last[family]}{again}")
    return {"name": np.array(names)}


def join_people(spec: WorldSpec, items: Items, users: Users) -> Items:
    """Let the items that are people be the users: the same ids, names and tastes."""
    for code, kind in enumerate(spec.kinds):
        if not kind.people:
            continue
        rows = np.flatnonzero(items.table.kind_codes == code)
        taste, topics = items.taste.copy(), items.topics.copy()
        titles, categories = items.table.titles.tolist(), items.table.categories.tolist()
        makers = items.table.features[spec.catalogue.maker].tolist()
        taste[rows] = _unit(users.taste[0][: len(rows)])
        topics[rows] = -1
        for user, row in enumerate(rows.tolist()):
            titles[row] = str(users.table.features["name"][user])
            categories[row] = str(users.table.features["favourite_category"][user])
            makers[row] = ""
        table = replace(
            items.table,
            titles=np.array(titles),
            categories=np.array(categories),
            features={**items.table.features, spec.catalogue.maker: np.array(makers)},
        )
        items = replace(items, table=table, taste=taste, topics=topics)
    return items


def _skewed(values: FloatArray, skew: float) -> FloatArray:
    """Stretch the upper end of standard normal numbers: (e^(s z) - 1) / s, standardised again."""
    if skew == 0:
        return values
    grown = np.exp(skew**2)
    stretched: FloatArray = (np.exp(skew * values) - np.sqrt(grown)) / np.sqrt(grown * (grown - 1))
    return stretched


def _unit(vectors: FloatArray) -> FloatArray:
    """Scale each row to length 1."""
    unit: FloatArray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _mixed(first: FloatArray, second: FloatArray, correlation: float) -> FloatArray:
    """Return a standard normal mixture that correlates with ``first`` as asked for."""
    mixed: FloatArray = correlation * first + np.sqrt(1 - correlation**2) * second
    return mixed


def _root(correlations: FloatArray) -> FloatArray:
    """Return the symmetric root, which is unique and exists for singular matrices too."""
    values, vectors = np.linalg.eigh(correlations)
    root: FloatArray = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    return root

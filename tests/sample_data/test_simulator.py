"""What the simulator was asked for is what its log shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from algorithms.arrays import BoolArray, FloatArray
from sample_data.simulator import Simulation, simulate
from sample_data.spec import WorldSpec

MakeSpec = Callable[[dict[str, Any]], WorldSpec]


def of_kind(simulation: Simulation, kind: str) -> BoolArray:
    table = simulation.log.item_table
    mask: BoolArray = table.kind_codes[simulation.log.items] == table.kinds.index(kind)
    return mask


def logistic_fit(features: FloatArray, happened: FloatArray) -> FloatArray:
    """Return intercept and slopes by Newton's method."""
    design = np.column_stack([np.ones(len(features)), features])
    slopes = np.zeros(design.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-design @ slopes))
        slopes += np.linalg.solve((design.T * (p * (1 - p))) @ design, design.T @ (happened - p))
    return slopes


# --- what is shown --------------------------------------------------------------------------


def test_no_user_meets_an_item_twice(ecommerce: Simulation) -> None:
    log = ecommerce.log
    pairs = log.users.astype(np.int64) * log.n_items + log.items
    assert len(np.unique(pairs)) == len(log)


def test_pages_are_full_and_ads_spread_over_them(ecommerce: Simulation) -> None:
    log = ecommerce.log
    position = log.context["position"]
    assert log.timestamps is not None
    assert (np.diff(log.timestamps) >= 0).all()
    np.testing.assert_array_equal(np.bincount(position)[1:], len(log) / 10)
    ads = of_kind(ecommerce, "ad")
    opened = log.timestamps - 6 * (position - 1)
    _, page = np.unique(log.users.astype(np.int64) * 10**11 + opened, return_inverse=True)
    for half in (position <= 5, position > 5):
        np.testing.assert_array_equal(np.bincount(page[ads & half]), 1)
    n_pages = np.bincount(log.users) / 10
    assert n_pages.min() >= 2
    assert n_pages.max() <= 20
    assert n_pages.mean() == pytest.approx(5, rel=0.05)


def test_popular_items_are_shown_more(make_spec: MakeSpec) -> None:
    for pull in (0.0, 0.4, 0.8):
        spec = make_spec({"exposure.popularity": pull, "exposure.preference": 0.0})
        simulation = simulate(spec)
        products = simulation.log.item_table.of_kind("product")
        shown = np.bincount(simulation.log.items, minlength=simulation.log.n_items)[products]
        slope = np.polyfit(simulation.truth.items.popularity[products], np.log(shown + 0.5), 1)[0]
        # a little less than asked for: the most popular cannot be shown to a user twice
        assert pull - 0.1 <= slope <= pull + 0.02


def test_the_shop_shows_what_it_believes_to_be_liked(make_spec: MakeSpec) -> None:
    liked = {}
    for preference in (0.0, 1.5):
        simulation = simulate(make_spec({"exposure.preference": preference}))
        log, truth = simulation.log, simulation.truth
        products = of_kind(simulation, "product")
        users, items = log.users[products], log.items[products]
        match = np.einsum("nd,nd->n", truth.users.taste[0][users], truth.items.taste[items])
        liked[preference] = match.mean()
    assert abs(liked[0.0]) < 0.03
    assert liked[1.5] > 0.5


def test_shown_probability_is_the_long_run_frequency(make_spec: MakeSpec) -> None:
    spec = make_spec({"users.count": 12})
    simulation = simulate(spec)
    expected = simulation.truth.shown("ad")
    n_shown = np.bincount(simulation.log.users[of_kind(simulation, "ad")], minlength=12)
    np.testing.assert_allclose(expected.sum(axis=1), n_shown, rtol=1e-6)

    from sample_data.exposure import show

    ads = simulation.log.item_table.of_kind("ad")
    count, n_draws = np.zeros(expected.shape), 400
    for draw in range(n_draws):
        shown = show(
            spec, simulation.truth.exposure, simulation.truth.items, np.random.default_rng(draw)
        )
        mask = shown.items >= ads[0]
        np.add.at(count, (shown.users[mask], shown.items[mask] - ads[0]), 1)
    error = np.sqrt(expected * (1 - expected) / n_draws)
    assert (np.abs(count / n_draws - expected) < 4.5 * error + 0.02).all()


def test_higher_places_go_to_what_the_shop_believes_in(ecommerce: Simulation) -> None:
    truth, log = ecommerce.truth, ecommerce.log
    products = of_kind(ecommerce, "product")
    popularity = truth.items.popularity[log.items[products]]
    correlation = np.corrcoef(popularity, log.context["position"][products])[0, 1]
    assert correlation < -0.05


# --- what comes of it -----------------------------------------------------------------------


def test_labels_have_the_rates_asked_for(ecommerce: Simulation) -> None:
    log = ecommerce.log
    click, ad_click = log.label("click"), log.label("ad_click")
    bought = log.label("purchase")[click == 1]
    rated = ~np.isnan(log.label("rating")[log.label("purchase") == 1])
    for happened, rate in (
        (click[~np.isnan(click)], 0.22),
        (ad_click[~np.isnan(ad_click)], 0.11),
        (bought, 0.34),
        (rated, 0.8),
    ):
        error = np.sqrt(rate * (1 - rate) / len(happened))
        assert happened.mean() == pytest.approx(rate, abs=4 * error)


def test_labels_are_observed_where_they_should_be(ecommerce: Simulation) -> None:
    log, products = ecommerce.log, of_kind(ecommerce, "product")
    click, purchase = log.label("click"), log.label("purchase")
    for label in ("click", "purchase"):
        np.testing.assert_array_equal(~np.isnan(log.label(label)), products)
        assert set(np.unique(log.label(label)[products])) == {0.0, 1.0}
    np.testing.assert_array_equal(~np.isnan(log.label("ad_click")), of_kind(ecommerce, "ad"))
    assert (purchase[products & (click == 0)] == 0).all()
    rating = log.label("rating")
    assert (purchase[~np.isnan(rating)] == 1).all()
    assert set(np.unique(rating[~np.isnan(rating)])) <= {1.0, 2.0, 3.0, 4.0, 5.0}


@pytest.mark.parametrize("label", ["click", "purchase", "ad_click"])
def test_the_truth_is_calibrated(ecommerce: Simulation, label: str) -> None:
    log, truth = ecommerce.log, ecommerce.truth
    rows = ~np.isnan(log.label(label))
    happened = log.label(label)[rows]
    places = log.context["position"][rows]
    expected = truth.expected(label, log.users[rows], log.items[rows], places)
    for tenth in np.array_split(np.argsort(expected), 10):
        error = np.sqrt((expected[tenth] * (1 - expected[tenth])).sum()) / len(tenth)
        assert abs(happened[tenth].mean() - expected[tenth].mean()) < 4 * error


def test_the_truth_knows_the_mean_rating(ecommerce: Simulation) -> None:
    log, truth = ecommerce.log, ecommerce.truth
    rows = ~np.isnan(log.label("rating"))
    rating = log.label("rating")[rows].astype(np.float64)
    expected = truth.expected("rating", log.users[rows], log.items[rows])
    assert (expected >= 1).all()
    assert (expected <= 5).all()
    for tenth in np.array_split(np.argsort(expected), 10):
        error = rating[tenth].std() / np.sqrt(len(tenth))
        assert abs(rating[tenth].mean() - expected[tenth].mean()) < 4 * error
    assert np.sqrt(((rating - expected) ** 2).mean()) < 0.75 * rating.std()


def test_people_rate_what_they_like(ecommerce: Simulation) -> None:
    """Selection bias: the ratings that exist are higher than those of everybody on everything."""
    log = ecommerce.log
    everybody = np.arange(log.n_users)[:, None]
    everything = ecommerce.truth.expected("rating", everybody, log.item_table.of_kind("product"))
    assert np.nanmean(log.label("rating")) > everything.mean() + 0.8


def test_a_world_in_which_nobody_clicks(make_spec: MakeSpec) -> None:
    simulation = simulate(make_spec({"users.count": 10, "labels.0.rate": 1e-9}))
    log = simulation.log
    assert np.nansum(log.label("click")) == np.nansum(log.label("purchase")) == 0
    assert np.isnan(log.label("rating")).all()
    bought = simulation.truth.given_parent("purchase", log.users, log.items)
    assert bought[of_kind(simulation, "product")].mean() == pytest.approx(0.34)


@pytest.mark.parametrize(("label", "kind"), [("click", "product"), ("ad_click", "ad")])
def test_the_position_effect_is_the_one_asked_for(
    ecommerce: Simulation, label: str, kind: str
) -> None:
    log, truth = ecommerce.log, ecommerce.truth
    rows = of_kind(ecommerce, kind)
    level_at_top = truth.level(label, log.users[rows], log.items[rows])
    depth = np.log(log.context["position"][rows])
    slopes = logistic_fit(
        np.column_stack([level_at_top, depth]), log.label(label)[rows].astype(np.float64)
    )
    assert slopes[0] == pytest.approx(truth.intercepts[label], abs=0.15)
    assert slopes[1] == pytest.approx(1.0, abs=0.06)
    assert slopes[2] == pytest.approx(-0.35, abs=0.1)


def test_tastes_correlate_as_asked_for(ecommerce: Simulation) -> None:
    truth = ecommerce.truth
    taste = truth.users.taste.reshape(len(truth.spec.labels), -1)
    asked = truth.spec.taste_correlations()
    np.testing.assert_allclose(np.corrcoef(taste), asked, atol=0.02)
    match = np.einsum("lud,id->lui", truth.users.taste, truth.items.taste).reshape(4, -1)
    np.testing.assert_allclose(match.std(axis=1), 1, atol=0.05)
    np.testing.assert_allclose(np.corrcoef(match), asked, atol=0.05)


@pytest.mark.parametrize("value", [-1.0, -0.8, 0.0, 1.0])
def test_tastes_can_conflict_and_coincide(make_spec: MakeSpec, value: float) -> None:
    pair = {"labels": ["click", "ad_click"], "value": value}
    taste = simulate(make_spec({"correlations": [pair]})).truth.users.taste
    assert np.corrcoef(taste[0].ravel(), taste[3].ravel())[0, 1] == pytest.approx(value, abs=0.03)


def test_items_of_a_category_taste_alike(ecommerce: Simulation) -> None:
    items = ecommerce.truth.items
    same = items.table.categories[:, None] == items.table.categories
    np.fill_diagonal(same, val=False)
    likeness = items.taste @ items.taste.T
    assert likeness[same].mean() > likeness[~same].mean() + 0.35


def test_tables_tell_a_little_of_the_tastes(ecommerce: Simulation) -> None:
    log, truth = ecommerce.log, ecommerce.truth
    age = log.user_table.features["age"]
    assert np.corrcoef(age, truth.users.taste[0, :, 0])[0, 1] == pytest.approx(0.6, abs=0.05)
    products = of_kind(ecommerce, "product")
    favourite = log.user_table.features["favourite_category"][log.users[products]]
    is_favourite = favourite == log.item_table.categories[log.items[products]]
    click = log.label("click")[products]
    assert click[is_favourite].mean() > 1.5 * click[~is_favourite].mean()


def test_dear_items_are_bought_less(ecommerce: Simulation) -> None:
    log, truth = ecommerce.log, ecommerce.truth
    clicked = log.label("click") == 1
    users, items = log.users[clicked], log.items[clicked]
    price = truth.items.relative_price[items]
    cheap = truth.level("purchase", users, items) + 0.4 * price
    slopes = logistic_fit(
        np.column_stack([cheap, price]), log.label("purchase")[clicked].astype(np.float64)
    )
    assert slopes[2] == pytest.approx(-0.4, abs=0.1)


def test_turning_one_parameter_leaves_the_chance_elsewhere(make_spec: MakeSpec) -> None:
    one, other = (simulate(make_spec({"labels.3.rate": rate})).log for rate in (0.11, 0.2))
    np.testing.assert_array_equal(one.items, other.items)
    np.testing.assert_array_equal(one.label("click"), other.label("click"))
    ads = ~np.isnan(one.label("ad_click"))
    assert (other.label("ad_click")[ads] >= one.label("ad_click")[ads]).all()


def test_knowing_the_truth_beats_popularity(ecommerce: Simulation) -> None:
    """Half of the events are hidden; whose ten best hold more of the hidden clicks?"""
    log, truth = ecommerce.log, ecommerce.truth
    products = log.item_table.of_kind("product")
    hidden = np.random.default_rng(0).random(len(log)) < 0.5
    mine = of_kind(ecommerce, "product")
    met = np.zeros((log.n_users, len(products)), dtype=bool)
    met[log.users[mine & ~hidden], log.items[mine & ~hidden]] = True
    wanted = np.zeros_like(met)
    clicked = mine & hidden & (log.label("click") == 1)
    wanted[log.users[clicked], log.items[clicked]] = True

    def found(score: FloatArray) -> float:
        best = np.argsort(-np.where(met, -np.inf, score), axis=1)[:, :10]
        return float(np.take_along_axis(wanted, best, axis=1).sum())

    n_clicks = np.bincount(
        log.items[mine & ~hidden & (log.label("click") == 1)], minlength=len(products)
    )[: len(products)]
    everyone = np.arange(log.n_users)[:, None]
    liked = truth.expected("click", everyone, products)
    popular = found(np.broadcast_to(n_clicks.astype(np.float64), met.shape))
    assert found(liked) > 2 * popular
    assert found(liked * truth.shown("product")) > 1.4 * found(liked)


@pytest.mark.parametrize(
    ("label", "kind", "at_least"),
    [("click", "product", 1), ("purchase", "product", 1), ("rating", "product", 4)],
)
def test_what_is_relevant_once_shown_is_its_frequency(
    ecommerce: Simulation, label: str, kind: str, at_least: float
) -> None:
    log, rows = ecommerce.log, of_kind(ecommerce, kind)
    table = log.item_table.of_kind(kind)
    everyone = np.arange(log.n_users)[:, None]
    users, columns = log.users[rows], log.items[rows] - table[0]
    chance = ecommerce.truth.relevant(label, everyone, table, at_least)[users, columns]
    hit = log.label(label)[rows] >= at_least
    for tenth in np.array_split(np.argsort(chance), 10):
        error = np.sqrt((chance[tenth] * (1 - chance[tenth])).sum()) / len(tenth)
        assert abs(hit[tenth].mean() - chance[tenth].mean()) < 4 * error


@pytest.mark.parametrize("rho", [-1.0, -0.8, 0.0, 0.8, 1.0])
def test_one_number_can_set_all_correlations(make_spec: MakeSpec, rho: float) -> None:
    spec = make_spec({}).model_copy(update={"correlation": rho})
    asked = spec.taste_correlations()
    np.testing.assert_allclose(asked[0, 1:], rho)
    np.testing.assert_allclose(asked[1, 2:], rho**2)
    taste = simulate(spec).truth.users.taste.reshape(4, -1)
    np.testing.assert_allclose(np.corrcoef(taste), asked, atol=0.03)

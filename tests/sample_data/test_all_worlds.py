"""What every world was asked for is what its log shows, and its truth knows it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from algorithms.arrays import BoolArray, FloatArray, IntArray
from algorithms.errors import ConfigError
from algorithms.models.catalog import MODELS
from algorithms.tasks import TaskKind, check_tasks
from sample_data import WORLDS, load_world, world_tasks
from sample_data.exposure import rest_probability, shown_probability
from sample_data.files import as_csv
from sample_data.simulator import Simulation, simulate
from sample_data.spec import BinaryLabel, WorldSpec

MakeSpec = Callable[[dict[str, Any]], WorldSpec]


def of_kind(simulation: Simulation, kind: str) -> BoolArray:
    table = simulation.log.item_table
    mask: BoolArray = table.kind_codes[simulation.log.items] == table.kinds.index(kind)
    return mask


def contexts(simulation: Simulation, rows: BoolArray) -> dict[str, FloatArray]:
    names = [context.name for context in simulation.truth.spec.contexts]
    return {name: simulation.log.context[name][rows] for name in names}


def assert_calibrated(happened: FloatArray, chance: FloatArray) -> None:
    """The frequency is the chance, in every tenth of the chances."""
    for tenth in np.array_split(np.argsort(chance), 10):
        error = np.sqrt((chance[tenth] * (1 - chance[tenth])).sum()) / len(tenth)
        assert abs(happened[tenth].mean() - chance[tenth].mean()) < 4 * error + 0.002


def assert_means(value: FloatArray, mean: FloatArray) -> None:
    for tenth in np.array_split(np.argsort(mean), 10):
        error = value[tenth].std() / np.sqrt(len(tenth))
        assert abs(value[tenth].mean() - mean[tenth].mean()) < 4 * error


# --- files ----------------------------------------------------------------------------------


def test_the_worlds_are_these(world: str) -> None:
    assert list(WORLDS) == ["ecommerce", "search", "social", "travel"]
    card = WORLDS[world]
    assert card.subtitle.startswith("as ")
    assert card.description.endswith(".")
    assert len(card.try_first) == 3
    assert card.tasks == tuple(task.name for task in world_tasks(world))


def test_the_files_are_what_the_simulator_makes(world: str, simulation: Simulation) -> None:
    folder = WORLDS[world].file.parent
    size = 0
    for name, content in as_csv(simulation.log).items():
        assert (folder / name).read_bytes() == content, f"{name}: python -m sample_data.build"
        rows = list(csv.reader(io.StringIO(content.decode("utf-8"))))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
        size += len(content)
    assert size <= 4.1e6


def test_reading_the_files_gives_the_simulated_log(world: str, simulation: Simulation) -> None:
    read, made = load_world(world).to_arrays(), simulation.log.to_arrays()
    assert list(read) == list(made)
    for name, column in made.items():
        assert read[name].dtype == column.dtype, name
        np.testing.assert_array_equal(read[name], column, err_msg=name)


def test_the_same_parameters_give_the_same_world(world: str, simulation: Simulation) -> None:
    spec = WorldSpec.model_validate_json(load_world(world).origin)
    again = simulate(spec).log.to_arrays()
    for name, column in simulation.log.to_arrays().items():
        np.testing.assert_array_equal(again[name], column, err_msg=name)
    other = simulate(spec.model_copy(update={"seed": 7})).log.to_arrays()
    assert not np.array_equal(other["items"], again["items"])


def test_size_titles_and_tasks(world: str, simulation: Simulation) -> None:
    log = simulation.log
    assert log.n_users == 2000
    assert 50_000 <= len(log) <= 110_000
    assert len(set(log.item_table.titles)) == log.n_items
    assert all(title[0].isupper() or title[0].isdigit() for title in log.item_table.titles)
    assert check_tasks(world_tasks(world), log) == []


# --- what is shown --------------------------------------------------------------------------


def test_nobody_meets_an_item_twice(simulation: Simulation) -> None:
    log = simulation.log
    pairs = log.users.astype(np.int64) * log.n_items + log.items
    assert len(np.unique(pairs)) == len(log)


def test_the_truth_knows_what_is_shown(simulation: Simulation) -> None:
    log = simulation.log
    for kind in log.item_table.kinds:
        rows, table = of_kind(simulation, kind), log.item_table.of_kind(kind)
        chance = simulation.truth.shown(kind)
        was_shown = np.zeros(chance.shape)
        was_shown[log.users[rows], log.items[rows] - table[0]] = 1
        assert chance.sum() == pytest.approx(rows.sum(), rel=1e-6)
        assert_within(was_shown.ravel(), chance.ravel())


def assert_within(happened: FloatArray, chance: FloatArray) -> None:
    """The same as calibrated, where the chance is itself close only: within 5 % of it."""
    for part in np.array_split(np.argsort(chance), 20)[10:]:
        error = np.sqrt((chance[part] * (1 - chance[part])).sum()) / len(part)
        mean = chance[part].mean()
        assert abs(happened[part].mean() - mean) < 4 * error + 0.05 * mean


def test_the_truth_knows_what_else_is_shown(simulation: Simulation) -> None:
    log = simulation.log
    known = np.random.default_rng(3).random(len(log)) < 0.7
    for kind in log.item_table.kinds:
        table, rows = log.item_table.of_kind(kind), of_kind(simulation, kind)
        chance = simulation.truth.shown_besides(kind, log.users[known], log.items[known])
        was_shown = np.zeros(chance.shape)
        was_shown[log.users[rows & ~known], log.items[rows & ~known] - table[0]] = 1
        assert chance.sum() == pytest.approx((rows & ~known).sum(), rel=1e-5)
        assert (chance[log.users[rows & known], log.items[rows & known] - table[0]] == 0).all()
        highest = np.argsort(chance.ravel())[-2000:]
        assert was_shown.ravel()[highest].mean() == pytest.approx(
            chance.ravel()[highest].mean(), abs=0.05
        )


def test_drawing_by_weight_at_its_limits() -> None:
    weight = np.array([[0.0, 1.0, -np.inf], [0.0, 0.0, 0.0], [2.0, 0.0, -2.0]])
    chance = shown_probability(weight, np.array([2, 0, 1]))
    np.testing.assert_allclose(chance[0], [1, 1, 0])
    np.testing.assert_allclose(chance[1], 0)
    assert chance[2].sum() == pytest.approx(1)
    assert (np.diff(chance[2]) < 0).all()
    known = np.array([[True, False, False], [False] * 3, [True, False, False]])
    rest = rest_probability(chance, known, np.array([2, 0, 2]))
    np.testing.assert_allclose(rest[:2], [[0, 1, 0], [0, 0, 0]], atol=1e-6)
    assert rest[2, 0] == 0
    assert rest[2, 1:].sum() == pytest.approx(1)


def test_the_popular_are_shown_more_and_skew_makes_it_worse(make_spec: MakeSpec) -> None:
    shares = []
    for skew in (0.0, 0.6):
        spec = make_spec({})
        taste = spec.taste.model_copy(update={"popularity_skew": skew})
        simulation = simulate(spec.model_copy(update={"taste": taste}))
        popularity = simulation.truth.items.popularity
        assert popularity.std() == pytest.approx(1, abs=0.15)
        count = np.sort(np.bincount(simulation.log.items[of_kind(simulation, "product")]))
        shares.append(count[-40:].sum() / count.sum())
    assert shares[1] > shares[0] + 0.03


# --- what comes of it -----------------------------------------------------------------------


def test_binary_labels_have_the_rates_asked_for(simulation: Simulation) -> None:
    log = simulation.log
    for label in simulation.truth.spec.labels:
        if not isinstance(label, BinaryLabel):
            continue
        rows = of_kind(simulation, label.item_kind)
        np.testing.assert_array_equal(~np.isnan(log.label(label.name)), rows)
        if label.parent is not None:
            assert (log.label(label.name)[rows & (log.label(label.parent) == 0)] == 0).all()
            rows = log.label(label.parent) == 1
        happened = log.label(label.name)[rows]
        error = np.sqrt(label.rate * (1 - label.rate) / len(happened))
        assert happened.mean() == pytest.approx(label.rate, abs=4 * error)


def test_tastes_correlate_as_asked_for(simulation: Simulation) -> None:
    truth = simulation.truth
    taste = truth.users.taste.reshape(len(truth.spec.labels), -1)
    np.testing.assert_allclose(np.corrcoef(taste), truth.spec.taste_correlations(), atol=0.03)


def test_the_truth_under_known_circumstances(simulation: Simulation) -> None:
    log, truth = simulation.log, simulation.truth
    for label in truth.spec.labels:
        rows = ~np.isnan(log.label(label.name))
        value = log.label(label.name)[rows].astype(np.float64)
        expected = truth.expected(
            label.name,
            log.users[rows],
            log.items[rows],
            log.context["position"][rows],
            **contexts(simulation, rows),
        )
        if isinstance(label, BinaryLabel):
            assert_calibrated(value, expected)
        elif label.kind == "quantity":
            assert_means(value, expected)
            assert (value == np.round(value)).all()
            assert value.min() >= 0
            assert np.median(value) < 0.85 * value.mean()  # skewed


def test_the_truth_of_what_a_log_holds(simulation: Simulation) -> None:
    log, truth = simulation.log, simulation.truth
    everyone = np.arange(log.n_users)[:, None]
    for task in truth.spec.tasks:
        rows = of_kind(simulation, task.item_kind)
        table = log.item_table.of_kind(task.item_kind)
        users, items = log.users[rows], log.items[rows]
        chance = truth.relevant(task.label, everyone, table, task.relevant_from)
        assert chance.shape == (log.n_users, len(table))
        value = log.label(task.label)[rows].astype(np.float64)
        assert_calibrated(value >= task.relevant_from, chance[users, items - table[0]])
        pairs = slice(0, 50)  # any indices that broadcast give what the block gives
        some = truth.relevant(task.label, users[pairs], items[pairs], task.relevant_from)
        np.testing.assert_allclose(some, chance[users, items - table[0]][pairs], rtol=1e-9)
        observed = ~np.isnan(value)
        mean = truth.in_log(task.label, users[observed], items[observed])
        check = assert_calibrated if task.kind is TaskKind.BINARY else assert_means
        check(value[observed], mean)


def test_the_position_effect_is_the_one_asked_for(simulation: Simulation) -> None:
    log, truth = simulation.log, simulation.truth
    for label in truth.spec.labels:
        if not isinstance(label, BinaryLabel) or not label.position:
            continue
        rows = of_kind(simulation, label.item_kind)
        at_top = truth.level(
            label.name, log.users[rows], log.items[rows], 1, **contexts(simulation, rows)
        )
        offset = truth.intercepts[label.name] + at_top
        slope = logistic_slope(offset, np.log(log.context["position"][rows]), log, label.name, rows)
        assert slope == pytest.approx(-label.position, abs=0.1)


def logistic_slope(
    offset: FloatArray, feature: FloatArray, log: object, label: str, rows: BoolArray
) -> float:
    """Return the slope of one feature beside a known offset, by Newton's method."""
    happened = log.label(label)[rows].astype(np.float64)  # type: ignore[attr-defined]
    slope = 0.0
    for _ in range(25):
        p = 1 / (1 + np.exp(-(offset + slope * feature)))
        slope += (feature * (happened - p)).sum() / (feature**2 * p * (1 - p)).sum()
    return slope


def test_noise_drowns_the_tastes(make_spec: MakeSpec) -> None:
    """At noise 3 the same label has the same rate, but the truth tells less of it."""
    spreads = []
    for noise in (1.0, 3.0):
        spec = make_spec({}).model_copy(update={"noise": noise})
        simulation = simulate(spec)
        click = simulation.log.label("click")
        assert np.nanmean(click) == pytest.approx(0.22, abs=0.01)
        products = simulation.log.item_table.of_kind("product")
        everyone = np.arange(simulation.log.n_users)[:, None]
        spreads.append(simulation.truth.in_log("click", everyone, products).std())
    assert spreads[1] < 0.6 * spreads[0]


# --- what is particular to a world ----------------------------------------------------------


def test_people_are_users_and_nobody_follows_himself(
    simulations: Callable[[str], Simulation],
) -> None:
    social = simulations("social")
    log = social.log
    people = log.item_table.of_kind("person")
    assert (log.item_table.ids.ids[people] == log.user_table.ids.ids[: len(people)]).all()
    names = log.user_table.features["name"]
    assert (log.item_table.titles[people] == names[: len(people)]).all()
    rows = of_kind(social, "person")
    follower, followed = log.users[rows], log.items[rows] - people[0]
    assert (follower != followed).all()
    assert (np.diagonal(social.truth.shown("person")) == 0).all()
    taste = social.truth.users.taste[0]
    likeness = (taste[follower] * taste[followed]).sum(axis=1)
    follows = log.label("follow")[rows] == 1
    assert likeness[follows].mean() > likeness[~follows].mean() + 1.5  # homophily


def test_hours_and_weather(simulations: Callable[[str], Simulation]) -> None:
    travel = simulations("travel")
    log, truth = travel.log, travel.truth
    assert log.timestamps is not None
    opened = log.timestamps - 6 * (log.context["position"] - 1)
    hour = opened % 86_400 / 3600
    for value, low, high in (("morning", 0, 10), ("midday", 10, 16), ("night", 20, 24)):
        np.testing.assert_array_equal(log.context["hour"] == value, (low <= hour) & (hour < high))
    day = opened // 86_400
    assert all(len(set(log.context["weather"][day == d])) == 1 for d in np.unique(day))
    late = log.label("delay_minutes")
    quality = truth.items.quality[log.items]
    called = truth.items.context_taste["hour"][truth.contexts["hour"]]
    rest = 0.25 * (called * truth.items.taste[log.items]).sum(axis=1) - 0.35 * quality
    gains = {"clear": 0.0, "rain": 0.4, "snow": 0.9}
    hours = {"morning": 0.4, "midday": 0.0, "evening": 0.6, "night": -0.3}
    centre = 1.1 + rest
    for weather, gain in gains.items():
        for part, more in hours.items():
            here = (log.context["weather"] == weather) & (log.context["hour"] == part)
            here &= ~np.isnan(late)
            mean = np.exp(centre[here] + gain + more + 0.18)
            assert late[here].mean() == pytest.approx(mean.mean(), rel=0.2)


def test_the_middling_are_rated_less(simulations: Callable[[str], Simulation]) -> None:
    travel = simulations("travel")
    log, truth = travel.log, travel.truth
    chosen = log.label("choice") == 1
    rating = log.label("trip_rating")[chosen]
    level = truth.level(
        "trip_rating", log.users[chosen], log.items[chosen], 1, **contexts(travel, chosen)
    )
    drawn = np.random.default_rng(0).standard_normal((200, len(level)))
    could = np.clip(np.floor(3.0 + level + 0.7 * drawn + 0.5), 1, 5)
    for stars, response in ((1, 0.8), (2, 0.35), (3, 0.2), (4, 0.35), (5, 0.8)):
        expected = (could == stars).mean(axis=0).sum() * response
        assert (rating == stars).sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))


def test_results_are_on_the_topic_of_the_query(
    simulations: Callable[[str], Simulation],
) -> None:
    search = simulations("search")
    log, truth = search.log, search.truth
    topics = [name for types in truth.spec.catalogue.categories.values() for name in types]
    rows = of_kind(search, "result")
    for query, item in zip(log.context["query"][rows][:2000], log.items[rows][:2000], strict=True):
        assert topics[truth.items.topics[item]] in query
    # where the topic of the page is akin, an ad is clicked more: by 1.2 in the log odds
    ads = of_kind(search, "ad")
    item, query = log.items[ads], log.context["query"][ads]
    level = truth.level("ad_click", log.users[ads], item, log.context["position"][ads])
    known = truth.level("ad_click", log.users[ads], item, log.context["position"][ads], query=query)
    gains = np.unique(np.round(known - level, 9))
    np.testing.assert_allclose(gains, [0, 0.3, 0.9, 1.2, 1.5, 2.1])
    akin = (known - level >= 1.2 - 1e-6).astype(np.float64)
    offset = truth.intercepts["ad_click"] + known - 1.2 * akin
    assert logistic_slope(offset, akin, log, "ad_click", ads) == pytest.approx(1.2, abs=0.25)


def test_a_context_that_is_not_there(simulations: Callable[[str], Simulation]) -> None:
    truth = simulations("travel").truth
    nobody: IntArray = np.array([0])
    with pytest.raises(ConfigError, match="hour, weather"):
        truth.expected("choice", nobody, nobody, moon="full")
    with pytest.raises(ConfigError, match="clear, rain, snow"):
        truth.expected("choice", nobody, nobody, weather="hail")


def test_no_model_of_the_catalog_beats_the_truth(world: str, simulation: Simulation) -> None:
    """Ten best for each of 400 users: the truth finds more of the hidden ones than any model."""
    log, truth = simulation.log, simulation.truth
    task = world_tasks(world)[0]
    hidden = np.random.default_rng(1).random(len(log)) < 0.3
    train = log.select(~hidden)
    table = log.item_table.of_kind(task.item_kind)
    mine = of_kind(simulation, task.item_kind)
    met = np.zeros((log.n_users, len(table)), dtype=bool)
    met[log.users[mine & ~hidden], log.items[mine & ~hidden] - table[0]] = True
    wanted = np.zeros_like(met)
    liked = mine & hidden & (log.label(task.label) == 1)
    wanted[log.users[liked], log.items[liked] - table[0]] = True
    users = np.arange(400)

    def found(score: FloatArray) -> float:
        best = np.argsort(-np.where(met[users], -np.inf, score), axis=1)[:, :10]
        return float(np.take_along_axis(wanted[users], best, axis=1).sum())

    shown = truth.shown_besides(task.item_kind, train.users, train.items)[users]
    ceiling = found(shown * truth.relevant(task.label, users[:, None], table))
    assert ceiling <= wanted[users].sum()
    for key in ("popularity", "als"):
        model = MODELS[key]().fit(train, [task], rng=np.random.default_rng(0))
        assert ceiling > found(model.score_block(task, users, table)) > 0

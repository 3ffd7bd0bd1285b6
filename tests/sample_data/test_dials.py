"""The dials: each end of each gives a world that can be simulated, and says where it stands."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from algorithms.errors import ConfigError
from sample_data import WORLDS
from sample_data.dials import DIALS, turned
from sample_data.simulator import simulate
from sample_data.spec import WorldSpec, read_spec

WORLD_KEYS = sorted(WORLDS)
FEW = {"users": 60.0, "items": 200.0}  # so that a simulation takes a moment


def spec_of(key):
    return read_spec(WORLDS[key].file)


PAIRS = [
    (world, key)
    for world in WORLD_KEYS
    for key, dial in DIALS.items()
    if dial.applies(spec_of(world))
]


@pytest.mark.parametrize(("world", "key"), PAIRS)
@pytest.mark.parametrize("at", ["low", "middle", "high"])
def test_every_dial_gives_a_world_that_can_be_simulated(world, key, at):
    dial = DIALS[key]
    number = {"low": dial.low, "middle": (dial.low + dial.high) / 2, "high": dial.high}[at]
    spec = dial.turn(spec_of(world), number)
    reduced = turned(spec, {name: few for name, few in FEW.items() if name != key})
    if key == "users":
        assert spec.users.count == round(number)
        reduced = turned(spec, {"users": min(number, 500.0), "items": 200.0})
    log = simulate(reduced).log
    assert len(log) > 0
    assert log.n_users == reduced.users.count


@pytest.mark.parametrize(
    ("world", "key"),
    [pair for pair in PAIRS if pair[1] not in ("items", "pages")],  # these know linked limits
)
def test_a_dial_stands_where_it_was_turned(world, key):
    dial, spec = DIALS[key], spec_of(world)
    for number in (dial.low, dial.low + 3 * dial.step, dial.high):
        assert dial.read(dial.turn(spec, number)) == pytest.approx(number, abs=1e-6)


@pytest.mark.parametrize(("world", "key"), PAIRS)
def test_a_world_left_as_it_is_stays_as_it_is(world, key):
    dial, spec = DIALS[key], spec_of(world)
    if key == "correlation":  # a list of pairs becomes one number: only the mean stays
        assert dial.read(dial.turn(spec, dial.read(spec))) == pytest.approx(dial.read(spec))
        return
    again = dial.turn(spec, dial.read(spec))
    before, after = spec.model_dump(), again.model_dump()
    for old, new in zip(before.pop("labels"), after.pop("labels"), strict=True):
        for name, value in old.items():
            if isinstance(value, float) and name != "position":  # which becomes one for all
                assert new[name] == pytest.approx(value, rel=1e-6)
    assert before == after


def test_items_and_pages_know_each_other():
    spec = spec_of("ecommerce")
    small = DIALS["items"].turn(spec, 100)
    assert [kind.count for kind in small.kinds] == [80, 20]
    assert small.users.pages_max == 10  # 80 products, 8 on a page
    many = DIALS["pages"].turn(small, 50)
    assert many.users.pages_mean == 10
    large = DIALS["items"].turn(spec, 2000)  # more than eight brands have to offer
    assert [kind.count for kind in large.kinds] == [1600, 400]
    assert large.catalogue.brands_per_category == 16
    assert DIALS["items"].read(DIALS["items"].turn(spec, 5000)) == 3000  # all that 24 brands have


def test_the_correlation_is_that_of_a_chain():
    spec = DIALS["correlation"].turn(spec_of("ecommerce"), -0.8)
    asked = spec.taste_correlations()
    assert np.allclose(asked[0, 1:], -0.8)
    assert np.allclose(asked[1, 2:], 0.64)


def test_what_lies_outside_is_refused_in_words():
    with pytest.raises(ConfigError, match=r"noise.*from 0\.1 to 4, found 5"):
        DIALS["noise"].turn(spec_of("ecommerce"), 5)
    with pytest.raises(ConfigError, match="one of users, items"):
        turned(spec_of("ecommerce"), {"gravity": 1})


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), world=st.sampled_from(WORLD_KEYS))
def test_any_dials_together_give_a_world(data, world):
    there = [key for key, dial in DIALS.items() if dial.applies(spec_of(world))]
    chosen = data.draw(st.lists(st.sampled_from(there), unique=True))
    numbers = {
        key: data.draw(st.floats(DIALS[key].low, DIALS[key].high, allow_nan=False))
        for key in chosen
    }
    spec = turned(spec_of(world), numbers)
    assert WorldSpec.model_validate(spec.model_dump()) == spec


def test_a_world_without_ratings_cannot_miss_them():
    assert not DIALS["missing"].applies(spec_of("search"))
    with pytest.raises(ConfigError, match="a world that has what this dial turns"):
        DIALS["missing"].turn(spec_of("search"), 0.5)


def test_more_missing_empties_the_middle_of_the_scale():
    spec = DIALS["users"].turn(spec_of("travel"), 500)
    even, uneven = (simulate(DIALS["missing"].turn(spec, at)).log for at in (0, 0.9))
    shares = [np.nanmean(log.label("trip_rating") == 3) for log in (even, uneven)]
    given = [np.mean(~np.isnan(log.label("trip_rating"))) for log in (even, uneven)]
    assert shares[1] / given[1] < shares[0] / given[0] / 2


@pytest.mark.parametrize("word", ["noise", "rate"])
def test_noise_and_rate_do_what_they_say(word):
    spec = DIALS["users"].turn(spec_of("ecommerce"), 300)
    low, high = (simulate(DIALS[word].turn(spec, number)) for number in (0.1, 0.6))
    if word == "rate":
        assert np.nanmean(low.log.label("click")) < np.nanmean(high.log.label("click")) / 2
    else:  # what is chance alone is no longer told apart by the truth
        spread = [
            np.std(world.truth.expected("click", np.arange(300)[:, None], np.arange(50)))
            for world in (low, high)
        ]
        assert spread[1] < spread[0]

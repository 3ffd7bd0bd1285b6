import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from algorithms.rules import (
    AtLeast,
    AtMost,
    AtMostEach,
    Diversity,
    Exposure,
    Over,
    PageRule,
    Pin,
    Quota,
)
from algorithms.rules.filling import Filled, fill_pages
from algorithms.rules.page_rules import ReadyRule

KINDS = "pas"  # product, ad, social


def ready(number: int, rule: PageRule, codes: np.ndarray, m: int = 1) -> ReadyRule:
    return ReadyRule(number, rule, np.ones(m, dtype=np.bool_), np.atleast_2d(codes), np.zeros(m))


def group(page: str, letters: str) -> np.ndarray:
    return np.array([0 if kind in letters else -1 for kind in page], dtype=np.int64)


def each(page: str) -> np.ndarray:
    return np.array([KINDS.index(kind) for kind in page], dtype=np.int64)


def filled_with(page: str, *rules: ReadyRule, n: int | None = None, shortlist: int = 64) -> Filled:
    scores = np.linspace(1.0, 0.5, len(page))[None, :]
    return fill_pages(scores, rules, len(page) if n is None else n, shortlist=shortlist)


def letters(page: str, filled: Filled) -> str:
    return "".join(page[column] for column in filled.columns[0] if column >= 0)


def fill(page: str, *quotas: tuple[str, int, int]) -> str:
    """Fill a page from the kinds of its items, best first; return the kinds in their new order."""
    rules = [
        ready(
            number,
            Quota(item_kind=kind, at_most=most, in_places=places),
            group(page, kind),
        )
        for number, (kind, most, places) in enumerate(quotas, start=1)
    ]
    return letters(page, filled_with(page, *rules))


@pytest.mark.parametrize(
    ("page", "quotas", "filled"),
    [
        ("aappppppp", [("a", 1, 5)], "appppappp"),
        ("pappa", [("a", 1, 5)], "papp"),  # the second ad finds no place
        ("aaapp", [("a", 2, 4)], "aappa"),
        ("aaaa", [("a", 1, 1)], "aaaa"),
        ("apap", [("a", 0, 3)], "pp"),
        ("aapp", [("a", 1, 2), ("p", 1, 2)], "apap"),
        ("aaapppp", [("a", 1, 2), ("a", 2, 5)], "apappap"),  # a kind may have several
        ("papsa", [], "papsa"),
    ],
)
def test_pages_by_hand(page: str, quotas: list[tuple[str, int, int]], filled: str) -> None:
    assert fill(page, *quotas) == filled


def test_the_best_allowed_item_comes_first_and_kinds_keep_their_order() -> None:
    codes = np.array([1, 1, 0, 0, 0, 1], dtype=np.int64)
    scores = np.array([[0.4, 0.8, 0.3, 0.2, 0.6, 0.9]])
    limit = ready(1, Quota(at_most=1, in_places=3), np.where(codes == 1, 0, -1))
    assert_array_equal(fill_pages(scores, [limit], 6).columns, [[5, 4, 2, 1, 3, -1]])


QUOTAS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 4), st.integers(1, 7)), max_size=4
)


@given(st.text(KINDS, max_size=40), QUOTAS)
def test_every_quota_holds_in_every_window(page: str, quotas: list[tuple[str, int, int]]) -> None:
    filled = fill(page, *quotas)
    for kind, most, places in quotas:
        for start in range(len(filled)):
            assert filled[start : start + places].count(kind) <= most


@given(st.text(KINDS, max_size=40), QUOTAS)
def test_nothing_is_invented_and_only_limited_kinds_are_left_out(
    page: str, quotas: list[tuple[str, int, int]]
) -> None:
    filled = fill(page, *quotas)
    limited = {kind for kind, _, _ in quotas}
    for kind in KINDS:
        left_out = page.count(kind) - filled.count(kind)
        assert left_out == 0 if kind not in limited else left_out >= 0


@given(st.text(KINDS, max_size=40), QUOTAS)
def test_a_page_that_keeps_its_quotas_stays_as_it_is(
    page: str, quotas: list[tuple[str, int, int]]
) -> None:
    filled = fill(page, *quotas)
    assert fill(filled, *quotas) == filled


# --- demands and preferences ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "place", "filled"),
    [("pppa", 1, "appp"), ("pppa", 3, "ppap"), ("pap", 2, "pap"), ("ppp", 2, "ppp")],
)
def test_a_pin_gives_its_place_to_the_best_of_its_items(page: str, place: int, filled: str) -> None:
    assert letters(page, filled_with(page, ready(1, Pin(place=place), group(page, "a")))) == filled


@pytest.mark.parametrize(
    ("page", "least", "places", "filled"),
    [
        ("ppppaa", 1, 3, "ppappa"),  # as late as can be
        ("ppaapp", 1, 3, "ppaapp"),  # nothing to do
        ("ppppaa", 2, 4, "ppaapp"),
        ("pppaaa", 2, 2, "aaappp"),  # until none is left
    ],
)
def test_at_least_waits_for_the_last_chance(
    page: str, least: int, places: int, filled: str
) -> None:
    rule = AtLeast(at_least=least, in_places=places)
    assert letters(page, filled_with(page, ready(1, rule, group(page, "a")))) == filled


@given(st.text("pa", max_size=30), st.integers(1, 3), st.integers(1, 6))
def test_at_least_holds_in_every_window_while_items_last(
    page: str, least: int, places: int
) -> None:
    least = min(least, places)
    rule = AtLeast(at_least=least, in_places=places)
    filled = filled_with(page, ready(1, rule, group(page, "a")))
    order = letters(page, filled)
    last = order.rfind("a")
    for start in range(len(order) - places + 1):
        if start + places - 1 <= last:
            assert order[start : start + places].count("a") >= least
    assert sorted(order) == sorted(page)


def test_at_most_each_limits_every_value_by_itself() -> None:
    rule = AtMostEach(at_most=1, in_places=2)
    assert letters("ppaas", filled_with("ppaas", ready(1, rule, each("ppaas")))) == "papas"


@given(st.text(KINDS, max_size=30), st.integers(1, 3), st.integers(1, 6))
def test_at_most_each_holds_in_every_window(page: str, most: int, places: int) -> None:
    rule = AtMostEach(at_most=most, in_places=places)
    order = letters(page, filled_with(page, ready(1, rule, each(page))))
    for start, kind in itertools.product(range(len(order)), KINDS):
        assert order[start : start + places].count(kind) <= most


def test_a_share_of_each_page_is_guaranteed_from_the_top_down() -> None:
    page = "ppppppaaaa"
    rule = Exposure(share=0.4, over=Over.PAGE)
    filled = filled_with(page, ready(1, rule, group(page, "a")))
    assert letters(page, filled) == "ppapappapa"  # at 3, 5, 8 and 10
    assert not filled.relaxed


def test_diversity_prefers_what_was_not_there_and_its_weight_decides() -> None:
    page = "ppaas"
    weak = ready(1, Diversity(weight=0.0), each(page))
    strong = ready(1, Diversity(weight=1.0, in_places=2), each(page))
    assert letters(page, filled_with(page, weak)) == page
    assert letters(page, filled_with(page, strong)) == "papas"


def test_diversity_by_hand() -> None:
    """Value (1 - w) s - w [same as one before], with w = 0.2: 0.8 * 0.9 - 0.2 < 0.8 * 0.7."""
    scores = np.array([[1.0, 0.9, 0.7, 0.6]])
    rule = ready(1, Diversity(weight=0.2), np.array([0, 0, 1, -1]))
    assert_array_equal(fill_pages(scores, [rule], 4).columns, [[0, 2, 1, 3]])


# --- rules against one another ----------------------------------------------------------------


def told(filled: Filled) -> list[tuple[int, int, tuple[int, ...]]]:
    return [(each.number, each.place, each.against) for each in filled.relaxed]


def test_the_earlier_of_two_rules_that_clash_is_followed() -> None:
    page = "pppaa"
    pin = ready(1, Pin(place=1), group(page, "a"))
    never = ready(2, AtMost(at_most=0), group(page, "a"))
    filled = filled_with(page, pin, never, n=3)
    assert letters(page, filled) == "app"
    assert told(filled) == [(2, 1, (1,))]
    never, pin = (ready(n, each.rule, each.codes) for n, each in enumerate([never, pin], start=1))
    filled = filled_with(page, never, pin, n=3)
    assert letters(page, filled) == "ppp"
    assert told(filled) == [(2, 1, (1,))]


def test_two_pins_of_one_place_clash() -> None:
    page = "psa"
    first = ready(1, Pin(place=1), group(page, "a"))
    second = ready(2, Pin(place=1), group(page, "s"))
    filled = filled_with(page, first, second)
    assert letters(page, filled) == "aps"
    assert told(filled) == [(2, 1, (1,))]


def test_a_demand_that_nothing_can_meet_is_told_without_another_rule() -> None:
    filled = filled_with("pp", ready(1, Pin(place=2), group("pp", "a")))
    assert told(filled) == [(1, 2, ())]


RULES = st.lists(
    st.one_of(
        st.builds(Pin, place=st.integers(1, 6)),
        st.builds(AtLeast, at_least=st.integers(1, 2), in_places=st.integers(1, 5)),
        st.builds(AtMost, at_most=st.integers(0, 2), in_places=st.integers(1, 5)),
        st.builds(AtMostEach, at_most=st.integers(1, 2), in_places=st.integers(1, 5)),
        st.builds(Exposure, share=st.sampled_from([0.0, 0.2, 0.5])),
        st.builds(Diversity, weight=st.sampled_from([0.0, 0.1, 0.7]), in_places=st.integers(1, 5)),
    ),
    max_size=4,
)


@given(st.data(), RULES, st.integers(1, 8), st.integers(0, 3))
def test_a_short_list_gives_what_all_candidates_give(
    data: st.DataObject, rules: list[PageRule], n: int, shortlist: int
) -> None:
    m, k = 3, data.draw(st.integers(0, 20))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**16)))
    scores = rng.choice([np.nan, 0.0, 0.1, 0.4, 0.5, 0.9, 1.0], size=(m, k))
    made = [
        ReadyRule(
            number,
            rule,
            rng.random(m) < 0.8,
            rng.integers(-1, 3, (m, k))
            if isinstance(rule, AtMostEach | Diversity)
            else rng.integers(-1, 1, (1, k)),
            rng.random(m),
        )
        for number, rule in enumerate(rules, start=1)
    ]
    whole = fill_pages(scores, made, n, shortlist=k + 1)
    quick = fill_pages(scores, made, n, shortlist=shortlist)
    assert_array_equal(quick.columns, whole.columns)
    assert {(r.row, r.place, r.number) for r in quick.relaxed} == {
        (r.row, r.place, r.number) for r in whole.relaxed
    }
    for row in range(m):  # nobody is served twice, nor with what is no candidate
        placed = whole.columns[row][whole.columns[row] >= 0]
        assert len(set(placed.tolist())) == len(placed)
        assert (scores[row, placed] > 0).all()

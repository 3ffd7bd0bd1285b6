import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from algorithms.rules import Quota
from algorithms.rules.quota import fill_places

KINDS = "pas"  # product, ad, social


def fill(page: str, *quotas: tuple[str, int, int]) -> str:
    """Fill a page from the kinds of its items, best first; return the kinds in their new order."""
    codes = np.array([KINDS.index(kind) for kind in page], dtype=np.int64)
    limits = [
        (KINDS.index(kind), Quota(item_kind=kind, at_most=most, in_places=places))
        for kind, most, places in quotas
    ]
    placed = fill_places(np.arange(len(page)), codes, limits)
    return "".join(page[position] for position in placed)


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
    order = np.array([5, 1, 4, 0, 2, 3])
    placed = fill_places(order, codes, [(1, Quota(at_most=1, in_places=3))])
    assert_array_equal(placed, [5, 4, 2, 1, 3])


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

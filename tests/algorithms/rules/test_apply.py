import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.rules import (
    BoostBoughtCategory,
    Candidates,
    DropBelow,
    Page,
    Quota,
    Rule,
    RuleSet,
    apply_rules,
)

NAN = np.nan


def items(page: Page) -> list[int]:
    return [placed.item - 100 for placed in page.items]


def said(page: Page, item: int) -> list[str]:
    (found,) = [placed for placed in (*page.items, *page.off_page) if placed.item == 100 + item]
    return [str(move) for move in found.moves]


def test_without_rules_the_page_is_in_the_order_of_the_scores(make_candidates) -> None:
    page = apply_rules(RuleSet(), make_candidates("papp", [0.2, 0.9, NAN, 0.5]), 10)
    assert items(page) == [1, 3, 0]
    assert [(placed.place, placed.before) for placed in page.items] == [(1, 1), (2, 2), (3, 3)]
    assert not any(placed.moves for placed in page.items)
    assert page.off_page == ()
    assert page.remarks == ()


def test_a_quota_says_what_it_held_back_and_what_moved_up(make_candidates) -> None:
    candidates = make_candidates("paapp", [0.9, 0.8, 0.7, 0.6, 0.5])
    page = apply_rules(RuleSet(rules=(Quota(at_most=1, in_places=3),)), candidates, 5)
    assert items(page) == [0, 1, 3, 4, 2]
    assert said(page, 2) == ["Rule 1, at most 1 of kind “ad” in 3 places: moved from 3 to 5."]
    assert said(page, 3) == ["Rule 1 moves other items: this one moves from 4 to 3."]
    assert said(page, 0) == said(page, 1) == []


def test_a_quota_says_where_it_leaves_no_place(make_candidates) -> None:
    page = apply_rules(RuleSet(rules=(Quota(),)), make_candidates("aap", [0.9, 0.8, 0.7]), 3)
    assert items(page) == [0, 2]
    (off,) = page.off_page
    assert (off.item, off.place, off.before) == (101, None, 2)
    assert str(off.moves[0]).endswith("leaves it no place.")


def test_a_drop_says_why(make_candidates) -> None:
    candidates = make_candidates("apa", [0.9, 0.8, 0.7], shares={"ad click": [0.15, NAN, 1.0]})
    page = apply_rules(RuleSet(rules=(Quota(), DropBelow(limit=0.2))), candidates, 2)
    assert items(page) == [1, 2]
    assert said(page, 0) == [
        "Rule 2 drops it: its score for “ad click” is among the lowest 20 % of the items of kind "
        "“ad”."
    ]
    assert said(page, 1) == ["Rule 2 moves other items: this one moves from 2 to 1."]
    assert page.off_page[0].score == 0


def test_a_boost_says_which_category_and_where_to(make_candidates) -> None:
    candidates = make_candidates(
        "ppp",
        [0.9, 0.8, 0.7],
        categories=["Music", "Garden", "Garden"],
        successes={"purchase": {"Garden"}},
    )
    page = apply_rules(RuleSet(rules=(BoostBoughtCategory(factor=1.25),)), candidates, 2)
    assert items(page) == [1, 0]
    assert said(page, 1) == [
        "Rule 1 multiplies its score by 1.25, because the user had a success in “purchase” in the "
        "category “Garden”: moved from 2 to 1."
    ]
    assert said(page, 0) == ["Rule 1 moves other items: this one moves from 1 to 2."]
    assert page.items[0].score == pytest.approx(1.0)


def test_what_a_rule_pushes_beyond_the_page_is_told(make_candidates) -> None:
    candidates = make_candidates("aap", [0.9, 0.8, 0.7])
    page = apply_rules(RuleSet(rules=(Quota(at_most=1, in_places=2),)), candidates, 2)
    (off,) = page.off_page
    assert (off.item, off.before, off.place) == (101, 2, 3)
    assert off.moves


def test_a_rule_that_cannot_be_followed_is_skipped_and_told(make_candidates) -> None:
    candidates = make_candidates("aap", [0.9, 0.8, 0.7], shares={"ad click": [0.5, 1.0, NAN]})
    rules: tuple[Rule, ...] = (DropBelow(task="gone", limit=1.0), Quota(item_kind="route"))
    page = apply_rules(RuleSet(rules=rules), candidates, 3)
    assert items(page) == [0, 1, 2]
    assert [message.values["rule"] for message in page.remarks] == [1, 2]


def test_a_category_with_braces_is_told_as_it_is(make_candidates) -> None:
    candidates = make_candidates(
        "p", [0.5], categories=["{0} {rule}"], successes={"purchase": {"{0} {rule}"}}
    )
    page = apply_rules(RuleSet(rules=(BoostBoughtCategory(),)), candidates, 1)
    assert "“{0} {rule}”" in said(page, 0)[0]


RULES = st.lists(
    st.one_of(
        st.builds(DropBelow, limit=st.sampled_from([0.0, 0.3, 0.7]), enabled=st.booleans()),
        st.builds(
            BoostBoughtCategory,
            task=st.sampled_from(["purchase", "nonsense"]),
            factor=st.sampled_from([0.5, 1.0, 1.3, 4.0]),
        ),
        st.builds(
            Quota,
            item_kind=st.sampled_from(["ad", "product"]),
            at_most=st.integers(0, 2),
            in_places=st.integers(1, 4),
        ),
    ),
    max_size=5,
)


@given(st.data(), RULES, st.integers(1, 12))
def test_the_moves_explain_every_difference(
    make_candidates, data: st.DataObject, rules: list[Rule], n: int
) -> None:
    candidates = _draw_candidates(data, make_candidates)
    plain = apply_rules(RuleSet(), candidates, n)
    page = apply_rules(RuleSet(rules=tuple(rules)), candidates, n)
    told = {placed.item: placed for placed in (*page.items, *page.off_page)}
    assert len(told) == len(page.items) + len(page.off_page)
    assert [placed.place for placed in page.items] == list(range(1, len(page.items) + 1))
    assert {placed.item for placed in plain.items} <= told.keys()  # nothing vanishes unsaid
    for before, placed in enumerate(plain.items, start=1):
        assert told[placed.item].before == before
    for placed in told.values():
        place = placed.before
        for move in placed.moves:  # each takes up where the one before left the item
            if "drops it" in move.template:
                place = 0
                continue
            assert move.values["before"] == place
            place = move.values["after"]
            assert str(move)
        assert place == (placed.place or 0)


@given(st.data(), RULES, st.integers(1, 12))
def test_quotas_hold_on_the_page_whatever_the_order_of_the_rules(
    make_candidates, data: st.DataObject, rules: list[Rule], n: int
) -> None:
    candidates = _draw_candidates(data, make_candidates)
    page = apply_rules(RuleSet(rules=tuple(rules)), candidates, n)
    kinds = [candidates.kinds[candidates.kind_codes[item]] for item in items(page)]
    for rule in rules:
        if isinstance(rule, Quota):
            for start in range(len(kinds)):
                window = kinds[start : start + rule.in_places]
                assert window.count(rule.item_kind) <= rule.at_most


def _draw_candidates(data: st.DataObject, make_candidates) -> Candidates:
    k = data.draw(st.integers(0, 14))
    draw = lambda values: data.draw(st.lists(st.sampled_from(values), min_size=k, max_size=k))  # noqa: E731
    kinds = "".join(draw("pa"))
    low = np.where([kind == "a" for kind in kinds], draw([0.2, 0.5, 0.9]), NAN)
    return make_candidates(
        kinds,
        draw([0.2, 0.4, 0.5, 0.55, 0.8, 1.0, NAN]),
        categories=draw(["Garden", "Music", ""]),
        shares={"ad click": low},
        successes={"purchase": {"Garden"}},
    )

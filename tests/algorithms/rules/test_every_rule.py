"""Every kind of rule on one page: what it does, what it says, and that many are as one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.rules import (
    AlreadyBought,
    AtLeast,
    AtMost,
    AtMostEach,
    Away,
    Bands,
    Boost,
    Bury,
    Candidates,
    Cascade,
    CountWithin,
    Diversity,
    Drop,
    DropBelow,
    Exposure,
    Freshness,
    Had,
    Over,
    Page,
    Pin,
    Quota,
    Rule,
    RuleSet,
    apply_rules,
    bounded_shares,
    check_rules,
    describe,
    rerank,
    ruled_scores,
    shares,
    usable_rules,
)
from algorithms.rules.conditions import Field, Fields, Scope, ValueType
from algorithms.rules.conditions.fields import task_fields

NAN = np.nan
CHEAP = "item.price < 5"


@pytest.fixture
def fields(tasks) -> Fields:
    return Fields(
        (
            Field(Scope.ITEM, "kind", ValueType.TEXT),
            Field(Scope.ITEM, "category", ValueType.TEXT),
            Field(Scope.ITEM, "price", ValueType.NUMBER),
            Field(Scope.ITEM, "seller", ValueType.TEXT),
            Field(Scope.USER, "age", ValueType.NUMBER),
            *task_fields(tasks),
            Field(Scope.PLACE, "place", ValueType.NUMBER),
        )
    )


@pytest.fixture
def shop(make_candidates) -> Candidates:
    """Three users, eight items; the first user's list is 0, 1, 2, ... 7."""
    scores = np.array(
        [
            [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2],
            [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
            [0.5, 0.5, NAN, 0.5, 0.1, 0.9, 0.5, NAN],
        ]
    )
    made: Candidates = make_candidates(
        "ppappaap", scores, categories=["Garden", "Garden", "", "Music", "Music", "", "", "Garden"]
    )
    click = np.array([[0.1, 0.9, NAN, 0.3, 0.7, NAN, NAN, 0.5]])
    return replace(
        made,
        shares={"click": np.repeat(shares(click), 3, axis=0)},
        task_scores={"click": np.repeat(click, 3, axis=0)},
        successes={"purchase": np.array([[False, True, False]] * 3)},  # of "", Garden, Music
        had={"purchase": np.array([[True] + [False] * 7] * 3)},
        item_columns={
            "price": np.array([1.0, 9.0, 2.0, 10.0, 3.0, NAN, 11.0, 4.0]),
            "seller": np.array(["x", "x", "y", "x", "y", "", "y", "x"]),
        },
        user_columns={"age": np.array([10, 20, 30])},
    )


def page_of(candidates: Candidates, fields: Fields, *rules: Rule, n: int = 8) -> Page:
    return apply_rules(RuleSet(rules=rules), candidates.of_users(slice(0, 1)), n, fields)


def order(page: Page) -> list[int]:
    return [placed.item - 100 for placed in page.items]


def said(page: Page, item: int) -> str:
    (found,) = [each for each in (*page.items, *page.off_page) if each.item == 100 + item]
    return " ".join(str(move) for move in found.moves)


@pytest.mark.parametrize(
    ("rule", "wanted", "item", "says"),
    [
        (Drop(condition=CHEAP), [1, 3, 5, 6], 0, "Rule 1 drops it: item.price < 5."),
        (
            Bury(condition=CHEAP),
            [1, 3, 5, 6, 0, 2, 4, 7],
            0,
            "Rule 1 puts it behind all others, because item.price < 5: moved from 1 to 5.",
        ),
        (
            Boost(condition='item.category == "Music"', factor=1.4),
            [0, 3, 1, 2, 4, 5, 6, 7],
            3,
            'because item.category == "Music": moved from 4 to 2.',
        ),
        (
            Boost(condition="place == 8", factor=10.0),
            [7, 0, 1, 2, 3, 4, 5, 6],
            7,
            "Rule 1 multiplies its score by 10",
        ),
        (
            AlreadyBought(action=Away.DROP),
            [1, 2, 3, 4, 5, 6, 7],
            0,
            "Rule 1 drops it, because the user had a success in “purchase” with it.",
        ),
        (
            AlreadyBought(what=Had.CATEGORY),
            [2, 3, 4, 5, 6, 0, 1, 7],
            0,
            "behind all others, because the user had a success in “purchase” in its category: "
            "moved from 1 to 6.",
        ),
        (
            Cascade(task="click", keep=2),  # 1 and 4 are the best of the products 0 1 3 4 7
            [1, 4, 2, 0, 3, 5, 6, 7],
            4,
            "Rule 1 puts the 2 best of “click” first: moved from 5 to 2.",
        ),
        (
            Bands(task="click", tolerance=0.4),  # 1 .8 | .6 .4 .2: 1 4 | 7 3 | 0
            [1, 4, 2, 3, 7, 5, 6, 0],
            0,
            "Rule 1 orders by “click” first, in bands of 0.4: moved from 1 to 8.",
        ),
        (
            Freshness(feature="price", half_life=1.0, weakest=0.5),
            [0, 1, 5, 2, 3, 6, 4, 7],
            2,
            "Rule 1 multiplies its score by 0.5 for its age by “price”: moved from 3 to 4.",
        ),
        (
            Pin(condition=CHEAP, place=3),
            [0, 1, 2, 3, 4, 5, 6, 7],
            2,
            "",
        ),
        (
            Pin(condition='item.category == "Music"', place=1),
            [3, 0, 1, 2, 4, 5, 6, 7],
            3,
            'Rule 1 gives place 1 to the best with item.category == "Music": moved from 4 to 1.',
        ),
        (
            AtMost(condition='item.seller == "x"', at_most=1, in_places=3),
            [0, 2, 4, 1, 5, 6, 3],
            7,
            "leaves it no place.",
        ),
        (
            AtMostEach(by="seller", at_most=1, in_places=2),
            [0, 2, 1, 4, 3, 5, 6, 7],
            1,
            "Rule 1, at most 1 of the same seller in 2 places: moved from 2 to 3.",
        ),
        (
            AtLeast(condition='item.kind == "ad"', at_least=1, in_places=2),
            [0, 2, 1, 5, 3, 6, 4, 7],
            5,
            "moved from 6 to 4.",
        ),
        (
            Diversity(by="category", weight=0.5),
            [0, 2, 3, 5, 6, 1, 4, 7],
            1,
            "Rule 1, another category than before: moved from 2 to 6.",
        ),
        (
            Exposure(condition='item.seller == "y"', share=0.5, over=Over.PAGE),
            [0, 2, 1, 4, 3, 6, 5, 7],
            6,
            'Rule 1, 50 % of the places for item.seller == "y": moved from 7 to 6.',
        ),
    ],
)
def test_by_hand(shop, fields, rule: Rule, wanted: list[int], item: int, says: str) -> None:
    page = page_of(shop, fields, rule)
    assert order(page) == wanted
    assert says in said(page, item)
    if not says:
        assert said(page, item) == ""
    for_others = rule.model_copy(update={"when": "user.age >= 18"})
    assert order(page_of(shop, fields, for_others)) == list(range(8))
    assert str(describe(for_others)).endswith(", for users with user.age >= 18.")


def test_floors_and_caps_bound_what_a_task_counts(shop, fields, tasks) -> None:
    rule = CountWithin(task="click", floor=0.5, cap=0.7, when="user.age < 18")
    rules = usable_rules(RuleSet(rules=(rule,)), tasks, ("product", "ad"), fields)
    found = bounded_shares(rules, shop)["click"]
    assert_allclose(found[0], [0.5, 0.7, NAN, 0.5, 0.7, NAN, NAN, 0.6])
    assert_array_equal(found[1], shop.shares["click"][1])


def test_rules_of_the_page_that_clash_are_remarked(shop, fields) -> None:
    page = page_of(shop, fields, Pin(condition='item.kind == "ad"', place=1), Quota(at_most=0), n=4)
    assert order(page) == [2, 0, 1, 3]
    assert [str(remark) for remark in page.remarks] == [
        "Rules 1 and 2 clash at 1 place(s), first at place 1: rule 1 stands before, so rule 2 was "
        "relaxed there."
    ]


def test_a_cascade_holds_where_scores_tie(make_candidates, tasks) -> None:
    tied = replace(
        make_candidates("ppp", [0.5, 0.5, 0.5]), shares={"click": np.array([[1 / 3, 2 / 3, 1.0]])}
    )
    rules = usable_rules(RuleSet(rules=(Bands(task="click", tolerance=0.1),)), tasks, ("product",))
    scores = ruled_scores(rules, tied)[0]
    assert scores[2] > scores[1] > scores[0]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (Drop(condition="item.prize < 5"), "At character 1: expected a field of the item"),
        (Drop(condition=""), "expected a condition, found nothing"),
        (Pin(when="item.price < 5"), "expected a field of another kind (user)"),
        (Boost(when="place == 1"), "expected a field (user)"),
        (AtMostEach(by="brand"), "items have no “brand”; there are category, kind, price, seller"),
        (Freshness(feature="seller"), "items have no number “seller”; there are price"),
        (Cascade(task="like"), "there is no task “like”"),
    ],
)
def test_what_cannot_be_followed_is_skipped_and_told(
    shop, fields, tasks, rule: Rule, says: str
) -> None:
    (message,) = check_rules(RuleSet(rules=(rule,)), tasks, ("product", "ad"), fields)
    assert str(message).startswith("Rule 1 is skipped: ")
    assert says in str(message)
    assert order(page_of(shop, fields, rule)) == list(range(8))


CONDITIONS = st.sampled_from(
    [CHEAP, 'item.kind == "ad"', 'score["click"] > 0.4', "place > 3", 'item.seller == "x"']
)
WHEN = st.sampled_from(["", "", "user.age >= 18"])
PARTS = {"when": WHEN}
ANY_RULES = st.lists(
    st.one_of(
        st.builds(Drop, condition=CONDITIONS, **PARTS),
        st.builds(Boost, condition=CONDITIONS, factor=st.sampled_from([0.5, 1.3]), **PARTS),
        st.builds(Bury, condition=CONDITIONS, **PARTS),
        st.builds(Cascade, task=st.just("click"), keep=st.integers(1, 4), **PARTS),
        st.builds(Bands, task=st.just("click"), tolerance=st.sampled_from([0.2, 0.5]), **PARTS),
        st.builds(AlreadyBought, what=st.sampled_from(Had), action=st.sampled_from(Away), **PARTS),
        st.builds(Freshness, feature=st.just("price"), half_life=st.just(5.0), **PARTS),
        st.builds(Pin, condition=CONDITIONS, place=st.integers(1, 6), **PARTS),
        st.builds(
            AtLeast, condition=CONDITIONS, at_least=st.integers(1, 2), in_places=st.integers(1, 5)
        ),
        st.builds(
            AtMost, condition=CONDITIONS, at_most=st.integers(0, 2), in_places=st.integers(1, 5)
        ),
        st.builds(AtMostEach, by=st.sampled_from(["kind", "category", "seller"]), **PARTS),
        st.builds(Diversity, by=st.sampled_from(["kind", "seller"]), **PARTS),
        st.builds(Exposure, condition=CONDITIONS, over=st.sampled_from(Over), **PARTS),
        st.builds(Quota, at_most=st.integers(0, 2), **PARTS),
        st.builds(DropBelow, item_kind=st.just("product"), task=st.just("click")),
    ),
    max_size=6,
)


@settings(deadline=None)
@given(data=st.data(), rules=ANY_RULES, n=st.integers(1, 9))
def test_many_pages_at_once_are_each_page_alone_and_every_move_is_told(
    data: st.DataObject, make_shop, fields_of_shop, rules: list[Rule], n: int
) -> None:
    shop, fields, rule_set = make_shop, fields_of_shop, RuleSet(rules=tuple(rules))
    together = rerank(rule_set, shop, n, fields)
    for row in range(3):
        alone = apply_rules(rule_set, shop.of_users(slice(row, row + 1)), n, fields)
        columns = together.columns[row]
        assert [int(shop.items[column]) for column in columns[columns >= 0]] == [
            placed.item for placed in alone.items
        ]
        assert_allclose(
            together.scores[row][columns >= 0], [placed.score for placed in alone.items]
        )
        for placed in (*alone.items, *alone.off_page):
            place = placed.before
            for move in placed.moves:
                assert str(move).startswith("Rule ")
                if "drops it" in move.template:
                    place = 0
                    continue
                assert move.values["before"] == place
                place = int(move.values["after"])
            assert place == (placed.place or 0)


@pytest.fixture(name="make_shop", scope="module")
def _module_shop() -> Candidates:
    from algorithms.tasks import Task, TaskKind

    rng = np.random.default_rng(3)
    k = 14
    scores = rng.choice([NAN, 0.1, 0.3, 0.5, 0.6, 0.8, 1.0], size=(3, k))
    click = np.where(np.arange(k) % 3 > 0, rng.random((3, k)), NAN)
    categories, codes = np.unique(rng.choice(["", "Garden", "Music"], k), return_inverse=True)
    binary = {"kind": TaskKind.BINARY, "item_kind": "product"}
    return Candidates(
        tasks=(
            Task(name="click", label="click", **binary),
            Task(name="purchase", label="purchase", **binary),
        ),
        kinds=("product", "ad"),
        items=100 + np.arange(k),
        kind_codes=(np.arange(k) % 3 == 0).astype(np.int64),
        categories=categories,
        category_codes=codes.astype(np.int64),
        scores=scores,
        shares={"click": shares(click)},
        successes={"purchase": rng.random((3, len(categories))) < 0.4},
        users=np.array([7, 3, 12]),
        task_scores={"click": click},
        had={"purchase": rng.random((3, k)) < 0.2},
        item_columns={"price": rng.random(k) * 10, "seller": rng.choice(["x", "y", ""], k)},
        user_columns={"age": np.array([10, 20, 30])},
    )


@pytest.fixture(name="fields_of_shop", scope="module")
def _module_fields(make_shop: Candidates) -> Fields:
    return Fields(
        (
            Field(Scope.ITEM, "kind", ValueType.TEXT),
            Field(Scope.ITEM, "category", ValueType.TEXT),
            Field(Scope.ITEM, "price", ValueType.NUMBER),
            Field(Scope.ITEM, "seller", ValueType.TEXT),
            Field(Scope.USER, "age", ValueType.NUMBER),
            *task_fields(make_shop.tasks),
            Field(Scope.PLACE, "place", ValueType.NUMBER),
        )
    )


def test_over_all_users_a_provider_gets_its_share_of_the_places(make_candidates, fields) -> None:
    m, k, n, share = 400, 30, 10, 0.03
    rng = np.random.default_rng(5)
    made = make_candidates("p" * k, rng.random((m, k)) + 1)
    seller = np.where(np.arange(k) < 3, "small", "large")
    scores = np.where(seller == "small", 0.01, made.scores)  # never on a page by itself
    shop = replace(made, scores=scores, item_columns={"seller": seller}, users=np.arange(m) * 3)
    rule = Exposure(condition='item.seller == "small"', share=share)
    plain = rerank(RuleSet(), shop, n, fields)
    ruled = rerank(RuleSet(rules=(rule,)), shop, n, fields)
    assert (seller[plain.columns] == "small").mean() == 0
    assert (seller[ruled.columns] == "small").mean() == pytest.approx(share, abs=0.002)
    places = np.flatnonzero((seller[ruled.columns] == "small").any(axis=0))
    assert len(places) >= 8  # not only the last place of a page

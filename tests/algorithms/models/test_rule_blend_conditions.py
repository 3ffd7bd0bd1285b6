"""The rule blend with rules by condition: on scores, features, users, and what a user had."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.models.rule_blend import RuleBlend, RuleBlendConfig
from algorithms.rules import (
    AlreadyBought,
    AtLeast,
    AtMostEach,
    Away,
    Bands,
    BlendMethod,
    Boost,
    Bury,
    Cascade,
    CountWithin,
    Diversity,
    Drop,
    Exposure,
    Freshness,
    Pin,
    Rule,
    RuleSet,
)
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
BUY = Task(name="buy", kind=TaskKind.BINARY, label="buy", item_kind="product")
AD = Task(name="ad click", kind=TaskKind.BINARY, label="ad_click", item_kind="ad")
TASKS = (CLICK, BUY, AD)
N_USERS, N_ITEMS = 40, 60
PRODUCTS = np.arange(0, N_ITEMS, 2)


def make_log(seed: int = 5, n_each: int = 18, *, sale: bool = False) -> InteractionLog:
    """Every second item is an ad; in a sale everybody buys what is cheap."""
    rng = np.random.default_rng(seed)
    taste = np.random.default_rng(2).normal(size=(N_USERS, N_ITEMS))
    users = np.repeat(np.arange(N_USERS), n_each)
    items = rng.integers(0, N_ITEMS, len(users))
    product = items % 2 == 0
    liking = taste[users, items]
    cheap = np.arange(N_ITEMS) % 7 < 2
    labels = {
        "click": np.where(product, liking > 0, np.nan),
        "buy": np.where(product, (liking > 0.8) | (cheap[items] & sale), np.nan),
        "ad_click": np.where(product, np.nan, liking > 0.5),
    }
    return InteractionLog(
        name="shop",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={name: column.astype(np.float32) for name, column in labels.items()},
        user_table=UserTable(
            IdMap(np.array([f"u{n}" for n in range(N_USERS)])),
            {"age": np.arange(N_USERS) + 10},
        ),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(N_ITEMS)])),
            titles=np.array([f"Thing {n}" for n in range(N_ITEMS)]),
            kinds=("product", "ad"),
            kind_codes=(np.arange(N_ITEMS) % 2).astype(np.int16),
            categories=np.array([("Garden", "Music", "")[n % 3] for n in range(N_ITEMS)]),
            features={
                "price": np.where(cheap, 1.0, 10.0) + np.arange(N_ITEMS) / 100,
                "the seller": np.array([f"s{n % 5}" for n in range(N_ITEMS)]),
            },
        ),
    )


LOG = make_log()


def fitted(*rules: Rule, method: BlendMethod = BlendMethod.PRODUCT, **powers: float) -> RuleBlend:
    config = RuleBlendConfig(rules=RuleSet(method=method, powers=powers, rules=rules))
    return RuleBlend(config).fit(LOG, TASKS, rng=np.random.default_rng(3))


def test_a_condition_drops_by_what_the_task_says_of_user_and_item() -> None:
    plain, ruled = fitted(), fitted(Drop(condition='score["click"] < 0.1 and item.price > 5'))
    raw = plain._base_of["click"].score_block("click", np.arange(N_USERS), PRODUCTS)
    gone = (raw < 0.1) & (LOG.item_table.features["price"][PRODUCTS] > 5)
    assert 0 < gone.mean() < 1
    before = plain.score_block("buy", np.arange(N_USERS), PRODUCTS)
    after = ruled.score_block("buy", np.arange(N_USERS), PRODUCTS)
    assert_allclose(after, np.where(gone & ~np.isnan(before), 0, before))


def test_a_rule_for_some_users_leaves_the_others_alone() -> None:
    plain = fitted()
    ruled = fitted(Boost(condition='item["the seller"] == "s0"', factor=2.0, when="user.age < 20"))
    users = np.arange(N_USERS)
    before, after = (model.score_block("buy", users, PRODUCTS) for model in (plain, ruled))
    young, of_seller = users < 10, PRODUCTS % 5 == 0
    factor = np.where(young[:, None] & of_seller, 2.0, 1.0)
    assert_allclose(after, before * factor)


def test_what_a_user_had_goes_for_that_user_alone() -> None:
    ruled = fitted(AlreadyBought(task="buy", action=Away.DROP))
    bought = np.zeros((N_USERS, N_ITEMS), dtype=bool)
    yes = LOG.label("buy") == 1
    bought[LOG.users[yes], LOG.items[yes]] = True
    scores = ruled.score_block("buy", np.arange(N_USERS), PRODUCTS)
    assert_array_equal(scores == 0, bought[:, PRODUCTS] & ~np.isnan(scores))


def test_floors_and_caps_are_part_of_the_blend_and_of_its_explanation() -> None:
    bounded = fitted(CountWithin(task="click", floor=0.6, cap=0.6), click=1.0)
    plain = fitted()
    known = [
        ~np.isnan(plain.score_block(task, np.arange(N_USERS), PRODUCTS)).any(axis=1)
        for task in ("click", "buy")
    ]
    users = np.flatnonzero(known[0] & known[1])  # others have the neutral share
    assert len(users) > 20
    assert_allclose(
        bounded.score_block("buy", users, PRODUCTS), 0.6 * plain.score_block("buy", users, PRODUCTS)
    )
    said = bounded.explain("buy", 3, int(PRODUCTS[4]))
    assert sum(part.amount for part in said.contributions) == pytest.approx(said.score)


EVERY = (
    Drop(condition='item.kind == "ad" and share["ad click"] < 0.2'),
    Boost(condition="item.price < 5", factor=1.1),
    Bury(condition='item.category == "Music" and place > 10'),
    Freshness(feature="price", half_life=20.0),
    AlreadyBought(task="buy"),
    Cascade(task="click", keep=10),
    Bands(task="buy", tolerance=0.3),
    Pin(condition='item["the seller"] == "s3"', place=2),
    AtLeast(condition='item.kind == "ad"', at_least=1, in_places=4),
    AtMostEach(by="the seller", at_most=2, in_places=6),
    Diversity(),
    Exposure(condition='item["the seller"] == "s1"', share=0.3),
)


@pytest.mark.parametrize("method", BlendMethod)
def test_every_rule_together_restored_and_explained(method: BlendMethod) -> None:
    model = fitted(*EVERY, method=method, click=0.5)
    assert model.notes() == ()
    again = RuleBlend(model.config).restore(LOG, TASKS, model.state())
    for user in range(5):
        page = model.compose_page(user, 8)
        assert page == again.compose_page(user, 8)
        table = LOG.item_table
        assert str(table.features["the seller"][page.items[1].item]) == "s3"
        ads = [int(table.kind_codes[placed.item]) for placed in page.items]
        assert all(sum(ads[start : start + 4]) >= 1 for start in range(5))
        item = int(PRODUCTS[user])
        said = model.explain("buy", user, item)
        if said.additive:
            assert sum(part.amount for part in said.contributions) == pytest.approx(said.score)
            assert all(str(part.message or "") is not None for part in said.contributions)


def test_a_misspelt_condition_is_noted_and_the_rest_followed() -> None:
    model = fitted(Drop(condition="item.prise < 3"), Drop(condition="item.price < 3"))
    (note,) = model.notes()
    assert "Rule 1 is skipped" in str(note)
    assert "Did you mean “item.price”?" in str(note)
    assert (model.score_block("buy", np.arange(3), PRODUCTS) == 0).any()


def test_rules_are_proposed_from_events_that_it_did_not_see() -> None:
    model = fitted()
    assert model.propose_rules("buy", make_log(seed=77, n_each=60)) == ()  # the scores say it all
    (proposal, *_) = model.propose_rules("buy", make_log(seed=77, n_each=60, sale=True))
    assert proposal.rule.condition.startswith("item.price <= ")
    assert proposal.rule.factor > 1
    assert fitted(proposal.rule).notes() == ()
    assert str(proposal.sentence)

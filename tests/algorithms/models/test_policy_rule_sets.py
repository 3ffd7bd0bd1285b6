"""A policy over rule sets: it finds who is best served by which, and says so."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.explanations import Exhibit, HeatMap, Lines, Points, Table
from algorithms.models.base import ModelState
from algorithms.models.catalog import find_model
from algorithms.models.policy_rule_arms import arms_of, ready_sets, speaks_of
from algorithms.models.policy_rule_sets import PolicyRuleSets
from algorithms.rules import AlreadyBought, Drop, Quota, RuleSet
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
BUY = Task(name="buy", kind=TaskKind.BINARY, label="buy", item_kind="product")
N_USERS, N_ITEMS = 120, 40
CLICKS = RuleSet(name="Clicks", powers={"click": 1.0, "buy": 0.0})
BUYS = RuleSet(name="Buys", powers={"click": 0.0, "buy": 1.0})


@cache
def tiny_shop() -> InteractionLog:
    """A shop where quiet users are paid by clicks alone, and busy ones by purchases alone.

    Every user clicks on one half of the items and buys from the other: the first half of users
    has few events and never buys, the second has many and never clicks in earnest.
    """
    rng = np.random.default_rng(1)
    users = np.concatenate([np.repeat(np.arange(60), 10), np.repeat(np.arange(60, 120), 26)])
    items = np.concatenate(
        [rng.permutation(N_ITEMS)[: 10 if user < 60 else 26] for user in range(N_USERS)]
    )
    clicky, quiet = items < 20, users < 60
    click = rng.random(len(users)) < np.where(clicky, np.where(quiet, 0.9, 0.5), 0.03)
    buy = rng.random(len(users)) < np.where(clicky, 0.0, np.where(quiet, 0.02, 0.9))
    return InteractionLog(
        name="tiny",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={"click": click.astype(np.float32), "buy": buy.astype(np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(N_USERS)]))),
        item_table=ItemTable(
            IdMap(np.array([f"i{n}" for n in range(N_ITEMS)])),
            np.array([f"Thing {n}" for n in range(N_ITEMS)]),
            ("product",),
            np.zeros(N_ITEMS, dtype=np.int16),
            np.array([f"c{n % 4}" for n in range(N_ITEMS)]),
        ),
    )


def fit(**config: object) -> PolicyRuleSets:
    values = {
        "n_factors": 4, "n_segments": 2, "list_length": 5, "n_rounds": 1000, "top_places": 0,
        "rule_sets": [each.model_dump(mode="json") for each in (CLICKS, BUYS)],
    }  # fmt: skip
    model = PolicyRuleSets.from_values({**values, **config})
    return model.fit(tiny_shop(), (CLICK, BUY), rng=np.random.default_rng(2))


@cache
def fitted() -> PolicyRuleSets:
    return fit(top_places=2)


def exhibits(model: PolicyRuleSets) -> dict[str, Exhibit]:
    return {each.key: each for each in model.exhibits()}


@pytest.mark.parametrize("learner", ["thompson", "epsilon_greedy", "linucb", "reinforce"])
def test_each_segment_gets_the_rule_set_that_pays_there(learner: str) -> None:
    shown = exhibits(fit(learner=learner))
    worth, served = shown["worth.product"], shown["served.product"]
    assert isinstance(worth, HeatMap)
    assert isinstance(served, HeatMap)
    assert served.column_names == ("Clicks", "Buys")
    assert worth.values[0, 0] > 1.5 * worth.values[0, 1]  # quiet users: clicks pay
    assert worth.values[1, 1] > 1.5 * worth.values[1, 0]  # busy users: purchases pay
    assert_allclose(served.values, np.eye(2), atol=0.05)


def test_it_beats_the_best_fixed_rule_set_and_says_so() -> None:
    shown = exhibits(fit())
    sets, regret = shown["rule_sets.product"], shown["regret.product"]
    assert isinstance(sets, Table)
    assert [row[0] for row in sets.rows] == ["Clicks", "Buys", "this policy"]
    earns = [float(row[3]) for row in sets.rows]
    assert earns[2] > 1.1 * max(earns[:2])
    assert isinstance(regret, Lines)
    lost = np.diff(regret.series["as learned"])
    assert lost[-len(lost) // 4 :].mean() < 0


def test_it_shows_what_a_policy_over_weights_shows() -> None:
    model = fit(n_rounds=200)
    keys = [each.key.removesuffix(".product") for each in model.exhibits()]
    assert keys == ["reward", "regret", "served", "worth", "rule_sets", "front"]
    front = exhibits(model)["front.product"]
    assert isinstance(front, Points)
    assert front.names == ("Clicks", "Buys", "this policy")


def test_slots_are_decided_and_shown_by_themselves() -> None:
    served = exhibits(fitted())["served.product"]
    assert isinstance(served, HeatMap)
    assert len(served.row_names) == 4
    assert served.row_names[0].startswith("top 2: ")
    assert served.row_names[1].startswith("rest: ")
    assert_allclose(served.values.sum(axis=1), 1)


def test_each_slot_holds_what_its_rule_set_puts_first() -> None:
    """A list of its own for each slot, from a rule blend's point of view: the scores alone."""
    model = fitted()
    shelf = model._shelves["product"]
    users = np.arange(N_USERS)
    raw = shelf.raw(model._base, users)
    lists = model.recommend_many("click", users, 5).items
    for user in range(0, N_USERS, 7):
        first, rest = shelf.arm_of_user[:, user]
        met = model.met(user)

        def ranked(arm: int, user: int = user, met: np.ndarray = met) -> list[int]:
            share = raw[user, :, arm]  # the first set orders by the first task, and so on
            return [int(i) for i in np.argsort(-share, kind="stable") if i not in met]

        top = ranked(first)[:2]
        assert lists[user].tolist() == top + [i for i in ranked(rest) if i not in top][:3]


def test_the_number_is_how_far_up_a_rule_set_puts_an_item() -> None:
    model = fit(n_rounds=50, rules=RuleSet(name="None of c0", rules=(
        Drop(condition='item.category == "c0"'),
    )).model_dump(mode="json"))  # fmt: skip
    shelf = model._shelves["product"]
    assert shelf.arms.names == ("Clicks", "Buys", "None of c0")
    raw = shelf.raw(model._base, np.array([3]))
    alone = shelf.arms.numbers(raw, np.array([3]), 0)[0]
    assert sorted(alone) == pytest.approx([n / N_ITEMS for n in range(1, N_ITEMS + 1)])
    assert alone.argmax() == raw[0, :, 0].argmax()
    ruled = shelf.arms.numbers(raw, np.array([3]), 2)[0]
    assert (ruled[::4] == 0).all()  # every fourth item is of c0
    assert sorted(ruled[ruled > 0]) == pytest.approx([n / 30 for n in range(1, 31)])


def test_what_a_rule_drops_is_in_no_list() -> None:
    only = RuleSet(name="c1", rules=(Drop(condition='item.category != "c1"'),))
    sets = [only.model_dump(mode="json"), only.model_dump(mode="json")]
    model = fit(n_rounds=20, rule_sets=sets)
    assert model._shelves["product"].arms.names == ("c1", "c1 (2)")
    for user in (0, 70):
        found = model.recommend("buy", user, 30)
        assert (found.items % 4 == 1).all()
        assert len(found.items) == 10 - np.isin(model.met(user) % 4, [1]).sum()
        assert (found.scores > 0).all()


def test_explanations_name_the_rule_set_and_the_slot() -> None:
    model = fitted()
    items = model.recommend("click", 5, 5).items
    top, below = model.explain("click", 5, int(items[0])), model.explain("click", 5, int(items[3]))
    assert "first 2 places" in str(top.sentence)
    assert "among them" in str(top.sentence)
    assert "below the first 2 places" in str(below.sentence)
    assert top.sentence.values["rules"] in ("Clicks", "Buys")
    assert top.score > 1 >= below.score
    assert top.contributions
    assert any("place" in str(remark) for remark in top.remarks)


def test_a_restored_policy_serves_and_shows_the_same() -> None:
    model = fitted()
    state = model.state()
    values = json.loads(json.dumps(dict(state.values), allow_nan=False))
    restored = PolicyRuleSets.from_values(model.config.model_dump(mode="json"))
    restored.restore(model.log, (CLICK, BUY), ModelState(dict(state.arrays), values))
    users, items = np.arange(N_USERS), np.arange(N_ITEMS)
    assert_array_equal(
        restored.score_block("buy", users, items), model.score_block("buy", users, items)
    )
    assert [repr(each) for each in restored.exhibits()] == [repr(e) for e in model.exhibits()]
    assert repr(restored.explain("buy", 9, 30)) == repr(model.explain("buy", 9, 30))


def test_ready_sets_suit_the_shelf() -> None:
    names = [each.name for each in ready_sets(tiny_shop(), (CLICK, BUY))]
    assert names == [
        "All tasks alike", "“click” first", "“buy” first", "First in any task",
        "Familiar categories", "Shortlist by “buy”",
    ]  # fmt: skip
    assert len(ready_sets(tiny_shop(), (CLICK,))) == 2


def test_every_ready_set_orders_a_shelf_in_its_own_way() -> None:
    sets = ready_sets(tiny_shop(), (CLICK, BUY))
    tasks, items = (CLICK, BUY), np.arange(N_ITEMS)
    arms = arms_of(sets, tiny_shop(), tasks, tasks, items, np.zeros(2), np.ones(2))
    raw = np.random.default_rng(4).normal(size=(8, N_ITEMS, 2))
    orders = {arms.numbers(raw, np.arange(8), arm).tobytes() for arm in range(len(sets))}
    assert len(orders) == len(sets)


def test_the_projects_rule_set_takes_part_where_it_has_something_to_say() -> None:
    assert not speaks_of(RuleSet(), (CLICK, BUY))
    assert not speaks_of(RuleSet(powers={"ad click": 0.5}, rules=(Quota(),)), (CLICK, BUY))
    assert speaks_of(RuleSet(powers={"click": 0.5}), (CLICK, BUY))
    assert speaks_of(RuleSet(rules=(AlreadyBought(task="buy"),)), (CLICK, BUY))


def test_too_few_rewards_let_the_first_rule_set_serve() -> None:
    barren = tiny_shop().with_labels(
        **{name: column * 0 for name, column in tiny_shop().labels.items()}
    )
    values = {"rule_sets": [each.model_dump(mode="json") for each in (CLICKS, BUYS)]}
    model = find_model("policy_rule_sets").from_values(values)
    model.fit(barren, (CLICK, BUY), rng=np.random.default_rng(3))
    assert "“Clicks” serves everybody" in str(model.notes()[0])
    assert not model.exhibits()

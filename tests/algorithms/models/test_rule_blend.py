from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.errors import ConfigError, NotFittedError, UnknownUserError
from algorithms.explanations import EvidenceKind
from algorithms.models.base import ModelState, Recommender
from algorithms.models.catalog import find_model
from algorithms.models.rule_blend import RuleBlend, RuleBlendConfig
from algorithms.rules import (
    BlendMethod,
    BoostBoughtCategory,
    DropBelow,
    Quota,
    Rule,
    RuleSet,
    shares,
)
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
BUY = Task(name="buy", kind=TaskKind.BINARY, label="buy", item_kind="product", parent="click")
STARS = Task(
    name="stars", kind=TaskKind.RATING, label="stars", item_kind="product", relevant_from=4
)
AD = Task(name="ad click", kind=TaskKind.BINARY, label="ad_click", item_kind="ad")
TASKS = (CLICK, BUY, STARS, AD)
N_USERS, N_PRODUCTS, N_ADS = 60, 40, 20
NEVER_BOUGHT = 7  # a user who only clicks
USERS = np.arange(N_USERS)


def make_log() -> InteractionLog:
    rng = np.random.default_rng(11)
    n_items = N_PRODUCTS + N_ADS
    taste = rng.normal(size=(N_USERS, 4)) @ rng.normal(size=(4, n_items))
    users = np.repeat(USERS, 25)
    items = np.concatenate([rng.permutation(n_items)[:25] for _ in USERS])
    liking = taste[users, items] + rng.normal(scale=0.5, size=len(users))
    product = items < N_PRODUCTS
    click = np.where(product, liking > 0.3, np.nan)
    buy = np.where(product, (liking > 1.5) & (users != NEVER_BOUGHT), np.nan)
    labels = {
        "click": click,
        "buy": buy,
        "stars": np.where(buy == 1, np.clip(np.round(2 + liking), 1, 5), np.nan),
        "ad_click": np.where(product, np.nan, liking > 0.5),
    }
    return InteractionLog(
        name="shop",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={name: column.astype(np.float32) for name, column in labels.items()},
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in USERS]))),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(n_items)])),
            titles=np.array([f"Thing {n}" for n in range(n_items)]),
            kinds=("product", "ad"),
            kind_codes=(np.arange(n_items) >= N_PRODUCTS).astype(np.int16),
            categories=np.array([("Garden", "Music", "Toys", "")[n % 4] for n in range(n_items)]),
        ),
    )


LOG = make_log()
PRODUCTS, ADS = np.arange(N_PRODUCTS), np.arange(N_PRODUCTS, N_PRODUCTS + N_ADS)


def fitted(
    *rules: Rule,
    powers: dict[str, float] | None = None,
    method: BlendMethod = BlendMethod.PRODUCT,
    tasks: Sequence[Task] = TASKS,
) -> RuleBlend:
    config = RuleBlendConfig(rules=RuleSet(method=method, powers=powers or {}, rules=rules))
    return RuleBlend(config).fit(LOG, tasks, rng=np.random.default_rng(3))


@pytest.fixture(scope="module")
def plain() -> RuleBlend:
    return fitted()


@cache
def als_alone() -> Recommender:
    als = find_model("als")()
    return als.fit(LOG, [CLICK, BUY, AD], rng=np.random.default_rng(3))


def of_als(task: Task, items: np.ndarray) -> np.ndarray:
    """Return the scores (n_users, n_items) of ALS fitted alone, with the same seed."""
    return als_alone().score_block(task, USERS, items)


def neutral_shares(task: Task) -> np.ndarray:
    """Return the shares of the products by ALS, 1/2 for users of whom it learned nothing."""
    share = shares(of_als(task, PRODUCTS))
    unknown = np.isnan(share).all(axis=1)
    assert unknown[NEVER_BOUGHT] or task is not BUY
    return np.where(unknown[:, None], 0.5, share)


def test_without_powers_and_rules_the_lists_are_those_of_als(plain: RuleBlend) -> None:
    als = als_alone()
    for task in (CLICK, BUY, AD):
        ours, theirs = plain.recommend_many(task, USERS), als.recommend_many(task, USERS)
        assert_array_equal(ours.items, theirs.items)


def test_its_scores_are_the_blend_of_the_shares_of_als() -> None:
    model = fitted(powers={"click": 0.5})
    buy, click = neutral_shares(BUY), neutral_shares(CLICK)
    assert_allclose(model.score_block(BUY, USERS, PRODUCTS), buy * click**0.5)
    assert_allclose(model.score_block(CLICK, USERS, PRODUCTS), click)  # its own power is 1
    summed = fitted(powers={"click": 0.5}, method=BlendMethod.SUM)
    assert_allclose(summed.score_block(BUY, USERS, PRODUCTS), buy + 0.5 * click)


def test_who_never_bought_is_served_by_the_clicks(plain: RuleBlend) -> None:
    assert len(plain.recommend(BUY, NEVER_BOUGHT).items) == 0
    blended = fitted(powers={"click": 0.5})
    assert_array_equal(
        blended.recommend(BUY, NEVER_BOUGHT).items, blended.recommend(CLICK, NEVER_BOUGHT).items
    )


def test_stars_stay_stars_and_lend_their_share_to_other_tasks(plain: RuleBlend) -> None:
    model = fitted(powers={"stars": 1.0, "buy": 1.0}, tasks=TASKS)
    users, items = np.repeat(USERS, N_PRODUCTS), np.tile(PRODUCTS, N_USERS)
    predicted = model.predict(STARS, users, items)
    assert_array_equal(predicted, plain.predict(STARS, users, items))
    assert predicted.min() >= 1
    assert predicted.max() <= 5
    stars = shares(model.score_block(STARS, USERS, PRODUCTS))
    expected = neutral_shares(CLICK) * stars * neutral_shares(BUY)
    assert_allclose(model.score_block(CLICK, USERS, PRODUCTS), expected)


def test_dropped_items_score_zero_and_are_in_no_list() -> None:
    model = fitted(DropBelow(limit=0.4))
    share = shares(of_als(AD, ADS))
    low = share <= 0.4
    assert low.any()
    assert_array_equal(model.score_block(AD, USERS, ADS) == 0, low)
    lists = model.recommend_many(AD, USERS, N_ADS)
    for user in np.flatnonzero(~np.isnan(share).all(axis=1)):
        listed = lists.items[user][lists.items[user] >= 0]
        unmet = np.setdiff1d(ADS[~low[user]], model.met(int(user)))
        assert_array_equal(np.sort(listed), unmet)
        assert not np.isnan(lists.scores[user][: len(listed)]).any()
        assert np.isnan(lists.scores[user][len(listed) :]).all()


def test_a_boost_looks_at_training_successes_of_the_user(plain: RuleBlend) -> None:
    model = fitted(BoostBoughtCategory(task="buy", factor=1.5))
    before, after = (m.score_block(AD, USERS, ADS) for m in (plain, model))
    for user in USERS:
        mine = (LOG.users == user) & (LOG.labels["buy"] == 1)
        liked = set(LOG.item_table.categories[LOG.items[mine]]) - {""}
        factor = np.where(np.isin(LOG.item_table.categories[ADS], sorted(liked)), 1.5, 1.0)
        assert_allclose(after[user], factor * before[user])


def test_a_rule_that_names_no_task_of_the_fit_is_skipped_and_reported(plain: RuleBlend) -> None:
    model = fitted(DropBelow(task="follow"), powers={"like": 1.0})
    assert_array_equal(model.recommend_many(AD, USERS).items, plain.recommend_many(AD, USERS).items)
    assert [message.values["task"] for message in model.skipped_rules()] == ["like", "follow"]
    assert model.notes() == tuple(model.skipped_rules())
    assert plain.skipped_rules() == []


def test_the_page_mixes_all_kinds_of_unmet_items_under_every_rule() -> None:
    model = fitted(
        DropBelow(limit=0.3), BoostBoughtCategory(task="buy", factor=1.3), Quota(in_places=4)
    )
    kinds = set()
    for user in range(12):
        page = model.compose_page(user, 10)
        items = [placed.item for placed in page.items]
        assert not np.isin(items, model.met(user)).any()
        assert len(set(items)) == len(items)
        ads = np.isin(items, ADS)
        assert all(ads[start : start + 4].sum() <= 1 for start in range(len(ads)))
        kinds |= {LOG.item_table.kind_of(item) for item in items}
        low = model.score_block(AD, [user], ADS)[0] == 0
        assert not np.isin(items, ADS[low]).any()
    assert kinds == {"product", "ad"}


def test_without_rules_kinds_share_the_page_as_they_share_the_candidates(
    plain: RuleBlend,
) -> None:
    page = plain.compose_page(3, N_PRODUCTS + N_ADS)
    is_ad = np.array([placed.item in ADS for placed in page.items])
    for n in (8, 16, len(is_ad)):
        assert is_ad[:n].sum() == pytest.approx(n * is_ad.mean(), abs=1)


def test_the_page_says_where_a_kind_cannot_be_scored() -> None:
    model = fitted(tasks=(BUY, AD))
    page = model.compose_page(NEVER_BOUGHT, 5)
    (remark,) = page.remarks
    assert remark.values == {"kind": "product", "tasks": "“buy”"}
    assert all(placed.item in ADS for placed in page.items)


def test_a_power_of_zero_keeps_a_task_off_the_page() -> None:
    muted = fitted(powers={"click": 0.0, "stars": 0.0})
    page = muted.compose_page(2, 60)
    products = [placed.item for placed in page.items if placed.item in PRODUCTS]
    assert products == muted.recommend(BUY, 2, 60).items.tolist()


def test_the_page_of_an_unknown_user_or_before_the_fit_is_an_error(plain: RuleBlend) -> None:
    with pytest.raises(UnknownUserError):
        plain.compose_page(N_USERS)
    with pytest.raises(NotFittedError):
        RuleBlend().compose_page(0)


@pytest.mark.parametrize("method", BlendMethod)
def test_explanations_name_the_tasks_and_the_rules(method: BlendMethod) -> None:
    model = fitted(
        BoostBoughtCategory(task="buy", factor=1.5), powers={"click": 0.5}, method=method
    )
    touched = 0
    for item in PRODUCTS:
        told = model.explain(BUY, 5, int(item))
        parts = {part.task: part.amount for part in told.contributions if part.message is None}
        assert parts.keys() == {"buy", "click"}
        assert told.additive
        score = model.predict(BUY, [5], [item])[0]
        expected = np.log(score) if method is BlendMethod.PRODUCT else score
        assert told.score == pytest.approx(expected)
        assert sum(part.amount for part in told.contributions) == pytest.approx(expected)
        rules = [part for part in told.contributions if part.evidence is EvidenceKind.RULE]
        touched += len(rules)
        for part in rules:
            assert "Rule 1 multiplies its score by 1.5" in str(part.message)
    assert 0 < touched < N_PRODUCTS


def test_the_sentence_says_where_the_task_and_the_blend_put_an_item() -> None:
    model = fitted(powers={"click": 0.5})
    best_alone = int(np.argmax(of_als(BUY, PRODUCTS)[5]))
    sentence = str(model.explain(BUY, 5, best_alone).sentence)
    assert sentence.startswith("“buy” puts it at place 1 of 40 items of kind “product”; blended")
    block = model.score_block(BUY, [5], PRODUCTS)[0]
    best_blended = int(np.argmax(block))
    assert str(model.explain(BUY, 5, best_blended).sentence).endswith("comes to place 1.")
    assert "cannot score it" in str(model.explain(BUY, NEVER_BOUGHT, 0).sentence)


def test_a_dropped_item_is_explained_by_its_rule() -> None:
    model = fitted(DropBelow(limit=0.4))
    worst = int(ADS[np.argmin(of_als(AD, ADS)[5])])
    told = model.explain(AD, 5, worst)
    assert str(told.sentence).startswith("Rule 1 drops it: its score for “ad click” is among")
    assert told.score == 0
    assert not told.additive


def test_the_base_is_one_that_exists() -> None:
    with pytest.raises(ConfigError, match="base"):
        RuleBlend.from_values({"base": "horoscope"})


def test_its_rules_come_from_json() -> None:
    values = {"rules": {"powers": {"click": 0.5}, "rules": [{"rule": "quota", "at_most": 2}]}}
    made = RuleBlend.from_values(values)
    assert made.config.rules.rules == (Quota(at_most=2),)
    with pytest.raises(ConfigError, match="rules"):
        RuleBlend.from_values({"rules": {"rules": [{"rule": "drop_below", "limit": 7}]}})


@pytest.mark.parametrize("base", ["als", "shared_factors"])
def test_a_restored_model_composes_the_same_pages(base: str) -> None:
    values = {
        "base": base,
        "rules": {"powers": {"click": 0.5}, "rules": [{"rule": "quota"}]},
    }
    model = RuleBlend.from_values(values).fit(LOG, TASKS, rng=np.random.default_rng(3))
    assert {name.split(".")[0] for name in model.state().arrays} == (
        {"als", "svd"} if base == "als" else {"shared_factors"}
    )
    restored = RuleBlend.from_values(values).restore(LOG, TASKS, model.state())
    for user in (0, 1, NEVER_BOUGHT):
        assert restored.compose_page(user) == model.compose_page(user)
    for task in TASKS:
        assert_array_equal(
            restored.score_block(task, USERS, PRODUCTS), model.score_block(task, USERS, PRODUCTS)
        )


def test_a_restored_model_keeps_the_parameters_of_its_base(plain: RuleBlend) -> None:
    state = plain.state()
    kept = {**state.values["als"], "config": {**state.values["als"]["config"], "alpha": 3.5}}
    changed = ModelState(state.arrays, {**state.values, "als": kept})
    restored = RuleBlend(plain.config).restore(LOG, TASKS, changed)
    assert restored.state().values["als"]["config"]["alpha"] == 3.5


def test_one_joint_model_may_learn_all_tasks() -> None:
    values = {"base": "shared_factors"}
    model = RuleBlend.from_values(values).fit(LOG, TASKS, rng=np.random.default_rng(3))
    joint = find_model("shared_factors")().fit(LOG, TASKS, rng=np.random.default_rng(3))
    for task, items in ((BUY, PRODUCTS), (AD, ADS)):
        expected = shares(joint.score_block(task, USERS, items))
        assert_allclose(model.score_block(task, USERS, items), expected)

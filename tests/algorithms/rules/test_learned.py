from dataclasses import replace

import numpy as np
import pytest

from algorithms.rules.conditions import Field, Fields, Scope, ValueType
from algorithms.rules.learned import Observed, _auc, propose_rules

KIND = Field(Scope.ITEM, "category", ValueType.TEXT)
PRICE = Field(Scope.ITEM, "price", ValueType.NUMBER)
STOCK = Field(Scope.ITEM, "in stock", ValueType.TRUTH)
AGE = Field(Scope.USER, "age", ValueType.NUMBER)
FIELDS = Fields((KIND, PRICE, STOCK, AGE))
N = 4_000


@pytest.fixture
def plain() -> Observed:
    """Successes follow the score, and nothing else."""
    rng = np.random.default_rng(0)
    standings = rng.random(N)
    return Observed(
        "purchase",
        rng.random(N) < 0.1 + 0.4 * standings,
        standings,
        {
            KIND: rng.choice(["Garden", "Music", "Toys", ""], N),
            PRICE: np.where(rng.random(N) < 0.1, np.nan, rng.random(N) * 100),
            STOCK: rng.random(N) < 0.5,
            AGE: rng.integers(10, 80, N),
        },
    )


def planted(plain: Observed, where: np.ndarray, rate: float) -> Observed:
    hit = np.random.default_rng(1).random(N) < rate
    return replace(plain, outcomes=np.where(where, hit, plain.outcomes))


def test_where_the_score_says_all_nothing_is_proposed(plain: Observed) -> None:
    assert propose_rules(plain, FIELDS) == ()


def test_a_planted_category_is_found_and_told(plain: Observed) -> None:
    where = plain.columns[KIND] == "Toys"
    (found,) = propose_rules(planted(plain, where, 0.7), FIELDS)
    assert found.rule.condition == 'item.category == "Toys"'
    assert found.rule.factor > 1
    assert str(found.sentence).startswith('With item.category == "Toys", ')
    assert "successes in “purchase”" in str(found.sentence)
    assert found.sentence.values["n"] == where.sum()
    assert found.sentence.values["seen"] > found.sentence.values["expected"]


def test_what_succeeds_less_is_lowered(plain: Observed) -> None:
    (found,) = propose_rules(planted(plain, ~plain.columns[STOCK], 0.02), FIELDS)
    assert found.rule.condition in ('not item["in stock"]', 'item["in stock"]')
    assert (found.rule.factor < 1) is found.rule.condition.startswith("not")


def test_two_tests_are_joined_where_both_matter(plain: Observed) -> None:
    where = (plain.columns[KIND] == "Music") & (plain.columns[AGE] <= 27)
    (found,) = propose_rules(planted(plain, where, 0.9), FIELDS, 1)
    assert found.rule.condition.count(" and ") == 1
    assert 'item.category == "Music"' in found.rule.condition
    assert "user.age <= " in found.rule.condition


def test_a_second_rule_is_of_what_the_first_left(plain: Observed) -> None:
    both = planted(plain, plain.columns[KIND] == "Toys", 0.8)
    both = planted(both, plain.columns[KIND] == "Music", 0.0)
    found = propose_rules(both, FIELDS, 2)
    assert {proposal.rule.condition for proposal in found} == {
        'item.category == "Toys"',
        'item.category == "Music"',
    }


def test_rules_order_the_events_better(plain: Observed) -> None:
    events = planted(plain, plain.columns[PRICE] > 75, 0.9)
    (found,) = propose_rules(events, FIELDS, 1)
    holds = plain.columns[PRICE] > float(found.rule.condition.split()[-1])
    after = np.where(holds, found.rule.factor * events.standings, events.standings)
    assert _auc(after, events.outcomes) > _auc(events.standings, events.outcomes) + 0.05


def test_the_area_under_the_curve_by_hand() -> None:
    values = np.array([0.1, 0.4, 0.4, 0.9])
    outcomes = np.array([False, True, False, True])
    assert _auc(values, outcomes) == pytest.approx((1 + 0.5 + 1 + 1) / 4)


def test_names_that_no_condition_can_hold_are_passed_over(plain: Observed) -> None:
    odd = np.where(plain.columns[KIND] == "Toys", "To\\ys", "other")
    events = planted(replace(plain, columns={KIND: odd}), plain.columns[KIND] == "Toys", 0.8)
    for proposal in propose_rules(events, FIELDS):
        assert "\\" not in proposal.rule.condition


@pytest.mark.parametrize("outcome", [True, False])
def test_without_successes_or_failures_there_is_nothing_to_learn(
    plain: Observed, outcome: bool
) -> None:
    assert propose_rules(replace(plain, outcomes=np.full(N, outcome)), FIELDS) == ()


def test_few_events_or_none_are_not_enough(plain: Observed) -> None:
    few = Observed(
        "purchase",
        plain.outcomes[:60],
        plain.standings[:60],
        {field: values[:60] for field, values in plain.columns.items()},
    )
    assert propose_rules(few, FIELDS) == ()
    assert propose_rules(replace(plain, standings=np.full(N, np.nan)), FIELDS) == ()

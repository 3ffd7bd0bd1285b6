import pytest
from pydantic import ValidationError

from algorithms.rules import (
    RULE_CLASSES,
    BlendMethod,
    Boost,
    BoostBoughtCategory,
    DropBelow,
    Quota,
    RuleSet,
    describe,
    rename_task,
)

EVERY_RULE = RuleSet(
    method=BlendMethod.SUM,
    powers={"click": 0.5},
    rules=(DropBelow(limit=0.1), BoostBoughtCategory(enabled=False), Quota(in_places=3)),
)


def test_a_rule_set_survives_json_with_its_kinds_of_rules_and_their_order() -> None:
    again = RuleSet.model_validate_json(EVERY_RULE.model_dump_json())
    assert again == EVERY_RULE
    assert [type(rule) for rule in again.rules] == [DropBelow, BoostBoughtCategory, Quota]


@pytest.mark.parametrize(
    "values",
    [
        {"powers": {"click": -0.5}},  # would rank by what a user dislikes
        {"powers": {"click": float("nan")}},
        {"rules": [{"rule": "drop_below", "limit": 1.5}]},
        {"rules": [{"rule": "boost_category", "factor": 0.0}]},
        {"rules": [{"rule": "quota", "in_places": 0}]},
        {"rules": [{"rule": "pine"}]},
        {"rules": [{"rule": "quota", "limit": 1}]},
        {"method": "maximum"},
    ],
)
def test_what_makes_no_sense_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RuleSet.model_validate(values)


def test_rule_sets_of_before_are_read_as_they_were() -> None:
    stored = {
        "name": "House rules",
        "method": "product",
        "powers": {"click": 0.5},
        "rules": [
            {"enabled": True, "rule": "drop_below", "item_kind": "ad", "task": "x", "limit": 0.2},
            {"enabled": False, "rule": "boost_category", "task": "purchase", "factor": 1.02},
            {"enabled": True, "rule": "quota", "item_kind": "ad", "at_most": 1, "in_places": 5},
        ],
    }
    assert RuleSet.model_validate(stored).rules == (
        DropBelow(item_kind="ad", task="x", limit=0.2),
        BoostBoughtCategory(enabled=False),
        Quota(),
    )


def test_every_kind_of_rule_is_offered_and_says_what_it_does() -> None:
    offered = RuleSet(rules=tuple(made() for made in RULE_CLASSES.values()))
    assert RuleSet.model_validate_json(offered.model_dump_json()) == offered
    said = [str(describe(rule)) for rule in offered.rules]
    assert len(set(said)) == len(RULE_CLASSES) == 17
    assert not any("{" in sentence for sentence in said)


def test_a_task_that_is_renamed_is_renamed_in_rules_and_conditions() -> None:
    rule_set = RuleSet(
        powers={"click": 0.5, "buy": 1.0},
        rules=(
            DropBelow(task="click"),
            Boost(condition="score['click'] > share[\"click\"] and item.title == 'click'"),
            Boost(condition="score['click' >"),
            Quota(),
        ),
    )
    renamed = rename_task(rule_set, "click", 'a "click"')
    assert list(renamed.powers) == ['a "click"', "buy"]
    first, second, third, fourth = renamed.rules
    assert isinstance(first, DropBelow)
    assert first.task == 'a "click"'
    assert isinstance(second, Boost)
    assert second.condition == (
        "score['a \"click\"'] > share['a \"click\"'] and item.title == 'click'"
    )
    assert (third, fourth) == rule_set.rules[2:]

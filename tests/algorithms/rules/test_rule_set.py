import pytest
from pydantic import ValidationError

from algorithms.rules import BlendMethod, BoostBoughtCategory, DropBelow, Quota, RuleSet

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

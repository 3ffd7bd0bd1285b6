import pytest

from algorithms.rules import BoostBoughtCategory, DropBelow, Quota, Rule, RuleSet, check_rules
from algorithms.rules.checks import usable_rules
from algorithms.tasks import Task

KINDS = ("product", "ad")


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (DropBelow(task="ad clicks"), "no task “ad clicks”; there are ad click, click, purchase"),
        (DropBelow(item_kind="person"), "no item is of kind “person”; there are ad, product"),
        (DropBelow(item_kind="ad", task="click"), "“click” ranks items of kind “product”"),
        (BoostBoughtCategory(task="follow"), "no task “follow”"),
        (Quota(item_kind="route"), "no item is of kind “route”"),
    ],
)
def test_a_rule_that_names_what_is_not_there_is_skipped_and_says_so(
    rule: Rule, says: str, tasks: tuple[Task, ...]
) -> None:
    rule_set = RuleSet(rules=(Quota(), rule, DropBelow()))
    (message,) = check_rules(rule_set, tasks, KINDS)
    assert str(message).startswith("Rule 2 is skipped: ")
    assert says in str(message)
    assert [usable.number for usable in usable_rules(rule_set, tasks, KINDS)] == [1, 3]


def test_a_power_of_an_unknown_task_is_told(tasks: tuple[Task, ...]) -> None:
    (message,) = check_rules(RuleSet(powers={"click": 1.0, "like": 0.5}), tasks, KINDS)
    assert "“like”" in str(message)


def test_a_rule_that_is_switched_off_does_nothing_and_says_nothing(
    tasks: tuple[Task, ...],
) -> None:
    rule_set = RuleSet(rules=(DropBelow(task="nonsense", enabled=False), Quota(enabled=False)))
    assert check_rules(rule_set, tasks, KINDS) == []
    assert usable_rules(rule_set, tasks, KINDS) == []


def test_all_is_well_where_everything_is_there(tasks: tuple[Task, ...]) -> None:
    rule_set = RuleSet(powers={"click": 0.5}, rules=(DropBelow(), BoostBoughtCategory(), Quota()))
    assert check_rules(rule_set, tasks, KINDS) == []
    assert len(usable_rules(rule_set, tasks, KINDS)) == 3


def test_without_tasks_and_kinds_every_rule_is_skipped() -> None:
    rule_set = RuleSet(rules=(DropBelow(), BoostBoughtCategory(), Quota()))
    said = [str(message) for message in check_rules(rule_set, (), ())]
    assert len(said) == 3
    assert all("there are none" in sentence for sentence in said)

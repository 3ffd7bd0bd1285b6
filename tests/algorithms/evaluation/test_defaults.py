"""The first experiment for any tasks."""

import pytest

from algorithms.evaluation import default_experiment, default_rules
from algorithms.models.catalog import MODELS
from algorithms.rules.rule_set import BoostBoughtCategory, DropBelow, Quota
from algorithms.tasks import Task, TaskKind


@pytest.fixture
def shop(log, tasks):
    """Return a log with purchases, rarer than clicks, and the tasks of a shop."""
    click = log.label("click")
    log = log.with_labels(purchase=click * (log.users % 3 == 0))
    purchase = Task(
        name="purchase", kind=TaskKind.BINARY, label="purchase", item_kind="product", parent="click"
    )
    return log, [tasks["click"], purchase, tasks["rating"], tasks["ad click"]]


def test_rules_for_a_shop(shop):
    rules = default_rules(*shop)
    assert rules.powers == {"click": 0.5}  # the frequent task backs the rare one
    assert [type(rule) for rule in rules.rules] == [DropBelow, BoostBoughtCategory, Quota]
    assert rules.rules[0].task == "ad click"
    assert rules.rules[1].task == "purchase"
    assert (rules.rules[2].item_kind, rules.rules[2].at_most, rules.rules[2].in_places) == (
        "ad",
        1,
        5,
    )


def test_rules_name_only_tasks_and_kinds_that_are_there(log, tasks):
    assert default_rules(log, [tasks["click"], tasks["rating"]]).rules == ()
    assert default_rules(log, [tasks["click"], tasks["rating"]]).powers == {}
    only_ads = default_rules(log, [tasks["ad click"]])
    assert [type(rule) for rule in only_ads.rules] == [DropBelow]
    off = tasks["ad click"].model_copy(update={"enabled": False})
    assert default_rules(log, [tasks["click"], off]).rules == ()


def test_every_model_is_there_and_those_that_make_sense_are_ticked(shop):
    experiment = default_experiment(*shop)
    ticked = {choice.model: choice.enabled for choice in experiment.models}
    assert list(ticked) == list(MODELS)
    for key in ("popularity", "bias", "svd", "als"):
        assert ticked[key]
    assert not ticked["known"]  # not one of those that a lesson begins with
    assert {spec.model for spec in experiment.run_specs()} == {k for k, on in ticked.items() if on}


def test_a_library_model_needs_a_task_that_suits_it(log, tasks):
    ticked = {c.model: c.enabled for c in default_experiment(log, [tasks["rating"]]).models}
    assert ticked["svd"]
    assert not ticked["als"]
    ticked = {c.model: c.enabled for c in default_experiment(log, [tasks["click"]]).models}
    assert not ticked["svd"]
    assert ticked["als"]


def test_sharing_needs_two_tasks_and_rules_something_to_do(log, tasks, shop, monkeypatch):
    monkeypatch.setattr("algorithms.evaluation.defaults._FIRST", ("together", "ruled"))

    def ticked(log, chosen):
        experiment = default_experiment(log, chosen)
        return {choice.model for choice in experiment.models if choice.enabled}

    assert ticked(*shop) == {"together", "ruled"}
    assert ticked(log, [tasks["click"]]) == set()
    assert ticked(log, [tasks["click"], tasks["rating"]]) == {"together"}


def test_specs_carry_the_experiment(shop):
    experiment = default_experiment(*shop).model_copy(update={"seeds": (1, 2), "k": 7})
    specs = experiment.run_specs()
    n_ticked = sum(choice.enabled for choice in experiment.models)
    assert len(specs) == 2 * n_ticked
    assert {spec.seed for spec in specs} == {1, 2}
    assert all(spec.rules == experiment.rules and spec.k == 7 for spec in specs)

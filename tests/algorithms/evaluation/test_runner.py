"""One run: the same split for all, nothing learned from the test, the same numbers again."""

import json
import sys

import numpy as np
import pytest

from algorithms.data import SplitConfig
from algorithms.errors import ConfigError, NoTasksError, TaskError, UnknownModelError
from algorithms.evaluation import RunResult, RunSpec, all_columns, run, runner, split_of
from algorithms.evaluation.memory import peak_bytes
from algorithms.models.base import Recommender
from algorithms.progress import Stage
from algorithms.rules.rule_set import Quota, RuleSet
from algorithms.tasks import Task, TaskKind


@pytest.fixture
def spec(tasks):
    def make(model="known", **changes):
        values = {"seed": 1, "tasks": tuple(tasks.values()), "split": SplitConfig(), **changes}
        return RunSpec(model=model, **values)

    return make


def values_of(result):
    """Return the numbers by task and metric, NaN as text, so that it equals itself."""
    return {(m.task, m.key): str((m.value, m.low, m.high)) for m in result.metrics}


def test_every_task_gets_every_metric_that_applies(spec, log):
    result = run(spec(), log)
    expected = {(column.task, column.key) for column in all_columns(spec().tasks)}
    assert {(m.task, m.key) for m in result.metrics} == expected
    assert {("click", "auc"), ("rating", "rmse"), ("minutes", "mae")} <= expected
    assert result.tasks == ("click", "rating", "minutes", "ad click")
    assert list(result.lists) == list(result.tasks)
    assert result.metric("click", "ndcg@10").value > 0.5  # the fake knows the taste


def test_same_spec_same_numbers(spec, log):
    once, again = run(spec(), log), run(spec(), log)
    assert values_of(once) == values_of(again)
    assert all(
        np.array_equal(once.lists[task].items, again.lists[task].items) for task in once.tasks
    )
    assert values_of(run(spec(seed=2), log)) != values_of(once)


def test_all_models_of_a_seed_meet_the_same_split_and_never_the_test(spec, log, known_models):
    run(spec("alone"), log)
    run(spec("together", config={"noise": 1.0}), log)
    (first, first_validation, _, draw), (second, second_validation, _, other) = known_models
    assert np.array_equal(first.users, second.users)
    assert np.array_equal(first.items, second.items)
    assert np.array_equal(first_validation.items, second_validation.items)
    assert draw == other
    split = split_of(spec(), log)
    assert np.array_equal(split.train.items, first.items)
    pairs = [set(zip(p.users.tolist(), p.items.tolist(), strict=True)) for p in (first, split.test)]
    assert not pairs[0] & pairs[1]  # a pair occurs once in this log
    assert len(first) + len(first_validation) + len(split.test) == len(log)


def test_only_the_tasks_that_a_model_serves_and_that_are_switched_on(
    spec, log, tasks, known_models
):
    assert run(spec("stars"), log).tasks == ("rating",)
    off = tasks["click"].model_copy(update={"enabled": False})
    result = run(spec(tasks=(off, tasks["rating"])), log)
    assert result.tasks == ("rating",)
    assert [task.name for task in known_models[-1][2]] == ["rating"]


def test_rules_reach_the_models_that_follow_them(spec, log):
    rules = RuleSet(name="Mine", rules=(Quota(at_most=2),))
    assert run(spec("ruled", rules=rules), log).config["rules"]["rules"][0]["at_most"] == 2
    own = {"rules": {"name": "Own"}}
    assert run(spec("ruled", rules=rules, config=own), log).config["rules"]["name"] == "Own"
    assert "rules" not in run(spec(), log).config


def test_rules_that_could_not_be_followed_are_among_the_notes(spec, log):
    rules = RuleSet(powers={"share": 1.0}, rules=(Quota(), Quota(item_kind="film")))
    skipped = [str(note) for note in run(spec("rule_blend", rules=rules), log).notes[:2]]
    assert skipped[0].startswith("The power of “share” is skipped: there is no such task")
    assert skipped[1].startswith("Rule 2 is skipped: no item is of kind “film”")
    followed = run(spec("rule_blend", rules=RuleSet(rules=(Quota(),))), log)
    assert not any("skipped" in str(note) for note in followed.notes)


def test_lists_are_kept_for_every_test_user_and_at_least_ten_long(spec, log):
    result = run(spec(k=3), log)
    assert {m.k for m in result.metrics} == {None, 3}
    test_users = np.unique(split_of(spec(), log).test.users)
    for lists in result.lists.values():
        assert lists.items.shape == (len(test_users), 10)
        assert np.array_equal(lists.users, test_users)
    assert run(spec(k=15), log).lists["click"].items.shape[1] == 15


def test_progress_only_moves_forward_and_ends(spec, log):
    told = []
    run(spec(), log, lambda fraction, stage: told.append((fraction, stage)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] == 1
    seen = {stage for _, stage in told}
    assert seen == {Stage.SPLIT, Stage.FIT, Stage.PREDICT, Stage.RANK, Stage.MEASURE}


def test_a_progress_that_raises_stops_the_run(spec, log):
    class StoppedError(Exception):
        pass

    def stop(fraction, stage):
        if stage is Stage.RANK:
            raise StoppedError

    with pytest.raises(StoppedError):
        run(spec(), log, stop)


def test_a_result_survives_a_process_border(spec, log):
    result = run(spec("stars"), log)
    manifest, arrays = result.to_parts()
    back = RunResult.from_parts(json.loads(json.dumps(manifest)), arrays)
    assert values_of(back) == values_of(result)
    assert [str(note) for note in back.notes] == [str(note) for note in result.notes]
    assert back.cost == result.cost
    for there, here in zip(back.metrics, result.metrics, strict=True):
        assert np.array_equal(there.per_user, here.per_user, equal_nan=True)
        if here.weights is None:
            assert there.weights is None
        else:
            assert np.array_equal(there.weights, here.weights)
    assert np.array_equal(back.state.arrays["scores"], result.state.arrays["scores"])


def test_a_spec_survives_json(spec):
    one = spec("ruled", rules=RuleSet(rules=(Quota(),)), config={"noise": 2.0})
    assert RunSpec.model_validate_json(one.model_dump_json()) == one


def test_costs_are_measured(spec, log):
    cost = run(spec(), log).cost
    assert cost.fit_seconds > 0
    assert cost.predict_seconds > 0
    assert cost.n_parameters == log.n_users * log.n_items
    assert cost.bytes_stored == 8 * cost.n_parameters


def test_what_a_model_must_load_first_is_no_part_of_its_cost(spec, log, monkeypatch):
    now = [0.0]

    def takes(seconds, then):
        def step(*arguments, **named):
            now[0] += seconds
            return then(*arguments, **named)

        return step

    monkeypatch.setattr(runner, "perf_counter", lambda: now[0])
    monkeypatch.setattr(Recommender, "prepare", takes(100.0, Recommender.prepare))
    monkeypatch.setattr(Recommender, "fit", takes(2.0, Recommender.fit))
    cost = run(spec(), log).cost
    assert (cost.fit_seconds, now[0]) == (2.0, 102.0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell")
def test_the_peak_of_memory_is_in_bytes():
    before = peak_bytes()
    block = np.ones(before // 8 + 5_000_000)  # larger than all that was ever resident
    assert 1.5 * before < peak_bytes() < 10 * before
    assert block.nbytes > before


def test_a_negative_seed_is_refused(spec):
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        spec(seed=-1)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"model": "nonsense"}, UnknownModelError, "No model “nonsense”"),
        ({"config": {"noise": -1}}, ConfigError, "“noise”: expected .* found -1"),
        ({"config": {"nose": 1}}, ConfigError, "nose"),
        ({"tasks": ()}, NoTasksError, "Known was given no task"),
    ],
)
def test_what_cannot_be_run_says_why(spec, log, changes, error, words):
    with pytest.raises(error, match=words):
        run(spec(**changes), log)


def test_an_impossible_task_says_why(spec, log):
    wrong = Task(name="share", kind=TaskKind.BINARY, label="shared", item_kind="product")
    with pytest.raises(TaskError, match="needs the label “shared”"):
        run(spec(tasks=(wrong,)), log)


def test_a_task_without_a_training_event_says_why(spec, make_log):
    rng = np.random.default_rng(0)
    n = 300
    lonely = np.full(n, np.nan)
    lonely[5] = 1.0
    clicks = rng.integers(0, 2, n)
    log = make_log(
        rng.integers(0, 9, n), rng.integers(0, 6, n), {"click": clicks, "b": lonely}, 9, 6
    )
    task = Task(name="b", kind=TaskKind.BINARY, label="b", item_kind="product")
    refused = 0
    for seed in range(20):  # in some splits the one event is not for training
        one = spec(seed=seed, tasks=(task,))
        if task.events(split_of(one, log).train).any():
            continue
        with pytest.raises(TaskError, match="no event in the training part"):
            run(one, log)
        refused += 1
    assert refused

"""The linter: each planted fault is caught, each has its why and what to do, the clean is quiet."""

import dataclasses

import numpy as np
import pytest

from algorithms.data.split import Split, SplitConfig, SplitMethod, make_split
from algorithms.evaluation import Experiment, ModelChoice
from algorithms.evaluation.linter import Judged, Rule, future_of, judged_here, lint
from algorithms.evaluation.split_linter import lint_split, n_shared

RANDOM = SplitConfig()
CLEAN = Judged("A", (1, 2), RANDOM, ("click",), 10, model="a")


def beside(**changes):
    """Return a clean result and another with something else about it."""
    return [CLEAN, dataclasses.replace(CLEAN, **{"title": "B", "model": "b", **changes})]


def rules(findings):
    return [each.rule for each in findings]


def sound(findings):
    """Check that every finding says what, why and what to do in whole sentences."""
    for each in findings:
        for sentence in (str(each.what), str(each.why), str(each.remedy)):
            assert sentence.endswith((".", ")."))
            assert "{" not in sentence
    return findings


@pytest.fixture
def split(log):
    return make_split(log, RANDOM, np.random.default_rng(1))


# --- how results were judged ---------------------------------------------------------------------


def test_a_clean_comparison_gives_none():
    assert lint(beside()) == ()
    assert lint([]) == ()


@pytest.mark.parametrize(
    ("fault", "rule", "words"),
    [
        ({"n_sampled": 99}, Rule.SAMPLED, "99 sampled candidates"),
        ({"seeds": None}, Rule.UNSEEDED, "without a seed"),
        ({"seeds": ()}, Rule.UNSEEDED, "without a seed"),
        ({"split": SplitConfig(test_fraction=0.3)}, Rule.DIFFERENT, "different splits"),
        ({"split": None}, Rule.DIFFERENT, "different splits"),
        ({"seeds": (1, 3)}, Rule.DIFFERENT, "1, 3 against 1, 2"),
        ({"tasks": ("click", "buy")}, Rule.DIFFERENT, "defined differently"),
        ({"k": 20}, Rule.DIFFERENT, "20 against 10"),
    ],
)
def test_each_planted_fault_is_caught_alone(fault, rule, words):
    found = sound(lint(beside(**fault)))
    assert rules(found) == [rule]
    assert words in str(found[0].what)
    assert "B" in str(found[0].what)


def test_sampling_everywhere_is_said_differently():
    both = [
        dataclasses.replace(each, n_sampled=n) for each, n in zip(beside(), (99, 50), strict=True)
    ]
    found = sound(lint(both))
    assert str(found[0].what) == "Every list was drawn from 50, 99 sampled candidates."


@pytest.mark.parametrize("method", SplitMethod)
def test_a_split_that_does_not_heed_times(log, method):
    config = SplitConfig(method=method)
    timed = dataclasses.replace(log, timestamps=np.arange(len(log), dtype=np.int64))
    heedless = (SplitMethod.RANDOM, SplitMethod.LEAVE_K_OUT, SplitMethod.K_FOLD)
    assert rules(sound(future_of(config, timed))) == ([Rule.FUTURE] if method in heedless else [])
    assert future_of(config, log) == ()


@pytest.mark.parametrize("method", [SplitMethod.TEMPORAL, SplitMethod.LEAVE_LAST_OUT])
def test_what_draws_nothing_needs_no_seed(method):
    judged = [
        dataclasses.replace(each, split=SplitConfig(method=method), seeds=None) for each in beside()
    ]
    assert lint(judged) == ()


def test_many_settings_of_one_model_are_a_choice_on_the_test():
    def settings(n):
        return [dataclasses.replace(CLEAN, settings={"n_factors": 8 * i}) for i in range(n)]

    assert lint(settings(2)) == ()
    found = sound(lint(settings(3)))
    assert rules(found) == [Rule.TUNED_ON_TEST]
    assert str(found[0].what).startswith("3 settings of A")


def test_the_labs_own_runs(make_result, tasks):
    experiment = Experiment(
        tasks=tuple(tasks.values()), models=(ModelChoice(model="known"),), seeds=(1, 2)
    )
    results = [make_result(model, seed=s) for model in ("known", "alone") for s in (1, 2)]
    judged = judged_here(experiment, results, str.upper)
    assert [(each.title, each.seeds) for each in judged] == [("KNOWN", (1, 2)), ("ALONE", (1, 2))]
    assert lint(judged) == ()
    found = sound(lint(judged_here(experiment, results[:3], str.upper)))
    assert rules(found) == [Rule.DIFFERENT]
    assert str(found[0].what) == "ALONE and KNOWN were run with different seeds (1 against 1, 2)."


# --- the split itself ----------------------------------------------------------------------------


def test_a_clean_split_gives_none(split, tasks):
    assert lint_split(split, list(tasks.values()), k=1) == ()


@pytest.mark.parametrize(
    ("part", "rule"), [("train", Rule.OVERLAP), ("validation", Rule.TUNED_ON_TEST)]
)
@pytest.mark.parametrize("with_times", [True, False])
def test_events_in_two_parts(log, tasks, part, rule, with_times):
    if with_times:
        log = dataclasses.replace(log, timestamps=np.arange(len(log), dtype=np.int64))
    code = np.repeat([0, 1, 2], [len(log) - 80, 40, 40])
    parts = [log.select(code == n) for n in range(3)]
    shared = code == 2
    shared[-30:] = False  # ten test events are planted
    planted = log.select((code == (0 if part == "train" else 1)) | shared)
    parts[0 if part == "train" else 1] = planted
    found = sound(lint_split(Split(*parts), list(tasks.values()), k=1))
    assert rules(found) == [rule]
    assert str(found[0].what).startswith("10 of 40 test events")


def test_the_same_pair_at_another_time_is_another_event(make_log):
    log = make_log([0, 0], [1, 1], {"click": [1, 1]}, 1, 2)
    assert n_shared(log.select(np.array([0])), log.select(np.array([1]))) == 1
    log = dataclasses.replace(log, timestamps=np.array([5, 6]))
    assert n_shared(log.select(np.array([0])), log.select(np.array([1]))) == 0


@pytest.mark.parametrize("aggregate", ["events", "sum", "mean"])
@pytest.mark.parametrize("only_training", [False, True])
def test_features_that_were_computed_from_the_test(log, split, tasks, aggregate, only_training):
    source = split.train if only_training else log
    clicks, seen = np.nan_to_num(source.label("click")), np.isfinite(source.label("click"))
    n_events = np.bincount(source.items, minlength=log.n_items)
    total = np.bincount(source.items, clicks, minlength=log.n_items)
    n_seen = np.bincount(source.items[seen], minlength=log.n_items)
    with np.errstate(invalid="ignore"):
        feature = {"events": n_events, "sum": total, "mean": total / n_seen}[aggregate]
    table = dataclasses.replace(log.item_table, features={"popularity": feature.astype(np.float32)})
    parts = [
        dataclasses.replace(part, item_table=table)
        for part in (split.train, split.validation, split.test)
    ]
    found = sound(lint_split(Split(*parts), list(tasks.values()), k=1))
    assert rules(found) == ([] if only_training else [Rule.FUTURE])
    if found:
        assert "“popularity” is the" in str(found[0].what)


def test_features_that_are_nothing_of_the_kind(log, split, tasks):
    table = dataclasses.replace(
        log.item_table,
        features={
            "price": np.random.default_rng(0).random(log.n_items),
            "year": np.arange(log.n_items),
            "colour": np.array(["red", "blue"] * (log.n_items // 2)),
            "constant": np.ones(log.n_items),
        },
    )
    parts = [
        dataclasses.replace(part, item_table=table)
        for part in (split.train, split.validation, split.test)
    ]
    assert lint_split(Split(*parts), list(tasks.values()), k=1) == ()


def test_k_beyond_the_candidates(split, tasks):
    found = sound(lint_split(split, [tasks["ad click"]], k=10))
    assert rules(found) == [Rule.K_TOO_LARGE]
    left = [
        10
        - len(
            {
                int(item)
                for part in (split.train, split.validation)
                for item in part.items[part.users == user]
                if item >= 20
            }
        )
        for user in np.unique(split.test.users)
    ]
    expected = sum(n < 10 for n in left), len(left), min(left)
    values = found[0].what.values
    assert (values["n"], values["n_all"], values["least"]) == expected

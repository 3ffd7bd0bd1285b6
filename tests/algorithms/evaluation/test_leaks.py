"""The leak doctor: planted leaks are found and named, honest data is left in peace."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from algorithms.data import IdMap, InteractionLog, ItemTable, SplitConfig, UserTable
from algorithms.data.split import SplitMethod
from algorithms.evaluation import leaks
from algorithms.evaluation.leaks import LeakReport, Severity, examine
from algorithms.tasks import Task, TaskKind
from algorithms.tasks.proposals import propose
from sample_data import load_world, world_tasks

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="film")
STARS = Task(name="stars", kind=TaskKind.RATING, label="stars", item_kind="film", relevant_from=4)
N, N_USERS, N_ITEMS = 4_000, 100, 50
NOW = 2_000_000_000


def make_log(labels=None, times=True, user_features=None, item_features=None, **context):
    rng = np.random.default_rng(5)
    ids = np.array([f"i{i}" for i in range(N_ITEMS)])
    labels = {"click": clicks()} if labels is None else labels
    return InteractionLog(
        name="drawn",
        users=rng.integers(0, N_USERS, N).astype(np.int32),
        items=rng.integers(0, N_ITEMS, N).astype(np.int32),
        labels={name: np.asarray(column, np.float32) for name, column in labels.items()},
        user_table=UserTable(
            IdMap(np.array([f"u{u}" for u in range(N_USERS)])), user_features or {}
        ),
        item_table=ItemTable(
            IdMap(ids),
            ids,
            ("film",),
            np.zeros(N_ITEMS, np.int16),
            np.full(N_ITEMS, ""),
            item_features or {},
        ),
        timestamps=np.arange(N) if times else None,
        context=context,
    )


def clicks():
    return np.random.default_rng(6).integers(0, 2, N).astype(np.float32)


def noise(seed=7):
    return np.random.default_rng(seed).normal(size=N).astype(np.float32)


def look(log, tasks=(CLICK,), **more) -> LeakReport:
    return examine(log, tasks, now=NOW, **more)


def found(log, tasks=(CLICK,), **more):
    return [(f.severity, f.column, f.task) for f in look(log, tasks, **more).findings]


# --- columns --------------------------------------------------------------------------------------


def test_honest_columns_are_left_in_peace():
    log = make_log(
        hour=noise(),
        device=np.random.default_rng(1).choice(np.array(["phone", "desk"]), N),
        page=np.arange(N).astype(str),  # a text of its own for each event tells nothing
        hint=(clicks() + noise()).astype(np.float32),  # a good feature is no leak
        user_features={"age": np.arange(N_USERS).astype(np.float32)},
        item_features={"brand": np.arange(N_ITEMS).astype(str)},
    )
    assert look(log).findings == ()


@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_that_gives_the_answer_away(sign):
    column = (sign * (clicks() + 0.1 * noise())).astype(np.float32)
    report = look(make_log(dwell=column))
    (finding,) = report.findings
    assert (finding.severity, finding.column, finding.task) == (Severity.LEAK, "dwell", "click")
    expected = roc_auc_score(clicks(), sign * column)
    assert finding.message.values["auc"] == pytest.approx(expected, abs=1e-12)
    assert "ignore this column when you import" in str(finding.message)


def test_the_auc_with_ties_is_that_of_scikit_learn():
    column = np.clip(np.rint(clicks() * 3 + noise()), 0, 3).astype(np.float32)
    truth = roc_auc_score(clicks(), column)
    assert 0.9 < truth < 0.999
    _, codes = np.unique(column, return_inverse=True)
    assert leaks._auc(codes, clicks() == 1, 4) == pytest.approx(truth, abs=1e-12)


def test_a_text_that_gives_the_answer_away():
    state = np.where(clicks() == 1, "paid", "open")
    assert found(make_log(state=state)) == [(Severity.LEAK, "state", "click")]


def test_a_column_that_is_filled_in_afterwards():
    column = np.where(clicks() == 1, noise(), np.nan).astype(np.float32)
    (finding,) = look(make_log(seconds=column)).findings
    assert finding.message.template == leaks.FILLED_IN
    coupon = np.where(clicks() == 1, np.arange(N).astype(str), "")  # a text of its own each time
    (finding,) = look(make_log(coupon=coupon)).findings
    assert finding.message.template == leaks.FILLED_IN


def test_a_feature_of_items_for_a_rating():
    log = make_log({"stars": np.zeros(N)})
    quality = np.random.default_rng(2).uniform(1, 5, N_ITEMS).astype(np.float32)
    table = {"mean_stars": quality}
    log = make_log({"stars": np.clip(quality[log.items] + 0.2 * noise(), 1, 5)},
                   item_features=table)  # fmt: skip
    assert found(log, (STARS,)) == [(Severity.LEAK, "mean_stars", "stars")]


def test_few_events_prove_nothing():
    few = np.zeros(N)
    few[: leaks.FEWEST - 1] = 1
    assert found(make_log({"click": few}, answer=few.astype(np.float32))) == []
    few[: leaks.FEWEST] = 1
    assert len(found(make_log({"click": few}, answer=few.astype(np.float32)))) == 1


def test_a_task_that_is_off_or_has_no_label_is_left_alone():
    log = make_log(dwell=clicks())
    lost = CLICK.model_copy(update={"label": "gone"})
    assert found(log, (CLICK.model_copy(update={"enabled": False}), lost)) == []


# --- labels ---------------------------------------------------------------------------------------


def named(name, **more):
    return CLICK.model_copy(update={"name": name, "label": name, **more})


def test_a_label_renamed():
    copy = np.where(np.arange(N) % 3, clicks(), np.nan)
    log = make_log({"click": clicks(), "visit": copy})
    (finding,) = look(log, (CLICK, named("visit"))).findings
    assert (finding.severity, finding.task) == (Severity.LEAK, "visit")
    n_both = int((np.arange(N) % 3 > 0).sum())
    assert f"in all {n_both:,} events where both are observed" in str(finding.message)


def test_a_label_in_other_units_and_the_opposite():
    seconds = np.exp(noise())
    amount = STARS.model_copy(update={"kind": TaskKind.QUANTITY, "relevant_from": 1})
    tasks = [amount.model_copy(update={"name": n, "label": n}) for n in ("seconds", "minutes")]
    log = make_log({"seconds": seconds, "minutes": seconds / 60})
    (finding,) = look(log, tasks).findings
    assert finding.message.template.startswith("“{task}” and “{other}” ask nearly the same")
    log = make_log({"click": clicks(), "skip": 1 - clicks()})
    assert found(log, (CLICK, named("skip"))) == [(Severity.LEAK, "", "skip")]


def test_liked_follows_from_the_rating_and_is_no_leak():
    stars = np.random.default_rng(1).integers(1, 6, N)
    log, tasks = propose(make_log({"rating": stars}))
    assert [task.name for task in tasks] == ["rating", "liked", "watched"]
    (finding,) = look(log, tasks).findings
    assert (finding.severity, finding.task) == (Severity.NOTE, "liked")
    assert str(finding.message).startswith("“liked” follows from “rating”: it is 1 exactly where "
                                           "“rating” is 4 or more.")  # fmt: skip


def test_two_tasks_of_one_label_are_a_family():
    other = CLICK.model_copy(update={"name": "click again"})
    assert found(make_log(), (CLICK, other)) == [(Severity.NOTE, "", "click again")]


def test_a_parent_and_its_child_are_a_family():
    log = make_log({"click": clicks(), "buy": clicks()})
    assert found(log, (CLICK, named("buy", parent="click")))[0][0] is Severity.NOTE


def test_different_labels_are_left_in_peace():
    log = make_log({"click": clicks(), "buy": (clicks() == 1) & (noise() > 0)})
    assert found(log, (CLICK, named("buy"))) == []


# --- times and splits -----------------------------------------------------------------------------


def test_future_times():
    report = examine(make_log(), (CLICK,), now=N - 11.0)
    (finding,) = report.findings
    assert finding.severity is Severity.CHECK
    assert str(finding.message).startswith(
        f"10 of {N:,} events lie in the future, the last on 1970-"
    )


def test_times_in_milliseconds_are_future_too():
    log = make_log()
    late = replace(log, timestamps=10**15 + np.arange(N))
    assert "since 1970" in str(look(late).findings[0].message)


def test_the_same_event_in_training_and_test():
    log = make_log()
    twice = log.select(np.repeat(np.arange(N), 2))
    (finding,) = look(twice).findings
    assert finding.severity is Severity.LEAK
    # a test event's twin is in training with 0.7, in validation with 0.1, in the test with 0.2
    n_test = round(2 * N * 0.2)
    assert finding.message.values["n_all"] == n_test
    assert finding.message.values["n"] == pytest.approx(0.7 * n_test, rel=0.05)
    assert found(twice, split=SplitConfig(method=SplitMethod.TEMPORAL)) == []
    assert found(make_log(times=False).select(np.repeat(np.arange(N), 2))) == []


def test_strangers_in_the_test():
    split = SplitConfig(method=SplitMethod.RANDOM_BY_USER)
    report = look(make_log(), split=split, seed=3)
    assert not report.worries
    (finding,) = report.findings
    assert finding.severity is Severity.NOTE
    n = N_USERS // 5
    expected = f"{n} of {n} test users have no event in training with this split (seed 3)"
    assert str(finding.message).startswith(expected)


def test_a_split_that_cannot_be_made_is_for_others_to_say():
    split = SplitConfig(method=SplitMethod.TEMPORAL)
    assert found(make_log(times=False), split=split) == []
    assert look(make_log().select(np.arange(0))).findings == ()


# --- the whole ------------------------------------------------------------------------------------


def test_the_worst_comes_first():
    log = make_log(dwell=clicks())
    report = examine(log, (CLICK,), SplitConfig(method=SplitMethod.RANDOM_BY_USER), now=N / 2)
    assert [f.severity for f in report.findings] == [Severity.LEAK, Severity.CHECK, Severity.NOTE]
    assert report.worries


def test_much_data_is_sampled_and_the_report_says_so(monkeypatch):
    monkeypatch.setattr(leaks, "MOST_EVENTS", 1_000)
    log = make_log(dwell=clicks())
    report = look(log)
    assert (
        str(report.sampled) == f"Columns were examined on 1,000 of {N:,} events, drawn at random."
    )
    assert [f.column for f in report.findings] == ["dwell"]
    assert report == look(log)
    twice = look(log.select(np.repeat(np.arange(N), 2)), ())
    assert 0.1 < twice.findings[0].message.values["n_all"] / (2 * N * 0.2) < 0.2  # a few users


def test_all_of_little_data_is_examined():
    assert look(make_log()).sampled is None


def test_the_shop_is_healthy():
    assert [
        f
        for f in examine(load_world("ecommerce"), world_tasks("ecommerce"), now=NOW).findings
        if f.severity is not Severity.NOTE
    ] == []

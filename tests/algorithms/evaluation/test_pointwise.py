"""Events: what is judged, what is calibrated, what is said, what is left out."""

import pickle

import numpy as np
import pytest
from sklearn.metrics import f1_score, mean_absolute_error, roc_auc_score, root_mean_squared_error

from algorithms.data import SplitConfig, make_split
from algorithms.evaluation.pointwise import (
    ScoredEvents,
    TaskInputError,
    judge_events,
    score_events,
)
from algorithms.metrics import METRICS, EventMetric, Level
from algorithms.metrics.sums import ratio, root_of_ratio
from algorithms.models.base import Output
from algorithms.models.catalog import MODELS
from algorithms.tasks import Task, TaskKind

OVER_EVENTS = [metric for metric in METRICS.values() if isinstance(metric, EventMetric)]
RATING = [metric.key for metric in OVER_EVENTS if metric.level is Level.RATING]
BINARY = [metric.key for metric in OVER_EVENTS if metric.level is Level.BINARY]


@pytest.fixture
def split(log):
    return make_split(log, SplitConfig(), np.random.default_rng(0))


def judge(key, task, split, seed=0):
    rng = np.random.default_rng(seed)
    model = MODELS[key]().fit(split.train, [task], rng=rng)
    validation, test = (score_events(model, task, p) for p in (split.validation, split.test))
    results, notes = judge_events(task, model.output(task), validation, test, rng)
    return {result.metric: result for result in results}, [str(note) for note in notes], test


def events(users, truth, scores, n_unscored=0):
    columns = (np.asarray(users), np.asarray(truth, float), np.asarray(scores, float))
    return ScoredEvents(*columns, n_unscored)


def test_ratings_are_judged_where_they_are_observed(tasks, split):
    found, notes, test = judge("known", tasks["rating"], split)
    part = tasks["rating"].part(split.test)
    assert list(found) == RATING
    assert len(test.truth) == len(part) == found["mae"].n
    assert test.truth == pytest.approx(part.label("rating"))
    assert found["mae"].value == pytest.approx(mean_absolute_error(test.truth, test.scores))
    assert found["rmse"].value == pytest.approx(root_mean_squared_error(test.truth, test.scores))
    assert notes == []


def test_every_value_lies_in_its_interval(tasks, split):
    for name in ("rating", "click", "ad click", "minutes"):
        for result in judge("known", tasks[name], split)[0].values():
            if METRICS[result.metric].overall_only:
                assert np.isnan([result.low, result.high, *result.per_user]).all()
                assert np.isfinite(result.value)
                continue
            assert result.low <= result.value <= result.high
            assert result.low < result.high or result.value in (0, 1)


def test_weights_turn_the_users_values_into_the_value_of_all(tasks, split):
    """RMSE is a root of a mean of squares, most others are means, some (AUC) are neither."""
    found = {
        **judge("known", tasks["rating"], split)[0],
        **judge("known", tasks["click"], split)[0],
    }
    for key, result in found.items():
        if METRICS[key].combine not in (ratio, root_of_ratio):
            assert result.weights is None
            continue
        defined = result.weights > 0
        assert np.array_equal(defined, np.isfinite(result.per_user))
        own, weights = result.per_user[defined], result.weights[defined]
        if key == "rmse":
            assert np.sqrt(np.average(own**2, weights=weights)) == pytest.approx(result.value)
        else:
            assert np.average(own, weights=weights) == pytest.approx(result.value)


def test_a_users_value_is_that_of_the_users_events(tasks, split):
    found, _, test = judge("known", tasks["rating"], split)
    user = found["rmse"].users[3]
    mine = test.users == user
    expected = root_mean_squared_error(test.truth[mine], test.scores[mine])
    assert found["rmse"].per_user[3] == pytest.approx(expected)


def test_scores_are_calibrated_and_the_threshold_is_chosen_on_validation(tasks, split):
    found, notes, test = judge("known", tasks["click"], split)
    assert notes[0] == "“click”: scores calibrated on validation."
    assert notes[1].startswith("“click”: yes from a probability of 0.")
    assert found["auc"].value == pytest.approx(roc_auc_score(test.truth, test.scores))
    assert found["f1"].value > 0.7  # the fake knows the taste; 0.57 for answering yes to all


def test_probabilities_are_taken_as_they_are(tasks, split):
    _, notes, _ = judge("sure", tasks["click"], split)
    assert len(notes) == 1
    assert "calibrated" not in notes[0]


def test_the_threshold_never_looks_at_the_test(tasks):
    """On validation the best threshold is 0.6, on test it would be 0.2."""
    validation = events([0, 0, 1, 1], [1, 1, 0, 0], [0.9, 0.6, 0.5, 0.1])
    test = events([0, 0, 1, 1], [1, 1, 1, 0], [0.9, 0.3, 0.2, 0.1])
    results, notes = judge_events(
        tasks["click"], Output.PROBABILITY, validation, test, np.random.default_rng(0)
    )
    values = {result.metric: result.value for result in results}
    assert "probability of 0.600" in str(notes[0])
    assert values["recall"] == pytest.approx(1 / 3)
    assert values["precision"] == 1
    assert values["f1"] == pytest.approx(f1_score(test.truth, test.scores >= 0.6))


def test_what_could_not_be_scored_is_left_out_counted_and_said(tasks, split):
    found, notes, test = judge("stars", tasks["rating"], split)
    n_events = len(tasks["rating"].part(split.test))
    unscored = int((tasks["rating"].part(split.test).items < 3).sum())
    assert unscored > 0
    assert notes == [f"“rating”: {unscored} test events could not be scored and are left out."]
    assert found["mae"].n == len(test.truth) == n_events - unscored
    assert found["mae"].n_undefined == unscored


def test_data_that_records_only_what_happened_has_no_event_metrics(split):
    task = Task(name="seen", kind=TaskKind.BINARY, label="seen", item_kind="product")
    found, notes, test = judge("known", task, split)
    assert list(found) == BINARY
    for result in found.values():
        assert np.isnan([result.value, result.low, result.high]).all()
        assert np.isnan(result.per_user).all()
        assert (result.n, result.n_undefined) == (0, len(test.truth))
    assert len(notes) == 1
    assert "records only what happened" in notes[0]


def test_scores_that_only_order_have_no_errors(tasks, split):
    found, notes, _ = judge("orders", tasks["minutes"], split)
    assert np.isnan(found["mae"].value)
    assert np.isfinite(found["spearman"].value)  # the order is all that it looks at
    assert found["kendall"].low <= found["kendall"].value <= found["kendall"].high
    assert notes == ["“minutes”: the scores only order, so errors are undefined; lists are judged."]


def test_without_both_outcomes_in_validation_there_is_an_auc_but_no_answer(tasks):
    validation = events([0, 1], [0, 0], [1.0, 2.0])
    test = events([0, 0, 1], [1, 0, 1], [3.0, 1.0, 2.0])
    results, notes = judge_events(
        tasks["click"], Output.SCORE, validation, test, np.random.default_rng(0)
    )
    values = {result.metric: result.value for result in results}
    assert values["auc"] == 1
    assert np.isnan(values["accuracy"])
    assert len(notes) == 1
    assert "no threshold can be chosen" in str(notes[0])


def test_without_test_events_all_is_undefined(tasks):
    nothing = events([], [], [], n_unscored=4)
    results, notes = judge_events(
        tasks["rating"], Output.PREDICTION, nothing, nothing, np.random.default_rng(0)
    )
    assert np.isnan([result.value for result in results]).all()
    assert [result.n_undefined for result in results] == [4] * len(RATING)
    assert len(notes) == 1


def test_what_cannot_be_judged_is_refused_with_the_task_and_the_count(tasks):
    validation = events([0, 0, 1], [1, 0, 1], [0.9, 0.2, 0.6])
    test = events([0, 0, 1], [1, 4, 5], [0.9, 0.2, 0.6])
    with pytest.raises(TaskInputError) as caught:
        judge_events(tasks["click"], Output.PROBABILITY, validation, test, np.random.default_rng(0))
    assert str(caught.value) == "“click”: Accuracy needs 0 or 1 as truth, found 4 (2 of 3)."
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301


def test_infinite_predictions_are_left_out_and_counted(tasks, split, monkeypatch):
    model = MODELS["known"]().fit(split.train, [tasks["rating"]], rng=np.random.default_rng(0))
    before = score_events(model, tasks["rating"], split.test)
    scores = np.concatenate([[np.inf, np.nan, -np.inf], before.scores[3:]])
    monkeypatch.setattr(model, "predict", lambda *_: scores)
    after = score_events(model, tasks["rating"], split.test)
    assert after.n_unscored == 3
    assert after.scores == pytest.approx(before.scores[3:])

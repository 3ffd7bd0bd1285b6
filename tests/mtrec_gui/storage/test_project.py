"""What goes into a project comes out of it, from another opening of the file."""

from __future__ import annotations

import dataclasses
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from algorithms.data.log import InteractionLog
from algorithms.evaluation.experiment import Experiment
from algorithms.evaluation.results import Cost, MetricResult, RunResult
from algorithms.explanations.explanation import Contribution, EvidenceKind, Explanation
from algorithms.messages import Message
from algorithms.models.base import CurvePoint, ModelState, TopLists
from algorithms.rules.rule_set import RuleSet
from algorithms.tasks import Task
from mtrec_gui.storage import (
    ClosedProjectError,
    FailedRunError,
    Project,
    RunStatus,
    explanation_store,
    run_store,
)
from mtrec_gui.storage.errors import NoDataError, UnknownRecordError, UnstorableError
from mtrec_gui.storage.rows import (
    CurvePointRow,
    ExplanationRow,
    MetricValueRow,
    OfRun,
    Row,
    RuleSetRow,
    RunArrayRow,
    RunRow,
    TaskRow,
    TopListRow,
)

Same = Callable[[object, object], bool]


def test_a_new_project_says_what_it_is(project: Project, path: Path) -> None:
    assert project.path == path
    assert project.info.format_version == 6
    assert abs(project.info.created - datetime.now(UTC)) < timedelta(minutes=1)
    assert not project.read_only
    assert project.datasets() == []
    assert project.comparisons() == []
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(("n", "n_users", "n_items"), [(50, 7, 5), (0, 0, 0), (0, 3, 2), (1, 1, 1)])
def test_log_round_trip(
    project: Project,
    path: Path,
    new_log: Callable[..., InteractionLog],
    same: Same,
    n: int,
    n_users: int,
    n_items: int,
) -> None:
    log = new_log(n, n_users, n_items)
    dataset_id = project.save_log(log)
    with Project.open(path) as again:
        loaded = again.load_log(dataset_id)
        (summary,) = again.datasets()
    assert same(loaded.to_arrays(), log.to_arrays())
    assert loaded.item_table.kinds == log.item_table.kinds
    assert (summary.id, summary.name) == (dataset_id, log.name)
    assert (summary.n_interactions, summary.n_users, summary.n_items) == (n, n_users, n_items)


def test_log_without_time_labels_or_features(
    project: Project, new_log: Callable[..., InteractionLog], same: Same
) -> None:
    log = new_log()
    bare = replace(
        log,
        labels={},
        timestamps=None,
        context={},
        user_table=replace(log.user_table, features={}),
        item_table=replace(log.item_table, features={}),
    )
    assert same(project.load_log(project.save_log(bare)).to_arrays(), bare.to_arrays())


def test_a_log_remembers_where_it_comes_from(
    project: Project, path: Path, new_log: Callable[..., InteractionLog]
) -> None:
    origin = '{"key": "世界", "seed": 1}'
    project.save_log(replace(new_log(), origin=origin))
    project.save_log(new_log())
    assert [project.load_log(number).origin for number in (1, 2)] == [origin, ""]
    with closing(sqlite3.connect(path)) as plain:
        stored = plain.execute("SELECT origin FROM datasets").fetchall()
    assert stored == [(origin,), (None,)]


def test_columns_are_stored_one_at_a_time(
    project: Project, new_log: Callable[..., InteractionLog], same: Same
) -> None:
    """Beside the log itself, saving and loading need room for a column or two, not for all."""
    n = 300_000
    column = 8 * n  # bytes
    rng = np.random.default_rng(3)
    log = replace(new_log(n), context={f"noise {k}": rng.random(n) for k in range(12)})
    tracemalloc.start()
    project.save_log(log)
    _, while_saving = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    loaded = project.load_log()
    kept, while_loading = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept > 12 * column
    assert while_saving < 4 * column
    assert while_loading - kept < 3 * column
    assert same(loaded.to_arrays(), log.to_arrays())


def test_the_newest_log_is_loaded_by_default(
    project: Project, new_log: Callable[..., InteractionLog]
) -> None:
    first = project.save_log(new_log(10))
    project.save_log(new_log(20))
    assert len(project.load_log()) == 20
    assert len(project.load_log(first)) == 10
    assert [summary.n_interactions for summary in project.datasets()] == [10, 20]


def test_half_a_character_is_refused_and_nothing_kept(
    project: Project, new_log: Callable[..., InteractionLog]
) -> None:
    with pytest.raises(UnstorableError, match=r"U\+D800"):
        project.save_log(replace(new_log(), name="\ud800"))
    objects = {"odd": np.array([{}] * 50, dtype=object)}
    with pytest.raises(UnstorableError, match="context “odd”"):
        project.save_log(replace(new_log(), context=objects))
    assert project.datasets() == []


def test_experiment_round_trip(
    project: Project,
    path: Path,
    new_log: Callable[..., InteractionLog],
    experiment: Experiment,
) -> None:
    dataset_id = project.save_log(new_log())
    assert project.load_experiment(dataset_id) is None
    project.save_experiment(dataset_id, experiment)
    with Project.open(path) as again:
        assert again.load_experiment(dataset_id) == experiment
    fewer = experiment.model_copy(update={"tasks": experiment.tasks[:1], "rules": RuleSet()})
    project.save_experiment(dataset_id, fewer)
    assert project.load_experiment(dataset_id) == fewer
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("SELECT name, label FROM tasks").fetchall() == [("click", "click")]


def test_every_field_of_a_task_and_a_rule_set_has_its_column() -> None:
    tasks = set(TaskRow.__table__.columns.keys()) - {"dataset_id", "position"}
    rules = set(RuleSetRow.__table__.columns.keys()) - {"dataset_id"}
    assert tasks == set(Task.model_fields)
    assert rules == set(RuleSet.model_fields)


def names(kind: type) -> set[str]:
    return {field.name for field in dataclasses.fields(kind)}


def columns(row: type[Row]) -> set[str]:
    place = {"id", "run_id", "created", "position"}
    return {
        column.name.removesuffix("_array").removesuffix("_index")
        for column in row.__table__.columns
    } - place


def test_no_field_of_a_result_is_forgotten() -> None:
    assert columns(MetricValueRow) == names(MetricResult)
    assert columns(TopListRow) == names(TopLists) | {"task"}
    assert columns(CurvePointRow) == names(CurvePoint)
    assert columns(ExplanationRow) - {"sentence_values"} == names(Explanation)
    assert columns(RunRow) >= names(Cost)
    stored_elsewhere = {"metrics", "lists", "curves", "cost", "state", "notes"}
    assert names(RunResult) - stored_elsewhere <= columns(RunRow)
    part = Contribution(1.0, EvidenceKind.COUNT)
    assert explanation_store._contribution_values(part).keys() == names(Contribution)
    assert names(ModelState) == {"arrays", "values"}
    assert names(Message) == {"template", "values"}


def test_every_table_of_a_run_is_under_its_hash() -> None:
    assert set(run_store._PLAIN) == set(OfRun.__subclasses__())


def test_a_comparison_keeps_what_was_asked_for(
    project: Project, comparison: int, experiment: Experiment, new_result: Callable[..., RunResult]
) -> None:
    project.save_experiment(1, experiment.model_copy(update={"k": 99}))
    project.add_run(comparison, new_result())
    project.add_failure(comparison, "als", {"n_factors": 3}, 1, Message("No {what}.", {"what": 1}))
    other = project.start_comparison(1, experiment)
    first, second = project.comparisons()
    assert (first.id, first.dataset_id, first.n_done, first.n_failed) == (comparison, 1, 1, 1)
    assert (second.id, second.n_done, second.n_failed) == (other, 0, 0)
    assert first.experiment == experiment


@pytest.mark.parametrize("n_users", [6, 0])
def test_run_round_trip(
    project: Project,
    path: Path,
    comparison: int,
    new_result: Callable[..., RunResult],
    same: Same,
    n_users: int,
) -> None:
    result = new_result(n_users=n_users)
    run_id = project.add_run(comparison, result)
    with Project.open(path) as again:
        loaded = again.load_result(run_id, with_state=True)
        light = again.load_result(run_id)
        state = again.load_state(run_id)
        (stored,) = again.runs(comparison)
    assert same(loaded, result)
    assert same(state, result.state)
    assert light.state.arrays == {}
    assert same(light.metrics, result.metrics)
    assert stored.id == run_id
    assert (stored.model, stored.config, stored.seed) == (result.model, result.config, 1)
    assert stored.status is RunStatus.DONE
    assert stored.cost == result.cost
    assert stored.message is None


def test_nan_is_null_in_plain_rows(
    project: Project, path: Path, comparison: int, new_result: Callable[..., RunResult]
) -> None:
    project.add_run(comparison, new_result())
    with closing(sqlite3.connect(path)) as plain:
        rows = plain.execute("SELECT metric, value, low FROM metric_values").fetchall()
    assert rows == [("ndcg", 1.1, 0.05), ("auc", None, None), ("mae", 0.0, -1e-300)]


def test_equal_arrays_of_a_run_are_kept_once(
    project: Project, path: Path, comparison: int, new_result: Callable[..., RunResult]
) -> None:
    result = new_result()
    one = result.metrics[0]
    project.add_run(comparison, replace(result, metrics=(one,) * 40))
    with closing(sqlite3.connect(path)) as plain:
        (n,) = plain.execute("SELECT count(*) FROM run_arrays").fetchone()
    assert n == 13  # users, values; items, scores, three empty ones of the lists; six parameters
    assert len(project.load_result(1).metrics) == 40


def test_a_failed_run_keeps_its_reason(project: Project, comparison: int) -> None:
    message = Message("No items for {task}.", {"task": "点击", "limit": np.float64(0.5)})
    run_id = project.add_failure(comparison, "als", {"n_factors": 3}, 4, message)
    (stored,) = project.runs(comparison)
    assert (stored.status, stored.message, stored.cost) == (RunStatus.FAILED, message, None)
    with pytest.raises(FailedRunError, match="Run 1"):
        project.load_result(run_id)
    with pytest.raises(FailedRunError):
        project.load_state(run_id)


def test_a_deleted_run_goes_with_all_that_is_its_own(
    project: Project, path: Path, comparison: int, new_result: Callable[..., RunResult]
) -> None:
    kept, gone = (project.add_run(comparison, new_result(seed)) for seed in (1, 2))
    project.save_explanation(gone, Explanation("click", 0, 1, 0.5, Message("Because.")))
    project.delete_run(gone)
    assert [run.id for run in project.runs(comparison)] == [kept]
    with closing(sqlite3.connect(path)) as plain:
        for entity in (*OfRun.__subclasses__(), RunArrayRow, ExplanationRow):
            ids = plain.execute(str(select(entity.run_id).distinct())).fetchall()
            assert ids in ([(kept,)], []), entity
    assert project.add_run(comparison, new_result(3)) not in (kept, gone)
    project.load_result(kept)


def test_explanation_round_trip(
    project: Project, comparison: int, new_result: Callable[..., RunResult], same: Same
) -> None:
    run_id = project.add_run(comparison, new_result())
    full = Explanation(
        task="click",
        user=3,
        item=4,
        score=float("nan"),
        sentence=Message("“{title}” suits.", {"title": "中文 🎧"}),
        contributions=(
            Contribution(float("inf"), EvidenceKind.INTERACTION, "click", 2, 1.0),
            Contribution(-0.5, EvidenceKind.RULE, message=Message("At most {n}.", {"n": 1})),
        ),
        additive=False,
        remarks=(Message("Shared part {share:.0%}", {"share": 0.4}),),
    )
    project.save_explanation(run_id, replace(full, score=1.0))
    project.save_explanation(run_id, full)
    project.save_explanation(run_id, replace(full, task="评分"))
    stored = project.explanations(run_id)
    assert same(stored[0], full)
    assert [explanation.task for explanation in stored] == ["click", "评分"]


def test_unknown_ids_are_named(
    project: Project, experiment: Experiment, new_result: Callable[..., RunResult]
) -> None:
    with pytest.raises(NoDataError, match="no data yet"):
        project.load_log()
    for call in (
        lambda: project.load_log(7),
        lambda: project.save_experiment(7, experiment),
        lambda: project.load_experiment(7),
        lambda: project.start_comparison(7, experiment),
        lambda: project.runs(7),
        lambda: project.add_run(7, new_result()),
        lambda: project.add_failure(7, "als", {}, 1, Message("")),
        lambda: project.load_result(7),
        lambda: project.load_state(7),
        lambda: project.delete_run(7),
        lambda: project.explanations(7),
    ):
        with pytest.raises(UnknownRecordError, match=r"no .* 7"):
            call()


def test_a_closed_project_says_so(project: Project) -> None:
    project.close()
    project.close()
    with pytest.raises(ClosedProjectError):
        project.datasets()
    with pytest.raises(ClosedProjectError):
        project.delete_run(1)


def test_many_threads_may_call_at_once(
    project: Project, comparison: int, new_result: Callable[..., RunResult], same: Same
) -> None:
    def add_and_read(seed: int) -> bool:
        result = new_result(seed)
        return same(project.load_result(project.add_run(comparison, result), True), result)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(add_and_read, range(1, 25)))
    assert sorted(run.seed for run in project.runs(comparison)) == list(range(1, 25))


def test_the_application_does_not_load_the_database_by_itself() -> None:
    code = "import sys, mtrec_gui; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_size_of_a_model_comes_back(
    project: Project, comparison: int, new_result: Callable[..., RunResult]
) -> None:
    made = new_result()
    made = dataclasses.replace(made, cost=dataclasses.replace(made.cost, bytes_stored=77))
    run = project.add_run(comparison, made)
    assert project.load_result(run).cost == made.cost

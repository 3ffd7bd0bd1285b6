"""Searches survive the file; damage is found; an older file gets their tables."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from algorithms.evaluation.experiment import Experiment, RunSpec
from algorithms.messages import Message
from algorithms.search import Objective, Parameter, Role, SearchSpec, Trial, WeightScale
from mtrec_gui.storage import DamagedProjectError, Project, UnknownRecordError

TRIALS = (
    Trial(-2, Role.FLOOR, {}, {}, (0.1, 1.2), 0.01),
    Trial(0, Role.TRIAL, {"click": 0.5, "评分": 1.5}, {"n_factors": 8}, (0.3, 1 / 3), 1.5),
    Trial(
        1,
        Role.TRIAL,
        {"click": 1.5, "评分": 0.5},
        {"n_factors": 16},
        (float("nan"), float("nan")),
        message=Message("No {what}.", {"what": "memory"}),
    ),
)


@pytest.fixture
def spec(experiment: Experiment) -> SearchSpec:
    return SearchSpec(
        base=RunSpec(
            model="shared_factors", seed=3, tasks=experiment.tasks, split=experiment.split
        ),
        parameters=(Parameter(name="n_factors", low=4, high=64, log=True, whole=True),),
        weights=WeightScale.SIMPLEX,
        objectives=(Objective(task="click"), Objective(task="评分", metric="mae")),
    )


@pytest.fixture
def search_id(project: Project, comparison: int, spec: SearchSpec) -> int:
    search = project.start_search(1, spec)
    for trial in reversed(TRIALS):  # whichever ends first
        project.add_trial(search, trial)
    return search


def test_a_search_comes_back(project: Project, search_id: int, spec: SearchSpec) -> None:
    with Project.open(project.path) as again:
        (summary,) = again.searches(1)
        assert (summary.id, summary.spec) == (search_id, spec)
        found = again.load_trials(search_id)
    assert repr([dataclasses.asdict(t) for t in found]) == repr(
        [dataclasses.asdict(t) for t in TRIALS]
    )


def test_a_search_can_be_deleted(project: Project, search_id: int) -> None:
    project.delete_search(search_id)
    assert project.searches(1) == []
    with pytest.raises(UnknownRecordError):
        project.load_trials(search_id)
    with closing(sqlite3.connect(project.path)) as plain:
        assert plain.execute("SELECT count(*) FROM search_trials").fetchone() == (0,)


@pytest.mark.parametrize(
    ("damage", "read"),
    [
        (
            "UPDATE search_trials SET measured = '[0.9, 0.1]' WHERE number = 0",
            lambda project: project.load_trials(1),
        ),
        (
            "UPDATE searches SET spec = replace(spec, '64', '65')",
            lambda project: project.searches(1),
        ),
    ],
)
@pytest.mark.usefixtures("search_id")
def test_damage_is_found(project: Project, damage: str, read: Callable[[Project], object]) -> None:
    project.close()
    with closing(sqlite3.connect(project.path)) as plain:
        plain.execute(damage)
        plain.commit()
    with Project.open(project.path) as again, pytest.raises(DamagedProjectError):
        read(again)


def test_a_file_of_format_2_gets_the_tables(
    project: Project, comparison: int, spec: SearchSpec, tmp_path: Path
) -> None:
    project.close()
    with closing(sqlite3.connect(project.path)) as plain:
        plain.executescript(
            "DROP TABLE curve_runs; DROP TABLE curve_sheets; DROP TABLE search_trials; "
            "DROP TABLE searches; DROP TABLE solved_exercises; "
            "ALTER TABLE runs DROP COLUMN bytes_stored; "
            "UPDATE alembic_version SET version_num = '2'"
        )
    with Project.open(project.path) as upgraded:
        assert upgraded.backup is not None
        assert upgraded.info.format_version == 6
        search = upgraded.start_search(1, spec)
        upgraded.add_trial(search, TRIALS[1])
        assert upgraded.load_trials(search)[0].values == TRIALS[1].values
        assert [each.id for each in upgraded.comparisons()] == [comparison]

"""Curves survive the file; damage is found; a file of format 5 gets their tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from algorithms.evaluation.experiment import Experiment, RunSpec
from algorithms.messages import Message
from algorithms.search import CurveKind, CurveOutcome, CurveSpec, Objective
from mtrec_gui.storage import DamagedProjectError, Project, UnknownRecordError

FIRST = (
    CurveOutcome(0, (1 / 3,), 1.5, (640.0,)),
    CurveOutcome(1, (float("nan"),), 0.25, (640.0,)),
    CurveOutcome(2, message=Message("No {what}.", {"what": "memory 内存"})),
)
SECOND = (CurveOutcome(0, (0.2, 0.1), 2.0, (640.0, 320.0), (2560.0, 640.0)),)


@pytest.fixture
def specs(experiment: Experiment) -> tuple[CurveSpec, ...]:
    base = RunSpec(model="shared_bottom", seed=1, tasks=experiment.tasks, split=experiment.split)
    labels = CurveSpec(
        kind=CurveKind.LABELS,
        base=base,
        objective=Objective(task="评分", metric="mae"),
        values=(0.1, 1.0),
    )
    shrunk = CurveSpec(
        kind=CurveKind.SHRINK, base=base, objective=Objective(task="click"), seeds=(4,)
    )
    return labels, shrunk


@pytest.fixture
def sheet(project: Project, comparison: int, specs: tuple[CurveSpec, ...]) -> int:
    sheet = project.start_curves(1, specs)
    project.add_curve_run(sheet, 1, SECOND[0])
    for outcome in reversed(FIRST):  # whichever ends first
        project.add_curve_run(sheet, 0, outcome)
    return sheet


def test_curves_come_back(project: Project, sheet: int, specs: tuple[CurveSpec, ...]) -> None:
    with Project.open(project.path) as again:
        (summary,) = again.curves(1)
        assert (summary.id, summary.specs) == (sheet, specs)
        assert repr(again.load_curve_runs(sheet)) == repr((FIRST, SECOND))


def test_curves_can_be_deleted(project: Project, sheet: int) -> None:
    project.delete_curves(sheet)
    assert project.curves(1) == []
    with pytest.raises(UnknownRecordError):
        project.load_curve_runs(sheet)
    with closing(sqlite3.connect(project.path)) as plain:
        assert plain.execute("SELECT count(*) FROM curve_runs").fetchone() == (0,)


@pytest.mark.parametrize(
    ("damage", "read"),
    [
        (
            "UPDATE curve_runs SET quality = '[0.9]' WHERE number = 0",
            lambda project: project.load_curve_runs(1),
        ),
        (
            "UPDATE curve_runs SET curve = 5 WHERE number = 1",
            lambda project: project.load_curve_runs(1),
        ),
        (
            "UPDATE curve_sheets SET specs = replace(specs, '0.1', '0.2')",
            lambda project: project.curves(1),
        ),
    ],
)
@pytest.mark.usefixtures("sheet")
def test_damage_is_found(project: Project, damage: str, read: Callable[[Project], object]) -> None:
    project.close()
    with closing(sqlite3.connect(project.path)) as plain:
        plain.execute(damage)
        plain.commit()
    with Project.open(project.path) as again, pytest.raises(DamagedProjectError):
        read(again)


def test_a_file_of_format_5_gets_the_tables(
    project: Project, comparison: int, specs: tuple[CurveSpec, ...], tmp_path: Path
) -> None:
    project.close()
    with closing(sqlite3.connect(project.path)) as plain:
        plain.executescript(
            "DROP TABLE curve_runs; DROP TABLE curve_sheets; "
            "UPDATE alembic_version SET version_num = '5'"
        )
    with Project.open(project.path) as upgraded:
        assert upgraded.backup is not None
        assert upgraded.info.format_version == 6
        kept = upgraded.start_curves(1, specs)
        upgraded.add_curve_run(kept, 0, FIRST[0])
        assert upgraded.load_curve_runs(kept) == (FIRST[:1], ())
        assert [each.id for each in upgraded.comparisons()] == [comparison]

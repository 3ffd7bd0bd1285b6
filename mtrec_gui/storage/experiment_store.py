"""The experiment that is being edited, and the snapshots that comparisons were started from.

What is being edited stands in plain rows: tasks, rules and the remaining settings, each once. A
comparison keeps the whole experiment as JSON, as it was.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from algorithms.evaluation.experiment import Experiment
from algorithms.rules.rule_set import RuleSet
from algorithms.tasks import Task
from mtrec_gui.storage.codec import rows_digest
from mtrec_gui.storage.column_types import (
    from_json,
    now,
    number_or_nan,
    number_or_null,
    to_json,
)
from mtrec_gui.storage.errors import DamageFound, UnknownRecordError
from mtrec_gui.storage.log_store import dataset
from mtrec_gui.storage.rows import ComparisonRow, RuleSetRow, RunRow, SetupRow, TaskRow
from mtrec_gui.storage.values import ComparisonSummary, RunStatus


def save_experiment(session: Session, dataset_id: int, experiment: Experiment) -> None:
    """Keep the experiment of a dataset in place of what was there."""
    dataset(session, dataset_id)
    session.execute(delete(SetupRow).where(SetupRow.dataset_id == dataset_id))  # and its rows
    setup = SetupRow(
        dataset_id=dataset_id,
        changed=now(),
        settings=experiment.model_dump(mode="json", exclude={"tasks", "rules"}),
        sha256="",
    )
    session.add(setup)
    session.flush()
    session.add_all(
        _task_row(dataset_id, position, task) for position, task in enumerate(experiment.tasks)
    )
    rules = experiment.rules.model_dump(mode="json")
    session.add(RuleSetRow(dataset_id=dataset_id, **rules))
    session.flush()
    session.expire_all()  # the digest is of what the file gives back
    setup.sha256 = rows_digest([[_setup_values(session, setup)]])


def load_experiment(session: Session, dataset_id: int) -> Experiment | None:
    """Return the experiment of a dataset as last saved, if any."""
    dataset(session, dataset_id)
    setup = session.get(SetupRow, dataset_id)
    if setup is None:
        return None
    values = _setup_values(session, setup)
    return _checked(f"the experiment of dataset {dataset_id}", values, setup.sha256)


def start_comparison(session: Session, dataset_id: int, experiment: Experiment) -> int:
    """Keep a snapshot of an experiment; return the comparison's id."""
    dataset(session, dataset_id)
    values = from_json(to_json(experiment.model_dump(mode="json")))
    row = ComparisonRow(
        dataset_id=dataset_id, created=now(), experiment=values, sha256=rows_digest([[values]])
    )
    session.add(row)
    session.flush()
    return row.id


def comparison(session: Session, comparison_id: int) -> ComparisonRow:
    """Return the row of a comparison."""
    row = session.get(ComparisonRow, comparison_id)
    if row is None:
        raise UnknownRecordError(what="comparison", id=comparison_id)
    return row


def comparisons(session: Session) -> list[ComparisonSummary]:
    """Return what is known of each comparison, oldest first."""
    counts: dict[tuple[int, str], int] = {
        (comparison_id, status): n
        for comparison_id, status, n in session.execute(
            select(RunRow.comparison_id, RunRow.status, func.count()).group_by(
                RunRow.comparison_id, RunRow.status
            )
        )
    }
    return [
        ComparisonSummary(
            id=row.id,
            dataset_id=row.dataset_id,
            created=row.created,
            n_done=counts.get((row.id, RunStatus.DONE), 0),
            n_failed=counts.get((row.id, RunStatus.FAILED), 0),
            experiment=_checked(
                f"the experiment of comparison {row.id}", row.experiment, row.sha256
            ),
        )
        for row in session.scalars(select(ComparisonRow).order_by(ComparisonRow.id))
    ]


def _task_row(dataset_id: int, position: int, task: Task) -> TaskRow:
    values = task.model_dump(mode="json")
    values["relevant_from"] = number_or_null(task.relevant_from)
    return TaskRow(dataset_id=dataset_id, position=position, **values)


def _task_values(row: TaskRow) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in Task.model_fields}
    values["relevant_from"] = number_or_nan(row.relevant_from)
    return values


def _setup_values(session: Session, setup: SetupRow) -> dict[str, Any]:
    rules = session.get(RuleSetRow, setup.dataset_id)
    tasks = session.scalars(
        select(TaskRow).where(TaskRow.dataset_id == setup.dataset_id).order_by(TaskRow.position)
    )
    if rules is None or not isinstance(setup.settings, dict):
        raise DamageFound(f"the experiment of dataset {setup.dataset_id}")
    return {
        **setup.settings,
        "tasks": [_task_values(task) for task in tasks],
        "rules": {name: getattr(rules, name) for name in RuleSet.model_fields},
    }


def _checked(what: str, values: object, sha256: str) -> Experiment:
    if sha256 != rows_digest([[values]]):
        raise DamageFound(what)
    try:
        return Experiment.model_validate(values)
    except ValidationError:
        raise DamageFound(what) from None

"""Runs in the project file, written: numbers as rows, values per user and parameters as blobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from algorithms.arrays import AnyArray
from algorithms.evaluation.results import RunResult
from algorithms.messages import Message
from mtrec_gui.storage.codec import Blob, encode
from mtrec_gui.storage.column_types import now, number_or_null
from mtrec_gui.storage.experiment_store import comparison
from mtrec_gui.storage.rows import (
    CurvePointRow,
    FittedParameterRow,
    MetricValueRow,
    Row,
    RunArrayRow,
    RunNoteRow,
    RunRow,
    TopListRow,
)
from mtrec_gui.storage.run_store import run_digest, run_row
from mtrec_gui.storage.values import RunStatus


def add_run(session: Session, comparison_id: int, result: RunResult) -> int:
    """Store a finished run; return its id."""
    comparison(session, comparison_id)
    cost = result.cost
    run = RunRow(
        comparison_id=comparison_id,
        created=now(),
        status=RunStatus.DONE.value,
        model=result.model,
        config=dict(result.config),
        seed=result.seed,
        tasks=list(result.tasks),
        fit_seconds=number_or_null(cost.fit_seconds),
        predict_seconds=number_or_null(cost.predict_seconds),
        n_parameters=cost.n_parameters,
        peak_bytes=cost.peak_bytes,
        bytes_stored=cost.bytes_stored,
        state_values=dict(result.state.values),
    )
    session.add(run)
    session.flush()
    arrays = _ArrayWriter()
    rows = list(_plain_rows(run.id, result, arrays))
    session.add_all(arrays.rows(run.id))
    session.flush()  # the arrays before the rows that name them
    session.add_all(rows)
    session.flush()
    session.expire_all()  # the digest is of what the file gives back
    digest = run_digest(session, run.id)
    session.execute(update(RunRow).where(RunRow.id == run.id).values(rows_sha256=digest))
    return run.id


def add_failure(
    session: Session,
    comparison_id: int,
    model: str,
    config: Mapping[str, Any],
    seed: int,
    message: Message,
) -> int:
    """Store that a run failed, and why; return its id."""
    comparison(session, comparison_id)
    run = RunRow(
        comparison_id=comparison_id,
        created=now(),
        status=RunStatus.FAILED.value,
        model=model,
        config=dict(config),
        seed=seed,
        message=message.template,
        message_values=dict(message.values),
    )
    session.add(run)
    session.flush()
    return run.id


def delete_run(session: Session, run_id: int) -> None:
    """Remove a run and all that belongs to it."""
    run_row(session, run_id)
    session.execute(delete(RunRow).where(RunRow.id == run_id))


class _ArrayWriter:
    """Numbers the arrays of a run; equal arrays (the users judged by each metric) share one."""

    def __init__(self) -> None:
        self._number_of: dict[str, int] = {}
        self._blobs: list[Blob] = []

    def add(self, array: AnyArray, what: str) -> int:
        blob = encode(array, what)
        number = self._number_of.setdefault(blob.sha256, len(self._blobs))
        if number == len(self._blobs):
            self._blobs.append(blob)
        return number

    def rows(self, run_id: int) -> list[RunArrayRow]:
        return [
            RunArrayRow(run_id=run_id, number=number, **blob.columns())
            for number, blob in enumerate(self._blobs)
        ]


def _plain_rows(run_id: int, result: RunResult, arrays: _ArrayWriter) -> Iterator[Row]:
    for position, metric in enumerate(result.metrics):
        what = f"{metric.key} of {metric.task}"
        yield MetricValueRow(
            run_id=run_id,
            position=position,
            task=metric.task,
            metric=metric.metric,
            k=metric.k,
            value=number_or_null(metric.value),
            n=metric.n,
            n_undefined=metric.n_undefined,
            low=number_or_null(metric.low),
            high=number_or_null(metric.high),
            users_array=arrays.add(metric.users, what),
            per_user_array=arrays.add(metric.per_user, what),
            weights_array=None if metric.weights is None else arrays.add(metric.weights, what),
        )
    for position, (task, lists) in enumerate(result.lists.items()):
        what = f"the lists of {task}"
        yield TopListRow(
            run_id=run_id,
            position=position,
            task=task,
            users_array=arrays.add(lists.users, what),
            items_array=arrays.add(lists.items, what),
            scores_array=arrays.add(lists.scores, what),
        )
    for position, point in enumerate(result.curves):
        yield CurvePointRow(
            run_id=run_id,
            position=position,
            step=point.step,
            task=point.task,
            measure=point.measure,
            value=number_or_null(point.value),
        )
    for position, note in enumerate(result.notes):
        yield RunNoteRow(
            run_id=run_id,
            position=position,
            template=note.template,
            template_values=dict(note.values),
        )
    for position, (name, array) in enumerate(result.state.arrays.items()):
        yield FittedParameterRow(
            run_id=run_id,
            position=position,
            name=name,
            array=arrays.add(array, f"the parameter {name}"),
        )

"""Runs in the project file, read: every number is checked before it is shown.

A SHA-256 over all plain rows of a run stands in its row: a number of the comparison that changed
on the disk is found when the run is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, defer, undefer

from algorithms.arrays import AnyArray
from algorithms.evaluation.results import Cost, MetricResult, RunResult
from algorithms.messages import Message
from algorithms.models.base import CurvePoint, ModelState, TopLists
from mtrec_gui.storage.codec import decode, rows_digest
from mtrec_gui.storage.column_types import number_or_nan
from mtrec_gui.storage.errors import DamageFound, FailedRunError, UnknownRecordError
from mtrec_gui.storage.experiment_store import comparison
from mtrec_gui.storage.rows import (
    CurvePointRow,
    FittedParameterRow,
    MetricValueRow,
    OfRun,
    Row,
    RunArrayRow,
    RunNoteRow,
    RunRow,
    TopListRow,
)
from mtrec_gui.storage.values import RunStatus, StoredRun

RowT = TypeVar("RowT", bound=OfRun)

_PLAIN: tuple[type[OfRun], ...] = (
    MetricValueRow,
    TopListRow,
    CurvePointRow,
    RunNoteRow,
    FittedParameterRow,
)


def runs(session: Session, comparison_id: int) -> list[StoredRun]:
    """Return what is known of each run of a comparison, oldest first."""
    comparison(session, comparison_id)
    rows = session.scalars(
        select(RunRow)
        .where(RunRow.comparison_id == comparison_id)
        .order_by(RunRow.id)
        .options(defer(RunRow.state_values))
    )
    return [
        StoredRun(
            id=row.id,
            model=row.model,
            config=row.config,
            seed=row.seed,
            created=row.created,
            status=RunStatus.DONE if row.status == RunStatus.DONE else RunStatus.FAILED,
            message=None if row.message is None else Message(row.message, row.message_values),
            cost=_cost(row) if row.status == RunStatus.DONE else None,
        )
        for row in rows
    ]


def load_result(session: Session, run_id: int, with_state: bool) -> RunResult:
    """Read and check a run; its fitted parameters only ``with_state``."""
    run = _checked_run(session, run_id)
    arrays = _ArrayReader(session, run_id)
    return RunResult(
        model=run.model,
        config=run.config,
        seed=run.seed,
        tasks=tuple(run.tasks),
        metrics=tuple(
            MetricResult(
                task=row.task,
                metric=row.metric,
                k=row.k,
                value=number_or_nan(row.value),
                n=row.n,
                n_undefined=row.n_undefined,
                low=number_or_nan(row.low),
                high=number_or_nan(row.high),
                users=arrays.get(row.users_array),
                per_user=arrays.get(row.per_user_array),
                weights=None if row.weights_array is None else arrays.get(row.weights_array),
            )
            for row in _of_run(session, MetricValueRow, run_id)
        ),
        lists={
            row.task: TopLists(
                users=arrays.get(row.users_array),
                items=arrays.get(row.items_array),
                scores=arrays.get(row.scores_array),
            )
            for row in _of_run(session, TopListRow, run_id)
        },
        curves=learning_curve(session, run_id),
        cost=_cost(run),
        state=_state(session, run, arrays) if with_state else ModelState({}),
        notes=tuple(
            Message(row.template, row.template_values)
            for row in _of_run(session, RunNoteRow, run_id)
        ),
    )


def learning_curve(session: Session, run_id: int) -> tuple[CurvePoint, ...]:
    """Read what was noted of a run while its model learned."""
    return tuple(
        CurvePoint(row.step, row.task, row.measure, number_or_nan(row.value))
        for row in _of_run(session, CurvePointRow, run_id)
    )


def runs_with_a_curve(session: Session, comparison_id: int) -> frozenset[int]:
    """Return the runs of a comparison of which something was noted while they learned."""
    rows = select(CurvePointRow.run_id).join(RunRow, RunRow.id == CurvePointRow.run_id)
    return frozenset(session.scalars(rows.where(RunRow.comparison_id == comparison_id).distinct()))


def load_state(session: Session, run_id: int) -> ModelState:
    """Read and check what the model of a run learned."""
    run = _checked_run(session, run_id)
    return _state(session, run, _ArrayReader(session, run_id))


def run_row(session: Session, run_id: int) -> RunRow:
    """Return the row of a run."""
    row = session.get(RunRow, run_id, options=[undefer(RunRow.state_values)])
    if row is None:
        raise UnknownRecordError(what="run", id=run_id)
    return row


class _ArrayReader:
    """Reads each array of a run once, when it is asked for."""

    def __init__(self, session: Session, run_id: int) -> None:
        self._session = session
        self._run_id = run_id
        self._known: dict[int, AnyArray] = {}

    def get(self, number: int) -> AnyArray:
        if number not in self._known:
            what = f"array {number} of run {self._run_id}"
            row = self._session.get(RunArrayRow, (self._run_id, number))
            if row is None:
                raise DamageFound(what)
            self._known[number] = decode(row.blob(), what)
        return self._known[number]


def _checked_run(session: Session, run_id: int) -> RunRow:
    run = run_row(session, run_id)
    if run.status == RunStatus.FAILED:
        raise FailedRunError(id=run_id, model=run.model)
    if run.rows_sha256 != run_digest(session, run_id):
        raise DamageFound(f"the numbers of run {run_id}")
    return run


def run_digest(session: Session, run_id: int) -> str:
    """Return the SHA-256 of all plain rows of a run and of the hashes of its arrays.

    NULLs are left out, so that a column which a later format adds changes nothing.
    """
    rows: list[Row] = [run_row(session, run_id)]
    for entity in _PLAIN:
        rows += _of_run(session, entity, run_id)
    arrays = session.execute(
        select(RunArrayRow.number, RunArrayRow.sha256)
        .where(RunArrayRow.run_id == run_id)
        .order_by(RunArrayRow.number)
    )
    return rows_digest(
        [
            *([type(row).__tablename__, *_values(row)] for row in rows),
            *(tuple(array) for array in arrays),
        ]
    )


def _values(row: Row) -> Iterator[tuple[str, object]]:
    for column in inspect(type(row)).column_attrs:
        value = getattr(row, column.key)
        if value is not None and column.key != "rows_sha256":
            yield column.key, value


def _of_run(session: Session, entity: type[RowT], run_id: int) -> list[RowT]:
    return list(
        session.scalars(select(entity).where(entity.run_id == run_id).order_by(entity.position))
    )


def _state(session: Session, run: RunRow, arrays: _ArrayReader) -> ModelState:
    return ModelState(
        {row.name: arrays.get(row.array) for row in _of_run(session, FittedParameterRow, run.id)},
        run.state_values,
    )


def _cost(run: RunRow) -> Cost:
    return Cost(
        fit_seconds=number_or_nan(run.fit_seconds),
        predict_seconds=number_or_nan(run.predict_seconds),
        n_parameters=run.n_parameters or 0,
        peak_bytes=run.peak_bytes or 0,
        bytes_stored=run.bytes_stored,
    )

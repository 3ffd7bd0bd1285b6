"""Curves and what their runs said: plain rows and JSON, each with a hash.

Curves that were drawn together, one for each model, stand on one *sheet*.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from algorithms.search.curve_spec import CurveOutcome, CurveSpec
from mtrec_gui.storage.codec import rows_digest
from mtrec_gui.storage.column_types import from_json, now, to_json
from mtrec_gui.storage.errors import DamageFound, UnknownRecordError
from mtrec_gui.storage.log_store import dataset
from mtrec_gui.storage.rows import CurveRunRow, CurveSheetRow
from mtrec_gui.storage.values import CurvesSummary


def start_curves(session: Session, dataset_id: int, specs: Sequence[CurveSpec]) -> int:
    """Keep what curves are asked for; return the id of their sheet."""
    dataset(session, dataset_id)
    values = from_json(to_json([spec.model_dump(mode="json") for spec in specs]))
    row = CurveSheetRow(
        dataset_id=dataset_id, created=now(), specs=values, sha256=rows_digest([[values]])
    )
    session.add(row)
    session.flush()
    return row.id


def add_curve_run(session: Session, sheet_id: int, curve: int, outcome: CurveOutcome) -> None:
    """Keep what a run of a sheet's curve said."""
    _sheet(session, sheet_id)
    values = from_json(to_json(outcome.to_json()))
    message = values["message"] or [None, None]
    session.add(
        CurveRunRow(
            sheet_id=sheet_id,
            curve=curve,
            number=outcome.number,
            quality=values["quality"],
            fit_seconds=values["fit_seconds"],
            n_parameters=values["n_parameters"],
            stored_bytes=values["stored_bytes"],
            message=message[0],
            message_values=message[1],
            sha256=rows_digest([[curve, values]]),
        )
    )


def curves(session: Session, dataset_id: int) -> list[CurvesSummary]:
    """Return what is known of each sheet of a dataset, oldest first."""
    rows = session.scalars(
        select(CurveSheetRow)
        .where(CurveSheetRow.dataset_id == dataset_id)
        .order_by(CurveSheetRow.id)
    )
    return [CurvesSummary(row.id, row.created, _specs(row)) for row in rows]


def load_curve_runs(session: Session, sheet_id: int) -> tuple[tuple[CurveOutcome, ...], ...]:
    """Read and check what the runs of a sheet said, for each of its curves."""
    found: list[list[CurveOutcome]] = [[] for _ in _specs(_sheet(session, sheet_id))]
    rows = session.scalars(
        select(CurveRunRow)
        .where(CurveRunRow.sheet_id == sheet_id)
        .order_by(CurveRunRow.curve, CurveRunRow.number)
    )
    for row in rows:
        if not 0 <= row.curve < len(found):
            raise DamageFound(_name(row))
        found[row.curve].append(_outcome(row))
    return tuple(map(tuple, found))


def delete_curves(session: Session, sheet_id: int) -> None:
    """Remove a sheet and what its runs said."""
    session.delete(_sheet(session, sheet_id))


def _sheet(session: Session, sheet_id: int) -> CurveSheetRow:
    row = session.get(CurveSheetRow, sheet_id)
    if row is None:
        raise UnknownRecordError(what="curves", id=sheet_id)
    return row


def _specs(row: CurveSheetRow) -> tuple[CurveSpec, ...]:
    what = f"curves {row.id}"
    if row.sha256 != rows_digest([[row.specs]]):
        raise DamageFound(what)
    try:
        return tuple(CurveSpec.model_validate(spec) for spec in row.specs)
    except (ValidationError, TypeError):
        raise DamageFound(what) from None


def _outcome(row: CurveRunRow) -> CurveOutcome:
    values: dict[str, Any] = {
        "number": row.number,
        "quality": row.quality,
        "fit_seconds": row.fit_seconds,
        "n_parameters": row.n_parameters,
        "stored_bytes": row.stored_bytes,
        "message": None if row.message is None else [row.message, row.message_values],
    }
    if row.sha256 != rows_digest([[row.curve, values]]):
        raise DamageFound(_name(row))
    return CurveOutcome.from_json(values)


def _name(row: CurveRunRow) -> str:
    return f"run {row.number} of curve {row.curve} on sheet {row.sheet_id}"

"""Searches and their trials: plain rows and JSON, each with a hash."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from algorithms.search.result import Trial
from algorithms.search.spec import SearchSpec
from mtrec_gui.storage.codec import rows_digest
from mtrec_gui.storage.column_types import from_json, now, to_json
from mtrec_gui.storage.errors import DamageFound, UnknownRecordError
from mtrec_gui.storage.log_store import dataset
from mtrec_gui.storage.rows import SearchRow, SearchTrialRow
from mtrec_gui.storage.values import SearchSummary


def start_search(session: Session, dataset_id: int, spec: SearchSpec) -> int:
    """Keep what a search is asked for; return its id."""
    dataset(session, dataset_id)
    values = from_json(to_json(spec.model_dump(mode="json")))
    row = SearchRow(
        dataset_id=dataset_id, created=now(), spec=values, sha256=rows_digest([[values]])
    )
    session.add(row)
    session.flush()
    return row.id


def add_trial(session: Session, search_id: int, trial: Trial) -> None:
    """Keep a trial that ended."""
    _search(session, search_id)
    values = from_json(to_json(trial.to_json()))
    message = values["message"] or [None, None]
    session.add(
        SearchTrialRow(
            search_id=search_id,
            number=trial.number,
            role=trial.role.value,
            weights=values["weights"],
            config=values["config"],
            measured=values["values"],
            seconds=values["seconds"],
            message=message[0],
            message_values=message[1],
            sha256=rows_digest([[values]]),
        )
    )


def searches(session: Session, dataset_id: int) -> list[SearchSummary]:
    """Return what is known of each search of a dataset, oldest first."""
    rows = session.scalars(
        select(SearchRow).where(SearchRow.dataset_id == dataset_id).order_by(SearchRow.id)
    )
    return [SearchSummary(row.id, row.created, _spec(row)) for row in rows]


def load_trials(session: Session, search_id: int) -> tuple[Trial, ...]:
    """Read and check the trials of a search, by their numbers."""
    _search(session, search_id)
    rows = session.scalars(
        select(SearchTrialRow)
        .where(SearchTrialRow.search_id == search_id)
        .order_by(SearchTrialRow.number)
    )
    return tuple(_trial(row) for row in rows)


def delete_search(session: Session, search_id: int) -> None:
    """Remove a search and its trials."""
    session.delete(_search(session, search_id))


def _search(session: Session, search_id: int) -> SearchRow:
    row = session.get(SearchRow, search_id)
    if row is None:
        raise UnknownRecordError(what="search", id=search_id)
    return row


def _spec(row: SearchRow) -> SearchSpec:
    what = f"search {row.id}"
    if row.sha256 != rows_digest([[row.spec]]):
        raise DamageFound(what)
    try:
        return SearchSpec.model_validate(row.spec)
    except ValidationError:
        raise DamageFound(what) from None


def _trial(row: SearchTrialRow) -> Trial:
    values: dict[str, Any] = {
        "number": row.number,
        "role": row.role,
        "weights": row.weights,
        "config": row.config,
        "values": row.measured,
        "seconds": row.seconds,
        "message": None if row.message is None else [row.message, row.message_values],
    }
    if row.sha256 != rows_digest([[values]]):
        raise DamageFound(f"trial {row.number} of search {row.search_id}")
    return Trial.from_json(values)

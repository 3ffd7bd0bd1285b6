"""The tables of a project file, one class each (docs/project-file.md explains every column).

Tables are STRICT, so that a column holds only values of its type. What belongs to a dataset or
to a run goes when that goes (``ON DELETE CASCADE``). A change here needs a migration beside it:
a test compares the two.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    REAL,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from mtrec_gui.storage.codec import Blob
from mtrec_gui.storage.column_types import JsonText, Truth, UtcTime

STRICT = {"sqlite_strict": True}
CLUSTERED = {"sqlite_strict": True, "sqlite_with_rowid": False}  # stored in the key's order

Json = Any


class Row(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """Base of all rows."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads a plain attribute
        bool: Truth,
        bytes: LargeBinary,
        datetime: UtcTime,
        float: REAL,
        int: Integer,
        str: Text,
    }


class _BlobColumns(MappedAsDataclass, kw_only=True):
    """An encoded array; ``data`` comes last, so that the rest is read without it."""

    dtype: Mapped[str] = mapped_column(sort_order=10)
    shape: Mapped[str] = mapped_column(sort_order=10)
    codec: Mapped[str] = mapped_column(sort_order=10)
    sha256: Mapped[str] = mapped_column(sort_order=10)
    data: Mapped[bytes] = mapped_column(sort_order=10)

    def blob(self) -> Blob:
        """Return the encoded array."""
        return Blob(self.dtype, self.shape, self.codec, self.sha256, self.data)


class ProjectRow(Row):
    """The project itself: one row."""

    __tablename__ = "project"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    created: Mapped[datetime]
    app_version: Mapped[str]


# --- data ---------------------------------------------------------------------------------------


class DatasetRow(Row):
    """An interaction log."""

    __tablename__ = "datasets"
    __table_args__ = STRICT

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str]
    created: Mapped[datetime]
    n_interactions: Mapped[int]
    n_users: Mapped[int]
    n_items: Mapped[int]
    item_kinds: Mapped[Json] = mapped_column(JsonText)
    rows_sha256: Mapped[str]
    origin: Mapped[str | None] = mapped_column(default=None)


class UserRow(Row):
    """A user."""

    __tablename__ = "users"
    __table_args__ = CLUSTERED

    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True
    )
    user_index: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str]


class ItemRow(Row):
    """An item."""

    __tablename__ = "items"
    __table_args__ = CLUSTERED

    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True
    )
    item_index: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    category: Mapped[str]


class LogColumnRow(_BlobColumns, Row):
    """One column of a log, of its users or of its items."""

    __tablename__ = "log_columns"
    __table_args__ = (
        CheckConstraint(
            "part IN ('event', 'label', 'context', 'user feature', 'item feature')", name="part"
        ),
        STRICT,
    )

    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[str]
    name: Mapped[str]


# --- what is asked ------------------------------------------------------------------------------


class SetupRow(Row):
    """The experiment as it is being edited, without its tasks and rules."""

    __tablename__ = "setups"
    __table_args__ = STRICT

    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True
    )
    changed: Mapped[datetime]
    settings: Mapped[Json] = mapped_column(JsonText)
    sha256: Mapped[str]


class TaskRow(Row):
    """A task of the experiment that is being edited."""

    __tablename__ = "tasks"
    __table_args__ = STRICT

    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("setups.dataset_id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    label: Mapped[str]
    item_kind: Mapped[str]
    relevant_from: Mapped[float | None]
    weight: Mapped[float]
    parent: Mapped[str | None]
    enabled: Mapped[bool]


class RuleSetRow(Row):
    """The rules of the experiment that is being edited."""

    __tablename__ = "rule_sets"
    __table_args__ = STRICT

    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("setups.dataset_id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str]
    method: Mapped[str]
    powers: Mapped[Json] = mapped_column(JsonText)
    rules: Mapped[Json] = mapped_column(JsonText)


class ComparisonRow(Row):
    """A comparison: the experiment as it was when it was started."""

    __tablename__ = "comparisons"
    __table_args__ = (Index(None, "dataset_id"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    created: Mapped[datetime]
    experiment: Mapped[Json] = mapped_column(JsonText)
    sha256: Mapped[str]


class SearchRow(Row):
    """A search over the settings of one model: what was asked for when it was started."""

    __tablename__ = "searches"
    __table_args__ = (Index(None, "dataset_id"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    created: Mapped[datetime]
    spec: Mapped[Json] = mapped_column(JsonText)
    sha256: Mapped[str]


class SearchTrialRow(Row):
    """One setting that a search tried, and what it reached on validation data."""

    __tablename__ = "search_trials"
    __table_args__ = STRICT

    search_id: Mapped[int] = mapped_column(
        ForeignKey("searches.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    weights: Mapped[Json] = mapped_column(JsonText)
    config: Mapped[Json] = mapped_column(JsonText)
    measured: Mapped[Json] = mapped_column(JsonText)
    seconds: Mapped[float | None]
    message: Mapped[str | None]
    message_values: Mapped[Json] = mapped_column(JsonText, nullable=True)
    sha256: Mapped[str]


class CurveSheetRow(Row):
    """Curves of a few models that were drawn together: what was asked for."""

    __tablename__ = "curve_sheets"
    __table_args__ = (Index(None, "dataset_id"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    created: Mapped[datetime]
    specs: Mapped[Json] = mapped_column(JsonText)
    sha256: Mapped[str]


class CurveRunRow(Row):
    """What one run of a curve said: a number for each of its points."""

    __tablename__ = "curve_runs"
    __table_args__ = STRICT

    sheet_id: Mapped[int] = mapped_column(
        ForeignKey("curve_sheets.id", ondelete="CASCADE"), primary_key=True
    )
    curve: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    quality: Mapped[Json] = mapped_column(JsonText)
    fit_seconds: Mapped[float | None]
    n_parameters: Mapped[Json] = mapped_column(JsonText)
    stored_bytes: Mapped[Json] = mapped_column(JsonText)
    message: Mapped[str | None]
    message_values: Mapped[Json] = mapped_column(JsonText, nullable=True)
    sha256: Mapped[str]


class SolvedExerciseRow(Row):
    """An exercise of the Metric Lab that was answered rightly in this project."""

    __tablename__ = "solved_exercises"
    __table_args__ = STRICT

    exercise: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[datetime]


# --- what came out ------------------------------------------------------------------------------


class RunRow(Row):
    """One model on one seed."""

    __tablename__ = "runs"
    __table_args__ = (
        CheckConstraint("status IN ('done', 'failed')", name="status"),
        Index(None, "comparison_id"),
        {"sqlite_autoincrement": True, **STRICT},  # the id of a deleted run never comes back
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    comparison_id: Mapped[int] = mapped_column(ForeignKey("comparisons.id", ondelete="CASCADE"))
    created: Mapped[datetime]
    status: Mapped[str]
    model: Mapped[str]
    config: Mapped[Json] = mapped_column(JsonText)
    seed: Mapped[int]
    tasks: Mapped[Json] = mapped_column(JsonText, nullable=True, default=None)
    fit_seconds: Mapped[float | None] = mapped_column(default=None)
    predict_seconds: Mapped[float | None] = mapped_column(default=None)
    n_parameters: Mapped[int | None] = mapped_column(default=None)
    peak_bytes: Mapped[int | None] = mapped_column(default=None)
    bytes_stored: Mapped[int | None] = mapped_column(default=None)
    message: Mapped[str | None] = mapped_column(default=None)
    message_values: Mapped[Json] = mapped_column(JsonText, nullable=True, default=None)
    rows_sha256: Mapped[str | None] = mapped_column(default=None)
    state_values: Mapped[Json] = mapped_column(JsonText, nullable=True, default=None)


class RunArrayRow(_BlobColumns, Row):
    """An array of a run; other tables of the run name it by its number."""

    __tablename__ = "run_arrays"
    __table_args__ = STRICT

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)


def _array(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["run_id", column], ["run_arrays.run_id", "run_arrays.number"], ondelete="CASCADE"
    )


class OfRun(Row):
    """Belongs to a run, in an order."""

    __abstract__ = True

    run_id: Mapped[int] = mapped_column(
        ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, sort_order=-2
    )
    position: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


class MetricValueRow(OfRun):
    """One number of the comparison."""

    __tablename__ = "metric_values"
    __table_args__ = (
        _array("users_array"),
        _array("per_user_array"),
        _array("weights_array"),
        STRICT,
    )

    task: Mapped[str]
    metric: Mapped[str]
    k: Mapped[int | None]
    value: Mapped[float | None]
    n: Mapped[int]
    n_undefined: Mapped[int]
    low: Mapped[float | None]
    high: Mapped[float | None]
    users_array: Mapped[int]
    per_user_array: Mapped[int]
    weights_array: Mapped[int | None]


class TopListRow(OfRun):
    """The ranked lists for one task."""

    __tablename__ = "top_lists"
    __table_args__ = (
        _array("users_array"),
        _array("items_array"),
        _array("scores_array"),
        STRICT,
    )

    task: Mapped[str]
    users_array: Mapped[int]
    items_array: Mapped[int]
    scores_array: Mapped[int]


class CurvePointRow(OfRun):
    """One point of a learning curve."""

    __tablename__ = "curve_points"
    __table_args__ = CLUSTERED

    step: Mapped[int]
    task: Mapped[str]
    measure: Mapped[str]
    value: Mapped[float | None]


class RunNoteRow(OfRun):
    """A footnote of a run."""

    __tablename__ = "run_notes"
    __table_args__ = STRICT

    template: Mapped[str]
    template_values: Mapped[Json] = mapped_column(JsonText)


class FittedParameterRow(OfRun):
    """One array that a model learned."""

    __tablename__ = "fitted_parameters"
    __table_args__ = (_array("array"), STRICT)

    name: Mapped[str]
    array: Mapped[int]


class ExplanationRow(Row):
    """Why a run's model gives an item its score for a user."""

    __tablename__ = "explanations"
    __table_args__ = (
        Index("ix_explanations_subject", "run_id", "task", "user_index", "item_index", unique=True),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    created: Mapped[datetime]
    task: Mapped[str]
    user_index: Mapped[int]
    item_index: Mapped[int]
    score: Mapped[float | None]
    additive: Mapped[bool]
    sentence: Mapped[str]
    sentence_values: Mapped[Json] = mapped_column(JsonText)
    contributions: Mapped[Json] = mapped_column(JsonText)
    remarks: Mapped[Json] = mapped_column(JsonText)

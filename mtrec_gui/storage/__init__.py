"""The project file: one SQLite database that keeps data, experiments and results.

Rows and SQL stay in here; a ``Project`` takes and returns the engine's own values. This module
loads SQLAlchemy, so the window imports it after its first paint.
"""

from mtrec_gui.storage.errors import (
    BusyProjectError,
    ClosedProjectError,
    DamagedProjectError,
    DiskFullError,
    FailedRunError,
    ForeignObjectError,
    MissingProjectError,
    NewerProjectError,
    NotAProjectError,
    ProjectExistsError,
    ReadOnlyProjectError,
    UnknownRecordError,
)
from mtrec_gui.storage.export import export_tables
from mtrec_gui.storage.project import Project
from mtrec_gui.storage.values import (
    ComparisonSummary,
    DatasetSummary,
    ProjectInfo,
    RunStatus,
    StoredRun,
)

__all__ = [
    "BusyProjectError",
    "ClosedProjectError",
    "ComparisonSummary",
    "DamagedProjectError",
    "DatasetSummary",
    "DiskFullError",
    "FailedRunError",
    "ForeignObjectError",
    "MissingProjectError",
    "NewerProjectError",
    "NotAProjectError",
    "Project",
    "ProjectExistsError",
    "ProjectInfo",
    "ReadOnlyProjectError",
    "RunStatus",
    "StoredRun",
    "UnknownRecordError",
    "export_tables",
]

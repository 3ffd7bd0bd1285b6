"""Search: many runs over weights and parameters, and the Pareto front between tasks.

``search`` does one in this process; ``Course`` hands out its trials one by one to whoever does
them elsewhere. Every trial is judged on validation data (``rehearse``); what was chosen is then
run for real, ``run(result.run_spec(trial), log)``. A ``curve`` shows what a model needs of
labels, of size and time, or of bytes.
"""

from algorithms.search.course import Attempt, Course, search
from algorithms.search.curve_spec import (
    CurveKind,
    CurveOutcome,
    CurveRun,
    CurveSpec,
    CurveValue,
    NoNetworkError,
    knee,
)
from algorithms.search.curve_values import NoSizeError, share_values, size_values
from algorithms.search.curves import curve, curve_run, label_curve, size_curve
from algorithms.search.points import n_points
from algorithms.search.rehearsal import rehearse
from algorithms.search.result import Role, SearchResult, Trial
from algorithms.search.space import (
    Parameter,
    WeightScale,
    narrowed,
    parameter_of,
    searchable,
)
from algorithms.search.spec import Objective, SearchError, SearchMethod, SearchSpec, column_of

__all__ = [
    "Attempt",
    "Course",
    "CurveKind",
    "CurveOutcome",
    "CurveRun",
    "CurveSpec",
    "CurveValue",
    "NoNetworkError",
    "NoSizeError",
    "Objective",
    "Parameter",
    "Role",
    "SearchError",
    "SearchMethod",
    "SearchResult",
    "SearchSpec",
    "Trial",
    "WeightScale",
    "column_of",
    "curve",
    "curve_run",
    "knee",
    "label_curve",
    "n_points",
    "narrowed",
    "parameter_of",
    "rehearse",
    "search",
    "searchable",
    "share_values",
    "size_curve",
    "size_values",
]

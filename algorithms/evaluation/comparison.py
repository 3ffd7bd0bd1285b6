"""Results side by side: models in rows, tasks and metrics in columns, and what sharing bought.

Runs of one model with the same configuration and different seeds become one row; its values are
the means over the seeds. The best value of a column is marked, every value keeps its interval,
and each model that learns tasks together is set against its single-task twin.

Reference models stand at the end, the ceiling before the floor. They are there to read the others
by and take no part in the contest: they are never best, and nobody's twin.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from algorithms.evaluation.columns import Column, default_columns
from algorithms.evaluation.gains import paired_gains
from algorithms.evaluation.results import Cost, RunResult
from algorithms.evaluation.significance import judge
from algorithms.evaluation.table import Cell, Comparison, Row, TwinGains
from algorithms.models.base import Bound, Recommender
from algorithms.models.catalog import MODELS, find_model
from algorithms.tasks import Task


def compare(
    results: Sequence[RunResult],
    tasks: Sequence[Task],
    k: int = 10,
    columns: Sequence[Column] | None = None,
    seed: int = 0,
    models: Mapping[str, type[Recommender]] = MODELS,
    width: float = 0.0,
) -> Comparison:
    """Set results side by side.

    Parameters
    ----------
    results : of one experiment; a later run of the same model and seed replaces an earlier one
    tasks : of the experiment
    k : length of the judged lists
    columns : what the table shows; the main metric of each task if not given. Gains are always
        measured by the main metrics.
    seed : draws the users of the paired bootstrap
    models : by key; an application may know more than the catalog
    width : of the region of practical equivalence, in percent (see ``significance``)
    """
    shown = tuple(columns) if columns is not None else default_columns(tasks, k)
    rows = _rows(results, models)
    cells = [[_cell(row, column) for column in shown] for row in rows]
    _mark_best([line for row, line in zip(rows, cells, strict=True) if row.bound is None], shown)
    main = default_columns(tasks, k)
    twins = []
    for number, row in enumerate(rows):
        twin = _twin_of(row, rows, models)
        if twin is None:
            continue
        rng = np.random.default_rng(seed)
        gains = paired_gains(row.runs, rows[twin].runs, main, rng)
        if gains.tasks:
            twins.append(TwinGains(number, twin, gains))
    made = Comparison(shown, tuple(rows), tuple(map(tuple, cells)), tuple(twins))
    return with_equivalence(made, width)


def with_equivalence(comparison: Comparison, width: float) -> Comparison:
    """Judge the gains of a comparison again, with another region of practical equivalence.

    Parameters
    ----------
    width : in percent of the twin's value; gains within it count as none

    Raises
    ------
    EquivalenceWidthError
        Where the width is no percentage from 0 to 50.
    """
    judged = judge([twin.gains for twin in comparison.twins], width)
    twins = [
        replace(twin, gains=gains) for twin, gains in zip(comparison.twins, judged, strict=True)
    ]
    return replace(comparison, twins=tuple(twins))


def _rows(results: Sequence[RunResult], known: Mapping[str, type[Recommender]]) -> list[Row]:
    grouped: dict[tuple[str, str], dict[int, RunResult]] = {}
    for result in results:
        configuration = json.dumps(result.config, sort_keys=True, default=str)
        grouped.setdefault((result.model, configuration), {})[result.seed] = result
    groups = [tuple(runs.values()) for runs in grouped.values()]
    models = [group[0].model for group in groups]
    rows = []
    for group in groups:
        model = find_model(group[0].model, known)
        differences = _differences(model, group[0].config)
        title = model.title
        if models.count(group[0].model) > 1:
            words = ", ".join(f"{name} {_short(value)}" for name, value in differences.items())
            title = f"{title} ({words or 'default'})"
        cost = _mean_cost(group)
        rows.append(Row(group[0].model, title, differences, group, cost, model.bound))
    order = (None, Bound.CEILING, Bound.FLOOR)
    return sorted(rows, key=lambda row: order.index(row.bound))


def _differences(model: type[Recommender], config: Mapping[str, Any]) -> dict[str, Any]:
    usual = model.config_class().model_dump(mode="json")
    return {name: value for name, value in config.items() if usual.get(name) != value}


def _short(value: object) -> object:
    """Return what a title can hold of a value: a rule set goes by its name."""
    return value.get("name", "…") if isinstance(value, Mapping) else value


def _mean_cost(runs: Sequence[RunResult]) -> Cost:
    stored = [run.cost.bytes_stored for run in runs if run.cost.bytes_stored is not None]
    return Cost(
        fit_seconds=float(np.mean([run.cost.fit_seconds for run in runs])),
        predict_seconds=float(np.mean([run.cost.predict_seconds for run in runs])),
        n_parameters=round(np.mean([run.cost.n_parameters for run in runs])),
        peak_bytes=max(run.cost.peak_bytes for run in runs),
        bytes_stored=round(np.mean(stored)) if stored else None,
    )


def _cell(row: Row, column: Column) -> Cell | None:
    found = [run.metric(column.task, column.key) for run in row.runs]
    measured = [result for result in found if result is not None]
    if not measured:
        return None
    values = np.array([(m.value, m.low, m.high) for m in measured])  # (n_seeds, 3)
    values = values[np.isfinite(values[:, 0])]
    means = values.mean(axis=0) if len(values) else np.full(3, np.nan)
    return Cell(
        value=float(means[0]),
        low=float(means[1]),
        high=float(means[2]),
        spread=float(values[:, 0].std(ddof=1)) if len(values) > 1 else float("nan"),
        n=measured[0].n,
        n_undefined=measured[0].n_undefined,
        is_best=False,
    )


def _mark_best(cells: list[list[Cell | None]], columns: Sequence[Column]) -> None:
    """Mark the best value of each column in its place."""
    for number, column in enumerate(columns):
        values = [cell.value for line in cells if (cell := line[number]) is not None]
        defined = [value for value in values if math.isfinite(value)]
        if len(defined) < 2:
            continue
        best = max(defined) if column.higher_is_better else min(defined)
        for line in cells:
            cell = line[number]
            if cell is not None and math.isclose(cell.value, best, rel_tol=1e-9):
                line[number] = replace(cell, is_best=True)


def _twin_of(row: Row, rows: Sequence[Row], models: Mapping[str, type[Recommender]]) -> int | None:
    """Return the row of the single-task twin, the one configured most alike if there are more."""
    key = find_model(row.model, models).single_task_twin
    config = row.runs[0].config

    def likeness(number: int) -> int:
        other = rows[number].runs[0].config
        return sum(other.get(name, object()) == value for name, value in config.items())

    candidates = [number for number, other in enumerate(rows) if other.model == key]
    return max(candidates, key=likeness, default=None)

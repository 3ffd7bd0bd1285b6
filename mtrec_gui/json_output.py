"""What ``--json`` writes; every field is described in ``docs/json.md``."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from algorithms.data import InteractionLog
from algorithms.errors import ResourceError
from algorithms.evaluation import Cell, Experiment, RunResult, all_columns, compare
from algorithms.metrics import Measure, Metric
from algorithms.models.base import Recommender
from mtrec_gui.run_desk import DeskRow
from sample_data.spec import WorldSpec

FORMAT = 1


def comparison_values(
    experiment: Experiment,
    results: list[RunResult],
    rows: Sequence[DeskRow],
    project: Path,
) -> dict[str, Any]:
    """Return a whole comparison: every metric of every task, gains, costs, notes, failures."""
    columns = all_columns(experiment.tasks, experiment.k)
    comparison = compare(results, experiment.tasks, experiment.k, columns)
    return {
        "format": FORMAT,
        "project": str(project),
        "experiment": experiment.model_dump(mode="json"),
        "models": [
            {
                "model": row.model,
                "title": row.title,
                "config": dict(row.runs[0].config),
                "seeds": list(row.seeds),
                "cost": {
                    "fit_seconds": row.cost.fit_seconds,
                    "predict_seconds": row.cost.predict_seconds,
                    "n_parameters": row.cost.n_parameters,
                    "peak_bytes": row.cost.peak_bytes,
                    "bytes_stored": row.cost.bytes_stored,
                },
                "metrics": [
                    {"task": column.task, "metric": column.key, **_cell(cell)}
                    for column, cell in zip(columns, cells, strict=True)
                    if cell is not None
                ],
            }
            for row, cells in zip(comparison.rows, comparison.cells, strict=True)
        ],
        "gains": [
            {
                "model": comparison.rows[twin.row].title,
                "against": comparison.rows[twin.twin].title,
                "tasks": [
                    {
                        "task": entry.column.task,
                        "metric": entry.column.key,
                        "percent": _number(entry.gain.percent),
                        "low": _number(entry.gain.low),
                        "high": _number(entry.gain.high),
                        "verdict": entry.gain.verdict.value,
                    }
                    for entry in twin.gains.tasks
                ],
                "negative_transfer": list(twin.negative_transfer),
            }
            for twin in comparison.twins
        ],
        "sentences": [str(sentence) for sentence in comparison.sentences()],
        "notes": list(dict.fromkeys(str(note) for result in results for note in result.notes)),
        "failures": [
            {"model": row.spec.model, "seed": row.spec.seed, "reason": str(row.message)}
            for row in rows
            if row.message is not None
        ],
    }


def world_values(spec: WorldSpec, log: InteractionLog, project: Path) -> dict[str, Any]:
    """Return what a world was asked to be, and what became of it."""
    labels = {name: values[~np.isnan(values)] for name, values in log.labels.items()}
    return {
        "project": str(project),
        "n_users": log.n_users,
        "n_items": log.n_items,
        "n_events": len(log),
        "labels": [
            {
                "label": name,
                "n_observed": len(seen),
                "mean": float(seen.mean(dtype=np.float64)) if len(seen) else None,
            }
            for name, seen in labels.items()
        ],
        "tasks": [task.model_dump(mode="json") for task in spec.tasks],
        "world": spec.model_dump(mode="json"),
    }


def model_values(model: type[Recommender]) -> dict[str, Any]:
    """Return what the catalog says of a model, with the schema of its parameters."""
    return {
        "key": model.key,
        "title": model.title,
        "family": model.family.value,
        "summary": model.summary,
        "equation": model.equation,
        "reference": model.reference,
        "serves": sorted(kind.value for kind in model.serves),
        "is_multitask": model.is_multitask,
        "single_task_twin": model.single_task_twin,
        "explains_by": model.explains_by,
        "parameters": model.config_class.model_json_schema(),
    }


def metric_values(metric: Metric | Measure) -> dict[str, Any]:
    """Return the card of a metric, or of what is measured across tasks or of a run."""
    card = metric.card
    if isinstance(metric, Measure):
        level, kinds = metric.group.value, []
    else:
        level, kinds = metric.level.value, sorted(kind.value for kind in metric.kinds)
    return {
        "key": metric.key,
        "level": level,
        "kinds": kinds,
        "title": card.title,
        "definition": card.definition,
        "formula": card.formula,
        "direction": card.direction.value,
        "low": card.low,
        "high": card.high,
        "undefined": card.undefined,
        "mistake": card.mistake,
        "blind": card.blind,
        "variants": [asdict(variant) for variant in card.variants],
        "example": dict(card.example),
        "reference": card.reference,
    }


def write_json(path: Path, values: object) -> None:
    """Write values as JSON, whole or not at all.

    Raises
    ------
    ResourceError
        Where the file cannot be written.
    """
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", "utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ResourceError(
            file=str(path),
            reason=error.strerror or str(error),
            remedy="Choose another place for the JSON file.",
        ) from error


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "value": _number(cell.value),
        "low": _number(cell.low),
        "high": _number(cell.high),
        "spread": _number(cell.spread),
        "n": cell.n,
        "n_undefined": cell.n_undefined,
        "is_best": cell.is_best,
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None

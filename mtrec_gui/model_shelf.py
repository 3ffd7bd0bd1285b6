"""Every model that the application knows: the catalog, and the oracle of the simulated worlds.

The engine does not know the worlds; here the two meet, and the policies are told who judges them.
Wherever the application asks for a model by its key, makes a first experiment, runs or compares, it
asks here (Qt-free).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from algorithms.models import catalog
from algorithms.models.base import Recommender
from algorithms.models.policy_fusion import PolicyFusion
from algorithms.progress import Progress, silent
from sample_data.oracle import Oracle
from sample_data.world_judge import world_judge

if TYPE_CHECKING:
    from algorithms.data.log import InteractionLog
    from algorithms.evaluation import Comparison, Experiment, RunResult, RunSpec
    from algorithms.evaluation.columns import Column
    from algorithms.tasks import Task

MODELS: dict[str, type[Recommender]] = {**catalog.MODELS, Oracle.key: Oracle}
PolicyFusion.judge_behind = staticmethod(world_judge)


def find_model(key: str) -> type[Recommender]:
    """Return the model of a key (raises ``UnknownModelError``)."""
    return catalog.find_model(key, MODELS)


def differing_values(model: type[Recommender], config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a configuration that differ from a model's defaults, rules aside."""
    fields = model.config_class.model_fields
    return {
        name: value
        for name, value in config.items()
        if name != "rules" and (name not in fields or fields[name].default != value)
    }


def title_of(key: str, config: Mapping[str, Any]) -> str:
    """Return a model's title and, in brackets, what differs from its defaults."""
    if key not in MODELS:
        return key
    model = MODELS[key]
    values = [f"{name}={value}" for name, value in differing_values(model, config).items()]
    return f"{model.title} ({', '.join(values)})" if values else model.title


def default_experiment(log: InteractionLog, tasks: Sequence[Task]) -> Experiment:
    """Return a sensible first experiment; with the oracle where the truth is known."""
    from algorithms.evaluation import default_experiment as of_engine

    return of_engine(log, tasks, MODELS)


def run(spec: RunSpec, log: InteractionLog, progress: Progress = silent) -> RunResult:
    """Fit one model once and judge it; this is what a worker process calls."""
    from algorithms.evaluation.runner import run as of_engine

    return of_engine(spec, log, progress, MODELS)


def rehearse(spec: RunSpec, log: InteractionLog, progress: Progress = silent) -> RunResult:
    """Fit one model and judge it on validation data, as a search does."""
    from algorithms.search.rehearsal import rehearse as of_engine

    return of_engine(spec, log, progress, MODELS)


def study(spec: RunSpec, log: InteractionLog, progress: Progress = silent) -> RunResult:
    """Do what a search or a curve needs; a worker process calls it."""
    from algorithms.search import CurveRun, curve_run

    if isinstance(spec, CurveRun):
        return curve_run(spec, log, progress, MODELS)
    return rehearse(spec, log, progress)


def compare(
    results: Sequence[RunResult],
    tasks: Sequence[Task],
    k: int = 10,
    columns: Sequence[Column] | None = None,
) -> Comparison:
    """Set results side by side, the references last."""
    from algorithms.evaluation import compare as of_engine

    return of_engine(results, tasks, k, columns, models=MODELS)

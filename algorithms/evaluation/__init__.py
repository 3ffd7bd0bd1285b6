"""Experiments: what is compared, how it is judged, what comes out.

``run`` turns a ``RunSpec`` and a log into a ``RunResult``; ``compare`` sets results side by side.
"""

from algorithms.evaluation.experiment import Experiment, ModelChoice, RunSpec
from algorithms.evaluation.results import Cost, MetricResult, RunResult, judged_users
from algorithms.evaluation.runner import run, split_of

__all__ = [
    "Cost",
    "Experiment",
    "MetricResult",
    "ModelChoice",
    "RunResult",
    "RunSpec",
    "judged_users",
    "run",
    "split_of",
]

"""Experiments: what is compared, how it is judged, what comes out.

``default_experiment`` proposes one; its ``run_specs`` go one by one into ``run``, which turns a
spec and a log into a ``RunResult``; ``compare`` sets the results side by side.
"""

from algorithms.evaluation.columns import Column, all_columns, default_columns
from algorithms.evaluation.comparison import compare, with_equivalence
from algorithms.evaluation.defaults import default_experiment, default_rules
from algorithms.evaluation.experiment import Experiment, ModelChoice, RunSpec
from algorithms.evaluation.faithfulness import (
    Evidence,
    Faithfulness,
    can_be_tested,
    measure_faithfulness,
)
from algorithms.evaluation.gains import Gain, PairedGains, TaskGain, Verdict, paired_gains
from algorithms.evaluation.notes import concerns
from algorithms.evaluation.results import Cost, MetricResult, RunResult, judged_users
from algorithms.evaluation.runner import run, split_of
from algorithms.evaluation.split_facts import SplitFacts, describe_split, when_right
from algorithms.evaluation.table import Cell, Comparison, Row, TwinGains

__all__ = [
    "Cell",
    "Column",
    "Comparison",
    "Cost",
    "Evidence",
    "Experiment",
    "Faithfulness",
    "Gain",
    "MetricResult",
    "ModelChoice",
    "PairedGains",
    "Row",
    "RunResult",
    "RunSpec",
    "SplitFacts",
    "TaskGain",
    "TwinGains",
    "Verdict",
    "all_columns",
    "can_be_tested",
    "compare",
    "concerns",
    "default_columns",
    "default_experiment",
    "default_rules",
    "describe_split",
    "judged_users",
    "measure_faithfulness",
    "paired_gains",
    "run",
    "split_of",
    "when_right",
    "with_equivalence",
]

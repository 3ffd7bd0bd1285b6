"""The workbench of the Metric Lab: metrics on a few rows that a learner can change."""

from algorithms.metrics.lab.disagreements import Disagreement, find_disagreement
from algorithms.metrics.lab.examples import (
    AnswerRows,
    RankedList,
    TaskGains,
    ValueRows,
    Workbench,
)
from algorithms.metrics.lab.exercise_catalog import exercise, templates
from algorithms.metrics.lab.exercises import Exercise, Verdict
from algorithms.metrics.lab.user_lists import NOTHING, ItemFacts, UserLists
from algorithms.metrics.lab.variants import UnknownVariantError, Variant, variants_of
from algorithms.metrics.lab.work_gains import GAIN, task_gains
from algorithms.metrics.lab.workbench import all_variants, evaluate, first_example, workable
from algorithms.metrics.lab.worked import Part, Step, WorkbenchError, Worked

__all__ = [
    "GAIN",
    "NOTHING",
    "AnswerRows",
    "Disagreement",
    "Exercise",
    "ItemFacts",
    "Part",
    "RankedList",
    "Step",
    "TaskGains",
    "UnknownVariantError",
    "UserLists",
    "ValueRows",
    "Variant",
    "Verdict",
    "Workbench",
    "WorkbenchError",
    "Worked",
    "all_variants",
    "evaluate",
    "exercise",
    "find_disagreement",
    "first_example",
    "task_gains",
    "templates",
    "variants_of",
    "workable",
]

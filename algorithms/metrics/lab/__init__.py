"""The workbench of the Metric Lab: metrics on a few rows that a learner can change."""

from algorithms.metrics.lab.evaluate import evaluate, first_example, workable
from algorithms.metrics.lab.examples import (
    AnswerRows,
    RankedList,
    TaskGains,
    ValueRows,
    Workbench,
)
from algorithms.metrics.lab.work_gains import GAIN, task_gains
from algorithms.metrics.lab.worked import Part, Step, WorkbenchError, Worked

__all__ = [
    "GAIN",
    "AnswerRows",
    "Part",
    "RankedList",
    "Step",
    "TaskGains",
    "ValueRows",
    "Workbench",
    "WorkbenchError",
    "Worked",
    "evaluate",
    "first_example",
    "task_gains",
    "workable",
]

"""Metrics of yes and no with the numbers of an example in them: Accuracy, Precision, Recall, F1.

The equations are those of the cards; see ``classification.py``. Each count of the confusion
matrix knows its rows.
"""

from __future__ import annotations

from algorithms.messages import Message
from algorithms.metrics.lab.examples import AnswerRows
from algorithms.metrics.lab.worked import (
    NO_ROWS,
    Part,
    Step,
    Worked,
    Working,
    equals,
    fraction,
    number,
    row_count,
    summed,
    term,
)

NO_YES = Message(
    "No score reaches the threshold of {threshold}, so no answer is yes, "
    "and of no answers no share can be right."
)
NO_EVENT = Message("Nothing happened in these rows, so no share of it can be found.")
NEITHER = Message("There is neither a yes nor an event in these rows.")
ALL_EVENTS = Message("Everything in these rows happened, so no share of the rest can be found.")
NO_CLASS = Message("Balanced accuracy needs rows that happened and rows that did not.")


def work_accuracy(example: AnswerRows, value: float) -> Worked:
    """Work out accuracy: (TP + TN) / n."""
    cells = cell_rows(example)
    steps = (
        _count(cells["TP"], Part.NUMERATOR),
        _count(cells["TN"], Part.NUMERATOR),
        row_count(len(example)),
    )
    text = _with_symbols("Accuracy", r"\dfrac{TP + TN}{n}", fraction(steps), value)
    return Worked("accuracy", value, text, steps, None if len(example) else NO_ROWS)


def work_precision(example: AnswerRows, value: float) -> Worked:
    """Work out precision: TP / (TP + FP)."""
    cells = cell_rows(example)
    steps = (
        _count(cells["TP"], Part.NUMERATOR),
        _count(cells["TP"], Part.DENOMINATOR),
        _count(cells["FP"], Part.DENOMINATOR),
    )
    text = _with_symbols("Precision", r"\dfrac{TP}{TP + FP}", fraction(steps), value)
    no_yes = Message(NO_YES.template, {"threshold": number(example.threshold)})
    return Worked("precision", value, text, steps, None if any(example.answers) else no_yes)


def work_recall(example: AnswerRows, value: float) -> Worked:
    """Work out recall: TP / (TP + FN)."""
    cells = cell_rows(example)
    steps = (
        _count(cells["TP"], Part.NUMERATOR),
        _count(cells["TP"], Part.DENOMINATOR),
        _count(cells["FN"], Part.DENOMINATOR),
    )
    text = _with_symbols("Recall", r"\dfrac{TP}{TP + FN}", fraction(steps), value)
    return Worked("recall", value, text, steps, None if any(example.truth) else NO_EVENT)


def work_f1(example: AnswerRows, value: float) -> Worked:
    """Work out F1: 2 TP / (2 TP + FP + FN)."""
    cells = cell_rows(example)
    twice = rf"2 \cdot {len(cells['TP'])}"
    steps = (
        term(twice, cells["TP"]),
        term(twice, cells["TP"], Part.DENOMINATOR),
        _count(cells["FP"], Part.DENOMINATOR),
        _count(cells["FN"], Part.DENOMINATOR),
    )
    text = _with_symbols("F1", r"\dfrac{2\,TP}{2\,TP + FP + FN}", fraction(steps), value)
    defined = any(example.truth) or any(example.answers)
    return Worked("f1", value, text, steps, None if defined else NEITHER)


def work_specificity(example: AnswerRows, value: float) -> Worked:
    """Work out specificity: TN / (TN + FP)."""
    cells = cell_rows(example)
    steps = (
        _count(cells["TN"], Part.NUMERATOR),
        _count(cells["TN"], Part.DENOMINATOR),
        _count(cells["FP"], Part.DENOMINATOR),
    )
    text = _with_symbols("Specificity", r"\dfrac{TN}{TN + FP}", fraction(steps), value)
    return Worked("specificity", value, text, steps, None if not all(example.truth) else ALL_EVENTS)


def work_balanced_accuracy(example: AnswerRows, value: float) -> Worked:
    """Work out balanced accuracy: the mean of recall and specificity."""
    cells = cell_rows(example)
    steps = tuple(
        term(rf"\frac{{{len(cells[right])}}}{{{len(cells[right])} + {len(cells[wrong])}}}", rows)
        for right, wrong in (("TP", "FN"), ("TN", "FP"))
        for rows in [(*cells[right], *cells[wrong])]
    )
    symbols = r"\frac{1}{2} \left(\frac{TP}{TP + FN} + \frac{TN}{TN + FP}\right)"
    numbers = rf"\frac{{1}}{{2}} \cdot ({summed(steps)})"
    text = _with_symbols("Balanced\\ accuracy", symbols, numbers, value)
    both = 0 < sum(example.truth) < len(example)
    return Worked("balanced_accuracy", value, text, steps, None if both else NO_CLASS)


def cell_rows(example: AnswerRows) -> dict[str, tuple[int, ...]]:
    """Return the rows of each cell of the confusion matrix: TP, FP, FN, TN."""
    cells: dict[str, list[int]] = {"TP": [], "FP": [], "FN": [], "TN": []}
    for row, (label, yes) in enumerate(zip(example.truth, example.answers, strict=True)):
        cells[("T" if label == yes else "F") + ("P" if yes else "N")].append(row)
    return {name: tuple(rows) for name, rows in cells.items()}


def _count(rows: tuple[int, ...], part: Part) -> Step:
    return term(f"{len(rows)}", rows, part)


def _with_symbols(name: str, symbols: str, fraction: str, value: float) -> str:
    return rf"$\mathrm{{{name}}} = {symbols} = {fraction} {equals(value)}$"


WORKINGS: dict[str, Working] = {
    "accuracy": work_accuracy,
    "balanced_accuracy": work_balanced_accuracy,
    "precision": work_precision,
    "recall": work_recall,
    "specificity": work_specificity,
    "f1": work_f1,
}

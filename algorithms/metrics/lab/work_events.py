r"""MAE, RMSE, Accuracy, Precision, Recall, F1 and AUC with the numbers of an example in them.

The equations are those of the cards; see ``rating.py``, ``classification.py`` and ``roc.py``.
"""

from __future__ import annotations

from algorithms.messages import Message
from algorithms.metrics.lab.examples import AnswerRows, ValueRows
from algorithms.metrics.lab.worked import (
    Part,
    Step,
    Worked,
    Working,
    equals,
    number,
    shortened,
    summed,
    term,
)

NO_ROWS = Message("There is no row, so there is nothing to average.")
NO_YES = Message(
    "No score reaches the threshold of {threshold}, so no answer is yes, "
    "and of no answers no share can be right."
)
NO_EVENT = Message("Nothing happened in these rows, so no share of it can be found.")
NEITHER = Message("There is neither a yes nor an event in these rows.")
ONE_CLASS = Message(
    "AUC compares rows that happened with rows that did not; here there are {positives} of the "
    "one and {negatives} of the other."
)


def _signed(value: float) -> str:
    return number(value) if value >= 0 else f"({number(value)})"


def work_mae(example: ValueRows, value: float) -> Worked:
    """Work out the mean absolute error."""
    pairs = zip(example.truth, example.predicted, strict=True)
    errors = [
        term(f"|{number(truth)} - {_signed(predicted)}|", [row])
        for row, (truth, predicted) in enumerate(pairs)
    ]
    steps = (*shortened(errors), _row_count(len(example)))
    text = rf"$\mathrm{{MAE}} = {_fraction(steps)} {equals(value)}$"
    return Worked("mae", value, text, steps, None if len(example) else NO_ROWS)


def work_rmse(example: ValueRows, value: float) -> Worked:
    """Work out the root mean square error."""
    pairs = zip(example.truth, example.predicted, strict=True)
    errors = [
        term(f"({number(truth)} - {_signed(predicted)})^2", [row])
        for row, (truth, predicted) in enumerate(pairs)
    ]
    steps = (*shortened(errors), _row_count(len(example)))
    text = rf"$\mathrm{{RMSE}} = \sqrt{{{_fraction(steps)}}} {equals(value)}$"
    return Worked("rmse", value, text, steps, None if len(example) else NO_ROWS)


def work_accuracy(example: AnswerRows, value: float) -> Worked:
    """Work out accuracy: (TP + TN) / n."""
    cells = cell_rows(example)
    steps = (
        _count(cells["TP"], Part.NUMERATOR),
        _count(cells["TN"], Part.NUMERATOR),
        _row_count(len(example)),
    )
    text = _with_symbols("Accuracy", r"\frac{TP + TN}{n}", _fraction(steps), value)
    return Worked("accuracy", value, text, steps, None if len(example) else NO_ROWS)


def work_precision(example: AnswerRows, value: float) -> Worked:
    """Work out precision: TP / (TP + FP)."""
    cells = cell_rows(example)
    steps = (
        _count(cells["TP"], Part.NUMERATOR),
        _count(cells["TP"], Part.DENOMINATOR),
        _count(cells["FP"], Part.DENOMINATOR),
    )
    text = _with_symbols("Precision", r"\frac{TP}{TP + FP}", _fraction(steps), value)
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
    text = _with_symbols("Recall", r"\frac{TP}{TP + FN}", _fraction(steps), value)
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
    text = _with_symbols("F1", r"\frac{2\,TP}{2\,TP + FP + FN}", _fraction(steps), value)
    defined = any(example.truth) or any(example.answers)
    return Worked("f1", value, text, steps, None if defined else NEITHER)


def work_auc(example: AnswerRows, value: float) -> Worked:
    """Work out AUC: one term per row that happened, with what it wins against the others."""
    positives = [row for row, label in enumerate(example.truth) if label]
    negatives = [row for row, label in enumerate(example.truth) if not label]
    brackets = []
    for row in positives:
        own = example.scores[row]
        met = [other for other in negatives if example.scores[other] <= own]
        n_tied = sum(example.scores[other] == own for other in met)
        won = f"{len(met) - n_tied}"
        if n_tied:
            won = rf"({won} + {n_tied} \cdot \frac{{1}}{{2}})"
        brackets.append(term(won, [row, *met]))
    steps = (
        *shortened(brackets),
        term(f"{len(positives)}", positives, Part.DENOMINATOR),
        term(f"{len(negatives)}", negatives, Part.DENOMINATOR),
    )
    below = rf"{len(positives)} \cdot {len(negatives)}"
    fraction = rf"\frac{{{summed(steps[:-2])}}}{{{below}}}"
    message = Message(
        ONE_CLASS.template, {"positives": len(positives), "negatives": len(negatives)}
    )
    return Worked(
        "auc",
        value,
        rf"$\mathrm{{AUC}} = {fraction} {equals(value)}$",
        steps,
        None if positives and negatives else message,
    )


def cell_rows(example: AnswerRows) -> dict[str, tuple[int, ...]]:
    """Return the rows of each cell of the confusion matrix: TP, FP, FN, TN."""
    cells: dict[str, list[int]] = {"TP": [], "FP": [], "FN": [], "TN": []}
    for row, (label, yes) in enumerate(zip(example.truth, example.answers, strict=True)):
        cells[("T" if label == yes else "F") + ("P" if yes else "N")].append(row)
    return {name: tuple(rows) for name, rows in cells.items()}


def _count(rows: tuple[int, ...], part: Part) -> Step:
    return term(f"{len(rows)}", rows, part)


def _row_count(n: int) -> Step:
    return term(f"{n}", range(n), Part.DENOMINATOR)


def _fraction(steps: tuple[Step, ...]) -> str:
    above = summed([step for step in steps if step.part is Part.NUMERATOR])
    below = summed([step for step in steps if step.part is Part.DENOMINATOR])
    return rf"\frac{{{above}}}{{{below}}}"


def _with_symbols(name: str, symbols: str, fraction: str, value: float) -> str:
    return rf"$\mathrm{{{name}}} = {symbols} = {fraction} {equals(value)}$"


WORKINGS: dict[str, Working] = {
    "mae": work_mae,
    "rmse": work_rmse,
    "accuracy": work_accuracy,
    "precision": work_precision,
    "recall": work_recall,
    "f1": work_f1,
    "auc": work_auc,
}

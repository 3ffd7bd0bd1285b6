r"""MAE, RMSE, MSE, R² and rank correlation with the numbers of an example in them.

The equations are those of the cards; see ``rating.py`` and ``rank_correlation.py``.
"""

from __future__ import annotations

import numpy as np

from algorithms.arrays import BoolArray
from algorithms.messages import Message
from algorithms.metrics.lab.examples import ValueRows
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
    shortened,
    signed,
    summed,
    term,
)
from algorithms.metrics.ranks import midranks

SAME_LABELS = Message(
    "All labels are the same, so there is no difference between them that could be explained."
)
NO_ORDER = Message(
    "All labels, or all predictions, are the same: there is no order that could be right or wrong."
)


def work_mae(example: ValueRows, value: float) -> Worked:
    """Work out the mean absolute error."""
    pairs = zip(example.truth, example.predicted, strict=True)
    errors = [
        term(f"|{number(truth)} - {signed(predicted)}|", [row])
        for row, (truth, predicted) in enumerate(pairs)
    ]
    steps = (*shortened(errors), row_count(len(example)))
    text = rf"$\mathrm{{MAE}} = {fraction(steps)} {equals(value)}$"
    return Worked("mae", value, text, steps, None if len(example) else NO_ROWS)


def work_rmse(example: ValueRows, value: float) -> Worked:
    """Work out the root mean square error."""
    steps = (*_squares(example), row_count(len(example)))
    text = rf"$\mathrm{{RMSE}} = \sqrt{{{fraction(steps)}}} {equals(value)}$"
    return Worked("rmse", value, text, steps, None if len(example) else NO_ROWS)


def work_mse(example: ValueRows, value: float) -> Worked:
    """Work out the mean square error."""
    steps = (*_squares(example), row_count(len(example)))
    text = rf"$\mathrm{{MSE}} = {fraction(steps)} {equals(value)}$"
    return Worked("mse", value, text, steps, None if len(example) else NO_ROWS)


def work_r2(example: ValueRows, value: float) -> Worked:
    """Work out R²: 1 less the squared errors over the squared differences from the mean."""
    middle = sum(example.truth) / max(len(example), 1)
    spread = [
        term(f"({number(truth)} - {signed(middle)})^2", [row], Part.DENOMINATOR)
        for row, truth in enumerate(example.truth)
    ]
    steps = (*_squares(example), *shortened(spread))
    text = rf"$R^2 = 1 - {fraction(steps)} {equals(value)}$"
    return Worked("r2", value, text, steps, None if len(set(example.truth)) > 1 else SAME_LABELS)


def work_spearman(example: ValueRows, value: float) -> Worked:
    """Work out Spearman's correlation: of ranks less their mean, row by row."""
    middle = (len(example) + 1) / 2
    a = (midranks(np.array(example.truth)) - middle).tolist()
    b = (midranks(np.array(example.predicted)) - middle).tolist()
    products = [
        term(rf"{signed(left)} \cdot {signed(right)}", [row])
        for row, (left, right) in enumerate(zip(a, b, strict=True))
    ]
    rows = range(len(example))
    below = [
        term(number(sum(rank**2 for rank in ranks)), rows, Part.DENOMINATOR) for ranks in (a, b)
    ]
    steps = (*shortened(products), *below)
    return Worked("spearman", value, _correlation(r"\rho", steps, value), steps, _order_of(example))


def work_kendall(example: ValueRows, value: float) -> Worked:
    """Work out Kendall's correlation: pairs in the same order less pairs in another."""
    truth, predicted = np.array(example.truth), np.array(example.predicted)
    by_truth = np.triu(np.sign(truth[:, None] - truth[None, :]))  # (n, n), each pair once
    by_prediction = np.triu(np.sign(predicted[:, None] - predicted[None, :]))
    product = by_truth * by_prediction
    alike, unlike = product > 0, product < 0
    steps = (
        _pairs(alike, Part.NUMERATOR),
        _pairs(unlike, Part.NUMERATOR),
        _pairs(by_truth != 0, Part.DENOMINATOR),
        _pairs(by_prediction != 0, Part.DENOMINATOR),
    )
    above = f"{alike.sum()} - {unlike.sum()}"
    text = _over_root(r"\tau_b", above, steps[2:], value)
    return Worked("kendall", value, text, steps, _order_of(example))


def _pairs(chosen: BoolArray, part: Part) -> Step:
    """Make the step of a number of pairs (n, n), with the rows that are in any of them."""
    rows = np.flatnonzero(chosen.any(axis=0) | chosen.any(axis=1))
    return term(f"{chosen.sum()}", rows.tolist(), part)


def _squares(example: ValueRows) -> tuple[Step, ...]:
    pairs = zip(example.truth, example.predicted, strict=True)
    return shortened(
        [
            term(f"({number(truth)} - {signed(predicted)})^2", [row])
            for row, (truth, predicted) in enumerate(pairs)
        ]
    )


def _correlation(symbol: str, steps: tuple[Step, ...], value: float) -> str:
    above = [step for step in steps if step.part is Part.NUMERATOR]
    return _over_root(symbol, summed(above), steps[len(above) :], value)


def _over_root(symbol: str, above: str, below: tuple[Step, ...], value: float) -> str:
    root = r" \cdot ".join(step.mathtext[1:-1] for step in below)
    return rf"${symbol} = \dfrac{{{above}}}{{\sqrt{{{root}}}}} {equals(value)}$"


def _order_of(example: ValueRows) -> Message | None:
    differ = len(set(example.truth)) > 1 and len(set(example.predicted)) > 1
    return None if differ else NO_ORDER


WORKINGS: dict[str, Working] = {
    "mae": work_mae,
    "rmse": work_rmse,
    "mse": work_mse,
    "r2": work_r2,
    "spearman": work_spearman,
    "kendall": work_kendall,
}

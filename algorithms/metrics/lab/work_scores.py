r"""Metrics of scores and probabilities with the numbers of an example in them.

AUC, GAUC and average precision read only the order of the scores; log loss, the Brier score and
the calibration error read them as probabilities. The equations are those of the cards; see
``roc.py``, ``average_precision.py`` and ``probability.py``.
"""

from __future__ import annotations

import math

import numpy as np

from algorithms.messages import Message
from algorithms.metrics.lab.examples import AnswerRows
from algorithms.metrics.lab.pictures import bins_of
from algorithms.metrics.lab.worked import (
    NO_ROWS,
    Part,
    Worked,
    Working,
    equals,
    fraction,
    number,
    row_count,
    shortened,
    summed,
    term,
)
from algorithms.metrics.probability import N_BINS, SMALLEST
from algorithms.metrics.roc import auc

ONE_CLASS = (
    "AUC compares rows that happened with rows that did not; here there are {positives} of the "
    "one and {negatives} of the other."
)
UNSHOWN = 1e-5
NO_USER = Message("No user has both a row that happened and one that did not.")
NO_EVENT = Message("Nothing happened in these rows, so there is no event to meet.")


def work_auc(example: AnswerRows, value: float) -> Worked:
    """Work out AUC: one term per row that happened, with what it wins against the others."""
    positives = [row for row, label in enumerate(example.truth) if label]
    negatives = [row for row, label in enumerate(example.truth) if not label]
    scores, others = np.array(example.scores), np.array(negatives, dtype=np.int64)
    brackets = []
    for row in positives:
        own = example.scores[row]
        met = others[scores[others] <= own].tolist()
        n_tied = int((scores[others] == own).sum())
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
    whole = rf"\dfrac{{{summed(steps[:-2])}}}{{{below}}}"
    message = Message(ONE_CLASS, {"positives": len(positives), "negatives": len(negatives)})
    return Worked(
        "auc",
        value,
        rf"$\mathrm{{AUC}} = {whole} {equals(value)}$",
        steps,
        None if positives and negatives else message,
    )


def work_gauc(example: AnswerRows, value: float) -> Worked:
    """Work out GAUC: each user's AUC, weighted by the user's rows."""
    truth, scores = np.array(example.truth), np.array(example.scores)
    users = np.array(example.users or (0,) * len(example))
    own = {user: np.flatnonzero(users == user) for user in sorted(set(users.tolist()))}
    judged = {
        user: rows.tolist() for user, rows in own.items() if len(set(truth[rows].tolist())) == 2
    }
    weighted = [
        term(rf"{len(rows)} \cdot {number(auc(truth[rows], scores[rows]))}", rows)
        for rows in judged.values()
    ]
    counts = [term(f"{len(rows)}", rows, Part.DENOMINATOR) for rows in judged.values()]
    steps = (*shortened(weighted), *shortened(counts))
    text = rf"$\mathrm{{GAUC}} = {fraction(steps)} {equals(value)}$"
    return Worked("gauc", value, text, steps, None if judged else NO_USER)


def work_average_precision(example: AnswerRows, value: float) -> Worked:
    """Work out average precision: at each event the share of what was met so far."""
    positives = [row for row, label in enumerate(example.truth) if label]
    truth, scores = np.array(example.truth), np.array(example.scores)
    precisions = []
    for row in sorted(positives, key=lambda place: -example.scores[place]):
        met = np.flatnonzero(scores >= scores[row])
        body = rf"\frac{{{truth[met].sum()}}}{{{len(met)}}}"
        precisions.append(term(body, met.tolist()))
    steps = (*shortened(precisions), term(f"{len(positives)}", positives, Part.DENOMINATOR))
    text = rf"$\mathrm{{AP}} = {fraction(steps)} {equals(value)}$"
    return Worked("average_precision", value, text, steps, None if positives else NO_EVENT)


def work_log_loss(example: AnswerRows, value: float) -> Worked:
    """Work out log loss: the surprise at what happened, row by row."""
    surprises = []
    for row, (label, score) in enumerate(zip(example.truth, example.scores, strict=True)):
        said = score if label else 1 - score
        body = rf"(-\ln {number(score)})" if label else rf"(-\ln (1 - {number(score)}))"
        if said < UNSHOWN:  # sure and wrong: the loss itself, as no digit of ``said`` is shown
            body = number(-math.log(max(said, SMALLEST)))
        surprises.append(term(body, [row]))
    steps = (*shortened(surprises), row_count(len(example)))
    text = rf"$\mathrm{{LogLoss}} = {fraction(steps)} {equals(value)}$"
    return Worked("log_loss", value, text, steps, None if len(example) else NO_ROWS)


def work_brier(example: AnswerRows, value: float) -> Worked:
    """Work out the Brier score: squared errors of the probabilities."""
    pairs = zip(example.truth, example.scores, strict=True)
    squares = [
        term(f"({number(score)} - {label})^2", [row]) for row, (label, score) in enumerate(pairs)
    ]
    steps = (*shortened(squares), row_count(len(example)))
    text = rf"$\mathrm{{Brier}} = {fraction(steps)} {equals(value)}$"
    return Worked("brier", value, text, steps, None if len(example) else NO_ROWS)


def work_ece(example: AnswerRows, value: float) -> Worked:
    """Work out the calibration error: in each bin, what happened less what was said."""
    truth, scores = np.array(example.truth), np.array(example.scores)
    bins = bins_of(scores, N_BINS)
    gaps = []
    for each in np.unique(bins):
        rows = np.flatnonzero(bins == each)
        gaps.append(
            term(f"|{int(truth[rows].sum())} - {number(scores[rows].sum())}|", rows.tolist())
        )
    steps = (*shortened(gaps), row_count(len(example)))
    text = rf"$\mathrm{{ECE}} = {fraction(steps)} {equals(value)}$"
    return Worked("ece", value, text, steps, None if len(example) else NO_ROWS)


WORKINGS: dict[str, Working] = {
    "auc": work_auc,
    "gauc": work_gauc,
    "average_precision": work_average_precision,
    "log_loss": work_log_loss,
    "brier": work_brier,
    "ece": work_ece,
}

"""What is said of the rows behind a number."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from algorithms.arrays import FloatArray
from mtrec_gui.pages.metrics.rows_state import Averaging, NumberRows, UserOfNumber
from mtrec_gui.pages.metrics.words import title_of
from mtrec_gui.wording import engine_text, number

_SHOWN = 3  # addends before the dots


def tr(text: str) -> str:
    """Return a text in the language of the window."""
    return QCoreApplication.translate("RowsWords", text)


def metric_title(shown: NumberRows) -> str:
    """Return the metric with the k that it was measured at."""
    k = shown.result.k if shown.result is not None else shown.asked.k
    return title_of(shown.metric) if k is None else shown.metric.shown(k)


def equation(shown: NumberRows) -> str:
    """Return how the number comes from the users' values, with the first and the last of them."""
    result = shown.result
    if result is None or not math.isfinite(result.value):
        return ""
    left, right = metric_title(shown), number(result.value, 4)
    if shown.averaging is Averaging.TOGETHER:
        return f"{left} = {right}"
    weights = shown.weights
    power = "²" if shown.averaging is Averaging.ROOT else ""
    addends = [f"{number(value)}{power}" for value in _ends(shown.values)]
    below = len(shown.values) if weights is None else float(weights.sum())
    if weights is not None:
        pairs = zip(_ends(weights), addends, strict=True)
        addends = [f"{weight:,.0f} · {value}" for weight, value in pairs]
    if len(shown.values) > _SHOWN + 1:
        addends.insert(_SHOWN, "…")
    whole = f"({' + '.join(addends)}) / {below:,.0f}"
    if shown.averaging is Averaging.ROOT:
        whole = f"√( {whole} )"
    return f"{left} = {whole} = {right}"


def _ends(values: FloatArray) -> list[float]:
    """Return the first values and the last, or all where there are few."""
    listed: list[float] = values.tolist()
    return listed if len(listed) <= _SHOWN + 1 else [*listed[:_SHOWN], listed[-1]]


def reading(shown: NumberRows) -> str:
    """Return what the equation says, in a sentence."""
    return {
        Averaging.MEAN: tr("The mean over users, each counting the same, from worst to best."),
        Averaging.WEIGHTED: tr(
            "The mean over users from worst to best, each counting as often as the user has "
            "something to judge."
        ),
        Averaging.ROOT: tr(
            "The root of the mean square over users from worst to best, each counting as often "
            "as the user has events: one bad user weighs more than several mediocre ones."
        ),
        Averaging.TOGETHER: tr(
            "Computed over all events or users together: it is no mean of the users' own values."
        ),
    }[shown.averaging]


def left_out(shown: NumberRows) -> str:
    """Return how many users are not in the table, and why."""
    result = shown.result
    n = 0 if result is None else len(result.users) - len(shown.order)
    if not n:
        return ""
    if not len(shown.order) and result is not None and math.isfinite(result.value):
        return tr("No user has a value of their own: it is a number of all lists together.")
    words = tr("{n} users are not in the table: the metric is undefined for them. {why}")
    return words.format(n=f"{n:,}", why=engine_text(shown.metric.card.undefined))


def user_sentence(user: UserOfNumber) -> str:
    """Return what was judged of a user, in a sentence."""
    if user.places:
        n_hits = sum(place.is_hit for place in user.places)
        words = tr("{hits} of the {n} relevant items are in the first {k} places.")
        return words.format(hits=n_hits, n=n_hits + len(user.missed), k=len(user.places))
    if user.threshold is not None:
        words = tr("{n} held-out events; the answer is yes from {threshold} up.")
        return words.format(n=len(user.events), threshold=number(user.threshold))
    return tr("{n} held-out events: what happened, and what the model said.").format(
        n=len(user.events)
    )

r"""Learned rules: where do events say otherwise than the scores? A few sentences of that.

The score of a task says what success to expect: of the events whose items stand that high in the
user's ranking, so many were successes. A **rule** is worth writing where, under a simple
condition, there were clearly more or fewer. With :math:`y` the outcome of an event, :math:`e` what
was expected of it, and :math:`C` the events under a condition,

.. math::
    z(C) = \frac{\sum_{C} (y - e)}{\sqrt{\sum_{C} \max(e (1 - e), (y - e)^2)}}

tells how far the condition is from chance (the second term keeps a few surprises among events that
were as good as certain from looking like many). The list is made as decision lists are, by separate
and conquer: take the condition with the largest :math:`|z|`, set its events aside, and look again
at the rest, with what is to be expected of it. A condition is a test of one field, or two tests
joined by ``and`` where the second makes it clearly better. Its factor is the one of a few that
orders the events best (AUC of share times factor); where none orders them better, there is no
rule.

Why our own and not a tree of scikit-learn: what must come out is a condition in this language, of
at most two tests, *beyond what the score says already*; a tree splits on the outcome itself, so
that its first splits say again what the score knows, and its leaves are paths of many tests. It is
a hundred lines on NumPy, needs no library when a model answers, and gives the same rules each time.

Events must be such as the scores were not fitted on, or the scores look better than they are.

References: R. L. Rivest, "Learning decision lists", Machine Learning 2, 1987; J. Fürnkranz,
"Separate-and-conquer rule learning", Artificial Intelligence Review 13, 1999.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, FloatArray
from algorithms.messages import Message
from algorithms.rules.conditions import ConditionError, Field, Fields, ValueType, read_condition
from algorithms.rules.conditions.fields import quoted
from algorithms.rules.rule_types import Boost

_MOST_EVENTS = 20_000
_MOST_VALUES = 20  # of a text field that are tested, the most frequent
_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)  # thresholds of a number
_FACTORS = (0.3, 0.5, 0.7, 0.85, 0.95, 1.02, 1.05, 1.1, 1.2, 1.4, 2.0)
_SURE = 4.0  # |z| from which a condition counts: hundreds of conditions are tried
_BETTER = 1.0  # what a second test must add to |z|
_BINS = 10  # of shares within which the same success is expected


@dataclass(frozen=True, eq=False)
class Observed:
    """Events of a yes-or-no task, with what a rule may ask of them.

    Parameters
    ----------
    task : its name
    outcomes : (n,) True for a success
    standings : (n,) the share of the item in the user's ranking
    columns : for each field that a condition may ask, (n,)
    """

    task: str
    outcomes: BoolArray
    standings: FloatArray
    columns: Mapping[Field, AnyArray]


@dataclass(frozen=True, slots=True)
class ProposedRule:
    """A rule for a person to take, change or leave.

    Parameters
    ----------
    rule : the rule
    sentence : what was seen
    """

    rule: Boost
    sentence: Message


@dataclass(frozen=True, eq=False)
class _Test:
    text: str
    field: Field
    holds: BoolArray  # (n,)


def propose_rules(
    observed: Observed, fields: Fields, n_rules: int = 3, *, least_events: int = 50
) -> tuple[ProposedRule, ...]:
    """Return at most ``n_rules`` rules that order the events better, the surest first.

    Parameters
    ----------
    observed : events that the scores were not fitted on
    fields : what conditions may ask where the rules are to apply
    n_rules : how many at most
    least_events : a condition with fewer events is not looked at
    """
    observed = _usable(observed)
    n = len(observed.outcomes)
    if n < 2 * least_events or observed.outcomes.all() or not observed.outcomes.any():
        return ()
    tests = _tests(observed, fields, least_events)
    left = np.ones(n, dtype=np.bool_)
    standings = observed.standings.copy()
    found: list[ProposedRule] = []
    while len(found) < n_rules:
        expected = _expected(observed, left)  # (n,)
        best = _best(tests, observed.outcomes, expected, left, least_events)
        if best is None:
            break
        text, holds = best
        factor = _best_factor(standings, observed.outcomes, holds)
        if factor is not None:
            standings = np.where(holds, factor * standings, standings)
            seen = holds & left
            found.append(
                ProposedRule(
                    Boost(condition=text, factor=factor),
                    Message(
                        "With {condition}, {seen:.1%} of {n} events were successes in “{task}”, "
                        "where its score lets expect {expected:.1%}.",
                        {
                            "condition": text,
                            "seen": float(observed.outcomes[seen].mean()),
                            "n": int(seen.sum()),
                            "task": observed.task,
                            "expected": float(expected[seen].mean()),
                        },
                    ),
                )
            )
        left &= ~holds
    return tuple(found)


def _usable(observed: Observed) -> Observed:
    """Leave out events without a score; of very many take some, evenly."""
    rows = np.flatnonzero(~np.isnan(observed.standings))
    if len(rows) > _MOST_EVENTS:
        rows = rows[np.linspace(0, len(rows) - 1, _MOST_EVENTS).astype(np.int64)]
    return Observed(
        observed.task,
        observed.outcomes[rows],
        observed.standings[rows],
        {field: values[rows] for field, values in observed.columns.items()},
    )


def _expected(observed: Observed, left: BoolArray) -> FloatArray:
    """Return the share of successes (n,) among the events left that stand about as high."""
    edges = np.quantile(observed.standings, np.linspace(0, 1, _BINS + 1)[1:-1])
    bins = np.searchsorted(edges, observed.standings)
    counts = np.bincount(bins, left, _BINS)
    rates = np.bincount(bins, left & observed.outcomes, _BINS) / np.maximum(counts, 1)
    n = len(left)
    return np.clip(rates, 0.5 / n, 1 - 0.5 / n)[bins]


def _tests(observed: Observed, fields: Fields, least: int) -> list[_Test]:
    """Return all tests of one field that enough events pass, and enough fail."""
    made: list[_Test] = []
    for field, values in observed.columns.items():
        match field.type:
            case ValueType.TEXT:
                distinct, counts = np.unique(values, return_counts=True)
                often = distinct[np.argsort(-counts, kind="stable")][:_MOST_VALUES]
                made += [
                    _Test(f"{field} == {quoted(str(value))}", field, values == value)
                    for value in often
                    if value != ""
                ]
            case ValueType.TRUTH:
                made.append(_Test(str(field), field, values.astype(np.bool_)))
                made.append(_Test(f"not {field}", field, ~values.astype(np.bool_)))
            case ValueType.NUMBER:
                known = values[~np.isnan(values.astype(np.float64))]
                if not len(known):
                    continue
                limits = {f"{limit:.4g}" for limit in np.quantile(known, _QUANTILES)}
                for limit in sorted(limits, key=float):
                    made.append(_Test(f"{field} <= {limit}", field, values <= float(limit)))
                    made.append(_Test(f"{field} > {limit}", field, values > float(limit)))
    n = len(observed.outcomes)
    return [
        test
        for test in made
        if least <= np.count_nonzero(test.holds) <= n - least and _is_readable(test.text, fields)
    ]


def _is_readable(text: str, fields: Fields) -> bool:
    try:
        read_condition(text, fields)
    except ConditionError:  # such as a category with a backslash in its name
        return False
    return True


def _best(
    tests: list[_Test], outcomes: BoolArray, expected: FloatArray, left: BoolArray, least: int
) -> tuple[str, BoolArray] | None:
    """Return the condition furthest from chance among the events left, and where it holds."""
    if not tests:
        return None
    surprise = np.where(left, outcomes - expected, 0.0)  # (n,)
    variance = np.maximum(np.where(left, expected * (1 - expected), 0.0), surprise**2)  # (n,)
    holds = np.array([test.holds for test in tests], dtype=np.float64)  # (t, n)
    alone = _z(holds @ surprise, holds @ variance, holds @ left, least)  # (t,)
    first = int(np.argmax(np.abs(alone)))
    best, text, where = abs(alone[first]), tests[first].text, tests[first].holds
    for number in np.argsort(-np.abs(alone), kind="stable")[:8]:
        part = holds[number]
        both = _z(
            holds @ (part * surprise), holds @ (part * variance), holds @ (part * left), least
        )
        both[[test.field == tests[number].field for test in tests]] = 0.0
        second = int(np.argmax(np.abs(both)))
        if abs(both[second]) > best + _BETTER:
            best = abs(both[second])
            text = f"{tests[number].text} and {tests[second].text}"
            where = tests[number].holds & tests[second].holds
    return (text, where) if best >= _SURE else None


def _z(surprise: FloatArray, variance: FloatArray, counts: FloatArray, least: int) -> FloatArray:
    z: FloatArray = surprise / np.sqrt(np.maximum(variance, 1e-12))
    return np.where(counts >= least, z, 0.0)


def _best_factor(standings: FloatArray, outcomes: BoolArray, holds: BoolArray) -> float | None:
    """Return the factor that orders the events best; None where 1 does."""
    best, found = _auc(standings, outcomes), None
    for factor in _FACTORS:
        value = _auc(np.where(holds, factor * standings, standings), outcomes)
        if value > best + 1e-6:
            best, found = value, factor
    return found


def _auc(values: FloatArray, outcomes: BoolArray) -> float:
    """Return the share of pairs of a success and a failure in which the success stands higher."""
    distinct, codes = np.unique(values, return_inverse=True)
    counts = np.bincount(codes.reshape(-1), minlength=len(distinct))
    middle = np.cumsum(counts) - (counts - 1) / 2  # the mean rank of equal values
    ranks = middle[codes.reshape(-1)]
    n_yes = int(outcomes.sum())
    n_no = len(outcomes) - n_yes
    return float((ranks[outcomes].sum() - n_yes * (n_yes + 1) / 2) / (n_yes * n_no))

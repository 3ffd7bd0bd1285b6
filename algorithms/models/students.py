r"""Students of a teacher: forms that a person can read in full.

A *linear* student adds up a few columns,

.. math:: s(x) = \bar z + \sum_{j \in S} w_j\,(x_j - \bar x_j)

where the columns S are found one by one: always the one with which least squares come nearest to
the teacher's numbers z (forward selection). A *decision list* goes through its rules from the top,
and the first that holds gives the number,

.. math:: s(x) = v_r, \quad r = \min\{\, k : x \text{ meets rule } k \,\}

Each rule is the one condition that splits what is left best, told of its smaller side; its number
is the teacher's mean there.

References
----------
T. Hastie, R. Tibshirani, J. Friedman: The Elements of Statistical Learning, 2009, section 3.3.2
(forward selection). R. L. Rivest: Learning decision lists, Machine Learning 2, 1987.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, FloatArray, IntArray

_LEAST_GAIN = 1e-4  # of the variance, for a further term
_LEAST_SHARE = 0.01  # of the pairs, for a rule and for what it leaves
_RIDGE = 1e-6  # keeps columns that say the same solvable
_QUANTILES = np.arange(1, 10) / 10


class Student(Protocol):
    """A number that is a sum of parts that a person can read."""

    @property
    def start(self) -> float:
        """The number of an average pair."""

    def parts(self, x: FloatArray) -> FloatArray:
        """Return (n, k) what each part adds for the columns x (n, m) of pairs."""

    def arrays(self) -> dict[str, AnyArray]:
        """Return what was learned, by name."""


def scores(student: Student, x: FloatArray) -> FloatArray:
    """Return (n,) the student's numbers."""
    total: FloatArray = student.start + student.parts(x).sum(axis=1)
    return total


@dataclass(frozen=True, eq=False)
class LinearStudent:
    """``columns``, ``weights`` and ``means`` (k,) of the terms."""

    start: float
    columns: IntArray
    weights: FloatArray
    means: FloatArray

    def parts(self, x: FloatArray) -> FloatArray:
        """Return (n, k) each term."""
        return self.weights * (x[:, self.columns] - self.means)

    def arrays(self) -> dict[str, AnyArray]:
        """Return what was learned."""
        return {
            "start": np.array([self.start]),
            "columns": self.columns,
            "weights": self.weights,
            "means": self.means,
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, AnyArray]) -> Self:
        """Take back what ``arrays`` returned."""
        return cls(float(arrays["start"][0]), arrays["columns"], arrays["weights"], arrays["means"])


@dataclass(frozen=True, eq=False)
class ListStudent:
    """A list of k rules: ``columns``, ``limits``, ``at_least`` (k,); ``values`` (k + 1,).

    Rule r holds where its column is at least the limit, or where it is below it; the last value is
    that of the pairs which no rule meets.
    """

    start: float
    columns: IntArray
    limits: FloatArray
    at_least: BoolArray
    values: FloatArray

    def rule_of(self, x: FloatArray) -> IntArray:
        """Return (n,) the first rule that each pair meets, k where none does."""
        meets = (x[:, self.columns] >= self.limits) == self.at_least  # (n, k)
        always = np.ones((len(x), 1), dtype=np.bool_)
        first: IntArray = np.concatenate([meets, always], axis=1).argmax(axis=1)
        return first

    def parts(self, x: FloatArray) -> FloatArray:
        """Return (n, k + 1) the value of the rule that speaks, as its distance from the start."""
        found = np.zeros((len(x), len(self.values)))
        rule = self.rule_of(x)
        found[np.arange(len(x)), rule] = self.values[rule] - self.start
        return found

    def arrays(self) -> dict[str, AnyArray]:
        """Return what was learned."""
        return {
            "start": np.array([self.start]),
            "columns": self.columns,
            "limits": self.limits,
            "at_least": self.at_least,
            "values": self.values,
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, AnyArray]) -> Self:
        """Take back what ``arrays`` returned."""
        return cls(
            float(arrays["start"][0]),
            *(arrays[name] for name in ("columns", "limits", "at_least", "values")),
        )


def learn_linear(x: FloatArray, z: FloatArray, n_terms: int) -> list[LinearStudent]:
    """Return students with 1, 2, ... terms; one without any where no column says anything.

    Parameters
    ----------
    x : (n, m) columns of pairs
    z : (n,) the teacher's numbers
    """
    means, spread = x.mean(axis=0), x.std(axis=0)
    usable = np.flatnonzero(spread > 1e-12)
    scaled = (x[:, usable] - means[usable]) / spread[usable]
    start = float(z.mean())
    gram, moment = scaled.T @ scaled / len(z), scaled.T @ (z - start) / len(z)
    chosen: list[int] = []
    students: list[LinearStudent] = []
    explained, least = 0.0, _LEAST_GAIN * float(z.var())
    while len(chosen) < min(n_terms, len(usable)):
        found = {
            j: _fit_few(gram, moment, [*chosen, j]) for j in range(len(usable)) if j not in chosen
        }
        best = max(found, key=lambda j: found[j][0])
        gain = found[best][0] - explained
        if gain <= least:
            break
        chosen.append(best)
        explained += gain
        columns = usable[chosen]
        weights = found[best][1] / spread[columns]
        students.append(LinearStudent(start, columns, weights, means[columns]))
    none = np.zeros(0)
    return students or [LinearStudent(start, np.zeros(0, dtype=np.int64), none, none)]


def _fit_few(gram: FloatArray, moment: FloatArray, few: list[int]) -> tuple[float, FloatArray]:
    """Return the variance that some columns explain, and their weights."""
    own = gram[np.ix_(few, few)] + _RIDGE * np.eye(len(few))
    weights: FloatArray = np.linalg.solve(own, moment[few]).astype(np.float64)
    return float(weights @ moment[few]), weights


def learn_list(x: FloatArray, z: FloatArray, n_terms: int) -> list[ListStudent]:
    """Return lists of 1, 2, ... rules; one without any where no condition splits anything."""
    start = float(z.mean())
    columns, limits = _conditions(x)
    holds = (x[:, columns] >= limits).astype(np.float32)  # (n, c)
    left = np.ones(len(z), dtype=np.bool_)
    rules: list[tuple[int, bool]] = []
    values: list[float] = []
    students: list[ListStudent] = []
    least_pairs, least_gain = max(1.0, _LEAST_SHARE * len(z)), _LEAST_GAIN * float(z.var()) * len(z)
    while len(rules) < n_terms and len(columns):
        rest = z[left] - z[left].mean()
        n, count = len(rest), holds[left].sum(axis=0, dtype=np.float64)  # (c,)
        fits = (count >= least_pairs) & (n - count >= least_pairs)
        total = rest @ holds[left]
        gain = np.where(fits, total**2 / np.maximum(count, 1) * n / np.maximum(n - count, 1), 0.0)
        best = int(gain.argmax())
        if gain[best] <= least_gain:
            break
        at_least = bool(count[best] <= n / 2)
        mine = left & ((holds[:, best] > 0) == at_least)
        left &= ~mine
        rules.append((best, at_least))
        values.append(float(z[mine].mean()))
        which = np.array([rule for rule, _ in rules])
        students.append(
            ListStudent(
                start,
                columns[which],
                limits[which],
                np.array([side for _, side in rules]),
                np.array([*values, float(z[left].mean())]),
            )
        )
    return students or [_empty_list(start)]


def _conditions(x: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return columns and limits (c,): the tenths of each column, where they differ."""
    columns, limits = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for column in range(x.shape[1]):
        values = x[:, column]
        found = np.unique(np.quantile(values, _QUANTILES))
        if len(np.unique(found)) == 1 or set(np.unique(values)) <= {0.0, 1.0}:
            found = np.array([0.5 * (values.min() + values.max())])
        columns.append(np.full(len(found), column))
        limits.append(found)
    return np.concatenate(columns), np.concatenate(limits)


def _empty_list(start: float) -> ListStudent:
    none = np.zeros(0)
    return ListStudent(start, none.astype(np.int64), none, none.astype(np.bool_), np.array([start]))

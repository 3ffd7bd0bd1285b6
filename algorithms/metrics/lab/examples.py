"""Small examples that a learner can change: a few rows, short enough to compute by hand.

Each kind of metric looks at another kind of rows, so there is one workbench for each: values
(truth and prediction), answers (truth, score and a threshold), a ranked list (relevance and k),
several users' lists (see ``user_lists.py``) and the gains of several tasks. A workbench never
changes; each change returns a new one, so that undoing is keeping the old one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from algorithms.metrics.inputs import MetricInputError
from algorithms.metrics.lab.user_lists import UserLists

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ValueRows:
    """Events with a true value and a predicted one, such as stars.

    Parameters
    ----------
    truth, predicted : (n,) finite numbers
    names : (n,) what each row is called, or empty
    """

    truth: tuple[float, ...]
    predicted: tuple[float, ...]
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_columns(self.truth, self.predicted)
        _check_names(self.names, len(self.truth))

    def __len__(self) -> int:
        return len(self.truth)

    def with_prediction(self, row: int, value: float) -> ValueRows:
        """Return the rows with another prediction in one of them."""
        return replace(self, predicted=_replaced(self.predicted, row, value))

    def with_truth(self, row: int, value: float) -> ValueRows:
        """Return the rows with another truth in one of them."""
        return replace(self, truth=_replaced(self.truth, row, value))


@dataclass(frozen=True, slots=True)
class AnswerRows:
    """Events that happened or did not, with a score each; from the threshold up it says yes.

    Parameters
    ----------
    truth : (n,) 0 or 1
    scores : (n,) finite; probabilities from 0 to 1 where the metric reads them as such
    threshold : the answer is yes from here up
    names : (n,) what each row is called, or empty
    users : (n,) the user of each event, for metrics that look at each user; or empty, one user
    """

    truth: tuple[int, ...]
    scores: tuple[float, ...]
    threshold: float = 0.5
    names: tuple[str, ...] = ()
    users: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        _check_columns(self.truth, self.scores)
        _check_names(self.names, len(self.truth))
        for label in self.truth:
            if label not in (0, 1):
                raise MetricInputError(
                    metric="The example", expected="0 or 1 as truth", found=label
                )
        if not math.isfinite(self.threshold):
            raise MetricInputError(
                metric="The example", expected="a finite threshold", found=self.threshold
            )
        if self.users and len(self.users) != len(self.truth):
            raise MetricInputError(
                metric="The example",
                expected=f"{len(self.truth)} users",
                found=str(len(self.users)),
            )

    def __len__(self) -> int:
        return len(self.truth)

    def with_score(self, row: int, value: float) -> AnswerRows:
        """Return the rows with another score in one of them."""
        return replace(self, scores=_replaced(self.scores, row, value))

    def with_truth(self, row: int, happened: bool) -> AnswerRows:
        """Return the rows with another truth in one of them."""
        return replace(self, truth=_replaced(self.truth, row, int(happened)))

    def with_threshold(self, threshold: float) -> AnswerRows:
        """Return the rows with another threshold."""
        return replace(self, threshold=threshold)

    @property
    def answers(self) -> tuple[bool, ...]:
        """(n,) whether the answer is yes."""
        return tuple(score >= self.threshold for score in self.scores)


@dataclass(frozen=True, slots=True)
class RankedList:
    """One user's list, best first, and which of its items turned out to be relevant.

    Row numbers, as ``Step.rows`` gives them, are places in the list; after its last place follow
    the relevant items that are not in it.

    Parameters
    ----------
    names : (n,) items of the list, best first
    relevance : (n,) 0 for an item that is not relevant, 1 for one that is; higher grades count
        as relevant where a metric knows no grades
    k : only the first k places count, 1 to n
    unlisted : relevance of each relevant item that is not in the list, all above 0
    n_others : how many more candidates there were, neither listed nor relevant
    """

    names: tuple[str, ...]
    relevance: tuple[float, ...]
    k: int
    unlisted: tuple[float, ...] = ()
    n_others: int = 0

    def __post_init__(self) -> None:
        if not self.relevance or len(self.names) != len(self.relevance):
            raise MetricInputError(
                metric="The example",
                expected="a list with a relevance for each item",
                found=f"{len(self.names)} items and {len(self.relevance)} relevances",
            )
        if len(set(self.names)) != len(self.names):
            raise MetricInputError(
                metric="The example", expected="each item once", found="an item listed twice"
            )
        if not 1 <= self.k <= len(self.names):
            raise MetricInputError(
                metric="The example", expected=f"k from 1 to {len(self.names)}", found=self.k
            )
        for grade in self.relevance + self.unlisted:
            if not (math.isfinite(grade) and grade >= 0):
                raise MetricInputError(
                    metric="The example", expected="relevances from 0 up", found=grade
                )
        if self.n_others < 0:
            raise MetricInputError(
                metric="The example", expected="no or some other candidates", found=self.n_others
            )
        if not all(self.unlisted):
            raise MetricInputError(
                metric="The example", expected="unlisted items that are relevant", found=0
            )

    def __len__(self) -> int:
        return len(self.names)

    @property
    def n_relevant(self) -> int:
        """How many items are relevant, listed or not."""
        return sum(grade > 0 for grade in self.relevance) + len(self.unlisted)

    def moved(self, place: int, to: int) -> RankedList:
        """Return the list with the item of one place (from 0) moved to another place."""
        names, relevance = list(self.names), list(self.relevance)
        names.insert(to, names.pop(place))
        relevance.insert(to, relevance.pop(place))
        return replace(self, names=tuple(names), relevance=tuple(relevance))

    def with_k(self, k: int) -> RankedList:
        """Return the list judged at another k."""
        return replace(self, k=k)

    def with_relevance(self, place: int, grade: float) -> RankedList:
        """Return the list with another relevance of the item in a place."""
        return replace(self, relevance=_replaced(self.relevance, place, grade))

    def with_unlisted(self, n: int, grade: float = 1.0) -> RankedList:
        """Return the list with n relevant items that it does not hold."""
        return replace(self, unlisted=(grade,) * n)


@dataclass(frozen=True, slots=True)
class TaskGains:
    """One metric value per task, of a model per task and of one model for all tasks.

    Parameters
    ----------
    tasks : (t,) names
    single : (t,) values of the models that learnt one task each, none of them 0
    multi : (t,) values of the model that learnt all tasks
    higher_is_better : (t,) for AUC or NDCG yes, for RMSE no
    """

    tasks: tuple[str, ...]
    single: tuple[float, ...]
    multi: tuple[float, ...]
    higher_is_better: tuple[bool, ...]

    def __post_init__(self) -> None:
        _check_columns(self.single, self.multi)
        _check_names(self.tasks, len(self.single))
        if len(self.higher_is_better) != len(self.single) or not self.tasks:
            raise MetricInputError(
                metric="The example",
                expected="a name, two values and a direction for each task",
                found=f"{len(self.tasks)} names and {len(self.higher_is_better)} directions",
            )

    def __len__(self) -> int:
        return len(self.tasks)

    def with_multi(self, row: int, value: float) -> TaskGains:
        """Return the gains with another value of the model for all tasks."""
        return replace(self, multi=_replaced(self.multi, row, value))

    def with_single(self, row: int, value: float) -> TaskGains:
        """Return the gains with another value of the task's own model."""
        return replace(self, single=_replaced(self.single, row, value))


Workbench = ValueRows | AnswerRows | RankedList | UserLists | TaskGains


def _replaced(column: tuple[T, ...], row: int, value: T) -> tuple[T, ...]:
    if not 0 <= row < len(column):
        raise MetricInputError(
            metric="The example", expected=f"a row from 0 to {len(column) - 1}", found=row
        )
    return (*column[:row], value, *column[row + 1 :])


def _check_columns(left: Sequence[float], right: Sequence[float]) -> None:
    if len(left) != len(right):
        raise MetricInputError(
            metric="The example",
            expected="two columns of one length",
            found=f"{len(left)} and {len(right)} rows",
        )
    for value in (*left, *right):
        if not math.isfinite(value):
            raise MetricInputError(metric="The example", expected="finite numbers", found=value)


def _check_names(names: Sequence[str], n_rows: int) -> None:
    if names and len(names) != n_rows:
        raise MetricInputError(
            metric="The example", expected=f"{n_rows} names", found=str(len(names))
        )

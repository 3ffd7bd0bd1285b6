r"""Is an explanation true? Take its evidence away and see how far the score falls.

A reason can sound right and still not be *the* reason. The test is to act on it: if the model says
"because of these three purchases", then without them the score must fall, and it must fall
further than without three other events of the same user. So let :math:`E` be the past events that
the explanation names, :math:`S` the :math:`n` that it says speak loudest for the item, and
:math:`s(\cdot)` the score that the model gives after learning without some of them:

.. math::
    \Delta_S = s(E) - s(E \setminus S), \qquad
    \Delta_R = s(E) - s(E \setminus R), \quad R \subset E \setminus S,\ |R| = n

:math:`R` is drawn many times. The explanation is called faithful where :math:`\Delta_S` lies above
the middle 95 % of the :math:`\Delta_R`: naming these events told more than pointing at any others.

"After learning" is meant literally. By default the model is fitted once more on the reduced log,
with the same configuration and the same seed. Where a user's part of the model follows from the
user's own events alone (a row of factors, a row of a history matrix), it can be *folded in*
instead: everything else is held still. That is the cheap answer and a slightly different
question, so the result says which of the two was done.

Choices: only the label that is evidence is taken away, not the whole event, since a click and a
purchase of one item are two pieces of evidence. Scores are those that rank
(``Recommender.score_block``): a prediction that is held at five stars could not fall. Random
evidence comes from the other events that the explanation names; events it leaves out may mean
nothing to the model, and would make the test easier to pass. The strongest are those of the
largest positive amount: what speaks against an item cannot be what put it there.

References
----------
W. Samek, A. Binder, G. Montavon, S. Lapuschkin, K.-R. Müller: Evaluating the visualization of what
a deep neural network has learned, IEEE TNNLS 28(11), 2017 (deletion against random deletion).
K. H. Tran, A. Ghazimatin, R. Saha Roy: Counterfactual explanations for neural recommenders, SIGIR
2021, and Y. Yao, C. Wang, H. Li: Counterfactually evaluating explanations in recommender systems,
2022 (the user's own past taken away, with a model that learned again as the judge).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from math import comb
from typing import Protocol, runtime_checkable

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.errors import MtrecError
from algorithms.evaluation.intervals import percentile_interval
from algorithms.evaluation.runner import model_rng
from algorithms.explanations import EvidenceKind, Explanation
from algorithms.messages import Message
from algorithms.models.base import Recommender
from algorithms.progress import Progress, Stage, part_of, silent
from algorithms.tasks import Task

_NOTHING = 1e-12  # below this, a change is rounding
_STREAM = 3  # of the run's seed, beside those of the runner


class How(StrEnum):
    """How a model learned without the evidence."""

    REFIT = "refit"
    FOLD_IN = "fold in"


# What a person waits for: a refit costs a whole fit.
N_DRAWS = {How.FOLD_IN: 100, How.REFIT: 12}


class Outcome(StrEnum):
    """What the test says."""

    FAITHFUL = "faithful"  # falls further than without nearly all random evidence
    UNCLEAR = "unclear"  # further than without random evidence on average, but not clearly
    UNFAITHFUL = "unfaithful"  # not further than without random evidence
    UNMOVED = "unmoved"  # nothing that is taken away moves the score


class TooLittleEvidenceError(MtrecError, ValueError):
    """An explanation that cannot be put to the test."""

    template = (
        "This explanation cannot be tested: it names {n} past events of the user that speak for "
        "the item, of {n_named} in all. It takes one that does and one other to compare with."
    )


class NoScoreError(MtrecError, ValueError):
    """A score that is not there before or after the evidence was taken away."""

    template = "{model} gives no score {when}, so that nothing can be compared."


@runtime_checkable
class FoldsIn(Protocol):
    """A model that can answer for one user with other events, all else held still."""

    def fold_in(self, task: Task, user: int, items: IntArray, log: InteractionLog) -> FloatArray:
        """Return (n,) the numbers by which items (n,) are ranked for a user.

        Parameters
        ----------
        log : what the user did, instead of what was learned from; events of others mean nothing
        """


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """One past event that an explanation names: the label of a task on an item."""

    task: str
    item: int


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """What taking the evidence away did to the score.

    Parameters
    ----------
    fall_strongest : how far the score falls without the strongest evidence
    fall_random : how far it falls without as much random evidence, the mean of the draws
    low, high : between which 95 % of the draws lie
    n_removed : how many pieces of evidence were taken away each time
    n_draws : how many times random evidence was
    how : whether the model learned anew or the user was folded in
    sentence : the finding in words
    removed : the strongest evidence, strongest first
    """

    fall_strongest: float
    fall_random: float
    low: float
    high: float
    n_removed: int
    n_draws: int
    how: How
    sentence: Message
    removed: tuple[Evidence, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Whether the explanation is true of the model."""
        return _outcome(self.fall_strongest, self.fall_random, self.low, self.high)


def measure_faithfulness(
    model: Recommender,
    explanation: Explanation,
    *,
    seed: int,
    n_removed: int = 3,
    n_draws: int | None = None,
    how: How | None = None,
    validation: InteractionLog | None = None,
    progress: Progress = silent,
) -> Faithfulness:
    """Take the strongest evidence of an explanation away, and as much random evidence.

    Parameters
    ----------
    model : fitted, and left as it is
    explanation : why ``model`` gives an item its score
    seed : of the model's run; it decides the refits and the draws
    n_removed : pieces of evidence to take away, fewer where there are fewer
    n_draws : sets of random evidence; where there are not as many, each is taken once
    how : by default fold in where the model can, else refit
    validation : what steered the model's fit, for refits
    progress : told after each; may raise to stop

    Raises
    ------
    TooLittleEvidenceError
        Where the explanation names no past event that speaks for the item, or only that one.
    NoScoreError
        Where the model has no score to compare.
    """
    strongest, others = _sides(explanation, n_removed)
    how = how or (How.FOLD_IN if isinstance(model, FoldsIn) else How.REFIT)
    rng = np.random.default_rng([seed, _STREAM])
    draws = _draws(others, len(strongest), n_draws or N_DRAWS[how], rng)
    judge = _Judge(model, explanation, how, seed, validation)
    whole = judge.score((), silent)
    if np.isnan(whole):
        raise NoScoreError(model=model.title, when="for this item")
    falls = []
    for number, removed in enumerate((strongest, *draws)):
        step = part_of(progress, number / (len(draws) + 1), (number + 1) / (len(draws) + 1))
        falls.append(whole - judge.score(removed, step))
        step(1.0, Stage.MEASURE)
    fall, of_draws = falls[0], np.array(falls[1:])  # (n_draws,)
    low, high = percentile_interval(of_draws)
    if np.isnan(fall) or np.isnan(low):
        raise NoScoreError(model=model.title, when="without this evidence")
    mean = float(np.nanmean(of_draws))
    return Faithfulness(
        fall_strongest=fall,
        fall_random=mean,
        low=low,
        high=high,
        n_removed=len(strongest),
        n_draws=len(draws),
        how=how,
        sentence=_sentence(fall, mean, low, high),
        removed=strongest,
    )


def can_be_tested(explanation: Explanation) -> bool:
    """Return whether an explanation names past events, of which one speaks for the item."""
    amounts = _amounts(explanation)
    return len(amounts) > 1 and max(amounts.values()) > 0.0


def strongest_share(explanation: Explanation, share: float) -> int:
    """Return how many of the strongest events together make a share of all that speaks for it.

    Parameters
    ----------
    share : 0 to 1, of the sum of the positive amounts
    """
    positive = np.array(sorted((a for a in _amounts(explanation).values() if a > 0), reverse=True))
    if not len(positive):
        return 0
    reached = np.cumsum(positive) >= share * positive.sum() * (1 - 1e-12)
    return int(np.argmax(reached)) + 1


# --- what is taken away ---------------------------------------------------------------------


def _amounts(explanation: Explanation) -> dict[Evidence, float]:
    """Return what each named event adds to the score, repeated events of an item together."""
    amounts: dict[Evidence, float] = {}
    for part in explanation.contributions:
        if part.evidence is EvidenceKind.INTERACTION and part.item is not None:
            evidence = Evidence(part.task or explanation.task, part.item)
            amounts[evidence] = amounts.get(evidence, 0.0) + part.amount
    return amounts


def _sides(
    explanation: Explanation, n_removed: int
) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    """Return the strongest evidence, strongest first, and the rest; at least as much rest."""
    amounts = _amounts(explanation)
    order = sorted(amounts, key=lambda each: (-amounts[each], each))
    n_for = sum(amounts[each] > 0.0 for each in order)
    n = min(n_removed, n_for, len(order) // 2)
    if n < 1:
        raise TooLittleEvidenceError(n=n_for, n_named=len(order))
    return tuple(order[:n]), tuple(sorted(order[n:]))


def _draws(
    others: Sequence[Evidence], n: int, n_draws: int, rng: np.random.Generator
) -> list[tuple[Evidence, ...]]:
    """Return sets of n pieces of evidence: drawn, or all there are where they are few."""
    if comb(len(others), n) <= n_draws:
        return list(combinations(others, n))
    return [
        tuple(others[place] for place in rng.choice(len(others), n, replace=False))
        for _ in range(n_draws)
    ]


def without(
    log: InteractionLog, user: int, evidence: Sequence[Evidence], tasks: Sequence[Task]
) -> InteractionLog:
    """Return a log in which some labels of a user were not observed."""
    label_of = {task.name: task.label for task in tasks}
    labels = dict(log.labels)
    for label in {label_of[each.task] for each in evidence}:
        items = [each.item for each in evidence if label_of[each.task] == label]
        gone = (log.users == user) & np.isin(log.items, items)
        labels[label] = np.where(gone, np.float32(np.nan), log.label(label))
    return replace(log, labels=labels)


# --- what is left ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Judge:
    """Scores the explained item by a model that learned without some evidence."""

    model: Recommender
    explanation: Explanation
    how: How
    seed: int
    validation: InteractionLog | None

    def score(self, removed: Sequence[Evidence], progress: Progress) -> float:
        """Return the score; of the model as it is where nothing is taken away by refitting."""
        model, task = self.model, self.explanation.task
        user, item = self.explanation.user, np.array([self.explanation.item])
        if self.how is How.FOLD_IN and isinstance(model, FoldsIn):
            mine = model.log.select(model.log.users == user)  # the tables are shared
            reduced = without(mine, user, removed, model.tasks)
            known = next(each for each in model.tasks if each.name == task)
            return float(model.fold_in(known, user, item, reduced)[0])
        if removed:
            model = type(model)(model.config).fit(
                without(model.log, user, removed, model.tasks),
                model.tasks,
                rng=model_rng(self.seed),
                validation=self.validation,
                progress=progress,
            )
        return float(model.score_block(task, np.array([user]), item)[0, 0])


def _outcome(fall: float, mean: float, low: float, high: float) -> Outcome:
    if max(abs(fall), abs(low), abs(high)) < _NOTHING:
        return Outcome.UNMOVED
    if fall > high and fall > 0.0:
        return Outcome.FAITHFUL
    return Outcome.UNCLEAR if fall > mean and fall > 0.0 else Outcome.UNFAITHFUL


def _sentence(fall: float, mean: float, low: float, high: float) -> Message:
    values = {"strongest": written_change(fall), "random": written_change(mean)}
    outcome = _outcome(fall, mean, low, high)
    if outcome is Outcome.UNMOVED:
        return Message(
            "It cannot be told: whatever is taken away, the score stays the same. It may be held "
            "at the end of its scale."
        )
    if outcome is Outcome.FAITHFUL:
        return Message(
            "Yes: without its strongest evidence the score changes by {strongest}, without as "
            "much other evidence by {random} on average. The explanation names what counts.",
            values,
        )
    if outcome is Outcome.UNCLEAR:
        return Message(
            "Not clearly: without its strongest evidence the score changes by {strongest}, "
            "without as much other evidence by {random} on average, but at times by as much.",
            values,
        )
    return Message(
        "No: without its strongest evidence the score changes by {strongest}, without as much "
        "other evidence by {random} on average. The explanation does not name what counts.",
        values,
    )


def written_change(fall: float) -> str:
    """Write a fall of the score as the change that it is, with a true minus."""
    return f"{-fall:+.3g}".replace("-", "−") if abs(fall) >= _NOTHING else "0"

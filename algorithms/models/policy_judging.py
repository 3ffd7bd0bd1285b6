"""Judging a finished policy from the log: off-policy estimates, beside the truth where it is known.

One decision of the log stands for one place of the new list: the new policy puts each of its n
items there with probability 1/n. The reward is what the tasks are worth together, in units of what
the log earned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, IntArray
from algorithms.models.base import Recommender
from algorithms.models.policy_kind import RewardModel, Shelf
from algorithms.policies.choice_models import choice_probability
from algorithms.policies.judge import Judge
from algorithms.policies.logged import LoggedView, choice_features, met_table, popularity_of
from algorithms.policies.off_policy import (
    Estimate,
    LoggedEvents,
    direct_method,
    doubly_robust,
    effective_sample_size,
    ips,
    snips,
)
from algorithms.policies.slots import best_columns

_MOST_CELLS = 2_000_000  # numbers in one block of scores
_TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Overlap:
    """How far the log can answer: decisions, those the new list holds, how many they are worth."""

    n: int
    n_shared: int
    effective: float


@dataclass(frozen=True, eq=False)
class Verdict:
    """What a policy earns, in units of what the log earned.

    Parameters
    ----------
    logged : what the same decisions did earn
    estimates : by name, with estimated propensities
    overlap : under these
    known_estimates, known_overlap : with the world's own propensities; empty and None on real data
    truth : the true value; None on real data
    """

    logged: Estimate
    estimates: dict[str, Estimate]
    overlap: Overlap
    known_estimates: dict[str, Estimate]
    known_overlap: Overlap | None
    truth: float | None


@dataclass(frozen=True, eq=False)
class _Counted:
    """For every decision (n,): what the model guesses, and the two importances."""

    guessed: FloatArray
    guessed_new: FloatArray
    importance: FloatArray
    known_importance: FloatArray
    true_new: FloatArray


def judge_policy(
    shelf: Shelf,
    base: Recommender,
    view: LoggedView,
    rewards: RewardModel,
    propensities: FloatArray,
    segments: IntArray,
    worth: FloatArray,
    list_length: int,
    judge: Judge | None,
) -> Verdict | None:
    """Estimate from decisions that nothing was fitted on what the shelf's new order earns.

    Parameters
    ----------
    shelf : in the order to be judged
    base : the model of the scores, fitted on the training log
    view : the decisions, such as those of the validation part
    rewards, propensities : as learned
    segments : (n_users,)
    worth : (T,) what a reward of each task counts
    list_length : n
    judge : who knows the truth, if anybody

    Returns
    -------
    verdict : None where no decision is about an item that was new to its user
    """
    users = np.unique(view.users)
    met = met_table(base.log, users, shelf.items)  # (m, k)
    rows = np.searchsorted(users, view.users)
    possible = (~met).sum(axis=1) >= list_length
    view = view.select(~met[rows, view.columns] & possible[rows])
    if not len(view):
        return None
    if judge is not None and not all(judge.knows(task) for task in shelf.tasks):
        judge = None
    counted = _count(shelf, base, view, rewards, propensities, segments, worth, list_length, judge)
    earned = view.rewards @ worth

    def events(importance: FloatArray) -> LoggedEvents:
        return LoggedEvents(view.users, earned, importance, counted.guessed, counted.guessed_new)

    ones = events(np.ones(len(view)))
    estimates = events(counted.importance)
    known = events(counted.known_importance) if judge is not None else None
    return Verdict(
        logged=ips(ones),
        estimates={"direct method": direct_method(estimates), **_by_importance(estimates)},
        overlap=_overlap(estimates),
        known_estimates={} if known is None else _by_importance(known),
        known_overlap=None if known is None else _overlap(known),
        truth=None if judge is None else float(counted.true_new.mean()),
    )


def _by_importance(events: LoggedEvents) -> dict[str, Estimate]:
    return {"IPS": ips(events), "SNIPS": snips(events), "doubly robust": doubly_robust(events)}


def _overlap(events: LoggedEvents) -> Overlap:
    importance = events.importance
    return Overlap(len(importance), int((importance > 0).sum()), effective_sample_size(importance))


def _count(
    shelf: Shelf,
    base: Recommender,
    view: LoggedView,
    rewards: RewardModel,
    propensities: FloatArray,
    segments: IntArray,
    worth: FloatArray,
    list_length: int,
    judge: Judge | None,
) -> _Counted:
    """Go through the users in blocks; each needs the scores of the whole shelf."""
    n, k = len(view), len(shelf.items)
    counted = _Counted(*(np.zeros(n) for _ in range(5)))
    popularity = popularity_of(base.log, shelf.items)
    shown = None if judge is None else judge.shown_besides(shelf.tasks[0].item_kind, base.log)
    users = np.unique(view.users)
    step = max(1, _MOST_CELLS // (k * len(shelf.tasks)))
    for start in range(0, len(users), step):
        block = users[start : start + step]
        mine = np.flatnonzero((view.users >= block[0]) & (view.users <= block[-1]))
        rows, columns = np.searchsorted(block, view.users[mine]), view.columns[mine]
        raw = shelf.raw(base, block)  # (b, k, T)
        scores = np.nan_to_num(raw, nan=0.0)
        is_open = ~met_table(base.log, block, shelf.items)
        numbers = shelf.order(raw, block, is_open).numbers
        new = _new_policy(numbers, is_open & (numbers > shelf.arms.out_at), list_length)  # (b, k)
        old = choice_probability(choice_features(scores, popularity), is_open, propensities)
        guess = rewards.chances(scores, segments[block][:, None]) @ worth  # (b, k)
        counted.guessed[mine] = guess[rows, columns]
        counted.guessed_new[mine] = (new * guess).sum(axis=1)[rows]
        counted.importance[mine] = (new / np.maximum(old, _TINY))[rows, columns]
        if judge is not None and shown is not None:
            known = shown[block] * is_open
            known /= np.maximum(known.sum(axis=1, keepdims=True), _TINY)
            counted.known_importance[mine] = (new / np.maximum(known, _TINY))[rows, columns]
            true = np.stack([judge.relevant(t, block, shelf.items) for t in shelf.tasks], axis=2)
            counted.true_new[mine] = (new * (true @ worth)).sum(axis=1)[rows]
    return counted


def _new_policy(numbers: FloatArray, listed: BoolArray, list_length: int) -> FloatArray:
    """Return (m, k) the probability that a place of the new list holds each item."""
    best = best_columns(numbers, listed, list_length)
    chance = np.zeros(numbers.shape)
    rows, places = np.nonzero(best >= 0)
    chance[rows, best[rows, places]] = 1 / list_length
    return chance

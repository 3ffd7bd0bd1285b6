"""What a policy over rule sets shows: what each set says and earns, and which serves whom."""

from __future__ import annotations

import numpy as np

from algorithms.arrays import IntArray
from algorithms.explanations import Exhibit, HeatMap, Lines, Table
from algorithms.messages import Message
from algorithms.models.policy_exhibits import (
    arms_earn,
    front_points,
    policy_earns,
    regret_lines,
    reward_lines,
    segment_rows,
    verdict_exhibits,
    whose_figures,
)
from algorithms.models.policy_judging import Verdict
from algorithms.models.policy_kind import Shelf
from algorithms.models.policy_rule_arms import RuleArms
from algorithms.policies.segments import Segments
from algorithms.policies.shop import Diary
from algorithms.rules import CountWithin, ScoreRule, describe


def show_rule_sets(
    kind: str,
    shelf: Shelf,
    diary: Diary,
    segments: Segments,
    lists: IntArray,
    verdict: Verdict | None,
) -> tuple[Exhibit, ...]:
    """Return the exhibits of one shelf that rule sets order; arguments as ``show_weights``."""
    arms = shelf.arms
    assert isinstance(arms, RuleArms)  # noqa: S101 - of a policy over rule sets
    shown: tuple[Exhibit, ...] = (
        reward_lines(kind, shelf, diary),
        _regret(kind, diary),
        _served(kind, shelf, segments),
        _worth(kind, diary, segments, lists),
        _sets(kind, arms, diary, lists),
    )
    if len(shelf.tasks) > 1:
        sentence = Message(
            "What every rule set earns when it serves all users, {whose}. Marked is the Pareto "
            "front over all {n} tasks: nobody is better in one without being worse in another.",
            {"whose": whose_figures(diary), "n": len(shelf.names)},
        )
        shown += (front_points(kind, shelf, diary, lists, sentence),)
    return shown if verdict is None else shown + verdict_exhibits(kind, verdict)


def _regret(kind: str, diary: Diary) -> Lines:
    return regret_lines(
        kind,
        diary,
        Message("Regret against the best fixed rule set: {kind}", {"kind": kind}),
        Message(
            "What the visits so far would have earned more under the one rule set that is best for "
            "all users and places alike. A curve that flattens has learned; one that falls does "
            "better than any one rule set, because it treats segments and places differently."
        ),
    )


def _served(kind: str, shelf: Shelf, segments: Segments) -> HeatMap:
    n_arms = len(shelf.arms.names)
    members = [segments.of_user == number for number in range(len(segments.names))]
    rows = [
        np.bincount(of_slot[mine], minlength=n_arms) / max(1, int(mine.sum()))
        for mine in members
        for of_slot in shelf.arm_of_user
    ]
    return HeatMap(
        key=f"served.{kind}",
        title=Message("Which rule set serves whom: {kind}", {"kind": kind}),
        sentence=Message(
            "The share of a segment's users that each rule set serves. Look beside it at what the "
            "sets earn there: where they hardly differ, it is chance which of them was chosen."
        ),
        row_names=segment_rows(segments, shelf),
        column_names=shelf.arms.names,
        values=np.array(rows),
    )


def _worth(kind: str, diary: Diary, segments: Segments, lists: IntArray) -> HeatMap:
    """Show what each rule set would earn with each segment, if it had the whole list."""
    shop = diary.shop
    earned = arms_earn(diary) @ shop.worth  # (n_arms, m)
    own = policy_earns(diary, lists) @ shop.worth  # (m,)
    together = np.concatenate([earned, own[None]])
    present = np.unique(shop.segments)
    return HeatMap(
        key=f"worth.{kind}",
        title=Message("What each rule set earns with each segment: {kind}", {"kind": kind}),
        sentence=Message(
            "The worth of whole lists in units of what the log earned, {whose}. The policy was "
            "never told these figures: it had to find the highest of each row from noisy visits.",
            {"whose": whose_figures(diary)},
        ),
        row_names=tuple(segments.names[number] for number in present),
        column_names=(*diary.outlook.names, "this policy"),
        values=np.array([together[:, shop.segments == s].mean(axis=1) for s in present]),
    )


def _sets(kind: str, arms: RuleArms, diary: Diary, lists: IntArray) -> Table:
    worth = diary.shop.worth
    model = diary.outlook.expected.mean(axis=1) @ worth  # (n_arms,)
    everybody = np.arange(diary.shop.n_users)
    figures = [[round(float(value), 3)] for value in model]
    own = [round(float(diary.shop.expected(everybody, lists).mean(axis=0) @ worth), 3)]
    columns = [Message("Earns, by the reward model")]
    if diary.outlook.truth is not None:
        columns.append(Message("Earns, in truth"))
        for row, value in zip(figures, diary.outlook.truth.mean(axis=1) @ worth, strict=True):
            row.append(round(float(value), 3))
        own.append(round(float(policy_earns(diary, lists).mean(axis=0) @ worth), 3))
    rows: list[tuple[str | float | Message, ...]] = [
        (name, _blend(arms, arm), _rules(arms, arm), *figures[arm])
        for arm, name in enumerate(arms.names)
    ]
    return Table(
        key=f"rule_sets.{kind}",
        title=Message("The rule sets: {kind}", {"kind": kind}),
        sentence=Message(
            "What each rule set says on this shelf, and what it earns when it serves all users, in "
            "units of what the log earned. The last row is the policy."
        ),
        columns=(Message("Rule set"), Message("Blend"), Message("Rules"), *columns),
        rows=(*rows, ("this policy", "", "", *own)),
    )


def _blend(arms: RuleArms, arm: int) -> str:
    powers = ", ".join(f"{name} {power:g}" for name, power in arms.powers(arm).items())
    return f"{arms.sets[arm].method.value.replace('_', ' ')}: {powers}"


def _rules(arms: RuleArms, arm: int) -> str:
    """Return what the rules say that can change a shelf, those of the mixed page left out."""
    return " ".join(
        str(describe(usable.rule))
        for usable in arms.materials[arm].rules
        if isinstance(usable.rule, ScoreRule | CountWithin)
    )

"""What a policy shows of its inside: what it earned, what it settled on, what that is worth."""

from __future__ import annotations

import numpy as np

from algorithms.arrays import FloatArray, IntArray, pareto_front
from algorithms.explanations import Bars, Exhibit, HeatMap, Lines, Points, Table
from algorithms.messages import Message
from algorithms.models.policy_arms import WeightArms
from algorithms.models.policy_judging import Overlap, Verdict
from algorithms.models.policy_kind import Shelf
from algorithms.policies.segments import Segments
from algorithms.policies.shop import Diary

_MOST_POINTS = 60  # of a curve

_ROUNDS = Message("visits")
_TIMES = Message("times what the log earned")


def show_weights(
    kind: str,
    shelf: Shelf,
    diary: Diary,
    segments: Segments,
    lists: IntArray,
    verdict: Verdict | None,
) -> tuple[Exhibit, ...]:
    """Return the exhibits of one shelf that is ordered by weights.

    Parameters
    ----------
    kind : of its items
    shelf : with the weights that were settled on
    diary : what was earned while the policy learned
    segments : of the users
    lists : (m, n) what the finished policy shows to the users of the diary's shop
    verdict : what the finished policy earns, judged from the log; None without validation events
    """
    arms = shelf.arms
    assert isinstance(arms, WeightArms)  # noqa: S101 - of a policy over weights
    shown: tuple[Exhibit, ...] = (
        reward_lines(kind, shelf, diary),
        _regret(kind, diary),
        _weights(kind, shelf, arms, segments),
        _front(kind, shelf, diary, lists),
    )
    if verdict is not None:
        shown += verdict_exhibits(kind, verdict)
    return shown


def reward_lines(kind: str, shelf: Shelf, diary: Diary) -> Lines:
    """Show what each task earned while the policy learned."""
    visits, rewards = _binned(diary, np.array(diary.rewards))
    in_log = times_the_log(diary, shelf)
    series = {
        name: rewards[:, position] * in_log[position] for position, name in enumerate(shelf.names)
    }
    if diary.true_rewards:
        _, true = _binned(diary, np.array(diary.true_rewards))
        for position, name in enumerate(shelf.names):
            series[f"{name} (truth)"] = true[:, position] * in_log[position]
    return Lines(
        key=f"reward.{kind}",
        title=Message("Reward per task while learning: {kind}", {"kind": kind}),
        sentence=Message(
            "The mean reward of the lists that were shown, as the reward model expects it, in "
            "units of the log's. Where the truth stands beside it and lies lower, the policy has "
            "been chasing the model's mistakes."
        ),
        x_label=_ROUNDS,
        y_label=_TIMES,
        x=visits,
        series=series,
        reference={"the log": 1.0},
    )


def times_the_log(diary: Diary, shelf: Shelf) -> FloatArray:
    """Return (T,) what turns a reward into multiples of the log's; 0 where it earned nothing."""
    given = np.array([task.weight for task in shelf.tasks])
    times: FloatArray = diary.shop.worth / (given / given.sum())
    return times


def _regret(kind: str, diary: Diary) -> Lines:
    return regret_lines(
        kind,
        diary,
        Message("Regret against the best fixed weights: {kind}", {"kind": kind}),
        Message(
            "What the visits so far would have earned more under the one weight vector of the grid "
            "that is best for all users alike. A curve that flattens has learned; one that falls "
            "does better than any fixed weights, because it treats segments differently."
        ),
    )


def regret_lines(kind: str, diary: Diary, title: Message, sentence: Message) -> Lines:
    """Show the regret against the one arm that is best for everybody, summed over visits."""
    visits = np.cumsum(diary.visits)
    ends = _ends(len(visits))
    series = {"as learned": np.cumsum(diary.regret)[ends]}
    if diary.true_regret:
        series["truth"] = np.cumsum(diary.true_regret)[ends]
    return Lines(
        key=f"regret.{kind}",
        title=title,
        sentence=sentence,
        x_label=_ROUNDS,
        y_label=Message("regret, summed"),
        x=visits[ends].astype(np.float64),
        series=series,
        reference={"none": 0.0},
    )


def _weights(kind: str, shelf: Shelf, arms: WeightArms, segments: Segments) -> HeatMap:
    rows = [
        arms.weights[of_slot[segments.of_user == number]].mean(axis=0)
        for number in range(len(segments.names))
        for of_slot in shelf.arm_of_user
    ]
    return HeatMap(
        key=f"weights.{kind}",
        title=Message("Weights per segment: {kind}", {"kind": kind}),
        sentence=Message(
            "How much each task counts for the users of a segment, on average. Tasks whose scores "
            "agree can swap weight and hardly change a list, so small differences mean little."
        ),
        row_names=segment_rows(segments, shelf),
        column_names=shelf.names,
        values=np.array(rows),
    )


def segment_rows(segments: Segments, shelf: Shelf) -> tuple[str, ...]:
    """Return a name for each segment, or for each of its slots, the top first."""
    if len(shelf.arm_of_user) == 1:
        return segments.names
    slots = (f"top {shelf.top_places}", "rest")
    return tuple(f"{slot}: {name}" for name in segments.names for slot in slots)


def _front(kind: str, shelf: Shelf, diary: Diary, lists: IntArray) -> Points:
    return front_points(
        kind,
        shelf,
        diary,
        lists,
        Message(
            "What every weight vector of the grid earns when it serves all users, {whose}. Marked "
            "is the Pareto front over all {n} tasks: nobody is better in one without being worse "
            "in another.",
            {"whose": whose_figures(diary), "n": len(shelf.names)},
        ),
    )


def whose_figures(diary: Diary) -> str:
    """Return who says what arms earn."""
    known = diary.outlook.truth is not None
    return "by the truth of the simulated world" if known else "by the reward model"


def policy_earns(diary: Diary, lists: IntArray) -> FloatArray:
    """Return (m, T) what lists (m, n) earn with each user: truly, where that is known."""
    everybody = np.arange(diary.shop.n_users)
    true = diary.shop.true_expected(everybody, lists)
    return diary.shop.expected(everybody, lists) if true is None else true


def arms_earn(diary: Diary) -> FloatArray:
    """Return (n_arms, m, T) what the arms earn with each user: truly, where that is known."""
    outlook = diary.outlook
    return outlook.expected if outlook.truth is None else outlook.truth


def front_points(
    kind: str, shelf: Shelf, diary: Diary, lists: IntArray, sentence: Message
) -> Points:
    """Show what each arm earns in the first two tasks, and what the policy does."""
    earned = arms_earn(diary).mean(axis=1)  # (n_arms, T)
    own = policy_earns(diary, lists).mean(axis=0)
    values = np.concatenate([earned, own[None]]) * times_the_log(diary, shelf)
    first, second = shelf.names[:2]
    return Points(
        key=f"front.{kind}",
        title=Message("Trade-off between tasks: {kind}", {"kind": kind}),
        sentence=sentence,
        x_label=Message("{task}: times what the log earned", {"task": first}),
        y_label=Message("{task}: times what the log earned", {"task": second}),
        names=(*diary.outlook.names, "this policy"),
        x=values[:, 0],
        y=values[:, 1],
        marked=pareto_front(values),
    )


def verdict_exhibits(kind: str, verdict: Verdict) -> tuple[Exhibit, ...]:
    """Show what a finished policy is worth by the log, and how far the log can answer."""
    return _estimates(kind, verdict), _overlaps(kind, verdict)


def _estimates(kind: str, verdict: Verdict) -> Bars:
    estimates = {"what was logged": verdict.logged, **verdict.estimates}
    for name, estimate in verdict.known_estimates.items():
        estimates[f"{name}, true propensities"] = estimate
    names, values = list(estimates), [each.value for each in estimates.values()]
    spread = [each.half_width for each in estimates.values()]
    said = Message(
        "What the finished policy would earn, judged from validation events by the propensities "
        "that were estimated. The intervals (95 %, over users) tell of chance only: where the "
        "propensities or the reward model are wrong, they miss."
    )
    if verdict.truth is not None:
        names, values, spread = [*names, "truth"], [*values, verdict.truth], [*spread, 0.0]
        said = Message(
            "What the finished policy would earn, judged from validation events, by propensities "
            "that were estimated and by those of the simulated world. The last bar is the truth, "
            "which real life never tells: an interval that misses it was too sure."
        )
    return Bars(
        key=f"off_policy.{kind}",
        title=Message("Off-policy estimates: {kind}", {"kind": kind}),
        sentence=said,
        value_label=_TIMES,
        names=tuple(names),
        values=np.array(values),
        spread=np.array(spread),
    )


def _overlaps(kind: str, verdict: Verdict) -> Table:
    overlaps: list[tuple[Message, Overlap]] = [(Message("estimated"), verdict.overlap)]
    if verdict.known_overlap is not None:
        overlaps.append((Message("of the simulated world"), verdict.known_overlap))
    return Table(
        key=f"overlap.{kind}",
        title=Message("How far the log can answer: {kind}", {"kind": kind}),
        sentence=Message(
            "Only decisions that the new policy might repeat tell of it, and those that were "
            "unlikely in the log count most. The effective sample size says how many equal "
            "decisions they are worth."
        ),
        columns=(
            Message("Propensities"),
            Message("Decisions"),
            Message("On the new lists"),
            Message("Effective sample size"),
        ),
        rows=tuple(
            (name, float(each.n), float(each.n_shared), round(each.effective, 1))
            for name, each in overlaps
        ),
    )


def _binned(diary: Diary, rewards: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return (b,) the visits at the end of each stretch, and (b, T) the mean rewards within."""
    visits = np.array(diary.visits)
    ends = _ends(len(visits))
    total = np.cumsum(rewards * visits[:, None], axis=0)[ends]
    passed = np.cumsum(visits)[ends]
    mean = np.diff(total, axis=0, prepend=0) / np.diff(passed, prepend=0)[:, None]
    return passed.astype(np.float64), mean


def _ends(n: int) -> IntArray:
    """Return the last positions of at most ``_MOST_POINTS`` stretches of about equal length."""
    n_points = min(n, _MOST_POINTS)
    ends: IntArray = (np.arange(1, n_points + 1) * n) // n_points - 1
    return ends

"""The leak doctor: looks for what tells a model the answer that it should have to find.

A leak makes numbers look good that will not hold in use: a column that was written down after the
event and gives the answer away, the same event in training and in the test, a label that is
another one under a new name (Kaufman, Rosset, Perlich and Stitelman, 2012, Leakage in data mining,
TKDD 6(4)). The doctor looks for what can be seen from outside, says what it expected and what it
found, and never forbids anything: whether a column was known before the event, only people know.

A column *tells* a label where it orders events by it almost without fault on its own,

    max(AUC, 1 - AUC) >= 0.95,    AUC = P(x_yes > x_no) + P(x_yes = x_no) / 2;

a text is first replaced by the share of yes among events with that text, counted on one half of
the events and judged on the other.
"""

from __future__ import annotations

import time as clock
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.data.split import Split, SplitConfig
from algorithms.errors import SplitError
from algorithms.evaluation.experiment import RunSpec
from algorithms.evaluation.label_twins import Twin, twin_findings
from algorithms.evaluation.runner import split_of
from algorithms.evaluation.split_facts import describe_split
from algorithms.messages import Message, MessageValue
from algorithms.tasks import Task

MOST_EVENTS = 200_000  # beyond, columns are examined on a random sample of so many
SUSPICIOUS_AUC = 0.95
FEWEST = 20  # of either outcome, below which an AUC says too little

TELLING = (
    "“{column}” tells “{task}” almost alone: ordered by it, the AUC is {auc:.3f}; 0.5 is chance, "
    "and a single honest column rarely reaches {limit:.2f}. Was it known before the event? If it "
    "was written down afterwards, ignore this column when you import the file."
)
FILLED_IN = (
    "Whether “{column}” is filled in tells “{task}” almost alone (AUC {auc:.3f}; below {limit:.2f} "
    "was expected). It seems to be written down only once the outcome is known: ignore this "
    "column when you import the file."
)
IN_FUTURE = (
    "{n:,} of {n_all:,} events lie in the future, the last on {last}; times up to today were "
    "expected. Check which column the time is and how it is written, and import the file again."
)
TWICE = (
    "{n:,} of {n_all:,} test events examined are in training too: the same user, item and time. "
    "Each event was expected once; a model can remember these. Import the file again and merge "
    "repeated events."
)
COLD_USERS = (
    "{n:,} of {n_all:,} test users have no event in training with this split (seed {seed}): "
    "nothing was learned of them. To judge known users only, leave out events of each user instead."
)
COLD_ITEMS = (
    "{n:,} of {n_all:,} test items have no event in training with this split (seed {seed}): models "
    "that know items only by their events cannot find them."
)
SAMPLED = "Columns were examined on {n:,} of {n_all:,} events, drawn at random."


class Severity(StrEnum):
    """How much a finding should worry."""

    LEAK = "leak"  # numbers are probably too good
    CHECK = "check"  # look at the data
    NOTE = "note"  # good to know


@dataclass(frozen=True, slots=True)
class LeakFinding:
    """One thing that the doctor found, about a column or a task where it concerns one."""

    severity: Severity
    message: Message
    column: str = ""
    task: str = ""


@dataclass(frozen=True, slots=True)
class LeakReport:
    """What the doctor found, worst first, and on how many events columns were examined."""

    findings: tuple[LeakFinding, ...]
    n_examined: int
    n_events: int

    @property
    def worries(self) -> bool:
        """Whether there is more than notes."""
        return any(finding.severity is not Severity.NOTE for finding in self.findings)

    @property
    def sampled(self) -> Message | None:
        """The sentence on the sample; None where all events were examined."""
        if self.n_examined == self.n_events:
            return None
        return Message(SAMPLED, {"n": self.n_examined, "n_all": self.n_events})


def examine(
    log: InteractionLog,
    tasks: Sequence[Task],
    split: SplitConfig | None = None,
    seed: int = 1,
    now: float | None = None,
) -> LeakReport:
    """Look for leaks.

    Parameters
    ----------
    log : the whole log
    tasks : those that are switched off, or whose label the log does not have, are left alone
    split, seed : as a run would divide the log; a split that cannot be made is not examined
    now : seconds since 1970; by default the clock's
    """
    asked = [task for task in tasks if task.enabled and task.label in log.labels]
    rng = np.random.default_rng(0)
    sample = log
    if len(log) > MOST_EVENTS:
        sample = log.select(np.sort(rng.choice(len(log), MOST_EVENTS, replace=False)))
    found = [
        *_telling_columns(sample, asked, rng),
        *(_of_twin(twin) for twin in twin_findings(sample, asked)),
        *_future(log, clock.time() if now is None else now),
        *_split_findings(log, split or SplitConfig(), seed, rng),
    ]
    found.sort(key=lambda finding: list(Severity).index(finding.severity))
    return LeakReport(tuple(found), len(sample), len(log))


def _of_twin(twin: Twin) -> LeakFinding:
    severity = Severity.NOTE if twin.is_derived else Severity.LEAK
    return LeakFinding(severity, twin.message, task=twin.task)


# --- columns ------------------------------------------------------------------------------------


def _columns(log: InteractionLog) -> Iterator[tuple[str, AnyArray]]:
    """Yield every feature as a column of (n,), one value for each event."""
    yield from log.context.items()
    for name, column in log.user_table.features.items():
        yield name, column[log.users]
    for name, column in log.item_table.features.items():
        yield name, column[log.items]
    yield "category", log.item_table.categories[log.items]


def _telling_columns(
    log: InteractionLog, tasks: Sequence[Task], rng: np.random.Generator
) -> Iterator[LeakFinding]:
    judges = rng.random(len(log)) < 0.5  # the half of the events that judges a text column
    outcomes = []
    for task in tasks:
        events = task.events(log)
        outcomes.append((task, events, log.label(task.label) >= task.relevant_from))
    for name, column in _columns(log):
        is_number = column.dtype.kind in "fiub"
        present = np.isfinite(column) if is_number else column != ""
        values, codes = np.unique(column, return_inverse=True)
        for task, events, is_yes in outcomes:
            filled_in = _auc(present[events].astype(np.int64), is_yes[events], 2)
            seen = events & present
            if is_number:
                auc = _auc(codes[seen], is_yes[seen], len(values))
            else:
                auc = _text_auc(codes, is_yes, seen & ~judges, seen & judges, len(values))
            for value, template in ((auc, TELLING), (filled_in, FILLED_IN)):
                strength = max(value, 1 - value)
                if strength >= SUSPICIOUS_AUC:
                    words: dict[str, MessageValue] = {
                        "column": name,
                        "task": task.name,
                        "auc": strength,
                        "limit": SUSPICIOUS_AUC,
                    }
                    yield LeakFinding(Severity.LEAK, Message(template, words), name, task.name)
                    break


def _auc(codes: IntArray, is_yes: BoolArray, n_codes: int) -> float:
    """Return the AUC of a column given by the ranks of its values; 0.5 where it says too little."""
    yes = np.bincount(codes[is_yes], minlength=n_codes)
    no = np.bincount(codes[~is_yes], minlength=n_codes)
    if min(yes.sum(), no.sum()) < FEWEST:
        return 0.5
    below = np.cumsum(no) - no
    return float((yes * (below + no / 2)).sum() / (yes.sum() * no.sum()))


def _text_auc(
    codes: IntArray, is_yes: BoolArray, fits: BoolArray, judges: BoolArray, n_codes: int
) -> float:
    """Return the AUC of the share of yes per text, counted on ``fits`` and judged on ``judges``."""
    n_fit = np.bincount(codes[fits], minlength=n_codes)
    if not n_fit.any():
        return 0.5
    n_yes = np.bincount(codes[fits], is_yes[fits], minlength=n_codes)
    rate: FloatArray = (n_yes + is_yes[fits].mean()) / (n_fit + 1)  # a text not met: as all
    rates, rank = np.unique(rate, return_inverse=True)
    return _auc(rank[codes[judges]], is_yes[judges], len(rates))


# --- times and the split ------------------------------------------------------------------------


def _future(log: InteractionLog, now: float) -> Iterator[LeakFinding]:
    if log.timestamps is None:
        return
    n = int((log.timestamps > now).sum())
    if n:
        last = _day(int(log.timestamps.max()))
        message = Message(IN_FUTURE, {"n": n, "n_all": len(log), "last": last})
        yield LeakFinding(Severity.CHECK, message)


def _day(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (OverflowError, ValueError, OSError):  # beyond the year 9999: milliseconds, perhaps
        return f"second {seconds} since 1970"


def _split_findings(
    log: InteractionLog, config: SplitConfig, seed: int, rng: np.random.Generator
) -> Iterator[LeakFinding]:
    spec = RunSpec(model="", seed=seed, tasks=(), split=config)
    bare = replace(log, labels={}, context={"row": np.arange(len(log))})
    try:
        split = split_of(spec, bare)
    except SplitError:
        return
    yield from _twice(log, split, rng)
    facts = describe_split(split)
    for n, n_all, template in (
        (facts.n_cold_users, facts.n_test_users, COLD_USERS),
        (facts.n_cold_items, facts.n_test_items, COLD_ITEMS),
    ):
        if n:
            message = Message(template, {"n": n, "n_all": n_all, "seed": seed})
            yield LeakFinding(Severity.NOTE, message)


def _twice(log: InteractionLog, split: Split, rng: np.random.Generator) -> Iterator[LeakFinding]:
    """Look for test events that training has too, among users with about ``MOST_EVENTS`` events."""
    if log.timestamps is None:
        return
    order = rng.permutation(log.n_users)
    n_before = np.cumsum(np.bincount(log.users, minlength=log.n_users)[order])
    n_drawn = int(np.searchsorted(n_before, MOST_EVENTS)) + 1
    drawn = np.zeros(log.n_users, dtype=np.bool_)
    drawn[order[:n_drawn]] = True
    train, test = (part.select(drawn[part.users]) for part in (split.train, split.test))
    users, items, times = (
        np.concatenate(pair)
        for pair in (
            (train.users, test.users),
            (train.items, test.items),
            (_times(train), _times(test)),
        )
    )
    if len(users) == 0:
        return
    by_event = np.lexsort((times, items, users))
    differs = [np.diff(column[by_event]) != 0 for column in (users, items, times)]
    event = np.zeros(len(users), dtype=np.int64)
    event[by_event[1:]] = np.cumsum(np.logical_or.reduce(differs))
    taught = np.zeros(len(users), dtype=np.bool_)
    taught[event[: len(train)]] = True
    n = int(taught[event[len(train) :]].sum())
    if n:
        message = Message(TWICE, {"n": n, "n_all": len(test)})
        yield LeakFinding(Severity.LEAK, message)


def _times(log: InteractionLog) -> IntArray:
    return np.zeros(0, dtype=np.int64) if log.timestamps is None else log.timestamps

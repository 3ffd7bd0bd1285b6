"""The evaluation linter: it asks whether the comparison itself is sound.

A number can be computed without a fault and still mislead, because of how it came to be: judged on
what was learned from, on a few easy candidates, on another split than its neighbour. The linter
looks at *how* results were judged, and says of each finding why it matters and what to do. The leak
doctor (``leaks``) looks at the *data* before anything is run; repeated events worry both.

The lab's own runs cannot commit some of these faults: a fit is never given the test part, every run
has a seed, every item is a candidate. They are looked for all the same, because a split may be
handed over by a person, and because a result may come from elsewhere: ``Judged`` is what a result
declares of itself, and ``None`` is what it does not say.

References: Krichene and Rendle (2020), On sampled metrics for item recommendation, KDD; Ji, Sun,
Zhang, Li (2023), A critical study on data leakage in recommender system offline evaluation, TOIS
41(3); Cawley and Talbot (2010), On over-fitting in model selection, JMLR 11.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from algorithms.data.log import InteractionLog
from algorithms.data.split import SplitConfig, SplitMethod
from algorithms.evaluation.experiment import Experiment
from algorithms.evaluation.results import RunResult
from algorithms.messages import Message, MessageValue

MOST_SETTINGS = 2  # of one model beside each other before the best is a choice made on the test


class Rule(StrEnum):
    """What is looked for."""

    OVERLAP = "overlap"
    TUNED_ON_TEST = "tuned on test"
    SAMPLED = "sampled candidates"
    UNSEEDED = "unseeded split"
    FUTURE = "future leakage"
    DIFFERENT = "different conditions"
    K_TOO_LARGE = "k too large"


@dataclass(frozen=True, slots=True)
class Words:
    """What the linter says of a finding: what it found, why it matters, what to do."""

    what: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One fault of a comparison.

    Parameters
    ----------
    rule : which
    what, why, remedy : sentences: what was found, why it matters, what to do
    """

    rule: Rule
    what: Message
    why: Message
    remedy: Message


def finding(rule: Rule, words: Words, **values: MessageValue) -> LintFinding:
    """Return a finding whose sentences are filled with the values."""
    return LintFinding(
        rule, *(Message(text, values) for text in (words.what, words.why, words.remedy))
    )


@dataclass(frozen=True, eq=False)
class Judged:
    """How a result was judged, as far as it says.

    Parameters
    ----------
    title : of the model
    seeds : that drew split and model; None where a result does not say
    split : how the log was divided; None where a result does not say
    tasks : everything that defines the tasks, in a form that can be compared
    k : length of the judged lists
    n_sampled : candidates drawn per list; None where every item was one
    model : key in the catalog, or the title
    settings : its configuration
    """

    title: str
    seeds: tuple[int, ...] | None
    split: SplitConfig | None
    tasks: tuple[str, ...]
    k: int
    n_sampled: int | None = None
    model: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


def judged_here(
    experiment: Experiment, results: Iterable[RunResult], title: Callable[[str], str]
) -> list[Judged]:
    """Return how the lab judged the results of an experiment, one for each model and configuration.

    Parameters
    ----------
    experiment : as it was when its runs were started
    results : of its runs
    title : from the key of a model to what a person calls it
    """
    seeds: dict[str, set[int]] = {}
    first: dict[str, RunResult] = {}
    for result in results:
        key = json.dumps([result.model, result.config], sort_keys=True, default=str)
        first.setdefault(key, result)
        seeds.setdefault(key, set()).add(result.seed)
    return [
        Judged(
            title=title(result.model),
            seeds=tuple(sorted(seeds[key])),
            split=experiment.split,
            tasks=tuple(task.model_dump_json() for task in experiment.tasks if task.enabled),
            k=experiment.k,
            model=result.model,
            settings=result.config,
        )
        for key, result in first.items()
    ]


SAMPLED = Words(
    "{models}: each list was drawn from {n} sampled candidates, others from all items.",
    "A handful of random candidates is far easier to beat than a whole catalog, and not equally so "
    "for all models: the order of the models can turn round.",
    "Compare numbers over all items only; judge {models} again without sampling.",
)
ALL_SAMPLED = Words(
    "Every list was drawn from {n} sampled candidates.",
    "Sampled metrics are higher than those over all items and may order the models differently "
    "from use, where every item is a candidate.",
    "Judge over all items; they fit into memory here.",
)
UNSEEDED = Words(
    "{models}: the split was drawn without a seed that is known.",
    "Nobody can draw the same split again, so neither the number nor the difference to another "
    "model can be checked.",
    "Run it again in the lab with a seed.",
)
RANDOM_IN_TIME = Words(
    "The events have times, and the split ({method}) does not heed them.",
    "Models learn from what happened after the events they are judged on, which nobody can in use: "
    "where tastes and items change with time, the numbers are too good.",
    "For numbers that hold in use, cut in time (temporal) or keep back each user's last events.",
)
OTHER_SPLIT = Words(
    "{models} and {reference} were judged on different splits.",
    "Some test events are easier than others: a difference may be the split's, not the model's.",
    "Run both in one experiment.",
)
OTHER_SEEDS = Words(
    "{models} and {reference} were run with different seeds ({seeds} against {theirs}).",
    "Each seed draws its own split. A mean over an easier split is not a better model; verdicts "
    "use only the seeds that both have.",
    "Run the missing seeds.",
)
OTHER_TASKS = Words(
    "{models} and {reference} were judged on tasks that are defined differently.",
    "Another label, another limit of what is relevant or other tasks beside it change what the "
    "number means.",
    "Run both in one experiment, with the same tasks.",
)
OTHER_K = Words(
    "{models} and {reference} were judged on lists of different length ({k} against {theirs}).",
    "Recall can only grow and precision mostly falls as lists grow longer.",
    "Compare numbers of the same k.",
)
MANY_SETTINGS = Words(
    "{n} settings of {models} stand beside each other, judged on the test.",
    "Whoever keeps the best of them has chosen on the test: of several equally good settings the "
    "luckiest looks best, and its number is too good for new users.",
    "Choose by validation or on other seeds, then judge only the chosen one on seeds that the "
    "choice has not seen.",
)

_HEEDLESS = {
    SplitMethod.RANDOM: "random events",
    SplitMethod.LEAVE_K_OUT: "random events of each user",
    SplitMethod.K_FOLD: "random folds",
}
_DRAWS_NOTHING = frozenset({SplitMethod.LEAVE_LAST_OUT, SplitMethod.TEMPORAL})


def lint(judged: Sequence[Judged]) -> tuple[LintFinding, ...]:
    """Look at how the results that stand beside each other were judged.

    Nothing is found where all is well. ``future_of`` and ``split_linter`` look at the split.
    """
    if not judged:
        return ()
    return (
        *_tuned(judged),
        *_sampled(judged),
        *_unseeded(judged),
        *_different(judged),
    )


def _names(judged: Iterable[Judged]) -> str:
    return ", ".join(dict.fromkeys(each.title for each in judged))


def _tuned(judged: Sequence[Judged]) -> Iterator[LintFinding]:
    by_model: dict[str, list[Judged]] = {}
    for each in judged:
        by_model.setdefault(each.model or each.title, []).append(each)
    for members in by_model.values():
        settings = {json.dumps(each.settings, sort_keys=True, default=str) for each in members}
        if len(settings) > MOST_SETTINGS:
            yield finding(
                Rule.TUNED_ON_TEST, MANY_SETTINGS, n=len(settings), models=_names(members)
            )


def _sampled(judged: Sequence[Judged]) -> Iterator[LintFinding]:
    drawn = [each for each in judged if each.n_sampled is not None]
    if not drawn:
        return
    n = ", ".join(str(n) for n in sorted({each.n_sampled or 0 for each in drawn}))
    words = ALL_SAMPLED if len(drawn) == len(judged) else SAMPLED
    yield finding(Rule.SAMPLED, words, models=_names(drawn), n=n)


def _unseeded(judged: Sequence[Judged]) -> Iterator[LintFinding]:
    found = [
        each
        for each in judged
        if not each.seeds and (each.split is None or each.split.method not in _DRAWS_NOTHING)
    ]
    if found:
        yield finding(Rule.UNSEEDED, UNSEEDED, models=_names(found))


def future_of(split: SplitConfig, log: InteractionLog) -> tuple[LintFinding, ...]:
    """Return whether a split ignores the times that the events have."""
    if log.timestamps is None or split.method not in _HEEDLESS:
        return ()
    return (finding(Rule.FUTURE, RANDOM_IN_TIME, method=_HEEDLESS[split.method]),)


def _different(judged: Sequence[Judged]) -> Iterator[LintFinding]:
    """Compare each with the first of those that have most seeds."""
    reference = max(judged, key=lambda each: len(each.seeds or ()))

    def others(differs: Callable[[Judged], bool]) -> list[Judged]:
        return [each for each in judged if differs(each)]

    def found(words: Words, who: Sequence[Judged], **values: MessageValue) -> LintFinding:
        names: dict[str, MessageValue] = {"models": _names(who), "reference": reference.title}
        return finding(Rule.DIFFERENT, words, **names, **values)

    if who := others(lambda each: each.split != reference.split):
        yield found(OTHER_SPLIT, who)
    elsewhere = others(lambda each: bool(each.seeds) and each.seeds != reference.seeds)
    for seeds in dict.fromkeys(each.seeds for each in elsewhere):
        who = [each for each in elsewhere if each.seeds == seeds]
        yield found(OTHER_SEEDS, who, seeds=_list(seeds), theirs=_list(reference.seeds))
    if who := others(lambda each: each.tasks != reference.tasks):
        yield found(OTHER_TASKS, who)
    longer = others(lambda each: each.k != reference.k)
    for k in dict.fromkeys(each.k for each in longer):
        who = [each for each in longer if each.k == k]
        yield found(OTHER_K, who, k=k, theirs=reference.k)


def _list(seeds: tuple[int, ...] | None) -> str:
    return ", ".join(str(seed) for seed in seeds or ())

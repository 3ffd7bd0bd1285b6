"""What the Explain page asks and what it shows, as values (Qt-free)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from algorithms.evaluation.faithfulness import Faithfulness
from algorithms.explanations import EvidenceKind, Explanation
from algorithms.messages import Message
from algorithms.tasks import Task

LENGTH = 10  # places in a list
MOST_LISTS = 4
MOST_BARS = 8  # above this, the smaller ones are summed by task
LEAST_BARS = 4  # single pieces of evidence that have a bar, however many tasks there are


class Move(StrEnum):
    """Which user is wanted, where none is named."""

    STAY = "stay"
    NEXT = "next"
    PREVIOUS = "previous"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Question:
    """What a person wants to see; None leaves the choice to the page.

    Parameters
    ----------
    comparison : id of a comparison
    seed : of which runs
    task : name of a task; None for the first that tells something
    whole_page : whether the page of all kinds of items is wanted instead of one task's lists
    runs : ids of the runs side by side
    user : user index
    move : which user instead
    item : index of the item to be explained
    """

    comparison: int | None = None
    seed: int | None = None
    task: str | None = None
    whole_page: bool = False
    runs: tuple[int, ...] | None = None
    user: int | None = None
    move: Move = Move.STAY
    item: int | None = None


@dataclass(frozen=True, slots=True)
class ComparisonChoice:
    """A comparison that can be chosen; ``number`` is 1 for the oldest of the data."""

    id: int
    number: int
    created: datetime


@dataclass(frozen=True, slots=True)
class RunChoice:
    """A fitted model that can be chosen.

    Parameters
    ----------
    id : of its run
    model : key in the catalog
    settings : what tells it from other runs of the same model, mostly empty
    """

    id: int
    model: str
    title: str
    settings: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An item in a list; ``found`` names the tasks for which the held-out truth has it."""

    item: int
    place: int
    title: str
    category: str
    found: tuple[str, ...] = ()


class ListKind(StrEnum):
    """What a list is."""

    TASK = "task"  # the items of one kind, ranked for one task
    BEFORE = "before"  # the page of all kinds, before any rule
    PAGE = "page"  # the page of all kinds


@dataclass(frozen=True, slots=True)
class ModelList:
    """What one model recommends.

    Parameters
    ----------
    run : the model
    kind : what is listed
    serves : whether the model learned the task at all
    entries : the first places
    n_known : events of this user that the model learned from; None where it looks at none
    n_moved : places of the page that rules changed
    place : of the item that is being explained, where it has one
    n_ranked : how many items have a place
    """

    run: RunChoice
    kind: ListKind
    serves: bool = True
    entries: tuple[Entry, ...] = ()
    n_known: int | None = None
    n_moved: int = 0
    place: int | None = None
    n_ranked: int = 0

    @property
    def items(self) -> tuple[int, ...]:
        """The items of the entries, in their order."""
        return tuple(entry.item for entry in self.entries)

    @property
    def n_found(self) -> int:
        """How many entries the held-out truth has."""
        return sum(bool(entry.found) for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Part:
    """An addend of a score, with the title of the past item where it is one."""

    amount: float
    evidence: EvidenceKind
    task: str | None
    title: str
    value: float | None
    message: Message | None


@dataclass(frozen=True, slots=True)
class Smaller:
    """Addends of one task, each too small for a bar of its own: how many, and their sum."""

    task: str | None
    n: int
    amount: float


@dataclass(frozen=True, slots=True)
class Why:
    """Why an item stands where it does in one list.

    Parameters
    ----------
    explanation : what the model says; None for the page of all kinds, which only rules explain
    base : the average that the score starts from, where it starts from one
    parts : the largest addends
    smaller : the others, summed by task
    before : place before the rules, for the page of all kinds
    moves : what each rule did to the item
    remarks : what is to be known of the whole page
    can_be_tested : whether it names past events that could be taken away
    """

    explanation: Explanation | None = None
    base: float | None = None
    parts: tuple[Part, ...] = ()
    smaller: tuple[Smaller, ...] = ()
    before: int | None = None
    moves: tuple[Message, ...] = ()
    remarks: tuple[Message, ...] = ()
    can_be_tested: bool = False


class Amount(StrEnum):
    """How much evidence is taken away to see whether an explanation is true."""

    ONE = "one"
    TWO = "two"
    THREE = "three"
    HALF = "half"  # the strongest that together make half of what speaks for the item


@dataclass(frozen=True, slots=True)
class Trial:
    """How far an explanation was put to the test.

    Parameters
    ----------
    fraction : share of the test that is done; None where none is going on
    found : what it showed
    problem : why it showed nothing
    """

    fraction: float | None = None
    found: Faithfulness | None = None
    problem: Message | None = None


@dataclass(frozen=True, slots=True)
class UserFacts:
    """About a user.

    Parameters
    ----------
    events : task name and the number of its events in training, in the order of the tasks; of
        a yes-or-no task the successes alone
    categories : those in which the user had most successes, the first before the others
    n_relevant : held-out relevant items of the task shown, or of all tasks
    """

    index: int
    id: str
    events: tuple[tuple[str, int], ...]
    categories: tuple[str, ...]
    n_relevant: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """The item that is being explained."""

    item: int
    title: str


@dataclass(frozen=True, slots=True)
class ExplainState:
    """The whole page.

    Parameters
    ----------
    question : with what the page chose itself, but for the comparison and the runs
    comparison : id of the comparison shown
    comparisons, seeds, runs, tasks : what can be chosen
    has_page : whether a model can compose the page of all kinds
    user : whom the lists are for; None where there is no fitted model yet
    lists, whys : of each model
    chosen : what is being explained, None where all lists are empty
    is_loading : whether an answer is being waited for
    amount : how much evidence a test takes away
    trials : by the id of the run whose explanation is tested
    """

    question: Question = Question()
    comparison: int | None = None
    comparisons: tuple[ComparisonChoice, ...] = ()
    seeds: tuple[int, ...] = ()
    runs: tuple[RunChoice, ...] = ()
    tasks: tuple[Task, ...] = ()
    has_page: bool = False
    user: UserFacts | None = None
    lists: tuple[ModelList, ...] = ()
    whys: tuple[Why, ...] = ()
    chosen: Chosen | None = None
    is_loading: bool = False
    amount: Amount = Amount.THREE
    trials: Mapping[int, Trial] = field(default_factory=dict)

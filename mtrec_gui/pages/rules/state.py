"""What the Rules page shows, as values (Qt-free)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from algorithms.messages import Message
from algorithms.rules import BlendMethod, Rule, RuleSet
from algorithms.rules.conditions import Fields

LENGTH = 10  # places of a page that are shown


class Edit(StrEnum):
    """What a person can do to the rule set."""

    METHOD = "method"
    POWER = "power"
    ADD = "add"
    CHANGE = "change"
    SWITCH = "switch"
    MOVE = "move"
    REMOVE = "remove"
    IMPORT = "import"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Version:
    """The rules that a comparison was run with, and when."""

    created: datetime
    rules: RuleSet


@dataclass(frozen=True, slots=True)
class PowerRow:
    """How much a task counts beside others.

    Parameters
    ----------
    task : its name
    position : decides its colour; None where there is no such task
    power : None where it has none
    problem : why it is skipped
    """

    task: str
    position: int | None
    power: float | None
    problem: Message | None


@dataclass(frozen=True, slots=True)
class ListFormula:
    """What the list of a task is ranked by: tasks with their powers, its own first."""

    task: str
    factors: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule: its number from 1 on, and why it is skipped where it is."""

    number: int
    rule: Rule
    problem: Message | None


@dataclass(frozen=True, slots=True)
class RulesState:
    """The rule set.

    Parameters
    ----------
    method : of the blend
    powers, formulas, rules : see there
    chosen : number of the rule whose form is open
    tasks, item_kinds : what a rule can name
    fields : what its conditions can ask; None until the data were looked at
    """

    method: BlendMethod
    powers: tuple[PowerRow, ...]
    formulas: tuple[ListFormula, ...]
    rules: tuple[RuleRow, ...]
    chosen: int | None
    tasks: tuple[str, ...]
    item_kinds: tuple[str, ...]
    fields: Fields | None

    @property
    def n_skipped(self) -> int:
        """How many rules and powers cannot be followed."""
        problems = [
            *(rule.problem for rule in self.rules),
            *(power.problem for power in self.powers),
        ]
        return sum(problem is not None for problem in problems)


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """An item on the page or off it.

    Parameters
    ----------
    title, detail : what it is called; its category, or its kind where it has none
    place : after the rules; None where it has none
    before : without the rules
    moves : what each rule did
    """

    title: str
    detail: str
    place: int | None
    before: int
    moves: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A user's page with the rules as they are now.

    Parameters
    ----------
    user : the user's id
    items : the page; off_page : what the rules took off it
    remarks : what could not be followed, and why
    n_events : what is known of the user from training
    """

    user: str
    items: tuple[PreviewItem, ...]
    off_page: tuple[PreviewItem, ...]
    remarks: tuple[Message, ...]
    n_events: int

    @property
    def n_changed(self) -> int:
        """How many of the places differ from those without rules."""
        return len(self.off_page) + len(self.moved)

    @property
    def moved(self) -> tuple[PreviewItem, ...]:
        """What stands on the page, and stood elsewhere."""
        return tuple(item for item in self.items if item.place != item.before)


class PreviewStatus(StrEnum):
    """What there is to show of a preview."""

    WAITING = "waiting"
    NO_RUN = "no_run"
    READY = "ready"
    UNKNOWN_USER = "unknown_user"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PreviewState:
    """The preview, or why there is none."""

    status: PreviewStatus
    preview: Preview | None = None
    message: Message | None = None

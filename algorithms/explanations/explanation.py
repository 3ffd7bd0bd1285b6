"""Why this item, for this user, by this model: a sentence and what added up to the score."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from algorithms.messages import Message


class EvidenceKind(StrEnum):
    """What a contribution rests on."""

    AVERAGE = "average"  # the mean of the task
    COUNT = "count"  # how often the item was chosen
    USER_BIAS = "user_bias"
    ITEM_BIAS = "item_bias"
    INTERACTION = "interaction"  # one past event of the user
    NEIGHBOUR = "neighbour"  # another user who is alike
    FACTORS = "factors"  # match of the user's and the item's vector
    LIMIT = "limit"  # what brings a sum back into the scale of the label
    TASK_SCORE = "task_score"  # the score of one task inside a blend
    RULE = "rule"
    FEATURE = "feature"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One addend of a score.

    Parameters
    ----------
    amount : what it adds to the score (all amounts sum to the score, where ``additive``)
    evidence : what it rests on
    task : name of the task that the evidence comes from, if any
    item : index of the past item, for an interaction
    value : the label of that interaction, where it has one
    message : words for evidence that needs them (a rule, a feature)
    """

    amount: float
    evidence: EvidenceKind
    task: str | None = None
    item: int | None = None
    value: float | None = None
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a model gives an item its score.

    Parameters
    ----------
    task : task name
    user, item : indices
    score : what the model's ``predict`` says, on the scale of ``contributions``
    sentence : the reason in words
    contributions : largest absolute amount first
    additive : whether the contributions sum to ``score``
    remarks : technical remarks, such as the share of the shared part
    """

    task: str
    user: int
    item: int
    score: float
    sentence: Message
    contributions: tuple[Contribution, ...] = ()
    additive: bool = True
    remarks: tuple[Message, ...] = field(default=())


def strongest_first(contributions: list[Contribution]) -> tuple[Contribution, ...]:
    """Order contributions by absolute amount, largest first."""
    return tuple(sorted(contributions, key=lambda part: -abs(part.amount)))

"""A task: one question that the recommender answers about a user and an item.

"Will she click this ad?" is binary, "how many stars?" a rating, "how many minutes?" a quantity.
A task names the label that answers it, the kind of item it ranks, and the value from which an
item counts as relevant; a task may have a parent that must happen first (no purchase without a
click).
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from algorithms.arrays import BoolArray
from algorithms.data.log import InteractionLog


class TaskKind(StrEnum):
    """What the label's values mean."""

    RATING = "rating"  # an explicit value on a bounded scale
    BINARY = "binary"  # 0 or 1
    QUANTITY = "quantity"  # a non-negative amount


class Task(BaseModel):
    """One recommendation task."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=60, description="What a person calls the task")
    kind: TaskKind = Field(description="Rating, binary or quantity")
    label: str = Field(description="The label column that the task predicts")
    item_kind: str = Field(description="The kind of items it ranks")
    relevant_from: float = Field(1.0, description="Value from which an item counts as relevant")
    weight: float = Field(
        1.0, gt=0, le=100, description="How much the task counts where a model shares parameters"
    )
    parent: str | None = Field(None, description="Task that must happen first, if any")
    enabled: bool = Field(True, description="Switched off tasks take no part")

    def events(self, log: InteractionLog) -> BoolArray:
        """Return (n,) True where the task's label is observed on an item of its kind."""
        observed: BoolArray = ~np.isnan(log.label(self.label))
        table = log.item_table
        if self.item_kind not in table.kinds:
            return np.zeros(len(log), dtype=np.bool_)
        code = table.kinds.index(self.item_kind)
        of_kind: BoolArray = table.kind_codes[log.items] == code
        return observed & of_kind

    def part(self, log: InteractionLog) -> InteractionLog:
        """Return the events of the log on which the task's label is observed."""
        return log.select(self.events(log))

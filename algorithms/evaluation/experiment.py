"""An experiment: which tasks, which split, which models, which seeds, which rules.

This one value is what a person edits in the window, what a TOML file for ``run`` says, and what
a project stores; the log that it runs on stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from algorithms.data.split import SplitConfig
from algorithms.rules.rule_set import RuleSet
from algorithms.tasks import Task

Seed = Annotated[int, Field(ge=0)]


class ModelChoice(BaseModel):
    """A model of the catalog with its configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(description="Key in the model catalog")
    config: dict[str, Any] = Field(default_factory=dict, description="Values that differ")
    enabled: bool = Field(True, description="Whether it takes part in the next comparison")


class Experiment(BaseModel):
    """Everything a comparison needs besides the log."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tasks: tuple[Task, ...] = Field(description="The tasks, in the order of their colours")
    split: SplitConfig = Field(SplitConfig(), description="How the log is divided")
    models: tuple[ModelChoice, ...] = Field((), description="The models to compare")
    seeds: tuple[Seed, ...] = Field((1,), min_length=1, description="One run per model and seed")
    rules: RuleSet = Field(RuleSet(), description="What the rule-based models follow")
    k: int = Field(10, ge=1, le=100, description="Length of the lists that are judged")

    def run_specs(self) -> list[RunSpec]:
        """Return one spec for each enabled model and seed."""
        return [
            RunSpec(
                model=choice.model,
                config=choice.config,
                seed=seed,
                tasks=self.tasks,
                split=self.split,
                rules=self.rules,
                k=self.k,
            )
            for seed in self.seeds
            for choice in self.models
            if choice.enabled
        ]


class RunSpec(BaseModel):
    """One run: one model on one seed. Serialisable as JSON, so that any process can do it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    config: Mapping[str, Any] = Field(default_factory=dict)
    seed: Seed
    tasks: tuple[Task, ...]
    split: SplitConfig
    rules: RuleSet = RuleSet()
    k: int = 10

"""Parameters that all networks have."""

from __future__ import annotations

from pydantic import Field

from algorithms.balancing.choice import BalancerChoice
from algorithms.models.base import ModelConfig
from algorithms.models.neural.trainer import TrainerConfig


class LearningConfig(ModelConfig):
    """How a network learns."""

    dimension: int = Field(16, ge=2, le=256, description="Length of the vector of a field")
    n_epochs: int = Field(30, ge=1, le=500, description="Passes over the events at most")
    batch_size: int = Field(1024, ge=1, le=65536, description="Events in one step")
    learning_rate: float = Field(
        0.003, gt=0, le=1, description="Size of a step, as Adam understands it"
    )
    embedding_decay: float = Field(
        1.0, ge=0, le=100, description="Pull of the fields' vectors to zero"
    )
    patience: int = Field(
        3, ge=1, le=100, description="Passes without gain on validation before it stops"
    )
    balance: float = Field(
        0.0, ge=0, le=1, description="0: every event counts the same; 1: every task does"
    )
    clip: float = Field(5.0, gt=0, le=1e6, description="Longest gradient; a longer one is cut")
    field_dropout: float = Field(
        0.0, ge=0, le=0.9, description="Share of the fields left out at random while it learns"
    )
    pseudo_labels: float = Field(
        0.0,
        ge=0,
        le=10,
        description="What its own surest answers count where a label is missing; 0: not asked",
    )
    exposure: float = Field(
        1.0, ge=0, le=3, description="How much lists weigh that an item is met at all; 0: nothing"
    )

    def trainer(self) -> TrainerConfig:
        """Return what the trainer must know."""
        return TrainerConfig(
            n_epochs=self.n_epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            embedding_decay=self.embedding_decay,
            patience=self.patience,
            clip=self.clip,
            balance=self.balance,
            field_dropout=self.field_dropout,
        )


class BalancedConfig(LearningConfig, BalancerChoice):
    """Parameters of whatever learns several tasks by gradient."""


class NetworkConfig(BalancedConfig):
    """Parameters of a network with a perceptron."""

    width: int = Field(64, ge=4, le=1024, description="Units of the first layer; the next has half")
    dropout: float = Field(
        0.1, ge=0, le=0.9, description="Share of the units switched off at random while it learns"
    )

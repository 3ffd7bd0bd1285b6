"""Interaction logs: what they are, how files become logs, how logs are split."""

from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.data.split import Split, SplitConfig, make_split

__all__ = [
    "IdMap",
    "InteractionLog",
    "ItemTable",
    "Split",
    "SplitConfig",
    "UserTable",
    "make_split",
]

"""What one page asks another to show (Qt-free)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NumberAsked:
    """A number of a comparison, whose rows a person wants to see.

    Parameters
    ----------
    comparison : id in the project
    runs : ids of the runs that it was measured of, one per seed
    title : what a person calls the model
    task : name of the task
    metric : key in the metric catalog
    k : length of the lists, for ranking metrics
    """

    comparison: int
    runs: tuple[int, ...]
    title: str
    task: str
    metric: str
    k: int | None


@dataclass(frozen=True, slots=True)
class ListAsked:
    """The list of a user, which a person wants to have explained.

    Parameters
    ----------
    comparison : id in the project
    run, seed : of the model that made the list
    task : name of the task
    user : user index
    """

    comparison: int
    run: int
    seed: int
    task: str
    user: int

"""Sample worlds: simulated data whose truth is known, as files that a person can open.

``WORLDS`` names them, ``load_world`` reads one as an interaction log, ``world_tasks`` gives the
tasks to learn on it, and ``simulate_world`` makes it anew together with its truth. Importing
this package is cheap: NumPy and the rest come with the first world that is opened.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from algorithms.errors import MtrecError

if TYPE_CHECKING:
    from algorithms.data.log import InteractionLog
    from algorithms.tasks import Task
    from sample_data.simulator import Simulation

    WORLDS: dict[str, World]

__all__ = ["WORLDS", "UnknownWorldError", "World", "load_world", "simulate_world", "world_tasks"]


class UnknownWorldError(MtrecError, KeyError):
    """A sample world that is not there."""

    template = "No sample world “{world}”: there are {worlds}. Choose one of these."


@dataclass(frozen=True, slots=True)
class World:
    """The card of a sample world.

    Parameters
    ----------
    key : name of its folder
    title, subtitle : what it is, and which real systems it is modelled after
    description : a few sentences
    tasks : names of its tasks
    labels : names of its label columns
    try_first : what to do with it first
    file : its parameters
    """

    key: str
    title: str
    subtitle: str
    description: str
    tasks: tuple[str, ...]
    labels: tuple[str, ...]
    try_first: tuple[str, ...]
    file: Path


def __getattr__(name: str) -> dict[str, World]:
    if name == "WORLDS":  # read when first asked for, not while the window opens
        return _worlds()
    raise AttributeError(name)


@cache
def _worlds() -> dict[str, World]:
    files = sorted(Path(__file__).parent.glob("*/world.toml"))
    return {file.parent.name: _card(file) for file in files}


def _card(file: Path) -> World:
    values = tomllib.loads(file.read_text(encoding="utf-8"))
    return World(
        key=file.parent.name,
        title=values["title"],
        subtitle=values["subtitle"],
        description=values["description"],
        tasks=tuple(task["name"] for task in values["tasks"]),
        labels=tuple(label["name"] for label in values["labels"]),
        try_first=tuple(values["try_first"]),
        file=file,
    )


def _find(key: str) -> World:
    worlds = _worlds()
    if key not in worlds:
        raise UnknownWorldError(world=key, worlds=", ".join(worlds))
    return worlds[key]


def load_world(key: str) -> InteractionLog:
    """Read a sample world's files as a log.

    Raises
    ------
    UnknownWorldError
        Where there is no such world.
    """
    from sample_data.files import read_log
    from sample_data.spec import read_spec

    world = _find(key)
    log = read_log(world.file.parent, world.title, world.labels)
    return replace(log, origin=read_spec(world.file).model_dump_json())


def world_tasks(key: str) -> tuple[Task, ...]:
    """Return the tasks that a sample world is made for (raises as ``load_world`` does)."""
    from sample_data.spec import read_spec

    return read_spec(_find(key).file).tasks


def simulate_world(key: str) -> Simulation:
    """Make a sample world anew, with its truth (raises as ``load_world`` does)."""
    from sample_data.simulator import simulate
    from sample_data.spec import read_spec

    return simulate(read_spec(_find(key).file))

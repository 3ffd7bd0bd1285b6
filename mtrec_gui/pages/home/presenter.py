"""What Home decides: which worlds there are, where a new project goes, what was open lately."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mtrec_gui import preferences
from mtrec_gui.project_files import free_name
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.data import InteractionLog
    from algorithms.evaluation import Experiment
    from algorithms.progress import Progress


@dataclass(frozen=True, slots=True)
class WorldCard:
    """What the card of a sample world says."""

    key: str
    title: str
    subtitle: str
    tasks: tuple[str, ...]
    try_first: str


@dataclass(frozen=True, slots=True)
class RecentProject:
    """A project that was open before; ``days`` since it was last written."""

    path: Path
    days: int


class HomeView(Protocol):
    """What the presenter asks of the view."""

    def show_recent(self, projects: Sequence[RecentProject]) -> None:
        """Show the projects that were open lately."""


class HomePresenter:
    """Opens worlds and projects.

    Parameters
    ----------
    workspace : opens and makes projects
    show_data, run_all : what to do once a world is open: look at it, or run the comparison
    """

    def __init__(
        self, workspace: Workspace, show_data: Callable[[], None], run_all: Callable[[], None]
    ) -> None:
        self._workspace = workspace
        self._show_data = show_data
        self._run_all = run_all
        self._view: HomeView | None = None

    def attach(self, view: HomeView) -> None:
        """Take the view and show what was open lately."""
        self._view = view
        self.refresh()

    def refresh(self) -> None:
        """Look again which projects were open lately."""
        if self._view is not None:
            self._view.show_recent(recent_projects(preferences.load().recent))

    def world_opened(self, key: str) -> None:
        """A person wants to look at a world."""
        self._create(key, self._show_data)

    def world_demonstrated(self, key: str) -> None:
        """A person wants the comparison to run at once."""
        self._create(key, self._run_all)

    def project_opened(self, path: Path) -> None:
        """A person chose a project file."""
        self._workspace.open(path, then=self._show_data)

    def _create(self, key: str, then: Callable[[], None]) -> None:
        path = free_name(preferences.project_folder(), key)
        self._workspace.create(path, lambda progress: make_world(key, progress), then)


def world_cards() -> list[WorldCard]:
    """Return the cards of the sample worlds; cheap enough for the first paint."""
    from sample_data import WORLDS

    return [
        WorldCard(
            world.key,
            world.title,
            world.subtitle,
            world.tasks,
            world.try_first[0] if world.try_first else "",
        )
        for world in WORLDS.values()
    ]


def make_world(key: str, progress: Progress) -> tuple[InteractionLog, Experiment]:
    """Load a sample world and the experiment that belongs to it."""
    from algorithms.progress import Stage
    from mtrec_gui.model_shelf import default_experiment
    from sample_data import load_world, world_tasks

    progress(0.1, Stage.LOAD)
    log = load_world(key)
    progress(0.9, Stage.LOAD)
    return log, default_experiment(log, world_tasks(key))


def recent_projects(names: Sequence[str], now: float | None = None) -> list[RecentProject]:
    """Return those of the remembered projects that still exist."""
    now = time.time() if now is None else now
    found = []
    for name in names:
        path = Path(name)
        try:
            written = path.stat().st_mtime
        except OSError:
            continue
        found.append(RecentProject(path, max(0, int((now - written) // 86_400))))
    return found

"""Watches how the experiment divides its data, and counts and pictures it beside the window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from algorithms.evaluation import RunSpec, SplitFacts, describe_split, split_of
from mtrec_gui.plots.split import SplitPicture, picture_split
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.data import InteractionLog, SplitConfig
    from algorithms.errors import MtrecError
    from algorithms.messages import Message
    from algorithms.tasks import Task
    from mtrec_gui.jobs.background import Errand


@dataclass(frozen=True, eq=False)
class SplitShown:
    """A split with its counts and its picture.

    Parameters
    ----------
    facts, picture : as they say
    seed : which of the seeds it is
    task_positions : places of the tasks of ``facts`` in the experiment
    """

    facts: SplitFacts
    picture: SplitPicture
    seed: int
    task_positions: tuple[int, ...]


class SplitView(Protocol):
    """What is asked of the one who shows it."""

    def show_split(self, shown: SplitShown) -> None:
        """Show a split."""

    def show_no_split(self, reason: Message | None) -> None:
        """Show that there is none (yet): why, where that is known."""


class SplitWatch:
    """Tells a view of the split in force, of the first seed; only the newest answer arrives."""

    def __init__(self, workspace: Workspace, view: SplitView) -> None:
        self._workspace = workspace
        self._view = view
        self._asked: object = None
        self._errand: Errand | None = None
        self._number = 0
        workspace.opened.connect(lambda _: self._look())
        workspace.experiment_changed.connect(lambda _: self._look())
        self._look()

    def _look(self) -> None:
        workspace = self._workspace
        if not workspace.is_open:
            self._forget()
            return
        experiment, log = workspace.experiment, workspace.log
        seed = experiment.seeds[0]
        asked = (experiment.split, seed, experiment.tasks, log)
        if asked == self._asked:
            return
        self._forget()
        self._asked = asked
        number = self._number

        def done(shown: SplitShown) -> None:
            if number == self._number:
                self._view.show_split(shown)

        def failed(error: MtrecError) -> None:
            if number == self._number:
                self._view.show_no_split(error.message)

        self._errand = workspace.runner.run(
            lambda progress: look_at_split(log, experiment.split, seed, experiment.tasks),
            done,
            failed,
        )

    def _forget(self) -> None:
        """Want no answer any more; keep showing the last picture until the next one is there."""
        self._number += 1
        self._asked = None
        if self._errand is not None:
            self._errand.cancel()
            self._errand = None
        if not self._workspace.is_open:
            self._view.show_no_split(None)


def look_at_split(
    log: InteractionLog, config: SplitConfig, seed: int, tasks: tuple[Task, ...]
) -> SplitShown:
    """Divide the log as a run does; count and picture the parts."""
    numbered = replace(log, context={"row": np.arange(len(log))})
    split = split_of(RunSpec(model="", seed=seed, tasks=(), split=config), numbered)
    places = [
        place for place, task in enumerate(tasks) if task.enabled and task.label in log.labels
    ]
    return SplitShown(
        facts=describe_split(split, [tasks[place] for place in places]),
        picture=picture_split(split),
        seed=seed,
        task_positions=tuple(places),
    )

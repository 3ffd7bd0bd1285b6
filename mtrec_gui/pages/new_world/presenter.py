"""What the dialog of a new world decides: which world, how its dials stand, what it will be like.

Dials are kept as numbers and turned on the world they started from, so that the way there leaves
no trace: turned back, the world is what it was. Of previews there is one on its way at a time;
what is asked meanwhile waits, and only the last of it is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from algorithms.errors import MtrecError
from mtrec_gui import preferences
from mtrec_gui.pages.new_world.state import DialLine, NewWorldState, WorldChoice
from mtrec_gui.project_files import free_name
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.data import InteractionLog
    from algorithms.evaluation import Experiment
    from algorithms.progress import Progress
    from sample_data.preview import Preview
    from sample_data.spec import WorldSpec


class NewWorldView(Protocol):
    """What the presenter asks of the view."""

    def show_state(self, state: NewWorldState) -> None:
        """Show how everything stands."""

    def close_dialog(self) -> None:
        """The project is being made."""


class NewWorldPresenter:
    """Turns the dials of a world and makes a project of it.

    Parameters
    ----------
    workspace : makes the project, and runs the previews
    view : shows the state
    show_data : what to do once the project is there
    """

    def __init__(
        self, workspace: Workspace, view: NewWorldView, show_data: Callable[[], None]
    ) -> None:
        self._workspace = workspace
        self._view = view
        self._show_data = show_data
        self._state = NewWorldState()
        self._start: WorldSpec | None = None  # as in its file
        self._spec: WorldSpec | None = None  # with its dials turned
        self._turned: dict[str, float] = {}
        self._asked = 0  # number of the newest world that was asked for
        self._wanted: WorldSpec | None = None  # to be looked at next
        self._is_looking = False
        self._is_closed = False

    # --- what a person does ----------------------------------------------------------------

    def begun(self) -> None:
        """The dialog was opened."""
        from sample_data import WORLDS

        worlds = tuple(
            WorldChoice(world.key, world.title, world.subtitle) for world in WORLDS.values()
        )
        self._show(worlds=worlds)
        if worlds:
            self.world_chosen(worlds[0].key)

    def world_chosen(self, key: str) -> None:
        """A person starts from a sample world."""
        from sample_data import WORLDS

        self._read(WORLDS[key].file, key)

    def file_opened(self, path: Path) -> None:
        """A person starts from a world file of their own."""
        self._read(path, None)

    def dial_turned(self, key: str, number: float) -> None:
        """A person turned a dial."""
        self._turned[key] = number
        self._turn()

    def dials_reset(self) -> None:
        """A person wants the world as it was."""
        self._turned = {}
        self._turn()

    def name_changed(self, name: str) -> None:
        """A person names the project."""
        self._show(name=name)

    def file_saved(self, path: Path) -> None:
        """A person wants the parameters as a file."""
        spec = self._named()
        if spec is None:
            return

        def work(_: Progress) -> None:
            from sample_data.world_file import save_spec

            save_spec(spec, path)

        self._workspace.runner.run(work, lambda _: self._show(saved=path.name), self._refused)

    def create_pressed(self) -> None:
        """A person wants this world as a project."""
        spec = self._named()
        if spec is None or not self._state.can_create:
            return
        path = free_name(preferences.project_folder(), file_stem(spec.title))
        self._workspace.create(path, lambda progress: make_world(spec, progress), self._show_data)
        self.closed()
        self._view.close_dialog()

    def closed(self) -> None:
        """The dialog is gone: nobody waits for an answer."""
        self._is_closed = True
        self._asked += 1
        self._wanted = None

    # --- what follows ----------------------------------------------------------------------

    def _read(self, path: Path, key: str | None) -> None:
        """Read a world file in the background; a world chosen meanwhile wins."""
        self._asked += 1
        number = self._asked

        def work(_: Progress) -> WorldSpec:
            from sample_data.world_file import open_spec

            return open_spec(path)

        def done(spec: WorldSpec) -> None:
            if number == self._asked:
                self._take(spec, path, key)

        def failed(error: MtrecError) -> None:
            if number == self._asked:
                self._refused(error)

        self._workspace.runner.run(work, done, failed)

    def _take(self, spec: WorldSpec, path: Path, key: str | None) -> None:
        self._start, self._turned = spec, {}
        self._state = replace(
            self._state, start=key, file="" if key else path.name, name=spec.title, preview=None
        )
        self._turn()

    def _turn(self) -> None:
        """Turn all dials that were moved, show where they stand, and ask for a look."""
        from sample_data.dials import turned

        if self._start is None:
            return
        self._asked += 1
        try:
            spec = turned(self._start, self._turned)
        except MtrecError as error:
            self._wanted = None
            self._show(problem=error.message, is_waiting=False)
            return
        self._spec = spec
        self._show(dials=self._lines(spec), problem=None, is_waiting=True, saved="")
        self._wanted = spec
        self._look()

    def _lines(self, spec: WorldSpec) -> tuple[DialLine, ...]:
        from sample_data.dials import DIALS

        return tuple(
            DialLine(
                dial.key,
                dial.group,
                dial.title,
                dial.explanation,
                dial.low,
                dial.high,
                dial.step,
                dial.is_geometric,
                dial.read(spec),
                dial.key in self._turned,
            )
            for dial in DIALS.values()
            if dial.applies(spec)
        )

    def _look(self) -> None:
        """Begin the preview that is wanted, unless one is on its way."""
        if self._is_looking or self._wanted is None:
            return
        spec, self._wanted = self._wanted, None
        number = self._asked
        self._is_looking = True

        def work(_: Progress) -> Preview:
            from sample_data.preview import preview

            return preview(spec)

        def done(seen: Preview) -> None:
            self._is_looking = False
            if number == self._asked:  # else the dials have moved on
                self._show(preview=seen, is_waiting=False)
            self._look()

        def failed(error: MtrecError) -> None:
            self._is_looking = False
            if number == self._asked:
                self._refused(error)
            self._look()

        self._workspace.runner.run(work, done, failed)

    def _named(self) -> WorldSpec | None:
        """Return the world under the name that it was given."""
        if self._spec is None:
            return None
        return self._spec.model_copy(update={"title": self._state.name.strip()})

    def _refused(self, error: MtrecError) -> None:
        self._show(problem=error.message, is_waiting=False)

    def _show(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]
        if not self._is_closed:
            self._view.show_state(self._state)


def make_world(spec: WorldSpec, progress: Progress) -> tuple[InteractionLog, Experiment]:
    """Simulate a world and propose the experiment that belongs to it."""
    from algorithms.progress import Stage
    from mtrec_gui.model_shelf import default_experiment
    from sample_data.simulator import simulate

    progress(0.05, Stage.LOAD)
    log = simulate(spec).log
    progress(0.9, Stage.LOAD)
    return log, default_experiment(log, spec.tasks)


def file_stem(title: str) -> str:
    """Return a name for a file that every system allows."""
    return re.sub(r"[^\w.-]+", "-", title.lower()).strip("-._")[:60] or "world"

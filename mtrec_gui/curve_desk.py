"""The curve desk: sends a curve's runs to the jobs, and gathers its points (Qt-free).

The runs go out seed by seed, so that a first, rough curve of every model is there early and grows
surer. What a run learned is not kept, and neither are curves: they are quickly drawn again, and can
be saved as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from algorithms.messages import Message
from mtrec_gui.events import Event
from mtrec_gui.jobs.port import JobBackend, JobEvent, JobHandle, JobState
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.evaluation import RunResult
    from algorithms.search import CurveSpec, CurveValue

_AHEAD = 4  # runs that wait in the queue; more would only take memory


@dataclass(frozen=True, slots=True)
class CurveLine:
    """The curve of one model, as far as it is known."""

    spec: CurveSpec
    points: tuple[CurveValue, ...]


class CurveDesk:
    """Starts, follows and cancels the curves of a few models at a time.

    Parameters
    ----------
    workspace : the open project
    backend : does single runs (its function is ``search_desk.FUNCTION``)

    Events
    ------
    changed : curves were started, a run ended or got on, or all is over
    """

    def __init__(self, workspace: Workspace, backend: JobBackend) -> None:
        self._workspace, self._backend = workspace, backend
        self._specs: tuple[CurveSpec, ...] = ()
        self._results: list[dict[int, RunResult]] = []
        self._waiting: list[tuple[int, int]] = []  # (curve, run)
        self._open: dict[str, tuple[JobHandle, int, int]] = {}
        self._fractions: dict[str, float] = {}
        self._n_ended = 0
        self.version = 0  # grows with every change of the points
        self.n_runs = 0
        self.failures: tuple[Message, ...] = ()
        self.changed: Event[None] = Event()
        workspace.opened.connect(lambda _: self._leave())

    @property
    def is_running(self) -> bool:
        """Whether a run is to come or going on."""
        return bool(self._waiting) or bool(self._open)

    @property
    def fraction(self) -> float:
        """How much of the work is done, 0 to 1."""
        done = self._n_ended + sum(self._fractions.values())
        return min(done / self.n_runs, 1.0) if self.n_runs else 0.0

    @property
    def n_done(self) -> int:
        """How many runs have ended."""
        return self._n_ended

    @property
    def lines(self) -> tuple[CurveLine, ...]:
        """The curves, each with the points known so far."""
        from mtrec_gui.model_shelf import MODELS

        return tuple(
            CurveLine(spec, spec.points(results, MODELS))
            for spec, results in zip(self._specs, self._results, strict=True)
        )

    def start(self, specs: Sequence[CurveSpec]) -> None:
        """Check curves and send their first runs to the jobs.

        Raises
        ------
        MtrecError
            Where a curve cannot be drawn as asked; then none is begun.
        """
        from mtrec_gui.model_shelf import MODELS

        if self.is_running or not self._workspace.is_open:
            return
        for spec in specs:
            spec.check(MODELS)
        self._specs, self._results = tuple(specs), [{} for _ in specs]
        self._fractions, self._n_ended, self.failures = {}, 0, ()
        self.version += 1
        seeds = [
            (run.seed, curve, number)
            for curve, spec in enumerate(specs)
            for number, run in enumerate(spec.runs())
        ]
        self._waiting = [(curve, number) for _, curve, number in sorted(seeds)]
        self.n_runs = len(self._waiting)
        self._send()
        self.changed.emit(None)

    def cancel(self) -> None:
        """Stop; the points found stay."""
        self._waiting = []
        for handle, _, _ in reversed(list(self._open.values())):
            handle.cancel()
        self.changed.emit(None)

    def job_happened(self, event: JobEvent) -> None:
        """Take what the jobs report, on the thread of the window."""
        if event.job.id not in self._open:
            return
        if not event.state.is_final:
            self._fractions[event.job.id] = event.fraction
            self.changed.emit(None)
            return
        _, curve, number = self._open.pop(event.job.id)
        self._fractions.pop(event.job.id, None)
        self._n_ended += 1
        self.version += 1
        if event.state is JobState.DONE and event.result is not None:
            self._results[curve][number] = _what_counts(event.result)
        elif event.message is not None and event.state is not JobState.KILLED:
            self._note(curve, event.message)
        self._send()
        self.changed.emit(None)

    def _note(self, curve: int, message: Message) -> None:
        from mtrec_gui.model_shelf import find_model

        title = find_model(self._specs[curve].base.model).title
        said = Message("{model}: {why}", {"model": title, "why": str(message)})
        if str(said) not in map(str, self.failures):
            self.failures += (said,)

    def _send(self) -> None:
        while self._waiting and len(self._open) < _AHEAD:
            curve, number = self._waiting.pop(0)
            handle = self._backend.submit(self._specs[curve].runs()[number], self._workspace.log)
            self._open[handle.id] = handle, curve, number

    def _leave(self) -> None:
        """Forget the curves of a project that was left."""
        self._waiting = []
        for handle, _, _ in self._open.values():
            handle.cancel()
        self._specs, self._results, self._open, self._fractions = (), [], {}, {}
        self._n_ended, self.n_runs, self.failures = 0, 0, ()
        self.version += 1
        self.changed.emit(None)


def _what_counts(result: RunResult) -> RunResult:
    """Return a result without its lists and parameters, which are large."""
    from algorithms.models.base import ModelState

    return replace(result, lists={}, state=ModelState({}))

"""The curve desk: sends a curve's runs to the jobs, and gathers its points (Qt-free).

The runs go out seed by seed, so that a first, rough curve of every model is there early and grows
surer. What a run learned is not kept, only what it says of the curve's points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from algorithms.messages import Message
from mtrec_gui.jobs.port import JobBackend
from mtrec_gui.study_desk import StudyDesk
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.evaluation import RunResult, RunSpec
    from algorithms.search import CurveOutcome, CurveSpec, CurveValue
    from mtrec_gui.storage import Project


@dataclass(frozen=True, slots=True)
class CurveLine:
    """The curve of one model, as far as it is known.

    Parameters
    ----------
    failures : why runs failed, each sentence once
    """

    spec: CurveSpec
    points: tuple[CurveValue, ...]
    failures: tuple[Message, ...] = ()

    @classmethod
    def of(cls, spec: CurveSpec, outcomes: Iterable[CurveOutcome]) -> CurveLine:
        """Return what runs say of a curve."""
        from mtrec_gui.model_shelf import title_of

        outcomes = list(outcomes)
        title = title_of(spec.base.model, spec.base.config)
        said = {
            str(each.message): Message("{model}: {why}", {"model": title, "why": str(each.message)})
            for each in outcomes
            if each.message is not None
        }
        return cls(spec, spec.points(outcomes), tuple(said.values()))


class CurveDesk(StudyDesk["tuple[CurveSpec, ...]", "tuple[int, int]", "tuple[int, CurveOutcome]"]):
    """Starts, follows, cancels and keeps the curves of a few models (see ``StudyDesk``)."""

    ahead = 4  # runs of curves are long

    def __init__(self, workspace: Workspace, backend: JobBackend) -> None:
        super().__init__(workspace, backend)
        self._specs: tuple[CurveSpec, ...] = ()
        self._outcomes: list[list[CurveOutcome]] = []
        self._waiting: list[tuple[int, int]] = []  # (curve, run)
        self._n_runs = 0
        self.version = 0  # grows with every change of the points

    @property
    def n_runs(self) -> int:
        """How many runs the newest curves have together."""
        return self._n_runs

    @property
    def n_done(self) -> int:
        """How many runs have ended."""
        return sum(map(len, self._outcomes))

    @property
    def lines(self) -> tuple[CurveLine, ...]:
        """The curves, each with the points known so far."""
        return tuple(map(CurveLine.of, self._specs, self._outcomes))

    def start(self, specs: Sequence[CurveSpec]) -> None:
        """Check curves, note them in the project, and send their first runs to the jobs."""

        def prepare(project: Project, dataset_id: int) -> tuple[tuple[CurveSpec, ...], int]:
            from mtrec_gui.model_shelf import MODELS

            for spec in specs:
                spec.check(MODELS)
            return tuple(specs), project.start_curves(dataset_id, specs)

        self._begin(prepare)

    def _take_plan(self, plan: tuple[CurveSpec, ...]) -> None:
        self._specs, self._outcomes = plan, [[] for _ in plan]
        seeds = [
            (run.seed, curve, number)
            for curve, spec in enumerate(plan)
            for number, run in enumerate(spec.runs())
        ]
        self._waiting = [(curve, number) for _, curve, number in sorted(seeds)]
        self._n_runs = len(self._waiting)
        self.version += 1

    def _clear(self) -> None:
        self._specs, self._outcomes, self._waiting, self._n_runs = (), [], [], 0
        self.version += 1

    def _next(self) -> tuple[RunSpec, tuple[int, int]] | None:
        if not self._waiting:
            return None
        curve, number = self._waiting.pop(0)
        return self._specs[curve].runs()[number], (curve, number)

    def _tell(
        self, subject: tuple[int, int], outcome: RunResult | Message
    ) -> tuple[int, CurveOutcome]:
        from algorithms.search import CurveOutcome
        from mtrec_gui.model_shelf import MODELS

        curve, number = subject
        if isinstance(outcome, Message):
            told = CurveOutcome(number, message=outcome)
        else:
            told = self._specs[curve].outcome(number, outcome, MODELS)
        self._outcomes[curve].append(told)
        self.version += 1
        return curve, told

    def _write(self, project: Project, study: int, found: tuple[int, CurveOutcome]) -> None:
        curve, told = found
        project.add_curve_run(study, curve, told)

"""Whether explanations are true: tests that run in the background, and what they found (Qt-free).

A test belongs to the explanation that it was begun for. When the page asks for another user,
item or model, tests that are going on end; what was found is kept as long as the project is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from algorithms.errors import MtrecError, ProjectError
from algorithms.evaluation import RunSpec
from algorithms.evaluation.faithfulness import FoldsIn, measure_faithfulness, strongest_share
from algorithms.progress import Stage, part_of
from mtrec_gui.model_shelf import find_model
from mtrec_gui.pages.explain.aside import Explained, measure_aside
from mtrec_gui.pages.explain.state import Amount, Trial
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from algorithms.data import InteractionLog
    from algorithms.evaluation.faithfulness import Faithfulness
    from algorithms.explanations import Explanation
    from algorithms.progress import Progress
    from mtrec_gui.jobs.background import Errand
    from mtrec_gui.restored import RestoredModels
    from mtrec_gui.storage import Project

_SHARE = 0.5  # of what speaks for the item
_N_REMOVED = {Amount.ONE: 1, Amount.TWO: 2, Amount.THREE: 3}
_LOADED = 0.05  # share of the work that restoring the model is


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which explanation is tested, and how."""

    run: int
    task: str
    user: int
    item: int
    amount: Amount


class Trials:
    """The tests of the explanations on the page.

    Parameters
    ----------
    workspace : the open project
    restored : where fitted models come from
    changed : called whenever ``of_page`` would answer otherwise
    """

    def __init__(
        self, workspace: Workspace, restored: RestoredModels, changed: Callable[[], None]
    ) -> None:
        self._workspace, self._restored, self._changed = workspace, restored, changed
        self._known: dict[_Asked, Trial] = {}
        self._errands: dict[int, Errand] = {}
        self._going_on: dict[int, tuple[_Asked, float]] = {}

    def forget(self) -> None:
        """Forget what was found: another project is open."""
        self.stop_all()
        self._known.clear()

    def stop_all(self) -> None:
        """End what is going on; nobody will look at it."""
        for errand in self._errands.values():
            errand.cancel()
        self._errands.clear()
        self._going_on.clear()

    def stop(self, run: int) -> None:
        """End the test of one explanation."""
        errand = self._errands.pop(run, None)
        if errand is not None:
            errand.cancel()
        if self._going_on.pop(run, None) is not None:
            self._changed()

    def of(self, run: int, explanation: Explanation, amount: Amount) -> Trial:
        """Return how far the test of an explanation is."""
        asked = _asked(run, explanation, amount)
        going_on = self._going_on.get(run)
        if going_on is not None and going_on[0] == asked:
            return Trial(fraction=going_on[1])
        return self._known.get(asked, Trial())

    def start(self, comparison: int, run: int, explanation: Explanation, amount: Amount) -> None:
        """Put an explanation to the test.

        Parameters
        ----------
        comparison : id of the comparison of the run
        run : id of the run whose model explains
        """
        project = self._workspace.project
        if project is None:
            return
        self.stop(run)
        asked, log = _asked(run, explanation, amount), self._workspace.log
        self._going_on[run] = (asked, 0.0)
        self._changed()

        def is_wanted() -> bool:
            return run in self._going_on and self._going_on[run][0] is asked

        def tell(fraction: float, stage: Stage) -> None:
            if is_wanted():
                self._going_on[run] = (asked, fraction)
                self._changed()

        def end(trial: Trial) -> None:
            if is_wanted():
                del self._going_on[run]
                self._errands.pop(run, None)
                self._known[asked] = trial
                self._changed()

        def failed(error: MtrecError) -> None:
            end(Trial(problem=error.message))

        errand = self._workspace.runner.run(
            lambda progress: self._measure(project, log, comparison, asked, explanation, progress),
            lambda found: end(Trial(found=found)),
            failed,
            tell,
        )
        if is_wanted():
            self._errands[run] = errand

    def _measure(
        self,
        project: Project,
        log: InteractionLog,
        comparison: int,
        asked: _Asked,
        explanation: Explanation,
        progress: Progress,
    ) -> Faithfulness:
        progress(0.0, Stage.LOAD)
        experiment = next(c.experiment for c in project.comparisons() if c.id == comparison)
        stored = next((run for run in project.runs(comparison) if run.id == asked.run), None)
        if stored is None:
            raise ProjectError(
                file=str(project.path), problem="the run is gone", remedy="Run the model again."
            )
        n = _N_REMOVED.get(asked.amount) or strongest_share(explanation, _SHARE)
        progress(_LOADED, Stage.FIT)
        step = part_of(progress, _LOADED, 1.0)
        if issubclass(find_model(stored.model), FoldsIn):  # so cheap that a thread will do
            return measure_faithfulness(
                self._restored.model(project, log, experiment, stored),
                explanation,
                seed=stored.seed,
                n_removed=n,
                progress=step,
            )
        spec = RunSpec(
            model=stored.model,
            config=stored.config,
            seed=stored.seed,
            tasks=experiment.tasks,
            split=experiment.split,
        )
        explained = Explained(explanation.task, explanation.user, explanation.item, n)
        return measure_aside(spec, explained, log, step)


def _asked(run: int, explanation: Explanation, amount: Amount) -> _Asked:
    return _Asked(run, explanation.task, explanation.user, explanation.item, amount)

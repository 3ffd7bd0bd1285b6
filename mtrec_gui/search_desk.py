"""The search desk: sends a search's trials to the jobs, and keeps what comes back (Qt-free).

Every trial is judged on validation data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from algorithms.messages import Message
from mtrec_gui.study_desk import StudyDesk

if TYPE_CHECKING:
    from algorithms.evaluation import RunResult, RunSpec
    from algorithms.search import Attempt, Course, SearchResult, SearchSpec, Trial
    from mtrec_gui.storage import Project


class SearchDesk(StudyDesk["Course", "Attempt", "Trial"]):
    """Starts, follows, cancels and keeps one search at a time (see ``StudyDesk``)."""

    _course: Course | None = None

    @property
    def result(self) -> SearchResult | None:
        """What the newest search has found so far."""
        return None if self._course is None else self._course.result

    @property
    def n_runs(self) -> int:
        """How many rehearsals the newest search has, with the floor and the start."""
        return 0 if self._course is None else self._course.n_attempts

    @property
    def n_done(self) -> int:
        """How many of them have ended."""
        return 0 if self._course is None else len(self._course.result.trials)

    def start(self, spec: SearchSpec) -> None:
        """Check a search, note it in the project, and send its first trials to the jobs."""

        def prepare(project: Project, dataset_id: int) -> tuple[Course, int]:
            from algorithms.search import Course
            from mtrec_gui.model_shelf import MODELS

            return Course(spec, MODELS), project.start_search(dataset_id, spec)

        self._begin(prepare)

    def _take_plan(self, plan: Course) -> None:
        self._course = plan

    def _clear(self) -> None:
        self._course = None

    def _next(self) -> tuple[RunSpec, Attempt] | None:
        attempt = None if self._course is None else self._course.ask()
        return None if attempt is None else (attempt.run, attempt)

    def _tell(self, subject: Attempt, outcome: RunResult | Message) -> Trial:
        if self._course is None:
            raise RuntimeError("no search is going on")
        return self._course.tell(subject, outcome)

    def _write(self, project: Project, study: int, found: Trial) -> None:
        project.add_trial(study, found)

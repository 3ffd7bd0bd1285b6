"""A user's page with the rules as they are now, from the scores of a run that is fitted (Qt-free).

Rules need no training: the newest run of the rule blend brings the scores, and the rules of the
project are put in place of those it ran with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.data import InteractionLog
from algorithms.models.rule_blend import RuleBlend
from algorithms.rules import Page, PlacedItem, RuleSet
from algorithms.rules.learned import ProposedRule
from mtrec_gui.pages.rules.state import LENGTH, Preview, PreviewItem
from mtrec_gui.restored import RestoredModels
from mtrec_gui.storage.values import RunStatus

if TYPE_CHECKING:
    from algorithms.evaluation import Experiment
    from mtrec_gui.storage import Project, StoredRun

_TRIES = 40  # users looked at to find one for whom the rules do something


class PagePreviews:
    """Composes pages for the project that is open; one thread at a time may ask."""

    def __init__(self) -> None:
        self._restored = RestoredModels(most=1)
        self._rng = np.random.default_rng(1)
        self._model: RuleBlend | None = None
        self._key: tuple[int, RuleSet] | None = None

    def model(
        self, project: Project, dataset_id: int, log: InteractionLog, rules: RuleSet
    ) -> RuleBlend | None:
        """Return the newest rule blend, following these rules; None where there is no run.

        Raises
        ------
        ProjectError
            Where the project does not have what the run learned.
        """
        found = _newest(project, dataset_id)
        if found is None:
            return None
        experiment, run = found
        if self._key != (run.id, rules) or self._model is None:
            fitted = self._restored.model(project, log, experiment, run)
            values = {**run.config, "rules": rules.model_dump(mode="json")}
            model = RuleBlend.from_values(values)
            self._model = model.restore(fitted.log, fitted.tasks, fitted.state())
            self._key = (run.id, rules)
        return self._model

    def proposals(
        self, project: Project, dataset_id: int, log: InteractionLog, task: str
    ) -> tuple[ProposedRule, ...] | None:
        """Return rules that the events speak for which the newest run was validated on.

        None where there is no run for the task; any thread may ask.
        """
        found = _newest(project, dataset_id)
        if found is None:
            return None
        experiment, run = found
        model = self._restored.model(project, log, experiment, run)
        if not isinstance(model, RuleBlend) or task not in [each.name for each in model.tasks]:
            return None
        validation = self._restored.split(project, log, experiment, run.seed).validation
        return model.propose_rules(task, validation)

    def preview(self, model: RuleBlend, user: int) -> Preview:
        """Return the page of a user."""
        return _preview(model, user, model.compose_page(user, LENGTH))

    def other_preview(self, model: RuleBlend) -> Preview:
        """Return the page of some user, one on whose page the rules change something if found."""
        n_events = np.bincount(model.log.users, minlength=model.log.n_users)
        known = np.flatnonzero(n_events)
        users = self._rng.permutation(known if len(known) else model.log.n_users)[:_TRIES]
        shown = [self.preview(model, int(users[0]))]
        for user in users[1:].tolist():
            if shown[-1].n_changed:
                return shown[-1]
            shown.append(self.preview(model, int(user)))
        return max(shown, key=lambda each: each.n_changed)


def _newest(project: Project, dataset_id: int) -> tuple[Experiment, StoredRun] | None:
    """Return the newest finished run of the rule blend, and the experiment it belongs to."""
    for summary in reversed(project.comparisons()):
        if summary.dataset_id != dataset_id:
            continue
        done = [
            run
            for run in project.runs(summary.id)
            if run.model == RuleBlend.key and run.status is RunStatus.DONE
        ]
        if done:
            return summary.experiment, done[-1]
    return None


def _preview(model: RuleBlend, user: int, page: Page) -> Preview:
    log = model.log
    return Preview(
        user=str(log.user_table.ids.ids[user]),
        items=tuple(_item(placed, log) for placed in page.items),
        off_page=tuple(_item(placed, log) for placed in page.off_page if placed.before <= LENGTH),
        remarks=page.remarks,
        n_events=int((log.users == user).sum()),
    )


def _item(placed: PlacedItem, log: InteractionLog) -> PreviewItem:
    table = log.item_table
    kind, category = table.kind_of(placed.item), str(table.categories[placed.item])
    return PreviewItem(
        title=str(table.titles[placed.item]) or str(table.ids.ids[placed.item]),
        detail=f"{kind} · {category}" if category else kind,
        place=placed.place if placed.place is not None and placed.place <= LENGTH else None,
        before=placed.before,
        moves=placed.moves,
    )

r"""Most popular: everybody gets what most people chose.

It knows nothing of the person, which makes it the first bar that every other model must clear.
What "popular" means depends on the task. Where people act (binary and quantity tasks), an item
scores the number of *different* users :math:`U_i` with a relevant event on it, so that one person
who clicks a hundred times counts once. Where people rate, counting would reward what is seen
often rather than what is liked, so an item scores its mean, damped: before its first rating
an item is treated as if :math:`m` people had given it the overall average :math:`\mu`.

.. math::
    s_i = |U_i|
    \qquad\text{or, for ratings,}\qquad
    s_i = \frac{\sum_{u} r_{ui} + m\,\mu}{n_i + m}

References
----------
P. Cremonesi, Y. Koren, R. Turrin: Performance of recommender algorithms on top-N recommendation
tasks, RecSys 2010 (there called TopPop and MovieAvg).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.base import Family, ModelConfig, ModelState, Output, Recommender
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task, TaskKind


class PopularityConfig(ModelConfig):
    """Parameters of most popular."""

    damping: float = Field(
        10.0,
        ge=0,
        le=1000,
        description="Rating tasks: number of average ratings that every item starts with",
    )


@dataclass(frozen=True, eq=False)
class _Counts:
    """What is learned for one task: two columns over all items, and the mean of the label."""

    score: FloatArray  # (n_items,) NaN for items of other kinds
    n_events: IntArray  # (n_items,)
    average: float


class Popularity(Recommender):
    """The most popular items, the same for everybody."""

    key = "popularity"
    title = "Most popular"
    family = Family.BASELINE
    summary = "Everybody gets what most people chose, or what was rated best on average."
    equation = r"$s_i = |U_i| \quad\mathrm{or}\quad s_i = \frac{\sum_u r_{ui} + m\,\mu}{n_i + m}$"
    reference = "cremonesi2010"
    config_class = PopularityConfig
    explains_by = "counts"

    config: PopularityConfig

    def output(self, task: Task) -> Output:
        """Return what the score is: counts only order, a damped mean is a rating."""
        return Output.PREDICTION if task.kind is TaskKind.RATING else Output.SCORE

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        self._counts = {}
        for task in tasks:
            self._counts[task.name] = self._count(task, task.part(train))
        progress(1.0, Stage.FIT)

    def _count(self, task: Task, events: InteractionLog) -> _Counts:
        values = events.label(task.label).astype(np.float64)  # (n_events,)
        n_items = events.n_items
        n_events = np.bincount(events.items, minlength=n_items)  # (n_items,)
        average = float(values.mean()) if len(events) else np.nan
        score = np.full(n_items, np.nan)
        mine = events.item_table.of_kind(task.item_kind)
        if task.kind is TaskKind.RATING:
            m = self.config.damping
            totals = np.bincount(events.items, values - average, n_items)  # (n_items,)
            known = mine[n_events[mine] + m > 0]
            score[known] = average + totals[known] / (n_events[known] + m)
        elif len(events):
            relevant = values >= task.relevant_from
            pairs = events.users[relevant] * np.int64(n_items) + events.items[relevant]
            score[mine] = np.bincount(np.unique(pairs) % n_items, minlength=n_items)[mine]
        return _Counts(score, n_events, average)

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return self._counts[task.name].score[items]

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return np.tile(self._counts[task.name].score[items], (len(users), 1))

    def _state(self) -> ModelState:
        arrays: dict[str, AnyArray] = {}
        for position, task in enumerate(self.tasks):
            counts = self._counts[task.name]
            arrays[f"task{position}.score"] = counts.score
            arrays[f"task{position}.n_events"] = counts.n_events
            arrays[f"task{position}.average"] = np.array([counts.average])
        return ModelState(arrays)

    def _restore(self, state: ModelState) -> None:
        self._counts = {
            task.name: _Counts(
                state.arrays[f"task{position}.score"],
                state.arrays[f"task{position}.n_events"],
                float(state.arrays[f"task{position}.average"][0]),
            )
            for position, task in enumerate(self.tasks)
        }

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        counts = self._counts[task.name]
        score = float(counts.score[item])
        if np.isnan(score):
            sentence = Message("Nothing is known of this item for “{task}”.", {"task": task.name})
            return Explanation(task.name, user, item, score, sentence)
        if task.kind is TaskKind.RATING:
            return self._explain_mean(task, user, item, counts)
        sentence = Message(
            "{n_users} of {n_all} users had a relevant event of “{task}” with it: place {place} "
            "among {n_items} items.",
            {
                "n_users": int(score),
                "n_all": self.log.n_users,
                "task": task.name,
                "place": int((counts.score > score).sum()) + 1,
                "n_items": int((~np.isnan(counts.score)).sum()),
            },
        )
        part = Contribution(score, EvidenceKind.COUNT, task=task.name)
        return Explanation(task.name, user, item, score, sentence, (part,))

    def _explain_mean(self, task: Task, user: int, item: int, counts: _Counts) -> Explanation:
        score, average = float(counts.score[item]), counts.average
        n_events = int(counts.n_events[item])
        sentence = Message(
            "It has {n_events} ratings for “{task}”; damped towards the average of {average:.2f} "
            "they come to {score:.2f}.",
            {"n_events": n_events, "task": task.name, "average": average, "score": score},
        )
        parts = [
            Contribution(average, EvidenceKind.AVERAGE, task=task.name),
            Contribution(score - average, EvidenceKind.COUNT, task=task.name),
        ]
        return Explanation(task.name, user, item, score, sentence, strongest_first(parts))

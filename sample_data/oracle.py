r"""Oracle, the ceiling: it knows the truth of a simulated world.

Nothing is learned. From the parameters that the log was simulated from (its ``origin``) the world
is made anew, together with what is true in it: the probability of every yes or no, the mean of
every rating and amount, for every user and item. No recommender can know more; what happens beyond
is chance.

What is best depends on who judges, so there are two aims:

* ``log``: the ceiling of what a held-out log measures. The log holds only what was shown, so the
  best ranking of items for it is by the probability of having been shown, besides what training
  already tells, times that of being relevant once shown:

  .. math::
      s_{ui} = P(\mathrm{shown}_{ui} \mid \mathrm{training}) \cdot
               P(y_{ui} \ge c \mid \mathrm{shown}_{ui})

  and the best prediction of an event is the mean over the places and circumstances in which it may
  have been shown. Training tells who was shown how much already, and which topics a user asked for;
  its labels tell nothing that the truth does not know.
* ``user``: what is best for the user, wherever and however it is shown.

Ranking by the probability of relevance is the best that can be done where the worth of one item
does not depend on the others.

Reference: Robertson (1977), The probability ranking principle in IR, Journal of Documentation.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field, ValidationError

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.errors import FitError
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.base import Bound, Family, ModelConfig, ModelState, Output, Recommender
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task, TaskKind

if TYPE_CHECKING:
    from sample_data.truth import Truth


class OracleConfig(ModelConfig):
    """For whom the oracle ranks."""

    aim: Literal["log", "user"] = Field(
        "log", description="Best for what a held-out log measures, or best for the user"
    )


class Oracle(Recommender):
    """The truth of a simulated world."""

    key = "oracle"
    title = "Oracle (the truth)"
    family = Family.REFERENCE
    bound = Bound.CEILING
    needs_truth = True
    summary = "Knows the truth of the simulated world: but for chance nobody can be better."
    equation = r"$s_{ui} = P(\mathrm{shown}_{ui}) \cdot P(y_{ui} \geq c \mid \mathrm{shown}_{ui})$"
    reference = "robertson1977"
    config_class = OracleConfig
    explains_by = "truth"

    config: OracleConfig

    def output(self, task: Task) -> Output:
        """Return what the number is: a probability for binary tasks, else a prediction."""
        return Output.PROBABILITY if task.kind is TaskKind.BINARY else Output.PREDICTION

    def prepare(self) -> None:
        """Load what the truth of ratings needs."""
        import scipy.special
        import scipy.stats  # noqa: F401

        import sample_data.simulator  # noqa: F401

    def notes(self) -> tuple[Message, ...]:
        """Say which tasks the world tells nothing of."""
        return tuple(
            Message(
                "“{task}”: the world was not simulated with a label “{label}”, so its ceiling is "
                "not known.",
                {"task": task.name, "label": task.label},
            )
            for task in self._unknown
        )

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        self._meet_world()
        progress(1.0, Stage.FIT)

    def _meet_world(self) -> None:
        """Make the world anew, and keep the tasks that it tells of."""
        truth = self._truth = world_behind(self.log)
        self._besides: dict[str, FloatArray] = {}
        kinds = {label.name: label.item_kind for label in truth.spec.labels}
        tasks = self.tasks
        self._unknown = [task for task in tasks if kinds.get(task.label) != task.item_kind]
        self._tasks = {task.name: task for task in tasks if task not in self._unknown}
        if not self._tasks:
            raise FitError(
                model=self.title,
                reason="the world of this log has none of the labels of the tasks",
                remedy="Choose one of these labels for a task: " + ", ".join(kinds) + ".",
            )

    def _state(self) -> ModelState:
        return ModelState({})

    def _restore(self, state: ModelState) -> None:
        self._meet_world()

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        of_kind = self._of_kind(task, items)
        number = np.full(len(items), np.nan)
        ask = self._truth.in_log if self.config.aim == "log" else self._truth.expected
        number[of_kind] = ask(task.label, users[of_kind], items[of_kind])
        return number

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        of_kind = self._of_kind(task, items)
        mine = items[of_kind]
        score = np.full((len(users), len(items)), np.nan)
        if self.config.aim == "log":
            relevant = self._truth.relevant(
                task.label, users[:, None], mine, at_least=task.relevant_from
            )
            score[:, of_kind] = self._shown_besides(task, users, mine) * relevant
        else:
            score[:, of_kind] = self._truth.expected(task.label, users[:, None], mine)
        return score

    def _shown_besides(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        """Return (m, k) the probability of having been shown besides the training part."""
        kind = task.item_kind
        if kind not in self._besides:
            log = self.log
            self._besides[kind] = self._truth.shown_besides(kind, log.users, log.items)
        column = np.searchsorted(self.log.item_table.of_kind(kind), items)
        return self._besides[kind][users[:, None], column]

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        parts = [
            Contribution(amount, evidence, task=task.name, message=message)
            for evidence, message, amount in self._parts(task.label, user, item)
        ]
        if task.kind is TaskKind.BINARY:
            said = (
                "In truth “{task}” happens here with a probability of {score:.3f}; "
                "the rest is chance."
            )
            scale = Message("The bars are log odds: what makes it more or less likely.")
        else:
            said = "In truth “{task}” is {score:.2f} on average here; the rest is chance."
            scale = Message("The bars are on the scale of the label, before its ends cut it off.")
        sentence = Message(said, {"task": task.name, "score": score})
        ordered = strongest_first(parts)
        return Explanation(
            task.name, user, item, score, sentence, ordered, additive=False, remarks=(scale,)
        )

    def _parts(
        self, label: str, user: int, item: int
    ) -> list[tuple[EvidenceKind, Message | None, float]]:
        """Return what the level of a label is made of, beside its intercept and the place."""
        truth = self._truth
        spec = next(each for each in truth.spec.labels if each.name == label)
        taste = truth.users.taste[truth.spec.labels.index(spec)][user]
        level = truth.users.level[truth.spec.labels.index(spec)][user]
        parts = [
            (EvidenceKind.FACTORS, None, spec.taste * float(taste @ truth.items.taste[item])),
            (
                EvidenceKind.ITEM_BIAS,
                Message("quality of the item"),
                spec.quality * float(truth.items.quality[item]),
            ),
            (EvidenceKind.USER_BIAS, None, spec.user * float(level)),
            (
                EvidenceKind.FEATURE,
                Message("price among its like"),
                -spec.price * float(truth.items.relative_price[item]),
            ),
        ]
        return [part for part in parts if part[2] != 0]


def world_behind(log: InteractionLog) -> Truth:
    """Return the truth of the world that a log was simulated from.

    Raises
    ------
    FitError
        Where the log was not simulated, or not by this version of the lab.
    """
    if not log.origin:
        raise FitError(
            model=Oracle.title,
            reason="nobody knows the truth behind real data",
            remedy="Switch it off, or open a sample world.",
        )
    try:
        truth = _truth(log.origin)
    except ValidationError:
        raise FitError(
            model=Oracle.title,
            reason="the parameters of this world are not those of this version of the lab",
            remedy="Make the world again from its file.",
        ) from None
    same = np.array_equal(truth.users.table.ids.ids, log.user_table.ids.ids) and np.array_equal(
        truth.items.table.ids.ids, log.item_table.ids.ids
    )
    if not same:
        raise FitError(
            model=Oracle.title,
            reason="the users or items of this log are not those of its world",
            remedy="Make the world again from its file.",
        )
    return truth


@lru_cache(maxsize=2)
def _truth(origin: str) -> Truth:
    from sample_data.simulator import simulate
    from sample_data.spec import WorldSpec

    return simulate(WorldSpec.model_validate_json(origin)).truth

r"""Distilled student: a network taught in secret, told again in a dozen words.

A network answers well and says little. So it is fitted as usual, asked about many pairs, and a
student that a person can read in full learns to say the same: :math:`s(x) \approx z(u, i)`, with x
the few columns of ``readable_pairs`` and the forms of ``students``. The teacher is then thrown
away; every answer and every explanation is the student's own and exact.

.. math:: \min_s \sum_{(u,i)} \big(z(u, i) - s(x_{ui})\big)^2

The pairs are the events of training and as many drawn at random, for lists are made of all items.
How far the student agrees is told on a quarter of the pairs that it did not learn from: Spearman's
rank correlation with the teacher, and the share of the teacher's variance. What it does not share
are the tastes that only vectors know.

What the literature doubts: a student that agrees on nine pairs of ten still need not give the
teacher's *reasons* (C. Rudin 2019: a faithful explanation would be the model itself). Here at least
the student is what answers.

References
----------
C. Buciluă, R. Caruana, A. Niculescu-Mizil: Model compression, KDD 2006. S. Tan, R. Caruana,
G. Hooker, Y. Lou: Distill-and-compare, AIES 2018. C. Rudin: Stop explaining black box machine
learning models for high stakes decisions, Nature Machine Intelligence 1, 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import (
    Contribution,
    EvidenceKind,
    Exhibit,
    Explanation,
    Lines,
    Table,
    strongest_first,
)
from algorithms.messages import Message
from algorithms.metrics.ranks import midranks
from algorithms.models.base import Family, ModelConfig, ModelState, Recommender
from algorithms.models.extras import require_extra
from algorithms.models.implicit_feedback import each_with_progress
from algorithms.models.neural.catalog import NETWORKS
from algorithms.models.neural.recommender import NeuralRecommender
from algorithms.models.readable_pairs import Column, ReadablePairs
from algorithms.models.students import (
    LinearStudent,
    ListStudent,
    Student,
    learn_linear,
    learn_list,
    scores,
)
from algorithms.progress import Progress, Stage, part_of
from algorithms.tasks import Task, TaskKind

_MOST_EVENTS = 20_000  # of a task that the teacher is asked about; more would tell little more
_HELD_OUT = 4  # one pair of so many is kept to measure agreement
_TEACHER_SHARE = 0.9  # of the time of a fit


class DistilledConfig(ModelConfig):
    """Parameters of a distilled student."""

    teacher: Literal["single_task_network", "shared_bottom", "mmoe", "ple", "esmm", "aitm"] = Field(
        "shared_bottom", description="The network that teaches, with its defaults"
    )
    form: Literal["linear", "list"] = Field(
        "linear", description="A sum of terms, or a list of rules of which the first counts"
    )
    n_terms: int = Field(12, ge=1, le=50, description="Terms or rules of the student at most")


class Distilled(Recommender):
    """A short sum or a decision list that repeats what a network says."""

    key = "distilled"
    title = "Distilled student"
    family = Family.NEURAL
    summary = "Repeats what a network says with a few terms or rules that a person can read."
    equation = r"$\min_s \sum_{(u,i)} (z(u, i) - s(x_{ui}))^2$"
    reference = "bucila2006"
    config_class = DistilledConfig
    is_multitask = True
    single_task_twin = "single_task_network"
    explains_by = "features"
    extra = "deep"

    config: DistilledConfig

    def prepare(self) -> None:
        """Load what the teacher loads."""
        self._teacher().prepare()

    def _teacher(self) -> NeuralRecommender:
        teacher = NETWORKS[self.config.teacher]()
        assert isinstance(teacher, NeuralRecommender)  # noqa: S101 - the config allows no others
        return teacher

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        require_extra(type(self))
        self._derive()
        teacher = self._teacher().fit(
            train,
            tasks,
            rng=rng,
            validation=validation,
            progress=part_of(progress, 0.0, _TEACHER_SHARE),
        )
        self.curves += teacher.curves
        self._students: dict[str, Student] = {}
        self._agreement: dict[str, FloatArray] = {}  # (k, 2) by number of terms
        for task, part in each_with_progress(tasks, part_of(progress, _TEACHER_SHARE, 1.0)):
            part(0.0, Stage.FIT)
            if len(task.part(train)):
                self._learn(teacher, task, rng)
        progress(1.0, Stage.FIT)

    def _learn(self, teacher: NeuralRecommender, task: Task, rng: np.random.Generator) -> None:
        users, items = _pairs(self.log, task, rng)
        z = teacher.pair_numbers(task, users, items)
        if task.kind is not TaskKind.BINARY:  # as the label is, which training tells
            labels = task.part(self.log).label(task.label).astype(np.float64)
            z = labels.mean() + (labels.std() or 1.0) * z
        x = self._pairs_of[task.name].values(users, items)
        held = np.zeros(len(z), dtype=np.bool_)
        held[rng.permutation(len(z))[: len(z) // _HELD_OUT]] = True
        learn = learn_linear if self.config.form == "linear" else learn_list
        path: Sequence[Student] = learn(x[~held], z[~held], self.config.n_terms)
        self._students[task.name] = path[-1]
        self._agreement[task.name] = np.array(
            [agreement(z[held], scores(student, x[held])) for student in path]
        )

    def _derive(self) -> None:
        """Derive the columns of pairs from the training events."""
        self._pairs_of = {task.name: ReadablePairs(self.log, task) for task in self.tasks}

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        found = self._score(task, users, items)
        if task.kind is TaskKind.BINARY or task.name not in self._students:
            return found
        return np.clip(found, *self._ends(task))

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        pairs = np.repeat(users, len(items)), np.tile(items, len(users))
        return self._score(task, *pairs).reshape(len(users), len(items))

    def _score(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        if task.name not in self._students:
            return np.full(len(users), np.nan)
        return scores(self._students[task.name], self._pairs_of[task.name].values(users, items))

    def _ends(self, task: Task) -> tuple[float, float]:
        labels = task.part(self.log).label(task.label)
        return float(labels.min()), float(labels.max())

    # --- what was learned ----------------------------------------------------------------

    def _state(self) -> ModelState:
        arrays: dict[str, AnyArray] = {}
        for number, task in enumerate(self.tasks):
            if task.name in self._students:
                learned = self._students[task.name].arrays()
                arrays |= {f"{number}.{name}": array for name, array in learned.items()}
                arrays[f"{number}.agreement"] = self._agreement[task.name]
        return ModelState(arrays)

    def _restore(self, state: ModelState) -> None:
        self._derive()
        self._students, self._agreement = {}, {}
        form = LinearStudent if self.config.form == "linear" else ListStudent
        for number, task in enumerate(self.tasks):
            prefix = f"{number}."
            own = {
                name.removeprefix(prefix): array
                for name, array in state.arrays.items()
                if name.startswith(prefix)
            }
            if own:
                self._agreement[task.name] = own.pop("agreement")
                self._students[task.name] = form.of_arrays(own)

    # --- what it says of itself ----------------------------------------------------------

    def notes(self) -> tuple[Message, ...]:
        """Say how far the student agrees with its teacher."""
        return tuple(
            Message(
                "For “{task}” the order of student and teacher has the rank correlation "
                "{correlation:.2f} on pairs that the student did not learn from.",
                {"task": name, "correlation": float(found[-1, 0])},
            )
            for name, found in self._agreement.items()
            if np.isfinite(found[-1, 0])
        )

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show the whole student, and how its agreement grew with its length."""
        longest = max((len(found) for found in self._agreement.values()), default=0)
        shown: list[Exhibit] = [self._whole_student()]
        if longest > 1:
            shown.insert(
                0,
                Lines(
                    key="agreement",
                    title=Message("How far the student agrees with its teacher"),
                    sentence=Message(
                        "Spearman’s rank correlation between the two on pairs that the student did "
                        "not learn from, by the number of its terms. What is missing to 1 is what "
                        "the network knows and the student has no words for."
                    ),
                    x_label=Message("terms"),
                    y_label=Message("rank correlation"),
                    x=np.arange(1.0, longest + 1),
                    series={
                        name: np.pad(found[:, 0], (0, longest - len(found)), mode="edge")
                        for name, found in self._agreement.items()
                    },
                ),
            )
        return tuple(shown)

    def _whole_student(self) -> Table:
        rows: list[tuple[str | float | Message, ...]] = []
        for name, student in self._students.items():
            columns = self._pairs_of[name].columns
            if isinstance(student, LinearStudent):
                rows.append((name, Message("on average"), student.start))
                rows += [
                    (name, columns[column].name(), float(weight))
                    for column, weight in zip(student.columns, student.weights, strict=True)
                ]
            elif isinstance(student, ListStudent):
                rows += [
                    (name, self._rule(name, student, rule), float(value))
                    for rule, value in enumerate(student.values)
                ]
        linear = self.config.form == "linear"
        return Table(
            key="student",
            title=Message("The whole student"),
            sentence=Message(
                "All there is: the number of an average pair, and what one unit more of each adds. "
                "For yes and no the sum is in log-odds."
            )
            if linear
            else Message(
                "All there is: the first line that holds gives the number. For yes and no it is in "
                "log-odds."
            ),
            columns=(
                Message("task"),
                Message("term") if linear else Message("rule"),
                Message("per unit") if linear else Message("number"),
            ),
            rows=tuple(rows),
        )

    def _rule(self, name: str, student: ListStudent, rule: int) -> Message:
        if rule == len(student.columns):
            return Message("otherwise")
        column: Column = self._pairs_of[name].columns[student.columns[rule]]
        return column.where(float(student.limits[rule]), bool(student.at_least[rule]))

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        student = self._students.get(task.name)
        if student is None:
            sentence = Message(
                "Nothing can be said: training knows no label of “{task}”.", {"task": task.name}
            )
            return Explanation(task.name, user, item, np.nan, sentence)
        pair = np.array([user]), np.array([item])
        parts = student.parts(self._pairs_of[task.name].values(*pair))[0]
        score = float(self._predict(task, *pair)[0])
        found = [Contribution(student.start, EvidenceKind.AVERAGE, task=task.name)]
        found += [
            Contribution(float(part), EvidenceKind.FEATURE, task=task.name, message=words)
            for part, words in zip(parts, self._words(task.name, student), strict=True)
            if part
        ]
        beyond = score - student.start - float(parts.sum())
        if abs(beyond) > 1e-9:
            found.append(Contribution(beyond, EvidenceKind.LIMIT, task=task.name))
        sentence = Message(
            "The student says {score:.2f} for “{task}”; for an average pair it says {start:.2f}.",
            {"task": task.name, "score": score, "start": student.start},
        )
        return Explanation(task.name, user, item, score, sentence, strongest_first(found))

    def _words(self, name: str, student: Student) -> list[Message]:
        if isinstance(student, ListStudent):
            return [self._rule(name, student, rule) for rule in range(len(student.values))]
        columns = self._pairs_of[name].columns
        return [columns[column].name() for column in student.arrays()["columns"]]


def agreement(z: FloatArray, s: FloatArray) -> tuple[float, float]:
    """Return Spearman's rank correlation of teacher and student, and the share of variance.

    NaN where either says the same of all pairs.
    """
    if len(z) < 2 or z.std() == 0 or s.std() == 0:
        return float("nan"), float("nan")
    correlation = float(np.corrcoef(midranks(z), midranks(s))[0, 1])
    return correlation, 1.0 - float(((z - s) ** 2).mean() / z.var())


def _pairs(log: InteractionLog, task: Task, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Return users and items (n,): events of the task, and as many pairs at random."""
    events = task.part(log)
    rows = rng.permutation(len(events))[:_MOST_EVENTS]
    items = log.item_table.of_kind(task.item_kind).astype(np.int64)
    known = np.unique(log.users).astype(np.int64)
    return (
        np.concatenate([events.users[rows], known[rng.integers(len(known), size=len(rows))]]),
        np.concatenate([events.items[rows], items[rng.integers(len(items), size=len(rows))]]),
    )

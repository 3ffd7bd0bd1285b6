r"""Distilled student: a network taught in secret, told again in a dozen words.

A network answers well and says little. So it is fitted as usual, asked about many pairs, and a
student that a person can read in full learns to say the same: :math:`s(x) \approx z(u, i)`, with x
the few columns of ``readable_pairs`` and the forms of ``students``. The teacher is then thrown
away; every answer and every explanation is the student's own and exact.

.. math:: \min_s \sum_{(u,i)} \big(z(u, i) - s(x_{ui})\big)^2

A teacher orders its lists by another number than its answers, which weighs in how likely user and
item are to meet at all. So there are two students for each task, one of the answers and one of the
lists; ``teaching`` has both lessons. How far they agree is told on what they did not learn from:
for answers the rank correlation with the teacher, for lists how many of its ten items the student
lists too. What a student does not share are the tastes that only vectors know.

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

from collections.abc import Mapping, Sequence
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
)
from algorithms.models.teaching import N_LISTED, student_numbers, teach_answers, teach_lists
from algorithms.progress import Progress, Stage, part_of
from algorithms.tasks import Task, TaskKind

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
    ranks_apart = True
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
        self._listers: dict[str, Student] = {}
        self._shared: dict[str, FloatArray] = {}  # (k,) of the teacher's lists, by number of terms
        for task, part in each_with_progress(tasks, part_of(progress, _TEACHER_SHARE, 1.0)):
            part(0.0, Stage.FIT)
            if len(task.part(train)):
                self._learn(teacher, task, rng)
        progress(1.0, Stage.FIT)

    def _learn(self, teacher: NeuralRecommender, task: Task, rng: np.random.Generator) -> None:
        form, n_terms = self.config.form, self.config.n_terms

        def learn(x: FloatArray, z: FloatArray) -> Sequence[Student]:
            return learn_linear(x, z, n_terms) if form == "linear" else learn_list(x, z, n_terms)

        name, lesson = task.name, (teacher, task, self._pairs_of[task.name], learn, rng)
        self._students[name], self._agreement[name] = teach_answers(*lesson)
        self._listers[name], self._shared[name] = teach_lists(*lesson)

    def _derive(self) -> None:
        """Derive the columns of pairs from the training events."""
        self._pairs_of = {task.name: ReadablePairs(self.log, task) for task in self.tasks}

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        found = self._numbers(self._students, task, users, items)
        if task.kind is TaskKind.BINARY or task.name not in self._students:
            return found
        low, high = self._ends(task)
        return np.clip(found, low, high)

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        pairs = np.repeat(users, len(items)), np.tile(items, len(users))
        return self._numbers(self._listers, task, *pairs).reshape(len(users), len(items))

    def _numbers(
        self, students: Mapping[str, Student], task: Task, users: IntArray, items: IntArray
    ) -> FloatArray:
        if task.name not in students:
            return np.full(len(users), np.nan)
        pairs = self._pairs_of[task.name]
        found: FloatArray = student_numbers([students[task.name]], pairs, users, items)[0]
        return found

    def _ends(self, task: Task) -> tuple[float, float]:
        labels = task.part(self.log).label(task.label)
        return float(labels.min()), float(labels.max())

    # --- what was learned ----------------------------------------------------------------

    def _state(self) -> ModelState:
        arrays: dict[str, AnyArray] = {}
        for number, task in enumerate(self.tasks):
            if task.name not in self._students:
                continue
            for what, students, agreed in self._lessons():
                learned = students[task.name].arrays()
                arrays |= {f"{number}.{what}.{name}": array for name, array in learned.items()}
                arrays[f"{number}.{what}.agreement"] = agreed[task.name]
        return ModelState(arrays)

    def _restore(self, state: ModelState) -> None:
        self._derive()
        self._students, self._agreement = {}, {}
        self._listers, self._shared = {}, {}
        form = LinearStudent if self.config.form == "linear" else ListStudent
        for number, task in enumerate(self.tasks):
            for what, students, agreed in self._lessons():
                prefix = f"{number}.{what}."
                own = {
                    name.removeprefix(prefix): array
                    for name, array in state.arrays.items()
                    if name.startswith(prefix)
                }
                if own:
                    agreed[task.name] = own.pop("agreement")
                    students[task.name] = form.of_arrays(own)

    def _lessons(self) -> tuple[tuple[str, dict[str, Student], dict[str, FloatArray]], ...]:
        return (
            ("answers", self._students, self._agreement),
            ("lists", self._listers, self._shared),
        )

    # --- what it says of itself ----------------------------------------------------------

    def notes(self) -> tuple[Message, ...]:
        """Say how far the students agree with their teacher."""
        answers = [
            Message(
                "For “{task}” the order of student and teacher has the rank correlation "
                "{correlation:.2f} on pairs that the student did not learn from.",
                {"task": name, "correlation": float(found[-1, 0])},
            )
            for name, found in self._agreement.items()
            if np.isfinite(found[-1, 0])
        ]
        lists = [
            Message(
                "For “{task}” the student lists {n:.1f} of the {of} items that its teacher lists "
                "for users whose lists it did not learn from.",
                {"task": name, "n": N_LISTED * float(found[-1]), "of": N_LISTED},
            )
            for name, found in self._shared.items()
            if np.isfinite(found[-1])
        ]
        return (*answers, *lists)

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show the whole students, and how their agreement grew with their length."""
        said = Message(
            "All there is: the number of an average pair, and what one unit more of each adds. "
            "For yes and no the sum is in log-odds."
            if self.config.form == "linear"
            else "All there is: the first line that holds gives the number. For yes and no it is "
            "in log-odds."
        )
        listed = Message(
            "Lists are ordered by a student of their own. It repeats by what the teacher orders "
            "them, how likely user and item meet times what comes of it, as a logarithm; and only "
            "what sets one item of a user above another."
        )
        curves = (
            self._curve(
                "agreement",
                Message("How far the student agrees with its teacher"),
                Message(
                    "Spearman’s rank correlation between the two on pairs that the student did "
                    "not learn from, by the number of its terms. What is missing to 1 is what "
                    "the network knows and the student has no words for."
                ),
                Message("rank correlation"),
                {name: found[:, 0] for name, found in self._agreement.items()},
            ),
            self._curve(
                "list_agreement",
                Message("How much of the teacher’s lists the student lists too"),
                Message(
                    "The share of the teacher’s ten items that are among the student’s ten, for "
                    "users whose lists it did not learn from, by the number of its terms."
                ),
                Message("share of the list"),
                self._shared,
            ),
        )
        return (
            *(curve for curve in curves if curve is not None),
            self._table("student", Message("The whole student"), said, self._students),
            self._table("list_student", Message("The student of the lists"), listed, self._listers),
        )

    def _curve(
        self,
        key: str,
        title: Message,
        sentence: Message,
        y_label: Message,
        found: Mapping[str, FloatArray],
    ) -> Lines | None:
        longest = max((len(each) for each in found.values()), default=0)
        if longest < 2:
            return None
        return Lines(
            key=key,
            title=title,
            sentence=sentence,
            x_label=Message("terms"),
            y_label=y_label,
            x=np.arange(1.0, longest + 1),
            series={
                name: np.pad(each, (0, longest - len(each)), mode="edge")
                for name, each in found.items()
            },
        )

    def _table(
        self, key: str, title: Message, sentence: Message, students: Mapping[str, Student]
    ) -> Table:
        rows: list[tuple[str | float | Message, ...]] = []
        for name, student in students.items():
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
            key=key,
            title=title,
            sentence=sentence,
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
        remark = Message(
            "Lists are ordered by the student of the lists, which gives this item {number:.2f}.",
            {"number": float(self._score_block(task, *pair)[0, 0])},
        )
        return Explanation(
            task.name, user, item, score, sentence, strongest_first(found), remarks=(remark,)
        )

    def _words(self, name: str, student: Student) -> list[Message]:
        if isinstance(student, ListStudent):
            return [self._rule(name, student, rule) for rule in range(len(student.values))]
        columns = self._pairs_of[name].columns
        return [columns[column].name() for column in student.arrays()["columns"]]

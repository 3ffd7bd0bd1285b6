r"""RMTL weights: critics weigh the losses of a multi-task model, event by event and task by task.

Most ways to balance tasks give each task one weight for everybody. RMTL looks at the session:
where a critic foresees that the predictions ahead will cost much, the losses of these events count
more. With the critic :math:`Q_t` of ``algorithms/policies/sessions.py``, whose rewards are minus
the log losses,

.. math::
    \min \sum_j \sum_t \omega_{tj}\; \mathrm{loss}_{tj}, \qquad
    \omega_{tj} \propto 1 - \lambda\, Q_t(x_j)

The actor is the model itself (logistic shared factors, ``policy_session_fit``), the critics are
linear. After every epoch the critics are learned anew from the actor's losses, and the weights
follow. The state x of an event is how far the session is, how often it has said yes to each task,
and what the actor predicts. The weights are scaled to a mean of 1, so that λ changes where the
model looks and not how fast it learns; with λ = 0 it is the plain model, which is fitted beside it
to show what the weighing did.

What the literature doubts: the published gains are in the third digit of AUC, and weighing up what
is predicted badly weighs up chance as well. The networks of the paper are left out: this is the
idea in its smallest form, an exhibit, and no re-implementation.

References
----------
Z. Liu, J. Tian, Q. Cai, X. Zhao, J. Gao, S. Liu, D. Chen, T. He, D. Zheng, P. Jiang, K. Gai:
Multi-task recommendations with reinforcement learning, WWW 2023.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from algorithms.arrays import AnyArray, FloatArray, IntArray, sigmoid
from algorithms.data.log import InteractionLog
from algorithms.explanations import (
    Contribution,
    EvidenceKind,
    Exhibit,
    Explanation,
    HeatMap,
    Lines,
    strongest_first,
)
from algorithms.explanations.exhibit_state import exhibits_from_state, exhibits_to_state
from algorithms.messages import Message
from algorithms.models.base import (
    CurvePoint,
    Family,
    ModelConfig,
    ModelState,
    Output,
    Recommender,
)
from algorithms.models.policy_session_fit import Factors, Trainer, losses
from algorithms.policies.sessions import Sessions, find_sessions, learn_critics, so_far
from algorithms.progress import Progress, Stage, part_of
from algorithms.tasks import Task, TaskKind

_STEPS_SHOWN = 15  # of a session
_LEAST = 0.05  # a weight is never less: a critic is linear, and may foresee gains that cannot be


class RmtlConfig(ModelConfig):
    """Parameters of the actor and its critics."""

    n_factors: int = Field(16, ge=1, le=256, description="Length of the vectors")
    n_epochs: int = Field(15, ge=1, le=200, description="Times through the events")
    learning_rate: float = Field(0.1, gt=0, le=1, description="Size of the first steps")
    regularization: float = Field(0.2, ge=0, le=10, description="Pull of all numbers to zero")
    critic_weight: float = Field(
        0.5, ge=0, le=10, description="λ: how much the critics' foresight counts; 0 for not at all"
    )
    discount: float = Field(0.8, ge=0, lt=1, description="γ: what the next event counts")
    session_minutes: float = Field(30.0, gt=0, le=10_000, description="Pause that ends a session")
    patience: int = Field(3, ge=1, le=200, description="Epochs without gain before it stops")


@dataclass(frozen=True, eq=False)
class _Course:
    """How a training went: the best factors, the last weights, critics, and losses by epoch."""

    factors: Factors
    weights: FloatArray  # (n, T) of the last epoch, in log order
    critics: FloatArray  # (T, d)
    validation: FloatArray  # (n_epochs, T) log losses, NaN where unknown


class RmtlWeights(Recommender):
    """Logistic shared factors whose losses are weighed by critics of the session."""

    key = "rmtl_weights"
    title = "RMTL session weights"
    family = Family.POLICY
    summary = "Lets the losses of an event count more where a critic foresees bad predictions."
    equation = r"$\min \sum_{j,t} (1 - \lambda\, Q_t(x_j))\ \mathrm{loss}_{tj}$"
    reference = "liu2023rmtl"
    config_class = RmtlConfig
    serves = frozenset({TaskKind.BINARY})
    is_multitask = True
    explains_by = "factors"

    config: RmtlConfig

    def output(self, task: Task) -> Output:
        """Return that the number is a probability."""
        return Output.PROBABILITY

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show the weights along a session, the critics, and what the weighing did."""
        return self._exhibits

    @property
    def n_parameters(self) -> int:
        """How many numbers were learned."""
        return sum(int(array.size) for array in self._factors.arrays().values())

    # --- learning ------------------------------------------------------------------------

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        labels = _labels(train, tasks)
        sessions = find_sessions(
            train.users.astype(np.int64), train.timestamps, 60 * self.config.session_minutes
        )
        seed = int(rng.integers(2**31))  # both start alike, whatever the critics do
        course = self._train(
            train, validation, tasks, labels, sessions, self.config.critic_weight, seed,
            part_of(progress, 0.0, 0.5),
        )  # fmt: skip
        beside = self._train(
            train, validation, tasks, labels, sessions, 0.0, seed, part_of(progress, 0.5, 1.0)
        )
        self._factors = course.factors
        self._exhibits = self._show(tasks, sessions, course, beside)
        for epoch, row in enumerate(course.validation):
            for task, value in zip(tasks, row, strict=True):
                if np.isfinite(value):
                    point = CurvePoint(epoch + 1, task.name, "validation log loss", float(value))
                    self.curves.append(point)
        progress(1.0, Stage.FIT)

    def _train(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        labels: FloatArray,
        sessions: Sessions,
        critic_weight: float,
        seed: int,
        progress: Progress,
    ) -> _Course:
        config, rng = self.config, np.random.default_rng(seed)
        users, items = train.users.astype(np.int64), train.items.astype(np.int64)
        seen = ~np.isnan(labels)
        rates = (np.nansum(labels, axis=0) + 0.5) / (seen.sum(axis=0) + 1)
        factors = Factors.drawn(train.n_users, train.n_items, rates, config.n_factors, rng)
        trainer = Trainer(
            factors, users, items, labels, config.learning_rate, config.regularization
        )
        given = np.array([task.weight for task in tasks])
        given = given / given.mean()
        weights = np.tile(given, (len(labels), 1))
        critics = np.zeros((len(tasks), 2 + 2 * len(tasks)))
        best, best_loss, waited = factors.copy(), np.inf, 0
        told: list[FloatArray] = []
        for epoch in range(config.n_epochs):
            trainer.epoch(weights, rng)
            chances = sigmoid(factors.levels(users, items))
            X, critics = _criticise(labels, chances, sessions, config.discount)
            if critic_weight > 0:
                weights = _weigh(X, critics, sessions, seen, given, critic_weight)
            told.append(_held_loss(factors, validation, tasks))
            progress((epoch + 1) / config.n_epochs, Stage.FIT)
            loss = np.nanmean(told[-1]) if np.isfinite(told[-1]).any() else -float(epoch)
            if loss < best_loss:
                best, best_loss, waited = factors.copy(), float(loss), 0
                continue
            waited += 1
            if waited >= config.patience:
                break
        return _Course(best, weights, critics, np.array(told))

    def _show(
        self, tasks: Sequence[Task], sessions: Sessions, course: _Course, beside: _Course
    ) -> tuple[Exhibit, ...]:
        names = [task.name for task in tasks]
        seen = ~np.isnan(_labels(self.log, tasks))[sessions.order]
        weights = course.weights[sessions.order]  # in session order
        n_steps = min(_STEPS_SHOWN, int(sessions.step.max()) + 1) if len(weights) else 0
        series = {name: np.full(n_steps, np.nan) for name in names}
        for t, name in enumerate(names):
            for step in range(n_steps):
                mine = (sessions.step == step) & seen[:, t]
                if mine.any():
                    series[name][step] = weights[mine, t].mean()
        along = Lines(
            key="session_weights",
            title=Message("Weight of a loss along the session"),
            sentence=Message(
                "How much a task's loss counts at each event of a session, on average. Early "
                "events count more where much is still ahead: the critic adds up the whole rest."
            ),
            x_label=Message("event of the session"),
            y_label=Message("weight"),
            x=np.arange(1, n_steps + 1, dtype=np.float64),
            series=series,
            reference={"all alike": 1.0},
        )
        states = (
            "constant",
            "how far",
            *(f"yes so far: {name}" for name in names),
            *(f"predicted: {name}" for name in names),
        )
        critics = HeatMap(
            key="critics",
            title=Message("What the critics go by"),
            sentence=Message(
                "The coefficients of each task's critic. Below 0: where this is high, it foresees "
                "more loss, and the event counts more."
            ),
            row_names=tuple(names),
            column_names=states,
            values=course.critics,
            centre=0.0,
        )
        shown: tuple[Exhibit, ...] = (along, critics)
        if np.isfinite(course.validation).any():
            shown += (_beside(names, course, beside),)
        return shown

    # --- answering -----------------------------------------------------------------------

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        t, f = self._position(task), self._factors
        match = (f.P[users] * f.Q[items]) @ f.V[t]
        return sigmoid(f.means[0, t] + f.users[users, t] + f.items[items, t] + match)

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        t, f = self._position(task), self._factors
        match = (f.P[users] * f.V[t]) @ f.Q[items].T  # (m, k)
        return sigmoid(f.means[0, t] + f.users[users, t][:, None] + f.items[items, t] + match)

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        t, f = self._position(task), self._factors
        parts = [
            Contribution(float(f.means[0, t]), EvidenceKind.AVERAGE, task.name),
            Contribution(float(f.users[user, t]), EvidenceKind.USER_BIAS, task.name),
            Contribution(float(f.items[item, t]), EvidenceKind.ITEM_BIAS, task.name),
            Contribution(float((f.P[user] * f.Q[item]) @ f.V[t]), EvidenceKind.FACTORS, task.name),
        ]
        level = sum(part.amount for part in parts)
        sentence = Message(
            "“{task}” is given a probability of {chance:.3f}. The bars are log odds: the average, "
            "the user, the item, and the match of both.",
            {"task": task.name, "chance": float(sigmoid(np.array(level)))},
        )
        return Explanation(task.name, user, item, level, sentence, strongest_first(parts))

    # --- keeping -------------------------------------------------------------------------

    def _state(self) -> ModelState:
        arrays: dict[str, AnyArray] = {f"factors.{n}": a for n, a in self._factors.arrays().items()}
        shown, values = exhibits_to_state(self._exhibits)
        return ModelState({**arrays, **shown}, {"exhibits": values})

    def _restore(self, state: ModelState) -> None:
        prefix = "factors."
        own = {n.removeprefix(prefix): a for n, a in state.arrays.items() if n.startswith(prefix)}
        self._factors = Factors(**own)
        self._exhibits = exhibits_from_state(state.arrays, state.values["exhibits"])


def _labels(log: InteractionLog, tasks: Sequence[Task]) -> FloatArray:
    """Return (n, T) 1 for relevant, 0 for not, NaN where not observed or of another kind."""
    columns = []
    for task in tasks:
        relevant = (log.label(task.label) >= task.relevant_from).astype(np.float64)
        columns.append(np.where(task.events(log), relevant, np.nan))
    return np.column_stack(columns)


def _criticise(
    labels: FloatArray, chances: FloatArray, sessions: Sessions, discount: float
) -> tuple[FloatArray, FloatArray]:
    """Return (n, 2 + 2 T) the states in session order, and (T, 2 + 2 T) the critics."""
    labels, chances = labels[sessions.order], chances[sessions.order]
    X = np.column_stack(
        [
            np.ones(len(labels)),
            np.log1p(sessions.step),
            so_far(np.nan_to_num(labels), sessions),
            chances,
        ]
    )
    rewards = -np.nan_to_num(losses(labels, chances))  # an event without the label costs nothing
    return X, learn_critics(X, rewards, sessions.last, discount)


def _weigh(
    X: FloatArray,
    critics: FloatArray,
    sessions: Sessions,
    seen: AnyArray,
    given: FloatArray,
    critic_weight: float,
) -> FloatArray:
    """Return (n, T) the weights of the losses in log order, of mean 1 where a label is seen."""
    foreseen = np.empty_like(X @ critics.T)
    foreseen[sessions.order] = X @ critics.T
    weights = np.maximum(1 - critic_weight * foreseen, _LEAST) * given
    scaled: FloatArray = weights / weights[seen].mean() if seen.any() else weights
    return scaled


def _held_loss(
    factors: Factors, validation: InteractionLog | None, tasks: Sequence[Task]
) -> FloatArray:
    """Return (T,) the mean log loss on validation events; NaN where there are none."""
    if validation is None:
        return np.full(len(tasks), np.nan)
    labels = _labels(validation, tasks)
    users, items = validation.users.astype(np.int64), validation.items.astype(np.int64)
    chances = sigmoid(factors.levels(users, items))
    lost = losses(labels, chances)
    n = (~np.isnan(lost)).sum(axis=0)
    return np.where(n > 0, np.nansum(lost, axis=0) / np.maximum(n, 1), np.nan)


def _beside(names: Sequence[str], course: _Course, beside: _Course) -> Lines:
    n_epochs = max(len(course.validation), len(beside.validation))
    series = {}
    for how, each in (("weighed", course), ("all alike", beside)):
        for t, name in enumerate(names):
            values = np.full(n_epochs, np.nan)
            values[: len(each.validation)] = each.validation[:, t]
            series[f"{name}, {how}"] = values
    return Lines(
        key="validation",
        title=Message("Log loss on validation events, weighed and not"),
        sentence=Message(
            "The same model from the same start, with and without the critics' weights. Where the "
            "lines of a task lie on each other, the weighing did nothing for it."
        ),
        x_label=Message("epoch"),
        y_label=Message("log loss"),
        x=np.arange(1, n_epochs + 1, dtype=np.float64),
        series=series,
    )

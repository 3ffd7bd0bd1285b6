r"""Logistic regression: the odds of a click, from what is known of the user and of the item.

It knows nobody by name. A user is an age and a favourite category, an item a brand and a price, and
every such feature moves the odds up or down; so it can speak of users and items that it never met.
That is how click prediction began, and what many shops still run.

Features alone would rank the items alike for everybody: what makes it personal is where two meet,
such as a young user and a cheap item. So every feature a of the user is *crossed* with every
feature b of the item, and has a weight for that. With a constant 1 as the first feature of both
sides, one table of weights W holds everything: :math:`W_{11}` is the intercept, the rest of its
first column the weights of user features, the rest of its first row those of item features, and
all else are crosses,

.. math::
    \ln\frac{p_{ui}}{1 - p_{ui}} = a_u^\top W\, b_i, \qquad
    \min_W -\!\!\sum_{(u,i,y)} \bigl[y \ln p_{ui} + (1 - y) \ln(1 - p_{ui})\bigr]
        + \frac{\lambda}{2} \sum_{ab \neq 11} W_{ab}^2

The sum goes over the events at which the label was observed: the number is the probability of a yes
*where the item was shown*. An explanation is exact: :math:`a_{ua} W_{ab} b_{ib}` for each pair of
features adds up to the log-odds. How features become numbers, ``table_features`` says. The kind
of the item is none of them, for a task ranks items of one kind; neither are circumstances such as
position or hour, which nobody knows yet when a list is made.

Why not scikit-learn? Its SGD depends on a learning rate and on the order of events, and either of
its solvers wants the crosses written out as columns, event by event. Here they never are: a user's
:math:`a_u^\top W` is computed once for all items. The problem is convex and has one solution, which
L-BFGS from SciPy (needed anyway) finds without any seed; that it is scikit-learn's, a test shows.

A task whose events all have the same label leaves nothing to tell apart: it gets NaN, and a note.

References
----------
O. Chapelle, E. Manavoglu, R. Rosales: Simple and scalable response prediction for display
advertising, ACM Transactions on Intelligent Systems and Technology 5(4), 2014.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import numpy as np
from pydantic import Field

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.base import Family, ModelConfig, ModelState, Output, Recommender
from algorithms.models.implicit_feedback import each_with_progress
from algorithms.models.logistic_fit import Cells, minimise
from algorithms.models.table_features import Features, encode
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task, TaskKind


class LogisticConfig(ModelConfig):
    """Parameters of logistic regression."""

    regularization: float = Field(
        20.0, gt=0, le=100_000, description="How strongly the weights are drawn to zero"
    )
    crosses: bool = Field(
        True, description="Whether every user feature meets every item feature in a weight"
    )
    max_values: int = Field(
        50, ge=2, le=500, description="A text with more different values than this is left out"
    )


class Logistic(Recommender):
    """Probabilities from features of users and items, one regression per task."""

    key = "logistic"
    title = "Logistic regression on features"
    family = Family.BASELINE
    summary = "Adds up what each feature of user and item, and each pair, does to the odds."
    equation = r"$\ln\frac{p_{ui}}{1 - p_{ui}} = a_u^\top W\,b_i$"
    reference = "chapelle2014"
    config_class = LogisticConfig
    serves = frozenset({TaskKind.BINARY})
    explains_by = "features"

    config: LogisticConfig

    def output(self, task: Task) -> Output:
        """Return what the number is: the share of yes among such events."""
        return Output.PROBABILITY

    def prepare(self) -> None:
        """Load SciPy's sparse tables and its solver."""
        for name in ("scipy.optimize", "scipy.sparse", "threadpoolctl"):
            import_module(name)

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        self._derive()
        self._W: dict[str, FloatArray] = {}  # (n_user_features, n_item_features), NaN if unknown
        for task, part in each_with_progress(tasks, progress):
            part(0.0, Stage.FIT)
            a, b = self._features[task.name]
            shape = (a.values.shape[1], b.values.shape[1])
            free = np.ones(shape, dtype=np.bool_)
            free[1:, 1:] = self.config.crosses
            events = task.part(train)
            yes = _is_yes(task, events)
            if not 0 < yes.sum() < len(yes):
                self._W[task.name] = np.full(shape, np.nan)
                continue
            cells = Cells.of(events.users, events.items, yes, a.values, b.values)
            self._W[task.name] = minimise(cells, free, self.config.regularization, part)
        progress(1.0, Stage.FIT)

    def _derive(self) -> None:
        """Derive features, and the share of yes, from the training events."""
        self._features: dict[str, tuple[Features, Features]] = {}
        self._rates: dict[str, float] = {}
        users, items = self.log.user_table, self.log.item_table
        for task in self.tasks:
            events = task.part(self.log)
            most = self.config.max_values
            of_items = {"category": items.categories, **items.features}
            self._features[task.name] = (
                encode(users.features, self.log.n_users, events.users, most),
                encode(of_items, self.log.n_items, events.items, most),
            )
            yes = _is_yes(task, events)
            self._rates[task.name] = float(yes.mean()) if len(yes) else np.nan

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return _sigmoid(self._log_odds(task, users, items))

    def _log_odds(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        a, b = self._features[task.name]
        found, row_of = np.unique(users, return_inverse=True)
        of_users = a.values[found] @ self._W[task.name]  # (m, n_item_features)
        odds: FloatArray = np.einsum("nf,nf->n", of_users[row_of], b.values[items])
        return odds

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        a, b = self._features[task.name]
        return _sigmoid(a.values[users] @ self._W[task.name] @ b.values[items].T)  # (m, k)

    def _state(self) -> ModelState:
        arrays: dict[str, AnyArray] = {
            f"task{position}.W": self._W[task.name] for position, task in enumerate(self.tasks)
        }
        return ModelState(arrays)

    def _restore(self, state: ModelState) -> None:
        self._derive()
        self._W = {task.name: state.arrays[f"task{n}.W"] for n, task in enumerate(self.tasks)}

    def notes(self) -> tuple[Message, ...]:
        """Say which tasks have nothing to tell apart, and which features are left out."""
        found = []
        for task in self.tasks:
            a, b = self._features[task.name]
            if np.isnan(self._W[task.name]).any():
                found.append(
                    Message(
                        "Every label of “{task}” in training is the same, so "
                        "there is nothing to tell apart.",
                        {"task": task.name},
                    )
                )
            elif len(a.columns) == len(b.columns) == 1:
                found.append(
                    Message(
                        "The tables hold no feature to go by for “{task}”, so it says the average.",
                        {"task": task.name},
                    )
                )
            if a.left_out or b.left_out:
                found.append(
                    Message(
                        "For “{task}” these texts have too many values and "
                        "are left out: {columns}.",
                        {"task": task.name, "columns": ", ".join((*a.left_out, *b.left_out))},
                    )
                )
        return tuple(found)

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._log_odds(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            sentence = Message(
                "Nothing can be said: every label of “{task}” in training is the same.",
                {"task": task.name},
            )
            return Explanation(task.name, user, item, score, sentence)
        a, b = self._features[task.name]
        terms = np.outer(a.values[user], b.values[item]) * self._W[task.name]
        parts = [Contribution(float(terms[0, 0]), EvidenceKind.AVERAGE, task=task.name)]
        parts += [
            Contribution(
                float(terms[row, column]),
                EvidenceKind.FEATURE,
                task=task.name,
                message=_words(a, b, row, column, user, item),
            )
            for row, column in np.argwhere(terms != 0.0).tolist()
            if row or column
        ]
        chance = float(_sigmoid(np.array([score]))[0])
        sentence = Message(
            "What is known of this user and this item puts the chance of “{task}” at "
            "{chance:.1%}; over all events it is {average:.1%}.",
            {"task": task.name, "chance": chance, "average": self._rates[task.name]},
        )
        remark = Message(
            "The amounts are log-odds: their sum {score:+.2f} stands for a chance of {chance:.1%}.",
            {"score": score, "chance": chance},
        )
        return Explanation(
            task.name, user, item, score, sentence, strongest_first(parts), remarks=(remark,)
        )


def _words(a: Features, b: Features, row: int, column: int, user: int, item: int) -> Message:
    """Name a feature of the user, one of the item, or the two that meet."""
    of_user = {"user_column": a.columns[row].replace("_", " ")}
    of_item = {"item_column": b.columns[column].replace("_", " ")}
    if row:
        of_user["user_value"] = a.text(row, user)
    if column:
        of_item["item_value"] = b.text(column, item)
    if not column:
        return Message("user: {user_column} {user_value}", of_user)
    if not row:
        return Message("item: {item_column} {item_value}", of_item)
    return Message(
        "{user_column} {user_value} × {item_column} {item_value}", {**of_user, **of_item}
    )


def _is_yes(task: Task, events: InteractionLog) -> FloatArray:
    """Return (n_events,) 1 for a yes."""
    values = events.label(task.label)
    return ((values >= task.relevant_from) & (values > 0)).astype(np.float64)


def _sigmoid(odds: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-odds)) without overflow."""
    small = np.exp(-np.abs(odds))  # at most 1
    return np.where(odds >= 0, 1.0, small) / (1.0 + small)

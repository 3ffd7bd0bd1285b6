r"""Feature factors: what is known of users and items gets vectors too, so newcomers are served.

A new film has no viewers yet, but it has a genre; a new customer has an age. Shared factors know
nothing of either and can only offer what is liked by all. Here a row (the vector and the offsets of
a user) is its own part plus a part for each of its features, and the same for items:

.. math::
    p_u = p^{\text{own}}_u + \sum_f x_{uf}\, v_f, \qquad
    q_i = q^{\text{own}}_i + \sum_g x_{ig}\, w_g, \qquad
    s_{tui} = b_{tu} + b_{ti} + p_u^\top q_i

where :math:`x` is 1 for the value that a user or item has (one-hot) and a standardised number
else; the offsets :math:`b` are made up in the same way. Multiplied out, the score is a sum of
products between pairs of ids and features: a factorisation machine (Rendle 2010) without the pairs
within one side; with vectors for ids and features it is the model of LightFM (Kula 2015). Zeros,
weights of tasks and the ridge are those of shared factors (read there first). The ridge falls on
own parts and on the vectors of features:

.. math::
    + \lambda \Bigl(\sum_u \|p^{\text{own}}_u\|^2 + \sum_i \|q^{\text{own}}_i\|^2
    + \kappa \sum_f \|v_f\|^2 + \kappa \sum_g \|w_g\|^2\Bigr)

so who has many events goes its own way, who has few stays near what the features say, and who has
none is exactly that. Squared errors let us do without gradient descent: least squares for users,
for items, and for the features of each side take turns (see ``feature_solver``), every step exact.
Agarwal and Chen (2009) give this reading, in which features are a regression that rows are drawn
to. Without any features the model is shared factors.

Numbers are only used in a straight line (a price twice as high moves the vector twice as far); of a
text column the hundred most frequent values get vectors, and a value that occurs on fewer than
three rows of training gets none. What is missing says nothing.

Validation events stop the sweeps early, and an earlier solution may be the start. The last step
solves the users exactly: a score is a sum over the user's own events and the user's features, plus
what the item is worth to all, by itself and by its features.

References
----------
S. Rendle: Factorization machines, ICDM 2010. M. Kula: Metadata embeddings for user and item
cold-start recommendations, CBRecSys 2015. D. Agarwal, B.-C. Chen: Regression-based latent factor
models, KDD 2009. A. P. Singh, G. J. Gordon: Relational learning via collective matrix
factorization, KDD 2008.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Contribution, EvidenceKind, Explanation
from algorithms.messages import Message
from algorithms.models.base import CurvePoint, Family, ModelState, Recommender
from algorithms.models.factor_blocks import Blocks
from algorithms.models.factor_conflict import Conflict
from algorithms.models.factor_problem import FactorProblem, TaskScale, pose
from algorithms.models.factor_solver import FactorRows
from algorithms.models.feature_columns import FeatureColumns, item_columns, user_columns
from algorithms.models.feature_solver import (
    FeatureRows,
    FeatureSweep,
    Regression,
    alternate_featured,
    start_rows,
)
from algorithms.models.one_event import one_event
from algorithms.models.row_explanation import row_shares, tell
from algorithms.models.score_validation import BestSweep, ScoreWatch
from algorithms.models.shared_factors import SharedFactorsConfig
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task

_NO_EVENTS = 1.0  # noise level where there is no event: any ridge gives zeros
_ENOUGH = 3e-4  # a sweep that lowers the objective by less ends a fit from an earlier solution
_ARRAYS = ("users", "items", "of_user_features", "of_item_features")


class FeatureFactorsConfig(SharedFactorsConfig):
    """Parameters of feature factors."""

    feature_regularization: float = Field(
        30.0,
        gt=0,
        le=1e6,
        description="Pull of the features' vectors to zero, in users or items that have one",
    )


@dataclass(frozen=True, eq=False)
class _Known:
    """What is derived from the log: the problem, and the features of both sides."""

    problem: FactorProblem
    users: FeatureColumns
    items: FeatureColumns


class FeatureFactors(Recommender):
    """Shared factors in which features have vectors too."""

    key = "feature_factors"
    title = "Feature factors"
    family = Family.SHARED_FACTORS
    summary = "Gives features of users and items vectors too, so that newcomers are served."
    equation = (
        r"$p_u = p_u^{own} + \sum_f x_{uf}\,v_f,\quad q_i = q_i^{own} + \sum_g x_{ig}\,w_g,\quad"
        r" s_{tui} = b_{tu} + b_{ti} + p_u^\top q_i$"
    )
    reference = "kula2015"
    config_class = FeatureFactorsConfig
    is_multitask = True
    single_task_twin = "separate_factors"
    explains_by = "interactions"

    config: FeatureFactorsConfig
    _known_of_log: _Known | None

    # --- learning ------------------------------------------------------------------------

    def prepare(self) -> None:
        """Load numba and its compiled loops, by learning from a single event."""
        log, task = one_event()
        small = FeatureFactors(FeatureFactorsConfig(n_factors=1, n_epochs=1))
        tasks = [task, task.model_copy(update={"name": "other"})]  # two can be in conflict
        small.fit(log, tasks, rng=np.random.default_rng(0), validation=log)

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        n_epochs, kappa = self.config.n_epochs, self.config.feature_regularization
        self._known_of_log = None
        known = self._derived()
        problem, of_users, of_items = known.problem, known.users.X, known.items.X
        self._scales = problem.scales
        drawn = start_rows(
            problem, self.config.n_factors, of_users.shape[1], of_items.shape[1], rng
        )
        rows, started = self._begin(problem, drawn)
        held_out = ScoreWatch(train, validation, tuple(tasks), self.output, rng)
        best = BestSweep[FeatureRows](self.config.patience)
        totals, before = problem.weights(), np.inf
        conflict = Conflict(problem, Blocks(self.config.n_factors, 0, len(tasks)))

        def watch(sweep: FeatureSweep) -> FeatureRows | None:
            nonlocal before
            gained, before = before - sweep.objective, sweep.objective
            self._rows = sweep.rows
            for task, loss in zip(tasks, sweep.losses / totals, strict=True):
                point = CurvePoint(sweep.number, task.name, "training loss", float(loss))
                self.curves.append(point)
            for name, other, cosine in conflict.cosines(
                FactorRows(sweep.rows.users, sweep.rows.items)
            ):
                self.curves.append(
                    CurvePoint(sweep.number, name, f"gradient cosine with {other}", cosine)
                )
            points, quality = held_out.measure(sweep.number, self._score_block, self._predict)
            self.curves += points
            progress(sweep.number / n_epochs, Stage.FIT)
            done = sweep.number == n_epochs or (started and gained < _ENOUGH * sweep.objective)
            if best.stops(quality, sweep.rows.copy) or done:
                return sweep.rows if best.kept is None else best.kept
            return None

        self._rows = alternate_featured(
            problem,
            self._ridge(problem),
            Regression(of_users, problem.known_users, kappa),
            Regression(of_items, problem.known_items, kappa),
            rows,
            n_epochs,
            watch,
        )
        progress(1.0, Stage.FIT)

    def _derived(self) -> _Known:
        """Return what is derived from the log, which is kept from then on."""
        if self._known_of_log is None:
            problem = pose(
                self.log,
                self.tasks,
                zero_weight=self.config.zero_weight,
                balance=self.config.balance,
            )
            self._known_of_log = _Known(
                problem,
                user_columns(self.log.user_table, problem.known_users),
                item_columns(self.log.item_table, problem.known_items),
            )
        return self._known_of_log

    def _ridge(self, problem: FactorProblem) -> FloatArray:
        """Return (d,) the ridge on the own part of a row: its factors, then its biases."""
        of_factors = self.config.regularization * max(problem.noise(), _NO_EVENTS)
        weights = np.array([scale.weight for scale in problem.scales])
        ridge: FloatArray = np.r_[
            np.full(self.config.n_factors, of_factors), self.config.bias_regularization * weights
        ]
        return ridge

    def _begin(self, problem: FactorProblem, drawn: FeatureRows) -> tuple[FeatureRows, bool]:
        """Return where to begin, and whether that is an earlier solution."""
        self._anew = False
        if self._start is None:
            return drawn, False
        names = [task.name for task in self.tasks]
        self._anew = self._start.values.get("tasks") != names or any(
            self._start.arrays[name].shape != getattr(drawn, name).shape for name in _ARRAYS
        )
        if self._anew:
            return drawn, False
        rows = FeatureRows(*(self._start.arrays[name].copy() for name in _ARRAYS))
        never = problem.known_items & ~rows.items.any(axis=1)  # these start at random
        rows.items[never] = drawn.items[never]
        return rows, True

    def notes(self) -> tuple[Message, ...]:
        """Say where there is nothing to learn features from, or a start could not be used."""
        said = []
        if not len(self._rows.of_user_features) and not len(self._rows.of_item_features):
            said.append(Message("The data has no features to learn from: this is shared factors."))
        if self._anew:
            said.append(
                Message(
                    "Started anew for {tasks}: the earlier solution has other tasks, another "
                    "number of factors, or other users and items.",
                    {"tasks": ", ".join(f"“{task.name}”" for task in self.tasks)},
                )
            )
        return tuple(said)

    # --- answering -----------------------------------------------------------------------

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        t, k = self._position(task), self._n_factors
        scale = self._scales[t]
        P, Q = self._rows.users[users], self._rows.items[items]  # (n, d)
        scores = (P[:, :k] * Q[:, :k]).sum(axis=1) + P[:, k + t] + Q[:, k + t]  # (n,)
        numbers: FloatArray = np.clip(scale.mean + scale.spread * scores, scale.low, scale.high)
        return numbers

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        t, k = self._position(task), self._n_factors
        scale = self._scales[t]
        P, Q = self._rows.users[users], self._rows.items[items]  # (m, d), (j, d)
        scores = P[:, :k] @ Q[:, :k].T  # (m, j)
        scores += P[:, k + t, None] + Q[None, :, k + t]
        numbers: FloatArray = scale.mean + scale.spread * scores
        return numbers

    @property
    def _n_factors(self) -> int:
        return int(self._rows.users.shape[1]) - len(self._tasks)

    # --- explaining ----------------------------------------------------------------------

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            sentence = Message(
                "Nothing can be said: “{task}” was never observed in training.",
                {"task": task.name},
            )
            return Explanation(task.name, user, item, score, sentence)
        known, t, rows = self._derived(), self._position(task), self._rows
        problem, column = known.problem, self._n_factors + t
        ones = np.ones((len(self.tasks), self._n_factors))
        shares = row_shares(problem, rows.items, ones, self._ridge(problem), t, user, item)
        of_user = known.users.X[user] * (rows.of_user_features @ shares.of_prior)
        of_item = known.items.X[item] * rows.of_item_features[:, column]
        spread = self._scales[t].spread
        of_whom = _features("This user", known.users, user, spread * of_user)
        features = of_whom + _features("This item", known.items, item, spread * of_item)
        bias = float(rows.items[item, column] - of_item.sum())
        titles = self.log.item_table.titles
        told = tell(problem, shares, t, user, item, bias, titles, tuple(features))
        past = max(0.0, spread * float(shares.amounts.sum()))
        if sum(part.amount for part in of_whom) > max(
            past, spread * float(rows.items[item, column])
        ):
            best = max(of_whom, key=lambda part: part.amount)
            sentence = Message(
                "Mostly because of what is known of this user: above all {feature} {value}.",
                {} if best.message is None else best.message.values,
            )
            told = replace(told, sentence=sentence)
        elif of_whom and not len(shares.amounts):
            sentence = Message(
                "This user did nothing yet that could be learned from: the score is mostly what "
                "“{title}” is worth to everybody.",
                {"title": str(titles[item])},
            )
            told = replace(told, sentence=sentence)
        if problem.known_items[item]:
            return told
        remark = Message(
            "“{title}” was never met in training: its vector is what its features say.",
            {"title": str(titles[item])},
        )
        return replace(told, remarks=(*told.remarks, remark))

    # --- keeping -------------------------------------------------------------------------

    def _state(self) -> ModelState:
        arrays = {name: getattr(self._rows, name) for name in _ARRAYS}
        arrays["scales"] = np.array([astuple(scale) for scale in self._scales])
        values = {"tasks": [task.name for task in self.tasks], "anew": self._anew}
        return ModelState(arrays, values)

    def _restore(self, state: ModelState) -> None:
        self._rows = FeatureRows(*(state.arrays[name] for name in _ARRAYS))
        self._scales = tuple(TaskScale(*map(float, row)) for row in state.arrays["scales"])
        self._anew = bool(state.values["anew"])
        self._known_of_log = None


def _features(
    whose: str, columns: FeatureColumns, row: int, amounts: FloatArray
) -> list[Contribution]:
    """Return what each feature that a row has adds to the prediction."""
    return [
        Contribution(
            float(amounts[feature]),
            EvidenceKind.FEATURE,
            message=Message(
                whose + ": {feature} {value}",
                {"feature": columns.names[feature], "value": columns.shown(row, feature)},
            ),
        )
        for feature in np.flatnonzero(columns.X[row]).tolist()
    ]

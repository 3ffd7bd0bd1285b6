r"""SVD from the library Surprise: taste as a short vector, for users and for items.

Each user u has a vector :math:`p_u` of tastes, each item i a vector :math:`q_i` of traits, and
their inner product says how far the rating lies above what the biases already explain. The vectors
are found by stochastic gradient descent over the observed ratings, one rating after the other:

.. math::
    \hat r_{ui} = \mu + b_u + b_i + q_i^\top p_u, \qquad
    \min \sum_{(u,i)} (r_{ui} - \hat r_{ui})^2
        + \lambda\,(b_u^2 + b_i^2 + \|p_u\|^2 + \|q_i\|^2)

The figures are exactly those of ``surprise.SVD`` on the same ratings. Each task has its own
model. Where a user rated an item more than once, the last rating counts. Of a user or an item
without ratings only the parts that exist are used, in the end the mean alone: Surprise's own
rule. Predictions stay within the ratings seen in training; the ranking uses the sum before it is
limited, so that items beyond the end of the scale keep their order.

References
----------
Y. Koren, R. Bell, C. Volinsky: Matrix factorization techniques for recommender systems, IEEE
Computer 42(8), 2009; N. Hug: Surprise, Journal of Open Source Software 5(52), 2020.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import count

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.errors import FitError
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.base import Family, ModelConfig, ModelState, Recommender
from algorithms.models.bias import limited
from algorithms.progress import Progress, Stage, part_of
from algorithms.tasks import Task, TaskKind


class SvdConfig(ModelConfig):
    """Parameters of SVD; the defaults are the library's."""

    n_factors: int = Field(100, ge=1, le=512, description="Length of the user and item vectors")
    n_epochs: int = Field(20, ge=1, le=500, description="Passes over all ratings")
    learning_rate: float = Field(
        0.005, gt=0, le=1, description="Size of the step that each rating causes"
    )
    regularization: float = Field(
        0.02, ge=0, le=10, description="How strongly vectors and biases are drawn to zero"
    )


@dataclass(frozen=True, eq=False)
class _Factors:
    """What is learned for one task, in the symbols of the equation; zeros where unknown."""

    mean: float  # mu; NaN where the task has no ratings
    b_u: FloatArray  # (n_users,)
    b_i: FloatArray  # (n_items,) NaN for items of other kinds
    P: FloatArray  # (n_users, n_factors)
    Q: FloatArray  # (n_items, n_factors)
    limits: FloatArray  # (2,) lowest and highest rating in training


LEARNED = ("b_u", "b_i", "P", "Q", "limits")  # the arrays of _Factors, in its order


class Svd(Recommender):
    """Biases and factors by stochastic gradient descent, one model per rating task."""

    key = "svd"
    title = "SVD (Surprise)"
    family = Family.LIBRARY
    summary = "Learns a vector of tastes per user and of traits per item from the ratings."
    equation = r"$\hat r_{ui} = \mu + b_u + b_i + q_i^\top p_u$"
    reference = "koren2009"
    config_class = SvdConfig
    serves = frozenset({TaskKind.RATING})
    explains_by = "factors"

    config: SvdConfig

    def prepare(self) -> None:
        """Load the library."""
        import_module("surprise")

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        self._factors = {}
        for position, task in enumerate(tasks):
            part = part_of(progress, position / len(tasks), (position + 1) / len(tasks))
            seed = int(rng.integers(2**31))
            self._factors[task.name] = self._descend(task, task.part(train), seed, part)
        progress(1.0, Stage.FIT)

    def _descend(
        self, task: Task, events: InteractionLog, seed: int, progress: Progress
    ) -> _Factors:
        n_factors = self.config.n_factors
        b_u = np.zeros(events.n_users)
        b_i = np.full(events.n_items, np.nan)
        P = np.zeros((events.n_users, n_factors))
        Q = np.zeros((events.n_items, n_factors))
        if not len(events):
            return _Factors(np.nan, b_u, b_i, P, Q, np.full(2, np.nan))

        from surprise import SVD

        ratings = last_ratings(events, task.label, self.config.n_epochs, progress)
        svd = SVD(
            n_factors=n_factors,
            n_epochs=self.config.n_epochs,
            lr_all=self.config.learning_rate,
            reg_all=self.config.regularization,
            random_state=seed,
        )
        svd.fit(ratings)
        b_i[events.item_table.of_kind(task.item_kind)] = 0.0
        b_u[ratings.user_of], P[ratings.user_of] = svd.bu, svd.pu
        b_i[ratings.item_of], Q[ratings.item_of] = svd.bi, svd.qi
        limits = np.array([ratings.values.min(), ratings.values.max()])
        if not all(np.isfinite(learned).all() for learned in (svd.bu, svd.bi, svd.pu, svd.qi)):
            raise FitError(
                model=self.title,
                reason="the steps were too large and the numbers ran away",
                remedy="Lower the learning rate or the regularization.",
            )
        return _Factors(ratings.global_mean, b_u, b_i, P, Q, limits)

    def _sum(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        of = self._factors[task.name]
        match: FloatArray = np.einsum("nk,nk->n", of.P[users], of.Q[items])  # (n,)
        return of.mean + of.b_u[users] + of.b_i[items] + match

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        low, high = self._factors[task.name].limits
        return np.clip(self._sum(task, users, items), low, high)

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        of = self._factors[task.name]
        scores: FloatArray = of.b_u[users][:, None] + of.b_i[items][None, :]  # (m, k)
        scores += of.mean
        scores += of.P[users] @ of.Q[items].T
        return scores

    def _state(self) -> ModelState:
        arrays = {}
        for position, task in enumerate(self.tasks):
            of = self._factors[task.name]
            arrays[f"task{position}.mean"] = np.array([of.mean])
            arrays |= {f"task{position}.{name}": getattr(of, name) for name in LEARNED}
        return ModelState(arrays)

    def _restore(self, state: ModelState) -> None:
        self._factors = {
            task.name: _Factors(
                float(state.arrays[f"task{position}.mean"][0]),
                *(state.arrays[f"task{position}.{name}"] for name in LEARNED),
            )
            for position, task in enumerate(self.tasks)
        }

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        of = self._factors[task.name]
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            sentence = Message("Nothing is known of this item for “{task}”.", {"task": task.name})
            return Explanation(task.name, user, item, score, sentence)
        b_u, b_i = float(of.b_u[user]), float(of.b_i[item])
        match = float(of.P[user] @ of.Q[item])
        parts = [
            Contribution(of.mean, EvidenceKind.AVERAGE, task=task.name),
            Contribution(b_u, EvidenceKind.USER_BIAS, task=task.name),
            Contribution(b_i, EvidenceKind.ITEM_BIAS, task=task.name),
            Contribution(match, EvidenceKind.FACTORS, task=task.name),
        ]
        parts += limited(task.name, of.mean + b_u + b_i + match, score)
        sentence = Message(
            "The match of this user's tastes with this item adds {match:+.2f} to the "
            "{expected:.2f} that averages alone would say for “{task}”.",
            {"task": task.name, "match": match, "expected": of.mean + b_u + b_i},
        )
        return Explanation(task.name, user, item, score, sentence, strongest_first(parts))


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings, sorted by user, as all that ``surprise.SVD`` asks of its trainset.

    Surprise's own trainset is a dictionary of lists; walking over sorted rows is the same order
    of ratings, and lets every pass report how far it is.

    Parameters
    ----------
    users, items : (n,) Surprise's inner ids, numbered in order of appearance
    values : (n,) ratings
    user_of, item_of : index in the log of each inner id
    n_passes : how often ``all_ratings`` will be called
    progress : told at the start of each pass
    """

    users: IntArray
    items: IntArray
    values: FloatArray
    user_of: IntArray
    item_of: IntArray
    n_passes: int
    progress: Progress
    _passes: Iterator[int] = field(default_factory=count)

    @property
    def n_users(self) -> int:
        """Number of users with a rating."""
        return len(self.user_of)

    @property
    def n_items(self) -> int:
        """Number of items with a rating."""
        return len(self.item_of)

    @property
    def global_mean(self) -> float:
        """Mean of all ratings."""
        return float(self.values.mean())

    def all_ratings(self) -> Iterator[tuple[int, int, float]]:
        """Walk over (user, item, rating) once; SVD does so in every epoch."""
        self.progress(next(self._passes) / self.n_passes, Stage.FIT)
        return zip(self.users.tolist(), self.items.tolist(), self.values.tolist(), strict=True)


def last_ratings(events: InteractionLog, label: str, n_passes: int, progress: Progress) -> Ratings:
    """Return the last rating of each user and item, sorted by user, then as in the log."""
    time = np.arange(len(events)) if events.timestamps is None else events.timestamps
    pairs = events.users * np.int64(events.n_items) + events.items  # (n_events,)
    by_pair = np.lexsort((time, pairs))
    last = np.append(np.diff(pairs[by_pair]) > 0, True)
    rows = np.sort(by_pair[last])
    rows = rows[np.argsort(events.users[rows], kind="stable")]  # (n,)
    user_of, users = np.unique(events.users[rows], return_inverse=True)
    found, first, inverse = np.unique(events.items[rows], return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))  # inner ids count items as they appear
    return Ratings(
        users=users,
        items=rank[inverse],
        values=events.label(label)[rows].astype(np.float64),
        user_of=user_of,
        item_of=found[np.argsort(first)],
        n_passes=n_passes,
        progress=progress,
    )

r"""Nearest neighbours as in the library Surprise: ask those who are alike.

What will this user give this item? Ask the k users most like them who rated the item, and take the
average of what they gave, each weighted by how alike they are. Or turn it round: ask what the user
gave to the k items most like this one. Four models differ in what they average:

.. math::
    \text{basic:} \quad & \hat r_{ui} = \frac{\sum_v s_{uv}\, r_{vi}}{\sum_v s_{uv}} \\
    \text{means:} \quad & \hat r_{ui} =
        \mu_u + \frac{\sum_v s_{uv}\,(r_{vi} - \mu_v)}{\sum_v s_{uv}} \\
    \text{z-score:} \quad & \hat r_{ui} =
        \mu_u + \sigma_u \frac{\sum_v s_{uv}\,(r_{vi} - \mu_v) / \sigma_v}{\sum_v s_{uv}} \\
    \text{baseline:} \quad & \hat r_{ui} =
        b_{ui} + \frac{\sum_v s_{uv}\,(r_{vi} - b_{vi})}{\sum_v s_{uv}}

over the k neighbours v with the largest similarity :math:`s_{uv} > 0` among those who rated i
(``surprise_similarities`` says how they are measured). Means say that a 4 from somebody who always
gives 5 is no praise; z-scores also how much their ratings scatter; baselines set the item's own
average apart as well.

The figures are exactly those of ``surprise.KNNBasic``, ``KNNWithMeans``, ``KNNWithZScore`` and
``KNNBaseline`` on the same ratings sorted by user, ties among neighbours included; a test holds
them together. Only the baselines are computed by the library: the similarities and the averages
are worked out here with NumPy, when somebody asks, so that nothing but the log has to be kept
(the library holds a table of all pairs). Hence the fit is short and the answers take the time.

Where fewer than ``min_neighbours`` are found, the library's rules hold: *basic* says the mean of
all ratings, *means* and *z-score* the user's (or item's) own, *baseline* the baseline. Of a user or
an item without ratings the first three say the mean of all, *baseline* what is left of the
baseline. A user who rated the item is their own neighbour, with similarity 1.

References
----------
P. Resnick et al.: GroupLens, CSCW 1994; B. Sarwar et al.: Item-based collaborative filtering, WWW
2001; J. Herlocker et al., Information Retrieval 5, 2002; Y. Koren, TKDD 4(1), 2010, section 2.2.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Contribution, EvidenceKind
from algorithms.messages import Message, MessageValue
from algorithms.models.surprise_base import Learned, SurpriseModel
from algorithms.models.surprise_neighbours import Asked, KnnConfig, Neighbourhood
from algorithms.models.surprise_ratings import Ratings, inner_ids, spread
from algorithms.models.surprise_similarities import Baselines, Side, known_by_x
from algorithms.progress import Stage
from algorithms.tasks import Task


@dataclass(frozen=True, eq=False)
class Remembered(Learned):
    """What is learned for one task beside the ratings themselves, which the log keeps."""

    b_u: FloatArray  # (n_users,) or (0,) where no baselines are needed
    b_i: FloatArray  # (n_items,) or (0,)


class KnnModel(SurpriseModel[Remembered]):
    """What the four models share: whom they ask, and how the answers are weighed."""

    config_class = KnnConfig
    learned_class = Remembered
    explains_by = "neighbours"
    needs_baselines: ClassVar[bool] = False

    config: KnnConfig

    @abstractmethod
    def _base(self, of: Neighbourhood, x: int, ys: IntArray) -> FloatArray:
        """Return (m,) what is said of one x and some y (m,) before anybody is asked."""

    @abstractmethod
    def _answers(self, of: Neighbourhood, x: int, rows: IntArray) -> FloatArray:
        """Return (n,) what each neighbour adds to the base; ``rows`` are rows of the side."""

    def _unbelieved(self, task: Task, base: FloatArray) -> FloatArray:
        """Return (m,) what is said where there are too few neighbours."""
        return base

    def _unknown(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        """Return (n,) what is said where the user or the item has no ratings."""
        return np.full(len(users), self._learned[task.name].mean[0])

    def _parts(self, task: Task, user: int, item: int, base: float) -> list[Contribution]:
        """Return what the base, or what is said instead of it, is made of."""
        return [Contribution(base, EvidenceKind.AVERAGE, task=task.name)]

    # --- what is learned -----------------------------------------------------------------

    def _take(self, train: InteractionLog, tasks: Sequence[Task]) -> None:
        super()._take(train, tasks)
        self._neighbourhoods: dict[str, Neighbourhood] = {}  # made when they are asked

    def _learn(self, ratings: Ratings, common: Learned, seed: int) -> Remembered:
        ratings.progress(0.0, Stage.FIT)
        b_u = b_i = np.empty(0)
        if self.needs_baselines or self.config.similarity == "pearson_baseline":
            from surprise import BaselineOnly

            baseline = BaselineOnly(verbose=False)  # with the library's defaults: ten turns
            baseline.fit(ratings.in_passes(10, by_items=True))
            b_u = spread(baseline.bu, ratings.user_of, self.log.n_users)
            b_i = spread(baseline.bi, ratings.item_of, self.log.n_items)
        return Remembered(common.mean, common.limits, b_u, b_i)

    def _of(self, task: Task) -> Neighbourhood:
        if task.name not in self._neighbourhoods:
            ratings, learned = self._rated(task), self._learned[task.name]
            b_u, b_i = np.zeros(ratings.n_users), np.zeros(ratings.n_items)
            if len(learned.b_u):
                b_u, b_i = learned.b_u[ratings.user_of], learned.b_i[ratings.item_of]
            b_x, b_y = (b_u, b_i) if self.config.user_based else (b_i, b_u)
            baselines = Baselines(float(learned.mean[0]), b_x, b_y)
            self._neighbourhoods[task.name] = Neighbourhood(
                ratings, Side.of(ratings, self.config.user_based), self.config, baselines
            )
        return self._neighbourhoods[task.name]

    # --- what is said --------------------------------------------------------------------

    def _estimate(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        of = self._of(task)
        numbers = self._unknown(task, users, items)
        x, y = self._inner(of, users, items)
        groups = known_by_x(x, y)
        alike = of.alike_for(len(groups), y[(x >= 0) & (y >= 0)])
        for target, pairs in groups:
            numbers[pairs] = self._say(task, of, target, y[pairs], alike(target))
        return numbers

    def _say(
        self, task: Task, of: Neighbourhood, x: int, ys: IntArray, alike: FloatArray
    ) -> FloatArray:
        asked = of.nearest(alike, ys)
        weight = np.bincount(asked.place, asked.weights, len(ys))  # (m,)
        said = asked.weights * self._answers(of, x, asked.rows)  # (n,)
        total = np.bincount(asked.place, said, len(ys))
        believed = np.bincount(asked.place, minlength=len(ys)) >= self.config.min_neighbours
        answer = np.divide(total, weight, out=np.zeros(len(ys)), where=believed)
        base = self._base(of, x, ys)
        return np.where(believed, base + answer, self._unbelieved(task, base))

    def _inner(
        self, of: Neighbourhood, users: IntArray, items: IntArray
    ) -> tuple[IntArray, IntArray]:
        """Return the inner ids (n,) of x and y, -1 for those without ratings."""
        u = inner_ids(of.ratings.user_of, self.log.n_users)[users]
        i = inner_ids(of.ratings.item_of, self.log.n_items)[items]
        return (u, i) if self.config.user_based else (i, u)

    # --- why -----------------------------------------------------------------------------

    def _reasons(self, task: Task, user: int, item: int) -> tuple[Message, list[Contribution]]:
        of = self._of(task)
        total = float(self._estimate(task, np.array([user]), np.array([item]))[0])
        (x,), (y,) = self._inner(of, np.array([user]), np.array([item]))
        asked = Asked(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
        if x >= 0 and y >= 0:
            asked = of.nearest(of.alike(int(x)), np.array([y]))
        if len(asked.rows) < self.config.min_neighbours:
            sentence = Message(
                "Too few are alike to be asked about this item: averages alone say {total:.2f} "
                "for “{task}”.",
                {"task": task.name, "total": total},
            )
            return sentence, self._parts(task, user, item, total)
        answers = self._answers(of, int(x), asked.rows)  # (n,)
        base = float(self._base(of, int(x), np.array([y]))[0])
        parts = self._parts(task, user, item, base) if base else []
        parts += [
            self._neighbour(task, of, int(row), float(amount), float(weight), user)
            for row, amount, weight in zip(
                asked.rows,
                asked.weights * answers / asked.weights.sum(),
                asked.weights,
                strict=True,
            )
        ]
        values: dict[str, MessageValue] = {"n": len(asked.rows), "task": task.name, "total": total}
        if self.config.user_based:
            return Message(
                "The {n} most similar users who rated this item lead to {total:.2f} for "
                "“{task}”, each weighed by how similar they are.",
                values,
            ), parts
        return Message(
            "The {n} most similar items that this user rated lead to {total:.2f} for “{task}”, "
            "each weighed by how similar it is.",
            values,
        ), parts

    def _neighbour(
        self,
        task: Task,
        of: Neighbourhood,
        row: int,
        amount: float,
        weight: float,
        user: int,
    ) -> Contribution:
        x, y, value = int(of.side.x[row]), int(of.side.y[row]), float(of.side.values[row])
        u, i = (x, y) if self.config.user_based else (y, x)
        other, item = int(of.ratings.user_of[u]), int(of.ratings.item_of[i])
        if other == user:  # an item that is alike, or the user's own rating of this one
            how = Message("similarity {weight:.2f}", {"weight": weight})
            return Contribution(amount, EvidenceKind.INTERACTION, task.name, item, value, how)
        how = Message(
            "{user} (similarity {weight:.2f}) gave {value:g}",
            {"user": str(self.log.user_table.ids.ids[other]), "weight": weight, "value": value},
        )
        return Contribution(amount, EvidenceKind.NEIGHBOUR, task.name, None, value, how)


class KnnBasic(KnnModel):
    """The average of what the neighbours gave."""

    key = "knn_basic"
    title = "KNN basic (Surprise)"
    summary = "Averages what the most similar users (or items) say, weighed by similarity."
    equation = r"$\hat r_{ui} = \sum_v s_{uv} r_{vi} \, / \, \sum_v s_{uv}$"
    reference = "sarwar2001"

    def _base(self, of: Neighbourhood, x: int, ys: IntArray) -> FloatArray:
        return np.zeros(len(ys))

    def _answers(self, of: Neighbourhood, x: int, rows: IntArray) -> FloatArray:
        return of.side.values[rows]

    def _unbelieved(self, task: Task, base: FloatArray) -> FloatArray:
        return np.full(len(base), self._learned[task.name].mean[0])


class KnnMeans(KnnModel):
    """How far the neighbours lie above their own means."""

    key = "knn_means"
    title = "KNN with means (Surprise)"
    summary = "Asks the most similar how far above their own average they lie."
    equation = r"$\hat r_{ui} = \mu_u + \sum_v s_{uv} (r_{vi} - \mu_v) \, / \, \sum_v s_{uv}$"
    reference = "resnick1994"

    def _base(self, of: Neighbourhood, x: int, ys: IntArray) -> FloatArray:
        return np.full(len(ys), of.means[x])

    def _answers(self, of: Neighbourhood, x: int, rows: IntArray) -> FloatArray:
        above: FloatArray = of.side.values[rows] - of.means[of.side.x[rows]]
        return above


class KnnZScore(KnnMeans):
    """How far the neighbours lie above their own means, in units of their own scatter."""

    key = "knn_z_score"
    title = "KNN with z-score (Surprise)"
    summary = "Like KNN with means, and evens out who scatters their ratings widely."
    equation = (
        r"$\hat r_{ui} = \mu_u + \sigma_u \sum_v s_{uv} \frac{r_{vi} - \mu_v}{\sigma_v}"
        r" \, / \, \sum_v s_{uv}$"
    )
    reference = "herlocker2002"

    def _answers(self, of: Neighbourhood, x: int, rows: IntArray) -> FloatArray:
        above = super()._answers(of, x, rows)
        alike: FloatArray = above / of.deviations[of.side.x[rows]] * of.deviations[x]
        return alike


class KnnBaseline(KnnModel):
    """How far the neighbours lie above their baselines."""

    key = "knn_baseline"
    title = "KNN with baselines (Surprise)"
    summary = "Corrects the biases by what the most similar say beyond their own."
    equation = r"$\hat r_{ui} = b_{ui} + \sum_v s_{uv} (r_{vi} - b_{vi}) \, / \, \sum_v s_{uv}$"
    reference = "koren2010"
    needs_baselines = True

    def _baselines(self, of: Neighbourhood, x: IntArray, y: IntArray) -> FloatArray:
        known = of.baselines
        sums: FloatArray = known.mean + known.b_x[x] + known.b_y[y]
        return sums

    def _base(self, of: Neighbourhood, x: int, ys: IntArray) -> FloatArray:
        return self._baselines(of, np.array([x]), ys)

    def _answers(self, of: Neighbourhood, x: int, rows: IntArray) -> FloatArray:
        return of.side.values[rows] - self._baselines(of, of.side.x[rows], of.side.y[rows])

    def _unknown(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        learned = self._learned[task.name]
        return learned.mean + learned.b_u[users] + learned.b_i[items]

    def _parts(self, task: Task, user: int, item: int, base: float) -> list[Contribution]:
        learned = self._learned[task.name]
        return [
            Contribution(float(learned.mean[0]), EvidenceKind.AVERAGE, task=task.name),
            Contribution(float(learned.b_u[user]), EvidenceKind.USER_BIAS, task=task.name),
            Contribution(float(learned.b_i[item]), EvidenceKind.ITEM_BIAS, task=task.name),
        ]

r"""Slope one as in the library Surprise: how much more others like this than that.

If those who rated both films gave the second one star more than the first, then somebody who gave
the first a 3 will give the second about a 4. Slope one takes this difference from each item j that
the user rated, and averages; there is nothing else to it, and nothing to tune:

.. math::
    \hat r_{ui} = \mu_u + \frac{1}{|R_i(u)|} \sum_{j \in R_i(u)} \mathrm{dev}(i, j), \qquad
    \mathrm{dev}(i, j) = \frac{1}{|U_{ij}|} \sum_{v \in U_{ij}} (r_{vi} - r_{vj})

:math:`R_i(u)` are the items that the user rated and somebody rated together with i,
:math:`U_{ij}` those who rated both, and :math:`\mu_u` is the mean of the user.

The figures are exactly those of ``surprise.SlopeOne``; a test holds them together. The library
makes all pairs of items at once in two tables (1.5 GB for ten thousand items); here the
differences of an item are worked out with NumPy from the ratings that the log keeps, when somebody
asks. The library's differences count in whole numbers: half a star is cut off first (but not from
:math:`\mu_u`). Where ratings have halves, a note beside the results says so. Of a user or an item
without ratings it says the mean.

References
----------
D. Lemire, A. Maclachlan: Slope one predictors for online rating-based collaborative filtering,
SDM 2005.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Contribution, EvidenceKind
from algorithms.messages import Message
from algorithms.models.surprise_base import Learned, SurpriseModel
from algorithms.models.surprise_ratings import Ratings, inner_ids, spread
from algorithms.models.surprise_similarities import Side, known_by_x
from algorithms.progress import Stage
from algorithms.tasks import Task


@dataclass(frozen=True, eq=False)
class UserMeans(Learned):
    """What is learned for one task beside the ratings themselves, which the log keeps."""

    mu_u: FloatArray  # (n_users,) the mean of all for users without ratings


class SlopeOne(SurpriseModel[UserMeans]):
    """The average difference between this item and those that the user rated."""

    key = "slope_one"
    title = "Slope one (Surprise)"
    summary = "Adds to the user's mean how much more others like this item than the user's others."
    equation = r"$\hat r_{ui} = \mu_u + \frac{1}{|R_i(u)|} \sum_{j \in R_i(u)} \mathrm{dev}(i, j)$"
    reference = "lemire2005"
    learned_class = UserMeans
    explains_by = "neighbours"

    def _take(self, train: InteractionLog, tasks: Sequence[Task]) -> None:
        super()._take(train, tasks)
        self._sides: dict[str, Side] = {}  # made when they are asked

    def prepare(self) -> None:
        """Load nothing: NumPy is all it needs."""

    def notes(self) -> tuple[Message, ...]:
        """Say where half stars were cut off."""
        return self._whole_numbers_only()

    def _learn(self, ratings: Ratings, common: Learned, seed: int) -> UserMeans:
        ratings.progress(0.0, Stage.FIT)
        of_each_user = np.split(ratings.values, np.cumsum(np.bincount(ratings.users))[:-1])
        means = np.array([values.mean() for values in of_each_user])
        mu_u = spread(means, ratings.user_of, self.log.n_users, float(common.mean[0]))
        return UserMeans(common.mean, common.limits, mu_u)

    def _side(self, task: Task) -> Side:
        if task.name not in self._sides:
            self._sides[task.name] = Side.of(self._rated(task), user_based=False)
        return self._sides[task.name]

    def _deviations(self, task: Task, item: int) -> tuple[FloatArray, IntArray]:
        """Return dev(i, j) and |U_ij| of item i and each j, all by inner id."""
        common = self._side(task).common(item)
        total = common.total(np.trunc(common.mine) - np.trunc(common.theirs))
        return total / np.maximum(common.n, 1), common.n

    def _estimate(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        numbers = np.full(len(users), self._learned[task.name].mean[0])
        u, i = self._inner(task, users, items)
        mu_u, side = self._learned[task.name].mu_u, self._side(task)
        for item, pairs in known_by_x(i, u):
            dev, n_both = self._deviations(task, item)
            rows, place = side.rows_of_y(u[pairs])  # what each user rated
            shared = n_both[side.x[rows]] > 0
            rows, place = rows[shared], place[shared]
            total = np.bincount(place, dev[side.x[rows]], len(pairs))  # (n_pairs,)
            counts = np.bincount(place, minlength=len(pairs))
            numbers[pairs] = mu_u[users[pairs]] + total / np.maximum(counts, 1)
        return numbers

    def _inner(self, task: Task, users: IntArray, items: IntArray) -> tuple[IntArray, IntArray]:
        """Return the inner ids (n,) of users and items, -1 for those without ratings."""
        ratings = self._rated(task)
        u = inner_ids(ratings.user_of, self.log.n_users)[users]
        i = inner_ids(ratings.item_of, self.log.n_items)[items]
        return u, i

    def _reasons(self, task: Task, user: int, item: int) -> tuple[Message, list[Contribution]]:
        of = self._learned[task.name]
        (u,), (i,) = self._inner(task, np.array([user]), np.array([item]))
        if u < 0 or i < 0:
            sentence = Message(
                "This user or this item has no “{task}” to learn from: the mean is all there is.",
                {"task": task.name},
            )
            mean = float(of.mean[0])
            return sentence, [Contribution(mean, EvidenceKind.AVERAGE, task=task.name)]
        side, ratings = self._side(task), self._rated(task)
        dev, n_both = self._deviations(task, int(i))
        rows, _ = side.rows_of_y(np.array([u]))
        rows = rows[n_both[side.x[rows]] > 0]
        mu_u = float(of.mu_u[user])
        parts = [Contribution(mu_u, EvidenceKind.AVERAGE, task=task.name)]
        for row in rows.tolist():
            j = int(side.x[row])
            difference = float(dev[j])
            how = Message(
                "{n} users who rated both give this one {difference:+.2f}",
                {"n": int(n_both[j]), "difference": difference},
            )
            amount, value = difference / len(rows), float(side.values[row])
            other = int(ratings.item_of[j])
            parts.append(
                Contribution(amount, EvidenceKind.INTERACTION, task.name, other, value, how)
            )
        sentence = Message(
            "This user averages {mean:.2f} for “{task}”; against the {n} items that they and "
            "others rated, others like this one {difference:+.2f} on average.",
            {
                "mean": mu_u,
                "task": task.name,
                "n": len(rows),
                "difference": sum(part.amount for part in parts[1:]),
            },
        )
        return sentence, parts

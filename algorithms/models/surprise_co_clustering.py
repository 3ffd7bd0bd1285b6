r"""Co-clustering from the library Surprise: groups of users meet groups of items.

Every user belongs to one of a few groups, and so does every item. Where a group of users meets a
group of items there is an average rating; from there the number is corrected by how far this user
lies above their group, and this item above its own:

.. math::
    \hat r_{ui} = \overline{C_{ui}} + (\mu_u - \overline{C_u}) + (\mu_i - \overline{C_i})

The groups begin at random. In each pass every user moves to the group that explains their ratings
best, then every item does, much as in k-means. A few groups are quick and coarse; the random
beginning decides much.

The figures are exactly those of ``surprise.CoClustering``. The library counts ratings in whole
numbers there: half a star is cut off before the averages of the groups are taken (but not before
those of users and items). Where ratings have halves, a note beside the results says so. Of a user
or an item without ratings it says the mean. It can be stopped between two passes.

References
----------
T. George, S. Merugu: A scalable collaborative filtering framework based on co-clustering, ICDM
2005.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.explanations import Contribution, EvidenceKind
from algorithms.messages import Message
from algorithms.models.base import ModelConfig
from algorithms.models.surprise_base import Learned, SurpriseModel
from algorithms.models.surprise_ratings import Ratings, spread
from algorithms.tasks import Task


class CoClusteringConfig(ModelConfig):
    """Parameters of co-clustering; the defaults are the library's."""

    n_user_clusters: int = Field(3, ge=1, le=100, description="Groups of users")
    n_item_clusters: int = Field(3, ge=1, le=100, description="Groups of items")
    n_epochs: int = Field(20, ge=1, le=500, description="How often all may change their group")


@dataclass(frozen=True, eq=False)
class Clusters(Learned):
    """What is learned for one task; those without ratings are in group -1."""

    group_u: IntArray  # (n_users,)
    group_i: IntArray  # (n_items,)
    mean_u: FloatArray  # (n_users,)
    mean_i: FloatArray  # (n_items,)
    C_u: FloatArray  # (n_user_clusters,)
    C_i: FloatArray  # (n_item_clusters,)
    C_ui: FloatArray  # (n_user_clusters, n_item_clusters)


class CoClustering(SurpriseModel[Clusters]):
    """Groups of users and of items, and the averages where they meet."""

    key = "co_clustering"
    title = "Co-clustering (Surprise)"
    summary = "Puts users and items into a few groups and predicts from where their groups meet."
    equation = (
        r"$\hat r_{ui} = \overline{C_{ui}} + (\mu_u - \overline{C_u}) + (\mu_i - \overline{C_i})$"
    )
    reference = "george2005"
    config_class = CoClusteringConfig
    learned_class = Clusters
    explains_by = "biases"

    config: CoClusteringConfig

    def _learn(self, ratings: Ratings, common: Learned, seed: int) -> Clusters:
        from surprise import CoClustering as Library

        library = Library(
            n_cltr_u=self.config.n_user_clusters,
            n_cltr_i=self.config.n_item_clusters,
            n_epochs=self.config.n_epochs,
            random_state=seed,
        )
        library.fit(ratings.in_passes(self.config.n_epochs + 1))  # the last for the averages
        n_users, n_items = self.log.n_users, self.log.n_items
        return Clusters(
            mean=common.mean,
            limits=common.limits,
            group_u=spread(library.cltr_u, ratings.user_of, n_users, -1).astype(np.int64),
            group_i=spread(library.cltr_i, ratings.item_of, n_items, -1).astype(np.int64),
            mean_u=spread(library.user_mean, ratings.user_of, n_users),
            mean_i=spread(library.item_mean, ratings.item_of, n_items),
            C_u=library.avg_cltr_u,
            C_i=library.avg_cltr_i,
            C_ui=library.avg_cocltr,
        )

    def notes(self) -> tuple[Message, ...]:
        """Say where half stars were cut off."""
        return self._whole_numbers_only()

    def _estimate(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        of = self._learned[task.name]
        g, h = of.group_u[users], of.group_i[items]
        numbers = of.C_ui[g, h] + of.mean_u[users] - of.C_u[g] + of.mean_i[items] - of.C_i[h]
        return np.where((g >= 0) & (h >= 0), numbers, of.mean)

    def _estimate_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return self._estimate(task, users[:, None], items[None, :])  # (m, k)

    def _reasons(self, task: Task, user: int, item: int) -> tuple[Message, list[Contribution]]:
        of = self._learned[task.name]
        g, h = int(of.group_u[user]), int(of.group_i[item])
        if g < 0 or h < 0:
            sentence = Message(
                "This user or this item has no “{task}” to learn from: the mean is all there is.",
                {"task": task.name},
            )
            mean = float(of.mean[0])
            return sentence, [Contribution(mean, EvidenceKind.AVERAGE, task=task.name)]
        both = float(of.C_ui[g, h])
        b_u = float(of.mean_u[user] - of.C_u[g])
        b_i = float(of.mean_i[item] - of.C_i[h])
        sentence = Message(
            "Users of group {users} give items of group {items} {both:.2f} for “{task}”; this "
            "user gives {user:+.2f} against their group, this item gets {item:+.2f} against its.",
            {
                "task": task.name,
                "users": g + 1,
                "items": h + 1,
                "both": both,
                "user": b_u,
                "item": b_i,
            },
        )
        return sentence, [
            Contribution(both, EvidenceKind.AVERAGE, task=task.name),
            Contribution(b_u, EvidenceKind.USER_BIAS, task=task.name),
            Contribution(b_i, EvidenceKind.ITEM_BIAS, task=task.name),
        ]

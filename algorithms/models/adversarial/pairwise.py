r"""Pairwise: what a user chose belongs above what they did not, learned by Adam.

The comparisons of BPR, on users that all tasks share. Each choice i of a user u in task t
is set against an item j, drawn among the items of the task's kind that u did not choose,

.. math::
    \min\; \sum_{(t,u,i,j)} -\omega_t \ln \sigma\bigl(s^t_{ui} - s^t_{uj}\bigr)
        + \tfrac{\lambda}{2} \bigl(2\|p_u\|^2 + \|q^t_i\|^2 + \|q^t_j\|^2
        + (b^t_i)^2 + (b^t_j)^2\bigr)

and a round makes one comparison for every choice. Tasks with many choices move the users' vectors
most; the task's weight says how much each of its comparisons counts.

This is the plain model beside IRGAN: the same vectors, negatives drawn by chance, no adversary.

References
----------
S. Rendle, C. Freudenthaler, Z. Gantner, L. Schmidt-Thieme: BPR: Bayesian personalized ranking from
implicit feedback, UAI 2009.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from algorithms.models.adversarial.exhibits import LOSS
from algorithms.models.adversarial.rounds import HeldOut, Played, Weights, play
from algorithms.models.adversarial.user_vectors import (
    Choices,
    Player,
    UserVectorsConfig,
    UserVectorsRecommender,
)
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task


class Pairwise(UserVectorsRecommender):
    """Users' vectors shared by all tasks, learned from comparisons."""

    key = "pairwise"
    title = "Pairwise (shared users)"
    summary = "Learns to put what a user chose above what they did not; all tasks share the user."
    equation = (
        r"$\min \sum_{(t,u,i,j)} -\omega_t \ln \sigma(s_{ui}^t - s_{uj}^t)"
        r" + \frac{\lambda}{2}\|\theta\|^2, \quad s_{ui}^t = p_u^\top q_i^t + b_i^t$"
    )
    reference = "rendle2009"

    def _learn(
        self,
        weights: Weights,
        held: Sequence[HeldOut],
        rng: np.random.Generator,
        progress: Progress,
    ) -> Played:
        player = Player(weights, self.config.learning_rate)
        return play(
            self.title,
            self.config.n_epochs,
            self.config.patience,
            comparisons(player, self._choices, self.tasks, self.config, rng),
            player.copy,
            (lambda now: self._gains(now, held)) if held else None,
            progress,
        )


def comparisons(
    player: Player,
    choices: Choices,
    tasks: Sequence[Task],
    config: UserVectorsConfig,
    rng: np.random.Generator,
) -> Callable[[Progress], dict[str, float]]:
    """Return a round: one comparison for every choice."""
    import torch

    def one_round(step: Progress) -> dict[str, float]:
        order, total = rng.permutation(len(choices.users)), 0.0
        for start in range(0, len(order), config.batch_size):
            batch = order[start : start + config.batch_size]
            loss = torch.zeros(())
            for position, task in enumerate(tasks):
                mine = batch[choices.tasks[batch] == position]
                if not len(mine):
                    continue
                users, columns = choices.users[mine], choices.columns[mine]
                drawn = rng.integers(choices.n_columns[position], size=len(mine))
                kept = torch.from_numpy(1.0 - choices.chosen(position, users, drawn)).float()
                better, length = player.scores(position, users, columns)
                worse, other_length = player.scores(position, users, drawn)
                each = torch.nn.functional.softplus(worse - better) * task.weight
                each = each + 0.5 * config.regularization * (length + other_length)
                loss = loss + (each * kept).sum()
            loss = loss / len(batch)
            if loss.requires_grad:
                player.step(loss)
            total += float(loss.detach()) * len(batch) / len(order)
            step((start + len(batch)) / len(order), Stage.FIT)
        return {LOSS: total}

    return one_round

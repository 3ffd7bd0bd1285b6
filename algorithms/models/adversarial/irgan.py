r"""IRGAN: a generator picks items, a discriminator tells them from what the user really chose.

Both players are vectors of ``user_vectors``. The generator's scores g make a distribution over all
items of a task's kind, of which it draws; the discriminator's scores f say how real an item is:

.. math::
    p(j \mid u) = \text{softmax}_j\, g(u, j), \qquad
    \max_f\; \sum_{(u,i)} \ln \sigma(f(u, i)) + \ln\bigl(1 - \sigma(f(u, j))\bigr),
    \quad j \sim p(\cdot \mid u)

An item is drawn or it is not, so no gradient runs through the draw. The generator learns by
**policy gradient** (REINFORCE): it makes what was rewarded likelier,

.. math::
    \nabla = \sum_u \mathbb{E}_{j \sim p'} \Bigl[ \frac{p(j|u)}{p'(j|u)}\, r(u, j)
        \,\nabla \ln p(j|u) \Bigr], \qquad r = 2\sigma(f(u, j)) - 1

Left to itself it would rarely draw what a user chose. As the authors do, half of the draws come
from the user's choices (:math:`p'` is the mixture), and the ratio corrects for that. Like theirs,
the generator does not begin at nothing: it is first trained by ``pairwise``, and the game starts
from there. The generator answers. Of the game, the best round on validation is kept, never the
start; the inside shows what the start was worth.

**The doubt.** The warm start may be most of it: whether the game adds anything must be read off
the difference. The authors' public code looks at the test part
after every round and keeps the best; here, that is validation's part. A policy gradient over
thousands of items is noisy, and the generator may sharpen on a few. Ferrari Dacrema et al. (2019)
show in general how often such gains go when simple models are tuned as well.

References
----------
J. Wang et al.: IRGAN: a minimax game for unifying generative and discriminative information
retrieval models, SIGIR 2017. R. J. Williams: Simple statistical gradient-following algorithms for
connectionist reinforcement learning, Machine Learning 8, 1992. M. Ferrari Dacrema, P. Cremonesi, D.
Jannach: Are we really making much progress?, RecSys 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray, IntArray
from algorithms.models.adversarial.exhibits import (
    BEFORE,
    DISCRIMINATOR_LOSS,
    FOOLED,
    GENERATOR_LOSS,
    REAL_SEEN,
)
from algorithms.models.adversarial.pairwise import comparisons
from algorithms.models.adversarial.rounds import HeldOut, Played, Weights, play
from algorithms.models.adversarial.user_vectors import (
    Player,
    UserVectorsConfig,
    UserVectorsRecommender,
)
from algorithms.progress import Progress, Stage, part_of

_WARM_SHARE = 0.5  # of the progress


class IrganConfig(UserVectorsConfig):
    """Parameters of IRGAN."""

    n_epochs: int = Field(30, ge=1, le=2000, description="Rounds of the game at most")
    warm_epochs: int = Field(
        100, ge=0, le=2000, description="Rounds of comparisons before the game, at most"
    )
    users_at_once: int = Field(128, ge=1, le=65536, description="Users in one step of the game")
    game_rate: float = Field(
        0.001, gt=0, le=1, description="Size of a step in the game, as Adam understands it"
    )
    real_share: float = Field(
        0.5, ge=0, le=1, description="Share of the generator's draws from the user's own choices"
    )


class Irgan(UserVectorsRecommender):
    """Users' vectors shared by all tasks, learned by drawing items that a discriminator rewards."""

    key = "irgan"
    title = "IRGAN"
    summary = "Draws items for a user and is rewarded where a discriminator takes them for real."
    equation = (
        r"$p(j|u) = \mathrm{softmax}_j\, g(u, j), \quad \nabla = \sum_u E_{j \sim p}"
        r"[(2\sigma(f(u, j)) - 1)\, \nabla \ln p(j|u)]$"
    )
    reference = "wang2017irgan"
    config_class = IrganConfig

    config: IrganConfig

    def _learn(
        self,
        weights: Weights,
        held: Sequence[HeldOut],
        rng: np.random.Generator,
        progress: Progress,
    ) -> Played:
        config = self.config
        gains = (lambda now: self._gains(now, held)) if held else None
        start = Player(weights, config.learning_rate)
        warm = play(
            self.title,
            config.warm_epochs,
            config.patience,
            comparisons(start, self._choices, self.tasks, config, rng),
            start.copy,
            gains,
            part_of(progress, 0.0, _WARM_SHARE),
        )
        game = _Game(self, warm.weights, rng)
        played = play(
            self.title,
            config.n_epochs,
            config.patience,
            game.one_round,
            game.generator.copy,
            gains,
            part_of(progress, _WARM_SHARE, 1.0),
        )
        measures = dict(played.measures)
        before = [gain for _, gain in gains(warm.weights)] if gains else []
        if before:
            measures[BEFORE] = np.array([np.mean(before)])
        return replace(played, measures=measures, notes=(*warm.notes, *played.notes))

    def users_with(self, position: int) -> IntArray:
        """Return the users with a choice in a task."""
        found: IntArray = np.flatnonzero(np.diff(self._feedback[self.tasks[position].name].offsets))
        return found

    def choices_of(self, position: int, users: IntArray) -> tuple[IntArray, IntArray]:
        """Return (n,) row among the users and (n,) column, of each of their choices."""
        cells = self._feedback[self.tasks[position].name]
        rows, mine = cells.cells_of(users)
        return rows, cells.columns[mine].astype(np.int64)


class _Game:
    """Both players and a round of theirs."""

    def __init__(self, model: Irgan, warm: Weights, rng: np.random.Generator) -> None:
        self._model, self._config, self._rng = model, model.config, rng
        self.generator = Player(warm, model.config.game_rate)
        drawn = {
            name: rng.normal(0.0, 0.1 if array.ndim == 2 else 0.0, array.shape).astype(np.float32)
            for name, array in warm.items()
        }
        self._discriminator = Player(drawn, model.config.learning_rate)

    def one_round(self, step: Progress) -> dict[str, float]:
        """Let both players learn from every user of every task once."""
        names = (DISCRIMINATOR_LOSS, FOOLED, REAL_SEEN, GENERATOR_LOSS)
        batches = self._batches()
        sums, n = np.zeros(len(names)), 0
        for number, (position, users) in enumerate(batches):
            rows, columns = self._model.choices_of(position, users)
            found = self._both(position, users, rows, columns)
            sums += np.array(found) * len(rows)
            n += len(rows)
            step((number + 1) / len(batches), Stage.FIT)
        return dict(zip(names, (sums / n).tolist(), strict=True))

    def _batches(self) -> list[tuple[int, IntArray]]:
        size = self._config.users_at_once
        found = []
        for position in range(len(self._model.tasks)):
            users = self._rng.permutation(self._model.users_with(position))
            found += [(position, users[at : at + size]) for at in range(0, len(users), size)]
        return [found[number] for number in self._rng.permutation(len(found))]

    def _both(
        self, position: int, users: IntArray, rows: IntArray, columns: IntArray
    ) -> tuple[float, float, float, float]:
        """Let the discriminator learn, then the generator; ``rows`` and ``columns`` (n,) chosen."""
        import torch

        functional = torch.nn.functional
        weight = self._model.tasks[position].weight
        logs = torch.log_softmax(self.generator.all_scores(position, users), dim=1)  # (m, k)
        p = logs.detach().exp().double().numpy()

        made = draw(p, rows, self._rng)  # as many as there are choices
        real, size = self._discriminator.scores(position, users[rows], columns)
        fake, other_size = self._discriminator.scores(position, users[rows], made)
        loss = (functional.softplus(-real) + functional.softplus(fake)).mean()
        decay = 0.5 * self._config.regularization * (size + other_size).mean()
        self._discriminator.step(weight * loss + decay)

        own = np.zeros_like(p)  # (m, k) the user's choices, each the same share
        own[rows, columns] = 1.0
        own /= own.sum(axis=1, keepdims=True)
        mixed = (1.0 - self._config.real_share) * p + self._config.real_share * own
        tried = draw(mixed, rows, self._rng)
        with torch.no_grad():
            judged, _ = self._discriminator.scores(position, users[rows], tried)
            reward = 2.0 * torch.sigmoid(judged) - 1.0
        ratio = torch.from_numpy(p[rows, tried] / mixed[rows, tried]).float()
        policy = -(logs[torch.from_numpy(rows), torch.from_numpy(tried)] * reward * ratio).mean()
        self.generator.step(weight * policy)
        return (
            float(loss.detach()),
            float((fake > 0).float().mean()),
            float((real > 0).float().mean()),
            float(policy.detach()),
        )


def draw(p: FloatArray, rows: IntArray, rng: np.random.Generator) -> IntArray:
    """Draw (n,) a column for each of the ``rows`` (n,) of a table of chances (m, k)."""
    sums = np.cumsum(p, axis=1)  # (m, k)
    # Row r lies between r and r + 1 of one long ascending line, so one search serves all.
    line = (sums / sums[:, -1:] + np.arange(len(p))[:, None]).ravel()
    places = np.searchsorted(line, rng.random(len(rows)) + rows, side="right")
    columns: IntArray = np.clip(places - rows * p.shape[1], 0, p.shape[1] - 1)
    return columns

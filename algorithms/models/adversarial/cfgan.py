r"""CFGAN: a generator invents what a user might have chosen, a discriminator doubts it.

The generator G (the network of ``user_rows``) turns a user's row x into a chance for each item,
:math:`\hat x = \sigma(s(x))`. The discriminator D sees a row and, beside it, whose row it should
be, and says whether it is real. Chances of items that the user left alone would give the game away
at once, so they are masked: D sees :math:`\hat x \odot (x + k)`, the user's own items and some
others, drawn anew in every round.

.. math::
    \max_D\; \log D(x \mid x) + \log\bigl(1 - D(\hat x \odot (x + k) \mid x)\bigr)

.. math::
    \min_G\; -\log D(\hat x \odot (x + k) \mid x) + \alpha \sum_{j \in z} \hat x_j^2

Were there only the user's own items, G would say 1 to everything. Two remedies, used together
(the paper's CFGAN-ZP): **partial masking**, the others k that D sees, on which a real row is 0; and
**zero reconstruction**, a second draw z of others whose chances are drawn to 0 directly.

Of G's two losses in use we take :math:`-\log D`, which still pulls when D is sure (Goodfellow et
al. 2014, section 3). All tasks stand side by side. A score is the log-odds of the chance.

**The doubt.** Pérez Maurera et al. (2022) could repeat the paper's figures, and asked what they
are worth. There is no noise in G, and what D is told of the user is the very row that G should
invent: so G may end at handing its input through, an autoencoder by a roundabout way. Beside
simple baselines that were tuned as carefully, CFGAN was not consistently better, and took far more
computing time. ``autoencoder`` is the same network without the game.

References
----------
D.-K. Chae, J.-S. Kang, S.-W. Kim, J.-T. Lee: CFGAN: a generic collaborative filtering framework
based on generative adversarial networks, CIKM 2018. F. B. Pérez Maurera, M. Ferrari Dacrema, P.
Cremonesi: An evaluation study of generative adversarial networks for collaborative filtering, ECIR
2022. I. Goodfellow et al.: Generative adversarial nets, NIPS 2014.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from algorithms.arrays import Float32Array
from algorithms.models.adversarial.exhibits import (
    DISCRIMINATOR_LOSS,
    FOOLED,
    GENERATOR_LOSS,
    REAL_SEEN,
)
from algorithms.models.adversarial.rounds import HeldOut, Played, Weights, play
from algorithms.models.adversarial.user_rows import (
    UserRowsConfig,
    UserRowsRecommender,
    to_length_one,
)
from algorithms.progress import Progress, Stage

if TYPE_CHECKING:
    import torch


class CfganConfig(UserRowsConfig):
    """Parameters of CFGAN."""

    patience: int = Field(
        15, ge=1, le=500, description="Rounds without gain on validation before it ends"
    )
    learning_rate: float = Field(
        0.005, gt=0, le=1, description="Size of the generator's step, as Adam understands it"
    )

    masked_share: float = Field(
        0.1, ge=0, le=1, description="Share of a user's other items that the discriminator sees"
    )
    zero_share: float = Field(
        0.3, ge=0, le=1, description="Share of a user's other items that are drawn to zero"
    )
    zero_weight: float = Field(
        0.1, ge=0, le=100, description="How much the zeros count beside the game"
    )
    doubt_rate: float = Field(
        0.03, gt=0, le=10, description="How fast the discriminator learns, beside the generator"
    )
    weight_decay: float = Field(0.01, ge=0, le=10, description="Pull of the weights to zero")


class Cfgan(UserRowsRecommender):
    """A network that completes a user's row, learned against a discriminator."""

    key = "cfgan"
    title = "CFGAN"
    summary = "Learns to invent rows of choices that a discriminator takes for a user's real one."
    equation = (
        r"$\min_G \max_D\ \log D(x|x) + \log(1 - D(\hat{x} \odot (x + k)|x))"
        r" + \alpha \sum_{j \in z} \hat{x}_j^2, \quad \hat{x} = \sigma(s(x))$"
    )
    reference = "chae2018"
    config_class = CfganConfig

    config: CfganConfig

    def _learn(
        self,
        weights: Weights,
        held: Sequence[HeldOut],
        rng: np.random.Generator,
        progress: Progress,
    ) -> Played:
        rows, config = self._rows, self.config
        game = _Game(weights, rng, config)
        users = np.flatnonzero(np.diff(rows.cells.offsets))
        names = (DISCRIMINATOR_LOSS, GENERATOR_LOSS, FOOLED, REAL_SEEN)

        def one_round(step: Progress) -> dict[str, float]:
            order, sums = rng.permutation(users), np.zeros(len(names))
            for start in range(0, len(order), config.batch_size):
                batch = order[start : start + config.batch_size]
                x = rows.dense(batch)  # (m, D)
                shown = x + others(x, config.masked_share, rng)
                zeros = others(x, config.zero_share, rng)
                sums += np.array(game.one_step(x, shown, zeros)) * len(batch)
                step((start + len(batch)) / len(order), Stage.FIT)
            return dict(zip(names, (sums / len(order)).tolist(), strict=True))

        return play(
            self.title,
            config.n_epochs,
            config.patience,
            one_round,
            game.generator,
            (lambda now: self._gains(now, held)) if held else None,
            progress,
        )


def others(x: Float32Array, share: float, rng: np.random.Generator) -> Float32Array:
    """Draw, as ones (m, D), each item that a user left alone with the given chance."""
    drawn = rng.random(x.shape, dtype=np.float32) < share
    left_alone: Float32Array = (drawn & (x == 0)).astype(np.float32)
    return left_alone


class _Game:
    """Both players and their optimisers."""

    def __init__(self, weights: Weights, rng: np.random.Generator, config: CfganConfig) -> None:
        import torch

        self._torch, self._config = torch, config
        n, width = weights["W"].shape
        first, last = 1.0 / np.sqrt(n), 1.0 / np.sqrt(width)
        drawn = {
            "real": rng.normal(0.0, first, (n, width)),
            "user": rng.normal(0.0, first, (n, width)),
            "b": np.zeros(width),
            "out": rng.normal(0.0, last, width),
            "c": np.zeros(1),
        }
        self._g = self._learned(weights)
        self._d = self._learned({k: v.astype(np.float32) for k, v in drawn.items()})
        rates = (1.0, config.doubt_rate)
        self._adam_g, self._adam_d = (
            torch.optim.AdamW(
                list(player.values()),
                lr=rate * config.learning_rate,
                weight_decay=config.weight_decay,
                fused=True,
            )
            for player, rate in zip((self._g, self._d), rates, strict=True)
        )

    def generator(self) -> Weights:
        """Copy the generator's weights."""
        return {name: value.detach().numpy().copy() for name, value in self._g.items()}

    def one_step(
        self, x: Float32Array, shown: Float32Array, zeros: Float32Array
    ) -> tuple[float, float, float, float]:
        """Let each player make one step.

        Parameters
        ----------
        x : (m, D) rows of zeros and ones
        shown : (m, D) ones where D may look at what G made
        zeros : (m, D) ones where G is drawn to 0

        Returns
        -------
        D's loss, G's loss, the share of G's rows that D took for real, and of real ones
        """
        torch = self._torch
        softplus = torch.nn.functional.softplus
        real = torch.from_numpy(x)
        mask, empty = torch.from_numpy(shown), torch.from_numpy(zeros)
        made = self._made(torch.from_numpy(to_length_one(x)))

        of_real, of_made = self._doubt(real, real), self._doubt(made.detach() * mask, real)
        d_loss = (softplus(-of_real) + softplus(of_made)).mean()
        self._step(self._adam_d, d_loss)

        game = softplus(-self._doubt(made * mask, real)).mean()
        reconstruction = (made**2 * empty).sum(dim=1).mean()
        g_loss = game + self._config.zero_weight * reconstruction
        self._step(self._adam_g, g_loss)
        return (
            float(d_loss.detach()),
            float(g_loss.detach()),
            float((of_made > 0).float().mean()),
            float((of_real > 0).float().mean()),
        )

    def _made(self, seen: torch.Tensor) -> torch.Tensor:
        """Return (m, D) the chances that G invents."""
        g = self._g
        return self._torch.sigmoid(self._torch.tanh(seen @ g["W"] + g["b"]) @ g["V"].T + g["c"])

    def _doubt(self, row: torch.Tensor, user: torch.Tensor) -> torch.Tensor:
        """Return (m,) D's log-odds that a row is the user's real one."""
        d = self._d
        hidden = self._torch.relu(row @ d["real"] + user @ d["user"] + d["b"])
        return hidden @ d["out"] + d["c"]

    def _step(self, adam: torch.optim.Optimizer, loss: torch.Tensor) -> None:
        for player in (self._g, self._d):
            for value in player.values():
                value.grad = None
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()

    def _learned(self, weights: Weights) -> dict[str, torch.Tensor]:
        return {
            name: self._torch.from_numpy(array.copy()).requires_grad_()
            for name, array in weights.items()
        }

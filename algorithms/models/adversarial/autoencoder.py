r"""Autoencoder: a user's row of feedback is blurred, and a small network makes it whole again.

Half of what a user did is hidden at random, and the network must say what it was. Since it never
knows what is hidden, it learns what belongs together, and gives high scores to items that the user
might have chosen but did not meet:

.. math::
    \min\; -\sum_u \sum_t \frac{\omega_t}{N_t} \sum_{i:\,x^t_{ui}=1} \log \pi^t_{ui},
    \qquad \pi^t_u = \text{softmax}\bigl(s^t(\text{half of } x_u)\bigr)

with the network s of ``user_rows``, the N choices of each task counting the same in all. It is the
multinomial likelihood of Mult-DAE: the items of a task compete for one unit of probability, which
puts the weight on the top of the list. Input and output hold all tasks side by side.

This is the plain model beside CFGAN: the same network, no adversary.

References
----------
D. Liang, R. G. Krishnan, M. D. Hoffman, T. Jebara: Variational autoencoders for collaborative
filtering, WWW 2018 (Mult-DAE). S. Sedhain et al.: AutoRec, WWW 2015.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import Field

from algorithms.models.adversarial.exhibits import LOSS
from algorithms.models.adversarial.rounds import HeldOut, Played, Weights, play
from algorithms.models.adversarial.user_rows import (
    UserRowsConfig,
    UserRowsRecommender,
    to_length_one,
)
from algorithms.progress import Progress, Stage


class AutoencoderConfig(UserRowsConfig):
    """Parameters of the autoencoder."""

    dropout: float = Field(
        0.5, ge=0, le=0.95, description="Share of what a user did that is hidden while it learns"
    )
    weight_decay: float = Field(0.01, ge=0, le=10, description="Pull of the weights to zero")


class Autoencoder(UserRowsRecommender):
    """A network that completes a user's row, learned by hiding parts of it."""

    key = "autoencoder"
    title = "Autoencoder"
    summary = "Learns to complete what a user did from half of it; clicks help purchases."
    equation = (
        r"$\min -\sum_u\, \sum_t\, \frac{\omega_t}{N_t} \sum_{i:\,x_{ui}^t = 1} \log \pi_{ui}^t,"
        r" \quad \pi_u^t = \mathrm{softmax}(\tanh(x_u W + b)\, V_t^\top + c_t)$"
    )
    reference = "liang2018"
    config_class = AutoencoderConfig

    config: AutoencoderConfig

    def _learn(
        self,
        weights: Weights,
        held: Sequence[HeldOut],
        rng: np.random.Generator,
        progress: Progress,
    ) -> Played:
        import torch

        rows, config = self._rows, self.config
        w = {
            name: torch.from_numpy(array.copy()).requires_grad_() for name, array in weights.items()
        }
        adam = torch.optim.AdamW(
            list(w.values()), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
        )
        users = np.flatnonzero(np.diff(rows.cells.offsets))
        blocks = [rows.task_columns(position) for position in range(len(self.tasks))]
        n_choices = [len(self._feedback[task.name].columns) for task in self.tasks]

        def one_round(step: Progress) -> dict[str, float]:
            order, total = rng.permutation(users), 0.0
            for start in range(0, len(order), config.batch_size):
                batch = order[start : start + config.batch_size]
                whole = rows.dense(batch)  # (m, D)
                kept = rng.random(whole.shape, dtype=np.float32) >= config.dropout
                seen = torch.from_numpy(to_length_one(whole * kept))
                target = torch.from_numpy(whole)
                scores = torch.tanh(seen @ w["W"] + w["b"]) @ w["V"].T + w["c"]
                loss = torch.zeros(())
                for task, block, n in zip(self.tasks, blocks, n_choices, strict=True):
                    if n:
                        share = torch.log_softmax(scores[:, block], dim=1) * target[:, block]
                        loss = loss - task.weight * share.sum() * (len(users) / n)
                loss = loss / len(batch)
                adam.zero_grad(set_to_none=True)
                loss.backward()  # type: ignore[no-untyped-call]
                adam.step()
                total += float(loss.detach()) * len(batch) / len(order)
                step((start + len(batch)) / len(order), Stage.FIT)
            return {LOSS: total}

        return play(
            self.title,
            config.n_epochs,
            config.patience,
            one_round,
            lambda: {name: value.detach().numpy().copy() for name, value in w.items()},
            (lambda now: self._gains(now, held)) if held else None,
            progress,
        )

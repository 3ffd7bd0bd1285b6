r"""ESCM²-IPS: ESMM whose second factor is told the truth too, by clicks that stand for others.

ESMM compares only the product with labels, so that nothing keeps pCVR itself from drifting. Here
the conversion tower also learns from the clicked events, each weighed by one over its chance of
having been clicked (inverse propensity scoring, IPS): a click that was unlikely stands for all the
impressions like it that nobody clicked.

.. math:: L = \ell(o, \text{pCTR}) + \ell(o\,y, \text{pCTCVR}) + \lambda\,
    \frac{1}{n} \sum_{i=1}^{n} \frac{o_i}{\max(\text{pCTR}_i, c)}\; \ell(y_i, \text{pCVR}_i)

Were pCTR the true chance (and c = 0), the last sum would be the loss over all n impressions, on
average. No gradient flows through the weight: the click's tower must not learn to be unsure.

What the literature doubts: rare clicks get huge weights, so the sum swings; the floor c cuts the
swings and brings a bias back. The propensities come from the very model they are to correct, and no
weight helps where nobody clicks at all. F. Zhu et al. (2023) hold that the events without a click
should be learned from as well.

References
----------
H. Wang et al.: ESCM²: entire space counterfactual multi-task model for post-click conversion rate
estimation, SIGIR 2022. F. Zhu et al.: DCMT: a direct entire-space causal multi-task framework for
post-click conversion estimation, ICDE 2023.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from algorithms.arrays import FloatArray
from algorithms.explanations import Exhibit, Lines
from algorithms.messages import Message
from algorithms.models.neural.config import NetworkConfig
from algorithms.models.neural.esmm import EsmmNetwork
from algorithms.models.neural.events import Examples
from algorithms.models.neural.funnel_recommender import FunnelRecommender, chance
from algorithms.models.neural.network import Batch, Output, masked_loss
from algorithms.models.neural.ops import Array, Ops
from algorithms.tasks import Task, TaskKind

_N_POINTS = 101


class Escm2Config(NetworkConfig):
    """Parameters of ESCM²-IPS."""

    ips_weight: float = Field(
        0.1, ge=0, le=100, description="How much the weighed clicked events count; 0 is ESMM"
    )
    propensity_floor: float = Field(
        0.05, gt=0, le=1, description="Smallest chance of a click that a weight is made of"
    )


class Escm2Network(EsmmNetwork):
    """ESMM, and a loss on the second factor."""

    config: Escm2Config

    def losses(self, ops: Ops, output: Output, batch: Batch) -> list[Array | None]:
        """Add to each child's loss that of its own factor on weighed parents."""
        found = super().losses(ops, output, batch)
        for t, parent in enumerate(self.parents):
            if parent < 0:
                continue
            floor = self.config.propensity_floor
            propensity = ops.detach(ops.sigmoid(output.z[:, parent]))
            happened = batch.labels[:, parent] * batch.mask[:, parent]
            weight = happened / (floor + ops.relu(propensity - floor))
            weighed = masked_loss(
                ops,
                TaskKind.BINARY,
                output.extra["heads"][:, t],
                batch.labels[:, t],
                batch.mask[:, t] * weight,
                batch.n[parent],
            )
            product = found[t]
            if product is not None and weighed is not None:
                found[t] = product + self.config.ips_weight * weighed
        return found


class Escm2(FunnelRecommender):
    """ESMM with a conversion tower that also learns from clicks weighed by their rarity."""

    key = "escm2"
    title = "ESCM²-IPS"
    summary = (
        "ESMM whose chance of buying once clicked also learns from the clicks, each weighed by how "
        "unlikely it was."
    )
    equation = (
        r"$L = L_\mathrm{ESMM} + \lambda\, \frac{1}{n} \sum_i "
        r"\frac{o_i}{\max(\mathrm{pCTR}_i, c)}\, \ell(y_i, \mathrm{pCVR}_i)$"
    )
    reference = "wang2022escm2"
    config_class = Escm2Config
    network_class = Escm2Network

    config: Escm2Config

    def _step_exhibits(
        self, parent: Task, child: Task, examples: Examples, output: Output
    ) -> list[Exhibit]:
        """Show the funnel, and on how few clicks the weighed sum rests."""
        p, c = self._position(parent), self._position(child)
        rows = np.flatnonzero(examples.mask[:, c] & (examples.labels[:, p] > 0))
        shown = super()._step_exhibits(parent, child, examples, output)
        if len(rows) < 2:
            return shown
        weights = 1 / np.maximum(chance(output.z[rows, p]), self.config.propensity_floor)
        shares, totals = _concentration(weights)
        shown.append(
            Lines(
                key=f"propensity {child.name}",
                title=Message(
                    "How many events with “{parent}” carry the weight?", {"parent": parent.name}
                ),
                sentence=Message(
                    "{n} events of training with “{parent}”, the least likely first, and the share "
                    "of all weight that they have together. They are worth {worth} events that "
                    "weigh the same; the fewer, the more the weighed loss swings.",
                    {
                        "parent": parent.name,
                        "n": len(rows),
                        "worth": round(float(weights.sum() ** 2 / (weights**2).sum())),
                    },
                ),
                x_label=Message("share of the events"),
                y_label=Message("share of the weight"),
                x=shares,
                series={"weighed": totals, "all alike": shares},
            )
        )
        return shown


def _concentration(weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return shares of the events, heaviest first, and of the weight that they have together."""
    shares = np.linspace(0, 1, _N_POINTS)
    cumulated = np.concatenate([[0.0], np.cumsum(np.sort(weights)[::-1])]) / weights.sum()
    at = np.linspace(0, 1, len(cumulated))
    return shares, np.interp(shares, at, cumulated)

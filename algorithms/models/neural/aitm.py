r"""AITM: what a step of the funnel knows is handed on to the next, as much of it as helps.

Each task has its tower. The tower of a parent also says something about the child (who clicks may
buy), so it is passed on, and attention decides example by example how much the child takes from
its parent and how much from its own tower:

.. math::
    p = \text{relu}(W r_\text{parent} + b), \qquad
    r_\text{child} = \sum_{u \in \{p,\; q\}} a_u\, h_3(u), \qquad
    a_u = \text{softmax}_u\, \frac{h_1(u) \cdot h_2(u)}{\sqrt{k}}

with :math:`q` the child's own tower and linear :math:`h_1, h_2, h_3`. The head of a task reads
:math:`r` and says the chance over **all** impressions directly; nothing is multiplied. So that a
purchase is no likelier than its click, a *calibrator* pulls:

.. math:: L_c = \alpha\, \text{mean}\big(\max(\hat y_\text{child} - \hat y_\text{parent}, 0)\big)

What one should doubt: the calibrator pulls but does not promise; the table of the funnel shows
where a child is likelier than its parent all the same. And attention over two vectors tells what
was mixed, not what was needed.

References
----------
D. Xi et al.: Modeling the sequential dependence among audience multi-step conversions with
multi-task learning in targeted display advertising, KDD 2021.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from algorithms.arrays import Float32Array, FloatArray
from algorithms.explanations import Exhibit, Lines
from algorithms.messages import Message
from algorithms.models.neural.config import NetworkConfig
from algorithms.models.neural.events import Examples
from algorithms.models.neural.exhibits import smooth
from algorithms.models.neural.funnel import FunnelNetwork, with_implied_no
from algorithms.models.neural.funnel_recommender import FunnelRecommender
from algorithms.models.neural.network import (
    Batch,
    Output,
    apply_linear,
    dense,
    head,
    linear,
    perceptron,
)
from algorithms.models.neural.ops import Array, Ops, Weights

TRANSFER_TO = "transfer to "  # before the name of a child, where its attention is noted


class AitmConfig(NetworkConfig):
    """Parameters of AITM."""

    calibrator: float = Field(
        0.6, ge=0, le=100, description="Pull on a child that is likelier than its parent"
    )


class AitmNetwork(FunnelNetwork):
    """A tower per task; along a funnel the parent's knowledge is mixed in by attention."""

    config: AitmConfig

    def make_weights(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw towers and heads, and for each child what passes on and mixes."""
        wide, narrow = self.config.width, self.config.width // 2
        weights: dict[str, Float32Array] = {}
        for t, parent in enumerate(self.parents):
            weights |= dense(rng, f"task{t}.tower", (self.n_inputs, wide, narrow))
            weights |= dense(rng, f"task{t}.head", (narrow, narrow // 2, 1))
            if parent >= 0:
                for name in ("passed", "h1", "h2", "h3"):
                    weights |= linear(rng, f"task{t}.{name}", narrow, narrow)
        return weights

    def forward(self, ops: Ops, w: Weights, x: Array) -> Output:
        """Climb the towers in the funnel's order; note how much a child takes from its parent."""
        flat = self.with_product(ops, x)
        reached: dict[int, Array] = {}
        use: dict[str, Array] = {}
        for t in self.order:
            own = perceptron(ops, w, f"task{t}.tower", flat, self.config.dropout)  # (n, k)
            parent = self.parents[t]
            if parent < 0:
                reached[t] = own
                continue
            passed = ops.relu(apply_linear(w, f"task{t}.passed", reached[parent]))
            both = ops.stack([passed, own], axis=1)  # (n, 2, k)
            reached[t], attention = _mix(ops, w, f"task{t}", both)
            use[transfer_of(self.sizes.tasks[t])] = attention  # (n, 2)
        z = [head(ops, w, f"task{t}.head", reached[t]) for t in range(self.sizes.n_tasks)]
        return Output(ops.stack(z, axis=1), use)

    def penalty(self, ops: Ops, w: Weights, output: Output, batch: Batch) -> Array | None:
        """Return the calibrator over the impressions on which the child's label is known."""
        total = None
        for t, parent in enumerate(self.parents):
            if parent < 0 or not batch.n[t] or not self.config.calibrator:
                continue
            p = ops.sigmoid(output.z)
            above = ops.relu(p[:, t] - p[:, parent]) * batch.mask[:, t]
            term = self.config.calibrator * above.sum() / batch.n[t]
            total = term if total is None else total + term
        return total

    def learns_from(self, examples: Examples) -> Examples:
        """Take the entire space: no click, no purchase."""
        return with_implied_no(examples, self.parents)


def _mix(ops: Ops, w: Weights, name: str, vectors: Array) -> tuple[Array, Array]:
    """Return the mixed vector (n, k) of two (n, 2, k), and the attention (n, 2)."""
    h1, h2, h3 = (apply_linear(w, f"{name}.{h}", vectors) for h in ("h1", "h2", "h3"))
    k = vectors.shape[2]
    attention = ops.softmax((h1 * h2).sum(axis=2) / float(np.sqrt(k)))
    return (attention[:, :, None] * h3).sum(axis=1), attention


def transfer_of(task: str) -> str:
    """Return the name under which a child's attention is noted."""
    return f"{TRANSFER_TO}{task}"


class Aitm(FunnelRecommender):
    """Information passed along the funnel by attention, with a calibrator."""

    key = "aitm"
    title = "AITM"
    summary = (
        "Hands what a step of the funnel knows on to the next; attention decides how much of it "
        "is taken."
    )
    equation = (
        r"$r_\mathrm{child} = \sum_{u \in \{p, q\}} a_u\, h_3(u), \quad "
        r"a_u = \mathrm{softmax}_u\, h_1(u) \cdot h_2(u) / \sqrt{k}$"
    )
    reference = "xi2021"
    config_class = AitmConfig
    network_class = AitmNetwork

    config: AitmConfig

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show how much was taken from the parents while it learned, and the funnel."""
        return (*self._transfer(), *super().exhibits())

    def _transfer(self) -> tuple[Exhibit, ...]:
        record = self.training_record()
        if record is None or len(record) < 2:
            return ()
        series = {
            f"{parent.name} → {child.name}": smooth(record.use[transfer_of(child.name)][:, 0])
            for parent, child in self.steps()
            if transfer_of(child.name) in record.use
        }
        if not series:
            return ()
        return (
            Lines(
                key="transfer",
                title=Message("How much a task takes from the one before"),
                sentence=Message(
                    "The attention on what the parent passes on, while it learned; the rest is on "
                    "the task’s own tower. It tells what was mixed, not what was needed."
                ),
                x_label=Message("step"),
                y_label=Message("share"),
                x=record.steps.astype(np.float64),
                series=series,
                reference={"": 0.5},
            ),
        )

    def _given_parent(self, output: Output, parent: int, child: int) -> FloatArray:
        """Return the ratio of the two chances; above 1 the calibrator has not reached."""
        z = np.asarray(output.z, dtype=np.float64)
        logs = np.logaddexp(0.0, -z[:, parent]) - np.logaddexp(0.0, -z[:, child])
        ratio: FloatArray = np.exp(np.clip(logs, -700.0, 700.0))  # also of chances that are 0
        return ratio

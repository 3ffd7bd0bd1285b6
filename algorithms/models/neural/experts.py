r"""Experts and gates: several small networks read the example, a gate says how much each counts.

An expert is a perceptron like any other. A gate is one layer with a softmax: positive weights that
sum to 1 and depend on the example. Its mixture of experts is

.. math:: h = \sum_e g_e(x)\, f_e(x), \qquad g(x) = \text{softmax}(x W)

References
----------
R. A. Jacobs, M. I. Jordan, S. J. Nowlan, G. E. Hinton: Adaptive mixtures of local experts, Neural
Computation 3, 1991.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from algorithms.arrays import Float32Array, FloatArray
from algorithms.explanations import Exhibit, Explanation, HeatMap
from algorithms.messages import Message
from algorithms.models.neural.inside import Inside, InspectedRecommender, user_segments
from algorithms.models.neural.ops import Array, Ops, Weights
from algorithms.tasks import Task

_MOST_NAMED = 5  # experts of a remark; the others are added up


def draw_experts(
    rng: np.random.Generator, name: str, n_experts: int, sizes: Sequence[int]
) -> dict[str, Float32Array]:
    """Draw n experts of the same layers (He et al. 2015): ``name.W0`` (n, n_in, n_out), ..."""
    weights: dict[str, Float32Array] = {}
    for number, (n_in, n_out) in enumerate(pairwise(sizes)):
        drawn: FloatArray = rng.normal(0.0, np.sqrt(2.0 / n_in), (n_experts, n_in, n_out))
        weights[f"{name}.W{number}"] = drawn.astype(np.float32)
        weights[f"{name}.b{number}"] = np.zeros((n_experts, 1, n_out), dtype=np.float32)
    return weights


def ask_experts(ops: Ops, w: Weights, name: str, x: Array, dropout: float = 0.0) -> Array:
    """Send x (n, n_in) through every expert: (E, n, n_out)."""
    number = 0
    while f"{name}.W{number}" in w:  # the product is a stack of E products
        x = ops.dropout(ops.relu(x @ w[f"{name}.W{number}"] + w[f"{name}.b{number}"]), dropout)
        number += 1
    return x


def draw_gate(
    rng: np.random.Generator, name: str, n_in: int, n_experts: int
) -> dict[str, Float32Array]:
    """Draw a gate that begins close to equal weights."""
    drawn: FloatArray = rng.normal(0.0, 0.1 / np.sqrt(n_in), (n_in, n_experts))
    return {name: drawn.astype(np.float32)}


def mixture(gate: Array, experts: Array) -> Array:
    """Mix experts (E, n, h) by a gate (n, E): (n, h)."""
    return (gate.swapaxes(0, 1)[:, :, None] * experts).sum(axis=0)


class GatedRecommender(InspectedRecommender):
    """A network that says of one user and item, too, which experts its task uses."""

    @property
    @abstractmethod
    def expert_names(self) -> tuple[str, ...]:
        """Names (E,) of the experts that a task's last gate mixes."""

    def _derive(self) -> None:
        super()._derive()
        self._usual_gates: FloatArray | None = None  # (T, E), once it was asked for

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        explained = super()._explain(task, user, item)
        if not self._scale(task).n:
            return explained
        if self._usual_gates is None:
            self._usual_gates = self.look_inside().task_means("gate")
        here = self.pair_use("gate", task, user, item)
        usual = self._usual_gates[self._position(task)]
        remark = gate_remark(task.name, self.expert_names, here, usual)
        return replace(explained, remarks=(*explained.remarks, remark))


def gate_remark(task: str, experts: Sequence[str], here: FloatArray, usual: FloatArray) -> Message:
    """Say what a gate gives the experts (E,) for one user and item, and what it usually gives.

    Parameters
    ----------
    here : (E,) weights for the user and the item
    usual : (E,) mean weights over the task's events; NaN where none was looked at
    """
    order = np.argsort(-here, kind="stable")
    named, others = order[:_MOST_NAMED], order[_MOST_NAMED:]

    def told(weights: FloatArray) -> str:
        parts = [f"{experts[e]} {weights[e]:.0%}" for e in named]
        if len(others):
            parts.append(f"{len(others)} others {weights[others].sum():.0%}")
        return ", ".join(parts)

    values = {"task": task, "here": told(here)}
    if not np.isfinite(usual).all():
        return Message("For this user and item the gate of “{task}” mixes {here}.", values)
    return Message(
        "For this user and item the gate of “{task}” mixes {here}; on average over its events of "
        "training {usual}.",
        {**values, "usual": told(usual)},
    )


def gate_exhibits(inside: Inside, name: str, experts: Sequence[str]) -> tuple[Exhibit, ...]:
    """Show the gates ``use[name]`` (n, T, E): by task, and by user segment where they differ most.

    Parameters
    ----------
    experts : (E,) their names
    """
    means = inside.task_means(name)  # (T, E)
    gates = np.asarray(inside.output.use[name], dtype=np.float64)
    mask = inside.examples.mask
    largest = [gates[mask[:, t], t].max(axis=1) for t in range(len(inside.tasks))]
    by_task = HeatMap(
        key="gates",
        title=Message("Which experts each task uses"),
        sentence=Message(
            "The mean weight that each task’s gate gives each expert, over the task’s own events "
            "of training; {equal:.0%} each would be no choice. In a single example the favourite "
            "has {largest:.0%} on average. Rows that look alike share everything. What an expert "
            "has learned, its weight does not tell.",
            {"equal": 1 / len(experts), "largest": float(np.concatenate(largest).mean())},
        ),
        row_names=inside.tasks,
        column_names=tuple(experts),
        values=means,
    )
    return by_task, _gates_by_segment(inside, gates, experts)


def _gates_by_segment(inside: Inside, gates: FloatArray, experts: Sequence[str]) -> HeatMap:
    """Show the task whose gate tells the users' segments apart most."""
    names, codes = user_segments(inside.log, inside.examples.users)
    table = np.full((len(inside.tasks), len(names), gates.shape[2]), np.nan)  # (T, s, E)
    for t in range(len(inside.tasks)):
        for s in range(len(names)):
            mine = inside.examples.mask[:, t] & (codes == s)
            if mine.any():
                table[t, s] = gates[mine, t].mean(axis=0)
    spreads = np.array([_spread(rows) for rows in table])
    task = int(spreads.argmax())
    return HeatMap(
        key="gates_by_segment",
        title=Message("Which experts serve whom"),
        sentence=Message(
            "The gate of “{task}”, which tells groups of users apart more than the other tasks’ "
            "gates: its mean weights by group. They differ by {spread:.1%} at most; where that is "
            "little, the experts are no specialists for groups.",
            {"task": inside.tasks[task], "spread": float(spreads[task])},
        ),
        row_names=names,
        column_names=tuple(experts),
        values=table[task],
    )


def _spread(rows: FloatArray) -> float:
    """Return the largest difference within a column, over the rows that are known."""
    known = rows[np.isfinite(rows).all(axis=1)]
    return float((known.max(axis=0) - known.min(axis=0)).max()) if len(known) else 0.0

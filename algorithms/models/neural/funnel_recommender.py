"""What the funnel's networks have in common as recommenders: they show the funnel."""

from __future__ import annotations

import numpy as np

from algorithms.arrays import FloatArray, sigmoid
from algorithms.explanations import Exhibit, Lines, Table
from algorithms.messages import Message
from algorithms.models.base import Family
from algorithms.models.neural.events import Examples, make_examples
from algorithms.models.neural.funnel import funnel_parents, with_implied_no
from algorithms.models.neural.network import Output
from algorithms.models.neural.ops import NumpyOps
from algorithms.models.neural.recommender import NeuralRecommender
from algorithms.models.neural.trainer import forward
from algorithms.tasks import Task

_N_SAMPLED = 16_384  # events of training that are looked at
_N_ROWS = 9  # of them in the table
_N_BINS = 10
_OPS = NumpyOps()


class FunnelRecommender(NeuralRecommender):
    """Base of the funnel's networks."""

    family = Family.NEURAL
    is_multitask = True
    single_task_twin = "single_task_network"

    def steps(self) -> list[tuple[Task, Task]]:
        """Return the steps of the funnels: parent and child."""
        (part,) = self._parts
        parents = funnel_parents(part.network.sizes)
        return [(self.tasks[p], self.tasks[t]) for t, p in enumerate(parents) if p >= 0]

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show each step of the funnel, and how far its chances can be believed."""
        shown: list[Exhibit] = []
        if steps := self.steps():
            examples, output = self._sample()
            for parent, child in steps:
                shown += self._step_exhibits(parent, child, examples, output)
        return (*shown, *super().exhibits())

    def _sample(self) -> tuple[Examples, Output]:
        """Return evenly spaced events of training, and what the network says of them."""
        (part,) = self._parts
        examples = make_examples(
            self.log, self.tasks, self._scales, self._inputs.context, self._histories
        )
        examples = with_implied_no(examples, funnel_parents(part.network.sizes))
        step = max(1, len(examples) // _N_SAMPLED)
        few = examples.take(np.arange(0, len(examples), step))
        return few, forward(_OPS, dict(part.weights), part.network, self._inputs, few)

    def _given_parent(self, output: Output, parent: int, child: int) -> FloatArray:
        """Return (n,) the chance of the child once its parent happened, as the network has it."""
        return chance(output.extra["heads"][:, child])

    def _step_exhibits(
        self, parent: Task, child: Task, examples: Examples, output: Output
    ) -> list[Exhibit]:
        p, c = self._position(parent), self._position(child)
        rows = np.flatnonzero(examples.mask[:, c] & examples.mask[:, p])
        if len(rows) < _N_BINS or self._scale(child).is_drawn:
            return []
        said = chance(output.z[:, c])[rows]
        order = np.argsort(said, kind="stable")
        happened = examples.labels[rows, c].astype(np.float64)[order]
        bins = np.array_split(np.arange(len(rows)), _N_BINS)
        first = chance(output.z[:, p])[rows]
        second = self._given_parent(output, p, c)[rows]
        log = self.log
        spaced = order[np.linspace(0, len(order) - 1, min(_N_ROWS, len(order))).astype(int)][::-1]
        table = tuple(
            (
                str(log.user_table.ids.ids[examples.users[rows[row]]]),
                str(log.item_table.titles[examples.items[rows[row]]]),
                float(first[row]),
                float(second[row]),
                float(first[row] * second[row]),
                float(said[row]),
            )
            for row in spaced
        )
        values = {"parent": parent.name, "child": child.name}
        return [
            Table(
                key=f"funnel {child.name}",
                title=Message("From “{parent}” to “{child}”", values),
                sentence=Message(
                    "Impressions of training from the likeliest “{child}” to the least likely. The "
                    "chance of both is the chance of “{parent}” times that of “{child}” once "
                    "“{parent}” has happened; the last column is what the model says.",
                    values,
                ),
                columns=(
                    Message("user"),
                    Message("item"),
                    Message("chance of “{parent}”", values),
                    Message("of “{child}” once “{parent}”", values),
                    Message("product"),
                    Message("the model says"),
                ),
                rows=table,
            ),
            Lines(
                key=f"calibration {child.name}",
                title=Message("Can the chance of “{child}” be believed?", values),
                sentence=Message(
                    "{n:,} impressions of training, from the tenth with the lowest chance of "
                    "“{child}” to the highest: the mean chance that the model says, and the share "
                    "that happened. Lines that lie together are calibrated. On events it has not "
                    "seen the model is less sure of its ground.",
                    {**values, "n": len(rows)},
                ),
                x_label=Message("tenth of the impressions"),
                y_label=Message("chance of “{child}”", values),
                x=np.arange(1.0, _N_BINS + 1),
                series={
                    "said": np.array([said[order][rows_of].mean() for rows_of in bins]),
                    "happened": np.array([happened[rows_of].mean() for rows_of in bins]),
                },
            ),
        ]


def chance(z: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-z)) in double precision."""
    return sigmoid(np.asarray(z, dtype=np.float64))

r"""Multi-task CNN: short patterns in the past, found by filters; a head per task answers.

The source text's *multi-task CNN*. A *horizontal* filter is a template of a few items in a row;
slid along the past it says at each place how well the items there fit, and only its best fit is
kept. So "this, and then that" is found wherever it stood:

.. math:: a_f = \max_k\, \text{relu}\Big(b_f + \sum_{o=0}^{h-1} x_{k-o} \cdot F_{f,o}\Big)

for filters of heights h = 1, ..., H. Each known item ends one window of each height; places before
the first item are empty, so a short past needs no filling. What stood last the best fit does not
tell; that is left to *vertical* filters, weighted sums of the past with a weight for each place:

.. math:: v_g = \sum_k G_{g,k}\, x_k, \qquad s = [a; v]\, W

The result s is a field of the example like any other, shared by all tasks:
:math:`z_t = \text{MLP}_t(\text{MLP}(x, s, \ldots))`.

The doubt: Ferrari Dacrema et al. (2019) found nearest neighbours and well tuned simple models as
good as many recent networks; and where tastes do not change, a mean of the past is all one needs.

References
----------
J. Tang, K. Wang: Personalized top-n sequential recommendation via convolutional sequence embedding,
WSDM 2018 (Caser).
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from algorithms.arrays import Float32Array
from algorithms.explanations import Exhibit, HeatMap, Lines, Table
from algorithms.messages import Message
from algorithms.models.neural.inputs import ITEM
from algorithms.models.neural.network import apply_linear, linear
from algorithms.models.neural.ops import Array, Ops, Weights
from algorithms.models.neural.sequence import SequenceConfig, SequenceNetwork, SequenceRecommender

_N_SHOWN = 8  # filters of a height that are shown, those which pull most
_N_FITTING = 3  # items that fit a place of a filter best


class MultitaskCnnConfig(SequenceConfig):
    """Parameters of the multi-task CNN."""

    n_filters: int = Field(16, ge=1, le=256, description="Patterns looked for, of each height")
    height: int = Field(3, ge=1, le=8, description="Items in a row that the longest pattern spans")
    n_vertical: int = Field(4, ge=1, le=64, description="Weighted sums over the whole past")


class MultitaskCnnNetwork(SequenceNetwork):
    """Filters of several heights over the past, a trunk, and a head per task."""

    config: MultitaskCnnConfig

    def make_encoder(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw the filters of each height, the vertical ones, and the layer that reads both."""
        d, n_filters, height = self.sizes.dimension, self.config.n_filters, self.config.height
        length, n_vertical = self.sizes.history, self.config.n_vertical
        weights = linear(rng, "fits", n_filters * height + n_vertical * d, d)
        del weights["fits.b0"]  # no past must say nothing
        weights["vertical"] = linear(rng, "vertical", length, n_vertical)["vertical.W0"]
        for h in range(1, height + 1):
            weights |= linear(rng, f"filter{h}", h * d, n_filters)
        return weights

    def look_back(self, ops: Ops, w: Weights, history: Array, known: Array) -> Array:
        """Slide the filters along the past; return what best fits and sums say (n, d)."""
        n, length, d = history.shape
        height = self.config.height
        empty = ops.constant(np.zeros((n, (height - 1) * d)))
        row = ops.concat([empty, history.reshape(n, length * d)])  # (n, (H - 1 + L) d)
        ended = [row[:, o * d : (o + length) * d].reshape(n, length, d) for o in range(height)]
        found = [(history.swapaxes(1, 2) @ w["vertical"]).reshape(n, -1)]  # (n, d n_vertical)
        for h in range(1, height + 1):
            windows = ops.concat(ended[height - h :])  # (n, L, h d), oldest first
            fits = ops.relu(apply_linear(w, f"filter{h}", windows))  # (n, L, n_filters)
            found.append(ops.amax(fits * known[:, :, None], axis=1))
        return ops.concat(found) @ w["fits.W0"]


class MultitaskCnn(SequenceRecommender):
    """Filters over the past, and a head per task."""

    key = "multitask_cnn"
    title = "Multi-task CNN"
    summary = "Looks for short patterns in what the user chose last; all tasks share what it finds."
    equation = (
        r"$a_f = \max_k\, \mathrm{relu}(b_f + \sum_o x_{k-o} \cdot F_{f,o}), \quad "
        r"z_t = f_t(x, [a; \sum_k G_k x_k]\, W)$"
    )
    reference = "tang2018"
    config_class = MultitaskCnnConfig
    network_class = MultitaskCnnNetwork

    config: MultitaskCnnConfig

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show the filters: which places they look at, and which items fit there."""
        return (*self._filter_exhibits(), *super().exhibits())

    def _filter_exhibits(self) -> tuple[Exhibit, ...]:
        w, d, h = self._parts[0].weights, self.config.dimension, self.config.height
        n_filters = self.config.n_filters
        filters = w[f"filter{h}.W0"].T.reshape(n_filters, h, d).astype(np.float64)
        strength = np.linalg.norm(filters, axis=2)  # (n_filters, h)
        said = np.linalg.norm(w["fits.W0"][-n_filters:], axis=1)  # what is made of a filter's fit
        strongest = np.argsort(-said * strength.max(axis=1), kind="stable")[:_N_SHOWN]
        met = np.unique(self.log.items).astype(np.int64)
        fits = np.einsum("fod,id->foi", filters[strongest], w[ITEM][met])
        best = met[np.argsort(-fits, axis=2, kind="stable")[:, :, :_N_FITTING]]  # (8, h, 3)
        names = tuple(f"filter {number + 1}" for number in range(len(strongest)))
        titles = self.log.item_table.titles
        rows = [
            (name, *("; ".join(titles[items].tolist()) for items in of_filter))
            for name, of_filter in zip(names, best, strict=True)
        ]
        places = tuple(f"{back} before" if back else "newest" for back in range(h - 1, -1, -1))
        return (
            HeatMap(
                key="filters",
                title=Message("Where the filters look"),
                sentence=Message(
                    "The length of each filter’s template at each place of its window of {h} "
                    "items: the {n} filters that pull most. A row with one strong place looks for "
                    "an item; a row with several looks for a sequence.",
                    {"h": h, "n": len(names)},
                ),
                row_names=names,
                column_names=places,
                values=strength[strongest],
            ),
            Table(
                key="filter_items",
                title=Message("What the filters look for"),
                sentence=Message(
                    "The items that fit each place of a filter best. A fit is a product of "
                    "vectors: the items need never have stood there in any user’s past."
                ),
                columns=(Message("filter"), *(Message(place) for place in places)),
                rows=tuple(rows),
            ),
            Lines(
                key="vertical",
                title=Message("How the past fades"),
                sentence=Message(
                    "The weight that each weighted sum gives the item chosen so many steps ago. A "
                    "sum that falls looks at what is new; a flat one takes the mean of the past. "
                    "A weight below 0 is no dislike: later layers may turn it round."
                ),
                x_label=Message("steps back"),
                y_label=Message("weight"),
                x=np.arange(len(w["vertical"]), dtype=np.float64),
                series={
                    f"sum {g + 1}": column[::-1].astype(np.float64)
                    for g, column in enumerate(w["vertical"].T)
                },
            ),
        )

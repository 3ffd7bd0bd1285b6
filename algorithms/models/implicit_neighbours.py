r"""Item neighbours from the library implicit: whoever chose this also chose that.

Two items are alike where the same users chose both. An item is then recommended for being like
what a user chose before: its score is a sum over the user's past, each past item j counting as
often as it was chosen (:math:`x_{uj}`), and only if the item is among j's nearest,

.. math::
    s_{ui} = \sum_{j:\,i \in N_K(j)} x_{uj}\, w_j^\top w_i

where :math:`w_i` is the item's column of the table of feedback, weighted. The three models differ
in nothing but that weighting:

* **Cosine**: the column scaled to length 1, :math:`w_{ui} = x_{ui} / \|x_i\|`, so that the product
  is the cosine of the angle between two columns, and popular items are not like everything.
* **TF-IDF** borrows from search engines, where a word that stands in every document says little.
  Here a user who chose everything says little of what belongs together:
  :math:`w_{ui} \propto \sqrt{x_{ui}}\, \ln\frac{n}{1 + n_u}` with n items of which u chose
  :math:`n_u`, scaled to length 1 as well.
* **BM25** comes from search engines too. It lets repetition saturate (:math:`k_1`) and holds the
  length of a column against it (b), without scaling to length 1:
  :math:`w_{ui} = \frac{(k_1 + 1)\,x_{ui}}{k_1 (1 - b + b\,\ell_i / \bar\ell) + x_{ui}}\,
  \ln\frac{n}{1 + n_u}`, where :math:`\ell_i` is the sum of the column and :math:`\bar\ell` the mean
  of all. So popular items stay a little more similar to everything, which often suits rankings.

Nothing is learned step by step, and no chance is involved. Each task has its own neighbours. An
item is a neighbour of itself; that matters only where it is asked for although the user met it. A
user without feedback gets NaN; an item that is nobody's neighbour scores 0.

References
----------
G. Linden, B. Smith, J. York: Amazon.com recommendations: item-to-item collaborative filtering, IEEE
Internet Computing 7(1), 2003 (cosine).
G. Salton, C. Buckley: Term-weighting approaches in automatic text retrieval, Information Processing
and Management 24(5), 1988 (TF-IDF).
S. Robertson, H. Zaragoza: The probabilistic relevance framework: BM25 and beyond, Foundations and
Trends in Information Retrieval 3(4), 2009.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.explanations import Explanation
from algorithms.messages import Message
from algorithms.models.base import Family, ModelConfig, ModelState
from algorithms.models.implicit_feedback import Feedback, FeedbackRecommender, each_with_progress
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task

if TYPE_CHECKING:
    from scipy.sparse import coo_matrix, csr_matrix

_BLOCK = 256  # users whose past is spread out at a time


class NeighboursConfig(ModelConfig):
    """Parameters of item neighbours."""

    n_neighbours: int = Field(
        100, ge=1, le=2000, description="How many of the most similar items each item keeps"
    )


class Bm25Config(NeighboursConfig):
    """Parameters of item neighbours with BM25."""

    k1: float = Field(
        1.2, ge=0, le=1000, description="How long repeated choices of an item go on to count"
    )
    b: float = Field(
        0.75, ge=0, le=1, description="How much an item's popularity is held against it"
    )


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest items of every item of a kind, grouped by item (CSR).

    Parameters
    ----------
    offsets : (n_columns + 1,)
    columns : (n_pairs,) the neighbour
    similarities : (n_pairs,)
    """

    offsets: IntArray
    columns: IntArray
    similarities: FloatArray

    def of(self, items: IntArray) -> tuple[IntArray, IntArray]:
        """Return the position in ``items`` and the pair, of every neighbour of these items."""
        counts = np.diff(self.offsets)[items]
        rows = np.repeat(np.arange(len(items)), counts)
        before = np.repeat(np.cumsum(counts) - counts, counts)
        return rows, np.arange(len(rows)) - before + np.repeat(self.offsets[items], counts)


class ItemNeighbours(FeedbackRecommender):
    """An item is recommended for being like those of the past; the weighting is the model's own."""

    family = Family.LIBRARY
    config_class = NeighboursConfig
    explains_by = "interactions"

    config: NeighboursConfig

    def prepare(self) -> None:
        """Load the library, and SciPy's sparse tables."""
        for name in ("implicit.nearest_neighbours", "scipy.sparse"):
            import_module(name)

    @abstractmethod
    def _weighted(self, items: csr_matrix) -> coo_matrix:
        """Return w, (n_items of the kind, n_users), of the feedback x in the same shape."""

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        self._derive()
        self._neighbours: dict[str, Neighbours] = {}
        for task, part in each_with_progress(tasks, progress):
            part(0.0, Stage.FIT)
            self._neighbours[task.name] = self._compare(self._feedback[task.name])
        progress(1.0, Stage.FIT)

    def _compare(self, cells: Feedback) -> Neighbours:
        """Return the neighbours of every item."""
        if not len(cells.columns):
            none = np.empty(0, dtype=np.int64)
            return Neighbours(np.zeros(cells.n_columns + 1, np.int64), none, np.empty(0))

        from implicit.nearest_neighbours import ItemItemRecommender

        # Where all users of an item chose everything, the item says nothing, and its column of
        # zeros cannot be scaled to length 1: it has no neighbours.
        with np.errstate(invalid="ignore"):
            weighted = self._weighted(cells.table(cells.x).T.tocsr())
        weighted.data = np.nan_to_num(weighted.data)
        model = ItemItemRecommender(K=self.config.n_neighbours, num_threads=1)
        model.fit(weighted.T.tocsr(), show_progress=False)
        found = model.similarity  # (n_columns, n_columns), padded with zeros
        found.eliminate_zeros()
        return Neighbours(found.indptr.astype(np.int64), found.indices.astype(np.int64), found.data)

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        return self._pairs_of_blocks(task, users, items)

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        columns = self._columns[task.name][items]  # (k,)
        scores = np.full((len(users), len(items)), np.nan)
        for start in range(0, len(users), _BLOCK):
            part = users[start : start + _BLOCK]
            scores[start : start + _BLOCK, columns >= 0] = self._add_up(task, part)[
                :, columns[columns >= 0]
            ]
        scores[~self._has_feedback(task, users)] = np.nan
        return scores

    def _add_up(self, task: Task, users: IntArray) -> FloatArray:
        """Return (m, n_columns) the sums over the past, in the order of the library."""
        cells, near = self._feedback[task.name], self._neighbours[task.name]
        rows, mine = cells.cells_of(users)  # (n_past,) of all these users
        past, pairs = near.of(cells.columns[mine])  # (n,)
        places = rows[past] * cells.n_columns + near.columns[pairs]
        addends = near.similarities[pairs] * cells.x[mine][past]
        size = len(users) * cells.n_columns
        totals: FloatArray = np.bincount(places, addends, size).astype(np.float64)
        return totals.reshape(len(users), cells.n_columns)

    def fold_in(self, task: Task, user: int, items: IntArray, log: InteractionLog) -> FloatArray:
        """Return (n,) the scores of items for a user who did what a log says."""
        folded: FloatArray = self._with_past(task, log)._score_block(task, np.array([user]), items)[
            0
        ]
        return folded

    def _state(self) -> ModelState:
        arrays: dict[str, AnyArray] = {}
        for position, task in enumerate(self.tasks):
            near = self._neighbours[task.name]
            arrays[f"task{position}.offsets"] = near.offsets
            arrays[f"task{position}.columns"] = near.columns
            arrays[f"task{position}.similarities"] = near.similarities
        return ModelState(arrays)

    def _restore(self, state: ModelState) -> None:
        self._derive()
        self._neighbours = {
            task.name: Neighbours(
                state.arrays[f"task{position}.offsets"],
                state.arrays[f"task{position}.columns"],
                state.arrays[f"task{position}.similarities"],
            )
            for position, task in enumerate(self.tasks)
        }

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        score = float(self._predict(task, np.array([user]), np.array([item]))[0])
        if np.isnan(score):
            return self._unknown(task, user, item)
        cells, near = self._feedback[task.name], self._neighbours[task.name]
        mine = cells.of(user)
        past, pairs = near.of(cells.columns[mine])
        here = near.columns[pairs] == self._columns[task.name][item]
        similarity = np.zeros(mine.stop - mine.start)  # (n_past,)
        similarity[past[here]] = near.similarities[pairs[here]]
        told = self._because_of_past(task, user, item, score, similarity * cells.x[mine])
        remark = Message(
            "{n} of the {n_past} items of the past have it among their {k} most similar items.",
            {"n": int(here.sum()), "n_past": len(similarity), "k": self.config.n_neighbours},
        )
        return replace(told, remarks=(remark,))


class ItemCosine(ItemNeighbours):
    """Neighbours by the angle between two items' columns."""

    key = "item_cosine"
    title = "Item neighbours: cosine (implicit)"
    summary = "Recommends what was chosen by the same users as the items of one's own past."
    equation = (
        r"$s_{ui} = \sum_{j:\,i \in N_K(j)} x_{uj}\,"
        r"\frac{x_j^\top x_i}{\|x_j\|\,\|x_i\|}$"
    )
    reference = "linden2003"

    def _weighted(self, items: csr_matrix) -> coo_matrix:
        from implicit.nearest_neighbours import normalize

        return normalize(items)


class ItemTfidf(ItemNeighbours):
    """Neighbours in which users who chose everything count less."""

    key = "item_tfidf"
    title = "Item neighbours: TF-IDF (implicit)"
    summary = "Item neighbours in which users who choose little say more than those who choose all."
    equation = (
        r"$s_{ui} = \sum_{j:\,i \in N_K(j)} x_{uj}\,w_j^\top w_i,\quad"
        r" w_{ui} \propto \sqrt{x_{ui}}\,\ln\frac{n}{1 + n_u}$"
    )
    reference = "salton1988"

    def _weighted(self, items: csr_matrix) -> coo_matrix:
        from implicit.nearest_neighbours import normalize, tfidf_weight

        return normalize(tfidf_weight(items))


class ItemBm25(ItemNeighbours):
    """Neighbours in which repetition saturates and popularity is weighed."""

    key = "item_bm25"
    title = "Item neighbours: BM25 (implicit)"
    summary = (
        "Item neighbours weighed as search engines weigh words: repetition counts less and less."
    )
    equation = (
        r"$s_{ui} = \sum_{j:\,i \in N_K(j)} x_{uj}\,w_j^\top w_i,\quad"
        r" w_{ui} = \frac{(k_1 + 1)\,x_{ui}}{k_1 (1 - b + b\,\ell_i / \bar\ell) + x_{ui}}"
        r"\,\ln\frac{n}{1 + n_u}$"
    )
    reference = "robertson2009"
    config_class = Bm25Config

    config: Bm25Config

    def _weighted(self, items: csr_matrix) -> coo_matrix:
        from implicit.nearest_neighbours import bm25_weight

        return bm25_weight(items, K1=self.config.k1, B=self.config.b)

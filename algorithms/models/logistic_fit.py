r"""The optimum of a logistic regression whose features are crossed, without writing them out.

With the events gathered by pair of user and item (:math:`n_{ui}` events, :math:`k_{ui}` of them a
yes), the loss and its gradient are

.. math::
    L(W) = \sum_{ui} n_{ui} \ln(1 + e^{s_{ui}}) - k_{ui} s_{ui} + \frac{\lambda}{2} \|W\|^2, \qquad
    \nabla L = A^\top R\, B + \lambda W, \qquad s_{ui} = a_u^\top W b_i

where the sparse table R holds :math:`n_{ui}\sigma(s_{ui}) - k_{ui}`. The intercept is not drawn
to zero. Weights of rare features are far less certain than others, which makes for a narrow valley;
so the steps are taken in units of each weight's standard error, 1 over the root of the curvature
at the start, and end where the gradient is a thousandth of that.

References
----------
D. C. Liu, J. Nocedal: On the limited memory BFGS method for large scale optimization, Mathematical
Programming 45, 1989.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import BoolArray, FloatArray, IndexArray, IntArray
from algorithms.progress import Progress, Stage

_CHUNK = 65_536  # cells whose features are gathered at a time
_MOST_STEPS = 1000
_NEAR = 1e-3  # of the standard error of a weight
_PACE = 20.0  # steps after which half of the bar is filled: nobody knows how many it takes


@dataclass(frozen=True, eq=False)
class Cells:
    """Events by pair of user and item.

    Parameters
    ----------
    users, items : (n_cells,) row in A and in B, ordered by user
    counts, yes : (n_cells,) events, and those that were a yes
    A : (n_users, n_user_features)
    B : (n_items, n_item_features)
    """

    users: IntArray
    items: IntArray
    counts: FloatArray
    yes: FloatArray
    A: FloatArray
    B: FloatArray

    @classmethod
    def of(
        cls, users: IndexArray, items: IndexArray, yes: FloatArray, A: FloatArray, B: FloatArray
    ) -> Cells:
        """Gather events (n,)."""
        pairs = users * np.int64(len(B)) + items
        found, cell_of = np.unique(pairs, return_inverse=True)
        counts = np.bincount(cell_of, minlength=len(found)).astype(np.float64)
        yes_of = np.bincount(cell_of, yes, len(found)).astype(np.float64)
        return cls(found // len(B), found % len(B), counts, yes_of, A, B)

    def log_odds(self, W: FloatArray) -> FloatArray:
        """Return (n_cells,) s."""
        of_users = self.A @ W  # (n_users, n_item_features)
        odds = np.empty(len(self.users))
        for start in range(0, len(odds), _CHUNK):
            part = slice(start, start + _CHUNK)
            rows, columns = of_users[self.users[part]], self.B[self.items[part]]
            odds[part] = np.einsum("nf,nf->n", rows, columns)
        return odds


def minimise(
    cells: Cells, free: BoolArray, regularization: float, progress: Progress
) -> FloatArray:
    """Return W at the optimum; both labels must occur.

    Parameters
    ----------
    cells : what happened
    free : (n_user_features, n_item_features) weights that may differ from zero
    regularization : λ
    progress : told after each step
    """
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    drawn = free.astype(np.float64)
    drawn[0, 0] = 0.0
    n = float(cells.counts.sum())
    shape = (len(cells.A), len(cells.B))

    rate = float(cells.yes.sum()) / n
    N = csr_matrix((cells.counts, (cells.users, cells.items)), shape=shape)
    curvature = rate * (1.0 - rate) * ((cells.A**2).T @ (N @ cells.B**2)) + regularization * drawn
    scale = 1.0 / np.sqrt(np.maximum(curvature, 1e-12))  # (n_user_features, n_item_features)

    def loss(steps: FloatArray) -> tuple[float, FloatArray]:
        W = np.zeros(free.shape)
        W[free] = steps
        W *= scale
        odds = cells.log_odds(W)
        fit = float(cells.counts @ np.logaddexp(0.0, odds) - cells.yes @ odds)
        residuals = cells.counts * np.exp(-np.logaddexp(0.0, -odds)) - cells.yes
        R = csr_matrix((residuals, (cells.users, cells.items)), shape=shape)
        gradient = cells.A.T @ (R @ cells.B) + regularization * drawn * W
        total = fit + 0.5 * regularization * float((drawn * W**2).sum())
        return total, (gradient * scale)[free]

    n_steps = 0

    def tell(weights: FloatArray) -> None:
        nonlocal n_steps
        n_steps += 1
        progress(n_steps / (n_steps + _PACE), Stage.FIT)

    start = np.zeros(free.shape)
    start[0, 0] = np.log(rate / (1.0 - rate)) / scale[0, 0]
    with threadpool_limits(1, "blas"):  # the same sums in the same order
        found = minimize(
            loss,
            start[free],
            jac=True,
            method="L-BFGS-B",
            callback=tell,
            options={"maxiter": _MOST_STEPS, "maxfun": 2 * _MOST_STEPS, "ftol": 0.0, "gtol": _NEAR},
        )
    W = np.zeros(free.shape)
    W[free] = found.x
    W *= scale
    return W

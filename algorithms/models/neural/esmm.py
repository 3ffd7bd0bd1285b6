r"""ESMM, the entire-space multi-task model: the purchase is learned from all impressions.

Two towers on shared embeddings say how likely a click is, and a purchase once clicked. Neither
purchase nor click is asked of clicked events alone: what is compared with the labels is the click's
chance and the *product*, over every impression. The second factor is never trained by itself.

.. math:: \text{pCTCVR} = \underbrace{\sigma(z_\text{click})}_{\text{pCTR}} \times
          \underbrace{\sigma(z_\text{buy})}_{\text{pCVR}}, \qquad
          L = \ell(o, \text{pCTR}) + \ell(o\,y, \text{pCTCVR})

So it sees the events that a naive conversion model leaves out. A task without a parent has just
its tower; the number of a child is the product.

What the literature doubts: the factor pCVR it ends up with is still biased, because the click is
also the user's choice and says something about the purchase; only the product is told by labels
(H. Wang et al. 2022, who therefore weigh the clicked events: ESCM²).

References
----------
X. Ma et al.: Entire space multi-task model, SIGIR 2018. H. Wang et al.: ESCM², SIGIR 2022.
"""

from __future__ import annotations

from algorithms.models.neural.events import Examples
from algorithms.models.neural.funnel import FunnelNetwork, chance_of_both, with_implied_no
from algorithms.models.neural.funnel_recommender import FunnelRecommender
from algorithms.models.neural.ops import Array, Ops


class EsmmNetwork(FunnelNetwork):
    """A tower per task; a child's number is the product along its funnel."""

    def link(self, ops: Ops, z: Array) -> Array:
        """Multiply each child's chance with its parent's."""
        columns = [z[:, t] for t in range(self.sizes.n_tasks)]
        for t in self.order:
            if self.parents[t] >= 0:
                columns[t] = chance_of_both(ops, columns[self.parents[t]], columns[t])
        return ops.stack(columns, axis=1)

    def learns_from(self, examples: Examples) -> Examples:
        """Take the entire space: no click, no purchase."""
        return with_implied_no(examples, self.parents)


class Esmm(FunnelRecommender):
    """Purchases as clicks times purchases once clicked, learned over all impressions."""

    key = "esmm"
    title = "ESMM"
    summary = (
        "Learns a purchase as the chance of its click times that of buying once clicked, from all "
        "impressions."
    )
    equation = r"$\mathrm{pCTCVR} = \mathrm{pCTR} \times \mathrm{pCVR}$"
    reference = "ma2018esmm"
    network_class = EsmmNetwork

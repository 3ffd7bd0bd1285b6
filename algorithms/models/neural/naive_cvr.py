r"""Naive conversion model: learned on those who clicked, asked about everybody.

The towers are those of ESMM, but the child's tower is trained where its parent happened, and its
number is taken for all:

.. math:: \text{pCVR} = \sigma(z_\text{buy}), \qquad L = \ell(o, \text{pCTR})
          + \ell(y, \text{pCVR}) \ \text{on events with}\ o = 1

It never sees an event without a click. Those who clicked are not like the others (sample selection
bias), and few (data sparsity): its chances are far too high for an impression, and it ranks by the
second step of the funnel alone. It stands here to be beaten; times the click's chance it would be
the baseline of the ESMM paper.

References
----------
X. Ma et al.: Entire space multi-task model, SIGIR 2018 (there called BASE).
"""

from __future__ import annotations

from algorithms.messages import Message
from algorithms.models.neural.events import Examples
from algorithms.models.neural.funnel import FunnelNetwork, without_stopped
from algorithms.models.neural.funnel_recommender import FunnelRecommender


class NaiveCvrNetwork(FunnelNetwork):
    """A tower per task; a child learns from its parent's yes only."""

    def learns_from(self, examples: Examples) -> Examples:
        """Leave out what stopped at the parent."""
        return without_stopped(examples, self.parents)


class NaiveCvr(FunnelRecommender):
    """Purchases learned on clicked events only, answering for all impressions."""

    key = "naive_cvr"
    title = "Naive conversion model"
    summary = (
        "Learns a purchase on clicked events only and answers for all: the selection bias that "
        "ESMM removes."
    )
    equation = r"$\mathrm{pCVR} = P(\mathrm{buy} \mid \mathrm{click}), \ \mathrm{for\ all}$"
    reference = "ma2018esmm"
    network_class = NaiveCvrNetwork

    def notes(self) -> tuple[Message, ...]:
        """Say which tasks were learned on a part of what they are asked about."""
        return (
            *super().notes(),
            *(
                Message(
                    "“{child}” was learned only where “{parent}” happened, and answers for all: "
                    "its chances are too high.",
                    {"child": child.name, "parent": parent.name},
                )
                for parent, child in self.steps()
            ),
        )

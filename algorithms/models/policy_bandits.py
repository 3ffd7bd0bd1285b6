r"""Bandits over task weights: which proportion of the tasks pays is found out by trying.

The arms are weight vectors on a grid over the simplex; a round is the visit of one user to the
simulated shop of ``policy_fusion``. In each round the bandit chooses an arm for the visitor, the
list is made, its reward is drawn:

.. math::
    a \sim \pi(\cdot | u), \qquad
    R = \sum_t \frac{\omega_t}{\sum\omega}\, \frac{1}{n} \sum_{i \in \mathrm{list}_a(u)}
        \frac{r_{tui}}{\bar r_t}

``algorithms/policies/bandits.py`` tells how the three differ. Epsilon-greedy and Thompson sampling
learn each segment by itself; LinUCB learns across users from their activity and appetite, so that
two users of one segment may get different weights. With ``top_places`` the first places of the list
have a bandit of their own (``algorithms/policies/slots.py``).

References
----------
R. S. Sutton, A. G. Barto: Reinforcement learning, 2018. S. Agrawal, N. Goyal: Further optimal
regret bounds for Thompson sampling, AISTATS 2013. L. Li et al.: A contextual-bandit approach to
personalized news article recommendation, WWW 2010.
"""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from pydantic import Field

from algorithms.models.policy_arms import Arms
from algorithms.models.policy_fusion import Decision, PolicyFusion, ShopConfig
from algorithms.models.policy_weights import WeightConfig, WeightPolicy
from algorithms.policies.bandits import Bandit, EpsilonGreedy, LinUcb, ThompsonSampling
from algorithms.policies.segments import Segments
from algorithms.policies.shop import Diary, open_for_bandits
from algorithms.policies.slots import slots_of
from algorithms.progress import Progress, Stage

_STRETCHES = 10  # after each of which progress is told, and a cancel heard


class RoundsConfig(ShopConfig):
    """What all bandits share, whatever their arms are."""

    n_rounds: int = Field(5000, ge=10, le=200_000, description="Visits to the simulated shop")
    top_places: int = Field(
        0, ge=0, le=50, description="First places, decided by themselves; 0 for one decision"
    )


class BanditConfig(RoundsConfig, WeightConfig):
    """Parameters of the bandits over task weights."""


class EpsilonGreedyConfig(BanditConfig):
    """Parameters of epsilon-greedy."""

    epsilon: float = Field(
        1.0, ge=0, le=10, description="Share of random arms at first; falls with √(visits)"
    )


class LinUcbConfig(BanditConfig):
    """Parameters of LinUCB."""

    alpha: float = Field(1.0, ge=0, le=10, description="How much doubt counts in favour of an arm")


class BanditPolicy(PolicyFusion):
    """Lets visitors come to bandits, and gives every user the arms that they found best."""

    config: RoundsConfig

    @abstractmethod
    def _bandit(self, n_segments: int, n_features: int, n_arms: int) -> Bandit:
        """Return a bandit that has not seen anything yet."""

    def _decide(
        self,
        arms: Arms,
        diary: Diary,
        segments: Segments,
        rng: np.random.Generator,
        progress: Progress,
    ) -> Decision:
        slots = slots_of(diary.shop.list_length, self.config.top_places)
        bandits = [
            self._bandit(len(segments.names), segments.features.shape[1], len(arms.names))
            for _ in slots
        ]
        lengths = np.diff(np.linspace(0, self.config.n_rounds, _STRETCHES + 1).astype(int))
        for number, length in enumerate(lengths):
            open_for_bandits(diary, bandits, slots, int(length), rng)
            progress((number + 1) / _STRETCHES, Stage.FIT)
        best = [bandit.best(segments.of_user, segments.features) for bandit in bandits]
        return Decision(arms, np.stack(best), slots[0][1] if len(slots) > 1 else 0)


class PolicyEpsilonGreedy(BanditPolicy, WeightPolicy):
    """Takes the weights that paid best so far, and now and then others."""

    key = "policy_epsilon_greedy"
    title = "Epsilon-greedy weights"
    summary = "Mostly lets tasks count as has paid best so far, and tries at random now and then."
    equation = r"$w_u = \mathrm{argmax}_a\ \hat\mu_{s(u),a}\ \ \mathrm{with}\ 1 - \epsilon_n$"
    reference = "sutton2018"
    config_class = EpsilonGreedyConfig

    config: EpsilonGreedyConfig

    def _bandit(self, n_segments: int, n_features: int, n_arms: int) -> Bandit:
        return EpsilonGreedy(n_segments, n_arms, self.config.epsilon)


class PolicyThompson(BanditPolicy, WeightPolicy):
    """Tries weights as often as they may be the best."""

    key = "policy_thompson"
    title = "Thompson-sampled weights"
    summary = "Tries each proportion of the tasks as often as it may still be the best."
    equation = (
        r"$w_u = \mathrm{argmax}_a\ \theta_a,\ \theta_a \sim N(\hat\mu_a, \hat\sigma^2/(n_a+1))$"
    )
    reference = "agrawal2013"
    config_class = BanditConfig

    config: BanditConfig

    def _bandit(self, n_segments: int, n_features: int, n_arms: int) -> Bandit:
        return ThompsonSampling(n_segments, n_arms)


class PolicyLinUcb(BanditPolicy, WeightPolicy):
    """Takes the weights that may pay best for a user of these features."""

    key = "policy_linucb"
    title = "LinUCB weights"
    summary = "Learns from users' activity which proportion of the tasks may pay best for each."
    equation = (
        r"$w_u = \mathrm{argmax}_a\ \hat\theta_a^\top x_u"
        r" + \alpha \sqrt{x_u^\top A_a^{-1} x_u}$"
    )
    reference = "li2010"
    config_class = LinUcbConfig

    config: LinUcbConfig

    def _bandit(self, n_segments: int, n_features: int, n_arms: int) -> Bandit:
        return LinUcb(n_features, n_arms, self.config.alpha)

r"""Planners over task weights: climb to the proportion of the tasks that pays.

The weights of a segment are the softmax of logits, one for each task, and move freely over the
simplex. Two planners climb in the simulated shop of ``policy_fusion``:

.. math::
    \text{REINFORCE:}\quad \theta_s \leftarrow \theta_s + \eta\,
        \overline{(R - b_s)\, \varepsilon / \tau}, \qquad
    \text{cross-entropy:}\quad (\mu_s, \sigma_s) \leftarrow
        \text{mean and deviation of the elite}

REINFORCE sees the noisy rewards of single visits, as a shop would; the cross-entropy method asks
the reward model for expected rewards, as only a planner can, and needs far fewer steps. What both
find is best *for the reward model* (``algorithms/policies/planners.py``).

References
----------
R. J. Williams: Simple statistical gradient-following algorithms for connectionist reinforcement
learning, Machine Learning 8, 1992. P.-T. de Boer, D. P. Kroese, S. Mannor, R. Y. Rubinstein: A
tutorial on the cross-entropy method, Annals of Operations Research 134, 2005.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from algorithms.models.policy_arms import Arms, WeightArms
from algorithms.models.policy_fusion import Decision
from algorithms.models.policy_weights import WeightConfig, WeightPolicy
from algorithms.policies.planners import CrossEntropy, Reinforce
from algorithms.policies.segments import Segments
from algorithms.policies.shop import Diary, open_for_cross_entropy, open_for_reinforce
from algorithms.progress import Progress, Stage


class ReinforceConfig(WeightConfig):
    """Parameters of REINFORCE."""

    n_epochs: int = Field(300, ge=1, le=10_000, description="Batches of visits")
    batch_size: int = Field(64, ge=2, le=2048, description="Visits before the logits move")
    learning_rate: float = Field(0.05, gt=0, le=1, description="How far they move")
    exploration: float = Field(
        0.5, gt=0, le=5, description="How much the logits are shaken to find what pays"
    )


class CrossEntropyConfig(WeightConfig):
    """Parameters of the cross-entropy method."""

    n_epochs: int = Field(15, ge=1, le=500, description="Generations")
    n_population: int = Field(40, ge=5, le=1000, description="Weight vectors of a generation")
    elite_share: float = Field(
        0.2, gt=0, le=0.9, description="Share of them that the next generation is drawn around"
    )
    batch_size: int = Field(40, ge=2, le=2048, description="Users that each of them is tried on")


class PolicyReinforce(WeightPolicy):
    """Moves each segment's weights towards what paid."""

    key = "policy_reinforce"
    title = "REINFORCE weights"
    summary = "Shakes the proportion of the tasks a little, and moves it to where it paid."
    equation = (
        r"$\theta_s \leftarrow \theta_s + \eta\ (R - b_s)\ \epsilon / \tau,"
        r"\ w = \mathrm{softmax}\,\theta_s$"
    )
    reference = "williams1992"
    config_class = ReinforceConfig

    config: ReinforceConfig

    def _decide(
        self,
        arms: Arms,
        diary: Diary,
        segments: Segments,
        rng: np.random.Generator,
        progress: Progress,
    ) -> Decision:
        config, n_segments = self.config, len(segments.names)
        n_tasks = diary.shop.scores.shape[2]
        planner = Reinforce(n_segments, n_tasks, config.learning_rate, config.exploration)
        for epoch in range(config.n_epochs):
            open_for_reinforce(diary, planner, 1, config.batch_size, rng)
            progress((epoch + 1) / config.n_epochs, Stage.FIT)
        return Decision(WeightArms(planner.weights()), segments.of_user[None])


class PolicyCrossEntropy(WeightPolicy):
    """Closes in on the weights that the reward model likes best, segment by segment."""

    key = "policy_cross_entropy"
    title = "Cross-entropy weights"
    summary = "Draws many proportions of the tasks, keeps the best, and draws again around them."
    equation = (
        r"$(\mu_s, \sigma_s) \leftarrow \mathrm{fit}"
        r"\{\theta: R(\mathrm{softmax}\,\theta)\ \mathrm{among\ the\ best}\}$"
    )
    reference = "deboer2005"
    config_class = CrossEntropyConfig

    config: CrossEntropyConfig

    def _decide(
        self,
        arms: Arms,
        diary: Diary,
        segments: Segments,
        rng: np.random.Generator,
        progress: Progress,
    ) -> Decision:
        config, n_tasks = self.config, diary.shop.scores.shape[2]
        planners = [
            CrossEntropy(n_tasks, config.n_population, config.elite_share) for _ in segments.names
        ]
        for epoch in range(config.n_epochs):
            open_for_cross_entropy(diary, planners, 1, config.batch_size, rng)
            progress((epoch + 1) / config.n_epochs, Stage.FIT)
        weights = np.array([each.weights() for each in planners])
        return Decision(WeightArms(weights), segments.of_user[None])

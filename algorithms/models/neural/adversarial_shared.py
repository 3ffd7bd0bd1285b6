r"""Adversarial shared-private network: what is shared must not tell what kind of thing it is about.

A shared-bottom network shares its first layers, but nothing keeps what belongs to ads alone out
of them. Here each *domain* has a private encoder beside the shared one, two rules keep them apart,
and a task's head reads both:

.. math::
    s = \text{MLP}_s(x), \quad p_k = \text{MLP}_k(x), \qquad z_t = \text{MLP}_t([s;\, p_{k(t)}])

.. math::
    L = \sum_t L_t + L_D(D(R_\lambda(s))) + \gamma\, \frac{1}{K h} \sum_k \|C(s, p_k)\|_F^2

**The adversary.** A discriminator D guesses from s the domain of the example. :math:`R_\lambda`
hands s over as it is, but turns the gradient round on its way back (times :math:`-\lambda`): what
makes D better makes s worse for D. Where D ends at chance, s holds nothing by which *this* D tells
the domains apart. D's loss counts every domain the same, so chance is 1/K however rare one is.

**Orthogonality.** C holds the correlations, over the batch's examples of domain k, of each of the h
shared units with each of the h private ones. Their squares are punished, so the private part does
not learn once more what the shared part knows.

The domain is the kind of the item (products, ads). Where all items are of one kind it is the task:
an example belongs in equal parts to the tasks of which it bears a label.

A fooled discriminator is no proof: Elazar & Goldberg (2018) trained a *new* one on such features
and found much of what was said to be removed. So the inside shows a fresh probe beside D. And
domain-invariant features are no gain as such: where the domain tells what the label is, they must
lose (Zhao et al. 2019).

References
----------
P. Liu, X. Qiu, X. Huang: Adversarial multi-task learning for text classification, ACL 2017. Y.
Ganin, V. Lempitsky: Unsupervised domain adaptation by backpropagation, ICML 2015 (gradient
reversal). K. Bousmalis et al.: Domain separation networks, NIPS 2016 (orthogonality). Y. Elazar,
Y. Goldberg: Adversarial removal of demographic attributes from text data, EMNLP 2018. H. Zhao et
al.: On learning invariant representations for domain adaptation, ICML 2019.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydantic import Field

from algorithms.arrays import Float32Array
from algorithms.explanations import Exhibit
from algorithms.models.base import Family
from algorithms.models.neural.adversarial_exhibits import adversary_exhibits, probe_exhibit
from algorithms.models.neural.config import NetworkConfig
from algorithms.models.neural.inside import Inside, InspectedRecommender
from algorithms.models.neural.network import (
    Batch,
    Network,
    Output,
    apply_linear,
    dense,
    head,
    linear,
    perceptron,
)
from algorithms.models.neural.ops import Array, Ops, Weights

_TINY = 1e-6


class AdversarialSharedConfig(NetworkConfig):
    """Parameters of the adversarial shared-private network."""

    reversal: float = Field(
        0.1, ge=0, le=10, description="How strongly the shared part works against the discriminator"
    )
    orthogonality: float = Field(
        0.1, ge=0, le=100, description="How strongly shared and private parts are kept apart"
    )


class AdversarialSharedNetwork(Network):
    """A shared encoder, one for each domain, a discriminator, and a head for each task."""

    config: AdversarialSharedConfig

    @property
    def domains(self) -> tuple[str, ...]:
        """The kinds of items; the tasks where there is but one kind."""
        kinds = tuple(sorted(set(self.sizes.item_kinds)))
        return kinds if len(kinds) > 1 else self.sizes.tasks

    def domain_of(self, t: int) -> int:
        """Return the position of a task's domain."""
        by_kind = len(set(self.sizes.item_kinds)) > 1
        return self.domains.index(self.sizes.item_kinds[t]) if by_kind else t

    def make_weights(self, rng: np.random.Generator) -> dict[str, Float32Array]:
        """Draw encoders, discriminator and heads."""
        wide, narrow = self.config.width, self.config.width // 2
        layers = (self.n_inputs, wide, narrow)
        weights = dense(rng, "shared", layers)
        for k in range(len(self.domains)):
            weights |= dense(rng, f"private{k}", layers)
        weights |= dense(rng, "discriminator.hidden", (narrow, narrow))
        weights |= linear(rng, "discriminator.out", narrow, len(self.domains))
        for t in range(self.sizes.n_tasks):
            weights |= dense(rng, f"head{t}", (2 * narrow, narrow // 2, 1))
        return weights

    def is_shared(self, name: str) -> bool:
        """Whether several tasks read it: not a head, nor an encoder that serves one task."""
        if name.startswith("private"):
            k = int(name.removeprefix("private").split(".")[0])
            return [self.domain_of(t) for t in range(self.sizes.n_tasks)].count(k) > 1
        return not name.startswith(("head", "discriminator"))

    def forward(self, ops: Ops, w: Weights, x: Array) -> Output:
        """Read once for all and once for each domain; let the discriminator guess."""
        flat = self.with_product(ops, x)
        shared = perceptron(ops, w, "shared", flat, self.config.dropout)  # (n, h)
        private = [
            perceptron(ops, w, f"private{k}", flat, self.config.dropout)
            for k in range(len(self.domains))
        ]
        z = [
            head(ops, w, f"head{t}", ops.concat([shared, private[self.domain_of(t)]]))
            for t in range(self.sizes.n_tasks)
        ]
        turned = ops.reverse(shared, self.config.reversal)
        guess = apply_linear(
            w, "discriminator.out", perceptron(ops, w, "discriminator.hidden", turned)
        )  # (n, K)
        extra = {"shared": shared, "private": ops.stack(private, axis=1), "guess": guess}
        return Output(ops.stack(z, axis=1), extra=extra)

    def membership(self, ops: Ops, batch: Batch) -> Array:
        """Return (n, K) how much each example belongs to each domain; rows sum to 1."""
        mask = batch.mask
        if len(set(self.sizes.item_kinds)) == 1:
            return mask / mask.sum(axis=1)[:, None]
        ones = mask[:, 0] * 0 + 1
        return ops.stack(
            [ops.where(batch.item_kinds == k, ones, 0.0) for k in range(len(self.domains))], axis=1
        )

    def penalty(self, ops: Ops, w: Weights, output: Output, batch: Batch) -> Array | None:
        """Return the discriminator's loss, and what shared and private parts have in common."""
        if len(self.domains) < 2:
            return None
        members = self.membership(ops, batch)
        guess = output.extra["guess"]
        surprise = -ops.log(ops.softmax(guess) + _TINY)  # (n, K)
        by_domain = (members * surprise).sum(axis=0) / (members.sum(axis=0) + _TINY)
        return by_domain.mean() + self.config.orthogonality * self.overlap(ops, output, members)

    def overlap(self, ops: Ops, output: Output, members: Array) -> Array:
        """Return the mean over domains and private units of the summed squared correlations."""
        shared, private = output.extra["shared"], output.extra["private"]
        total = 0.0
        for k in range(len(self.domains)):
            s = _standard(ops, shared, members[:, k])
            p = _standard(ops, private[:, k], members[:, k])
            total = total + ((s.swapaxes(0, 1) @ p) ** 2).sum() / p.shape[1]
        return total / len(self.domains)

    def noted(self, ops: Ops, output: Output, batch: Batch) -> Mapping[str, Array]:
        """Return who belongs where, where the discriminator was right, and the overlap."""
        if len(self.domains) < 2:
            return {}
        members, guess = self.membership(ops, batch), output.extra["guess"]
        above = ops.relu(guess[:, None] - guess[:, :, None]).sum(axis=2)  # (n, K) 0 for the highest
        chosen = ops.where(above <= 0, above * 0 + 1, 0.0)
        ones = members[:, 0] * 0 + 1
        return {
            "domain": members,
            "domain right": members * chosen,
            "overlap": ones * self.overlap(ops, output, members),
        }


def _standard(ops: Ops, h: Array, weight: Array) -> Array:
    """Centre each column of h (n, d) over the weighted rows (n,) and give it length 1."""
    n = weight.sum() + _TINY
    centred = (h - (h * weight[:, None]).sum(axis=0) / n) * ops.sqrt(weight)[:, None]
    return centred / ops.sqrt((centred**2).sum(axis=0) + _TINY)


class AdversarialShared(InspectedRecommender):
    """A shared part that an adversary cleans of what tells domains apart, and private parts."""

    key = "adversarial_shared"
    title = "Adversarial shared-private network"
    family = Family.ADVERSARIAL
    summary = (
        "Shares what a discriminator cannot tell apart by kind of item, and keeps the rest in a "
        "private part for each kind."
    )
    equation = (
        r"$z_t = \mathrm{MLP}_t([s; p_{k(t)}]), \quad L = \sum_t L_t + L_D(D(R_\lambda(s)))"
        r" + \frac{\gamma}{K h} \sum_k \|C(s, p_k)\|_F^2$"
    )
    reference = "liu2017"
    config_class = AdversarialSharedConfig
    network_class = AdversarialSharedNetwork

    config: AdversarialSharedConfig

    def _inside(self, inside: Inside) -> tuple[Exhibit, ...]:
        sizes = self._parts[0].network.sizes
        network = AdversarialSharedNetwork(sizes, self.config)
        found = adversary_exhibits(self._record, network.domains)
        kinds = self.log.item_table.kinds
        if len(network.domains) < 2 or not set(network.domains) <= set(kinds):
            return found
        kind_codes = self.log.item_table.kind_codes[inside.examples.items]
        codes = np.array([network.domains.index(kinds[code]) for code in kind_codes])
        own = inside.output.extra["private"][np.arange(len(codes)), codes]
        return (
            *found,
            probe_exhibit(inside.output.extra["shared"], own, codes, len(network.domains)),
        )

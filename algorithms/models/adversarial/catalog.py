"""The players, each after the plain model that does without a game."""

from __future__ import annotations

from algorithms.models.adversarial.autoencoder import Autoencoder
from algorithms.models.adversarial.cfgan import Cfgan
from algorithms.models.adversarial.irgan import Irgan
from algorithms.models.adversarial.pairwise import Pairwise
from algorithms.models.base import Recommender

ADVERSARIES: dict[str, type[Recommender]] = {
    Autoencoder.key: Autoencoder,
    Cfgan.key: Cfgan,
    Pairwise.key: Pairwise,
    Irgan.key: Irgan,
}

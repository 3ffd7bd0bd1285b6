"""Every recommender of the lab, in the order in which a person meets them.

The catalog is a plain dict: what a reader sees is what exists. A new model is its module, a line
here and an entry in docs/references.bib; its form, its checks, its contract tests and its place
in the window follow by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping

from algorithms.errors import UnknownModelError
from algorithms.models.adversarial.catalog import ADVERSARIES
from algorithms.models.base import Recommender
from algorithms.models.bias import Bias
from algorithms.models.distilled import Distilled
from algorithms.models.ease import Ease
from algorithms.models.factor_weights import FactorWeights
from algorithms.models.feature_factors import FeatureFactors
from algorithms.models.implicit_bpr import Bpr
from algorithms.models.implicit_lmf import Lmf
from algorithms.models.implicit_models import Als
from algorithms.models.implicit_neighbours import ItemBm25, ItemCosine, ItemTfidf
from algorithms.models.logistic import Logistic
from algorithms.models.naive import Naive
from algorithms.models.neural.adversarial_shared import AdversarialShared
from algorithms.models.neural.catalog import NETWORKS
from algorithms.models.policy_bandits import (
    PolicyEpsilonGreedy,
    PolicyLinUcb,
    PolicyThompson,
)
from algorithms.models.policy_planners import PolicyCrossEntropy, PolicyReinforce
from algorithms.models.policy_rule_sets import PolicyRuleSets
from algorithms.models.policy_sessions import RmtlWeights
from algorithms.models.popularity import Popularity
from algorithms.models.prompted.outside_prompted import OutsidePrompted
from algorithms.models.prompted.prompted import Prompted
from algorithms.models.random_order import RandomOrder
from algorithms.models.rule_blend import RuleBlend
from algorithms.models.shared_factors import SeparateFactors, SharedFactors
from algorithms.models.shared_specific import SharedSpecific
from algorithms.models.stacked_als import StackedAls
from algorithms.models.surprise_baseline import BaselineOnly
from algorithms.models.surprise_co_clustering import CoClustering
from algorithms.models.surprise_knn import KnnBaseline, KnnBasic, KnnMeans, KnnZScore
from algorithms.models.surprise_nmf import Nmf
from algorithms.models.surprise_normal import NormalPredictor
from algorithms.models.surprise_slope_one import SlopeOne
from algorithms.models.surprise_svd import Svd
from algorithms.models.surprise_svdpp import Svdpp

MODELS: dict[str, type[Recommender]] = {
    Popularity.key: Popularity,
    Bias.key: Bias,
    RandomOrder.key: RandomOrder,
    BaselineOnly.key: BaselineOnly,
    Svd.key: Svd,
    Svdpp.key: Svdpp,
    Nmf.key: Nmf,
    KnnBasic.key: KnnBasic,
    KnnMeans.key: KnnMeans,
    KnnZScore.key: KnnZScore,
    KnnBaseline.key: KnnBaseline,
    SlopeOne.key: SlopeOne,
    CoClustering.key: CoClustering,
    NormalPredictor.key: NormalPredictor,
    Als.key: Als,
    Bpr.key: Bpr,
    Lmf.key: Lmf,
    ItemCosine.key: ItemCosine,
    ItemTfidf.key: ItemTfidf,
    ItemBm25.key: ItemBm25,
    Ease.key: Ease,
    Logistic.key: Logistic,
    SeparateFactors.key: SeparateFactors,
    SharedFactors.key: SharedFactors,
    SharedSpecific.key: SharedSpecific,
    FactorWeights.key: FactorWeights,
    StackedAls.key: StackedAls,
    FeatureFactors.key: FeatureFactors,
    RuleBlend.key: RuleBlend,
    **NETWORKS,
    Distilled.key: Distilled,
    AdversarialShared.key: AdversarialShared,
    **ADVERSARIES,
    Prompted.key: Prompted,
    OutsidePrompted.key: OutsidePrompted,
    PolicyEpsilonGreedy.key: PolicyEpsilonGreedy,
    PolicyThompson.key: PolicyThompson,
    PolicyLinUcb.key: PolicyLinUcb,
    PolicyReinforce.key: PolicyReinforce,
    PolicyCrossEntropy.key: PolicyCrossEntropy,
    PolicyRuleSets.key: PolicyRuleSets,
    RmtlWeights.key: RmtlWeights,
    Naive.key: Naive,
}


def find_model(key: str, models: Mapping[str, type[Recommender]] = MODELS) -> type[Recommender]:
    """Return the model of a key, from the catalog or from one that holds more.

    Raises
    ------
    UnknownModelError
        Where the catalog has no such key.
    """
    try:
        return models[key]
    except KeyError:
        raise UnknownModelError(model=key, models=", ".join(models)) from None

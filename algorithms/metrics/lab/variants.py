"""One name, several numbers: the variants of a metric that libraries compute, to switch between.

Under the name MAP@3 one library divides by the hits that were possible, another by all relevant
items, a third by the hits there are. Each is a decision that can be defended, and none is wrong;
what is wrong is to compare a figure of one with a figure of another. A ``Variant`` is one such
decision: ``evaluate(metric, example, variant=...)`` works it out, ``all_variants`` sets all of
them side by side. The first of a metric's variants is the one that this lab's tables show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from algorithms.errors import MtrecError
from algorithms.messages import Message
from algorithms.metrics.lab.work_gains import GAIN
from algorithms.metrics.ranking import Denominator


class UnknownVariantError(MtrecError, KeyError):
    """A variant that the metric does not have."""

    template = "{metric} has no variant “{variant}”: there are {variants}."


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to compute what bears a metric's name.

    Parameters
    ----------
    key : within the metric
    name : what is different, short enough for a switch
    who : the libraries that compute it so, with their names for it; empty where none is known
    options : what the catalog's function is given for it
    """

    key: str
    name: Message
    who: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)


def _over(key: str, name: str, who: tuple[str, ...], over: Denominator) -> Variant:
    return Variant(key, Message(name), who, {"over": over})


_POSSIBLE, _RELEVANT = "over the possible hits, min(R, k)", "over all R relevant items"

VARIANTS: Mapping[str, tuple[Variant, ...]] = {
    "recall_at": (
        _over(
            "relevant",
            _RELEVANT,
            ("trec_eval recall_k", "ranx recall@k", "RecTools Recall"),
            Denominator.RELEVANT,
        ),
        _over(
            "possible",
            _POSSIBLE,
            ("LensKit Recall", "RecTools Precision with r_precision"),
            Denominator.POSSIBLE,
        ),
    ),
    "map": (
        _over(
            "possible",
            _POSSIBLE,
            ("implicit map", "LensKit AveragePrecision"),
            Denominator.POSSIBLE,
        ),
        _over(
            "relevant",
            _RELEVANT,
            ("trec_eval map_cut_k", "ranx map@k", "RecTools MAP"),
            Denominator.RELEVANT,
        ),
        _over(
            "hits",
            "over the hits there are",
            ("TorchMetrics retrieval_average_precision with top_k",),
            Denominator.HITS,
        ),
        _over("places", "over k", ("RecTools MAP with divide_by_k",), Denominator.PLACES),
    ),
    "ndcg_graded": (
        Variant(
            "linear",
            Message("gains its grade, g"),
            ("trec_eval ndcg_cut_k", "ranx ndcg@k", "scikit-learn ndcg_score"),
        ),
        Variant(
            "exponential",
            Message("gains 2 to the power of its grade, less 1"),
            ("ranx ndcg_burges@k", "LightGBM", "XGBoost"),
            {"exponential": True},
        ),
    ),
    GAIN: (
        Variant("gain", Message("mean gain, higher is better"), ("Maninis and others (2019)",)),
        Variant(
            "drop",
            Message("mean drop, lower is better"),
            ("Navon and others (2022), Nash-MTL", "Liu and others (2023), FAMO"),
            {"drop": True},
        ),
    ),
}


def variants_of(metric_key: str) -> tuple[Variant, ...]:
    """Return the variants between which a metric can be switched, the lab's own first.

    Examples
    --------
    >>> [variant.key for variant in variants_of("map")]
    ['possible', 'relevant', 'hits', 'places']
    >>> variants_of("rmse")
    ()
    """
    return VARIANTS.get(metric_key, ())


def find_variant(metric_key: str, variant_key: str) -> Variant:
    """Return the variant of a key.

    Raises
    ------
    UnknownVariantError
        Where the metric has no such variant.
    """
    for variant in variants_of(metric_key):
        if variant.key == variant_key:
            return variant
    there = ", ".join(variant.key for variant in variants_of(metric_key)) or "none"
    raise UnknownVariantError(metric=metric_key, variant=variant_key, variants=there)

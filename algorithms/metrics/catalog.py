"""Every metric of the lab, in the order in which tables show them.

To add one: write its function (and addends, if it looks at events), write its card in
``cards/``, add one entry here, prove it in ``tests/``.
"""

from __future__ import annotations

from algorithms.errors import UnknownMetricError
from algorithms.metrics import (
    average_precision,
    beyond_accuracy,
    classification,
    probability,
    rank_correlation,
    ranking,
    rating,
    roc,
)
from algorithms.metrics.card import EventMetric, Level, Metric
from algorithms.metrics.sums import ratio, root_of_ratio
from algorithms.tasks import TaskKind

_VALUES = frozenset({TaskKind.RATING, TaskKind.QUANTITY})
_ANSWERS = frozenset({TaskKind.BINARY})
_ALL = frozenset(TaskKind)

METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        # key, level, kinds of tasks, function; for events also: addends, combine
        EventMetric("mae", Level.RATING, _VALUES, rating.mae, rating.absolute_errors, ratio),
        EventMetric(
            "rmse", Level.RATING, _VALUES, rating.rmse, rating.squared_errors, root_of_ratio
        ),
        EventMetric("mse", Level.RATING, _VALUES, rating.mse, rating.squared_errors, ratio),
        EventMetric(
            "r2", Level.RATING, _VALUES, rating.r_squared, rating.moments, rating.explained
        ),
        EventMetric(
            "spearman",
            Level.RATING,
            _VALUES,
            rank_correlation.spearman,
            rank_correlation.spearman_addends,
            rank_correlation.correlation,
            reads_order=True,
            per_user=rank_correlation.spearman_per_user,
        ),
        EventMetric(
            "kendall",
            Level.RATING,
            _VALUES,
            rank_correlation.kendall,
            rank_correlation.kendall_addends,
            rank_correlation.correlation,
            reads_order=True,
            per_user=rank_correlation.kendall_per_user,
        ),
        EventMetric(
            "accuracy",
            Level.BINARY,
            _ANSWERS,
            classification.accuracy,
            classification.right_answers,
            ratio,
            needs_threshold=True,
        ),
        EventMetric(
            "balanced_accuracy",
            Level.BINARY,
            _ANSWERS,
            classification.balanced_accuracy,
            classification.right_by_class,
            classification.mean_of_classes,
            needs_threshold=True,
        ),
        EventMetric(
            "precision",
            Level.BINARY,
            _ANSWERS,
            classification.precision,
            classification.hits_of_answers,
            ratio,
            needs_threshold=True,
        ),
        EventMetric(
            "recall",
            Level.BINARY,
            _ANSWERS,
            classification.recall,
            classification.hits_of_events,
            ratio,
            needs_threshold=True,
        ),
        EventMetric(
            "specificity",
            Level.BINARY,
            _ANSWERS,
            classification.specificity,
            classification.right_noes,
            ratio,
            needs_threshold=True,
        ),
        EventMetric(
            "f1",
            Level.BINARY,
            _ANSWERS,
            classification.f1,
            classification.f1_addends,
            ratio,
            needs_threshold=True,
        ),
        EventMetric(
            "auc",
            Level.BINARY,
            _ANSWERS,
            roc.auc,
            roc.placements,
            roc.auc_of_placements,
            reads_order=True,
            per_user=roc.auc_per_user,
        ),
        EventMetric(
            "gauc",
            Level.BINARY,
            _ANSWERS,
            roc.gauc,
            roc.aucs_of_users,
            ratio,
            reads_order=True,
            needs_users=True,
        ),
        EventMetric(
            "average_precision",
            Level.BINARY,
            _ANSWERS,
            average_precision.average_precision,
            average_precision.influences,
            average_precision.clipped_ratio,
            reads_order=True,
            per_user=average_precision.average_precision_per_user,
        ),
        EventMetric(
            "log_loss",
            Level.BINARY,
            _ANSWERS,
            probability.log_loss,
            probability.surprises,
            ratio,
            needs_probability=True,
        ),
        EventMetric(
            "brier",
            Level.BINARY,
            _ANSWERS,
            probability.brier,
            probability.squared_gaps,
            ratio,
            needs_probability=True,
        ),
        EventMetric(
            "ece",
            Level.BINARY,
            _ANSWERS,
            probability.calibration_error,
            probability.binned_gaps,
            probability.mean_gap,
            needs_probability=True,
            overall_only=True,
        ),
        Metric("precision_at", Level.RANKING, _ALL, ranking.precision_at_k),
        Metric("recall_at", Level.RANKING, _ALL, ranking.recall_at_k),
        Metric("f1_at", Level.RANKING, _ALL, ranking.f1_at_k),
        Metric("hit_rate", Level.RANKING, _ALL, ranking.hit_rate_at_k),
        Metric("ndcg", Level.RANKING, _ALL, ranking.ndcg_at_k),
        Metric("ndcg_graded", Level.RANKING, _VALUES, ranking.graded_ndcg_at_k),
        Metric("map", Level.RANKING, _ALL, ranking.average_precision_at_k),
        Metric("mrr", Level.RANKING, _ALL, ranking.reciprocal_rank_at_k),
        Metric("r_precision", Level.RANKING, _ALL, ranking.r_precision_at_k),
        Metric("auc_at", Level.RANKING, _ALL, ranking.auc_at_k),
        Metric("item_coverage", Level.BEYOND, _ALL, beyond_accuracy.item_coverage_at_k),
        Metric("user_coverage", Level.BEYOND, _ALL, beyond_accuracy.user_coverage_at_k),
        Metric("novelty", Level.BEYOND, _ALL, beyond_accuracy.novelty_at_k),
        Metric("diversity", Level.BEYOND, _ALL, beyond_accuracy.diversity_at_k),
        Metric("popularity_bias", Level.BEYOND, _ALL, beyond_accuracy.popularity_at_k),
        Metric("gini", Level.BEYOND, _ALL, beyond_accuracy.gini_at_k),
        Metric("miscalibration", Level.BEYOND, _ALL, beyond_accuracy.miscalibration_at_k),
        Metric("serendipity", Level.BEYOND, _ALL, beyond_accuracy.serendipity_at_k),
    )
}


def find_metric(key: str) -> Metric:
    """Return the metric of a key.

    Raises
    ------
    UnknownMetricError
        Where the catalog has no such key.
    """
    try:
        return METRICS[key]
    except KeyError:
        raise UnknownMetricError(metric=key, metrics=", ".join(METRICS)) from None

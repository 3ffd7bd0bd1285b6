"""Metrics: pure functions, each with a card that says what it means."""

from algorithms.metrics.card import Direction, EventMetric, Level, Metric, MetricCard
from algorithms.metrics.catalog import METRICS, find_metric

__all__ = [
    "METRICS",
    "Direction",
    "EventMetric",
    "Level",
    "Metric",
    "MetricCard",
    "find_metric",
]

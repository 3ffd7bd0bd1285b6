"""Metrics: pure functions, each with a card that says what it means."""

from algorithms.metrics.card import Direction, EventMetric, Level, Metric, MetricCard
from algorithms.metrics.catalog import METRICS, find_metric
from algorithms.metrics.measures import MEASURES, Measure, MeasureGroup, find_measure

__all__ = [
    "MEASURES",
    "METRICS",
    "Direction",
    "EventMetric",
    "Level",
    "Measure",
    "MeasureGroup",
    "Metric",
    "MetricCard",
    "find_measure",
    "find_metric",
]

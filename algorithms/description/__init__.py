"""What data looks like before anything is learned from it, in numbers that a picture can show."""

from algorithms.description.activity import (
    ActivityOverTime,
    HeatMap,
    LongTail,
    activity_over_time,
    heat_map,
    long_tail,
)
from algorithms.description.columns import ColumnSummary, summarise
from algorithms.description.labels import (
    Density,
    Funnel,
    FunnelStep,
    LabelPairs,
    density,
    funnels,
    label_pairs,
)
from algorithms.description.social import DegreeDistribution, degree_distribution

__all__ = [
    "ActivityOverTime",
    "ColumnSummary",
    "DegreeDistribution",
    "Density",
    "Funnel",
    "FunnelStep",
    "HeatMap",
    "LabelPairs",
    "LongTail",
    "activity_over_time",
    "degree_distribution",
    "density",
    "funnels",
    "heat_map",
    "label_pairs",
    "long_tail",
    "summarise",
]

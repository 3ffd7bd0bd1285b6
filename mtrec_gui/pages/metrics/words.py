"""How the Metric Lab calls things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication

from algorithms.metrics import Direction, Level, Measure, MeasureGroup, MetricCard
from algorithms.tasks import TaskKind
from mtrec_gui.pages.metrics.state import Subject
from mtrec_gui.wording import engine_text


def tr(text: str) -> str:
    """Return a text in the language of the window."""
    return QCoreApplication.translate("MetricWords", text)


def title_of(metric: Subject) -> str:
    """Return a metric's name; of one that looks at the first k places with its k."""
    title = engine_text(metric.card.title)
    return f"{title}@k" if not isinstance(metric, Measure) and metric.level.of_lists else title


def level_title(level: Level | MeasureGroup) -> str:
    """Return the question that the metrics of a level, or the measures of a group, answer."""
    return {
        Level.RATING: tr("How far off are the values?"),
        Level.BINARY: tr("How right is yes or no?"),
        Level.RANKING: tr("How good are the lists?"),
        Level.BEYOND: tr("What else do the lists do?"),
        MeasureGroup.ACROSS: tr("Across tasks: did learning together help?"),
        MeasureGroup.COST: tr("What does it cost?"),
    }[level]


def facts(metric: Subject) -> str:
    """Return direction, range and the kinds of tasks, or a measure's unit, in one line."""
    direction = (
        tr("higher is better ↑")
        if metric.card.direction is Direction.HIGHER
        else tr("lower is better ↓")
    )
    if isinstance(metric, Measure):
        unit = {"s": tr("seconds")}.get(metric.unit, metric.unit)
        words = (
            direction,
            range_of(metric.card),
            tr("in {unit}").format(unit=unit) if unit else "",
        )
        return " · ".join(word for word in words if word)
    kinds = {
        TaskKind.RATING: tr("rating"),
        TaskKind.BINARY: tr("yes-or-no"),
        TaskKind.QUANTITY: tr("quantity"),
    }
    names = ", ".join(words for kind, words in kinds.items() if kind in metric.kinds)
    tasks = (
        tr("for every kind of task")
        if len(metric.kinds) == len(kinds)
        else tr("for {kinds} tasks").format(kinds=names)
    )
    return f"{direction} · {range_of(metric.card)} · {tasks}"


def example_lines(example: Mapping[str, Any]) -> list[str]:
    """Return a card's example: an argument of the function in each line, then what it gives."""
    lines = [f"{name} = {_written(given)}" for name, given in example.items() if name != "value"]
    if "value" in example:
        lines.append(tr("gives {value}").format(value=_written(example["value"])))
    return lines


def _written(given: object) -> str:
    """Write a number, a word, a list, or lists of several users in brackets."""
    if isinstance(given, bool):
        return tr("yes") if given else tr("no")
    if isinstance(given, int | float):
        return f"{round(given, 4):,.12g}".replace("-", "−")
    if isinstance(given, Sequence) and not isinstance(given, str):
        nested = any(isinstance(each, Sequence) and not isinstance(each, str) for each in given)
        return ", ".join(f"[{_written(each)}]" if nested else _written(each) for each in given)
    return str(given)


def range_of(card: MetricCard) -> str:
    """Return the range of a metric."""
    if card.low is not None and card.high is not None:
        return tr("from {low} to {high}").format(low=_bound(card.low), high=_bound(card.high))
    if card.low is not None:
        return tr("from {low} upwards").format(low=_bound(card.low))
    if card.high is not None:
        return tr("up to {high}").format(high=_bound(card.high))
    return tr("any value")


def signed(value: float) -> str:
    """Write a number with a true minus sign and no idle zeros."""
    return f"{value:g}".replace("-", "−")


def _bound(value: float) -> str:
    return signed(round(value, 3))

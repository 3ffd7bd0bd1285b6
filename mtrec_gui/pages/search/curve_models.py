"""Of which models a curve can be drawn (Qt-free)."""

from __future__ import annotations

from collections.abc import Iterator

from algorithms.evaluation import Experiment
from algorithms.models.base import Recommender
from algorithms.models.extras import missing_extra
from algorithms.models.neural.recommender import NeuralRecommender
from algorithms.search import CurveKind, searchable
from mtrec_gui.model_shelf import MODELS
from mtrec_gui.pages.search.curve_state import DrawableModel


def drawable_models(kind: CurveKind, experiment: Experiment) -> dict[str, DrawableModel]:
    """Return the models of which such a curve can be drawn, by their ids.

    A model is taken as the experiment has it set; where it has it more than once, each of these
    variants can be drawn, so that a remedy stands beside the same model without it.
    """
    return {
        each.id: each
        for key, model in MODELS.items()
        if model.bound is None and model.served_tasks(experiment.tasks) and _suits(model, kind)
        for each in _variants(key, experiment)
    }


def numbers_of(model: type[Recommender]) -> tuple[str, ...]:
    """Return the parameters of a model that are numbers."""
    return tuple(name for name, each in searchable(model).items() if not each.choices)


def _suits(model: type[Recommender], kind: CurveKind) -> bool:
    if kind is CurveKind.SHRINK:
        return issubclass(model, NeuralRecommender)
    has_numbers = kind is CurveKind.LABELS or bool(numbers_of(model))
    return has_numbers and missing_extra(model) is None


def _variants(key: str, experiment: Experiment) -> Iterator[DrawableModel]:
    configs = [choice.config for choice in experiment.models if choice.model == key] or [{}]
    for number, config in enumerate(configs, 1):
        yield DrawableModel(key if number == 1 else f"{key}#{number}", key, config)

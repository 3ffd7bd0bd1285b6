"""What holds for every measure beside the metrics: its card, and its example as it is computed."""

import re
from pathlib import Path

import numpy as np
import pytest

from algorithms.arrays import pareto_front
from algorithms.errors import UnknownMetricError
from algorithms.evaluation import comparison, multitask
from algorithms.evaluation.gains import Gain, Verdict
from algorithms.evaluation.results import Cost, RunResult
from algorithms.metrics import MEASURES, METRICS, Direction, MeasureGroup, find_measure
from algorithms.metrics.lab import GAIN, TaskGains, evaluate
from algorithms.models.base import CurvePoint, ModelState, Recommender

BIBLIOGRAPHY = Path(__file__).parents[2] / "docs" / "references.bib"


@pytest.fixture(params=MEASURES.values(), ids=MEASURES.keys())
def measure(request):
    return request.param


def example(key):
    """Return the columns of the card's example, and its value."""
    columns = dict(MEASURES[key].card.example)
    return columns, columns.pop("value")


def test_keys_are_the_names_under_which_they_are_found(measure):
    assert find_measure(measure.key) is measure
    assert measure.key not in METRICS


def test_an_unknown_key_says_what_there_is():
    with pytest.raises(UnknownMetricError, match=r"No metric “speed”: .*ndcg.*hypervolume"):
        find_measure("speed")


def test_all_that_a_run_is_said_to_cost_has_a_card():
    costs = {key for key, each in MEASURES.items() if each.group is MeasureGroup.COST}
    assert set(Cost.__dataclass_fields__) == costs
    assert GAIN in MEASURES


def test_the_card_says_everything(measure):
    card = measure.card
    assert card.title
    for text in (card.definition, card.undefined, card.mistake, card.blind):
        assert text.endswith(".")
    assert card.variants
    assert all(variant.who and variant.how.endswith(".") for variant in card.variants)
    keys = re.findall(r"^@\w+\{([^,]+),", BIBLIOGRAPHY.read_text(encoding="utf-8"), re.MULTILINE)
    assert card.reference in keys


def test_the_formula_can_be_drawn(measure):
    from matplotlib.mathtext import MathTextParser

    assert MathTextParser("path").parse(measure.card.formula).width > 20


def test_the_value_of_the_example_is_in_range(measure):
    value = np.array(measure.card.example["value"])
    assert measure.card.low is None or (value >= measure.card.low).all()
    assert measure.card.high is None or (value <= measure.card.high).all()


def test_costs_are_better_low():
    for each in MEASURES.values():
        if each.group is MeasureGroup.COST:
            assert each.card.direction is Direction.LOWER
            assert each.card.low == 0


def test_the_mean_gain():
    columns, value = example("delta_m")
    percent = multitask.gains(
        np.array(columns["values"]), np.array(columns["alone"]), columns["higher_is_better"]
    )
    assert multitask.delta_m(percent).gain == pytest.approx(value)
    rows = TaskGains(
        ("click", "purchase", "rating"),
        tuple(columns["alone"]),
        tuple(columns["values"]),
        tuple(columns["higher_is_better"]),
    )
    assert evaluate(GAIN, rows).value == pytest.approx(value)


@pytest.mark.parametrize(("shift", "flagged"), [(0.0, True), (1.0, False)])
def test_negative_transfer(shift, flagged):
    columns, value = example("negative_transfer")
    gain = Gain(
        columns["percent"] + shift,
        columns["low"] + shift,
        columns["high"] + shift,
        width=columns["width"],
    )
    assert value == 1
    assert (gain.verdict is Verdict.WORSE) is flagged


def test_the_front():
    columns, value = example("pareto_front")
    values = np.array(columns["values"])
    assert pareto_front(values).tolist() == value
    dominated = [
        any(multitask.dominates(other, own) for other in values) for own in values
    ]  # a model does not dominate itself
    assert [float(not each) for each in dominated] == value


def test_the_volume():
    columns, value = example("hypervolume")
    found = multitask.hypervolume(np.array(columns["values"]), np.array(columns["reference"]))
    assert found == pytest.approx(value)


def test_the_cosine():
    columns, value = example("conflict")
    first, second = np.array(columns["first"]), np.array(columns["second"])
    cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
    assert cosine == pytest.approx(value)
    (read,) = multitask.conflicts([CurvePoint(1, "click", multitask.COSINE + "rating", cosine)])
    assert (read.mean, read.negative_share) == (pytest.approx(value), 1.0)


def run_that_cost(seed, **cost):
    usual = {"fit_seconds": 0.0, "predict_seconds": 0.0, "n_parameters": 0, "peak_bytes": 0}
    return RunResult(
        model="popularity",
        config={},
        seed=seed,
        tasks=("click",),
        metrics=(),
        lists={},
        curves=(),
        cost=Cost(**usual | cost),
        state=ModelState({}),
    )


@pytest.mark.parametrize(
    ("key", "column"),
    [("fit_seconds", "seconds"), ("predict_seconds", "seconds"), ("peak_bytes", "bytes")],
)
def test_costs_of_several_seeds_are_put_together(key, column):
    columns, value = example(key)
    runs = [run_that_cost(seed, **{key: each}) for seed, each in enumerate(columns[column])]
    (row,) = comparison.compare(runs, []).rows
    assert getattr(row.cost, key) == pytest.approx(value)


class Kept:
    """A fitted model of which only the arrays are known."""

    n_parameters = Recommender.n_parameters

    def __init__(self, shapes, dtype):
        self.arrays = {f"{n}": np.zeros(shape, dtype) for n, shape in enumerate(shapes)}

    def state(self):
        return ModelState(self.arrays)


def test_the_size_of_a_model():
    columns, value = example("n_parameters")
    assert Kept(columns["shapes"], np.float64).n_parameters == value
    columns, value = example("bytes_stored")
    assert set(columns["bytes_each"]) == {np.dtype(np.float32).itemsize}
    kept = Kept(columns["shapes"], np.float32)
    assert kept.state().n_bytes == value

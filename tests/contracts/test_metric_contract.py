"""What holds for every metric of the catalog."""

import doctest
import importlib
import re
from pathlib import Path

import numpy as np
import pytest

from algorithms.errors import UnknownMetricError
from algorithms.metrics import METRICS, Direction, EventMetric, Level, find_metric
from algorithms.metrics.ranking import judge
from algorithms.metrics.shown import show_rows
from algorithms.metrics.sums import sum_per_user

BIBLIOGRAPHY = Path(__file__).parents[2] / "docs" / "references.bib"


@pytest.fixture(params=METRICS.values(), ids=METRICS.keys())
def metric(request):
    return request.param


def broad_lists():
    """Return lists that show everybody other, rare, wanted items of the user's categories."""
    lists = np.arange(20, 70).reshape(10, 5)
    return lists_beside(lists, lists)


def narrow_lists():
    """Return lists that show the same five best sellers to all but one, who gets nothing."""
    lists = np.tile(np.arange(5), (10, 1))
    lists[9] = -1
    return lists_beside(lists, np.tile(np.arange(5), (10, 1)))


def lists_beside(lists, relevant):
    return show_rows(
        lists,
        relevant,
        candidates=range(70),
        n_meetings=[9] * 20 + [1] * 50,
        n_users=10,
        categories=[0] * 20 + [1, 2, 3, 4, 5] * 10,
        met=[range(20, 25)] * 10,
    )


@pytest.fixture
def arguments(metric):
    """Return arguments of the metric's function and the same in another order."""
    rng = np.random.default_rng(3)
    if metric.level is Level.RANKING:
        lists = np.stack([rng.permutation(30)[:10] for _ in range(50)])
        relevant = np.concatenate([rng.permutation(30)[:4] for _ in range(50)])
        gains = rng.integers(1, 6, len(relevant))
        return judge(lists, np.arange(0, 204, 4), relevant, gains, np.full(50, 30)), 10
    if metric.level is Level.BEYOND:
        return broad_lists(), 5
    if metric.level is Level.RATING:
        return rng.integers(1, 6, 200).astype(float), rng.uniform(1, 5, 200)
    answers = rng.integers(0, 2, 200).astype(float), rng.random(200)
    if isinstance(metric, EventMetric) and metric.needs_users:
        return *answers, users_of(200)
    return answers


def users_of(n):
    """Return the rows of the users of n events."""
    return np.random.default_rng(4).integers(0, 9, n)


def test_keys_are_the_names_under_which_they_are_found(metric):
    assert find_metric(metric.key) is metric
    assert METRICS[metric.key] is metric


def test_an_unknown_key_says_what_there_is():
    with pytest.raises(UnknownMetricError, match="No metric “ncdg”: the catalog has mae, rmse"):
        find_metric("ncdg")


def test_titles_differ_within_a_level():
    shown = [(metric.level, metric.card.title) for metric in METRICS.values()]
    assert len(set(shown)) == len(shown)


def test_the_card_says_everything(metric):
    card = metric.card
    for text in (card.title, card.definition, card.undefined, card.mistake):
        assert text.strip()
    for text in (card.definition, card.undefined, card.mistake):
        assert text.endswith(".")
    assert metric.kinds


def test_the_formula_can_be_drawn(metric):
    from matplotlib.mathtext import MathTextParser

    parsed = MathTextParser("path").parse(metric.card.formula)
    assert parsed.width > 20


def test_the_reference_is_in_the_bibliography(metric):
    keys = re.findall(r"^@\w+\{([^,]+),", BIBLIOGRAPHY.read_text(encoding="utf-8"), re.MULTILINE)
    assert metric.card.reference in keys


def test_values_stay_in_the_range_of_the_card(metric, arguments):
    values = np.atleast_1d(metric.function(*arguments))
    assert np.isfinite(values).all()
    assert metric.card.low is None or (values >= metric.card.low).all()
    assert metric.card.high is None or (values <= metric.card.high).all()


def test_the_direction_is_that_of_perfection(metric, arguments):
    """A perfect recommender is the best there is, as the card understands best."""
    if metric.level is Level.BEYOND:
        best = np.nanmean(metric.function(broad_lists(), 5))
        usual = np.nanmean(metric.function(narrow_lists(), 5))
        assert best > usual if metric.card.direction is Direction.HIGHER else best < usual
        return
    if metric.level is Level.RANKING:
        perfect = judge(
            np.arange(10)[None],
            np.array([0, 10]),
            np.arange(10),
            gains=np.arange(10, 0, -1),
            n_candidates=np.array([30]),
        )
        best = metric.function(perfect, 10).mean()
        usual = metric.function(*arguments).mean()
    else:
        best = metric.function(arguments[0], arguments[0], *arguments[2:])
        usual = metric.function(*arguments)
    if metric.card.direction is Direction.HIGHER:
        assert best == metric.card.high
        assert best > usual
    else:
        assert best == metric.card.low
        assert best < usual


def test_the_name_shows_its_k():
    assert METRICS["ndcg"].shown(10) == "NDCG@10"
    assert METRICS["rmse"].shown() == "RMSE"


def test_both_recall_cards_say_that_recall_is_not_the_share_missed():
    for key in ("recall", "recall_at"):
        assert "missed" in METRICS[key].card.mistake
        assert "wrong" in METRICS[key].card.mistake
    assert "all the user's relevant items" in METRICS["recall_at"].card.definition


EVENT_METRICS = [metric for metric in METRICS.values() if isinstance(metric, EventMetric)]


@pytest.mark.parametrize("metric", EVENT_METRICS, ids=lambda metric: metric.key)
def test_the_sums_over_users_are_the_metric(metric, arguments):
    rows = users_of(len(arguments[0]))
    sums = sum_per_user(metric.addends(*arguments), rows, 10)
    assert sums.shape == (10, sums.shape[1])
    assert float(metric.combine(sums.sum(axis=0))) == pytest.approx(metric.function(*arguments))


@pytest.mark.parametrize("metric", EVENT_METRICS, ids=lambda metric: metric.key)
def test_a_users_own_value_is_the_metric_of_the_users_events(metric, arguments):
    rows = users_of(len(arguments[0]))
    if metric.per_user is not None:
        own = metric.per_user(*arguments, rows, 10)
    else:
        own = metric.combine(sum_per_user(metric.addends(*arguments), rows, 10))
    expected = [
        metric.function(*(column[rows == user] for column in arguments)) for user in range(10)
    ]
    assert own == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("metric", EVENT_METRICS, ids=lambda metric: metric.key)
def test_the_card_of_an_event_metric_has_every_field(metric):
    card = metric.card
    assert card.blind.endswith(".")
    assert len(card.variants) >= 1
    assert all(variant.who and variant.how.endswith(".") for variant in card.variants)


@pytest.mark.parametrize("metric", EVENT_METRICS, ids=lambda metric: metric.key)
def test_the_example_of_an_event_metric_has_its_value(metric):
    example = dict(metric.card.example)
    value = example.pop("value")
    arguments = {
        name: np.array(each) if isinstance(each, list) else each for name, each in example.items()
    }
    assert metric.function(**arguments) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    "module",
    [
        "rating",
        "classification",
        "ranks",
        "roc",
        "average_precision",
        "rank_correlation",
        "concordance",
        "probability",
        "ranking",
        "sums",
    ],
)
def test_the_examples_in_the_docstrings_are_true(module):
    outcome = doctest.testmod(importlib.import_module(f"algorithms.metrics.{module}"))
    assert outcome.attempted
    assert not outcome.failed

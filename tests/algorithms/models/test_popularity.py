import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.models.base import Output
from algorithms.models.popularity import Popularity, PopularityConfig
from algorithms.tasks import Task, TaskKind

NAN = np.nan


def make_log(events: list[tuple[int, int, float]]) -> InteractionLog:
    """Three users; items 0 to 2 are products, item 3 is an ad."""
    users, items, values = zip(*events, strict=True)
    return InteractionLog(
        name="hand",
        users=np.array(users, np.int32),
        items=np.array(items, np.int32),
        labels={"x": np.array(values, np.float32)},
        user_table=UserTable(IdMap(np.array(["a", "b", "c"]))),
        item_table=ItemTable(
            ids=IdMap(np.array(["p", "q", "r", "s"])),
            titles=np.array(["P", "Q", "R", "S"]),
            kinds=("product", "ad"),
            kind_codes=np.array([0, 0, 0, 1], np.int16),
            categories=np.array([""] * 4),
        ),
    )


def fit(task: Task, log: InteractionLog, **config: float) -> Popularity:
    model = Popularity(PopularityConfig(**config))
    return model.fit(log, [task], rng=np.random.default_rng(0))


CLICK = Task(name="click", kind=TaskKind.BINARY, label="x", item_kind="product")
STARS = Task(name="stars", kind=TaskKind.RATING, label="x", item_kind="product", relevant_from=4)


def test_a_binary_score_counts_users_not_events() -> None:
    # Item 0: user 0 three times. Item 1: users 0 and 1. Item 2: shown, never clicked.
    log = make_log([(0, 0, 1), (0, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1), (2, 2, 0), (2, 3, 1)])
    model = fit(CLICK, log)
    assert model.output(CLICK) is Output.SCORE
    np.testing.assert_array_equal(model.predict(CLICK, [2] * 4, range(4)), [1, 2, 0, NAN])
    assert model.recommend(CLICK, 2).items.tolist() == [1, 0]
    told = model.explain(CLICK, 2, 1)
    assert str(told.sentence) == (
        "2 of 3 users had a relevant event of “click” with it: place 1 among 3 items."
    )


def test_a_quantity_counts_from_the_relevant_amount_up() -> None:
    minutes = Task(
        name="minutes", kind=TaskKind.QUANTITY, label="x", item_kind="product", relevant_from=10
    )
    log = make_log([(0, 0, 9), (1, 0, 10), (0, 1, 100), (1, 1, 0), (2, 1, 11)])
    np.testing.assert_array_equal(fit(minutes, log).predict(minutes, [0] * 3, range(3)), [1, 2, 0])


def test_a_rating_score_is_the_damped_mean() -> None:
    log = make_log([(0, 0, 5), (0, 1, 5), (1, 1, 4), (2, 1, 5), (1, 2, 1), (0, 3, 1)])
    mean = (5 + 5 + 4 + 5 + 1) / 5  # the ad does not count
    model = fit(STARS, log, damping=2)
    assert model.output(STARS) is Output.PREDICTION
    expected = [(5 + 2 * mean) / 3, (14 + 2 * mean) / 5, (1 + 2 * mean) / 3]
    np.testing.assert_allclose(model.predict(STARS, [2] * 3, range(3)), expected, rtol=1e-12)
    assert expected[1] > expected[0]  # three good ratings outweigh one perfect one
    told = model.explain(STARS, 2, 0)
    assert "1 ratings" in str(told.sentence)
    assert sum(part.amount for part in told.contributions) == pytest.approx(expected[0])


def test_without_damping_it_is_the_mean_and_unrated_items_are_unknown() -> None:
    log = make_log([(0, 0, 5), (1, 0, 4), (1, 1, 2)])
    scores = fit(STARS, log, damping=0).predict(STARS, [0] * 3, range(3))
    np.testing.assert_allclose(scores, [4.5, 2, NAN])


def test_without_any_event_nothing_is_known() -> None:
    log = make_log([(0, 0, NAN), (1, 3, 1)])
    for task in (CLICK, STARS):
        model = fit(task, log)
        assert np.isnan(model.predict(task, [0] * 3, range(3))).all()
        assert not len(model.recommend(task, 2).items)
        assert "Nothing is known" in str(model.explain(task, 0, 0).sentence)

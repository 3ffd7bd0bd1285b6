"""Results side by side: rows, columns, the best, the twins, and the words."""

from dataclasses import replace

import numpy as np
import pytest

from algorithms.evaluation import Column, all_columns, compare, default_columns
from algorithms.messages import Message
from algorithms.models.base import Bound
from algorithms.models.catalog import MODELS

MAE = Column("rating", "mae")
NDCG = Column("click", "ndcg", 10)


@pytest.fixture
def two(tasks):
    return [tasks["click"], tasks["rating"]]


@pytest.fixture
def measured(make_metric, make_result):
    """Return a function that makes a result from an NDCG and an RMSE per user."""

    def make(model, ndcg, rmse=None, **changes):
        metrics = [make_metric("click", "ndcg", ndcg, 10)]
        if rmse is not None:
            weights = np.ones(len(rmse))
            metrics.append(make_metric("rating", "rmse", rmse, weights=weights))
        return make_result(model=model, metrics=metrics, **changes)

    return make


def test_the_main_metric_of_each_kind(tasks):
    columns = default_columns(list(tasks.values()), k=5)
    assert [(column.task, column.key) for column in columns] == [
        ("click", "ndcg@5"),
        ("rating", "rmse"),
        ("minutes", "mae"),
        ("ad click", "ndcg@5"),
    ]
    assert [column.title for column in columns] == ["NDCG@5", "RMSE", "MAE", "NDCG@5"]
    assert [column.higher_is_better for column in columns] == [True, False, False, True]


def test_columns_leave_out_what_is_switched_off_or_does_not_apply(tasks):
    off = tasks["click"].model_copy(update={"enabled": False})
    assert [c.task for c in default_columns([off, tasks["rating"]])] == ["rating"]
    keys = [column.key for column in all_columns([off, tasks["rating"]])]
    assert keys[:2] == ["mae", "rmse"]
    assert {"precision_at@10", "recall_at@10", "f1_at@10", "ndcg@10"} <= set(keys)
    assert not {"auc", "accuracy", "ndcg"} & set(keys)


def test_seeds_of_one_configuration_become_one_row(two, measured):
    table = compare(
        [
            measured("known", [0.2, 0.4], seed=1, seconds=1.0),
            measured("alone", [0.9, 0.9], seed=1),
            measured("known", [0.6, 0.6], seed=2, seconds=3.0),
        ],
        two,
    )
    assert [row.model for row in table.rows] == ["known", "alone"]
    row, cell = table.rows[0], table.cells[0][0]
    assert row.seeds == (1, 2)
    assert cell.value == pytest.approx(0.45)
    assert (cell.low, cell.high) == pytest.approx((0.35, 0.55))
    assert cell.spread == pytest.approx(np.std([0.3, 0.6], ddof=1))
    assert (row.cost.fit_seconds, row.cost.predict_seconds, row.cost.peak_bytes) == (2, 4, 3000)


def test_what_is_stored_is_a_mean_over_the_runs_that_know_it(two, measured):
    known = [measured("known", [0.2], seed=seed) for seed in (1, 2, 3)]
    costs = [
        replace(run.cost, bytes_stored=n) for run, n in zip(known, (10, 20, None), strict=True)
    ]
    (row,) = compare([replace(r, cost=c) for r, c in zip(known, costs, strict=True)], two).rows
    assert row.cost.bytes_stored == 15
    (row,) = compare([measured("known", [0.2])], two).rows
    assert row.cost.bytes_stored is None


def test_a_later_run_of_the_same_replaces_the_earlier(two, measured):
    table = compare([measured("known", [0.2]), measured("known", [0.8])], two)
    assert len(table.rows) == 1
    assert table.cells[0][0].value == pytest.approx(0.8)


def test_references_stand_last_and_take_no_part(two, measured, monkeypatch):
    truth = type("Truth", (MODELS["known"],), {"key": "truth", "bound": Bound.CEILING})
    monkeypatch.setitem(MODELS, "truth", truth)
    table = compare(
        [
            measured("naive", [0.1, 0.1], [0.9, 0.9]),
            measured("truth", [0.9, 0.9], [0.2, 0.2]),
            measured("alone", [0.5, 0.5], [0.4, 0.4]),
            measured("together", [0.3, 0.3], [0.55, 0.55]),
        ],
        two,
    )
    assert [row.model for row in table.rows] == ["alone", "together", "truth", "naive"]
    assert table.contest == (0, 1)
    assert [cells[0].is_best for cells in table.cells] == [True, False, False, False]
    assert [cells[1].is_best for cells in table.cells] == [True, False, False, False]
    assert {bound: cell.value for bound, cell in table.bounds(0).items()} == pytest.approx(
        {Bound.CEILING: 0.9, Bound.FLOOR: 0.1}
    )
    assert [table.way(row, 0) for row in range(4)] == pytest.approx([0.5, 0.25, 1.0, 0.0])
    assert [table.way(row, 1) for row in range(2)] == pytest.approx([5 / 7, 0.5])
    assert all(row in table.contest for twin in table.twins for row in (twin.row, twin.twin))


def test_without_references_there_is_no_way_to_tell_how_high_a_value_is(two, measured):
    table = compare([measured("known", [0.2]), measured("alone", [0.3])], two)
    assert table.contest == (0, 1)
    assert table.bounds(0) == {}
    assert np.isnan(table.way(0, 0))


def test_rows_of_one_model_say_what_distinguishes_them(two, measured):
    table = compare(
        [
            measured("known", [0.2]),
            measured("known", [0.3], config={"noise": 2.0}),
            measured("alone", [0.4], config={"noise": 1.0}),
        ],
        two,
    )
    assert [row.title for row in table.rows] == ["Known (default)", "Known (noise 2.0)", "Alone"]
    assert table.rows[2].differences == {"noise": 1.0}


def test_a_rule_set_goes_by_its_name(two, measured):
    config = {"rules": {"name": "Mine", "method": "sum", "powers": {}, "rules": []}}
    usual = {"rules": {"name": "House rules", "method": "product", "powers": {}, "rules": []}}
    table = compare(
        [measured("ruled", [0.2], config=usual), measured("ruled", [0.3], config=config)], two
    )
    assert [row.title for row in table.rows] == ["Ruled (default)", "Ruled (rules Mine)"]


def test_the_best_of_each_column_is_marked_in_its_direction(two, measured):
    table = compare(
        [
            measured("known", [0.2], [0.9]),
            measured("alone", [0.8], [1.1]),
            measured("together", [0.8], [1.0]),
        ],
        two,
    )
    best = [[cell.is_best for cell in line] for line in table.cells]
    assert best == [[False, True], [True, False], [True, False]]


def test_nothing_is_best_where_there_is_nothing_to_beat(two, measured):
    table = compare([measured("known", [0.2], [0.9]), measured("alone", [np.nan])], two)
    assert table.cells[1][1] is None
    assert np.isnan(table.cells[1][0].value)
    assert not any(cell.is_best for line in table.cells for cell in line if cell)


def test_any_columns_can_be_shown(two, measured):
    column = Column("click", "precision_at", 10)
    table = compare([measured("known", [0.2])], two, columns=[column])
    assert table.columns == (column,)
    assert table.cells == ((None,),)


def test_a_model_is_set_against_its_twin(two, measured):
    table = compare(
        [
            measured("alone", [0.4, 0.4, 0.4], [1.0, 1.0, 1.0]),
            measured("together", [0.5, 0.5, 0.5], [1.2, 1.2, 1.2]),
        ],
        two,
    )
    (against,) = table.twins
    assert (against.row, against.twin) == (1, 0)
    assert [entry.gain.percent for entry in against.gains.tasks] == pytest.approx([25, -20])
    assert against.negative_transfer == ("rating",)


def test_without_the_twin_there_is_no_gain(two, measured):
    assert compare([measured("together", [0.5])], two).twins == ()
    assert (
        compare([measured("together", [0.5], seed=1), measured("alone", [0.4], seed=2)], two).twins
        == ()
    )


def test_the_twin_configured_most_alike_is_chosen(two, measured):
    table = compare(
        [
            measured("alone", [0.4], config={"noise": 0.0}),
            measured("alone", [0.2], config={"noise": 3.0}),
            measured("together", [0.5], config={"noise": 3.0}),
        ],
        two,
    )
    assert [(twin.row, twin.twin) for twin in table.twins] == [(2, 1)]


def test_words_say_which_tasks_gained_and_which_lost(two, measured):
    table = compare(
        [
            measured("alone", [0.4, 0.4, 0.4], [1.0, 1.0, 1.0]),
            measured("together", [0.5, 0.5, 0.5], [1.2, 1.2, 1.2]),
        ],
        two,
    )
    sentences = table.sentences()
    assert all(isinstance(sentence, Message) for sentence in sentences)
    assert [str(sentence) for sentence in sentences] == [
        "Together is better than Alone at click (NDCG@10 +25.0 %).",
        "Together is worse than Alone at rating (RMSE -20.0 %): negative transfer.",
        "Over 2 tasks the mean gain of Together over Alone is +2.5 % "
        "(95 % interval +2.5 to +2.5; higher is better). "
        "Others write it as a mean drop of -2.5 %, lower is better.",
    ]


def test_words_admit_what_the_users_cannot_tell(two, measured):
    table = compare([measured("alone", [0.4, 0.6]), measured("together", [0.6, 0.45])], two)
    assert [str(sentence) for sentence in table.sentences()] == [
        "Between Together and Alone these users cannot tell at click (NDCG@10 +5.0 %)."
    ]


def test_the_same_results_give_the_same_table(two, measured):
    values = np.random.default_rng(0).random((2, 50))
    results = [measured("alone", values[0]), measured("together", values[1])]
    once, again = compare(results, two), compare(results, two)
    assert once.twins[0].gains == again.twins[0].gains
    assert once.twins[0].gains != compare(results, two, seed=1).twins[0].gains


def test_no_results_give_an_empty_table(two):
    table = compare([], two)
    assert (table.rows, table.cells, table.twins, table.sentences()) == ((), (), (), [])

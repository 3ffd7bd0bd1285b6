"""Learning curves as pictures: what stands in which, and where nothing is known."""

import numpy as np
from numpy.testing import assert_array_equal

from algorithms.evaluation.learning_curves import learning_curves
from algorithms.models.base import CurvePoint


def curve(task, measure, *values):
    return [CurvePoint(step, task, measure, value) for step, value in enumerate(values, start=1)]


def test_training_and_validation_of_a_task_stand_beside_each_other():
    points = curve("click", "training loss", 0.7, 0.5, 0.3) + curve(
        "click", "validation loss", 0.7, 0.6
    )
    (lines,) = learning_curves(points)
    assert lines.x.tolist() == [1, 2, 3]
    assert list(lines.series) == ["click", "click (training)"]
    assert_array_equal(lines.series["click"], [0.7, 0.6, np.nan])
    assert_array_equal(lines.series["click (training)"], [0.7, 0.5, 0.3])


def test_each_other_measure_has_a_picture_of_its_own():
    points = curve("click", "validation NDCG@10", 0.1, 0.2) + curve(
        "rating", "validation RMSE", 1.0, 0.9
    )
    first, second = learning_curves(points)
    assert str(first.title).endswith("validation NDCG@10")
    assert list(second.series) == ["rating"]
    assert str(second.y_label) == "validation RMSE"


def test_a_pair_of_tasks_has_one_curve_of_agreement():
    points = curve("click", "gradient cosine with buy", 0.5, 0.4) + curve(
        "buy", "gradient cosine with rating", -0.1, -0.2
    )
    (lines,) = learning_curves(points)
    assert list(lines.series) == ["click · buy", "buy · rating"]
    assert lines.reference == {"": 0.0}


def test_one_step_is_no_curve():
    assert learning_curves(curve("click", "training loss", 0.7)) == ()
    assert learning_curves([]) == ()

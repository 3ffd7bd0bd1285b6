import numpy as np
import pytest
from numpy.testing import assert_allclose

from algorithms.policies.choice_models import (
    choice_probability,
    fit_choice,
    fit_logistic,
    log_loss,
    probability,
)


def test_logistic_regression_is_that_of_scikit_learn() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(1)
    X = rng.normal(size=(300, 3))
    y = (rng.random(300) < probability(X, np.array([-1.0, 1.0, -2.0, 0.5]))).astype(float)
    ours = fit_logistic(X, y, ridge=2.0)
    theirs = linear_model.LogisticRegression(C=0.5, tol=1e-10).fit(X, y)
    assert_allclose(ours, np.r_[theirs.intercept_, theirs.coef_[0]], atol=5e-3)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_labels_that_are_all_alike_give_no_infinity(label: float) -> None:
    fitted = fit_logistic(np.ones((50, 2)), np.full(50, label), ridge=1.0)
    assert np.isfinite(fitted).all()
    assert abs(probability(np.ones(2), fitted) - label) < 0.05


def test_log_loss_by_hand() -> None:
    assert log_loss(np.array([1.0, 0.0]), np.array([0.5, 0.75])) == pytest.approx(
        (np.log(2) + np.log(4)) / 2
    )


def test_the_pull_behind_choices_is_found_again() -> None:
    rng = np.random.default_rng(2)
    pull = np.array([1.0, -0.5])
    F = rng.normal(size=(3000, 12, 2))
    possible = rng.random((3000, 12)) < 0.8
    possible[:, 0] = True
    chance = choice_probability(F, possible, pull)
    assert_allclose(chance.sum(axis=1), 1)
    assert (chance[~possible] == 0).all()
    chosen = np.array([rng.choice(12, p=row) for row in chance])
    assert_allclose(fit_choice(F, chosen, possible, ridge=1e-3), pull, atol=0.08)

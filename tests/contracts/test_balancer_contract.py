"""What holds for every balancer of the catalog."""

import doctest
import importlib
import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from algorithms.balancing import (
    BALANCERS,
    GradientsNeededError,
    UnknownBalancerError,
    find_balancer,
    gram_matrix,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=BALANCERS.values(), ids=BALANCERS.keys())
def balancer_class(request):
    return request.param


def started(balancer_class, n_tasks, seed=0):
    balancer = balancer_class()
    balancer.start(np.ones(n_tasks), np.random.default_rng(seed))
    return balancer


def play(balancer, losses, gram, n_steps=8):
    """Return (n_steps, T) the weights of a training that stands still."""
    weights = []
    for _ in range(n_steps):
        weights.append(balancer.weights(losses, gram))
        if balancer.needs_losses_after:
            balancer.stepped(losses)
        balancer.epoch_ended(losses)
    return np.array(weights)


def some(n_tasks, seed=0, n_weights=6):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.2, 2, n_tasks), gram_matrix(rng.standard_normal((n_tasks, n_weights)))


def test_it_says_what_it_is(balancer_class) -> None:
    assert BALANCERS[balancer_class.key] is balancer_class
    for text in ("title", "summary", "when_agree", "when_conflict", "doubt"):
        assert len(getattr(balancer_class, text)) > 3
    assert balancer_class.summary.endswith(".")
    bibliography = (ROOT / "docs" / "references.bib").read_text(encoding="utf-8")
    assert f"{{{balancer_class.reference}," in bibliography


def test_its_equation_can_be_drawn(balancer_class) -> None:
    from matplotlib.mathtext import MathTextParser

    assert MathTextParser("path").parse(balancer_class.equation).width > 0


def test_its_parameters_are_described(balancer_class) -> None:
    for field in balancer_class.config_class.model_fields.values():
        assert field.description
    with pytest.raises(ValueError, match="Extra inputs"):
        balancer_class.config_class(no_such_parameter=1)


def test_its_page_begins_with_a_sentence_and_shows_its_examples(balancer_class) -> None:
    page = importlib.import_module(balancer_class.__module__)
    assert page.__doc__.partition("\n")[0].endswith(".")
    assert balancer_class.reference in page.__doc__
    assert doctest.testmod(page).failed == 0


@pytest.mark.parametrize("n_tasks", [1, 2, 3, 5])
def test_its_weights_are_finite_numbers(balancer_class, n_tasks) -> None:
    weights = play(started(balancer_class, n_tasks), *some(n_tasks))
    assert weights.shape == (8, n_tasks)
    assert np.isfinite(weights).all()
    assert (weights.sum(axis=1) > 0).all()


def test_same_seed_same_weights(balancer_class) -> None:
    losses, gram = some(3)
    twice = [play(started(balancer_class, 3, seed=4), losses, gram) for _ in range(2)]
    np.testing.assert_array_equal(*twice)


def test_a_new_start_forgets(balancer_class) -> None:
    balancer = started(balancer_class, 3)
    first = play(balancer, *some(3, seed=1))
    play(balancer, *some(3, seed=2))
    balancer.start(np.ones(3), np.random.default_rng(0))
    np.testing.assert_array_equal(play(balancer, *some(3, seed=1)), first)


def test_its_arguments_are_left_alone(balancer_class) -> None:
    losses, gram = some(3)
    kept = losses.copy(), gram.copy()
    play(started(balancer_class, 3), losses, gram)
    np.testing.assert_array_equal(losses, kept[0])
    np.testing.assert_array_equal(gram, kept[1])


def test_a_task_without_a_label_weighs_nothing(balancer_class) -> None:
    losses, gram = some(3)
    gram[1] = gram[:, 1] = np.nan  # no label, no gradient
    losses[1] = np.nan
    weights = play(started(balancer_class, 3), losses, gram)
    np.testing.assert_array_equal(weights[:, 1], 0)
    assert np.isfinite(weights).all()
    assert (weights.sum(axis=1) > 0).all()


def test_a_batch_without_labels_leaves_no_trace(balancer_class) -> None:
    if balancer_class.key == "rlw":
        pytest.skip("throws its dice for every batch")
    losses, gram = some(3)
    disturbed, quiet = started(balancer_class, 3), started(balancer_class, 3)
    play(disturbed, losses, gram, 3)
    play(quiet, losses, gram, 3)
    nothing = np.full(3, np.nan)
    np.testing.assert_array_equal(play(disturbed, nothing, np.full((3, 3), np.nan), 2), 0)
    np.testing.assert_array_equal(play(disturbed, losses, gram), play(quiet, losses, gram))


@pytest.mark.parametrize(
    "gradients",
    [
        np.zeros((2, 3)),
        [[1.0, 0, 0], [0, 0, 0]],
        [[1.0, 2, 3], [1, 2, 3]],
        [[1.0, 2, 3], [-1, -2, -3]],
        [[1e150, 0, 0], [-1e149, 1e150, 0]],
        [[1e150, 0, 0], [1e-150, 1e-150, 0]],
        [[1e-160, 0, 0], [-1e-160, 1e-160, 0]],
        [[1e-300, 0, 0], [1, 1, 0]],
        [[1e200, 0, 0], [1, 1, 0]],
        [[1.0, 0, 0], [1, 0, 0], [-1, 0, 0]],
        [[1.0, 0, 0], [-1, 1e-9, 0], [0, -1e-9, 0]],
    ],
    ids=[
        "zero", "one zero", "identical", "opposite", "huge", "huge beside tiny", "tiny",
        "vanishing", "overflowing", "three on a line", "nearly balanced",
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1.0, 1e-300, 1e150, 0.0])
def test_extreme_gradients_and_losses_leave_it_finite(balancer_class, gradients, size) -> None:
    gradients = np.array(gradients)
    with np.errstate(over="ignore", invalid="ignore"):
        gram = gram_matrix(gradients)
    losses = np.linspace(0.5, 1, len(gradients)) * size
    assert np.isfinite(play(started(balancer_class, len(gradients)), losses, gram)).all()


@pytest.mark.parametrize("single", [True, False])
def test_rounding_of_single_precision_does_not_upset_it(balancer_class, single) -> None:
    rng = np.random.default_rng(7)
    direction = rng.standard_normal(200)
    gradients = np.stack([direction, direction + 1e-7, -direction])
    gram = gram_matrix(gradients.astype(np.float32) if single else gradients).astype(float)
    weights = play(started(balancer_class, 3), np.ones(3), gram)
    assert np.isfinite(weights).all()


def test_the_order_of_the_tasks_does_not_matter(balancer_class) -> None:
    if balancer_class.key in ("rlw", "pcgrad", "gradvac"):
        pytest.skip("has chance in it")
    losses, gram = some(4, n_weights=9)
    order = np.array([2, 0, 3, 1])
    weights = play(started(balancer_class, 4), losses, gram)
    turned = play(started(balancer_class, 4), losses[order], gram[np.ix_(order, order)])
    np.testing.assert_allclose(turned, weights[:, order], rtol=1e-6, atol=1e-8)


def test_gradients_are_asked_for(balancer_class) -> None:
    balancer = started(balancer_class, 2)
    if balancer_class.needs_gradients:
        with pytest.raises(GradientsNeededError, match="Gram matrix"):
            balancer.weights(np.ones(2))
    else:
        assert len(balancer.weights(np.ones(2))) == 2


def test_it_is_found_by_its_key(balancer_class) -> None:
    assert find_balancer(balancer_class.key) is balancer_class


def test_an_unknown_key_names_those_that_exist() -> None:
    with pytest.raises(UnknownBalancerError, match=r"No balancer “pcgrd”.*equal, "):
        find_balancer("pcgrd")


def test_the_error_crosses_a_process_border() -> None:
    error = UnknownBalancerError(balancer="x", balancers="y")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own bytes


def test_the_package_needs_numpy_alone() -> None:
    code = "import json, sys, algorithms.balancing; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"torch", "scipy", "matplotlib", "numba"} & set(json.loads(done.stdout))

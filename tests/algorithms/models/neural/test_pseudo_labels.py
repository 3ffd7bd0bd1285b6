"""Pseudo-labels: only the surest, only where a label is missing, only on events of training."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.models.neural.events import Examples, label_scales
from algorithms.models.neural.pseudo_labels import missing_labels, surest, with_guesses
from sample_data import load_world, world_tasks

CLICK, PURCHASE, RATING, _ = world_tasks("ecommerce")
FUNNELS = ("naive_cvr", "esmm", "escm2")


def test_the_surest_are_the_ends_in_the_shares_of_the_labels() -> None:
    z = np.array([0.5, -3.0, 2.0, -1.0, -0.5, 0.1, -2.0, 1.0])
    assert_array_equal(surest(z, 0.25), [1, 6, 3, 2])  # half of 8: three no, one yes
    assert_array_equal(surest(z, 0.0), [1, 6, 3, 4])
    assert_array_equal(surest(np.zeros(0), 0.5), [])


def test_guesses_are_soft_and_count_together_what_was_asked() -> None:
    nothing = np.zeros((6, 0), dtype=np.int64)
    mask = np.array([[1], [1], [0], [0], [0], [0]], dtype=np.bool_)
    labels = np.array([[1], [0], [0], [0], [0], [0]], dtype=np.float32)
    events = Examples(np.arange(6), np.arange(6), labels, mask, nothing, nothing)
    z = np.log([[9], [9], [3], [1], [1 / 3], [1.5]])  # chances .9 .9 .75 .5 .25 .6
    filled, n_guessed = with_guesses(events, ~mask, z, weight=0.5)
    assert_array_equal(n_guessed, [2])
    assert_array_equal(filled.users, [0, 1, 2, 4])  # the highest and the lowest of the four
    assert_allclose(filled.labels[:, 0], [1, 0, 0.75, 0.25], rtol=1e-6)
    assert_allclose(filled.counts[:, 0], [1, 1, 0.5, 0.5])  # 0.5 x 2 labels over 2 guesses
    assert_allclose(filled.n_labels(), [3])
    assert_array_equal(events.mask, mask)  # the labels stay what they are


def test_only_missing_yes_and_no_on_the_right_kind_can_be_guessed() -> None:
    log = hidden()
    tasks = [CLICK, PURCHASE, RATING]
    missing = missing_labels(log, tasks, label_scales(log, tasks))
    assert not missing[:, [0, 2]].any()
    assert_array_equal(
        missing[:, 1], np.isnan(log.label("purchase")) & np.isfinite(log.label("click"))
    )
    only_yes = log.with_labels(purchase=np.where(log.label("purchase") > 0, 1, np.nan).astype("f4"))
    assert not missing_labels(only_yes, tasks, label_scales(only_yes, tasks)).any()


# --- with a network ---------------------------------------------------------------------------


def hidden(n: int = 5000):
    """A log in which most purchases are unknown."""
    log = load_world("ecommerce").select(np.arange(n))
    purchase = log.label("purchase").copy()
    purchase[np.random.default_rng(0).random(n) < 0.8] = np.nan
    return log.with_labels(purchase=purchase)


def fit(model, log, validation=None, **values):
    values = {"n_epochs": 2, "exposure": 0.0, "learning_rate": 0.01, **values}
    return model.from_values(values).fit(
        log, [CLICK, PURCHASE], rng=np.random.default_rng(3), validation=validation
    )


def test_where_no_label_is_missing_nothing_changes() -> None:
    pytest.importorskip("torch")
    from algorithms.models.neural.shared_bottom import SharedBottom

    log = load_world("ecommerce").select(np.arange(3000))
    plain, guessing = fit(SharedBottom, log), fit(SharedBottom, log, pseudo_labels=1.0)
    for name, array in plain._parts[0].weights.items():
        assert_array_equal(guessing._parts[0].weights[name], array)
    assert not guessing.notes()


def test_a_network_learns_on_from_events_of_training_only() -> None:
    pytest.importorskip("torch")
    from algorithms.models.neural.shared_bottom import SharedBottom, SharedBottomNetwork

    seen: list[Examples] = []

    class Network(SharedBottomNetwork):
        def learns_from(self, examples):
            seen.append(examples)
            return examples

    class Watched(SharedBottom):
        network_class = Network

    log = hidden()
    train, validation = log.select(np.arange(4000)), log.select(np.arange(4000, 5000))
    model = fit(Watched, train, validation, n_epochs=6, pseudo_labels=1.0)
    filled = next(each for each in seen if each.counts is not None)
    assert filled.mask[:, 1].sum() > 1.5 * np.isfinite(train.label("purchase")).sum()
    assert {*zip(filled.users, filled.items, strict=True)} <= {
        *zip(train.users, train.items, strict=True)
    }
    # it went on from the best weights, whether or not it got better, and says so
    said = str(model.notes()[0])
    assert "“purchase”: after pass" in said
    losses = [point for point in model.curves if point.measure == "validation loss"]
    steps = [point.step for point in losses if point.task == "purchase"]
    assert steps == [*range(1, len(steps) + 1)]  # one row of passes


def test_it_goes_on_from_the_weights_of_the_first_stop() -> None:
    pytest.importorskip("torch")
    from algorithms.models.neural.single_task import SingleTask

    log = hidden()
    train, validation = log.select(np.arange(4000)), log.select(np.arange(4000, 5000))
    still = {"n_epochs": 3, "learning_rate": 1e-12, "embedding_decay": 0.0}
    model = fit(SingleTask, train, validation, pseudo_labels=1.0, **still)
    plain = fit(SingleTask, train, validation, **still)
    purchases = model.predict(PURCHASE, train.users[:50], train.items[:50])
    assert_allclose(
        purchases, plain.predict(PURCHASE, train.users[:50], train.items[:50]), atol=1e-6
    )


@pytest.mark.parametrize(
    "key", ["multitask_cnn", "multi_input", "adversarial_shared", "naive_cvr", "esmm", "escm2"]
)
def test_every_kind_of_network_learns_on(key) -> None:
    pytest.importorskip("torch")
    from algorithms.models.catalog import find_model

    log = hidden(1500)
    model = fit(find_model(key), log, n_epochs=1, pseudo_labels=0.5)
    said = model.predict(PURCHASE, log.users[:30], log.items[:30])
    of_kind = log.item_table.kind_codes[log.items[:30]] == 0
    assert np.isfinite(said[of_kind]).all()
    (note,) = [note for note in model.notes() if "stood in" in note.template]
    click = log.label("click")
    is_gap = np.isnan(log.label("purchase")) & np.isfinite(click)
    if key in FUNNELS:
        is_gap &= click == 1  # no click, no purchase, and no gap
    assert note.values["n"] == round(0.5 * is_gap.sum())

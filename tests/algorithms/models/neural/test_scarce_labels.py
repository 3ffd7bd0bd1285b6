"""Remedies for scarce labels: pasts that might have been, fields left out, an earlier solution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.data import IdMap
from algorithms.models.neural.augmentation import changed_pasts, cropped, masked, reordered
from algorithms.models.neural.fields import Side
from algorithms.models.neural.same_rows import rows_digest

PAST = np.array([[-1, -1, 10, 11, 12, 13, 14], [-1] * 7, [1, 2, 3, 4, 5, 6, 7], [-1] * 6 + [9]])


def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def assert_padding_in_front(history) -> None:
    known = history >= 0
    assert (np.diff(known.astype(int), axis=1) >= 0).all()


@pytest.mark.parametrize("change", [cropped, masked, reordered])
def test_a_changed_past_is_made_of_the_same_items(change) -> None:
    changed = change(PAST, rng())
    assert_padding_in_front(changed)
    for before, after in zip(PAST, changed, strict=True):
        left = after[after >= 0].tolist()
        assert set(left) <= set(before.tolist())
        assert len(set(left)) == len(left)


def test_a_crop_keeps_a_stretch_in_its_order() -> None:
    changed = cropped(PAST, rng())
    assert_array_equal((changed >= 0).sum(axis=1), [3, 0, 5, 1])
    assert (np.diff(changed[0][-3:]) == 1).all()
    assert (np.diff(changed[2][-5:]) == 1).all()


def test_a_mask_keeps_the_order() -> None:
    left = masked(PAST, rng())[2]
    left = left[left >= 0]
    assert 0 < len(left) < 7
    assert (np.diff(left) > 0).all()


def test_reordering_moves_a_stretch_only() -> None:
    changed = reordered(PAST, rng())
    assert_array_equal(np.sort(changed, axis=1), np.sort(PAST, axis=1))
    moved = np.flatnonzero(changed[2] != PAST[2])
    assert len(moved)
    assert moved[-1] - moved[0] < 5
    assert_array_equal(changed[[1, 3]], PAST[[1, 3]])


def test_the_share_says_how_many_are_changed() -> None:
    pasts = np.tile(PAST[2], (2000, 1))
    assert_array_equal(changed_pasts(pasts, 0.0, rng()), pasts)
    share = (changed_pasts(pasts, 0.5, rng()) != pasts).any(axis=1).mean()
    assert 0.42 < share < 0.52  # now and then a mask takes nothing out


# --- with a world -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def log():
    from sample_data import load_world

    return load_world("ecommerce").select(np.arange(6000))


def fit(log, key, start=None, tasks=(0, 1), seed=0, **values):
    pytest.importorskip("torch")
    from algorithms.models.catalog import find_model
    from sample_data import world_tasks

    chosen = [world_tasks("ecommerce")[t] for t in tasks]
    model = find_model(key).from_values({"n_epochs": 1, "exposure": 0.0, **values})
    return model.fit(log, chosen, rng=np.random.default_rng(seed), start=start)


def said(model, log, task="purchase"):
    return model.predict(task, log.users[:40], log.items[:40])


def test_fields_left_out_and_changed_pasts_change_what_is_learned_and_not_how_it_answers(log):
    plain = fit(log, "multitask_cnn")
    for values in ({"field_dropout": 0.3}, {"changed_pasts": 0.8}):
        changed = fit(log, "multitask_cnn", **values)
        assert np.nanmax(np.abs(said(changed, log) - said(plain, log))) > 1e-4
        assert_array_equal(said(changed, log), said(changed, log))


def test_an_earlier_solution_of_the_same_tasks_is_gone_on_with(log) -> None:
    first = fit(log, "shared_bottom", n_epochs=2)
    on = fit(log, "shared_bottom", first.state(), learning_rate=1e-9, embedding_decay=0.0)
    assert_allclose(said(on, log), said(first, log), atol=1e-5)
    assert "earlier solution" in str(on.notes()[-1])


def test_a_solution_of_other_tasks_gives_what_is_shared(log) -> None:
    clicks = fit(log, "shared_bottom", tasks=(0,))
    still = {"learning_rate": 1e-9, "embedding_decay": 0.0}
    bought = fit(log, "shared_bottom", clicks.state(), tasks=(1,), seed=1, **still)
    (source,), (target,) = clicks._parts, bought._parts
    for name in ("embedding.user", "embedding.item", "trunk.W0", "trunk.W1"):
        assert_allclose(target.weights[name], source.weights[name], atol=1e-6)
    assert np.abs(target.weights["head0.W0"] - source.weights["head0.W0"]).max() > 0.1


def turned(log):
    """Return a log of the same shape in which each user's place is another user's."""
    order = np.roll(np.arange(log.n_users), 1)
    table = log.user_table
    features = {name: column[order] for name, column in table.features.items()}
    return replace(
        log, user_table=replace(table, ids=IdMap(table.ids.ids[order]), features=features)
    )


def test_a_solution_of_another_log_gives_its_layers_and_nobody_elses_vectors(log) -> None:
    first = fit(log, "shared_bottom")
    still = {"learning_rate": 1e-9, "embedding_decay": 0.0}
    source = first._parts[0].weights
    moved = fit(turned(log), "shared_bottom", first.state(), seed=1, **still)
    target = moved._parts[0].weights
    for name in ("embedding.item", "trunk.W0", "trunk.W1", "head0.W0"):
        assert_allclose(target[name], source[name], atol=1e-6)
    assert target["embedding.user"].shape == source["embedding.user"].shape
    assert np.abs(target["embedding.user"] - source["embedding.user"]).max() > 0.1
    assert "is of other users, items or features" in str(moved.notes()[-2])
    same = fit(log, "shared_bottom", first.state(), seed=1, **still)
    assert not [note for note in same.notes() if "is of other users" in str(note)]


def test_what_one_world_taught_goes_on_in_another() -> None:
    pytest.importorskip("torch")
    from algorithms.models.catalog import find_model
    from sample_data import load_world, world_tasks

    first = fit(load_world("ecommerce").select(np.arange(3000)), "shared_bottom", tasks=(0,))
    other = load_world("travel").select(np.arange(3000))
    model = find_model("shared_bottom").from_values(
        {"n_epochs": 1, "learning_rate": 1e-9, "embedding_decay": 0.0}
    )
    tasks = world_tasks("travel")[:2]
    model.fit(other, tasks, rng=np.random.default_rng(1), start=first.state())
    source, target = first._parts[0].weights, model._parts[0].weights
    assert_allclose(target["trunk.W1"], source["trunk.W1"], atol=1e-6)
    assert "is of other users, items or features" in str(model.notes()[-2])


def test_a_digest_is_of_what_stands_there_and_the_same_everywhere() -> None:
    def digest(ids, ages, width=8):
        index = np.stack([np.arange(2), np.full(2, 2)], axis=1)
        side = Side(("user", "age"), index, np.ones((2, 2), np.float32), 3, {"age": np.array(ages)})
        return rows_digest(np.array(ids, dtype=f"U{width}"), side)

    assert digest(["a", "b"], [1.0, 2.0]) == digest(["a", "b"], [1.0, 2.0], width=20)
    assert digest(["a", "b"], [1.0, 2.0])[:16] == "bf4772fac6f6249d"
    others = [(["b", "a"], [1.0, 2.0]), (["a", "b"], [2.0, 1.0]), (["ab", ""], [1.0, 2.0])]
    assert digest(["a", "b"], [1.0, 2.0]) not in [digest(*other) for other in others]


def test_a_solution_of_another_size_gives_what_fits(log) -> None:
    narrow = fit(log, "shared_bottom", width=16)
    wide = fit(log, "shared_bottom", narrow.state(), learning_rate=1e-9, embedding_decay=0.0)
    assert_allclose(
        wide._parts[0].weights["embedding.item"],
        narrow._parts[0].weights["embedding.item"],
        atol=1e-6,
    )
    assert wide._parts[0].weights["trunk.W1"].shape == (64, 32)


def test_single_tasks_hand_on_what_the_task_with_most_yes_taught(log) -> None:
    still = {"learning_rate": 1e-9, "embedding_decay": 0.0}
    model = fit(log, "single_task_network", tasks=(1, 0), transfer=True, **still)
    clicks, bought = model._parts
    assert model.tasks[clicks.positions[0]].name == "click"
    assert_allclose(bought.weights["head.W0"], clicks.weights["head.W0"], atol=1e-6)
    assert np.abs(bought.weights["head.W3"] - clicks.weights["head.W3"]).max() > 0.1
    assert "“purchase” began with what “click” had taught." in [str(n) for n in model.notes()]
    again = type(model)(model.config).restore(log, model.tasks, model.state())
    assert_array_equal(said(again, log), said(model, log))

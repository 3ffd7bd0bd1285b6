"""What all networks stand on: fields, masks, histories, the trainer, integrated gradients."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.arrays import AnyArray
from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.models.neural.drawn import watched_examples, with_drawn_negatives
from algorithms.models.neural.events import (
    Histories,
    find_context,
    label_scales,
    make_examples,
)
from algorithms.models.neural.fields import user_side
from algorithms.models.neural.network import Sizes, head, masked_loss
from algorithms.models.neural.ops import NumpyOps
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="clicked", item_kind="product")
STARS = Task(
    name="stars", kind=TaskKind.RATING, label="stars", item_kind="product", relevant_from=4
)
NAN = np.nan


def make_log(**columns: AnyArray) -> InteractionLog:
    """Six events of three users on four products."""
    labels = {
        "clicked": np.array([1, 0, NAN, 1, 0, 1], np.float32),
        "stars": np.array([5, NAN, 3, 1, NAN, NAN], np.float32),
    }
    ids = np.array(["a", "b", "c", "d"])
    return InteractionLog(
        name="six",
        users=np.array([0, 0, 1, 1, 0, 1], np.int32),
        items=np.array([0, 1, 0, 2, 3, 3], np.int32),
        labels={**labels, **{k: v for k, v in columns.items() if k in labels}},
        user_table=UserTable(IdMap(ids[:3]), {"age": np.array([20, 40, 90])}),
        item_table=ItemTable(IdMap(ids), ids, ("product",), np.zeros(4, np.int16), ids),
        timestamps=np.array([10, 20, 10, 20, 30, 40]),
        context={"position": np.array([1, 2, 1, 2, 1, 2])},
    )


def examples_of(log: InteractionLog, length: int = 2):
    tasks = (CLICK, STARS)
    histories = Histories(log, tasks, length)
    scales = label_scales(log, tasks)
    return make_examples(log, tasks, scales, find_context(log), histories), scales, histories


def test_a_missing_label_is_masked_and_ratings_are_standardised() -> None:
    examples, scales, _ = examples_of(make_log())
    assert_array_equal(examples.mask, [[1, 1], [1, 0], [0, 1], [1, 1], [1, 0], [1, 0]])
    assert scales[1].mean == pytest.approx(3.0)
    stars = examples.labels[examples.mask[:, 1], 1]
    assert stars.mean() == pytest.approx(0.0, abs=1e-6)
    assert stars.std() == pytest.approx(1.0, abs=1e-6)


def test_a_missing_label_does_not_enter_the_loss() -> None:
    z = np.array([0.3, -0.2, 2.0])
    labels = np.array([1.0, 0.0, 0.0])
    whole = masked_loss(NumpyOps(), TaskKind.BINARY, z, labels, np.array([1.0, 1.0, 0.0]), 2)
    alone = masked_loss(NumpyOps(), TaskKind.BINARY, z[:2], labels[:2], np.ones(2), 2)
    p = 1 / (1 + np.exp(-z[:2]))
    by_hand = -(np.log(p[0]) + np.log(1 - p[1])) / 2
    assert whole == pytest.approx(alone)
    assert whole == pytest.approx(by_hand)
    assert masked_loss(NumpyOps(), TaskKind.BINARY, z, labels, np.zeros(3), 0) is None


def test_a_history_holds_what_was_chosen_strictly_before() -> None:
    examples, _, histories = examples_of(make_log())
    assert_array_equal(examples.history[0], [-1, -1])  # the first event of user 0
    assert_array_equal(examples.history[1], [-1, 0])  # clicked and starred item 0 before
    assert_array_equal(examples.history[4], [-1, 0])  # item 1 was not clicked
    assert_array_equal(examples.history[5], [-1, 2])  # user 1: three stars are not relevant
    assert_array_equal(histories.at_end(np.array([1, 2])), [[2, 3], [-1, -1]])


def test_features_come_from_the_users_of_training() -> None:
    side = user_side(make_log())
    assert side.names == ("user", "age")
    ages = side.scale[:, 1]
    assert_allclose(ages[:2], [-1.0, 1.0])  # mean 30, deviation 10: the third is not in training
    assert ages[2] == 5.0  # and is cut
    assert_array_equal(side.scale[:, 0], [1, 1, 0])  # nobody knows the third by name


def test_context_of_another_part_knows_only_what_training_met() -> None:
    context = find_context(make_log())
    assert context.names == ("position",)
    other = make_log()
    other.context["position"][:] = [1, 2, 9, 1, 1, 1]  # type: ignore[index]
    assert_array_equal(context.codes(other)[:, 0], [1, 2, 0, 1, 1, 1])


YES_ONLY = {"clicked": np.array([1, NAN, NAN, 1, 1, 1], np.float32)}


def pairs_of(log) -> set[tuple[int, int]]:
    return set(zip(log.users.tolist(), log.items.tolist(), strict=True))


def test_where_training_knows_only_yes_unmet_items_are_drawn_as_no() -> None:
    log = make_log(**YES_ONLY)
    examples, scales, _ = examples_of(log)
    assert scales[0].is_drawn
    more = with_drawn_negatives(examples, [log], (CLICK, STARS), scales, np.random.default_rng(0))
    drawn = more.take(np.arange(len(examples), len(more)))
    assert len(drawn)
    assert not drawn.labels.any()
    assert_array_equal(drawn.mask, [[True, False]] * len(drawn))
    assert not pairs_of(log) & pairs_of(drawn)


def yes_log(n_users: int, n_events: int, timestamps: bool = True) -> InteractionLog:
    """Users who meet ``n_events`` of 60 items each, and click on all of them."""
    rng = np.random.default_rng(5)
    users = np.repeat(np.arange(n_users), n_events).astype(np.int32)
    items = np.concatenate([rng.permutation(60)[:n_events] for _ in range(n_users)])
    who, what = (np.array([f"{n:02}" for n in range(k)]) for k in (n_users, 60))
    return InteractionLog(
        name="yes",
        users=users,
        items=items.astype(np.int32),
        labels={"clicked": np.ones(len(users), np.float32)},
        user_table=UserTable(IdMap(who), {}),
        item_table=ItemTable(IdMap(what), what, ("product",), np.zeros(60, np.int16), what),
        timestamps=rng.permutation(len(users)) if timestamps else None,
        context={"hour": rng.integers(0, 9, len(users))},
    )


@pytest.mark.parametrize("timestamps", [True, False])
def test_a_drawn_no_knows_what_the_yes_beside_it_knows(timestamps: bool) -> None:
    """Neither the length of the past nor its holes nor the circumstances tell the two apart."""
    log = yes_log(9, 7, timestamps)
    histories, scales = Histories(log, [CLICK], 4), label_scales(log, [CLICK])
    yes = make_examples(log, [CLICK], scales, find_context(log), histories)
    more = with_drawn_negatives(yes, [log], [CLICK], scales, np.random.default_rng(0))
    no = more.take(np.arange(len(yes), len(more)))
    assert len(no) > 0.7 * len(yes)
    twins = {}
    for n in range(len(yes)):
        key = (yes.users[n], *yes.context[n], *yes.history[n])
        twins[key] = twins.get(key, 0) + 1
    for n in range(len(no)):
        key = (no.users[n], *no.context[n], *no.history[n])
        twins[key] -= 1  # KeyError: the past of no yes
        assert twins[key] >= 0
    assert len(np.unique((no.history >= 0).sum(axis=1))) == (5 if timestamps else 1)


def without_times(seed: int) -> InteractionLog:
    """Forty users who meet up to 80 of 50 items, some again; a third of what they meet is a yes."""
    rng = np.random.default_rng(seed)
    users = np.repeat(np.arange(40), rng.integers(0, 80, 40)).astype(np.int32)
    rng.shuffle(users)
    who, what = (np.array([f"{n:02}" for n in range(k)]) for k in (40, 50))
    return InteractionLog(
        name="no times",
        users=users,
        items=rng.integers(0, 50, len(users)).astype(np.int32),
        labels={"clicked": (rng.random(len(users)) < 0.3).astype(np.float32)},
        user_table=UserTable(IdMap(who), {}),
        item_table=ItemTable(IdMap(what), what, ("product",), np.zeros(50, np.int16), what),
    )


def test_without_timestamps_the_shape_of_the_past_does_not_tell_yes_from_no() -> None:
    log = without_times(1)
    history = Histories(log, [CLICK], 6).before(log)
    known = history >= 0
    assert (known == np.sort(known, axis=1)).all()  # no holes: what is missing is in front
    assert not (history == log.items[:, None]).any()
    size, yes = known.sum(axis=1), log.labels["clicked"] > 0
    for user in range(40):
        mine = log.users == user
        n_chosen = len(np.unique(log.items[mine & yes]))
        assert set(size[mine]) <= {min(max(n_chosen - 1, 0), 6)}
    assert len(np.unique(size[yes])) > 3


def test_without_timestamps_the_items_of_the_past_do_not_tell_yes_from_no() -> None:
    """What a no leaves out is, over its user's events, what the yeses leave out."""
    log = without_times(2)
    yes = log.labels["clicked"] > 0
    history = Histories(log, [CLICK], 50).before(log)
    n_compared = 0
    for user in range(40):
        mine = log.users == user
        chosen = np.unique(log.items[mine & yes])
        no = np.flatnonzero(mine & ~np.isin(log.items, chosen))
        left_out = [np.setdiff1d(chosen, history[row]) for row in no]
        assert all(len(out) == min(len(chosen), 1) for out in left_out)
        if len(chosen):
            counts = [sum(item in out for out in left_out) for item in chosen]
            even = len(no) / len(chosen)
            assert max(counts) - even < 3
            assert even - min(counts) < 3
            n_compared += len(no)
    assert n_compared > 500


def test_without_timestamps_the_past_is_filled_up_with_an_older_item() -> None:
    log = replace(yes_log(1, 5), timestamps=None)
    histories, listed = Histories(log, [CLICK], 3), log.items.tolist()
    assert histories.at_end(np.array([0])).tolist() == [listed[2:]]
    for place, past in enumerate(histories.before(log).tolist()):
        assert past == [item for item in listed if item != listed[place]][-3:]


def test_who_chose_one_item_has_an_empty_past_without_timestamps() -> None:
    log = replace(make_log(), timestamps=None)
    log.labels["clicked"][:] = [1, 0, 0, 0, 0, 0]
    assert_array_equal(Histories(log, [CLICK], 2).before(log), -np.ones((6, 2)))
    assert_array_equal(Histories(log, [CLICK], 2).at_end(np.array([0, 1])), [[-1, 0], [-1, -1]])


def test_validation_is_told_no_where_training_was() -> None:
    """Or "yes to everything" would be the best pass."""
    log = yes_log(9, 7)
    train, validation = log.select(np.arange(40)), log.select(np.arange(40, 63))
    scales, context = label_scales(train, [CLICK]), find_context(train)
    histories = Histories(train, [CLICK], 4)

    def watched(seed: int):
        rng = np.random.default_rng(seed)
        return watched_examples(validation, train, [CLICK], scales, context, histories, rng), rng

    examples, rng = watched(1)
    yes, no = (examples.take(np.flatnonzero(examples.labels[:, 0] == y)) for y in (1, 0))
    assert pairs_of(yes) == pairs_of(validation)
    assert 0.5 * len(yes) < len(no) <= len(yes)
    assert not pairs_of(no) & (pairs_of(train) | pairs_of(validation))
    assert set(map(tuple, no.history)) <= set(map(tuple, yes.history))
    assert pairs_of(watched(1)[0]) == pairs_of(examples)
    assert pairs_of(watched(2)[0]) != pairs_of(examples)
    other = np.random.default_rng(1)
    other.integers(2**63)
    assert rng.bit_generator.state == other.bit_generator.state  # one seed, whatever the length


def test_where_yes_and_no_are_known_nothing_is_drawn() -> None:
    log = make_log()
    examples, scales, histories = examples_of(log)
    rng = np.random.default_rng(1)
    context = find_context(log)
    same = watched_examples(log, log, (CLICK, STARS), scales, context, histories, rng)
    assert_array_equal(same.labels, examples.labels)
    assert rng.bit_generator.state == np.random.default_rng(1).bit_generator.state


def test_torch_and_numpy_write_the_same_operations() -> None:
    torch = pytest.importorskip("torch")
    from algorithms.models.neural.ops import TorchOps

    ours, theirs = NumpyOps(), TorchOps(0)
    theirs.is_learning = False
    x = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
    t = torch.from_numpy(x)
    for name in ("relu", "sigmoid", "tanh", "exp", "softmax"):
        assert_allclose(
            getattr(ours, name)(x), getattr(theirs, name)(t).numpy(), rtol=1e-5, atol=1e-6
        )
    assert_allclose(ours.amax(x, 1), theirs.amax(t, 1).numpy())
    assert_allclose(ours.concat([x, x]), theirs.concat([t, t]).numpy())
    assert_allclose(ours.stack([x, x], 1), theirs.stack([t, t], 1).numpy())
    assert_allclose(ours.where(x > 0, x, -1.0), theirs.where(t > 0, t, -1.0).numpy())
    assert_allclose(ours.dropout(x, 0.5), theirs.dropout(t, 0.5).numpy())


def test_a_reversed_gradient_comes_back_turned_round() -> None:
    torch = pytest.importorskip("torch")
    from algorithms.models.neural.ops import TorchOps

    x = torch.tensor([2.0], requires_grad=True)
    y = TorchOps(0).reverse(x, 0.5)
    assert float(y.detach()) == pytest.approx(2.0)
    (3 * y).backward()
    assert float(x.grad) == pytest.approx(-1.5)


def sizes(kinds: tuple[TaskKind, ...]) -> Sizes:
    n = len(kinds)
    return Sizes(
        tuple(f"t{k}" for k in range(n)), kinds, (-1,) * n, ("product",) * n, 2, 2, 4, 3, 0
    )


def test_integrated_gradients_add_up_to_the_difference() -> None:
    from algorithms.models.neural.config import NetworkConfig
    from algorithms.models.neural.explaining import integrated_gradients
    from algorithms.models.neural.shared_bottom import SharedBottomNetwork

    rng = np.random.default_rng(1)
    network = SharedBottomNetwork(sizes((TaskKind.BINARY,) * 2), NetworkConfig())
    w = {name: a.astype(np.float64) for name, a in network.make_weights(rng).items()}
    w |= {"offset": np.array([0.5, -0.5]), "served_context": np.array([0.0, 0.25])}
    x, average = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    start, parts = integrated_gradients(network, w, x, average, 1)
    end = float(network.forward(NumpyOps(), w, x[None]).z[0, 1]) - 0.25
    assert parts.sum() == pytest.approx(end - start, abs=0.02 * abs(end - start) + 1e-3)
    moved = average.copy()
    moved[2] = x[2]  # only one field differs: all of the difference is its own
    start, parts = integrated_gradients(network, w, moved, average, 1)
    assert_allclose(parts[[0, 1, 3]], 0.0, atol=1e-9)


def test_a_head_is_what_its_layers_say() -> None:
    w = {
        "h.W0": np.array([[1.0, -1.0]]), "h.b0": np.zeros(2),
        "h.W1": np.array([[2.0], [3.0]]), "h.b1": np.array([0.5]),
    }  # fmt: skip
    assert_allclose(head(NumpyOps(), w, "h", np.array([[2.0], [-1.0]])), [4.5, 3.5])

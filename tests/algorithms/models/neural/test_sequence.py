"""Networks that look back: padding changes nothing, order does where it should, no future enters.

All by NumPy, with weights as drawn: what holds for any weights holds for learned ones.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.models.neural.catalog import NETWORKS
from algorithms.models.neural.multitask_cnn import MultitaskCnn, MultitaskCnnConfig
from algorithms.models.neural.multitask_rnn import MultitaskRnnNetwork
from algorithms.models.neural.network import Sizes
from algorithms.models.neural.ops import NumpyOps
from algorithms.models.neural.sasrec_multitask import SasrecMultitask, SasrecMultitaskConfig
from algorithms.models.neural.sequence import SequenceNetwork, SequenceRecommender
from algorithms.models.neural.sequence_exhibits import sample_of_pasts, shuffled, without
from algorithms.tasks import Task, TaskKind

D, L = 4, 6
OPS = NumpyOps()
LOOKING_BACK = [model for model in NETWORKS.values() if issubclass(model, SequenceRecommender)]


def sizes(length: int = L) -> Sizes:
    kinds = (TaskKind.BINARY, TaskKind.RATING)
    return Sizes(("a", "b"), kinds, (-1, -1), ("p", "p"), 3, 2, 9, D, length)


def built(network_class: type[SequenceNetwork], config=None, length: int = L):
    """Return a network and weights for which nothing is 0 by accident."""
    model = next(each for each in LOOKING_BACK if each.network_class is network_class)
    network = network_class(sizes(length), config or model.config_class())
    rng = np.random.default_rng(3)
    drawn = network.make_weights(rng)
    w = {name: a + rng.normal(0, 0.1, a.shape) for name, a in drawn.items()}
    return network, w


def encoded(network, w, past):
    """Encode one past (m, d), padded in front to the network's length."""
    length = network.sizes.history
    history = np.zeros((1, length, D))
    history[0, length - len(past) :] = past
    known = np.arange(length)[None] >= length - len(past)
    return network.encode(OPS, w, history, known)[0]


@pytest.fixture(params=LOOKING_BACK, ids=lambda model: model.key)
def network_class(request) -> type[SequenceNetwork]:
    return request.param.network_class


PAST = np.random.default_rng(0).normal(size=(4, D))


def test_padding_changes_nothing(network_class) -> None:
    short, w = built(network_class, length=4)
    long, w_long = built(network_class, length=9)
    w_long |= {name: array for name, array in w.items() if array.shape == w_long[name].shape}
    for name, array in w_long.items():  # positions are counted from the newest
        if array.shape != w[name].shape:
            array[-len(w[name]) :] = w[name]
    assert_allclose(encoded(long, w_long, PAST), encoded(short, w, PAST), atol=1e-12)


def test_no_past_says_nothing(network_class) -> None:
    network, w = built(network_class)
    assert_array_equal(encoded(network, w, PAST[:0]), np.zeros(D))
    assert np.abs(encoded(network, w, PAST[:1])).max() > 0


def test_order_matters(network_class) -> None:
    network, w = built(network_class)
    turned = PAST[[1, 0, 3, 2]]
    assert np.abs(encoded(network, w, PAST) - encoded(network, w, turned)).max() > 1e-3


def test_torch_learns_what_numpy_answers(network_class) -> None:
    torch = pytest.importorskip("torch")
    from algorithms.models.neural.ops import TorchOps

    network, w = built(network_class)
    ops = TorchOps(0)
    ops.is_learning = False
    history, known = np.random.default_rng(1).normal(size=(5, L, D)), np.ones((5, L), dtype=bool)
    known[0, :4] = known[1] = False
    history = history * known[:, :, None]
    theirs = network.encode(
        ops,
        {name: torch.from_numpy(array) for name, array in w.items()},
        torch.from_numpy(history),
        torch.from_numpy(known),
    )
    assert_allclose(theirs.numpy(), network.encode(OPS, w, history, known), atol=1e-6)


def test_the_rnn_is_the_gated_unit_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    network, w = built(MultitaskRnnNetwork)
    theirs = torch.nn.GRU(D, D, batch_first=True).double()
    with torch.no_grad():
        for ours, name in (("item", "ih"), ("state", "hh")):
            getattr(theirs, f"weight_{name}_l0").copy_(torch.from_numpy(w[f"gru.{ours}.W0"].T))
            getattr(theirs, f"bias_{name}_l0").copy_(torch.from_numpy(w[f"gru.{ours}.b0"]))
        last = theirs(torch.from_numpy(PAST[None]))[1][0, 0].numpy()
    assert_allclose(encoded(network, w, PAST), last * w["loudness"], atol=1e-12)


def test_attention_never_sees_what_comes_later() -> None:
    network, w = built(SasrecMultitask.network_class, SasrecMultitaskConfig(n_blocks=2))
    rng = np.random.default_rng(5)
    past, known = rng.normal(size=(1, L, D)), np.ones((1, L), dtype=bool)
    states, attention = network.block(OPS, w, 0, past, known, newest_only=False)
    assert_allclose(attention.sum(axis=-1), 1.0)
    assert_array_equal(attention[0, 0][~np.tri(L, dtype=bool)], 0.0)
    other = past.copy()
    other[0, 3:] = rng.normal(size=(L - 3, D))
    moved = network.block(OPS, w, 0, other, known, newest_only=False)[0] - states
    assert_array_equal(moved[0, :3], 0.0)
    assert (np.abs(moved[0, 3:]).max(axis=1) > 0).all()


def test_one_block_of_the_newest_is_the_newest_of_a_block() -> None:
    network, w = built(SasrecMultitask.network_class)
    past, known = np.random.default_rng(6).normal(size=(3, L, D)), np.ones((3, L), dtype=bool)
    known[1, :2] = False
    every, attention = network.block(OPS, w, 0, past, known, newest_only=False)
    newest, of_newest = network.block(OPS, w, 0, past, known, newest_only=True)
    assert_allclose(newest[:, 0], every[:, -1], atol=1e-12)
    assert_allclose(of_newest[:, :, 0], attention[:, :, -1], atol=1e-12)


def test_attention_heads_need_not_divide_the_vector(fitted) -> None:
    model = fitted(SasrecMultitask, n_heads=3, n_blocks=2)
    shown = {each.key: each for each in model.exhibits()}
    assert shown["attention"].values.shape == (6, 20)
    known = shown["attention_of_one"].values
    assert known.sum() == pytest.approx(1.0, abs=1e-5)
    assert "Jain & Wallace" in str(shown["attention"].sentence)
    assert len(set(shown["attention_of_one"].names)) == len(known)


def test_a_filter_finds_its_pattern_wherever_it_stands() -> None:
    """A filter for "a, then b" fits a, b anywhere in the past, and b, a nowhere."""
    network, w = built(MultitaskCnn.network_class, MultitaskCnnConfig(n_filters=1, height=2))
    a, b, c = np.eye(D)[:3]
    w["filter2.W0"], w["filter2.b0"] = np.concatenate([a, b])[:, None], np.array([-1.0])
    w["filter1.W0"], w["filter1.b0"] = np.zeros((D, 1)), np.zeros(1)
    w["fits.W0"] = np.zeros((len(w["fits.W0"]), D))
    w["fits.W0"][-1, 0] = 1.0  # the filter of height 2 is the last
    w["loudness"] = np.ones(D)
    for past, fit in (((a, b), 1), ((a, b, c, c), 1), ((c, c, a, b), 1), ((b, a), 0), ((b,), 0)):
        assert_allclose(encoded(network, w, np.array(past)), [fit, 0, 0, 0], atol=1e-12)


# --- with a world -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def log():
    from sample_data import load_world

    return load_world("ecommerce").select(np.arange(5000))


@pytest.fixture(scope="module")
def fitted(log):
    pytest.importorskip("torch")
    from sample_data import world_tasks

    def fit(model, **values):
        config = model.config_class(n_epochs=1, dimension=4, width=32, **values)
        tasks = world_tasks("ecommerce")[:2]
        return model(config).fit(log, tasks, rng=np.random.default_rng(0))

    return fit


@pytest.mark.parametrize("model", LOOKING_BACK, ids=lambda model: model.key)
def test_it_shows_what_it_does_with_the_past(fitted, model) -> None:
    shown = {each.key: each for each in fitted(model).exhibits()}
    reach = shown["reach"]
    assert set(reach.series) == {"click", "purchase"}
    for moved in reach.series.values():
        assert np.nanmin(moved) >= 0
        assert np.nanmax(moved) > 0
    assert shown["past"].values.shape == (2, 3)
    assert (shown["past"].values[:, 2] > 0).all()


def log_where_the_last_choice_tells(seed: int) -> InteractionLog:
    """Who clicked item i clicks i + 1 next and nothing else, whoever it is."""
    rng, n_users, n_items, n_events = np.random.default_rng(seed), 60, 12, 60
    users, items, clicked, times = [], [], [], []
    for user in range(n_users):
        last = rng.integers(n_items)
        for time in range(n_events):
            following = (last + 1) % n_items
            item = following if rng.random() < 0.5 else rng.integers(n_items)
            users.append(user)
            items.append(item)
            clicked.append(item == following)
            times.append(time)
            last = item if clicked[-1] else last
    names, ids = (IdMap(np.array([f"{n}" for n in range(m)])) for m in (n_users, n_items))
    none = np.full(n_items, "")
    return InteractionLog(
        name="next",
        users=np.array(users, np.int32),
        items=np.array(items, np.int32),
        labels={"clicked": np.array(clicked, np.float32)},
        user_table=UserTable(names),
        item_table=ItemTable(ids, none, ("p",), np.zeros(n_items, np.int16), none),
        timestamps=np.array(times),
    )


@pytest.mark.parametrize("model", LOOKING_BACK, ids=lambda model: model.key)
def test_where_the_last_choice_tells_it_is_learned(model) -> None:
    """A network that does not look back cannot tell yes from no here; these can."""
    pytest.importorskip("torch")
    log = log_where_the_last_choice_tells(1)
    tasks = [Task(name="click", kind=TaskKind.BINARY, label="clicked", item_kind="p")]
    short = type("Short", (model,), {"history": 4})
    config = model.config_class(n_epochs=20, batch_size=256, learning_rate=0.01, embedding_decay=0)
    learned = short(config).fit(log, tasks, rng=np.random.default_rng(0))
    following = (learned._last[:, -1] + 1) % log.n_items
    best = learned.score_block("click", np.arange(log.n_users), np.arange(log.n_items))
    assert (best.argmax(axis=1) == following).mean() > 0.9


def test_the_cnn_shows_its_filters(fitted) -> None:
    model = fitted(MultitaskCnn)
    shown = {each.key: each for each in model.exhibits()}
    assert shown["filters"].values.shape == (8, 3)
    assert (shown["filters"].values > 0).all()
    assert len(shown["vertical"].series) == 4
    met = set(model.log.item_table.titles[model.log.items].tolist())
    for row in shown["filter_items"].rows:
        assert set("; ".join(row[1:]).split("; ")) <= met


def test_later_events_change_no_example(log) -> None:
    """What comes after an event, whatever it is, does not change what the event is told of."""
    from algorithms.models.neural.events import Histories
    from sample_data import world_tasks

    tasks = world_tasks("ecommerce")
    log = log.select(np.argsort(log.timestamps, kind="stable"))
    half = log.timestamps[2500]
    later = log.timestamps >= half
    items = np.where(later, np.roll(log.items, 7), log.items).astype(np.int32)
    labels = {name: np.where(later, 1, column) for name, column in log.labels.items()}
    other = type(log)(
        name="other",
        users=log.users,
        items=items,
        labels={name: column.astype(np.float32) for name, column in labels.items()},
        user_table=log.user_table,
        item_table=log.item_table,
        timestamps=log.timestamps,
    )
    until = log.timestamps <= half
    first = Histories(log, tasks, 20).before(log)[until]
    assert (first >= 0).any()
    assert_array_equal(first, Histories(other, tasks, 20).before(other)[until])


def test_taking_out_and_shuffling_keep_the_padding_in_front() -> None:
    history = np.array([[-1, -1, 3, 4, 5]])
    assert_array_equal(without(history, 0), [[-1, -1, -1, 3, 4]])
    assert_array_equal(without(history, 2), [[-1, -1, -1, 4, 5]])
    mixed = shuffled(history, np.random.default_rng(2))
    assert_array_equal(mixed[0, :2], [-1, -1])
    assert_array_equal(np.sort(mixed[0, 2:]), [3, 4, 5])


def test_who_has_no_past_is_not_asked() -> None:
    last = np.array([[-1, -1], [-1, 3], [-1, -1], [2, 3]])
    pasts = sample_of_pasts(last, np.array([1]))
    assert pasts is not None
    assert (pasts.history >= 0).any(axis=1).all()
    assert sample_of_pasts(np.full((3, 2), -1), np.array([1])) is None

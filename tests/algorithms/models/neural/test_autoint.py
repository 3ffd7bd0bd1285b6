"""Self-attention between fields: who reads whom, and crossed features that only it can make."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algorithms.models.neural.attention import attend, make_attention, read_length
from algorithms.models.neural.autoint import AutoInt, AutoIntConfig, AutoIntNetwork
from algorithms.models.neural.network import Sizes
from algorithms.models.neural.ops import NumpyOps
from algorithms.tasks import TaskKind

OPS = NumpyOps()


def test_attention_by_hand() -> None:
    """One head; the query picks the first key, whose value is read."""
    one = np.eye(2)
    w = {f"a.{part}.W0": one for part in ("query", "key", "value")}
    w |= {f"a.{part}.b0": np.zeros(2) for part in ("query", "key", "value")}
    asked = np.array([[[2.0, 0.0], [0.0, 1.0]]])
    read, attention = attend(OPS, w, "a", asked[:, :1], asked, 1)
    e = np.exp([4.0, 0.0])
    assert_allclose(attention[0, 0, 0], e / e.sum())
    assert_allclose(read[0, 0], e / e.sum() @ asked[0])
    unseen = np.array([[[[False, True]]]])
    read, attention = attend(OPS, w, "a", asked[:, :1], asked, 1, unseen)
    assert_allclose(read[0, 0], asked[0, 1])


def test_heads_are_those_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    d, n_heads, rng = 6, 3, np.random.default_rng(0)
    w = make_attention(rng, "a", d, read_length(d, n_heads))
    x = rng.normal(size=(2, 5, d)).astype(np.float32)
    theirs = torch.nn.MultiheadAttention(d, n_heads, batch_first=True)
    parts = [w[f"a.{part}.W0"].T for part in ("query", "key", "value")]
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.from_numpy(np.concatenate(parts)))
        theirs.in_proj_bias.zero_()
        theirs.out_proj.weight.copy_(torch.eye(d))
        theirs.out_proj.bias.zero_()
        t = torch.from_numpy(x)
        said, weights = theirs(t, t, t, average_attn_weights=False)
    read, attention = attend(OPS, w, "a", x, x, n_heads, temperature=float(np.sqrt(d // n_heads)))
    assert_allclose(attention, weights.numpy(), atol=1e-6)
    assert_allclose(read, said.numpy(), atol=1e-5)


def test_the_length_read_is_cut_into_equal_heads() -> None:
    assert [read_length(16, n) for n in (1, 2, 3, 5)] == [16, 16, 18, 20]


def built(**values) -> tuple[AutoIntNetwork, dict]:
    kinds = (TaskKind.BINARY, TaskKind.RATING)
    sizes = Sizes(("a", "b"), kinds, (-1, -1), ("p", "p"), 2, 2, 9, 4, 0)
    network = AutoIntNetwork(sizes, AutoIntConfig(width=8, **values))
    return network, network.make_weights(np.random.default_rng(1))


def test_every_field_shares_out_its_reading() -> None:
    network, w = built(n_layers=3, n_heads=3)
    x = np.random.default_rng(2).normal(size=(5, 4, 4)).astype(np.float32)
    output = network.forward(OPS, w, x)
    assert output.z.shape == (5, 2)
    assert len(output.use) == 3
    for attention in output.use.values():
        assert attention.shape == (5, 4, 4)
        assert_allclose(attention.sum(axis=-1), 1.0, rtol=1e-5)


def test_a_crossed_field_knows_of_the_others() -> None:
    """What the attention makes of one field changes when another field does."""
    network, w = built(n_layers=1)
    x = np.random.default_rng(2).normal(size=(1, 4, 4)).astype(np.float32)
    other = x.copy()
    other[0, 3] += 1.0
    first, second = (
        network.forward(OPS, w, each).use["attention of layer 1"] for each in (x, other)
    )
    assert np.abs(first[0, 0] - second[0, 0]).max() > 1e-4


def test_it_shows_which_field_reads_which() -> None:
    pytest.importorskip("torch")
    from sample_data import load_world, world_tasks

    log = load_world("ecommerce").select(np.arange(4000))
    model = AutoInt(AutoIntConfig(n_epochs=1, dimension=4, width=16)).fit(
        log, world_tasks("ecommerce")[:2], rng=np.random.default_rng(0)
    )
    shown = {each.key: each for each in model.exhibits()}
    table = shown["fields1"]
    assert table.row_names == table.column_names
    assert {"user", "item", "category"} <= set(table.row_names)
    assert table.values.shape == (len(table.row_names),) * 2
    assert_allclose(table.values.sum(axis=1), 1.0, rtol=1e-5)
    assert "Jain & Wallace" in str(table.sentence)
    assert {"fields2", "cosines"} <= set(shown)
    again = AutoInt(model.config).restore(log, model.tasks, model.state())
    assert_allclose(again.exhibits()[0].values, table.values)

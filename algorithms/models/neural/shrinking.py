r"""Shrinking: a fitted network made smaller, without learning anew.

Most of a recommender's bytes are its tables: a row for every user and every item. Three ways to
keep less, of which the first two leave every number in place and write it down more coarsely:

* **float16**: half the bits for each number of the tables; about three digits remain;
* **int8**: each row r of a table as whole numbers and one scale,

  .. math:: q = \text{round}(x / s_r), \qquad s_r = \max_j |x_{rj}| / 127, \qquad x \approx s_r\, q

  so that no number is off by more than half its row's scale;
* **pruning**: the hidden units that say least are taken out of trunk and heads, smallest first. A
  unit j says little where what reaches it or what it passes on is small,

  .. math:: n_j = \lVert (W_{k,\cdot j},\, b_{k,j}) \rVert \; \lVert W_{k+1,j \cdot} \rVert

  The product, for behind a relu one factor can be made small and the other large in return
  without any change of the answers.

What is measured is what is written: the bytes of a safetensors file with the small network in it.
What the network answers with are the numbers read back from there.

Pruning has its doubters: a network of the pruned size that is trained from scratch is often as
good (Liu et al. 2019), and many published gains shrink beside fair baselines (Blalock et al. 2020).
The size curve of ``width``, beside this one, is that baseline.

References
----------
B. Jacob et al.: Quantization and training of neural networks for efficient
integer-arithmetic-only inference, CVPR 2018. H. Li et al.: Pruning filters for efficient ConvNets,
ICLR 2017. Z. Liu et al.: Rethinking the value of network pruning, ICLR 2019. D. Blalock et al.:
What is the state of neural network pruning?, MLSys 2020.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from algorithms.arrays import AnyArray, Float32Array, FloatArray, IntArray
from algorithms.models.base import ModelState
from algorithms.models.neural.recommender import NeuralRecommender
from algorithms.models.neural.weights import from_safetensors, to_safetensors

_WEIGHTS = "weights"  # where a network's state keeps its safetensors
_SCALE = ".scale"  # a table's scales stand beside it
_LARGEST = 127


class Precision(StrEnum):
    """How the numbers of the tables are written."""

    SINGLE = "float32"
    HALF = "float16"
    BYTE = "int8"


@dataclass(frozen=True, slots=True)
class Shrinking:
    """One way to make a network smaller.

    Parameters
    ----------
    title : what a person reads
    precision : of the tables
    pruned : share of the hidden units that are taken out
    """

    title: str
    precision: Precision = Precision.SINGLE
    pruned: float = 0.0


SHRINKINGS: dict[str, Shrinking] = {
    "float32": Shrinking("as learned"),
    "float16": Shrinking("tables in float16", Precision.HALF),
    "int8": Shrinking("tables in int8", Precision.BYTE),
    "pruned50": Shrinking("half the units kept", pruned=0.5),
    "pruned75": Shrinking("a quarter of the units kept", pruned=0.75),
    "int8_pruned50": Shrinking("int8, half the units kept", Precision.BYTE, pruned=0.5),
}
"""The ways that a curve compares, by key; the first changes nothing."""


@dataclass(frozen=True, eq=False)
class Shrunk:
    """A network made smaller: it answers like any other, and ``stored_bytes`` is what it takes."""

    model: NeuralRecommender
    stored_bytes: int


def shrink(model: NeuralRecommender, how: Shrinking) -> Shrunk:
    """Return a smaller copy of a fitted network; the network itself stays as it is."""
    state = model.state()
    pruned = prune(from_safetensors(state.arrays[_WEIGHTS]), how.pruned)
    written = to_safetensors(pack(pruned, how.precision))
    read = to_safetensors(unpack(from_safetensors(written)))
    small = type(model)(model.config)
    small.restore(
        model.log, model.tasks, ModelState({**state.arrays, _WEIGHTS: read}, state.values)
    )
    return Shrunk(small, len(written))


# --- fewer bits -----------------------------------------------------------------------------


def pack(tensors: Mapping[str, AnyArray], precision: Precision) -> dict[str, AnyArray]:
    """Return the tensors with their tables written in another precision.

    A table in bytes has its scales (n, 1) beside it, under its name and ``.scale``.
    """
    packed: dict[str, AnyArray] = {}
    for name, array in tensors.items():
        if precision is Precision.SINGLE or not _is_table(name):
            packed[name] = array
        elif precision is Precision.HALF:
            packed[name] = array.astype(np.float16)
        else:
            scale = np.abs(array).max(axis=1, keepdims=True) / _LARGEST  # (n, 1)
            whole = np.rint(array / np.where(scale > 0, scale, 1.0))
            packed[name] = whole.astype(np.int8)
            packed[name + _SCALE] = scale.astype(np.float32)
    return packed


def unpack(tensors: Mapping[str, AnyArray]) -> dict[str, Float32Array]:
    """Return the tensors in single precision again (see ``pack``)."""
    unpacked: dict[str, Float32Array] = {}
    for name, array in tensors.items():
        if name.endswith(_SCALE):
            continue
        scale = tensors.get(name + _SCALE)
        numbers = array.astype(np.float32)
        unpacked[name] = numbers if scale is None else numbers * scale
    return unpacked


def _is_table(name: str) -> bool:
    """Whether a tensor holds a row for each value of a field; others are small."""
    return ".embedding." in f".{name}"


# --- fewer units ----------------------------------------------------------------------------


def prune(tensors: Mapping[str, AnyArray], share: float) -> dict[str, AnyArray]:
    """Take a share of the units out of every hidden layer, those of the smallest norm first.

    A hidden layer is one between ``name.Wk`` and ``name.Wk+1``; what a chain of layers gives to
    others keeps its length, and at least one unit stays. Layers that are stacked, (E, n_in, n_out),
    lose the same places everywhere: a cross-stitch mixes its towers place by place.
    """
    pruned = dict(tensors)
    for name in tensors:
        chain, _, number = name.rpartition(".W")
        after = f"{chain}.W{int(number) + 1}" if number.isdigit() else ""
        if not chain or after not in tensors:
            continue
        bias = f"{chain}.b{number}"
        kept = _kept_units(unit_norms(pruned[name], pruned[bias], pruned[after]), share)
        pruned[name] = pruned[name][..., kept]
        pruned[bias] = pruned[bias][..., kept]
        pruned[after] = pruned[after][..., kept, :]
    return pruned


def _kept_units(norms: FloatArray, share: float) -> IntArray:
    """Return the places (m,), ascending, of the units that stay."""
    n_out = min(round(share * len(norms)), len(norms) - 1)
    kept: IntArray = np.sort(np.argsort(norms, kind="stable")[n_out:])
    return kept


def unit_norms(before: AnyArray, bias: AnyArray, after: AnyArray) -> FloatArray:
    """Return (h,) the norm of each unit of a layer.

    Parameters
    ----------
    before : (..., n_in, h) the weights that reach it
    bias : (..., h) its offsets
    after : (..., h, n_out) the weights that it passes its numbers on with

    Examples
    --------
    >>> before, bias = np.array([[3.0, 0.1], [0.0, 0.0]]), np.array([4.0, 0.0])
    >>> unit_norms(before, bias, np.array([[1.0], [2.0]])).tolist()
    [5.0, 0.2]
    """
    h = before.shape[-1]
    offsets = bias.astype(np.float64).reshape(-1, h)  # (E, h); E = 1 where nothing is stacked
    weights = (before.astype(np.float64) ** 2).sum(axis=-2).reshape(-1, h)
    reaches = np.sqrt(weights + offsets**2)
    passes = np.linalg.norm(after.astype(np.float64), axis=-1).reshape(-1, h)
    norms: FloatArray = np.sqrt(((reaches * passes) ** 2).sum(axis=0))
    return norms

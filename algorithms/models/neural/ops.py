"""The few operations that a network is written in, by NumPy to answer and by PyTorch to learn.

What both libraries write alike (``+ * / @``, slices, ``reshape``, ``sum(axis)``, ``mean(axis)``,
``swapaxes``) a network uses as it is; what they write differently is here, once for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from algorithms.arrays import sigmoid

Array = Any  # an ndarray or a Tensor: the network does not know which
Weights = dict[str, Array]


class Ops(Protocol):
    """What a network may use."""

    def relu(self, x: Array) -> Array: ...  # noqa: D102
    def sigmoid(self, x: Array) -> Array: ...  # noqa: D102
    def tanh(self, x: Array) -> Array: ...  # noqa: D102
    def exp(self, x: Array) -> Array: ...  # noqa: D102
    def log(self, x: Array) -> Array: ...  # noqa: D102
    def sqrt(self, x: Array) -> Array: ...  # noqa: D102
    def softmax(self, x: Array) -> Array:
        """Along the last axis."""

    def amax(self, x: Array, axis: int) -> Array:
        """Return the largest along an axis."""

    def concat(self, parts: Sequence[Array]) -> Array:
        """Along the last axis."""

    def stack(self, parts: Sequence[Array], axis: int) -> Array:
        """Along a new axis."""

    def where(self, condition: Array, x: Array, other: float) -> Array:
        """Return x where the condition holds, else a number."""

    def rows(self, table: Array, index: Array) -> Array:
        """Return the rows of a table (n, d) at an index of any shape: (*shape, d)."""

    def constant(self, values: Any) -> Array:
        """Return an array of numbers or truth values that nothing is learned of."""

    def detach(self, x: Array) -> Array:
        """Return x as a constant: no gradient flows back through it."""

    def reverse(self, x: Array, strength: float) -> Array:
        """Return x; its gradient comes back times minus ``strength`` (gradient reversal)."""

    def dropout(self, x: Array, share: float) -> Array:
        """Set a share of the values to 0 while learning, and scale the others up."""


class NumpyOps:
    """Answers, in the precision of the weights."""

    def relu(self, x: Array) -> Array:
        """Return the positive part."""
        return np.maximum(x, 0)

    def sigmoid(self, x: Array) -> Array:
        """Return 1 / (1 + exp(-x)), without overflow."""
        return sigmoid(x)

    def tanh(self, x: Array) -> Array:
        """Return the hyperbolic tangent."""
        return np.tanh(x)

    def exp(self, x: Array) -> Array:
        """Return e to the x."""
        return np.exp(x)

    def log(self, x: Array) -> Array:
        """Return the natural logarithm."""
        return np.log(x)

    def sqrt(self, x: Array) -> Array:
        """Return the square root."""
        return np.sqrt(x)

    def softmax(self, x: Array) -> Array:
        """Return shares that sum to 1 along the last axis."""
        e = np.exp(x - x.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    def amax(self, x: Array, axis: int) -> Array:
        """Return the largest."""
        return np.amax(x, axis=axis)

    def concat(self, parts: Sequence[Array]) -> Array:
        """Join along the last axis."""
        return np.concatenate(parts, axis=-1)

    def stack(self, parts: Sequence[Array], axis: int) -> Array:
        """Join along a new axis."""
        return np.stack(parts, axis=axis)

    def where(self, condition: Array, x: Array, other: float) -> Array:
        """Choose elementwise."""
        return np.where(condition, x, np.asarray(other, dtype=x.dtype))

    def rows(self, table: Array, index: Array) -> Array:
        """Look rows up."""
        return table[index]

    def constant(self, values: Any) -> Array:
        """Return an array of single precision, or of truth values."""
        array = np.asarray(values)
        return array if array.dtype.kind in "bi" else array.astype(np.float32)

    def detach(self, x: Array) -> Array:
        """Return x."""
        return x

    def reverse(self, x: Array, strength: float) -> Array:
        """Return x."""
        return x

    def dropout(self, x: Array, share: float) -> Array:
        """Return x."""
        return x


class TorchOps:
    """Learns: the same operations with gradients.

    Parameters
    ----------
    seed : of what dropout sets to 0
    """

    def __init__(self, seed: int) -> None:
        import torch

        self._torch = torch
        self._random = torch.Generator().manual_seed(seed)
        self.is_learning = True

    def relu(self, x: Array) -> Array:
        """Return the positive part."""
        return self._torch.relu(x)

    def sigmoid(self, x: Array) -> Array:
        """Return 1 / (1 + exp(-x))."""
        return self._torch.sigmoid(x)

    def tanh(self, x: Array) -> Array:
        """Return the hyperbolic tangent."""
        return self._torch.tanh(x)

    def exp(self, x: Array) -> Array:
        """Return e to the x."""
        return self._torch.exp(x)

    def log(self, x: Array) -> Array:
        """Return the natural logarithm."""
        return self._torch.log(x)

    def sqrt(self, x: Array) -> Array:
        """Return the square root."""
        return self._torch.sqrt(x)

    def softmax(self, x: Array) -> Array:
        """Return shares that sum to 1 along the last axis."""
        return self._torch.softmax(x, dim=-1)

    def amax(self, x: Array, axis: int) -> Array:
        """Return the largest; where several are, they share the gradient."""
        return self._torch.amax(x, dim=axis)

    def concat(self, parts: Sequence[Array]) -> Array:
        """Join along the last axis."""
        return self._torch.cat(list(parts), dim=-1)

    def stack(self, parts: Sequence[Array], axis: int) -> Array:
        """Join along a new axis."""
        return self._torch.stack(list(parts), dim=axis)

    def where(self, condition: Array, x: Array, other: float) -> Array:
        """Choose elementwise."""
        return self._torch.where(condition, x, other)

    def rows(self, table: Array, index: Array) -> Array:
        """Look rows up; a lookup that knows how to give each row its gradient fast."""
        return self._torch.nn.functional.embedding(index, table)

    def constant(self, values: Any) -> Array:
        """Return a tensor of single precision, or of truth values."""
        array = np.asarray(values)
        return self._torch.from_numpy(
            np.ascontiguousarray(array if array.dtype.kind in "bi" else array.astype(np.float32))
        )

    def detach(self, x: Array) -> Array:
        """Return x as a constant."""
        return x.detach()

    def reverse(self, x: Array, strength: float) -> Array:
        """Return x with its gradient turned round: (1 + s) x is a constant, -s x is not."""
        return ((1.0 + strength) * x).detach() - strength * x

    def dropout(self, x: Array, share: float) -> Array:
        """Drop values while learning."""
        if not self.is_learning or share <= 0:
            return x
        kept = self._torch.rand(x.shape, generator=self._random) >= share
        return x * kept / (1.0 - share)

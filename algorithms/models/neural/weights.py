"""A network's weights as one array of bytes in the safetensors format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algorithms.arrays import AnyArray


def to_safetensors(tensors: Mapping[str, AnyArray]) -> NDArray[np.uint8]:
    """Return the bytes (n,) of a safetensors file that holds the tensors."""
    from safetensors.numpy import save

    contiguous = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    return np.frombuffer(save(contiguous), dtype=np.uint8)


def from_safetensors(data: NDArray[np.uint8]) -> dict[str, Any]:
    """Return the tensors by name."""
    from safetensors.numpy import load

    return dict(load(data.tobytes()))

"""Arrays with a manifest in a folder: how logs and results cross the border between processes.

Each array is a ``.npy`` file with a number for a name (an array may be called anything, a file
may not); ``manifest.json`` is written last and lists them. No objects, no pickle.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from algorithms.arrays import AnyArray

_MANIFEST = "manifest.json"


def write_parts(folder: Path, manifest: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> None:
    """Write a manifest of JSON values and named arrays into a new folder.

    Raises
    ------
    OSError
        Where the folder cannot be written, or exists.
    """
    folder.mkdir(parents=True)
    for number, array in enumerate(arrays.values()):
        np.save(folder / f"{number}.npy", array, allow_pickle=False)
    text = json.dumps({"manifest": dict(manifest), "arrays": list(arrays)})
    (folder / _MANIFEST).write_text(text, encoding="utf-8")


def read_parts(folder: Path, *, mapped: bool = False) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    """Read what ``write_parts`` wrote.

    Parameters
    ----------
    folder : where it was written
    mapped : share the pages of the files with other processes instead of copying them.
        A change stays private to the process that makes it; the files must outlive the arrays.

    Raises
    ------
    OSError, ValueError
        Where the folder is not complete.
    """
    content = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    arrays: dict[str, AnyArray] = {}
    for number, name in enumerate(content["arrays"]):
        array: AnyArray = np.load(
            folder / f"{number}.npy",
            mmap_mode="c" if mapped else None,
            allow_pickle=False,
        )
        arrays[name] = array.view(np.ndarray)  # compiled kernels do not know memmap
    return content["manifest"], arrays

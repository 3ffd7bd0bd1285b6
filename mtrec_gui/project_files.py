"""Names of project files (Qt-free)."""

from __future__ import annotations

from pathlib import Path

from algorithms.errors import ResourceError

SUFFIX = ".mtrec"


def free_name(folder: Path, stem: str) -> Path:
    """Return the path of a project file in a folder that does not exist yet."""
    path, number = folder / f"{stem}{SUFFIX}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{SUFFIX}"
    return path


def make_folder(folder: Path) -> None:
    """Make a folder and those it stands in, where they are not there.

    Raises
    ------
    ResourceError
        Where the system refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ResourceError(
            file=str(folder),
            reason=error.strerror or str(error),
            remedy="Choose another folder for the project.",
        ) from error

"""A new file appears complete, or not at all, and never in place of another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from algorithms.errors import MtrecError
from mtrec_gui.storage.errors import ProjectExistsError, ReadOnlyProjectError, WriteFailedError


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give an empty draft beside ``path``, which takes its name once all went well.

    Raises
    ------
    ResourceError
        Where there is a file of this name, or the folder cannot be written.
    """
    if path.exists():
        raise ProjectExistsError(file=str(path))
    draft = path.with_name(path.name + ".new")
    journal = draft.with_name(draft.name + "-journal")
    try:
        for rest in (draft, journal):  # of an attempt that was cut off
            rest.unlink(missing_ok=True)
        draft.touch(exist_ok=False)
        yield draft
        draft.rename(path)
    except MtrecError:
        raise
    except PermissionError as error:
        raise ReadOnlyProjectError(file=str(path)) from error
    except OSError as error:
        raise WriteFailedError(file=str(path), reason=error.strerror or str(error)) from error
    finally:
        for rest in (draft, journal):
            _remove(rest)


def _remove(path: Path) -> None:
    if path.exists():
        path.unlink()

"""A new file appears complete, or not at all, and never in place of another."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from algorithms.errors import MtrecError
from mtrec_gui.storage.errors import (
    DiskFullError,
    MissingFolderError,
    ProjectExistsError,
    ReadOnlyFolderError,
    WriteFailedError,
)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give an empty draft beside ``path``, which takes its name once all went well.

    Raises
    ------
    ResourceError
        Where there is a file of this name, or the folder cannot be written.
    """
    draft = path.with_name(path.name + ".new")
    journal = draft.with_name(draft.name + "-journal")
    try:
        if path.exists():
            raise ProjectExistsError(file=str(path))
        for rest in (draft, journal):  # of an attempt that was cut off
            rest.unlink(missing_ok=True)
        draft.touch(exist_ok=False)
        yield draft
        draft.rename(path)
    except MtrecError:
        raise
    except OSError as error:
        _raise_worded(path, error)
    finally:
        for rest in (draft, journal):
            with suppress(OSError):  # where the folder is gone or closed, so is the draft
                rest.unlink(missing_ok=True)


def _raise_worded(path: Path, error: OSError) -> NoReturn:
    file = str(path)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        raise MissingFolderError(file=file, folder=str(path.parent)) from error
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        raise ReadOnlyFolderError(file=file) from error
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise DiskFullError(file=file) from error
    raise WriteFailedError(file=file, reason=error.strerror or str(error)) from error

"""Bringing a file of one's own: a look at it, what its columns are, and a project made from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mtrec_gui.context import Context


def open_dialog(context: Context, path: Path | None, parent: QWidget) -> None:
    """Open the dialog on a file; without one, ask for it first."""
    from mtrec_gui.pages.import_file.presenter import ImportPresenter
    from mtrec_gui.pages.import_file.view import ImportDialog, choose_files

    paths = [path] if path is not None else choose_files(parent)
    if not paths:
        return
    dialog = ImportDialog(context.appearance, parent)
    presenter = ImportPresenter(context.workspace, dialog, lambda: context.go("data"))
    dialog.follow(presenter)
    dialog.open()
    presenter.files_chosen(paths)

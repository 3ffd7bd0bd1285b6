"""A new world: one of the sample worlds with its dials turned, seen before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mtrec_gui.context import Context
    from mtrec_gui.pages.new_world.view import NewWorldDialog


def open_dialog(context: Context, parent: QWidget) -> NewWorldDialog:
    """Open the dialog on the first of the sample worlds."""
    from mtrec_gui.pages.new_world.presenter import NewWorldPresenter
    from mtrec_gui.pages.new_world.view import NewWorldDialog

    dialog = NewWorldDialog(context.appearance, parent)
    presenter = NewWorldPresenter(context.workspace, dialog, lambda: context.go("data"))
    dialog.follow(presenter)
    dialog.open()
    presenter.begun()
    return dialog

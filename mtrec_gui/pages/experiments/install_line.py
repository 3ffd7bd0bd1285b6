"""What is not installed, and the one command that brings it, ready to be copied."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from mtrec_gui.pages.experiments.state import MissingPackage
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import column, row


class InstallLine(QWidget):
    """Names the package, shows the command, copies it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = PlainLabel(role="worse", wrap=True)
        self.command = QLineEdit()
        self.command.setReadOnly(True)
        self.command.setAccessibleName(self.tr("Command that installs it"))
        self.copy = button(self.tr("Copy"))
        self.copy.setAccessibleName(self.tr("Copy the command"))
        self.copy.clicked.connect(lambda: QApplication.clipboard().setText(self.command.text()))
        layout = column(self.words)
        layout.addLayout(row(self.command, self.copy))
        layout.addWidget(
            PlainLabel(
                self.tr("Type it into a terminal in the lab's folder, then start the lab again."),
                "remark",
                wrap=True,
            )
        )
        self.setLayout(layout)
        self.hide()

    def show_missing(self, missing: MissingPackage | None) -> None:
        """Show what is missing, or nothing."""
        self.setVisible(missing is not None)
        if missing is None:
            return
        self.words.setText(
            self.tr("This model needs {package}, which is not installed. This command brings it:")
            .format(package=missing.package)
        )  # fmt: skip
        self.command.setText(missing.command)
        self.command.setCursorPosition(0)

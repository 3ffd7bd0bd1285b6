"""The import as it is seen: the file as it is, how it is understood, what becomes of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from algorithms.data.duplicates import Duplicates
from algorithms.data.sieve import TimeFormat
from mtrec_gui.pages.import_file.asking import AskingCard
from mtrec_gui.pages.import_file.files import FilesRow
from mtrec_gui.pages.import_file.outcome import OutcomeCard
from mtrec_gui.pages.import_file.presenter import ImportPresenter, ImportState
from mtrec_gui.pages.import_file.preview import PreviewCard
from mtrec_gui.pages.import_file.writing import WritingRow
from mtrec_gui.theme import XL, L, M
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import row, rule
from mtrec_gui.wording import say


class ImportDialog(QDialog):
    """Brings one file.

    Signals
    -------
    cancelled : closed in any way but by “Create project”
    """

    cancelled = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Bring a file of your own"))
        self._appearance = appearance
        self._presenter: ImportPresenter | None = None
        self._was_ready = False
        self.title = PlainLabel(self.tr("Bring a file of your own"), "title")
        self.sentence = PlainLabel(role="muted", wrap=True)
        self.problem = PlainLabel(role="worse", wrap=True)
        self.writing = WritingRow()
        self.files = FilesRow(appearance)
        self.asking = AskingCard(appearance)
        self.preview = PreviewCard(appearance)
        self.outcome = OutcomeCard(appearance)
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("How much of the file is read"))
        self.cancel = button(self.tr("Cancel"))
        self.create_button = button(self.tr("Create project"), "primary")
        self.create_button.setDefault(True)
        self._lay_out()
        self.cancel.clicked.connect(self.reject)
        self.rejected.connect(self.cancelled)
        appearance.changed.connect(self._scale)
        self._scale()

    def follow(self, presenter: ImportPresenter) -> None:
        """Tell a presenter what a person does."""
        self._presenter = presenter
        self.cancelled.connect(presenter.cancelled)
        self.create_button.clicked.connect(presenter.create_pressed)
        self.writing.changed.connect(lambda known: presenter.writing_chosen(**known))
        self.writing.file_pressed.connect(self._choose_other)
        self.files.left_out.connect(presenter.part_left_out)
        self.asking.answered.connect(presenter.question_answered)
        self.preview.duplicates_chosen.connect(
            lambda name: presenter.duplicates_chosen(Duplicates(name))
        )
        self.preview.use_chosen.connect(presenter.use_chosen)
        self.preview.time_format_chosen.connect(
            lambda name: presenter.time_format_chosen(TimeFormat(name))
        )
        self.preview.kind_named.connect(presenter.kind_named)
        self.preview.items_pressed.connect(self._choose_items)
        self.preview.items_dropped.connect(lambda: presenter.items_chosen(None))
        self.outcome.task_ticked.connect(presenter.task_ticked)
        self.outcome.save_pressed.connect(self._choose_rejected)

    # --- what the presenter asks -----------------------------------------------------------

    def show_state(self, state: ImportState) -> None:
        """Show how far it is."""
        self.sentence.setText(
            self.tr("{file}: check what its columns are; then it becomes a project.").format(
                file=state.path.name
            )
        )
        self.problem.setText("" if state.problem is None else say(state.problem))
        self.problem.setVisible(state.problem is not None)
        self.bar.setVisible(state.is_busy)
        if not state.is_busy:
            self.bar.setValue(0)
        self.writing.show_state(state)
        self.files.show_state(state)
        self.asking.show_state(state)
        self.preview.show_state(state)
        self.outcome.show_state(state)
        self.create_button.setEnabled(state.can_create)
        if state.can_create and not self._was_ready:  # a look at it, and Return, are enough
            self._was_ready = True
            self.create_button.setFocus()

    def show_progress(self, fraction: float) -> None:
        """Show how much of the file is read."""
        self.bar.setValue(round(100 * fraction))

    def say_saved(self, path: Path) -> None:
        """Say where the rejected lines were written."""
        self.outcome.say_saved(path)

    def close_dialog(self) -> None:
        """The project is being made."""
        self.accept()

    # --- parts -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setObjectName("pageBody")
        body = QVBoxLayout(inner)
        body.setContentsMargins(XL, L, XL, L)
        body.setSpacing(M)
        for widget in (
            self.title,
            self.sentence,
            self.files,
            self.problem,
            self.writing,
            self.asking,
        ):
            body.addWidget(widget)
        body.addWidget(self.preview, 100)
        body.addWidget(self.outcome)
        body.addStretch(1)  # takes the room while there is nothing to see
        scroll.setWidget(inner)
        outer.addWidget(scroll, 1)
        outer.addWidget(rule())
        foot = row(self.bar, None, self.cancel, self.create_button)
        foot.setContentsMargins(XL, M, XL, M)
        outer.addLayout(foot)

    def _scale(self) -> None:
        """Take the size that suits, within the window it belongs to."""
        px, parent = self._appearance.px, self.parentWidget()
        width, height = px(1080), px(730)
        if parent is not None:
            width, height = min(width, parent.width() - 40), min(height, parent.height() - 40)
        self.resize(width, height)
        self.bar.setFixedWidth(px(260))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Return to the control that has the focus; Escape closes as usual."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
            self.create_button.hasFocus() or self.focusWidget() is self
        ):
            event.accept()
            return
        super().keyPressEvent(event)

    def _choose_other(self) -> None:
        paths = choose_files(self)
        if paths and self._presenter is not None:
            self._presenter.files_chosen(paths)

    def _choose_items(self) -> None:
        path = choose_file(self)
        if path is not None and self._presenter is not None:
            self._presenter.items_chosen(path)

    def _choose_rejected(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save rejected lines"), "rejected.csv", self.tr("CSV (*.csv)")
        )
        if name and self._presenter is not None:
            self._presenter.rejected_saved(Path(name))


def choose_file(parent: QWidget) -> Path | None:
    """Ask for one file; None where a person thinks better of it."""
    name, _ = QFileDialog.getOpenFileName(parent, _what(parent), "", _filters(parent))
    return Path(name) if name else None


def choose_files(parent: QWidget) -> list[Path]:
    """Ask for the file or files of one data set; none where a person thinks better of it."""
    names, _ = QFileDialog.getOpenFileNames(parent, _what(parent), "", _filters(parent))
    return [Path(name) for name in names]


def _what(parent: QWidget) -> str:
    return parent.tr("Bring files of your own")


def _filters(parent: QWidget) -> str:
    return parent.tr(
        "Tables (*.csv *.tsv *.txt *.dat *.data *.base *.test *.item *.user *.parquet *.jsonl "
        "*.ndjson *.json *.xlsx *.xls *.ods *.gz *.zip);;All files (*)"
    )

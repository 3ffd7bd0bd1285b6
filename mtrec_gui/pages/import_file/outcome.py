"""What becomes of the file: lines taken and put aside, and the tasks that the project gets."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from algorithms.tasks import Task, TaskKind
from mtrec_gui.pages.import_file.presenter import Account, ImportState
from mtrec_gui.theme import XS, L
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.labels import Dot, ElidedLabel, PlainLabel
from mtrec_gui.widgets.layout import Card, FlowLayout, clear, row
from mtrec_gui.wording import engine_text, say


class OutcomeCard(Card):
    """The account of the lines, and the proposed tasks as ticks.

    Signals
    -------
    task_ticked : (name, whether it is wanted)
    save_pressed : a person wants the rejected lines as a file
    """

    task_ticked = Signal(str, bool)
    save_pressed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__("-", "-", parent)
        self._appearance = appearance
        self._state: ImportState | None = None
        self.save = button(self.tr("Save rejected lines…"))
        self.save.clicked.connect(self.save_pressed)
        self.saved = PlainLabel(role="remark", wrap=True)
        self.saved.hide()
        self._reasons = QVBoxLayout()
        self._reasons.setSpacing(XS)
        self.ask = PlainLabel(self.tr("Tasks that the project gets"), "strong")
        self._ticks = QWidget()
        self._flow = FlowLayout(self._ticks, spacing=L)
        self.head.addWidget(self.save)
        self.body.addLayout(self._reasons)
        self.body.addWidget(self.saved)
        self.body.addWidget(self.ask)
        self.body.addWidget(self._ticks)
        self.boxes: dict[str, QCheckBox] = {}
        appearance.changed.connect(self._show_tasks)

    def show_state(self, state: ImportState) -> None:
        """Show what becomes of the file."""
        before, self._state = self._state, state
        account = state.account
        self.setVisible(account is not None)
        if account is None:
            self.saved.hide()
            return
        self.set_words(self._sentence(account), self._counts(account))
        self.save.setVisible(account.n_rejected > 0)
        if before is None or before.account is not account:
            clear(self._reasons)
            for line in account.reasons:
                words = self.tr("{file}, line {n}: {reason}").format(
                    file=line.file, n=f"{line.line:,}", reason=say(line.message)
                )
                self._reasons.addWidget(ElidedLabel(words, "muted"))
            self._show_tasks()

    def say_saved(self, path: Path) -> None:
        """Say where the rejected lines were written."""
        self.saved.setText(self.tr("The rejected lines are in {file}.").format(file=str(path)))
        self.saved.show()

    def _sentence(self, account: Account) -> str:
        if account.n_rejected == 0:
            return self.tr("All {n} lines can be used").format(n=f"{account.n_read:,}")
        if account.n_rejected == 1:
            return self.tr("{ok} of {n} lines can be used, 1 is put aside").format(
                ok=f"{account.n_accepted:,}", n=f"{account.n_read:,}"
            )
        return self.tr("{ok} of {n} lines can be used, {bad} are put aside").format(
            ok=f"{account.n_accepted:,}", n=f"{account.n_read:,}", bad=f"{account.n_rejected:,}"
        )

    def _counts(self, account: Account) -> str:
        return self.tr("{users} users, {items} items, {events} events.").format(
            users=f"{account.n_users:,}",
            items=f"{account.n_items:,}",
            events=f"{account.n_events:,}",
        )

    def _show_tasks(self) -> None:
        state, appearance = self._state, self._appearance
        if state is None:
            return
        clear(self._flow)
        self.boxes = {}
        self.ask.setVisible(bool(state.tasks))
        for place, task in enumerate(state.tasks):
            box = QCheckBox(self._task_words(task))
            box.setChecked(task.name in state.ticked)
            box.toggled.connect(lambda on, name=task.name: self.task_ticked.emit(name, on))
            self.boxes[task.name] = box
            block = QWidget()
            block.setLayout(row(Dot(appearance.theme.task_colour(place), appearance), box))
            self._flow.addWidget(block)
        if not state.tasks:
            self._flow.addWidget(
                PlainLabel(self.tr("No label makes a task: say which column is a label."), "worse")
            )

    def _task_words(self, task: Task) -> str:
        name = task.name.replace("&", "&&")  # no keyboard shortcut is meant
        if task.kind is TaskKind.BINARY:
            return self.tr("{name} · {kind}").format(name=name, kind=engine_text(task.kind.value))
        return self.tr("{name} · {kind}, relevant from {limit} up").format(
            name=name, kind=engine_text(task.kind.value), limit=f"{task.relevant_from:g}"
        )

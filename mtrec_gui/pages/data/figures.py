"""The strip of quiet figures over the tables."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from mtrec_gui.pages.data.state import DataState, TaskDensity
from mtrec_gui.theme import XS, L, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.labels import PlainLabel, TaskTag
from mtrec_gui.widgets.layout import FlowLayout, clear, column


class FigureStrip(QFrame):
    """How many users, items and events there are, and how dense each task is."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._appearance = appearance
        self._state: DataState | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(L, M, L, M)
        outer.setSpacing(S)
        holder = QWidget()
        self._flow = FlowLayout(holder, spacing=appearance.px(L + XS))
        self.remark = PlainLabel(
            self.tr(
                "Density: of all pairs of a user and an item of the task's kind, the share on "
                "which its label was observed."
            ),
            "remark",
            wrap=True,
        )
        outer.addWidget(holder)
        outer.addWidget(self.remark)
        appearance.changed.connect(self._refresh)

    def show_state(self, state: DataState) -> None:
        """Show other figures."""
        self._state = state
        self._refresh()

    def _refresh(self) -> None:
        if self._state is None:
            return
        clear(self._flow)
        self._flow.setSpacing(self._appearance.px(L + XS))
        self._add(f"{self._state.n_users:,}", PlainLabel(self.tr("users"), "muted"))
        for kind, n in self._state.kinds:
            words = self.tr("{kind} items").format(kind=kind)
            self._add(f"{n:,}", PlainLabel(self.tr("items") if kind == "item" else words, "muted"))
        self._add(f"{self._state.n_events:,}", PlainLabel(self.tr("events"), "muted"))
        for density in self._state.densities:
            self._add(self._share(density), self._tag(density))
        self.remark.setVisible(bool(self._state.densities))

    def _add(self, figure: str, words: QWidget) -> None:
        block = QWidget()
        inner = column(PlainLabel(figure, "figure"), words, spacing=0)
        block.setLayout(inner)
        self._flow.addWidget(block)

    def _tag(self, density: TaskDensity) -> TaskTag:
        colour = self._appearance.theme.task_colour(density.position)
        return TaskTag(density.task, colour, self._appearance, "muted")

    def _share(self, density: TaskDensity) -> str:
        share = density.share
        if share != share:  # no such items
            return "–"
        return f"{100 * share:.2f} %" if share >= 0.0001 or share == 0 else "< 0.01 %"

"""Two parts of a page: side by side where there is room, one below the other where there is not."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from mtrec_gui.theme import L
from mtrec_gui.widgets.appearance import Appearance


class SideBySide(QWidget):
    """Shows a main part and a side part.

    Parameters
    ----------
    main, side : the parts
    narrow_below : width in pixels at 100 % below which the side part goes under the main one
    shares : how the width is divided where they stand side by side
    """

    def __init__(
        self,
        main: QWidget,
        side: QWidget,
        appearance: Appearance,
        narrow_below: int = 860,
        shares: tuple[int, int] = (5, 2),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._narrow_below = narrow_below
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(L)
        self._layout.addWidget(main, shares[0])
        self._layout.addWidget(side, shares[1])
        appearance.changed.connect(self._arrange)

    @property
    def is_narrow(self) -> bool:
        """Whether the side part stands under the main one."""
        return self._layout.direction() == QBoxLayout.Direction.TopToBottom

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Choose the arrangement that fits."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        narrow = self.width() < self._appearance.px(self._narrow_below)
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._layout.direction() != direction:
            self._layout.setDirection(direction)

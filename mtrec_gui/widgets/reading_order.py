"""The order in which Tab goes through the window: the order in which it is read.

Qt goes through widgets in the order in which they were made. A page that is made late would
come after the bar at the bottom, and a card that is made anew after all others; so the order is
taken from the layouts instead, each time that Tab is pressed.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLayout, QScrollArea, QWidget


def stops(within: QWidget) -> list[QWidget]:
    """Return what Tab reaches in a widget, in reading order."""
    return [widget for widget in _walk(within) if _takes_focus(widget)]


def step(within: QWidget, forward: bool) -> bool:
    """Move the focus to the next (or the last) stop, going round at the ends.

    Returns False where there is nothing to move to.
    """
    order = stops(within)
    if not order:
        return False
    focused = within.focusWidget()
    place = _place(order, focused)
    if place is None:
        place = -1 if forward else 0
    target = order[(place + (1 if forward else -1)) % len(order)]
    target.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
    bring_into_view(target)
    return True


def bring_into_view(widget: QWidget) -> None:
    """Scroll whatever the widget lies in so that it can be seen."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        above = above.parentWidget()


def _place(order: list[QWidget], focused: QWidget | None) -> int | None:
    """Return where the focus is; what lies inside a stop counts as the stop."""
    while focused is not None:
        if focused in order:
            return order.index(focused)
        focused = focused.parentWidget()
    return None


def _walk(widget: QWidget) -> Iterator[QWidget]:
    """Yield visible widgets below one: those in its layout as laid out, then all others."""
    layout = widget.layout()
    laid_out = [] if layout is None else list(_in_layout(layout))
    others = [
        child
        for child in widget.children()
        if isinstance(child, QWidget) and child not in laid_out and not child.isWindow()
    ]
    for child in (*laid_out, *others):
        if child.isVisible():
            yield child
            yield from _walk(child)


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    places = range(layout.count())
    if isinstance(layout, QGridLayout):
        grid = layout
        places_read = sorted(places, key=lambda place: _row_and_column(grid, place))
    else:
        places_read = list(places)
    for place in places_read:
        item = layout.itemAt(place)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _in_layout(inner)


def _row_and_column(grid: QGridLayout, place: int) -> tuple[int, int]:
    position = grid.getItemPosition(place)
    if not isinstance(position, tuple):
        return place, 0
    return int(position[0]), int(position[1])


def _takes_focus(widget: QWidget) -> bool:
    if not (widget.focusPolicy() & Qt.FocusPolicy.TabFocus) or not widget.isEnabled():
        return False
    if widget.focusProxy() is not None:  # the proxy is a stop itself
        return False
    if isinstance(widget, QScrollArea):  # one without stops is scrolled by the keyboard
        return not any(_takes_focus(inner) for inner in _walk(widget))
    return True

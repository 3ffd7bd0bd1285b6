"""The one place where sentences of the engine become words on the screen.

The engine hands over an English template and values; here the template is looked up in the
installed translation and filled. Model titles, card texts and descriptions go the same way.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from algorithms.messages import Message


def say(message: Message) -> str:
    """Return the sentence in the language of the window."""
    return QCoreApplication.translate("engine", message.template).format(**message.values)


def engine_text(text: str) -> str:
    """Return a fixed text of the engine in the language of the window."""
    return QCoreApplication.translate("engine", text)


def number(value: float, digits: int = 3) -> str:
    """Write a number for a table: a dash where there is none, a true minus sign."""
    if value is None or math.isnan(value):
        return "–"
    return f"{value:z.{digits}f}".replace("-", "−")  # z: what rounds to 0 has no sign


def percent(value: float, digits: int = 1) -> str:
    """Write a share (0.05 is 5 %) with its sign."""
    if math.isnan(value):
        return "–"
    return f"{100 * value:+.{digits}f} %".replace("-", "−")


def megabytes(n_bytes: float) -> str:
    """Write a size in megabytes."""
    return f"{n_bytes / 1e6:,.0f} MB"


def kilobytes(n_bytes: float | None) -> str:
    """Write a size in kilobytes, a dash where it is not known."""
    return "–" if n_bytes is None else f"{n_bytes / 1e3:,.0f} kB"


def seconds(value: float) -> str:
    """Write a duration as a person reads it."""
    if value < 60:
        return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"
    return f"{int(value // 60)} min {int(value % 60)} s"

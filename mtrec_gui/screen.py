"""Is there a screen to open a window on? Asked before Qt, which ends the process if not."""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys

_XCB_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def why_no_window() -> str | None:
    """Return in one sentence why no window can be opened, or None where one can."""
    if sys.platform.startswith("linux") and not os.environ.get("QT_QPA_PLATFORM"):
        if not os.environ.get("WAYLAND_DISPLAY"):
            display = os.environ.get("DISPLAY")
            if not display:
                return "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)."
            if not _answers(display):
                return f"The screen {display} named by DISPLAY does not answer."
            missing = [package for name, package in _XCB_LIBRARIES.items() if not _can_load(name)]
            if missing:
                return (
                    "A window needs system libraries that are not installed "
                    f"(on Debian and Ubuntu: apt install {' '.join(missing)})."
                )
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        return f"Qt cannot be loaded ({error})."
    return None


def _answers(display: str) -> bool:
    """Return whether an X server listens where DISPLAY points; True where we cannot know."""
    match = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if match is None:
        return True
    name = f"/tmp/.X11-unix/X{match[1]}"  # noqa: S108 - the address that X servers use
    for address in (name, "\0" + name):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(1.0)
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True

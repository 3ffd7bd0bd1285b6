"""Is there a screen to open a window on? Asked before Qt, which ends the process if not."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from pathlib import Path

_XCB_LIBRARIES = {
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
_WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}


def why_no_window() -> str | None:
    """Return in one sentence why no window can be opened, or None where one can."""
    if sys.platform.startswith("linux") and not os.environ.get("QT_QPA_PLATFORM"):
        reason = _why_no_screen(os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY"))
        if reason is not None:
            return reason
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        return f"Qt cannot be loaded ({error})."
    return None


def _why_no_screen(wayland: str | None, display: str | None) -> str | None:
    """Qt takes Wayland where it answers, and else X."""
    if wayland and _wayland_answers(wayland):
        missing = _missing(_WAYLAND_LIBRARIES)
    elif display:
        missing = _missing(_XCB_LIBRARIES)
        if not missing and not _x_answers(display):
            return f"The screen {display} named by DISPLAY does not answer."
    elif wayland:
        return f"The screen {wayland} named by WAYLAND_DISPLAY does not answer."
    else:
        return "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    if not missing:
        return None
    return (
        "A window needs system libraries that are not installed "
        f"(on Debian and Ubuntu: apt install {' '.join(missing)})."
    )


def _missing(libraries: dict[str, str]) -> list[str]:
    """Return the packages of those libraries that cannot be loaded."""
    return [package for name, package in libraries.items() if not _can_load(name)]


def _x_answers(display: str) -> bool:
    """Return whether an X server lets us in; asked as Qt asks, near and far alike."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(os.fsencode(display), None)
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)


def _wayland_answers(name: str) -> bool:
    """Return whether a compositor listens; a relative name lies in XDG_RUNTIME_DIR."""
    address = Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / name
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(address))
        except (OSError, ValueError):
            return False
    return True


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True

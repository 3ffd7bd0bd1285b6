"""What the application remembers between two starts: theme, zoom, recent projects (Qt-free)."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

ZOOMS = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5)
MAX_RECENT = 12
MAX_SOLVED = 1000


@dataclass(frozen=True, slots=True)
class Preferences:
    """Values that a person set, or that follow from what they did.

    ``solved`` are the keys of the exercises of the Metric Lab that were answered rightly once.
    """

    theme: str = "light"
    zoom: float = 1.0
    recent: tuple[str, ...] = field(default=())
    solved: tuple[str, ...] = field(default=())

    def with_recent(self, path: Path) -> Preferences:
        """Return the preferences with a project moved to the front of the recent ones."""
        name = str(path)
        return replace(
            self, recent=(name, *(old for old in self.recent if old != name))[:MAX_RECENT]
        )


def folder() -> Path:
    """Return where preferences live on this system; ``MTREC_HOME`` overrides it."""
    override = os.environ.get("MTREC_HOME")
    if override:
        return Path(override)
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", str(Path.home()))) / "MTRec Lab"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "MTRec Lab"
    return Path(os.environ.get("XDG_CONFIG_HOME", str(Path.home() / ".config"))) / "mtrec-lab"


def project_folder() -> Path:
    """Return where new projects are put unless a person says otherwise."""
    override = os.environ.get("MTREC_HOME")
    return Path(override) if override else Path.home() / "MTRec Lab"


def load() -> Preferences:
    """Read the preferences; whatever is missing or unreadable takes its default."""
    try:
        values: Any = json.loads((folder() / "preferences.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return Preferences()
    if not isinstance(values, dict):
        return Preferences()
    solved = values.get("solved")
    zoom, recent, theme = values.get("zoom"), values.get("recent"), values.get("theme")
    return Preferences(
        theme=theme if theme in ("light", "dark") else "light",
        zoom=float(zoom) if zoom in ZOOMS else 1.0,
        recent=tuple(name for name in recent if _names_a_file(name))[:MAX_RECENT]
        if isinstance(recent, list)
        else (),
        solved=tuple(dict.fromkeys(key for key in solved if isinstance(key, str)))[:MAX_SOLVED]
        if isinstance(solved, list)
        else (),
    )


def _names_a_file(name: Any) -> bool:
    """Return whether a value can be asked of the system as a path at all."""
    if not isinstance(name, str) or not name or "\0" in name:
        return False
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True


def save(preferences: Preferences) -> None:
    """Write the preferences; a folder that cannot be written costs only the memory."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        path = folder() / "preferences.json"
        draft = path.with_suffix(".tmp")
        draft.write_text(json.dumps(asdict(preferences), indent=1), "utf-8")
        draft.replace(path)
    except OSError:
        return

"""Pictures of every page: ``python -m mtrec_gui.screenshots DIR``.

Opens the window without a screen, makes the demonstration project (or opens the one given),
runs the default comparison as a person would, and writes each page in both themes as PNG.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PAGES = (
    "home",
    "data",
    "tasks",
    "rules",
    "experiments",
    "search",
    "compare",
    "explain",
    "metrics",
    "inside",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Render all pages; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m mtrec_gui.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--project", type=Path, help="an existing project instead of the demo")
    parser.add_argument("--size", default="1280x800", metavar="WxH")
    parser.add_argument("--zoom", type=float, default=1.0)
    parser.add_argument("--pages", nargs="*", default=list(PAGES), choices=PAGES)
    options = parser.parse_args(arguments)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as home:
        os.environ["MTREC_HOME"] = home
        render(options.folder, options.project, options.size, options.zoom, options.pages)
    return 0


def render(
    folder: Path, project: Path | None, size: str, zoom: float, pages: Sequence[str]
) -> None:
    """Write ``PAGE-THEME.png`` for each page and theme."""
    from mtrec_gui import preferences
    from mtrec_gui.app import Application, make_qt_application
    from mtrec_gui.theme import ThemeName

    folder.mkdir(parents=True, exist_ok=True)
    make_qt_application([sys.argv[0]])
    application = Application(preferences.Preferences(zoom=zoom))
    width, height = (int(part) for part in size.split("x"))
    application.window.resize(width, height)
    application.start()
    wait_until(lambda: application.context is not None, 30)
    context = application.context
    presenter = application.home_presenter
    if context is None or presenter is None:
        raise RuntimeError("the engine did not load")
    application.warm_up.wait()
    if project is None:
        presenter.world_demonstrated("ecommerce")
        wait_until(lambda: context.desk.is_running, 30)
        wait_until(lambda: not context.desk.is_running, 300)
    else:
        presenter.project_opened(project)
        wait_until(lambda: context.workspace.is_open, 60)
    for theme in ThemeName:
        context.appearance.set_theme(theme)
        for page in pages:
            application.window.show_page(page)
            settle()
            application.window.grab().save(str(folder / f"{page}-{theme.value}.png"))
    application.window.close()
    settle()


def wait_until(is_so: Callable[[], bool], seconds: float) -> None:
    """Let the window live until something is so.

    Raises
    ------
    TimeoutError
        Where it is not so in time.
    """
    from PySide6.QtWidgets import QApplication

    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("the window did not get there in time")
        QApplication.processEvents()
        time.sleep(0.01)


def settle(seconds: float = 1.0) -> None:
    """Let the window finish what it began: background reads, layouts, plots."""
    deadline = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() > deadline, seconds + 5)


if __name__ == "__main__":
    sys.exit(main())

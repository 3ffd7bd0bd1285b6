"""Every icon that the application names is in the font it comes from."""

import ast
import re
from pathlib import Path

import pytest

import mtrec_gui
from mtrec_gui.widgets.icons import icon, icon_names

SOURCE = Path(mtrec_gui.__file__).parent


def named_icons():
    """Names given to ``PageEntry``, ``icon`` and ``set_icon`` anywhere in the application."""
    places = {"PageEntry": 2, "icon": 0, "set_icon": 1}
    found = set()
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = places.get(node.func.id)
            if place is None or len(node.args) <= place:
                continue
            for part in ast.walk(node.args[place]):  # also both sides of "moon" if … else "sun"
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    found.add(part.value)
    return found


def test_the_search_finds_the_names():
    assert {"house", "flask", "moon", "sun", "arrow-clockwise"} <= named_icons()


def test_every_icon_that_is_named_exists(qapp):
    assert named_icons() - icon_names() == set()
    assert len(icon_names()) > 500


@pytest.mark.parametrize("name", sorted(named_icons()))
def test_every_icon_is_drawn(qapp, name):
    picture = icon(name, "#000000").pixmap(32, 32).toImage()
    inked = sum(picture.pixelColor(x, y).alpha() > 0 for x in range(32) for y in range(32))
    assert inked > 20


def test_names_are_written_as_the_font_writes_them(qapp):
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in named_icons())

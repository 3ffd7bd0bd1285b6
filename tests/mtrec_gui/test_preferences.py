"""Preferences: what was written is read again, and damage costs only the memory."""

import json
import os
from pathlib import Path

import pytest

from mtrec_gui import preferences
from mtrec_gui.preferences import MAX_RECENT, ZOOMS, Preferences, load, save


def written(lab_home, text):
    """Put a preferences file in its place."""
    (lab_home / "preferences.json").write_text(text, "utf-8")


def test_without_a_file_there_are_defaults():
    assert load() == Preferences("light", 1.0, ())


def test_what_was_saved_is_read_again(lab_home):
    kept = Preferences("dark", 1.25, (str(lab_home / "élan 数据.mtrec"), "/b.mtrec"))
    save(kept)
    assert load() == kept
    assert [file.name for file in lab_home.iterdir()] == ["preferences.json"]


def test_a_folder_that_is_missing_is_made(lab_home, monkeypatch):
    monkeypatch.setenv("MTREC_HOME", str(lab_home / "a" / "b"))
    save(Preferences("dark"))
    assert load().theme == "dark"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "3", '"dark"', "\x00", "[" * 100_000, '{"theme": "dark"'],
    ids=["empty", "cut", "list", "null", "number", "text", "zero", "deep", "half"],
)
def test_a_damaged_file_gives_defaults(lab_home, text):
    written(lab_home, text)
    assert load() == Preferences()


def test_bytes_that_are_no_text_give_defaults(lab_home):
    (lab_home / "preferences.json").write_bytes(b'{"theme": "\xff\xfe"}')
    assert load() == Preferences()


@pytest.mark.parametrize(
    "values",
    [
        {"theme": "pink", "zoom": 3, "recent": "no list"},
        {"theme": ["dark"], "zoom": [1.0], "recent": {"a": 1}},
        {"theme": None, "zoom": "2.0", "recent": [1, None, ["x"]]},
        {"theme": 1, "zoom": float("nan"), "recent": [""]},
    ],
)
def test_a_value_that_makes_no_sense_takes_its_default(lab_home, values):
    written(lab_home, json.dumps(values))
    assert load() == Preferences()


def test_what_makes_sense_is_kept_beside_what_does_not(lab_home):
    written(lab_home, json.dumps({"theme": "dark", "zoom": 7, "recent": ["/a", 3, "/b"], "x": 1}))
    assert load() == Preferences("dark", 1.0, ("/a", "/b"))


def test_names_that_no_system_can_look_up_are_left_out(lab_home):
    written(lab_home, json.dumps({"recent": ["/a\0b", "/\ud800", "/good"]}))
    assert load().recent == ("/good",)
    for name in load().recent:
        Path(name).exists()  # raised ValueError once


def test_a_zoom_is_always_a_number_with_a_point(lab_home):
    written(lab_home, '{"zoom": 2}')
    assert load().zoom == 2.0
    assert type(load().zoom) is float
    written(lab_home, '{"zoom": true}')
    assert type(load().zoom) is float


def test_every_step_of_the_zoom_survives():
    for zoom in ZOOMS:
        save(Preferences(zoom=zoom))
        assert load().zoom == zoom


def test_the_last_project_comes_first_and_once():
    recent = Preferences()
    for name in ("/a", "/b", "/c", "/a"):
        recent = recent.with_recent(Path(name))
    assert recent.recent == ("/a", "/c", "/b")


def test_only_so_many_projects_are_remembered():
    recent = Preferences()
    for number in range(MAX_RECENT + 5):
        recent = recent.with_recent(Path(f"/{number}"))
    assert len(recent.recent) == MAX_RECENT
    assert recent.recent[0] == f"/{MAX_RECENT + 4}"


def test_a_folder_that_is_a_file_costs_only_the_memory(lab_home, monkeypatch):
    (lab_home / "file").write_text("x")
    monkeypatch.setenv("MTREC_HOME", str(lab_home / "file"))
    save(Preferences("dark"))
    assert load() == Preferences()


@pytest.mark.skipif(
    os.name == "nt" or getattr(os, "geteuid", lambda: 1)() == 0, reason="root may write anywhere"
)
def test_a_folder_that_cannot_be_written_keeps_what_was_there(lab_home):
    save(Preferences("dark"))
    lab_home.chmod(0o500)
    try:
        save(Preferences("light"))
        assert load().theme == "dark"
    finally:
        lab_home.chmod(0o700)


def test_a_file_that_cannot_be_replaced_costs_only_the_memory(lab_home):
    (lab_home / "preferences.json").mkdir()
    save(Preferences("dark"))
    assert load() == Preferences()


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [("linux", "XDG_CONFIG_HOME", "mtrec-lab"), ("win32", "APPDATA", "MTRec Lab")],
)
def test_each_system_has_its_own_place(monkeypatch, tmp_path, platform, variable, expected):
    monkeypatch.delenv("MTREC_HOME")
    monkeypatch.setattr(preferences.sys, "platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    assert preferences.folder() == tmp_path / expected

"""Whether a window can be opened is found out before Qt would end the process."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import mtrec_gui
from mtrec_gui import screen
from mtrec_gui.screen import why_no_window

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="other systems always have a screen"
)


@pytest.fixture(autouse=True)
def no_screen(monkeypatch, tmp_path):
    """A session without any screen, in which all libraries are there."""
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(screen, "_can_load", lambda library: True)


@pytest.fixture
def compositor(tmp_path):
    """Something that listens where a Wayland compositor would."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(tmp_path / "wayland-7"))
        listening.listen()
        yield "wayland-7"


@pytest.fixture
def server():
    """A real X server without a screen; returns its display."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("Xvfb is not installed")
    process = subprocess.Popen(
        [program, "-displayfd", "1", "-screen", "0", "640x480x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield f":{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def test_without_a_screen_it_says_so():
    assert why_no_window() == (
        "There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    )


def test_an_empty_name_is_no_screen(monkeypatch):
    monkeypatch.setenv("DISPLAY", "")
    monkeypatch.setenv("WAYLAND_DISPLAY", "")
    assert "no screen here" in why_no_window()


@pytest.mark.parametrize("display", [":4711", "unix:4711.0", "localhost:47", "nonsense"])
def test_a_dead_display_is_named(monkeypatch, display):
    monkeypatch.setenv("DISPLAY", display)
    assert why_no_window() == f"The screen {display} named by DISPLAY does not answer."


def test_a_server_that_answers_is_a_screen(monkeypatch, server):
    monkeypatch.setenv("DISPLAY", server)
    assert why_no_window() is None


def test_missing_libraries_are_named_with_their_packages(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(screen, "_can_load", lambda library: "cursor" not in library)
    assert why_no_window() == (
        "A window needs system libraries that are not installed "
        "(on Debian and Ubuntu: apt install libxcb-cursor0)."
    )


def test_a_compositor_that_answers_is_a_screen(monkeypatch, compositor):
    monkeypatch.setenv("WAYLAND_DISPLAY", compositor)
    assert why_no_window() is None


def test_the_full_name_of_a_compositor_will_do(monkeypatch, compositor, tmp_path):
    monkeypatch.setenv("WAYLAND_DISPLAY", str(tmp_path / compositor))
    assert why_no_window() is None


def test_a_dead_compositor_is_named(monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-9")
    assert why_no_window() == "The screen wayland-9 named by WAYLAND_DISPLAY does not answer."


def test_beside_a_dead_compositor_x_is_asked(monkeypatch, server):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-9")
    monkeypatch.setenv("DISPLAY", ":4711")
    assert ":4711" in why_no_window()
    monkeypatch.setenv("DISPLAY", server)
    assert why_no_window() is None


def test_a_platform_that_was_chosen_is_believed(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert why_no_window() is None


def test_without_a_screen_main_runs_the_demonstration_in_the_terminal(tmp_path):
    """The sentence comes first; the demonstration itself is tested elsewhere, so it is cut off."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "MTREC_HOME": str(tmp_path),
        "HOME": str(tmp_path),
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, str(Path(mtrec_gui.__file__).parents[1] / "main.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
    try:
        first = process.stdout.readline()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert "no screen here" in first

"""A new world: dials that leave no trace, previews of which only the last counts, a project."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from mtrec_gui import preferences
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.new_world.presenter import NewWorldPresenter, file_stem
from mtrec_gui.pages.new_world.state import (
    DialLine,
    digits,
    n_positions,
    number_at,
    position_of,
)
from mtrec_gui.pages.new_world.view import NewWorldDialog
from mtrec_gui.theme import ThemeName
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.workspace import Workspace
from sample_data import WORLDS
from sample_data.dials import DIALS
from sample_data.spec import read_spec

SMALL = {"users": 60.0, "items": 200.0, "pages": 2.0}


class RecordingView:
    def __init__(self):
        self.states, self.closed = [], 0

    def show_state(self, state):
        self.states.append(state)

    def close_dialog(self):
        self.closed += 1

    @property
    def last(self):
        return self.states[-1]

    def dial(self, key):
        return next(dial for dial in self.last.dials if dial.key == key)


class LateRunner:
    """Keeps the work until it is told to do it."""

    def __init__(self):
        self.waiting = []

    def run(self, work, done, failed, progress=None):
        self.waiting.append((work, done, failed))

    def do_one(self):
        ImmediateRunner().run(*self.waiting.pop(0))


@pytest.fixture
def view():
    return RecordingView()


@pytest.fixture
def workspace():
    made = Workspace(ImmediateRunner())
    yield made
    made.close()


def begin(workspace, view, shown=None):
    presenter = NewWorldPresenter(
        workspace, view, lambda: None if shown is None else shown.append("data")
    )
    presenter.begun()
    return presenter


def test_it_begins_with_a_world_and_its_preview(workspace, view):
    begin(workspace, view)
    state = view.last
    assert [world.key for world in state.worlds] == list(WORLDS)
    assert state.start == next(iter(WORLDS))
    assert [dial.key for dial in state.dials] == list(DIALS)
    assert state.preview.n_users == view.dial("users").number
    assert state.can_create
    assert not state.is_waiting
    assert not state.is_changed


def test_a_dial_turned_back_leaves_no_trace(workspace, view):
    presenter = begin(workspace, view)
    before = view.last.dials
    presenter.dial_turned("pages", 20)
    presenter.dial_turned("items", 100)  # too few to fill so many pages
    assert view.dial("pages").number == 10
    presenter.dial_turned("items", 1000)
    assert view.dial("pages").number == 20
    presenter.dial_turned("pages", before[2].number)
    presenter.dial_turned("items", before[1].number)
    assert [dial.number for dial in view.last.dials] == [dial.number for dial in before]
    presenter.dial_turned("noise", 0.5)
    presenter.dials_reset()
    assert view.last.dials == before


def test_the_preview_follows_the_dial(workspace, view):
    presenter = begin(workspace, view)
    presenter.dial_turned("correlation", -0.8)
    assert np.allclose(view.last.preview.asked[0, 1:], -0.8)
    assert np.allclose(view.last.preview.measured[0, 1:], -0.8, atol=0.1)
    assert view.last.is_changed


def test_only_the_last_of_many_turns_is_looked_at(view):
    runner = LateRunner()
    presenter = begin(Workspace(runner), view)
    runner.do_one()  # the file
    assert view.last.is_waiting
    for number in (0.2, 0.4, 0.6):  # while the first preview is on its way
        presenter.dial_turned("knowledge", number)
    assert len(runner.waiting) == 1
    runner.do_one()
    assert view.last.preview is None  # of dials that have moved on
    assert len(runner.waiting) == 1
    runner.do_one()
    assert view.last.preview is not None
    assert not view.last.is_waiting
    assert not runner.waiting


def test_a_world_chosen_meanwhile_wins(view):
    runner = LateRunner()
    presenter = begin(Workspace(runner), view)
    presenter.world_chosen(list(WORLDS)[-1])
    runner.do_one()
    assert not view.last.dials  # the first file came too late
    runner.do_one()
    assert view.last.start == list(WORLDS)[-1]


def test_nothing_arrives_after_the_end(view):
    runner = LateRunner()
    presenter = begin(Workspace(runner), view)
    runner.do_one()
    presenter.closed()
    n_told = len(view.states)
    runner.do_one()
    assert len(view.states) == n_told


def test_create_makes_a_project_that_knows_its_world(workspace, view):
    shown = []
    presenter = begin(workspace, view, shown)
    for key, number in SMALL.items():
        presenter.dial_turned(key, number)
    presenter.name_changed("Tiny shop: <b>mine</b>")
    presenter.create_pressed()
    assert shown == ["data"]
    assert view.closed == 1
    log = workspace.log
    assert log.name == "Tiny shop: <b>mine</b>"
    assert log.n_users == 60
    assert '"count":60' in log.origin
    assert [path.name for path in preferences.project_folder().glob("*.mtrec")] == [
        "tiny-shop-b-mine-b.mtrec"
    ]
    assert [task.name for task in workspace.experiment.tasks] == list(
        next(iter(WORLDS.values())).tasks
    )


def test_without_a_name_there_is_no_project(workspace, view):
    presenter = begin(workspace, view)
    presenter.name_changed("  ")
    assert not view.last.can_create
    presenter.create_pressed()
    assert not view.closed


def test_a_world_file_goes_out_and_comes_in(workspace, view, tmp_path):
    presenter = begin(workspace, view)
    presenter.dial_turned("knowledge", 0.1)
    presenter.name_changed("Blind shop")
    presenter.file_saved(tmp_path / "blind.toml")
    assert view.last.saved == "blind.toml"
    presenter.world_chosen(next(iter(WORLDS)))
    presenter.file_opened(tmp_path / "blind.toml")
    assert (view.last.start, view.last.file, view.last.name) == (None, "blind.toml", "Blind shop")
    assert view.dial("knowledge").number == 0.1
    assert read_spec(tmp_path / "blind.toml").exposure.knowledge == 0.1


def test_a_bad_world_file_is_named_with_its_field(workspace, view, tmp_path):
    presenter = begin(workspace, view)
    before = view.last
    text = next(iter(WORLDS.values())).file.read_text("utf-8")
    (tmp_path / "bad.toml").write_text(text.replace("seed = ", "seed = -", 1), "utf-8")
    presenter.file_opened(tmp_path / "bad.toml")
    assert "bad.toml" in str(view.last.problem)
    assert "seed" in str(view.last.problem)
    assert view.last.dials == before.dials
    presenter.dial_turned("knowledge", 0.3)  # goes on with what was there
    assert view.last.problem is None


def test_what_cannot_be_written_is_said(workspace, view, tmp_path):
    presenter = begin(workspace, view)
    presenter.file_saved(tmp_path / "no" / "such" / "world.toml")
    assert "another place" in str(view.last.problem)
    assert not view.last.saved


@pytest.mark.parametrize("key", DIALS)
def test_slider_and_number_agree(key):
    dial = DIALS[key]
    line = DialLine(
        key, "", "", "", dial.low, dial.high, dial.step, dial.is_geometric, dial.low, False
    )
    last = n_positions(line)
    assert (number_at(line, 0), number_at(line, last)) == (dial.low, dial.high)
    for position in range(0, last + 1, max(1, last // 50)):
        number = number_at(line, position)
        assert round(number, digits(line)) == number  # what the box shows is what counts
        there = DialLine(
            key, "", "", "", dial.low, dial.high, dial.step, dial.is_geometric, number, True
        )
        assert abs(position_of(there) - position) <= (6 if dial.is_geometric else 0)


@pytest.mark.parametrize(
    ("title", "stem"),
    [("E-commerce", "e-commerce"), ("a/b\\..", "a-b"), ("微信 世界", "微信-世界"), ("??", "world")],
)
def test_a_name_becomes_a_file_name(title, stem):
    assert file_stem(title) == stem


def test_the_dialog_is_turned_by_hand(qtbot, workspace):
    dialog = NewWorldDialog(Appearance(ThemeName.LIGHT))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # the test closes it once more
    qtbot.addWidget(dialog)
    presenter = NewWorldPresenter(workspace, dialog, lambda: None)
    dialog.follow(presenter)
    dialog.show()
    presenter.begun()
    row = dialog.dials.rows["correlation"]
    row.slider.setValue(0)
    assert row.number.value() == -1
    assert "2,000 users" in dialog.preview.size_line.text()
    dialog.dials.rows["users"].number.setValue(500)
    assert "500 users" in dialog.preview.size_line.text()
    assert dialog.reset.isEnabled()
    qtbot.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert "2,000 users" in dialog.preview.size_line.text()
    dialog.name.setText("")
    dialog.name.textEdited.emit("")
    assert not dialog.create_button.isEnabled()
    last = list(WORLDS)[-1]
    qtbot.mouseClick(dialog.worlds.buttons[last], Qt.MouseButton.LeftButton)
    assert dialog.name.text() == WORLDS[last].title
    assert dialog.worlds.buttons[last].isChecked()
    for key, number in SMALL.items():
        dialog.dials.rows[key].number.setValue(number)
    qtbot.mouseClick(dialog.create_button, Qt.MouseButton.LeftButton)
    assert workspace.log.n_users == 60
    assert not dialog.isVisible()

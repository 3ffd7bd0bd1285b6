"""The import: proposals, corrections, an account of every line, and nothing left on cancel."""

import csv
from dataclasses import replace

import pytest

from algorithms.data.duplicates import Duplicates
from algorithms.data.look import sniff
from algorithms.data.plan import TableKind
from algorithms.data.proposals import propose_columns
from algorithms.data.sieve import TimeFormat
from algorithms.errors import MissingColumnError
from mtrec_gui import preferences
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.import_file.columns import Columns, ColumnUse, as_proposed, preview
from mtrec_gui.pages.import_file.presenter import ImportPresenter
from mtrec_gui.workspace import Workspace

RATINGS = """userId,movieId,rating,timestamp
1,31,2.5,1260759144
1,1029,4.0,1260759179
2,31,5.0,1425168000
2,1029,four,1425168000
3,31,3.0
"""
MOVIES = "movieId,title,genres\n31,Dangerous Minds (1995),Drama\n1029,Dumbo (1941),Animation\n"


class RecordingView:
    def __init__(self):
        self.states, self.saved, self.closed = [], [], 0

    def show_state(self, state):
        self.states.append(state)

    def show_progress(self, fraction):
        assert 0 <= fraction <= 1

    def say_saved(self, path):
        self.saved.append(path)

    def close_dialog(self):
        self.closed += 1

    @property
    def last(self):
        return self.states[-1]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "ratings.csv").write_text(RATINGS, "utf-8")
    return tmp_path


@pytest.fixture
def workspace():
    made = Workspace(ImmediateRunner())
    yield made
    made.close()


@pytest.fixture
def view():
    return RecordingView()


@pytest.fixture
def shown():
    return []


@pytest.fixture
def presenter(workspace, view, shown):
    return ImportPresenter(workspace, view, lambda: shown.append("data"))


def projects():
    return sorted(preferences.project_folder().glob("*.mtrec"))


def test_a_rating_file_needs_one_press(folder, workspace, view, shown, presenter):
    (folder / "movies.csv").write_text(MOVIES, "utf-8")
    presenter.files_chosen([folder / "ratings.csv"])
    state = view.last
    assert state.can_create
    assert state.columns.uses == (
        ColumnUse.USER,
        ColumnUse.ITEM,
        ColumnUse.LABEL,
        ColumnUse.TIME,
    )
    assert state.items.path.name == "movies.csv"
    assert [task.name for task in state.tasks] == ["rating", "liked", "watched"]
    assert not projects()  # nothing is written before the press
    presenter.create_pressed()
    assert view.closed == 1
    assert shown == ["data"]
    assert [path.name for path in projects()] == ["ratings.mtrec"]
    assert workspace.log.item_table.titles.tolist() == ["Dangerous Minds (1995)", "Dumbo (1941)"]
    assert [task.name for task in workspace.experiment.tasks] == ["rating", "liked", "watched"]


def test_every_line_is_accounted_for_and_the_rejected_can_be_saved(folder, view, presenter):
    presenter.files_chosen([folder / "ratings.csv"])
    account = view.last.account
    assert (account.n_read, account.n_accepted, account.n_rejected) == (5, 3, 2)
    assert [line.line for line in account.reasons] == [5, 6]
    presenter.rejected_saved(folder / "rejected.csv")
    with (folder / "rejected.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[1] for row in rows] == ["line", "5", "6"]
    assert rows[1][0] == "ratings.csv"
    assert rows[1][3] == "2,1029,four,1425168000"
    assert view.saved == [folder / "rejected.csv"]


def test_a_place_that_cannot_be_written_is_said(folder, view, presenter):
    presenter.files_chosen([folder / "ratings.csv"])
    presenter.rejected_saved(folder / "no such folder" / "rejected.csv")
    assert "Choose another place" in str(view.last.problem)
    assert view.last.can_create


def test_only_ticked_tasks_are_made(folder, workspace, view, presenter):
    presenter.files_chosen([folder / "ratings.csv"])
    presenter.task_ticked("liked", False)
    presenter.kind_named("movie")  # reads again; the ticks stay
    assert view.last.ticked == {"rating", "watched"}
    presenter.create_pressed()
    assert [task.name for task in workspace.experiment.tasks] == ["rating", "watched"]
    assert workspace.experiment.tasks[0].item_kind == "movie"


def test_without_a_tick_there_is_no_project(folder, view, presenter):
    presenter.files_chosen([folder / "ratings.csv"])
    for name in ("rating", "liked", "watched"):
        presenter.task_ticked(name, False)
    presenter.create_pressed()
    assert not view.last.can_create
    assert not projects()


def test_a_user_column_that_is_missing_is_named_and_can_be_given(folder, view, presenter):
    presenter.files_chosen([folder / "ratings.csv"])
    presenter.use_chosen(0, ColumnUse.IGNORE)
    assert "user" in str(view.last.problem)
    assert not view.last.can_create
    presenter.use_chosen(0, ColumnUse.USER)
    assert view.last.problem is None
    assert view.last.can_create


def test_what_is_ambiguous_is_asked_and_the_answer_is_used(tmp_path, view, presenter):
    lines = "user_id;item_id;rating;when\nu1;i1;3,5;01/03/2015\nu2;i2;4,5;02/03/2015\n"
    (tmp_path / "x.csv").write_text(lines, "utf-8")
    presenter.files_chosen([tmp_path / "x.csv"])
    assert [question.key for question in view.last.look.questions] == ["decimal", "date"]
    assert not view.last.can_create
    presenter.question_answered("decimal", ",")
    presenter.question_answered("date", "day_first")
    assert view.last.can_create
    assert view.last.account.n_accepted == 2
    presenter.question_answered("decimal", ".")  # a second thought
    assert not view.last.can_create


def test_several_events_of_a_pair_become_one_as_asked(tmp_path, view, presenter):
    (tmp_path / "x.csv").write_text("user,item,rating\nu,i,2\nu,i,4\nu,j,5\nv,i,1\n", "utf-8")
    presenter.files_chosen([tmp_path / "x.csv"])
    assert view.last.account.n_events == 4
    presenter.duplicates_chosen(Duplicates.MEAN)
    account = view.last.account
    assert (account.n_read, account.n_accepted, account.n_events) == (4, 4, 3)


def test_a_friend_list_beside_the_events_can_be_left_out(tmp_path, view, presenter):
    plays = "userID\tartistID\tweight\n" + "2\t51\t13883\n2\t52\t11690\n3\t51\t2\n4\t52\t7\n"
    (tmp_path / "user_artists.dat").write_text(plays, "utf-8")
    (tmp_path / "artists.dat").write_text(
        "id\tname\turl\tpictureURL\n51\tDuran Duran\ta\tb\n52\tMorcheeba\tc\td\n", "utf-8"
    )
    (tmp_path / "user_friends.dat").write_text("userID\tfriendID\n2\t3\n3\t2\n4\t2\n", "utf-8")
    presenter.files_chosen([tmp_path / "user_artists.dat"])
    state = view.last
    assert "Last.fm" in state.layout
    assert "follow" in [task.name for task in state.tasks]
    (links,) = [part for part in state.others if part.table is TableKind.LINKS]
    presenter.part_left_out(links)
    assert "follow" not in [task.name for task in view.last.tasks]


def test_a_table_without_users_and_items_is_read_line_by_line(tmp_path, view, presenter):
    rows = "".join(f"{20 + n},{n % 2}\n" for n in range(8))
    (tmp_path / "x.csv").write_text("age,clicked\n" + rows, "utf-8")
    presenter.files_chosen([tmp_path / "x.csv"])
    presenter.use_chosen(0, ColumnUse.FEATURE)
    presenter.use_chosen(1, ColumnUse.LABEL)
    account = view.last.account
    assert (account.n_users, account.n_items, account.n_events) == (8, 1, 8)


def test_one_column_is_the_user():
    uses = (ColumnUse.USER, ColumnUse.ITEM, ColumnUse.LABEL)
    changed = Columns(uses).with_use(2, ColumnUse.USER)
    assert changed.uses == (ColumnUse.IGNORE, ColumnUse.ITEM, ColumnUse.USER)
    two_labels = Columns(uses).with_use(0, ColumnUse.LABEL)
    assert two_labels.uses == (ColumnUse.LABEL, ColumnUse.ITEM, ColumnUse.LABEL)


def test_roles_are_those_of_the_proposal(folder):
    look = sniff(folder / "ratings.csv")
    proposed = propose_columns(look)
    assert as_proposed(look, proposed).roles(look) == proposed
    with pytest.raises(MissingColumnError):
        Columns((ColumnUse.USER,) + (ColumnUse.IGNORE,) * 3).roles(look)


def test_the_preview_shows_values_as_the_reader_takes_them(folder):
    look = sniff(folder / "ratings.csv")
    columns = as_proposed(look, propose_columns(look))
    rows = preview(look, columns)
    assert [cell.text for cell in rows[1]] == ["1", "1029", "4", "2009-12-14 02:52:59"]
    assert not rows[3][2].fits
    assert rows[3][2].text == "four"
    assert rows[3][0].fits
    as_dates = preview(look, replace(columns, time_format=TimeFormat.ISO))
    assert not as_dates[0][3].fits


def test_times_in_the_wrong_format_are_one_sentence(folder, view, presenter):
    presenter.files_chosen([folder / "ratings.csv"])
    presenter.time_format_chosen(TimeFormat.ISO)
    assert "None of the 5 lines" in str(view.last.problem)
    assert view.last.rows  # still to be seen, and to be corrected
    presenter.time_format_chosen(TimeFormat.SECONDS)
    assert view.last.can_create


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"", "an empty file"), (b"%PDF-1.7 x", "a PDF document"), (b"one\ntwo\n", "separator")],
)
def test_what_is_no_table_is_said_in_one_sentence(tmp_path, view, presenter, content, found):
    (tmp_path / "x.csv").write_bytes(content)
    presenter.files_chosen([tmp_path / "x.csv"])
    assert found in str(view.last.problem)
    assert not view.last.can_create
    assert not view.last.is_busy


def test_a_separator_can_be_corrected(tmp_path, view, presenter):
    (tmp_path / "x.csv").write_text("user;item;rating\n1;a,b;3\n2;c,d;4\n", "utf-8")
    presenter.files_chosen([tmp_path / "x.csv"])
    assert view.last.look.delimiter == ";"
    presenter.writing_chosen(delimiter=",")
    assert view.last.look.delimiter == ","
    presenter.writing_chosen(delimiter=";")
    assert view.last.can_create


def test_a_wrong_encoding_can_be_taken_back(folder, view, presenter):
    presenter.files_chosen([folder / "ratings.csv"])
    presenter.writing_chosen(encoding="utf-16")
    assert view.last.problem is not None
    assert not view.last.can_create
    presenter.writing_chosen(has_header=True)  # the wrong one is not kept
    assert view.last.can_create


def test_a_file_without_titles_is_refused_as_one(folder, view, presenter):
    presenter.files_chosen([folder / "ratings.csv"])
    (folder / "tags.csv").write_text("movieId,tag\n31,school\n", "utf-8")
    presenter.items_chosen(folder / "tags.csv")
    assert "title" in str(view.last.problem)
    assert view.last.items is None
    (folder / "movies.csv").write_text(MOVIES, "utf-8")
    presenter.items_chosen(folder / "movies.csv")
    assert view.last.items is not None
    presenter.items_chosen(None)
    assert view.last.items is None
    assert view.last.can_create


class LateRunner:
    def __init__(self):
        self.waiting = []

    def run(self, work, done, failed, progress=None):
        self.waiting.append(lambda: done(work(lambda *_: None)))
        return self

    def cancel(self):
        pass

    def answer(self):
        self.waiting.pop(0)()


def test_what_comes_after_cancel_is_dropped(folder, workspace, view, presenter):
    workspace.runner = late = LateRunner()
    presenter.files_chosen([folder / "ratings.csv"])
    late.answer()
    presenter.cancelled()
    n_shown = len(view.states)
    while late.waiting:
        late.answer()
    assert len(view.states) == n_shown
    assert not projects()


def test_the_answer_to_an_older_choice_is_dropped(folder, workspace, view, presenter):
    workspace.runner = late = LateRunner()
    presenter.files_chosen([folder / "ratings.csv"])
    late.answer()  # the look
    presenter.use_chosen(2, ColumnUse.IGNORE)
    while late.waiting:
        late.answer()
    assert [task.name for task in view.last.tasks] == ["interaction"]
    assert not view.last.is_busy


def test_the_dialog_leads_to_a_project(qtbot, folder, workspace):
    from PySide6.QtCore import Qt

    from mtrec_gui.pages.import_file.view import ImportDialog
    from mtrec_gui.widgets.appearance import Appearance

    dialog = ImportDialog(Appearance())
    shown = []
    presenter = ImportPresenter(workspace, dialog, lambda: shown.append("data"))
    dialog.follow(presenter)
    dialog.open()
    presenter.files_chosen([folder / "ratings.csv"])
    assert [combo.currentText() for combo in dialog.preview.combos] == [
        "user",
        "item",
        "label",
        "time",
    ]
    assert "four" in dialog.preview.table.item(4, 2).text()
    assert dialog.outcome.save.isVisibleTo(dialog)
    dialog.outcome.boxes["watched"].click()
    qtbot.mouseClick(dialog.create_button, Qt.MouseButton.LeftButton)
    assert shown == ["data"]
    assert [task.name for task in workspace.experiment.tasks] == ["rating", "liked"]


def test_escape_leaves_nothing_behind(qtbot, folder, workspace):
    from PySide6.QtCore import Qt

    from mtrec_gui.pages.import_file.view import ImportDialog
    from mtrec_gui.widgets.appearance import Appearance

    dialog = ImportDialog(Appearance())
    presenter = ImportPresenter(workspace, dialog, lambda: None)
    dialog.follow(presenter)
    dialog.open()
    presenter.files_chosen([folder / "ratings.csv"])
    with qtbot.waitSignal(dialog.cancelled):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not projects()
    assert not workspace.is_open

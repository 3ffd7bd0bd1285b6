"""The Data page: counts by hand, tables without copies, stale answers dropped."""

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.evaluation import Experiment
from algorithms.tasks import Task, TaskKind
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.data.presenter import DataPresenter, describe
from mtrec_gui.pages.data.tables import ColumnRole, TableName, all_tables
from mtrec_gui.workspace import Workspace

NAN = float("nan")
CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
STARS = Task(
    name="stars", kind=TaskKind.RATING, label="stars", item_kind="product", relevant_from=4
)


def small_log(**changes):
    values = {
        "name": "small",
        "users": np.array([0, 0, 1, 1], np.int32),
        "items": np.array([0, 1, 0, 0], np.int32),
        "labels": {
            "click": np.array([1, NAN, 0, 1], np.float32),
            "stars": np.array([4, NAN, NAN, 2.5], np.float32),
        },
        "user_table": UserTable(IdMap(np.array(["9", "10"]))),
        "item_table": ItemTable(
            IdMap(np.array(["p1", "a1"])),
            np.array(["Lamp", "<b>Ad</b>"]),
            ("product", "ad"),
            np.array([0, 1], np.int16),
            np.array(["Home", "Home"]),
        ),
        "timestamps": np.array([0, 86_400, 90_000, 1_425_168_000], np.int64),
    }
    return InteractionLog(**{**values, **changes})


class RecordingView:
    def __init__(self):
        self.empty, self.states, self.tables = 0, [], []

    def show_empty(self):
        self.empty += 1

    def show_state(self, state):
        self.states.append(state)

    def show_table(self, table, columns):
        self.tables.append((table, columns))


class LateRunner:
    """Answers when told to, in any order."""

    def __init__(self):
        self.waiting = []

    def run(self, work, done, failed, progress=None):
        self.waiting.append(lambda: done(work(lambda *_: None)))

    def answer_all(self):
        waiting, self.waiting = self.waiting, []
        for answer in reversed(waiting):
            answer()


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(ImmediateRunner())
    made.create(tmp_path / "small.mtrec", lambda _: (small_log(), Experiment(tasks=(CLICK, STARS))))
    yield made
    made.close()


def test_counts_are_those_of_the_log():
    state = describe(small_log(), (CLICK, STARS))
    assert (state.n_users, state.n_events) == (2, 4)
    assert state.kinds == (("product", 1), ("ad", 1))
    # click is observed on (0, 0) and, twice, on (1, 0): both of the two possible pairs
    assert [(d.n_pairs, d.share) for d in state.densities] == [(2, 1.0), (2, 1.0)]
    assert [label.position for label in state.labels] == [0, 1]


def test_a_task_that_is_off_has_no_density_and_a_kind_without_items_no_share():
    off = CLICK.model_copy(update={"enabled": False})
    none = STARS.model_copy(update={"item_kind": "song"})
    (density,) = describe(small_log(), (off, none)).densities
    assert density.task == "stars"
    assert np.isnan(density.share)


def test_interactions_share_the_arrays_of_the_log():
    log = small_log()
    columns = all_tables(log)[TableName.INTERACTIONS]
    by_role = {column.role: column for column in columns}
    assert by_role[ColumnRole.TITLE].values is log.items
    assert by_role[ColumnRole.USER_ID].values is log.users
    assert str(by_role[ColumnRole.TIME].values[3]) == "2015-03-01T00:00:00"


def test_numeric_ids_sort_as_numbers_unless_that_would_change_them():
    plain = all_tables(small_log())[TableName.USERS][0]
    assert plain.values.tolist() == [9, 10]
    padded = UserTable(IdMap(np.array(["007", "10"])))
    kept = all_tables(small_log(user_table=padded))[TableName.USERS][0]
    assert kept.values.tolist() == ["007", "10"]


def test_items_know_their_events_and_means_over_what_was_observed():
    columns = all_tables(small_log())[TableName.ITEMS]
    events = next(c for c in columns if c.role is ColumnRole.N_EVENTS)
    stars = next(c for c in columns if c.role is ColumnRole.MEAN and c.name == "stars")
    assert events.values.tolist() == [3, 1]
    assert stars.values[0] == pytest.approx(3.25)
    assert np.isnan(stars.values[1])
    assert stars.digits == 2


def test_the_presenter_shows_what_is_open_and_follows_edits(workspace):
    view = RecordingView()
    presenter = DataPresenter(workspace, view)
    presenter.start()
    assert view.tables[-1][0] is TableName.INTERACTIONS
    presenter.table_chosen(TableName.USERS)
    assert view.tables[-1][0] is TableName.USERS
    workspace.edit("off", Experiment(tasks=(CLICK,)))
    assert [d.task for d in view.states[-1].densities] == ["click"]
    workspace.undo()
    assert [d.task for d in view.states[-1].densities] == ["click", "stars"]


def test_without_a_project_the_page_is_empty():
    view = RecordingView()
    DataPresenter(Workspace(ImmediateRunner()), view).start()
    assert view.empty == 1
    assert not view.states


def test_an_answer_about_older_tasks_is_dropped(workspace):
    view = RecordingView()
    late = LateRunner()
    presenter = DataPresenter(workspace, view)
    workspace.runner = late
    presenter.start()
    workspace.edit("off", Experiment(tasks=(CLICK,)))
    late.answer_all()
    assert [[d.task for d in state.densities] for state in view.states] == [["click"]]


def test_the_page_shows_titles_as_they_are_and_finds_a_month(qtbot, workspace):
    from mtrec_gui.pages.data.view import DataPage
    from mtrec_gui.widgets.appearance import Appearance

    page = DataPage(Appearance())
    qtbot.addWidget(page)
    presenter = DataPresenter(workspace, page)
    presenter.start()
    model = page.table.model
    assert model.index(1, 1).data() == "<b>Ad</b>"
    model.set_filter("2015-03")
    assert model.rowCount() == 1
    model.set_filter("1970-01-02")
    assert model.rowCount() == 2
    assert len(page.charts.canvases) == 2
    page.charts.canvases[0].draw_now()
    assert "click" in page.charts.canvases[0].accessibleName()


def test_the_page_fits_a_small_window(qtbot, workspace):
    from mtrec_gui.pages.data.view import DataPage
    from mtrec_gui.widgets.appearance import Appearance

    page = DataPage(Appearance())
    qtbot.addWidget(page)
    DataPresenter(workspace, page).start()
    page.resize(1096, 620)
    page.show()
    qtbot.waitExposed(page)
    assert page.minimumSizeHint().width() <= 1096
    assert not page.content.is_narrow
    page.resize(700, 620)
    assert page.content.is_narrow

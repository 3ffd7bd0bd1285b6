"""The Data page: counts by hand, tables without copies, stale answers dropped."""

import csv

import numpy as np
import pytest
from PySide6.QtCore import Qt

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.data.filters import ColumnGroup, Comparison, Condition, FilterColumn
from algorithms.errors import ResourceError
from algorithms.evaluation import Experiment
from algorithms.tasks import Task, TaskKind
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.data.export import write_table
from mtrec_gui.pages.data.presenter import DataPresenter
from mtrec_gui.pages.data.reading import describe, make_pictures, part_of_log
from mtrec_gui.pages.data.state import Section
from mtrec_gui.pages.data.tables import ColumnRole, DataColumn, TableName, all_tables
from mtrec_gui.workspace import Workspace

NAN = float("nan")
LEFT = Qt.MouseButton.LeftButton
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
        self.summaries, self.pictures, self.problems = [], [], []
        self.columns, self.exported = [], []

    def show_empty(self):
        self.empty += 1

    def show_state(self, state):
        self.states.append(state)

    def show_table(self, table, columns):
        self.tables.append((table, columns))

    def show_filter(self, columns):
        self.columns.append([str(column) for column in columns])

    def show_problem(self, problem):
        self.problems.append(problem)

    def show_summaries(self, columns):
        self.summaries.append(columns)

    def show_pictures(self, pictures):
        self.pictures.append(pictures)

    def show_exported(self, path, n_rows):
        self.exported.append((path, n_rows))


class LateRunner:
    """Answers when told to, in any order."""

    def __init__(self):
        self.waiting = []

    def run(self, work, done, failed, progress=None):
        self.waiting.append(lambda: done(work(lambda *_: None)))

    def answer_all(self):
        while self.waiting:
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
    state = describe(part_of_log(small_log(), ()), (CLICK, STARS))
    assert (state.n_users, state.n_events, state.n_events_in_all) == (2, 4, 4)
    assert state.kinds == (("product", 1), ("ad", 1))
    # click is observed on (0, 0) and, twice, on (1, 0): both of the two possible pairs
    assert [(d.n_pairs, d.share) for d in state.densities] == [(2, 1.0), (2, 1.0)]


def test_a_task_that_is_off_has_no_density_and_a_kind_without_items_no_share():
    off = CLICK.model_copy(update={"enabled": False})
    none = STARS.model_copy(update={"item_kind": "song"})
    (density,) = describe(part_of_log(small_log(), ()), (off, none)).densities
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
    presenter.section_chosen(Section.USERS)
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
    assert len(page.summaries.canvases) >= 2
    page.summaries.canvases[0].draw_now()
    assert "click" in page.summaries.canvases[0].accessibleName()


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


# --- conditions, summaries, pictures, export ---------------------------------------------------


def condition(name="", comparison="≥", value="1", group="label"):
    return Condition(FilterColumn(ColumnGroup(group), name), Comparison(comparison), value)


def test_tables_counts_and_pictures_follow_the_conditions(workspace):
    view = RecordingView()
    presenter = DataPresenter(workspace, view)
    presenter.start()
    assert view.columns[0][:3] == ["user", "item", "title"]
    presenter.conditions_changed([condition("click", "=", "1")])
    state = view.states[-1]
    assert (state.n_users, state.n_events, state.n_events_in_all) == (2, 2, 4)
    assert state.kinds == (("product", 1),)
    assert view.tables[-1][1][0].values.tolist() == [0, 1]
    presenter.section_chosen(Section.ITEMS)
    assert view.tables[-1][1][0].values.tolist() == ["Lamp"]
    presenter.section_chosen(Section.PICTURES)
    assert view.pictures[-1].n_events == 2
    presenter.conditions_changed([])
    assert view.pictures[-1].n_events == 4
    assert view.states[-1].n_users == 2


def test_a_condition_that_cannot_be_decided_leaves_what_is_shown(workspace):
    view = RecordingView()
    presenter = DataPresenter(workspace, view)
    presenter.start()
    n_tables = len(view.tables)
    presenter.conditions_changed([condition("click", "=", "many")])
    assert "“many” is no number" in str(view.problems[-1])
    assert len(view.tables) == n_tables
    presenter.conditions_changed([condition("click", "=", "0")])
    assert view.problems[-1] is None


def test_an_answer_about_older_conditions_is_dropped(workspace):
    view = RecordingView()
    late = LateRunner()
    presenter = DataPresenter(workspace, view)
    workspace.runner = late
    presenter.start()
    presenter.conditions_changed([condition("click", "=", "1")])
    presenter.conditions_changed([condition("click", "=", "0")])
    late.answer_all()
    assert [state.n_events for state in view.states] == [1]


def test_another_project_begins_without_conditions(workspace, tmp_path):
    view = RecordingView()
    presenter = DataPresenter(workspace, view)
    presenter.start()
    presenter.conditions_changed([condition("click", "=", "1")])
    workspace.create(tmp_path / "b.mtrec", lambda _: (small_log(), Experiment(tasks=(CLICK,))))
    assert len(view.columns) == 2
    assert view.states[-1].n_events == 4


def test_summaries_follow_the_table_and_know_their_tasks(workspace):
    view = RecordingView()
    presenter = DataPresenter(workspace, view)
    presenter.start()
    by_name = {state.name or state.role.value: state for state in view.summaries[-1]}
    assert [by_name[name].position for name in ("click", "stars", "time")] == [0, 1, None]
    assert by_name["title"].summary.frequent == (("Lamp", 3), ("<b>Ad</b>", 1))
    assert by_name["user_id"].summary.frequent == (("9", 2), ("10", 2))
    assert by_name["time"].is_time
    presenter.section_chosen(Section.USERS)
    events = next(each for each in view.summaries[-1] if each.role is ColumnRole.N_EVENTS)
    assert (events.summary.low, events.summary.high) == (2, 2)


def test_pictures_of_a_social_world():
    log = small_log(
        item_table=ItemTable(
            IdMap(np.array(["p1", "a1"])), np.array(["Ann", "Bo"]), ("person", "ad"),
            np.array([0, 1], np.int16), np.array(["", ""]),
        ),
        timestamps=None,
    )  # fmt: skip
    follow = CLICK.model_copy(update={"name": "follow", "item_kind": "person"})
    deep = STARS.model_copy(update={"parent": "follow", "item_kind": "person"})
    pictures = make_pictures(log, (follow, deep))
    assert pictures.degrees.n_links == 2
    assert [step.n for step in pictures.funnels[0].steps] == [3, 2, 1]
    assert pictures.activity is None
    assert pictures.label_positions == (0, 1)


@pytest.mark.parametrize("rows", [None, np.array([3, 0])])
def test_what_is_exported_is_what_is_shown(tmp_path, rows):
    import polars as pl

    columns = all_tables(small_log())[TableName.INTERACTIONS]
    shown = range(4) if rows is None else rows
    for path in (tmp_path / "shown.csv", tmp_path / "shown.parquet"):
        assert write_table(path, columns, rows) == len(shown)
        is_csv = path.suffix == ".csv"
        frame = pl.read_csv(path) if is_csv else pl.read_parquet(path)
        assert frame.columns == ["user_id", "title", "click", "stars", "kind", "category", "time"]
        assert frame["title"].to_list() == [
            ("Lamp", "<b>Ad</b>", "Lamp", "Lamp")[at] for at in shown
        ]
        assert frame["stars"].to_list() == [(4, None, None, 2.5)[at] for at in shown]
        assert str(frame["time"][0])[:10] == ("1970-01-01" if rows is None else "2015-03-01")
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["shown.csv", "shown.parquet"]


def test_no_cell_runs_as_a_formula_and_negative_numbers_stay_numbers(tmp_path):
    texts = ['=HYPERLINK("x")', "+a", "-3.5", "-", "@x", "\tx", "\rx", "plain", "-1e5", 'üñ🎈,"q"']
    columns = (
        DataColumn(ColumnRole.TITLE, np.array(texts)),
        DataColumn(ColumnRole.LABEL, np.full(len(texts), -2.5, np.float32), "=cmd"),
    )
    write_table(tmp_path / "x.csv", columns, None)
    raw = (tmp_path / "x.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["title", "'=cmd"]
    assert [line[0] for line in lines[1:]] == [
        '\'=HYPERLINK("x")', "'+a", "-3.5", "'-", "'@x", "'\tx", "'\rx", "plain", "-1e5",
        'üñ🎈,"q"',
    ]  # fmt: skip
    assert {line[1] for line in lines[1:]} == {"-2.5"}


def test_columns_of_one_name_are_told_apart_and_no_rows_are_a_head(tmp_path):
    import polars as pl

    columns = (
        DataColumn(ColumnRole.LABEL, np.zeros(0, np.float32), "a"),
        DataColumn(ColumnRole.CONTEXT, np.zeros(0, np.float32), "a"),
        DataColumn(ColumnRole.MEAN, np.zeros(0), "a"),
    )
    for name in ("none.csv", "none.parquet"):
        assert write_table(tmp_path / name, columns, None) == 0
    assert pl.read_parquet(tmp_path / "none.parquet").columns == ["a", "a 2", "mean a"]
    assert (tmp_path / "none.csv").read_text("utf-8-sig") == "a,a 2,mean a\n"


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    columns = all_tables(small_log())[TableName.USERS]
    with pytest.raises(ResourceError, match="Choose another place"):
        write_table(tmp_path / "gone" / "x.csv", columns, None)
    with pytest.raises(ResourceError):
        write_table(tmp_path / "gone" / "x.parquet", columns, None)


def test_the_presenter_exports_the_table_that_is_shown(workspace, tmp_path):
    view = RecordingView()
    presenter = DataPresenter(workspace, view)
    presenter.start()
    presenter.section_chosen(Section.USERS)
    presenter.export_wanted(tmp_path / "users.csv", None)
    assert view.exported == [(tmp_path / "users.csv", 2)]
    assert (tmp_path / "users.csv").read_text("utf-8-sig").startswith("user_id,n_events,mean click")


@pytest.fixture
def page(qtbot, workspace):
    from mtrec_gui.pages.data.view import DataPage
    from mtrec_gui.widgets.appearance import Appearance

    made = DataPage(Appearance())
    qtbot.addWidget(made)
    presenter = DataPresenter(workspace, made)
    made.section_chosen.connect(presenter.section_chosen)
    made.conditions_changed.connect(presenter.conditions_changed)
    presenter.start()
    made.resize(1096, 720)
    made.show()
    return made


def test_a_condition_is_typed_and_cleared(qtbot, page):
    qtbot.mouseClick(page.filter.add_button, LEFT)
    line = page.filter.lines[0]
    assert line.column.currentText() == "click"
    assert page.filter.conditions() == ()
    line.value.setText("0")
    qtbot.waitUntil(lambda: page.table.model.rowCount() == 1)
    assert page.filter.count.text() == "1 of 4 events"
    line.value.setText("nothing")
    qtbot.waitUntil(lambda: page.filter.problem.isVisible())
    line.comparison.setCurrentIndex(list(Comparison).index(Comparison.NOT_OBSERVED))
    assert not line.value.isVisible()
    qtbot.waitUntil(lambda: not page.filter.problem.isVisible())
    assert page.filter.count.text() == "1 of 4 events"
    qtbot.mouseClick(page.filter.clear_button, LEFT)
    qtbot.waitUntil(lambda: page.table.model.rowCount() == 4)
    assert not page.filter.lines


def test_every_picture_is_drawn_and_saved(qtbot, page, tmp_path):
    page.section_chosen.emit(Section.PICTURES)
    cards = page.pictures.cards
    assert set(cards) == {"density", "long_tail", "heat_map", "pairs", "activity"}
    for key, card in cards.items():
        card.canvas.draw_now()
        for ending in ("png", "svg"):
            card.canvas.write_picture(tmp_path / f"{key}.{ending}")
    assert (tmp_path / "pairs.svg").read_text("utf-8").count("stars") >= 2
    assert (tmp_path / "heat_map.png").stat().st_size > 2000
    assert not page.export_button.isVisible()
    qtbot.mouseClick(page.filter.add_button, LEFT)
    page.filter.lines[0].value.setText("7")
    qtbot.waitUntil(lambda: page.pictures.waiting.isVisible())
    assert "No event" in page.pictures.waiting.text()

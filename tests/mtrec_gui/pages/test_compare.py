"""The Compare page: what it shows of a project, of runs that go on, and when asked."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.data.split import SplitMethod
from algorithms.evaluation import Cost, Experiment, MetricResult, ModelChoice, RunResult, RunSpec
from algorithms.evaluation.linter import Rule
from algorithms.messages import Message
from algorithms.models.base import Bound, ModelState
from algorithms.progress import Stage
from algorithms.tasks import Task, TaskKind
from mtrec_gui.context import Context
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.jobs.port import JobEvent, JobState
from mtrec_gui.model_shelf import find_model
from mtrec_gui.pages.compare import build
from mtrec_gui.pages.compare.charts import gain_chart, trade_off
from mtrec_gui.pages.compare.export import table_lines
from mtrec_gui.pages.compare.presenter import ComparePresenter
from mtrec_gui.pages.compare.state import CellDetail, CompareState, Section
from mtrec_gui.pages.compare.view import ComparePage
from mtrec_gui.run_desk import RunDesk
from mtrec_gui.spreadsheets import safe_text
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.workspace import Workspace

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
BUY = Task(name="=buy", kind=TaskKind.BINARY, label="buy", item_kind="product")
MODELS = ("popularity", "separate_factors", "shared_factors")
EXPERIMENT = Experiment(tasks=(CLICK, BUY), models=tuple(ModelChoice(model=m) for m in MODELS))
N_USERS = 40


def make_log() -> InteractionLog:
    n = 8
    return InteractionLog(
        name="tiny",
        users=np.arange(n, dtype=np.int32) % 4,
        items=np.arange(n, dtype=np.int32) % 2,
        labels={
            "click": (np.arange(n) % 2).astype(np.float32),
            "buy": (np.arange(n) % 3 == 0).astype(np.float32),
        },
        user_table=UserTable(IdMap(np.array(["a", "b", "c", "d"])), {}),
        item_table=ItemTable(
            ids=IdMap(np.array(["x", "y"])),
            titles=np.array(["x", "y"]),
            kinds=("product",),
            kind_codes=np.zeros(2, dtype=np.int16),
            categories=np.array(["", ""]),
            features={},
        ),
    )


def make_result(model: str, click: float, buy: float, seed: int = 1) -> RunResult:
    """Return a run in which every user has nearly the same value, so that verdicts are sure."""
    users = np.arange(N_USERS, dtype=np.int64)
    rng = np.random.default_rng(len(model))

    def metric(task: str, key: str, k: int | None, value: float) -> MetricResult:
        per_user = value + rng.uniform(-0.001, 0.001, N_USERS)
        return MetricResult(
            task, key, k, value, N_USERS, 3, value - 0.01, value + 0.01, users, per_user
        )

    return RunResult(
        model=model,
        config=find_model(model).config_class().model_dump(mode="json"),
        seed=seed,
        tasks=("click", "=buy"),
        metrics=(
            metric("click", "ndcg", 10, click),
            metric("=buy", "ndcg", 10, buy),
            metric("click", "auc", None, 0.7),
        ),
        lists={},
        curves=(),
        cost=Cost(1.5, 0.25, 1200, 80_000_000),
        state=ModelState({}),
        notes=tuple(
            Message("“{task}”: {n} test users got no list.", {"task": task, "n": n})
            for task, n in (("click", 3), ("=buy", len(model)))
        ),
    )


@dataclass(frozen=True)
class FakeHandle:
    id: str
    spec: RunSpec

    def cancel(self, grace_seconds: float = 0) -> None:
        pass


class FakeBackend:
    """Keeps what was submitted; the test says what happens."""

    def __init__(self) -> None:
        self.handles: list[FakeHandle] = []

    def submit(self, spec: RunSpec, log: InteractionLog) -> FakeHandle:
        self.handles.append(FakeHandle(f"job {len(self.handles)}", spec))
        return self.handles[-1]

    def listen(self, callback: object) -> None:
        pass

    def close(self) -> None:
        pass


class RecordingView:
    def __init__(self) -> None:
        self.state = CompareState()
        self.detail: CellDetail | None = None
        self.exported: Path | None = None

    def show_state(self, state: CompareState) -> None:
        self.state = state

    def show_pending(self, state: CompareState) -> None:
        self.state = state

    def show_detail(self, detail: CellDetail) -> None:
        self.detail = detail

    def show_exported(self, path: Path) -> None:
        self.exported = path


@dataclass
class Lab:
    workspace: Workspace
    backend: FakeBackend
    desk: RunDesk
    presenter: ComparePresenter
    view: RecordingView
    opened: list[str]

    def finish(self, number: int, click: float, buy: float) -> None:
        handle = self.backend.handles[number]
        result = make_result(handle.spec.model, click, buy, handle.spec.seed)
        self.desk.job_happened(JobEvent(handle, JobState.DONE, 1.0, result=result))

    def run_all(self) -> None:
        self.presenter.run_pressed()
        start = len(self.backend.handles) - 3
        for number, (click, buy) in enumerate(((0.1, 0.1), (0.3, 0.1), (0.2, 0.2))):
            self.finish(start + number, click, buy)


def make_lab(folder: Path, name: str = "tiny.mtrec") -> Lab:
    workspace, backend, opened = Workspace(ImmediateRunner()), FakeBackend(), []
    desk = RunDesk(workspace, backend)
    presenter = ComparePresenter(workspace, desk, opened.append)
    view = RecordingView()
    presenter.attach(view)
    workspace.create(folder / name, lambda progress: (make_log(), EXPERIMENT))
    return Lab(workspace, backend, desk, presenter, view, opened)


@pytest.fixture
def lab(tmp_path):
    made = make_lab(tmp_path)
    yield made
    made.workspace.close()


def test_a_project_without_comparisons_is_empty(lab):
    assert lab.view.state.shown is None
    assert lab.view.state.choices == ()
    assert not lab.view.state.is_loading


def test_rows_appear_as_runs_finish(lab):
    lab.presenter.run_pressed()
    assert [run.state for run in lab.view.state.pending] == [JobState.QUEUED] * 3
    lab.finish(0, 0.1, 0.1)
    lab.desk.job_happened(
        JobEvent(lab.backend.handles[1], JobState.PROGRESS, 0.4, Stage.FIT, seconds_left=2.0)
    )
    state = lab.view.state
    assert [row.title for row in state.shown.comparison.rows] == ["Most popular"]
    assert [(run.title, run.fraction) for run in state.pending] == [
        ("Separate factors", 0.4),
        ("Shared factors", 0.0),
    ]
    lab.finish(1, 0.3, 0.1)
    lab.finish(2, 0.2, 0.2)
    assert len(lab.view.state.shown.comparison.rows) == 3
    assert lab.view.state.pending == ()


def test_a_failed_run_keeps_its_reason(lab):
    lab.presenter.run_pressed()
    reason = Message("It had {n} reasons.", {"n": 2})
    lab.desk.job_happened(JobEvent(lab.backend.handles[0], JobState.FAILED, message=reason))
    (failure,) = lab.view.state.shown.failures
    assert (failure.title, failure.seeds, str(failure.message)) == (
        "Most popular",
        (1,),
        "It had 2 reasons.",
    )
    assert "Most popular" not in [run.title for run in lab.view.state.pending]


def test_verdicts_are_those_of_the_engine(lab):
    lab.run_all()
    shown = lab.view.state.shown
    gains = [shown.gain(2, place) for place in shown.main]
    assert [gain.gain.verdict.value for gain in gains] == ["worse", "better"]
    assert shown.gain(0, shown.main[0]) is None


def test_older_comparisons_can_be_chosen_and_a_new_one_is_followed(lab):
    lab.run_all()
    lab.run_all()
    first, second = lab.view.state.choices
    assert lab.view.state.shown.choice == second
    lab.presenter.comparison_chosen(first.id)
    assert lab.view.state.shown.choice.id == first.id
    lab.workspace.runs_changed.emit(None)
    assert lab.view.state.shown.choice.id == first.id, "a person's choice stays"
    lab.presenter.run_pressed()
    assert lab.view.state.shown.choice.number == 3


def test_a_stale_answer_is_not_shown(lab):
    lab.run_all()
    asked = []
    lab.workspace.read = lambda question, done: asked.append(
        (question(lab.workspace.project), done)
    )
    first = lab.view.state.choices[0].id
    lab.presenter.comparison_chosen(first)
    before = lab.view.state
    lab.presenter.comparison_chosen(first)
    (old, tell_old), (new, tell_new) = asked
    tell_new(new)
    latest = lab.view.state
    assert latest is not before
    tell_old(old)
    assert lab.view.state is latest


def test_runs_of_a_former_project_are_not_pending_in_the_next(lab, tmp_path):
    lab.presenter.run_pressed()
    lab.workspace.create(tmp_path / "next.mtrec", lambda progress: (make_log(), EXPERIMENT))
    lab.workspace.project.start_comparison(lab.workspace.dataset_id, EXPERIMENT)
    lab.workspace.runs_changed.emit(None)
    assert lab.view.state.shown.choice.number == 1
    assert lab.view.state.pending == ()


def test_a_number_is_explained_and_leads_to_the_lab(lab):
    lab.run_all()
    lab.presenter.cell_asked(2, 1)
    detail = lab.view.detail
    assert (detail.model, detail.column.task, detail.metric.key) == (
        "Shared factors",
        "=buy",
        "ndcg",
    )
    assert detail.cell.value == pytest.approx(0.2)
    assert detail.twin == "Separate factors"
    assert detail.gain.gain.percent == pytest.approx(100, abs=2)
    lab.presenter.metric_opened("ndcg")
    assert lab.opened == ["ndcg"]


def test_a_number_has_a_second_witness_and_the_table_is_seen_across(lab):
    lab.run_all()
    lab.presenter.cell_asked(2, 1)
    test = lab.view.detail.test
    assert (test.n_better, test.n_worse, test.effect) == (N_USERS, 0, 1.0)
    assert test.p <= test.p_holm < 0.001
    assert lab.view.detail.repeats is None
    shown = lab.view.state.shown
    assert shown.across.front == (1, 2)
    assert shown.across.beaten == {0: 1}


def test_repeats_are_summarised(lab):
    experiment = EXPERIMENT.model_copy(update={"seeds": (1, 2), "models": EXPERIMENT.models[:1]})
    lab.workspace.edit("two seeds", experiment)
    lab.presenter.run_pressed()
    lab.finish(0, 0.1, 0.1)
    lab.finish(1, 0.3, 0.1)
    lab.presenter.cell_asked(0, 0)
    repeats = lab.view.detail.repeats
    assert (repeats.n, repeats.mean) == (2, pytest.approx(0.2))
    assert repeats.low < 0.1 < 0.3 < repeats.high


def test_a_width_changes_verdicts_and_stays(lab):
    lab.run_all()

    def verdicts():
        shown = lab.view.state.shown
        return [shown.gain(2, place).gain.verdict.value for place in shown.main]

    lab.presenter.width_chosen(40.0)  # the gains are about -33 % and +100 %
    assert verdicts() == ["practically equal", "better"]
    lab.workspace.runs_changed.emit(None)
    assert verdicts() == ["practically equal", "better"]
    lab.presenter.width_chosen(0.0)
    assert verdicts() == ["worse", "better"]


def test_the_linter_speaks_when_the_runs_are_over(lab):
    lab.presenter.run_pressed()
    lab.finish(0, 0.1, 0.1)
    assert lab.view.state.findings is None
    lab.finish(1, 0.3, 0.1)
    lab.finish(2, 0.2, 0.2)
    findings = lab.view.state.findings
    # two items and k = 10; events without times that nothing tells apart
    assert {each.rule for each in findings} == {Rule.K_TOO_LARGE, Rule.TUNED_ON_TEST}
    seeds = EXPERIMENT.model_copy(update={"seeds": (1, 2), "models": EXPERIMENT.models[:2]})
    lab.workspace.edit("two seeds", seeds)
    lab.presenter.run_pressed()
    for number in (3, 4, 5):
        lab.finish(number, 0.1, 0.1)
    reason = Message("It had reasons.")
    lab.desk.job_happened(JobEvent(lab.backend.handles[6], JobState.FAILED, message=reason))
    assert lab.view.state.findings[0].rule is Rule.DIFFERENT


def test_costs_cannot_be_asked(lab):
    lab.run_all()
    lab.presenter.section_chosen(Section.COST)
    lab.presenter.cell_asked(0, 0)
    assert lab.view.detail is None


def test_all_metrics_hold_the_main_ones(lab):
    lab.run_all()
    main = lab.view.state.columns
    lab.presenter.section_chosen(Section.ALL)
    assert set(main) < set(lab.view.state.columns)


def test_what_is_said_of_several_models_is_one_footnote(lab):
    lab.run_all()
    footnotes = lab.view.state.shown.footnotes[Section.ALL]
    assert len(footnotes.notes) == 1
    assert footnotes.marks == ((1,), (1,), (1,))
    assert [title for title, _ in footnotes.notes[0].said] == [
        "Most popular",
        "Separate factors",
        "Shared factors",
    ]


def test_seeds_are_averaged_and_one_to_come_is_still_pending(lab):
    experiment = EXPERIMENT.model_copy(update={"seeds": (1, 2), "models": EXPERIMENT.models[:1]})
    lab.workspace.edit("two seeds", experiment)
    lab.presenter.run_pressed()
    lab.finish(0, 0.1, 0.1)
    (pending,) = lab.view.state.pending
    assert (pending.in_table, pending.n_left) == (True, 1)
    lab.finish(1, 0.3, 0.1)
    shown = lab.view.state.shown
    assert shown.comparison.rows[0].seeds == (1, 2)
    assert shown.comparison.cells[0][shown.main[0]].value == pytest.approx(0.2)
    assert lab.view.state.pending == ()


def test_the_table_becomes_a_file_that_no_spreadsheet_runs(lab, tmp_path):
    lab.run_all()
    path = tmp_path / "table.csv"
    lab.presenter.table_exported(path)
    assert lab.view.exported == path
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0][7] == "'=buy NDCG@10"
    assert lines[3][0] == "Shared factors"
    assert [float(cell) for cell in lines[3][7:10]] == pytest.approx([0.2, 0.19, 0.21])
    assert lines[3][11] == "better"
    assert lines[3][-5:] == ["1.5", "0.25", "1200", "80000000", ""]  # an older run: bytes unknown


def test_a_table_that_cannot_be_written_says_so(lab, tmp_path):
    lab.run_all()
    errors = []
    lab.workspace.failed.connect(errors.append)
    lab.presenter.table_exported(tmp_path / "no folder" / "table.csv")
    assert lab.view.exported is None
    assert "Choose another place" in str(errors[0])


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1-1", "@x", "\tx", "\rx"])
def test_texts_like_formulas_are_escaped(text):
    assert safe_text(text) == f"'{text}"
    assert safe_text("a" + text) == "a" + text


def test_undefined_numbers_are_empty_in_the_file(lab):
    lab.run_all()
    shown = lab.view.state.shown
    place = shown.main[0]
    cells = [list(line) for line in shown.comparison.cells]
    cells[0][place] = replace(cells[0][place], value=float("nan"))
    comparison = replace(shown.comparison, cells=tuple(tuple(line) for line in cells))
    lines = table_lines(replace(shown, comparison=comparison), (place,))
    assert lines[1][2] == ""


# --- as it is seen ---------------------------------------------------------------------------


@pytest.fixture
def page(qtbot, lab):
    appearance = Appearance()
    made = ComparePage(appearance, lab.workspace.task_position)
    qtbot.addWidget(made)
    made.resize(1050, 700)
    made.cell_asked.connect(lab.presenter.cell_asked)
    made.section_chosen.connect(lab.presenter.section_chosen)
    made.metric_opened.connect(lab.presenter.metric_opened)
    made.run_pressed.connect(lab.presenter.run_pressed)
    lab.presenter.attach(made)
    made.show()
    return made


def test_an_empty_page_offers_the_run(qtbot, lab, page):
    assert page.empty.isVisible()
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert len(lab.backend.handles) == 3
    assert not page.empty.isVisible()
    assert [row.sentence for row in page.table_card.table.rows] == ["waiting …"] * 3
    assert page.table_card.running.isVisible()


def test_the_table_says_who_is_better(lab, page):
    lab.run_all()
    table = page.table_card.table
    shared = table.rows[2]
    assert [(cell.text, cell.word) for cell in shared.cells[:2]] == [
        ("0.200", "worse"),
        ("0.200", "better"),
    ]
    assert [cell.is_best for cell in shared.cells[:2]] == [False, True]
    assert "reference" in table.rows[1].remark
    assert [column.task for column in table.columns] == ["click", "=buy", ""]
    assert "3 / 10 (Most popular), 3 / 16 (Separate factors)" in page.table_card.notes.text()


def test_a_width_is_asked_for_and_said(qtbot, lab, page):
    page.width_chosen.connect(lab.presenter.width_chosen)
    assert not page.table_card.equivalence.isVisible()
    lab.run_all()
    assert page.table_card.equivalence.isVisible()
    assert "contains 0" in page.table_card.notes.text()
    assert "left out: 3 of 43 at “click”, 3 of 43 at “=buy”." in page.table_card.notes.text()
    page.table_card.equivalence.spin.setValue(40)
    table = page.table_card.table
    assert [cell.word for cell in table.rows[2].cells[:2]] == ["practically equal", "better"]
    assert "within ±40 %" in page.table_card.notes.text()
    page.table_card.cell_asked.emit(2, 1)
    said = texts(page.panel)
    assert any("Mean beyond ±40 %: p < 0.001" in text for text in said)
    assert any("40 better off, 0 worse, 0 the same. Effect +1.00 (large" in text for text in said)
    page.segments.chosen.emit("cost")
    assert not page.table_card.equivalence.isVisible()


def test_the_cards_below_speak_in_sentences(qtbot, lab, page):
    lab.run_all()
    qtbot.waitUntil(lambda: len(texts(page.across)) > 2)  # labels are shown a moment later
    across, linter = texts(page.across), texts(page.lint)
    assert any(text.startswith("On the Pareto front: Separate factors, Shared") for text in across)
    assert "Matched or beaten in all 2 tasks: Most popular by Separate factors." in across
    assert linter.count("K too large") == 2
    assert "What to do: Choose a smaller k." in linter
    page.lint.show_findings(())
    assert "Nothing found." in page.lint.sentence.text()
    page.lint.show_findings(None)
    assert not page.lint.isVisible()


def texts(widget):
    """Return what the labels of a widget say."""
    return [label.text() for label in widget.findChildren(PlainLabel) if not label.isHidden()]


@pytest.mark.parametrize("method", SplitMethod)
def test_the_sentence_tells_how_the_log_was_divided(lab, page, method):
    split = EXPERIMENT.split.model_copy(update={"method": method})
    lab.workspace.edit("split", EXPERIMENT.model_copy(update={"split": split, "seeds": (0, 1)}))
    lab.presenter.run_pressed()
    lab.finish(0, 0.1, 0.1)
    words = {
        SplitMethod.RANDOM: "events drawn at random, mean of 2 seeds",
        SplitMethod.RANDOM_BY_USER: "users held out",
        SplitMethod.LEAVE_LAST_OUT: "last events",
        SplitMethod.LEAVE_K_OUT: "random events of each user",
        SplitMethod.TEMPORAL: "newest events",
        SplitMethod.K_FOLD: "folds of the events, mean of 2 folds",
    }
    assert words[method] in page.sentence.text()


def test_ceiling_and_floor_stand_quietly_at_the_end(lab, page):
    models = ("naive", "popularity", "oracle", "separate_factors", "shared_factors")
    choices = tuple(ModelChoice(model=model) for model in models)
    lab.workspace.edit("references", EXPERIMENT.model_copy(update={"models": choices}))
    lab.presenter.run_pressed()
    for number, value in enumerate((0.0, 0.1, 0.5, 0.25, 0.2)):
        lab.finish(number, value, value)
    rows, notes = page.table_card.table.rows, page.table_card.notes.text()
    lab.presenter.attach(lab.view)
    comparison = lab.view.state.shown.comparison
    assert [row.bound for row in comparison.rows] == [None] * 3 + [Bound.CEILING, Bound.FLOOR]
    assert [row.is_quiet for row in rows] == [False] * 3 + [True] * 2
    assert ["ceiling" in row.remark for row in rows] == [False] * 3 + [True, False]
    assert [row.cells[0].is_best for row in rows] == [False, True, False, False, False]
    assert "50 % of the way from floor to ceiling" in rows[1].cells[0].tip
    assert "of the way" not in rows[3].cells[0].tip
    assert "Ceiling: " in notes
    assert "Floor: " in notes
    main = lab.view.state.shown.main
    chart = trade_off(comparison, *main, {Bound.CEILING: "top", Bound.FLOOR: "bottom"})
    assert [point.title for point in chart.points] == [row.title for row in rows[:3]]
    assert [(line.title, line.x) for line in chart.lines] == [("top", 0.5), ("bottom", 0.0)]
    gains = gain_chart(comparison, lambda task: 0)
    assert [bar.ceiling for bar in gains.groups[0].bars] == pytest.approx([100.0, 100.0])


def test_the_keyboard_reaches_a_number_and_its_meaning(qtbot, lab, page):
    lab.run_all()
    table = page.table_card.table
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 0))
    assert "95 % interval 0.090 to 0.110 · n = 40 users" in page.table_card.detail.text()
    qtbot.keyClick(table, Qt.Key.Key_Right)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert page.panel.isVisible()
    assert "Most popular" in page.panel.title.text()
    qtbot.mouseClick(page.panel.lab_button, Qt.MouseButton.LeftButton)
    assert lab.opened == ["ndcg"]
    qtbot.keyClick(page.panel, Qt.Key.Key_Escape)
    assert not page.panel.isVisible()


def test_verdicts_go_under_their_numbers_where_it_is_narrow(qtbot, lab, page):
    lab.run_all()
    assert not page.table_card.table.is_stacked
    page.resize(480, 700)
    qtbot.waitUntil(lambda: page.table_card.table.is_stacked)


def test_the_place_in_the_table_survives_a_new_row(lab, page):
    lab.presenter.run_pressed()
    lab.finish(0, 0.1, 0.1)
    table = page.table_card.table
    table.setCurrentIndex(table.model().index(0, 1))
    lab.finish(1, 0.3, 0.1)
    lab.finish(2, 0.2, 0.2)
    assert (table.currentIndex().row(), table.currentIndex().column()) == (0, 1)


def test_a_number_leads_to_its_metric_in_the_lab(qtbot, lab):
    context = Context(
        lab.workspace, lab.desk, Appearance(), lab.opened.append, lambda sentence, tone: None
    )
    asked, numbers = [], []
    context.metric_asked.connect(lambda key: asked.append((key, list(lab.opened))))
    context.number_asked.connect(numbers.append)
    page = build(context)
    qtbot.addWidget(page)
    lab.run_all()
    page.table_card.table.cell_asked.emit(0, 0)
    page.panel.lab_button.click()
    assert asked == [("ndcg", ["metrics"])], "the page is there before it is asked"
    (number,) = numbers
    assert (number.task, number.metric, number.k) == ("click", "ndcg", 10)
    found = [lab.workspace.project.load_result(run) for run in number.runs]
    assert [result.model for result in found] == ["popularity"]

"""From a number to its rows: the users behind it, and what was judged of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.evaluation import Experiment, ModelChoice, run
from algorithms.metrics import METRICS, Direction, Level
from algorithms.tasks import Task, TaskKind
from mtrec_gui.asked import ListAsked, NumberAsked
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.metrics.rows_presenter import RowsPresenter
from mtrec_gui.pages.metrics.rows_reading import averaging, read_number, read_user
from mtrec_gui.pages.metrics.rows_state import Averaging, RowsState
from mtrec_gui.pages.metrics.rows_view import RowsPart
from mtrec_gui.pages.metrics.rows_words import equation
from mtrec_gui.restored import RestoredModels
from mtrec_gui.storage import Project
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.workspace import Workspace
from tests.mtrec_gui.fakes import LateRunner

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
RATING = Task(
    name="rating", kind=TaskKind.RATING, label="rating", item_kind="product", relevant_from=4
)
EXPERIMENT = Experiment(
    tasks=(CLICK, RATING),
    models=(
        ModelChoice(model="bias"),
        ModelChoice(model="shared_factors", config={"n_factors": 4}),
    ),
    seeds=(1, 2),
)
N_USERS, N_ITEMS = 60, 40


def make_log() -> InteractionLog:
    rng = np.random.default_rng(3)
    taste = rng.normal(size=(N_USERS, N_ITEMS))
    who, what = np.nonzero(rng.random(taste.shape) < 0.5)
    liking = taste[who, what] + 0.3 * rng.normal(size=len(who))
    return InteractionLog(
        name="small",
        users=who.astype(np.int32),
        items=what.astype(np.int32),
        labels={
            "click": (liking > 0.3).astype(np.float32),
            "rating": np.clip(np.round(3 + liking), 1, 5).astype(np.float32),
        },
        user_table=UserTable(IdMap(np.array([f"u{n:02}" for n in range(N_USERS)]))),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(N_ITEMS)])),
            titles=np.array([f"<b>Thing {n // 2}</b>" for n in range(N_ITEMS)]),
            kinds=("product",),
            kind_codes=np.zeros(N_ITEMS, dtype=np.int16),
            categories=np.array([""] * N_ITEMS),
        ),
    )


@pytest.fixture(scope="module")
def shop_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "shop.mtrec"
    log = make_log()
    with Project.create(path) as project:
        dataset = project.save_log(log)
        project.save_experiment(dataset, EXPERIMENT)
        comparison = project.start_comparison(dataset, EXPERIMENT)
        for spec in EXPERIMENT.run_specs():
            project.add_run(comparison, run(spec, log))
    return path


@pytest.fixture
def workspace(shop_file) -> Iterator[Workspace]:
    made = Workspace(ImmediateRunner())
    made.open(shop_file)
    yield made
    made.close()


def asked_of(workspace: Workspace, model: str, task: str, metric: str) -> NumberAsked:
    (summary,) = workspace.project.comparisons()
    runs = [each.id for each in workspace.project.runs(summary.id) if each.model == model]
    return NumberAsked(summary.id, tuple(runs), model, task, metric, None)


class RecordingView:
    def __init__(self) -> None:
        self.states: list[RowsState] = []

    @property
    def state(self) -> RowsState:
        return self.states[-1]

    def show_rows(self, state: RowsState) -> None:
        self.states.append(state)

    def show_user(self, state: RowsState) -> None:
        self.states.append(state)


@pytest.mark.parametrize("metric", ["ndcg", "mae", "rmse", "precision", "auc"])
def test_users_stand_from_worst_to_best_and_their_mean_is_the_number(workspace, metric):
    task = "rating" if METRICS[metric].level is Level.RATING else "click"
    asked = asked_of(workspace, "shared_factors", task, metric)
    shown = read_number(workspace.project, workspace.log, asked, None)
    values = shown.values if METRICS[metric].card.direction is Direction.HIGHER else -shown.values
    assert (np.diff(values) >= 0).all()
    assert np.isfinite(values).all()
    weights = np.ones(len(values)) if shown.weights is None else shown.weights
    mean = {
        Averaging.MEAN: lambda: shown.values.mean(),
        Averaging.WEIGHTED: lambda: weights @ shown.values / weights.sum(),
        Averaging.ROOT: lambda: np.sqrt(weights @ shown.values**2 / weights.sum()),
        Averaging.TOGETHER: lambda: shown.result.value,
    }[shown.averaging]()
    assert mean == pytest.approx(shown.result.value)
    wanted = {"ndcg": Averaging.MEAN, "rmse": Averaging.ROOT, "mae": Averaging.WEIGHTED}
    assert shown.averaging is wanted.get(metric, averaging(shown.result))
    assert equation(shown).endswith(f"{shown.result.value:.4f}")


@pytest.mark.parametrize(
    ("task", "metric"),
    [
        ("click", "ndcg"),
        ("click", "recall_at"),
        ("click", "precision"),
        ("click", "accuracy"),
        ("rating", "mae"),
        ("rating", "rmse"),
        ("rating", "ndcg"),
    ],
)
@pytest.mark.parametrize("run_number", [0, 1])
def test_the_rows_of_a_user_give_the_very_value_of_the_user(workspace, task, metric, run_number):
    asked = asked_of(workspace, "shared_factors", task, metric)
    run = asked.runs[run_number]
    number = read_number(workspace.project, workspace.log, asked, run)
    restored = RestoredModels()
    for position in (0, len(number.order) // 2, len(number.order) - 1):
        user = read_user(workspace.project, workspace.log, restored, number, position)
        assert user.value == number.values[position]
        assert user.worked is not None, "the workbench comes to the same value"
        assert user.worked.value == pytest.approx(user.value, abs=1e-6)


@pytest.mark.parametrize("metric", ["novelty", "serendipity", "user_coverage"])
def test_beyond_accuracy_the_list_is_shown_but_no_equation(workspace, metric):
    """One user's list alone does not give the value, so the workbench is not offered."""
    asked = asked_of(workspace, "shared_factors", "click", metric)
    number = read_number(workspace.project, workspace.log, asked, asked.runs[0])
    found = read_user(workspace.project, workspace.log, RestoredModels(), number, 0)
    assert found.places
    assert found.worked is None
    assert found.example is None


def test_the_presenter_shows_the_worst_user_at_once_and_leads_to_explain(workspace):
    view, explained = RecordingView(), []
    presenter = RowsPresenter(workspace, RestoredModels(), explained.append)
    presenter.attach(view)
    assert view.state.number is None
    asked = asked_of(workspace, "shared_factors", "click", "ndcg")
    presenter.number_asked(asked)
    number = view.state.number
    assert view.state.user.id == number.ids[0]
    presenter.user_chosen(3)
    assert view.state.user.id == number.ids[3]
    presenter.explain_pressed()
    user = int(number.result.users[number.order[3]])
    assert explained == [ListAsked(asked.comparison, asked.runs[0], 1, "click", user)]
    presenter.run_chosen(asked.runs[1])
    assert view.state.number.run.seed == 2
    presenter.metric_chosen("auc")
    assert view.state.number.asked.metric == "auc"
    presenter.metric_chosen("mae")
    assert view.state.number.result is None, "clicks have no MAE"
    assert view.state.user is None


def test_a_number_without_users_says_so(workspace, page):
    presenter = RowsPresenter(workspace, RestoredModels(), print)
    presenter.attach(page)
    page.show()
    presenter.number_asked(asked_of(workspace, "shared_factors", "click", "item_coverage"))
    assert "No user" in page.remark.text()
    assert not page.table.isVisible()
    assert float(page.value.text()) > 0


def test_late_answers_are_dropped(workspace, shop_file):
    late = LateErrands()
    view, presenter = RecordingView(), RowsPresenter(workspace, RestoredModels(), print)
    presenter.attach(view)
    workspace.runner = late
    presenter.number_asked(asked_of(workspace, "shared_factors", "click", "ndcg"))
    presenter.number_asked(asked_of(workspace, "bias", "rating", "mae"))
    late.do_one()
    assert view.state.number is None
    late.do_one()
    assert view.state.number.asked.metric == "mae"
    presenter.user_chosen(1)
    presenter.user_chosen(2)
    late.do_all()
    assert view.state.user.id == view.state.number.ids[2]
    presenter.user_chosen(0)
    workspace.runner = ImmediateRunner()
    workspace.open(shop_file)
    late.do_all()
    assert (view.state.number, view.state.user) == (None, None)


class LateErrands(LateRunner):
    def run(self, work, done, failed, progress=None):
        super().run(work, done, failed, progress)
        return self

    def cancel(self) -> None:
        pass


@pytest.fixture
def page(qtbot) -> Iterator[RowsPart]:
    made = RowsPart(Appearance())
    qtbot.addWidget(made)
    yield made
    made.close()


def test_the_page_shows_users_hits_and_misses(workspace, page):
    presenter = RowsPresenter(workspace, RestoredModels(), print)
    page.user_chosen.connect(presenter.user_chosen)
    presenter.attach(page)
    page.resize(900, 800)
    page.show()
    assert page.empty.isVisible()
    presenter.number_asked(asked_of(workspace, "shared_factors", "click", "ndcg"))
    assert not page.empty.isVisible()
    assert page.table.model.rowCount() > 10
    first = page.table.model.index(0, 0).data()
    assert page.user.title.text().startswith(first)
    page.table.table.selectRow(5)
    assert page.user.title.text().startswith(page.table.model.index(5, 0).data())
    page.table.table.sortByColumn(0, page.table.table.horizontalHeader().sortIndicatorOrder())
    page.table.table.selectRow(2)
    assert page.user.title.text().startswith(page.table.model.index(2, 0).data())

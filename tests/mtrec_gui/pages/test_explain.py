"""The Explain page: the lists and reasons of real runs, what is chosen unasked, what is seen."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.errors import MtrecError
from algorithms.evaluation import Experiment, ModelChoice, run, split_of
from algorithms.evaluation.faithfulness import measure_faithfulness, written_change
from algorithms.evaluation.ranking import RelevantItems, relevant_items
from algorithms.explanations import Contribution, EvidenceKind, Explanation
from algorithms.messages import Message
from algorithms.models.base import TopLists
from algorithms.progress import Stage, silent
from algorithms.rules import BoostBoughtCategory, DropBelow, Quota, RuleSet
from algorithms.tasks import Task, TaskKind
from mtrec_gui.asked import ListAsked
from mtrec_gui.context import Context
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.explain import build, choosing, users
from mtrec_gui.pages.explain.aside import Explained, measure_aside
from mtrec_gui.pages.explain.listing import why_of_task
from mtrec_gui.pages.explain.presenter import ExplainPresenter
from mtrec_gui.pages.explain.reading import Reader
from mtrec_gui.pages.explain.state import (
    MOST_BARS,
    Amount,
    ExplainState,
    ListKind,
    Move,
    Question,
    RunChoice,
    Trial,
)
from mtrec_gui.pages.explain.view import ExplainPage
from mtrec_gui.restored import RestoredModels
from mtrec_gui.storage import Project
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.workspace import Workspace

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
BUY = Task(name="buy", kind=TaskKind.BINARY, label="buy", item_kind="product", parent="click")
RATING = Task(
    name="rating", kind=TaskKind.RATING, label="rating", item_kind="product", relevant_from=4
)
AD = Task(name="ad click", kind=TaskKind.BINARY, label="ad_click", item_kind="ad")
EXPERIMENT = Experiment(
    tasks=(CLICK, BUY, RATING, AD),
    models=(
        ModelChoice(model="popularity"),
        ModelChoice(model="bias"),
        ModelChoice(model="separate_factors", config={"n_factors": 4}),
        ModelChoice(model="shared_factors", config={"n_factors": 4}),
        ModelChoice(model="rule_blend", config={"base": "shared_factors"}),
    ),
    rules=RuleSet(
        powers={"click": 0.5},
        rules=(DropBelow(), BoostBoughtCategory(task="buy", factor=1.2), Quota()),
    ),
)
N_USERS, N_PRODUCTS, N_ADS = 60, 40, 12


def make_log() -> InteractionLog:
    rng = np.random.default_rng(3)
    taste = rng.normal(size=(N_USERS, N_PRODUCTS + N_ADS))
    who, what = np.nonzero(rng.random(taste.shape) < 0.4)
    liking = taste[who, what] + 0.3 * rng.normal(size=len(who))
    product = what < N_PRODUCTS
    clicked = liking > 0.3
    return InteractionLog(
        name="small",
        users=who.astype(np.int32),
        items=what.astype(np.int32),
        labels={
            "click": np.where(product, clicked, np.nan).astype(np.float32),
            "buy": np.where(product, liking > 1.0, np.nan).astype(np.float32),
            "rating": np.where(
                product & clicked, np.clip(np.round(3 + liking), 1, 5), np.nan
            ).astype(np.float32),
            "ad_click": np.where(product, np.nan, clicked).astype(np.float32),
        },
        user_table=UserTable(IdMap(np.array([f"u{n:02}" for n in range(N_USERS)]))),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(N_PRODUCTS + N_ADS)])),
            titles=np.array([f"<b>Thing {n}</b>" for n in range(N_PRODUCTS + N_ADS)]),
            kinds=("product", "ad"),
            kind_codes=(np.arange(N_PRODUCTS + N_ADS) >= N_PRODUCTS).astype(np.int16),
            categories=np.array([f"c{n % 4}" for n in range(N_PRODUCTS + N_ADS)]),
        ),
    )


@pytest.fixture(scope="module")
def shop_file(tmp_path_factory) -> Path:
    """A project with one comparison of five fitted models."""
    path = tmp_path_factory.mktemp("explain") / "shop.mtrec"
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


@pytest.fixture
def reader() -> Reader:
    return Reader(RestoredModels(), np.random.default_rng(0))


@dataclass
class Asker:
    """Asks the reader about the project of a workspace."""

    workspace: Workspace
    reader: Reader

    def __call__(self, **wanted: object) -> ExplainState:
        project, dataset = self.workspace.project, self.workspace.dataset_id
        assert project is not None
        assert dataset is not None
        return self.reader.answer(project, self.workspace.log, dataset, Question(**wanted))


@pytest.fixture
def ask(workspace, reader) -> Asker:
    return Asker(workspace, reader)


def all_runs(ask: Asker) -> tuple[int, ...]:
    return tuple(choice.id for choice in ask().runs)


# --- reading: lists -------------------------------------------------------------------------------


@pytest.mark.parametrize("task", ["click", "buy", "rating", "ad click"])
def test_lists_are_those_that_the_run_was_judged_by(ask, workspace, task):
    runs = all_runs(ask)
    results = {each: workspace.project.load_result(each).lists[task] for each in runs}
    for user in (0, 7, 31):
        for pair in (runs[:4], runs[4:]):
            for shown in ask(task=task, user=user, runs=pair).lists:
                judged = results[shown.run.id]
                row = int(np.flatnonzero(judged.users == user)[0])
                expected = judged.items[row][judged.items[row] >= 0]
                assert list(shown.items) == expected.tolist()[:10]


def test_marks_are_the_held_out_relevant_items(ask):
    log = make_log()
    split = split_of(EXPERIMENT.run_specs()[0], log)
    relevant = relevant_items(RATING, split)
    for user in range(12):
        mine = set(users.relevant_of(relevant, user).tolist())
        state = ask(task="rating", user=user)
        assert state.user is not None
        assert state.user.n_relevant == len(mine)
        for shown in state.lists:
            assert {entry.item for entry in shown.entries if entry.found} == mine & set(shown.items)


def test_the_chosen_item_has_its_place_in_every_list_shown_or_not(ask):
    state = ask(task="buy", user=3)
    last = state.lists[0].entries[-1].item
    state = ask(task="buy", user=3, item=last)
    assert state.chosen is not None
    assert state.chosen.item == last
    assert state.lists[0].place == 10
    for shown in state.lists:
        if last in shown.items:
            assert shown.place == shown.items.index(last) + 1
        else:
            assert shown.place is None or 10 < shown.place <= shown.n_ranked


def test_bars_sum_to_the_score_that_the_model_predicts(ask, workspace):
    runs = all_runs(ask)
    restored = RestoredModels()
    summary = workspace.project.comparisons()[0]
    stored = {each.id: each for each in workspace.project.runs(summary.id)}
    n_seen = 0
    for task in ("click", "rating"):
        for pair in (runs[:4], runs[4:]):
            state = ask(task=task, user=5, runs=pair)
            for shown, why in zip(state.lists, state.whys, strict=True):
                explanation = why.explanation
                if explanation is None or np.isnan(explanation.score) or not explanation.additive:
                    continue
                total = (why.base or 0.0) + sum(part.amount for part in why.parts)
                total += sum(each.amount for each in why.smaller)
                assert total == pytest.approx(explanation.score, abs=1e-6)
                model = restored.model(
                    workspace.project, workspace.log, EXPERIMENT, stored[shown.run.id]
                )
                predicted = model.predict(task, np.array([5]), np.array([state.chosen.item]))[0]
                if task == "click" and shown.run.model == "rule_blend":
                    predicted = np.log(predicted)  # as its remark says
                assert explanation.score == pytest.approx(predicted)
                n_seen += 1
    assert n_seen >= 9


def test_a_model_knows_the_events_of_the_tasks_it_learns_from(ask):
    log = make_log()
    mine = users.of_user(split_of(EXPERIMENT.run_specs()[0], log).train, 4)
    counts = {
        task.name: int(
            (users.successes(task, mine) if task is not RATING else task.events(mine)).sum()
        )
        for task in EXPERIMENT.tasks
    }
    runs = all_runs(ask)
    state = ask(task="buy", user=4, runs=runs[:4])
    known = {shown.run.model: shown.n_known for shown in state.lists}
    shown_buys = int(BUY.events(mine).sum())
    assert known == {
        "popularity": None,
        "bias": shown_buys,
        "separate_factors": counts["buy"],
        "shared_factors": sum(counts.values()),
    }
    blend = ask(task="buy", user=4, runs=runs[4:]).lists[0]
    assert blend.n_known == counts["buy"] + counts["click"]
    assert dict(state.user.events) == counts


# --- reading: the whole page ----------------------------------------------------------------------


def test_the_whole_page_is_shown_before_and_after_its_rules(ask, workspace):
    summary = workspace.project.comparisons()[0]
    stored = workspace.project.runs(summary.id)[-1]
    model = RestoredModels().model(workspace.project, workspace.log, EXPERIMENT, stored)
    for user in range(8):
        state = ask(whole_page=True, user=user)
        before, after = state.lists
        page = model.compose_page(user, 10)
        assert (before.kind, after.kind) == (ListKind.BEFORE, ListKind.PAGE)
        assert after.items == tuple(placed.item for placed in page.items)
        assert [entry.place for entry in before.entries] == list(range(1, 11))
        assert after.n_moved == sum(placed.before != placed.place for placed in page.items)


def test_every_rule_that_touched_an_item_of_the_page_is_told(ask):
    state = ask(whole_page=True, user=1)
    moved = [entry.item for entry in state.lists[1].entries]
    moves = []
    for item in moved:
        why = ask(whole_page=True, user=1, item=item).whys[1]
        assert why.before is not None
        moves += why.moves
    assert any(move.values["rule"] == 2 for move in moves)


def test_an_item_that_rules_took_off_the_page_says_so(ask):
    for user in range(20):
        state = ask(whole_page=True, user=user)
        before, after = state.lists
        gone = sorted(set(before.items) - set(after.items))
        if gone:
            state = ask(whole_page=True, user=user, item=gone[0])
            assert state.lists[1].place is None
            assert state.whys[1].before == state.lists[0].place
            assert state.whys[1].moves
            return
    pytest.fail("the rules took nothing off any page")


# --- reading: what is chosen unasked --------------------------------------------------------------


def test_it_begins_with_the_sparse_task_and_the_three_telling_models(ask):
    state = ask()
    assert state.question.task == "buy"
    assert [shown.run.model for shown in state.lists] == [
        "shared_factors",
        "separate_factors",
        "rule_blend",
    ]
    assert state.user is not None
    assert state.user.n_relevant > 0
    assert state.lists[0].entries


def test_als_or_svd_stand_in_for_a_twin_that_was_not_run():
    runs = tuple(
        RunChoice(n, model, model)
        for n, model in enumerate(("popularity", "svd", "als", "shared_factors", "rule_blend"))
    )
    assert choosing.telling_runs(runs, BUY) == (3, 2, 4)
    assert choosing.telling_runs(runs, RATING) == (3, 1, 4)
    assert choosing.telling_runs(runs[:3], BUY) == (2, 0)


def test_the_first_user_is_the_one_on_whom_models_differ_most():
    relevant = RelevantItems(
        users=np.array([4, 5, 6]),
        offsets=np.array([0, 2, 4, 4]),
        items=np.array([1, 2, 1, 2]),
        n_met_before=0,
    )

    def lists(*rows: tuple[int, int]) -> TopLists:
        return TopLists(relevant.users, np.array(rows), np.zeros((3, 2)))

    ours, theirs = lists((1, 2), (1, 2), (1, 2)), lists((1, 9), (8, 9), (8, 9))
    assert choosing.telling_user([ours, theirs], relevant) == 5
    assert choosing.telling_user([], relevant) == 4


def test_next_and_previous_go_round_among_users_with_something_held_out():
    rng = np.random.default_rng(0)
    among = np.array([2, 5, 9])

    def moved(user: int, move: Move) -> int:
        return choosing.moved_user(user, move, among, 12, rng)

    assert [moved(user, Move.NEXT) for user in (2, 3, 9)] == [5, 5, 2]
    assert [moved(user, Move.PREVIOUS) for user in (2, 3, 9)] == [9, 2, 5]
    drawn = {moved(5, Move.RANDOM) for _ in range(30)}
    assert drawn == {2, 9}
    assert choosing.moved_user(11, Move.NEXT, among[:0], 12, rng) == 0


def test_a_surprise_has_something_held_out(ask):
    user = ask(task="buy").question.user
    for _ in range(5):
        state = ask(task="buy", user=user, move=Move.RANDOM)
        assert state.user is not None
        assert state.user.index != user
        assert state.user.n_relevant > 0
        assert state.question.move is Move.STAY


def test_little_evidence_is_summed_by_task_and_nothing_is_lost():
    names = ("click", "buy", "rating", "ad click")
    parts = tuple(
        Contribution(1.0 / (n + 1), EvidenceKind.INTERACTION, names[n % 4], n, 1.0)
        for n in range(30)
    )
    average = Contribution(3.5, EvidenceKind.AVERAGE, "rating")
    score = 3.5 + sum(part.amount for part in parts)
    explanation = Explanation("buy", 0, 0, score, Message("So."), (average, *parts))
    why = why_of_task(explanation, make_log().item_table)
    assert why.base == 3.5
    assert len(why.parts) + len(why.smaller) <= MOST_BARS
    assert len(why.parts) + sum(each.n for each in why.smaller) == len(parts)
    assert all(each.n > 1 for each in why.smaller)
    shown = sum(part.amount for part in why.parts) + sum(each.amount for each in why.smaller)
    assert shown == pytest.approx(score - 3.5)


# --- presenter ------------------------------------------------------------------------------------


class RecordingView:
    def __init__(self) -> None:
        self.states: list[ExplainState] = []
        self.ids: list[str] = []
        self.n_kept: int | None = None

    @property
    def state(self) -> ExplainState:
        return self.states[-1]

    def show_state(self, state: ExplainState) -> None:
        self.states.append(state)

    def show_trials(self, state: ExplainState) -> None:
        self.states.append(state)

    def show_matches(self, ids: list[str]) -> None:
        self.ids = list(ids)

    def show_kept(self, n: int) -> None:
        self.n_kept = n


class LateRunner:
    """Does the work when the test says so, in any order; cancelled errands are never answered."""

    def __init__(self) -> None:
        self.errands: list[LateErrand] = []

    def run(self, work, done, failed, progress=None):
        errand = LateErrand(work, done, failed, progress)
        self.errands.append(errand)
        return errand


class LateErrand:
    def __init__(self, work, done, failed, progress=None) -> None:
        self.work, self.done, self.failed, self.progress = work, done, failed, progress
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True

    def finish(self) -> None:
        self.done(self.work(silent))


@pytest.fixture
def view() -> RecordingView:
    return RecordingView()


@pytest.fixture
def presenter(workspace, reader, view) -> ExplainPresenter:
    made = ExplainPresenter(workspace, reader, RestoredModels(), lambda: None)
    made.attach(view)
    return made


def test_a_page_built_late_shows_the_open_project(presenter, view):
    assert len(view.state.lists) == 3
    assert not view.state.is_loading


def test_without_runs_it_asks_for_some(tmp_path, reader, view):
    with_data = tmp_path / "new.mtrec"
    with Project.create(with_data) as project:
        project.save_experiment(project.save_log(make_log()), EXPERIMENT)
    gone: list[str] = []
    workspace = Workspace(ImmediateRunner())
    workspace.open(with_data)
    presenter = ExplainPresenter(
        workspace, reader, RestoredModels(), lambda: gone.append("experiments")
    )
    presenter.attach(view)
    assert view.state == ExplainState(is_loading=False)
    presenter.experiments_wanted()
    assert gone == ["experiments"]
    workspace.close()


def test_models_are_exchanged_added_and_taken_away(presenter, view):
    runs = {choice.model: choice.id for choice in view.state.runs}
    presenter.model_replaced(1, runs["bias"])
    presenter.model_added(runs["popularity"])
    assert [shown.run.model for shown in view.state.lists] == [
        "shared_factors",
        "bias",
        "rule_blend",
        "popularity",
    ]
    presenter.model_removed(0)
    presenter.task_chosen("rating")
    assert [shown.run.model for shown in view.state.lists] == ["bias", "rule_blend", "popularity"]
    for _ in range(3):
        presenter.model_removed(0)
    assert [shown.run.model for shown in view.state.lists] == ["popularity"]


def test_a_user_is_asked_for_by_id_and_an_unknown_one_is_told(presenter, view, workspace):
    told: list[MtrecError] = []
    workspace.failed.connect(told.append)
    presenter.user_asked("u17")
    assert view.state.user.index == 17
    presenter.user_asked("nobody")
    assert view.state.user.index == 17
    assert "nobody" in str(told[0])
    presenter.user_sought("u1")
    assert view.ids[:2] == ["u10", "u11"]


def test_another_page_asks_for_the_list_of_a_user(presenter, view):
    comparison, run = view.state.comparisons[-1], view.state.lists[-1].run
    presenter.list_asked(ListAsked(comparison.id, run.id, 1, "buy", 9))
    assert view.state.user.index == 9
    assert view.state.question.task == "buy"
    assert [shown.run.id for shown in view.state.lists] == [run.id]


def test_the_item_stays_while_other_models_are_compared(presenter, view):
    item = view.state.lists[0].entries[4].item
    presenter.item_chosen(item)
    presenter.model_removed(2)
    assert view.state.chosen.item == item
    before = view.state.user.index
    presenter.user_stepped(forward=True)
    assert view.state.user.index != before
    presenter.user_stepped(forward=False)
    assert view.state.user.index == before


def test_the_whole_page_and_back_keeps_task_and_user(presenter, view):
    presenter.task_chosen("click")
    user = view.state.user.index
    presenter.task_chosen(None)
    assert view.state.question.whole_page
    presenter.task_chosen("click")
    assert not view.state.question.whole_page
    assert (view.state.question.task, view.state.user.index) == ("click", user)


def test_an_answer_to_an_older_question_never_arrives(shop_file, reader, view):
    workspace = Workspace(ImmediateRunner())
    workspace.open(shop_file)
    workspace.runner = LateRunner()
    presenter = ExplainPresenter(workspace, reader, RestoredModels(), lambda: None)
    presenter.attach(view)
    assert view.state.is_loading
    presenter.user_asked("u03")
    presenter.user_asked("u05")
    first, second, third = workspace.runner.errands
    assert first.is_cancelled
    assert second.is_cancelled
    third.finish()
    second.finish()  # even if it was on its way already
    assert view.state.user.index == 5
    workspace.close()


def test_a_failure_ends_the_waiting_and_is_told(workspace, view):
    class Broken(Reader):
        def answer(self, *args: object, **kwargs: object) -> ExplainState:
            raise MtrecError(detail="The disk is gone.")

    told: list[MtrecError] = []
    workspace.failed.connect(told.append)
    broken = Broken(RestoredModels(), np.random.default_rng(0))
    ExplainPresenter(workspace, broken, RestoredModels(), lambda: None).attach(view)
    assert not view.state.is_loading
    assert [str(error) for error in told] == ["The disk is gone."]


def test_runs_that_end_while_the_page_is_away_wait_until_it_is_seen(presenter, view, workspace):
    presenter.hidden()
    n = len(view.states)
    workspace.runs_changed.emit(None)
    assert len(view.states) == n
    presenter.shown()
    assert len(view.states) > n


def test_kept_explanations_are_in_the_project(presenter, view, workspace):
    presenter.keep_pressed()
    assert view.n_kept == 3
    shown = view.state.lists[0].run.id
    kept = workspace.project.explanations(shown)
    assert kept[-1] == view.state.whys[0].explanation


def test_another_project_begins_anew(presenter, view, workspace, tmp_path):
    presenter.user_asked("u17")
    empty = tmp_path / "empty.mtrec"
    with Project.create(empty) as project:
        project.save_experiment(project.save_log(make_log()), EXPERIMENT)
    workspace.open(empty)
    assert view.state.user is None
    assert view.state.question == Question()


# --- whether an explanation is true ---------------------------------------------------------------


@pytest.fixture
def late(presenter, view, workspace) -> LateRunner:
    """The lists are there; whatever is asked from now on is done when the test says so."""
    workspace.runner = LateRunner()
    return workspace.runner


def test_only_explanations_that_name_past_events_can_be_tested(view, presenter):
    by_model = {shown.run.model: shown.run.id for shown in view.state.lists}
    assert set(view.state.trials) == {by_model["shared_factors"], by_model["separate_factors"]}
    presenter.trial_asked(by_model["rule_blend"])
    assert all(trial == Trial() for trial in view.state.trials.values())


def test_an_explanation_is_tested_as_the_engine_does_it(view, presenter, workspace):
    run = view.state.lists[0].run.id
    presenter.amount_chosen(Amount.ONE)
    presenter.trial_asked(run)
    found = view.state.trials[run].found
    summary = workspace.project.comparisons()[0]
    stored = next(each for each in workspace.project.runs(summary.id) if each.id == run)
    log = workspace.log
    model = RestoredModels().model(workspace.project, log, EXPERIMENT, stored)
    split = split_of(EXPERIMENT.run_specs()[0], log)
    assert found == measure_faithfulness(
        model,
        view.state.whys[0].explanation,
        seed=stored.seed,
        n_removed=1,
        validation=split.validation,
    )
    assert view.state.amount is Amount.ONE


def test_a_test_that_is_not_wanted_any_more_ends_its_process(workspace):
    class UnwantedError(Exception):
        pass

    def stop(fraction: float, stage: Stage) -> None:
        if fraction > 0.0:
            raise UnwantedError

    spec = next(s for s in EXPERIMENT.run_specs() if s.model == "separate_factors")
    with pytest.raises(UnwantedError):
        measure_aside(spec, Explained("click", 3, 5, 1), workspace.log, stop)
    assert not multiprocessing.active_children()


def test_what_the_other_process_cannot_do_is_told(workspace):
    spec = next(s for s in EXPERIMENT.run_specs() if s.model == "popularity")
    with pytest.raises(MtrecError, match="This explanation cannot be tested"):
        measure_aside(spec, Explained("click", 3, 5, 1), workspace.log, silent)
    with pytest.raises(MtrecError, match="popularity"):  # a fault is told, not waited for
        measure_aside(spec, Explained("click", 3, 5, "many"), workspace.log, silent)


def test_a_test_says_how_far_it_is_and_can_be_cancelled(view, presenter, late):
    run = view.state.lists[0].run.id
    presenter.trial_asked(run)
    (errand,) = late.errands
    assert view.state.trials[run].fraction == 0.0
    errand.progress(0.4, Stage.FIT)
    assert view.state.trials[run].fraction == 0.4
    presenter.trial_cancelled(run)
    assert errand.is_cancelled
    assert view.state.trials[run] == Trial()
    errand.progress(0.6, Stage.FIT)  # on its way already
    errand.done("too late")
    assert view.state.trials[run] == Trial()


def test_a_test_of_another_item_never_arrives_and_what_was_found_stays(view, presenter, late):
    run = view.state.lists[0].run.id
    presenter.trial_asked(run)
    late.errands[0].done("found")
    assert view.state.trials[run].found == "found"
    first, second = (entry.item for entry in view.state.lists[0].entries[:2])
    chosen = view.state.chosen.item
    other = second if chosen == first else first
    presenter.trial_asked(run)
    presenter.item_chosen(other)
    assert late.errands[1].is_cancelled
    presenter.trial_asked(run)  # while the answer is being waited for: nothing to test yet
    assert len(late.errands) == 3
    late.errands[2].finish()
    late.errands[1].done("stale")
    assert view.state.chosen.item == other
    assert view.state.trials[run] == Trial()
    presenter.item_chosen(chosen)
    late.errands[3].finish()
    assert view.state.trials[run].found == "found"


def test_what_cannot_be_tested_says_why(view, presenter, late):
    run = view.state.lists[0].run.id
    presenter.trial_asked(run)
    late.errands[0].failed(MtrecError(detail="The file is gone."))
    assert str(view.state.trials[run].problem) == "The file is gone."
    presenter.amount_chosen(Amount.HALF)
    assert view.state.trials[run] == Trial()


# --- the page itself ------------------------------------------------------------------------------


@pytest.fixture
def page(qtbot, workspace) -> ExplainPage:
    went: list[str] = []
    context = Context(workspace, None, Appearance(), went.append, lambda sentence, tone: None)
    made = build(context)
    assert isinstance(made, ExplainPage)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    qtbot.waitExposed(made)
    return made


def cards(page: ExplainPage) -> list:
    return [card for card in page.list_cards if card.isVisible()]


def test_choosing_an_item_highlights_it_everywhere_and_explains_it(qtbot, page):
    first = cards(page)[0].list
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Home)
    qtbot.keyClick(first, Qt.Key.Key_Down)
    item = first.chosen
    assert item is not None
    for card, why in zip(cards(page), page.why_cards, strict=False):
        places = [e.item for e in card.list._entries.entries]
        if item in places:
            assert card.list.chosen == item
        else:
            assert card.list.chosen is None
            assert card.place.text().strip()
        assert why.sentence.text()
    assert f"<b>Thing {item}</b>" in page.why_cards[0].title.text()


def test_titles_are_never_taken_for_markup(page):
    labels = page.findChildren(QLabel)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
    model = cards(page)[0].list.model()
    tip = model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert "<" not in tip


def test_segments_choose_the_task_and_the_whole_page(qtbot, page):
    page.controls.segments.chosen.emit("task:rating")
    assert page.controls.segments.current == "task:rating"
    page.controls.segments.chosen.emit("page:")
    assert page.controls.segments.current == "page:"
    assert len(cards(page)) == 2
    assert not page.add.isVisible()


def test_a_model_is_taken_away_and_brought_back(qtbot, page):
    third = cards(page)[2]
    qtbot.mouseClick(third.remove, Qt.MouseButton.LeftButton)
    assert len(cards(page)) == 2
    page._models.actions()[0].trigger()
    assert len(cards(page)) == 3


def test_columns_go_below_each_other_where_it_is_narrow(qtbot, page):
    qtbot.waitUntil(lambda: page.columns.side_by_side == 3)
    page.resize(760, 800)
    qtbot.waitUntil(lambda: page.columns.side_by_side == 2)
    qtbot.waitUntil(lambda: cards(page)[2].y() > page.why_cards[0].y())


def test_reasons_draw_as_many_bars_as_there_are(qtbot, page):
    why = page.why_cards[0]
    state_why = why._shown[0]
    qtbot.waitUntil(lambda: why._canvas.figure is not None or not why._canvas.isVisible())
    n = len(state_why.parts) + len(state_why.smaller)
    assert 0 < n <= MOST_BARS + 1
    assert why._canvas.accessibleName().count("; ") == n - 1
    assert why._canvas.toolTip().count("<br>") == n - 1
    assert "<b>" not in why._canvas.toolTip()


def test_a_person_asks_whether_an_explanation_is_true_and_sees_both_falls(qtbot, page):
    trial = page.why_cards[0].trial
    assert trial.isVisible()
    assert not page.why_cards[2].trial.isVisible()  # rules name no past event
    assert not trial.sentence.isVisible()
    trial.amount.setFocus()
    qtbot.keyClick(trial.amount, Qt.Key.Key_Home)
    trial.amount.activated.emit(0)
    trial.ask.setFocus()
    qtbot.keyClick(trial.ask, Qt.Key.Key_Space)
    assert trial.sentence.text().split(":")[0] in ("Yes", "Not clearly", "No")
    assert "only this user was learned anew" in trial.remark.text()
    assert not trial.bar.isVisible()
    trial.canvas.draw_now()
    (axes,) = trial.canvas.figure.axes
    falls = [bar.get_width() for bar in axes.patches]
    written = [text.get_text() for text in axes.texts]
    assert [written_change(fall) for fall in falls] == written
    assert all(each in trial.sentence.text() for each in written)
    places = page.list_cards[0].list
    other = next(e.item for e in places._entries.entries if e.item != places.chosen)
    page.item_chosen.emit(other)
    assert not trial.sentence.isVisible()

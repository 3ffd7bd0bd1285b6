"""Inside: which run is looked into, what its film says, and that the page plays and draws it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from algorithms.balancing.record import TrainingRecord
from algorithms.evaluation import ModelChoice
from algorithms.explanations import Bars, Lines, Table
from algorithms.messages import Message
from algorithms.models.base import CurvePoint, Recommender
from mtrec_gui.context import Context
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.model_shelf import default_experiment, run
from mtrec_gui.pages.inside import build, reading
from mtrec_gui.pages.inside.exhibit_card import ExhibitCard, levelled
from mtrec_gui.pages.inside.film import Quantity, as_fields, curve, moment, nearest, scales
from mtrec_gui.pages.inside.presenter import InsidePresenter
from mtrec_gui.pages.inside.reading import Reader, run_choices, shows_inside
from mtrec_gui.plots.exhibits import ExhibitWords
from mtrec_gui.restored import RestoredModels
from mtrec_gui.run_desk import RunDesk
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.wording import number
from mtrec_gui.workspace import Workspace
from sample_data import load_world, world_tasks
from tests.mtrec_gui.fakes import Backend

NAN = np.nan


def made_record(n=5, use=None):
    cosines = np.tile(np.eye(2), (n, 1, 1))
    cosines[:, 0, 1] = cosines[:, 1, 0] = np.linspace(-0.8, 0.8, n)
    return TrainingRecord(
        tasks=("click", "purchase"),
        steps=np.arange(n) * 10,
        epochs=np.arange(n) // 2,
        losses=np.stack([np.linspace(2, 1, n), np.full(n, NAN)], axis=1),
        weights=np.tile([1.0, 0.5], (n, 1)),
        cosines=cosines,
        norms=np.tile([3.0, 4.0], (n, 1)),
        use=use or {},
    )


class TestFilm:
    def test_a_moment_holds_what_was_noted_and_names_the_pairs(self):
        shown = moment(made_record(), 0)
        assert (shown.step, shown.last_step, shown.epoch) == (0, 40, 1)
        np.testing.assert_array_equal(shown.values, [[2, 1, 3], [NAN, 0.5, 4]])
        assert (shown.worst.one, shown.worst.other) == ("click", "purchase")
        assert shown.worst.cosine == pytest.approx(-0.8)

    def test_without_a_known_cosine_no_pair_is_named(self):
        record = made_record()
        record.cosines[2] = NAN
        assert moment(record, 2).worst is None
        assert moment(record, 2).best is None

    def test_what_else_was_noted_becomes_rows_and_columns(self):
        use = {"gate": np.arange(30.0).reshape(5, 2, 3), "overlap": np.arange(5.0)}
        shown = moment(made_record(use=use), 1).use
        assert shown["gate"].tolist() == [[6, 7, 8], [9, 10, 11]]
        assert shown["overlap"].tolist() == [[1]]
        assert as_fields(np.arange(3.0)).shape == (1, 3)

    def test_scales_bear_what_is_not_known_or_nothing(self):
        record = made_record()
        loss, weight, length = scales(record)
        assert 1.9 < loss <= 2
        assert (weight, length) == (1, 4)
        record.norms[:] = 0
        record.losses[:] = NAN
        assert scales(record) == (1.0, 1.0, 1.0)

    def test_curves_are_of_tasks_or_of_pairs(self):
        record = made_record()
        assert list(curve(record, Quantity.AGREEMENT).series) == ["click · purchase"]
        assert list(curve(record, Quantity.LOSS).series) == ["click", "purchase"]
        assert curve(record, Quantity.LENGTH).series["purchase"].tolist() == [4] * 5
        assert np.isnan(curve(record, Quantity.LOSS).series["purchase"]).all()

    def test_the_nearest_note_to_any_step(self):
        assert [nearest(made_record(), step) for step in (-5, 14, 16, 1e9)] == [0, 1, 2, 4]


# --- runs of a project, with a model whose inside is known ----------------------------------


@pytest.fixture(scope="module")
def world():
    log = load_world("ecommerce")
    experiment = default_experiment(log, world_tasks("ecommerce"))
    return log, experiment.model_copy(
        update={"models": (ModelChoice(model="popularity"), ModelChoice(model="bias"))}
    )


@pytest.fixture(scope="module")
def results(world):
    log, experiment = world
    return [run(spec, log) for spec in experiment.run_specs()]


class View:
    """Keeps what it is shown."""

    def __init__(self):
        self.states = []

    @property
    def state(self):
        return self.states[-1]

    def show_state(self, state):
        self.states.append(state)


class Lab:
    """A project with two finished runs, of which one shows its inside."""

    def __init__(self, path, world):
        self.workspace = Workspace(ImmediateRunner())
        self.workspace.create(path, lambda progress: world)
        self.project = self.workspace.project

    def add_comparison(self, results):
        comparison = self.project.start_comparison(
            self.workspace.dataset_id, self.workspace.experiment
        )
        runs = [self.project.add_run(comparison, result) for result in results]
        self.workspace.runs_changed.emit(None)
        return comparison, runs


SAID = {"title": Message("Title"), "sentence": Message("Sentence.")}
EXHIBITS = (
    Lines(
        key="cosines",
        **SAID,
        x_label=Message("step"),
        y_label=Message("cosine"),
        x=np.arange(2.0),
        series={"click": np.arange(2.0)},
    ),
    Bars(key="bars", **SAID, value_label=Message("v"), names=("click",), values=np.ones(1)),
    Table(
        key="table",
        **SAID,
        columns=(Message("Task"), Message("n")),
        rows=(("click", 1.0), (Message("none"), 2.5)),
    ),
)


@pytest.fixture
def shows(monkeypatch):
    """Let one model of the catalog show an inside."""
    bias = reading.find_model("bias")
    monkeypatch.setattr(bias, "exhibits", lambda self: EXHIBITS)
    monkeypatch.setattr(bias, "training_record", lambda self: made_record())


@pytest.fixture
def lab(tmp_path, world):
    made = Lab(tmp_path / "a.mtrec", world)
    yield made
    made.workspace.close()


@pytest.fixture
def presented(lab, shows):
    presenter = InsidePresenter(lab.workspace, Reader(RestoredModels()))
    view = View()
    presenter.attach(view)
    return presenter, view


class TestPresenter:
    def test_without_a_finished_run_there_is_nothing_to_choose(self, presented):
        _, view = presented
        assert view.state.runs == ()
        assert view.state.inside is None
        assert not view.state.is_reading

    def test_it_begins_with_a_run_that_shows_something(self, lab, presented, results):
        _, view = presented
        comparison, runs = lab.add_comparison(results)
        state = view.state
        assert (state.comparison, state.run) == (comparison, runs[1])
        assert [choice.has_inside for choice in state.runs] == [False, True]
        assert [exhibit.key for exhibit in state.inside.exhibits] == ["bars", "table"]
        assert len(state.inside.record) == 5
        assert any(each.is_reading for each in view.states)

    def test_a_model_that_shows_nothing_says_so(self, lab, presented, results):
        presenter, view = presented
        _, runs = lab.add_comparison(results)
        presenter.run_chosen(runs[0])
        assert view.state.run == runs[0]
        assert view.state.inside.is_empty

    def test_how_a_run_learned_stands_below_what_its_model_shows(self, lab, presented, results):
        presenter, view = presented
        noted = [CurvePoint(step, "click", "training loss", 1 / step) for step in (1, 2, 3)]
        learned = [replace(result, curves=tuple(noted)) for result in results]
        _, runs = lab.add_comparison(learned)
        assert [exhibit.key for exhibit in view.state.inside.exhibits][-1] == "learning loss"
        presenter.run_chosen(runs[0])  # its model shows nothing of itself
        assert [choice.is_telling for choice in view.state.runs] == [True, True]
        assert [choice.has_inside for choice in view.state.runs] == [False, True]
        (shown,) = view.state.inside.exhibits
        assert shown.series["click (training)"].tolist() == [1, 1 / 2, 1 / 3]

    def test_a_new_comparison_does_not_take_the_page_away(self, lab, presented, results):
        presenter, view = presented
        first, runs = lab.add_comparison(results)
        second, newer = lab.add_comparison(results[:1])
        assert (view.state.comparison, view.state.run) == (first, runs[1])
        assert [choice.id for choice in view.state.comparisons] == [first, second]
        presenter.comparison_chosen(second)
        assert view.state.run == newer[0]

    def test_nothing_is_read_while_nobody_looks(self, lab, presented, results):
        presenter, view = presented
        presenter.hidden()
        lab.add_comparison(results)
        assert view.state.runs == ()
        presenter.shown()
        assert len(view.state.runs) == 2

    def test_a_run_that_cannot_be_restored_says_why_and_others_can_be_chosen(
        self, lab, presented, results
    ):
        presenter, view = presented
        _, runs = lab.add_comparison(results)

        def damaged(*_):
            from algorithms.errors import ProjectError

            raise ProjectError(file="a", problem="it is damaged", remedy="Run it again.")

        presenter._reader._restored.model = damaged
        presenter.run_chosen(runs[1])
        assert "it is damaged" in str(view.state.problem)
        assert view.state.inside is None
        assert not view.state.is_reading
        assert view.state.runs

    def test_a_late_answer_about_another_run_is_dropped(self, lab, shows, results):
        waiting = []

        class Later:
            def run(self, work, done, failed, progress=None):
                waiting.append(lambda: done(work(lambda *_: None)))
                return self

            def cancel(self):
                pass

        presenter, view = InsidePresenter(lab.workspace, Reader(RestoredModels())), View()
        _, runs = lab.add_comparison(results)
        lab.workspace.runner = Later()
        presenter.attach(view)
        presenter.run_chosen(runs[0])
        presenter.run_chosen(runs[1])
        for answer in (waiting[-1], *waiting[:-1]):
            answer()
        assert view.state.run == runs[1]


class TestTalk:
    """With whom the card of questions talks."""

    @pytest.fixture
    def talkers(self, lab, monkeypatch, results):
        bias = reading.find_model("bias")
        for name in ("prompts", "complete", "nearest_sentences", "known_words"):
            monkeypatch.setattr(bias, name, lambda self, *_: (), raising=False)
        for name in ("item_named", "user_named"):
            monkeypatch.setattr(bias, name, lambda self, word: None, raising=False)
        seen = []

        class Talk:
            def show_talker(self, talker):
                seen.append(talker)

        lab.presenter = InsidePresenter(lab.workspace, Reader(RestoredModels()), Talk())
        lab.presenter.attach(View())
        _, lab.runs = lab.add_comparison(results)
        return seen

    def test_only_a_model_that_answers_prompts_can_be_asked(self, lab, talkers):
        assert talkers[-1] is None
        lab.presenter.run_chosen(lab.runs[1])
        assert talkers[-1].model.key == "bias"
        assert talkers[-1].tasks == tuple(task.name for task in talkers[-1].model.tasks)
        lab.presenter.run_chosen(lab.runs[0])
        assert talkers[-1] is None

    def test_while_the_same_run_is_read_anew_the_talk_goes_on(self, lab, talkers):
        lab.presenter.run_chosen(lab.runs[1])
        before = talkers[-1]
        del talkers[:]
        lab.workspace.runs_changed.emit(None)
        assert [talker.model for talker in talkers] == [before.model]


def test_runs_are_told_apart_by_settings_and_seeds(lab, results):
    _, runs = lab.add_comparison(results)
    (summary,) = lab.project.comparisons()
    stored = lab.project.runs(summary.id)
    assert [choice.seed for choice in run_choices(stored)] == [None, None]
    assert [choice.differs for choice in run_choices(stored)] == [{}, {}]
    assert [choice.id for choice in run_choices(stored)] == runs


def test_who_shows_an_inside():
    assert not shows_inside(reading.find_model("popularity"))
    assert shows_inside(reading.find_model("shared_bottom"))
    assert issubclass(reading.find_model("shared_bottom"), Recommender)


# --- the page --------------------------------------------------------------------------------


@pytest.fixture
def page(lab, shows, results, qtbot):
    lab.add_comparison(results)
    went = []
    context = Context(
        lab.workspace,
        RunDesk(lab.workspace, Backend()),
        Appearance(),
        went.append,
        lambda *_: None,
    )
    made = build(context)
    made.went = went
    qtbot.addWidget(made)
    made.resize(1000, 2200)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_the_page_shows_the_film_and_every_exhibit(page):
    film = page.microscope
    assert film.isVisible()
    assert [card.title.text() for card in page.cards] == ["Title", "Title"]
    assert page.cards[0].canvas is not None
    table = page.cards[1].table
    assert [table.model().index(1, column).data() for column in (0, 1)] == ["none", "2.5"]
    assert not page.empty.isVisible()
    assert not page.nothing.isVisible()
    assert "click and purchase pull against each other" in film.said.text()
    assert film.step.text() == "step 0 of 40 · pass 1"


def test_the_scrubber_goes_by_key_and_the_moment_follows(page):
    film = page.microscope
    film.slider.setFocus()
    QTest.keyClick(film.slider, Qt.Key.Key_Right)
    assert film.canvas.mark == 10
    QTest.keyClick(film.slider, Qt.Key.Key_End)
    assert film.step.text() == "step 40 of 40 · pass 3"
    assert "agree most" in film.said.text()
    np.testing.assert_array_equal(film.bars.values, moment(made_record(), 4).values)
    assert film.cosines.values[0, 1] == pytest.approx(0.8)


def test_the_film_plays_to_its_end_and_begins_anew(page, qtbot):
    film = page.microscope
    film.play.click()
    assert film.is_playing
    assert film.play.text() == "Pause"
    qtbot.waitUntil(lambda: not film.is_playing and film.slider.value() == 4, timeout=5000)
    assert film.play.text() == "Play"
    film.play.click()
    assert film.slider.value() == 0
    page.hide()
    assert not film.is_playing


def test_a_press_on_the_curve_goes_to_its_step(page, qtbot):
    film = page.microscope
    qtbot.waitUntil(lambda: film.canvas.figure is not None, timeout=5000)
    axes = film.canvas.figure.axes[0]
    ratio = film.canvas.devicePixelRatioF()
    x = axes.transData.transform((21.0, 0.0))[0] / ratio
    place = film.canvas.rect().center()
    place.setX(round(x))
    qtbot.mouseClick(film.canvas, Qt.MouseButton.LeftButton, pos=place)
    assert film.slider.value() == 2


def test_other_curves_are_drawn_on_request(page, qtbot):
    film = page.microscope
    buttons = {made.text(): made for made in film.quantity.findChildren(type(film.play))}
    buttons["Weight"].click()
    assert "counted" in film.meaning.text()
    assert film.canvas.accessibleName() == film.meaning.text()


def test_what_rounds_to_nothing_has_no_sign():
    assert number(-0.0004, 2) == "0.00"
    assert number(-0.004, 3) == "−0.004"


def test_a_frame_is_painted_in_less_than_50_ms(page):
    import time

    film = page.microscope
    film.grab()
    took = []
    for place in (1, 2, 3, 4):
        began = time.perf_counter()
        film.slider.setValue(place)
        film.grab()
        took.append(time.perf_counter() - began)
    assert min(took) < 0.05


def test_the_model_that_shows_nothing_is_named_so_in_the_list(page):
    assert page.run.count() == 2
    assert page.run.itemText(0).endswith("nothing to see")
    page.run.setCurrentIndex(0)
    page.run.activated.emit(0)
    assert page.nothing.isVisible()
    assert not page.microscope.isVisible()
    assert page.cards == []


def test_an_empty_page_leads_to_the_experiments(lab, qtbot):
    went = []
    context = Context(
        lab.workspace,
        RunDesk(lab.workspace, Backend()),
        Appearance(),
        went.append,
        lambda *_: None,
    )
    page = build(context)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    assert page.empty.isVisible()
    assert not page.choice.isVisible()
    page.empty.button.click()
    assert went == ["experiments"]


@pytest.mark.parametrize(
    ("widths", "room", "fitting"),
    [
        ([300, 80, 200], 400, [160, 80, 160]),
        ([300, 80, 200], 600, [300, 80, 200]),
        ([300, 80, 200], 60, [50, 50, 50]),
        ([], 60, []),
    ],
)
def test_columns_share_the_room_there_is(widths, room, fitting):
    assert levelled(widths, room, 50) == fitting


def test_a_table_is_no_wider_than_its_card_and_cells_tell_all_of_their_text(qtbot):
    long = " ".join(f"item_{n}" for n in range(40)) + " <b>"
    exhibit = Table(
        key="t",
        **SAID,
        columns=(Message("prompt"), Message("answer"), Message("n")),
        rows=((long, long, 0.5),),
    )
    words = ExhibitWords(str, str, {})
    card = ExhibitCard(exhibit, words, Appearance())
    qtbot.addWidget(card)
    for width in (900, 600, 1200):
        card.resize(width, 300)
        with qtbot.waitExposed(card):
            card.show()
        qtbot.wait(10)
        assert card.table.horizontalScrollBar().maximum() == 0
    tip = card.table.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "item_39 &lt;b&gt;" in tip

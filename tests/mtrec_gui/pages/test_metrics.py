"""The Metric Lab: every metric of the catalog has its place and its card."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from algorithms.errors import UnknownMetricError
from algorithms.metrics import MEASURES, METRICS, MeasureGroup
from algorithms.metrics.lab import GAIN
from mtrec_gui.asked import NumberAsked
from mtrec_gui.pages.metrics.presenter import MetricsPresenter, shelves
from mtrec_gui.pages.metrics.state import Part
from mtrec_gui.pages.metrics.view import MetricsPage
from mtrec_gui.pages.metrics.words import example_lines
from mtrec_gui.widgets.appearance import Appearance


class RecordingView:
    def __init__(self) -> None:
        self.shelves, self.shown, self.parts, self.offered = [], [], [], ()

    def show_shelves(self, shelves) -> None:
        self.shelves = shelves

    def show_metric(self, shown) -> None:
        self.shown.append(shown)

    def show_parts(self, parts) -> None:
        self.offered = parts

    def show_part(self, part) -> None:
        self.parts.append(part)


def keys(found) -> list[str]:
    return [metric.key for shelf in found for metric in shelf.metrics]


def test_every_metric_stands_on_one_shelf():
    assert sorted(keys(shelves())) == sorted([*METRICS, *MEASURES])
    on_shelf = {each.key: shelf.level for shelf in shelves() for each in shelf.metrics}
    assert all(on_shelf[key] is metric.level for key, metric in METRICS.items())
    assert all(on_shelf[key] is measure.group for key, measure in MEASURES.items())
    assert list(on_shelf.values())[-1] is MeasureGroup.COST


def test_a_metric_is_found_by_the_words_of_its_card():
    presenter, view = MetricsPresenter(), RecordingView()
    presenter.attach(view)
    presenter.searched("rmse")
    assert "rmse" in keys(view.shelves)
    assert len(keys(view.shelves)) < len(METRICS)
    presenter.searched("hypervolume")
    assert "hypervolume" in keys(view.shelves)
    presenter.searched("no card says this")
    assert view.shelves == []
    presenter.searched("")
    assert sorted(keys(view.shelves)) == sorted([*METRICS, *MEASURES])


@pytest.mark.parametrize("key", [*METRICS, *MEASURES])
def test_every_metric_can_be_shown_with_its_reference(key):
    view, presenter = RecordingView(), MetricsPresenter()
    presenter.attach(view)
    presenter.metric_chosen(key)
    shown = view.shown[-1]
    assert shown.metric.key == key
    assert shown.reference != shown.metric.card.reference, "the reference is spelt out"


def test_a_part_that_is_not_there_gives_way_to_the_meaning_and_comes_back():
    view, presenter, shown = RecordingView(), MetricsPresenter(), []
    presenter.part_changed.connect(shown.append)
    presenter.attach(view)
    presenter.part_chosen(Part.DISAGREE)
    presenter.metric_chosen("fit_seconds")
    assert Part.DISAGREE not in view.offered
    assert view.parts[-1] is Part.MEANING
    presenter.metric_chosen("mae")
    assert tuple(view.offered) == tuple(Part)
    assert view.parts[-1] is Part.DISAGREE
    assert shown == view.parts


def test_the_mean_gain_can_be_tried_and_asked_about():
    view, presenter = RecordingView(), MetricsPresenter()
    presenter.attach(view)
    presenter.metric_chosen(GAIN)
    assert tuple(view.offered) == (Part.TRY, Part.MEANING, Part.EXERCISES)
    assert view.parts[-1] is Part.TRY


def test_an_unknown_metric_is_refused():
    presenter = MetricsPresenter()
    presenter.attach(RecordingView())
    with pytest.raises(UnknownMetricError):
        presenter.metric_chosen("no such")


def test_a_number_leads_to_its_metric_and_its_rows():
    view, presenter, told = RecordingView(), MetricsPresenter(), []
    presenter.attach(view)
    presenter.metric_changed.connect(told.append)
    presenter.number_asked(NumberAsked(1, (1,), "Bias", "rating", "mae", None))
    assert view.shown[-1].metric.key == "mae"
    assert view.parts[-1] is Part.ROWS
    assert told == ["mae"]


def test_an_example_is_written_line_by_line():
    example = {"lists": [[1, 2], [3]], "k": 2, "higher": True, "score": -0.5, "bytes": 4.1e8}
    example["value"] = 0.123456
    assert example_lines(example) == [
        "lists = [1, 2], [3]",
        "k = 2",
        "higher = yes",
        "score = −0.5",
        "bytes = 410,000,000",
        "gives 0.1235",
    ]


@pytest.fixture
def page(qtbot):
    made = MetricsPage(Appearance())
    qtbot.addWidget(made)
    yield made
    made.close()


def test_a_press_shows_the_card(qtbot, page):
    presenter = MetricsPresenter()
    page.metric_chosen.connect(presenter.metric_chosen)
    page.part_chosen.connect(presenter.part_chosen)
    presenter.attach(page)
    page.resize(1000, 700)
    page.show()
    assert page.title.text() == "NDCG@k"
    qtbot.mouseClick(page.button("auc"), Qt.MouseButton.LeftButton)
    assert page.title.text() == "AUC"
    assert page.button("auc").isChecked()
    page.part_chosen.emit(Part.MEANING)
    meaning = page.meaning
    assert meaning.isVisible()
    assert meaning.mistake.text() == METRICS["auc"].card.mistake
    assert "truth = 1, 1, 0, 0" in meaning.example.text()
    assert meaning.example.text().endswith("gives 0.875")
    meaning.formula.draw_now()
    assert meaning.formula.figure is not None


def test_measures_stand_under_the_metrics_with_their_cards(qtbot, page):
    presenter = MetricsPresenter()
    page.metric_chosen.connect(presenter.metric_chosen)
    presenter.attach(page)
    page.resize(1000, 700)
    page.show()
    for key, measure in MEASURES.items():
        page.button(key).click()
        presenter.part_chosen(Part.MEANING)
        assert page.title.text() == measure.card.title
        assert page.meaning.isVisible()
        assert page.meaning.mistake.text() == measure.card.mistake
        assert page.meaning.undefined.text() == measure.card.undefined
        assert page.meaning.blind.text() == measure.card.blind
        assert "gives" in page.meaning.example.text()
        assert page.meaning.reference.text()
        page.meaning.formula.draw_now()
        assert page.meaning.formula.figure is not None
    page.button("fit_seconds").click()
    assert "seconds" in page.sentence.text()


def test_a_narrow_page_has_one_line_instead_of_the_shelf(page):
    presenter = MetricsPresenter()
    page.metric_chosen.connect(presenter.metric_chosen)
    presenter.attach(page)
    page.resize(600, 700)
    page.show()
    assert not page.shelf.isVisible()
    assert page.picker.isVisible()
    place = page.picker.findData("mae")
    page.picker.setCurrentIndex(place)
    page.picker.activated.emit(place)
    assert page.title.text() == "MAE"
    page.resize(1000, 700)
    assert page.shelf.isVisible()

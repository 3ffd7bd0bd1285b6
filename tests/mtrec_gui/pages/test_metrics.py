"""The Metric Lab: every metric of the catalog has its place and its card."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from algorithms.errors import UnknownMetricError
from algorithms.metrics import METRICS
from mtrec_gui.pages.metrics.presenter import MetricsPresenter, shelves
from mtrec_gui.pages.metrics.view import MetricsPage
from mtrec_gui.widgets.appearance import Appearance


class RecordingView:
    def __init__(self) -> None:
        self.shelves, self.shown = [], []

    def show_shelves(self, shelves) -> None:
        self.shelves = shelves

    def show_metric(self, shown) -> None:
        self.shown.append(shown)


def test_every_metric_stands_on_one_shelf():
    keys = [metric.key for shelf in shelves() for metric in shelf.metrics]
    assert sorted(keys) == sorted(METRICS)
    assert all(metric.level is shelf.level for shelf in shelves() for metric in shelf.metrics)


@pytest.mark.parametrize("key", METRICS)
def test_every_metric_can_be_shown_with_its_reference(key):
    view, presenter = RecordingView(), MetricsPresenter()
    presenter.attach(view)
    presenter.metric_chosen(key)
    shown = view.shown[-1]
    assert shown.metric.key == key
    assert shown.reference != shown.metric.card.reference, "the reference is spelt out"


def test_an_unknown_metric_is_refused():
    presenter = MetricsPresenter()
    presenter.attach(RecordingView())
    with pytest.raises(UnknownMetricError):
        presenter.metric_chosen("no such")


def test_a_press_shows_the_card(qtbot):
    page, presenter = MetricsPage(Appearance()), MetricsPresenter()
    qtbot.addWidget(page)
    page.metric_chosen.connect(presenter.metric_chosen)
    presenter.attach(page)
    page.show()
    assert page.card.name.text() == "NDCG@k"
    qtbot.mouseClick(page.button("auc"), Qt.MouseButton.LeftButton)
    assert page.card.name.text() == "AUC"
    assert page.button("auc").isChecked()
    assert page.card.mistake.text() == METRICS["auc"].card.mistake
    page.card.formula.draw_now()
    assert page.card.formula.figure is not None

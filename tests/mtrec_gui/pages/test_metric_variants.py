"""One name, several numbers: the variants of a metric side by side, and a switch between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from algorithms.metrics.lab import RankedList, evaluate, variants_of
from mtrec_gui.pages.metrics.try_presenter import TryPresenter
from mtrec_gui.pages.metrics.try_view import TryPart
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.wording import number

TOP = RankedList(tuple("ABCD"), (1.0, 0.0, 1.0, 0.0), 2, unlisted=(1.0, 1.0))


@pytest.fixture
def page(qtbot) -> Iterator[TryPart]:
    made = TryPart(Appearance())
    qtbot.addWidget(made)
    made.resize(900, 900)
    made.show()
    yield made
    made.close()


@pytest.fixture
def bench(page) -> TryPresenter:
    made = TryPresenter()
    page.variants.chosen.connect(made.variant_chosen)
    made.attach(page)
    return made


@pytest.mark.parametrize("key", ["map", "recall_at", "ndcg_graded"])
def test_every_variant_stands_with_its_value(key, page, bench):
    bench.rows_taken(key, TOP, "invented here")
    assert page.variants.isVisible()
    lines = page.variants.lines
    assert list(lines) == [variant.key for variant in variants_of(key)]
    for variant, line in lines.items():
        assert line.value.text() == number(evaluate(key, TOP, variant).value, 4)
    assert [line.isChecked() for line in lines.values()] == [True] + [False] * (len(lines) - 1)


def test_average_precision_by_hand(page, bench):
    """A hit first, none second, four relevant items, k = 2: 1/2, 1/4, 1/1 and 1/2."""
    bench.rows_taken("map", TOP, "")
    values = {key: float(line.value.text()) for key, line in page.variants.lines.items()}
    assert values == {"possible": 0.5, "relevant": 0.25, "hits": 1.0, "places": 0.5}


def test_a_press_switches_the_equation_and_is_kept(qtbot, page, bench):
    bench.rows_taken("map", TOP, "")
    own = page.equation.equation.accessibleName()
    qtbot.mouseClick(page.variants.lines["relevant"], Qt.MouseButton.LeftButton)
    assert page.equation.value.text() == "0.2500"
    assert page.equation.equation.accessibleName() != own
    assert page.variants.lines["relevant"].isChecked()
    bench.k_changed(4)
    wanted = evaluate("map", TOP.with_k(4), "relevant").value
    assert page.equation.value.text() == number(wanted, 4)
    bench.metric_chosen("precision_at")
    assert not page.variants.isVisible()
    bench.metric_chosen("map")
    assert page.variants.lines["relevant"].isChecked()


def test_a_metric_of_one_variant_has_no_switch_and_unknown_ones_are_refused(page, bench):
    bench.metric_chosen("mae")
    assert not page.variants.isVisible()
    before = page.equation.value.text()
    bench.variant_chosen("relevant")
    assert page.equation.value.text() == before


def test_who_computes_it_so_is_said(page, bench):
    bench.metric_chosen("map")
    line = page.variants.lines["relevant"]
    assert "trec_eval" in line.who.whole
    assert "0." in line.accessibleName()

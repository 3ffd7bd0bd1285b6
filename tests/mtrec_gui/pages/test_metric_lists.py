"""Metrics beyond accuracy: several users' lists that are filled anew, read, and asked about."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from algorithms.metrics import METRICS, Level
from algorithms.metrics.lab import NOTHING, UserLists, evaluate, find_disagreement, first_example
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.metrics.disagree_presenter import DisagreePresenter
from mtrec_gui.pages.metrics.disagree_view import DisagreePart
from mtrec_gui.pages.metrics.example_table import ExampleTable
from mtrec_gui.pages.metrics.exercise_presenter import ExercisePresenter
from mtrec_gui.pages.metrics.exercise_view import ExercisePart
from mtrec_gui.pages.metrics.lab_row import TermChip
from mtrec_gui.pages.metrics.lists_editor import ListsEditor
from mtrec_gui.pages.metrics.lists_words import category_sign, item_text, items_text, user_remark
from mtrec_gui.pages.metrics.try_presenter import TryPresenter
from mtrec_gui.pages.metrics.try_view import TryPart
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.labels import PlainLabel

BEYOND = [key for key, metric in METRICS.items() if metric.level is Level.BEYOND]


@pytest.fixture
def page(qtbot) -> Iterator[TryPart]:
    made = TryPart(Appearance())
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    yield made
    made.close()


@pytest.fixture
def bench(page) -> TryPresenter:
    made = TryPresenter()
    page.lists.item_changed.connect(made.item_changed)
    page.lists.k_changed.connect(made.k_changed)
    page.lists.pointed.connect(made.row_pointed)
    page.equation.pointed.connect(made.step_pointed)
    page.reset_pressed.connect(made.reset_pressed)
    made.attach(page)
    return made


def choose(editor: ListsEditor, at: int, item: int) -> None:
    """Choose an item as a person does: the menu tells afterwards."""
    menu = editor.places[at]
    place = menu.findData(item)
    assert place >= 0
    menu.setCurrentIndex(place)
    menu.activated.emit(place)


def texts(widget) -> list[str]:
    return [label.text() for label in widget.findChildren(PlainLabel) if not label.isHidden()]


def test_another_item_in_a_place_is_another_value_at_once(page, bench):
    bench.metric_chosen("item_coverage")
    before = first_example("item_coverage")
    assert isinstance(before, UserLists)
    unseen = next(
        item
        for item in range(len(before.items))
        if all(item not in before.listed(user) for user in range(len(before.users)))
    )
    shown = page.equation.value.text()
    choose(page.lists, 0, unseen)
    after = before.with_item(0, unseen)
    assert page.lists.places[0].currentData() == unseen
    assert page.equation.value.text() != shown
    assert float(page.equation.value.text()) == pytest.approx(
        evaluate("item_coverage", after).value, abs=1e-4
    )
    assert page.reset.isEnabled()
    page.reset.click()
    assert page.equation.value.text() == shown


def test_an_item_that_the_list_held_changes_places(page, bench):
    bench.metric_chosen("novelty")
    first, second = (page.lists.places[at].currentData() for at in (0, 1))
    choose(page.lists, 0, second)
    assert [page.lists.places[at].currentData() for at in (0, 1)] == [second, first]


def test_an_emptied_list_is_a_user_who_gets_nothing(page, bench):
    bench.metric_chosen("user_coverage")
    example = first_example("user_coverage")
    before = evaluate("user_coverage", example).value
    for place in range(example.width):
        choose(page.lists, place, NOTHING)
    assert float(page.equation.value.text()) == pytest.approx(before - 1 / len(example.users))


def test_k_leaves_out_places_and_shows_which(page, bench):
    bench.metric_chosen("popularity_bias")
    width = first_example("popularity_bias").width
    assert page.lists.k.maximum() == width
    page.lists.k.setValue(1)
    beyond = [bool(menu.property("beyond")) for menu in page.lists.places[:width]]
    assert beyond == [False] + [True] * (width - 1)
    value = evaluate("popularity_bias", first_example("popularity_bias").with_k(1)).value
    assert float(page.equation.value.text()) == pytest.approx(value, abs=1e-4)


def test_terms_light_the_places_they_come_from(page, bench, qtbot):
    bench.metric_chosen("diversity")
    qtbot.waitUntil(page.equation.chips[0].isVisible)
    page.equation.chips[0].setFocus()
    rows = evaluate("diversity", first_example("diversity")).steps[0].rows
    lit = {at for at, menu in enumerate(page.lists.places) if menu.property("lit")}
    assert lit == set(rows)
    page.lists.places[rows[0]].setFocus()
    assert page.equation.chips[0].property("lit")


def test_what_a_metric_looks_at_beside_the_lists_is_said(page, bench):
    bench.metric_chosen("miscalibration")
    example = first_example("miscalibration")
    assert page.lists.remarks[0].isVisible()
    assert items_text(example.items, example.met[0]) in page.lists.remarks[0].text()
    bench.metric_chosen("serendipity")
    assert items_text(example.items, example.relevant[0]) in page.lists.remarks[0].text()
    bench.metric_chosen("gini")
    assert not page.lists.remarks[0].isVisible()


def test_the_items_are_listed_with_what_is_known_of_them(page, bench):
    bench.metric_chosen("gini")
    example = first_example("gini")
    said = texts(page.lists.items)
    facts = example.items
    for item, name in enumerate(facts.names):
        assert f"{name} {category_sign(facts, item)} {facts.categories[item]}" in said
    assert f"{facts.n_meetings[0]}/{facts.n_users}" in said


def test_every_place_can_be_named_aloud(page, bench):
    bench.metric_chosen("gini")
    names = [menu.accessibleName() for menu in page.lists.places]
    assert len(set(names)) == len(names)
    assert all(names)


def test_lists_can_be_read_without_being_changed(qtbot):
    example = first_example("serendipity")
    table = ExampleTable()
    qtbot.addWidget(table)
    table.show_example(example, ("serendipity",))
    said = texts(table)
    for user, name in enumerate(example.users):
        assert name in said
        assert all(item_text(example, user, item, True) in said for item in example.lists[user])
        assert user_remark(example, user, ("serendipity",)) in said


@pytest.mark.parametrize("key", BEYOND)
def test_every_metric_asks_and_judges(key, qtbot):
    view = ExercisePart(Appearance())
    qtbot.addWidget(view)
    presenter = ExercisePresenter(np.random.default_rng(3), tuple, lambda _: None)
    view.answered.connect(presenter.answered)
    presenter.attach(view)
    presenter.metric_chosen(key)
    presenter.shown(True)
    assert view.question.text()
    (view.choices[0] if view.choices else view.check).click()
    assert view.verdict.text()
    assert view.reason.text()


def test_two_of_them_disagree_about_two_models(qtbot):
    view = DisagreePart(Appearance())
    qtbot.addWidget(view)
    presenter = DisagreePresenter(ImmediateRunner(), np.random.default_rng(1))
    presenter.attach(view)
    presenter.metric_chosen("diversity")
    presenter.shown(True)
    presenter.other_chosen("novelty")
    assert "prefers the first" in view.explanation.text()
    offered = {view.other.itemData(at) for at in range(view.other.count())}
    assert offered == set(BEYOND) - {"diversity"}
    assert find_disagreement("diversity", "novelty", np.random.default_rng(1))


def test_a_long_term_is_cut_and_said_in_full(qtbot):
    chip = TermChip(0)
    qtbot.addWidget(chip)
    chip.setText("0.5")
    assert (chip.text(), chip.toolTip()) == ("0.5", "")
    long = "0.667 · ln 0.667/0.0067 + 0.333 · ln 0.333/0.33"
    chip.setText(long)
    assert len(chip.text()) < len(long)
    assert chip.toolTip() == long

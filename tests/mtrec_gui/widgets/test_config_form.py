"""The form made from a configuration: controls, bounds, refusals, and the wheel."""

from enum import StrEnum
from typing import Literal

import pytest
from pydantic import BaseModel, Field, model_validator
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit

from algorithms.data.split import SplitConfig
from algorithms.models.catalog import MODELS
from mtrec_gui.widgets.config_form import ConfigForm, TextEditor, field_title
from mtrec_gui.widgets.quiet_controls import QuietCombo, QuietDoubleSpin, QuietSpin


class Colour(StrEnum):
    RED = "red"
    DEEP_BLUE = "deep_blue"


class Example(BaseModel):
    rule: Literal["only"] = "only"
    n_factors: int = Field(32, ge=1, le=512, description="Length of the vectors")
    rate: float = Field(0.05, gt=0, lt=1, description="Size of a step")
    base: Literal["als", "svd"] = Field("als", description="What learns")
    colour: Colour = Field(Colour.RED, description="Any")
    biased: bool = Field(True, description="With offsets")
    task: str = Field("click", description="Which task")
    free: str = Field("x", min_length=1, description="Any text")
    parts: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _even_where_fast(self):
        if self.rate > 0.5 and self.n_factors > 100:
            raise ValueError("too fast for so many factors")
        return self


@pytest.fixture
def form(qtbot):
    made = ConfigForm(Example, choices={"task": ("click", "purchase")})
    qtbot.addWidget(made)
    made.set_values({})
    made.told = []
    made.changed.connect(lambda name, values: made.told.append((name, values)))
    return made


def test_each_kind_of_field_has_its_control(form):
    kinds = {
        "n_factors": QuietSpin,
        "rate": QuietDoubleSpin,
        "base": QuietCombo,
        "colour": QuietCombo,
        "biased": QCheckBox,
        "task": QuietCombo,
        "free": QLineEdit,
    }
    assert {name: type(form.control(name)) for name in kinds} == kinds
    with pytest.raises(KeyError):
        form.control("rule")  # one value only: nothing to choose
    with pytest.raises(KeyError):
        form.control("parts")


def test_controls_are_named_for_those_who_cannot_see_them(form):
    control = form.control("n_factors")
    assert control.accessibleName() == "Number of factors"
    assert "Length of the vectors" in control.accessibleDescription()


def test_range_and_default_stand_under_a_field(form):
    assert form.remark("n_factors") == "Length of the vectors · 1 to 512 · default 32"
    assert form.remark("rate") == "Size of a step · between 0 and 1 · default 0.05"


def test_only_what_differs_from_the_defaults_is_told(form):
    form.control("n_factors").setValue(64)
    form.control("colour").setCurrentIndex(1)
    form.control("n_factors").setValue(32)
    assert form.told == [
        ("n_factors", {"n_factors": 64}),
        ("colour", {"n_factors": 64, "colour": "deep_blue"}),
        ("n_factors", {"colour": "deep_blue"}),
    ]


def test_open_bounds_cannot_be_reached(form):
    rate = form.control("rate")
    rate.setValue(-5)
    assert rate.value() > 0
    rate.setValue(5)
    assert rate.value() < 1


def test_showing_values_tells_nothing_and_keeps_what_has_no_control(form):
    form.set_values({"n_factors": 8, "parts": (1, 2)})
    assert form.told == []
    form.control("biased").setChecked(False)
    assert form.told == [("biased", {"n_factors": 8, "parts": (1, 2), "biased": False})]


def test_numbers_are_read_and_shown_with_a_point_and_without_idle_zeros(form, qtbot):
    rate = form.control("rate")
    rate.selectAll()
    qtbot.keyClicks(rate, "0.125")
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    assert rate.text() == "0.125"
    assert form.told[-1] == ("rate", {"rate": 0.125})


def test_a_refused_value_says_why_at_the_field_and_is_not_passed_on(form, qtbot):
    line = form.control("free")
    line.clear()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert form.told == []
    assert "at least 1 character" in form.remark("free")
    qtbot.keyClicks(line, "y")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert form.told == [("free", {"free": "y"})]
    assert form.remark("free") == "Any text"


def test_values_that_do_not_go_together_are_refused_at_the_end(form):
    form.control("n_factors").setValue(200)
    form.control("rate").setValue(0.9)
    assert form.told == [("n_factors", {"n_factors": 200})]
    assert form.problem.text() == "too fast for so many factors"
    form.set_values({})
    assert form.problem.isHidden()


def test_a_text_that_is_no_choice_any_more_is_shown_all_the_same(form):
    form.set_values({"task": "gone"})
    assert form.control("task").currentText() == "gone"
    form.control("task").setCurrentText("purchase")
    assert form.told == [("task", {"task": "purchase"})]


def test_fields_can_be_left_out_and_hidden(qtbot):
    form = ConfigForm(SplitConfig, skip=("method",))
    qtbot.addWidget(form)
    form.show_fields(("n_test",))
    assert not form.control("n_test").isHidden()
    assert form.control("test_fraction").isHidden()


def test_the_wheel_scrolls_the_page_and_not_the_value(form):
    for name in ("n_factors", "rate", "base"):
        control = form.control(name)
        before = form.values()
        event = QWheelEvent(
            QPointF(2, 2),
            QPointF(2, 2),
            QPoint(0, -10),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        control.wheelEvent(event)
        assert not event.isAccepted()
        assert form.values() == before


@pytest.mark.parametrize("key", list(MODELS))
def test_the_form_of_every_model_shows_its_defaults(key, qtbot):
    config_class = MODELS[key].config_class
    form = ConfigForm(config_class, skip=("rules",))
    qtbot.addWidget(form)
    form.set_values({})
    assert form.values() == {}
    elsewhere = ("rules", "rule_sets")  # on the Rules page; in a file for ``mtrec run``
    for name, field in config_class.model_fields.items():
        if name not in elsewhere:
            assert form.control(name).isEnabled()
            assert field.description.split(",")[0] in form.remark(name)


def test_rule_sets_from_a_file_are_kept_while_other_fields_are_edited(qtbot):
    form = ConfigForm(MODELS["policy_rule_sets"].config_class, skip=("rules",))
    qtbot.addWidget(form)
    sets = [{"name": "Mine", "method": "sum"}]
    form.set_values({"rule_sets": sets})
    form.control("top_places").setValue(2)
    assert form.values() == {"rule_sets": sets, "top_places": 2}


def test_titles():
    assert field_title("n_factors") == "Number of factors"
    assert field_title("learning_rate") == "Learning rate"


class OwnEditor(TextEditor):
    """Says what it is told to."""

    def __init__(self):
        super().__init__()
        self.held = ""

    def text(self):
        return self.held

    def set_text(self, text):
        self.held = text


class Worded(BaseModel):
    words: str = Field("a", description="Some words")
    number: int = Field(1, ge=0, le=9, description="A number")


def test_a_text_can_have_an_editor_of_its_own_and_come_last(qtbot):
    form = ConfigForm(Worded, editors={"words": OwnEditor}, last=("words",))
    qtbot.addWidget(form)
    heard = []
    form.changed.connect(lambda *change: heard.append(change))
    form.set_values({"words": "b"})
    editor = form.control("words")
    assert editor.held == "b"
    assert editor.accessibleName() == "Words"
    editor.held = "c"
    editor.edited.emit("c")
    assert heard == [("words", {"words": "c"})]
    form.resize(300, 200)
    form.show()
    assert editor.y() > form.control("number").y()
    assert editor.width() > 250


def test_a_text_that_may_be_long_gets_a_wide_field(qtbot):
    form = ConfigForm(MODELS["outside_prompted"].config_class)
    qtbot.addWidget(form)
    assert form.control("address").minimumWidth() == 2 * form.control("timeout").minimumWidth()

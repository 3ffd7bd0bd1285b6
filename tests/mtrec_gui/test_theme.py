"""The palette can be read: contrasts after WCAG 2.2, and a style sheet that Qt understands."""

from dataclasses import fields
from itertools import combinations

import pytest
from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSlider,
    QSpinBox,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mtrec_gui.theme import DARK, LIGHT, THEMES, ThemeName, stylesheet
from mtrec_gui.widgets.appearance import Appearance

GROUNDS = ("ground", "surface", "sunk", "accent_soft")
TEXTS = ("text", "muted", "accent", "better", "worse")


def luminance(colour):
    """Relative luminance of a colour such as #1A2B3C (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """Contrast ratio of two colours (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
class TestContrast:
    @pytest.mark.parametrize("text", TEXTS)
    @pytest.mark.parametrize("ground", GROUNDS)
    def test_text_can_be_read(self, theme, text, ground):
        assert contrast(getattr(theme, text), getattr(theme, ground)) >= 4.5

    def test_text_on_what_is_pressed_can_be_read(self, theme):
        assert contrast(theme.on_accent, theme.accent) >= 4.5

    @pytest.mark.parametrize("ground", GROUNDS)
    def test_the_colour_of_every_task_can_be_seen(self, theme, ground):
        faint = [c for c in theme.tasks if contrast(c, getattr(theme, ground)) < 3]
        assert faint == []

    @pytest.mark.parametrize("ground", ["ground", "surface", "sunk"])
    def test_edges_of_fields_and_sliders_can_be_seen(self, theme, ground):
        assert contrast(theme.edge, getattr(theme, ground)) >= 3

    def test_no_two_tasks_share_a_colour(self, theme):
        assert len(set(theme.tasks)) == len(theme.tasks)
        # and none is that of what can be pressed
        assert theme.accent not in theme.tasks


def test_every_token_is_a_colour_in_both_themes():
    for theme in THEMES.values():
        for field in fields(theme):
            value = getattr(theme, field.name)
            for colour in value if field.name == "tasks" else (value,):
                assert field.name == "name" or (colour[0] == "#" and int(colour[1:], 16) >= 0)
    assert len(LIGHT.tasks) == len(DARK.tasks)


def test_a_task_keeps_its_colour_after_the_last_one():
    assert LIGHT.task_colour(len(LIGHT.tasks)) == LIGHT.task_colour(0)


@pytest.mark.parametrize("zoom", [0.8, 1.0, 2.5])
@pytest.mark.parametrize("name", list(ThemeName))
def test_qt_understands_the_style_sheet(qtbot, name, zoom):
    warnings = []
    before = qInstallMessageHandler(lambda kind, where, text: warnings.append(text))
    try:
        appearance = Appearance(name, zoom)
        appearance.apply()
        holder = QWidget()
        qtbot.addWidget(holder)
        layout = QVBoxLayout(holder)
        for kind in (
            QLabel,
            QPushButton,
            QLineEdit,
            QSpinBox,
            QComboBox,
            QCheckBox,
            QRadioButton,
            QSlider,
            QProgressBar,
            QTableView,
        ):
            made = kind()
            layout.addWidget(made)
        holder.show()
        holder.grab()
    finally:
        qInstallMessageHandler(before)
    assert [w for w in warnings if "propagateSizeHints" not in w] == []


def test_a_broken_style_sheet_would_be_noticed(qtbot):
    """The check above can fail: Qt does complain of what it cannot parse."""
    warnings = []
    before = qInstallMessageHandler(lambda kind, where, text: warnings.append(text))
    label = QLabel()
    qtbot.addWidget(label)
    try:
        label.setStyleSheet(stylesheet(LIGHT, 1.0) + "QLabel {{")
        label.ensurePolished()
    finally:
        qInstallMessageHandler(before)
    assert any("parse" in text.lower() for text in warnings)


def test_sizes_follow_the_zoom():
    sheets = {zoom: stylesheet(LIGHT, zoom) for zoom in (0.8, 1.0, 2.5)}
    for one, other in combinations(sheets.values(), 2):
        assert one != other
    assert "font-size: 32px" in sheets[2.5]  # 13 px of text


@pytest.mark.parametrize("name", list(ThemeName))
@pytest.mark.parametrize("zoom", [0.8, 1.0, 2.5])
def test_the_focus_moves_nothing(qtbot, name, zoom):
    """The ring is two pixels wide where the line was one: the padding makes up for it."""
    Appearance(name, zoom).apply()
    holder = QWidget()
    qtbot.addWidget(holder)
    layout = QVBoxLayout(holder)
    controls = [QLineEdit("x"), QSpinBox(), QComboBox(), QCheckBox("x"), QRadioButton("x")]
    for kind in ("secondary", "primary", "quiet", "bar", "navigation", "row"):
        made = QPushButton("x")
        made.setProperty("kind", kind)
        controls.append(made)
    for control in controls:
        layout.addWidget(control)
    holder.show()
    holder.activateWindow()
    qtbot.waitUntil(holder.isActiveWindow)
    for control in controls:
        holder.setFocus()
        before = control.sizeHint()
        control.setFocus()
        assert control.hasFocus()
        assert control.sizeHint() == before, control.property("kind") or type(control)

"""One name, several numbers: what libraries compute on the same rows, to switch between."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from algorithms.metrics.lab import Variant, Worked
from mtrec_gui.theme import XS
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.choice_button import ChoiceButton
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel, plain_tip
from mtrec_gui.widgets.layout import Card, column
from mtrec_gui.wording import number, say

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class VariantSwitch(Card):
    """The variants of a metric with their values, one of which the equation shows.

    Signals
    -------
    chosen : key of a variant
    """

    chosen = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(" ", " ", parent)
        self.set_words(
            self.tr("One name, several numbers"),
            self.tr("What libraries compute on these very rows; press one to see its equation."),
        )
        self._appearance = appearance
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(XS)
        self.body.addLayout(self._lines)
        self._shown: tuple[Variant, ...] = ()
        self.lines: dict[str, VariantLine] = {}
        appearance.changed.connect(self._scale)

    def show_variants(self, found: Sequence[tuple[Variant, Worked]], chosen: str) -> None:
        """Show the variants of a metric and what each gives; nothing where there is none."""
        self.setVisible(bool(found))
        variants = tuple(variant for variant, _ in found)
        if variants != self._shown:
            self._build(variants)
        for variant, worked in found:
            line = self.lines[variant.key]
            line.show_value(worked)
            line.setChecked(variant.key == chosen)

    def _build(self, variants: tuple[Variant, ...]) -> None:
        for old in self.lines.values():
            self._group.removeButton(old)
            self._lines.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._shown = variants
        self.lines = {}
        for place, variant in enumerate(variants):
            line = VariantLine(variant, place == 0, self._appearance)
            line.clicked.connect(lambda _=False, key=variant.key: self.chosen.emit(key))
            self._group.addButton(line)
            self._lines.addWidget(line)
            self.lines[variant.key] = line

    def _scale(self) -> None:
        for line in self.lines.values():
            line.scale()


class VariantLine(ChoiceButton):
    """What is different, who computes it so, and the value."""

    def __init__(
        self,
        variant: Variant,
        is_own: bool,
        appearance: Appearance,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, parent)
        self.setProperty("framed", True)
        self._name = say(variant.name)
        who = (self.tr("this lab"), *variant.who) if is_own else variant.who
        self.who = ElidedLabel(self.tr("as {who}").format(who=", ".join(who)), "remark")
        self.setToolTip(plain_tip(self.who.whole))  # the mouse is over the line, not the label
        words = QWidget()
        words.setLayout(column(ElidedLabel(self._name), self.who, spacing=0))
        self.value = PlainLabel("", "strong")
        self.value.setAlignment(_RIGHT)
        self.put(words, 1)
        self.put(self.value)

    def show_value(self, worked: Worked) -> None:
        """Show what the variant gives."""
        text = number(worked.value, 4)
        self.value.setText(text)
        self.setAccessibleName(self.tr("{variant}: {value}").format(variant=self._name, value=text))

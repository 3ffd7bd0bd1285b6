"""A form made from a model's configuration: one declaration gives control, range and tip.

Numbers with both bounds become spin boxes, choices become drop-down lists, truth values check
boxes. A value that the configuration refuses is marked with its reason and not passed on.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from mtrec_gui.theme import M, S
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.wording import engine_text


class ConfigForm(QWidget):
    """Edits one configuration.

    Signals
    -------
    changed : (field name, values that differ from the defaults) after a valid edit
    """

    changed = Signal(str, dict)

    def __init__(self, config_class: type[BaseModel], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._class = config_class
        self._get: dict[str, Callable[[], Any]] = {}
        self._set: dict[str, Callable[[Any], None]] = {}
        self._quiet = False
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(M)
        layout.setVerticalSpacing(S)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        for name, field in config_class.model_fields.items():
            control = self._control(name, field)
            if control is None:
                continue
            tip = engine_text(field.description or "")
            words = PlainLabel(name.replace("_", " "))
            words.setToolTip(tip)
            words.setBuddy(control)
            control.setToolTip(tip)
            control.setAccessibleName(name.replace("_", " "))
            control.setAccessibleDescription(tip)
            control.setObjectName(name)
            layout.addRow(words, control)
            remark = PlainLabel(tip, "remark", wrap=True)
            layout.addRow("", remark)
        self.problem = PlainLabel(role="worse", wrap=True)
        self.problem.hide()
        layout.addRow(self.problem)

    @property
    def has_fields(self) -> bool:
        """Whether there is anything to edit."""
        return bool(self._get)

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show a configuration; what is not named has its default."""
        self._quiet = True
        for name, put in self._set.items():
            put(values.get(name, _default(self._class.model_fields[name])))
        self._quiet = False
        self.problem.hide()

    def values(self) -> dict[str, Any]:
        """Return the values that differ from the defaults."""
        found = {name: get() for name, get in self._get.items()}
        return {
            name: value
            for name, value in found.items()
            if value != _default(self._class.model_fields[name])
        }

    def _edited(self, name: str) -> None:
        if self._quiet:
            return
        values = self.values()
        try:
            self._class.model_validate(values)
        except ValidationError as error:
            self.problem.setText(error.errors()[0]["msg"])
            self.problem.show()
            return
        self.problem.hide()
        self.changed.emit(name, values)

    def _control(self, name: str, field: FieldInfo) -> QWidget | None:
        """Return the control of a field, or None for a field that is edited elsewhere."""
        kind = field.annotation
        optional = False
        if get_origin(kind) in (Union, types.UnionType):
            inner = [part for part in get_args(kind) if part is not type(None)]
            optional = len(inner) < len(get_args(kind))
            kind = inner[0] if len(inner) == 1 else None
        if optional:
            return None
        if kind is bool:
            return self._check(name)
        if get_origin(kind) is Literal:
            return self._combo(name, [(str(value), value) for value in get_args(kind)])
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self._combo(name, [(str(member.value), member.value) for member in kind])
        if kind is int:
            return self._spin(name, *_bounds(field))
        if kind is float:
            return self._double_spin(name, *_bounds(field))
        if kind is str:
            return self._line(name)
        return None

    def _check(self, name: str) -> QWidget:
        box = QCheckBox()
        box.toggled.connect(lambda _: self._edited(name))
        self._get[name], self._set[name] = box.isChecked, box.setChecked
        return box

    def _combo(self, name: str, choices: list[tuple[str, Any]]) -> QWidget:
        box = QuietCombo()
        for text, value in choices:
            box.addItem(engine_text(text.replace("_", " ")), value)
        box.currentIndexChanged.connect(lambda _: self._edited(name))
        self._get[name] = box.currentData
        self._set[name] = lambda value: box.setCurrentIndex(
            max(0, box.findData(value.value if isinstance(value, Enum) else value))
        )
        return box

    def _spin(self, name: str, low: float | None, high: float | None) -> QWidget:
        box = QuietSpin()
        box.setRange(int(low if low is not None else -1_000_000),
                     int(high if high is not None else 1_000_000))  # fmt: skip
        box.setKeyboardTracking(False)
        box.valueChanged.connect(lambda _: self._edited(name))
        self._get[name], self._set[name] = box.value, box.setValue
        return box

    def _double_spin(self, name: str, low: float | None, high: float | None) -> QWidget:
        box = QuietDoubleSpin()
        box.setDecimals(6)
        box.setRange(low if low is not None else -1e9, high if high is not None else 1e9)
        box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        box.setKeyboardTracking(False)
        box.valueChanged.connect(lambda _: self._edited(name))
        self._get[name], self._set[name] = lambda: float(box.cleanText()), box.setValue
        return box

    def _line(self, name: str) -> QWidget:
        line = QLineEdit()
        line.editingFinished.connect(lambda: self._edited(name))
        self._get[name], self._set[name] = line.text, line.setText
        return line


class _QuietWheel:
    """Leaves the mouse wheel to the page unless the control has the focus."""

    def wheelEvent(self, event: Any) -> None:  # noqa: N802
        """Scroll the page, not the value."""
        if self.hasFocus():  # type: ignore[attr-defined]
            super().wheelEvent(event)  # type: ignore[misc]
        else:
            event.ignore()


class QuietCombo(_QuietWheel, QComboBox):
    """A drop-down list that the wheel does not change in passing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class QuietSpin(_QuietWheel, QSpinBox):
    """A whole number that the wheel does not change in passing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class QuietDoubleSpin(_QuietWheel, QDoubleSpinBox):
    """A number that the wheel does not change in passing, shown without idle zeros."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """Write a number as short as it goes."""
        return f"{value:.6g}"


def _default(field: FieldInfo) -> Any:
    value = field.get_default(call_default_factory=True)
    return value.value if isinstance(value, Enum) else value


def _bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    """Return the lowest and highest value that a field's declaration allows."""
    low: float | None = None
    high: float | None = None
    whole = field.annotation is int
    for part in field.metadata:
        for name, value in (("ge", None), ("gt", None), ("le", None), ("lt", None)):
            value = getattr(part, name, None)
            if value is None:
                continue
            if name == "ge":
                low = value
            elif name == "le":
                high = value
            elif name == "gt":
                low = value + 1 if whole else math.nextafter(value, math.inf)
            else:
                high = value - 1 if whole else math.nextafter(value, -math.inf)
    return low, high

"""A form made from a configuration's declaration: control, range, default and description.

Numbers become spin boxes within their bounds, choices drop-down lists, truth values check boxes.
A value that the configuration refuses is marked with its reason and not passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from mtrec_gui.theme import L, M, S
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.quiet_controls import QuietCombo, QuietDoubleSpin, QuietSpin
from mtrec_gui.wording import engine_text

DIGITS = 6  # of numbers that are not whole
_FREE = 1_000_000  # where a declaration sets no bound
_SHORT = 40  # characters: a text that may be longer gets a field of twice the width


class TextEditor(QWidget):
    """What a form asks of an editor for one text.

    Signals
    -------
    edited : the text, after an edit that is worth passing on
    """

    edited = Signal(str)

    def text(self) -> str:
        """Return the text."""
        raise NotImplementedError

    def set_text(self, text: str) -> None:
        """Show a text."""
        raise NotImplementedError


class ConfigForm(QWidget):
    """Edits one configuration.

    Parameters
    ----------
    config_class : the declaration; fields that need more than one control are left out
    skip : fields that are edited elsewhere
    choices : for text fields, the texts to choose from
    editors : for text fields, what makes an editor of their own, over the whole width
    last : fields that come after all others, wherever they are declared
    titles : by field, what stands for its values in a drop-down list

    Signals
    -------
    changed : (field name, values that differ from the defaults) after a valid edit
    """

    changed = Signal(str, dict)

    def __init__(
        self,
        config_class: type[BaseModel],
        parent: QWidget | None = None,
        *,
        skip: Sequence[str] = (),
        choices: Mapping[str, Sequence[str]] | None = None,
        editors: Mapping[str, Callable[[], TextEditor]] | None = None,
        last: Sequence[str] = (),
        titles: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        super().__init__(parent)
        self._class = config_class
        self._choices = dict(choices or {})
        self._editors = dict(editors or {})
        self._titles = dict(titles or {})
        self._get: dict[str, Callable[[], Any]] = {}
        self._set: dict[str, Callable[[Any], None]] = {}
        self._controls: dict[str, QWidget] = {}
        self._labels: dict[str, PlainLabel] = {}
        self._remarks: dict[str, PlainLabel] = {}
        self._kept: dict[str, Any] = {}  # values of fields without a control
        self._shown: dict[str, Any] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(L)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 1)
        declared = config_class.model_fields
        for name in sorted(declared, key=lambda name: name in last):  # else as declared
            field = declared[name]
            control = None if name in skip else self._control(name, field)
            if control is not None:
                self._add(name, field, control)
        self.problem = PlainLabel(role="worse", wrap=True)
        self.problem.hide()
        self._grid.addWidget(self.problem, self._grid.rowCount(), 0, 1, 2)

    @property
    def has_fields(self) -> bool:
        """Whether there is anything to edit."""
        return bool(self._get)

    def control(self, name: str) -> QWidget:
        """Return the control of a field."""
        return self._controls[name]

    def remark(self, name: str) -> str:
        """Return what stands under a field: its description, or why its value is refused."""
        return self._remarks[name].text()

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that have a control, in their order."""
        return tuple(self._controls)

    def description(self, name: str) -> str:
        """Return what a field means, its range and its default."""
        return self._description(self._class.model_fields[name])

    def show_fields(self, names: Sequence[str]) -> None:
        """Show only these fields; the others keep their values."""
        for name, control in self._controls.items():
            for widget in (control, self._labels[name], self._remarks[name]):
                widget.setVisible(name in names)

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show a configuration; what is not named has its default."""
        self._kept = {name: value for name, value in values.items() if name not in self._set}
        self._shown = dict(values)
        for name, put in self._set.items():
            wanted = _plain(values.get(name, _default(self._class.model_fields[name])))
            if self._get[name]() != wanted:  # leaves alone what a person is typing in
                with QSignalBlocker(self._controls[name]):
                    put(wanted)
        self._show_problem(None)

    def values(self) -> dict[str, Any]:
        """Return the values that differ from the defaults."""
        found = {name: get() for name, get in self._get.items()}
        return self._kept | {
            name: value
            for name, value in found.items()
            if value != _default(self._class.model_fields[name])
        }

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the zoom."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    # --- building --------------------------------------------------------------------------

    def _add(self, name: str, field: FieldInfo, control: QWidget) -> None:
        """Put a field below the others: name and description left, control right."""
        title = field_title(field.title or name)
        label = PlainLabel(title)
        label.setBuddy(control)
        label.setToolTip(name)
        remark = PlainLabel(self._description(field), "remark", wrap=True)
        remark.setContentsMargins(0, 2, 0, S)
        typed_in = control.focusProxy() or control
        typed_in.setAccessibleName(title)
        typed_in.setAccessibleDescription(remark.text())
        control.setObjectName(name)
        place = self._grid.rowCount()
        if name in self._editors:
            self._grid.addWidget(label, place, 0, 1, 2)
            self._grid.addWidget(remark, place + 1, 0, 1, 2)
            self._grid.addWidget(control, place + 2, 0, 1, 2)
            self._grid.setRowMinimumHeight(place + 3, M)
        else:
            self._grid.addWidget(label, place, 0, Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(control, place, 1, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(remark, place + 1, 0, 1, 2)
        self._controls[name], self._labels[name], self._remarks[name] = control, label, remark
        self._fit()

    def _description(self, field: FieldInfo) -> str:
        """Say what a field means, its range and its default."""
        words = [engine_text(field.description)] if field.description else []
        limits = self._limits(field)
        if limits:
            words.append(limits)
        default = _default(field)
        if isinstance(default, (int, float)) and not isinstance(default, bool):
            words.append(self.tr("default {value}").format(value=f"{default:g}"))
        return " · ".join(words)

    def _limits(self, field: FieldInfo) -> str:
        bounds = _bounds(field)
        low = bounds.get("ge", bounds.get("gt"))
        high = bounds.get("le", bounds.get("lt"))
        if low is None or high is None:
            return ""
        template = {
            (True, True): self.tr("{low} to {high}"),
            (False, True): self.tr("above {low}, up to {high}"),
            (True, False): self.tr("{low} up to, but below, {high}"),
            (False, False): self.tr("between {low} and {high}"),
        }["ge" in bounds, "le" in bounds]
        return template.format(low=f"{low:g}", high=f"{high:g}")

    def _fit(self) -> None:
        """Give all controls one width, and those that need it more."""
        width = self.fontMetrics().horizontalAdvance("0" * 15)
        for name, control in self._controls.items():
            if isinstance(control, (QuietSpin, QuietDoubleSpin)):
                control.setFixedWidth(width)
            elif not isinstance(control, QCheckBox):
                is_long = _bounds(self._class.model_fields[name]).get("max_length", 0) > _SHORT
                control.setMinimumWidth(2 * width if is_long else width)

    def _control(self, name: str, field: FieldInfo) -> QWidget | None:
        """Return the control of a field, or None for a field that is edited elsewhere."""
        kind = field.annotation
        if kind is bool:
            return self._check(name)
        if get_origin(kind) is Literal:
            values = get_args(kind)
            return self._combo(name, [(str(v), v) for v in values]) if len(values) > 1 else None
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self._combo(name, [(str(member.value), member.value) for member in kind])
        if kind is int:
            return self._spin(name, _bounds(field))
        if kind is float:
            return self._double_spin(name, _bounds(field))
        if kind is str and name in self._editors:
            return self._own(name)
        if kind is str and name in self._choices:
            return self._pick(name, self._choices[name])
        return self._line(name) if kind is str else None

    def _check(self, name: str) -> QWidget:
        box = QCheckBox()
        box.toggled.connect(lambda _: self._edited(name))
        self._get[name], self._set[name] = box.isChecked, box.setChecked
        return box

    def _combo(self, name: str, choices: Sequence[tuple[str, Any]]) -> QWidget:
        box = QuietCombo()
        titles = self._titles.get(name, {})
        for text, value in choices:
            box.addItem(engine_text(titles.get(text, text.replace("_", " "))), value)
        box.currentIndexChanged.connect(lambda _: self._edited(name))
        self._get[name] = box.currentData
        self._set[name] = lambda value: box.setCurrentIndex(max(0, box.findData(value)))
        return box

    def _pick(self, name: str, texts: Sequence[str]) -> QWidget:
        """Return a list of texts; a value that is not among them is shown all the same."""
        box = QuietCombo()
        box.addItems(list(texts))

        def put(value: str) -> None:
            if box.findText(value) < 0:
                box.addItem(value)
            box.setCurrentText(value)

        put(_default(self._class.model_fields[name]) if not texts else texts[0])
        box.currentIndexChanged.connect(lambda _: self._edited(name))
        self._get[name], self._set[name] = box.currentText, put
        return box

    def _spin(self, name: str, bounds: Mapping[str, float]) -> QWidget:
        box = QuietSpin()
        low = bounds.get("ge", bounds.get("gt", -_FREE - 1) + 1)
        high = bounds.get("le", bounds.get("lt", _FREE + 1) - 1)
        box.setRange(int(low), int(high))
        box.setKeyboardTracking(False)
        box.valueChanged.connect(lambda _: self._edited(name))
        self._get[name], self._set[name] = box.value, box.setValue
        return box

    def _double_spin(self, name: str, bounds: Mapping[str, float]) -> QWidget:
        box = QuietDoubleSpin()
        box.setDecimals(DIGITS)
        least = 10.0**-DIGITS
        low = bounds.get("ge", bounds.get("gt", -_FREE - least) + least)
        high = bounds.get("le", bounds.get("lt", _FREE + least) - least)
        box.setRange(low, high)
        box.setStepType(QuietDoubleSpin.StepType.AdaptiveDecimalStepType)
        box.setKeyboardTracking(False)
        box.valueChanged.connect(lambda _: self._edited(name))
        self._get[name], self._set[name] = lambda: round(box.value(), DIGITS), box.setValue
        return box

    def _own(self, name: str) -> QWidget:
        editor = self._editors[name]()
        editor.edited.connect(lambda _: self._edited(name))
        self._get[name], self._set[name] = editor.text, editor.set_text
        return editor

    def _line(self, name: str) -> QWidget:
        line = QLineEdit()
        line.editingFinished.connect(lambda: self._edited(name))
        self._get[name], self._set[name] = line.text, line.setText
        return line

    # --- editing ---------------------------------------------------------------------------

    def _edited(self, name: str) -> None:
        values = self.values()
        if values == self._shown:
            self._show_problem(None)
            return
        try:
            self._class.model_validate(values)
        except ValidationError as error:
            self._show_problem(error)
            return
        self._shown = values
        self._show_problem(None)
        self.changed.emit(name, values)

    def _show_problem(self, error: ValidationError | None) -> None:
        """Say at the field why its value is refused; at the end what concerns several."""
        for name, remark in self._remarks.items():
            is_plain = remark.property("role") == "remark"
            if not is_plain:
                remark.set_role("remark")
                remark.setText(self._description(self._class.model_fields[name]))
        self.problem.hide()
        for each in error.errors()[:1] if error is not None else ():
            sentence = each["msg"].removeprefix("Value error, ")
            place = str(each["loc"][0]) if each["loc"] else ""
            if place in self._remarks:
                self._remarks[place].setText(sentence)
                self._remarks[place].set_role("worse")
            else:
                self.problem.setText(sentence)
                self.problem.show()


def field_title(name: str) -> str:
    """Return what a person calls a field: ``n_factors`` is the number of factors."""
    words = name.replace("_", " ")
    words = f"number of {words[2:]}" if words.startswith("n ") else words
    return engine_text(words[:1].upper() + words[1:])


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _default(field: FieldInfo) -> Any:
    return _plain(field.get_default(call_default_factory=True))


def _bounds(field: FieldInfo) -> dict[str, float]:
    """Return the bounds of a field's declaration: ge, gt, le, lt, max_length."""
    return {
        name: getattr(part, name)
        for part in field.metadata
        for name in ("ge", "gt", "le", "lt", "max_length")
        if getattr(part, name, None) is not None
    }

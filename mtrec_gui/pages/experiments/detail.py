"""The model that is looked at: what it is, which tasks it serves, and its form."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

from algorithms.balancing.catalog import BALANCERS
from algorithms.balancing.choice import DIALS
from mtrec_gui.pages.experiments.balancer_well import BalancerWell
from mtrec_gui.pages.experiments.install_line import InstallLine
from mtrec_gui.pages.experiments.key_line import KeyLine
from mtrec_gui.pages.experiments.state import ModelDetail
from mtrec_gui.pages.experiments.words import ExperimentWords
from mtrec_gui.theme import M
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.canvas import Canvas
from mtrec_gui.widgets.code_view import CodePage, Parameter
from mtrec_gui.widgets.config_form import ConfigForm, field_title
from mtrec_gui.widgets.labels import PlainLabel, TaskTag
from mtrec_gui.widgets.layout import Card, FlowLayout, clear, row, rule
from mtrec_gui.wording import engine_text


class DetailCard(Card):
    """Shows one model and edits its settings.

    Signals
    -------
    config_edited : (field, values that differ)
    defaults_pressed, variant_added, variant_removed, rules_asked
    code_asked : the ``CodePage`` to be shown
    key_entered : (key, whether the system's own store is to remember it)
    """

    config_edited = Signal(str, dict)
    defaults_pressed = Signal()
    variant_added = Signal()
    variant_removed = Signal()
    rules_asked = Signal()
    code_asked = Signal(object)
    key_entered = Signal(str, bool)

    def __init__(
        self, words: ExperimentWords, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._words, self._appearance = words, appearance
        self._detail: ModelDetail | None = None
        self._form: ConfigForm | None = None
        self.code = button(self.tr("Read the code"))
        self.code.clicked.connect(self._code_pressed)
        self.head.addWidget(self.code, 0, Qt.AlignmentFlag.AlignTop)
        self._equation = Canvas(appearance, 52)
        self._drawn = ""
        self._reference = PlainLabel(role="remark", wrap=True)
        self._tags = QWidget()
        self._flow = FlowLayout(self._tags, spacing=appearance.px(M))
        self._remarks = PlainLabel(role="muted", wrap=True)
        self.install = InstallLine()
        self.balancer = BalancerWell(appearance)
        self.key = KeyLine()
        self.key.entered.connect(self.key_entered)
        self._settings = PlainLabel(self.tr("Settings"), "strong")
        self._form_place = row()
        self.rules = button(self.tr("Edit the rules"))
        self.rules.clicked.connect(self.rules_asked)
        self.defaults = button(self.tr("Back to the defaults"))
        self.defaults.clicked.connect(self.defaults_pressed)
        self.variant = button(self.tr("Add a variant"))
        self.variant.setToolTip(
            self.tr("The same model once more, with other settings, to compare the two")
        )
        self.variant.clicked.connect(self.variant_added)
        self.remove = button(self.tr("Remove"), "quiet")
        self.remove.clicked.connect(self.variant_removed)
        for widget in (
            self.install,
            self._equation,
            self._reference,
            self._tags,
            self._remarks,
            rule(),
        ):
            self.body.addWidget(widget)
        self.body.addWidget(self._settings)
        self.body.addLayout(self._form_place)
        self.body.addWidget(self.key)
        self.body.addWidget(self.balancer)
        self.body.addLayout(row(self.defaults, self.variant, self.rules, self.remove, None))
        self.body.addStretch(1)
        appearance.changed.connect(self._restyle)

    @property
    def form(self) -> ConfigForm | None:
        """The form of the model that is shown."""
        return self._form

    def show_detail(self, detail: ModelDetail | None) -> None:
        """Show a model, or nothing where the catalog does not have it."""
        before, self._detail = self._detail, detail
        self.setVisible(detail is not None)
        if detail is None:
            return
        title = self._words.row_title(detail.row)
        self.set_words(title, engine_text(detail.summary))
        self.code.setVisible(bool(detail.sources))
        if detail.equation != self._drawn:
            self._drawn = detail.equation
            self._draw(detail.equation, title)
        self._reference.setText(detail.reference)
        remarks = self._words.remarks(detail)
        self._remarks.setText("\n".join(remarks))
        self._remarks.setVisible(bool(remarks))
        if before is None or before.row.served != detail.row.served:
            self._show_tags(detail)
        self._show_form(detail)
        self.install.show_missing(detail.row.missing)
        self.key.show_place(detail.key_place)
        self.balancer.show_balancer(detail.balancer)
        self.rules.setVisible(detail.follows_rules)
        self.defaults.setEnabled(bool(detail.row.differs))
        self.remove.setVisible(detail.can_remove)

    def _draw(self, equation: str, title: str) -> None:
        from mtrec_gui.plots.formula import draw_formula

        self._equation.show_plot(
            lambda figure, theme: draw_formula(figure, equation, theme),
            self.tr("The equation of {model}").format(model=title),
        )

    def _show_tags(self, detail: ModelDetail) -> None:
        clear(self._flow)
        theme = self._appearance.theme
        self._flow.addWidget(PlainLabel(self.tr("Serves"), "muted"))
        for mark in detail.row.served:
            colour = theme.task_colour(mark.position)
            self._flow.addWidget(TaskTag(mark.name, colour, self._appearance))
        if not detail.row.served:
            self._flow.addWidget(PlainLabel(self.tr("no task that is switched on"), "muted"))

    def _show_form(self, detail: ModelDetail) -> None:
        if self._form is None or self._form.property("of") is not detail.config_class:
            clear(self._form_place)
            titles = {key: each.title for key, each in BALANCERS.items()}
            self._form = ConfigForm(
                detail.config_class,
                skip=("rules",),
                titles={"balancer": titles},
                last=("balancer", *DIALS),  # its card stands under the form
            )
            self._form.setProperty("of", detail.config_class)
            self._form.changed.connect(self.config_edited)
            self._form_place.addWidget(self._form)
        self._form.set_values(detail.values)
        self._form.show_fields([name for name in self._form.fields if name not in detail.idle])
        self._settings.setVisible(self._form.has_fields)

    def _restyle(self) -> None:
        if self._detail is not None:
            self._show_tags(self._detail)

    def focus_field(self, name: str) -> QWidget | None:
        """Let a person edit a field, and return its control."""
        if self._form is None or name not in self._form.fields:
            return None
        control = self._form.control(name)
        control.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(control, QAbstractSpinBox):
            control.selectAll()
        return control

    def _code_pressed(self) -> None:
        detail, form = self._detail, self._form
        if detail is None or form is None:
            return
        self.code_asked.emit(
            CodePage(
                self._words.row_title(detail.row),
                engine_text(detail.summary),
                tuple(Path(file) for file in detail.sources),
                detail.equation,
                detail.reference,
                tuple(
                    Parameter(name, field_title(name), form.description(name))
                    for name in form.fields
                ),
            )
        )

"""The card in which a search is composed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QVBoxLayout, QWidget

from algorithms.search import SearchMethod, WeightScale
from mtrec_gui.pages.search.state import FormState, ParameterChoice, TaskChoice
from mtrec_gui.theme import S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import Segments
from mtrec_gui.widgets.labels import Dot, PlainLabel, plain_tip
from mtrec_gui.widgets.layout import Card, clear, row
from mtrec_gui.widgets.quiet_controls import QuietCombo, QuietDoubleSpin, QuietSpin
from mtrec_gui.wording import engine_text, say


class SearchForm(Card):
    """Model, objectives, what is varied, how, and how often.

    Signals
    -------
    model_chosen : key
    objective_ticked : (task, whether)
    weights_chosen, method_chosen : key
    parameter_ticked : (name, whether)
    range_edited : (name, low, high)
    trials_edited : number
    """

    model_chosen = Signal(str)
    objective_ticked = Signal(str, bool)
    weights_chosen = Signal(str)
    parameter_ticked = Signal(str, bool)
    range_edited = Signal(str, float, float)
    method_chosen = Signal(str)
    trials_edited = Signal(int)

    def __init__(
        self,
        appearance: Appearance,
        task_position: Callable[[str], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self._appearance, self._task_position = appearance, task_position
        self.set_words(
            self.tr("What to search"),
            self.tr("One model, the tasks it should serve well, and what may be changed."),
        )
        self.model = QuietCombo()
        self.model.setAccessibleName(self.tr("Model"))
        self.model.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.model.activated.connect(lambda n: self.model_chosen.emit(self.model.itemData(n)))
        self.weights = Segments(
            [
                (WeightScale.SIMPLEX.value, self.tr("Shares")),
                (WeightScale.LOG.value, self.tr("Ratios")),
                (WeightScale.KEPT.value, self.tr("Kept")),
            ]
        )
        self.weights.chosen.connect(self.weights_chosen)
        self.method = Segments(
            [
                (SearchMethod.SWEEP.value, self.tr("Sweep")),
                (SearchMethod.RANDOM.value, self.tr("Random")),
                (SearchMethod.BAYESIAN.value, self.tr("Bayesian")),
            ]
        )
        self.method.chosen.connect(self.method_chosen)
        self.trials = QuietSpin()
        self.trials.setRange(1, 1000)
        self.trials.setKeyboardTracking(False)
        self.trials.setAccessibleName(self.tr("Settings to try"))
        self.trials.valueChanged.connect(self.trials_edited)
        self.obstacle = PlainLabel(role="worse", wrap=True)
        self._tasks, self._parameters = QVBoxLayout(), QVBoxLayout()
        self._shown_tasks: tuple[TaskChoice, ...] = ()
        self._shown_parameters: tuple[ParameterChoice, ...] = ()
        self.objectives: dict[str, QCheckBox] = {}
        self.varied: dict[str, QCheckBox] = {}
        self._add(self.tr("Model"), self.model)
        self._head(self.tr("Objectives, up to three: each task's main metric"))
        self.body.addLayout(self._tasks)
        self._add(self.tr("Weights of these tasks"), self.weights)
        self._head(self.tr("Parameters to vary, from the smallest to the largest value"))
        self.body.addLayout(self._parameters)
        self._add(self.tr("How settings are chosen"), self.method)
        self._add(self.tr("Settings to try, at most"), self.trials)
        self.body.addWidget(self.obstacle)
        self.body.addStretch(1)
        appearance.changed.connect(self._repaint)

    def show_form(self, form: FormState) -> None:
        """Show what will be searched."""
        models = [
            (self.model.itemData(n), self.model.itemText(n)) for n in range(self.model.count())
        ]
        wanted = [(key, engine_text(title)) for key, title in form.models]
        if models != wanted:
            self.model.clear()
            for key, title in wanted:
                self.model.addItem(title, key)
        self.model.setCurrentIndex(self.model.findData(form.model))
        if form.tasks != self._shown_tasks:
            self._show_tasks(form.tasks)
        if form.parameters != self._shown_parameters:
            self._show_parameters(form.parameters)
        self.weights.choose(form.weights.value)
        self.method.choose(form.method.value)
        with QSignalBlocker(self.trials):
            self.trials.setValue(form.n_trials)
        self.obstacle.setText("" if form.obstacle is None else say(form.obstacle))
        self.obstacle.setVisible(form.obstacle is not None)

    def _add(self, title: str, control: QWidget) -> None:
        self._head(title)
        stretch = None if control is not self.model else control
        self.body.addLayout(row(control) if stretch else row(control, None))

    def _head(self, title: str) -> None:
        self.body.addWidget(PlainLabel(title, "muted", wrap=True))

    def _show_tasks(self, tasks: tuple[TaskChoice, ...]) -> None:
        if [task.name for task in tasks] != list(self.objectives):
            clear(self._tasks)
            self.objectives = {task.name: QCheckBox() for task in tasks}
            for name, tick in self.objectives.items():
                colour = self._appearance.theme.task_colour(self._task_position(name))
                tick.setAccessibleName(name)
                tick.clicked.connect(lambda on, name=name: self.objective_ticked.emit(name, on))
                self._tasks.addLayout(
                    row(tick, Dot(colour, self._appearance), PlainLabel(name), None)
                )
        for task in tasks:
            self.objectives[task.name].setChecked(task.ticked)
            self.objectives[task.name].setEnabled(task.enabled)
        self._shown_tasks = tasks

    def _show_parameters(self, parameters: tuple[ParameterChoice, ...]) -> None:
        names = [each.parameter.name for each in parameters]
        shapes = [each.ticked for each in parameters]
        if names != list(self.varied) or shapes != [e.ticked for e in self._shown_parameters]:
            focused = next((n for n, tick in self.varied.items() if tick.hasFocus()), None)
            clear(self._parameters)
            self.varied = {}
            for each in parameters:
                self._parameters.addLayout(self._parameter_row(each))
            if focused in self.varied:
                self.varied[focused].setFocus()
        self._shown_parameters = parameters

    def _parameter_row(self, each: ParameterChoice) -> QVBoxLayout:
        parameter = each.parameter
        tick = QCheckBox(parameter.name)
        tick.setChecked(each.ticked)
        tick.setToolTip(plain_tip(engine_text(each.description)))
        tick.clicked.connect(lambda on: self.parameter_ticked.emit(parameter.name, on))
        self.varied[parameter.name] = tick
        box = QVBoxLayout()
        box.setSpacing(S)
        box.addWidget(tick)
        if each.ticked and parameter.choices:
            box.addWidget(PlainLabel(" · ".join(map(str, parameter.choices)), "remark", wrap=True))
        elif each.ticked:
            low, high = QuietDoubleSpin(), QuietDoubleSpin()
            for spin, value, end in (
                (low, parameter.low, self.tr("smallest")),
                (high, parameter.high, self.tr("largest")),
            ):
                spin.setDecimals(0 if parameter.whole else 6)
                spin.setRange(-1e6, 1e6)
                spin.setValue(value or 0.0)
                spin.setKeyboardTracking(False)
                spin.setAccessibleName(f"{parameter.name}, {end}")
                spin.valueChanged.connect(
                    lambda _: self.range_edited.emit(parameter.name, low.value(), high.value())
                )
            scale = self.tr("log scale") if parameter.log else self.tr("even scale")
            box.addLayout(row(low, PlainLabel("–"), high, PlainLabel(scale, "remark"), None))
        return box

    def _repaint(self) -> None:
        tasks = self._shown_tasks
        self.objectives = {}
        if tasks:
            self._show_tasks(tasks)

"""The conflict microscope: plays back how the tasks pulled at what they share, step by step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

from algorithms.balancing.record import TrainingRecord
from algorithms.models.neural.aitm import TRANSFER_TO
from algorithms.models.neural.autoint import ATTENTION_OF
from mtrec_gui.pages.inside.film import Moment, Quantity, curve, moment, nearest, scales
from mtrec_gui.pages.inside.moment_bars import BarColumn, MomentBars
from mtrec_gui.plots.exhibits import ExhibitWords, draw_lines
from mtrec_gui.theme import L, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import Segments, button, set_icon
from mtrec_gui.widgets.field_table import FieldName, FieldTable
from mtrec_gui.widgets.labels import PlainLabel
from mtrec_gui.widgets.layout import Card, clear, column, row
from mtrec_gui.widgets.marked_canvas import MarkedCanvas
from mtrec_gui.widgets.side_by_side import SideBySide
from mtrec_gui.wording import engine_text, number

FRAME_MS = 50  # between two notes while it plays
_CLEAR = 0.1  # of a cosine; what lies nearer to 0 is noise of the batch
_GREAT_STEP = 10  # notes, by Page Up and Page Down


class MicroscopeCard(Card):
    """Shows one noted step at a time, chosen by a slider, by the curve, or by playing."""

    def __init__(
        self,
        appearance: Appearance,
        task_position: Callable[[str], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self._appearance, self._task_position = appearance, task_position
        self._record: TrainingRecord | None = None
        self.set_words(
            self.tr("Conflict microscope"),
            self.tr(
                "The training as a film: at each noted step, how much every task lost, counted and "
                "pulled, and whether the tasks pulled the same way at what they share. A step is "
                "one batch, and single batches are noisy: watch what lasts."
            ),
        )
        self.play = button("")
        self.play.clicked.connect(self._play_pressed)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Step of the training"))
        self.slider.setPageStep(_GREAT_STEP)
        self.slider.valueChanged.connect(self._show_moment)
        self.step = PlainLabel(role="muted")
        self.said = PlainLabel(wrap=True)
        self.cosines = FieldTable(appearance)
        self.bars = MomentBars(appearance)
        self.quantity = Segments(
            (
                (Quantity.AGREEMENT.value, self.tr("Agreement")),
                (Quantity.LOSS.value, self.tr("Loss")),
                (Quantity.WEIGHT.value, self.tr("Weight")),
                (Quantity.LENGTH.value, self.tr("Gradient")),
            )
        )
        self.quantity.chosen.connect(lambda _: self._show_curve())
        self.meaning = PlainLabel(role="muted", wrap=True)
        self.canvas = MarkedCanvas(appearance, height=210)
        self.canvas.pointed.connect(self._pointed)
        self._uses: dict[str, FieldTable] = {}
        self._use_place = QVBoxLayout()
        self._use_place.setSpacing(S)
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._next)
        left, right = QWidget(), QWidget()
        left.setLayout(
            column(
                PlainLabel(self.tr("Do the tasks agree? Cosine of their gradients"), "strong",
                           wrap=True),
                self.cosines,
                None,
            )
        )  # fmt: skip
        right.setLayout(column(PlainLabel(self.tr("Each task"), "strong"), self.bars, None))
        self.body.addLayout(row(self.play, self.slider, self.step))
        self.body.addWidget(self.said)
        self.body.addWidget(SideBySide(left, right, appearance, 760, (5, 6)))
        self.body.addLayout(self._use_place)
        self.body.addSpacing(L - S)
        self.body.addLayout(row(self.quantity, None))
        self.body.addWidget(self.meaning)
        self.body.addWidget(self.canvas)
        self.body.addWidget(
            PlainLabel(
                self.tr(
                    "Each point of a curve is a mean of neighbouring notes; the upright line is "
                    "the step shown above. Press on the curve to go there."
                ),
                "remark",
                wrap=True,
            )
        )
        appearance.changed.connect(self._restyle)
        self._restyle()

    @property
    def is_playing(self) -> bool:
        """Whether the film runs."""
        return self._timer.isActive()

    def show_record(self, record: TrainingRecord | None) -> None:
        """Take the notes of a training, and show the first; None hides the card."""
        self._stop()
        self._record = record
        self.setVisible(record is not None)
        if record is None:
            return
        names = [self._named(task) for task in record.tasks]
        self.cosines.set_names(names, names)
        titles = (self.tr("Loss"), self.tr("Weight"), self.tr("Length of gradient"))
        self.bars.set_names(
            names,
            [BarColumn(title, end) for title, end in zip(titles, scales(record), strict=True)],
        )
        self._build_uses(record)
        self.slider.setRange(0, len(record) - 1)
        self.slider.setValue(0)
        self._show_moment()
        self._show_curve()

    def _named(self, name: str) -> FieldName:
        return FieldName(name, self._task_position(name))

    def _build_uses(self, record: TrainingRecord) -> None:
        clear(self._use_place)
        self._uses = {}
        for name, fields in moment(record, 0).use.items():
            table = FieldTable(self._appearance)
            n_rows, n_columns = fields.shape
            rows = [FieldName(str(n + 1)) for n in range(n_rows)]
            if n_rows == len(record.tasks):
                rows = [self._named(task) for task in record.tasks]
            elif n_rows == 1:
                rows = [FieldName("")]
            columns = [FieldName(str(n + 1)) for n in range(n_columns)]
            if n_columns == 1:
                columns = [FieldName("")]
            noted = record.use[name]
            table.set_names(rows, columns, float(abs(noted[noted == noted]).max(initial=0.0)))
            self._uses[name] = table
            title, meaning = self._use_words(name)
            table.setAccessibleName(title)
            self._use_place.addWidget(PlainLabel(title, "strong"))
            if meaning:
                self._use_place.addWidget(PlainLabel(meaning, "remark", wrap=True))
            self._use_place.addWidget(table)

    def _use_words(self, name: str) -> tuple[str, str]:
        """Return what is called what a network notes of itself under a name, and what it means."""
        known = {
            "gate": (
                self.tr("Gates"),
                self.tr(
                    "How much each task takes from each expert, on average over the batch: a row "
                    "adds up to 1. A task's own experts, where it has some, stand before the "
                    "shared ones."
                ),
            ),
            "own": (
                self.tr("Own experts"),
                self.tr("How much each task takes from experts of its own; a column is a level."),
            ),
            "domain": (
                self.tr("Kinds of items"),
                self.tr("Which share of the batch was of each kind of items."),
            ),
            "domain right": (
                self.tr("Kinds told rightly"),
                self.tr(
                    "Which share of the batch was of each kind, and the discriminator knew it from "
                    "what is shared. It should not get far."
                ),
            ),
            "overlap": (
                self.tr("Overlap"),
                self.tr("How much what is shared and what is private say the same; 0 is nothing."),
            ),
        }
        if name in known:
            return known[name]
        if name.startswith(TRANSFER_TO):
            return (
                self.tr("Transfer to {task}").format(task=name.removeprefix(TRANSFER_TO)),
                self.tr(
                    "How much of its attention is on what the step before passes on (1), and how "
                    "much on its own tower (2)."
                ),
            )
        if name.startswith(ATTENTION_OF):
            return (
                self.tr("Attention between fields, layer {layer}").format(
                    layer=name.removeprefix(ATTENTION_OF)
                ),
                self.tr(
                    "How much each field (a row) reads of each (a column), in the order of the "
                    "picture below that names them."
                ),
            )
        return engine_text(name), ""

    # --- what is shown -----------------------------------------------------------------------

    def _show_moment(self, *_: int) -> None:
        if self._record is None:
            return
        shown = moment(self._record, self.slider.value())
        self.step.setText(
            self.tr("step {step} of {last} · pass {epoch}").format(
                step=shown.step, last=shown.last_step, epoch=shown.epoch
            )
        )
        said = self._sentence(shown)
        self.said.setText(said)
        self.slider.setAccessibleDescription(f"{self.step.text()}. {said}")
        self.cosines.show_values(shown.cosines)
        self.cosines.setAccessibleName(said)
        self.bars.show_values(shown.values)
        for name, table in self._uses.items():
            table.show_values(shown.use[name])
        self.canvas.set_mark(float(shown.step))

    def _sentence(self, shown: Moment) -> str:
        worst, best = shown.worst, shown.best
        if worst is None or best is None:
            return self.tr("Nothing is known of how the tasks agreed at this step.")
        if worst.cosine <= -_CLEAR:
            return self.tr(
                "{one} and {other} pull against each other (cosine {cosine}): a step for one "
                "hurts the other."
            ).format(one=worst.one, other=worst.other, cosine=number(worst.cosine, 2))
        return self.tr(
            "No two tasks clearly pull against each other; {one} and {other} agree most "
            "(cosine {cosine})."
        ).format(one=best.one, other=best.other, cosine=number(best.cosine, 2))

    def _show_curve(self) -> None:
        record = self._record
        if record is None:
            return
        quantity = Quantity(self.quantity.current or Quantity.AGREEMENT)
        lines = curve(record, quantity)
        words = ExhibitWords(
            lambda message: engine_text(message.template),
            engine_text,
            {task: self._task_position(task) for task in record.tasks},
        )
        meaning = {
            Quantity.AGREEMENT: self.tr(
                "The cosine between two tasks' gradients: above 0 a step for one helps the other, "
                "below 0 it hurts it. Dashes bear the colours of both tasks."
            ),
            Quantity.LOSS: self.tr("How wrong the network was for each task, batch by batch."),
            Quantity.WEIGHT: self.tr("What each task counted on what is shared."),
            Quantity.LENGTH: self.tr(
                "How long each task's gradient on what is shared was: a long one drowns the others."
            ),
        }[quantity]
        self.meaning.setText(meaning)
        self.canvas.show_plot(
            lambda figure, theme: draw_lines(figure, lines, words, theme), meaning
        )

    def _pointed(self, step: float) -> None:
        if self._record is not None:
            self._stop()
            self.slider.setValue(nearest(self._record, step))

    # --- playing -----------------------------------------------------------------------------

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """A film that nobody sees stops."""
        super().hideEvent(event)
        self._stop()

    def _play_pressed(self) -> None:
        if self.is_playing:
            self._stop()
            return
        if self.slider.value() == self.slider.maximum():
            self.slider.setValue(0)
        self._timer.start()
        self._restyle()

    def _next(self) -> None:
        self.slider.setValue(self.slider.value() + 1)
        if self.slider.value() == self.slider.maximum():
            self._stop()

    def _stop(self) -> None:
        self._timer.stop()
        self._restyle()

    def _restyle(self) -> None:
        playing = self.is_playing
        set_icon(self.play, "pause" if playing else "play", self._appearance, muted=False)
        self.play.setText(self.tr("Pause") if playing else self.tr("Play"))
        self.slider.setMinimumHeight(self._appearance.px(24))

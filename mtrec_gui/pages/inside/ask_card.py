"""The card on which a person asks a model in sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mtrec_gui.pages.inside.outside_box import OutsideAnswer, OutsideBox
from mtrec_gui.pages.inside.outside_state import OutsideReply
from mtrec_gui.pages.inside.talk_state import Named, Offer, Reply, TalkState
from mtrec_gui.theme import XS, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.array_column import Column
from mtrec_gui.widgets.buttons import button, set_icon
from mtrec_gui.widgets.choice_button import ChoiceButton
from mtrec_gui.widgets.labels import ElidedLabel, PlainLabel
from mtrec_gui.widgets.layout import Card, FlowLayout, clear, column, row
from mtrec_gui.widgets.prompt_field import PromptField
from mtrec_gui.widgets.task_segments import TaskSegments
from mtrec_gui.widgets.user_box import UserBox
from mtrec_gui.widgets.whole_table import WholeTable
from mtrec_gui.wording import number, say

_LEAST_REST = 0.0005  # a smaller probability of all other answers is rounding


class AskCard(Card):
    """Choose whom it is about, take one of the model's sentences or type one, see its answers.

    Signals
    -------
    task_chosen : name of a task
    user_sought, user_asked, user_stepped, surprise_wanted : see ``UserBox``
    asked : a sentence that a person wants an answer to
    """

    task_chosen = Signal(str)
    user_sought = Signal(str)
    user_asked = Signal(str)
    user_stepped = Signal(bool)
    surprise_wanted = Signal()
    asked = Signal(str)

    def __init__(
        self,
        appearance: Appearance,
        task_position: Callable[[str], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self._appearance, self._task_position = appearance, task_position
        self._state = TalkState()
        self._replied: Reply | None = None
        self._from_outside: OutsideReply | None = None
        self.set_words(
            self.tr("Ask it"),
            self.tr(
                "Type a question in the model's own words. It writes the likeliest answers word by "
                "word, by beam search under a trie of what may be answered: probabilities are over "
                "the valid answers, and nothing that does not exist can be named."
            ),
        )
        self._build_choice()
        self._build_field()
        self._build_answers()
        appearance.changed.connect(self._restyle)
        self._restyle()
        self.show_talk(self._state)

    def _build_choice(self) -> None:
        self.segments = TaskSegments(self._appearance)
        self.segments.chosen.connect(self.task_chosen)
        self.user = UserBox(self._appearance)
        self.user.sought.connect(self.user_sought)
        self.user.asked.connect(self.user_asked)
        self.user.stepped.connect(self.user_stepped)
        self.surprise = button(self.tr("Surprise me"), tip=self.tr("Any user of the training data"))
        self.surprise.clicked.connect(self.surprise_wanted)
        line = QWidget()
        flow = FlowLayout(line, spacing=M)
        for widget in (self.segments, self.user, self.surprise):
            flow.addWidget(widget)
        self.problem = PlainLabel(role="worse", wrap=True)
        self.called = PlainLabel(role="muted", wrap=True)
        self.sentences: list[ChoiceButton] = []
        self._sentences = QVBoxLayout()
        self._sentences.setSpacing(XS)
        self.body.addSpacing(XS)
        for part in (line, self.problem, self.called):
            self.body.addWidget(part)
        self.body.addLayout(self._sentences)

    def _build_field(self) -> None:
        self.field = PromptField()
        self.field.setAccessibleName(self.tr("Question to the model"))
        self.field.setPlaceholderText(self.tr("A question in the model's words"))
        self.field.entered.connect(self.asked)
        self.go = button(self.tr("Ask"), "primary")
        self.go.clicked.connect(self.field.enter)
        self.said = PlainLabel(role="remark", wrap=True)
        self.offers = QWidget()
        self._offers = QVBoxLayout(self.offers)
        self._offers.setContentsMargins(0, 0, 0, 0)
        self._offers.setSpacing(S)
        self.body.addSpacing(S)
        self.body.addLayout(row(self.field, self.go))
        self.body.addWidget(self.said)
        self.body.addWidget(self.offers)

    def _build_answers(self) -> None:
        self.asked_words = PlainLabel(role="strong", wrap=True)
        self.named = PlainLabel(role="remark", wrap=True)
        self.answers = WholeTable(self._appearance, text_column=1, bar_column=2)
        self.answers.setAccessibleName(self.tr("The likeliest answers, best first"))
        self.rest = PlainLabel(role="remark", wrap=True)
        self.near_title = PlainLabel(self.tr("Nearest training sentences"), "strong", wrap=True)
        self.near = WholeTable(self._appearance)
        self.near.setAccessibleName(self.near_title.text())
        self.near_remark = PlainLabel(
            self.tr(
                "Sentences of training (a sample) whose state before the answer is most like that "
                "of the question. They show what the model takes the question to be like, not why "
                "it answers as it does."
            ),
            "remark",
            wrap=True,
        )
        self._answered, self._nearest = QWidget(), QWidget()
        for part, widgets in (
            (self._answered, (self.asked_words, self.named, self.answers, self.rest)),
            (self._nearest, (self.near_title, self.near, self.near_remark)),
        ):
            inner = column(*widgets)
            inner.setContentsMargins(0, M, 0, 0)
            part.setLayout(inner)
        self.outside_answer = OutsideAnswer()
        self.outside = OutsideBox(self._appearance)
        for part in (self._answered, self.outside_answer, self._nearest, self.outside):
            self.body.addWidget(part)

    # --- what the presenter asks -------------------------------------------------------------

    def show_talk(self, state: TalkState) -> None:
        """Show what is asked and what is answered."""
        before, self._state = self._state, state
        self.setVisible(state.talk is not None)
        self.field.set_words(state.words)
        self.field.set_history(state.history)
        self.problem.setText("" if state.problem is None else say(state.problem))
        self.problem.setVisible(state.problem is not None)
        talk = state.talk
        if talk is not None:
            self._show_tasks()
            if talk is not before.talk:
                self.user.show_user(talk.user_id)
                self.called.setText(
                    self.tr(
                        "User {user} is called {word} in the model's sentences; numbers are drawn "
                        "by lot. Its own questions about them:"
                    ).format(user=talk.user_id, word=talk.user_word)
                )
                self._show_sentences(talk.prompts)
        if state.reply is not self._replied:
            self._show_reply(state.reply)
        self._say(state)
        self.show_outside(self._from_outside)

    def show_outside(self, reply: OutsideReply | None) -> None:
        """Show what came from outside, as long as it belongs to the question that is shown."""
        self._from_outside, here = reply, self._state.reply
        is_same = reply is not None and here is not None and here.prompt == reply.prompt
        self.outside_answer.show_reply(reply if is_same else None)

    def show_matches(self, ids: Sequence[str]) -> None:
        """Offer users whose id fits what is being typed."""
        self.user.show_matches(ids)

    def _show_tasks(self) -> None:
        talk, theme = self._state.talk, self._appearance.theme
        if talk is None:
            return
        self.segments.set_tasks(
            [(task, task, theme.task_colour(self._task_position(task))) for task in talk.tasks]
        )
        self.segments.choose(talk.task)

    def _show_sentences(self, prompts: Sequence[str]) -> None:
        clear(self._sentences)
        self.sentences = []
        for prompt in prompts:
            made = ChoiceButton(self._appearance)
            made.setCheckable(False)
            made.setProperty("framed", "true")
            made.setAccessibleName(prompt)
            made.put(ElidedLabel(prompt), 1)
            made.clicked.connect(lambda _=False, prompt=prompt: self._sentence_pressed(prompt))
            self.sentences.append(made)
            self._sentences.addWidget(made)

    def _sentence_pressed(self, prompt: str) -> None:
        self.field.show_prompt(prompt)
        self.asked.emit(prompt)

    # --- the answer --------------------------------------------------------------------------

    def _show_reply(self, reply: Reply | None) -> None:
        self._replied = reply
        has_answer = reply is not None and reply.problem is None
        self._answered.setVisible(has_answer)
        self._nearest.setVisible(has_answer and reply is not None and bool(reply.neighbours))
        clear(self._offers)
        self.offers.setVisible(reply is not None and bool(reply.offers))
        if reply is None:
            return
        if not self.field.isModified() and self.field.text() != reply.prompt:
            self.field.show_prompt(reply.prompt)
        for offer in reply.offers:
            self._offers.addWidget(self._offer(offer))
        if has_answer:
            self._show_answer(reply)

    def _offer(self, offer: Offer) -> QWidget:
        """Return the words that may have been meant, to be pressed."""
        box = QWidget()
        flow = FlowLayout(box)
        instead = PlainLabel(self.tr("Instead of “{word}”:").format(word=offer.word), "muted")
        flow.addWidget(instead)
        for near in offer.near:
            made = button(near, parent=box)
            made.clicked.connect(
                lambda _=False, word=offer.word, near=near: self._replace(word, near)
            )
            flow.addWidget(made)
            made.ensurePolished()
            instead.setMinimumHeight(made.sizeHint().height())
        return box

    def _show_answer(self, reply: Reply) -> None:
        self.asked_words.setText(self.tr("“{prompt}”").format(prompt=reply.prompt))
        self.named.setText("\u00a0· ".join(self._name(each) for each in reply.named))
        self.named.setVisible(bool(reply.named))
        names_items = any(each.title for each in reply.answers)
        self.answers.show_columns(
            [
                Column(
                    self.tr("Answer"),
                    np.array([each.words for each in reply.answers], dtype=np.str_),
                    tip=self.tr("The words that the model writes. An item is two: its category, "
                                "and a number drawn by lot."),
                ),
                Column(
                    self.tr("Title") if names_items else "",
                    np.array([each.title for each in reply.answers], dtype=np.str_),
                    tip=self.tr("What the item is called in the data; the model never reads it."),
                ),
                Column(
                    self.tr("Probability"),
                    np.array([each.probability for each in reply.answers]),
                    show=_share,
                    tip=self.tr("How sure the model is of this answer, among all valid answers. "
                                "Of an item: the probability of its category times that of the "
                                "item in the category. The bar is relative to the likeliest."),
                ),
            ]
        )  # fmt: skip
        self.rest.setText(
            self.tr("There is no item that could answer.")
            if not reply.answers
            else self.tr("All other valid answers together: {share}.").format(
                share=_share(reply.rest)
            )
        )
        self.rest.setVisible(not reply.answers or reply.rest >= _LEAST_REST)
        self._show_neighbours(reply)

    def _show_neighbours(self, reply: Reply) -> None:
        columns = [
            Column(
                self.tr("Sentence"),
                np.array([each.sentence for each in reply.neighbours], dtype=np.str_),
                tip=self.tr("A question that the model was trained on."),
            ),
            Column(
                self.tr("Its answer"),
                np.array([each.answer for each in reply.neighbours], dtype=np.str_),
                tip=self.tr("What happened, and what the model was taught to answer."),
            ),
            Column(
                self.tr("Title"),
                np.array([each.title for each in reply.neighbours], dtype=np.str_),
                tip=self.tr("What the item is called in the data; the model never reads it."),
            ),
            Column(
                self.tr("Cosine"),
                np.array([each.cosine for each in reply.neighbours]),
                show=lambda value: number(value, 3),
                tip=self.tr("How alike the two states before the answer are: 1 is the same "
                            "direction, 0 is unrelated."),
            ),
        ]  # fmt: skip
        if not any(each.title for each in reply.neighbours):
            del columns[2]
        self.near.show_columns(columns)

    def _name(self, named: Named) -> str:
        words = self.tr("{word} is “{name}”") if named.is_item else self.tr("{word} is user {name}")
        return words.format(word=named.word, name=named.name)

    def _replace(self, word: str, near: str) -> None:
        """Write a known word in the place of one that is not, and ask."""
        words = self.field.text().split()
        fixed = " ".join(
            near + each[len(word) :] if each.rstrip("?.,!") == word else each for each in words
        )
        self.field.show_prompt(fixed)
        self.field.setFocus()
        self.asked.emit(fixed)

    def _say(self, state: TalkState) -> None:
        """Say by the field what is the matter, or what its keys do."""
        problem = None if state.reply is None else state.reply.problem
        if state.is_asking:
            text, role = self.tr("Asking the model …"), "remark"
        elif problem is not None:
            text, role = say(problem), "worse"
        else:
            text, role = (
                self.tr(
                    "Enter asks. Words are completed as you type: Tab takes the first, or choose "
                    "with ↓. ↑ brings back what was asked before."
                ),
                "remark",
            )
        self.said.setText(text)
        if self.said.property("role") != role:
            self.said.set_role(role)
        self.field.setAccessibleDescription(text)

    def _restyle(self) -> None:
        self._show_tasks()
        set_icon(self.surprise, "shuffle", self._appearance)
        self.surprise.setIconSize(QSize(self._appearance.px(24), self._appearance.px(16)))
        for made in self.sentences:
            made.scale()


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"

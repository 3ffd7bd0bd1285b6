"""From a prompt to what is shown of its answer (Qt-free)."""

from __future__ import annotations

import threading
from difflib import get_close_matches
from functools import cached_property

import numpy as np

from algorithms.data import InteractionLog
from algorithms.errors import MtrecError
from algorithms.messages import Message
from algorithms.models.prompting import AnswersPrompts
from mtrec_gui.pages.inside.talk_state import AnswerLine, Named, NeighbourLine, Offer, Reply, Talk

N_BEAMS = 8
N_NEAREST = 5
_N_NEAR = 4  # words that are offered for one that is not known
_LONGEST = 60  # letters of a word that others are looked for
_MARKS = "?.,!"  # that may stand at the end of a word


class Talker:
    """Asks one fitted model; from any thread, one question at a time.

    Parameters
    ----------
    model : a fitted model that answers prompts
    log : that it was fitted on
    tasks : names of the tasks that it answers
    """

    def __init__(self, model: AnswersPrompts, log: InteractionLog, tasks: tuple[str, ...]) -> None:
        self.model, self.log, self.tasks = model, log, tasks
        self._lock = threading.Lock()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Every word that a prompt may be made of, in the order of the alphabet."""
        return tuple(sorted(self.model.known_words(), key=str.lower))

    @cached_property
    def best_known_user(self) -> int:
        """The user with most events in training."""
        return int(np.bincount(self.log.users, minlength=self.log.n_users).argmax())

    def talk(self, task: str | None, user: int | None) -> Talk:
        """Return the model's own sentences about a user and a task; None leaves the choice."""
        with self._lock:
            chosen = task if task in self.tasks else self.tasks[0]
            who = self.best_known_user if user is None else user
            prompts = self.model.prompts(chosen, who)
            said = (word for prompt in prompts for word in _words(prompt))
            word = next((each for each in said if self.model.user_named(each) == who), "")
            return Talk(
                self.tasks, chosen, who, str(self.log.user_table.ids.ids[who]), word, prompts
            )

    def reply(self, text: str) -> Reply:
        """Answer a prompt, or say why it cannot be answered."""
        prompt = " ".join(text.split())
        if not prompt:
            return Reply(
                prompt,
                problem=Message("Type a question, or choose one of the model's own sentences."),
            )
        with self._lock:
            try:
                beams = self.model.complete(prompt, N_BEAMS)
                near = self.model.nearest_sentences(prompt, N_NEAREST)
            except MtrecError as error:
                return Reply(prompt, problem=error.message, offers=self._offers(prompt))
        return Reply(
            prompt,
            tuple(
                AnswerLine(
                    " ".join(beam.words),
                    "" if beam.item is None else self._title(beam.item),
                    beam.probability,
                )
                for beam in beams
            ),
            max(0.0, 1.0 - sum(beam.probability for beam in beams)),
            tuple(
                NeighbourLine(
                    each.sentence, each.answer, self._title_of(each.answer), each.similarity
                )
                for each in near
            ),
            self._named(prompt),
        )

    def readable(self, prompt: str) -> str:
        """Return a prompt with the titles of items in place of their words."""
        said = []
        for each in prompt.split():
            word = each.rstrip(_MARKS)
            item = self.model.item_named(word)
            said.append(each if item is None else f"“{self._title(item)}”{each[len(word) :]}")
        return " ".join(said)

    def _named(self, prompt: str) -> tuple[Named, ...]:
        found: list[Named] = []
        for word in dict.fromkeys(_words(prompt)):
            user, item = self.model.user_named(word), self.model.item_named(word)
            if user is not None:
                found.append(Named(word, str(self.log.user_table.ids.ids[user]), is_item=False))
            elif item is not None:
                found.append(Named(word, self._title(item), is_item=True))
        return tuple(found)

    def _title_of(self, answer: str) -> str:
        """Return the title of the item that closes an answer; none where it names no item."""
        item = self.model.item_named(answer.rsplit(" ", 1)[-1])
        return "" if item is None else self._title(item)

    def _title(self, item: int) -> str:
        return str(self.log.item_table.titles[item])

    def _offers(self, prompt: str) -> tuple[Offer, ...]:
        known = set(self.words)
        strange = dict.fromkeys(word for word in _words(prompt) if word not in known)
        offers = (
            Offer(word, tuple(get_close_matches(word, self.words, n=_N_NEAR)))
            for word in strange
            if len(word) <= _LONGEST
        )
        return tuple(offer for offer in offers if offer.near)


def _words(prompt: str) -> list[str]:
    return [word for word in (each.rstrip(_MARKS) for each in prompt.split()) if word]

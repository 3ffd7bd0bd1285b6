"""Talking to the fitted model: the prompts it knows, typed prompts, and what it learned them from.

The *nearest training sentences* of a prompt are those whose state, the vector from which the
answer is chosen, points most nearly the same way. They say what the model takes the prompt to be
like; they are not the reason for the answer.

References
----------
U. Khandelwal et al.: Generalization through memorization: nearest neighbor language models, ICLR
2020 (neighbours by the state before the answer).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.models.neural.events import Histories
from algorithms.models.prompted.answering import Beam, Speaker
from algorithms.models.prompted.sentences import Sentences, Trie
from algorithms.models.prompted.vocabulary import UnclearPromptError

_N_REMEMBERED = 600  # training sentences of each task and form


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A training sentence, its answer, and the cosine between its state and the prompt's."""

    sentence: str
    answer: str
    similarity: float


@dataclass(frozen=True, eq=False)
class _Question:
    """A prompt that was read: its tokens, its task, and the item that it closes with, if any."""

    tokens: IntArray
    task: int
    item: int | None


@dataclass(frozen=True, eq=False)
class _Memories:
    """Training sentences: texts, answers, and states (n, d) of length 1."""

    sentences: list[str]
    answers: list[str]
    states: FloatArray


class Conversation:
    """Prompts in, beams out.

    Parameters
    ----------
    log : the training log
    histories : what each user chose
    """

    def __init__(
        self,
        log: InteractionLog,
        sentences: Sentences,
        trie: Trie,
        speaker: Speaker,
        histories: Histories,
    ) -> None:
        self._log, self._sentences, self._trie = log, sentences, trie
        self._speaker, self._histories = speaker, histories
        self._memories: dict[bool, _Memories] = {}

    def prompts(self, task: int, user: int) -> tuple[str, ...]:
        """Return what can be asked of a user: what comes next, and about the likeliest of that."""
        users = np.array([user])
        last = self._histories.at_end(users)
        following = self._sentences.next_question(task, users, last)[0]
        said = [self._sentences.text(following)]
        question = self._sentences.question(task, users)[0]
        beams = self._item_beams(task, following, 1)
        return (*said, *(self._sentences.text(question, beam.item) for beam in beams))

    def complete(self, text: str, n_beams: int) -> tuple[Beam, ...]:
        """Return the likeliest answers to a typed prompt, best first.

        Raises
        ------
        UnknownWordError, UnclearPromptError
            Where the prompt has a word that was never learned, or cannot be answered.
        """
        asked = self._understood(text)
        if asked.item is None:
            return tuple(self._item_beams(asked.task, asked.tokens, n_beams))
        return tuple(self._speaker.answer_beams(asked.task, asked.tokens, asked.item, n_beams))

    def nearest(self, text: str, n: int) -> tuple[Neighbour, ...]:
        """Return the training sentences nearest to a typed prompt, nearest first."""
        asked = self._understood(text)
        items = None if asked.item is None else np.array([asked.item])
        state = _of_length_one(self._speaker.states(asked.tokens[None], items))[0]
        known = self._remembered(asked.item is not None)
        alike = known.states @ state
        best = np.argsort(-alike, kind="stable")[:n]
        return tuple(
            Neighbour(known.sentences[row], known.answers[row], float(alike[row])) for row in best
        )

    # --- reading -----------------------------------------------------------------------------

    def _understood(self, text: str) -> _Question:
        v = self._sentences.vocabulary
        tokens = np.array(v.tokens(text), dtype=np.int64)
        named = [t for t, token in enumerate(v.task_tokens) if token in tokens]
        names = ", ".join(v.words[token] for token in v.task_tokens)
        if len(named) != 1:
            raise UnclearPromptError(
                problem=f"it names {len(named)} tasks", remedy=f"Name one of {names}."
            )
        if len(tokens) > self._sentences.n_places:
            raise UnclearPromptError(
                problem=f"it has {len(tokens)} words",
                remedy=f"The model reads {self._sentences.n_places} at most.",
            )
        task = named[0]
        if tokens[0] == v.token("what"):
            return _Question(tokens, task, None)
        item = v.item_of(int(tokens[-1]))
        if item is None:
            raise UnclearPromptError(
                problem="it does not close with an item",
                remedy="Write an item such as item_0 at its end, or begin with “what will”.",
            )
        self._check_kind(task, item)
        if not v.answers.allowed[task].any():
            raise UnclearPromptError(
                problem=f"training knows no label of “{v.words[v.task_tokens[task]]}”",
                remedy="Ask about another task.",
            )
        return _Question(tokens[:-1], task, item)

    def _check_kind(self, task: int, item: int) -> None:
        wanted = self._sentences.tasks[task].item_kind
        found = self._log.item_table.kind_of(item)
        if found != wanted:
            raise UnclearPromptError(
                problem=f"the item is of kind {found}, and the task asks about {wanted}",
                remedy="Name another item.",
            )

    def _item_beams(self, task: int, tokens: IntArray, n: int) -> list[Beam]:
        kinds, kind = self._log.item_table.kinds, self._sentences.tasks[task].item_kind
        return self._speaker.item_beams(kinds.index(kind), tokens, n) if kind in kinds else []

    # --- remembering -------------------------------------------------------------------------

    def _remembered(self, judged: bool) -> _Memories:
        if judged not in self._memories:
            self._memories[judged] = self._judged() if judged else self._chosen()
        return self._memories[judged]

    def _judged(self) -> _Memories:
        v, texts, answers = self._sentences.vocabulary, list[str](), list[str]()
        states = [np.zeros((0, self._speaker.dimension))]
        for t, task in enumerate(self._sentences.tasks):
            events = _spread(task.part(self._log))
            if not len(events):
                continue
            items = events.items.astype(np.int64)
            prompts = self._sentences.question(t, events.users.astype(np.int64))
            texts += self._texts(prompts, items)
            labels = events.label(task.label).astype(np.float64)
            if v.is_binary(t):
                labels = (labels > 0).astype(np.float64)
            said = v.answers.nearest(t, labels)
            answers += [v.words[v.answers.tokens[place]] for place in said]
            states.append(self._speaker.states(prompts, items))
        return _Memories(texts, answers, _of_length_one(np.concatenate(states)))

    def _chosen(self) -> _Memories:
        chosen = self._sentences.chosen(self._log, self._histories)
        rows = [np.flatnonzero(chosen.tasks == t) for t in range(len(self._sentences.tasks))]
        few = chosen.take(np.concatenate([mine[_every(len(mine))] for mine in rows]))
        answers = [" ".join(self._speaker.item_words(int(item))) for item in few.items]
        states = self._speaker.states(few.prompts, None)
        return _Memories(self._texts(few.prompts), answers, _of_length_one(states))

    def _texts(self, prompts: IntArray, items: Sequence[int] | IntArray | None = None) -> list[str]:
        if items is None:
            return [self._sentences.text(prompt) for prompt in prompts]
        return [
            self._sentences.text(prompt, int(item))
            for prompt, item in zip(prompts, items, strict=True)
        ]


def _every(n: int) -> IntArray:
    """Return evenly spaced places among n, ``_N_REMEMBERED`` at most."""
    return np.unique(np.linspace(0, max(n - 1, 0), min(n, _N_REMEMBERED)).astype(np.int64))


def _spread(log: InteractionLog) -> InteractionLog:
    return log.select(_every(len(log)))


def _of_length_one(states: FloatArray) -> FloatArray:
    lengths = np.sqrt((states**2).sum(axis=1, keepdims=True))
    found: FloatArray = states / np.maximum(lengths, 1e-12)
    return found

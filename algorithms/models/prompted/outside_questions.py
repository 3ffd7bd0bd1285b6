"""What a language model outside is asked, and how its words are read.

The sentences are those of the prompted model, with titles where that one has words of its own:

* ``what will user_17 purchase next after “Red pan” (kitchen), “Kettle” (kitchen) ?`` - with
  candidates to put in order, numbered and in an order drawn by lot: models like what stands first
* ``will user_17 click “Kettle” (kitchen) ?`` - yes or no, after what the user chose before
* ``which rating will user_17 give “Kettle” (kitchen) ?`` - a number

A user's number is drawn by lot, so the id of the data does not leave the machine. Titles are data:
whatever stands in them, an answer is read as numbers, *yes* or *no*, and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from algorithms.arrays import IntArray
from algorithms.data.log import InteractionLog
from algorithms.models.neural.events import Histories
from algorithms.models.prompted.outside_errors import UnreadableAnswerError
from algorithms.models.prompted.sentences import Sentences
from algorithms.models.prompted.vocabulary import PAD
from algorithms.tasks import TaskKind

_MAX_TITLE = 80  # characters
_MAX_QUOTED = 120


class Form(StrEnum):
    """What is asked for."""

    ORDER = "order"
    YES_NO = "yes_no"
    NUMBER = "number"


@dataclass(frozen=True, eq=False)
class Question:
    """One question.

    Parameters
    ----------
    form : what is asked for
    task : position of the task
    user : who it is about
    items : (k,) candidates in the order in which they are numbered, or the one item
    text : as it leaves the machine
    """

    form: Form
    task: int
    user: int
    items: IntArray
    text: str


class Questions:
    """Makes the questions of a log.

    Parameters
    ----------
    log : the training log
    sentences : its sentences, with numbers drawn by lot
    histories : what each user chose
    tell_features : whether what is known of a user is told
    """

    def __init__(
        self, log: InteractionLog, sentences: Sentences, histories: Histories, tell_features: bool
    ) -> None:
        self._log, self._sentences, self._histories = log, sentences, histories
        features = sentences.vocabulary.feature_tokens
        self._untold = set() if tell_features else set(np.unique(features).tolist())

    def order(self, task: int, user: int, candidates: IntArray) -> Question:
        """Ask which of some candidates comes next."""
        users = np.array([user])
        prompt = self._sentences.next_question(task, users, self._histories.at_end(users))[0]
        lines = [f"{n}. {self._named(item)}" for n, item in enumerate(candidates.tolist(), 1)]
        text = "\n".join(
            [
                f"{self._readable(prompt)} ?",
                "Candidates:",
                *lines,
                "Answer with the numbers of all candidates, likeliest first, separated by commas.",
            ]
        )
        return Question(Form.ORDER, task, user, candidates, text)

    def about(self, task: int, user: int, item: int) -> Question | None:
        """Ask about one item; None where a task has no question with few answers."""
        kind = self._sentences.tasks[task].kind
        if kind is TaskKind.QUANTITY:
            return None
        prompt = self._sentences.question(task, np.array([user]))[0]
        lines = [f"{self._readable(prompt)} {self._named(item)} ?"]
        past = self._past(user)
        if past:
            lines.insert(0, f"{self._who(user)} chose before, newest first: {past}.")
        if kind is TaskKind.BINARY:
            form, wanted = Form.YES_NO, "Answer with yes or no."
        else:
            scale = self._sentences.scales[task]
            form = Form.NUMBER
            wanted = f"Answer with one number from {scale.low:g} to {scale.high:g}."
        return Question(form, task, user, np.array([item]), "\n".join([*lines, wanted]))

    def _readable(self, prompt: IntArray) -> str:
        """Return a prompt's sentence, items by their titles."""
        v = self._sentences.vocabulary
        words: list[str] = []
        before = False  # whether the last word is an item
        for token in prompt.tolist():
            if token == PAD or token in self._untold:
                continue
            item = v.item_of(token)
            if item is not None and before:
                words[-1] += ","
            words.append(v.words[token] if item is None else self._named(item))
            before = item is not None
        return " ".join(words)

    def _past(self, user: int) -> str:
        past = self._histories.at_end(np.array([user]))[0][::-1]  # newest first
        return ", ".join(self._named(item) for item in past.tolist() if item >= 0)

    def _who(self, user: int) -> str:
        v = self._sentences.vocabulary
        return v.words[int(v.user_tokens[user])]

    def _named(self, item: int) -> str:
        table = self._log.item_table
        title = _plain(str(table.titles[item])) or str(table.ids.ids[item])
        category = _plain(str(table.categories[item]))
        return f"“{title}” ({category})" if category else f"“{title}”"


def _plain(text: str) -> str:
    """Return a text of the data on one line, without quotation marks, and not too long."""
    return " ".join(re.sub(r"[“”\"]", "", text).split())[:_MAX_TITLE]


# --- reading ------------------------------------------------------------------------------------


def read_order(text: str, n: int) -> tuple[int, ...]:
    """Return the places (from 0) of the candidates that an answer names, best first.

    Raises
    ------
    UnreadableAnswerError
        Where it names none, or one that does not exist.
    """
    numbers = [int(found) for found in re.findall(r"\d{1,9}", _without_thoughts(text))]
    if not numbers:
        raise _unreadable(text, f"numbers from 1 to {n}")
    wrong = next((number for number in numbers if not 1 <= number <= n), None)
    if wrong is not None:
        raise _unreadable(text, f"numbers of candidates from 1 to {n}, not {wrong}")
    return tuple(dict.fromkeys(number - 1 for number in numbers))


def read_yes_no(text: str) -> bool:
    """Return whether an answer is yes (raises ``UnreadableAnswerError``)."""
    words = set(re.findall(r"[a-z]+", _without_thoughts(text).lower()))
    if ("yes" in words) == ("no" in words):
        raise _unreadable(text, "yes or no")
    return "yes" in words


def read_number(text: str, low: float, high: float) -> float:
    """Return the one number of an answer (raises ``UnreadableAnswerError``)."""
    wanted = f"one number from {low:g} to {high:g}"
    numbers = re.findall(r"-?\d{1,9}(?:\.\d{1,9})?", _without_thoughts(text))
    if len(numbers) != 1 or not low <= float(numbers[0]) <= high:
        raise _unreadable(text, wanted)
    return float(numbers[0])


def _without_thoughts(text: str) -> str:
    """Leave out what some models think aloud before they answer."""
    return text.rpartition("</think>")[2] if "</think>" in text else text


def _unreadable(text: str, expected: str) -> UnreadableAnswerError:
    said = " ".join(text.split())
    if len(said) > _MAX_QUOTED:
        said = said[:_MAX_QUOTED] + " …"
    return UnreadableAnswerError(said=said or "nothing", expected=expected)

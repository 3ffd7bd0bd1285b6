r"""Every word that a prompt may be made of, and which words may answer it.

Users and items are *whole words*: ``user_17`` is one word with one vector, not the syllables
``user``, ``1``, ``7``. A language model's own syllables would make neighbours of ``item_12`` and
``item_13``, and then the order in which items were numbered becomes knowledge. Numbered in the
order in which people met them, test events included, it becomes knowledge of the test set: the
objection that was raised to the first sequential numbering of P5. So here the numbers are

* whole words, whose digits nobody reads, and
* drawn by lot: a permutation that looks at nothing but how many users and items there are.

References
----------
S. Geng et al.: Recommendation as language processing (P5), RecSys 2022 (whole words).
W. Hua et al.: How to index item IDs for recommendation foundation models, SIGIR-AP 2023 (the
numberings compared). S. Rajput et al.: Recommender systems with generative retrieval, NeurIPS 2023
(appendix: why sequential numbering leaks).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.errors import MtrecError
from algorithms.models.neural.events import LabelScale
from algorithms.tasks import Task, TaskKind

PAD, START = 0, 1
_FRAME = ("<pad>", "<start>", "will", "which", "what", "give", "next", "after")
_MAX_FEATURES = 6  # of a user, the first of the table
_MAX_VALUES = 200  # of one text column or of the items' categories, the most frequent first
_MIN_USERS = 3  # from which on a value has a word
_N_STEPS = 5  # words for the numbers of a user's column
_N_ANSWERS = 12  # words for the amounts of a quantity
_MAX_SCALE = 21  # values of a rating scale that all have a word
_UNKNOWN = "unknown"
_APART = re.compile(r"\b(user|item)\s+(?=\d)", re.IGNORECASE)  # a number typed apart


class PromptError(MtrecError, ValueError):
    """A prompt that cannot be read."""


class UnknownWordError(PromptError):
    """A word that the model never learned."""

    template = "The model does not know the word “{word}”. {remedy}"


class UnclearPromptError(PromptError):
    """A prompt that asks nothing, or more than one thing."""

    template = "The prompt cannot be answered: {problem}. {remedy}"


@dataclass(frozen=True, eq=False)
class Answers:
    """The words that answer the questions about a label.

    Parameters
    ----------
    tokens : (A,) numbers of all words that answer some task
    allowed : (T, A) which of them answer which task
    values : (A, T) the label that each stands for, NaN where it answers another task
    """

    tokens: IntArray
    allowed: BoolArray
    values: FloatArray

    def nearest(self, task: int, labels: FloatArray) -> IntArray:
        """Return (n,) the place of the word that stands nearest to each label."""
        mine = np.flatnonzero(self.allowed[task])
        gaps = np.abs(labels[:, None] - self.values[mine, task])  # (n, a)
        found: IntArray = mine[gaps.argmin(axis=1)]
        return found


class Vocabulary:
    """All words of a log and its tasks; a word's *token* is its place among them.

    Parameters
    ----------
    train : the training log
    tasks, scales : what is asked, and each label's scale in training
    user_numbers, item_numbers : (n_users,), (n_items,) permutations: the digits of each one's word
    """

    def __init__(
        self,
        train: InteractionLog,
        tasks: Sequence[Task],
        scales: Sequence[LabelScale],
        user_numbers: IntArray,
        item_numbers: IntArray,
    ) -> None:
        self.words: list[str] = list(_FRAME)
        self._token_of: dict[str, int] = {word: token for token, word in enumerate(_FRAME)}
        self.task_tokens = np.array([self._new(task.name) for task in tasks])  # (T,)
        self.feature_tokens = self._features(train)  # (n_users, F)
        table = train.item_table
        kept = _frequent(table.categories[table.categories != ""], 1)
        by_name = {name: self._new(name) for name in kept}
        other = self._new("other")
        self.category_tokens = np.array(
            [by_name.get(str(name), other) for name in table.categories], dtype=np.int64
        )  # (n_items,)
        self.answers = self._answers(train, tasks, scales)
        self.user_tokens = len(self.words) + user_numbers  # (n_users,)
        self._extend(f"user_{number}" for number in range(len(user_numbers)))
        self.item_tokens = len(self.words) + item_numbers  # (n_items,)
        self._extend(f"item_{number}" for number in range(len(item_numbers)))
        self._item_of = {int(token): item for item, token in enumerate(self.item_tokens)}
        self._user_of = {int(token): user for user, token in enumerate(self.user_tokens)}
        self._tasks = tuple(tasks)

    def __len__(self) -> int:
        return len(self.words)

    def token(self, word: str) -> int:
        """Return the token of a word.

        Raises
        ------
        UnknownWordError
            Where there is none; with the words that look like it.
        """
        try:
            return self._token_of[word]
        except KeyError:
            pass
        alike = get_close_matches(word, self.words[2:], n=3)
        remedy = f"Did you mean {', '.join(alike)}?" if alike else "Look at the prompts it shows."
        raise UnknownWordError(word=word, remedy=remedy) from None

    def is_binary(self, task: int) -> bool:
        """Whether a task's answers are yes and no."""
        return self._tasks[task].kind is TaskKind.BINARY

    def item_of(self, token: int) -> int | None:
        """Return the item that a token names, or None."""
        return self._item_of.get(token)

    def item_named(self, word: str) -> int | None:
        """Return the item that a word names, or None."""
        return self._item_of.get(self._token_of.get(word, PAD))

    def user_named(self, word: str) -> int | None:
        """Return the user that a word names, or None."""
        return self._user_of.get(self._token_of.get(word, PAD))

    def text(self, tokens: IntArray | Sequence[int]) -> str:
        """Return the sentence of some tokens; padding is left out."""
        return " ".join(self.words[int(token)] for token in tokens if token != PAD)

    def tokens(self, text: str) -> list[int]:
        """Return the tokens of a typed sentence.

        Marks at the ends of words are not read, "user 17" is user_17, and a capital letter is none
        where only the small one is known.

        Raises
        ------
        UnknownWordError
            Where the model never learned a word.
        """
        typed = [word.rstrip("?.,!") for word in _APART.sub(r"\1_", text).split()]
        return [self.token(self._as_known(word)) for word in typed if word]

    def _as_known(self, word: str) -> str:
        small = word.lower()
        return small if word not in self._token_of and small in self._token_of else word

    # --- how words are made ----------------------------------------------------------------

    def _extend(self, words: Iterable[str]) -> None:
        for word in words:
            self._token_of[word] = len(self.words)
            self.words.append(word)

    def _new(self, name: str) -> int:
        """Give a name a word of its own: no spaces, no other's, and never that of an id."""
        word = re.sub(r"[\s?.,!]+", "_", name.strip()).strip("_") or "_"
        if re.fullmatch(r"(user|item)_\d+", word):
            word += "_"
        unique, n = word, 1
        while unique in self._token_of:
            n += 1
            unique = f"{word}_{n}"
        self._extend([unique])
        return self._token_of[unique]

    def _features(self, train: InteractionLog) -> IntArray:
        met = np.zeros(train.n_users, dtype=np.bool_)
        met[train.users] = True
        columns: list[IntArray] = []
        for name, column in train.user_table.features.items():
            if len(columns) == _MAX_FEATURES:
                break
            codes, labels = _codes(column, met)
            if len(labels) < 2:
                continue
            made = np.array([self._new(f"{name}:{label}") for label in (*labels, _UNKNOWN)])
            columns.append(made[codes])
        return np.stack(columns, axis=1) if columns else np.zeros((train.n_users, 0), np.int64)

    def _answers(
        self, train: InteractionLog, tasks: Sequence[Task], scales: Sequence[LabelScale]
    ) -> Answers:
        words: dict[str, int] = {}
        meant: list[tuple[int, str, float]] = []
        for position, (task, scale) in enumerate(zip(tasks, scales, strict=True)):
            for word, value in _answer_words(train, task, scale).items():
                words.setdefault(word, len(words))
                meant.append((position, word, value))
        tokens = np.array([self._new(word) for word in words], dtype=np.int64)
        values = np.full((len(words), len(tasks)), np.nan)
        for position, word, value in meant:
            values[words[word], position] = value
        return Answers(tokens, np.isfinite(values).T, values)


def _answer_words(train: InteractionLog, task: Task, scale: LabelScale) -> Mapping[str, float]:
    """Return the words that answer a task, and the label that each stands for."""
    if not scale.n:
        return {}
    if task.kind is TaskKind.BINARY:
        return {"no": 0.0, "yes": 1.0}
    labels = task.part(train).label(task.label).astype(np.float64)
    found = np.unique(labels)
    if len(found) > (_MAX_SCALE if task.kind is TaskKind.RATING else _N_ANSWERS):
        edges = np.quantile(labels, np.arange(1, _N_ANSWERS) / _N_ANSWERS)
        steps = np.searchsorted(np.unique(edges), labels)
        found = np.array([labels[steps == step].mean() for step in np.unique(steps)])
    return {f"{value:g}": float(value) for value in found}


def _codes(column: AnyArray, met: BoolArray) -> tuple[IntArray, list[str]]:
    """Return (n,) the place of each value among the labels; the last place stands for unknown."""
    if column.dtype.kind == "U":
        labels = _frequent(column[met & (column != "")], _MIN_USERS)
        places = {label: place for place, label in enumerate(labels)}
        return np.array([places.get(str(value), len(labels)) for value in column]), labels
    if column.dtype.kind not in "biuf":
        return np.zeros(len(column), np.int64), []
    numbers = column.astype(np.float64)
    known = np.isfinite(numbers)
    seen = numbers[known & met]
    if not len(seen):
        return np.zeros(len(column), np.int64), []
    edges = np.unique(np.quantile(seen, np.arange(1, _N_STEPS) / _N_STEPS))
    ends = [f"{edge:.4g}" for edge in edges]
    labels = [f"to_{ends[0]}", *(f"{a}_to_{b}" for a, b in pairwise(ends))]
    labels.append(f"over_{ends[-1]}")
    codes = np.searchsorted(edges, np.where(known, numbers, 0.0))
    return np.where(known, codes, len(labels)), labels


def _frequent(column: AnyArray, at_least: int) -> list[str]:
    found, counts = np.unique(column, return_counts=True)
    found, counts = found[counts >= at_least], counts[counts >= at_least]
    few = np.argsort(-counts, kind="stable")[:_MAX_VALUES]
    return [str(name) for name in np.sort(found[few])]

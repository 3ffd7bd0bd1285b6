"""The log as sentences: what is asked, in the words of the vocabulary, and what came of it.

Three questions, one for each kind of label, and one for what comes next:

* ``will user_17 age:25_to_34 click item_9 ?`` - *yes* or *no*
* ``which rating will user_17 age:25_to_34 give item_305 ?`` - *4*
* ``what will user_17 age:25_to_34 purchase next after item_12 item_5 ?`` - the item; after
  *after* stands what the user chose before, newest first

The item that a question closes with is read by the decoder, which then writes the answer: so a
question about all items reads its prompt once. (P5 has the item in the encoder; a list of 800 items
is then 800 prompts.) An item is two words, its category and itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, IntArray, group_rows
from algorithms.data.log import InteractionLog
from algorithms.models.neural.events import Examples, Histories, LabelScale
from algorithms.models.prompted.vocabulary import PAD, Vocabulary
from algorithms.tasks import Task, TaskKind

N_TOGETHER = 8  # items that one prompt is asked about while learning


@dataclass(frozen=True, eq=False)
class Judged:
    """Questions about a user and items: P prompts with up to k items each.

    Parameters
    ----------
    prompts : (P, m) tokens
    tasks : (P,) position of the task
    items : (P, k)
    answers : (P, k) place of the answer among the words that answer
    known : (P, k) which of the k places hold an item
    """

    prompts: IntArray
    tasks: IntArray
    items: IntArray
    answers: IntArray
    known: BoolArray

    def __len__(self) -> int:
        return len(self.prompts)

    def take(self, rows: IntArray) -> Judged:
        """Return some of the prompts."""
        return Judged(
            self.prompts[rows],
            self.tasks[rows],
            self.items[rows],
            self.answers[rows],
            self.known[rows],
        )


@dataclass(frozen=True, eq=False)
class Chosen:
    """What came next: prompts (n, m), the task (n,) and the item (n,) that was chosen."""

    prompts: IntArray
    tasks: IntArray
    items: IntArray

    def __len__(self) -> int:
        return len(self.prompts)

    def take(self, rows: IntArray) -> Chosen:
        """Return some of them."""
        return Chosen(self.prompts[rows], self.tasks[rows], self.items[rows])


class Sentences:
    """Makes the prompts of a log; all have the same number of places, m.

    Parameters
    ----------
    length : L, how many items a question for the next one looks back at
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        tasks: Sequence[Task],
        scales: Sequence[LabelScale],
        length: int,
    ) -> None:
        self.vocabulary, self.tasks, self.scales = vocabulary, tuple(tasks), tuple(scales)
        self._length = length
        self.n_places = 2 + vocabulary.feature_tokens.shape[1] + 4 + length

    def question(self, task: int, users: IntArray) -> IntArray:
        """Return (n, m) the prompts that ask users about a task; the item is yet to be named."""
        v = self.vocabulary
        who = [v.user_tokens[users], *v.feature_tokens[users].T]
        name = np.full(len(users), v.task_tokens[task])
        if self.tasks[task].kind is TaskKind.BINARY:
            return self._filled([self._word("will", users), *who, name])
        start = [self._word("which", users), name, self._word("will", users)]
        return self._filled([*start, *who, self._word("give", users)])

    def next_question(self, task: int, users: IntArray, history: IntArray) -> IntArray:
        """Return (n, m) the prompts that ask what comes next; ``history`` (n, L) as in events."""
        v = self.vocabulary
        start = [self._word("what", users), self._word("will", users)]
        who = [v.user_tokens[users], *v.feature_tokens[users].T]
        name = np.full(len(users), v.task_tokens[task])
        past = np.where(history >= 0, v.item_tokens[history], PAD)[:, ::-1]  # newest first
        after = np.where((history >= 0).any(axis=1), v.token("after"), PAD)
        return self._filled([*start, *who, name, self._word("next", users), after, *past.T])

    def text(self, prompt: IntArray, item: int | None = None) -> str:
        """Return a prompt (m,) as a sentence; with an item it closes with it."""
        said = self.vocabulary.text(prompt)
        if item is not None:
            said += f" {self.vocabulary.words[self.vocabulary.item_tokens[item]]}"
        return f"{said} ?"

    def judged(self, examples: Examples, rng: np.random.Generator | None = None) -> Judged:
        """Return what was asked and answered, ``N_TOGETHER`` items of a user and task together.

        Parameters
        ----------
        rng : shuffles which items stand together; None leaves them in their order
        """
        events, tasks = np.nonzero(examples.mask)
        if rng is not None:
            order = rng.permutation(len(events))
            events, tasks = events[order], tasks[order]
        parts = [
            self._judged_of(t, examples, events[tasks == t])
            for t in range(len(self.tasks))
            if (tasks == t).any()
        ]
        if not parts:
            empty = np.zeros((0, N_TOGETHER), np.int64)
            prompts = np.zeros((0, self.n_places), np.int64)
            return Judged(prompts, empty[:, 0], empty, empty, empty.astype(np.bool_))
        return Judged(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _judged_of(self, t: int, examples: Examples, rows: IntArray) -> tuple[AnyArray, ...]:
        rows = rows[np.argsort(examples.users[rows], kind="stable")]
        users, scale = examples.users[rows], self.scales[t]
        first = np.flatnonzero(np.r_[True, users[1:] != users[:-1]])  # of each user
        place = np.arange(len(rows)) - np.repeat(first, np.diff(np.r_[first, len(rows)]))
        column = place % N_TOGETHER
        row = np.cumsum(column == 0) - 1  # the prompt that each event belongs to
        items, answers = (np.zeros((row[-1] + 1, N_TOGETHER), np.int64) for _ in range(2))
        known = np.zeros(items.shape, dtype=np.bool_)
        labels = examples.labels[rows, t].astype(np.float64) * scale.spread + scale.mean
        items[row, column] = examples.items[rows]
        answers[row, column] = self.vocabulary.answers.nearest(t, labels)
        known[row, column] = True
        prompts = self.question(t, users[column == 0])
        return prompts, np.full(len(prompts), t), items, answers, known

    def chosen(self, log: InteractionLog, histories: Histories) -> Chosen:
        """Return what came next, for every event of the log on which a label says *relevant*."""
        prompts, tasks, items = [np.zeros((0, self.n_places), np.int64)], [], []
        for t, task in enumerate(self.tasks):
            events = log.select(was_chosen(task, log))
            before = histories.before(events)
            prompts.append(self.next_question(t, events.users.astype(np.int64), before))
            tasks.append(np.full(len(events), t))
            items.append(events.items.astype(np.int64))
        return Chosen(np.concatenate(prompts), np.concatenate(tasks), np.concatenate(items))

    def _word(self, word: str, users: IntArray) -> IntArray:
        return np.full(len(users), self.vocabulary.token(word))

    def _filled(self, columns: Sequence[IntArray]) -> IntArray:
        prompts = np.full((len(columns[0]), self.n_places), PAD)
        for place, column in enumerate(columns):
            prompts[:, place] = column
        return prompts


def was_chosen(task: Task, log: InteractionLog) -> BoolArray:
    """Return (n_events,) on which events a task's label says *relevant*."""
    values = log.label(task.label)
    chosen: BoolArray = task.events(log) & (values >= task.relevant_from) & (values > 0)
    return chosen


class Trie:
    """Which words may follow which: a kind's categories, then a category's items.

    Parameters
    ----------
    log : whose items there are
    vocabulary : their words
    """

    def __init__(self, log: InteractionLog, vocabulary: Vocabulary) -> None:
        kinds = log.item_table.kind_codes.astype(np.int64)  # (n_items,)
        tokens = vocabulary.category_tokens  # (n_items,)
        self.categories, code = np.unique(tokens, return_inverse=True)  # (C,) tokens
        self.category_of: IntArray = code.astype(np.int64)  # (n_items,) place among them
        n_kinds, n_categories = len(log.item_table.kinds), len(self.categories)
        self.opens = np.zeros((n_kinds, n_categories), dtype=np.bool_)
        self.opens[kinds, self.category_of] = True
        self.branch: IntArray = kinds * n_categories + self.category_of  # (n_items,)
        self.kinds: IntArray = kinds
        self._offsets, self._rows = group_rows(self.branch.astype(np.int32), n_kinds * n_categories)

    def items(self, kind: int, category: int) -> IntArray:
        """Return the items that may follow a category."""
        branch = kind * len(self.categories) + category
        return self._rows[self._offsets[branch] : self._offsets[branch + 1]]

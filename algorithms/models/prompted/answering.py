r"""Asking the fitted model, by NumPy: all items at once, or word by word under the trie.

*All items*: a question's prompt is read once; then the decoder takes in the categories side by
side, then the items side by side, and each item's answer is there. *Word by word*: a **beam
search** keeps the n likeliest beginnings, and the trie says which words may follow: no item is ever
made up. The probability of an item is the product along its way,

.. math:: p(\text{item} \mid \text{prompt}) =
    p(\text{category} \mid \text{prompt})\; p(\text{item} \mid \text{category, prompt})

A beam search may pass over a likely item in an unlikely category; with as many beams as items it
passes over none. *Every item's* chance to be the answer is no search at all: the categories are
taken in side by side, and each gives the chances of its items. Lists are ordered by these.

References
----------
N. De Cao et al.: Autoregressive entity retrieval, ICLR 2021 (beam search under a trie).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from algorithms.arrays import Float32Array, FloatArray, IntArray
from algorithms.models.neural.ops import NumpyOps
from algorithms.models.prompted.sentences import Trie
from algorithms.models.prompted.transformer import (
    BIAS,
    WORDS,
    Memory,
    Shape,
    Written,
    nothing_written,
    read,
    scores,
    step,
    words,
)
from algorithms.models.prompted.vocabulary import PAD, START, Vocabulary

_OPS = NumpyOps()


@dataclass(frozen=True, slots=True)
class Beam:
    """An answer: its words, its probability, and the item that it names, if any."""

    words: tuple[str, ...]
    probability: float
    item: int | None = None


class Speaker:
    """A fitted transformer that answers.

    Parameters
    ----------
    vocabulary, trie : the words, and which may follow which
    weights : by name
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        trie: Trie,
        shape: Shape,
        weights: Mapping[str, Float32Array],
    ) -> None:
        self._v, self._trie, self._shape = vocabulary, trie, shape
        self.weights = dict(weights)

    def answers(self, task: int, prompt: IntArray, items: IntArray) -> FloatArray:
        """Return (k, a) how well each word that answers the task does so, for each item.

        Parameters
        ----------
        prompt : (m,) tokens of the question
        items : (k,) that it is asked about
        """
        x = words(_OPS, self.weights, prompt[None, prompt != PAD])
        memory = self._read(x)
        _, written = self._begin(memory)
        states = self._take_items(memory, written, items)
        said: FloatArray = _f64(scores(_OPS, self.weights, states, self._answer_tokens(task)))[0]
        return said

    @property
    def dimension(self) -> int:
        """d, length of a word's vector and of a state."""
        return int(self.weights[WORDS].shape[1])

    def states(self, prompts: IntArray, items: IntArray | None) -> FloatArray:
        """Return (n, d) the states from which answers are chosen.

        Parameters
        ----------
        prompts : (n, m) tokens
        items : (n,) that the questions close with; None for questions that an item answers
        """
        x = words(_OPS, self.weights, prompts)
        memory, _ = read(_OPS, self.weights, self._shape, x, prompts != PAD)
        states, written = self._begin(memory)
        if items is not None:
            for tokens in (self._v.category_tokens[items], self._v.item_tokens[items]):
                x = words(_OPS, self.weights, tokens[:, None])
                states, written = self._step(memory, written, x)
        found: FloatArray = _f64(states)[:, 0]
        return found

    def mixed_answers(self, task: int, x: FloatArray, item_words: FloatArray) -> FloatArray:
        """Return (B, a) the answers to prompts given as vectors.

        Parameters
        ----------
        x : (B, m, d) the prompts' words
        item_words : (B, 2, d) the category's and the item's vectors
        """
        memory = self._read(x)
        _, written = self._begin(memory)
        for place in range(2):
            states, written = self._step(memory, written, item_words[:, place : place + 1])
        said = scores(_OPS, self.weights, states, self._answer_tokens(task))
        return _f64(said)[:, 0]

    def answer_beams(self, task: int, prompt: IntArray, item: int, n: int) -> list[Beam]:
        """Return the likeliest answers to a question about an item."""
        p = softmax(self.answers(task, prompt, np.array([item])))[0]
        best = np.argsort(-p, kind="stable")[:n]
        said = self._answer_tokens(task)
        return [Beam((self._v.words[said[place]],), float(p[place])) for place in best]

    def item_beams(self, kind: int, prompt: IntArray, n: int) -> list[Beam]:
        """Return the likeliest items of a kind that a beam search with n beams finds."""
        memory = self._read(words(_OPS, self.weights, prompt[None, prompt != PAD]))
        states, written = self._begin(memory)
        open_now = np.flatnonzero(self._trie.opens[kind])
        tokens = self._trie.categories[open_now]
        first = np.log(softmax(_f64(scores(_OPS, self.weights, states, tokens))))[0, 0]
        kept = np.argsort(-first, kind="stable")[:n]
        x = words(_OPS, self.weights, tokens[kept])[None]
        states, _ = self._step(memory, written, x)
        found: list[tuple[float, int]] = []
        for row, place in enumerate(kept):
            items = self._trie.items(kind, int(open_now[place]))
            said = scores(_OPS, self.weights, states[:, row : row + 1], self._v.item_tokens[items])
            total = first[place] + np.log(softmax(_f64(said)))[0, 0]
            found += zip(total.tolist(), items.tolist(), strict=True)
        found.sort(key=lambda pair: (-pair[0], pair[1]))
        return [Beam(self.item_words(item), float(np.exp(p)), item) for p, item in found[:n]]

    def item_chances(self, kind: int, prompt: IntArray) -> FloatArray:
        """Return (k,) the probability of each item of a kind to be the answer; they sum to 1."""
        memory = self._read(words(_OPS, self.weights, prompt[None, prompt != PAD]))
        states, written = self._begin(memory)
        open_now = np.flatnonzero(self._trie.opens[kind])  # (C,)
        tokens = self._trie.categories[open_now]
        of_category = softmax(_f64(scores(_OPS, self.weights, states, tokens)))[0, 0]
        states, _ = self._step(memory, written, words(_OPS, self.weights, tokens)[None])
        items = np.flatnonzero(self._trie.kinds == kind)
        place = np.searchsorted(open_now, self._trie.category_of[items])  # (k,) among the C
        own = self._v.item_tokens[items]
        said = (states[0, place] * words(_OPS, self.weights, own)).sum(axis=1)
        said = _f64(said + self.weights[BIAS][own])
        highest = np.full(len(open_now), -np.inf)
        np.maximum.at(highest, place, said)
        likely = np.exp(said - highest[place])
        all_of_it = np.bincount(place, likely, len(open_now))  # a softmax in each category
        chances: FloatArray = of_category[place] * likely / all_of_it[place]
        return chances

    def item_words(self, item: int) -> tuple[str, ...]:
        """Return an item's category and its own word."""
        v = self._v
        return v.words[v.category_tokens[item]], v.words[v.item_tokens[item]]

    # --- steps -------------------------------------------------------------------------------

    def _take_items(self, memory: Memory, written: Written, items: IntArray) -> Float32Array:
        """Return (1, k, d) the states after category and item, each category read once."""
        places, parent = np.unique(self._trie.category_of[items], return_inverse=True)
        x = words(_OPS, self.weights, self._trie.categories[places])[None]
        _, written = self._step(memory, written, x)
        x = words(_OPS, self.weights, self._v.item_tokens[items])[None]
        return self._step(memory, written.branch(parent), x)[0]

    def _read(self, x: Float32Array | FloatArray) -> Memory:
        known = np.ones(x.shape[:2], dtype=np.bool_)
        return read(_OPS, self.weights, self._shape, x, known)[0]

    def _begin(self, memory: Memory) -> tuple[Float32Array, Written]:
        x = words(_OPS, self.weights, np.array([[START]]))
        return self._step(memory, nothing_written(self._shape), x)

    def _step(
        self, memory: Memory, written: Written, x: Float32Array | FloatArray
    ) -> tuple[Float32Array, Written]:
        return step(_OPS, self.weights, self._shape, memory, written, x)

    def _answer_tokens(self, task: int) -> IntArray:
        answers = self._v.answers
        found: IntArray = answers.tokens[answers.allowed[task]]
        return found


def softmax(z: FloatArray) -> FloatArray:
    """Return shares that sum to 1 along the last axis."""
    found: FloatArray = _OPS.softmax(z)
    return found


def _f64(x: Float32Array) -> FloatArray:
    found: FloatArray = x.astype(np.float64)
    return found

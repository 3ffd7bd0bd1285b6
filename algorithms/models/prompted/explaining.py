r"""Why the model answers so: what each word of the question adds, as Shapley values.

A word that is not told is replaced by the average word of its place: the average user, the average
age, the average item. With it told or not, in every combination with the others, the answer is
read; a word's part is the mean of what telling it changes,

.. math:: \phi_j = \sum_{S \not\ni j} \frac{|S|!\,(n - |S| - 1)!}{n!}
    \big( v(S \cup j) - v(S) \big)

The parts add up, exactly, from the answer about an average question to the answer given.

References
----------
S. M. Lundberg, S.-I. Lee: A unified approach to interpreting model predictions, NeurIPS 2017.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np

from algorithms.arrays import FloatArray, IntArray, sigmoid
from algorithms.data.log import InteractionLog
from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.models.prompted.answering import Speaker
from algorithms.models.prompted.sentences import Sentences
from algorithms.models.prompted.transformer import WORDS
from algorithms.models.prompted.vocabulary import PAD
from algorithms.tasks import TaskKind

_REMARK = Message(
    "Shapley values: what telling a word changes, instead of the average word of its place, in the "
    "mean over all orders of telling. They show what the model used, not what caused the label."
)


class Explainer:
    """Takes an answer apart, word by word.

    Parameters
    ----------
    log : the training log
    number : of a task and the scores (..., a) of its answers, its numbers (...)
    """

    def __init__(
        self,
        log: InteractionLog,
        sentences: Sentences,
        speaker: Speaker,
        number: Callable[[int, FloatArray], FloatArray],
    ) -> None:
        self._log, self._sentences = log, sentences
        self._speaker, self._number = speaker, number
        self._average_words: dict[int, tuple[FloatArray, FloatArray]] = {}

    def explain(
        self, t: int, user: int, item: int, score: float, remarks: tuple[Message, ...]
    ) -> Explanation:
        """Say what each word of a question adds to its answer, the score."""
        task, v = self._sentences.tasks[t], self._sentences.vocabulary
        prompt = self._sentences.question(t, np.array([user]))[0]
        prompt = prompt[prompt != PAD]
        tokens = np.r_[prompt, v.category_tokens[item], v.item_tokens[item]]
        places = self._varying(t, prompt)
        parts = self._parts_of(t, tokens, places)
        found = [Contribution(score - float(parts.sum()), EvidenceKind.AVERAGE, task=task.name)]
        for place, part in zip(places, parts, strict=True):
            word = Message("the word {word}", {"word": v.words[tokens[place]]})
            found.append(
                Contribution(float(part), EvidenceKind.FEATURE, task=task.name, message=word)
            )
        return Explanation(
            task.name,
            user,
            item,
            score,
            self._sentence(t, score, self._sentences.text(prompt, item)),
            strongest_first(found),
            remarks=(_REMARK, *remarks),
        )

    def _sentence(self, t: int, score: float, asked: str) -> Message:
        if self._sentences.tasks[t].kind is TaskKind.BINARY:
            chance = float(sigmoid(np.array(score)))
            return Message(
                "Asked “{prompt}”, the model gives “yes” {chance:.1%}.",
                {"prompt": asked, "chance": chance},
            )
        return Message(
            "Asked “{prompt}”, the model expects {score:.2f}.", {"prompt": asked, "score": score}
        )

    def _varying(self, t: int, prompt: IntArray) -> IntArray:
        """Return the places of a question that differ from user to user, category and item."""
        first = 1 if self._sentences.tasks[t].kind is TaskKind.BINARY else 3
        n_features = self._sentences.vocabulary.feature_tokens.shape[1]
        of_user = first + np.arange(1 + n_features)
        return np.concatenate([of_user, len(prompt) + np.arange(2)])

    def _parts_of(self, t: int, tokens: IntArray, places: IntArray) -> FloatArray:
        vectors = self._speaker.weights[WORDS].astype(np.float64)
        own = vectors[tokens]  # (m + 2, d)
        average = self._average_question(t, vectors, len(tokens))

        def value(told: IntArray) -> FloatArray:
            x = np.broadcast_to(own, (len(told), *own.shape)).copy()
            for column, place in enumerate(places):
                x[told[:, column] == 0, place] = average[place]
            said = self._speaker.mixed_answers(t, x[:, :-2], x[:, -2:])
            return self._number(t, said)

        return shapley_values(value, len(places))[1]

    def _average_question(self, t: int, vectors: FloatArray, n: int) -> FloatArray:
        """Return (n, d) the mean vector of each place over the events of the task in training."""
        if t not in self._average_words:
            log, v = self._log, self._sentences.vocabulary
            events = self._sentences.tasks[t].part(log)
            prompts = self._sentences.question(t, np.arange(log.n_users))[:, : n - 2]
            of_users = np.bincount(events.users, minlength=log.n_users) / len(events)
            of_items = np.bincount(events.items, minlength=log.n_items) / len(events)
            asked = np.einsum("u,umd->md", of_users, vectors[prompts])
            items = [of_items @ vectors[tokens] for tokens in (v.category_tokens, v.item_tokens)]
            self._average_words[t] = (asked, np.array(items))
        return np.concatenate(self._average_words[t])


def shapley_values(
    value: Callable[[IntArray], FloatArray], n_players: int
) -> tuple[float, FloatArray]:
    """Return the value of telling nothing, and (n,) what each player adds.

    Parameters
    ----------
    value : of (B, n) rows of 0 and 1, who takes part, returns (B,)
    """
    n = n_players
    subsets = np.arange(2**n)
    told = (subsets[:, None] >> np.arange(n)) & 1  # (2^n, n)
    worth = value(told)
    size = told.sum(axis=1)
    share = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])
    parts = np.empty(n)
    for player in range(n):
        without = subsets[told[:, player] == 0]
        gained = worth[without | (1 << player)] - worth[without]
        parts[player] = (share[size[without]] * gained).sum()
    return float(worth[0]), parts

"""Puts questions to a language model outside, reads its answers, and notes every word of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from algorithms.errors import FitError
from algorithms.messages import Message
from algorithms.models.neural.events import LabelScale
from algorithms.models.prompted.outside import OutsideAnswer, OutsideModel
from algorithms.models.prompted.outside_errors import (
    BusyError,
    OutsideError,
    RefusedQuestionError,
    SlowError,
    StrangeAnswerError,
    TooLongError,
    UnreachableError,
    UnreadableAnswerError,
)
from algorithms.models.prompted.outside_exhibits import Exchange
from algorithms.models.prompted.outside_questions import (
    Question,
    read_number,
    read_order,
    read_yes_no,
)
from algorithms.progress import Progress, Stage

T = TypeVar("T")

_PASSING = (
    SlowError,
    BusyError,
    UnreachableError,
    RefusedQuestionError,
    StrangeAnswerError,
    TooLongError,
)  # may happen once to a question, and the next one is answered
_MOST_FAILURES = 3  # one after the other
_PATIENCE = 20  # answers of which none can be read


class NothingReadableError(FitError):
    """No answer could be read."""

    template = "None of {n} answers of the language model could be read. The first: {said}"


class Asking:
    """Asks, reads and notes, until there are no questions left.

    Parameters
    ----------
    exchanges : where what was said is noted
    """

    def __init__(
        self,
        outside: OutsideModel,
        n_questions: int,
        scales: Sequence[LabelScale],
        exchanges: list[Exchange],
        progress: Progress,
    ) -> None:
        self._outside, self._n, self._scales = outside, n_questions, scales
        self._exchanges, self._progress = exchanges, progress
        self._n_failed = 0  # questions without an answer, one after the other

    @property
    def left(self) -> int:
        """How many may still be asked."""
        return self._n - len(self._exchanges)

    def order(self, question: Question) -> tuple[int, ...] | None:
        """Return the places of the candidates named, best first; None without an answer."""
        return self._ask(question, lambda text: read_order(text, len(question.items)))

    def yes_no(self, question: Question) -> bool | None:
        """Return whether the answer is yes; None without an answer."""
        return self._ask(question, read_yes_no)

    def number(self, question: Question) -> float | None:
        """Return the number named; None without an answer."""
        scale = self._scales[question.task]
        return self._ask(question, lambda text: read_number(text, scale.low, scale.high))

    def _ask(self, question: Question, read: Callable[[str], T]) -> T | None:
        self._progress(len(self._exchanges) / self._n, Stage.FIT)
        try:
            answer = self._outside.answer(question.text)
        except _PASSING as error:
            self._n_failed += 1
            if self._n_failed > len(self._exchanges) or self._n_failed == _MOST_FAILURES:
                raise  # it never answered, or not for some time
            self._note(question, OutsideAnswer("", 0.0), error)
            return None
        self._n_failed = 0
        try:
            found = read(answer.text)
        except UnreadableAnswerError as error:
            self._note(question, answer, error)
            if len(self._exchanges) == _PATIENCE:
                check_readable(self._exchanges)
            return None
        self._note(question, answer)
        return found

    def _note(
        self, question: Question, answer: OutsideAnswer, error: OutsideError | None = None
    ) -> None:
        self._exchanges.append(
            Exchange(
                form=question.form.value,
                task=question.task,
                user=question.user,
                prompt=question.text,
                answer=answer.text,
                seconds=round(answer.seconds, 3),
                probability=_first_word(answer.text, answer.first_words),
                problem="" if error is None else error.message.template,
                problem_values={} if error is None else dict(error.message.values),
            )
        )


def check_readable(exchanges: Sequence[Exchange]) -> None:
    """Raise where no answer at all could be read."""
    if all(each.problem for each in exchanges):
        first = str(Message(exchanges[0].problem, exchanges[0].problem_values))
        raise NothingReadableError(n=len(exchanges), said=first)


def _first_word(text: str, first_words: Mapping[str, float]) -> float | None:
    """Return the probability of an answer's first word, where the server told it."""
    for word, p in first_words.items():
        if word.strip() and text.startswith(word.strip()):
            return float(np.exp(p))
    return None

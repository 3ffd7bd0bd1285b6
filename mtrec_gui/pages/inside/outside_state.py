"""What is asked of a language model outside, and what it answered, as values (Qt-free)."""

from __future__ import annotations

from dataclasses import dataclass, field

from algorithms.messages import Message


@dataclass(frozen=True, slots=True)
class OutsideWish:
    """Where questions are sent, if anywhere; it lives in memory alone.

    Parameters
    ----------
    is_on : whether anything is sent
    address : of a server that speaks OpenAI's protocol
    model : what the server calls the model
    key : that the server asks for, empty where it asks for none; None where a person typed none,
        so that the one kept for the server serves
    remembers : whether the key goes to the system's own store
    """

    is_on: bool = False
    address: str = ""
    model: str = ""
    key: str | None = field(default=None, repr=False)
    remembers: bool = False


@dataclass(frozen=True, slots=True)
class OutsideReply:
    """What came of a question.

    Parameters
    ----------
    prompt : the question as the person asked it
    sent : as it left the machine, items by their titles
    model : who was asked
    text, seconds : the answer and the time that it took; nothing while it is waited for
    first_words : the likeliest first words of an answer and their probabilities, where it tells
    problem : why there is no answer
    remark : why the key could not be remembered
    """

    prompt: str
    sent: str
    model: str
    text: str = ""
    seconds: float | None = None
    first_words: tuple[tuple[str, float], ...] = ()
    problem: Message | None = None
    remark: Message | None = None

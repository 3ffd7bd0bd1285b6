"""What a person and a model that answers prompts say to each other, as values (Qt-free)."""

from __future__ import annotations

from dataclasses import dataclass

from algorithms.messages import Message


@dataclass(frozen=True, slots=True)
class Talk:
    """Whom it is about, and what the model itself would ask.

    Parameters
    ----------
    tasks : names of the tasks that it answers
    task : the one that its own sentences are about
    user, user_id : index and id of the user that they are about
    user_word : what the user is called in them
    prompts : its own sentences
    """

    tasks: tuple[str, ...]
    task: str
    user: int
    user_id: str
    user_word: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """An answer: its words, the title of the item that it names, and its probability."""

    words: str
    title: str
    probability: float


@dataclass(frozen=True, slots=True)
class NeighbourLine:
    """A training sentence, its answer, the title of that, and the cosine with the prompt."""

    sentence: str
    answer: str
    title: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Named:
    """Whom or what a word of the prompt names: the id of a user, or the title of an item."""

    word: str
    name: str
    is_item: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A word that the model does not know, and those it knows that look like it."""

    word: str
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a prompt.

    Parameters
    ----------
    prompt : as it was read
    answers : the likeliest, best first
    rest : the probability of all other answers together
    neighbours : training sentences, nearest first
    named : the users and items of the prompt
    problem : why there is no answer
    offers : for the words that the model does not know
    """

    prompt: str
    answers: tuple[AnswerLine, ...] = ()
    rest: float = 0.0
    neighbours: tuple[NeighbourLine, ...] = ()
    named: tuple[Named, ...] = ()
    problem: Message | None = None
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class TalkState:
    """All that is shown.

    Parameters
    ----------
    talk : None where the model answers no prompts
    words : that a prompt may be made of, as they are completed
    reply : to what was asked last
    is_asking : whether an answer is being waited for
    problem : why another user could not be taken
    history : what was asked in this session, oldest first
    """

    talk: Talk | None = None
    words: tuple[str, ...] = ()
    reply: Reply | None = None
    is_asking: bool = False
    problem: Message | None = None
    history: tuple[str, ...] = ()

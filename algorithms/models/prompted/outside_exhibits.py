"""What is shown of the questions that left the machine: all of them, and what came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from algorithms.explanations import Exhibit, Table
from algorithms.messages import Message, MessageValue


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer, word by word.

    Parameters
    ----------
    form : what was asked for
    task : position of the task
    user : index of the user it is about
    prompt : as it left the machine
    answer : as it came back
    seconds : that it took
    probability : of the answer's first word, where the server told it
    problem, problem_values : why there is no answer, or none that could be read, as a template
        and its values; empty where there is one
    """

    form: str
    task: int
    user: int
    prompt: str
    answer: str
    seconds: float
    probability: float | None = None
    problem: str = ""
    problem_values: Mapping[str, MessageValue] = field(default_factory=dict)


def outside_exhibits(
    exchanges: Sequence[Exchange], tasks: Sequence[str], n_users: int, n_able: int
) -> tuple[Exhibit, ...]:
    """Show the count of questions, then each with its raw answer.

    Parameters
    ----------
    n_users, n_able : about how many users it answered, and about how many it could have been asked
    """
    n_unread = sum(bool(each.problem) for each in exchanges)
    seconds = sum(each.seconds for each in exchanges)
    counts = Table(
        key="asked",
        title=Message("What was asked outside"),
        sentence=Message(
            "How often the language model outside was asked, and what came of it. Users were drawn "
            "by lot among those who chose anything; all others get what is most popular."
        ),
        columns=(Message("what"), Message("number")),
        rows=(
            (Message("questions"), len(exchanges)),
            (Message("of these without an answer that could be read"), n_unread),
            (Message("users it answered about"), n_users),
            (Message("users it could have been asked about"), n_able),
            (Message("seconds in all"), round(seconds, 2)),
        ),
    )
    every = Table(
        key="exchanges",
        title=Message("Every question that left the machine"),
        sentence=Message(
            "Word by word, with the raw answer. The probability is that of the answer's first "
            "word, where the server told it; it says how sure the model is of its word, not how "
            "likely the event is."
        ),
        columns=(
            Message("task"),
            Message("question"),
            Message("answer"),
            Message("read"),
            Message("probability"),
            Message("seconds"),
        ),
        rows=tuple(
            (
                tasks[each.task],
                each.prompt,
                each.answer,
                Message(each.problem, each.problem_values) if each.problem else Message("yes"),
                "" if each.probability is None else each.probability,
                each.seconds,
            )
            for each in exchanges
        ),
    )
    return counts, every

"""What the prompted model shows: prompts and answers, nearest sentences, the tasks' words."""

from __future__ import annotations

import numpy as np

from algorithms.arrays import Float32Array, IntArray, TextArray
from algorithms.explanations import Exhibit, HeatMap, Table
from algorithms.messages import Message
from algorithms.models.prompted.conversation import Conversation

_N_USERS = 2
_N_BEAMS = 3
_N_NEAREST = 5


def prompt_exhibits(
    conversation: Conversation,
    users: IntArray,
    tasks: tuple[str, ...],
    task_words: Float32Array,
    titles: TextArray,
) -> tuple[Exhibit, ...]:
    """Show the inside of a fitted model.

    Parameters
    ----------
    users : (n,) whom it may be shown for; the first few are
    task_words : (T, d) the vectors of the tasks' words
    titles : (n_items,) what a person calls the items
    """
    asked = [
        (text, beam)
        for user in users[:_N_USERS].tolist()
        for task in range(len(tasks))
        for text in conversation.prompts(task, user)
        for beam in conversation.complete(text, _N_BEAMS)
    ]
    if not asked:
        return ()
    shown: list[Exhibit] = [
        Table(
            key="prompts",
            title=Message("Prompts and answers"),
            sentence=Message(
                "What was asked, and the {n} likeliest answers with their probability. An item's "
                "number is drawn by lot and means nothing; only items that exist can be answered.",
                {"n": _N_BEAMS},
            ),
            columns=(
                Message("prompt"),
                Message("answer"),
                Message("title"),
                Message("probability"),
            ),
            rows=tuple(
                (
                    text,
                    " ".join(beam.words),
                    "" if beam.item is None else str(titles[beam.item]),
                    beam.probability,
                )
                for text, beam in asked
            ),
        )
    ]
    texts = list(dict.fromkeys(text for text, _ in asked))[:2]  # one of each form
    shown.append(
        Table(
            key="nearest",
            title=Message("Nearest training sentences"),
            sentence=Message(
                "Sentences of training (a sample) whose state before the answer is most like the "
                "prompt's. They show what the model takes the prompt to be like, not why it "
                "answers as it does."
            ),
            columns=(
                Message("prompt"),
                Message("training sentence"),
                Message("answer"),
                Message("cosine"),
            ),
            rows=tuple(
                (text, near.sentence, near.answer, near.similarity)
                for text in texts
                for near in conversation.nearest(text, _N_NEAREST)
            ),
        )
    )
    if len(tasks) > 1:
        unit = task_words / np.maximum(np.linalg.norm(task_words, axis=1, keepdims=True), 1e-12)
        shown.append(
            HeatMap(
                key="task_words",
                title=Message("How alike the tasks' words are"),
                sentence=Message(
                    "Cosines between the vectors of the words that name the tasks. All else is "
                    "shared, so these words are what tells the tasks apart; words near 1 are read "
                    "alike, but the form of the question tells ratings from the rest too."
                ),
                row_names=tasks,
                column_names=tasks,
                values=(unit @ unit.T).astype(np.float64),
                centre=0.0,
            )
        )
    return tuple(shown)

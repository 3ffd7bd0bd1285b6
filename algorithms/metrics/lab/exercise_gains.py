"""Questions about Δm: what learning together gained over learning each task alone."""

from __future__ import annotations

import numpy as np

from algorithms.messages import Message
from algorithms.metrics.lab.draws import draw_gains, draw_until
from algorithms.metrics.lab.exercises import CLEARLY, Exercise, Mistake, Words, real_mistakes
from algorithms.metrics.lab.work_gains import task_gains
from algorithms.metrics.lab.worked import number


def ask_mean_gain(key: str, rng: np.random.Generator) -> Exercise:
    """Ask for the mean gain over three tasks, in the last of which lower is better."""
    example = draw_gains(rng)
    gains = task_gains(example)
    right = float(gains.mean())
    one_way = Message("In the last task lower is better: a smaller value is a gain there.")
    mistakes = [
        Mistake(float(gains.sum()), Message("That is the sum over the tasks; Δm is the mean.")),
        Mistake(float((gains * [1, 1, -1]).mean()), one_way),
        Mistake(-right, Message("That is the other sign: here higher is better.")),
    ]
    return Exercise(
        f"{key}.value",
        key,
        Message(
            "One model for all tasks against one model per task; in the last task lower is "
            "better. What is the mean gain Δm, in percent?"
        ),
        right,
        Message("The mean of the three gains is {value} %.", {"value": number(right, 2)}),
        shown=(example,),
        revealed=(example,),
        mistakes=real_mistakes(right, mistakes),
    )


def ask_gain_sign(key: str, rng: np.random.Generator) -> Exercise:
    """Ask whether learning together helped on average."""
    example = draw_until(
        lambda: draw_gains(rng),
        lambda drawn: abs(task_gains(drawn).mean()) > CLEARLY,
        "a mean gain that is not 0",
    )
    gains = task_gains(example)
    words: Words = {
        "value": number(float(gains.mean()), 2),
        "n_worse": int((gains < 0).sum()),
    }
    return Exercise(
        f"{key}.sign",
        key,
        Message(
            "One model for all tasks against one model per task; in the last task lower is "
            "better. Did learning together help on average?"
        ),
        0 if gains.mean() > 0 else 1,
        Message(
            "Δm is {value} %. The mean hides that {n_worse} of the three tasks got worse.", words
        )
        if (gains < 0).any()
        else Message("Δm is {value} %: every task gained.", words),
        (Message("Yes, it gained"), Message("No, it lost")),
        (example,),
        (example,),
    )

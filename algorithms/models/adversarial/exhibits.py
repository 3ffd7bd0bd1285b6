"""How a game went, round by round: both players' losses, who was fooled, and what it was good for.

The measures' names are the players' own; what a model did not measure is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.explanations import Exhibit, Lines
from algorithms.messages import Message
from algorithms.models.adversarial.rounds import GAIN

LOSS = "loss"
GENERATOR_LOSS, DISCRIMINATOR_LOSS = "generator's loss", "discriminator's loss"
FOOLED, REAL_SEEN = "taken for real", "real ones recognised"
BEFORE = "gain before the game"

_ROUND = Message("round")


def game_exhibits(measures: Mapping[str, FloatArray]) -> tuple[Exhibit, ...]:
    """Show losses, the discriminator's success and the held-out gain over the rounds."""
    found = [*_losses(measures), *_fooled(measures), *_gain(measures)]
    return tuple(found)


def _losses(measures: Mapping[str, FloatArray]) -> list[Exhibit]:
    names: tuple[str, ...]
    if LOSS in measures:
        names, title = (LOSS,), Message("What is left to learn")
        sentence = Message("The loss on training falls for as long as there is something to learn.")
    else:
        names, title = (GENERATOR_LOSS, DISCRIMINATOR_LOSS), Message("Two players")
        sentence = Message(
            "Each player's loss. What one wins the other loses, so that neither curve tells how "
            "good the recommendations are: look at the held-out gain for that."
        )
    series = {name: measures[name] for name in names if name in measures}
    if not series:
        return []
    return [_lines("losses", title, sentence, Message("loss"), series)]


def _fooled(measures: Mapping[str, FloatArray]) -> list[Exhibit]:
    if FOOLED not in measures:
        return []
    return [
        _lines(
            "fooled",
            Message("How often is the discriminator fooled?"),
            Message(
                "The share of what the generator made that the discriminator took for real, and "
                "the share of what is real that it recognised. Both at one half: it guesses."
            ),
            Message("share"),
            {FOOLED: measures[FOOLED], REAL_SEEN: measures[REAL_SEEN]},
            {"guessing": 0.5},
        )
    ]


def _gain(measures: Mapping[str, FloatArray]) -> list[Exhibit]:
    if GAIN not in measures:
        return []
    before = measures.get(BEFORE)
    known = before is not None and len(before) > 0
    return [
        _lines(
            "gain",
            Message("What it is good for"),
            Message(
                "The held-out gain: 1 / log2(1 + rank) of what users chose in validation, mean "
                "over choices and tasks. The weights of the best round are kept."
            ),
            Message("held-out gain"),
            {GAIN: measures[GAIN]},
            {BEFORE: float(before[0])} if known and before is not None else None,
        )
    ]


def _lines(
    key: str,
    title: Message,
    sentence: Message,
    y_label: Message,
    series: Mapping[str, FloatArray],
    reference: Mapping[str, float] | None = None,
) -> Lines:
    n = len(next(iter(series.values())))
    return Lines(
        key=key,
        title=title,
        sentence=sentence,
        x_label=_ROUND,
        y_label=y_label,
        x=np.arange(1, n + 1, dtype=np.float64),
        series=series,
        reference=reference,
    )

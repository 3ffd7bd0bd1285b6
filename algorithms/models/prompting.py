"""What a model can do that answers typed sentences: its words, its prompts, its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from algorithms.models.prompted.answering import Beam
    from algorithms.models.prompted.conversation import Neighbour
    from algorithms.tasks import Task


@runtime_checkable
class AnswersPrompts(Protocol):
    """A fitted model that can be asked in sentences."""

    def prompts(self, task: Task | str, user: int) -> tuple[str, ...]:
        """Return what can be asked of a user for a task, as sentences to type or to change."""

    def complete(self, prompt: str, n_beams: int = 5) -> tuple[Beam, ...]:
        """Return the likeliest answers to a prompt, best first; a prompt it cannot read raises."""

    def nearest_sentences(self, prompt: str, n: int = 5) -> tuple[Neighbour, ...]:
        """Return the training sentences that the model takes a prompt to be like."""

    def known_words(self) -> tuple[str, ...]:
        """Return every word that a prompt may be made of."""

    def item_named(self, word: str) -> int | None:
        """Return the item that a word names, or None."""

    def user_named(self, word: str) -> int | None:
        """Return the user that a word names, or None."""

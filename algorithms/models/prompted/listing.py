r"""By what the prompted model's lists are ordered: the answer to "what will the user choose next?".

Of an item that no such user was ever shown, *yes* is a guess: the model learned that answer from
what was shown. The question for the next item has all items as its answers, so it has learned from
those that were *not* chosen too:

.. math:: \text{rank}_t(u, i) = p\big(i \mid \text{what will user}_u\text{ click next after
    }\ldots\text{ ?}\big)\; P(\text{met} \mid u, i)^{\kappa}

It is what a beam search gives, to the last item. The second factor (see ``neural.exposure``) is
what shared factors know, not the language model, and in part what the first has counted already; so
it is left out by default, :math:`\kappa = 0`.

References
----------
S. Geng et al.: Recommendation as language processing (P5), RecSys 2022 (lists as beams).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.messages import Message
from algorithms.models.base import ModelState
from algorithms.models.neural.events import Histories
from algorithms.models.neural.exposure import Exposure
from algorithms.models.neural.serving import KeptAnswers
from algorithms.models.prompted.answering import Speaker
from algorithms.models.prompted.sentences import Sentences, was_chosen
from algorithms.tasks import Task

_PREFIX = "exposure."  # before the names of its arrays in the state


class Listing:
    """Orders items; a task whose next items were never learned it does not serve.

    Parameters
    ----------
    log : the training log
    histories : what each user chose
    kept : where rows are kept
    next_weight : how much questions for the next item counted; 0: they were not learned
    power : kappa
    """

    def __init__(
        self,
        log: InteractionLog,
        tasks: Sequence[Task],
        sentences: Sentences,
        histories: Histories,
        kept: KeptAnswers,
        next_weight: float,
        power: float,
    ) -> None:
        self._log, self._sentences, self._histories = log, sentences, histories
        self._kept, self._power = kept, power
        self._exposure = Exposure(log, tasks) if power else None
        self._served = [next_weight > 0 and bool(was_chosen(task, log).any()) for task in tasks]

    def fit(self, rng: np.random.Generator) -> None:
        """Learn who meets what, where that counts."""
        if self._exposure is not None:
            self._exposure.fit(rng)

    def serves(self, t: int) -> bool:
        """Whether the next items of a task were learned."""
        return self._served[t]

    def ranks(self, speaker: Speaker, t: int, users: IntArray, items: IntArray) -> FloatArray:
        """Return (m, k) by what items (k,) of the task's kind are ordered for users (m,)."""
        chances = self._chances(speaker, t, users, items)
        if self._exposure is None:
            return chances
        met = self._exposure.chances(self._task(t).item_kind, users, items)
        ranks: FloatArray = chances * met**self._power
        return ranks

    def remarks(self, speaker: Speaker, t: int, user: int, item: int) -> tuple[Message, ...]:
        """Say what lists are ordered by, and what it is for an item."""
        if not self.serves(t):
            return ()
        chance = float(self._chances(speaker, t, np.array([user]), np.array([item]))[0, 0])
        said = Message(
            "Lists are ordered by another answer: asked “{prompt}”, the model gives this item "
            "{chance:.2%}.",
            {"prompt": self._sentences.text(self._question(t, user)), "chance": chance},
        )
        if self._exposure is None:
            return (said,)
        return said, Message("The chance that the two meet at all is multiplied to it.")

    def state(self) -> ModelState:
        """Return what was learned beside the language model."""
        if self._exposure is None:
            return ModelState({})
        found = self._exposure.state()
        arrays: dict[str, AnyArray] = {
            f"{_PREFIX}{name}": each for name, each in found.arrays.items()
        }
        return ModelState(arrays, {"exposure": dict(found.values)})

    def restore(self, state: ModelState) -> None:
        """Take back what ``state`` returned, from among other arrays."""
        if self._exposure is None:
            return
        arrays = {
            name.removeprefix(_PREFIX): each
            for name, each in state.arrays.items()
            if name.startswith(_PREFIX)
        }
        self._exposure.restore(ModelState(arrays, state.values["exposure"]))

    def _task(self, t: int) -> Task:
        return self._sentences.tasks[t]

    def _question(self, t: int, user: int) -> IntArray:
        users = np.array([user])
        past = self._histories.at_end(users)
        prompt: IntArray = self._sentences.next_question(t, users, past)[0]
        return prompt

    def _chances(self, speaker: Speaker, t: int, users: IntArray, items: IntArray) -> FloatArray:
        kind = self._task(t).item_kind
        code = self._log.item_table.kinds.index(kind)

        def row(user: int, _: IntArray) -> FloatArray:
            return speaker.item_chances(code, self._question(t, user))

        return kept_rows(self._kept, self._log, ("next", t), kind, users, items, row)


def kept_rows(
    kept: KeptAnswers,
    log: InteractionLog,
    key: tuple[str, int],
    kind: str,
    users: IntArray,
    items: IntArray,
    row: Callable[[int, IntArray], FloatArray],
) -> FloatArray:
    """Return (m, k) numbers of items (k,) of a kind for users (m,); rows are kept if not too many.

    Parameters
    ----------
    row : works out the numbers of all items of the kind for one user
    """

    def make(user: int, every: IntArray) -> FloatArray:
        return row(user, every)[:, None]

    table = kept.table(key, kind, 1, users, make)
    places = kept.column_of(kind, items)
    if table is None:
        every = log.item_table.of_kind(kind).astype(np.int64)
        return np.stack([row(user, every)[places] for user in users.tolist()])
    found: FloatArray = table[users[:, None], places, 0]
    return found

r"""Outside language model: the most popular items, put in order by a model that somebody else runs.

For some users, drawn by lot among those who chose anything, the K most popular items that a user
has not met are sent as a question (see ``outside_questions``), and the model outside says in which
order it expects them. The largest of their popularity scores then goes to its first, the next to
its second, and so on:

.. math:: \hat s(u, c) = s_{(r_u(c))}, \qquad r_u(c) \text{ the place of } c \text{ in the answer}

So numbers keep their scale, and nothing changes but the order. A second question asks about its
first: what it says *no* to goes to the end of the candidates; a rating that it names is the
prediction for that item. All other users and items have their popularity, as in ``popularity``: the
figures tell of the model outside only in the measure in which it was asked.

**Without an address nothing leaves the machine.** With one, this leaves it: the titles and
categories of what the users asked about chose last, and of their candidates; their features only
where ``tell_features`` says so. Users go by numbers drawn by lot, not by the ids of the data.

What the literature doubts: such models look little at the order of a history, and prefer what is
popular and what stands first in the question (Hou et al. 2024; here places are drawn by lot). They
may also have read a public data set with its test events (Di Palma et al. 2025 on MovieLens-1M);
no split of ours can undo that. Worlds that are simulated here nobody has read.

References
----------
Y. Hou et al.: Large language models are zero-shot rankers for recommender systems, ECIR 2024.
D. Di Palma et al.: Do LLMs memorize recommendation datasets? A preliminary study on MovieLens-1M,
SIGIR 2025.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field, field_validator

from algorithms.arrays import FloatArray, IntArray
from algorithms.data.log import InteractionLog
from algorithms.errors import FitError
from algorithms.explanations import (
    Contribution,
    EvidenceKind,
    Exhibit,
    Explanation,
    strongest_first,
)
from algorithms.messages import Message, MessageValue
from algorithms.models.base import Family, ModelConfig, ModelState, Output, Recommender
from algorithms.models.neural.events import Histories, label_scales
from algorithms.models.popularity import Popularity
from algorithms.models.prompted.outside_address import address_problem
from algorithms.models.prompted.outside_exhibits import Exchange, outside_exhibits
from algorithms.models.prompted.outside_questions import Form, Questions
from algorithms.models.prompted.sentences import Sentences
from algorithms.models.prompted.vocabulary import Vocabulary
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task

if TYPE_CHECKING:
    from algorithms.models.prompted.outside_asking import Asking

KEY_VARIABLE = "MTREC_LANGUAGE_MODEL_KEY"
_STEP = 1e-9  # keeps the order of candidates that are equally popular


class NoAddressError(FitError):
    """No address was entered."""

    template = (
        "{model} has no address, and without one nothing leaves this machine. Enter the address of "
        "a server that you run or rent, such as http://localhost:11434/v1, and its model's name."
    )


class OutsideConfig(ModelConfig):
    """Who is asked, and how much. The key is no part of it: see ``KEY_VARIABLE``."""

    address: str = Field(
        "",
        max_length=500,
        description="Where the model is, such as http://localhost:11434/v1; empty sends nothing",
    )
    model: str = Field("", max_length=200, description="What its server calls the model")
    timeout: float = Field(30.0, ge=0.1, le=600, description="Seconds that one question may take")
    n_questions: int = Field(100, ge=1, le=100_000, description="Questions in all, at most")
    n_candidates: int = Field(
        10, ge=2, le=50, description="Popular items that it is to put in order for a user"
    )
    history: int = Field(10, ge=1, le=50, description="Items that a question tells of the past")
    tell_features: bool = Field(
        False, description="Whether what is known of a user, such as age, is sent too"
    )

    @field_validator("address")
    @classmethod
    def _usable(cls, address: str) -> str:
        problem = address_problem(address) if address.strip() else None
        if problem is not None:
            raise ValueError(str(problem))
        return address.strip()


@dataclass(frozen=True, eq=False)
class _Said:
    """What came of the questions about one user and task.

    Parameters
    ----------
    order : (K,) candidates, best first
    number : rating that was named for the first of them; NaN where none was
    """

    order: IntArray
    number: float


class OutsidePrompted(Recommender):
    """The most popular items in the order of a language model that somebody else runs."""

    key = "outside_prompted"
    title = "Outside language model"
    family = Family.PROMPTED
    summary = (
        "Asks a language model at an address that you enter to put popular items in order; without "
        "an address nothing leaves the machine."
    )
    equation = r"$\hat{s}(u, c) = s_{(r_u(c))}$"
    reference = "hou2024"
    config_class = OutsideConfig
    is_multitask = True
    explains_by = "counts"

    config: OutsideConfig

    def lacks(self) -> Message | None:
        """Say that an address is needed."""
        if self.config.address:
            return None
        return NoAddressError(model=self.title).message

    def sends(self) -> Message | None:
        """Say what leaves this machine, and where it goes."""
        config = self.config
        if not config.address:
            return None
        values: dict[str, MessageValue] = {"n": config.n_questions, "address": config.address}
        if config.tell_features:
            return Message(
                "A run sends up to {n} questions to {address}: titles and categories of what some "
                "users chose last, and of popular items, and what is known of these users. Users "
                "go by numbers drawn by lot.",
                values,
            )
        return Message(
            "A run sends up to {n} questions to {address}: titles and categories of what some "
            "users chose last, and of popular items. Users go by numbers drawn by lot.",
            values,
        )

    def prepare(self) -> None:
        """Load what speaks to servers."""
        import_module("algorithms.models.prompted.outside_asking")

    def output(self, task: Task) -> Output:
        """Return what popularity's number is, for it is that number."""
        return self._popularity.output(task)

    # --- the fit -------------------------------------------------------------------------

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        if not self.config.address:
            raise NoAddressError(model=self.title)
        from algorithms.models.prompted.outside import OutsideModel
        from algorithms.models.prompted.outside_asking import Asking, check_readable

        outside = OutsideModel(
            self.config.address,
            self.config.model,
            os.environ.get(KEY_VARIABLE, ""),
            self.config.timeout,
        )
        self._scales = label_scales(train, tasks)
        self._popularity = Popularity().fit(train, tasks, rng=rng)
        histories = Histories(train, tasks, self.config.history)
        vocabulary = Vocabulary(
            train,
            tasks,
            self._scales,
            rng.permutation(train.n_users),
            rng.permutation(train.n_items),
        )
        sentences = Sentences(vocabulary, tasks, self._scales, self.config.history)
        questions = Questions(train, sentences, histories, self.config.tell_features)
        users = rng.permutation(train.n_users)
        able = users[(histories.at_end(users) >= 0).any(axis=1)]
        self._asked: dict[tuple[int, int], _Said] = {}
        self._exchanges: list[Exchange] = []
        self._n_able = len(able)
        asking = Asking(outside, self.config.n_questions, self._scales, self._exchanges, progress)
        for user in able.tolist():
            for t, task in enumerate(tasks):
                if asking.left:
                    self._ask(asking, questions, task, t, user, rng)
        if not self._exchanges:
            raise FitError(
                model=self.title,
                reason="training has no user who chose anything and has two items left to choose",
                remedy="Use more data.",
            )
        check_readable(self._exchanges)
        progress(1.0, Stage.FIT)

    def _ask(
        self,
        asking: Asking,
        questions: Questions,
        task: Task,
        t: int,
        user: int,
        rng: np.random.Generator,
    ) -> None:
        candidates = self._candidates(task, user)
        if len(candidates) < 2:
            return
        question = questions.order(t, user, rng.permutation(candidates))
        places = asking.order(question)
        order = candidates.tolist()
        if places is not None:
            named = question.items[list(places)].tolist()
            order = named + [item for item in order if item not in named]
        about = questions.about(t, user, order[0]) if asking.left else None
        said: bool | float | None = None
        if about is not None and about.form is Form.YES_NO:
            said = asking.yes_no(about)
            if said is False:
                order = order[1:] + order[:1]
        elif about is not None:
            said = asking.number(about)
        if places is not None or said is not None:
            number = said if isinstance(said, float) else np.nan
            self._asked[t, user] = _Said(np.array(order, dtype=np.int64), number)

    def _candidates(self, task: Task, user: int) -> IntArray:
        """Return the most popular items that the user has not met, most popular first."""
        return self._popularity.recommend(task, user, self.config.n_candidates).items

    # --- what is kept ----------------------------------------------------------------------

    def _state(self) -> ModelState:
        keys = list(self._asked)
        width = max((len(said.order) for said in self._asked.values()), default=0)
        orders = np.full((len(keys), width), -1, dtype=np.int64)
        for row, said in enumerate(self._asked.values()):
            orders[row, : len(said.order)] = said.order
        arrays = {f"popularity.{k}": a for k, a in self._popularity.state().arrays.items()}
        arrays["asked"] = np.array(keys, dtype=np.int64).reshape(-1, 2)
        arrays["orders"] = orders
        arrays["numbers"] = np.array([said.number for said in self._asked.values()])
        values = {
            "exchanges": [asdict(each) for each in self._exchanges],
            "n_able": self._n_able,
        }
        return ModelState(arrays, values)

    def _restore(self, state: ModelState) -> None:
        own = {
            name.removeprefix("popularity."): array
            for name, array in state.arrays.items()
            if name.startswith("popularity.")
        }
        self._scales = label_scales(self.log, self.tasks)
        self._popularity = Popularity().restore(self.log, self.tasks, ModelState(own))
        self._asked = {
            (int(t), int(user)): _Said(order[order >= 0], float(number))
            for (t, user), order, number in zip(
                state.arrays["asked"], state.arrays["orders"], state.arrays["numbers"], strict=True
            )
        }
        self._exchanges = [Exchange(**each) for each in state.values["exchanges"]]
        self._n_able = int(state.values["n_able"])

    # --- answers -----------------------------------------------------------------------------

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        t = self._position(task)
        scores = self._popularity.predict(task, users, items)
        for user in np.unique(users).tolist():
            if (t, user) in self._asked:
                mine = users == user
                scores[mine] = self._row(t, task, user)[items[mine]]
        return scores

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        t = self._position(task)
        scores = self._popularity.score_block(task, users, items)
        for row, user in enumerate(users.tolist()):
            if (t, user) in self._asked:
                scores[row] = self._row(t, task, user)[items]
        return scores

    def _row(self, t: int, task: Task, user: int) -> FloatArray:
        """Return (n_items,) the scores of a user who was asked about."""
        every = np.arange(self.log.n_items)
        scores = self._popularity.predict(task, np.full(len(every), user), every)
        said = self._asked[t, user]
        best = np.sort(scores[said.order])[::-1]  # (K,) of the candidates, largest first
        step = _STEP * max(1.0, abs(float(best[0])))
        scores[said.order] = best + step * np.arange(len(best))[::-1]
        if np.isfinite(said.number):
            scores[said.order[0]] = said.number
        if self.output(task) is Output.PREDICTION:
            scale = self._scales[t]
            scores = np.clip(scores, scale.low, scale.high)
        return scores

    # --- what it shows -----------------------------------------------------------------------

    def notes(self) -> tuple[Message, ...]:
        """Say how far the figures tell of the model outside."""
        n_users = len({user for _, user in self._asked})
        return (
            Message(
                "The language model outside answered about {n_users} of {n_able} users (drawn by "
                "lot), {n_unread} of {n} answers could not be read; all others get what is most "
                "popular, so the figures tell of it only in this measure.",
                {
                    "n_users": n_users,
                    "n_able": self._n_able,
                    "n": len(self._exchanges),
                    "n_unread": sum(bool(each.problem) for each in self._exchanges),
                },
            ),
        )

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show every question that left the machine, with its raw answer."""
        names = tuple(task.name for task in self.tasks)
        n_users = len({user for _, user in self._asked})
        return outside_exhibits(self._exchanges, names, n_users, self._n_able)

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        plain = self._popularity.explain(task, user, item)
        said = self._asked.get((self._position(task), user))
        if said is None or item not in said.order:
            remark = Message(
                "The language model outside was not asked about this item for this user: the most "
                "popular items stand in."
            )
            return replace(plain, remarks=(*plain.remarks, remark))
        score = float(self._row(self._position(task), task, user)[item])
        place = int(np.flatnonzero(said.order == item)[0]) + 1
        part = Contribution(
            score - plain.score,
            EvidenceKind.FEATURE,
            task=task.name,
            message=Message("the order of the language model outside"),
        )
        values: dict[str, MessageValue] = {
            "task": task.name,
            "place": place,
            "n": len(said.order),
            "score": score,
        }
        sentence = Message(
            "The language model outside put it at place {place} of {n} popular items for "
            "“{task}”, and so it has the score of that place.",
            values,
        )
        if place == 1 and np.isfinite(said.number):
            sentence = Message("For “{task}” the language model outside said {score:g}.", values)
        contributions = strongest_first([*plain.contributions, part])
        return Explanation(task.name, user, item, score, sentence, contributions)

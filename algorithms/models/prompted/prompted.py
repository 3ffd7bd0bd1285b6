r"""Prompted unified model: every task is a sentence, and one small language model answers them all.

.. math::
    \hat p_t(u, i) = p\big(\text{yes} \mid \text{will user}_u\text{ click item}_i\text{ ?}\big),
    \qquad \hat r(u, i) = \sum_v v\; p\big(v \mid \text{which rating will user}_u
    \text{ give item}_i\text{ ?}\big)

*Lists* are ordered by another of its answers, what the user will choose *next* (see ``listing``):
of an item that no such user was ever shown, *yes* is a guess.

Tasks share everything: words, reader, writer. What tells them apart is a word of the prompt. That
is P5's idea, "recommendation as language processing"; here the transformer is small, it learns
nothing but the sentences of this log, and an item's number is drawn by lot (see ``vocabulary``).

What the literature doubts: P5's figures hang on how items are numbered (Hua et al. 2023), and its
first numbering looked at test events (Rajput et al. 2023). A transformer over ids has no more to go
by than a factorisation has; whether it does better is asked beside shared factors.

References
----------
S. Geng, S. Liu, Z. Fu, Y. Ge, Y. Zhang: Recommendation as language processing (RLP): a unified
pretrain, personalized prompt & predict paradigm (P5), RecSys 2022.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import numpy as np
from pydantic import Field, model_validator

from algorithms.arrays import AnyArray, Float32Array, FloatArray, IntArray, sigmoid
from algorithms.data.log import InteractionLog
from algorithms.explanations import Exhibit, Explanation
from algorithms.messages import Message
from algorithms.models.base import Family, ModelConfig, ModelState, Output, Recommender
from algorithms.models.extras import require_extra
from algorithms.models.neural.drawn import drawn_notes, watched_examples, with_drawn_negatives
from algorithms.models.neural.events import (
    Context,
    Histories,
    label_scales,
    make_examples,
)
from algorithms.models.neural.serving import KeptAnswers
from algorithms.models.neural.weights import from_safetensors, to_safetensors
from algorithms.models.one_event import one_event
from algorithms.models.prompted.answering import Beam, Speaker, softmax
from algorithms.models.prompted.conversation import Conversation, Neighbour
from algorithms.models.prompted.exhibits import prompt_exhibits
from algorithms.models.prompted.explaining import Explainer
from algorithms.models.prompted.learning import LearningConfig, learn
from algorithms.models.prompted.listing import Listing, kept_rows
from algorithms.models.prompted.sentences import Sentences, Trie
from algorithms.models.prompted.transformer import WORDS, Shape, make_weights
from algorithms.models.prompted.vocabulary import START, Vocabulary
from algorithms.progress import Progress
from algorithms.tasks import Task, TaskKind

_NO_CONTEXT = Context((), (), np.zeros(0, dtype=np.int64), 0)


class PromptedConfig(ModelConfig):
    """How large the language model is, and how it learns."""

    dimension: int = Field(32, ge=4, le=256, description="Length of a word's vector")
    n_layers: int = Field(2, ge=1, le=6, description="Layers of the reader, and of the writer")
    n_heads: int = Field(2, ge=1, le=8, description="Ways in which a layer looks at the words")
    history: int = Field(
        6, ge=1, le=50, description="Items that a question for the next one looks back at"
    )
    next_weight: float = Field(
        0.25, ge=0, le=10, description="How much the questions for the next item count"
    )
    dropout: float = Field(
        0.1, ge=0, le=0.9, description="Share of the numbers switched off at random while it learns"
    )
    n_epochs: int = Field(12, ge=1, le=500, description="Passes over the sentences at most")
    n_prompts: int = Field(
        6000,
        ge=10,
        le=10_000_000,
        description="Questions of each form that one pass draws at most; one is about eight items",
    )
    batch_size: int = Field(128, ge=1, le=8192, description="Prompts in one step")
    learning_rate: float = Field(
        0.003, gt=0, le=1, description="Size of a step, as Adam understands it"
    )
    word_decay: float = Field(1.0, ge=0, le=100, description="Pull of the words' vectors to zero")
    patience: int = Field(
        3, ge=1, le=100, description="Passes without gain on validation before it stops"
    )
    exposure: float = Field(
        0.0, ge=0, le=3, description="How much lists weigh that an item is met at all; 0: nothing"
    )

    @model_validator(mode="after")
    def _heads_share_a_vector(self) -> PromptedConfig:
        if self.dimension % self.n_heads:
            raise ValueError("n_heads must divide dimension")
        return self

    def learning(self) -> LearningConfig:
        """Return what the trainer must know."""
        return LearningConfig(
            n_epochs=self.n_epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            word_decay=self.word_decay,
            patience=self.patience,
            n_prompts=self.n_prompts,
            next_weight=self.next_weight,
        )


class Prompted(Recommender):
    """One small language model that reads every task as a sentence."""

    key = "prompted"
    title = "Prompted unified model"
    family = Family.PROMPTED
    summary = "Reads every task as a sentence and writes the answer: one language model for all."
    equation = r"$\hat{p}_t = p(\mathrm{yes} \mid \mathrm{will\ user_u\ click\ item_i\,?})$"
    reference = "geng2022"
    config_class = PromptedConfig
    is_multitask = True
    explains_by = "features"
    ranks_apart = True
    extra = "deep"

    config: PromptedConfig

    def output(self, task: Task) -> Output:
        """Return what the number is: a probability where yes and no were observed."""
        if task.kind is not TaskKind.BINARY:
            return Output.PREDICTION
        return Output.SCORE if self._scales[self._position(task)].is_drawn else Output.PROBABILITY

    def prepare(self) -> None:
        """Load PyTorch, and learn from one event, so that it loads what it loads at first use."""
        require_extra(type(self))
        for name in ("torch", "safetensors.numpy"):
            import_module(name)
        log, task = one_event()
        config = self.config.model_copy(update={"n_epochs": 1})
        type(self)(config).fit(log, [task], rng=np.random.default_rng(0), validation=log)

    # --- the fit -------------------------------------------------------------------------

    def _fit(
        self,
        train: InteractionLog,
        validation: InteractionLog | None,
        tasks: Sequence[Task],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        require_extra(type(self))
        # Numbers by lot: they know how many users and items there are, and nothing else.
        self._derive(rng.permutation(train.n_users), rng.permutation(train.n_items))
        none = Histories(train, (), 0)
        examples = make_examples(train, tasks, self._scales, _NO_CONTEXT, none)
        examples = with_drawn_negatives(examples, [train], tasks, self._scales, rng)
        watched = None
        if validation is not None:
            watched = watched_examples(
                validation, train, tasks, self._scales, _NO_CONTEXT, none, rng
            )
        learned = learn(
            self._sentences,
            self._trie,
            self._shape,
            self._draw_weights(train, rng),
            examples,
            self._sentences.chosen(train, self._histories),
            watched,
            self.config.learning(),
            rng,
            progress,
        )
        self.curves += learned.curves
        self._said = learned.notes
        self._speaker = Speaker(self._vocabulary, self._trie, self._shape, learned.weights)
        self._listing.fit(rng)

    def _draw_weights(
        self, train: InteractionLog, rng: np.random.Generator
    ) -> dict[str, Float32Array]:
        v = self._vocabulary
        weights = make_weights(
            rng, len(v), self._sentences.n_places, self.config.dimension, self.config.n_layers
        )
        for tokens, met in ((v.user_tokens, train.users), (v.item_tokens, train.items)):
            unmet = np.ones(len(tokens), dtype=np.bool_)
            unmet[met] = False
            weights[WORDS][tokens[unmet]] = 0.0  # who was never met says nothing
        return weights

    def _derive(self, user_numbers: IntArray, item_numbers: IntArray) -> None:
        """Derive from the training log what need not be kept."""
        log, tasks, config = self.log, self.tasks, self.config
        self._numbers = {"user_numbers": user_numbers, "item_numbers": item_numbers}
        self._scales = label_scales(log, tasks)
        self._vocabulary = Vocabulary(log, tasks, self._scales, user_numbers, item_numbers)
        self._sentences = Sentences(self._vocabulary, tasks, self._scales, config.history)
        self._trie = Trie(log, self._vocabulary)
        self._histories = Histories(log, tasks, config.history)
        self._shape = Shape(config.n_layers, config.n_heads, config.dropout)
        self._kept = KeptAnswers(log)
        self._listing = Listing(
            log,
            tasks,
            self._sentences,
            self._histories,
            self._kept,
            config.next_weight,
            config.exposure,
        )
        self._conversation: Conversation | None = None
        self._explains: Explainer | None = None

    def _state(self) -> ModelState:
        listing = self._listing.state()
        arrays: dict[str, AnyArray] = {"weights": to_safetensors(self._speaker.weights)}
        said = [[note.template, dict(note.values)] for note in self._said]
        values = {**listing.values, "notes": said}
        return ModelState({**arrays, **self._numbers, **listing.arrays}, values)

    def _restore(self, state: ModelState) -> None:
        self._derive(state.arrays["user_numbers"], state.arrays["item_numbers"])
        weights = from_safetensors(state.arrays["weights"])
        self._speaker = Speaker(self._vocabulary, self._trie, self._shape, weights)
        self._listing.restore(state)
        self._said = tuple(Message(template, values) for template, values in state.values["notes"])

    @property
    def n_parameters(self) -> int:
        """How many weights were learned."""
        return sum(array.size for array in self._speaker.weights.values())

    def notes(self) -> tuple[Message, ...]:
        """Say for which tasks *no* was drawn, and whether learning had to stop."""
        return (*drawn_notes(self.tasks, self._scales), *self._said)

    # --- answers -------------------------------------------------------------------------

    def _row(self, task: Task, user: int, items: IntArray) -> FloatArray:
        """Return (k,) log-odds of yes, or the expected label, of items for a user."""
        t = self._position(task)
        prompt = self._sentences.question(t, np.array([user]))[0]
        return self._number(t, self._speaker.answers(t, prompt, items))

    def _number(self, t: int, said: FloatArray) -> FloatArray:
        """Turn the scores (..., a) of a task's answers into its numbers (...)."""
        if self.tasks[t].kind is TaskKind.BINARY:
            odds: FloatArray = said[..., 1] - said[..., 0]
            return odds
        answers = self._vocabulary.answers
        expected: FloatArray = softmax(said) @ answers.values[answers.allowed[t], t]
        return expected

    def _rows(self, task: Task, users: IntArray, columns: IntArray) -> FloatArray:
        """Return (n, k) the numbers of items of the task's kind (k,) for users (n,)."""

        def row(user: int, items: IntArray) -> FloatArray:
            return self._row(task, user, items)

        key = ("asked", self._position(task))
        return kept_rows(self._kept, self.log, key, task.item_kind, users, columns, row)

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        scale = self._scales[self._position(task)]
        said = np.full(len(users), np.nan)
        if not scale.n:
            return said
        of_kind = np.flatnonzero(self._of_kind(task, items))
        order = of_kind[np.argsort(users[of_kind], kind="stable")]
        starts = np.flatnonzero(np.r_[True, np.diff(users[order]) != 0])
        for mine in np.split(order, starts[1:]):  # one user's pairs at a time
            said[mine] = self._rows(task, users[mine[:1]], items[mine])[0]
        return self._on_scale(task, said)

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        said = np.full((len(users), len(items)), np.nan)
        if self._scales[self._position(task)].n:
            mine = np.flatnonzero(self._of_kind(task, items))
            t = self._position(task)
            if self._listing.serves(t):
                said[:, mine] = self._listing.ranks(self._speaker, t, users, items[mine])
            else:  # it can only say yes or no
                said[:, mine] = self._on_scale(task, self._rows(task, users, items[mine]))
        return said

    def _on_scale(self, task: Task, said: FloatArray) -> FloatArray:
        if self.output(task) is Output.PROBABILITY:
            return sigmoid(said)
        if task.kind is TaskKind.BINARY:
            return said
        scale = self._scales[self._position(task)]
        return np.clip(said, scale.low, scale.high)

    # --- prompts -------------------------------------------------------------------------

    def _talk(self) -> Conversation:
        if self._conversation is None:
            self._conversation = Conversation(
                self.log, self._sentences, self._trie, self._speaker, self._histories
            )
        return self._conversation

    def prompts(self, task: Task | str, user: int) -> tuple[str, ...]:
        """Return what can be asked of a user for a task, as sentences to type or to change."""
        known = self._known(task)
        self._check_users(np.array([user]))
        return self._talk().prompts(self._position(known), user)

    def complete(self, prompt: str, n_beams: int = 5) -> tuple[Beam, ...]:
        """Answer a typed prompt: the likeliest answers with their probabilities, best first.

        Raises
        ------
        UnknownWordError, UnclearPromptError
            Where the prompt has a word that was never learned, or cannot be answered.
        """
        return self._talk().complete(prompt, n_beams)

    def nearest_sentences(self, prompt: str, n: int = 5) -> tuple[Neighbour, ...]:
        """Return the training sentences (of a sample) that the model takes a prompt to be like."""
        return self._talk().nearest(prompt, n)

    def known_words(self) -> tuple[str, ...]:
        """Return every word that a prompt may be made of."""
        return tuple(self._vocabulary.words[START + 1 :])

    def item_named(self, word: str) -> int | None:
        """Return the item that a word names, or None."""
        return self._vocabulary.item_named(word)

    def user_named(self, word: str) -> int | None:
        """Return the user that a word names, or None."""
        return self._vocabulary.user_named(word)

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show prompts with their answers, nearest training sentences, and the tasks' words."""
        n_events = np.bincount(self.log.users, minlength=self.log.n_users)
        users = np.argsort(-n_events, kind="stable").astype(np.int64)
        task_words = self._speaker.weights[WORDS][self._vocabulary.task_tokens]
        names = tuple(task.name for task in self.tasks)
        titles = self.log.item_table.titles
        return prompt_exhibits(self._talk(), users, names, task_words, titles)

    # --- explanations --------------------------------------------------------------------

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        t = self._position(task)
        if not self._scales[t].n:
            sentence = Message(
                "Nothing can be said: training knows no label of “{task}”.", {"task": task.name}
            )
            return Explanation(task.name, user, item, np.nan, sentence)
        score = float(self._rows(task, np.array([user]), np.array([item]))[0, 0])
        if task.kind is not TaskKind.BINARY:
            score = float(self._on_scale(task, np.array([score]))[0])
        remarks = self._listing.remarks(self._speaker, t, user, item)
        return self._explainer().explain(t, user, item, score, remarks)

    def _explainer(self) -> Explainer:
        if self._explains is None:
            self._explains = Explainer(self.log, self._sentences, self._speaker, self._number)
        return self._explains

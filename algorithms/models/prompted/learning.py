r"""Learning to answer: of every sentence, make the words that came more likely.

.. math:: L = -\sum_{\text{sentences}} \omega_t \log p(\text{answer} \mid \text{prompt, item})
    \;-\; \gamma \sum_{\text{chosen}} \log p(\text{category, item} \mid \text{prompt})

Each probability is a softmax over the words that may stand there: the task's answers, the kind's
categories, the category's items. After every pass the validation sentences say how good it is;
when they have said "not better" for ``patience`` passes, learning ends and the best weights are
put back. A loss or a gradient that is no number ends it too, before that step is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from algorithms.arrays import Float32Array, FloatArray, IntArray
from algorithms.messages import Message
from algorithms.models.base import CurvePoint
from algorithms.models.neural.events import Examples
from algorithms.models.neural.ops import TorchOps
from algorithms.models.not_finite import GRADIENT, LOSS, NotFiniteError
from algorithms.models.prompted.sentences import Chosen, Judged, Sentences, Trie
from algorithms.models.prompted.transformer import (
    WORDS,
    Memory,
    Shape,
    nothing_written,
    read,
    scores,
    step,
    words,
)
from algorithms.models.prompted.vocabulary import PAD, START
from algorithms.progress import Progress, Stage

if TYPE_CHECKING:
    import torch

_LONGEST = 1.0  # gradient; a longer one is cut
_FORBIDDEN = -1e9


@dataclass(frozen=True, slots=True)
class LearningConfig:
    """How to learn; see ``PromptedConfig`` for what each means."""

    n_epochs: int
    batch_size: int
    learning_rate: float
    word_decay: float
    patience: int
    n_prompts: int
    next_weight: float


@dataclass(frozen=True, eq=False)
class Learned:
    """What a fit gave: the best weights, the losses by pass and task, what a reader must know."""

    weights: dict[str, Float32Array]
    curves: list[CurvePoint]
    notes: tuple[Message, ...] = ()


def learn(
    sentences: Sentences,
    trie: Trie,
    shape: Shape,
    weights: Mapping[str, Float32Array],
    train: Examples,
    chosen: Chosen,
    validation: Examples | None,
    config: LearningConfig,
    rng: np.random.Generator,
    progress: Progress,
) -> Learned:
    """Fit the transformer's weights to the sentences.

    Raises
    ------
    FitError
        Where a loss or a gradient is no number before the first pass has ended.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the same sums in the same order
    try:
        fit = _Fit(sentences, trie, shape, weights, config, rng)
        return fit.run(train, chosen, validation, progress)
    finally:
        torch.set_num_threads(threads)


class _Fit:
    def __init__(
        self,
        sentences: Sentences,
        trie: Trie,
        shape: Shape,
        weights: Mapping[str, Float32Array],
        config: LearningConfig,
        rng: np.random.Generator,
    ) -> None:
        import torch

        self._torch = torch
        self._sentences, self._trie, self._shape = sentences, trie, shape
        self._config, self._rng = config, rng
        self._ops = TorchOps(int(rng.integers(2**31)))
        self._w: dict[str, torch.Tensor] = {
            name: torch.from_numpy(np.array(value)).requires_grad_()
            for name, value in weights.items()
        }
        others = [value for name, value in self._w.items() if name != WORDS]
        self._adam = torch.optim.AdamW(
            [
                {"params": [self._w[WORDS]], "weight_decay": config.word_decay},
                {"params": others, "weight_decay": 0.0},
            ],
            lr=config.learning_rate,
            fused=True,
        )
        tasks = sentences.tasks
        self._task_weights = np.array([task.weight for task in tasks])
        v, constant = sentences.vocabulary, self._ops.constant
        self._answers = constant(v.answers.tokens)
        self._items, self._categories = constant(v.item_tokens), constant(trie.categories)
        self._step = 0

    def run(
        self, train: Examples, chosen: Chosen, validation: Examples | None, progress: Progress
    ) -> Learned:
        config, curves, said = self._config, list[CurvePoint](), list[Message]()
        watched = None
        if validation is not None and len(validation):
            watched = self._sentences.judged(validation)
        best, kept, since = -np.inf, self._snapshot(), 0
        progress(0.0, Stage.FIT)
        for epoch in range(config.n_epochs):
            try:
                losses = self._one_pass(epoch, train, chosen, progress)
            except NotFiniteError as error:
                if epoch == 0:
                    raise error.fit_error("The prompted model") from None
                said.append(error.note(epoch + 1))
                break
            curves += self._points(epoch, "training loss", losses)
            if watched is None or not len(watched):
                kept = self._snapshot()
                continue
            losses, constant = self._losses(watched)
            curves += self._points(epoch, "validation loss", losses)
            asked = _counts(watched, len(losses)) > 0
            quality = -float((self._task_weights * losses / constant)[asked].sum())
            if quality > best:
                best, kept, since = quality, self._snapshot(), 0
            else:
                since += 1
                if since >= config.patience:
                    break
        progress(1.0, Stage.FIT)
        return Learned(kept, curves, tuple(said))

    def _one_pass(
        self, epoch: int, train: Examples, chosen: Chosen, progress: Progress
    ) -> FloatArray:
        """Learn from every sentence once, or a sample; return (T,) the mean losses."""
        config, rng = self._config, self._rng
        judged = self._sentences.judged(train, rng)
        order = rng.permutation(len(judged))[: config.n_prompts]
        n_batches = max(1, -(-len(order) // config.batch_size))
        asked = rng.permutation(len(chosen))[: config.n_prompts]
        parts = np.array_split(asked, n_batches)
        sums = np.zeros((2, len(self._task_weights)))
        for number, rows in enumerate(np.array_split(order, n_batches)):
            batch = judged.take(rows)
            loss, each = self._judged_loss(batch)
            sums += np.array([_per_task(batch, each, sums.shape[1]), _counts(batch, sums.shape[1])])
            self._finite(loss, LOSS, self._whose(batch, each))
            if len(parts[number]) and config.next_weight > 0:
                following = self._chosen_loss(chosen.take(parts[number]))
                self._finite(following, f"{LOSS} of the questions for the next item")
                loss = loss + config.next_weight * following
            self._make_step(loss)
            self._step += 1
            progress((epoch + (number + 1) / n_batches) / config.n_epochs, Stage.FIT)
        return _means(sums)

    def _make_step(self, total: torch.Tensor) -> None:
        """Move against a loss."""
        self._adam.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        values = [value for value in self._w.values() if value.grad is not None]
        self._finite(self._torch.nn.utils.clip_grad_norm_(values, _LONGEST), GRADIENT)
        self._adam.step()

    def _finite(self, value: torch.Tensor, what: str, task: str | None = None) -> None:
        if not bool(value.isfinite()):
            raise NotFiniteError(what, self._step + 1, task)

    def _whose(self, batch: Judged, each: FloatArray) -> str | None:
        """Return the first task with an answer whose loss is no number."""
        wrong = ~np.isfinite(np.where(batch.known, each, 0.0)).all(axis=1)  # (P,)
        return self._sentences.tasks[batch.tasks[wrong.argmax()]].name if wrong.any() else None

    # --- losses ------------------------------------------------------------------------------

    def _read(self, prompts: IntArray) -> Memory:
        longest = max(1, int((prompts != PAD).sum(axis=1).max(initial=1)))
        tokens = self._ops.constant(prompts[:, :longest])
        x = words(self._ops, self._w, tokens)
        return read(self._ops, self._w, self._shape, x, tokens != PAD)[0]

    def _judged_loss(self, batch: Judged) -> tuple[Any, FloatArray]:
        """Return the weighted mean loss, and (P, k) each answer's."""
        torch, ops, w, v = self._torch, self._ops, self._w, self._sentences.vocabulary
        memory = self._read(batch.prompts)
        _, written = step(ops, w, self._shape, memory, nothing_written(self._shape), self._start())
        for tokens in (v.category_tokens, v.item_tokens):
            x = words(ops, w, ops.constant(tokens[batch.items]))
            states, written = step(ops, w, self._shape, memory, written, x)
        said = scores(ops, w, states, self._answers)  # (P, k, A)
        allowed = ops.constant(v.answers.allowed[batch.tasks])[:, None, :]
        said = torch.where(allowed, said, _FORBIDDEN)
        each = torch.nn.functional.cross_entropy(
            said.flatten(0, 1), ops.constant(batch.answers).flatten(), reduction="none"
        ).reshape(batch.items.shape)
        counts = self._task_weights[batch.tasks][:, None] * batch.known  # (P, k)
        loss = (each * ops.constant(counts)).sum() / max(1.0, float(batch.known.sum()))
        return loss, each.detach().double().numpy()

    def _chosen_loss(self, batch: Chosen) -> Any:
        torch, ops, w, trie = self._torch, self._ops, self._w, self._trie
        memory = self._read(batch.prompts)
        nothing = nothing_written(self._shape)
        states, written = step(ops, w, self._shape, memory, nothing, self._start())
        category, kind = trie.category_of[batch.items], trie.kinds[batch.items]
        said = scores(ops, w, states, self._categories)[:, 0]  # (n, C)
        said = torch.where(ops.constant(trie.opens[kind]), said, _FORBIDDEN)
        loss = torch.nn.functional.cross_entropy(said, ops.constant(category))
        x = words(ops, w, self._categories[ops.constant(category)])[:, None]
        states, _ = step(ops, w, self._shape, memory, written, x)
        said = scores(ops, w, states, self._items)[:, 0]  # (n, n_items)
        same = ops.constant(trie.branch[None, :] == trie.branch[batch.items][:, None])
        said = torch.where(same, said, _FORBIDDEN)
        return loss + torch.nn.functional.cross_entropy(said, ops.constant(batch.items))

    def _start(self) -> Any:
        return words(self._ops, self._w, self._ops.constant(np.array([[START]])))

    def _losses(self, judged: Judged) -> tuple[FloatArray, FloatArray]:
        """Return (T,) the mean losses, and those of the best constant."""
        n_tasks = len(self._task_weights)
        sums = np.zeros((2, n_tasks))
        self._ops.is_learning = False
        with self._torch.no_grad():
            for start in range(0, len(judged), 4 * self._config.batch_size):
                rows = np.arange(start, min(start + 4 * self._config.batch_size, len(judged)))
                batch = judged.take(rows)
                each = self._judged_loss(batch)[1]
                sums += np.array([_per_task(batch, each, n_tasks), _counts(batch, n_tasks)])
        self._ops.is_learning = True
        return _means(sums), np.array([_constant_loss(judged, t) for t in range(n_tasks)])

    def _points(self, epoch: int, measure: str, losses: FloatArray) -> Sequence[CurvePoint]:
        return [
            CurvePoint(epoch + 1, task.name, measure, float(loss))
            for task, loss in zip(self._sentences.tasks, losses, strict=True)
            if np.isfinite(loss)
        ]

    def _snapshot(self) -> dict[str, Float32Array]:
        return {name: value.detach().numpy().copy() for name, value in self._w.items()}


def _per_task(batch: Judged, each: FloatArray, n_tasks: int) -> FloatArray:
    sums = (each * batch.known).sum(axis=1)
    return np.bincount(batch.tasks, sums, n_tasks).astype(np.float64)


def _counts(batch: Judged, n_tasks: int) -> FloatArray:
    return np.bincount(batch.tasks, batch.known.sum(axis=1), n_tasks).astype(np.float64)


def _means(sums: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore"):
        means: FloatArray = sums[0] / sums[1]
    return means


def _constant_loss(judged: Judged, task: int) -> float:
    """Return the entropy of a task's answers, or 1 where they are all the same."""
    mine = judged.tasks == task
    answers = judged.answers[mine][judged.known[mine]]
    if not len(answers):
        return 1.0
    shares = np.unique(answers, return_counts=True)[1] / len(answers)
    return float(-(shares * np.log(shares)).sum()) or 1.0

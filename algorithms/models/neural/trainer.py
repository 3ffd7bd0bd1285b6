r"""One trainer for all networks.

Adam on batches; after every pass over the data the validation events say how good the network is,
and when they have said "not better" for ``patience`` passes it ends and **the best weights are put
back**. Test events are never seen. The quality of a pass is

.. math:: -\sum_t \omega_t\, \frac{L_t(\text{validation})}{L_t(\text{constant})}

each task's loss in units of the loss of the best constant, weighted as the person wants.

At every step a *balancer* says how much each task counts (``algorithms.balancing``); a few hundred
steps are noted for the conflict microscope. Gradients longer than ``clip`` are cut; a loss or a
gradient that is no number stops the fit, and what had been best by then is kept.

References
----------
D. P. Kingma, J. Ba: Adam, ICLR 2015. L. Prechelt: Early stopping, but when?, 1998.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from algorithms.arrays import Float32Array, FloatArray, IntArray
from algorithms.balancing.base import Balancer, Heads
from algorithms.balancing.record import TrainingRecord
from algorithms.messages import Message
from algorithms.models.base import CurvePoint
from algorithms.models.neural.augmentation import changed_pasts
from algorithms.models.neural.events import Examples
from algorithms.models.neural.inputs import (
    EMBEDDINGS,
    Inputs,
    answer,
    context_effect,
    embed,
    embed_users,
    join_fields,
)
from algorithms.models.neural.network import Batch, Network, Output, masked_loss
from algorithms.models.neural.ops import NumpyOps, Ops, TorchOps, Weights
from algorithms.models.not_finite import GRADIENT, LOSS, NotFiniteError
from algorithms.progress import Progress, Stage
from algorithms.tasks import Task, TaskKind

if TYPE_CHECKING:
    import torch

_N_NOTES = 240  # steps that are noted, about
_EVALUATED_AT_ONCE = 8192
_REMEDY = "Choose a smaller learning rate, or look for extreme values in the label."


@dataclass(frozen=True, slots=True)
class TrainerConfig:
    """How to learn; see ``NetworkConfig`` for what each means."""

    n_epochs: int
    batch_size: int
    learning_rate: float
    embedding_decay: float
    patience: int
    clip: float
    balance: float
    field_dropout: float = 0.0
    changed_pasts: float = 0.0


@dataclass(frozen=True, eq=False)
class Learned:
    """What a fit gave.

    Parameters
    ----------
    weights : the best, by name
    curves : losses by pass and task
    record : what was noted of single steps; None for one task alone
    notes : what a reader must know, such as a loss that was no number
    quality : of the best weights on validation; -inf without validation
    """

    weights: dict[str, Float32Array]
    curves: list[CurvePoint]
    record: TrainingRecord | None
    notes: tuple[Message, ...]
    quality: float = -np.inf


def learn(
    network: Network,
    inputs: Inputs,
    weights: Mapping[str, Float32Array],
    train: Examples,
    validation: Examples | None,
    tasks: Sequence[Task],
    balancer: Balancer,
    config: TrainerConfig,
    rng: np.random.Generator,
    progress: Progress,
    to_beat: float = -np.inf,
) -> Learned:
    """Fit a network's weights to the examples.

    Parameters
    ----------
    weights : at the start
    validation : steers when to stop; without it all passes are made
    balancer : says at each step how much each task counts
    progress : told after every batch; may raise
    to_beat : quality on validation from which on other weights than those at the start are kept

    Raises
    ------
    FitError
        Where a loss or a gradient is no number before the first pass has ended.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the same sums in the same order; runs share the cores anyway
    try:
        fit = _Fit(network, inputs, weights, train, validation, tasks, balancer, config, rng)
        return fit.run(progress, to_beat)
    finally:
        torch.set_num_threads(threads)


@dataclass
class _Notes:
    """The steps noted so far."""

    steps: list[int] = field(default_factory=list)
    epochs: list[int] = field(default_factory=list)
    losses: list[FloatArray] = field(default_factory=list)
    weights: list[FloatArray] = field(default_factory=list)
    grams: list[FloatArray] = field(default_factory=list)
    use: dict[str, list[FloatArray]] = field(default_factory=dict)

    def record(self, tasks: tuple[str, ...]) -> TrainingRecord | None:
        if not self.steps:
            return None
        grams = np.array(self.grams)  # (s, T, T)
        norms = np.sqrt(np.einsum("stt->st", grams))
        with np.errstate(invalid="ignore", divide="ignore"):
            cosines = grams / (norms[:, :, None] * norms[:, None, :])
        return TrainingRecord(
            tasks,
            np.array(self.steps),
            np.array(self.epochs),
            np.array(self.losses),
            np.array(self.weights),
            np.clip(cosines, -1, 1),
            norms,
            {name: np.array(values) for name, values in self.use.items()},
        )


class _Fit:
    """One fit, from the first batch to the weights that are kept."""

    def __init__(
        self,
        network: Network,
        inputs: Inputs,
        weights: Mapping[str, Float32Array],
        train: Examples,
        validation: Examples | None,
        tasks: Sequence[Task],
        balancer: Balancer,
        config: TrainerConfig,
        rng: np.random.Generator,
    ) -> None:
        import torch

        self._torch = torch
        self._network, self._inputs, self._config, self._rng = network, inputs, config, rng
        self._train, self._tasks = network.learns_from(train), tuple(tasks)
        self._validation = None if validation is None else network.learns_from(validation)
        self._ops = TorchOps(int(rng.integers(2**31)))
        self._w: dict[str, torch.Tensor] = {
            name: torch.from_numpy(np.array(value)).requires_grad_(value.dtype.kind == "f")
            for name, value in weights.items()
        }
        self._shared = [name for name in self._w if self._is_shared(name)]
        self._own = [name for name in self._w if not self._is_shared(name)]
        decayed = [self._w[name] for name in EMBEDDINGS]
        others = [value for name, value in self._w.items() if name not in EMBEDDINGS]
        self._adam = torch.optim.AdamW(
            [
                {"params": decayed, "weight_decay": config.embedding_decay},
                {"params": others, "weight_decay": 0.0},
            ],
            lr=config.learning_rate,
            fused=True,
        )
        self._balancer = balancer
        n_labels = self._train.n_labels()  # (T,)
        shares = (n_labels / n_labels.max()) ** (1.0 - config.balance)
        balancer.start(np.array([task.weight for task in tasks]) * shares, rng)
        self._notes, self._curves, self._step = _Notes(), list[CurvePoint](), 0
        kinds = sorted({task.item_kind for task in tasks})
        self._item_kinds = _item_kind_codes(inputs, kinds)

    def _is_shared(self, name: str) -> bool:
        return name not in ("context", "offset") and self._network.is_shared(name)

    def run(self, progress: Progress, to_beat: float) -> Learned:
        config, said = self._config, list[Message]()
        best, kept, since = to_beat, self._snapshot(), 0
        n_batches = len(self._batches(np.random.default_rng(0)))
        every = max(1, (config.n_epochs * n_batches) // (4 * _N_NOTES), n_batches // 8)
        progress(0.0, Stage.FIT)
        for epoch in range(config.n_epochs):
            batches = self._batches(self._rng)
            sums = np.zeros((2, len(self._tasks)))
            try:
                for number, (rows, task) in enumerate(batches):
                    losses = self._one_step(rows, task, epoch, self._step % every == 0)
                    sums += np.array([np.nan_to_num(losses), np.isfinite(losses)])
                    self._step += 1
                    progress((epoch + (number + 1) / len(batches)) / config.n_epochs, Stage.FIT)
            except NotFiniteError as error:
                if epoch == 0:
                    raise error.fit_error("The network", _REMEDY) from None
                said.append(error.note(epoch + 1))
                break
            with np.errstate(invalid="ignore"):
                means = sums[0] / sums[1]
            self._balancer.epoch_ended(means)
            self._note_curve(epoch + 1, "training loss", means)
            if self._validation is None or not len(self._validation):
                kept = self._snapshot()
                continue
            losses, quality = self._validate(self._validation)
            self._note_curve(epoch + 1, "validation loss", losses)
            if quality > best:
                best, kept, since = quality, self._snapshot(), 0
            else:
                since += 1
                if since >= config.patience:
                    break
        progress(1.0, Stage.FIT)
        record = self._notes.record(tuple(task.name for task in self._tasks))
        return Learned(kept, self._curves, record, tuple(said), best)

    # --- batches -------------------------------------------------------------------------

    def _batches(self, rng: np.random.Generator) -> list[tuple[IntArray, int | None]]:
        """Shuffle the examples and cut them; one task's examples each, where wanted."""
        size = self._config.batch_size
        if not self._network.one_task_per_batch:
            order = rng.permutation(len(self._train))
            return [(order[start : start + size], None) for start in range(0, len(order), size)]
        batches: list[tuple[IntArray, int | None]] = []
        for task in range(len(self._tasks)):
            rows = rng.permutation(np.flatnonzero(self._train.mask[:, task]))
            batches += [(rows[start : start + size], task) for start in range(0, len(rows), size)]
        return [batches[n] for n in rng.permutation(len(batches))]

    def _batch(self, examples: Examples, task: int | None) -> Batch:
        mask = examples.mask
        if task is not None:
            mask = mask & (np.arange(mask.shape[1]) == task)
        counts = mask.astype(np.float32) if examples.counts is None else mask * examples.counts
        return Batch(
            self._ops.constant(examples.labels),
            self._ops.constant(counts),
            tuple(counts.sum(axis=0, dtype=np.float64).tolist()),
            self._ops.constant(self._item_kinds[examples.items]),
        )

    def _output(self, examples: Examples) -> Output:
        dropped = self._config.field_dropout
        return forward(self._ops, self._w, self._network, self._inputs, examples, dropped)

    # --- a step --------------------------------------------------------------------------

    def _one_step(self, rows: IntArray, task: int | None, epoch: int, noted: bool) -> FloatArray:
        """Make one update; return (T,) the losses before it, NaN where no label was observed."""
        examples = self._train.take(rows)
        if self._config.changed_pasts and examples.history.shape[1]:
            past = changed_pasts(examples.history, self._config.changed_pasts, self._rng)
            examples = replace(examples, history=past)
        batch = self._batch(examples, task)
        output = self._output(examples)
        losses = self._network.losses(self._ops, output, batch)
        values = np.array([np.nan if loss is None else float(loss.detach()) for loss in losses])
        for position, loss in enumerate(losses):
            if loss is not None and not np.isfinite(values[position]):
                raise NotFiniteError(LOSS, self._step + 1, self._tasks[position].name)
        if not np.isfinite(values).any():
            return values
        noted = noted and len(self._tasks) > 1 and task is None
        gradients = None
        if (self._balancer.needs_gradients or noted) and self._shared:
            gradients = self._task_gradients(losses)
        gram = None if gradients is None else (gradients @ gradients.T).double().numpy()
        if gram is not None and not np.isfinite(gram.diagonal()).all():
            first = int(np.argmin(np.isfinite(gram.diagonal())))
            raise NotFiniteError(GRADIENT, self._step + 1, self._tasks[first].name)
        counts = self._balancer.weights(values, gram if self._balancer.needs_gradients else None)
        if noted and gram is not None:
            use = self._network.noted(self._ops, output, batch)
            self._note_step(epoch, values, counts, gram, use)

        self._adam.zero_grad(set_to_none=True)
        penalty = self._network.penalty(self._ops, self._w, output, batch)
        total = sum(
            float(c) * loss for c, loss in zip(counts, losses, strict=True) if loss is not None
        )
        if self._balancer.heads is Heads.OWN and len(self._tasks) > 1:
            self._backward_apart(losses, counts, penalty, total)
        else:
            # the graph is kept for the question whose gradient it was, should it be no number
            (total if penalty is None else total + penalty).backward(retain_graph=True)
        length = self._torch.nn.utils.clip_grad_norm_(
            [value for value in self._w.values() if value.grad is not None], self._config.clip
        )
        if not np.isfinite(float(length)):
            raise NotFiniteError(GRADIENT, self._step + 1, self._whose_gradient(losses))
        self._adam.step()
        if self._balancer.needs_losses_after:
            self._balancer.stepped(self._losses_now(examples, batch))
        return values

    def _task_gradients(self, losses: Sequence[Any]) -> torch.Tensor:
        """Return (T, n) each task's gradient on the shared weights; zeros without a loss."""
        torch = self._torch
        shared = [self._w[name] for name in self._shared]
        rows = []
        for loss in losses:
            if loss is None:
                rows.append(torch.zeros(sum(value.numel() for value in shared)))
                continue
            parts = torch.autograd.grad(loss, shared, retain_graph=True, materialize_grads=True)
            rows.append(torch.cat([part.reshape(-1) for part in parts]))
        return torch.stack(rows)  # type: ignore[no-any-return]

    def _whose_gradient(self, losses: Sequence[Any]) -> str | None:
        """Return the first task whose gradient is no number; None where only their sum is none."""
        values = [value for value in self._w.values() if value.requires_grad]
        for task, loss in zip(self._tasks, losses, strict=True):
            if loss is None or not loss.requires_grad:
                continue
            found = self._torch.autograd.grad(loss, values, retain_graph=True, allow_unused=True)
            if not all(part is None or bool(part.isfinite().all()) for part in found):
                return task.name
        return None

    def _backward_apart(
        self, losses: Sequence[Any], counts: FloatArray, penalty: Any, total: Any
    ) -> None:
        """Give shared weights the weighted sum of gradients, and the heads their own."""
        torch = self._torch
        shared, own = ([self._w[name] for name in names] for names in (self._shared, self._own))
        plain = sum(loss for loss in losses if loss is not None)
        if penalty is not None:
            total, plain = total + penalty, plain + penalty
        for wanted, loss in ((shared, total), (own, plain)):
            if wanted:
                found = torch.autograd.grad(loss, wanted, retain_graph=True, allow_unused=True)
                for value, gradient in zip(wanted, found, strict=True):
                    value.grad = gradient

    def _losses_now(self, examples: Examples, batch: Batch) -> FloatArray:
        with self._torch.no_grad():
            losses = self._network.losses(self._ops, self._output(examples), batch)
        return np.array([np.nan if loss is None else float(loss.detach()) for loss in losses])

    # --- notes ---------------------------------------------------------------------------

    def _note_step(
        self,
        epoch: int,
        losses: FloatArray,
        counts: FloatArray,
        gram: FloatArray,
        use: Mapping[str, Any],
    ) -> None:
        notes = self._notes
        notes.steps.append(self._step)
        notes.epochs.append(epoch)
        notes.losses.append(losses)
        notes.weights.append(np.asarray(counts, dtype=np.float64))
        notes.grams.append(gram)
        for name, value in use.items():
            mean = value.detach().mean(axis=0).double().numpy()
            notes.use.setdefault(name, []).append(mean)

    def _note_curve(self, epoch: int, measure: str, values: FloatArray) -> None:
        self._curves += [
            CurvePoint(epoch, task.name, measure, float(value))
            for task, value in zip(self._tasks, values, strict=True)
            if np.isfinite(value)
        ]

    # --- validation ----------------------------------------------------------------------

    def _validate(self, v: Examples) -> tuple[FloatArray, float]:
        """Return (T,) the validation losses, and the quality by which passes are compared."""
        z = self._answers(v)
        numpy_ops = NumpyOps()
        losses = np.full(len(self._tasks), np.nan)
        quality = 0.0
        for t, task in enumerate(self._tasks):
            mine = v.mask[:, t]
            n = int(mine.sum())
            if not n:
                continue
            labels = v.labels[mine, t].astype(np.float64)
            ones = np.ones(n)
            losses[t] = masked_loss(numpy_ops, task.kind, z[mine, t], labels, ones, n)
            quality -= task.weight * losses[t] / _constant_loss(task, labels)
        return losses, quality if np.isfinite(quality) else -np.inf

    def _answers(self, examples: Examples) -> FloatArray:
        """Return (n, T) what the network says now."""
        self._ops.is_learning = False
        parts = []
        with self._torch.no_grad():
            for start in range(0, len(examples), _EVALUATED_AT_ONCE):
                rows = np.arange(start, min(start + _EVALUATED_AT_ONCE, len(examples)))
                parts.append(self._output(examples.take(rows)).z.double().numpy())
        self._ops.is_learning = True
        return np.concatenate(parts)

    def _snapshot(self) -> dict[str, Float32Array]:
        return {name: value.detach().numpy().copy() for name, value in self._w.items()}


def forward(
    ops: Ops,
    w: Weights,
    network: Network,
    inputs: Inputs,
    examples: Examples,
    field_dropout: float = 0.0,
) -> Output:
    """Send examples through the embeddings and the network."""
    users = embed_users(ops, w, network, inputs.users, examples.users, examples.history)
    items = embed(ops, w["embedding.item"], inputs.items, examples.items)
    context = context_effect(ops, w, examples.context)
    x = join_fields(ops, users, items)  # (n, F, d)
    if field_dropout:
        x = x * ops.dropout(ops.constant(np.ones((*x.shape[:2], 1))), field_dropout)
    return answer(ops, w, network, x, context)


def _item_kind_codes(inputs: Inputs, kinds: Sequence[str]) -> IntArray:
    """Return (n_items,) the position of each item's kind among those of the tasks, or 0."""
    column = inputs.items.values.get("kind")
    if column is None:
        return np.zeros(len(inputs.items.index), dtype=np.int64)
    found: IntArray = np.searchsorted(np.array(kinds), column).clip(0, len(kinds) - 1)
    return found.astype(np.int64)


def _constant_loss(task: Task, labels: FloatArray) -> float:
    """Return the loss of the best constant, or 1 where the labels are all the same."""
    if task.kind is not TaskKind.BINARY:
        return 0.5 * float(labels.var()) or 1.0
    p = float(labels.mean())
    return -(p * np.log(p) + (1 - p) * np.log(1 - p)) if 0 < p < 1 else 1.0

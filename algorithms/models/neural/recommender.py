"""A network as a recommender: fitted by PyTorch, restored, asked and explained by NumPy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import ClassVar

import numpy as np

from algorithms.arrays import AnyArray, Float32Array, FloatArray, IntArray, sigmoid
from algorithms.balancing.record import TrainingRecord
from algorithms.data.log import InteractionLog
from algorithms.explanations import Exhibit, Explanation
from algorithms.messages import Message
from algorithms.models.base import ModelConfig, ModelState, Output, Recommender
from algorithms.models.extras import require_extra
from algorithms.models.neural.config import BalancedConfig, NetworkConfig
from algorithms.models.neural.drawn import drawn_notes, watched_examples, with_drawn_negatives
from algorithms.models.neural.events import (
    Examples,
    Histories,
    LabelScale,
    find_context,
    label_scales,
    make_examples,
)
from algorithms.models.neural.exhibits import record_exhibits
from algorithms.models.neural.explaining import explain_output
from algorithms.models.neural.exposure import Exposure
from algorithms.models.neural.field_use import field_names, field_use, field_use_map
from algorithms.models.neural.fields import item_side, user_side
from algorithms.models.neural.inputs import CONTEXT, EMBEDDINGS, ITEM, OFFSET, USER, Inputs
from algorithms.models.neural.network import Network, Sizes
from algorithms.models.neural.pseudo_labels import learn_on, missing_labels
from algorithms.models.neural.same_rows import rows_digest
from algorithms.models.neural.serving import KeptAnswers, answers
from algorithms.models.neural.trainer import learn
from algorithms.models.neural.weights import from_safetensors, to_safetensors
from algorithms.models.one_event import one_event
from algorithms.progress import Progress, Stage, part_of
from algorithms.tasks import Task, TaskKind

_EXPOSURE = "exposure."  # before the names of its arrays in the state
SERVED = "served_context"  # (T,) what the context adds on average: a new list has none yet
_OTHER_ROWS = Message(
    "The earlier solution is of other users, items or features: vectors of those, and effects of "
    "circumstances, begin by chance; layers are taken where they fit.",
)


@dataclass(frozen=True, eq=False)
class Part:
    """A network and the tasks it serves, as positions in the model's tasks."""

    positions: tuple[int, ...]
    network: Network
    weights: dict[str, Float32Array]


class NeuralRecommender(Recommender):
    """Base of all networks: a subclass names its ``network_class`` and what it is."""

    config_class: ClassVar[type[ModelConfig]] = NetworkConfig
    extra = "deep"
    explains_by = "features"
    ranks_apart = True
    network_class: ClassVar[type[Network]]
    one_network_per_task: ClassVar[bool] = False
    history: ClassVar[int] = 0  # how many items a network looks back at

    config: BalancedConfig

    def output(self, task: Task) -> Output:
        """Return what the number is: a probability where yes and no were observed."""
        if task.kind is not TaskKind.BINARY:
            return Output.PREDICTION
        return Output.SCORE if self._scale(task).is_drawn else Output.PROBABILITY

    def prepare(self) -> None:
        """Load PyTorch, and learn from one event, so that it loads what it loads at first use."""
        require_extra(type(self))
        for name in ("torch", "safetensors.numpy", "threadpoolctl"):
            import_module(name)
        log, task = one_event()
        values = {**self.config.model_dump(), "n_epochs": 1}
        model = type(self)(type(self.config).model_validate(values))
        tasks = [task.model_copy(update={"name": name}) for name in ("a", "b")]
        model.fit(log, tasks, rng=np.random.default_rng(0), validation=log)

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
        self._derive()
        self._said: list[Message] = []
        self._record: TrainingRecord | None = None
        self._parts: list[Part] = []
        examples = self._examples(train, rng)
        if self.config.pseudo_labels > 0:
            self._missing = missing_labels(train, tasks, self._scales)
        watched = None
        if validation is not None:
            watched = watched_examples(
                validation,
                train,
                tasks,
                self._scales,
                self._inputs.context,
                self._histories,
                rng,
            )
        groups = self._groups()
        for number, positions in enumerate(groups):
            step = part_of(progress, number / len(groups), (number + 1) / len(groups))
            self._parts.append(self._learn_part(positions, examples, watched, rng, step))
        self._exposure.fit(rng)
        progress(1.0, Stage.FIT)

    def _learn_part(
        self,
        positions: tuple[int, ...],
        examples: Examples,
        watched: Examples | None,
        rng: np.random.Generator,
        progress: Progress,
    ) -> Part:
        network = self._network(positions)
        tasks = [self.tasks[position] for position in positions]
        weights = {
            **self._inputs.make_weights(rng, self.config.dimension, len(positions)),
            **network.make_weights(rng),
        }
        weights |= self._beginning(weights, network, tasks)
        mine = examples.of_tasks(positions)
        will_guess = self.config.pseudo_labels > 0 and self._missing[:, positions].any()
        watched = None if watched is None else watched.of_tasks(positions)
        if not len(mine):  # nothing was observed, and nothing can be learned
            return Part(positions, network, {**weights, SERVED: np.zeros(len(tasks), np.float32)})
        learned = learn(
            network,
            self._inputs,
            weights,
            mine,
            watched,
            tasks,
            self.config.make_balancer(),
            self.config.trainer(),
            rng,
            part_of(progress, 0.0, 0.5) if will_guess else progress,
        )
        if will_guess:
            learned = learn_on(
                learned,
                network,
                self._inputs,
                examples.with_tasks(positions),
                self._missing[:, positions],
                watched,
                tasks,
                self.config.make_balancer(),
                self.config.trainer(),
                self.config.pseudo_labels,
                rng,
                part_of(progress, 0.5, 1.0),
            )
        self.curves += learned.curves
        self._said += learned.notes
        if len(positions) > 1:
            self._record = learned.record
        served = learned.weights[CONTEXT][mine.context].sum(axis=1).mean(axis=0)
        return Part(positions, network, {**learned.weights, SERVED: served.astype(np.float32)})

    def _beginning(
        self, drawn: Mapping[str, Float32Array], network: Network, tasks: Sequence[Task]
    ) -> dict[str, Float32Array]:
        """Return the weights with which a network begins instead of those drawn.

        An earlier solution of the same tasks gives all that has the same shape; one of other
        tasks, such as those with many labels, what is shared: embeddings and trunk. One of other
        users or items gives none of their vectors, which would be those of somebody else.
        """
        if self._start is None:
            return {}
        rows, earlier = self._rows(), self._start.values.get("rows", {})
        others = {name for name in EMBEDDINGS if rows[name] != earlier.get(name)}
        if others:
            others.add(CONTEXT)
            if not self._parts:
                self._said.append(_OTHER_ROWS)
        same = self._start.values.get("tasks") == [task.name for task in self.tasks]
        prefix = f"{len(self._parts)}."
        start = self._start.arrays.get("weights")
        found = {} if start is None else from_safetensors(start)
        taken = {
            name: found[prefix + name]
            for name, array in drawn.items()
            if prefix + name in found
            and found[prefix + name].shape == array.shape
            and name not in others
            and (same or (network.is_shared(name) and name not in (CONTEXT, OFFSET)))
        }
        self._said.append(
            Message(
                "Began with {n:,} of {all:,} weights of an earlier solution; the others belong to "
                "its tasks or its log alone, or had another shape.",
                {
                    "n": sum(array.size for array in taken.values()),
                    "all": sum(array.size for array in drawn.values()),
                },
            )
        )
        return taken

    def _examples(self, train: InteractionLog, rng: np.random.Generator) -> Examples:
        examples = make_examples(
            train,
            self.tasks,
            self._scales,
            self._inputs.context,
            self._histories,
            keep_unlabelled=self.config.pseudo_labels > 0,
        )
        return with_drawn_negatives(examples, [train], self.tasks, self._scales, rng)

    def _derive(self) -> None:
        """Derive from the training log what need not be kept."""
        log, tasks = self.log, self.tasks
        self._scales = label_scales(log, tasks)
        self._inputs = Inputs(user_side(log), item_side(log), find_context(log))
        length = self.history if self.network_class.looks_back else 0
        self._histories = Histories(log, tasks, length)
        self._last = self._histories.at_end(np.arange(log.n_users))  # (n_users, L)
        self._kept = KeptAnswers(log)
        self._averages: dict[int, FloatArray] = {}
        self._exposure = Exposure(log, tasks)

    def _groups(self) -> list[tuple[int, ...]]:
        every = tuple(range(len(self.tasks)))
        return [(position,) for position in every] if self.one_network_per_task else [every]

    def _network(self, positions: tuple[int, ...]) -> Network:
        tasks = [self.tasks[position] for position in positions]
        names = [task.name for task in tasks]
        sizes = Sizes(
            tasks=tuple(names),
            kinds=tuple(task.kind for task in tasks),
            parents=tuple(
                names.index(task.parent) if task.parent in names else -1 for task in tasks
            ),
            item_kinds=tuple(task.item_kind for task in tasks),
            n_user_fields=len(self._inputs.users.names) + self.network_class.looks_back,
            n_item_fields=len(self._inputs.items.names),
            n_items=self.log.n_items,
            dimension=self.config.dimension,
            history=self.history,
        )
        return self.network_class(sizes, self.config)

    # --- what was learned ----------------------------------------------------------------

    def _state(self) -> ModelState:
        tensors = {
            f"{number}.{name}": array
            for number, part in enumerate(self._parts)
            for name, array in part.weights.items()
        }
        arrays: dict[str, AnyArray] = {"weights": to_safetensors(tensors)}
        exposure = self._exposure.state()
        arrays |= {f"{_EXPOSURE}{name}": array for name, array in exposure.arrays.items()}
        if self._record is not None:
            arrays |= self._record.arrays()
        notes = [[note.template, dict(note.values)] for note in self._said]
        names = [task.name for task in self.tasks]
        values = {
            "tasks": names,
            "notes": notes,
            "exposure": dict(exposure.values),
            "rows": self._rows(),
        }
        return ModelState(arrays, values)

    def _rows(self) -> dict[str, str]:
        """Return what the rows of each table of embeddings stand for, as a digest."""
        return {
            USER: rows_digest(self.log.user_table.ids.ids, self._inputs.users),
            ITEM: rows_digest(self.log.item_table.ids.ids, self._inputs.items),
        }

    def _restore(self, state: ModelState) -> None:
        self._derive()
        tensors = from_safetensors(state.arrays["weights"])
        self._parts = []
        for number, positions in enumerate(self._groups()):
            prefix = f"{number}."
            own = {
                name.removeprefix(prefix): array
                for name, array in tensors.items()
                if name.startswith(prefix)
            }
            self._parts.append(Part(positions, self._network(positions), own))
        arrays = {
            name.removeprefix(_EXPOSURE): array
            for name, array in state.arrays.items()
            if name.startswith(_EXPOSURE)
        }
        self._exposure.restore(ModelState(arrays, state.values["exposure"]))
        names = tuple(task.name for task in self.tasks)
        self._record = TrainingRecord.from_arrays(names, state.arrays)
        self._said = [Message(template, values) for template, values in state.values["notes"]]

    @property
    def n_parameters(self) -> int:
        """How many weights were learned."""
        return sum(
            array.size
            for part in self._parts
            for name, array in part.weights.items()
            if array.dtype.kind == "f" and name != SERVED
        )

    def training_record(self) -> TrainingRecord | None:
        """Return what was noted of single steps."""
        return self._record

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Show what each task goes by, and how they pulled at what they share.

        An architecture adds its own.
        """
        return (*self._field_use(), *record_exhibits(self._record))

    def _field_use(self) -> tuple[Exhibit, ...]:
        shares: dict[int, FloatArray] = {}
        names: tuple[str, ...] = ()
        every = make_examples(
            self.log, self.tasks, self._scales, self._inputs.context, self._histories
        )
        for part in self._parts:
            mine = every.of_tasks(part.positions)
            if len(mine):
                found = field_use(part.network, self._inputs, part.weights, mine)
                names = field_names(part.network, self._inputs)
                shares |= dict(zip(part.positions, found, strict=True))
        if not shares:
            return ()
        tasks = [self.tasks[position].name for position in sorted(shares)]
        rows = np.stack([shares[position] for position in sorted(shares)])
        return (field_use_map(tasks, names, rows),)

    def notes(self) -> tuple[Message, ...]:
        """Say for which tasks *no* was drawn, and whether learning had to stop."""
        return (*drawn_notes(self.tasks, self._scales), *self._said)

    # --- answers -------------------------------------------------------------------------

    def _scale(self, task: Task) -> LabelScale:
        return self._scales[self._position(task)]

    def part_of(self, task: Task) -> tuple[Part, int]:
        """Return the network that serves a task, and the task's place in it."""
        position = self._position(task)
        for part in self._parts:
            if position in part.positions:
                return part, part.positions.index(position)
        raise KeyError(task.name)

    def _z(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        """Return (n,) the network's numbers for pairs."""
        table = self._table(task, users)
        if table is None:
            return self.pair_numbers(task, users, items)
        return table[users, self._kept.column_of(task.item_kind, items)]

    def pair_numbers(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        """Return (n,) the log-odds or standardised labels of pairs; only these are worked out."""
        part, place = self.part_of(task)
        return answers(part.network, self._inputs, part.weights, users, items, self._last[users])[
            :, place
        ]

    def _table(self, task: Task, users: IntArray) -> FloatArray | None:
        """Return (n_users, k) the numbers of the items of the task's kind, set for ``users`` (n,).

        None where it is too much to keep. A network's tasks on one kind are worked out together.
        """
        part, place = self.part_of(task)
        kinds = [self.tasks[position].item_kind for position in part.positions]
        places = [number for number, kind in enumerate(kinds) if kind == task.item_kind]

        def make(user: int, items: IntArray) -> FloatArray:
            return self._of_user(part, user, items)[:, places]

        key = part.positions[0], task.item_kind
        table = self._kept.table(key, task.item_kind, len(places), users, make)
        return None if table is None else table[:, :, places.index(place)]

    def _of_user(self, part: Part, user: int, items: IntArray) -> FloatArray:
        """Return (k, T) a network's numbers of items (k,) for one user, all in one piece."""
        users, last = np.full(len(items), user), self._last[[user]]
        return answers(part.network, self._inputs, part.weights, users, items, last)

    def _predict(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        scale = self._scale(task)
        if not scale.n:
            return np.full(len(users), np.nan)
        of_kind = self._of_kind(task, items)
        z = np.full(len(users), np.nan)
        z[of_kind] = self._z(task, users[of_kind], items[of_kind])
        said = self._on_scale(task, z)
        if task.kind is TaskKind.BINARY:
            return said
        return np.clip(said, scale.low, scale.high)

    def _score_block(self, task: Task, users: IntArray, items: IntArray) -> FloatArray:
        scores = np.full((len(users), len(items)), np.nan)
        if not self._scale(task).n:
            return scores
        mine = np.flatnonzero(self._of_kind(task, items))
        table = self._table(task, users)
        if table is not None:
            columns = self._kept.column_of(task.item_kind, items[mine])
            scores[:, mine] = table[users[:, None], columns]
        else:
            part, place = self.part_of(task)
            for row, user in enumerate(users.tolist()):
                scores[row, mine] = self._of_user(part, user, items[mine])[:, place]
        return self._rank(task, users, items, scores)

    def _rank(self, task: Task, users: IntArray, items: IntArray, z: FloatArray) -> FloatArray:
        """Return (m, k) by what lists are ordered: chance of meeting times what the network says.

        What it says of a rating or a quantity is brought between 0 and 1 in the same way as a
        chance. Where *no* was drawn among unmet items the network knows of meeting already.
        """
        said = sigmoid(z)
        power = self.config.exposure
        if power == 0 or self._scale(task).is_drawn:
            return said
        return said * self._exposure.chances(task.item_kind, users, items) ** power

    def _on_scale(self, task: Task, z: FloatArray) -> FloatArray:
        scale = self._scale(task)
        if self.output(task) is Output.PROBABILITY:
            return sigmoid(z)
        return scale.mean + scale.spread * z

    def _explain(self, task: Task, user: int, item: int) -> Explanation:
        scale = self._scale(task)
        if not scale.n:
            sentence = Message(
                "Nothing can be said: training knows no label of “{task}”.", {"task": task.name}
            )
            return Explanation(task.name, user, item, np.nan, sentence)
        part, place = self.part_of(task)
        if part.positions[0] not in self._averages:
            self._averages[part.positions[0]] = self._average_example(part)
        return explain_output(
            task,
            scale,
            self.output(task),
            z=float(self._z(task, np.array([user]), np.array([item]))[0]),
            network=part.network,
            inputs=self._inputs,
            weights=part.weights,
            place=place,
            user=user,
            item=item,
            history=self._last[[user]],
            average=self._averages[part.positions[0]],
            titles=self.log.item_table.titles,
        )

    def _average_example(self, part: Part) -> FloatArray:
        """Return (F, d) the mean field vectors over the events of training."""
        from algorithms.models.neural.serving import average_fields

        examples = make_examples(
            self.log, self.tasks, self._scales, self._inputs.context, self._histories
        ).of_tasks(part.positions)
        return average_fields(part.network, self._inputs, part.weights, examples)

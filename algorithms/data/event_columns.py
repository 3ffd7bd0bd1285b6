"""From the roles of columns to the columns of a log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from algorithms.arrays import AnyArray, Float32Array, IndexArray, IntArray, TextArray
from algorithms.data.event_reader import (
    Column,
    EventReader,
    FeatureColumn,
    IdColumn,
    NumberColumn,
    TimeColumn,
    feature_values,
)
from algorithms.data.id_numbers import IdNumbers
from algorithms.data.look import FileLook
from algorithms.data.put_aside import RejectedLines

if TYPE_CHECKING:
    from algorithms.data.readers import ColumnRoles

THE_ONE_ITEM = "all"


@dataclass(frozen=True, eq=False)
class Events:
    """The events of a file (see ``InteractionLog``), and the lines that are none."""

    users: IndexArray
    items: IndexArray
    user_ids: TextArray
    item_ids: TextArray
    timestamps: IntArray | None
    labels: Mapping[str, Float32Array]
    context: Mapping[str, AnyArray]
    n_accepted: int
    rejected: RejectedLines


def read_events(
    stream: BinaryIO,
    look: FileLook,
    roles: ColumnRoles,
    known_items: Iterable[str],
    heard: Callable[[int], None],
) -> Events:
    """Read the columns that have a role.

    Parameters
    ----------
    stream : the bytes of the text
    look : what the file is taken for
    roles : which column is what
    known_items : ids of items that come first, met or not
    heard : told how many bytes were read; may raise to stop

    Raises
    ------
    UnreadableFileError
        Where the bytes are not in the encoding that the file was taken for.
    """
    columns: list[Column] = []
    numbers: dict[int, IdNumbers] = {}
    if roles.user is not None:
        numbers[len(columns)] = users = IdNumbers()
        columns.append(IdColumn(roles.user))
    items = IdNumbers([THE_ONE_ITEM] if roles.item is None else [*known_items])
    if roles.item is not None:
        numbers[len(columns)] = items
        columns.append(IdColumn(roles.item))
    if roles.time is not None:
        columns.append(TimeColumn(roles.time, roles.time_format))
    columns += [NumberColumn(label, look.decimal) for label in roles.labels]
    for feature in roles.features:
        numbers[len(columns)] = IdNumbers()
        columns.append(FeatureColumn(feature))

    reader = EventReader(look, columns, numbers)
    reader.read(stream, heard)
    n = reader.n_accepted
    ready = iter(range(len(columns)))  # the columns in the order in which they were named

    def following() -> AnyArray:
        heard(reader.n_bytes)  # putting millions of values together takes a moment
        return reader.column(next(ready))

    return Events(
        users=following() if roles.user is not None else np.arange(n, dtype=np.int32),
        items=following() if roles.item is not None else np.zeros(n, dtype=np.int32),
        user_ids=users.texts()
        if roles.user is not None
        else np.strings.add("row ", np.arange(1, n + 1).astype(f"<U{len(str(n))}")),
        item_ids=items.texts(),
        timestamps=following() if roles.time is not None else None,
        labels=_with_constant(roles, {label: following() for label in roles.labels}, n),
        context={
            feature: feature_values(reader.column(place), numbers[place], look.decimal)
            for feature, place in zip(roles.features, ready, strict=True)
        },
        n_accepted=n,
        rejected=reader.rejected,
    )


def _with_constant(
    roles: ColumnRoles, labels: dict[str, Float32Array], n: int
) -> dict[str, Float32Array]:
    if roles.constant_label is None:
        return labels
    return {**labels, roles.constant_label: np.ones(n, dtype=np.float32)}

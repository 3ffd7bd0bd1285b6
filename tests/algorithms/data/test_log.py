import io

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.data.log import LogShapeError
from algorithms.errors import DataError, UnknownItemError, UnknownLabelError, UnknownUserError


def make_log(**changes) -> InteractionLog:
    columns = {
        "name": "three events",
        "users": np.array([0, 1, 1], np.int32),
        "items": np.array([2, 0, 2], np.int32),
        "labels": {"click": np.array([1, 0, np.nan], np.float32)},
        "user_table": UserTable(IdMap(np.array(["007", "七"])), {"age": np.array([30, 41])}),
        "item_table": make_items(),
        "timestamps": np.array([30, 10, 20]),
        "context": {"position": np.array([1, 2, 3])},
    }
    return InteractionLog(**(columns | changes))


def make_items(**changes) -> ItemTable:
    columns = {
        "ids": IdMap(np.array(["a", "b", "c"])),
        "titles": np.array(["A", "B", "C"]),
        "kinds": ("product", "ad"),
        "kind_codes": np.array([0, 1, 0], np.int16),
        "categories": np.array(["x", "", "y"]),
        "features": {"price": np.array([1.5, 2.5, 3.5])},
    }
    return ItemTable(**(columns | changes))


def test_raw_ids_stay_text() -> None:
    log = make_log()
    assert log.user_index("007") == 0
    assert log.user_index("七") == 1
    assert log.item_index("c") == 2
    assert log.user_table.ids.index("7") is None


def test_unknown_names_are_errors_that_say_what_there_is() -> None:
    log = make_log()
    with pytest.raises(UnknownUserError, match="2 users"):
        log.user_index("7")
    with pytest.raises(UnknownItemError, match="3 items"):
        log.item_index("z")
    with pytest.raises(UnknownLabelError, match="the data has click"):
        log.label("clock")


def test_sizes() -> None:
    log = make_log()
    assert (len(log), log.n_interactions, log.n_users, log.n_items) == (3, 3, 2, 3)


def test_items_of_a_kind() -> None:
    items = make_items()
    assert items.of_kind("product").tolist() == [0, 2]
    assert items.of_kind("ad").tolist() == [1]
    assert items.of_kind("person").tolist() == []
    assert items.of_kind("ad").dtype == items.of_kind("person").dtype == np.int32
    assert [items.kind_of(item) for item in range(3)] == ["product", "ad", "product"]


@pytest.mark.parametrize("rows", [np.array([2, 0]), np.array([True, False, True])])
def test_selecting_rows_keeps_columns_together(rows: np.ndarray) -> None:
    log = make_log()
    part = log.select(rows)
    assert part.users.tolist() == log.users[rows].tolist()
    assert part.timestamps.tolist() == log.timestamps[rows].tolist()
    assert part.context["position"].tolist() == log.context["position"][rows].tolist()
    np.testing.assert_array_equal(part.label("click"), log.label("click")[rows])
    assert part.item_table is log.item_table
    assert len(log) == 3


def test_further_labels_leave_the_first_log_alone() -> None:
    log = make_log()
    more = log.with_labels(liked=np.zeros(3, np.float32))
    assert list(more.labels) == ["click", "liked"]
    assert list(log.labels) == ["click"]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"items": np.array([0, 1], np.int32)}, "items"),
        ({"labels": {"click": np.zeros(2, np.float32)}}, "click"),
        ({"timestamps": np.zeros(4, np.int64)}, "timestamps"),
        ({"context": {"position": np.zeros(1)}}, "position"),
        ({"users": np.array([0, 1, 2], np.int32)}, "users"),
        ({"users": np.array([0, 1, -1], np.int32)}, "users"),
        ({"items": np.array([0, 1, 3], np.int32)}, "items"),
        ({"item_table": make_items(titles=np.array(["A"]))}, "titles"),
        ({"item_table": make_items(categories=np.array(["A"]))}, "categories"),
        ({"item_table": make_items(kind_codes=np.zeros(4, np.int16))}, "kind_codes"),
        ({"item_table": make_items(kind_codes=np.array([0, 1, 2], np.int16))}, "kind_codes"),
        ({"item_table": make_items(features={"price": np.zeros(2)})}, "price"),
        ({"user_table": UserTable(IdMap(np.array(["a", "b"])), {"age": np.zeros(3)})}, "age"),
    ],
)
def test_columns_that_do_not_fit_are_refused(changes: dict, column: str) -> None:
    with pytest.raises(LogShapeError, match=f"“{column}”") as caught:
        make_log(**changes)
    assert isinstance(caught.value, DataError)


def test_a_log_without_events_is_a_log() -> None:
    empty = make_log().select(np.zeros(3, bool))
    assert len(empty) == 0
    assert empty.n_users == 2


@pytest.mark.parametrize("timestamps", [None, np.array([30, 10, 20])])
def test_a_log_survives_bytes_without_pickle(timestamps: np.ndarray | None) -> None:
    log = make_log(timestamps=timestamps)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **log.to_arrays())
    buffer.seek(0)
    with np.load(buffer, allow_pickle=False) as arrays:
        again = InteractionLog.from_arrays(dict(arrays))
    assert again.name == log.name
    assert again.item_table.kinds == log.item_table.kinds
    theirs = again.to_arrays()
    assert list(theirs) == list(log.to_arrays())
    for name, array in log.to_arrays().items():
        np.testing.assert_array_equal(array, theirs[name])
        assert array.dtype == theirs[name].dtype


def test_ids_are_found_by_their_beginning_first():
    ids = IdMap(np.array([f"u{n:02}" for n in range(20)]))
    assert ids.matching("U1")[:2] == ["u10", "u11"]
    assert ids.matching("9") == ["u09", "u19"]
    assert ids.matching("1", most=3) == ["u01", "u10", "u11"]
    assert ids.matching("nobody") == []

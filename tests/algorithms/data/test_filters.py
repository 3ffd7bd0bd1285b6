"""Conditions by hand: what is kept, what is not observed, what is said of a value that is none."""

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.data.filters import (
    ColumnGroup,
    Comparison,
    Condition,
    FilterColumn,
    FilterError,
    NoNumberError,
    NoTimeError,
    NoValueError,
    UnknownColumnError,
    apply,
    filter_columns,
)

NAN = float("nan")
DAY = 86_400


@pytest.fixture
def log():
    """Five events of users 9, 10 and b on three items, one of them an ad."""
    return InteractionLog(
        name="small",
        users=np.array([0, 0, 1, 1, 2], np.int32),
        items=np.array([0, 1, 0, 2, 2], np.int32),
        labels={"stars": np.array([4, NAN, 2.5, NAN, 5], np.float32)},
        user_table=UserTable(
            IdMap(np.array(["9", "10", "007"])), {"age": np.array([30, NAN, 41], np.float32)}
        ),
        item_table=ItemTable(
            IdMap(np.array(["p1", "P1", "a1"])),
            np.array(["Lamp", "<b>Sofa</b>", "Lamp ad"]),
            ("product", "ad"),
            np.array([0, 0, 1], np.int16),
            np.array(["Home", "", "Home"]),
            {"price": np.array([1, 2, 3], np.int64)},
        ),
        timestamps=np.array([0, DAY - 1, DAY, 31 * DAY, 365 * DAY], np.int64),
        context={"place": np.array(["top", "", "Top", "low", "low"]), "hour": np.arange(5.0)},
    )


def kept(log, group, comparison, value="", name=""):
    condition = Condition(FilterColumn(ColumnGroup(group), name), Comparison(comparison), value)
    return np.flatnonzero(apply(log, [condition])).tolist()


def test_the_columns_are_those_of_the_log(log):
    names = [str(column) for column in filter_columns(log)]
    assert names == ["user", "item", "title", "kind", "category", "time", "stars", "place", "hour",
                     "age", "price"]  # fmt: skip
    assert all(apply(log, [Condition(c, Comparison.OBSERVED)]).shape == (5,)
               for c in filter_columns(log))  # fmt: skip


@pytest.mark.parametrize(
    ("comparison", "value", "rows"),
    [
        ("=", "4", [0]), ("≠", "4", [2, 4]), ("<", "4", [2]), ("≤", " 4.0 ", [0, 2]),
        (">", "4", [4]), ("≥", "4", [0, 4]), ("contains", "2.5", [2]),
        ("is observed", "", [0, 2, 4]), ("is not observed", "", [1, 3]), (">", "−1", [0, 2, 4]),
        ("<", "1e99", [0, 2, 4]), (">", "1000000000000000000", []),
    ],
)  # fmt: skip
def test_what_is_not_observed_satisfies_no_comparison(log, comparison, value, rows):
    assert kept(log, "label", comparison, value, "stars") == rows


def test_a_tenth_equals_the_tenth_of_a_column_of_32_bits(log):
    tenth = log.with_labels(part=np.full(5, 0.1, np.float32))
    assert kept(tenth, "label", "=", "0.1", "part") == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("comparison", "value", "rows"),
    [
        ("=", "1970-01-01", [0, 1]), ("contains", "1970-1", [0, 1, 2]), ("≠", "1970", [4]),
        ("<", "1970-01-02", [0, 1]), ("≤", "1970-01-02", [0, 1, 2]), (">", "1970-01", [3, 4]),
        ("≥", "1970-01-02 00:00", [2, 3, 4]), ("=", "1970-01-01T23:59:59", [1]),
        ("is observed", "", [0, 1, 2, 3, 4]), ("is not observed", "", []),
    ],
)  # fmt: skip
def test_times_are_compared_with_the_stretch_that_is_named(log, comparison, value, rows):
    assert kept(log, "time", comparison, value) == rows


def test_texts_whatever_their_case_but_ids_as_they_stand(log):
    assert kept(log, "title", "contains", "LAMP") == [0, 2, 3, 4]
    assert kept(log, "title", "=", "lamp") == [0, 2]
    assert kept(log, "item", "=", "p1") == [0, 2]
    assert kept(log, "kind", "≠", "ad") == [0, 1, 2]
    assert kept(log, "category", "≠", "garden") == [0, 2, 3, 4]
    assert kept(log, "category", "is not observed") == [1]
    assert kept(log, "context", "=", "TOP", "place") == [0, 2]
    assert kept(log, "title", "<", "lamp") == [1]


def test_ids_that_are_numbers_are_ordered_as_numbers_and_equal_as_texts(log):
    assert kept(log, "user", "<", "10") == [0, 1, 4]
    assert kept(log, "user", "=", "7") == []
    assert kept(log, "user", "=", "007") == [4]
    with pytest.raises(NoNumberError):
        kept(log, "user", "<", "b")


def test_features_of_users_and_items(log):
    assert kept(log, "user_feature", "≥", "30", "age") == [0, 1, 4]
    assert kept(log, "user_feature", "is not observed", "", "age") == [2, 3]
    assert kept(log, "item_feature", "=", "2", "price") == [1]


def test_all_conditions_must_hold_and_none_keeps_all(log):
    conditions = [
        Condition(FilterColumn(ColumnGroup.USER), Comparison.EQUAL, "9"),
        Condition(FilterColumn(ColumnGroup.LABEL, "stars"), Comparison.OBSERVED),
    ]
    assert np.flatnonzero(apply(log, conditions)).tolist() == [0]
    assert apply(log, []).all()


@pytest.mark.parametrize(
    ("group", "name", "value", "error", "words"),
    [
        ("label", "stars", "many", NoNumberError, "“many” is no number"),
        ("label", "stars", "nan", NoNumberError, "“nan” is no number"),
        ("label", "stars", "3,5", NoNumberError, "like 3.5"),
        ("time", "", "yesterday", NoTimeError, "“yesterday” is no time"),
        ("time", "", "2015-13", NoTimeError, "2015-03-01"),
        ("label", "gone", "1", UnknownColumnError, "no column “gone”"),
        ("title", "", "  ", NoValueError, "“title”"),
    ],
)
def test_errors_are_sentences(log, group, name, value, error, words):
    with pytest.raises(error, match=words) as raised:
        kept(log, group, "=", value, name)
    assert isinstance(raised.value, FilterError)

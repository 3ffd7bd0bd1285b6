import itertools
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.rules.conditions import (
    ConditionError,
    Field,
    Fields,
    MisspeltConditionError,
    Scope,
    ValueType,
    read_condition,
)

NUMBER, TEXT, TRUTH = ValueType.NUMBER, ValueType.TEXT, ValueType.TRUTH
FIELDS = Fields(
    (
        Field(Scope.ITEM, "kind", TEXT, ("product", "ad")),
        Field(Scope.ITEM, "category", TEXT, ("Garden", "Music")),
        Field(Scope.ITEM, "title", TEXT),
        Field(Scope.ITEM, "price", NUMBER),
        Field(Scope.ITEM, "in stock", TRUTH),
        Field(Scope.ITEM, "größe", NUMBER),
        Field(Scope.USER, "age", NUMBER),
        Field(Scope.USER, "town", TEXT, ("Graz", "Wien")),
        Field(Scope.CONTEXT, "hour", NUMBER),
        Field(Scope.SCORE, "ad click", NUMBER),
        Field(Scope.SHARE, "ad click", NUMBER),
        Field(Scope.PLACE, "place", NUMBER),
    )
)
NAN = np.nan
COLUMNS: Mapping[str, np.ndarray] = {
    "item.kind": np.array(["product", "ad", "ad"]),
    "item.category": np.array(["Garden", "Music", ""]),
    "item.title": np.array(["Red hose", "Tea, red", "Violin"]),
    "item.price": np.array([10.0, 0.0, NAN]),
    'item["in stock"]': np.array([True, False, True]),
    "item.größe": np.array([1.0, 2.0, 3.0]),
    "user.age": np.array([[20.0], [NAN]]),
    "user.town": np.array([["Graz"], ["Wien"]]),
    "context.hour": np.asarray(9.0),
    'score["ad click"]': np.array([[0.1, 0.01, 0.5], [0.2, NAN, 0.01]]),
    'share["ad click"]': np.array([[0.5, 0.25, 1.0], [1.0, NAN, 0.5]]),
    "place": np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]),
}


def holds(text: str) -> list[list[bool]]:
    found = read_condition(text, FIELDS).holds(lambda field: COLUMNS[str(field)])
    return np.broadcast_to(found, (2, 3)).tolist()


def refused(text: str) -> ConditionError | None:
    try:
        read_condition(text, FIELDS)
    except ConditionError as error:
        return error
    return None


def rows(*marks: str) -> list[list[bool]]:
    return [[mark == "x" for mark in row] for row in marks]


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ('item.kind == "ad" and score["ad click"] < 0.02', ".x.", "..x"),
        ("item.kind != 'ad'", "x..", "x.."),
        ('item.category in ("Garden", "Music")', "xx.", "xx."),
        ('item.category not in ["Garden"]', ".xx", ".xx"),
        ('"red" in item.title', ".x.", ".x."),
        ('"red" not in item.title', "x.x", "x.x"),
        ("item.price in (10, -1)", "x..", "x.."),
        (
            "item.price not in (10, -1)",
            ".x.",
            ".x.",
        ),  # what is missing is in no list and out of none
        ("0 < item.price <= 10", "x..", "x.."),
        ("item.price != 10", ".x.", ".x."),
        ("not item.price < 5", "x.x", "x.x"),
        ("1 / item.price > 0", "x..", "x.."),  # divided by zero
        ("1 / item.price <= 0 or 5 % item.price == 5", "x..", "x.."),
        ('item["in stock"]', "x.x", "x.x"),
        ('not item["in stock"]', ".x.", ".x."),
        ('item["price"] == 10', "x..", "x.."),
        ("item.größe * 2 - 1 == 3", ".x.", ".x."),
        ("user.age >= 18", "xxx", "..."),
        ('user.town == "Wien" and place == 1', "...", "..x"),
        ("-place + 1 == -2", "..x", "x.."),
        ("+place % 2 == 0", ".x.", ".x."),
        ("context.hour < 12", "xxx", "xxx"),
        ("True", "xxx", "xxx"),
        ("1 < 2 < 3", "xxx", "xxx"),
        ("\n(item.price\n ==  1_0) ", "x..", "x.."),
        ('share["ad click"] - score["ad click"] > 0.45', "..x", "x.x"),
    ],
)
def test_a_condition_holds_where_it_should(text: str, first: str, second: str) -> None:
    assert holds(text) == rows(first, second)


@pytest.mark.parametrize(
    ("text", "at", "piece", "expected"),
    [
        ("", 0, "", "a condition"),
        ("item.kind", 0, "item.kind", "holds or not"),
        ("item.price", 0, "item.price", "holds or not"),
        ("item.price + 1", 0, "item.price + 1", "holds or not"),
        ('item.price == "ad"', 14, '"ad"', "a number"),
        ("item.kind == 3", 13, "3", "a text"),
        ('item.kind < "b"', 0, "item.kind", "a number on both sides"),
        ("item.kind + 1 == 2", 0, "item.kind", "a number"),
        ("item.price and place == 1", 0, "item.price", "a condition"),
        ("not item.price", 4, "item.price", "a condition"),
        ('-"a" == 1', 1, '"a"', "a number"),
        ('item.price in ("a",)', 15, '"a"', "a number"),
        ("item.kind in ()", 13, "()", "at least one"),
        ("item.price in (place, 2)", 15, "place", "a number or a text"),
        ("item.kind in item.title", 13, "item.title", "a list"),
        ("item.price in item.price", 14, "item.price", "a list"),
        ("(1, 2) == 1", 0, "(1, 2)", "only after"),
        ("place == 1 and", 14, "", "a field"),
        ("place ==", 8, "", "a field"),
        ("== 1", 0, "==", "a field"),
        ("place == 1 item.price == 2", 11, "item", "an operator"),
        ("(place == 1", 0, "(", "closing"),
        ("place == 1)", 10, ")", "opening"),
        ("(place == 1]", 11, "]", "“)”"),
        ('item.kind == "ad', 13, '"ad', "closing"),
        ("item.größ == 1", 0, "item.größ", "a field of the item"),
        ("größe == 1", 0, "größe", "a field"),
        ("place == 1e300", 9, "1e300", "1,000,000,000,000,000"),
    ],
)
def test_an_error_stands_at_its_place(text: str, at: int, piece: str, expected: str) -> None:
    with pytest.raises(ConditionError) as caught:
        read_condition(text, FIELDS)
    error = caught.value
    assert (error.start, text[error.start : error.start + error.length]) == (at, piece)
    assert expected in str(error.message.values["expected"])
    assert str(error).startswith(f"At character {at + 1}: expected ")


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ('item.knd == "ad"', "item.kind"),
        ('score["ad klick"] < 0.1', 'score["ad click"]'),
        ("score.adclick < 0.1", 'score["adclick"]'),
        ('itm.kind == "ad"', "item"),
        ("kind == 'ad'", "item.kind"),
        ("item.price = 3", "=="),
        ("place == 1 && place == 2", "and"),
        ("place == 1 OR place == 2", "or"),
        ("user.aeg > 3", "user.age"),
    ],
)
def test_what_was_meant_is_suggested(text: str, suggestion: str) -> None:
    with pytest.raises(MisspeltConditionError) as caught:
        read_condition(text, FIELDS)
    assert caught.value.suggestion == suggestion


def test_a_condition_says_what_it_asks() -> None:
    found = read_condition('user.age > 3 and score["ad click"] < place', FIELDS)
    assert {str(field) for field in found.fields} == {"user.age", 'score["ad click"]', "place"}


def test_fields_can_be_narrowed_to_those_that_tell_users_apart() -> None:
    with pytest.raises(ConditionError):
        read_condition("item.price > 3", FIELDS.only(Scope.USER))


NUMBERS = st.one_of(
    st.integers(-9, 9).map(str),
    st.sampled_from(["0", "0.0", "1e3"]),
)


def _sums(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(parts, st.sampled_from("+-*/%"), parts).map(lambda p: f"({p[0]}{p[1]}{p[2]})")


@given(st.recursive(NUMBERS, _sums, max_leaves=6), st.recursive(NUMBERS, _sums, max_leaves=6))
def test_numbers_are_worked_out_as_python_does(left: str, right: str) -> None:
    for sign, compare in COMPARES.items():
        try:
            # an independent reference: Python itself, on texts that this test made of digits
            expected = compare(eval(left), eval(right))  # noqa: S307
        except ZeroDivisionError:
            expected = False
        text = f"{left} {sign} {right}"
        assert bool(read_condition(text, FIELDS).holds(lambda _: np.empty(0))) is expected, text


COMPARES: dict[str, Callable[[float, float], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
}


@given(st.text(alphabet=st.sampled_from(list("aAi.[]()\"' =<>!+-*/%,01e_ntorm\\\n{}:@#$é𝔸\0"))))
def test_any_text_is_read_or_refused(text: str) -> None:
    error = refused(text)
    if error is not None:
        assert 0 <= error.start <= len(text)
        assert 0 <= error.length <= len(text) - error.start


def test_every_pair_of_words_is_read_or_refused() -> None:
    words = ["item", ".kind", "[", "]", '"a"', "1", "in", "not", "and", "==", "(", ")", ",", "-"]
    for triple in itertools.product(words, repeat=3):
        text = " ".join(triple)
        error = refused(text)
        assert error is None or str(error)

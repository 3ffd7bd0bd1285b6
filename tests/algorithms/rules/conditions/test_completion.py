import pytest

from algorithms.rules.conditions import (
    Field,
    Fields,
    Scope,
    ValueType,
    completions,
    read_condition,
)

FIELDS = Fields(
    (
        Field(Scope.ITEM, "kind", ValueType.TEXT, ("ad", "product")),
        Field(Scope.ITEM, "price", ValueType.NUMBER),
        Field(Scope.ITEM, "in stock", ValueType.TRUTH),
        Field(Scope.USER, "town", ValueType.TEXT, ("Graz", "Wien", 'with "quotes"')),
        Field(Scope.SCORE, "ad click", ValueType.NUMBER),
        Field(Scope.SCORE, "purchase", ValueType.NUMBER),
        Field(Scope.SHARE, "ad click", ValueType.NUMBER),
        Field(Scope.PLACE, "place", ValueType.NUMBER),
    )
)


def offered(text: str) -> list[str]:
    """Return the texts that come of each completion, at the mark or at the end."""
    position = text.index("|") if "|" in text else len(text)
    text = text.replace("|", "")
    return [
        text[: found.start] + found.text + text[found.start + found.length :]
        for found in completions(text, position, FIELDS)
    ]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("item.", "item.kind"),
        ("item.pr", "item.price"),
        ("item.st", 'item["in stock"]'),
        ("us", "user.town"),
        ("pla", "place"),
        ("pri", "item.price"),
        ('score["', 'score["ad click"]'),
        ("score['pur", 'score["purchase"]'),
        ("share[", 'share["ad click"]'),
        ("item.kind == ", 'item.kind == "ad"'),
        ('item.kind != "pro', 'item.kind != "product"'),
        ('user.town in ("Graz", "W', 'user.town in ("Graz", "Wien"'),
        ("user.town == 'with", "user.town == 'with \"quotes\"'"),
        ("place ", "place and "),
        ("place n", "place not in "),
        ("place == 1 and it", "place == 1 and item.kind"),
        ("item.pr| == 3", "item.price == 3"),
        ("", "item.kind"),
    ],
)
def test_the_likeliest_comes_first(text: str, first: str) -> None:
    assert offered(text)[0] == first


@pytest.mark.parametrize("text", ["item.nothing", '"some te', "item.price == 1", "xyz", "3."])
def test_where_nothing_fits_nothing_is_offered(text: str) -> None:
    assert offered(text) == []


def test_a_whole_condition_can_be_made_of_completions() -> None:
    text = offered(offered("item.ki")[0] + " == ")[0] + " and "
    text = offered(text + "score")[0] + " < 0.02"
    assert text == 'item.kind == "ad" and score["ad click"] < 0.02'
    read_condition(text, FIELDS)


@pytest.mark.parametrize("position", range(40))
def test_no_place_of_any_text_stumbles(position: int) -> None:
    completions('item.kind == "ad" and ((score["x" ] < not in', position, FIELDS)

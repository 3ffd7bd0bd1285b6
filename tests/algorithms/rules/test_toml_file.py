import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.errors import ConfigError, ResourceError, UnreadableFileError
from algorithms.rules import (
    AlreadyBought,
    AtLeast,
    AtMost,
    AtMostEach,
    Away,
    Bands,
    BlendMethod,
    Boost,
    BoostBoughtCategory,
    Bury,
    Cascade,
    CountWithin,
    Diversity,
    Drop,
    DropBelow,
    Exposure,
    Freshness,
    Pin,
    Quota,
    RuleSet,
)
from algorithms.rules.checks import plain_fields
from algorithms.rules.toml_file import (
    fit_rules,
    open_rules,
    rules_from_toml,
    rules_to_toml,
    save_rules,
)

EVERY = RuleSet(
    name='Rules of "the house" – 规则',
    method=BlendMethod.RECIPROCAL_RANK,
    powers={"click": 0.5, "add to cart": 1.0},
    rules=(
        Drop(condition='item.kind == "ad" and score["ad click"] < 0.02'),
        DropBelow(limit=0.1, enabled=False),
        Boost(condition='item.title == "it\'s"', factor=1.25, when="user.age < 18"),
        BoostBoughtCategory(),
        Bury(condition="place > 3\n or place < 2"),
        Freshness(feature="added", half_life=30.5),
        AlreadyBought(action=Away.DROP),
        Cascade(keep=7),
        Bands(),
        CountWithin(floor=0.25),
        Quota(),
        AtMost(),
        AtMostEach(by="seller"),
        AtLeast(),
        Pin(),
        Diversity(),
        Exposure(share=0.0),
    ),
)


def test_every_kind_of_rule_survives() -> None:
    text = rules_to_toml(EVERY)
    assert rules_from_toml(text) == EVERY
    assert """condition = 'item.kind == "ad" and score["ad click"] < 0.02'""" in text
    assert "# 1. Drop items with item.kind" in text


@given(
    st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable()),
    st.dictionaries(st.text(), st.floats(0, 10), max_size=3),
    st.text(max_size=50),
)
def test_any_text_survives(name: str, powers: dict[str, float], condition: str) -> None:
    rule_set = RuleSet(name=name, powers=powers, rules=(Drop(condition=condition, when=condition),))
    assert rules_from_toml(rules_to_toml(rule_set)) == rule_set


def test_a_file_can_be_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    save_rules(EVERY, path)
    assert open_rules(path) == EVERY
    assert tomllib.loads(path.read_text(encoding="utf-8"))["rules"][1]["enabled"] is False


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "expected a rule set (TOML)"),
        (
            "[[rules]]\nrule = 'drop'\n[[rules]]\nrule = 'pin'\nplace = 0",
            "rule 2, “place”: expected",
        ),
        ("[[rules]]\nrule = 'pine'", "rule 1, “rule”: expected"),
        ("[[rules]]\nplace = 1", "rule 1, “rule”: expected"),
        ("colour = 'red'", "“colour”: expected"),
        ("[powers]\nclick = -1", "“powers.click”: expected"),
        ("rules = 3", "“rules”: expected"),
        ("a = " + "[" * 5000, "expected a rule set (TOML)"),
        ("[[rules]]\nrule = 'drop'\ncondition = '" + "x" * 2001 + "'", "rule 1, “condition”"),
    ],
)
def test_what_cannot_be_read_says_where(text: str, says: str) -> None:
    with pytest.raises((ConfigError, UnreadableFileError)) as caught:
        rules_from_toml(text, "house.toml")
    assert says in str(caught.value)
    assert "house.toml" in str(caught.value)
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize("content", [b"\xff\xfe", b"#" * 1_000_001, None])
def test_a_file_that_is_none_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "rules.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"rules\.toml"):
        open_rules(path)


def test_where_it_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(ResourceError):
        save_rules(EVERY, tmp_path / "nowhere" / "rules.toml")


def test_rules_of_another_project_are_named_and_left_out(tasks) -> None:
    kinds = ("product", "ad")
    foreign = RuleSet(
        powers={"click": 0.5, "like": 1.0},
        rules=(
            Quota(),
            DropBelow(task="follow", enabled=False),
            Drop(condition='score["like"] < 0.1'),
            Boost(condition="item.brand == 'x'"),
            Cascade(task="click", enabled=False),
        ),
    )
    fitted, told = fit_rules(foreign, tasks, kinds, plain_fields(tasks, kinds))
    assert fitted.powers == {"click": 0.5}
    assert fitted.rules == (foreign.rules[0], foreign.rules[4])
    said = [str(message) for message in told]
    assert len(said) == 4
    assert "“like”" in said[0]
    assert said[1].startswith("Rule 2 is skipped: there is no task “follow”")
    assert 'score["like"]' in said[2]
    assert "item.brand" in said[3]

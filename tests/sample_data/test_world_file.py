"""Worlds as TOML: what is written is read back as the same world."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.errors import MtrecError
from algorithms.models.base import parse_config
from sample_data import WORLDS
from sample_data.dials import DIALS, turned
from sample_data.spec import WorldSpec, read_spec
from sample_data.world_file import open_spec, save_spec, write_spec


@pytest.mark.parametrize("world", sorted(WORLDS))
def test_a_world_is_read_back_as_it_was(world, tmp_path):
    spec = turned(read_spec(WORLDS[world].file), {"noise": 1 / 3, "correlation": -0.35})
    path = tmp_path / "mine.toml"
    path.write_text(write_spec(spec), encoding="utf-8")
    assert read_spec(path) == spec


@settings(deadline=None, max_examples=60)
@given(title=st.text(), category=st.text(), number=st.floats(0.1, 4))
def test_any_text_and_number_comes_back(title, category, number):
    spec = read_spec(WORLDS["ecommerce"].file)
    values = DIALS["noise"].turn(spec, number).model_dump()
    values["title"] = title
    values["catalogue"]["categories"] |= {category: {title: number}}
    odd = WorldSpec.model_validate(values)
    assert parse_config(WorldSpec, tomllib.loads(write_spec(odd)), "odd") == odd


def test_each_parameter_has_its_remark():
    text = write_spec(read_spec(WORLDS["ecommerce"].file))
    assert "pages_mean = 5.0" in text
    assert "# Pages that a user sees, on average" in text


def test_what_is_wrong_is_named_with_file_and_field(tmp_path):
    text = write_spec(read_spec(WORLDS["ecommerce"].file))
    bad = tmp_path / "bad.toml"
    for old, new, told in (
        ("knowledge = 0.75", "knowledge = 1.75", r"bad\.toml.*exposure\.knowledge.*1\.75"),
        ("knowledge = 0.75", "wisdom = 0.75", r"bad\.toml.*exposure\.(knowledge|wisdom)"),
        ("[exposure]", "[exposure", r"bad\.toml.*world file.*line"),
    ):
        assert old in text
        bad.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(MtrecError, match=told):
            open_spec(bad)
    bad.write_bytes(b"\xff\xfe")
    with pytest.raises(MtrecError, match="not UTF-8"):
        open_spec(bad)
    with pytest.raises(MtrecError, match="No such file"):
        open_spec(tmp_path / "none.toml")
    with pytest.raises(MtrecError, match="another place"):
        save_spec(read_spec(WORLDS["ecommerce"].file), tmp_path / "no" / "x.toml")

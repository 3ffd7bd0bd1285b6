"""Worlds as TOML: what is written is read back as the same world."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.models.base import parse_config
from sample_data import WORLDS
from sample_data.dials import DIALS, turned
from sample_data.spec import WorldSpec, read_spec
from sample_data.writing import write_spec


@pytest.mark.parametrize("world", sorted(WORLDS))
def test_a_world_is_read_back_as_it_was(world, tmp_path):
    spec = turned(read_spec(WORLDS[world].file), {"noise": 1 / 3, "correlation": -0.35})
    path = tmp_path / "mine.toml"
    path.write_text(write_spec(spec), encoding="utf-8")
    assert read_spec(path) == spec


@settings(deadline=None, max_examples=60)
@given(title=st.text(), category=st.text(), number=st.floats(0.05, 0.95))
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

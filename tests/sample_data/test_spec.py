from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from algorithms.errors import ConfigError, UnknownLabelError
from sample_data import WORLDS
from sample_data.simulator import Simulation, simulate
from sample_data.spec import WorldSpec, read_spec

MakeSpec = Callable[[dict[str, Any]], WorldSpec]
WEATHER = {"name": "weather", "by": "day", "values": ["dry", "wet"], "shares": [0.5, 0.5]}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"labels.0.rate": 1.5}, "less than 1"),
        ({"labels.0.colour": 1}, "Extra inputs"),
        ({"labels.0.item_kind": "person"}, "no kind person"),
        ({"labels.1.parent": "rating"}, "only a binary label"),
        ({"labels.1.parent": "ad_click"}, "must be an earlier label"),
        ({"correlations.0.value": -0.9}, "contradict each other"),
        ({"correlations.0.labels": ["click", "follow"]}, "labels of this world"),
        ({"tasks.0.label": "ad_click"}, "no label ad_click on product"),
        ({"users.pages_min": 30}, "pages_min must not exceed"),
        ({"users.pages_max": 500}, "need more items"),
        ({"taste.type_share": 0.6}, "must not exceed 1"),
        ({"kinds.0.count": 801}, "800 offers"),
        ({"catalogue.brands_per_category": 25}, "brands"),
        ({"labels": []}, "at least 1"),
        ({"kinds.0.people": True, "kinds.0.prefix": "u"}, "no names of people"),
        ({"kinds.0.people": True}, "prefix is the same"),
        ({"kinds.0.by_topic": True, "kinds.0.per_page": 10}, "a topic needs more items"),
        ({"contexts": [WEATHER | {"shares": [0.5, 0.4]}]}, "shares must sum to 1"),
        ({"contexts": [WEATHER | {"shares": [1.0]}]}, "one share"),
        ({"contexts": [WEATHER | {"by": "hour", "begins": [1, 2]}]}, "hours must rise from 0"),
        ({"contexts": [WEATHER | {"name": "position"}]}, "a name of its own"),
        ({"contexts": [WEATHER | {"values": ["{type}", "x"]}]}, "shown by topic"),
        ({"labels.0.context": {"weather": {"dry": 1.0}}}, "must be among"),
        (
            {"contexts": [WEATHER], "labels.0.context": {"weather": {"hail": 1.0}}},
            "weather is one of",
        ),
        ({"contexts": [WEATHER], "labels.0.topic": 1.0}, "no context tells the topic"),
    ],
)
def test_what_cannot_be_simulated_is_refused(
    make_spec: MakeSpec, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValidationError, match=complaint):
        make_spec(changes)


def test_a_kind_needs_a_label(make_spec: MakeSpec) -> None:
    labels = [label.model_dump() for label in make_spec({}).labels if label.item_kind != "ad"]
    tasks = [task.model_dump() for task in make_spec({}).tasks if task.item_kind != "ad"]
    with pytest.raises(ValidationError, match="kind ad has no label"):
        make_spec({"labels": labels, "tasks": tasks, "correlations": []})


def test_a_bad_world_file_is_named(tmp_path: Path) -> None:
    text = WORLDS["ecommerce"].file.read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace("count = 2000", "count = 3"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"mine\.toml, “users\.count”"):
        read_spec(path)


def test_correlations_stand_in_the_order_of_the_labels(make_spec: MakeSpec) -> None:
    matrix = make_spec({}).taste_correlations()
    np.testing.assert_array_equal(matrix, matrix.T)
    np.testing.assert_array_equal(matrix[0], [1, 0.85, 0.75, 0.8])


def test_the_truth_knows_only_its_labels(ecommerce: Simulation) -> None:
    with pytest.raises(UnknownLabelError, match="click, purchase, rating, ad_click"):
        ecommerce.truth.expected("follow", np.array([0]), np.array([0]))


def test_what_is_not_there_shrinks_the_pages() -> None:
    """A world with few users has few people to follow, and no topic is asked for twice."""
    social, travel = (read_spec(WORLDS[key].file) for key in ("social", "travel"))
    few = social.model_copy(update={"users": social.users.model_copy(update={"count": 12})})
    assert few.n_items(2) == 12
    assert few.most_pages() == 5
    log = simulate(few).log
    assert len(log.item_table.of_kind("person")) == 12
    assert len(log) <= 12 * 5 * 9
    more = travel.users.model_copy(update={"pages_mean": 90.0, "pages_max": 100})
    route = travel.kinds[0].model_copy(update={"count": 100})
    spec = travel.model_copy(
        update={"users": more, "kinds": (route, travel.kinds[1].model_copy(update={"count": 400}))}
    )
    assert spec.most_pages() == 59
    assert spec.n_items(0) == 60 * 5  # more than the four that a page shows


def test_names_are_given_again_with_a_number() -> None:
    spec = read_spec(WORLDS["social"].file)
    names = spec.catalogue.model_copy(update={"first_names": ("Ada",), "last_names": ("Abe", "Li")})
    users = spec.users.model_copy(update={"count": 40})
    log = simulate(spec.model_copy(update={"catalogue": names, "users": users})).log
    table = log.user_table.features["name"].tolist()
    assert len(set(table)) == 40
    assert {"Ada Abe", "Ada Li", "Ada Abe 2", "Ada Li 20"} <= set(table)

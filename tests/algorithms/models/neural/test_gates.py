"""Gates of one user and item: what an explanation says of MMoE's and PLE's experts."""

from __future__ import annotations

import numpy as np
import pytest

from algorithms.models.catalog import find_model
from algorithms.models.neural.experts import gate_remark
from sample_data import load_world, world_tasks


@pytest.mark.parametrize("key", ["mmoe", "ple"])
def test_an_explanation_says_which_experts_served_this_pair(key) -> None:
    pytest.importorskip("torch")
    log = load_world("ecommerce").select(np.arange(3000))
    task = world_tasks("ecommerce")[0]
    model = find_model(key).from_values({"n_epochs": 1, "exposure": 0.0})
    model.fit(log, world_tasks("ecommerce")[:2], rng=np.random.default_rng(0))
    weights = model.part_of(task)[0].weights
    for name in [name for name in weights if name.startswith("gate")]:
        weights[name] = 50 * weights[name]  # gates that have learned to choose
    names = model.expert_names
    inside = model.look_inside()
    usual = next(e for e in model.exhibits() if e.key == "gates").values[0]
    seen = set()
    for n in (0, 40, 80):  # events of training: their gates are known
        gate = inside.output.use["gate"][n, 0]
        user, item = inside.examples.users[n], inside.examples.items[n]
        remark = model.explain(task, int(user), int(item)).remarks[-1]
        order = np.argsort(-gate, kind="stable")
        assert remark.values["here"] == ", ".join(f"{names[e]} {gate[e]:.0%}" for e in order)
        assert remark.values["usual"] == ", ".join(f"{names[e]} {usual[e]:.0%}" for e in order)
        assert f"the gate of “{task.name}” mixes" in str(remark)
        seen.add(remark.values["here"])
    assert len(seen) > 1  # a gate looks at the example


def test_many_experts_are_added_up_and_an_unknown_average_is_left_out() -> None:
    here = np.array([0.05, 0.4, 0.05, 0.2, 0.1, 0.05, 0.15])
    names = [f"expert {number}" for number in range(1, 8)]
    remark = gate_remark("click", names, here, np.full(7, np.nan))
    assert str(remark) == (
        "For this user and item the gate of “click” mixes expert 2 40%, expert 4 20%, "
        "expert 7 15%, expert 5 10%, expert 1 5%, 2 others 10%."
    )

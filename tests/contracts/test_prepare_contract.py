"""After ``prepare`` a fit finds every library loaded and every loop compiled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import algorithms
from algorithms.models.catalog import MODELS
from algorithms.models.extras import missing_extra
from algorithms.models.neural.catalog import NETWORKS
from tests.language_server import language_server, sensible

ROOT = Path(algorithms.__file__).parents[1]
ALIKE = set(NETWORKS) - {"shared_bottom", "multitask_rnn"}  # load what these two load
ALIKE |= {"policy_epsilon_greedy", "policy_linucb", "policy_reinforce"}  # as their siblings do

# Fits one model in a fresh process and prints what the fit had to load and to compile itself.
FIT = """
import json, sys
import numpy as np
from algorithms.data import IdMap, InteractionLog, ItemTable, SplitConfig, UserTable, make_split
from algorithms.models.catalog import find_model
from algorithms.tasks import Task, TaskKind

HEAVY = {"implicit", "surprise", "scipy", "numba", "sklearn", "torch", "joblib", "threadpoolctl"}

def loaded():
    return {name for name in sys.modules if name.split(".")[0] in HEAVY}

def compiled():
    kernels = vars(sys.modules.get("algorithms.models.factor_kernels", object)).values()
    return {(k.__name__, str(s)) for k in kernels for s in getattr(k, "signatures", ())}

rng = np.random.default_rng(0)
n, n_users, n_items = 2000, 40, 30
liking = rng.normal(size=n)
log = InteractionLog(
    name="small",
    users=rng.integers(0, n_users, n).astype(np.int32),
    items=rng.integers(0, n_items, n).astype(np.int32),
    labels={
        "click": (liking > 0).astype(np.float32),
        "stars": np.clip(np.round(3 + liking), 1, 5).astype(np.float32),
    },
    user_table=UserTable(IdMap(np.arange(n_users).astype(np.str_))),
    item_table=ItemTable(
        IdMap(np.arange(n_items).astype(np.str_)),
        np.arange(n_items).astype(np.str_),
        ("product", "ad"),
        (np.arange(n_items) % 2).astype(np.int16),
        np.full(n_items, ""),
    ),
)
tasks = [
    Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product"),
    Task(name="ad click", kind=TaskKind.BINARY, label="click", item_kind="ad"),
    Task(name="stars", kind=TaskKind.RATING, label="stars", item_kind="product"),
    Task(name="minutes", kind=TaskKind.QUANTITY, label="stars", item_kind="product"),
]
split = make_split(log, SplitConfig(), rng)
model_class = find_model(sys.argv[1])
model = model_class.from_values(json.loads(sys.argv[2]))
model.prepare()
before = loaded() | compiled()
model.fit(split.train, model.served_tasks(tasks), rng=rng, validation=split.validation)
print(json.dumps(sorted(map(str, (loaded() | compiled()) - before))))
"""


def _quick(key: str) -> dict[str, Any]:
    """Return the configuration of a fit that makes one pass, where it makes passes by PyTorch."""
    fields = MODELS[key].config_class.model_fields
    return {"n_epochs": 1} if MODELS[key].extra == "deep" and "n_epochs" in fields else {}


@pytest.mark.parametrize(
    ("key", "config"),
    [
        *((key, _quick(key)) for key in MODELS if key not in ALIKE),
        ("rule_blend", {"base": "shared_factors"}),
    ],
)
def test_a_fit_after_prepare_loads_and_compiles_nothing(key: str, config: dict[str, Any]) -> None:
    missing = missing_extra(MODELS[key])
    if missing is not None:
        pytest.skip(str(missing))
    with language_server(sensible) as server:
        if MODELS[key]().lacks():
            config = {**config, "address": server.address, "n_questions": 10}
        done = subprocess.run(
            [sys.executable, "-c", FIT, key, json.dumps(config)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import algorithms
from algorithms.errors import UnknownModelError
from algorithms.models.adversarial.catalog import ADVERSARIES
from algorithms.models.catalog import MODELS, find_model
from algorithms.models.neural.catalog import NETWORKS

ROOT = Path(algorithms.__file__).parents[1]


def test_models_stand_in_the_order_in_which_they_are_taught() -> None:
    assert list(MODELS) == [
        "popularity", "bias", "random", "baseline_only", "svd", "svdpp", "nmf", "knn_basic",
        "knn_means", "knn_z_score", "knn_baseline", "slope_one", "co_clustering",
        "normal_predictor", "als", "bpr", "lmf", "item_cosine", "item_tfidf", "item_bm25", "ease",
        "logistic", "separate_factors", "shared_factors", "shared_specific", "factor_weights",
        "stacked_als", "feature_factors", "rule_blend", *NETWORKS, "distilled",
        "adversarial_shared", *ADVERSARIES, "prompted", "outside_prompted",
        "policy_epsilon_greedy", "policy_thompson", "policy_linucb", "policy_reinforce",
        "policy_cross_entropy", "policy_rule_sets", "rmtl_weights", "naive",
    ]  # fmt: skip


def test_a_model_is_found_by_its_key() -> None:
    assert find_model("als") is MODELS["als"]


def test_an_unknown_key_names_those_that_exist() -> None:
    with pytest.raises(UnknownModelError, match=r"No model “alz”.* als,"):
        find_model("alz")


def test_the_catalog_is_light_to_import() -> None:
    code = "import json, sys, algorithms.models.catalog; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    heavy = {"numba", "scipy", "implicit", "surprise", "polars", "sklearn", "torch", "matplotlib"}
    assert not heavy & set(json.loads(done.stdout))


def test_the_bibliography_has_each_key_once() -> None:
    text = (ROOT / "docs" / "references.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{(.+),$", text, flags=re.MULTILINE)
    assert len(keys) == len(set(keys)) > 10
    for entry in re.split(r"^@", text, flags=re.MULTILINE)[1:]:
        assert entry.count("{") == entry.count("}")
        assert re.search(r"^\s*title\s*=", entry, flags=re.MULTILINE)
        assert re.search(r"^\s*year\s*=\s*\{\d{4}\}", entry, flags=re.MULTILINE)

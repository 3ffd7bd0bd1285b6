"""Each model from Surprise gives exactly the figures of calling the library directly."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.errors import FitError
from algorithms.models.base import Recommender
from algorithms.models.catalog import MODELS
from algorithms.tasks import Task, TaskKind

STARS = Task(name="stars", kind=TaskKind.RATING, label="x", item_kind="film", relevant_from=4)
N_USERS, N_ITEMS = 32, 26  # the last of both have no ratings
USERS, ITEMS = (cells.ravel() for cells in np.indices((N_USERS, N_ITEMS)))
SEED = 4


def make_log(step: float) -> InteractionLog:
    """Return 420 ratings of 1 to 5 (whole stars or halves) with a taste in them, shuffled."""
    rng = np.random.default_rng(2)
    cells = rng.choice((N_USERS - 1) * (N_ITEMS - 1), 420, replace=False)
    users, items = cells // (N_ITEMS - 1), cells % (N_ITEMS - 1)
    taste = rng.normal(size=(N_USERS, 2)) @ rng.normal(size=(2, N_ITEMS))
    stars = 3 + taste[users, items] + rng.normal(scale=0.5, size=len(cells))
    ids = np.array([f"i{n}" for n in range(N_ITEMS)])
    return InteractionLog(
        name="ratings",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={"x": np.clip(np.round(stars / step) * step, 1, 5).astype(np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(N_USERS)]))),
        item_table=ItemTable(
            IdMap(ids), ids, ("film",), np.zeros(N_ITEMS, np.int16), np.full(N_ITEMS, "")
        ),
    )


LOGS = {"whole": make_log(1.0), "halves": make_log(0.5)}


def trainset(log: InteractionLog, folder: Path) -> Any:
    """Return the log as the library reads it from a file, sorted by user."""
    from surprise import Dataset, Reader

    by_user = np.argsort(log.users, kind="stable")
    rows = zip(log.users[by_user], log.items[by_user], log.labels["x"][by_user], strict=True)
    file = folder / "ratings.csv"
    file.write_text("".join(f"{u},{i},{value}\n" for u, i, value in rows), encoding="utf-8")
    scale = float(log.labels["x"].min()), float(log.labels["x"].max())
    reader = Reader(line_format="user item rating", sep=",", rating_scale=scale)
    return Dataset.load_from_file(str(file), reader).build_full_trainset()


def seed() -> int:
    """Return the seed that the first task's model gets."""
    return int(np.random.default_rng(SEED).integers(2**31))


def _baseline_only() -> Any:
    from surprise import BaselineOnly

    options = {"method": "als", "n_epochs": 4, "reg_u": 12, "reg_i": 5}
    return BaselineOnly(bsl_options=options, verbose=False)


def _svd() -> Any:
    from surprise import SVD

    return SVD(n_factors=7, n_epochs=5, lr_all=0.02, reg_all=0.05, random_state=seed())


def _svdpp() -> Any:
    from surprise import SVDpp

    return SVDpp(n_factors=6, n_epochs=5, lr_all=0.02, reg_all=0.05, random_state=seed())


def _nmf() -> Any:
    from surprise import NMF

    return NMF(n_factors=4, n_epochs=9, reg_pu=0.1, reg_qi=0.1, random_state=seed())


def _slope_one() -> Any:
    from surprise import SlopeOne

    return SlopeOne()


def _co_clustering() -> Any:
    from surprise import CoClustering

    return CoClustering(n_cltr_u=4, n_cltr_i=2, n_epochs=6, random_state=seed())


def _knn(name: str, user_based: bool, similarity: str, min_support: int = 1) -> Any:
    import surprise

    options = {
        "name": similarity,
        "user_based": user_based,
        "min_support": min_support,
        "shrinkage": 30,
    }
    return getattr(surprise, name)(k=5, min_k=2, sim_options=options, verbose=False)


STEPS = {"n_epochs": 5, "learning_rate": 0.02, "regularization": 0.05}
SAME: list[tuple[str, dict[str, Any], Callable[[], Any]]] = [
    (
        "baseline_only",
        {"n_epochs": 4, "user_damping": 12, "item_damping": 5},
        _baseline_only,
    ),
    ("svd", {"n_factors": 7, **STEPS}, _svd),
    ("svdpp", {"n_factors": 6, **STEPS}, _svdpp),
    ("nmf", {"n_factors": 4, "n_epochs": 9, "regularization": 0.1}, _nmf),
    ("slope_one", {}, _slope_one),
    (
        "co_clustering",
        {"n_user_clusters": 4, "n_item_clusters": 2, "n_epochs": 6},
        _co_clustering,
    ),
]
KNN = {
    "knn_basic": "KNNBasic",
    "knn_means": "KNNWithMeans",
    "knn_z_score": "KNNWithZScore",
    "knn_baseline": "KNNBaseline",
}
MEASURES = ("msd", "cosine", "pearson", "pearson_baseline")


def fit(key: str, config: dict[str, Any], log: InteractionLog) -> Recommender:
    model = MODELS[key].from_values(config)
    return model.fit(log, [STARS], rng=np.random.default_rng(SEED))


@pytest.mark.parametrize("stars", LOGS)
@pytest.mark.parametrize(("key", "config", "make"), SAME, ids=[key for key, *_ in SAME])
def test_its_figures_are_those_of_the_library(
    key: str, config: dict[str, Any], make: Callable[[], Any], stars: str, tmp_path: Path
) -> None:
    assert_same(fit(key, config, LOGS[stars]), make().fit(trainset(LOGS[stars], tmp_path)))


@pytest.mark.parametrize("user_based", [True, False], ids=["users", "items"])
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("key", KNN)
def test_neighbours_have_the_figures_of_the_library(
    key: str, measure: str, user_based: bool, tmp_path: Path
) -> None:
    log = LOGS["halves"]
    ratings = trainset(log, tmp_path)
    for min_support in (1, 7):
        config = {
            "n_neighbours": 5,
            "min_neighbours": 2,
            "similarity": measure,
            "user_based": user_based,
            "min_support": min_support,
            "shrinkage": 30,
        }
        library = _knn(KNN[key], user_based, measure, min_support).fit(ratings)
        assert_same(fit(key, config, log), library)


def assert_same(model: Recommender, library: Any) -> None:
    """Compare the numbers for all pairs, before and after they are kept on the scale."""
    pairs = [(str(u), str(i)) for u, i in zip(USERS, ITEMS, strict=True)]  # cold ones too
    np.testing.assert_allclose(
        model.predict(STARS, USERS, ITEMS),
        [library.predict(*pair).est for pair in pairs],
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        model.score_block(STARS, np.arange(N_USERS), np.arange(N_ITEMS)).ravel(),
        [library.predict(*pair, clip=False).est for pair in pairs],
        rtol=1e-12,
    )


@pytest.mark.parametrize("key", ["baseline_only", "svd", "svdpp", "nmf", "co_clustering"])
def test_every_pass_is_told(key: str) -> None:
    told: list[float] = []
    MODELS[key].from_values({"n_epochs": 4}).fit(
        LOGS["whole"],
        [STARS],
        rng=np.random.default_rng(1),
        progress=lambda fraction, stage: told.append(fraction),
    )
    assert len(told) >= 5
    assert told == sorted(set(told))
    assert told[-1] == 1.0


def test_the_dice_have_the_mean_and_the_scatter_of_the_library(tmp_path: Path) -> None:
    from surprise import NormalPredictor

    log = LOGS["halves"]
    model = fit("normal_predictor", {}, log)
    library = NormalPredictor().fit(trainset(log, tmp_path))
    arrays = model.state().arrays
    assert arrays["task0.mean"][0] == pytest.approx(library.trainset.global_mean, rel=1e-14)
    assert arrays["task0.deviation"][0] == pytest.approx(library.sigma, rel=1e-14)


def test_the_dice_are_normal() -> None:
    from scipy.stats import kstest

    model = fit("normal_predictor", {}, LOGS["halves"])
    arrays = model.state().arrays
    drawn = model.score_block(STARS, np.arange(N_USERS), np.arange(N_ITEMS)).ravel()
    standard = (drawn - arrays["task0.mean"]) / arrays["task0.deviation"]  # (832,)
    assert kstest(standard, "norm").pvalue > 0.01  # seeded: the same every time


def test_half_stars_that_the_library_cuts_off_are_told() -> None:
    for key in ("co_clustering", "slope_one"):
        assert fit(key, {}, LOGS["whole"]).notes() == ()
        (note,) = fit(key, {}, LOGS["halves"]).notes()
        assert "3.5" in str(note)
        assert "stars" in str(note)


def test_what_was_rated_explains_part_of_svdpp() -> None:
    log = LOGS["whole"]
    model = fit("svdpp", {"n_factors": 6, **STEPS}, log)
    mine = log.items[log.users == 3]
    told = {part.item: part for part in model.explain(STARS, 3, 0).contributions if part.item}
    assert set(told) <= set(mine)
    Y, Q = (model.state().arrays[f"task0.{name}"] for name in "YQ")
    for item, part in told.items():
        assert part.amount == pytest.approx(Q[0] @ Y[item] / np.sqrt(len(mine)))
        assert part.value == log.labels["x"][(log.users == 3) & (log.items == item)][0]


def test_non_negative_factors_only_add() -> None:
    model = fit("nmf", {"n_epochs": 20}, LOGS["whole"])
    parts = model.explain(STARS, 3, 0).contributions
    assert len(parts) >= 15
    assert all(part.amount >= 0 for part in parts if part.message and "actor" in str(part.message))


def test_sums_of_parts_cannot_be_below_zero() -> None:
    log = LOGS["whole"]
    with pytest.raises(FitError, match="Shift the scale"):
        fit("nmf", {}, log.with_labels(x=log.labels["x"] - 3))

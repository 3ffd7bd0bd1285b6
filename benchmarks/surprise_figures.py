"""The lab's Surprise models and the library on one fold.

``python -m benchmarks.surprise_figures FILE``

The file of ratings is read and divided by the lab (``k_fold``, five parts). Each model learns the
training part with the library's defaults, once through the lab and once by calling Surprise
directly on the same ratings, sorted by user and with the same seed; both predict the test part. The
last column is the largest difference between two predictions. The normal predictor throws other
dice than the library, so only its errors can be compared.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.data import InteractionLog, SplitConfig, make_split
from algorithms.data.plan import read_plan
from algorithms.data.proposing import propose_plan
from algorithms.data.split import SplitMethod
from algorithms.models.catalog import MODELS
from algorithms.models.surprise_ratings import last_ratings
from algorithms.tasks import Task, TaskKind

SEED = 1
LIBRARY = {
    "svd": "SVD",
    "svdpp": "SVDpp",
    "nmf": "NMF",
    "slope_one": "SlopeOne",
    "knn_basic": "KNNBasic",
    "knn_means": "KNNWithMeans",
    "knn_z_score": "KNNWithZScore",
    "knn_baseline": "KNNBaseline",
    "co_clustering": "CoClustering",
    "baseline_only": "BaselineOnly",
    "normal_predictor": "NormalPredictor",
}  # in the order of Surprise's own table


def direct(name: str, train: InteractionLog, task: Task) -> Callable[[InteractionLog], FloatArray]:
    """Fit a model by calling the library, and return what predicts."""
    import surprise

    ratings = last_ratings(train, task.label)
    rows = zip(ratings.users, ratings.items, ratings.values, strict=True)
    lines = [f"{ratings.user_of[u]}\t{ratings.item_of[i]}\t{value}" for u, i, value in rows]
    scale = (float(ratings.values.min()), float(ratings.values.max()))
    reader = surprise.Reader(line_format="user item rating", sep="\t", rating_scale=scale)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ratings.tsv"
        file.write_text("\n".join(lines), encoding="utf-8")
        trainset = surprise.Dataset.load_from_file(str(file), reader).build_full_trainset()
    options: dict[str, Any] = {}
    if name in ("SVD", "SVDpp", "NMF", "CoClustering"):
        options["random_state"] = int(np.random.default_rng(SEED).integers(2**31))
    if name.startswith(("KNN", "Baseline")):
        options["verbose"] = False
    library = getattr(surprise, name)(**options).fit(trainset)

    def predict(test: InteractionLog) -> FloatArray:
        pairs = zip(test.users.tolist(), test.items.tolist(), strict=True)
        return np.array([library.predict(str(user), str(item)).est for user, item in pairs])

    return predict


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="ratings, such as ratings.csv or u.data")
    parser.add_argument("--fold", type=int, default=0, help="which of the five parts judges")
    parser.add_argument("--models", nargs="+", default=list(LIBRARY), choices=list(LIBRARY))
    given = parser.parse_args(arguments)
    log = read_plan(propose_plan([given.file]).plan).log
    task = Task(
        name="rating", kind=TaskKind.RATING, label="rating", item_kind=log.item_table.kinds[0]
    )
    config = SplitConfig(method=SplitMethod.K_FOLD, validation_fraction=0.001)
    split = make_split(log, config, np.random.default_rng(SEED), given.fold)
    truth = split.test.label("rating").astype(np.float64)
    print(f"{len(split.train):,} ratings to learn from, {len(split.test):,} to predict")
    print(f"{'model':<18}{'RMSE':>8}{'MAE':>8}{'library':>9}{'MAE':>8}{'s':>8}{'s':>8}  difference")
    for key in given.models:
        start = time.perf_counter()
        model = MODELS[key]().fit(split.train, [task], rng=np.random.default_rng(SEED))
        ours = model.predict(task, split.test.users, split.test.items)
        middle = time.perf_counter()
        np.random.seed(SEED)  # noqa: NPY002 - the library's normal predictor knows no other dice
        theirs = direct(LIBRARY[key], split.train, task)(split.test)
        stop = time.perf_counter()
        errors = [
            f"{np.sqrt(((said - truth) ** 2).mean()):8.4f}{np.abs(said - truth).mean():8.4f}"
            for said in (ours, theirs)
        ]
        print(
            f"{key:<18}{errors[0]} {errors[1]}{middle - start:8.1f}{stop - middle:8.1f}"
            f"  {np.abs(ours - theirs).max():.1e}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

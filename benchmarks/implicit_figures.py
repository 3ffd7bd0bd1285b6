"""The lab's models of implicit feedback and the library on one fold.

``python -m benchmarks.implicit_figures FILE``

The file of ratings is read and divided by the lab (``k_fold``, five parts); whoever gave at least
four stars liked the film. Each model learns the liked films of the training part, once through the
lab and once by calling implicit directly, with the same parameters, seed and table; both rank, for
every user, the films that the user had not rated in training. The last column is the largest
difference between two scores. Films and users without a like in training are left to the lab's
models, which say so, and are taken out of the library's lists.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from algorithms.arrays import FloatArray, IntArray, top_n
from algorithms.data import InteractionLog, SplitConfig, make_split
from algorithms.data.plan import read_plan
from algorithms.data.proposing import propose_plan
from algorithms.data.split import SplitMethod
from algorithms.models.base import Recommender
from algorithms.models.catalog import MODELS
from algorithms.tasks import Task, TaskKind

SEED, K = 1, 10
COMPARED = ("als", "bpr", "lmf", "item_cosine", "item_tfidf", "item_bm25")
OURS = ("random", "popularity", "ease")  # beside them, without a library


def table_of(log: InteractionLog) -> csr_matrix:
    """Return (n_users, n_items) 1 where a film was liked."""
    liked = log.labels["liked"] > 0
    cells = (np.ones(int(liked.sum()), np.float32), (log.users[liked], log.items[liked]))
    return csr_matrix(cells, shape=(log.n_users, log.n_items))


def direct(model: Recommender, table: csr_matrix) -> FloatArray:
    """Fit by calling the library, and return (n_users, n_items) its scores."""
    from implicit.cpu.als import AlternatingLeastSquares
    from implicit.cpu.bpr import BayesianPersonalizedRanking
    from implicit.cpu.lmf import LogisticMatrixFactorization
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender

    of: Any = model.config
    one = {"num_threads": 1}
    if model.key.startswith("item_"):
        found: Any = {
            "item_cosine": lambda: CosineRecommender(K=of.n_neighbours, **one),
            "item_tfidf": lambda: TFIDFRecommender(K=of.n_neighbours, **one),
            "item_bm25": lambda: BM25Recommender(K=of.n_neighbours, K1=of.k1, B=of.b, **one),
        }[model.key]()
        found.fit(table.astype(np.float64), show_progress=False)
        scores: FloatArray = (table @ found.similarity).toarray()
        return scores
    common = {
        "factors": of.n_factors,
        "iterations": of.n_epochs,
        "regularization": of.regularization,
        "random_state": int(np.random.default_rng(SEED).integers(2**31)),
        **one,
    }
    if model.key == "als":
        table = table * (1.0 + of.alpha)  # 1 + alpha x, for x = 1
        found = AlternatingLeastSquares(alpha=1.0, **common)
    elif model.key == "bpr":
        found = BayesianPersonalizedRanking(learning_rate=of.learning_rate, **common)
    else:
        table = table * of.alpha
        found = LogisticMatrixFactorization(
            learning_rate=of.learning_rate, neg_prop=of.n_negatives, **common
        )
    with threadpool_limits(1, "blas"):
        found.fit(table.astype(np.float32), show_progress=False)
        if model.key == "als":  # the users once more, for the last item vectors
            found.user_factors = found.recalculate_user(np.arange(table.shape[0]), table)
    factors: FloatArray = found.user_factors.astype(float) @ found.item_factors.T.astype(float)
    return factors


def ndcg(lists: IntArray, test: InteractionLog) -> float:
    """Return NDCG@10 over the users with a liked film in the test part."""
    relevant = table_of(test).toarray() > 0  # (n_users, n_items)
    users = np.flatnonzero(relevant.any(axis=1))
    discounts = 1.0 / np.log2(np.arange(2, K + 2))
    hits = relevant[users[:, None], lists[users]] & (lists[users] >= 0)
    ideal = np.cumsum(discounts)[np.minimum(relevant[users].sum(axis=1), K) - 1]
    return float(((hits * discounts).sum(axis=1) / ideal).mean())


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="ratings, such as ratings.csv or u.data")
    parser.add_argument("--fold", type=int, default=0, help="which of the five parts judges")
    parser.add_argument("--models", nargs="+", default=[*OURS, *COMPARED])
    given = parser.parse_args(arguments)
    warnings.filterwarnings("ignore", message="Method expects CSR input")
    log = read_plan(propose_plan([given.file]).plan).log
    log = replace(log, labels={"liked": (log.label("rating") >= 4).astype(np.float32)})
    task = Task(
        name="liked", kind=TaskKind.BINARY, label="liked", item_kind=log.item_table.kinds[0]
    )
    config = SplitConfig(method=SplitMethod.K_FOLD, validation_fraction=0.001)
    split = make_split(log, config, np.random.default_rng(SEED), given.fold)
    table = table_of(split.train)
    users = np.arange(log.n_users)
    cold = np.diff(table.indptr) == 0, np.bincount(table.indices, minlength=log.n_items) == 0
    print(f"{table.nnz:,} likes to learn from, {int(table_of(split.test).nnz):,} to find again")
    print(f"{'model':<14}{'NDCG@10':>9}{'library':>9}{'s':>7}{'s':>7}  difference")
    for key in given.models:
        model = MODELS[key]()
        model.prepare()
        start = time.perf_counter()
        model.fit(split.train, [task], rng=np.random.default_rng(SEED))
        seconds = time.perf_counter() - start
        line = f"{key:<14}{ndcg(model.recommend_many(task, users, K).items, split.test):9.4f}"
        if key not in COMPARED:
            print(f"{line}{'':9}{seconds:7.1f}", flush=True)
            continue
        start = time.perf_counter()
        theirs = direct(model, table)
        direct_seconds = time.perf_counter() - start
        ours = model.score_block(task, users, np.arange(log.n_items))
        theirs[:, cold[1]] = np.nan if key in ("bpr", "lmf") else 0.0
        theirs[cold[0]] = np.nan
        gap = float(np.nanmax(np.abs(ours - theirs)))
        theirs[split.train.users, split.train.items] = np.nan
        line += f"{ndcg(top_n(theirs, K), split.test):9.4f}"
        print(f"{line}{seconds:7.1f}{direct_seconds:7.1f}  {gap:.1e}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Each adapter gives the figures of calling the library directly, on a fixed fold of a world.

The table is written down here once more, with plain loops, and ranked with plain loops as well.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from algorithms.data import InteractionLog, Split, SplitConfig, make_split
from algorithms.models.base import Recommender
from algorithms.models.catalog import MODELS
from algorithms.tasks import Task
from sample_data import WORLDS, world_tasks
from sample_data.dials import turned
from sample_data.simulator import simulate
from sample_data.spec import read_spec

SEED, N_USERS, N = 11, 150, 10
CLICK, READING = world_tasks("ecommerce")[0], world_tasks("social")[2]


@cache
def fold(world: str) -> Split:
    spec = turned(read_spec(WORLDS[world].file), {"users": N_USERS, "items": 200})
    return make_split(simulate(spec).log, SplitConfig(), np.random.default_rng(1))


def table_of(log: InteractionLog, task: Task, alpha: float, offset: float) -> csr_matrix:
    """Return offset + alpha x of the positive cells."""
    columns = {int(item): n for n, item in enumerate(log.item_table.of_kind(task.item_kind))}
    cells: Counter[tuple[int, int]] = Counter()
    amounts = []
    for user, item, value in zip(log.users, log.items, log.labels[task.label], strict=True):
        if int(item) in columns and value >= task.relevant_from:
            amounts.append(float(value))
            cells[int(user), columns[int(item)]] += amounts[-1]
    unit = float(np.mean(amounts))  # 1 where all that counts is that it happened
    users, items = np.array(sorted(cells)).T
    x = np.array([cells[cell] for cell in sorted(cells)]) / unit
    return csr_matrix((offset + alpha * x, (users, items)), shape=(log.n_users, len(columns)))


def library(key: str, seed: int) -> tuple[Any, float, float]:
    """Return the library's own model, alpha, and the weight of a cell before its feedback."""
    from implicit.cpu.als import AlternatingLeastSquares
    from implicit.cpu.bpr import BayesianPersonalizedRanking
    from implicit.cpu.lmf import LogisticMatrixFactorization

    common = {"num_threads": 1, "random_state": seed}
    if key == "als":
        als = AlternatingLeastSquares(
            factors=6, regularization=5, alpha=1, iterations=8, dtype=np.float32, **common
        )
        return als, 3.0, 1.0
    if key == "bpr":
        bpr = BayesianPersonalizedRanking(
            factors=6, regularization=0.02, learning_rate=0.1, iterations=12, **common
        )
        return bpr, 1.0, 0.0
    lmf = LogisticMatrixFactorization(
        factors=6, regularization=0.5, learning_rate=0.7, iterations=9, neg_prop=4, **common
    )
    return lmf, 2.0, 0.0


CONFIGS = {
    "als": {"n_factors": 6, "n_epochs": 8, "regularization": 5, "alpha": 3},
    "bpr": {"n_factors": 6, "n_epochs": 12, "regularization": 0.02, "learning_rate": 0.1},
    "lmf": {
        "n_factors": 6, "n_epochs": 9, "regularization": 0.5, "learning_rate": 0.7, "alpha": 2,
        "n_negatives": 4,
    },
    "item_cosine": {"n_neighbours": 15},
    "item_tfidf": {"n_neighbours": 15},
    "item_bm25": {"n_neighbours": 15, "k1": 2.0, "b": 0.5},
}  # fmt: skip


def ours(key: str, log: InteractionLog, task: Task) -> Recommender:
    model = MODELS[key].from_values(CONFIGS[key])
    return model.fit(log, [task], rng=np.random.default_rng(SEED))


def recall(lists: dict[int, list[int]], test: InteractionLog, task: Task) -> float:
    """Return the mean share of held-out relevant items that are listed."""
    relevant: dict[int, set[int]] = {}
    for user, item, value in zip(test.users, test.items, test.labels[task.label], strict=True):
        if test.item_table.kind_of(int(item)) == task.item_kind and value >= task.relevant_from:
            relevant.setdefault(int(user), set()).add(int(item))
    shares = [len(items & set(lists[user])) / len(items) for user, items in relevant.items()]
    assert len(shares) > 30
    return float(np.mean(shares))


def best(scores: np.ndarray, log: InteractionLog, of_kind: np.ndarray) -> dict[int, list[int]]:
    """Return the ten best items of each user (rows), without those met in training."""
    met = set(zip(log.users.tolist(), log.items.tolist(), strict=True))
    lists = {}
    for user, row in enumerate(scores):
        ranked = [int(of_kind[place]) for place in np.argsort(-row, kind="stable")]
        lists[user] = [item for item in ranked if (user, item) not in met][:N]
    return lists


@pytest.mark.parametrize("key", ["als", "bpr", "lmf"])
@pytest.mark.parametrize(("world", "task"), [("ecommerce", CLICK), ("social", READING)])
def test_vectors_are_those_of_the_library(key: str, world: str, task: Task) -> None:
    split = fold(world)
    of_kind = split.train.item_table.of_kind(task.item_kind)
    model = ours(key, split.train, task)

    theirs, alpha, offset = library(key, int(np.random.default_rng(SEED).integers(2**31)))
    table = table_of(split.train, task, alpha, offset).astype(np.float32)
    with threadpool_limits(1, "blas"):
        theirs.fit(table, show_progress=False)
        if key == "als":  # the users once more, exactly, as the adapter says
            theirs.user_factors = theirs.recalculate_user(np.arange(table.shape[0]), table)
    scores = theirs.user_factors.astype(float) @ theirs.item_factors.T.astype(float)

    known_users = np.flatnonzero(np.diff(table.indptr))
    known_items = np.flatnonzero(np.bincount(table.indices, minlength=table.shape[1]))
    assert len(known_users) > 100
    block = model.score_block(task, known_users, of_kind[known_items])
    np.testing.assert_allclose(
        block, scores[np.ix_(known_users, known_items)], rtol=1e-4, atol=1e-5
    )
    unknown = np.setdiff1d(np.arange(table.shape[1]), known_items)
    scores[:, unknown] = 0.0 if key == "als" else -np.inf
    reached = {user: model.recommend(task, user, N).items.tolist() for user in range(N_USERS)}
    direct = best(scores, split.train, of_kind)
    direct |= {user: [] for user in range(N_USERS) if user not in known_users}
    assert recall(reached, split.test, task) == recall(direct, split.test, task) > 0


@pytest.mark.filterwarnings("ignore:Method expects CSR input")  # the library of itself
@pytest.mark.parametrize("key", ["item_cosine", "item_tfidf", "item_bm25"])
@pytest.mark.parametrize(("world", "task"), [("ecommerce", CLICK), ("social", READING)])
def test_neighbours_are_those_of_the_library(key: str, world: str, task: Task) -> None:
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender

    split = fold(world)
    of_kind = split.train.item_table.of_kind(task.item_kind)
    model = ours(key, split.train, task)

    theirs = {
        "item_cosine": CosineRecommender(K=15, num_threads=1),
        "item_tfidf": TFIDFRecommender(K=15, num_threads=1),
        "item_bm25": BM25Recommender(K=15, K1=2.0, B=0.5, num_threads=1),
    }[key]
    table = table_of(split.train, task, 1.0, 0.0)
    theirs.fit(table, show_progress=False)
    scores = np.zeros(table.shape)
    for user in range(N_USERS):
        items, values = theirs.recommend(
            user, table[user], N=table.shape[1], filter_already_liked_items=False
        )
        scores[user, items] = values

    known_users = np.flatnonzero(np.diff(table.indptr))
    np.testing.assert_allclose(
        model.score_block(task, known_users, of_kind), scores[known_users], rtol=1e-12, atol=1e-14
    )
    reached = {user: model.recommend(task, user, N).items.tolist() for user in range(N_USERS)}
    direct = best(scores, split.train, of_kind)
    direct |= {user: [] for user in range(N_USERS) if user not in known_users}
    assert recall(reached, split.test, task) == recall(direct, split.test, task) > 0

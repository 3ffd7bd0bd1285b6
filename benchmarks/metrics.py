"""How quick judging lists is, beside others: ``python -m benchmarks.metrics``.

The top-20 lists of as many users as MovieLens-1M has are judged at k = 5, 10 and 20 by all ranking
metrics of the catalog, and by RecTools, ranx, pytrec_eval and implicit with those of the same name
that they have; ours is then timed with the same ones. Everybody gets the lists in the form that it
wants, made before the clock starts; our time begins with bare arrays. What is not installed is left
out, and it is said how to install it:
``pip install --target FOLDER --no-deps rectools ranx``, and ``PYTHONPATH=FOLDER``.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from algorithms.metrics import METRICS, Level
from algorithms.metrics.judged import judge

KS = (5, 10, 20)
TARGET, FASTER = 15.0, 3.0  # milliseconds for everything; how many times as fast as a peer


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists to judge: (m, 20) items, and each user's relevant ones between offsets."""

    items: np.ndarray
    offsets: np.ndarray
    relevant: np.ndarray
    gains: np.ndarray
    n_items: int


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody else: how to judge, by which metrics of ours, at which times faster we must be."""

    name: str
    judge: Callable[[], object]
    ours: tuple[str, ...]
    faster: float = FASTER


def make_lists(n_users: int = 6040, n_items: int = 3706, seed: int = 1) -> Lists:
    """Return lists with hits now and then, and users with few and with many relevant items."""
    rng = np.random.default_rng(seed)
    counts = np.clip(rng.lognormal(2.5, 1, n_users).astype(int), 1, 300)
    items = np.empty((n_users, KS[-1]), dtype=np.int64)
    relevant = []
    for user, count in enumerate(counts):
        own = rng.choice(n_items, count, replace=False)
        # a user's own items crowd the front of a pool, from which the list is drawn
        pool = np.unique(np.concatenate([own[:4], rng.integers(0, n_items, 60)]))
        items[user] = rng.permutation(pool)[: KS[-1]]
        relevant.append(np.sort(own))
    return Lists(
        items,
        np.concatenate([[0], np.cumsum(counts)]),
        np.concatenate(relevant),
        rng.integers(1, 6, counts.sum()).astype(np.float64),
        n_items,
    )


def judge_ours(lists: Lists, keys: Sequence[str]) -> dict[tuple[str, int], float]:
    """Judge from bare arrays, and take the means."""
    n_candidates = np.full(len(lists.items), lists.n_items)
    gains = lists.gains if "ndcg_graded" in keys else None
    judged = judge(lists.items, lists.offsets, lists.relevant, gains, n_candidates)
    return {(key, k): float(METRICS[key].function(judged, k).mean()) for key in keys for k in KS}


def find_peers(lists: Lists) -> tuple[list[Peer], list[str]]:
    """Return who is installed, and who is not."""
    peers, missing = [], []
    for name, make in (
        ("implicit", _implicit),
        ("pytrec_eval", _pytrec_eval),
        ("ranx", _ranx),
        ("RecTools", _rectools),
    ):
        try:
            peers.append(make(lists))
        except ImportError as error:
            missing.append(f"{name} ({error})")
    return peers, missing


def _rows(lists: Lists) -> list[np.ndarray]:
    return np.split(lists.relevant, lists.offsets[1:-1])


def _implicit(lists: Lists) -> Peer:
    from implicit.evaluation import ranking_metrics_at_k
    from scipy.sparse import csr_matrix

    class Ready:
        def recommend(self, users: np.ndarray, rows: object, N: int) -> tuple[np.ndarray, None]:
            return items[users, :N], None

    items = lists.items.astype(np.int32)
    shape = (len(items), lists.n_items)
    test = csr_matrix((np.ones(len(lists.relevant)), lists.relevant, lists.offsets), shape)
    test.indices, test.indptr = test.indices.astype(np.int32), test.indptr.astype(np.int32)
    train = csr_matrix(shape)

    def run() -> None:
        for k in KS:
            ranking_metrics_at_k(Ready(), train, test, K=k, show_progress=False, num_threads=1)

    return Peer("implicit", run, ("precision_at", "map", "ndcg", "auc_at"), 1.0)


def _pytrec_eval(lists: Lists) -> Peer:
    import pytrec_eval

    wanted = {str(u): {str(i): 1 for i in own} for u, own in enumerate(_rows(lists))}
    run = {
        str(u): {str(i): float(100 - p) for p, i in enumerate(row)}
        for u, row in enumerate(lists.items)
    }
    cuts = ",".join(map(str, KS))
    measures = {f"{name}.{cuts}" for name in ("P", "recall", "success", "ndcg_cut", "map_cut")}
    judge_them = pytrec_eval.RelevanceEvaluator(wanted, measures)
    ours = ("precision_at", "recall_at", "hit_rate", "ndcg", "map")
    return Peer("pytrec_eval", partial(judge_them.evaluate, run), ours)


def _ranx(lists: Lists) -> Peer:
    from ranx import Qrels, Run, evaluate

    wanted = Qrels({str(u): {str(i): 1 for i in own} for u, own in enumerate(_rows(lists))})
    run = Run(
        {
            str(u): {str(i): float(100 - p) for p, i in enumerate(row)}
            for u, row in enumerate(lists.items)
        }
    )
    theirs = ("precision", "recall", "f1", "hit_rate", "ndcg", "map", "mrr")
    names = [f"{name}@{k}" for name in theirs for k in KS]
    ours = ("precision_at", "recall_at", "f1_at", "hit_rate", "ndcg", "map", "mrr")
    return Peer("ranx", partial(evaluate, wanted, run, names), ours)


def _rectools(lists: Lists) -> Peer:
    import pandas as pd
    from rectools.metrics import MAP, MRR, NDCG, F1Beta, HitRate, Precision, Recall, calc_metrics

    m, n = lists.items.shape
    shown = pd.DataFrame(
        {
            "user_id": np.repeat(np.arange(m), n),
            "item_id": lists.items.ravel(),
            "rank": np.tile(np.arange(1, n + 1), m),
        }
    )
    owner = np.repeat(np.arange(m), np.diff(lists.offsets))
    wanted = pd.DataFrame({"user_id": owner, "item_id": lists.relevant})
    kinds = (Precision, Recall, F1Beta, HitRate, NDCG, MAP, MRR)
    metrics = {f"{kind.__name__}@{k}": kind(k) for kind in kinds for k in KS}
    ours = ("precision_at", "recall_at", "f1_at", "hit_rate", "ndcg", "map", "mrr")
    return Peer("RecTools", partial(calc_metrics, metrics, shown, interactions=wanted), ours)


def fastest(work: Callable[[], object], repeats: int) -> float:
    """Return the shortest of some times in milliseconds, after one run to warm up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.metrics", description=__doc__)
    parser.add_argument("--users", type=int, default=6040)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")  # peers warn of their own dependencies
    lists = make_lists(options.users)
    keys = tuple(key for key, metric in METRICS.items() if metric.level is Level.RANKING)
    took = fastest(lambda: judge_ours(lists, keys), 3 * options.repeats)
    target = TARGET * max(1.0, options.users / 6040)
    met = [took <= target]
    print(f"{options.users:,} users, top 20, k = 5, 10, 20; fastest of {options.repeats}")
    print(f"all {len(keys)} ranking metrics: {took:.1f} ms (target {target:.1f})")
    peers, missing = find_peers(lists)
    for peer in peers:
        theirs = fastest(peer.judge, options.repeats)
        ours = fastest(partial(judge_ours, lists, peer.ours), 3 * options.repeats)
        met.append(theirs / ours >= peer.faster)
        print(
            f"{peer.name:<12}{theirs:>9.1f} ms, ours {ours:>6.1f} ms, {theirs / ours:>6.1f} times "
            f"as fast (target {peer.faster:g}): {', '.join(peer.ours)}"
        )
    for name in missing:
        print(f"not installed: {name}")
    print("met" if all(met) else "MISSED")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())

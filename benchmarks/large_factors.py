"""Shared factors on a log of MovieLens-1M's size, beside two libraries; growth; lists.

    python -m benchmarks.large_factors [cmfrec] [implicit] [growth] [lists] [warm]

Without names all five are measured. The log is made (see ``benchmarks.planted``); a tenth of it is
held out. Contestants take turns in one process, with two threads each, and the best of three
rounds counts; seconds of processor time stand beside those of the clock, since only they say
something on a busy machine.

* ``cmfrec``: rating, watched and liked together, against cmfrec's fit of the rating with implicit
  features; 40 factors, 10 sweeps as is cmfrec's default. cmfrec is tried with several
  regularisations, since its default is not made for this log. It is no dependency of the lab:
  ``pip install cmfrec`` builds it from source (a C compiler is needed); without it this part is
  left out.
* ``implicit``: watched alone, against implicit's ALS with equal factors and sweeps, tried with
  several confidences.
* ``growth``: logs of the sizes of MovieLens 100K, 1M and 10M, each fitted in a process of its own;
  memory is the growth of the process's peak during the fit. ``growth`` makes the 10M log anew.
* ``lists``: the ten best of all users, and of one.
* ``warm``: the e-commerce world with 16 factors, fitted anew from the solution for other weights.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")
os.environ.setdefault("NUMBA_NUM_THREADS", "2")

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from algorithms.arrays import FloatArray, top_n
from algorithms.data import InteractionLog
from algorithms.models.shared_factors import SharedFactors
from algorithms.tasks import Task
from benchmarks.planted import RATING, TASKS, WATCHED, halves, planted_log
from sample_data import load_world, world_tasks

N_FACTORS, N_EPOCHS, ROUNDS = 40, 10, 3
RIDGES = (10.0, 20.0, 30.0, 40.0)  # of cmfrec; 10 is its default
CONFIDENCES = (1.0, 4.0, 10.0)  # of implicit; 1 is its default
SIZES = {"100K": (943, 1_682, 100_000), "1M": (6_040, 3_706, 1_000_209),
         "10M": (69_878, 10_677, 10_000_054)}  # fmt: skip
GROWTH_EPOCHS = 5


@dataclass
class Contestant:
    """Who is measured: ``fit`` returns what ``judge`` turns into a figure."""

    name: str
    fit: Callable[[], Any]
    judge: Callable[[Any], float]
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    figure: float = float("nan")

    def run(self) -> None:
        """Fit once more."""
        wall, cpu = time.perf_counter(), time.process_time()
        fitted = self.fit()
        self.seconds.append(time.perf_counter() - wall)
        self.cpu.append(time.process_time() - cpu)
        self.figure = self.judge(fitted)


def compare(contestants: Sequence[Contestant], measure: str) -> None:
    """Let them take turns, and print a table; the last column divides by the last contestant."""
    for _ in range(ROUNDS):
        for each in contestants:
            each.run()
    unit = contestants[-1]
    print(f"{'':<46}{'seconds':>9}{'CPU s':>8}{measure:>10}{'time / last':>13}{'CPU / last':>12}")
    for each in contestants:
        print(
            f"{each.name:<46}{min(each.seconds):>9.2f}{min(each.cpu):>8.2f}{each.figure:>10.4f}"
            f"{min(each.seconds) / min(unit.seconds):>13.2f}{min(each.cpu) / min(unit.cpu):>12.2f}"
        )


def ours(train: InteractionLog, tasks: Sequence[Task], n_epochs: int) -> Callable[[], Any]:
    """Return what fits shared factors."""
    values = {"n_factors": N_FACTORS, "n_epochs": n_epochs}
    SharedFactors.from_values(values).prepare()

    def fit() -> SharedFactors:
        model = SharedFactors.from_values(values)
        return model.fit(train, tasks, rng=np.random.default_rng(1))

    return fit


def cmfrec() -> None:
    """Measure three tasks together against cmfrec's rating with implicit features."""
    try:
        from cmfrec import CMF
    except ImportError:
        print("cmfrec is not installed, and this part is left out: pip install cmfrec")
        return
    from scipy.sparse import coo_matrix

    train, test = halves(planted_log())
    truth = test.label("rating").astype(np.float64)
    shape = (train.n_users, train.n_items)
    table = coo_matrix((train.label("rating"), (train.users, train.items)), shape=shape)

    def rmse(predictions: FloatArray) -> float:
        return float(np.sqrt(((predictions - truth) ** 2).mean()))

    def peer(ridge: float) -> Callable[[], Any]:
        return lambda: CMF(
            k=N_FACTORS,
            lambda_=ridge,
            niter=N_EPOCHS,
            add_implicit_features=True,
            nthreads=2,
            verbose=False,
        ).fit(table)

    print("\nThree tasks together against cmfrec's rating with implicit features; RMSE of rating")
    compare(
        [
            *(
                Contestant(
                    f"shared factors: 3 tasks, {n_epochs} sweeps",
                    ours(train, TASKS, n_epochs),
                    lambda model: rmse(model.predict(RATING, test.users, test.items)),
                )
                for n_epochs in (N_EPOCHS, 15)
            ),
            Contestant(
                f"shared factors: rating alone, {N_EPOCHS} sweeps",
                ours(train, [RATING], N_EPOCHS),
                lambda model: rmse(model.predict(RATING, test.users, test.items)),
            ),
            *(
                Contestant(
                    f"cmfrec: rating + implicit, lambda {ridge:g}",
                    peer(ridge),
                    lambda model: rmse(model.predict(test.users, test.items)),
                )
                for ridge in reversed(RIDGES)
            ),
        ],
        "RMSE",
    )


def implicit() -> None:
    """Measure watched alone against implicit's ALS."""
    from implicit.cpu.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix
    from threadpoolctl import threadpool_limits

    train, test = halves(planted_log())
    shape = (train.n_users, train.n_items)
    table = csr_matrix(
        (np.ones(len(train), dtype=np.float32), (train.users, train.items)), shape=shape
    )
    n_held_out = np.bincount(test.users, minlength=train.n_users)  # (n_users,)
    held_out = csr_matrix((np.ones(len(test)), (test.users, test.items)), shape=shape)

    def ndcg(items: Any) -> float:
        """Return the mean NDCG@10 of lists (n_users, 10) over users with held-out items."""
        users = np.flatnonzero(n_held_out)
        hits = np.asarray(held_out[users[:, None], items[users]].todense())  # (m, 10)
        discount = 1.0 / np.log2(np.arange(10) + 2.0)
        best = np.cumsum(discount)[np.minimum(n_held_out[users], 10) - 1]
        return float(((hits @ discount) / best).mean())

    def their_lists(model: Any) -> float:
        scores = (model.user_factors @ model.item_factors.T).astype(np.float64)
        scores[train.users, train.items] = np.nan
        return ndcg(top_n(scores, 10))

    def peer(confidence: float) -> Callable[[], Any]:
        def fit() -> AlternatingLeastSquares:
            with threadpool_limits(1, "blas"):  # as implicit asks for
                model = AlternatingLeastSquares(
                    factors=N_FACTORS,
                    iterations=N_EPOCHS,
                    alpha=confidence,
                    num_threads=2,
                    random_state=1,
                )
                model.fit(table, show_progress=False)
            return model

        return fit

    print("\nWatched alone against implicit's ALS")
    compare(
        [
            Contestant(
                f"shared factors: watched alone, {N_EPOCHS} sweeps",
                ours(train, [WATCHED], N_EPOCHS),
                lambda model: ndcg(model.recommend_many(WATCHED, np.arange(train.n_users)).items),
            ),
            *(
                Contestant(f"implicit's ALS, alpha {confidence:g}", peer(confidence), their_lists)
                for confidence in reversed(CONFIDENCES)
            ),
        ],
        "NDCG@10",
    )


def growth() -> None:
    """Measure time and memory on logs that grow tenfold."""
    print(f"\nGrowth: {N_FACTORS} factors, {GROWTH_EPOCHS} sweeps; tasks rating, watched and liked")
    print(f"{'':<8}{'interactions':>14}{'seconds':>10}{'CPU s':>9}{'times':>8}{'bytes each':>12}")
    before = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name, size in SIZES.items():
            file = Path(folder) / "log.npz"
            np.savez(file, **planted_log(*size).to_arrays())
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.large_factors", "one", str(file)],
                capture_output=True,
                text=True,
                check=True,
            )
            told = json.loads(done.stdout)
            times = told["cpu"] / before if before else float("nan")
            before = told["cpu"]
            print(
                f"{name:<8}{told['n']:>14,}{told['seconds']:>10.2f}{told['cpu']:>9.2f}{times:>8.1f}"
                f"{told['bytes']:>12.0f}"
            )


def one(file: str) -> None:
    """Fit one stored log, and print what it took as JSON."""
    with np.load(file, allow_pickle=False) as arrays:
        log = InteractionLog.from_arrays(dict(arrays))
    fit = ours(log, TASKS, GROWTH_EPOCHS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    fit()
    told = {
        "n": len(log),
        "seconds": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "bytes": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) * 1024 / len(log),
    }
    print(json.dumps(told))


def lists() -> None:
    """Measure the ten best of every user, and of one user at a time."""
    log = planted_log()
    model = ours(log, TASKS, 2)()
    users, everybody, alone = np.arange(log.n_users), [], []
    for _ in range(5):
        start = time.perf_counter(), time.process_time()
        model.recommend_many(WATCHED, users, 10)
        everybody.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    for user in range(200):
        start = time.perf_counter(), time.process_time()
        model.recommend(WATCHED, user, 10)
        alone.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    seconds, cpu = np.min(everybody, axis=0)
    print(f"\nThe ten best of all {log.n_users:,} users: {seconds:.2f} s ({cpu:.2f} s CPU)")
    seconds, cpu = np.median(alone, axis=0) * 1000
    print(f"The ten best of one user: {seconds:.2f} ms ({cpu:.2f} ms CPU)")


def warm() -> None:
    """Measure a fit that goes on from the solution with another weight of the first task."""
    log, tasks = load_world("ecommerce"), world_tasks("ecommerce")
    changed = (tasks[0].model_copy(update={"weight": 2.0}), *tasks[1:])
    values = {"n_factors": 16}
    SharedFactors.from_values(values).prepare()
    cold = SharedFactors.from_values(values).fit(log, tasks, rng=np.random.default_rng(1))
    start, seconds = cold.state(), []
    for _ in range(20):
        model = SharedFactors.from_values(values)
        wall, cpu = time.perf_counter(), time.process_time()
        model.fit(log, changed, rng=np.random.default_rng(1), start=start)
        seconds.append((time.perf_counter() - wall, time.process_time() - cpu))
    best, median = np.min(seconds, axis=0) * 1000, np.median(seconds, axis=0) * 1000
    sweeps = max(point.step for point in model.curves)
    print(f"\nFrom an earlier solution, 16 factors, one weight doubled: {sweeps} sweeps")
    print(
        f"best {best[0]:.0f} ms ({best[1]:.0f} CPU), median {median[0]:.0f} ({median[1]:.0f} CPU)"
    )


PARTS = {part.__name__: part for part in (cmfrec, implicit, growth, lists, warm)}


def main(arguments: list[str]) -> int:
    """Measure the named parts, or all of them."""
    if arguments[:1] == ["one"]:
        one(arguments[1])
        return 0
    unknown = set(arguments) - set(PARTS)
    if unknown:
        print(f"There is no {', '.join(sorted(unknown))}: choose among {', '.join(PARTS)}.")
        return 2
    for name in arguments or PARTS:
        PARTS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

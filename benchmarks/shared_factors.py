"""How long shared factors take to fit, beside implicit's ALS on one task of the same data.

    python -m benchmarks.shared_factors [FOLDER]

FOLDER holds MovieLens' ratings.csv (ml-latest-small); without it only the e-commerce world is
measured. Each row is the best of five fits after one that compiles or warms up, with 32 factors
and 15 sweeps, on the whole log. The last column divides by ALS on the task with the most events.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as implicit asks for, before NumPy loads

import csv
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.models.base import Recommender
from algorithms.models.implicit_models import Als
from algorithms.models.shared_factors import SeparateFactors, SharedFactors
from algorithms.tasks import Task, TaskKind
from sample_data import load_world, world_tasks

SIZE = {"n_factors": 32, "n_epochs": 15}


def movielens(folder: Path) -> tuple[InteractionLog, tuple[Task, ...]]:
    """Read ratings.csv with the tasks rating, liked (from 4 up) and watched."""
    with (folder / "ratings.csv").open(encoding="utf-8", newline="") as lines:
        rows = [(r["userId"], r["movieId"], float(r["rating"])) for r in csv.DictReader(lines)]
    user_ids, users = np.unique([row[0] for row in rows], return_inverse=True)
    item_ids, items = np.unique([row[1] for row in rows], return_inverse=True)
    rating = np.array([row[2] for row in rows], dtype=np.float32)
    log = InteractionLog(
        name=folder.name,
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={
            "rating": rating,
            "liked": (rating >= 4).astype(np.float32),
            "watched": np.ones_like(rating),
        },
        user_table=UserTable(IdMap(user_ids)),
        item_table=ItemTable(
            ids=IdMap(item_ids),
            titles=item_ids,
            kinds=("movie",),
            kind_codes=np.zeros(len(item_ids), dtype=np.int16),
            categories=np.full(len(item_ids), ""),
        ),
    )
    tasks = (
        Task(name="rating", kind=TaskKind.RATING, label="rating", item_kind="movie"),
        Task(name="liked", kind=TaskKind.BINARY, label="liked", item_kind="movie"),
        Task(name="watched", kind=TaskKind.BINARY, label="watched", item_kind="movie"),
    )
    return log, tasks


def best_of_five(
    model: type[Recommender], log: InteractionLog, tasks: tuple[Task, ...]
) -> tuple[float, float]:
    """Return the seconds of the first fit, and of the fastest of five more."""
    seconds = []
    for _ in range(6):
        start = time.perf_counter()
        model.from_values(SIZE).fit(log, tasks, rng=np.random.default_rng(1))
        seconds.append(time.perf_counter() - start)
    return seconds[0], min(seconds[1:])


def report(log: InteractionLog, tasks: tuple[Task, ...]) -> None:
    """Print one table."""
    binary = [task for task in tasks if task.kind is TaskKind.BINARY]
    largest = max(binary, key=lambda task: np.count_nonzero(task.part(log).label(task.label) > 0))
    print(
        f"\n{log.name}: {log.n_users:,} users, {log.n_items:,} items, {len(log):,} events; "
        f"{SIZE['n_factors']} factors, {SIZE['n_epochs']} sweeps"
    )
    print(f"{'model':<20}{'tasks':<34}{'first s':>9}{'best s':>9}{'/ ALS':>8}")
    runs = (
        (Als, (largest,)),
        (SharedFactors, (largest,)),
        (SeparateFactors, tasks),
        (SharedFactors, tasks),
    )
    unit = 0.0
    for model, chosen in runs:
        first, best = best_of_five(model, log, chosen)
        unit = unit or best
        names = ", ".join(task.name for task in chosen)
        print(f"{model.title:<20}{names:<34}{first:>9.2f}{best:>9.3f}{best / unit:>8.2f}")


def main(arguments: list[str]) -> None:
    """Measure the e-commerce world, and MovieLens where it is given."""
    report(load_world("ecommerce"), world_tasks("ecommerce"))
    if arguments and (Path(arguments[0]) / "ratings.csv").is_file():
        report(*movielens(Path(arguments[0])))
    else:
        print("\nMovieLens is left out: give the folder that holds its ratings.csv.")


if __name__ == "__main__":
    main(sys.argv[1:])

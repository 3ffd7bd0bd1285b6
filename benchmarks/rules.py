"""How long re-ranking takes: ``python -m benchmarks.rules``.

Makes the scores of two tasks for 10,000 users and 1,000 candidates from random numbers, and
composes a page of ten for each user by a rule set of ten rules: conditions on items, users and
scores, a boost, a burial, a quota, guarantees, a pin and diversity. Prints the seconds of the
blend (shares of both tasks, and their product) and of the rules, the best of some rounds; the
rules are to take less than 2.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    import numpy as np

    from algorithms.rules import (
        AtLeast,
        AtMostEach,
        BlendMethod,
        Boost,
        Bury,
        Candidates,
        Diversity,
        Drop,
        DropBelow,
        Exposure,
        Freshness,
        Quota,
        RuleSet,
        blend,
        rerank,
        shares,
    )
    from algorithms.rules.conditions import Field, Fields, Scope, ValueType
    from algorithms.rules.conditions.fields import task_fields
    from algorithms.tasks import Task, TaskKind

    parser = argparse.ArgumentParser(prog="python -m benchmarks.rules", description=__doc__)
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--items", type=int, default=1_000)
    parser.add_argument("--places", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    m, k = options.users, options.items
    rng = np.random.default_rng(1)
    tasks = tuple(
        Task(name=name, kind=TaskKind.BINARY, label=name, item_kind="product")
        for name in ("click", "purchase")
    )
    rules = RuleSet(
        rules=(
            Drop(condition='item.kind == "ad" and score["click"] < 0.02'),
            DropBelow(item_kind="product", task="click", limit=0.1),
            Boost(condition='item.seller == "s3" and item.price < 20', when="user.age < 30"),
            Bury(condition='item.price > 95 or score["purchase"] / score["click"] < 0.01'),
            Freshness(feature="added", half_life=200.0),
            Quota(item_kind="ad", at_most=1, in_places=5),
            AtMostEach(by="seller", at_most=2, in_places=10),
            AtLeast(condition='item.category == "c1"', at_least=1, in_places=10),
            Exposure(condition='item.seller in ("s7", "s8")', share=0.05),
            Diversity(by="category", weight=0.2),
        )
    )
    fields = Fields(
        (
            Field(Scope.ITEM, "kind", ValueType.TEXT),
            Field(Scope.ITEM, "category", ValueType.TEXT),
            Field(Scope.ITEM, "seller", ValueType.TEXT),
            Field(Scope.ITEM, "price", ValueType.NUMBER),
            Field(Scope.ITEM, "added", ValueType.NUMBER),
            Field(Scope.USER, "age", ValueType.NUMBER),
            *task_fields(tasks),
        )
    )
    scores = {task.name: rng.random((m, k)) for task in tasks}
    categories = np.array([f"c{number}" for number in range(12)])
    spent_blend: list[tuple[float, float]] = []
    spent_rules: list[tuple[float, float]] = []
    for _ in range(options.rounds):
        started = _clocks()
        of_task = {name: np.empty((m, k)) for name in scores}
        blended = np.empty((m, k))
        for start in range(0, m, 256):  # a block stays in the processor's cache
            rows = slice(start, start + 256)
            part = {name: shares(values[rows]) for name, values in scores.items()}
            blended[rows] = blend(part, {"click": 0.5, "purchase": 1.0}, BlendMethod.PRODUCT)
            for name, share in part.items():
                of_task[name][rows] = share
        spent_blend.append(_since(started))
        codes = np.random.default_rng(2)
        candidates = Candidates(
            tasks=tasks,
            kinds=("product", "ad"),
            items=np.arange(k),
            kind_codes=(codes.random(k) < 0.2).astype(np.int64),
            categories=categories,
            category_codes=codes.integers(0, len(categories), k),
            scores=blended,
            shares=of_task,
            successes={},
            task_scores=scores,
            item_columns={
                "seller": np.array([f"s{number}" for number in codes.integers(0, 40, k)]),
                "price": codes.random(k) * 100,
                "added": codes.random(k) * 1000,
            },
            user_columns={"age": codes.integers(10, 80, m)},
        )
        started = _clocks()
        pages = rerank(rules, candidates, options.places, fields)
        spent_rules.append(_since(started))
    assert (pages.columns >= 0).all()
    print(f"{m:,} users, {k:,} candidates, {len(rules.rules)} rules, {options.places} places")
    for name, spent in (("blend of two tasks", spent_blend), ("ten rules", spent_rules)):
        wall, processor = (min(values) for values in zip(*spent, strict=True))
        print(f"{name:20}{wall:6.2f} s, of the processor {processor:6.2f} s")
    print(f"rules relaxed at {len(pages.relaxed):,} of {pages.columns.size:,} places")
    return 0


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(started: tuple[float, float]) -> tuple[float, float]:
    wall, processor = _clocks()
    return wall - started[0], processor - started[1]


if __name__ == "__main__":
    sys.exit(main())

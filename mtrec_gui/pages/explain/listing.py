"""From rankings, pages and explanations to what a list and its reasons show (Qt-free)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from algorithms.arrays import IntArray
from algorithms.data.log import ItemTable
from algorithms.evaluation.faithfulness import can_be_tested
from algorithms.explanations import EvidenceKind, Explanation
from algorithms.rules import Page, PlacedItem
from algorithms.tasks import Task
from mtrec_gui.pages.explain.state import (
    LEAST_BARS,
    LENGTH,
    MOST_BARS,
    Entry,
    ListKind,
    ModelList,
    Part,
    RunChoice,
    Smaller,
    Why,
)


def task_list(
    run: RunChoice,
    task: Task,
    ranked: IntArray,
    relevant: IntArray,
    n_known: int | None,
    table: ItemTable,
) -> ModelList:
    """Return the first places of a ranking.

    Parameters
    ----------
    ranked : (n,) all ranked items, best first
    relevant : the user's held-out relevant items
    """
    entries = tuple(
        Entry(
            item,
            place,
            str(table.titles[item]),
            str(table.categories[item]),
            (task.name,) if item in relevant else (),
        )
        for place, item in enumerate(ranked[:LENGTH].tolist(), start=1)
    )
    return ModelList(run, ListKind.TASK, entries=entries, n_known=n_known, n_ranked=len(ranked))


def page_lists(
    run: RunChoice,
    page: Page,
    relevant: Mapping[str, IntArray],
    n_known: int | None,
    table: ItemTable,
) -> tuple[ModelList, ModelList]:
    """Return the page of all kinds as it was before any rule, and as it is.

    Parameters
    ----------
    page : as long as a list
    relevant : the user's held-out relevant items of each task
    """

    def entry(item: int, place: int) -> Entry:
        found = tuple(name for name, items in relevant.items() if item in items)
        is_other = table.kind_of(item) != usual
        about = table.kind_of(item) if is_other else str(table.categories[item])
        return Entry(item, place, str(table.titles[item]), about, found)

    first = _before(page)
    kinds = [table.kind_of(each.item) for each in (*first, *page.items)]
    usual = max(sorted(set(kinds)), key=kinds.count, default="")
    before = tuple(entry(each.item, each.before) for each in first)
    after = tuple(entry(each.item, place) for place, each in enumerate(page.items, start=1))
    n_moved = sum(each.before != place for place, each in enumerate(page.items, start=1))
    return (
        ModelList(run, ListKind.BEFORE, entries=before, n_known=n_known, n_ranked=len(before)),
        ModelList(
            run, ListKind.PAGE, entries=after, n_known=n_known, n_moved=n_moved, n_ranked=len(after)
        ),
    )


def place_in(ranked: IntArray, item: int) -> int | None:
    """Return the place of an item in a ranking (n,), counted from 1, if it has one."""
    places = np.flatnonzero(ranked == item)
    return int(places[0]) + 1 if len(places) else None


def why_of_task(explanation: Explanation, table: ItemTable) -> Why:
    """Return what a model says, its addends gathered into few."""
    base, parts = None, []
    for each in explanation.contributions:
        if each.evidence is EvidenceKind.AVERAGE and each.message is None:
            base = each.amount
            continue
        title = "" if each.item is None else str(table.titles[each.item])
        parts.append(Part(each.amount, each.evidence, each.task, title, each.value, each.message))
    shown, smaller = _gathered(parts)
    return Why(
        explanation=explanation,
        base=base,
        parts=shown,
        smaller=smaller,
        moves=tuple(
            part.message
            for part in parts
            if part.evidence is EvidenceKind.RULE and part.message is not None
        ),
        can_be_tested=can_be_tested(explanation),
    )


def _gathered(parts: Sequence[Part]) -> tuple[tuple[Part, ...], tuple[Smaller, ...]]:
    """Return the parts that get a bar of their own, and the sums of the others by task."""
    if len(parts) <= MOST_BARS:
        return tuple(parts), ()
    n = MOST_BARS - 1
    while n > LEAST_BARS and n + len({part.task for part in parts[n:]}) > MOST_BARS:
        n -= 1
    of_task: dict[str | None, list[Part]] = {}
    for part in parts[n:]:
        of_task.setdefault(part.task, []).append(part)
    alone = [each[0] for each in of_task.values() if len(each) == 1]
    sums = [
        Smaller(task, len(each), sum(part.amount for part in each))
        for task, each in of_task.items()
        if len(each) > 1
    ]
    return (*parts[:n], *alone), tuple(sorted(sums, key=lambda each: -abs(each.amount)))


def whys_of_page(page: Page, item: int) -> tuple[Why, Why]:
    """Return where an item stands before the rules, and what each of them did to it."""
    placed = next((p for p in (*page.items, *page.off_page) if p.item == item), None)
    if placed is None:
        return Why(), Why(remarks=page.remarks)
    return (
        Why(before=placed.before),
        Why(before=placed.before, moves=placed.moves, remarks=page.remarks),
    )


def _before(page: Page) -> list[PlacedItem]:
    """Return what would stand on the page without the rules, in its order."""
    listed = [p for p in (*page.items, *page.off_page) if p.before <= LENGTH]
    return sorted(listed, key=lambda placed: placed.before)

"""What rules look at: the candidates of some users, with everything a rule may ask of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from algorithms.arrays import BoolArray, FloatArray, IntArray, TextArray
from algorithms.tasks import Task


@dataclass(frozen=True, eq=False)
class Candidates:
    """k candidate items of m users.

    Parameters
    ----------
    tasks : the fitted tasks
    kinds : the item kinds of the data
    items : (k,) item indices
    kind_codes : (k,) position of each item's kind in ``kinds``
    categories : the distinct categories (c,), "" for unknown
    category_codes : (k,) position of each item's category in ``categories``
    scores : (m, k) blended scores, above 0; NaN where the item is no candidate
    shares : for each task that a rule may look at, (m, k) its shares (see ``blend.shares``)
    successes : for each task that a rule may look at, (m, c) True where the user had a success
        in the category
    """

    tasks: tuple[Task, ...]
    kinds: tuple[str, ...]
    items: IntArray
    kind_codes: IntArray
    categories: TextArray
    category_codes: IntArray
    scores: FloatArray
    shares: Mapping[str, FloatArray]
    successes: Mapping[str, BoolArray]

"""What rules look at: the candidates of some users, with everything a rule may ask of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from algorithms.arrays import AnyArray, BoolArray, FloatArray, IntArray, TextArray
from algorithms.rules.conditions import Field, Scope
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
    users : (m,) user indices; None counts them
    task_scores : for each task that a condition asks, (m, k) its scores
    had : for each task that a rule may look at, (m, k) True where the user had a success with
        the item
    item_columns : for each feature, title and id that a rule asks, (k,)
    user_columns : for each feature and id that a rule asks, (m,)
    context : what is known of the moment: one value each, or (m,)
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
    users: IntArray | None = None
    task_scores: Mapping[str, FloatArray] = field(default_factory=dict)
    had: Mapping[str, BoolArray] = field(default_factory=dict)
    item_columns: Mapping[str, AnyArray] = field(default_factory=dict)
    user_columns: Mapping[str, AnyArray] = field(default_factory=dict)
    context: Mapping[str, AnyArray] = field(default_factory=dict)

    @property
    def user_indices(self) -> IntArray:
        """The users (m,)."""
        return np.arange(len(self.scores)) if self.users is None else self.users

    def of_users(self, rows: slice) -> Candidates:
        """Return the same for some of the users."""

        def cut(columns: Mapping[str, AnyArray]) -> dict[str, AnyArray]:
            return {name: values[rows] for name, values in columns.items()}

        return replace(
            self,
            scores=self.scores[rows],
            shares=cut(self.shares),
            successes=cut(self.successes),
            users=self.user_indices[rows],
            task_scores=cut(self.task_scores),
            had=cut(self.had),
            user_columns=cut(self.user_columns),
            context={
                name: values[rows] if np.ndim(values) else values
                for name, values in self.context.items()
            },
        )

    def column(self, asked: Field, scores: FloatArray) -> AnyArray:
        """Return the values of a field, as an array that broadcasts to (m, k).

        Parameters
        ----------
        asked : NaN where nothing is known of it, as of a task that ranks other items
        scores : (m, k) as they are now; the place in the list follows from them
        """
        match asked.scope:
            case Scope.ITEM:
                return self.item_column(asked.name)
            case Scope.USER:
                return self.user_columns[asked.name][:, None]
            case Scope.CONTEXT:
                value = np.asarray(self.context[asked.name])
                return value[:, None] if value.ndim else value
            case Scope.PLACE:
                return places_of(scores)
            case Scope.SCORE | Scope.SHARE:
                known = self.task_scores if asked.scope is Scope.SCORE else self.shares
                return known.get(asked.name, np.asarray(np.nan))

    def item_column(self, name: str) -> AnyArray:
        """Return a column of the items (k,): kind, category, title, id or a feature."""
        if name == "kind":
            return np.array(self.kinds)[self.kind_codes]
        if name == "category":
            return self.categories[self.category_codes]
        return self.item_columns[name]

    def groups(self, by: str) -> IntArray:
        """Number the items (k,) by kind, category or a feature: equal ones alike, -1 unknown."""
        if by == "kind":
            return self.kind_codes
        if by == "category":
            return np.where(self.categories[self.category_codes] == "", -1, self.category_codes)
        values = self.item_columns[by]
        known = values != "" if values.dtype.kind in "UST" else values == values
        codes = np.unique(values, return_inverse=True)[1].reshape(-1)
        return np.where(known, codes, -1)


def places_of(scores: FloatArray) -> FloatArray:
    """Return the place (m, k) of each candidate by its score, from 1; NaN without a score > 0."""
    order = np.argsort(-scores, axis=1, kind="stable")
    places = np.empty(scores.shape)
    np.put_along_axis(places, order, np.arange(1.0, scores.shape[1] + 1)[None, :], axis=1)
    return np.where(scores > 0, places, np.nan)

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from algorithms.rules import Candidates
from algorithms.tasks import Task, TaskKind

MakeCandidates = Callable[..., Candidates]

TASKS = (
    Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product"),
    Task(name="purchase", kind=TaskKind.BINARY, label="purchase", item_kind="product"),
    Task(name="ad click", kind=TaskKind.BINARY, label="ad_click", item_kind="ad"),
)


@pytest.fixture(scope="session")
def tasks() -> tuple[Task, ...]:
    return TASKS


@pytest.fixture(scope="session")
def make_candidates() -> MakeCandidates:
    """Build candidates from a word per item: p for a product, a for an ad."""

    def make(
        kinds: str,
        scores: Sequence[float] | np.ndarray,
        categories: Sequence[str] | None = None,
        shares: Mapping[str, Sequence[float]] | None = None,
        successes: Mapping[str, set[str]] | None = None,
    ) -> Candidates:
        names, codes = np.unique(categories or [""] * len(kinds), return_inverse=True)
        return Candidates(
            tasks=TASKS,
            kinds=("product", "ad"),
            items=100 + np.arange(len(kinds)),
            kind_codes=np.array(["pa".index(letter) for letter in kinds], dtype=np.int64),
            categories=names,
            category_codes=codes.astype(np.int64),
            scores=np.atleast_2d(np.asarray(scores, dtype=np.float64)),
            shares={task: np.atleast_2d(share) for task, share in (shares or {}).items()},
            successes={
                task: np.array([[name in liked for name in names]], dtype=np.bool_)
                for task, liked in (successes or {}).items()
            },
        )

    return make

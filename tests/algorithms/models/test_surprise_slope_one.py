import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.explanations import EvidenceKind
from algorithms.models.surprise_slope_one import SlopeOne
from algorithms.tasks import Task, TaskKind

STARS = Task(name="stars", kind=TaskKind.RATING, label="x", item_kind="film", relevant_from=4)
# The example of Lemire and Maclachlan's article: A and B differ by half a star, A and C by 3.
TABLE = np.array([[5, 3, 2], [3, 4, 0], [0, 2, 5]])  # John, Mark, Lucy; 0: no rating


def fit() -> SlopeOne:
    users, items = np.nonzero(TABLE)
    ids = np.array(["A", "B", "C"])
    log = InteractionLog(
        name="article",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={"x": TABLE[users, items].astype(np.float32)},
        user_table=UserTable(IdMap(np.array(["John", "Mark", "Lucy"]))),
        item_table=ItemTable(IdMap(ids), ids, ("film",), np.zeros(3, np.int16), np.full(3, "")),
    )
    return SlopeOne().fit(log, [STARS], rng=np.random.default_rng(1))


def test_the_differences_are_those_worked_out_by_hand() -> None:
    told = fit().explain(STARS, 2, 0)  # Lucy and A
    # dev(A, B) = ((5 - 3) + (3 - 4)) / 2 = 0.5; dev(A, C) = 5 - 2 = 3; Lucy's mean is 3.5.
    parts = {part.item: part for part in told.contributions if part.item is not None}
    assert parts[1].amount == pytest.approx(0.5 / 2)
    assert parts[2].amount == pytest.approx(3 / 2)
    assert (parts[1].value, parts[2].value) == (2, 5)
    assert "2 users who rated both give this one +0.50" in str(parts[1].message)
    (mean,) = (p for p in told.contributions if p.evidence is EvidenceKind.AVERAGE)
    assert mean.amount == 3.5
    assert fit().score_block(STARS, [2], [0])[0, 0] == pytest.approx(3.5 + 1.75)
    assert told.score == 5  # kept on the scale

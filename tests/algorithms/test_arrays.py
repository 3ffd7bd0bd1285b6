import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from algorithms.arrays import group_rows, top_n

# Few values, so that there are ties; NaN and infinities among them.
SCORES = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9),
    elements=st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 2.0, np.nan]),
)


def plain_top(row: list[float], n: int) -> list[int]:
    """Sort by score, then by column; what is NaN or minus infinity never enters."""
    usable = [column for column, score in enumerate(row) if score > -np.inf]
    best = sorted(usable, key=lambda column: (-row[column], column))[:n]
    return best + [-1] * (n - len(best))


@given(SCORES, st.integers(0, 12))
def test_top_n_agrees_with_sorting(scores: np.ndarray, n: int) -> None:
    found = top_n(scores, n)
    assert found.shape == (len(scores), n)
    assert found.tolist() == [plain_top(row, n) for row in scores.tolist()]


def test_top_n_of_nothing() -> None:
    assert top_n(np.empty((0, 4)), 3).shape == (0, 3)
    assert top_n(np.empty((2, 0)), 3).tolist() == [[-1] * 3] * 2


def test_top_n_leaves_the_scores_alone() -> None:
    scores = np.array([[np.nan, 1.0, 2.0]])
    scores.setflags(write=False)
    assert top_n(scores, 1).tolist() == [[2]]


@given(st.lists(st.integers(0, 6), max_size=30))
def test_group_rows_finds_each_row_once_and_in_order(keys: list[int]) -> None:
    offsets, rows = group_rows(np.array(keys, np.int32), 8)
    assert offsets[0] == 0
    assert offsets[-1] == len(keys)
    for group in range(8):
        mine = rows[offsets[group] : offsets[group + 1]].tolist()
        assert mine == [row for row, key in enumerate(keys) if key == group]

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.policies.slots import best_columns, compose, lifted, slots_of

NAN = np.nan


def test_the_rest_goes_on_without_what_stands_above() -> None:
    top = np.array([[5, 1, 2, 3], [0, 1, -1, -1]])
    rest = np.array([[1, 9, 5, 8], [1, 0, 7, -1]])
    assert compose([top, rest], ((0, 2), (2, 4))).tolist() == [[5, 1, 9, 8], [0, 1, 7, -1]]


def test_one_slot_shows_its_arms_list() -> None:
    shown = np.array([[3, 1, -1]])
    assert compose([shown], slots_of(3, 0)) is shown


def test_a_slot_as_long_as_the_list_is_the_list() -> None:
    assert slots_of(4, 4) == ((0, 4),)


def test_best_columns_leave_out_what_may_not_be_listed() -> None:
    numbers = np.array([[1.0, 4.0, NAN, 3.0]])
    listed = np.array([[True, False, True, True]])
    assert best_columns(numbers, listed, 3).tolist() == [[3, 0, -1]]


def test_lifted_numbers_order_as_the_composed_list() -> None:
    rng = np.random.default_rng(1)
    top, rest = rng.normal(size=(6, 9)), rng.normal(size=(6, 9))
    listed = rng.random((6, 9)) < 0.8
    numbers, in_top, lift = lifted(top, rest, listed, 3)
    arms = [best_columns(each, listed, 5) for each in (top, rest)]
    assert_array_equal(best_columns(numbers, listed, 5), compose(arms, slots_of(5, 3)))
    assert (in_top.sum(axis=1) == 3).all()
    assert_allclose(numbers[in_top], (top + lift[:, None])[in_top])
    for row in range(6):  # the lowest of the top stands 1 above the highest of the rest
        assert np.isclose(numbers[row][in_top[row]].min(), rest[row].max() + 1)


def test_nothing_is_lifted_where_nothing_is_known() -> None:
    nothing, listed = np.full((1, 3), NAN), np.zeros((1, 3), dtype=np.bool_)
    numbers, in_top, lift = lifted(nothing, nothing, listed, 2)
    assert np.isnan(numbers).all()
    assert not in_top.any()
    assert np.isfinite(lift).all()

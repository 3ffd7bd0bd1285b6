import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import rankdata

from algorithms.rules import BlendMethod, blend, blend_parts, places, shares

NAN = np.nan
SCORES = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 12)),
    elements=st.sampled_from([-2.0, -0.5, 0.0, 0.25, 1.0, 3.5, NAN]),
)


def test_a_share_is_the_rank_from_below_among_what_has_a_score() -> None:
    scores = np.array([[4.3, 0.1, 2.0, 3.0], [NAN, -1.0, 5.0, NAN]])
    assert_allclose(shares(scores), [[1.0, 0.25, 0.5, 0.75], [NAN, 0.5, 1.0, NAN]])


def test_equal_scores_share_the_middle_of_their_ranks() -> None:
    assert_allclose(shares(np.array([[0.0, 7.0, 0.0, 0.0]])), [[0.5, 1.0, 0.5, 0.5]])
    assert_allclose(shares(np.full((1, 5), 0.3)), np.full((1, 5), 0.6))


def test_scores_that_differ_by_rounding_alone_are_equal() -> None:
    assert_allclose(shares(np.array([[0.1 + 0.2, 0.3, 9.0]])), [[0.5, 0.5, 1.0]])


@given(SCORES)
def test_shares_are_those_of_an_independent_ranking(scores: np.ndarray) -> None:
    n = (~np.isnan(scores)).sum(axis=1, keepdims=True)
    ranks = rankdata(scores, axis=1, nan_policy="omit")
    assert_allclose(shares(scores), ranks / np.maximum(n, 1))


@given(SCORES, st.floats(0.1, 50), st.floats(-5, 5))
def test_the_scale_of_a_score_does_not_matter(
    scores: np.ndarray, slope: float, offset: float
) -> None:
    rescaled = np.exp(np.clip(scores, -3, 4)) * slope + offset
    assert_array_equal(shares(scores), shares(rescaled))


def test_places_count_from_the_top() -> None:
    scores = np.array([[4.3, 0.1, 2.0, 3.0], [NAN, -1.0, 5.0, NAN]])
    assert_allclose(places(shares(scores)), [[1, 4, 3, 2], [NAN, 2, 1, NAN]])


def test_product_and_sum_by_hand() -> None:
    of_task = {"buy": np.array([[0.5, 1.0]]), "click": np.array([[1.0, 0.25]])}
    powers = {"buy": 1.0, "click": 0.5}
    assert_allclose(blend(of_task, powers, BlendMethod.PRODUCT), [[0.5, 0.5]])
    assert_allclose(blend(of_task, powers, BlendMethod.SUM), [[1.0, 1.125]])


def test_a_product_wants_all_tasks_where_a_sum_is_content_with_one() -> None:
    of_task = {"buy": np.array([[0.1, 0.5]]), "click": np.array([[1.0, 0.5]])}
    powers = {"buy": 1.0, "click": 1.0}
    product = blend(of_task, powers, BlendMethod.PRODUCT)[0]
    total = blend(of_task, powers, BlendMethod.SUM)[0]
    assert product[0] < product[1]
    assert total[0] > total[1]


@pytest.mark.parametrize("method", [BlendMethod.PRODUCT, BlendMethod.SUM])
def test_what_one_task_cannot_score_is_neutral_and_what_none_can_is_nan(
    method: BlendMethod,
) -> None:
    of_task = {"buy": np.array([[NAN, 0.5, NAN]]), "click": np.array([[0.75, 0.75, NAN]])}
    scores = blend(of_task, {"buy": 1.0, "click": 0.5}, method)[0]
    assert scores[0] == scores[1]
    assert np.isnan(scores[2])


def test_a_task_of_power_zero_has_no_say() -> None:
    of_task = {"buy": np.array([[NAN, 0.5]]), "click": np.array([[0.75, 0.25]])}
    scores = blend(of_task, {"buy": 1.0, "click": 0.0}, BlendMethod.PRODUCT)
    assert_allclose(scores, [[NAN, 0.5]])


@given(SCORES, st.floats(0.1, 10), st.sampled_from(BlendMethod))
def test_parts_add_up_and_blends_stay_above_zero(
    scores: np.ndarray, power: float, method: BlendMethod
) -> None:
    of_task = {"one": shares(scores), "two": shares(-scores)}
    powers = {"one": 1.0, "two": power}
    blended = blend(of_task, powers, method)
    total = sum(blend_parts(of_task, powers, method).values())
    known = ~np.isnan(scores)
    expected = np.exp(total) if method is BlendMethod.PRODUCT else total
    assert_allclose(blended[known], expected[known])
    assert (blended[known] > 0).all()
    assert np.isnan(blended[~known]).all()


@given(SCORES, st.sampled_from(BlendMethod))
def test_a_task_alone_keeps_its_own_order(scores: np.ndarray, method: BlendMethod) -> None:
    alone = blend({"one": shares(scores)}, {"one": 1.0}, method)
    assert_allclose(shares(alone), shares(scores))


def test_reciprocal_rank_fusion_by_hand() -> None:
    of_task = {
        "buy": shares(np.array([[3.0, 2.0, 1.0]])),
        "click": shares(np.array([[1.0, NAN, 2.0]])),
    }
    found = blend(of_task, {"buy": 1.0, "click": 0.5}, BlendMethod.RECIPROCAL_RANK)
    assert_allclose(found, [[1 / 61 + 0.5 / 62, 1 / 62, 1 / 63 + 0.5 / 61]])


def test_borda_gives_nothing_for_what_a_task_cannot_score() -> None:
    of_task = {"buy": np.array([[0.5, 1.0, NAN]]), "click": np.array([[1.0, NAN, NAN]])}
    found = blend(of_task, {"buy": 1.0, "click": 0.5}, BlendMethod.BORDA)
    assert_allclose(found, [[1.0, 1.0, NAN]])

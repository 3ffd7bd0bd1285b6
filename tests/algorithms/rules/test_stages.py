import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.rules import (
    BoostBoughtCategory,
    DropBelow,
    Quota,
    UsableRule,
    ruled_scores,
    score_stages,
)

NAN = np.nan


def test_drop_takes_the_lowest_share_of_its_kind_only(make_candidates) -> None:
    candidates = make_candidates(
        "aaaap",
        [0.2, 0.4, 0.6, 0.8, 0.1],
        shares={"ad click": [0.25, 0.5, 0.75, NAN, NAN]},
    )
    scores = ruled_scores([UsableRule(1, DropBelow(limit=0.5))], candidates)
    assert_allclose(scores, [[0, 0, 0.6, 0.8, 0.1]])  # no share, no verdict


def test_a_limit_of_zero_drops_nothing_and_of_one_everything_scored(make_candidates) -> None:
    candidates = make_candidates("aa", [0.5, 1.0], shares={"ad click": [0.5, 1.0]})
    assert_allclose(ruled_scores([UsableRule(1, DropBelow(limit=0.0))], candidates), [[0.5, 1.0]])
    assert_allclose(ruled_scores([UsableRule(1, DropBelow(limit=1.0))], candidates), [[0, 0]])


def test_boost_multiplies_in_categories_of_success_of_every_kind(make_candidates) -> None:
    candidates = make_candidates(
        "ppap",
        [0.5, 0.5, 0.5, 0.5],
        categories=["Garden", "Music", "Garden", ""],
        successes={"purchase": {"Garden", ""}},
    )
    scores = ruled_scores([UsableRule(1, BoostBoughtCategory(factor=2.0))], candidates)
    assert_allclose(scores, [[1.0, 0.5, 1.0, 0.5]])  # an unknown category is no category


def test_rules_apply_from_first_to_last_and_nothing_brings_back_what_is_dropped(
    make_candidates,
) -> None:
    candidates = make_candidates(
        "aa",
        [0.5, 1.0],
        categories=["Garden", "Garden"],
        shares={"ad click": [0.5, 1.0]},
        successes={"purchase": {"Garden"}},
    )
    rules = [
        UsableRule(1, DropBelow(limit=0.5)),
        UsableRule(2, Quota()),
        UsableRule(4, BoostBoughtCategory(factor=3.0)),
    ]
    first, second = score_stages(rules, candidates)
    assert (first.number, second.number) == (1, 4)
    assert_array_equal(first.touched, [[True, False]])
    assert_array_equal(second.touched, [[False, True]])
    assert_allclose(second.scores, [[0.0, 3.0]])


def test_what_is_no_candidate_stays_none(make_candidates) -> None:
    candidates = make_candidates(
        "ap",
        [NAN, NAN],
        categories=["Garden", "Garden"],
        shares={"ad click": [0.1, NAN]},
        successes={"purchase": {"Garden"}},
    )
    rules = [UsableRule(1, DropBelow(limit=0.5)), UsableRule(2, BoostBoughtCategory(factor=3.0))]
    assert not any(stage.touched.any() for stage in score_stages(rules, candidates))
    assert np.isnan(ruled_scores(rules, candidates)).all()


def test_many_users_at_once_are_each_user_alone(make_candidates) -> None:
    rng = np.random.default_rng(4)
    scores = rng.random((3, 6))
    rules = [UsableRule(1, DropBelow(limit=0.3))]
    low = rng.random((3, 6))
    together = ruled_scores(rules, make_candidates("apapap", scores, shares={"ad click": low}))
    for row in range(3):
        alone = make_candidates("apapap", scores[row], shares={"ad click": low[row]})
        assert_array_equal(ruled_scores(rules, alone)[0], together[row])

import numpy as np
from numpy.testing import assert_allclose

from algorithms.policies.bandits import ThompsonSampling
from algorithms.policies.planners import CrossEntropy, Reinforce
from algorithms.policies.shop import (
    Diary,
    Outlook,
    Shop,
    look_out,
    open_for_bandits,
    open_for_cross_entropy,
    open_for_reinforce,
)
from algorithms.policies.simplex import simplex_grid
from algorithms.policies.slots import best_columns, slots_of


def make_shop(list_length: int = 2) -> Shop:
    """Two segments: the first is paid by the first task's order, the second by the second's."""
    rng = np.random.default_rng(1)
    m, k = 60, 20
    segments = np.arange(m) % 2
    scores = rng.normal(size=(m, k, 2)).astype(np.float32)
    paying = np.take_along_axis(scores, segments[:, None, None], axis=2)[:, :, 0]
    chances = np.empty((m, k, 2), dtype=np.float32)
    chances[:, :, 0] = 1 / (1 + np.exp(-2 * paying))
    chances[:, :, 1] = 0.2
    features = np.column_stack([np.ones(m), segments])
    return Shop(
        np.arange(m), segments, features, scores, np.ones((m, k), dtype=np.bool_),
        chances, chances * 0.5, np.array([1.0, 0.0]), list_length,
    )  # fmt: skip


ARMS = simplex_grid(2, 4)
ONE_SLOT = slots_of(2, 0)


def outlook_of(shop: Shop) -> Outlook:
    """What each weight vector of a grid would show, and earn."""
    shown = [best_columns(shop.scores @ arm, shop.open, shop.list_length) for arm in ARMS]
    return look_out(shop, tuple(str(arm) for arm in ARMS), np.stack(shown))


def test_lists_hold_the_highest_open_items_by_the_weighted_sum() -> None:
    shop = make_shop()
    shop.open[3, :15] = False
    weights = np.array([[0.25, 0.75]])
    fused = shop.scores[3] @ weights[0]
    fused[:15] = -np.inf
    shown = shop.lists(np.array([3]), weights)[0]
    assert set(shown) == set(np.argsort(-fused)[:2])
    assert_allclose(
        shop.expected(np.array([3]), shown[None])[0], shop.chances[3][shown].mean(axis=0), rtol=1e-6
    )


def test_draws_have_the_expected_mean() -> None:
    shop, rng = make_shop(), np.random.default_rng(1)
    rows = np.full(8000, 5)
    columns = np.tile([2, 7], (8000, 1))
    drawn = shop.drawn(rows, columns, rng)
    assert_allclose(drawn.mean(axis=0), shop.expected(rows[:1], columns[:1])[0], atol=0.02)


def test_the_diary_counts_regret_against_the_best_fixed_weights() -> None:
    shop = make_shop()
    outlook = outlook_of(shop)
    diary = Diary(shop, outlook)
    rows = np.arange(10)
    diary.note(rows, outlook.columns[outlook.best(shop.worth)][rows])
    assert diary.regret == [0.0]
    assert diary.true_regret == [0.0]
    worst = int((outlook.expected.mean(axis=1) @ shop.worth).argmin())
    everybody = np.arange(shop.n_users)
    diary.note(everybody, outlook.columns[worst])
    assert diary.regret[1] > 0
    assert_allclose(diary.true_regret[1], diary.regret[1] / 2, rtol=1e-5)  # the truth is half


def test_a_bandit_gives_each_segment_the_weights_that_pay_there() -> None:
    shop, rng = make_shop(), np.random.default_rng(4)
    outlook = outlook_of(shop)
    diary, bandit = Diary(shop, outlook), ThompsonSampling(2, len(ARMS))
    open_for_bandits(diary, [bandit], ONE_SLOT, 4000, rng)
    chosen = ARMS[bandit.best(np.array([0, 1]), np.ones((2, 1)))]
    assert chosen[0, 0] >= 0.75
    assert chosen[1, 1] >= 0.75
    assert sum(diary.regret[-500:]) < 0  # by segment it beats the best weights for all


def test_planners_give_each_segment_the_weights_that_pay_there() -> None:
    shop, rng = make_shop(), np.random.default_rng(4)
    outlook = outlook_of(shop)
    reinforce = Reinforce(2, 2, learning_rate=0.1, exploration=0.5)
    open_for_reinforce(Diary(shop, outlook), reinforce, 300, 64, rng)
    crossing = [CrossEntropy(2, 20, 0.2) for _ in range(2)]
    open_for_cross_entropy(Diary(shop, outlook), crossing, 10, 20, rng)
    for weights in (reinforce.weights(), np.array([each.weights() for each in crossing])):
        assert weights[0, 0] > 0.75
        assert weights[1, 1] > 0.75


def test_an_empty_place_earns_nothing() -> None:
    shop, rows = make_shop(), np.array([5])
    full, half = np.array([[2, 7]]), np.array([[2, -1]])
    assert_allclose(shop.expected(rows, half)[0], shop.chances[5, 2] / 2, rtol=1e-6)
    truth = shop.true_expected(rows, half)
    assert truth is not None
    assert_allclose(truth[0], shop.chances[5, 2] / 4, rtol=1e-6)  # the truth is half
    drawn = shop.drawn_by_place(rows, half, np.random.default_rng(1))
    assert not drawn[0, 1].any()
    assert (shop.expected(rows, full) >= shop.expected(rows, half)).all()


def test_each_slot_learns_from_its_own_places() -> None:
    """One arm has the best item first and the worst below, another one the reverse."""
    m, k = 30, 6
    chances = np.tile(np.array([0.9, 0.1, 0.5, 0.5, 0.5, 0.5])[:, None], (m, 1, 1))
    shop = Shop(
        np.arange(m), np.zeros(m, dtype=np.int64), np.ones((m, 1)),
        np.zeros((m, k, 1), dtype=np.float32), np.ones((m, k), dtype=np.bool_),
        chances.astype(np.float32), None, np.array([1.0]), 2,
    )  # fmt: skip
    shown = np.array([[0, 1], [1, 2]])  # arms (2, n): what they put first and second
    columns = np.repeat(shown[:, None, :], m, axis=1)
    diary = Diary(shop, look_out(shop, ("good first", "bad first"), columns))
    bandits = [ThompsonSampling(1, 2), ThompsonSampling(1, 2)]
    open_for_bandits(diary, bandits, slots_of(2, 1), 600, np.random.default_rng(2))
    nobody = np.array([0])
    assert bandits[0].best(nobody, np.ones((1, 1)))[0] == 0  # item 0 stands first
    # below it, the first arm goes on with item 1, and so does the second: it is its best
    assert_allclose(bandits[0].means()[0, 0], 0.9, atol=0.05)
    assert_allclose(bandits[1].means()[0], 0.1, atol=0.25)

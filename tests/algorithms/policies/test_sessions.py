import numpy as np
from numpy.testing import assert_allclose

from algorithms.policies.sessions import find_sessions, learn_critics, so_far


def test_sessions_by_hand() -> None:
    users = np.array([1, 0, 1, 1, 0])
    times = np.array([100, 5, 160, 9000, 1])
    found = find_sessions(users, times, pause=60)
    assert found.order.tolist() == [4, 1, 0, 2, 3]
    assert found.step.tolist() == [0, 1, 0, 1, 0]
    assert found.last.tolist() == [False, True, False, True, True]


def test_without_times_a_user_is_one_session_in_log_order() -> None:
    found = find_sessions(np.array([2, 0, 2]), None, pause=60)
    assert found.order.tolist() == [1, 0, 2]
    assert found.last.tolist() == [True, False, True]
    nothing = find_sessions(np.empty(0, dtype=np.int64), None, pause=60)
    assert not len(nothing.order)
    assert not len(nothing.last)


def test_the_past_of_a_session_leaves_out_the_event_and_other_sessions() -> None:
    found = find_sessions(np.array([0, 0, 0, 1, 1]), None, pause=60)
    values = np.array([[1.0], [0.0], [5.0], [7.0], [2.0]])
    assert so_far(values, found).ravel().tolist() == [0, 1, 0.5, 0, 7]


def test_a_critic_foresees_discounted_rewards() -> None:
    """One state per step: the least-squares critic is the exact sum ahead."""
    steps = np.tile(np.arange(3), 50)
    X = np.eye(3)[steps]
    rewards = np.array([-1.0, -2.0, -4.0])[steps][:, None]
    critics = learn_critics(X, rewards, steps == 2, discount=0.5, ridge=1e-9)
    assert_allclose(critics, [[-1 + 0.5 * (-2 + 0.5 * -4), -2 + 0.5 * -4, -4]], rtol=1e-6)

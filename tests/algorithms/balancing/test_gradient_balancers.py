"""The balancers that look at gradients: by hand, against others, by their properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.balancing import combine, cosines, find_balancer, gram_matrix, lengths
from algorithms.balancing.aligned import aligned_weights
from algorithms.balancing.cagrad import cagrad_weights
from algorithms.balancing.gradnorm import gradnorm_targets
from algorithms.balancing.gradvac import gradvac_weights
from algorithms.balancing.imtl_g import imtl_g_weights
from algorithms.balancing.mgda import mgda_weights
from algorithms.balancing.nash import nash_weights
from algorithms.balancing.pcgrad import pcgrad_weights

CONFLICT = np.array([[1.0, 0.0], [-0.5, 1.0]])
AGREE = np.array([[1.0, 0.0], [4.0, 1.0]])
BOTH = [np.array([1]), np.array([0])]


def of_two(gram):
    return pcgrad_weights(gram, BOTH)


def cagrad(gram):
    return cagrad_weights(gram, 0.5)


METHODS = {
    "pcgrad": of_two,
    "mgda": mgda_weights,
    "imtl_g": imtl_g_weights,
    "nash": nash_weights,
    "cagrad": cagrad,
    "aligned": aligned_weights,
}


def gradients_of(seed, n_tasks, n_weights=8):
    rng = np.random.default_rng(seed)
    scales = 10 ** rng.uniform(-1, 1, (n_tasks, 1))
    return rng.standard_normal((n_tasks, n_weights)) * scales


seeds = st.integers(0, 10_000)
numbers = st.integers(2, 5)


@pytest.mark.parametrize(
    ("method", "gradients", "direction"),
    [
        ("pcgrad", CONFLICT, (0.8, 1.4)),
        ("mgda", CONFLICT, (0.307692, 0.461538)),
        ("imtl_g", CONFLICT, (0.291796, 0.472136)),
        ("nash", CONFLICT, (0.743496, 1.203002)),
        ("cagrad", CONFLICT, (0.366312, 0.549467)),
        ("aligned", CONFLICT, (0.568098, 0.946830)),
        ("pcgrad", AGREE, (5, 1)),
        ("mgda", AGREE, (1, 0)),
        ("imtl_g", AGREE, (1.585582, 0.195194)),
        ("nash", AGREE, (1.403618, 0.172793)),
        ("cagrad", AGREE, (3.019804, 0.4)),
        ("aligned", AGREE, (0.316718, -0.105573)),
    ],
)
def test_the_direction_by_hand(method, gradients, direction) -> None:
    weights = METHODS[method](gram_matrix(gradients))
    np.testing.assert_allclose(combine(gradients, weights), direction, atol=1e-6)


def test_the_weights_of_the_shortest_average_by_hand() -> None:
    np.testing.assert_allclose(mgda_weights(gram_matrix(CONFLICT)), [0.538462, 0.461538], atol=1e-6)
    np.testing.assert_array_equal(mgda_weights(gram_matrix(AGREE)), [1, 0])


def test_the_targets_of_gradnorm_by_hand() -> None:
    targets = gradnorm_targets(np.array([1.0, 3.0]), np.array([0.8, 0.5]), 1.5)
    np.testing.assert_allclose(targets, [2.730832, 1.349320], atol=1e-6)


# --- an independent reference ---------------------------------------------------------------


@pytest.mark.parametrize("n_tasks", [2, 3, 4])
@pytest.mark.parametrize("seed", range(5))
def test_torchjd_finds_the_same(n_tasks, seed) -> None:
    torchjd = pytest.importorskip("torchjd.aggregation")
    torch = pytest.importorskip("torch")
    gradients = gradients_of(seed, n_tasks)
    gram = gram_matrix(gradients)
    given_gradients = torch.from_numpy(gradients)
    imtl = torchjd.IMTLG()(given_gradients).numpy()
    np.testing.assert_allclose(combine(gradients, imtl_g_weights(gram)), imtl, rtol=1e-6, atol=1e-9)
    ours = combine(gradients, aligned_weights(gram))
    theirs = torchjd.AlignedMTL(torch.ones(n_tasks, dtype=torch.float64))(given_gradients)
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-6, atol=1e-9)
    shortest = combine(gradients, mgda_weights(gram))
    walked = torchjd.MGDA(epsilon=1e-12, max_iters=2_000)(given_gradients).numpy()
    np.testing.assert_allclose(shortest, walked, atol=2e-3 * lengths(gram).max())
    assert shortest @ shortest <= walked @ walked + 1e-12


@pytest.mark.parametrize("seed", range(8))
def test_torchjd_operates_on_two_gradients_alike(seed) -> None:
    torchjd = pytest.importorskip("torchjd.aggregation")
    torch = pytest.importorskip("torch")
    gradients = gradients_of(seed, 2)
    ours = combine(gradients, of_two(gram_matrix(gradients)))
    theirs = torchjd.PCGrad()(torch.from_numpy(gradients)).numpy()
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_torchjd_vaccinates_alike_step_by_step() -> None:
    torchjd = pytest.importorskip("torchjd.aggregation")
    torch = pytest.importorskip("torch")
    vaccine = torchjd.GradVac(beta=0.3, eps=0.0)
    usual = np.zeros((2, 2))
    for seed in range(20):
        gradients = gradients_of(seed, 2, n_weights=3)
        weights, usual = gradvac_weights(gram_matrix(gradients), usual, BOTH, 0.3)
        theirs = vaccine(torch.from_numpy(gradients)).numpy()
        np.testing.assert_allclose(combine(gradients, weights), theirs, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("n_tasks", [2, 3, 4])
@pytest.mark.parametrize("seed", range(4))
def test_a_general_solver_finds_the_same_in_the_ball(n_tasks, seed) -> None:
    from scipy.optimize import minimize

    gradients = gradients_of(seed, n_tasks)
    average = gradients.mean(axis=0)
    radius = 0.5 * np.linalg.norm(average)
    ours = combine(gradients, cagrad(gram_matrix(gradients))) * (1 + 0.5**2)
    assert np.linalg.norm(ours - average) <= radius * (1 + 1e-6)
    found = minimize(  # the problem as it is stated: the worst gain, over directions in the ball
        lambda x: -x[-1],
        np.append(average, (gradients @ average).min()),
        constraints=[
            {"type": "ineq", "fun": lambda x: gradients @ x[:-1] - x[-1]},
            {"type": "ineq", "fun": lambda x: radius**2 - ((x[:-1] - average) ** 2).sum()},
        ],
        options={"ftol": 1e-14, "maxiter": 1000},
        method="SLSQP",
    )
    assert (gradients @ ours).min() == pytest.approx(found.x[-1], rel=1e-5)


@pytest.mark.parametrize("n_tasks", [2, 3, 4])
@pytest.mark.parametrize("seed", range(4))
def test_a_general_solver_strikes_the_same_bargain(n_tasks, seed) -> None:
    from scipy.optimize import minimize

    gradients = gradients_of(seed, n_tasks)
    ours = combine(gradients, nash_weights(gram_matrix(gradients)))

    def product(step):  # its logarithm, and that of nothing where somebody loses
        return np.log(np.maximum(gradients @ step, 1e-300)).sum()

    everybody_gains = np.linalg.pinv(gradients).sum(axis=1)  # G d = 1
    found = minimize(  # the bargain as it is stated: over steps of the length √T and shorter
        lambda step: -product(step),
        everybody_gains * np.sqrt(n_tasks) / np.linalg.norm(everybody_gains),
        constraints={"type": "ineq", "fun": lambda step: n_tasks - step @ step},
        options={"ftol": 1e-14, "maxiter": 1000},
        method="SLSQP",
    )
    assert product(ours) == pytest.approx(product(found.x), abs=1e-8)
    np.testing.assert_allclose(ours, found.x, atol=1e-4)


@pytest.mark.filterwarnings("ignore:You are solving a parameterized problem")  # so does TorchJD
@pytest.mark.parametrize("n_tasks", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_torchjd_bargains_alike_where_its_solvers_are(n_tasks, seed) -> None:
    torchjd = pytest.importorskip("torchjd.aggregation")
    torch = pytest.importorskip("torch")
    for solver in ("cvxpy", "ecos", "clarabel"):  # in no extra of ours, see docs/balancing.md
        pytest.importorskip(solver)
    gradients = gradients_of(seed, n_tasks)
    gram, matrix = gram_matrix(gradients), torch.from_numpy(gradients)
    average = torchjd.CAGrad(c=0.5, norm_eps=0.0)(matrix).numpy() / (1 + 0.5**2)
    np.testing.assert_allclose(combine(gradients, cagrad(gram)), average, rtol=1e-3, atol=1e-4)
    bargain = torchjd.NashMTL(n_tasks, max_norm=0.0, optim_niter=200)(matrix).numpy()
    ours = combine(gradients, nash_weights(gram))
    np.testing.assert_allclose(
        ours / np.linalg.norm(ours), bargain / np.linalg.norm(bargain), atol=1e-3
    )


# --- properties -----------------------------------------------------------------------------


@given(seeds, numbers)
def test_the_shortest_average_is_a_minimum(seed, n_tasks) -> None:
    gradients = gradients_of(seed, n_tasks)
    weights = mgda_weights(gram_matrix(gradients))
    shortest = combine(gradients, weights)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    gains = gradients @ shortest  # each task gains at least |d|², those with a weight just that
    limit = 1e-9 * lengths(gram_matrix(gradients)).max() ** 2
    assert gains.min() >= shortest @ shortest - limit
    np.testing.assert_allclose(gains[weights > 1e-9], shortest @ shortest, atol=limit)


@given(seeds, numbers, st.integers(-100, 100))
def test_a_common_unit_does_not_matter(seed, n_tasks, power) -> None:
    gram = gram_matrix(gradients_of(seed, n_tasks))
    larger = gram * 2.0**power  # exact
    for method in (mgda_weights, imtl_g_weights, cagrad, aligned_weights):
        np.testing.assert_allclose(method(larger), method(gram), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(nash_weights(larger) * 2.0 ** (power / 2), nash_weights(gram))


def test_a_task_in_the_way_of_nobody_gets_no_weight_from_mgda() -> None:
    gradients = np.array([[1.0, 0, 0], [0, 1, 0], [3, 3, 1]])
    np.testing.assert_allclose(mgda_weights(gram_matrix(gradients)), [0.5, 0.5, 0], atol=1e-12)


@given(seeds, numbers)
def test_the_impartial_step_goes_equally_far_for_all(seed, n_tasks) -> None:
    gradients = gradients_of(seed, n_tasks)
    gram = gram_matrix(gradients)
    if np.linalg.eigvalsh(cosines(gram))[0] < 1e-3:
        return  # nearly dependent: equal only to the rounding of single precision
    weights = imtl_g_weights(gram)
    far = gradients @ combine(gradients, weights) / lengths(gram)
    np.testing.assert_allclose(far, far[0], rtol=1e-6, atol=1e-9)
    assert weights.sum() == pytest.approx(1)


@given(seeds, numbers)
def test_each_gain_in_a_bargain_is_the_inverse_of_the_weight(seed, n_tasks) -> None:
    gradients = gradients_of(seed, n_tasks)
    weights = nash_weights(gram_matrix(gradients))
    direction = combine(gradients, weights)
    assert weights.min() > 0
    np.testing.assert_allclose((gradients @ direction) * weights, 1, rtol=1e-6)
    assert direction @ direction == pytest.approx(n_tasks, rel=1e-6)


def test_a_bargain_is_exact() -> None:
    gram = gram_matrix(gradients_of(3, 4))
    weights = nash_weights(gram)
    np.testing.assert_allclose(gram @ weights, 1 / weights, rtol=1e-9)


@given(seeds, numbers)
def test_no_scaling_of_one_task_pays_in_a_bargain(seed, n_tasks) -> None:
    gradients = gradients_of(seed, n_tasks)
    louder = gradients * np.linspace(1, 50, n_tasks)[:, None]
    before = combine(gradients, nash_weights(gram_matrix(gradients)))
    after = combine(louder, nash_weights(gram_matrix(louder)))
    np.testing.assert_allclose(after, before, rtol=1e-6, atol=1e-8)


@given(seeds)
def test_surgery_on_two_never_hurts_either(seed) -> None:
    gradients = gradients_of(seed, 2, n_weights=3)
    direction = combine(gradients, of_two(gram_matrix(gradients)))
    assert (gradients @ direction).min() >= -1e-9


def test_surgery_leaves_agreeing_tasks_alone_and_depends_on_the_order() -> None:
    agreeing = gram_matrix(np.abs(gradients_of(0, 4)))
    one = [np.arange(4)] * 4
    np.testing.assert_array_equal(pcgrad_weights(agreeing, one), np.ones(4))
    conflicting = gram_matrix(np.array([[1.0, 0], [-0.5, 1], [-0.5, -1.5]]))
    forward = pcgrad_weights(conflicting, [np.arange(3)] * 3)
    backward = pcgrad_weights(conflicting, [np.arange(3)[::-1]] * 3)
    assert np.abs(forward - backward).max() > 0.1


def test_a_vaccine_without_memory_is_surgery() -> None:
    gram = gram_matrix(gradients_of(5, 3))
    orders = [np.array([1, 2]), np.array([2, 0]), np.array([0, 1])]
    weights, _ = gradvac_weights(gram, np.zeros((3, 3)), orders, 1e-12)
    np.testing.assert_allclose(weights, pcgrad_weights(gram, orders), rtol=1e-6)


def test_a_vaccine_brings_the_cosine_to_its_goal() -> None:
    gradients = np.array([[1.0, 0, 0], [0.2, 1, 0]])
    goals = np.array([[0.0, 0.6], [-1.0, 0.0]])  # the second task wants nothing of the first
    weights, usual = gradvac_weights(gram_matrix(gradients), goals, BOTH, 0.5)
    bent = combine(gradients, weights) - gradients[1]
    assert cosines(gram_matrix(np.stack([bent, gradients[1]])))[0, 1] == pytest.approx(0.6)
    cosine = cosines(gram_matrix(gradients))[0, 1]
    np.testing.assert_allclose(usual[0, 1], (0.6 + cosine) / 2)


def test_a_ball_of_no_size_is_the_average() -> None:
    gram = gram_matrix(gradients_of(2, 3))
    np.testing.assert_allclose(cagrad_weights(gram, 0.0), np.full(3, 1 / 3))


@given(seeds, numbers)
def test_a_larger_ball_helps_the_least_helped_task_more(seed, n_tasks) -> None:
    gradients = gradients_of(seed, n_tasks)
    gram = gram_matrix(gradients)
    least = [
        (gradients @ combine(gradients, cagrad_weights(gram, c)) * (1 + c**2)).min()
        for c in (0.0, 0.3, 0.6, 0.9)
    ]
    assert (np.diff(least) > -1e-6 * lengths(gram).max() ** 2).all()


@given(seeds, numbers)
def test_aligned_gradients_pull_at_right_angles_and_alike(seed, n_tasks) -> None:
    gradients = gradients_of(seed, n_tasks)
    gram = gram_matrix(gradients)
    values, vectors = np.linalg.eigh(gram)
    if values[0] < 1e-5 * values[-1]:
        return  # a direction as weak as rounding is left out
    aligned = (vectors * np.sqrt(values[0] / values)) @ vectors.T @ gradients  # (T, n_weights)
    np.testing.assert_allclose(
        gram_matrix(aligned),
        values[0] * np.eye(n_tasks),
        atol=1e-7 * values[0] + 1e-12 * values[-1],
    )
    np.testing.assert_allclose(
        combine(gradients, aligned_weights(gram)), aligned.sum(axis=0), rtol=1e-6, atol=1e-9
    )


def test_what_is_doubted_shows() -> None:
    outvoted = np.array([[1.0, -9.0], [-9.0, 100.0]])
    assert (outvoted @ aligned_weights(outvoted))[0] < 0  # the short one's loss rises
    gradients = np.array([[-1.0, 0, 2], [4, -4, 4], [0, -1, 2]])
    direction = combine(gradients, imtl_g_weights(gram_matrix(gradients)))
    assert (gradients @ direction).max() < 0  # equal, but backwards for all
    learned = gram_matrix(np.array([[1e-6, 0], [0, 1.0]]))
    assert mgda_weights(learned)[1] < 1e-6  # the task that is learned sets the pace


# --- methods with a memory --------------------------------------------------------------------


def trained(key, losses, gram, n_steps, **config):
    balancer_class = find_balancer(key)
    balancer = balancer_class(balancer_class.config_class(**config))
    balancer.start(np.ones(len(gram)), np.random.default_rng(0))
    for step in range(n_steps):
        weights = balancer.weights(losses(step), gram)
    return weights


def test_gradnorm_makes_all_tasks_pull_alike() -> None:
    gram = np.diag([1.0, 9.0, 0.25])  # lengths 1, 3, 1/2
    weights = trained("gradnorm", lambda _: np.ones(3), gram, 2000, alpha=0.0, learning_rate=0.005)
    pull = weights * [1.0, 3.0, 0.5]
    assert np.ptp(pull) < 0.1 * pull.mean()
    assert weights.sum() == pytest.approx(3)


def test_gradnorm_helps_the_task_that_lags() -> None:
    def losses(step):
        return np.array([1.0, 0.99**step])

    weights = trained("gradnorm", losses, np.eye(2), 60)
    assert weights[0] > 1.3 > weights[1]
    assert weights.sum() == pytest.approx(2)


def test_two_vaccines_of_one_seed_are_alike() -> None:
    gram = gram_matrix(gradients_of(1, 4))
    once, again = (trained("gradvac", lambda _: np.ones(4), gram, 10) for _ in range(2))
    np.testing.assert_array_equal(once, again)

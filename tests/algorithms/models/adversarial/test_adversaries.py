"""The players: what is hidden, masked, drawn and rewarded, what is kept, and why a score is so."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.errors import FitError
from algorithms.explanations import EvidenceKind
from algorithms.models.adversarial.catalog import ADVERSARIES
from algorithms.models.adversarial.exhibits import BEFORE, FOOLED, LOSS
from algorithms.models.adversarial.irgan import Irgan
from algorithms.models.adversarial.rounds import GAIN, HeldOut, play
from algorithms.models.adversarial.user_rows import UserRowsRecommender, slopes_of, to_length_one
from algorithms.progress import silent
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="clicked", item_kind="product")
BUY = Task(name="buy", kind=TaskKind.BINARY, label="bought", item_kind="product")
N_USERS, N_ITEMS = 60, 20


def make_log(seed: int = 0) -> InteractionLog:
    """Two groups of users, each of which chooses from its own half of the items."""
    rng = np.random.default_rng(seed)
    users = np.repeat(np.arange(N_USERS), 6)
    items = np.concatenate([rng.permutation(10)[:6] + 10 * (u % 2) for u in range(N_USERS)])
    ids = np.array([f"i{n}" for n in range(N_ITEMS)])
    return InteractionLog(
        name="halves",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={
            "clicked": np.ones(len(users), np.float32),
            "bought": (np.arange(len(users)) % 3 == 0).astype(np.float32),
        },
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(N_USERS)]))),
        item_table=ItemTable(
            IdMap(ids), ids, ("product",), np.zeros(N_ITEMS, np.int16), np.full(N_ITEMS, "c")
        ),
    )


@pytest.fixture(scope="module", params=list(ADVERSARIES))
def model(request: pytest.FixtureRequest):
    pytest.importorskip("torch")
    values = {"n_epochs": 60, "batch_size": 16, "learning_rate": 0.01}
    made = ADVERSARIES[request.param].from_values(values)
    log = make_log()
    held = log.select(np.arange(0, len(log), 6))
    rest = log.select(np.flatnonzero(np.arange(len(log)) % 6 != 0))
    return made.fit(rest, [CLICK, BUY], rng=np.random.default_rng(1), validation=held)


def test_each_learns_that_there_are_two_groups(model) -> None:
    for task in model.tasks:
        scores = model.score_block(task, np.arange(N_USERS), np.arange(N_ITEMS))
        own = (np.arange(N_ITEMS)[None] >= 10) == (np.arange(N_USERS)[:, None] % 2 == 1)
        right = [
            np.median(s[mine]) > np.median(s[~mine]) for s, mine in zip(scores, own, strict=True)
        ]
        assert np.mean(right) > 0.8, task.name  # half by chance; few users bought much


def test_each_shows_how_the_rounds_went(model) -> None:
    shown = {exhibit.key: exhibit for exhibit in model.exhibits()}
    assert {"losses", "gain"} <= set(shown)
    is_game = model.key in ("cfgan", "irgan")
    assert ("fooled" in shown) == is_game
    if is_game:
        taken = shown["fooled"].series[FOOLED]
        assert ((taken >= 0) & (taken <= 1)).all()
        assert len(shown["losses"].series) == 2
    else:
        loss = shown["losses"].series[LOSS]
        assert loss[-1] < loss[0]
    assert (shown["gain"].reference is not None) == (model.key == "irgan")
    assert BEFORE not in shown["gain"].series
    best = max(point.value for point in model.curves if point.task == "click")
    assert 0 < best <= 1


def test_a_click_speaks_for_a_purchase(model) -> None:
    """User 0 bought nothing, as far as the model is told, but has scores for purchases."""
    log = make_log()
    log.labels["bought"][log.users == 0] = 0.0  # type: ignore[index]
    values = {"n_epochs": 30, "batch_size": 16, "learning_rate": 0.01}
    values |= {"warm_epochs": 10} if isinstance(model, Irgan) else {}
    again = type(model).from_values(values).fit(log, [CLICK, BUY], rng=np.random.default_rng(1))
    scores = again.score_block("buy", [0], np.arange(N_ITEMS))[0]
    assert np.isfinite(scores).all()
    assert scores[:10].mean() > scores[10:].mean()


def test_an_explanation_by_rows_is_the_integral_along_the_way(model) -> None:
    if not isinstance(model, UserRowsRecommender):
        pytest.skip("explained by vectors")
    w = {name: array.astype(np.float64) for name, array in model._played.weights.items()}
    x = to_length_one(model._rows.dense(np.array([3])))[0].astype(np.float64)
    place = model._rows.starts[1] + 5  # buy, item 5
    points = (np.arange(20_000) + 0.5) / 20_000
    hidden = np.tanh(points[:, None] * (x @ w["W"]) + w["b"])
    slope = ((1 - hidden**2).mean(axis=0) * w["V"][place]) @ w["W"].T  # (D,)
    told = model.explain("buy", 3, 5)
    parts = {
        (part.task, part.item): part.amount
        for part in told.contributions
        if part.evidence is EvidenceKind.INTERACTION
    }
    for at in np.flatnonzero(x):
        key = ("click" if at < N_ITEMS else "buy", int(at % N_ITEMS))
        assert parts[key] == pytest.approx(x[at] * slope[at], rel=1e-5, abs=1e-7)


def test_a_unit_that_does_not_move_has_the_slope_of_its_place() -> None:
    assert_allclose(
        slopes_of(np.array([0.0, 1.0]), np.array([0.5, 0.0])), [0.786448, np.tanh(1)], rtol=1e-5
    )


# --- rounds -------------------------------------------------------------------------------------


def test_the_held_out_gain_is_that_of_the_rank_among_unmet_items() -> None:
    met = np.array([[True, False, False, False]])
    held = HeldOut(CLICK, np.array([0]), met, np.array([0, 0]), np.array([1, 3]))
    scores = np.array([[9.0, 3.0, 2.0, 1.0]])  # the best was met: ranks 1 and 3
    assert held.gain(scores) == pytest.approx((1.0 + 1.0 / 2.0) / 2)


def test_the_best_round_is_kept_and_it_ends_when_none_is_better() -> None:
    gains, rounds = iter([0.1, 0.5, 0.3, 0.2, 0.9]), []
    played = play(
        "any",
        5,
        2,
        lambda step: rounds.append(1) or {"loss": 1.0},
        lambda: {"w": np.array([len(rounds)], np.float32)},
        lambda weights: [(CLICK, next(gains))],
        silent,
    )
    assert len(rounds) == 4  # two rounds without a better one
    assert_array_equal(played.weights["w"], [2])
    assert_allclose(played.measures[GAIN], [0.1, 0.5, 0.3, 0.2])


def test_a_loss_that_is_no_number_ends_it() -> None:
    losses = iter([1.0, np.nan])
    rounds: list[int] = []

    def run():
        return play(
            "any", 9, 2, lambda step: {"loss": next(losses)},
            lambda: {"w": np.array([len(rounds)], np.float32)}, None, silent,
        )  # fmt: skip

    assert "no number in round 2" in str(run().notes[0])
    losses = iter([np.inf])
    with pytest.raises(FitError, match="first round"):
        run()


def test_a_round_whose_weights_are_no_numbers_is_never_the_best() -> None:
    snapshots = iter([0.0, 1.0, np.nan])  # the first before any round
    played = play(
        "any", 3, 3, lambda step: {"loss": 1.0},
        lambda: {"w": np.array([next(snapshots)], np.float32)},
        lambda weights: [(CLICK, float(weights["w"][0]))],
        silent,
    )  # fmt: skip
    assert_array_equal(played.weights["w"], [1.0])
    assert "round 2" in str(played.notes[0])


def test_a_choice_without_a_number_gains_nothing() -> None:
    nobody = np.zeros((1, 3), dtype=np.bool_)
    held = HeldOut(CLICK, np.array([0]), nobody, np.array([0]), np.array([1]))
    assert held.gain(np.array([[3.0, 2.0, 1.0]])) == pytest.approx(1 / np.log2(3))
    assert np.isnan(held.gain(np.array([[3.0, np.nan, 1.0]])))


# --- the games ----------------------------------------------------------------------------------


def test_masks_never_touch_what_a_user_chose() -> None:
    from algorithms.models.adversarial.cfgan import others

    x = (np.random.default_rng(0).random((50, 200)) < 0.2).astype(np.float32)
    drawn = others(x, 0.3, np.random.default_rng(1))
    assert not (drawn * x).any()
    assert drawn.sum() / (x == 0).sum() == pytest.approx(0.3, abs=0.02)
    assert not others(x, 0.0, np.random.default_rng(1)).any()


def test_zero_reconstruction_draws_the_chances_of_others_down() -> None:
    pytest.importorskip("torch")
    from algorithms.models.adversarial.cfgan import Cfgan, CfganConfig

    log = make_log()
    means = []
    for weight in (0.0, 5.0):
        config = CfganConfig(n_epochs=15, zero_weight=weight, zero_share=0.9, masked_share=0.0)
        fitted = Cfgan(config).fit(log, [CLICK], rng=np.random.default_rng(2))
        scores = fitted.score_block(CLICK, np.arange(N_USERS), np.arange(N_ITEMS))
        left = fitted._rows.dense(np.arange(N_USERS)) == 0
        means.append((1 / (1 + np.exp(-scores)))[left].mean())
    assert means[1] < means[0] - 0.1  # without zeros or masks it says yes to everything


def test_items_are_drawn_as_often_as_their_chances_say() -> None:
    from algorithms.models.adversarial.irgan import draw

    p = np.array([[0.5, 0.5, 0.0], [0.1, 0.2, 0.7]])
    rows = np.repeat([0, 1], 20_000)
    drawn = draw(p, rows, np.random.default_rng(0))
    for row in (0, 1):
        shares = np.bincount(drawn[rows == row], minlength=3) / 20_000
        assert_allclose(shares, p[row], atol=0.015)


def test_the_policy_gradient_makes_the_rewarded_likelier() -> None:
    torch = pytest.importorskip("torch")
    from algorithms.models.adversarial.irgan import Irgan, _Game

    log = make_log()
    fitted = Irgan.from_values({"n_epochs": 1, "warm_epochs": 1}).fit(
        log, [CLICK], rng=np.random.default_rng(3)
    )
    game = _Game(fitted, fitted._make_weights(np.random.default_rng(4)), np.random.default_rng(5))
    judge = game._discriminator
    with torch.no_grad():  # it takes item 7 alone for real, whoever asks
        judge.w["b0"].fill_(-9.0)
        judge.w["b0"][7] = 9.0
    users = np.arange(N_USERS)

    def chances() -> np.ndarray:
        with torch.no_grad():
            return torch.softmax(game.generator.all_scores(0, users), dim=1).numpy().mean(axis=0)

    before = chances()
    for _ in range(5):
        rows, columns = fitted.choices_of(0, users)
        game._both(0, users, rows, columns)
    after = chances()
    assert after.argmax() == 7
    assert after[7] > before[7]

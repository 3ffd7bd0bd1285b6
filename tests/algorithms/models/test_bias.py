import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.explanations import EvidenceKind
from algorithms.models.base import Output
from algorithms.models.bias import Bias, BiasConfig, limited
from algorithms.tasks import Task, TaskKind

STARS = Task(name="stars", kind=TaskKind.RATING, label="x", item_kind="film", relevant_from=4)
CLICK = Task(name="click", kind=TaskKind.BINARY, label="x", item_kind="film")
N_USERS, N_ITEMS = 4, 3


def make_log(events: list[tuple[int, int, float]]) -> InteractionLog:
    users, items, values = (np.array(column) for column in zip(*events, strict=True))
    ids = np.array([f"i{n}" for n in range(N_ITEMS)])
    return InteractionLog(
        name="hand",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={"x": values.astype(np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(N_USERS)]))),
        item_table=ItemTable(
            IdMap(ids), ids, ("film",), np.zeros(N_ITEMS, np.int16), np.full(N_ITEMS, "")
        ),
    )


def fit(task: Task, log: InteractionLog, item: float, user: float) -> Bias:
    model = Bias(BiasConfig(item_damping=item, user_damping=user))
    return model.fit(log, [task], rng=np.random.default_rng(0))


def test_the_hand_example() -> None:
    # mu = 3; b_0 = (2 + 1) / (2 + 1) = 1, b_1 = (-2 - 1) / (2 + 1) = -1; then what is left:
    # user 0: (5 - 4) + (1 - 2) = 0 -> 0; user 1: (4 - 4) + (2 - 2) = 0 -> 0.
    log = make_log([(0, 0, 5), (1, 0, 4), (0, 1, 1), (1, 1, 2)])
    model = fit(STARS, log, item=1, user=2)
    np.testing.assert_allclose(model.predict(STARS, [0, 1, 3, 3], [0, 1, 0, 2]), [4, 2, 4, 3])


def reference(
    events: list[tuple[int, int, float]], item_damping: float, user_damping: float
) -> np.ndarray:
    """Compute mu + b_u + b_i with plain loops."""
    mean = sum(value for _, _, value in events) / len(events)
    b_i, b_u = np.zeros(N_ITEMS), np.zeros(N_USERS)
    for i in range(N_ITEMS):
        rest = [value - mean for _, item, value in events if item == i]
        b_i[i] = sum(rest) / (len(rest) + item_damping) if rest else 0
    for u in range(N_USERS):
        rest = [value - mean - b_i[item] for user, item, value in events if user == u]
        b_u[u] = sum(rest) / (len(rest) + user_damping) if rest else 0
    return mean + b_u[:, None] + b_i[None, :]


EVENTS = st.lists(
    st.tuples(
        st.integers(0, N_USERS - 1),
        st.integers(0, N_ITEMS - 1),
        st.integers(1, 10).map(lambda half: half / 2),
    ),
    min_size=1,
    max_size=20,
)


@given(EVENTS, st.floats(0, 50), st.floats(0, 50))
def test_it_agrees_with_plain_loops(events, item_damping: float, user_damping: float) -> None:
    model = fit(STARS, make_log(events), item_damping, user_damping)
    expected = reference(events, item_damping, user_damping)
    users, items = np.arange(N_USERS), np.arange(N_ITEMS)
    block = model.score_block(STARS, users, items)
    np.testing.assert_allclose(block, expected, rtol=1e-9, atol=1e-9)
    values = [value for _, _, value in events]
    pairs = model.predict(STARS, np.repeat(users, N_ITEMS), np.tile(items, N_USERS))
    np.testing.assert_allclose(
        pairs, np.clip(expected, min(values), max(values)).ravel(), rtol=1e-9, atol=1e-9
    )


def test_a_binary_task_gets_a_probability() -> None:
    log = make_log([(0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 0), (2, 1, 0), (2, 0, 0)])
    model = fit(CLICK, log, item=0, user=0)
    assert model.output(CLICK) is Output.PROBABILITY
    assert model.predict(CLICK, [0], [0])[0] == 1.0  # 0.5 + 1/6 + 1/2 is more than 1
    assert model.score_block(CLICK, [0], [0])[0, 0] == pytest.approx(7 / 6)


def test_what_was_cut_off_is_told() -> None:
    log = make_log([(0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 0), (2, 1, 0), (2, 0, 0)])
    told = fit(CLICK, log, item=0, user=0).explain(CLICK, 0, 0)
    limits = [part for part in told.contributions if part.evidence is EvidenceKind.LIMIT]
    assert [part.amount for part in limits] == [pytest.approx(-1 / 6)]
    assert limited("click", 0.5, 0.5) == []


def test_more_damping_means_smaller_biases() -> None:
    log = make_log([(0, 0, 5), (1, 0, 5), (0, 1, 1), (1, 2, 2)])
    spreads = [
        np.ptp(fit(STARS, log, damping, damping).score_block(STARS, [0, 1], [0, 1, 2]))
        for damping in (0, 1, 10, 100)
    ]
    assert spreads == sorted(spreads, reverse=True)
    assert spreads[-1] < spreads[0] / 10

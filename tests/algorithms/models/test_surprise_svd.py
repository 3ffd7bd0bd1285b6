from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.errors import FitError
from algorithms.explanations import EvidenceKind
from algorithms.models.surprise_ratings import last_ratings
from algorithms.models.surprise_svd import Svd, SvdConfig
from algorithms.tasks import Task, TaskKind

STARS = Task(name="stars", kind=TaskKind.RATING, label="x", item_kind="film", relevant_from=4)
N_USERS, N_ITEMS = 30, 25
COLD_USER, COLD_ITEM = 29, 24


def make_log(
    users: np.ndarray, items: np.ndarray, values: np.ndarray, time: np.ndarray | None = None
) -> InteractionLog:
    ids = np.array([f"i{n}" for n in range(N_ITEMS)])
    return InteractionLog(
        name="ratings",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={"x": values.astype(np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(N_USERS)]))),
        item_table=ItemTable(
            IdMap(ids), ids, ("film",), np.zeros(N_ITEMS, np.int16), np.full(N_ITEMS, "")
        ),
        timestamps=time,
    )


def random_log(seed: int = 1) -> InteractionLog:
    rng = np.random.default_rng(seed)
    cells = rng.choice(COLD_USER * COLD_ITEM, 400, replace=False)
    return make_log(cells // COLD_ITEM, cells % COLD_ITEM, rng.integers(1, 11, 400) / 2)


def test_its_figures_are_those_of_the_library(tmp_path: Path) -> None:
    from surprise import SVD, Dataset, Reader

    log = random_log()
    config = SvdConfig(n_factors=7, n_epochs=5, learning_rate=0.02, regularization=0.05)
    model = Svd(config).fit(log, [STARS], rng=np.random.default_rng(4))

    by_user = np.argsort(log.users, kind="stable")
    file = tmp_path / "ratings.csv"
    rows = zip(log.users[by_user], log.items[by_user], log.labels["x"][by_user], strict=True)
    file.write_text("".join(f"{u},{i},{value}\n" for u, i, value in rows), encoding="utf-8")
    low, high = float(log.labels["x"].min()), float(log.labels["x"].max())
    reader = Reader(line_format="user item rating", sep=",", rating_scale=(low, high))
    library = SVD(
        n_factors=7,
        n_epochs=5,
        lr_all=0.02,
        reg_all=0.05,
        random_state=int(np.random.default_rng(4).integers(2**31)),
    ).fit(Dataset.load_from_file(str(file), reader).build_full_trainset())

    users, items = (cells.ravel() for cells in np.indices((N_USERS, N_ITEMS)))  # cold ones too
    pairs = [(str(u), str(i)) for u, i in zip(users, items, strict=True)]
    ours = model.predict(STARS, users, items)
    np.testing.assert_allclose(ours, [library.predict(*pair).est for pair in pairs], rtol=1e-12)
    np.testing.assert_allclose(
        model.score_block(STARS, np.arange(N_USERS), np.arange(N_ITEMS)).ravel(),
        [library.predict(*pair, clip=False).est for pair in pairs],
        rtol=1e-12,
    )


def test_what_is_unknown_adds_nothing() -> None:
    log = random_log()
    model = Svd(SvdConfig(n_factors=3, n_epochs=3)).fit(log, [STARS], rng=np.random.default_rng(1))
    mean = log.labels["x"].astype(np.float64).mean()
    assert model.predict(STARS, [COLD_USER], [COLD_ITEM])[0] == pytest.approx(mean)
    amounts = {
        part.evidence: part.amount for part in model.explain(STARS, COLD_USER, 0).contributions
    }
    assert amounts[EvidenceKind.USER_BIAS] == amounts[EvidenceKind.FACTORS] == 0
    assert amounts[EvidenceKind.ITEM_BIAS] != 0


def test_the_last_rating_of_a_pair_counts() -> None:
    users, items = np.array([1, 0, 1, 0, 1]), np.array([2, 5, 2, 4, 7])
    values = np.array([5.0, 3.0, 1.0, 2.0, 4.0])
    kept = last_ratings(make_log(users, items, values), "x")
    assert list(kept.all_ratings()) == [(0, 0, 3.0), (0, 1, 2.0), (1, 2, 1.0), (1, 3, 4.0)]
    assert kept.user_of.tolist() == [0, 1]
    assert kept.item_of.tolist() == [5, 4, 2, 7]  # as they appear
    by_time = last_ratings(make_log(users, items, values, np.array([9, 1, 2, 3, 4])), "x")
    assert sorted(by_time.values.tolist()) == [2.0, 3.0, 4.0, 5.0]  # 5 is later than 1


def test_every_epoch_is_told() -> None:
    told: list[float] = []
    Svd(SvdConfig(n_factors=2, n_epochs=4)).fit(
        random_log(),
        [STARS],
        rng=np.random.default_rng(1),
        progress=lambda fraction, stage: told.append(fraction),
    )
    assert told == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert all(a < b for a, b in pairwise(told))


@pytest.mark.filterwarnings("ignore:overflow")
def test_steps_too_large_are_a_clear_error() -> None:
    config = SvdConfig(learning_rate=1.0, regularization=10.0, n_epochs=200)
    with pytest.raises(FitError, match="Lower the learning rate"):
        Svd(config).fit(random_log(), [STARS], rng=np.random.default_rng(1))


def test_it_learns_a_taste_that_is_there() -> None:
    rng = np.random.default_rng(8)
    taste = np.outer(np.sign(rng.normal(size=N_USERS)), np.sign(rng.normal(size=N_ITEMS)))
    users, items = (cells.ravel() for cells in np.indices((N_USERS, N_ITEMS)))
    learn = rng.random(len(users)) < 0.7
    log = make_log(users[learn], items[learn], 3 + taste[users[learn], items[learn]])
    config = SvdConfig(n_factors=4, n_epochs=200, learning_rate=0.02)
    model = Svd(config).fit(log, [STARS], rng=np.random.default_rng(1))
    error = model.predict(STARS, users[~learn], items[~learn]) - 3 - taste[users, items][~learn]
    assert np.sqrt((error**2).mean()) < 0.4  # averages alone leave about 1

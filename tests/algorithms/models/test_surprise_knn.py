import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.explanations import EvidenceKind
from algorithms.models.catalog import MODELS
from algorithms.models.surprise_knn import KnnBasic, KnnModel
from algorithms.models.surprise_neighbours import KnnConfig
from algorithms.models.surprise_ratings import last_ratings
from algorithms.models.surprise_similarities import Baselines, Side, similarities
from algorithms.tasks import Task, TaskKind

STARS = Task(name="stars", kind=TaskKind.RATING, label="x", item_kind="film", relevant_from=4)
#        item 0  1  2
TABLE = [[5, 3, 0],  # 0: no rating
         [4, 2, 2],
         [1, 5, 4],
         [5, 3, 5]]  # fmt: skip


def make_log(table: list[list[int]] | np.ndarray) -> InteractionLog:
    users, items = np.nonzero(np.array(table))
    n_users, n_items = np.shape(table)
    ids = np.array([f"i{n}" for n in range(n_items)])
    return InteractionLog(
        name="ratings",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={"x": np.array(table)[users, items].astype(np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(n_users)]))),
        item_table=ItemTable(
            IdMap(ids), ids, ("film",), np.zeros(n_items, np.int16), np.full(n_items, "")
        ),
    )


def large_log() -> InteractionLog:
    rng = np.random.default_rng(6)
    stars = rng.integers(1, 6, (60, 90))
    return make_log(np.where(rng.random(stars.shape) < 0.15, stars, 0))


def fit(key: str, log: InteractionLog, **config: object) -> KnnModel:
    model = MODELS[key].from_values(config)
    assert isinstance(model, KnnModel)
    return model.fit(log, [STARS], rng=np.random.default_rng(1))


def test_two_users_who_differ_by_one_star_are_half_alike() -> None:
    side = Side.of(last_ratings(make_log(TABLE), "x"), user_based=True)
    none = Baselines(0.0, np.zeros(4), np.zeros(3))
    alike = similarities(side, 0, "msd", 1, 0.0, none)
    # User 1: (1 + 1) / 2 = 1 apart; user 2: (16 + 4) / 2 = 10 apart; user 3: the same.
    np.testing.assert_allclose(alike, [1, 1 / 2, 1 / 11, 1])
    assert not similarities(side, 0, "msd", 3, 0.0, none)[1:].any()  # two ratings in common


def test_the_neighbours_are_told_with_what_they_add() -> None:
    model = fit("knn_basic", make_log(TABLE), n_neighbours=2)
    told = model.explain(STARS, 0, 2)
    # The two nearest: user 3 (similarity 1) gave 5, user 1 (similarity 1/2) gave 2.
    assert told.score == pytest.approx((1 * 5 + 0.5 * 2) / 1.5)
    assert [part.evidence for part in told.contributions] == [EvidenceKind.NEIGHBOUR] * 2
    assert [part.amount for part in told.contributions] == pytest.approx([5 / 1.5, 1 / 1.5])
    assert [part.value for part in told.contributions] == [5, 2]
    assert "u3" in str(told.contributions[0].message)
    assert str(told.sentence).startswith("The 2 most similar users")


def test_similar_items_are_past_events_of_the_user() -> None:
    model = fit("knn_means", make_log(TABLE), user_based=False)
    told = model.explain(STARS, 0, 2)
    asked = {p.item: p for p in told.contributions if p.evidence is EvidenceKind.INTERACTION}
    assert {item: part.value for item, part in asked.items()} == {0: 5, 1: 3}
    assert sum(part.amount for part in told.contributions) == pytest.approx(told.score)


def test_too_few_neighbours_are_not_believed() -> None:
    log = make_log(TABLE)
    mean = log.labels["x"].mean()
    basic = fit("knn_basic", log, min_neighbours=4)
    assert basic.predict(STARS, [0], [2])[0] == pytest.approx(mean)
    assert fit("knn_means", log, min_neighbours=4).predict(STARS, [0], [2])[0] == 4.0
    told = basic.explain(STARS, 0, 2)
    assert [part.evidence for part in told.contributions] == [EvidenceKind.AVERAGE]
    assert str(told.sentence).startswith("Too few")


@pytest.mark.parametrize("similarity", ["msd", "cosine", "pearson", "pearson_baseline"])
def test_the_short_way_to_one_list_says_the_same(similarity: str) -> None:
    """The list of one user from similar items needs the rows of the items they rated only."""
    model = fit("knn_baseline", large_log(), user_based=False, similarity=similarity)
    users, items = np.arange(60), np.arange(90)
    together = model.score_block(STARS, users, items)
    for user in (0, 7):
        np.testing.assert_array_equal(model.score_block(STARS, [user], items)[0], together[user])


def test_nothing_but_the_log_is_kept() -> None:
    model = KnnBasic(KnnConfig()).fit(large_log(), [STARS], rng=np.random.default_rng(1))
    assert sum(array.nbytes for array in model.state().arrays.values()) < 100


def test_equal_ratings_are_predicted_as_they_are() -> None:
    flat = make_log(np.where(np.array(TABLE) > 0, 3, 0))
    for key in ("knn_basic", "knn_means", "knn_z_score", "knn_baseline"):
        assert fit(key, flat).predict(STARS, [0], [2])[0] == pytest.approx(3)

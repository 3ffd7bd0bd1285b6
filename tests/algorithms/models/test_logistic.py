"""Logistic regression on features, against scikit-learn's and by hand."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.explanations import EvidenceKind
from algorithms.models.base import Output
from algorithms.models.logistic import Logistic, LogisticConfig
from algorithms.tasks import Task, TaskKind

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="film")
N_USERS, N_ITEMS, N_EVENTS = 60, 40, 4000
NEW_USER, NEW_ITEM = 59, 39  # in the tables, in no event
PLACES = ("north", "south", "")


def make_log(seed: int = 2, same: float | None = None, features: bool = True) -> InteractionLog:
    rng = np.random.default_rng(seed)
    users, items = rng.integers(0, NEW_USER, N_EVENTS), rng.integers(0, NEW_ITEM, N_EVENTS)
    age = rng.integers(15, 80, N_USERS)
    place = np.array(PLACES)[np.arange(N_USERS) % 3]
    price = np.where(np.arange(N_ITEMS) == 5, np.nan, rng.gamma(2.0, 20.0, N_ITEMS))
    genre = np.array(["crime", "love"])[np.arange(N_ITEMS) % 2]
    odds = -1.0 + 0.03 * (age[users] - 45) + 0.8 * (genre[items] == "love")
    odds += np.where(place[users] == "north", 1.5, 0.0) * (genre[items] == "crime")
    odds -= 0.01 * np.nan_to_num(price)[items]
    clicked = (rng.random(N_EVENTS) < 1 / (1 + np.exp(-odds))).astype(np.float32)
    ids = np.array([f"film {n}" for n in range(N_ITEMS)])
    of_users = {"age": age, "place": place, "name": np.array([f"N{n}" for n in range(N_USERS)])}
    return InteractionLog(
        name="features",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={"click": clicked if same is None else np.full_like(clicked, same)},
        user_table=UserTable(
            IdMap(np.arange(N_USERS).astype(np.str_)), of_users if features else {}
        ),
        item_table=ItemTable(
            ids=IdMap(ids),
            titles=ids,
            kinds=("film",),
            kind_codes=np.zeros(N_ITEMS, np.int16),
            categories=genre if features else np.full(N_ITEMS, ""),
            features={"list_price": price} if features else {},
        ),
    )


def fit(log: InteractionLog, **values: float) -> Logistic:
    model = Logistic(LogisticConfig(**{"regularization": 2.0, **values}))
    return model.fit(log, [CLICK], rng=np.random.default_rng(1))


def by_hand(log: InteractionLog) -> tuple[np.ndarray, np.ndarray]:
    """Return the features of users and items, written down once more."""
    age, place = log.user_table.features["age"], log.user_table.features["place"]
    price, genre = log.item_table.features["list_price"], log.item_table.categories
    seen_age, seen_price = age[log.users], price[log.items]
    a = [(age - seen_age.mean()) / seen_age.std(), place == "north", place == "south"]
    scaled = (price - np.nanmean(seen_price)) / np.nanstd(seen_price)
    b = [genre == "crime", genre == "love", np.nan_to_num(scaled)]
    return np.array(a, dtype=float).T, np.array(b, dtype=float).T


@pytest.mark.parametrize("crosses", [True, False])
def test_it_is_the_regression_of_scikit_learn(crosses: bool) -> None:
    log = make_log()
    a, b = by_hand(log)

    def design(users: np.ndarray, items: np.ndarray) -> np.ndarray:
        x, z = a[users], b[items]
        pairs = np.einsum("na,nb->nab", x, z).reshape(len(users), -1)
        return np.hstack([x, z, pairs] if crosses else [x, z])

    theirs = LogisticRegression(C=1 / 2.0, tol=1e-8, max_iter=5000)
    theirs.fit(design(log.users, log.items), log.labels["click"])
    users, items = np.repeat(np.arange(N_USERS), N_ITEMS), np.tile(np.arange(N_ITEMS), N_USERS)
    expected = theirs.predict_proba(design(users, items))[:, 1]
    found = fit(log, crosses=crosses).predict(CLICK, users, items)
    np.testing.assert_allclose(found, expected, atol=2e-4)


def test_it_speaks_of_users_and_items_that_it_never_met() -> None:
    log = make_log()
    model = fit(log)
    chance = model.predict(CLICK, [NEW_USER, 0], [0, NEW_ITEM])
    assert model.output(CLICK) is Output.PROBABILITY
    assert ((chance > 0) & (chance < 1)).all()
    assert len(model.recommend(CLICK, NEW_USER).items) == 10


def test_an_explanation_adds_up_to_the_log_odds() -> None:
    log = make_log()
    model = fit(log)
    told = model.explain(CLICK, 0, 1)  # from the north, of the genre love
    chance = float(model.predict(CLICK, [0], [1])[0])
    assert told.score == pytest.approx(np.log(chance / (1 - chance)))
    assert sum(part.amount for part in told.contributions) == pytest.approx(told.score)
    said = {str(part.message): part for part in told.contributions if part.message}
    age = log.user_table.features["age"][0]
    assert {f"user: age {age}", "user: place north", "item: category love"} <= set(said)
    assert f"age {age} × category love" in said
    assert any(text.startswith("item: list price ") for text in said)
    kinds = [part.evidence for part in told.contributions]
    assert kinds.count(EvidenceKind.AVERAGE) == 1
    assert set(kinds) == {EvidenceKind.AVERAGE, EvidenceKind.FEATURE}
    assert f"{chance:.1%}" in str(told.sentence)
    crime = {str(part.message): part.amount for part in model.explain(CLICK, 0, 2).contributions}
    assert crime["place north × category crime"] > 0.3  # what make_log put there


def test_what_is_unknown_says_nothing() -> None:
    model = fit(make_log())
    texts = [str(part.message) for part in model.explain(CLICK, 2, 5).contributions]
    assert not any("place" in text or "price" in text for text in texts)


def test_texts_with_many_values_are_left_out_and_named() -> None:
    model = fit(make_log())
    assert [str(note) for note in model.notes()] == [
        "For “click” these texts have too many values and are left out: name."
    ]
    knows_names = fit(make_log(), max_values=60)
    assert not knows_names.notes()
    assert knows_names.n_parameters > model.n_parameters


@pytest.mark.parametrize("same", [0.0, 1.0])
def test_labels_that_are_all_the_same_leave_nothing_to_tell(same: float) -> None:
    model = fit(make_log(same=same))
    assert np.isnan(model.predict(CLICK, [0, 1], [0, 1])).all()
    assert any("nothing to tell apart" in str(note) for note in model.notes())
    assert "is the same" in str(model.explain(CLICK, 0, 0).sentence)


def test_without_features_it_says_the_average() -> None:
    log = make_log(features=False)
    model = fit(log)
    chance = model.predict(CLICK, [0, 5], [3, 9])
    np.testing.assert_allclose(chance, log.labels["click"].mean(), atol=1e-5)
    assert any("no feature to go by" in str(note) for note in model.notes())


def test_more_regularization_makes_smaller_weights() -> None:
    sizes = []
    for strength in (0.1, 10.0, 1000.0):
        W = fit(make_log(), regularization=strength).state().arrays["task0.W"].copy()
        W[0, 0] = 0.0
        sizes.append(float(np.abs(W).sum()))
    assert sizes == sorted(sizes, reverse=True)

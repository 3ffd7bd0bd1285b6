"""What every model of the catalog promises, whatever it computes.

The log below is small, seeded and made for trouble: repeated events, missing labels, an item and
a user that nobody meets, a user who met everything, kinds whose items lie between each other.
"""

from __future__ import annotations

import inspect
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import algorithms
from algorithms.arrays import FloatArray
from algorithms.data import (
    IdMap,
    InteractionLog,
    ItemTable,
    SplitConfig,
    UserTable,
    make_split,
)
from algorithms.data.log import LogShapeError
from algorithms.errors import (
    ConfigError,
    MtrecError,
    NoTasksError,
    NotFittedError,
    UnknownItemError,
    UnknownTaskError,
    UnknownUserError,
    UnservedTaskError,
)
from algorithms.models.base import Family, ModelState, Output, Recommender
from algorithms.models.catalog import MODELS
from algorithms.models.extras import missing_extra
from algorithms.models.prompted import outside
from algorithms.progress import Stage
from algorithms.tasks import Task, TaskKind
from tests.language_server import language_server, sensible

ROOT = Path(algorithms.__file__).parents[1]
HEAVY = ("implicit", "surprise", "scipy", "numba", "sklearn", "torch", "polars", "matplotlib")
N_USERS, N_ITEMS = 40, 36
STRANGER, INSATIABLE = 38, 39  # users without events; with an event on every item
NEVER_SHOWN = 34  # a product

TASKS = (
    Task(name="click", kind=TaskKind.BINARY, label="clicked", item_kind="product"),
    Task(name="buy", kind=TaskKind.BINARY, label="bought", item_kind="product", parent="click"),
    Task(name="stars", kind=TaskKind.RATING, label="stars", item_kind="product", relevant_from=4),
    Task(name="minutes", kind=TaskKind.QUANTITY, label="minutes", item_kind="product"),
    Task(name="ad / click", kind=TaskKind.BINARY, label="clicked", item_kind="ad", weight=2.0),
)


def make_log(seed: int = 5) -> InteractionLog:
    rng = np.random.default_rng(seed)
    kind_codes = (np.arange(N_ITEMS) % 3 == 2).astype(np.int16)  # every third item is an ad
    shown = np.setdiff1d(np.arange(N_ITEMS), [NEVER_SHOWN])
    n = 900
    users = np.concatenate([rng.integers(0, STRANGER, n), np.full(len(shown), INSATIABLE)])
    items = np.concatenate([rng.choice(shown, n), shown])
    taste = rng.normal(size=(N_USERS, 3)) @ rng.normal(size=(3, N_ITEMS))
    liking = taste[users, items] + rng.normal(scale=0.5, size=len(users))  # (n_events,)
    clicked = (liking > 0.3).astype(np.float32)
    ad = kind_codes[items] == 1
    bought = np.where(ad, np.nan, clicked * (liking > 1.5))
    stars = np.where(~ad & (clicked > 0), np.clip(np.round(3 + liking), 1, 5), np.nan)
    minutes = np.where(~ad, np.maximum(liking, 0) * 10, np.nan)
    order = rng.permutation(len(users))
    return InteractionLog(
        name="trouble",
        users=users[order].astype(np.int32),
        items=items[order].astype(np.int32),
        labels={
            "clicked": clicked[order],
            "bought": bought[order].astype(np.float32),
            "stars": stars[order].astype(np.float32),
            "minutes": minutes[order].astype(np.float32),
        },
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(N_USERS)]))),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(N_ITEMS)])),
            titles=np.array([f"Thing {{{n}}}" for n in range(N_ITEMS)]),  # braces, on purpose
            kinds=("product", "ad"),
            kind_codes=kind_codes,
            categories=np.array([f"c{n % 4}" for n in range(N_ITEMS)]),
        ),
        timestamps=rng.integers(0, 10**6, len(users)),
    )


LOG = make_log()
EVERY_USER = np.repeat(np.arange(N_USERS), N_ITEMS)
EVERY_ITEM = np.tile(np.arange(N_ITEMS), N_USERS)


OUTSIDE: dict[str, Any] = {"n_questions": 40}  # for a model that lives at an address


@pytest.fixture(scope="module", autouse=True)
def _language_model() -> Iterator[None]:
    """Run a server that answers alike, in no time: what comes from outside is not ours to keep."""
    with pytest.MonkeyPatch.context() as patch, language_server(sensible) as server:
        patch.setitem(OUTSIDE, "address", server.address)
        patch.setattr(outside, "_now", lambda: 0.0)
        yield


def quick(model: type[Recommender]) -> Recommender:
    """Make a model; what learns by PyTorch makes few passes, for here it need not be good."""
    is_network = model.extra == "deep" and "n_epochs" in model.config_class.model_fields
    lacking = OUTSIDE if model().lacks() else {}
    return model.from_values({"n_epochs": 2} if is_network else lacking)


def fit(model: type[Recommender], log: InteractionLog = LOG, seed: int = 3) -> Recommender:
    return quick(model).fit(log, model.served_tasks(TASKS), rng=np.random.default_rng(seed))


def all_scores(model: Recommender) -> dict[str, FloatArray]:
    return {task.name: model.predict(task, EVERY_USER, EVERY_ITEM) for task in model.tasks}


def assert_same_scores(first: Recommender, second: Recommender) -> None:
    theirs = all_scores(second)
    for name, scores in all_scores(first).items():
        assert_array_equal(scores, theirs[name])


@pytest.fixture(scope="module", params=list(MODELS))
def model_class(request: pytest.FixtureRequest) -> type[Recommender]:
    return MODELS[request.param]


@pytest.fixture(scope="module")
def _installed(model_class: type[Recommender]) -> None:
    """Skip what fits a model whose optional installation is missing, and say so."""
    missing = missing_extra(model_class)
    if missing is not None:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def model(model_class: type[Recommender], _installed: None) -> Recommender:
    return fit(model_class)


# --- what it says of itself -------------------------------------------------------------


def test_it_introduces_itself(model_class: type[Recommender]) -> None:
    assert MODELS[model_class.key] is model_class
    assert isinstance(model_class.family, Family)
    assert model_class.title
    assert model_class.summary.endswith(".")
    assert model_class.explains_by
    assert inspect.getdoc(model_class)
    assert model_class.serves
    twin = model_class.single_task_twin
    assert twin is None or not MODELS[twin].is_multitask
    assert model_class.is_multitask or twin is None


def test_its_equation_is_one_that_the_window_can_draw(model_class: type[Recommender]) -> None:
    from matplotlib.mathtext import MathTextParser

    assert "$" in model_class.equation
    width, height, *_ = MathTextParser("path").parse(model_class.equation)
    assert width > 0
    assert height > 0


def test_its_reference_is_in_the_bibliography(model_class: type[Recommender]) -> None:
    bibliography = (ROOT / "docs" / "references.bib").read_text(encoding="utf-8")
    assert f"{{{model_class.reference}," in bibliography


def test_its_parameters_are_described_and_bounded(model_class: type[Recommender]) -> None:
    for name, declared in model_class.config_class.model_fields.items():
        assert declared.description, name
        if declared.annotation in (int, float):
            bounds = [mark for kind in ("ge", "gt", "le", "lt") for mark in _marks(declared, kind)]
            assert len(bounds) == 2, f"{name} needs a lower and an upper bound"


def test_its_config_survives_json(model_class: type[Recommender]) -> None:
    made = model_class()
    values = json.loads(json.dumps(made.config.model_dump(mode="json"), allow_nan=False))
    assert model_class.from_values(values).config == made.config


def test_its_config_refuses_what_is_out_of_range(model_class: type[Recommender]) -> None:
    with pytest.raises(ConfigError, match="no_such_parameter"):
        model_class.from_values({"no_such_parameter": 1})
    for name, declared in model_class.config_class.model_fields.items():
        if declared.annotation not in (int, float):
            continue
        for kind, step in (("ge", -1), ("gt", -1), ("le", 1), ("lt", 1)):
            for bound in _marks(declared, kind):
                with pytest.raises(ConfigError, match=name):
                    model_class.from_values({name: bound + step})
        with pytest.raises(ConfigError, match=name):
            model_class.from_values({name: "a lot"})


def _marks(declared: Any, kind: str) -> Iterator[float]:
    return (getattr(mark, kind) for mark in declared.metadata if hasattr(mark, kind))


# --- the same seed, the same numbers ------------------------------------------------------


def test_same_seed_same_scores(model_class: type[Recommender], model: Recommender) -> None:
    assert_same_scores(fit(model_class), model)


def test_fitting_again_forgets_the_first_fit(
    model_class: type[Recommender], model: Recommender
) -> None:
    again = quick(model_class)
    tasks = model_class.served_tasks(TASKS)
    again.fit(make_log(seed=6), tasks[:1], rng=np.random.default_rng(9))
    again.fit(LOG, tasks, rng=np.random.default_rng(3))
    assert_same_scores(again, model)
    assert_same_state(again.state(), model.state())
    assert len(again.curves) == len(model.curves)


def assert_same_state(first: ModelState, second: ModelState) -> None:
    assert first.values == second.values
    assert list(first.arrays) == list(second.arrays)
    for name, array in first.arrays.items():
        assert_array_equal(array, second.arrays[name])


FIT_ELSEWHERE = """
import json, sys
import numpy as np
from algorithms.data import InteractionLog
from algorithms.models.catalog import MODELS
from algorithms.models.extras import missing_extra
from algorithms.tasks import Task

folder = sys.argv[1]
log = InteractionLog.from_arrays(np.load(f"{folder}/log.npz", allow_pickle=False))
tasks = [Task.model_validate(task) for task in json.load(open(f"{folder}/tasks.json"))]
users, items = (cells.ravel() for cells in np.indices((log.n_users, log.n_items)))
for key, model_class in MODELS.items():
    if missing_extra(model_class) is not None:
        continue
    is_network = model_class.extra == "deep" and "n_epochs" in model_class.config_class.model_fields
    lacking = json.loads(sys.argv[2]) if model_class().lacks() else {}
    model = model_class.from_values({"n_epochs": 2} if is_network else lacking)
    model.fit(log, model_class.served_tasks(tasks), rng=np.random.default_rng(3))
    np.savez(
        f"{folder}/{key}.npz",
        *(model.predict(task, users, items) for task in model.tasks),
    )
"""


@pytest.fixture(scope="module")
def fitted_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("elsewhere")
    _write_log(folder)
    _python(FIT_ELSEWHERE, folder, json.dumps(OUTSIDE))
    return folder


def test_same_seed_same_scores_in_another_process(
    model: Recommender, fitted_elsewhere: Path
) -> None:
    theirs = np.load(fitted_elsewhere / f"{model.key}.npz", allow_pickle=False)
    for ours, name in zip(all_scores(model).values(), theirs.files, strict=True):
        assert_array_equal(ours, theirs[name])


def _write_log(folder: Path) -> None:
    np.savez(folder / "log.npz", **LOG.to_arrays())
    tasks = [task.model_dump(mode="json") for task in TASKS]
    (folder / "tasks.json").write_text(json.dumps(tasks), encoding="utf-8")


def _python(code: str, *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- fitted parameters ----------------------------------------------------------------------


def _through_bytes(state: ModelState) -> ModelState:
    """Send a state through npz without pickle, and strict JSON."""
    assert all(array.dtype.kind in "fiubU" for array in state.arrays.values())
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **state.arrays)
    buffer.seek(0)
    with np.load(buffer, allow_pickle=False) as arrays:
        return ModelState(dict(arrays), json.loads(json.dumps(state.values, allow_nan=False)))


def test_its_state_survives_bytes_and_json(
    model_class: type[Recommender], model: Recommender
) -> None:
    state = _through_bytes(model.state())
    restored = model_class.from_values(model.config.model_dump(mode="json"))
    restored.restore(LOG, model.tasks, state)
    assert_same_scores(restored, model)
    assert_same_state(restored.state(), model.state())
    assert restored.n_parameters == model.n_parameters
    assert model.n_parameters > 0 or model.key == "random"  # which learns nothing
    for task in model.tasks:
        for user, item in ((0, 0), (1, 2), (STRANGER, 3), (2, NEVER_SHOWN)):
            assert repr(restored.explain(task, user, item)) == repr(model.explain(task, user, item))
        ours = restored.recommend(task, 4)
        assert_array_equal(ours.items, model.recommend(task, 4).items)


RESTORE_ELSEWHERE = """
import json, sys
import numpy as np
from algorithms.data import InteractionLog
from algorithms.models.base import ModelState
from algorithms.models.catalog import MODELS
from algorithms.tasks import Task

key, folder = sys.argv[1:3]
log = InteractionLog.from_arrays(np.load(f"{folder}/log.npz", allow_pickle=False))
tasks = [Task.model_validate(task) for task in json.load(open(f"{folder}/tasks.json"))]
state = ModelState(
    dict(np.load(f"{folder}/state.npz", allow_pickle=False)),
    json.load(open(f"{folder}/state.json")),
)
model = MODELS[key].from_values(json.load(open(f"{folder}/config.json")))
model.restore(log, MODELS[key].served_tasks(tasks), state)
for task in model.tasks:
    model.predict(task, [0, 1], [0, 1])
    model.recommend(task, 0)
    str(model.explain(task, 0, 0).sentence)
print(json.dumps(sorted(name for name in sys.modules if "." not in name)))
"""


def test_restoring_asking_and_explaining_need_no_heavy_library(
    model: Recommender, tmp_path: Path
) -> None:
    _write_log(tmp_path)
    state = model.state()
    np.savez(tmp_path / "state.npz", **state.arrays)
    (tmp_path / "state.json").write_text(json.dumps(state.values), encoding="utf-8")
    config = model.config.model_dump_json()
    (tmp_path / "config.json").write_text(config, encoding="utf-8")
    loaded = json.loads(_python(RESTORE_ELSEWHERE, model.key, tmp_path))
    assert "numpy" in loaded
    assert not set(HEAVY) & set(loaded)


# --- bad questions --------------------------------------------------------------------------


def test_before_the_fit_it_says_what_to_do(model_class: type[Recommender]) -> None:
    unfitted = model_class()
    task = model_class.served_tasks(TASKS)[0]
    for ask in (
        lambda: unfitted.predict(task, [0], [0]),
        lambda: unfitted.score_block(task, [0], [0]),
        lambda: unfitted.recommend(task, 0),
        lambda: unfitted.explain(task, 0, 0),
        lambda: unfitted.met(0),
        unfitted.state,
    ):
        with pytest.raises(NotFittedError, match="fit"):
            ask()


@pytest.mark.parametrize("user", [-1, N_USERS])
def test_an_unknown_user_is_an_error(model: Recommender, user: int) -> None:
    task = model.tasks[0]
    for ask in (
        lambda: model.predict(task, [0, user], [0, 0]),
        lambda: model.score_block(task, [0, user], [0]),
        lambda: model.recommend(task, user),
        lambda: model.explain(task, user, 0),
        lambda: model.met(user),
    ):
        with pytest.raises(UnknownUserError, match=str(user)):
            ask()


@pytest.mark.parametrize("item", [-1, N_ITEMS])
def test_an_unknown_item_is_an_error(model: Recommender, item: int) -> None:
    task = model.tasks[0]
    for ask in (
        lambda: model.predict(task, [0, 0], [0, item]),
        lambda: model.score_block(task, [0], [0, item]),
        lambda: model.explain(task, 0, item),
    ):
        with pytest.raises(UnknownItemError, match=str(item)):
            ask()


def test_pairs_must_pair_up(model: Recommender) -> None:
    with pytest.raises(LogShapeError, match="2 values"):
        model.predict(model.tasks[0], [0, 1], [0, 1, 2])


def test_an_unknown_task_is_an_error(model: Recommender) -> None:
    with pytest.raises(UnknownTaskError, match="no such task"):
        model.predict("no such task", [0], [0])


def test_tasks_that_it_does_not_serve_are_refused(model_class: type[Recommender]) -> None:
    with pytest.raises(NoTasksError):
        model_class().fit(LOG, [], rng=np.random.default_rng(1))
    for task in TASKS:
        if task.kind not in model_class.serves:
            with pytest.raises(UnservedTaskError, match=task.name):
                model_class().fit(LOG, [task], rng=np.random.default_rng(1))


# --- scores ---------------------------------------------------------------------------------


def test_scores_are_numbers_or_nan_and_never_infinite(model: Recommender) -> None:
    of_kind = {kind: set(LOG.item_table.of_kind(kind)) for kind in LOG.item_table.kinds}
    for task in model.tasks:
        scores = model.predict(task, EVERY_USER, EVERY_ITEM)
        assert scores.shape == EVERY_USER.shape
        assert scores.dtype == np.float64
        assert not np.isinf(scores).any()
        mine = np.isin(EVERY_ITEM, list(of_kind[task.item_kind]))
        warm = mine & (EVERY_USER != STRANGER) & (EVERY_ITEM != NEVER_SHOWN)
        assert np.isfinite(scores[warm]).mean() > 0.5
        assert np.isnan(scores[~mine]).all(), "an item of another kind cannot be scored"


def test_numbers_are_what_output_says(model: Recommender) -> None:
    for task in model.tasks:
        scores = model.predict(task, EVERY_USER, EVERY_ITEM)
        scores = scores[~np.isnan(scores)]
        output = model.output(task)
        if output is Output.PROBABILITY:
            assert scores.min() >= 0
            assert scores.max() <= 1
        elif output is Output.PREDICTION:
            assert task.kind is not TaskKind.BINARY
            low, high = _scale(task)
            assert scores.min() >= low
            assert scores.max() <= high


def _scale(task: Task) -> tuple[float, float]:
    """Return the lowest and highest value of the label in training."""
    values = task.part(LOG).label(task.label)
    return float(values.min()), float(values.max())


def test_one_pair_at_a_time_is_the_same_as_many(model: Recommender) -> None:
    for task in model.tasks:
        scores = model.predict(task, EVERY_USER, EVERY_ITEM)
        for pair in range(0, len(scores), 97):
            alone = model.predict(task, EVERY_USER[[pair]], EVERY_ITEM[[pair]])
            assert_allclose(alone, scores[[pair]], rtol=1e-12, atol=1e-12)
        assert model.predict(task, [], []).shape == (0,)


def test_a_block_ranks_what_is_predicted(model: Recommender) -> None:
    """A prediction stays on the label's scale; beyond its end the block keeps the order."""
    users, items = np.array([5, 0, STRANGER]), np.arange(N_ITEMS)
    for task in model.tasks:
        block = model.score_block(task, users, items)  # (3, n_items)
        pairs = model.predict(task, np.repeat(users, N_ITEMS), np.tile(items, 3)).reshape(3, -1)
        assert block.shape == (3, N_ITEMS)
        if model.ranks_apart:  # by another number, which is there where a prediction is
            assert_array_equal(np.isnan(block), np.isnan(pairs))
        else:
            if model.output(task) is not Output.SCORE:
                block = np.clip(block, *_scale(task))
            assert_allclose(block, pairs, rtol=1e-9, atol=1e-9)
        assert model.score_block(task, [], items).shape == (0, N_ITEMS)
        assert model.score_block(task, users, []).shape == (3, 0)


def test_asking_changes_nothing(model: Recommender) -> None:
    before = _through_bytes(model.state())
    for task in model.tasks:
        model.predict(task, EVERY_USER, EVERY_ITEM)
        model.score_block(task, [0, 1], np.arange(N_ITEMS))[:] = -7.0
        model.recommend_many(task, np.arange(N_USERS))
        model.explain(task, 0, 0)
    assert_same_state(model.state(), before)


# --- lists ------------------------------------------------------------------------------------


def test_lists_hold_unmet_items_of_the_kind_best_first(model: Recommender) -> None:
    n = 10
    for task in model.tasks:
        lists = model.recommend_many(task, np.arange(N_USERS), n)
        kind = LOG.item_table.of_kind(task.item_kind)
        assert lists.items.shape == lists.scores.shape == (N_USERS, n)
        assert_array_equal(np.isnan(lists.scores), lists.items < 0)
        assert (lists.items[:STRANGER] >= 0).any()
        for user in range(N_USERS):
            items = lists.items[user][lists.items[user] >= 0]
            scores = lists.scores[user][: len(items)]
            assert (lists.items[user][len(items) :] == -1).all()  # padded at the end only
            assert len(np.unique(items)) == len(items)
            assert np.isin(items, kind).all()
            assert not np.isin(items, LOG.items[LOG.users == user]).any()
            assert (np.diff(scores) <= 0).all()


def test_one_list_at_a_time_is_the_same_as_many(model: Recommender) -> None:
    users = np.array([3, 0, 17, STRANGER])
    for task in model.tasks:
        together = model.recommend_many(task, users, 6)
        in_blocks = model.recommend_many(task, users, 6, block=1)
        assert_allclose(in_blocks.scores, together.scores, rtol=1e-9, atol=1e-9)
        for row, user in enumerate(users):
            alone = model.recommend(task, int(user), 6)
            assert_allclose(
                alone.scores, together.scores[row][: len(alone.scores)], rtol=1e-9, atol=1e-9
            )
            gaps = np.abs(np.diff(together.scores[row][: len(alone.items)]))
            if (gaps > 1e-9).all():  # without ties the items are the same too
                assert_array_equal(alone.items, together.items[row][: len(alone.items)])


def test_a_user_who_met_everything_gets_an_empty_list(model: Recommender) -> None:
    everything = replace(
        LOG,
        users=np.append(LOG.users, INSATIABLE).astype(np.int32),
        items=np.append(LOG.items, NEVER_SHOWN).astype(np.int32),
        labels={name: np.append(column, np.float32(0)) for name, column in LOG.labels.items()},
        timestamps=None,
    )
    again = fit(type(model), everything)
    for task in again.tasks:
        found = again.recommend(task, INSATIABLE)
        assert len(found.items) == len(found.scores) == 0


def test_a_list_can_be_longer_than_the_catalogue(model: Recommender) -> None:
    for task in model.tasks:
        found = model.recommend(task, 1, N_ITEMS + 5)
        assert len(found.items) < N_ITEMS


# --- explanations -------------------------------------------------------------------------------


def test_explanations_add_up_to_the_prediction(model: Recommender) -> None:
    known = {task.name for task in model.tasks}
    for task in model.tasks:
        for pair in range(0, len(EVERY_USER), 31):
            user, item = int(EVERY_USER[pair]), int(EVERY_ITEM[pair])
            score = float(model.predict(task, [user], [item])[0])
            told = model.explain(task, user, item)
            assert (told.task, told.user, told.item) == (task.name, user, item)
            if np.isnan(score):
                assert np.isnan(told.score)
                continue
            # A product adds up in logarithms, a probability in log-odds; all else as it is.
            said = min(told.score, 50.0)
            scales = (told.score, np.exp(said), 1 / (1 + np.exp(-said)))
            assert min(abs(number - score) for number in scales) < 1e-8
            amounts = [part.amount for part in told.contributions]
            assert amounts
            assert np.isfinite(amounts).all()
            assert amounts == sorted(amounts, key=lambda amount: -abs(amount))
            if told.additive:
                assert sum(amounts) == pytest.approx(told.score, rel=1e-8, abs=1e-8)
            for part in told.contributions:
                assert part.task is None or part.task in known
                assert part.item is None or 0 <= part.item < N_ITEMS


def test_explanations_are_sentences(model: Recommender) -> None:
    for task in model.tasks:
        for user, item in ((0, 0), (7, 3), (STRANGER, 1), (4, NEVER_SHOWN), (4, 2)):
            told = model.explain(task, user, item)
            said = [told.sentence, *told.remarks]
            said += [part.message for part in told.contributions if part.message is not None]
            for message in said:
                assert str(message)
                assert json.dumps(dict(message.values), allow_nan=False)  # plain values only
            assert str(told.sentence).endswith(".")


def test_what_learns_by_layers_games_prompts_or_policies_shows_its_inside(
    model: Recommender,
) -> None:
    if model.family in (Family.NEURAL, Family.ADVERSARIAL, Family.PROMPTED, Family.POLICY):
        assert model.exhibits()
    for exhibit in model.exhibits():
        assert str(exhibit.title)
        assert str(exhibit.sentence).endswith(".")


# --- the fit ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_installed")
def test_progress_rises_to_one(model_class: type[Recommender]) -> None:
    told: list[float] = []

    def listen(fraction: float, stage: Stage) -> None:
        assert stage is Stage.FIT
        told.append(fraction)

    tasks = model_class.served_tasks(TASKS)
    quick(model_class).fit(LOG, tasks, rng=np.random.default_rng(3), progress=listen)
    assert told == sorted(told)
    assert told[0] >= 0
    assert told[-1] == 1.0


@pytest.mark.usefixtures("_installed")
def test_a_progress_that_raises_stops_the_fit(model_class: type[Recommender]) -> None:
    class Stop(Exception):  # noqa: N818
        pass

    def stop(fraction: float, stage: Stage) -> None:
        raise Stop

    stopped, tasks = quick(model_class), model_class.served_tasks(TASKS)
    with pytest.raises(Stop):
        stopped.fit(LOG, tasks, rng=np.random.default_rng(3), progress=stop)
    with pytest.raises(NotFittedError):
        stopped.predict(tasks[0], [0], [0])


def test_the_fit_leaves_the_log_alone(model_class: type[Recommender], model: Recommender) -> None:
    log = make_log()
    for column in (log.users, log.items, *log.labels.values(), log.item_table.kind_codes):
        column.setflags(write=False)
    assert_same_scores(fit(model_class, log), model)


@pytest.mark.usefixtures("_installed")
def test_labels_outside_of_training_change_nothing(model_class: type[Recommender]) -> None:
    """The fit sees train, may be steered by validation, and has no way to the test part."""
    assert set(inspect.signature(model_class.fit).parameters) == {
        "self", "train", "tasks", "rng", "validation", "progress", "start",
    }  # fmt: skip
    config = SplitConfig()
    split = make_split(LOG, config, np.random.default_rng(1))
    tested = np.isin(LOG.timestamps, split.test.timestamps)
    mirrored = LOG.with_labels(
        **{name: np.where(tested, 1 - column, column) for name, column in LOG.labels.items()}
    )
    other = make_split(mirrored, config, np.random.default_rng(1))
    assert not np.array_equal(other.test.labels["clicked"], split.test.labels["clicked"])
    tasks = model_class.served_tasks(TASKS)
    first, second = (
        quick(model_class).fit(
            part.train, tasks, rng=np.random.default_rng(3), validation=part.validation
        )
        for part in (split, other)
    )
    assert_same_scores(first, second)


@pytest.mark.usefixtures("_installed")
def test_one_task_alone_can_be_learned(model_class: type[Recommender]) -> None:
    for task in model_class.served_tasks(TASKS):
        alone = quick(model_class).fit(LOG, [task], rng=np.random.default_rng(3))
        assert np.isfinite(alone.predict(task, EVERY_USER, EVERY_ITEM)).any()


def _one_user() -> InteractionLog:
    return LOG.select(LOG.users == 4)


def _one_event_per_kind() -> InteractionLog:
    first = [int(np.flatnonzero(task.events(LOG))[0]) for task in TASKS]
    return LOG.select(np.array(first))


def _all_labels_equal() -> InteractionLog:
    observed = {name: ~np.isnan(column) for name, column in LOG.labels.items()}
    return LOG.with_labels(
        **{
            name: np.where(seen, np.float32(1), np.float32(np.nan))
            for name, seen in observed.items()
        }
    )


def _nothing_positive() -> InteractionLog:
    return LOG.with_labels(**{name: column * 0 for name, column in LOG.labels.items()})


def _labels_missing_in_training() -> InteractionLog:
    return LOG.with_labels(
        **{name: np.full(len(LOG), np.nan, np.float32) for name in ("bought", "minutes")}
    )


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize(
    "make",
    [
        _one_user,
        _one_event_per_kind,
        _all_labels_equal,
        _nothing_positive,
        _labels_missing_in_training,
    ],
    ids=lambda make: make.__name__.strip("_"),
)
def test_poor_data_gives_numbers_nan_or_a_clear_error(model_class: type[Recommender], make) -> None:
    log = make()
    try:
        poor = fit(model_class, log)
    except MtrecError:  # it says why; anything else is a bug
        return
    for task in poor.tasks:
        scores = poor.predict(task, EVERY_USER, EVERY_ITEM)
        assert not np.isinf(scores).any()
        assert poor.recommend_many(task, np.arange(N_USERS), 5).items.shape == (N_USERS, 5)
        told = poor.explain(task, 4, 0)
        assert str(told.sentence)
        score = float(poor.predict(task, [4], [0])[0])
        assert np.isnan(told.score) == np.isnan(score)


# --- the suite itself ---------------------------------------------------------------------------


def test_the_log_is_as_troublesome_as_it_claims() -> None:
    pairs = LOG.users.astype(np.int64) * N_ITEMS + LOG.items
    assert len(np.unique(pairs)) < len(pairs)
    assert NEVER_SHOWN not in LOG.items
    assert LOG.item_table.kind_of(NEVER_SHOWN) == "product"
    assert STRANGER not in LOG.users
    assert {task.kind for task in TASKS} == set(TaskKind)
    for task in TASKS:
        values = task.part(LOG).label(task.label)
        assert (values >= task.relevant_from).sum() > 30, task.name

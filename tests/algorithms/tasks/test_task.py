import numpy as np
import pytest
from pydantic import ValidationError

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.tasks import Task, TaskKind, check_tasks

NAN = np.nan


def make_log(**labels: list[float]) -> InteractionLog:
    """Six events of one user: four on products 0 and 1, two on ad 2."""
    ids = np.array(["p", "q", "ad"])
    return InteractionLog(
        name="six",
        users=np.zeros(6, np.int32),
        items=np.array([0, 1, 0, 1, 2, 2], np.int32),
        labels={name: np.array(values, np.float32) for name, values in labels.items()},
        user_table=UserTable(IdMap(np.array(["u"]))),
        item_table=ItemTable(
            IdMap(ids), ids, ("product", "ad"), np.array([0, 0, 1], np.int16), np.full(3, "")
        ),
    )


LOG = make_log(
    click=[1, 0, 1, 0, 1, 0],
    buy=[1, NAN, 0, NAN, NAN, NAN],
    stars=[5, 3, NAN, 1, NAN, NAN],
    same=[3, 3, 3, 3, 1, 2],
    ones=[1, 1, NAN, 1, NAN, 0],
    zeros=[0, 0, 0, 0, 1, 1],
    signed=[-1, 2, 3, 4, 0, 0],
    on_ads=[NAN, NAN, NAN, NAN, 1, 0],
)


def task(name: str, kind: TaskKind = TaskKind.BINARY, label: str = "", **more) -> Task:
    return Task(name=name, kind=kind, label=label or name, **({"item_kind": "product"} | more))


def problems(*tasks: Task) -> list[tuple[str, bool]]:
    return [(problem.task, problem.fatal) for problem in check_tasks(tasks, LOG)]


def words(*tasks: Task) -> str:
    (problem,) = check_tasks(tasks, LOG)
    return str(problem.message)


def test_events_are_observed_and_of_the_kind() -> None:
    assert task("click").events(LOG).tolist() == [True] * 4 + [False] * 2
    assert task("stars").events(LOG).tolist() == [True, True, False, True, False, False]
    assert task("click", item_kind="ad").part(LOG).items.tolist() == [2, 2]
    assert not task("click", item_kind="person").events(LOG).any()


@pytest.mark.parametrize("values", [{"name": ""}, {"weight": 0}, {"weight": 101}, {"colour": 1}])
def test_impossible_tasks_are_refused(values: dict) -> None:
    with pytest.raises(ValidationError):
        Task.model_validate(
            {"name": "t", "kind": "binary", "label": "x", "item_kind": "ad"} | values
        )


def test_a_task_survives_json() -> None:
    made = task("buy", parent="click", weight=2.5)
    assert Task.model_validate_json(made.model_dump_json()) == made


def test_good_tasks_have_no_problems() -> None:
    assert not problems(
        task("click"),
        task("buy", parent="click"),
        task("stars", TaskKind.RATING, relevant_from=4),
        task("signed", TaskKind.RATING),
        task("click ad", label="click", item_kind="ad"),
    )


def test_a_label_or_kind_that_is_not_there() -> None:
    assert "the data has click, buy" in words(task("clock"))
    assert "the data has product, ad" in words(task("click", item_kind="person"))
    assert "nothing to learn from" in words(task("on_ads"))


def test_values_that_do_not_fit_the_kind() -> None:
    assert "values from 1 to 5, not 0 and 1" in words(task("stars"))
    assert "goes down to -1" in words(task("signed", TaskKind.QUANTITY))
    assert "the highest “stars” is 5" in words(task("stars", TaskKind.RATING, relevant_from=6))
    assert "No item is relevant" in words(task("zeros"))
    assert "is 3 in all 4 events" in words(task("same", TaskKind.RATING))


def test_only_positives_are_a_remark_not_a_refusal() -> None:
    assert problems(task("ones")) == [("ones", False)]


def test_switched_off_tasks_are_not_looked_at() -> None:
    assert not problems(task("clock", enabled=False))
    assert "no such task is switched on" in words(
        task("buy", parent="click"), task("click", enabled=False)
    )


def test_names_are_unique() -> None:
    assert "Two tasks are called “click”" in words(task("click"), task("click", label="ones"))


def test_a_funnel_has_a_beginning_and_stays_on_one_kind() -> None:
    assert "no such task" in words(task("buy", parent="click"))
    assert "own ancestor" in words(task("click", parent="click"))
    loop = (task("click", parent="buy"), task("buy", parent="click"))
    assert problems(*loop) == [("click", True), ("buy", True)]
    assert "another kind" in words(
        task("click ad", label="click", item_kind="ad"), task("buy", parent="click ad")
    )


def test_whoever_leads_into_a_circle_is_not_part_of_it() -> None:
    found = {
        problem.task: str(problem.message)
        for problem in check_tasks(
            [
                task("click", parent="buy"),
                task("buy", parent="click"),
                task("stars", TaskKind.RATING, parent="buy"),
            ],
            LOG,
        )
    }
    assert "own ancestor" in found["click"]
    assert "own ancestor" in found["buy"]
    assert "own ancestor" not in found.get("stars", "")

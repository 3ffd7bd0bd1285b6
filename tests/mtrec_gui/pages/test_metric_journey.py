"""From a number of a comparison to its rows, to the workbench, to an exercise, to Explain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.evaluation import Experiment, ModelChoice, run
from algorithms.tasks import Task, TaskKind
from mtrec_gui.context import Context
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages import compare, metrics
from mtrec_gui.pages.metrics.state import Part
from mtrec_gui.run_desk import RunDesk
from mtrec_gui.storage import Project
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.workspace import Workspace
from tests.mtrec_gui.fakes import Backend

LEFT = Qt.MouseButton.LeftButton
CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
EXPERIMENT = Experiment(tasks=(CLICK,), models=(ModelChoice(model="popularity"),))


def make_log() -> InteractionLog:
    rng = np.random.default_rng(3)
    who, what = np.nonzero(rng.random((50, 30)) < 0.5)
    return InteractionLog(
        name="small",
        users=who.astype(np.int32),
        items=what.astype(np.int32),
        labels={"click": (rng.random(len(who)) < 0.4).astype(np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{n:02}" for n in range(50)]))),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(30)])),
            titles=np.array([f"Thing {n}" for n in range(30)]),
            kinds=("product",),
            kind_codes=np.zeros(30, dtype=np.int16),
            categories=np.array([""] * 30),
        ),
    )


@pytest.fixture
def shop_file(tmp_path) -> Path:
    path, log = tmp_path / "shop.mtrec", make_log()
    with Project.create(path) as project:
        dataset = project.save_log(log)
        project.save_experiment(dataset, EXPERIMENT)
        comparison = project.start_comparison(dataset, EXPERIMENT)
        for spec in EXPERIMENT.run_specs():
            project.add_run(comparison, run(spec, log))
    return path


class Lab:
    """Two pages that know each other, as in the window."""

    def __init__(self, path: Path) -> None:
        self.workspace = Workspace(ImmediateRunner())
        self.workspace.open(path)
        self.visited: list[str] = []
        self.pages: dict[str, QWidget] = {}
        desk = RunDesk(self.workspace, Backend())
        self.context = Context(self.workspace, desk, Appearance(), self.go, lambda text, tone: None)
        self.go("compare")

    def go(self, key: str) -> None:
        self.visited.append(key)
        builders = {"compare": compare.build, "metrics": metrics.build}
        if key in builders and key not in self.pages:
            page = self.pages[key] = builders[key](self.context)
            page.resize(1000, 700)
            page.show()


@pytest.fixture
def lab(shop_file, qtbot) -> Iterator[Lab]:
    made = Lab(shop_file)
    yield made
    for page in made.pages.values():
        page.close()
        page.deleteLater()
    made.workspace.close()


def test_from_a_number_to_its_rows_and_on(lab, qtbot):
    table = lab.pages["compare"].table_card.table
    number = table.rows[0].cells[0].text
    table.cell_asked.emit(0, 0)
    lab.pages["compare"].panel.lab_button.click()
    page = lab.pages["metrics"]
    assert page.title.text() == "NDCG@k"
    assert page.rows.isVisible()
    assert page.rows.value.text().startswith(number)
    assert page.rows.table.model.rowCount() > 10

    last = page.rows.table.model.rowCount() - 1
    page.rows.table.table.selectRow(last)
    value = page.rows.table.model.index(last, 1).data()
    assert page.rows.user.title.text().endswith(value)
    explained = []
    lab.context.list_asked.connect(explained.append)
    qtbot.mouseClick(page.rows.user.explain, LEFT)
    assert lab.visited[-1] == "explain"
    log = lab.workspace.log
    assert page.rows.user.title.text().startswith(log.user_table.ids.ids[explained[0].user])

    qtbot.mouseClick(page.rows.user.take, LEFT)
    bench = page.workbench
    assert bench.isVisible()
    assert bench.equation.value.text() == value, "the workbench comes to the number of the run"
    assert "Most popular" in bench.work.sentence.text()
    hit = next(line for line in bench.list.lines if line.relevant.isChecked())
    qtbot.waitUntil(lambda: hit.relevant.height() > 10)
    qtbot.mouseClick(hit.relevant, LEFT)
    assert bench.equation.value.text() != value
    qtbot.mouseClick(bench.invented, LEFT)
    assert "Most popular" not in bench.work.sentence.text()

    page.part_chosen.emit(Part.EXERCISES)
    part = page.exercises
    assert part.isVisible()
    for _ in range(20):  # until a guess is right: the questions never run out
        if part.choices:
            part.choices[0].click()
            if "Right" in part.verdict.text():
                break
        part.next.click()
    kept = lab.workspace.project.solved_exercises()
    assert any(key.startswith("ndcg.") for key in kept)


def test_predictions_scores_and_the_threshold_are_changed_by_hand(lab):
    lab.go("metrics")
    page = lab.pages["metrics"]
    bench = page.workbench
    page.metric_chosen.emit("mae")
    before = bench.equation.value.text()
    bench.values.lines[0].said.setValue(90)
    assert float(bench.equation.value.text()) > float(before) + 10
    bench.reset.click()
    assert bench.equation.value.text() == before
    page.metric_chosen.emit("recall")
    bench.answers.threshold.setValue(0)
    assert bench.equation.value.text() == "1.0000", "who always says yes misses nothing"
    bench.answers.threshold.setValue(100)
    low = float(bench.equation.value.text())
    first = next(line for line in bench.answers.lines if line.happened.isChecked())
    first.said.setValue(1.0)
    assert float(bench.equation.value.text()) > low


def test_a_deleted_run_takes_its_rows_along(lab):
    table = lab.pages["compare"].table_card.table
    table.cell_asked.emit(0, 0)
    lab.pages["compare"].panel.lab_button.click()
    page = lab.pages["metrics"]
    assert not page.rows.empty.isVisible()
    project = lab.workspace.project
    project.delete_run(project.runs(project.comparisons()[0].id)[0].id)
    lab.workspace.runs_changed.emit(None)
    assert page.rows.empty.isVisible()

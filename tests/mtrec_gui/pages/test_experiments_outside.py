"""The model that asks outside, on the Experiments page: an address, a key, and what is said."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.evaluation import Experiment, ModelChoice
from algorithms.models.prompted.outside_prompted import KEY_VARIABLE, OutsidePrompted
from algorithms.tasks import Task, TaskKind
from mtrec_gui.context import Context
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.experiments import build
from mtrec_gui.run_desk import RunDesk
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.workspace import Workspace
from tests.mtrec_gui.fakes import Backend

HERE = "http://localhost:11434/v1"
KEY = "sk-not-to-be-kept"
CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")


@pytest.fixture
def context(tmp_path):
    log = InteractionLog(
        name="tiny",
        users=np.arange(4, dtype=np.int32),
        items=np.arange(4, dtype=np.int32) % 2,
        labels={"click": (np.arange(4) % 2).astype(np.float32)},
        user_table=UserTable(IdMap(np.array(["a", "b", "c", "d"]))),
        item_table=ItemTable(
            ids=IdMap(np.array(["x", "y"])),
            titles=np.array(["x", "y"]),
            kinds=("product",),
            kind_codes=np.zeros(2, dtype=np.int16),
            categories=np.array(["", ""]),
        ),
    )
    experiment = Experiment(tasks=(CLICK,), models=(ModelChoice(model=OutsidePrompted.key),))
    workspace = Workspace(ImmediateRunner())
    workspace.create(tmp_path / "a.mtrec", lambda progress: (log, experiment))
    desk = RunDesk(workspace, Backend())
    yield Context(workspace, desk, Appearance(), lambda key: None, lambda words, tone: None)
    workspace.close()


def test_without_an_address_it_waits_and_with_one_its_key_is_kept_in_memory(context, qtbot) -> None:
    page = build(context)
    qtbot.addWidget(page)
    page.show()
    line = page.detail.key
    assert "nothing leaves this machine" in page.detail._remarks.text()
    assert not page.run.isEnabled()
    assert line.isVisible()
    assert line.key.echoMode() is QLineEdit.EchoMode.Password
    assert not line.key.isEnabled()
    assert "address first" in line.words.text()

    context.workspace.edit("address", _with(context, {"address": HERE}))
    assert "nothing leaves" not in page.detail._remarks.text()
    assert f"sends up to 100 questions to {HERE}" in page.detail._remarks.text()
    assert page.run.isEnabled()
    assert not line.keep.isEnabled()
    assert "no project" in line.words.text()
    qtbot.keyClicks(line.key, KEY)
    qtbot.keyClick(line.key, Qt.Key.Key_Return)
    assert line.key.text() == ""
    assert "in memory" in line.words.text()
    assert context.keys.find(HERE) == KEY
    (spec,) = context.workspace.experiment.run_specs()
    assert context.keys.for_run(spec) == {KEY_VARIABLE: KEY}
    assert KEY not in context.workspace.experiment.model_dump_json()

    qtbot.mouseClick(line.keep, Qt.MouseButton.LeftButton)  # empty: it is forgotten
    assert context.keys.find(HERE) == ""


def test_a_key_half_typed_is_gone_with_its_server(context, qtbot) -> None:
    page = build(context)
    qtbot.addWidget(page)
    context.workspace.edit("address", _with(context, {"address": HERE}))
    qtbot.keyClicks(page.detail.key.key, KEY)
    context.workspace.edit("address", _with(context, {"address": "https://other.example/v1"}))
    assert page.detail.key.key.text() == ""


def test_values_that_are_out_of_range_are_said(context, qtbot) -> None:
    page = build(context)
    qtbot.addWidget(page)
    context.workspace.edit("address", _with(context, {"address": "nonsense"}))
    assert "address" in page.detail._remarks.text()
    assert not page.run.isEnabled()


def _with(context: Context, config: dict[str, str]) -> Experiment:
    models = (ModelChoice(model=OutsidePrompted.key, config=config),)
    return context.workspace.experiment.model_copy(update={"models": models})

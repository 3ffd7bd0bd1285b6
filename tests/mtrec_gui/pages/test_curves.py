"""Curves in the real window: drawn, followed to their end, and shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mtrec_gui import preferences
from mtrec_gui.app import Application
from mtrec_gui.model_shelf import default_experiment
from mtrec_gui.pages.search.curve_view import CurvePanel
from sample_data import load_world, world_tasks


@pytest.fixture
def application(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    monkeypatch.setenv("MTREC_HOME", str(tmp_path))
    made = Application(preferences.load())
    made.window.resize(1280, 800)
    made.start()
    qtbot.waitUntil(lambda: made.context is not None, timeout=60_000)
    made.warm_up.wait()
    yield made
    made.window.close()
    made.window.deleteLater()


def test_a_curve_of_labels_is_drawn(qtbot, application: Application, tmp_path: Path) -> None:
    context = application.context
    assert context is not None
    log = load_world("ecommerce").select(np.arange(8000))
    experiment = default_experiment(log, world_tasks("ecommerce"))
    context.workspace.create(tmp_path / "curves.mtrec", lambda _: (log, experiment))
    qtbot.waitUntil(lambda: context.workspace.is_open, timeout=30_000)
    application.window.show_page("search")
    panel = application.window.findChild(CurvePanel)
    assert panel is not None
    form = panel.form
    form.model_chosen.emit(0, "popularity")
    form.model_chosen.emit(1, "")
    form.values_edited.emit("0.5, 1")
    form.seeds_edited.emit(1)
    assert context.curves is not None
    form.start_pressed.emit()
    qtbot.waitUntil(lambda: context.curves.is_running, timeout=10_000)
    qtbot.waitUntil(lambda: not context.curves.is_running, timeout=120_000)
    assert context.curves.n_done == context.curves.n_runs == 2
    (kept,) = context.workspace.project.curves(context.workspace.dataset_id)
    assert [len(each) for each in context.workspace.project.load_curve_runs(kept.id)] == [2]
    assert panel.table.model.rowCount() == 2

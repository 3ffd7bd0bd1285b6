"""Keys: whose they are, where they stay, and how a run gets one that is written nowhere."""

from __future__ import annotations

import os
import sys
import time
from queue import Queue
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, SplitConfig, UserTable
from algorithms.evaluation import Experiment, ModelChoice, RunSpec
from algorithms.models.prompted.outside_errors import AddressError
from algorithms.models.prompted.outside_prompted import KEY_VARIABLE
from algorithms.tasks import Task, TaskKind
from mtrec_gui.console import open_workspace
from mtrec_gui.jobs.local import LocalJobs
from mtrec_gui.jobs.port import JobEvent, JobState
from mtrec_gui.keys import Keys, KeyStoreError
from mtrec_gui.run_desk import RunDesk
from mtrec_gui.storage import Project
from tests.language_server import Asked, Reply, language_server, said, sensible

KEY = "sk-this-is-written-nowhere"
HERE = "http://localhost:11434/v1"
CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")


@pytest.fixture(autouse=True)
def _no_key_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


def spec_of(address: str, model: str = "outside_prompted") -> RunSpec:
    config = {"address": address}
    return RunSpec(model=model, config=config, seed=1, tasks=(CLICK,), split=SplitConfig())


def test_a_key_is_given_to_the_server_it_was_entered_for_and_to_no_other() -> None:
    keys = Keys()
    keys.keep(HERE, KEY)
    assert keys.find("http://localhost:11434/other/path") == KEY
    assert keys.for_run(spec_of(HERE)) == {KEY_VARIABLE: KEY}
    for other in ("http://localhost:8000/v1", "https://localhost:11434/v1", "", "nonsense"):
        assert keys.find(other) == ""
        assert keys.for_run(spec_of(other)) == {}
    assert keys.for_run(spec_of(HERE, "popularity")) == {}
    assert KEY not in repr(keys)
    keys.keep(HERE, "")
    assert keys.find(HERE) == ""
    with pytest.raises(AddressError):
        keys.keep("nonsense", KEY)


def test_what_was_entered_goes_before_what_the_lab_was_started_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "from-the-start")
    keys = Keys()
    assert keys.for_run(spec_of(HERE)) == {}  # the process of a run has it as this one has
    keys.keep(HERE, KEY)
    assert keys.for_run(spec_of(HERE)) == {KEY_VARIABLE: KEY}


def test_without_the_package_a_key_is_kept_for_the_session_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Keys, "can_remember", False)
    keys = Keys()
    with pytest.raises(KeyStoreError, match="not installed") as caught:
        keys.remember(HERE, KEY)
    assert KEY not in str(caught.value)
    assert keys.find(HERE) == KEY
    assert Keys().find(HERE) == ""


class Store(ModuleType):
    """The package ``keyring`` as far as it is used, in memory."""

    def __init__(self) -> None:
        super().__init__("keyring")
        self.__path__: list[str] = []
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False
        self.errors: Any = ModuleType("keyring.errors")
        self.errors.KeyringError = type("KeyringError", (Exception,), {})

    def _open(self) -> None:
        if self.is_locked:
            raise self.errors.KeyringError(KEY)

    def set_password(self, service: str, name: str, key: str) -> None:
        self._open()
        self.kept[service, name] = key

    def get_password(self, service: str, name: str) -> str | None:
        self._open()
        return self.kept.get((service, name))

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


def test_the_systems_store_keeps_a_key_beyond_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    monkeypatch.setitem(sys.modules, "keyring", store)
    monkeypatch.setitem(sys.modules, "keyring.errors", store.errors)
    monkeypatch.setattr(Keys, "can_remember", True)
    Keys().remember(HERE, KEY)
    assert [name for _, name in store.kept] == ["http://localhost:11434"]
    assert Keys().find(HERE) == KEY
    assert Keys().for_run(spec_of(HERE)) == {KEY_VARIABLE: KEY}
    store.is_locked = True
    assert Keys().find(HERE) == ""
    with pytest.raises(KeyStoreError, match="KeyringError") as caught:
        Keys().remember(HERE, KEY)
    assert KEY not in str(caught.value)
    store.is_locked = False
    Keys().remember(HERE, "")
    assert store.kept == {}


def make_log() -> InteractionLog:
    rng = np.random.default_rng(4)
    n = 300
    return InteractionLog(
        name="shop",
        users=rng.integers(0, 20, n).astype(np.int32),
        items=rng.integers(0, 25, n).astype(np.int32),
        labels={"click": (rng.random(n) < 0.5).astype(np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(20)]))),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(25)])),
            titles=np.array([f"Thing {n}" for n in range(25)]),
            kinds=("product",),
            kind_codes=np.zeros(25, dtype=np.int16),
            categories=np.full(25, ""),
        ),
    )


@pytest.mark.slow
def test_a_run_gets_its_key_the_project_does_not_and_one_failure_leaves_the_others(
    tmp_path,
) -> None:
    """Three processes: one that asks, one whose server refuses, one that asks nobody."""

    def answer(asked: Asked) -> Reply:
        return said(f"yes, {KEY}") if "yes or no" in asked.prompt else sensible(asked)

    keys, events = Keys(), Queue[JobEvent]()
    with language_server(answer) as server, language_server(lambda asked: Reply(401)) as refusing:
        keys.keep(server.address, KEY)
        choices = [
            ModelChoice(
                model="outside_prompted",
                config={"address": each.address, "n_questions": 6, "timeout": 5},
            )
            for each in (server, refusing)
        ]
        experiment = Experiment(tasks=(CLICK,), models=(*choices, ModelChoice(model="popularity")))
        backend = LocalJobs(max_parallel=2, secrets=keys.for_run)
        backend.listen(events.put)
        workspace = open_workspace()
        workspace.create(tmp_path / "mine.mtrec", lambda progress: (make_log(), experiment))
        desk = RunDesk(workspace, backend)
        try:
            desk.start(experiment)
            deadline = time.monotonic() + 60
            while desk.is_running:
                desk.job_happened(events.get(timeout=max(0.0, deadline - time.monotonic())))
        finally:
            backend.close()
            workspace.close()
    assert [row.state for row in desk.rows] == [JobState.DONE, JobState.FAILED, JobState.DONE]
    assert "refused the key" in str(desk.rows[1].message)
    assert {asked.headers.get("Authorization") for asked in server.asked} == {f"Bearer {KEY}"}
    assert "Authorization" not in refusing.asked[0].headers  # another server, and no key of its own
    assert KEY_VARIABLE not in os.environ
    for file in tmp_path.iterdir():
        assert KEY.encode() not in file.read_bytes()
    with Project.open(tmp_path / "mine.mtrec") as opened:
        assert opened.comparisons()[0].n_done == 2

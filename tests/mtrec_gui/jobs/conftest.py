import queue
import time
from pathlib import Path

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, SplitConfig, UserTable
from algorithms.evaluation.experiment import RunSpec
from mtrec_gui.jobs.local import LocalJobs


@pytest.fixture
def log():
    items = np.array(["a", "b", "c"])
    return InteractionLog(
        name="tiny",
        users=np.array([0, 0, 1, 1], dtype=np.int32),
        items=np.array([0, 1, 1, 2], dtype=np.int32),
        labels={"label/with: odd name": np.array([1, 0, np.nan, 1], dtype=np.float32)},
        user_table=UserTable(IdMap(np.array(["007", "用户"]))),
        item_table=ItemTable(
            IdMap(items), items, ("item",), np.zeros(3, dtype=np.int16), np.array(["", "", ""])
        ),
    )


@pytest.fixture
def spec():
    def make(model="fake", seed=1, **config):
        return RunSpec(model=model, config=config, seed=seed, tasks=(), split=SplitConfig())

    return make


class Recorder:
    """Collects events; ``until_final`` waits for the end of some jobs."""

    def __init__(self):
        self.events = []
        self._arrived = queue.SimpleQueue()

    def __call__(self, event):
        self.events.append(event)
        self._arrived.put(event)

    def until(self, state, timeout=30):
        """Wait for the next event in a state."""
        deadline = time.monotonic() + timeout
        while True:
            event = self._arrived.get(timeout=max(0.0, deadline - time.monotonic()))
            if event.state == state:
                return event

    def until_final(self, *handles, timeout=60):
        deadline = time.monotonic() + timeout
        while not all(self.of(handle) and self.of(handle)[-1].state.is_final for handle in handles):
            self._arrived.get(timeout=max(0.0, deadline - time.monotonic()))
        return [self.of(handle)[-1] for handle in handles]

    def of(self, handle):
        return [event for event in self.events if event.job is handle]


@pytest.fixture
def local_jobs(monkeypatch):
    """Make backends whose workers find ``fake_work``, and close them."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    made = []

    def make(name, max_parallel=1):
        jobs = LocalJobs(max_parallel, function=f"fake_work:{name}")
        recorder = Recorder()
        jobs.listen(recorder)
        made.append(jobs)
        return jobs, recorder

    yield make
    for jobs in made:
        jobs.close()

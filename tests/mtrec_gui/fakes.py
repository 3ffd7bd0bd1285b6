"""Stand-ins for the jobs, shared by the tests of what uses them."""

from dataclasses import dataclass

from algorithms.evaluation import RunSpec
from mtrec_gui.jobs.background import ImmediateRunner


@dataclass(eq=False)
class Handle:
    id: str
    spec: RunSpec
    cancelled: int = 0

    def cancel(self, grace_seconds=2.0):
        self.cancelled += 1


class Backend:
    """Takes runs and does nothing: the test says what happens to them."""

    def __init__(self):
        self.handles = []

    def submit(self, spec, log):
        self.handles.append(Handle(f"job {len(self.handles)}", spec))
        return self.handles[-1]

    def listen(self, callback):
        pass

    def close(self):
        pass


class LateRunner:
    """Keeps the work until it is told to do it, as threads would."""

    def __init__(self):
        self.waiting = []

    def run(self, work, done, failed, progress=None):
        self.waiting.append((work, done, failed))

    def do_one(self):
        ImmediateRunner().run(*self.waiting.pop(0))

    def do_all(self):
        while self.waiting:
            self.do_one()

import itertools
import sys
import threading
import time

import pytest
from PySide6.QtCore import QObject, QThread, QTimer, Signal

from algorithms.errors import FitError
from algorithms.progress import Stage
from mtrec_gui.jobs.port import JobEvent, JobState
from mtrec_gui.jobs.qt_bridge import INTERVAL_MS, QtJobs, ThreadRunner


class FakeBackend:
    """Tells what the test wants, in a thread of its own."""

    def __init__(self):
        self.listener = None
        self.is_closed = False

    def listen(self, callback):
        self.listener = callback

    def submit(self, spec, log):
        return object()

    def close(self):
        self.is_closed = True

    def tell_in_thread(self, events, pause=0.0):
        def tell():
            for event in events:
                self.listener(event)
                time.sleep(pause)

        thread = threading.Thread(target=tell)
        thread.start()
        return thread


@pytest.fixture
def bridge(qapp):
    backend = FakeBackend()
    jobs = QtJobs(backend)
    yield backend, jobs
    jobs.close()


def one_job(n_reports):
    job = object()
    return [
        JobEvent(job, JobState.QUEUED),
        JobEvent(job, JobState.STARTED),
        *(JobEvent(job, JobState.PROGRESS, number / n_reports) for number in range(n_reports)),
        JobEvent(job, JobState.DONE, 1.0),
    ]


def test_events_arrive_in_the_windows_thread_in_order_and_none_is_lost(bridge, qtbot):
    backend, jobs = bridge
    heard = []
    jobs.listen(lambda event: heard.append((event, QThread.currentThread())))
    scripts = [one_job(200) for _ in range(3)]
    threads = [backend.tell_in_thread(script) for script in scripts]
    qtbot.waitUntil(lambda: sum(event.state is JobState.DONE for event, _ in heard) == 3)
    for thread in threads:
        thread.join()
    assert {thread for _, thread in heard} == {jobs.thread()}
    for script in scripts:
        mine = [event for event, _ in heard if event.job is script[0].job]
        positions = [script.index(event) for event in mine]
        assert positions == sorted(positions)
        assert [e.state for e in mine if e.state is not JobState.PROGRESS] == [
            JobState.QUEUED,
            JobState.STARTED,
            JobState.DONE,
        ]


def test_progress_comes_at_most_every_50_ms_and_the_newest_wins(bridge, qtbot):
    backend, jobs = bridge
    heard = []
    jobs.happened.connect(lambda event: heard.append((event, time.monotonic())))
    thread = backend.tell_in_thread(one_job(300), pause=0.001)
    qtbot.waitUntil(lambda: bool(heard) and heard[-1][0].state is JobState.DONE)
    thread.join()
    reports = [(event.fraction, when) for event, when in heard if event.state is JobState.PROGRESS]
    gaps = [later - earlier for (_, earlier), (_, later) in itertools.pairwise(reports)]
    assert len(reports) >= 3
    assert min(gaps) > INTERVAL_MS / 1000 * 0.8
    assert reports[-1][0] == 299 / 300  # what was told last is not lost


def test_nothing_happens_after_close(bridge, qtbot):
    backend, jobs = bridge
    heard = []
    jobs.listen(heard.append)
    backend.tell_in_thread(one_job(5)).join()
    jobs.close()
    qtbot.wait(3 * INTERVAL_MS)
    assert backend.is_closed
    assert not heard


def test_a_listener_may_close_the_jobs(bridge, qtbot):
    backend, jobs = bridge
    heard = []
    jobs.listen(heard.append)
    jobs.listen(lambda event: jobs.close())
    backend.tell_in_thread(one_job(5)).join()
    qtbot.wait(3 * INTERVAL_MS)
    assert [event.state for event in heard] == [JobState.QUEUED]


def test_real_runs_through_the_bridge_leave_the_window_alone(local_jobs, log, spec, qtbot):
    """A library that holds its interpreter's lock for seconds must not be felt here."""
    backend, _ = local_jobs("hold_the_lock", max_parallel=3)
    jobs = QtJobs(backend)
    heard = []
    jobs.listen(heard.append)
    stalls = []
    last = time.monotonic()

    def tick():
        nonlocal last
        now = time.monotonic()
        stalls.append(now - last)
        last = now

    timer = QTimer(interval=10)
    timer.timeout.connect(tick)
    timer.start()
    handles = [jobs.submit(spec(seed=seed, seconds=1), log) for seed in range(3)]
    qtbot.waitUntil(lambda: sum(event.state.is_final for event in heard) == 3, timeout=60_000)
    timer.stop()
    jobs.close()
    assert {event.job for event in heard} == set(handles)
    assert all(event.state is JobState.DONE for event in heard if event.state.is_final)
    assert len(stalls) > 50
    assert max(stalls) < 0.5  # a lock held here would cost a full second


def test_signals_do_not_use_up_true(qtbot):
    """PySide6 6.12.0 drops a reference to True at each emit, until the interpreter aborts."""

    class Emitter(QObject):
        told = Signal(object)

    emitter = Emitter()
    heard = []
    emitter.told.connect(heard.append)
    emitter.told.emit(None)
    before = sys.getrefcount(True)
    for _ in range(1000):
        emitter.told.emit(None)
    assert abs(sys.getrefcount(True) - before) < 100
    assert len(heard) == 1001


# --- ThreadRunner ---------------------------------------------------------------------------


@pytest.fixture
def runner(qapp):
    bugs = []
    runner = ThreadRunner(bugs.append)
    runner.bugs = bugs
    yield runner
    runner.close()


def forbidden(*args):
    raise AssertionError(f"not expected: {args}")


def test_an_answer_arrives_in_the_windows_thread(runner, qtbot):
    heard = []

    def work(progress):
        progress(0.25, Stage.LOAD)
        return QThread.currentThread()

    runner.run(
        work,
        lambda thread: heard.append((thread, QThread.currentThread())),
        forbidden,
        lambda *at: heard.append(at),
    )
    assert not heard
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard[0] == (0.25, Stage.LOAD)
    worked_in, answered_in = heard[1]
    assert answered_in is runner.thread()
    assert worked_in is not answered_in


def test_an_error_is_told_and_a_bug_reaches_its_boundary(runner, qtbot, caplog):
    failed = []
    error = FitError(model="x", reason="y", remedy="z")

    def fail(progress):
        raise error

    def stumble(progress):
        raise ZeroDivisionError("a bug")

    runner.run(fail, forbidden, failed.append)
    runner.run(stumble, forbidden, forbidden)
    qtbot.waitUntil(lambda: bool(failed and runner.bugs))
    assert failed == [error]
    assert isinstance(runner.bugs[0], ZeroDivisionError)
    assert "in stumble" in caplog.text


def test_after_cancel_nothing_arrives_and_the_work_ends(runner, qtbot):
    steps = []

    def work(progress):
        for step in range(10_000):
            steps.append(step)
            progress(step / 10_000, Stage.LOAD)
            time.sleep(0.002)

    errand = runner.run(work, forbidden, forbidden, forbidden)
    while len(steps) < 5:
        time.sleep(0.001)
    errand.cancel()  # its first report already waits in the queue of this thread
    errand.thread.join(5)
    assert not errand.thread.is_alive()
    assert len(steps) < 100
    qtbot.wait(20)


def test_a_finished_answer_that_was_cancelled_on_its_way_is_dropped(runner, qtbot):
    errand = runner.run(lambda progress: 1, forbidden, forbidden)
    errand.thread.join()
    errand.cancel()
    qtbot.wait(20)


def test_close_waits_for_the_threads(qapp):
    runner = ThreadRunner(forbidden)
    ended = threading.Event()

    def work(progress):
        time.sleep(0.2)
        ended.set()

    runner.run(work, forbidden, forbidden)
    runner.close()
    assert ended.is_set()

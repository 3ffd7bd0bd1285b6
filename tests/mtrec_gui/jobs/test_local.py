import gc
import itertools
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import algorithms
from algorithms.progress import Stage
from mtrec_gui.jobs.local import LocalJobs
from mtrec_gui.jobs.port import JobState

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(algorithms.__file__).parents[1])}
FINAL = {state for state in JobState if state.is_final}


def run_one(local_jobs, name, spec, log):
    jobs, recorder = local_jobs(name)
    handle = jobs.submit(spec, log)
    (final,) = recorder.until_final(handle)
    return jobs, recorder, handle, final


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_a_result_comes_back_whole(local_jobs, log, spec):
    _, recorder, handle, final = run_one(local_jobs, "echo", spec(n_factors=3), log)
    states = [event.state for event in recorder.of(handle)]
    assert states[:2] == [JobState.QUEUED, JobState.STARTED]
    assert set(states[2:-1]) == {JobState.PROGRESS}
    assert final.state is JobState.DONE
    assert final.fraction == 1.0
    assert final.result.model == "fake"
    assert final.result.config == {"n_factors": 3}
    assert str(final.result.notes[0]) == "4 events"
    for name, array in log.to_arrays().items():
        np.testing.assert_array_equal(final.result.state.arrays[name], array)
        assert final.result.state.arrays[name].dtype == array.dtype


def test_the_worker_is_light_and_its_arrays_are_plain(local_jobs, log, spec):
    found = run_one(local_jobs, "surroundings", spec(), log)[3].result.config
    assert found["blas"] == "1"
    assert found["pid"] != os.getpid()
    assert not [name for name in found["modules"] if name.startswith(("PySide6", "matplotlib"))]
    assert found["array"] == "ndarray"
    assert found["writeable"]


def test_the_worker_module_loads_no_numpy():
    code = "import sys, mtrec_gui.jobs.worker; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT)


def test_the_main_script_is_not_run_again_with_its_window(tmp_path):
    """A spawned process imports the main script; what stands under its guard stays out."""
    script = tmp_path / "main.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import sys
            sys.path.insert(0, {str(Path(__file__).parent)!r})

            def main():
                import json, queue, PySide6.QtCore
                import numpy as np
                from algorithms.data import IdMap, InteractionLog, ItemTable, SplitConfig, UserTable
                from algorithms.evaluation.experiment import RunSpec
                from mtrec_gui.jobs.local import LocalJobs
                ids = IdMap(np.array(["a"]))
                zero = np.zeros(1, dtype=np.int32)
                table = ItemTable(ids, ids.ids, ("item",), zero.astype(np.int16), ids.ids)
                log = InteractionLog("x", zero, zero, {{}}, UserTable(ids), table)
                jobs = LocalJobs(function="fake_work:surroundings")
                events = queue.SimpleQueue()
                jobs.listen(events.put)
                jobs.submit(RunSpec(model="m", seed=1, tasks=(), split=SplitConfig()), log)
                while not (event := events.get(timeout=60)).state.is_final:
                    pass
                jobs.close()
                print(json.dumps(event.result.config["modules"]))

            if __name__ == "__main__":
                main()
            """
        )
    )
    done = subprocess.run(
        [sys.executable, script],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path.cwd(),
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    modules = json.loads(done.stdout)
    assert "algorithms.evaluation.results" in modules
    assert not [name for name in modules if name.startswith("PySide6")]


def test_what_a_run_changes_in_its_log_stays_in_that_run(local_jobs, log, spec):
    jobs, recorder = local_jobs("write_into_log")
    (final,) = recorder.until_final(jobs.submit(spec(), log))
    assert final.state is JobState.DONE
    jobs._function = "fake_work:echo"
    (final,) = recorder.until_final(jobs.submit(spec(), log))
    np.testing.assert_array_equal(final.result.state.arrays["users"], log.users)


def test_a_known_error_arrives_as_its_message(local_jobs, log, spec):
    final = run_one(local_jobs, "know_the_error", spec(), log)[3]
    assert final.state is JobState.FAILED
    assert final.message.template.startswith("{model} could not be fitted")
    assert final.message.values["reason"] == "there is no such thing"


def test_a_bug_arrives_short_and_is_logged_long(local_jobs, log, spec, caplog):
    final = run_one(local_jobs, "stumble", spec("als"), log)[3]
    assert final.state is JobState.FAILED
    assert "ZeroDivisionError: a bug in the model" in str(final.message)
    assert "Traceback" not in str(final.message)
    assert "in stumble" in caplog.text


@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_too_little_memory_has_a_sentence(local_jobs, log, spec, library):
    pytest.importorskip(library)
    final = run_one(local_jobs, f"ask_{library}_for_too_much", spec("als"), log)[3]
    assert final.state is JobState.FAILED
    assert "asked for more memory than the machine can give" in str(final.message)


@pytest.mark.parametrize("name", ["objects", "no_result"])
def test_a_result_that_cannot_be_sent_is_a_failure(local_jobs, log, spec, name, caplog):
    assert run_one(local_jobs, name, spec(), log)[3].state is JobState.FAILED


def test_a_full_disk_has_a_sentence(local_jobs, log, spec):
    final = run_one(local_jobs, "disk_full", spec(), log)[3]
    assert final.state is JobState.FAILED
    assert "No space left on device" in str(final.message)
    assert "Free some space" in str(final.message)


def test_an_unwritable_temporary_folder_fails_the_run_only(local_jobs, log, spec):
    jobs, recorder = local_jobs("echo")
    (jobs._folder / "run1").write_text("in the way")
    first, second = jobs.submit(spec(), log), jobs.submit(spec(), log)
    finals = recorder.until_final(first, second)
    assert [final.state for final in finals] == [JobState.FAILED, JobState.DONE]


@pytest.mark.parametrize(
    ("name", "cause"),
    [("segfault", "SIGSEGV"), ("run_out_of_memory", "SIGKILL"), ("exit_quietly", "exit code 0")],
)
def test_a_crash_takes_down_that_run_alone(local_jobs, log, spec, name, cause, caplog):
    jobs, recorder = local_jobs(name, max_parallel=2)
    crashing = jobs.submit(spec(), log)
    recorder.until(JobState.STARTED)
    jobs._function = "fake_work:nap"
    napping = jobs.submit(spec(), log)
    crashed, napped = recorder.until_final(crashing, napping)
    assert crashed.state is JobState.CRASHED
    assert cause in str(crashed.message)
    assert napped.state is JobState.DONE
    if name == "segfault":
        assert "fake_work.py" in caplog.text  # the trace that the dying process wrote


def test_a_worker_that_dies_before_it_begins_is_a_crash(local_jobs, log, spec, monkeypatch):
    jobs, recorder = local_jobs("echo")
    with monkeypatch.context() as patch:
        patch.setattr("mtrec_gui.jobs.worker.main", import_module("fake_work").die_at_once)
        (crashed,) = recorder.until_final(jobs.submit(spec(), log))
    assert crashed.state is JobState.CRASHED
    assert "exit code 7" in str(crashed.message)
    (next_one,) = recorder.until_final(jobs.submit(spec(), log))
    assert next_one.state is JobState.DONE


def test_a_run_that_cannot_even_be_ordered_fails_alone(local_jobs, log, spec, caplog):
    jobs, recorder = local_jobs("echo")

    def refuse(spec):
        raise LookupError("no such key")

    usual, jobs._secrets = jobs._secrets, refuse
    (failed,) = recorder.until_final(jobs.submit(spec(), log))
    assert failed.state is JobState.FAILED
    assert "no such key" in str(failed.message)
    jobs._secrets = usual
    (next_one,) = recorder.until_final(jobs.submit(spec(), log))
    assert next_one.state is JobState.DONE


def test_where_the_jobs_themselves_fail_nobody_waits_for_ever(local_jobs, log, spec, caplog):
    jobs, recorder = local_jobs("nap", max_parallel=1)
    running, waiting = jobs.submit(spec(), log), jobs.submit(spec(), log)
    recorder.until(JobState.STARTED)

    def break_down(job, event):
        raise AssertionError("a bug in the jobs")

    jobs._hear = break_down
    finals = recorder.until_final(running, waiting)
    assert [final.state for final in finals] == [JobState.FAILED] * 2
    assert "a bug in the jobs" in str(finals[0].message)
    with pytest.raises(RuntimeError, match="closed"):
        jobs.submit(spec(), log)


def test_runs_wait_their_turn(local_jobs, log, spec):
    jobs, recorder = local_jobs("nap", max_parallel=1)
    handles = [jobs.submit(spec(seed=seed), log) for seed in range(3)]
    finals = recorder.until_final(*handles)
    times = [final.result.config for final in finals]
    assert [final.result.seed for final in finals] == [0, 1, 2]
    assert all(a["end"] <= b["begin"] for a, b in itertools.pairwise(times))


def test_two_runs_at_once_where_that_is_asked(local_jobs, log, spec):
    jobs, recorder = local_jobs("nap", max_parallel=2)
    handles = [jobs.submit(spec(seconds=2.0), log) for _ in range(2)]
    first, second = (final.result.config for final in recorder.until_final(*handles))
    assert max(first["begin"], second["begin"]) < min(first["end"], second["end"])


def test_progress_is_throttled_never_falls_and_estimates_the_rest(local_jobs, log, spec):
    _, recorder, handle, _ = run_one(local_jobs, "chatter", spec(n=1000), log)
    reports = [event for event in recorder.of(handle) if event.state is JobState.PROGRESS]
    assert 5 < len(reports) < 60  # 1,000 calls in more than a second
    assert reports[-1].seconds_left is not None
    assert reports[-1].seconds_left < 1.0
    _, recorder, handle, _ = run_one(local_jobs, "backwards", spec(), log)
    reports = [event for event in recorder.of(handle) if event.state is JobState.PROGRESS]
    assert [event.fraction for event in reports] == [0.0, 0.2, 0.9, 0.9]
    assert [event.stage for event in reports][1:] == [Stage.FIT, Stage.RANK, Stage.MEASURE]


@pytest.mark.parametrize("name", ["nap", "swallow"])
def test_a_polite_cancel_is_cancelled_and_nothing_follows(local_jobs, log, spec, name):
    jobs, recorder = local_jobs(name)
    handle = jobs.submit(spec(seconds=600), log)
    recorder.until(JobState.PROGRESS)
    handle.cancel(grace_seconds=20)
    (final,) = recorder.until_final(handle)
    assert final.state is JobState.CANCELLED
    handle.cancel()
    following = jobs.submit(spec(seconds=600), log)
    recorder.until(JobState.STARTED)
    assert recorder.of(handle)[-1] is final
    following.cancel(grace_seconds=0)
    recorder.until_final(following)


@pytest.mark.parametrize("name", ["ignore_requests", "ignore_signals", "hold_the_lock"])
def test_who_does_not_listen_is_killed(local_jobs, log, spec, name):
    jobs, recorder = local_jobs(name)
    handle = jobs.submit(spec(), log)
    while recorder.until(JobState.PROGRESS).stage is not Stage.FIT:
        pass
    begin = time.monotonic()
    handle.cancel(grace_seconds=0.2)
    (final,) = recorder.until_final(handle)
    assert final.state is JobState.KILLED
    assert 0.15 < time.monotonic() - begin < 5


def test_a_waiting_run_is_cancelled_without_a_process(local_jobs, log, spec):
    jobs, recorder = local_jobs("nap")
    running, waiting = jobs.submit(spec(), log), jobs.submit(spec(), log)
    waiting.cancel()
    recorder.until_final(running, waiting)
    assert [event.state for event in recorder.of(waiting)] == [
        JobState.QUEUED,
        JobState.CANCELLED,
    ]


def test_a_cancel_after_the_end_does_nothing(local_jobs, log, spec):
    jobs, recorder, handle, final = run_one(local_jobs, "echo", spec(), log)
    handle.cancel(grace_seconds=0)
    recorder.until_final(jobs.submit(spec(), log))
    assert recorder.of(handle)[-1] is final


def test_huge_results_arrive_and_leave_nothing_behind(local_jobs, log, spec):
    jobs, recorder, _, final = run_one(local_jobs, "huge", spec(seed=5), log)
    expected = np.random.default_rng(5).random((1_000_000, 8))
    np.testing.assert_array_equal(final.result.state.arrays["P"], expected)
    np.testing.assert_array_equal(final.result.state.arrays["strange/../name"], [0, 1, 2])
    recorder.until_final(jobs.submit(spec(), log))
    assert not (jobs._folder / "run1").exists()
    folder = jobs._folder
    jobs.close()
    assert not folder.exists()


def test_a_log_is_written_once_and_goes_when_nobody_needs_it(local_jobs, log, spec):
    jobs, recorder = local_jobs("echo")
    logs = [log.with_labels(more=np.ones(4, dtype=np.float32)), log]
    del log
    recorder.until_final(*(jobs.submit(spec(), each) for each in logs * 2))
    recorder.until_final(jobs.submit(spec(), logs[1]))  # now the process before has ended
    assert len(list(jobs._folder.glob("log*"))) == 2
    del logs[0]
    gc.collect()
    assert len(list(jobs._folder.glob("log*"))) == 1


def test_closing_ends_running_work_at_once(local_jobs, log, spec):
    jobs, recorder = local_jobs("ignore_signals")
    jobs.submit(spec(), log)
    jobs.submit(spec(), log)
    recorder.until(JobState.PROGRESS)
    process = jobs._running[0].process._process
    pid = process.pid
    begin = time.monotonic()
    jobs.close()
    assert time.monotonic() - begin < 2
    assert not is_running(pid)
    assert not [event for event in recorder.events if event.state in FINAL]
    with pytest.raises(RuntimeError):
        jobs.submit(spec(), log)
    jobs.close()


def test_a_listener_that_fails_does_not_stop_the_runs(local_jobs, log, spec, caplog):
    jobs, recorder = local_jobs("echo")

    def fail(event):
        raise ValueError("a bug in the listener")

    jobs._listeners.insert(0, fail)
    (final,) = recorder.until_final(jobs.submit(spec(), log))
    assert final.state is JobState.DONE
    assert "a bug in the listener" in caplog.text


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks processes up in /proc")
def test_workers_end_when_the_parent_is_killed(tmp_path, log, spec):
    script = textwrap.dedent(
        f"""
        import os, sys, time
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        import numpy as np
        from algorithms.data import IdMap, InteractionLog, ItemTable, SplitConfig, UserTable
        from algorithms.evaluation.experiment import RunSpec
        from mtrec_gui.jobs.local import LocalJobs
        ids = IdMap(np.array(["a"]))
        zero = np.zeros(1, dtype=np.int32)
        table = ItemTable(ids, ids.ids, ("item",), zero.astype(np.int16), ids.ids)
        log = InteractionLog("x", zero, zero, {{}}, UserTable(ids), table)
        jobs = LocalJobs(function="fake_work:ignore_requests")
        def tell(event):
            if event.stage == "fit":
                print(jobs._running[0].process._process.pid, jobs._folder, flush=True)
        jobs.listen(tell)
        jobs.submit(RunSpec(model="m", seed=1, tasks=(), split=SplitConfig()), log)
        time.sleep(60)
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as parent:
        pid, folder = parent.stdout.readline().split()
        assert is_running(pid)
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: not is_running(pid))
    wait_until(lambda: not Path(folder).exists())


def test_by_default_a_run_has_two_cores():
    jobs = LocalJobs()
    assert jobs._max_parallel == max(1, len(os.sched_getaffinity(0)) // 2)
    jobs.close()

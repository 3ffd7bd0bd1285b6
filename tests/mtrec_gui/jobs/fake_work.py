"""What the workers of these tests do, named as ``fake_work:NAME``."""

import ctypes
import os
import signal
import sys
import time

import numpy as np

from algorithms.errors import FitError
from algorithms.evaluation.results import Cost, RunResult
from algorithms.messages import Message
from algorithms.models.base import ModelState
from algorithms.progress import Stage


def make_result(spec, arrays=None, config=None, notes=()):
    return RunResult(
        model=spec.model,
        config=spec.config if config is None else config,
        seed=spec.seed,
        tasks=(),
        metrics=(),
        lists={},
        curves=(),
        cost=Cost(0.0, 0.0, 0, 0),
        state=ModelState({} if arrays is None else arrays),
        notes=notes,
    )


def echo(spec, log, progress):
    """Give back what arrived."""
    progress(0.5, Stage.FIT)
    return make_result(spec, log.to_arrays(), notes=(Message("{n} events", {"n": len(log)}),))


def surroundings(spec, log, progress):
    found = {
        "modules": sorted(sys.modules),
        "pid": os.getpid(),
        "blas": os.environ.get("OPENBLAS_NUM_THREADS"),
        "writeable": bool(log.users.flags.writeable),
        "array": type(log.users).__name__,
    }
    return make_result(spec, config=found)


def write_into_log(spec, log, progress):
    log.users[:] = 0
    return make_result(spec)


def nap(spec, log, progress):
    """Sleep politely; the time of begin and end tells who ran beside whom."""
    begin = time.time()
    seconds = spec.config.get("seconds", 0.2)
    n_steps = max(10, round(seconds / 0.05))  # polite: it never sleeps long without reporting
    for step in range(n_steps):
        progress(step / n_steps, Stage.FIT)
        time.sleep(seconds / n_steps)
    return make_result(spec, config={"begin": begin, "end": time.time()})


def chatter(spec, log, progress):
    n = spec.config["n"]
    for step in range(n):
        progress(step / n, Stage.FIT)
        time.sleep(0.001)
    return make_result(spec)


def backwards(spec, log, progress):
    for fraction, stage in ((0.2, Stage.FIT), (0.9, Stage.RANK), (0.1, Stage.MEASURE)):
        progress(fraction, stage)
    return make_result(spec)


def know_the_error(spec, log, progress):
    raise FitError(model="Fake", reason="there is no such thing", remedy="Choose another.")


def stumble(spec, log, progress):
    raise ZeroDivisionError("a bug in the model")


def ask_numpy_for_too_much(spec, log, progress):
    return make_result(spec, np.ones((1 << 30, 1 << 20)))


def ask_torch_for_too_much(spec, log, progress):
    import torch

    return make_result(spec, torch.ones((1 << 30, 1 << 20)).numpy())


def segfault(spec, log, progress):
    progress(0.3, Stage.FIT)
    os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(10)


def run_out_of_memory(spec, log, progress):
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(10)


def exit_quietly(spec, log, progress):
    os._exit(0)


def ignore_requests(spec, log, progress):
    progress(0.1, Stage.FIT)
    time.sleep(600)


def ignore_signals(spec, log, progress):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    progress(0.1, Stage.FIT)
    time.sleep(600)


def hold_the_lock(spec, log, progress):
    """Hold the interpreter's lock in compiled code, as some libraries do."""
    progress(0.1, Stage.FIT)
    ctypes.PyDLL(None).sleep(spec.config.get("seconds", 600))
    progress(0.2, Stage.FIT)
    return make_result(spec)


def swallow(spec, log, progress):
    """A run whose error handling is too broad."""
    while True:
        try:
            progress(0.1, Stage.FIT)
            time.sleep(0.01)
        except Exception:
            time.sleep(0.01)


def huge(spec, log, progress):
    rng = np.random.default_rng(spec.seed)
    return make_result(spec, {"P": rng.random((1_000_000, 8)), "strange/../name": np.arange(3)})


def objects(spec, log, progress):
    return make_result(spec, {"P": np.array([object()], dtype=object)})


def disk_full(spec, log, progress):
    class Result:
        def to_parts(self):
            raise OSError(28, "No space left on device")

    return Result()


def no_result(spec, log, progress):
    return None


def die_at_once(*order):
    """A worker that ends before it has begun."""
    os._exit(7)

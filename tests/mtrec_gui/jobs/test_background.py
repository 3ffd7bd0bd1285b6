import subprocess
import sys

import pytest

from algorithms.errors import FitError
from algorithms.progress import Stage
from mtrec_gui.jobs.background import ImmediateRunner


def test_an_immediate_runner_answers_before_it_returns():
    heard = []

    def work(progress):
        progress(0.5, Stage.LOAD)
        return 42

    errand = ImmediateRunner().run(work, heard.append, heard.append, lambda *at: heard.append(at))
    errand.cancel()
    assert heard == [(0.5, Stage.LOAD), 42]


def test_an_immediate_runner_tells_errors_and_raises_bugs():
    done, failed = [], []
    error = FitError(model="x", reason="y", remedy="z")

    def fail(progress):
        raise error

    def stumble(progress):
        raise ZeroDivisionError

    ImmediateRunner().run(fail, done.append, failed.append)
    assert failed == [error]
    with pytest.raises(ZeroDivisionError):
        ImmediateRunner().run(stumble, done.append, failed.append)
    assert not done


def test_ports_and_runners_know_no_qt():
    code = (
        "import sys, mtrec_gui.jobs.local, mtrec_gui.jobs.background\n"
        "assert not [name for name in sys.modules if name.startswith('PySide6')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

"""The peak memory of a process is its own, not its parent's."""

import subprocess
import sys

import numpy as np
import pytest

from algorithms.evaluation.memory import peak_bytes

ASK = "from algorithms.evaluation.memory import peak_bytes; print(peak_bytes())"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell")
def test_the_peak_grows_with_what_is_allocated():
    before = peak_bytes()
    block = np.ones(200_000_000 // 8)
    assert peak_bytes() >= before + 100_000_000
    assert block[-1] == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not inherit it")
def test_a_child_does_not_report_its_parents_peak():
    block = np.ones(400_000_000 // 8)
    child = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    assert int(child.stdout) < 300_000_000 < peak_bytes()
    assert block[-1] == 1

"""What all tests share: no screen is needed, and nobody's preferences are touched."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

# How long an example takes depends on what else the machine does.
settings.register_profile("lab", deadline=None)
settings.load_profile("lab")


@pytest.fixture(autouse=True)
def lab_home(tmp_path_factory, monkeypatch):
    """Give each test a home of its own for preferences and new projects."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("MTREC_HOME", str(home))
    return home

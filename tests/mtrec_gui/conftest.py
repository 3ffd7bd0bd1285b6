"""What the window's tests share: no test pays for the windows of those before it."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent


@pytest.fixture(autouse=True)
def _windows_end_with_their_test():
    """Delete what a test closed: without an event loop Qt would keep it, and style it, for ever."""
    yield
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

"""How work that was cancelled ends."""

from __future__ import annotations


class Cancelled(BaseException):
    """Raised out of a progress report, because nobody wants the work any more.

    Not an ``Exception``, so that code which handles errors on the way does not take it for one.
    """

"""Work beside the window: one process for each run, one thread for each short errand.

Nothing is imported here, so that a worker process starts without NumPy and can still choose
how many threads the linear algebra below NumPy uses. Import from ``port``, ``local``,
``background`` and ``qt_bridge``.
"""

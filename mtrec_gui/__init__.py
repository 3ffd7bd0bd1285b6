"""The application: windows, pages, plots, jobs and the project file around the engine."""

import os

# Before NumPy loads: the window's own sums are small, and threads of the linear algebra would
# wait for cores that the runs are using.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

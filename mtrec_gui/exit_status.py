"""What the command line says to the shell when it ends."""

OK, RUNS_FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

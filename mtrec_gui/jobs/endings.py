"""What is said of a run that did not end well."""

from __future__ import annotations

from algorithms.messages import Message


def cannot_start(model: str, error: OSError) -> Message:
    """Say why a run was not started."""
    return Message(
        "“{model}” could not be started: {reason}. Free some space in the temporary folder or "
        "memory, and run it again.",
        {"model": model, "reason": error.strerror or str(error)},
    )


def bug(model: str, error: str) -> Message:
    """Say that a run ended at a fault of the program."""
    return Message(
        "“{model}” stopped at an unexpected error ({error}). The other runs go on. This is a "
        "fault of the program; its log has the details.",
        {"model": model, "error": error},
    )


def no_memory(model: str) -> Message:
    """Say that a run asked for more memory than there is."""
    return Message(
        "“{model}” asked for more memory than the machine can give. The other runs go on. Choose "
        "a smaller configuration, such as shorter vectors or smaller batches, or less data, or "
        "close other programs, and run it again.",
        {"model": model},
    )


def killed(model: str) -> Message:
    """Say that a run was ended by force."""
    return Message("“{model}” did not stop when asked and was ended.", {"model": model})


def crashed(model: str, cause: str) -> Message:
    """Say that a run's process died by itself."""
    return Message(
        "The process of “{model}” died ({cause}); SIGKILL often means that memory ran out. The "
        "other runs go on. Try a smaller configuration, or run it again.",
        {"model": model, "cause": cause},
    )

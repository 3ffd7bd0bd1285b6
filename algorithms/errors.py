"""Everything that can go wrong, each with what was expected, what was found, what to do.

An error is a class with a ``template``; raising it fills the template with values, so that
the same error can be worded in another language from its template and values alone.
"""

from __future__ import annotations

from typing import ClassVar

from algorithms.messages import Message, MessageValue


class MtrecError(Exception):
    """Root of all errors that a person can do something about.

    Parameters
    ----------
    **values
        What the class's ``template`` names in braces.
    """

    template: ClassVar[str] = "{detail}"

    def __init__(self, **values: MessageValue) -> None:
        self.message = Message(self.template, values)
        super().__init__(str(self.message))

    def __str__(self) -> str:  # KeyError would show the repr
        return str(self.message)

    def __reduce__(self) -> tuple[object, ...]:  # keyword arguments survive a process border
        return (_rebuild, (type(self), dict(self.message.values)))


def _rebuild(error: type[MtrecError], values: dict[str, MessageValue]) -> MtrecError:
    return error(**values)


# --- data -------------------------------------------------------------------------------


class DataError(MtrecError, ValueError):
    """Data that cannot be used as it is."""


class UnknownUserError(MtrecError, KeyError):
    """A user that the log does not have."""

    template = "No user “{user}”: the data has {n_users} users. Choose one of its user table."


class UnknownItemError(MtrecError, KeyError):
    """An item that the log does not have."""

    template = "No item “{item}”: the data has {n_items} items. Choose one of its item table."


class UnknownLabelError(MtrecError, KeyError):
    """A label column that the log does not have."""

    template = "No label “{label}”: the data has {labels}. Choose one of these."


class MissingColumnError(DataError):
    """A role for which no column was found or named."""

    template = "No column “{column}” for {role}: the file has {columns}. Name the {role} column."


class UnreadableFileError(DataError):
    """A file that is not what it was taken for."""

    template = "Cannot read {file}: expected {expected}, found {found}. {remedy}"


class BadValueError(DataError):
    """A value that its declared type does not allow."""

    template = (
        "{file}, line {line}, column “{column}”: expected {expected}, found “{found}”. {remedy}"
    )


# --- tasks, splits, models ----------------------------------------------------------------


class TaskError(MtrecError, ValueError):
    """A task that cannot be learned from this data."""


class UnknownTaskError(MtrecError, KeyError):
    """A task that a model was not fitted for."""

    template = "No task “{task}”: the model was fitted for {tasks}. Choose one of these."


class UnservedTaskError(TaskError):
    """A task of a kind that a model does not serve."""

    template = (
        "{model} does not serve {kind} tasks such as “{task}”; it serves {served}. "
        "Leave the task out or choose another model."
    )


class NoTasksError(TaskError):
    """A fit without any task."""

    template = "{model} was given no task it serves ({served}). Switch on at least one."


class SplitError(DataError):
    """A split that leaves a part empty."""

    template = (
        "The {part} part of a {method} split would be empty: the data has {n} events. "
        "Use more data or other fractions."
    )


class NotFittedError(MtrecError, RuntimeError):
    """A model asked before it was fitted."""

    template = "{model} is not fitted yet: call fit(train, tasks, rng=...) first."


class UnknownModelError(MtrecError, KeyError):
    """A model key that the catalog does not have."""

    template = "No model “{model}”: the catalog has {models}. Choose one of these."


class UnknownMetricError(MtrecError, KeyError):
    """A metric key that the catalog does not have."""

    template = "No metric “{metric}”: the catalog has {metrics}. Choose one of these."


class ConfigError(MtrecError, ValueError):
    """A parameter outside what its declaration allows."""

    template = "{where}, “{field}”: expected {expected}, found {found}."


class FitError(MtrecError, RuntimeError):
    """A fit that could not end well."""

    template = "{model} could not be fitted: {reason}. {remedy}"


class ResourceError(MtrecError, OSError):
    """The machine refused: a folder is read-only, the disk is full, a file is locked."""

    template = "Cannot write {file}: {reason}. {remedy}"


class SpecError(MtrecError, ValueError):
    """An experiment file that does not say what it must."""

    template = "{file}: {problem}. {remedy}"


class ProjectError(MtrecError, ValueError):
    """A project file that cannot be opened."""

    template = "Cannot open {file}: {problem}. {remedy}"

"""Models that need an optional installation: whether it is there, and what brings it."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from algorithms.errors import FitError
from algorithms.messages import Message
from algorithms.models.base import Recommender

_PACKAGES = {"deep": ("torch",), "search": ("optuna",)}


class MissingExtraError(FitError):
    """A model whose optional installation is missing."""

    template = "{model} needs {package}, which is not installed. Install it with: {command}"


def missing_extra(model: type[Recommender]) -> Message | None:
    """Return what is missing for a model and the one command that installs it; None if nothing."""
    if model.extra is None:
        return None
    for package in _PACKAGES[model.extra]:
        if find_spec(package) is None:
            return Message(
                MissingExtraError.template,
                {"model": model.title, "package": package, "command": install_command(model.extra)},
            )
    return None


def require_extra(model: type[Recommender]) -> None:
    """Raise ``MissingExtraError`` where the model's optional installation is missing."""
    missing = missing_extra(model)
    if missing is not None:
        raise MissingExtraError(**missing.values)


def install_command(extra: str) -> str:
    """Return the command that installs an extra into the Python that runs now."""
    return f'"{sys.executable}" -m pip install -c constraints.txt -e ".[{extra}]"'

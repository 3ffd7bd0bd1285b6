r"""What a search may change: the weights of the tasks, and the fields of a model's configuration.

A setting is a point :math:`u` in a cube with sides from 0 to 1, so that a grid, chance and a
model of the objective all search the same space:

* a **number** on a linear scale is :math:`a + (b - a)u`, on a log scale :math:`a\,(b/a)^u`: what
  acts by its order of magnitude, such as a ridge, deserves as many trials between 0.1 and 1 as
  between 1 and 10; whole numbers are rounded;
* a **choice** among n is number :math:`\lfloor n u \rfloor`;
* **weights on the simplex** (all positive, mean one): T - 1 points cut a stick into T pieces, and
  piece t is task t's share. Points that are uniform give shares that are uniform on the simplex
  (Devroye 1986, *Non-uniform random variate generation*, chapter V.2); a grid of points gives a
  triangular lattice;
* **weights as ratios**: the first task keeps its weight, each other one has
  :math:`w_1 R^{2u - 1}` with R = 30, which serves where a task should count many times as much.

No share is below one in a hundred: a task of weight nothing would not be learned at all, and to
leave one out is another question (switch it off).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Literal, get_args, get_origin

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo

from algorithms.arrays import FloatArray
from algorithms.errors import ConfigError
from algorithms.models.base import Recommender
from algorithms.tasks import Task

_LEAST_SHARE = 0.01
_RATIO = 30.0  # R: how many times more or less than the first task
_SPAN = 8.0  # an open-ended field is searched from an eighth to eight times its default
Choice = bool | int | float | str


class WeightScale(StrEnum):
    """How the weights of the tasks are varied."""

    KEPT = "kept"  # as they are
    SIMPLEX = "simplex"  # shares of a whole
    LOG = "log"  # ratios to the first task


class Parameter(BaseModel):
    """A field of a model's configuration and where to look for its value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="A field of the model's configuration")
    low: float | None = Field(None, description="Smallest value of a number")
    high: float | None = Field(None, description="Largest value of a number")
    log: bool = Field(False, description="Whether orders of magnitude are searched alike")
    whole: bool = Field(False, description="Whether it is a whole number")
    choices: tuple[Choice, ...] = Field((), description="The values, where it is no range")

    @model_validator(mode="after")
    def _range_or_choices(self) -> Parameter:
        if self.choices:
            if self.low is not None or self.high is not None:
                raise ValueError("give either choices or a range")
            return self
        if self.low is None or self.high is None or not self.low < self.high:
            raise ValueError("a range needs low < high")
        if self.log and self.low <= 0:
            raise ValueError("a log scale needs low > 0")
        return self

    def value(self, u: float) -> Choice:
        """Return the value at ``u``, 0 to 1."""
        if self.choices:
            return self.choices[min(int(u * len(self.choices)), len(self.choices) - 1)]
        low, high = self.low or 0.0, self.high or 0.0  # a range has both
        number = low * (high / low) ** u if self.log else low + (high - low) * u
        number = min(max(number, low), high)
        return round(number) if self.whole else float(f"{number:.6g}")


def shares(points: FloatArray) -> FloatArray:
    """Cut a stick of length one at T - 1 points in [0, 1]; returns the pieces (T,).

    Examples
    --------
    >>> shares(np.array([0.25])).tolist()
    [0.25, 0.75]
    """
    pieces = np.diff(np.concatenate([[0.0], np.sort(points), [1.0]]))
    floored = np.maximum(pieces, _LEAST_SHARE)
    return np.asarray(floored / floored.sum(), dtype=np.float64)


def weights_at(scale: WeightScale, tasks: Sequence[Task], points: FloatArray) -> dict[str, float]:
    """Return the weight of each task at T - 1 points in [0, 1]."""
    if scale is WeightScale.LOG:
        first = tasks[0].weight
        others = first * _RATIO ** (2 * points - 1)
        raw = np.concatenate([[first], others])
    else:
        raw = shares(points) * len(tasks)
    return {
        task.name: float(f"{min(max(weight, 1e-3), 100.0):.6g}")
        for task, weight in zip(tasks, raw, strict=True)
    }


# --- what a model offers -----------------------------------------------------------------------


class NotSearchableError(ConfigError):
    """A field that holds neither a number nor one of a few values."""

    template = (
        "{where}, “{field}”: a search can vary numbers and choices, and this is neither. "
        "Choose among: {names}."
    )


def searchable(model: type[Recommender]) -> dict[str, Parameter]:
    """Return each field of a model that a search can vary, with a range proposed for it.

    The range is that of the field's declaration where both ends are near; where the declared
    range spans orders of magnitude, it is an eighth to eight times the default, on a log scale.
    """
    found = {}
    for name, info in model.config_class.model_fields.items():
        parameter = _proposal(name, info)
        if parameter is not None:
            found[name] = parameter
    return found


def parameter_of(model: type[Recommender], name: str) -> Parameter:
    """Return the proposal for one field.

    Raises
    ------
    NotSearchableError
        Where the model has no such field, or none that a search can vary.
    """
    known = searchable(model)
    if name not in known:
        raise NotSearchableError(where=model.title, field=name, names=", ".join(known) or "none")
    return known[name]


def narrowed(parameter: Parameter, text: str) -> Parameter:
    """Return a parameter in the range ``low:high`` or with the choices ``a,b,c`` that a text says.

    Raises
    ------
    ConfigError
        Where the text is neither.
    """
    try:
        if ":" in text:
            low, high = (float(part) for part in text.split(":"))
            update: dict[str, Any] = {"low": low, "high": high, "choices": ()}
            update["log"] = low > 0 and (parameter.log or high / low >= _SPAN)
        else:
            update = {"low": None, "high": None, "log": False}
            update["choices"] = tuple(_read(parameter, part.strip()) for part in text.split(","))
        return Parameter.model_validate({**parameter.model_dump(), **update})
    except ValueError:
        raise ConfigError(
            where="search",
            field=parameter.name,
            expected="LOW:HIGH or VALUE,VALUE,…",
            found=text,
        ) from None


def _read(parameter: Parameter, text: str) -> Choice:
    for choice in parameter.choices:
        if str(choice).lower() == text.lower():
            return choice
    if parameter.choices:
        raise ValueError(text)
    return int(text) if parameter.whole else float(text)


def _proposal(name: str, info: FieldInfo) -> Parameter | None:
    kind, default = info.annotation, info.default
    if kind is bool:
        return Parameter(name=name, choices=(False, True))
    if get_origin(kind) is Literal:
        return Parameter(name=name, choices=get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return Parameter(name=name, choices=tuple(member.value for member in kind))
    if kind not in (int, float) or not isinstance(default, int | float):
        return None
    low, high = _bounds(info)
    wide = default > 0 and (low <= 0 or high / low > _SPAN) and high > _SPAN
    if wide:  # a declared end is only where nonsense begins
        low, high = max(low, default / _SPAN), min(high, default * _SPAN)
    if kind is int:
        low, high = math.ceil(low), math.floor(high)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return None
    return Parameter(name=name, low=low, high=high, log=wide and low > 0, whole=kind is int)


def _bounds(info: FieldInfo) -> tuple[float, float]:
    """Return the declared range; an open end is moved in by a hair."""
    low, high = -math.inf, math.inf
    for entry in info.metadata:
        for name in ("ge", "gt"):
            bound = getattr(entry, name, None)
            low = low if bound is None else float(bound) + (1e-6 if name == "gt" else 0.0)
        for name in ("le", "lt"):
            bound = getattr(entry, name, None)
            high = high if bound is None else float(bound) - (1e-6 if name == "lt" else 0.0)
    return low, high

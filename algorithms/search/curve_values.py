"""What a person types for a curve, turned into its points: shares of labels, sizes of a model."""

from __future__ import annotations

from algorithms.errors import ConfigError, MtrecError
from algorithms.models.base import Recommender
from algorithms.search.space import Parameter, narrowed, parameter_of, searchable

_SIZES = ("n_factors", "width", "dimension", "n_neighbours")  # what makes a model larger
_N_SIZES = 5


class NoSizeError(MtrecError, ValueError):
    """A model without a parameter of which it is known that it makes the model larger."""

    template = (
        "{model} has no parameter of which it is known that it makes the model larger. "
        "Name the number that should be turned up; there are: {names}."
    )


def size_values(
    model: type[Recommender], name: str | None = None, text: str | None = None
) -> tuple[str, tuple[float, ...]]:
    """Return the parameter of a size curve and its values, from small to large.

    Parameters
    ----------
    name : the parameter; by default what makes this model larger
    text : ``VALUE,VALUE,...`` or ``LOW:HIGH``; by default the range that a search would propose

    Raises
    ------
    NoSizeError, ConfigError
        Where the model has no such number, or the text gives none.
    """
    numbers = {key: each for key, each in searchable(model).items() if not each.choices}
    if name is None:
        name = next((key for key in _SIZES if key in numbers), None)
    if name is None:
        raise NoSizeError(model=model.title, names=", ".join(numbers) or "none")
    parameter = parameter_of(model, name)
    if name not in numbers:
        raise ConfigError(
            where=model.title, field=name, expected="a parameter that is a number", found="choices"
        )
    if text is not None:
        parameter = narrowed(parameter, text)
    values = [float(value) for value in parameter.choices or _steps(parameter)]
    values = sorted({round(value) if numbers[name].whole else value for value in values})
    for value in values:
        model.from_values({name: value})
    return name, tuple(values)


def share_values(text: str) -> tuple[float, ...]:
    """Return the shares of labels that ``SHARE,SHARE,...`` says, from small to large.

    Raises
    ------
    ConfigError
        Where one is no share.
    """
    try:
        shares = sorted({float(part) for part in text.split(",")})
    except ValueError:
        shares = []
    if not shares or not all(0 < share <= 1 for share in shares):
        raise ConfigError(
            where="curve", field="values", expected="shares above 0 and up to 1", found=text
        )
    return tuple(shares)


def _steps(parameter: Parameter) -> list[float]:
    return [float(parameter.value(n / (_N_SIZES - 1))) for n in range(_N_SIZES)]

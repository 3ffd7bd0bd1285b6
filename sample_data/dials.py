"""The dials of a world: the parameters that a lesson turns, each one number with its range.

A world file has a few hundred numbers; what a lesson is about are a dozen. A dial reads one of
these off a world and turns a world into another one. What hangs on it follows: a shop with fewer
items cannot fill as many pages, so the pages shrink with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from algorithms.errors import ConfigError
from algorithms.models.base import parse_config
from sample_data.spec import BinaryLabel, RatingLabel, WorldSpec

SIZE, BEHAVIOUR, EXPOSURE, CHANCE = "How much there is", "What people do", "What is shown", "Chance"
MOST_PAGES = 1000

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dial:
    """One parameter that a person turns.

    Parameters
    ----------
    key : name in code
    group : heading under which it stands
    title, explanation : what a person reads; the explanation is one line
    low, high : ends of the dial
    step : distance of neighbouring numbers; a geometric dial has whole numbers
    read : gives the number that a world stands at, which a world file may have put out of range
    turn_to : changes the values of a world
    is_geometric : whether each step multiplies, as for counts
    applies : whether a world has what the dial turns
    """

    key: str
    group: str
    title: str
    explanation: str
    low: float
    high: float
    step: float
    read: Callable[[WorldSpec], float]
    turn_to: Callable[[WorldSpec, Values, float], None]
    is_geometric: bool = False
    applies: Callable[[WorldSpec], bool] = lambda _: True

    @property
    def is_whole(self) -> bool:
        """Whether the dial has whole numbers only."""
        return float(self.step).is_integer()

    def turn(self, spec: WorldSpec, number: float) -> WorldSpec:
        """Return the world with this dial at ``number``, or as near as its limits allow.

        Raises
        ------
        ConfigError
            Where the number lies outside the dial, the world has nothing that it turns, or
            it allows no such value.
        """
        if not self.low <= number <= self.high:
            raise ConfigError(
                where=spec.title,
                field=self.key,
                expected=f"a number from {self.low:g} to {self.high:g}",
                found=f"{number:g}",
            )
        if not self.applies(spec):
            raise ConfigError(
                where=spec.title,
                field=self.key,
                expected="a world that has what this dial turns",
                found="none of it",
            )
        values = spec.model_dump()
        self.turn_to(spec, values, round(number) if self.is_whole else number)
        return parse_config(WorldSpec, values, spec.title)


def turned(spec: WorldSpec, numbers: Mapping[str, float]) -> WorldSpec:
    """Turn several dials, always in the order of ``DIALS``, so that their limits agree.

    Raises
    ------
    ConfigError
        As ``Dial.turn`` does, and for a dial that is not there.
    """
    for key in numbers:
        if key not in DIALS:
            raise ConfigError(
                where=spec.title, field=key, expected=f"one of {', '.join(DIALS)}", found=repr(key)
            )
    for key, dial in DIALS.items():
        if key in numbers:
            spec = dial.turn(spec, numbers[key])
    return spec


# --- how many ---------------------------------------------------------------------------------


def _read_users(spec: WorldSpec) -> float:
    return spec.users.count


def _turn_users(spec: WorldSpec, values: Values, number: float) -> None:
    values["users"]["count"] = number


def _read_items(spec: WorldSpec) -> float:
    return sum(spec.n_items(code) for code in range(len(spec.kinds)))


def _turn_items(spec: WorldSpec, values: Values, number: float) -> None:
    """Scale all kinds alike, as far as the catalogue reaches with all its brands."""
    catalogue = spec.catalogue
    stocked, most = catalogue.brands_per_category, len(catalogue.brands)
    n_types = catalogue.n_types()
    offered = [kind for kind in spec.kinds if not kind.people]  # people need no offer
    limits = [most * n_types * len(kind.titles) / kind.count for kind in offered]
    scale = min([number / _read_items(spec), *limits])
    for kind in values["kinds"]:
        kind["count"] = max(round(kind["count"] * scale), kind["per_page"] + 1)
        if not kind["people"]:
            needed = math.ceil(kind["count"] / (n_types * len(kind["titles"])))
            stocked = max(stocked, needed)
    values["catalogue"]["brands_per_category"] = min(stocked, most)
    _fit_pages(spec, values)


def _read_pages(spec: WorldSpec) -> float:
    return spec.users.pages_mean


def _turn_pages(spec: WorldSpec, values: Values, number: float) -> None:
    """Scale mean, fewest and most pages alike, as far as the items reach."""
    users = values["users"]
    scale = number / users["pages_mean"]
    users["pages_mean"] = number
    users["pages_min"] = max(1, round(users["pages_min"] * scale))
    users["pages_max"] = max(1, round(users["pages_max"] * scale))
    _fit_pages(spec, values)


def _fit_pages(spec: WorldSpec, values: Values) -> None:
    """Leave no user more pages than there is to fill them: items, topics, people."""
    limits = [MOST_PAGES]
    for kind in values["kinds"]:
        if kind["by_topic"]:
            limits.append(spec.catalogue.n_types() - 1)
        elif kind["people"]:
            n_people = min(kind["count"], values["users"]["count"])
            limits.append(max(1, (n_people - 1) // kind["per_page"]))
        else:
            limits.append(kind["count"] // kind["per_page"])
    users = values["users"]
    users["pages_max"] = min(users["pages_max"], *limits)
    users["pages_min"] = min(users["pages_min"], users["pages_max"])
    users["pages_mean"] = min(users["pages_mean"], users["pages_max"])


# --- what people do ---------------------------------------------------------------------------


def _read_correlation(spec: WorldSpec) -> float:
    """Return the mean correlation of the other labels with the first."""
    others = spec.taste_correlations()[0, 1:]
    return float(others.mean()) if len(others) else 1.0


def _turn_correlation(spec: WorldSpec, values: Values, number: float) -> None:
    values["correlation"] = number  # one number for all pairs
    values["correlations"] = ()


def _read_noise(spec: WorldSpec) -> float:
    return spec.noise


def _turn_noise(spec: WorldSpec, values: Values, number: float) -> None:
    values["noise"] = number


def _rates(spec: WorldSpec) -> list[float]:
    return [label.rate for label in spec.labels if isinstance(label, BinaryLabel)]


def _read_rate(spec: WorldSpec) -> float:
    """Return the geometric mean of the rates."""
    rates = _rates(spec)
    return float(np.exp(np.mean(np.log(rates))))


def _turn_rate(spec: WorldSpec, values: Values, number: float) -> None:
    """Multiply the odds of every label by one factor."""
    rates = np.array(_rates(spec))
    odds = np.log(rates / (1 - rates))

    def moved(shift: float) -> Any:
        return 1 / (1 + np.exp(-(odds + shift)))

    shift = _root_of(lambda at: float(np.log(moved(at)).mean()) - math.log(number), -30, 30)
    new = iter(moved(shift).tolist())
    for label in values["labels"]:
        if label["kind"] == "binary":
            label["rate"] = next(new)


def _placed(label: Mapping[str, Any]) -> bool:
    """Return whether a label's place on the page can matter: what is met first is looked at."""
    return label["kind"] == "binary" and label["parent"] is None


def _read_position(spec: WorldSpec) -> float:
    places = [label.position for label in spec.labels if _placed(label.model_dump())]
    return float(np.mean(places))


def _turn_position(spec: WorldSpec, values: Values, number: float) -> None:
    for label in values["labels"]:
        if _placed(label):
            label["position"] = number


def _read_missing(spec: WorldSpec) -> float:
    ratings = [label.missing for label in spec.labels if isinstance(label, RatingLabel)]
    return float(np.mean(ratings))


def _turn_missing(spec: WorldSpec, values: Values, number: float) -> None:
    for label in values["labels"]:
        if label["kind"] == "rating":
            label["missing"] = number


def _has_ratings(spec: WorldSpec) -> bool:
    return any(isinstance(label, RatingLabel) for label in spec.labels)


def _has_events(spec: WorldSpec) -> bool:
    return any(isinstance(label, BinaryLabel) for label in spec.labels)


def _has_first_events(spec: WorldSpec) -> bool:
    return any(_placed(label.model_dump()) for label in spec.labels)


def _root_of(rising: Callable[[float], float], low: float, high: float) -> float:
    """Find where a rising function is 0, by bisection."""
    for _ in range(80):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


# --- what is shown ----------------------------------------------------------------------------


def _exposure(
    name: str,
) -> tuple[Callable[[WorldSpec], float], Callable[[WorldSpec, Values, float], None]]:
    """Return how a parameter of the logging policy is read and turned."""

    def read(spec: WorldSpec) -> float:
        return float(getattr(spec.exposure, name))

    def turn(spec: WorldSpec, values: Values, number: float) -> None:
        values["exposure"][name] = number

    return read, turn


def _read_skew(spec: WorldSpec) -> float:
    return spec.taste.popularity_skew


def _turn_skew(spec: WorldSpec, values: Values, number: float) -> None:
    values["taste"]["popularity_skew"] = number


def _read_seed(spec: WorldSpec) -> float:
    return spec.seed


def _turn_seed(spec: WorldSpec, values: Values, number: float) -> None:
    values["seed"] = number


DIALS: dict[str, Dial] = {
    dial.key: dial
    for dial in (
        Dial(
            "users",
            SIZE,
            "Users",
            "How many people live in this world.",
            50,
            20_000,
            1,
            _read_users,
            _turn_users,
            is_geometric=True,
        ),
        Dial(
            "items",
            SIZE,
            "Items",
            "How much is on offer, all kinds together.",
            50,
            5_000,
            1,
            _read_items,
            _turn_items,
            is_geometric=True,
        ),
        Dial(
            "pages",
            SIZE,
            "Pages per user",
            "How much a user looks at: more pages, more interactions.",
            1,
            50,
            0.5,
            _read_pages,
            _turn_pages,
        ),
        Dial(
            "correlation",
            BEHAVIOUR,
            "Correlation between tasks",
            "1: all tasks spring from one taste. 0: they have nothing in common. -1: conflict.",
            -1,
            1,
            0.05,
            _read_correlation,
            _turn_correlation,
        ),
        Dial(
            "noise",
            BEHAVIOUR,
            "Noise",
            "How much is mere chance in what people do: 2 doubles it.",
            0.1,
            4,
            0.05,
            _read_noise,
            _turn_noise,
        ),
        Dial(
            "rate",
            BEHAVIOUR,
            "Rate of the labels",
            "How often things happen, on average: the lower, the sparser the tasks.",
            0.01,
            0.6,
            0.01,
            _read_rate,
            _turn_rate,
            applies=_has_events,
        ),
        Dial(
            "missing",
            BEHAVIOUR,
            "Labels missing not at random",
            "0: whoever could rate is as likely to. 0.9: the middling is hardly ever rated.",
            0,
            0.9,
            0.05,
            _read_missing,
            _turn_missing,
            applies=_has_ratings,
        ),
        Dial(
            "popularity",
            EXPOSURE,
            "Popularity bias",
            "How much more often the popular is shown.",
            0,
            3,
            0.05,
            *_exposure("popularity"),
        ),
        Dial(
            "skew",
            EXPOSURE,
            "Popularity skew",
            "How far the few most popular items stand out from the rest.",
            0,
            1,
            0.05,
            _read_skew,
            _turn_skew,
        ),
        Dial(
            "preference",
            EXPOSURE,
            "Personal choice",
            "How strongly the logging policy follows what it believes a user likes.",
            0,
            3,
            0.05,
            *_exposure("preference"),
        ),
        Dial(
            "knowledge",
            EXPOSURE,
            "Knowledge of taste",
            "How right that belief is: 0 knows nothing, 1 knows all.",
            0,
            1,
            0.05,
            *_exposure("knowledge"),
        ),
        Dial(
            "position",
            EXPOSURE,
            "Position effect",
            "How much is lost by standing lower on the page.",
            0,
            2,
            0.05,
            _read_position,
            _turn_position,
            applies=_has_first_events,
        ),
        Dial(
            "seed",
            CHANCE,
            "Seed",
            "The same seed gives the same world; another one gives a sister of it.",
            0,
            9_999,
            1,
            _read_seed,
            _turn_seed,
        ),
    )
}

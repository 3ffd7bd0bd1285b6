r"""Where to try next: a grid, chance, or a model of what did well so far.

* **Sweep.** The same number of levels on every side; easy to read off, and hopeless with many
  sides: ten levels on four sides are ten thousand trials.
* **Random.** Every trial tries a new value of *every* parameter, so a parameter that matters is
  tried at n values and not at the n-th root of n (Bergstra and Bengio 2012, Random search for
  hyper-parameter optimization, JMLR 13).
* **Bayesian.** The tree-structured Parzen estimator puts the trials so far into a good and a bad
  group, estimates a density of each, and tries where :math:`g_{good}(u) / g_{bad}(u)` is largest
  (Bergstra, Bardenet, Bengio and Kégl 2011, Algorithms for hyper-parameter optimization, NeurIPS;
  for several objectives Ozaki and others 2022, Multiobjective tree-structured Parzen estimator,
  JAIR 73: good is who is on the first fronts). It begins with a handful of random trials. By
  Optuna (Akiba and others 2019, KDD).

The same seed tries the same settings; a Bayesian search as well, where the outcomes are told in
the same order.
"""

from __future__ import annotations

import itertools
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.models.extras import install_command
from algorithms.search.space import WeightScale
from algorithms.search.spec import SearchError, SearchMethod, SearchSpec

if TYPE_CHECKING:
    import optuna

_STREAM = 4  # (seed, stream): what a search draws


class MissingOptunaError(SearchError):
    """A Bayesian search without Optuna."""

    template = (
        "A Bayesian search needs {package}, which is not installed. Install it with: {command} "
        "Sweep and random search work without it."
    )


class TooFewTrialsError(SearchError):
    """A grid that is larger than the number of trials."""

    template = (
        "A sweep over {sides} sides has more settings than {n} trials. Allow more trials, vary "
        "less, or choose a random search."
    )


class Points(ABC):
    """Hands out points of the cube, and hears what came of them."""

    can_be_ahead = True  # may points be asked for before earlier ones are told?

    @abstractmethod
    def ask(self, number: int) -> FloatArray:
        """Return (d,) the point of trial ``number``; numbers are asked for in order, from 0."""

    def tell(  # noqa: B027 - who does not learn does not listen
        self, number: int, goods: FloatArray | None
    ) -> None:
        """Hear the objectives (t,) of a trial, higher is better; None where it failed."""


def points_of(spec: SearchSpec) -> Points:
    """Return the points of a search.

    Raises
    ------
    MissingOptunaError
        Where the method needs it and it is not installed.
    """
    if spec.method is SearchMethod.SWEEP:
        return _Sweep(spec)
    if spec.method is SearchMethod.RANDOM:
        return _Random(spec)
    return _Bayesian(spec)


def n_points(spec: SearchSpec) -> int:
    """Return how many trials a search has: a sweep stops where its grid ends."""
    return len(_grid(spec)) if spec.method is SearchMethod.SWEEP else spec.n_trials


class _Sweep(Points):
    def __init__(self, spec: SearchSpec) -> None:
        self._points = _grid(spec)

    def ask(self, number: int) -> FloatArray:
        point: FloatArray = self._points[number]
        return point


class _Random(Points):
    def __init__(self, spec: SearchSpec) -> None:
        rng = np.random.default_rng([spec.base.seed, _STREAM])
        self._points = rng.random((spec.n_trials, spec.n_dimensions))

    def ask(self, number: int) -> FloatArray:
        point: FloatArray = self._points[number]
        return point


class _Bayesian(Points):
    can_be_ahead = False

    def __init__(self, spec: SearchSpec) -> None:
        if find_spec("optuna") is None:
            raise MissingOptunaError(package="optuna", command=install_command("search"))
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        seed = int(np.random.default_rng([spec.base.seed, _STREAM]).integers(2**31))
        with warnings.catch_warnings():  # multivariate is marked experimental
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            sampler = optuna.samplers.TPESampler(
                seed=seed, multivariate=spec.n_dimensions > 1, n_startup_trials=_n_first(spec)
            )
        self._study = optuna.create_study(
            sampler=sampler, directions=["maximize"] * len(spec.objectives)
        )
        self._sides = _sides(spec)
        self._open: dict[int, optuna.trial.Trial] = {}

    def ask(self, number: int) -> FloatArray:
        trial = self._study.ask()
        self._open[number] = trial
        point = []
        for position, n_choices in enumerate(self._sides):
            name = f"u{position}"
            if n_choices:
                chosen = trial.suggest_categorical(name, list(range(n_choices)))
                point.append((chosen + 0.5) / n_choices)
            else:
                point.append(trial.suggest_float(name, 0.0, 1.0))
        return np.array(point)

    def tell(self, number: int, goods: FloatArray | None) -> None:
        import optuna

        trial = self._open.pop(number)
        if goods is None or not np.isfinite(goods).all():
            self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
        else:
            self._study.tell(trial, [float(good) for good in goods])


def _n_first(spec: SearchSpec) -> int:
    """Return how many trials are random before there is enough to model."""
    return min(10, max(3, spec.n_trials // 3))


def _sides(spec: SearchSpec) -> list[int]:
    """Return for each side its number of choices, 0 for a number."""
    n_cuts = spec.n_dimensions - len(spec.parameters)
    return [0] * n_cuts + [len(parameter.choices) for parameter in spec.parameters]


def _grid(spec: SearchSpec) -> FloatArray:
    """Return (n, d) the largest even grid of at most ``n_trials`` different settings."""
    best: FloatArray | None = None
    fits, too_many = 1, spec.n_trials + 1
    while too_many - fits > 1 or best is None:  # how many levels: the count grows with them
        n_levels = max((fits + too_many) // 2, 1)
        points = _level_grid(spec, n_levels)
        if points is not None:
            fits, best = n_levels, points
        elif n_levels == 1:
            raise TooFewTrialsError(n=spec.n_trials, sides=spec.n_dimensions)
        else:
            too_many = n_levels
    return best


def _level_grid(spec: SearchSpec, n_levels: int) -> FloatArray | None:
    """Return the grid of so many levels, equal settings once; None where it is too large."""
    n_cuts = spec.n_dimensions - len(spec.parameters)
    ends = np.linspace(0, 1, n_levels) if n_levels > 1 else np.array([0.5])
    is_simplex = spec.weights is WeightScale.SIMPLEX
    n_inside = n_levels + max(n_cuts, 1) - 1  # so that one level is one setting: equal shares
    inside = (np.arange(n_inside) + 1) / (n_inside + 1)  # no share is nothing
    cuts = itertools.combinations(inside, n_cuts) if is_simplex else _product(ends, n_cuts)
    axes = []
    for parameter in spec.parameters:
        n_choices = len(parameter.choices)
        axes.append((np.arange(n_choices) + 0.5) / n_choices if n_choices else ends)
    different: dict[str, tuple[float, ...]] = {}
    for of_weights, values in itertools.product(cuts, itertools.product(*axes)):
        point = (*of_weights, *values)
        different.setdefault(repr(spec.setting(np.array(point))), point)
        if len(different) > spec.n_trials:
            return None
    return np.array(list(different.values()))


def _product(levels: FloatArray, n_sides: int) -> Iterator[tuple[float, ...]]:
    return itertools.product(levels, repeat=n_sides)

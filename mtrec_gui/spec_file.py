"""The TOML file of ``mtrec run``: which data, and which experiment on it.

Whatever is left out takes the lab's proposal: the tasks that the data suggests, the models of
the default comparison, a random split, one seed. See ``docs/command-line.md``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from algorithms.data import InteractionLog, SplitConfig
from algorithms.errors import SpecError
from algorithms.evaluation import Experiment, ModelChoice
from algorithms.models.base import parse_config
from algorithms.progress import Progress, Stage
from algorithms.rules.rule_set import RuleSet
from algorithms.tasks import Task
from mtrec_gui.model_shelf import default_experiment, find_model


class DataPart(BaseModel):
    """Either a sample world or a file with the roles of its columns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    world: str | None = Field(None, description="Key of a sample world")
    file: Path | None = Field(None, description="File of events, relative to the spec")
    items: Path | None = Field(None, description="File of item titles and categories")
    user: str | None = Field(None, description="Column of the user")
    item: str | None = Field(None, description="Column of the item")
    time: str | None = Field(None, description="Column of the time")
    labels: tuple[str, ...] = Field((), description="Columns of the labels")
    kind: str = Field("item", description="What the items are")

    @model_validator(mode="after")
    def _one_source(self) -> DataPart:
        if (self.world is None) == (self.file is None):
            raise ValueError("name either a world or a file")
        return self


class SpecFile(BaseModel):
    """A whole spec; the experiment's parts are optional."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: DataPart
    project: Path | None = Field(None, description="Where the project file goes")
    tasks: tuple[Task, ...] | None = None
    split: SplitConfig | None = None
    models: tuple[ModelChoice, ...] | None = None
    seeds: tuple[int, ...] | None = Field(None, min_length=1)
    rules: RuleSet | None = None
    k: int | None = Field(None, ge=1, le=100)


def read_spec(path: Path) -> SpecFile:
    """Read and check a spec; models and their parameters are checked before anything runs.

    Raises
    ------
    SpecError, ConfigError, UnknownModelError
        Where the file says something that cannot be done.
    """
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SpecError(
            file=str(path), problem="there is no such file", remedy="Check the name."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(
            file=str(path), problem=f"it cannot be read ({error})", remedy="Give a TOML file."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SpecError(
            file=str(path),
            problem=f"it is not TOML ({error})",
            remedy="Compare it with the example in docs/command-line.md.",
        ) from None
    spec = parse_config(SpecFile, values, path.name)
    for choice in spec.models or ():
        find_model(choice.model).from_values(choice.config)
    return spec


def loader(spec: SpecFile, folder: Path) -> Callable[[Progress], tuple[InteractionLog, Experiment]]:
    """Return what loads the data of a spec and completes its experiment.

    Parameters
    ----------
    spec : what the file says
    folder : what relative paths are relative to
    """

    def load(progress: Progress) -> tuple[InteractionLog, Experiment]:
        progress(0.0, Stage.LOAD)
        log, proposed = _load(spec.data, folder)
        experiment = default_experiment(log, spec.tasks or proposed)
        given = {
            name: value
            for name in ("split", "models", "seeds", "rules", "k")
            if (value := getattr(spec, name)) is not None
        }
        return log, experiment.model_copy(update=given)

    return load


def _load(data: DataPart, folder: Path) -> tuple[InteractionLog, tuple[Task, ...]]:
    if data.world is not None:
        from sample_data import load_world, world_tasks

        return load_world(data.world), world_tasks(data.world)
    from mtrec_gui.bringing import Naming, plan_files, read_files

    if data.file is None:
        raise SpecError(file="spec", problem="it names no data", remedy="Name a world or a file.")
    columns = {
        "user": data.user,
        "item": data.item,
        "time": data.time,
        "labels": tuple(data.labels),
        "item_kind": data.kind,
    }
    items = None if data.items is None else folder / data.items
    brought = read_files(plan_files([folder / data.file], Naming.of(columns, {}), items))
    return brought.log, brought.tasks

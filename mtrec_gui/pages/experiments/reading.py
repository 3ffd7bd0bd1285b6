"""From an experiment to what the page shows of it (Qt-free)."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from algorithms.balancing.catalog import BALANCERS
from algorithms.balancing.choice import DIALS, dials_of
from algorithms.errors import ConfigError, NoTasksError
from algorithms.evaluation import Experiment, ModelChoice
from algorithms.messages import Message
from algorithms.models.base import Recommender
from algorithms.models.extras import missing_extra
from algorithms.models.prompted.outside_address import address_problem
from algorithms.models.prompted.outside_prompted import OutsidePrompted
from algorithms.tasks import Task, TaskKind, TaskProblem
from mtrec_gui.bibliography import reference_text
from mtrec_gui.keys import Keys
from mtrec_gui.model_shelf import MODELS, differing_values
from mtrec_gui.pages.experiments.state import (
    BalancerFacts,
    Judging,
    KeyPlace,
    MissingPackage,
    ModelDetail,
    ModelRow,
    Obstacle,
    RunPlan,
    SeedsProblem,
    TaskMark,
    all_choices,
)

MOST_SEEDS = 20
_MODELS = ("algorithms.models.", "algorithms.balancing.")


def model_rows(experiment: Experiment, problems: Sequence[TaskProblem]) -> tuple[ModelRow, ...]:
    """Return a row for each model, the families together.

    Parameters
    ----------
    experiment : the experiment as edited so far
    problems : what stands in the way of its tasks
    """
    choices = all_choices(experiment)
    families = list(dict.fromkeys(model.family for model in MODELS.values()))
    rows = []
    for place, choice in enumerate(choices):
        model = MODELS.get(choice.model)
        earlier = [n for n in range(place) if choices[n].model == choice.model]
        values = differing(choice)
        missing = None if model is None else missing_package(model)
        rows.append(
            ModelRow(
                place=place,
                title=choice.model if model is None else model.title,
                family=None if model is None else model.family,
                ticked=choice.enabled and missing is None,
                differs=tuple(values.items()),
                served=_marks(experiment, model, served=True),
                unserved=_marks(experiment, model, served=False),
                blocked=blocked(choice, experiment.tasks, problems),
                twin_of=next((n for n in earlier if differing(choices[n]) == values), None),
                variant=len(earlier) + 1,
                missing=missing,
            )
        )
    return tuple(
        sorted(rows, key=lambda row: families.index(row.family) if row.family else len(families))
    )


def differing(choice: ModelChoice) -> dict[str, Any]:
    """Return the values of a choice that differ from the defaults."""
    model = MODELS.get(choice.model)
    if model is None:
        return dict(choice.config)
    return differing_values(model, choice.config)


def blocked(
    choice: ModelChoice, tasks: Sequence[Task], problems: Sequence[TaskProblem]
) -> Message | None:
    """Return why a model cannot run on these tasks, if it cannot."""
    model = MODELS.get(choice.model)
    if model is None:
        return Message("This version of the lab has no model “{model}”.", {"model": choice.model})
    served = {task.name for task in model.served_tasks(tasks)}
    if not served:
        kinds = ", ".join(sorted(kind.value for kind in model.serves))
        return NoTasksError(model=model.title, served=kinds).message
    missing = missing_extra(model)
    if missing is not None:
        return missing
    problem = next((each.message for each in problems if each.fatal and each.task in served), None)
    return problem or _lacking(model, choice.config)


def _lacking(model: type[Recommender], config: Mapping[str, Any]) -> Message | None:
    """Return what a person must still enter into a model's form, if anything."""
    try:
        return model.from_values(config).lacks()
    except ConfigError as error:  # a project of another version, or one that was tampered with
        return error.message


def _sent(model: type[Recommender], config: Mapping[str, Any]) -> Message | None:
    """Return what leaves this machine when a model runs, if anything does."""
    try:
        return model.from_values(config).sends()
    except ConfigError:  # then it does not run
        return None


def missing_package(model: type[Recommender]) -> MissingPackage | None:
    """Return the package that a model needs and that is not installed, if there is one."""
    missing = missing_extra(model)
    if missing is None:
        return None
    return MissingPackage(str(missing.values["package"]), str(missing.values["command"]))


def runnable(experiment: Experiment) -> Experiment:
    """Return an experiment without the models whose package is missing here.

    They stay ticked in the project, for a machine that has it.
    """
    models = tuple(
        each
        for each in experiment.models
        if each.model not in MODELS or missing_extra(MODELS[each.model]) is None
    )
    return experiment.model_copy(update={"models": models})


def idle_dials(model: type[Recommender], config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the dials of the balancers that are not chosen."""
    field = model.config_class.model_fields.get("balancer")
    if field is None:
        return ()
    chosen = dials_of(str(config.get("balancer", field.default)))
    return tuple(name for name in DIALS if name not in chosen)


def balancer_facts(model: type[Recommender], config: Mapping[str, Any]) -> BalancerFacts | None:
    """Return what there is to know about the balancer of a configuration; None without one."""
    field = model.config_class.model_fields.get("balancer")
    if field is None:
        return None
    found = BALANCERS.get(str(config.get("balancer", field.default)))
    if found is None:
        return None
    return BalancerFacts(
        title=found.title,
        summary=found.summary,
        equation=found.equation,
        reference=reference_text(found.reference),
        when_agree=found.when_agree,
        when_conflict=found.when_conflict,
        doubt=found.doubt,
    )


def key_place(choice: ModelChoice, keys: Keys) -> KeyPlace | None:
    """Return whether the server that a model asks has a key; None where it asks nobody."""
    model = MODELS.get(choice.model)
    if model is None or not issubclass(model, OutsidePrompted):
        return None
    address = str(choice.config.get("address", ""))
    usable = "" if address_problem(address) else address
    return KeyPlace(usable, keys.has(address), keys.can_remember)


def model_detail(experiment: Experiment, row: ModelRow, keys: Keys) -> ModelDetail | None:
    """Return all there is to know about the model of a row; None where it is unknown."""
    choices = all_choices(experiment)
    choice = choices[row.place]
    model = MODELS.get(choice.model)
    if model is None:
        return None
    partial = len(model.serves) < len(TaskKind)
    return ModelDetail(
        row=row,
        summary=model.summary,
        equation=model.equation,
        reference=reference_text(model.reference),
        config_class=model.config_class,
        values=choice.config,
        served_kinds=tuple(sorted(kind.value for kind in model.serves)) if partial else (),
        learns_jointly=model.is_multitask,
        is_bound=model.bound is not None,
        follows_rules="rules" in model.config_class.model_fields,
        can_remove=sum(each.model == choice.model for each in choices) > 1,
        sources=_sources(model),
        balancer=balancer_facts(model, choice.config),
        idle=idle_dials(model, choice.config),
        key_place=key_place(choice, keys),
        sends=_sent(model, choice.config),
    )


def _sources(model: type[Recommender]) -> tuple[str, ...]:
    """Return the files that define a model and its parameters, without what all models share."""
    classes = (*model.__mro__, *model.config_class.__mro__)
    special = [
        each
        for each in classes
        if each.__module__.startswith(_MODELS) and each.__module__ != Recommender.__module__
    ]
    files = [inspect.getsourcefile(each) or "" for each in (model, *special)]
    return tuple(dict.fromkeys(file for file in files if file))


def judging(experiment: Experiment, n_events: int) -> Judging:
    """Return how the experiment's models are judged."""
    return Judging(
        split=experiment.split.model_dump(mode="json"),
        seeds=", ".join(str(seed) for seed in experiment.seeds),
        seeds_problem=None,
        k=experiment.k,
        n_events=n_events,
    )


def run_plan(
    experiment: Experiment,
    rows: Sequence[ModelRow],
    problems: Sequence[TaskProblem],
    is_running: bool,
) -> RunPlan:
    """Return what the Run button would do, or why it cannot."""
    ticked = [row for row in rows if row.ticked]
    obstacle = None
    if is_running:
        obstacle = Obstacle.RUNNING
    elif not any(task.enabled for task in experiment.tasks):
        obstacle = Obstacle.NO_TASK
    elif not ticked:
        obstacle = Obstacle.NOTHING_TICKED
    elif all(row.blocked is not None for row in ticked):
        obstacle = Obstacle.ALL_BLOCKED
    return RunPlan(
        n_models=len(ticked),
        n_seeds=len(experiment.seeds),
        n_blocked=sum(row.blocked is not None for row in ticked),
        obstacle=obstacle,
        task_problem=next((each.message for each in problems if each.fatal), None),
    )


def read_seeds(text: str) -> tuple[int, ...] | SeedsProblem:
    """Read seeds such as ``1, 2, 3``."""
    parts = text.replace(",", " ").replace("，", " ").replace(";", " ").split()
    if not parts:
        return SeedsProblem.EMPTY
    if not all(part.isascii() and part.isdigit() and len(part) <= 9 for part in parts):
        return SeedsProblem.NO_NUMBER
    seeds = tuple(int(part) for part in parts)
    if len(set(seeds)) < len(seeds):
        return SeedsProblem.REPEATED
    return seeds if len(seeds) <= MOST_SEEDS else SeedsProblem.TOO_MANY


def _marks(
    experiment: Experiment, model: type[Recommender] | None, served: bool
) -> tuple[TaskMark, ...]:
    return tuple(
        TaskMark(task.name, position)
        for position, task in enumerate(experiment.tasks)
        if task.enabled and (model is not None and task.kind in model.serves) is served
    )

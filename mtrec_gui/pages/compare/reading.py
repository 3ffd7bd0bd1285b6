"""From the project to the page: read a comparison's runs and set them side by side (Qt-free)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from algorithms.evaluation import (
    Column,
    Row,
    RunResult,
    all_columns,
    concerns,
    default_columns,
)
from algorithms.evaluation.across import across_tasks
from algorithms.messages import Message
from mtrec_gui.jobs.port import JobState
from mtrec_gui.model_shelf import compare, find_model
from mtrec_gui.pages.compare.certainty import findings_of, repeats_of, tests_of
from mtrec_gui.pages.compare.state import (
    NO_FOOTNOTES,
    Choice,
    FailedRun,
    Footnote,
    Footnotes,
    PendingRun,
    Section,
    Shown,
)

if TYPE_CHECKING:
    from mtrec_gui.run_desk import DeskRow
    from mtrec_gui.storage import Project, StoredRun

Identity = tuple[str, int, str]  # model, seed, configuration


@dataclass(frozen=True, eq=False)
class Reading:
    """What the project answered.

    Parameters
    ----------
    choices : its comparisons of the dataset, oldest first
    shown : the one asked for, or the newest
    results : of that one, by run id, so that they need not be read again
    over : the runs that the project knows the end of
    """

    choices: tuple[Choice, ...]
    shown: Shown | None
    results: Mapping[int, RunResult]
    over: frozenset[Identity]


def read(
    project: Project,
    dataset_id: int | None,
    wanted: int | None,
    known: Mapping[int, RunResult],
) -> Reading:
    """Read one comparison of a dataset.

    Parameters
    ----------
    project : the open project
    dataset_id : whose comparisons count
    wanted : id of a comparison, None for the newest
    known : results that were read before, by run id
    """
    summaries = [s for s in project.comparisons() if s.dataset_id == dataset_id]
    choices = tuple(
        Choice(s.id, number, s.created, s.n_done, s.n_failed)
        for number, s in enumerate(summaries, start=1)
    )
    if not summaries:
        return Reading((), None, {}, frozenset())
    place = next((n for n, s in enumerate(summaries) if s.id == wanted), len(summaries) - 1)
    experiment = summaries[place].experiment
    runs = project.runs(summaries[place].id)
    results = {
        run.id: known[run.id] if run.id in known else project.load_result(run.id)
        for run in runs
        if run.cost is not None
    }
    columns = all_columns(experiment.tasks, experiment.k)
    comparison = compare(list(results.values()), experiment.tasks, experiment.k, columns)
    main = default_columns(experiment.tasks, experiment.k)
    places = tuple(columns.index(column) for column in main)
    shown = Shown(
        choice=choices[place],
        tasks=tuple(task for task in experiment.tasks if task.enabled),
        split=experiment.split,
        seeds=experiment.seeds,
        k=experiment.k,
        comparison=comparison,
        main=places,
        failures=failures(runs),
        footnotes={
            Section.MAIN: footnotes(comparison.rows, len(experiment.seeds) > 1, main),
            Section.ALL: footnotes(comparison.rows, len(experiment.seeds) > 1, columns),
            Section.COST: NO_FOOTNOTES,
        },
        tests=tests_of(comparison),
        repeats=repeats_of(comparison, experiment.split),
        across=across_tasks(comparison, places),
        findings=findings_of(experiment, list(results.values())),
    )
    over = frozenset(identity(run.model, run.seed, run.config) for run in runs)
    return Reading(choices, shown, results, over)


def identity(model: str, seed: int, config: Mapping[str, Any]) -> Identity:
    """Return what makes a run that run, whether its configuration is spelt out or not."""
    try:
        values = find_model(model).config_class(**config).model_dump(mode="json")
    except ValidationError:
        values = dict(config)
    values.pop("rules", None)  # of the experiment, unless the run has been made
    return model, seed, repr(sorted(values.items()))


def title_of(model: str, config: Mapping[str, Any], others: Sequence[StoredRun]) -> str:
    """Return a model's title, with its settings where other runs of it have other settings."""
    found = find_model(model)
    mine = identity(model, 0, config)
    if all(run.model != model or identity(model, 0, run.config) == mine for run in others):
        return found.title
    words = ", ".join(
        f"{name} {value}" for name, value in config.items() if not isinstance(value, Mapping)
    )
    return f"{found.title} ({words})" if words else found.title


def pending(
    rows: Sequence[DeskRow], over: frozenset[Identity], in_table: frozenset[tuple[str, str]]
) -> tuple[PendingRun, ...]:
    """Return the models of which the project does not know the end of every run.

    Parameters
    ----------
    rows : of the run desk
    over : the runs that the project knows the end of
    in_table : model and configuration of the rows that the table has
    """
    groups: dict[tuple[str, str], list[DeskRow]] = {}
    for row in rows:
        key = identity(row.spec.model, row.spec.seed, row.spec.config)
        if key not in over:
            groups.setdefault((key[0], key[2]), []).append(row)
    found = []
    for group, members in groups.items():
        first = max(members, key=_progress_of)
        found.append(
            PendingRun(
                title=find_model(group[0]).title,
                state=first.state,
                fraction=first.fraction,
                stage=first.stage,
                seconds_left=first.seconds_left,
                message=first.message,
                n_left=sum(not row.is_over for row in members),
                in_table=group in in_table,
            )
        )
    return tuple(found)


def _progress_of(row: DeskRow) -> float:
    if row.state in (JobState.STARTED, JobState.PROGRESS):
        return 1.0 + row.fraction
    return 0.5 if row.state is JobState.QUEUED else 0.0


def footnotes(rows: Sequence[Row], several_seeds: bool, columns: Sequence[Column]) -> Footnotes:
    """Gather the notes of all rows by what they say; of the first seed where there are more.

    Only notes that concern one of the columns count.
    """
    said: dict[str, list[tuple[str, tuple[Message, ...]]]] = {}
    for row in rows:
        notes = [note for note in row.runs[0].notes if concerns(note, columns)]
        for template in dict.fromkeys(note.template for note in notes):
            mine = tuple(note for note in notes if note.template == template)
            said.setdefault(template, []).append((row.title, mine))
    numbers = {template: number for number, template in enumerate(said, start=1)}
    marks = tuple(
        tuple(sorted({numbers[n.template] for n in row.runs[0].notes if n.template in numbers}))
        for row in rows
    )
    gathered = tuple(Footnote(template, tuple(models)) for template, models in said.items())
    return Footnotes(gathered, marks, rows[0].runs[0].seed if rows and several_seeds else None)


def failures(runs: Sequence[StoredRun]) -> tuple[FailedRun, ...]:
    """Return the failed runs; those of one model with one reason together."""
    seeds: dict[tuple[str, str], list[int]] = {}
    messages: dict[tuple[str, str], Message | None] = {}
    for run in runs:
        if run.cost is None:
            key = title_of(run.model, run.config, runs), str(run.message)
            seeds.setdefault(key, []).append(run.seed)
            messages[key] = run.message
    return tuple(FailedRun(key[0], tuple(found), messages[key]) for key, found in seeds.items())

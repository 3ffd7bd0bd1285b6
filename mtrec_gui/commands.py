"""What each command of the command line does; the same use cases as in the window."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from algorithms.data import InteractionLog
from algorithms.data.duplicates import Duplicates
from algorithms.evaluation import Experiment
from algorithms.evaluation.leaks import examine
from algorithms.metrics import MEASURES, METRICS, Measure, Metric, find_measure
from algorithms.models.base import Recommender
from algorithms.progress import Progress, Stage
from mtrec_gui import exit_status, preferences
from mtrec_gui.bringing import Naming, plan_files, read_files, write_rejected
from mtrec_gui.console import (
    load_results,
    open_workspace,
    report_leaks,
    report_plan,
    report_rejected,
    run_all,
    say_where,
    show_comparison,
)
from mtrec_gui.json_output import (
    comparison_values,
    metric_values,
    model_values,
    world_values,
    write_json,
)
from mtrec_gui.model_shelf import MODELS, default_experiment, find_model
from mtrec_gui.project_files import free_name
from mtrec_gui.spec_file import loader, read_spec

MakeProject = Callable[[Progress], tuple[InteractionLog, Experiment]]


def demo(world: str, project: Path | None, json_file: Path | None) -> int:
    """Run the default comparison on a sample world."""
    from sample_data import load_world, world_tasks

    def make(progress: Progress) -> tuple[InteractionLog, Experiment]:
        log = load_world(world)
        progress(1.0, Stage.LOAD)
        return log, default_experiment(log, world_tasks(world))

    return _compare(make, _project_path(project, world), json_file)


def run(spec_file: Path, project: Path | None, json_file: Path | None) -> int:
    """Run what a TOML file describes."""
    spec = read_spec(spec_file)
    folder = spec_file.resolve().parent
    named = folder / spec.project if spec.project is not None else None
    path = _project_path(project or named, spec_file.stem)
    return _compare(loader(spec, folder), path, json_file)


def bring(options: argparse.Namespace) -> int:
    """Make a project from files; with ``--compare`` run the default comparison on it."""
    console = Console()
    naming = Naming.of(
        {
            "user": options.user,
            "item": options.item,
            "time": options.time,
            "time_format": options.time_format,
            "labels": tuple(options.label),
            "item_kind": options.kind,
        },
        {
            "encoding": options.encoding,
            "delimiter": options.delimiter,
            "decimal": options.decimal,
        },
    )
    plan = plan_files(options.files, naming, options.items)
    if options.duplicates is not None:
        plan = plan.model_copy(update={"duplicates": Duplicates(options.duplicates)})
    report_plan(console, plan)
    brought = read_files(plan)
    report_rejected(console, brought.read)
    if options.rejected is not None:
        write_rejected(options.rejected, brought.read)
    log, tasks = brought.log, brought.tasks
    console.print(
        Text(
            f"{log.n_users:,} users, {log.n_items:,} items, {len(log):,} events; "
            f"tasks: {', '.join(task.name for task in tasks)}"
        )
    )
    path = _project_path(options.project, plan.name)
    experiment = default_experiment(log, tasks)
    report_leaks(console, examine(log, tasks, experiment.split, experiment.seeds[0]))
    if options.compare:
        return _compare(lambda _: (log, experiment), path, options.json)
    workspace = open_workspace()
    workspace.create(path, lambda _: (log, experiment))
    workspace.close()
    if options.json is not None:
        write_json(options.json, {"project": str(path), **brought.summary()})
    say_where(console, path)
    return exit_status.OK


def world(options: argparse.Namespace) -> int:
    """Make a project from a world file; with ``--write`` write such a file instead."""
    from sample_data.world_file import copy_world, open_spec

    console = Console()
    if options.write is not None:
        copy_world(options.write, options.file)
        console.print(Text(f"World file: {options.file}"), soft_wrap=True)
        return exit_status.OK
    spec = open_spec(options.file)

    def make(progress: Progress) -> tuple[InteractionLog, Experiment]:
        from sample_data.simulator import simulate

        log = simulate(spec).log
        progress(1.0, Stage.LOAD)
        return log, default_experiment(log, spec.tasks)

    path = _project_path(options.project, options.file.stem)
    if options.compare:
        return _compare(make, path, options.json)
    workspace = open_workspace()
    workspace.create(path, make)
    log = workspace.log
    workspace.close()
    counts = f"{log.n_users:,} users, {log.n_items:,} items, {len(log):,} events"
    console.print(Text(f"{log.name}: {counts}; tasks: {', '.join(t.name for t in spec.tasks)}"))
    if options.json is not None:
        write_json(options.json, world_values(spec, log, path))
    say_where(console, path)
    return exit_status.OK


def models(key: str | None, json_file: Path | None) -> int:
    """List the catalog, or show one model."""
    chosen = list(MODELS.values()) if key is None else [find_model(key)]
    if json_file is not None:
        write_json(json_file, [model_values(model) for model in chosen])
    console = Console()
    if key is None:
        _list_models(console, chosen)
    else:
        _show_model(console, chosen[0])
    return exit_status.OK


def metrics(key: str | None, json_file: Path | None) -> int:
    """List the metrics, and what is measured beside them, or show one card."""
    chosen: list[Metric | Measure] = (
        [*METRICS.values(), *MEASURES.values()]
        if key is None
        else [METRICS[key] if key in METRICS else find_measure(key)]
    )
    if json_file is not None:
        write_json(json_file, [metric_values(metric) for metric in chosen])
    console = Console()
    if key is None:
        _list_metrics(console, chosen)
    else:
        _show_metric(console, chosen[0])
    return exit_status.OK


def export(project: Path, tables: Path) -> int:
    """Write a project as ordinary SQLite tables."""
    from mtrec_gui.storage import Project, export_tables

    with Project.open(project) as opened:
        export_tables(opened, tables)
    Console().print(Text(f"Tables: {tables}"), soft_wrap=True)
    return exit_status.OK


def _project_path(wanted: Path | None, stem: str) -> Path:
    return wanted if wanted is not None else free_name(preferences.project_folder(), stem)


def _compare(make: MakeProject, path: Path, json_file: Path | None) -> int:
    """Make a project, run its experiment, print and keep the outcome."""
    console = Console()
    workspace = open_workspace()
    workspace.create(path, make)
    try:
        experiment = workspace.experiment
        log = workspace.log
        console.print(
            Text(f"{log.name}: {log.n_users:,} users, {log.n_items:,} items, {len(log):,} events")
        )
        for problem in workspace.problems():
            console.print(Text(f"Task {problem.task}: {problem.message}", "yellow"))
        rows = run_all(workspace, console)
        results = load_results(workspace)
        if results:
            show_comparison(console, experiment, results)
        for row in rows:
            if row.message is not None:
                console.print(Text(f"Failed: {row.spec.model}: {row.message}", "red"))
        if json_file is not None:
            write_json(json_file, comparison_values(experiment, results, rows, path))
        say_where(console, path)
    finally:
        workspace.close()
    return exit_status.OK if all(row.committed for row in rows) else exit_status.RUNS_FAILED


def _list_models(console: Console, chosen: list[type[Recommender]]) -> None:
    table = Table(title="Models", title_justify="left")
    for head in ("key", "family", "title", "serves", "what it does"):
        table.add_column(head)
    for model in chosen:
        serves = ", ".join(sorted(kind.value for kind in model.serves))
        table.add_row(*map(Text, (model.key, model.family, model.title, serves, model.summary)))
    console.print(table)
    console.print(Text("One in full: mtrec models KEY", "dim"))


def _show_model(console: Console, model: type[Recommender]) -> None:
    console.print(Text(f"{model.title} ({model.key})", "bold"))
    console.print(Text(model.summary))
    console.print(Text(f"Equation: {model.equation}"), soft_wrap=True)
    console.print(Text(f"Reference: {model.reference} (docs/references.bib)"))
    table = Table(title="Parameters", title_justify="left")
    for head in ("name", "default", "meaning"):
        table.add_column(head)
    for name, field in model.config_class.model_fields.items():
        default = field.get_default(call_default_factory=True)
        table.add_row(*map(Text, (name, str(default), field.description or "")))
    console.print(table)


def _list_metrics(console: Console, chosen: list[Metric | Measure]) -> None:
    table = Table(title="Metrics", title_justify="left")
    for head in ("key", "title", "looks at", "better", "definition"):
        table.add_column(head)
    for metric in chosen:
        card = metric.card
        looks_at = metric.group if isinstance(metric, Measure) else metric.level
        table.add_row(
            *map(Text, (metric.key, card.title, looks_at, card.direction, card.definition))
        )
    console.print(table)
    console.print(Text("One in full: mtrec metrics KEY", "dim"))


def _show_metric(console: Console, metric: Metric | Measure) -> None:
    card = metric.card
    low = "−∞" if card.low is None else f"{card.low:g}"
    high = "∞" if card.high is None else f"{card.high:g}"
    console.print(Text(f"{card.title} ({metric.key})", "bold"))
    for head, words in (
        ("Definition", card.definition),
        ("Formula", card.formula),
        ("Range", f"{low} to {high}, {card.direction.value} is better"),
        ("Undefined", card.undefined),
        ("Common mistake", card.mistake),
        ("Cannot see", card.blind),
        *((variant.who, variant.how) for variant in card.variants),
        ("Reference", f"{card.reference} (docs/references.bib)"),
    ):
        console.print(Text(f"{head}: {words}"))

"""The ways into the lab without a window: ``demo``, ``run``, ``import``, ``world``, and more.

Without a command the window opens; where there is no screen, the demonstration runs in the
terminal instead. An error that a person can do something about is one sentence on standard
error and exit status 2.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from algorithms.errors import MtrecError
from mtrec_gui import exit_status


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit status."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    try:
        return _dispatch(options)
    except MtrecError as error:
        print(f"mtrec: {error}", file=sys.stderr)
        return exit_status.BAD_INPUT
    except KeyboardInterrupt:
        print("mtrec: stopped; finished runs are in the project.", file=sys.stderr)
        return exit_status.INTERRUPTED


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="mtrec",
        description="MTRec Lab: learn multi-task recommendation by trying it. "
        "Without a command the window opens.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    window = commands.add_parser("window", help="open the window (the default)")
    window.add_argument("file", nargs="?", type=Path, help="a project, or a file to import")

    demo = commands.add_parser(
        "demo", help="run the default comparison on a sample world and print the table"
    )
    demo.add_argument("--world", default="ecommerce", help="which sample world (ecommerce)")
    _add_output(demo)

    run = commands.add_parser("run", help="run the experiment that a TOML file describes")
    run.add_argument("spec", type=Path, metavar="SPEC.toml")
    _add_output(run)

    bring = commands.add_parser("import", help="make a project from a file of your own")
    bring.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="a file of events, all files of a data set, or their folder",
    )
    for role, words in (
        ("user", "column of the user"),
        ("item", "column of the item"),
        ("time", "column of the time"),
    ):
        bring.add_argument(f"--{role}", metavar="COLUMN", help=words)
    bring.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="COLUMN",
        help="column of a rating or another label; may be given several times",
    )
    bring.add_argument("--items", type=Path, metavar="FILE", help="titles and categories of items")
    bring.add_argument("--kind", help="what the items are (item)")
    bring.add_argument("--encoding", help="how letters are written, such as gb18030")
    bring.add_argument("--delimiter", help="what stands between two fields")
    bring.add_argument("--decimal", choices=(".", ","), help="the mark of decimals")
    bring.add_argument(
        "--time-format",
        choices=("seconds", "milliseconds", "iso", "compact", "day_first", "month_first"),
        help="how times are written",
    )
    bring.add_argument(
        "--duplicates",
        choices=("keep_all", "keep_last", "sum", "mean"),
        help="what becomes of events with the same user and item (keep_all)",
    )
    bring.add_argument(
        "--rejected", type=Path, metavar="FILE", help="write the rejected lines as CSV"
    )
    bring.add_argument("--compare", action="store_true", help="run the default comparison at once")
    _add_output(bring)

    world = commands.add_parser("world", help="make a project from a world file of your own")
    world.add_argument("file", type=Path, metavar="FILE.toml", help="the world's parameters")
    world.add_argument(
        "--write",
        metavar="WORLD",
        help="write a sample world's parameters to FILE.toml, to start from; makes no project",
    )
    world.add_argument("--compare", action="store_true", help="run the default comparison at once")
    _add_output(world)

    _add_search(commands)
    _add_curve(commands)

    models = commands.add_parser("models", help="list the models, or show one")
    models.add_argument("key", nargs="?", help="show this model with its parameters")
    models.add_argument("--json", type=Path, metavar="FILE", help="write the same as JSON")

    metrics = commands.add_parser("metrics", help="list the metrics, or show one")
    metrics.add_argument("key", nargs="?", help="show this metric's card")
    metrics.add_argument("--json", type=Path, metavar="FILE", help="write the same as JSON")

    export = commands.add_parser(
        "export", help="write a project as ordinary SQLite tables, to practise SQL on"
    )
    export.add_argument("project", type=Path)
    export.add_argument("tables", type=Path, metavar="TABLES.sqlite")
    return parser


def _add_search(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "search",
        help="try many task weights and parameters of a model, judged on validation data",
        description="Try many settings of a model and print the Pareto front between tasks. "
        "Test data is never looked at; run what you choose afterwards.",
    )
    data = parser.add_mutually_exclusive_group()
    data.add_argument("--world", default="ecommerce", help="which sample world (ecommerce)")
    data.add_argument("--open", type=Path, metavar="FILE", help="a project, to search in it")
    parser.add_argument("--model", default="shared_factors", help="key of the model")
    parser.add_argument(
        "--objective",
        action="append",
        default=[],
        metavar="TASK[=METRIC]",
        help="a task to serve well, and by which metric (the task's main one); one to three "
        "(the first two tasks that the model serves)",
    )
    parser.add_argument(
        "--weights",
        choices=("kept", "simplex", "log"),
        help="vary the weights of the objectives as shares (simplex) or as ratios (log), or keep "
        "them (simplex, unless --vary is given)",
    )
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="NAME[=LOW:HIGH]",
        help="vary a parameter of the model, in this range or among VALUE,VALUE,…; "
        "may be given several times",
    )
    parser.add_argument(
        "--method",
        choices=("sweep", "random", "bayesian"),
        help="how settings are chosen (a sweep over one side, else random)",
    )
    parser.add_argument("--trials", type=int, default=20, help="how many settings at most (20)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--project", type=Path, metavar="FILE", help="where a new project goes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all trials as JSON")


def _add_curve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "curve",
        help="show how a model's quality depends on labels, or on size and time",
        description="Run a model at several shares of a task's labels, or in several sizes, or "
        "make a fitted network smaller, with several seeds each, and print means with their "
        "intervals. They are kept in a project where one is named.",
    )
    data = parser.add_mutually_exclusive_group()
    data.add_argument("--world", default="ecommerce", help="which sample world (ecommerce)")
    data.add_argument("--open", type=Path, metavar="FILE", help="a project, to draw them in it")
    parser.add_argument(
        "--what",
        choices=("labels", "size", "shrink"),
        default="labels",
        help="what is changed: the labels kept for training, the model's size, or how a fitted "
        "network is written (labels)",
    )
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="KEY[:NAME=VALUE,…]",
        help="a model, and values of its parameters where they are others than usual; may be given "
        "several times (shared_factors, for labels beside separate_factors; shared_bottom for "
        "shrink)",
    )
    parser.add_argument(
        "--task",
        metavar="TASK[=METRIC]",
        help="whose labels are hidden, and what is judged (the task that follows another in a "
        "funnel, else the one with the fewest events; its main metric)",
    )
    parser.add_argument("--parameter", metavar="NAME", help="what is turned up for size")
    parser.add_argument(
        "--values",
        metavar="VALUE,VALUE,…",
        help="shares of labels (0.1,0.3,1), or values of the parameter, also as LOW:HIGH",
    )
    parser.add_argument("--seeds", default="1,2,3", help="one run per point and seed (1,2,3)")
    parser.add_argument("--project", type=Path, metavar="FILE", help="where a new project goes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all points as JSON")


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--project", type=Path, metavar="FILE", help="where the new project file goes"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table as JSON")


def _dispatch(options: argparse.Namespace) -> int:
    if options.command in (None, "window"):
        return _window(getattr(options, "file", None))
    from mtrec_gui import commands

    if options.command == "demo":
        return commands.demo(options.world, options.project, options.json)
    if options.command == "run":
        return commands.run(options.spec, options.project, options.json)
    if options.command == "import":
        return commands.bring(options)
    if options.command == "world":
        return commands.world(options)
    if options.command == "search":
        from mtrec_gui.search_command import search

        return search(options)
    if options.command == "curve":
        from mtrec_gui.curve_command import curve

        return curve(options)
    if options.command == "models":
        return commands.models(options.key, options.json)
    if options.command == "metrics":
        return commands.metrics(options.key, options.json)
    return commands.export(options.project, options.tables)


def _window(to_open: Path | None) -> int:
    from mtrec_gui.screen import why_no_window

    reason = why_no_window()
    if reason is not None:
        from mtrec_gui import commands

        print(f"{reason} Running the demonstration in the terminal instead.\n", flush=True)
        return commands.demo("ecommerce", None, None)
    from mtrec_gui.app import run_window

    return run_window([], to_open)

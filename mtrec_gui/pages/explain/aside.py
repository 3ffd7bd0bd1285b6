"""Tests of explanations in a process of their own, so that the window never waits (Qt-free).

A test fits the model a dozen times, and some libraries hold Python's interpreter lock while they
fit: in a thread of the window's process, the window would stand still. So the worker that does
runs does this as well. The model is fitted there once more instead of being sent: one seed gives
the same numbers in every process.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from algorithms.data import InteractionLog
from algorithms.errors import MtrecError, ResourceError
from algorithms.evaluation import RunSpec, split_of
from algorithms.evaluation.faithfulness import (
    Evidence,
    Faithfulness,
    How,
    measure_faithfulness,
)
from algorithms.evaluation.runner import model_rng
from algorithms.messages import Message
from algorithms.progress import Progress, Stage, part_of
from mtrec_gui.jobs import endings, worker
from mtrec_gui.jobs.parts import read_parts, write_parts
from mtrec_gui.jobs.process import WorkerProcess, describe_exit
from mtrec_gui.model_shelf import find_model

_FUNCTION = f"{__name__}:answer"
_LISTEN_SECONDS = 0.1  # between two looks whether the test is still wanted
_FITTED = 0.08  # share of the work that fitting the model itself is

_logger = logging.getLogger(__name__)


class TrialEndedError(MtrecError, RuntimeError):
    """A test whose process died."""

    template = "The test ended by itself ({how}). Try it again."


@dataclass(frozen=True, slots=True)
class Explained:
    """Which explanation is tested: of an item's score for a user, without how much evidence."""

    task: str
    user: int
    item: int
    n_removed: int


def measure_aside(
    spec: RunSpec, explained: Explained, log: InteractionLog, progress: Progress
) -> Faithfulness:
    """Test an explanation of a run's model in another process, and wait for it.

    Parameters
    ----------
    spec : of the run
    log : the whole log
    progress : told how far the test is; may raise, which ends the process
    """
    asked = spec.model_copy(update={"config": {"model": dict(spec.config), **_plain(explained)}})
    with tempfile.TemporaryDirectory(prefix="mtrec-") as name:
        folder = Path(name)
        _write(log, folder)
        order = worker.Order(
            function=_FUNCTION,
            spec=asked.model_dump_json(),
            log_folder=str(folder / "log"),
            run_folder=str(folder / "run"),
            session_folder=str(folder),
        )
        process = WorkerProcess(get_context("spawn"), order)
        try:
            _listen(process, spec.model, progress)
        finally:
            process.kill()
            exit_code = process.clear()
        result = folder / "run" / worker.RESULT_FOLDER
        if not result.exists():
            raise TrialEndedError(how=describe_exit(exit_code))
        return _read(read_parts(result)[0])


def _write(log: InteractionLog, folder: Path) -> None:
    try:
        write_parts(folder / "log", {}, log.to_arrays())
        (folder / "run").mkdir()
    except OSError as error:
        raise ResourceError(
            file=str(folder),
            reason=error.strerror or str(error),
            remedy="Free some space in the temporary folder and try again.",
        ) from error


def _listen(process: WorkerProcess, model: str, progress: Progress) -> None:
    """Pass on what the process says until it is done; raise what it raised."""
    fraction, stage = 0.0, Stage.LOAD
    while process.hears:
        progress(fraction, stage)
        if not process.events.poll(_LISTEN_SECONDS):
            continue
        event = process.receive()
        if event is None:
            return
        match event["event"]:
            case "progress":
                fraction, stage = event["fraction"], Stage(event["stage"])
            case "done":
                return
            case "failed":
                raise _error(Message(event["template"], event["values"]))
            case "no memory":
                raise _error(endings.no_memory(model))
            case "bug":
                _logger.error("a test of %s\n%s", model, event["traceback"])
                raise _error(endings.bug(model, event["error"]))


def _error(message: Message) -> MtrecError:
    """Return the error that was raised in the other process, by its sentence."""
    error = MtrecError(detail=str(message))
    error.message = message
    return error


# --- in the other process ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What a test found, as the worker keeps it."""

    found: Faithfulness

    def to_parts(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return it as JSON, without any array."""
        found = self.found
        return {
            "fall_strongest": found.fall_strongest,
            "fall_random": found.fall_random,
            "low": found.low,
            "high": found.high,
            "n_removed": found.n_removed,
            "n_draws": found.n_draws,
            "how": found.how.value,
            "sentence": {
                "template": found.sentence.template,
                "values": dict(found.sentence.values),
            },
            "removed": [[each.task, each.item] for each in found.removed],
        }, {}


def answer(spec: RunSpec, log: InteractionLog, progress: Progress) -> Answer:
    """Fit the model of a run and test an explanation; this is what the worker process calls."""
    asked = dict(spec.config)
    model_class = find_model(spec.model)
    model = model_class.from_values(asked["model"])
    split = split_of(spec, log)
    model.prepare()
    model.fit(
        split.train,
        model_class.served_tasks(spec.tasks),
        rng=model_rng(spec.seed),
        validation=split.validation,
        progress=part_of(progress, 0.0, _FITTED),
    )
    return Answer(
        measure_faithfulness(
            model,
            model.explain(asked["task"], asked["user"], asked["item"]),
            seed=spec.seed,
            n_removed=asked["n_removed"],
            how=How.REFIT,
            validation=split.validation,
            progress=part_of(progress, _FITTED, 1.0),
        )
    )


def _plain(explained: Explained) -> dict[str, Any]:
    return {
        "task": explained.task,
        "user": explained.user,
        "item": explained.item,
        "n_removed": explained.n_removed,
    }


def _read(manifest: Mapping[str, Any]) -> Faithfulness:
    values = dict(manifest)
    sentence = values.pop("sentence")
    removed = values.pop("removed")
    return Faithfulness(
        how=How(values.pop("how")),
        sentence=Message(sentence["template"], sentence["values"]),
        removed=tuple(Evidence(task, item) for task, item in removed),
        **values,
    )

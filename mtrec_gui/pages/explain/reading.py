"""From a question to everything on the page: restore the models, rank, explain (Qt-free)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from algorithms.arrays import IntArray
from algorithms.data.split import Split
from algorithms.evaluation.ranking import RelevantItems, rank_unmet, relevant_items
from algorithms.models.base import Recommender
from algorithms.models.rule_blend import RuleBlend
from algorithms.progress import Progress, Stage, silent
from algorithms.tasks import Task
from mtrec_gui.model_shelf import find_model
from mtrec_gui.pages.explain import choosing, users
from mtrec_gui.pages.explain.listing import (
    page_lists,
    place_in,
    task_list,
    why_of_task,
    whys_of_page,
)
from mtrec_gui.pages.explain.state import (
    LENGTH,
    MOST_LISTS,
    Chosen,
    ComparisonChoice,
    ExplainState,
    ModelList,
    Move,
    Question,
    RunChoice,
    UserFacts,
    Why,
)
from mtrec_gui.restored import finished_comparisons

if TYPE_CHECKING:
    from algorithms.data import InteractionLog
    from mtrec_gui.restored import RestoredModels
    from mtrec_gui.storage import ComparisonSummary, Project, StoredRun

_NOTHING = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class _Scene:
    """What a question is about, once it is settled."""

    experiment_tasks: tuple[Task, ...]
    task: Task
    split: Split
    runs: Mapping[int, StoredRun]
    model: Callable[[int], Recommender]
    relevant: Callable[[Task], RelevantItems]


@dataclass(frozen=True, eq=False)
class _Shown:
    """The lists of a user, the place of any item in each, and why it stands there."""

    lists: tuple[ModelList, ...]
    places: tuple[Callable[[int], int | None], ...]
    whys: Callable[[int], tuple[Why, ...]]


class Reader:
    """Answers the questions of the page; in the background, one at a time.

    Parameters
    ----------
    restored : where fitted models come from
    rng : draws the user who surprises
    """

    def __init__(self, restored: RestoredModels, rng: np.random.Generator) -> None:
        self._restored = restored
        self._rng = rng
        self._lock = threading.Lock()
        self._relevant: WeakKeyDictionary[Split, dict[str, RelevantItems]] = WeakKeyDictionary()
        self._ranked: WeakKeyDictionary[Recommender, tuple[tuple[str, int], IntArray]]
        self._ranked = WeakKeyDictionary()

    def answer(
        self,
        project: Project,
        log: InteractionLog,
        dataset_id: int,
        question: Question,
        progress: Progress = silent,
    ) -> ExplainState:
        """Answer a question.

        Parameters
        ----------
        project, log : the open project and its data
        dataset_id : whose comparisons count
        question : what is wanted
        progress : told between the steps; may raise to stop
        """
        with self._lock:
            progress(0.0, Stage.LOAD)
            return self._answer(project, log, dataset_id, question, progress)

    # --- settling what is asked --------------------------------------------------------------

    def _answer(
        self,
        project: Project,
        log: InteractionLog,
        dataset_id: int,
        question: Question,
        progress: Progress,
    ) -> ExplainState:
        comparisons = finished_comparisons(project, dataset_id)
        if not comparisons:
            return ExplainState()
        summary = _found(comparisons, question.comparison)
        experiment = summary.experiment
        done = [run for run in project.runs(summary.id) if run.cost is not None]
        seeds = tuple(dict.fromkeys(run.seed for run in done))
        seed = question.seed if question.seed in seeds else seeds[0]
        runs = {run.id: run for run in done if run.seed == seed}
        choices = choosing.run_choices(list(runs.values()))
        tasks = tuple(task for task in experiment.tasks if task.enabled)
        task = next((t for t in tasks if t.name == question.task), choosing.telling_task(tasks))
        composing = [run for run in choices if issubclass(find_model(run.model), RuleBlend)]
        whole_page = question.whole_page and bool(composing)
        shown = tuple(run for run in question.runs or () if run in runs)
        chosen = shown or choosing.telling_runs(choices, task)
        question = replace(
            question, seed=seed, task=task.name, whole_page=whole_page, runs=shown or None
        )
        split = self._restored.split(project, log, experiment, seed)
        scene = _Scene(
            tasks,
            task,
            split,
            runs,
            lambda run: self._restored.model(project, log, experiment, runs[run]),
            lambda of: self._relevant_items(of, split),
        )
        progress(0.2, Stage.LOAD)
        user = self._user(project, question, scene, chosen)
        progress(0.4, Stage.LOAD)
        if whole_page:
            found = self._pages(scene, composing, user)
        else:
            by_id = {run.id: run for run in choices}
            found = self._task_lists(scene, [by_id[run] for run in chosen], user, progress)
        item = _item(found.lists, question.item)
        progress(0.9, Stage.PREDICT)
        return ExplainState(
            question=replace(question, user=user, move=Move.STAY, item=item),
            comparison=summary.id,
            comparisons=tuple(
                ComparisonChoice(each.id, number, each.created) for number, each in comparisons
            ),
            seeds=seeds,
            runs=choices,
            tasks=tasks,
            has_page=bool(composing),
            user=self._facts(log, scene, user, whole_page),
            lists=found.lists
            if item is None
            else tuple(
                replace(each, place=place(item))
                for each, place in zip(found.lists, found.places, strict=True)
            ),
            whys=() if item is None else found.whys(item),
            chosen=None if item is None else Chosen(item, str(log.item_table.titles[item])),
        )

    def _user(
        self, project: Project, question: Question, scene: _Scene, runs: Sequence[int]
    ) -> int:
        n_users = scene.split.train.n_users
        if question.user is not None and question.user < n_users:
            if question.move is Move.STAY:
                return question.user
            tasks = scene.experiment_tasks if question.whole_page else (scene.task,)
            among = np.unique(
                np.concatenate([users.with_relevant(scene.relevant(task)) for task in tasks])
            )
            return choosing.moved_user(question.user, question.move, among, n_users, self._rng)
        lists = [project.load_result(run).lists.get(scene.task.name) for run in runs]
        relevant = scene.relevant(scene.task)
        return choosing.telling_user([each for each in lists if each is not None], relevant)

    def _facts(self, log: InteractionLog, scene: _Scene, user: int, whole_page: bool) -> UserFacts:
        mine = users.of_user(scene.split.train, user)
        tasks = scene.experiment_tasks
        held_out = [
            users.relevant_of(scene.relevant(task), user)
            for task in (tasks if whole_page else (scene.task,))
        ]
        return UserFacts(
            index=user,
            id=str(log.user_table.ids.ids[user]),
            events=tuple((t.name, int(users.known_events(t, mine).sum())) for t in tasks),
            categories=users.favourite_categories(tasks, mine),
            n_relevant=len(np.unique(np.concatenate(held_out))),
        )

    # --- lists and reasons -------------------------------------------------------------------

    def _task_lists(
        self, scene: _Scene, runs: Sequence[RunChoice], user: int, progress: Progress
    ) -> _Shown:
        task, table = scene.task, scene.split.train.item_table
        mine = users.of_user(scene.split.train, user)
        relevant = users.relevant_of(scene.relevant(task), user)
        lists, rankings, models = [], [], []
        for number, run in enumerate(runs):
            model = scene.model(run.id)
            serves = task in model.tasks
            ranked = self._ranking(model, task, scene.split, user) if serves else _NOTHING
            known = users.n_known(model, task, mine)
            shown = task_list(run, task, ranked, relevant, known, table)
            lists.append(replace(shown, serves=serves))
            rankings.append(ranked)
            models.append(model)
            progress(0.4 + 0.5 * (number + 1) / len(runs), Stage.RANK)
        return _Shown(
            tuple(lists),
            tuple(partial(place_in, ranked) for ranked in rankings),
            lambda item: tuple(
                why_of_task(model.explain(task, user, item), table) if shown.serves else Why()
                for model, shown in zip(models, lists, strict=True)
            ),
        )

    def _pages(self, scene: _Scene, runs: Sequence[RunChoice], user: int) -> _Shown:
        table = scene.split.train.item_table
        relevant = {
            task.name: users.relevant_of(scene.relevant(task), user)
            for task in scene.experiment_tasks
        }
        mine = users.of_user(scene.split.train, user)
        lists: list[ModelList] = []
        pages = []
        for run in runs[: MOST_LISTS // 2]:  # each takes two lists
            model = scene.model(run.id)
            if isinstance(model, RuleBlend):
                page = model.compose_page(user, LENGTH)
                lists += page_lists(run, page, relevant, users.n_known(model, None, mine), table)
                pages.append(page)
        return _Shown(
            tuple(lists),
            tuple(partial(place_in, np.array(each.items, np.int64)) for each in lists),
            lambda item: tuple(why for page in pages for why in whys_of_page(page, item)),
        )

    def _ranking(self, model: Recommender, task: Task, split: Split, user: int) -> IntArray:
        """Return all ranked items of a user, best first, by the protocol that judged the model."""
        key = (task.name, user)
        known = self._ranked.get(model)
        if known is not None and known[0] == key:
            return known[1]
        n = len(split.train.item_table.of_kind(task.item_kind))
        items = rank_unmet(model, task, split, np.array([user]), n, silent).items[0]
        ranked: IntArray = items[items >= 0]
        self._ranked[model] = (key, ranked)
        return ranked

    def _relevant_items(self, task: Task, split: Split) -> RelevantItems:
        of_split = self._relevant.setdefault(split, {})
        if task.name not in of_split:
            of_split[task.name] = relevant_items(task, split)
        return of_split[task.name]


def _found(
    comparisons: Sequence[tuple[int, ComparisonSummary]], wanted: int | None
) -> ComparisonSummary:
    """Return the comparison of an id, or the newest."""
    return next((each for _, each in comparisons if each.id == wanted), comparisons[-1][1])


def _item(lists: Sequence[ModelList], wanted: int | None) -> int | None:
    """Return the item to be explained: the one wanted, if it has a place anywhere."""
    entries = [entry for shown in lists for entry in shown.entries]
    if any(entry.item == wanted for entry in entries):
        return wanted
    found = [entry for entry in entries if entry.found]
    return next((entry.item for entry in [*found, *entries]), None)

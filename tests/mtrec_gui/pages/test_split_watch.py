"""The split on the Experiments page follows every edit, and only the newest answer arrives."""

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel

from algorithms.data import IdMap, InteractionLog, ItemTable, SplitConfig, UserTable
from algorithms.data.split import PARAMETERS, SplitMethod
from algorithms.evaluation import Experiment, ModelChoice
from algorithms.tasks import Task, TaskKind
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.experiments.judging_card import JudgingCard
from mtrec_gui.pages.experiments.reading import judging
from mtrec_gui.pages.experiments.split_box import SplitBox
from mtrec_gui.pages.experiments.split_watch import SplitWatch, look_at_split
from mtrec_gui.pages.experiments.words import ExperimentWords
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.workspace import Workspace

N = 400
CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="film")
OFF = CLICK.model_copy(update={"name": "off", "enabled": False})
BUY = CLICK.model_copy(update={"name": "buy"})
EXPERIMENT = Experiment(tasks=(OFF, CLICK, BUY), models=(ModelChoice(model="popularity"),))


def make_log(times=True):
    rng = np.random.default_rng(1)
    ids = np.array([f"i{i}" for i in range(20)])
    return InteractionLog(
        name="tiny",
        users=rng.integers(0, 30, N).astype(np.int32),
        items=rng.integers(0, 20, N).astype(np.int32),
        labels={"click": rng.integers(0, 2, N).astype(np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{u}" for u in range(30)]))),
        item_table=ItemTable(IdMap(ids), ids, ("film",), np.zeros(20, np.int16), ids),
        timestamps=np.arange(N) * 86_400 if times else None,
    )


class View:
    def __init__(self):
        self.shown = []

    def show_split(self, shown):
        self.shown.append(shown)

    def show_no_split(self, reason):
        self.shown.append(reason)


class LateRunner(ImmediateRunner):
    """Keeps answers back until they are asked for."""

    def __init__(self):
        self.waiting = []
        self.is_late = False

    def run(self, work, done, failed, progress=None):
        if not self.is_late:
            return super().run(work, done, failed, progress)
        self.waiting.append(lambda: ImmediateRunner.run(self, work, done, failed, progress))
        return super().run(lambda progress: None, lambda _: None, failed)


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(LateRunner())
    made.create(tmp_path / "a.mtrec", lambda progress: (make_log(), EXPERIMENT))
    yield made
    made.close()


def choose(workspace, **split):
    config = SplitConfig.model_validate(split)
    workspace.edit("split", workspace.experiment.model_copy(update={"split": config}))


def test_the_split_in_force_is_counted_and_pictured(workspace):
    view = View()
    SplitWatch(workspace, view)
    shown = view.shown[-1]
    assert (shown.facts.events.n_train, shown.facts.events.n_test) == (N * 0.7, N * 0.2)
    assert [task.name for task in shown.facts.tasks] == ["click", "buy"]
    assert shown.task_positions == (1, 2)
    assert shown.picture.n_users == 30


def test_every_method_is_shown_at_once(workspace):
    view = View()
    SplitWatch(workspace, view)
    for method in SplitMethod:
        choose(workspace, method=method, n_test=2)
        assert view.shown[-1].facts.events.n_test > 0


def test_edits_that_do_not_concern_it_cost_nothing(workspace):
    view = View()
    SplitWatch(workspace, view)
    workspace.edit("k", workspace.experiment.model_copy(update={"k": 5}))
    assert len(view.shown) == 1
    workspace.edit("seeds", workspace.experiment.model_copy(update={"seeds": (4,)}))
    assert view.shown[-1].seed == 4


def test_only_the_newest_answer_arrives(workspace):
    view = View()
    SplitWatch(workspace, view)
    workspace.runner.is_late = True
    choose(workspace, method="temporal")
    choose(workspace, test_fraction=0.5)
    asked = list(workspace.runner.waiting)
    for answer in reversed(asked):
        answer()
    assert len(view.shown) == 2
    assert view.shown[-1].facts.events.n_test == N * 0.5


def test_why_there_is_no_split(tmp_path):
    workspace = Workspace(ImmediateRunner())
    workspace.create(tmp_path / "b.mtrec", lambda progress: (make_log(times=False), EXPERIMENT))
    complaints = []
    workspace.failed.connect(complaints.append)
    view = View()
    SplitWatch(workspace, view)
    choose(workspace, method="temporal")
    assert "this data has no times" in str(view.shown[-1])
    assert complaints == []  # the page says it where it is chosen
    choose(workspace, method="random")
    assert view.shown[-1].picture.dates == ()
    workspace.close()


# --- widgets ----------------------------------------------------------------------------------


def texts(widget):
    return [label.text() for label in widget.findChildren(QLabel) if not label.isHidden()]


def test_the_box_shows_counts_strangers_and_the_reason_of_none(qtbot):
    box = SplitBox(Appearance())
    qtbot.addWidget(box)
    config = SplitConfig(method=SplitMethod.RANDOM_BY_USER)
    box.show_split(look_at_split(make_log(), config, 3, EXPERIMENT.tasks))
    shown = texts(box)
    assert {"Training", "Validation", "Test", "All events", "click", "buy"} <= set(shown)
    assert "24 of 30 users, a row each" in box.sentence.text()
    assert "(seed 3)" in box.canvas.accessibleName()
    assert box.cold.text().startswith("6 of 6 test users and ")
    box.show_split(look_at_split(make_log(), SplitConfig(), 1, ()))
    assert box.cold.text() == "Every user and every item of the test has events in training."
    with pytest.raises(Exception, match="no times") as error:
        look_at_split(make_log(times=False), SplitConfig(method="temporal"), 1, ())
    box.show_no_split(error.value.message)
    assert not box.problem.isHidden()
    assert box.canvas.isHidden()


def test_the_card_offers_all_methods_and_the_fields_of_the_one_chosen(qtbot):
    card = JudgingCard(ExperimentWords(), Appearance())
    qtbot.addWidget(card)
    edits = []
    card.split_edited.connect(lambda field, values: edits.append((field, dict(values))))
    assert card.method.count() == len(SplitMethod)
    card.show_judging(judging(EXPERIMENT, N))
    assert edits == []
    for method in SplitMethod:
        card.method.setCurrentIndex(card.method.findData(method.value))
        split = SplitConfig(method=method)
        card.show_judging(judging(EXPERIMENT.model_copy(update={"split": split}), N))
        visible = [
            name
            for name in SplitConfig.model_fields
            if name != "method" and not card.form.control(name).isHidden()
        ]
        assert sorted(visible) == sorted(PARAMETERS[method])
        assert card.meaning.text().count(".") >= 1
    assert [values["method"] for _, values in edits] == [m.value for m in list(SplitMethod)[1:]]

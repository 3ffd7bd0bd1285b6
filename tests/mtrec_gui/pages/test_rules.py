"""The Rules page: edits of the rule set, their problems, and the live page of one user."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from algorithms.data.log import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.evaluation import Experiment, ModelChoice
from algorithms.evaluation.runner import run
from algorithms.rules import (
    AtMost,
    BlendMethod,
    Boost,
    BoostBoughtCategory,
    DropBelow,
    Pin,
    Quota,
    RuleSet,
)
from algorithms.rules.conditions import Scope
from algorithms.rules.toml_file import save_rules
from algorithms.tasks import Task, TaskKind
from mtrec_gui.context import Context
from mtrec_gui.jobs.background import ImmediateRunner
from mtrec_gui.pages.rules import build
from mtrec_gui.pages.rules.presenter import RulesPresenter
from mtrec_gui.pages.rules.reading import RULES as RULES_BY_WORD
from mtrec_gui.pages.rules.state import Preview, PreviewStatus
from mtrec_gui.pages.rules.words import RuleWords
from mtrec_gui.run_desk import RunDesk
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.workspace import Workspace
from tests.mtrec_gui.fakes import LateRunner

CLICK = Task(name="click", kind=TaskKind.BINARY, label="click", item_kind="product")
BUY = Task(name="buy", kind=TaskKind.BINARY, label="buy", item_kind="product", parent="click")
AD = Task(name="ad <b>", kind=TaskKind.BINARY, label="ad", item_kind="ad")
RULES = RuleSet(
    powers={"click": 0.5},
    rules=(
        DropBelow(item_kind="ad", task="ad <b>", limit=0.5),
        BoostBoughtCategory(task="buy", factor=1.5),
        Quota(item_kind="ad", at_most=1, in_places=5),
    ),
)
EXPERIMENT = Experiment(
    tasks=(CLICK, BUY, AD),
    models=(ModelChoice(model="rule_blend", config={"base": "shared_factors"}),),
    rules=RULES,
)
N_USERS, N_PRODUCTS, N_ADS = 30, 24, 12


def make_log():
    """Return events of users who like one of three categories, and see ads between."""
    rng = np.random.default_rng(5)
    users = np.repeat(np.arange(N_USERS), 16)
    items = rng.integers(0, N_PRODUCTS + N_ADS, len(users))
    is_ad = items >= N_PRODUCTS
    likes = (items % 3 == users % 3) & (rng.random(len(users)) < 0.9)
    nan = np.float32(np.nan)
    return InteractionLog(
        name="small",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={
            "click": np.where(is_ad, nan, likes).astype(np.float32),
            "buy": np.where(is_ad, nan, likes & (rng.random(len(users)) < 0.5)).astype(np.float32),
            "ad": np.where(is_ad, likes, nan).astype(np.float32),
        },
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(N_USERS)]))),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(N_PRODUCTS + N_ADS)])),
            titles=np.array([f"thing {n}" for n in range(N_PRODUCTS + N_ADS)]),
            kinds=("product", "ad"),
            kind_codes=(np.arange(N_PRODUCTS + N_ADS) >= N_PRODUCTS).astype(np.int16),
            categories=np.array([f"shelf {n % 3}" for n in range(N_PRODUCTS + N_ADS)]),
        ),
    )


@pytest.fixture(scope="module")
def fitted():
    """A run of the rule blend on the small log."""
    (spec,) = EXPERIMENT.run_specs()
    return run(spec, make_log())


class View:
    """Remembers what it was shown last."""

    def __init__(self):
        self.state = self.preview = None
        self.told = []

    def show_state(self, state):
        self.state = state

    def show_preview(self, state):
        self.preview = state

    def show_imported(self, name, n_rules, n_skipped):
        self.told.append((name, n_rules, n_skipped))

    def show_exported(self, name):
        self.told.append(name)

    def show_versions(self, versions):
        self.versions = versions


class Lab:
    """A page without a window in an open project."""

    def __init__(self, folder):
        self.workspace = Workspace(ImmediateRunner())
        self.workspace.create(folder / "a.mtrec", lambda progress: (make_log(), EXPERIMENT))
        self.view = View()
        self.presenter = RulesPresenter(self.workspace, lambda edit, what: f"{edit.value} {what}")
        self.presenter.attach(self.view)

    def commit(self, result):
        workspace = self.workspace
        comparison = workspace.project.start_comparison(workspace.dataset_id, workspace.experiment)
        workspace.project.add_run(comparison, result)
        workspace.runs_changed.emit(None)

    @property
    def rules(self):
        return self.workspace.experiment.rules

    @property
    def page(self) -> Preview:
        assert self.view.preview.status is PreviewStatus.READY
        return self.view.preview.preview


@pytest.fixture
def lab(tmp_path):
    made = Lab(tmp_path)
    yield made
    made.workspace.close()


# --- editing -------------------------------------------------------------------------------------


def test_the_rule_set_is_shown(lab):
    state = lab.view.state
    assert [row.rule for row in state.rules] == list(RULES.rules)
    assert [(row.task, row.position, row.power) for row in state.powers] == [
        ("click", 0, 0.5),
        ("buy", 1, None),
        ("ad <b>", 2, None),
    ]
    assert [formula.factors for formula in state.formulas] == [
        (("click", 1.0),),
        (("buy", 1.0), ("click", 0.5)),
        (("ad <b>", 1.0),),
    ]


def test_blend_and_powers_are_edited_step_by_step(lab):
    lab.presenter.method_chosen("sum")
    lab.presenter.power_ticked("buy", True)
    lab.presenter.power_edited("buy", 0.7)
    lab.presenter.power_edited("buy", 0.9)
    lab.presenter.power_ticked("click", False)
    assert lab.rules.method is BlendMethod.SUM
    assert lab.rules.powers == {"buy": 0.9}
    for _ in range(2):
        lab.workspace.undo()
    assert lab.rules.powers == {"click": 0.5, "buy": 0.5}  # both edits of one field at once


def test_rules_are_switched_edited_moved_removed_and_added(lab):
    presenter = lab.presenter
    presenter.rule_ticked(1, False)
    presenter.rule_edited(3, "at_most", {"item_kind": "ad", "at_most": 2})
    assert lab.rules.rules[0] == RULES.rules[0].model_copy(update={"enabled": False})
    assert lab.rules.rules[2] == Quota(item_kind="ad", at_most=2)
    presenter.rule_chosen(3)
    presenter.rule_moved(3, -1)
    assert [type(rule) for rule in lab.rules.rules] == [DropBelow, Quota, BoostBoughtCategory]
    assert lab.view.state.chosen == 2  # the form goes with its rule
    presenter.rule_moved(1, -1)  # the first cannot go further
    presenter.rule_removed(1)
    assert [type(rule) for rule in lab.rules.rules] == [Quota, BoostBoughtCategory]
    for kind in ("drop_below", "boost_category", "quota"):
        presenter.rule_added(kind)
    assert [type(rule) for rule in lab.rules.rules[2:]] == [DropBelow, BoostBoughtCategory, Quota]
    assert lab.view.state.chosen == 5
    assert [row.problem for row in lab.view.state.rules] == [None] * 5
    assert lab.workspace.project.load_experiment(lab.workspace.dataset_id).rules == lab.rules


def test_every_kind_of_rule_can_be_added_and_names_what_there_is(lab):
    offered = [kind for _, kinds in RuleWords().kinds() for kind, _ in kinds]
    assert sorted(offered) == sorted(RULES_BY_WORD)
    for kind in offered:
        lab.presenter.rule_added(kind)
        assert lab.rules.rules[-1].rule == kind
    rows = lab.view.state.rules
    assert [str(row.problem) for row in rows if row.problem] == [
        "Rule 10 is skipped: items have no number “”; there are none."  # freshness: no such number
    ]


def test_what_a_condition_can_ask_follows_the_tasks(lab):
    assert lab.view.state.fields.find(Scope.SCORE, "click") is not None
    lab.workspace.edit("x", EXPERIMENT.model_copy(update={"tasks": (BUY,)}))
    assert lab.view.state.fields.find(Scope.SCORE, "click") is None
    assert lab.view.state.fields.find(Scope.SHARE, "buy") is not None


def test_until_the_data_were_looked_at_nothing_is_a_problem(lab):
    late = LateRunner()
    lab.workspace.runner = late
    lab.workspace.edit("x", EXPERIMENT.model_copy(update={"tasks": (BUY,)}))
    view, presenter = View(), RulesPresenter(lab.workspace, lambda edit, what: "")
    presenter.attach(view)
    assert view.state.fields is None
    assert not any(row.problem for row in view.state.rules)
    while late.waiting:
        late.do_one()
    assert view.state.rules[0].problem is not None


def test_a_rule_keeps_its_switch_when_a_value_is_edited(lab):
    lab.presenter.rule_ticked(2, False)
    lab.presenter.rule_edited(2, "factor", {"task": "buy", "factor": 2.0})
    assert lab.rules.rules[1] == BoostBoughtCategory(task="buy", factor=2.0, enabled=False)


def test_what_a_rule_refuses_changes_nothing(lab):
    lab.presenter.rule_edited(2, "factor", {"task": "buy", "factor": -1})
    assert lab.rules == RULES


def test_problems_stand_at_the_rule_and_at_the_power(lab):
    lab.workspace.edit("x", EXPERIMENT.model_copy(update={"tasks": (CLICK, BUY)}))
    problems = [row.problem for row in lab.view.state.rules]
    assert "ad <b>" in str(problems[0])
    assert problems[1:] == [None, None]
    lab.workspace.edit("y", EXPERIMENT.model_copy(update={"tasks": (BUY, AD)}))
    click = lab.view.state.powers[-1]
    assert (click.task, click.position, click.power) == ("click", None, 0.5)
    assert "no such task" in str(click.problem)
    lab.presenter.power_ticked("click", False)
    assert lab.rules.powers == {}


def test_a_proposed_rule_comes_last_and_can_be_undone(lab):
    lab.presenter.rule_taken(Boost(condition='item.kind == "ad"', factor=1.2))
    assert isinstance(lab.rules.rules[-1], Boost)
    lab.workspace.undo()
    assert lab.rules == RULES


def test_rules_are_proposed_from_the_events_of_validation_only(lab, fitted):
    previews, log = lab.presenter.previews, lab.workspace.log
    ask = (lab.workspace.project, lab.workspace.dataset_id, log)
    assert previews.proposals(*ask, "click") is None  # nothing ran
    lab.commit(fitted)
    assert previews.proposals(*ask, "gone") is None
    assert previews.proposals(*ask, "click") == ()  # too few events to say anything


# --- files ---------------------------------------------------------------------------------------


def test_rules_go_to_a_file_and_come_back(lab, tmp_path):
    path = tmp_path / "house.toml"
    lab.presenter.file_saved(path)
    assert "drop_below" in path.read_text("utf-8")
    lab.presenter.rule_removed(1)
    lab.presenter.rule_chosen(1)
    lab.presenter.file_opened(path)
    assert lab.rules == RULES
    assert lab.view.state.chosen is None
    assert lab.view.told == ["house.toml", ("house.toml", 3, 0)]
    lab.workspace.undo()
    assert len(lab.rules.rules) == 2


def test_rules_of_another_project_stay_and_say_why_they_are_skipped(lab, tmp_path):
    path = tmp_path / "other.toml"
    other = RuleSet(powers={"stream": 1.0}, rules=(BoostBoughtCategory(task="stream"),))
    save_rules(other, path)
    lab.presenter.file_opened(path)
    assert lab.view.told == [("other.toml", 1, 2)]
    assert "stream" in str(lab.view.state.rules[0].problem)
    assert "stream" in str(lab.view.state.powers[-1].problem)


@pytest.mark.parametrize("text", ["[[rules", '[[rules]]\nrule = "explode"', "powers = 3"])
def test_a_file_that_is_no_rule_set_changes_nothing(lab, tmp_path, text):
    failures = []
    lab.workspace.failed.connect(failures.append)
    path = tmp_path / "bad.toml"
    path.write_text(text, "utf-8")
    lab.presenter.file_opened(path)
    assert lab.rules == RULES
    assert len(failures) == 1
    assert "bad.toml" in str(failures[0].message)
    lab.presenter.file_saved(tmp_path / "gone" / "a.toml")
    assert len(failures) == 2


def test_the_rules_of_an_earlier_comparison_come_back(lab, fitted):
    assert lab.view.versions == ()
    lab.commit(fitted)
    lab.presenter.rule_removed(1)
    lab.commit(fitted)
    lab.commit(fitted)  # with the same rules: no version more
    shorter, first = lab.view.versions
    assert first.rules == RULES
    assert len(shorter.rules.rules) == 2
    lab.presenter.version_chosen(first)
    assert lab.rules == RULES
    lab.workspace.undo()
    assert lab.rules == shorter.rules


# --- the page of one user ------------------------------------------------------------------------


def test_without_a_run_there_is_no_page(lab):
    assert lab.view.preview.status is PreviewStatus.NO_RUN


def test_a_run_brings_a_page_on_which_the_rules_do_something(lab, fitted):
    lab.commit(fitted)
    assert 0 < len(lab.page.items) <= 10
    assert [item.place for item in lab.page.items] == list(range(1, len(lab.page.items) + 1))
    assert lab.page.n_changed > 0
    assert all(item.moves for item in lab.page.items if item.place != item.before)


def test_a_changed_rule_shows_at_once_with_the_scores_of_the_run(lab, fitted):
    lab.commit(fitted)
    user = lab.page.user
    for number in (1, 2, 3):
        lab.presenter.rule_ticked(number, False)
    assert lab.page.user == user
    assert lab.page.n_changed == 0
    assert not any(item.moves for item in lab.page.items)
    lab.presenter.rule_added("quota")
    lab.presenter.rule_edited(4, "at_most", {"item_kind": "ad", "at_most": 0})
    assert lab.page.user == user
    assert not any(item.detail.startswith("ad") for item in lab.page.items)
    lab.workspace.undo()
    lab.workspace.undo()
    assert lab.page.n_changed == 0


def test_a_chosen_user_is_shown_an_unknown_one_is_told(lab, fitted):
    lab.commit(fitted)
    lab.presenter.user_typed(" u7 ")
    assert lab.page.user == "u7"
    lab.presenter.user_typed("nobody")
    assert lab.view.preview.status is PreviewStatus.UNKNOWN_USER
    assert "nobody" in str(lab.view.preview.message)
    lab.presenter.other_user_pressed()
    assert lab.page.user != "nobody"


def test_a_rule_that_names_what_the_run_lacks_is_remarked(lab, fitted):
    lab.commit(fitted)
    lab.presenter.rule_edited(2, "task", {"task": "gone", "factor": 1.5})
    assert any("gone" in str(message) for message in lab.page.remarks)


def test_edits_made_while_a_page_is_made_are_shown_after_it_and_never_before(lab, fitted):
    lab.commit(fitted)
    late = LateRunner()
    lab.workspace.runner = late
    before = lab.view.preview
    for number in (1, 2, 3):
        lab.presenter.rule_ticked(number, False)
    while late.waiting:
        late.do_one()
        if lab.view.preview is not before:
            break
    while late.waiting:
        late.do_one()
    assert lab.page.n_changed == 0


# --- real widgets --------------------------------------------------------------------------------


@pytest.fixture
def page(lab, qtbot):
    asked = []
    desk = RunDesk(lab.workspace, None)
    context = Context(lab.workspace, desk, Appearance(), asked.append, lambda sentence, tone: None)
    made = build(context)
    made.asked = asked
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    return made


def test_the_whole_page_is_used_with_the_mouse(lab, page, fitted, qtbot):
    assert page.preview.experiments.isVisible()
    page.preview.experiments.click()
    assert page.asked == ["experiments"]
    lab.commit(fitted)
    assert not page.preview.experiments.isVisible()
    assert page.preview.user.text().startswith("u")
    line = page.rules.lines[1]
    qtbot.mouseClick(line.button, Qt.MouseButton.LeftButton)
    line.form.control("factor").setValue(2.5)
    assert lab.rules.rules[1].factor == 2.5
    assert line.button.accessibleName() == "2 Multiply by 2.5 in categories of past “buy”."
    assert page.rules.lines[1] is line
    page.rules.lines[0].tick.click()
    assert not lab.rules.rules[0].enabled
    page.rules.lines[2].up.click()
    assert isinstance(lab.rules.rules[1], Quota)
    page.rules.lines[1].remove.click()
    assert len(page.rules.lines) == 2
    page.rules.add.menu().actions()[0].menu().actions()[1].trigger()
    assert isinstance(lab.rules.rules[-1], DropBelow)
    page.blend.lines["buy"].tick.click()
    page.blend.lines["buy"].power.setValue(0.25)
    assert lab.rules.powers == {"click": 0.5, "buy": 0.25}
    page.preview.user.setText("u3")
    qtbot.keyClick(page.preview.user, Qt.Key.Key_Return)
    assert lab.workspace.is_open
    assert page.preview.user.text() == "u3"


def test_a_condition_is_typed_and_moves_the_page(lab, page, fitted, qtbot):
    lab.commit(fitted)
    for number in (1, 2, 3):
        lab.presenter.rule_ticked(number, False)
    page.rules.add.menu().actions()[0].menu().actions()[0].trigger()
    form = page.rules.lines[3].form
    edit = form.control("condition")
    assert edit.line.accessibleName() == "Condition"
    page.activateWindow()
    edit.line.setFocus()
    edit.line.selectAll()
    qtbot.keyClicks(edit.line, 'item.category == "shelf 1')
    qtbot.keyClick(edit.line, Qt.Key.Key_Return)  # takes the completion
    qtbot.keyClick(edit.line, Qt.Key.Key_Return)
    assert lab.rules.rules[3].condition == 'item.category == "shelf 1"'
    assert all("shelf 1" not in item.detail for item in lab.page.items)
    edit.line.insertPlainText(" and")
    edit.finish()
    assert "expected" in edit.said.text()
    page.rules.lines[0].tick.click()  # what is being typed stays as it is meanwhile
    assert edit.line.toPlainText().endswith(" and")
    assert lab.rules.rules[3].condition == 'item.category == "shelf 1"'
    when = form.control("when")
    when.line.insertPlainText('user.id == "u3"')
    when.finish()
    assert lab.rules.rules[3].when == 'user.id == "u3"'
    when.line.insertPlainText(' and item.kind == "ad"')  # a user has no kind
    when.finish()
    assert lab.rules.rules[3].when == 'user.id == "u3"'
    assert when.said.property("role") == "worse"


def test_a_rule_is_dragged_and_moved_by_keys_and_keeps_the_focus(lab, page, qtbot):
    first, last = page.rules.lines[0], page.rules.lines[2]
    where = first.handle.mapFromGlobal(last.mapToGlobal(QPoint(5, last.height() - 2)))
    qtbot.mousePress(first.handle, Qt.MouseButton.LeftButton)
    qtbot.mouseMove(first.handle, where - QPoint(0, 9))
    qtbot.mouseMove(first.handle, where)
    qtbot.mouseRelease(first.handle, Qt.MouseButton.LeftButton, pos=where)
    order = [BoostBoughtCategory, Quota, DropBelow]
    assert [type(rule) for rule in lab.rules.rules] == order
    page.activateWindow()
    page.rules.lines[2].button.setFocus()
    qtbot.waitUntil(page.rules.lines[2].button.hasFocus)
    qtbot.keyClick(page.rules.lines[2].button, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [type(rule) for rule in lab.rules.rules] == [BoostBoughtCategory, DropBelow, Quota]
    assert page.rules.lines[1].button.hasFocus()
    page.rules.lines[1].up.setFocus()
    qtbot.keyClick(page.rules.lines[1].up, Qt.Key.Key_Space)
    assert isinstance(lab.rules.rules[0], DropBelow)
    assert page.rules.lines[0].button.hasFocus()  # its arrow upwards is off at the top
    lab.workspace.undo()
    assert isinstance(lab.rules.rules[1], DropBelow)


def test_the_lists_before_and_after_stand_side_by_side_with_reasons(lab, page, fitted):
    lab.commit(fitted)
    shown, lists = page.preview.state.preview, page.preview.lists
    assert [label.whole for label in lists.after][: len(shown.items)] == [
        item.title for item in shown.items
    ]
    known = {item.before: item for item in (*shown.items, *shown.off_page)}
    for row, label in enumerate(lists.before, start=1):
        assert label.whole == (known[row].title if row in known else "")
        gone = row in known and known[row].place is None
        assert lists.notes[row - 1].text() == ("off" if gone else "")
    assert shown.off_page or shown.moved
    visible = [line for lines in page.preview.lines.values() for line in lines if line.isVisible()]
    assert len(visible) == shown.n_changed
    assert all(line.reasons.text() for line in visible)


def test_rules_that_clash_are_named_with_what_was_relaxed(lab, page, fitted):
    lab.commit(fitted)
    pin = Pin(condition='item.kind == "ad"', place=1)
    limit = AtMost(condition='item.kind == "ad"', at_most=0, in_places=5)
    edited = EXPERIMENT.model_copy(update={"rules": RuleSet(rules=(limit, pin))})
    lab.workspace.edit("x", edited)
    assert page.preview.remarks.isVisible()
    assert "clash" in page.preview.remarks.text()
    assert "rule 2 was relaxed" in page.preview.remarks.text()


def test_a_problem_is_read_at_its_rule(lab, page):
    lab.workspace.edit("x", EXPERIMENT.model_copy(update={"tasks": (CLICK, BUY)}))
    shown = page.rules.lines[0]
    texts = [label.text() for label in shown.findChildren(type(page.title)) if label.isVisible()]
    assert any("Rule 1 is skipped" in text for text in texts)


def test_theme_and_zoom_change_with_the_page_open(lab, page, fitted):
    lab.commit(fitted)
    page.rules.add.menu().actions()[0].menu().actions()[0].trigger()
    edit = page.rules.lines[3].form.control("condition")
    edit.line.setPlainText("item.kind ==")
    page.appearance.set_zoom(2.0)
    assert len(page.rules.lines) == 4
    assert edit.line.toPlainText() == "item.kind =="  # what is being typed stays
    page.appearance.set_zoom(1.0)


def test_earlier_rules_are_taken_from_the_menu(lab, page, fitted):
    assert not page.earlier.isVisible()
    lab.commit(fitted)
    lab.presenter.rule_removed(1)
    lab.commit(fitted)
    assert page.earlier.isVisible()
    _, first = page.earlier.menu().actions()
    assert first.text().endswith("House rules, 3 rules")
    first.trigger()
    assert lab.rules == RULES

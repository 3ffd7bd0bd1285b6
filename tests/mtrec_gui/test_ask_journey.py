"""A small prompted run, asked in the real window: by its own sentences, typed, and mistyped."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.evaluation import ModelChoice
from algorithms.tasks import Task, TaskKind
from mtrec_gui import preferences
from mtrec_gui.app import make_qt_application
from mtrec_gui.model_shelf import default_experiment, run
from tests.language_server import language_server, said
from tests.mtrec_gui.person import CTRL, Person

pytestmark = pytest.mark.slow

TASKS = (
    Task(name="click", kind=TaskKind.BINARY, label="clicked", item_kind="product"),
    Task(name="stars", kind=TaskKind.RATING, label="stars", item_kind="product", relevant_from=4),
)
N_USERS, N_ITEMS = 12, 9
QUICKLY = {"n_epochs": 2, "n_prompts": 60, "dimension": 8, "n_layers": 1}


def make_log():
    rng = np.random.default_rng(0)
    users, items = rng.integers(0, N_USERS, 400), rng.integers(0, N_ITEMS, 400)
    likes = (users % 2 == items % 2).astype(np.float32)
    return InteractionLog(
        name="parity",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={"clicked": likes, "stars": (2 + 3 * likes).astype(np.float32)},
        user_table=UserTable(IdMap(np.array([f"u{n}" for n in range(N_USERS)]))),
        item_table=ItemTable(
            IdMap(np.array([f"i{n}" for n in range(N_ITEMS)])),
            np.array([f"Thing <i>{n}</i>" for n in range(N_ITEMS)]),
            ("product",),
            np.zeros(N_ITEMS, dtype=np.int16),
            np.array(["Books", "Toys", "Tools"] * 3),
        ),
        timestamps=np.arange(400),
    )


@pytest.fixture
def person(qapp, qtbot, tmp_path):
    """A person with a prompted run and a plain one in an open project."""
    pytest.importorskip("torch")
    make_qt_application([])
    there = Person(qtbot)
    log = make_log()
    models = (ModelChoice(model="popularity"), ModelChoice(model="prompted", config=QUICKLY))
    experiment = default_experiment(log, TASKS).model_copy(update={"models": models})
    there.workspace.create(tmp_path / "a.mtrec", lambda progress: (log, experiment))
    there.wait_for(lambda: there.workspace.is_open)
    project = there.workspace.project
    comparison = project.start_comparison(there.workspace.dataset_id, experiment)
    for spec in experiment.run_specs():
        project.add_run(comparison, run(spec, log))
    yield there
    there.leave()


def texts(table, column):
    model = table.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_the_model_is_asked_answers_and_says_what_it_does_not_know(person, qtbot):
    person.press(Qt.Key.Key_I, CTRL)
    assert person.window.current_page == "inside"
    page = person.window.page("inside")
    ask = page.ask
    person.wait_for(lambda: ask.answers.isVisible())

    # its own sentence was answered by items, likeliest first, and their titles are text
    assert ask.field.text() == ask.sentences[0].accessibleName()
    shares = [float(text.removesuffix(" %")) for text in texts(ask.answers, 2)]
    assert shares == sorted(shares, reverse=True)
    assert all(title.startswith("Thing <i>") for title in texts(ask.answers, 1))
    assert len(texts(ask.near, 0)) == 5

    # another task, by a press; its question about an item is answered by stars
    stars = next(b for b in ask.segments.findChildren(QPushButton) if b.text() == "stars")
    person.click(stars)
    person.wait_for(lambda: "stars next" in ask.asked_words.text())
    person.click(ask.sentences[1])
    person.wait_for(lambda: set(texts(ask.answers, 0)) == {"2", "5"})

    # typed: a word is completed by Tab, and Enter asks
    user = ask.sentences[0].accessibleName().split()[2]
    ask.field.setFocus()
    ask.field.selectAll()
    qtbot.keyClicks(ask.field, f"will {user} cli")
    assert ask.field.popup.isVisible()
    qtbot.keyClick(ask.field, Qt.Key.Key_Tab)
    qtbot.keyClicks(ask.field, "item_3 ?")
    qtbot.keyClick(ask.field, Qt.Key.Key_Return)
    person.wait_for(lambda: sorted(texts(ask.answers, 0)) == ["no", "yes"])
    assert ask.asked_words.text() == f"“will {user} click item_3 ?”"
    assert f"{user} is user u" in ask.named.text()

    # mistyped: the word is named, and put right by a press
    ask.field.selectAll()
    qtbot.keyClicks(ask.field, f"will {user} klick item_4 ?")
    qtbot.keyClick(ask.field, Qt.Key.Key_Return)
    person.wait_for(lambda: "“klick”" in ask.said.text())
    assert not ask.answers.isVisible()
    person.click(ask.offers.findChildren(QPushButton)[0])
    person.wait_for(lambda: ask.answers.isVisible())
    assert "click item_4" in ask.asked_words.text()

    # what cannot be answered is a sentence as well
    ask.field.setFocus()
    ask.field.selectAll()
    qtbot.keyClicks(ask.field, f"will {user} item_4 ?")
    qtbot.keyClick(ask.field, Qt.Key.Key_Return)
    person.wait_for(lambda: "names 0 tasks" in ask.said.text())
    qtbot.keyClick(ask.field, Qt.Key.Key_Up)
    qtbot.keyClick(ask.field, Qt.Key.Key_Up)
    assert "click item_4" in ask.field.text()

    # an outside model is asked as well, once a person wants that; the key is written nowhere
    with language_server(lambda asked: said("perhaps")) as server:
        box = ask.outside
        person.click(ask.go)
        person.wait_for(lambda: ask.answers.isVisible())
        person.click(box.fold)
        for field, text in (
            (box.address, server.address),
            (box.model, "tiny"),
            (box.key, "key-of-this-test"),
        ):
            field.setFocus()
            qtbot.keyClicks(field, text)
        assert server.asked == []
        box.switch.setFocus()
        qtbot.keyClick(box.switch, Qt.Key.Key_Space)
        assert server.asked == []
        person.click(ask.go)
        person.wait_for(lambda: ask.outside_answer.text.text() == "perhaps")
        assert ask.outside_answer.isVisible()
        (asked,) = server.asked
        assert "click “Thing <i>" in asked.prompt  # which one, was drawn by lot
        assert "item_4" not in asked.prompt
        assert asked.headers["Authorization"] == "Bearer key-of-this-test"
    person.click(ask.go)  # the server is gone
    person.wait_for(lambda: "cannot be reached" in ask.outside_answer.text.text())
    homes = (person.workspace.project.path.parent, preferences.folder())
    kept = [file for home in homes if home.is_dir() for file in home.iterdir()]
    for file in (each for each in kept if each.is_file()):
        assert b"key-of-this-test" not in file.read_bytes()

    # the run of a model that answers no prompts has no such card
    plain = next(n for n in range(page.run.count()) if "popular" in page.run.itemText(n).lower())
    page.run.setCurrentIndex(plain)
    page.run.activated.emit(plain)
    person.wait_for(lambda: page.nothing.isVisible())
    assert not ask.isVisible()

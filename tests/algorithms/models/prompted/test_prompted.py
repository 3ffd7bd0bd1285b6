"""The prompted model: sentences that say what they should, and one transformer in two libraries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.errors import FitError
from algorithms.explanations import HeatMap, Table
from algorithms.models.neural.events import Context, Histories, label_scales, make_examples
from algorithms.models.neural.ops import NumpyOps, TorchOps
from algorithms.models.prompted import learning
from algorithms.models.prompted import transformer as tr
from algorithms.models.prompted.explaining import shapley_values
from algorithms.models.prompted.prompted import Prompted
from algorithms.models.prompted.sentences import Sentences, Trie
from algorithms.models.prompted.vocabulary import PAD, PromptError, UnknownWordError, Vocabulary
from algorithms.models.prompting import AnswersPrompts
from algorithms.tasks import Task, TaskKind

TASKS = (
    Task(name="click", kind=TaskKind.BINARY, label="clicked", item_kind="product"),
    Task(name="stars", kind=TaskKind.RATING, label="stars", item_kind="product", relevant_from=4),
    Task(name="ad / click", kind=TaskKind.BINARY, label="ad", item_kind="ad"),
)
N_USERS, N_ITEMS = 12, 9
NAN = np.nan


def make_log(n: int = 240, seed: int = 0) -> InteractionLog:
    """Return a log in which a user clicks what is of the parity of the user's own number."""
    rng = np.random.default_rng(seed)
    users, items = rng.integers(0, N_USERS, n), rng.integers(0, N_ITEMS, n)
    ad = items >= 6
    likes = (users % 2 == items % 2).astype(np.float32)
    return InteractionLog(
        name="parity",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        labels={
            "clicked": np.where(ad, NAN, likes).astype(np.float32),
            "stars": np.where(ad, NAN, 2 + 3 * likes).astype(np.float32),
            "ad": np.where(ad, likes, NAN).astype(np.float32),
        },
        user_table=UserTable(
            IdMap(np.array([f"u{n}" for n in range(N_USERS)])),
            {"city": np.where(np.arange(N_USERS) % 3 == 0, "New York", "Rome")},
        ),
        item_table=ItemTable(
            ids=IdMap(np.array([f"i{n}" for n in range(N_ITEMS)])),
            titles=np.array([f"Thing {n}" for n in range(N_ITEMS)]),
            kinds=("product", "ad"),
            kind_codes=(np.arange(N_ITEMS) >= 6).astype(np.int16),
            categories=np.array(["Books", "Toys", "next"] * 3),  # "next" is a word already
        ),
        timestamps=np.arange(n),
    )


LOG = make_log()


def make_sentences(log: InteractionLog = LOG) -> Sentences:
    scales = label_scales(log, TASKS)
    numbers = np.random.default_rng(3)
    vocabulary = Vocabulary(
        log, TASKS, scales, numbers.permutation(N_USERS), numbers.permutation(N_ITEMS)
    )
    return Sentences(vocabulary, TASKS, scales, length=2)


# --- words and sentences ------------------------------------------------------------------


def test_questions_read_as_they_should() -> None:
    sentences = make_sentences()
    v = sentences.vocabulary
    user, item = v.words[v.user_tokens[4]], v.words[v.item_tokens[1]]
    click, stars = (sentences.question(t, np.array([4]))[0] for t in (0, 1))
    assert sentences.text(click, 1) == f"will {user} city:Rome click {item} ?"
    assert sentences.text(stars, 1) == f"which stars will {user} city:Rome give {item} ?"
    ad = sentences.question(2, np.array([3]))[0]
    assert "city:New_York ad_/_click" in sentences.text(ad)
    history = np.array([[-1, 5], [2, 1], [-1, -1]])  # newest last
    asked = sentences.next_question(0, np.array([4, 4, 4]), history)
    five, two, one = (v.words[v.item_tokens[n]] for n in (5, 2, 1))
    assert sentences.text(asked[0]) == f"what will {user} city:Rome click next after {five} ?"
    assert sentences.text(asked[1]).endswith(f"after {one} {two} ?")
    assert sentences.text(asked[2]).endswith("click next ?")


def test_every_word_is_one_word_and_means_one_thing() -> None:
    v = make_sentences().vocabulary
    assert len(set(v.words)) == len(v.words) == len(v)
    assert all(len(word.split()) == 1 for word in v.words)
    assert "next_2" in v.words  # the category of that name
    for token, word in enumerate(v.words):
        assert v.token(word) == token
    assert_array_equal([v.item_of(token) for token in v.item_tokens], np.arange(N_ITEMS))


def test_a_typed_sentence_is_read_and_an_unknown_word_is_named() -> None:
    sentences = make_sentences()
    v = sentences.vocabulary
    asked = sentences.question(0, np.array([4]))[0]
    assert v.tokens(sentences.text(asked)) == asked[asked != PAD].tolist()
    assert v.tokens("Will User 4 CLICK item 1?") == v.tokens("will user_4 click item_1")
    with pytest.raises(UnknownWordError, match=r"“clik”.*click"):
        v.tokens("will user_4 clik item_1?")


def test_answers_are_the_labels_of_their_events() -> None:
    sentences = make_sentences()
    none = Histories(LOG, (), 0)
    no_context = Context((), (), np.zeros(0, dtype=np.int64), 0)
    examples = make_examples(LOG, TASKS, sentences.scales, no_context, none)
    judged = sentences.judged(examples, np.random.default_rng(1))
    v = sentences.vocabulary
    assert judged.known.sum() == examples.mask.sum()
    for row in range(len(judged)):
        t = int(judged.tasks[row])
        user = int(np.flatnonzero(v.user_tokens == judged.prompts[row, 3 if t == 1 else 1])[0])
        for item, answer in zip(
            judged.items[row][judged.known[row]],
            judged.answers[row][judged.known[row]],
            strict=True,
        ):
            likes = user % 2 == item % 2
            expected = {0: "no yes", 1: "2 5", 2: "no yes"}[t].split()[int(likes)]
            assert v.words[v.answers.tokens[answer]] == expected


def test_what_came_next_looks_back_and_never_ahead() -> None:
    sentences = make_sentences()
    chosen = sentences.chosen(LOG, Histories(LOG, TASKS, 2))
    v = sentences.vocabulary
    liked = LOG.users % 2 == LOG.items % 2
    n_clicks = int((liked & (LOG.items < 6)).sum())
    assert (chosen.tasks == 0).sum() == n_clicks
    clicks = np.flatnonzero(liked & (LOG.items < 6))
    for row, event in enumerate(clicks):
        past = LOG.items[:event][liked[:event] & (LOG.users[:event] == LOG.users[event])]
        words = chosen.prompts[row]
        found = [v.item_of(int(token)) for token in words if v.item_of(int(token)) is not None]
        assert found == past[::-1][:2].tolist()
        assert chosen.items[row] == LOG.items[event]


def test_the_trie_holds_the_items_of_a_kind_and_no_others() -> None:
    sentences = make_sentences()
    trie = Trie(LOG, sentences.vocabulary)
    for kind, expected in ((0, range(6)), (1, range(6, 9))):
        found = [
            item
            for category in np.flatnonzero(trie.opens[kind])
            for item in trie.items(kind, int(category))
        ]
        assert sorted(found) == list(expected)


# --- numbers by lot -------------------------------------------------------------------------


def test_numbers_know_nothing_of_events() -> None:
    """The numbering must not tell in which order people met the items, in test or in training."""
    pytest.importorskip("torch")
    shuffled = LOG.select(np.random.default_rng(9).permutation(len(LOG)))
    relabelled = replace(make_log(seed=8), labels=make_log(seed=8).labels)
    numbers = []
    for log in (LOG, shuffled, relabelled):
        model = Prompted.from_values({"n_epochs": 1, "dimension": 4})
        model.fit(log, TASKS, rng=np.random.default_rng(5))
        numbers.append(model.state().arrays["item_numbers"])
        assert sorted(numbers[-1]) == list(range(N_ITEMS))
    assert_array_equal(numbers[0], numbers[1])
    assert_array_equal(numbers[0], numbers[2])
    other = Prompted.from_values({"n_epochs": 1, "dimension": 4})
    other.fit(LOG, TASKS, rng=np.random.default_rng(6))
    assert not np.array_equal(other.state().arrays["item_numbers"], numbers[0])


# --- one transformer, two libraries -----------------------------------------------------------


def test_both_libraries_say_the_same() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    weights = tr.make_weights(rng, n_words=30, n_positions=7, dimension=8, n_layers=2)
    shape = tr.Shape(n_layers=2, n_heads=2, dropout=0.3)
    prompts = rng.integers(2, 30, (5, 7))
    prompts[1, 4:] = PAD
    items = rng.integers(2, 30, (5, 3))
    said = []
    for ops, w in (
        (NumpyOps(), weights),
        (TorchOps(0), {name: torch.from_numpy(value) for name, value in weights.items()}),
    ):
        if isinstance(ops, TorchOps):
            ops.is_learning = False
        tokens = ops.constant(prompts)
        memory, _ = tr.read(ops, w, shape, tr.words(ops, w, tokens), tokens != PAD)
        written = tr.nothing_written(shape)
        for given in (np.array([[1]]), items, items[:, ::-1]):
            x = tr.words(ops, w, ops.constant(given))
            states, written = tr.step(ops, w, shape, memory, written, x)
        said.append(np.asarray(tr.scores(ops, w, states, ops.constant(np.arange(4)))))
    assert said[0].shape == (5, 3, 4)
    assert_allclose(said[0], said[1], rtol=1e-4, atol=1e-5)


def test_padding_and_neighbours_change_nothing() -> None:
    """A prompt alone, unpadded, with one continuation, has the answer it has among others."""
    rng = np.random.default_rng(0)
    w = tr.make_weights(rng, n_words=30, n_positions=7, dimension=8, n_layers=2)
    shape, ops = tr.Shape(2, 2, 0.0), NumpyOps()
    prompts = rng.integers(2, 30, (2, 7))
    prompts[0, 3:] = PAD
    items = rng.integers(2, 30, (2, 4))

    def ask(prompts: np.ndarray, items: np.ndarray) -> np.ndarray:
        memory, _ = tr.read(ops, w, shape, tr.words(ops, w, prompts), prompts != PAD)
        start = tr.words(ops, w, np.array([[1]]))
        _, written = tr.step(ops, w, shape, memory, tr.nothing_written(shape), start)
        _, written = tr.step(ops, w, shape, memory, written, tr.words(ops, w, items))
        return tr.step(ops, w, shape, memory, written, tr.words(ops, w, items))[0]

    together = ask(prompts, items)
    assert_allclose(ask(prompts[:1, :3], items[:1, 2:3])[0, 0], together[0, 2], atol=1e-5)


# --- what it learns -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fitted() -> Prompted:
    pytest.importorskip("torch")
    model = Prompted.from_values({"n_epochs": 60, "dimension": 16, "batch_size": 32, "dropout": 0})
    return model.fit(LOG, TASKS, rng=np.random.default_rng(1))


def test_it_learns_who_likes_what(fitted: Prompted) -> None:
    users, items = (cells.ravel() for cells in np.indices((N_USERS, 6)))
    likes = users % 2 == items % 2
    clicks = fitted.predict("click", users, items)
    assert clicks[likes].mean() > 0.9  # a few of the pairs were never shown
    assert clicks[~likes].mean() < 0.1
    stars = fitted.predict("stars", users, items)
    assert stars[likes].mean() > 4.5
    assert stars[~likes].mean() < 2.5


def test_shapley_values_are_those_of_a_game_by_hand() -> None:
    """Gloves: 0 has a left one, 1 and 2 have right ones; a pair is worth 1."""
    start, parts = shapley_values(
        lambda told: 5.0 + told[:, 0] * np.maximum(told[:, 1], told[:, 2]).astype(float), 3
    )
    assert start == 5.0
    assert_allclose(parts, [2 / 3, 1 / 6, 1 / 6])


# --- lists ----------------------------------------------------------------------------------------


def test_lists_are_what_a_beam_search_says_to_the_last_item(fitted: Prompted) -> None:
    for task, kind in (("click", "product"), ("ad / click", "ad")):
        items = LOG.item_table.of_kind(kind)
        for user in (3, 4):
            beams = fitted.complete(fitted.prompts(task, user)[0], N_ITEMS)
            chances = fitted.score_block(task, [user], items)[0]
            assert chances.sum() == pytest.approx(1)
            said = {beam.item: beam.probability for beam in beams}
            assert_allclose(chances, [said[item] for item in items], atol=1e-6)
            remark = fitted.explain(task, user, int(items[0])).remarks[1]
            assert remark.values["chance"] == pytest.approx(chances[0])
            assert remark.values["prompt"] == fitted.prompts(task, user)[0]


def test_a_task_whose_next_items_were_not_learned_is_ordered_by_its_answers() -> None:
    pytest.importorskip("torch")
    nobody = LOG.labels["ad"] * 0
    log = replace(LOG, labels={**LOG.labels, "ad": nobody})  # no ad was ever clicked
    model = Prompted.from_values({"n_epochs": 1, "dimension": 4, "n_layers": 1})
    model.fit(log, TASKS, rng=np.random.default_rng(0))
    items = LOG.item_table.of_kind("ad")
    asked = model.predict("ad / click", np.full(len(items), 2), items)
    assert_array_equal(model.score_block("ad / click", [2], items)[0], asked)
    assert len(model.explain("ad / click", 2, int(items[0])).remarks) == 1
    never = Prompted.from_values({"n_epochs": 1, "dimension": 4, "n_layers": 1, "next_weight": 0})
    never.fit(LOG, TASKS, rng=np.random.default_rng(0))
    asked = never.predict("click", np.full(6, 2), np.arange(6))
    assert_array_equal(never.score_block("click", [2], np.arange(6))[0], asked)


def test_the_chance_of_meeting_is_multiplied_where_it_counts() -> None:
    pytest.importorskip("torch")
    values = {"n_epochs": 1, "dimension": 4, "n_layers": 1}
    plain, both = (
        Prompted.from_values({**values, "exposure": power}).fit(
            LOG, TASKS, rng=np.random.default_rng(0)
        )
        for power in (0, 2)
    )
    users, items = np.arange(N_USERS), np.arange(6)
    met = both.score_block("click", users, items) / plain.score_block("click", users, items)
    assert ((met > 0) & (met <= 1)).all()
    assert np.ptp(met) > 0
    again = Prompted(both.config).restore(LOG, TASKS, both.state())
    assert_array_equal(
        again.score_block("click", users, items), both.score_block("click", users, items)
    )


# --- talking to it --------------------------------------------------------------------------------


def test_a_question_typed_is_answered_as_the_question_asked(fitted: Prompted) -> None:
    following, question = fitted.prompts("click", 4)
    assert following.startswith("what will user_")
    assert question.startswith("will user_")
    item = fitted.complete(following)[0].item
    assert item is not None
    answers = {beam.words: beam.probability for beam in fitted.complete(question)}
    assert set(answers) == {("yes",), ("no",)}
    assert sum(answers.values()) == pytest.approx(1)
    asked = fitted.predict("click", [4], [item])[0]
    assert answers[("yes",)] == pytest.approx(asked, abs=1e-6)


def test_its_words_say_whom_and_what_they_name(fitted: Prompted) -> None:
    assert isinstance(fitted, AnswersPrompts)
    words = fitted.known_words()
    assert {"will", "click", "yes", "city:Rome"} <= set(words)
    assert not any(word.startswith("<") for word in words)
    items = [fitted.item_named(word) for word in words]
    assert sorted(item for item in items if item is not None) == list(range(N_ITEMS))
    users = [fitted.user_named(word) for word in words]
    assert sorted(user for user in users if user is not None) == list(range(N_USERS))
    assert fitted.item_named("click") is fitted.user_named("nobody") is None
    asked = fitted.prompts("click", 4)[1].split()
    assert [user for user in map(fitted.user_named, asked) if user is not None] == [4]


def test_beams_are_items_of_the_kind_and_their_shares_sum_to_one(fitted: Prompted) -> None:
    for task, kind in (("click", "product"), ("ad / click", "ad")):
        text = fitted.prompts(task, 3)[0]
        every = fitted.complete(text, N_ITEMS)
        assert sorted(beam.item for beam in every) == LOG.item_table.of_kind(kind).tolist()
        assert sum(beam.probability for beam in every) == pytest.approx(1)
        shares = [beam.probability for beam in every]
        assert shares == sorted(shares, reverse=True)
        few = fitted.complete(text, 1)
        assert len(few) == 1
        assert few[0].probability <= every[0].probability + 1e-6


def test_the_next_item_is_one_of_those_the_user_likes(fitted: Prompted) -> None:
    for user in range(N_USERS):
        beams = fitted.complete(fitted.prompts("click", user)[0], N_ITEMS)
        liked = sum(beam.probability for beam in beams if beam.item % 2 == user % 2)
        assert liked > 0.8


def test_nearest_sentences_are_of_the_same_form_and_a_known_one_finds_itself(
    fitted: Prompted,
) -> None:
    for text in fitted.prompts("click", 4):
        found = fitted.nearest_sentences(text, 3)
        assert all(near.sentence.split()[0] in (text.split()[0], "which") for near in found)
        again = fitted.nearest_sentences(found[0].sentence, 1)[0]
        assert again.sentence == found[0].sentence
        assert again.similarity == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("will user_1 clik item_2 ?", "clik"),
        ("will user_1 item_2 ?", "names 0 tasks"),
        ("will user_1 click stars item_2 ?", "names 2 tasks"),
        ("will user_1 click ?", "close with an item"),
        ("will " + "user_1 " * 40 + "click item_2", "has 43 words"),
        ("", "names 0 tasks"),
    ],
)
def test_a_prompt_that_cannot_be_read_says_why(fitted: Prompted, text: str, said: str) -> None:
    with pytest.raises(PromptError, match=said):
        fitted.complete(text)


def test_an_item_of_another_kind_is_refused(fitted: Prompted) -> None:
    ad = fitted.prompts("ad / click", 1)[1].split()[-2]
    with pytest.raises(PromptError, match="kind ad"):
        fitted.complete(f"will user_1 click {ad} ?")


def test_its_exhibits_show_prompts_neighbours_and_words(fitted: Prompted) -> None:
    prompts, nearest, words = fitted.exhibits()
    assert isinstance(prompts, Table)
    assert isinstance(nearest, Table)
    assert isinstance(words, HeatMap)
    for text, answer, _, probability in prompts.rows:
        beams = fitted.complete(text, 3)
        assert (answer, probability) in [(" ".join(b.words), b.probability) for b in beams]
    assert {row[0] for row in nearest.rows} == set(fitted.prompts("click", _busiest()))
    assert_allclose(np.diag(words.values), 1, atol=1e-6)


def _busiest() -> int:
    return int(np.argmax(np.bincount(LOG.users)))


# --- numbers that are none, and yes alone ---------------------------------------------------------


def breaking_at(monkeypatch, step: float) -> list[int]:
    """Let the loss be no number from a step on; returns the steps that were made."""
    usual, made = learning._Fit._judged_loss, list[int]()

    def judged_loss(fit, batch):
        loss, each = usual(fit, batch)
        made.append(len(made) + 1)
        return (loss * NAN if len(made) >= step else loss), each

    monkeypatch.setattr(learning._Fit, "_judged_loss", judged_loss)
    return made


def quickly_fitted(n_epochs: int, log: InteractionLog | None = None) -> Prompted:
    values = {"n_epochs": n_epochs, "dimension": 8, "n_layers": 1, "n_prompts": 60}
    model = Prompted.from_values(values)
    return model.fit(log or make_log(), TASKS[:2], rng=np.random.default_rng(1))


def test_a_loss_that_is_no_number_keeps_the_passes_before(monkeypatch) -> None:
    pytest.importorskip("torch")
    with monkeypatch.context() as patch:
        made = breaking_at(patch, np.inf)
        good = quickly_fitted(1)
    per_pass = len(made)
    with monkeypatch.context() as patch:
        breaking_at(patch, per_pass + 1)
        model = quickly_fitted(5)
    said = str(model.notes()[0])
    assert f"no number at step {per_pass + 1}" in said
    assert "pass 2" in said
    pairs = np.arange(6), np.arange(6)
    assert_allclose(model.predict(TASKS[0], *pairs), good.predict(TASKS[0], *pairs))
    restored = Prompted(model.config)
    restored.restore(model.log, model.tasks, model.state())
    assert restored.notes() == model.notes()
    breaking_at(monkeypatch, 1)
    with pytest.raises(FitError, match="at step 1"):
        quickly_fitted(1)


def test_where_training_knows_only_yes_it_says_what_was_drawn() -> None:
    pytest.importorskip("torch")
    log = make_log()
    labels = log.labels["clicked"]
    only_yes = log.with_labels(clicked=np.where(labels == 1, labels, np.float32(NAN)))
    assert [note.values["task"] for note in quickly_fitted(1, only_yes).notes()] == ["click"]
    assert quickly_fitted(1).notes() == ()

"""The file of ``mtrec run``: what is left out is proposed, what is wrong is named."""

import pytest

from algorithms.errors import ConfigError, MtrecError, SpecError, UnknownModelError
from mtrec_gui.model_shelf import default_experiment
from mtrec_gui.spec_file import loader, read_spec
from sample_data import load_world, world_tasks

RATINGS = "userId,movieId,rating,timestamp\n" + "".join(
    f"{user},{item},{1 + (user * item) % 5},{1_500_000_000 + user * 100 + item}\n"
    for user in range(1, 21)
    for item in range(1, 16)
)


@pytest.fixture
def spec(tmp_path):
    """Writes a spec beside a file of ratings, and reads it."""
    (tmp_path / "ratings.csv").write_text(RATINGS, "utf-8")

    def write(text):
        file = tmp_path / "spec.toml"
        file.write_text(text, "utf-8")
        return read_spec(file)

    return write


def loaded(spec, folder):
    """The log and the experiment of a spec."""
    return loader(spec, folder)(lambda fraction, stage: None)


def test_what_is_left_out_is_the_proposal_of_the_lab(spec, tmp_path):
    log, experiment = loaded(spec('[data]\nworld = "ecommerce"\n'), tmp_path)
    expected = default_experiment(load_world("ecommerce"), world_tasks("ecommerce"))
    assert experiment == expected
    assert len(log) == len(load_world("ecommerce"))


def test_what_is_given_takes_the_place_of_the_proposal_and_nothing_else_does(spec, tmp_path):
    text = """
        seeds = [3, 4]
        k = 5
        [data]
        world = "ecommerce"
        [[models]]
        model = "popularity"
        """
    log, experiment = loaded(spec(text), tmp_path)
    proposed = default_experiment(log, world_tasks("ecommerce"))
    assert experiment.seeds == (3, 4)
    assert experiment.k == 5
    assert [choice.model for choice in experiment.models] == ["popularity"]
    for name in ("tasks", "split", "rules"):
        assert getattr(experiment, name) == getattr(proposed, name)


def test_a_file_is_found_beside_the_spec_and_its_tasks_are_proposed(spec, tmp_path):
    log, experiment = loaded(spec('[data]\nfile = "ratings.csv"\nkind = "movie"\n'), tmp_path)
    assert (len(log), log.n_users, log.n_items) == (300, 20, 15)
    assert [task.name for task in experiment.tasks] == ["rating", "liked", "watched"]
    assert {task.item_kind for task in experiment.tasks} == {"movie"}


def test_an_empty_list_of_tasks_takes_the_proposal(spec, tmp_path):
    _, experiment = loaded(spec('tasks = []\n[data]\nfile = "ratings.csv"\n'), tmp_path)
    assert experiment.tasks


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("[data", SpecError, "not TOML"),
        ("", MtrecError, "data"),
        ("[data]\n", MtrecError, "either a world or a file"),
        ('[data]\nworld = "ecommerce"\nfile = "x"\n', MtrecError, "either a world or a file"),
        ('colour = 1\n[data]\nworld = "ecommerce"\n', ConfigError, "colour"),
        ('k = 0\n[data]\nworld = "ecommerce"\n', ConfigError, "k"),
        ('seeds = []\n[data]\nworld = "ecommerce"\n', ConfigError, "seeds"),
        ('[data]\nworld = "ecommerce"\n[[models]]\nmodel = "magic"\n', UnknownModelError, "magic"),
        (
            '[data]\nworld = "ecommerce"\n[[models]]\nmodel = "shared_factors"\n'
            "config = { n_factors = 0 }\n",
            ConfigError,
            "n_factors",
        ),
    ],
    ids=["toml", "empty", "neither", "both", "unknown", "range", "seeds", "model", "parameter"],
)
def test_what_is_wrong_is_named_before_anything_runs(spec, text, error, words):
    with pytest.raises(error, match=words):
        spec(text)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SpecError, match=r"nowhere\.toml"):
        read_spec(tmp_path / "nowhere.toml")


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "spec.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SpecError, match="cannot be read"):
        read_spec(tmp_path / "spec.toml")


def test_a_folder_is_no_spec(tmp_path):
    with pytest.raises(SpecError, match="cannot be read"):
        read_spec(tmp_path)


def test_data_that_is_not_there_is_named(spec, tmp_path):
    with pytest.raises(MtrecError, match=r"missing\.csv"):
        loaded(spec('[data]\nfile = "missing.csv"\n'), tmp_path)


def test_a_world_that_does_not_exist_is_named(spec, tmp_path):
    with pytest.raises(MtrecError, match="moon"):
        loaded(spec('[data]\nworld = "moon"\n'), tmp_path)

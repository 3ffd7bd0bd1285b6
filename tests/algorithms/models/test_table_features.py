import numpy as np

from algorithms.models.table_features import encode

SEEN = np.array([0, 0, 1, 2], dtype=np.int32)  # row 3 is in no event


def test_texts_become_ones_and_numbers_are_standardised() -> None:
    found = encode(
        {"colour": np.array(["red", "", "blue", "green"]), "size": np.array([1, 3, 5, 9])},
        4, SEEN, 10,
    )  # fmt: skip
    assert found.columns == ("", "colour", "colour", "size")
    mean, spread = np.mean([1, 1, 3, 5]), np.std([1, 1, 3, 5])
    expected = [
        [1, 0, 1, (1 - mean) / spread],  # blue, red: in the order of the alphabet
        [1, 0, 0, (3 - mean) / spread],
        [1, 1, 0, (5 - mean) / spread],
        [1, 0, 0, (9 - mean) / spread],  # green was in no event
    ]
    np.testing.assert_allclose(found.values, expected)
    assert found.text(1, 2) == "blue"
    assert found.text(3, 1) == "3"


def test_what_does_not_differ_is_no_feature() -> None:
    columns = {"same": np.array([4, 4, 4, 5]), "nothing": np.full(4, np.nan)}
    assert encode(columns, 4, SEEN, 10).values.shape == (4, 1)
    assert encode(columns, 4, SEEN[:0], 10).values.shape == (4, 1)


def test_an_unknown_number_is_the_mean() -> None:
    found = encode({"price": np.array([1.0, np.nan, 3.0, np.inf])}, 4, SEEN, 10)
    assert found.values[1, 1] == found.values[3, 1] == 0.0
    assert (found.values[[0, 2], 1] != 0).all()


def test_texts_with_too_many_values_are_left_out() -> None:
    found = encode({"name": np.array(["a", "b", "c", "d"])}, 4, SEEN, 2)
    assert found.left_out == ("name",)
    assert found.values.shape == (4, 1)

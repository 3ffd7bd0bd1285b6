"""Files without users or items, features, lists, duplicates: what a column can be besides."""

import numpy as np
import pytest

from algorithms.data.duplicates import merge_duplicates
from algorithms.data.readers import ColumnRoles, Duplicates, ItemColumns, read_log
from algorithms.errors import MissingColumnError


@pytest.fixture
def write(tmp_path):
    def write(text, name="log.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return write


def test_rows_without_users_and_items(write):
    path = write("age,job,rich\n39,clerk,0\n,\n50,chief,1\n")
    roles = ColumnRoles(user=None, item=None, labels=("rich",), features=("age", "job"))
    result = read_log(path, roles)
    log = result.log
    assert log.user_table.ids.ids.tolist() == ["row 1", "row 2"]
    assert log.item_table.ids.ids.tolist() == ["all"]
    assert log.items.tolist() == [0, 0]
    assert log.label("rich").tolist() == [0, 1]
    assert log.context["age"].dtype == np.float32
    assert log.context["age"].tolist() == [39, 50]
    assert log.context["job"].tolist() == ["clerk", "chief"]
    assert (result.n_read, result.n_accepted, len(result.rejected)) == (3, 2, 1)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1.5", "", " 2"], [1.5, np.nan, 2]),
        (["1.5", "NA", ""], ["1.5", "NA", ""]),
        (["007", "8", "9"], ["007", "8", "9"]),
        (["0", "0.5", "-0"], [0, 0.5, 0]),
        (["nan", "1", "2"], ["nan", "1", "2"]),
        (["", "", ""], ["", "", ""]),
    ],
)
def test_a_feature_is_numbers_only_where_all_are(write, values, expected):
    path = write("u,i,f\n" + "".join(f"a,x,{value}\n" for value in values))
    log = read_log(path, ColumnRoles(user="u", item="i", features=("f",))).log
    np.testing.assert_array_equal(log.context["f"], expected)


def test_a_feature_that_is_too_long_is_put_aside(write):
    path = write(f"u,i,f\na,x,{'é' * 200}\na,x,{'z' * 201}\n")
    result = read_log(path, ColumnRoles(user="u", item="i", features=("f",)))
    assert [line.line for line in result.rejected] == [3]
    assert "“f” should hold at most 200 letters" in str(result.rejected[0].reason)


def test_a_column_may_have_two_roles(write):
    path = write("u,i,r\na,3,4\n")
    log = read_log(path, ColumnRoles(user="u", item="i", labels=("r",), features=("i", "r"))).log
    assert (log.context["i"].tolist(), log.context["r"].tolist()) == ([3], [4])


def test_a_list_is_a_label_that_is_always_one(write):
    path = write("1\tx\n2\ty\n1\tx\n")
    roles = ColumnRoles(
        user="column 1", item="column 2", constant_label="buy", duplicates=Duplicates.SUM
    )
    result = read_log(path, roles)
    assert result.log.label("buy").tolist() == [1, 2]  # the last of each stays
    assert (result.n_read, result.n_accepted, result.n_merged) == (3, 3, 1)


DOUBLE = "u,i,t,r\na,x,5,1\na,y,1,4\na,x,3,\na,x,4,4\nb,x,9,2\n"


@pytest.mark.parametrize(
    ("how", "times", "ratings"),
    [
        (Duplicates.KEEP_ALL, [5, 1, 3, 4, 9], [1, 4, np.nan, 4, 2]),
        (Duplicates.KEEP_LAST, [5, 1, 9], [1, 4, 2]),
        (Duplicates.SUM, [5, 1, 9], [5, 4, 2]),
        (Duplicates.MEAN, [5, 1, 9], [2.5, 4, 2]),
    ],
)
def test_duplicates_by_time(write, how, times, ratings):
    roles = ColumnRoles(user="u", item="i", time="t", labels=("r",), duplicates=how)
    result = read_log(write(DOUBLE), roles)
    assert result.log.timestamps.tolist() == times
    np.testing.assert_array_equal(result.log.label("r"), np.float32(ratings))
    assert result.n_merged == 5 - len(times)
    assert result.n_read == result.n_accepted == 5


def test_duplicates_without_times_go_by_the_order_of_the_file(write):
    roles = ColumnRoles(user="u", item="i", labels=("r",), duplicates=Duplicates.KEEP_LAST)
    log = read_log(write(DOUBLE), roles).log
    np.testing.assert_array_equal(log.label("r"), np.float32([4, 4, 2]))


def test_sums_are_those_of_a_plain_loop(write):
    rng = np.random.default_rng(3)
    rows = [(f"u{u}", f"i{i}", v) for u, i, v in rng.integers(0, 6, (200, 3)).tolist()]
    path = write("u,i,r\n" + "".join(f"{u},{i},{v or ''}\n" for u, i, v in rows))
    log = read_log(path, ColumnRoles(user="u", item="i", labels=("r",))).log
    merged = merge_duplicates(log, Duplicates.SUM)
    totals = {}
    for user, item, value in rows:
        totals.setdefault((user, item), []).extend([value] if value else [])
    pairs = zip(
        merged.user_table.ids.ids[merged.users],
        merged.item_table.ids.ids[merged.items],
        merged.label("r").tolist(),
        strict=True,
    )
    found = {(str(user), str(item)): value for user, item, value in pairs}
    assert found.keys() == totals.keys()
    for pair, values in totals.items():
        assert found[pair] == sum(values) if values else np.isnan(found[pair])


def test_a_missing_feature_is_named(write):
    with pytest.raises(MissingColumnError, match="for feature"):
        read_log(write(DOUBLE), ColumnRoles(user="u", item="i", features=("age",)))


def test_titles_are_left_out_where_no_column_is_the_item(write):
    path = write(DOUBLE)
    titles = write("i,title\nx,X\n", "titles.csv")
    roles = ColumnRoles(user="u", item=None, labels=("r",))
    log = read_log(path, roles, items=ItemColumns(path=titles, item="i", title="title")).log
    assert log.item_table.titles.tolist() == ["all"]

import csv
import io
import math
import sqlite3
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.data.proposals import propose_columns, propose_item_columns, propose_items
from algorithms.data.readers import (
    ColumnRoles,
    ItemColumns,
    NothingAcceptedError,
    TimeFormat,
    read_log,
    sniff,
)
from algorithms.errors import MissingColumnError, MtrecError, UnreadableFileError

RATINGS = (
    "userId,movieId,rating,timestamp\n007,31,2.5,1260759144\n7,1029,3.0,1260759179\n007,1029,,1\n"
)
ROLES = ColumnRoles(user="userId", item="movieId", time="timestamp", labels=("rating",))


@pytest.fixture
def write(tmp_path):
    def write(content, name="ratings.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


def ids(table, codes):
    return [str(table.ids.ids[code]) for code in codes]


# --- the good case --------------------------------------------------------------------------


def test_a_rating_file_becomes_a_log(write):
    result = read_log(write(RATINGS), ROLES)
    log = result.log
    assert log.name == "ratings"
    assert ids(log.user_table, log.users) == ["007", "7", "007"]
    assert ids(log.item_table, log.items) == ["31", "1029", "1029"]
    np.testing.assert_array_equal(log.labels["rating"], np.array([2.5, 3, np.nan], np.float32))
    np.testing.assert_array_equal(log.timestamps, [1260759144, 1260759179, 1])
    assert log.item_table.kinds == ("item",)
    assert list(log.item_table.titles) == ["31", "1029"]
    assert (result.n_read, result.n_accepted, result.rejected) == (3, 3, ())
    assert (log.users.dtype, log.items.dtype) == (np.int32, np.int32)


def test_progress_ends_at_one(write):
    heard = []
    read_log(write(RATINGS), ROLES, progress=lambda fraction, stage: heard.append(fraction))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_ids_are_texts_and_stay_what_they_are(write):
    raw = ["007", "7", "7.0", "9007199254740993", " a b ", "😀", "用户", "NA", "1e3", "True"]
    text = "user,item\n" + "".join(f"{user},x\n" for user in raw)
    log = read_log(write(text), ColumnRoles(user="user", item="item")).log
    assert ids(log.user_table, log.users) == raw
    assert log.timestamps is None
    assert log.labels == {}


def test_titles_come_from_a_file_beside(write):
    path = write(RATINGS)
    movies = write(
        'movieId,title,genres\n1029,"Dumbo, the ""elephant""",Animation|Drama\n'
        "5,Never rated,Drama\n",
        "movies.csv",
    )
    columns = propose_columns(sniff(path))
    items = propose_items(path, columns)
    assert items == ItemColumns(path=movies, item="movieId", title="title", category="genres")
    log = read_log(path, columns, items=items).log
    assert list(log.item_table.ids.ids) == ["1029", "5", "31"]
    assert list(log.item_table.titles) == ['Dumbo, the "elephant"', "Never rated", "31"]
    assert list(log.item_table.categories) == ["Animation", "Drama", ""]
    assert list(log.item_table.features["categories"]) == ["Animation|Drama", "Drama", ""]
    assert ids(log.item_table, log.items) == ["31", "1029", "1029"]


def test_an_item_that_is_described_twice_keeps_its_first_title(write):
    path = write(RATINGS)
    write("movieId,title\n31,First\n31,Second\n,Nameless\n", "movies.csv")
    result = read_log(path, ROLES, items=propose_items(path, ROLES))
    assert list(result.log.item_table.titles) == ["First", "1029"]
    assert [line.line for line in result.rejected_items] == [3, 4]


def test_several_labels_and_a_kind_of_their_own(write):
    path = write("user,item,click,buy\na,x,1,0\nb,y,0,0\n")
    columns = propose_columns(sniff(path)).model_copy(update={"item_kind": "product"})
    log = read_log(path, columns).log
    assert list(log.labels) == ["click", "buy"]
    assert log.item_table.kinds == ("product",)


# --- looks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "::"])
@pytest.mark.parametrize("has_header", [True, False])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_dialects(write, delimiter, has_header, end):
    rows = [["196", "242", "3", "881250949"], ["186", "302", "4", "891717742"]]
    header = [["user", "item", "rating", "timestamp"]] if has_header else []
    path = write(end.join(delimiter.join(row) for row in header + rows) + end)
    look = sniff(path)
    assert (look.delimiter, look.has_header) == (delimiter, has_header)
    assert look.rows == tuple(tuple(row) for row in rows)
    log = read_log(path, propose_columns(look)).log
    assert ids(log.user_table, log.users) == ["196", "186"]
    np.testing.assert_array_equal(next(iter(log.labels.values())), [3, 4])
    np.testing.assert_array_equal(log.timestamps, [881250949, 891717742])


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
    ],
)
def test_encodings(write, encoding, found):
    text = "用户,电影,评分\n" + "张三,千与千寻,5\n李四,霸王别姬,4\n" * 20
    path = write(text, encoding=encoding)
    look = sniff(path)
    assert look.encoding == found
    columns = propose_columns(look)
    assert columns == ColumnRoles(user="用户", item="电影", labels=("评分",))
    log = read_log(path, columns).log
    assert list(log.user_table.ids.ids) == ["张三", "李四"]


def test_latin_letters_of_old(write):
    path = write("user,item,rating\nJosé,Café,5\nZoë,Müller,4\n", encoding="latin-1")
    log = read_log(path, propose_columns(sniff(path))).log
    assert list(log.user_table.ids.ids) == ["José", "Zoë"]


def test_a_person_may_know_better(write):
    path = write("a,b;c,d\n1,2;3,4\n")
    look = sniff(path, delimiter=";", has_header=False, encoding="ascii")
    assert (look.delimiter, look.columns) == (";", ("column 1", "column 2"))
    assert look.rows[0] == ("a,b", "c,d")
    assert look.lines[0] == "a,b;c,d"
    assert sniff(path).delimiter == ","


def test_columns_always_have_names_of_their_own(write):
    look = sniff(write("user,,rating,rating\na,b,1,2\n"))
    assert look.columns == ("user", "column 2", "rating", "rating (column 4)")


# --- proposals ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            "userId,movieId,rating,timestamp",
            "1,31,2.5,1260759144",
            "userId movieId timestamp rating",
        ),
        ("timestamp,stars,ASIN,reviewer_id", "1,5,B01,A1", "reviewer_id ASIN timestamp stars"),
        ("User-ID,ISBN,Book-Rating", "276725,034545104X,0", "User-ID ISBN - Book-Rating"),
        ("user_id,artistID,weight", "2,51,13883", "user_id artistID - weight"),
        ("userId,movieId,tag,timestamp", "15,339,boring,1138537770", "userId movieId timestamp"),
        ("visitorid,itemid,event_kind", "257597,355908,view", "visitorid itemid -"),
        ("a,b,c,d", "1,2,4,1260759144", "a b d c"),
        ("who,what", "ann,soup", "who what -"),
        ("rating,uid,note,iid,clicked", "4,u,good,i,1", "uid iid - rating clicked"),
    ],
)
def test_columns_are_proposed_by_name_then_by_place(write, header, row, expected):
    columns = propose_columns(sniff(write(f"{header}\n{row}\n")))
    found = [columns.user, columns.item, columns.time or "-", *columns.labels]
    assert found == expected.split()


@pytest.mark.parametrize(
    ("text", "time_format", "seconds"),
    [
        ("1260759144", TimeFormat.SECONDS, 1260759144),
        ("1260759144999", TimeFormat.MILLISECONDS, 1260759144),
        ("2009-12-14", TimeFormat.ISO, 1260748800),
        ("2009-12-14 02:52:24", TimeFormat.ISO, 1260759144),
        ("2009-12-14T02:52:24.5Z", TimeFormat.ISO, 1260759144),
        ("1969-12-31", TimeFormat.ISO, -86400),
    ],
)
def test_times(write, text, time_format, seconds):
    path = write(f"user,item,time\na,x,{text}\n")
    columns = propose_columns(sniff(path))
    assert columns.time_format is time_format
    np.testing.assert_array_equal(read_log(path, columns).log.timestamps, [seconds])


def test_a_file_that_describes_no_items_is_not_taken_for_one(write):
    path = write(RATINGS)
    write("movieId,tag\n31,dull\n", "tags.csv")
    write(b"\x89PNG\r\n\x1a\n", "picture.csv")
    assert propose_items(path, ROLES) is None
    assert propose_item_columns(path, "movieId") is None


# --- nothing lost, nothing invented ---------------------------------------------------------


def test_every_line_is_accounted_for(write):
    bad = {
        3: "b,y",  # ragged
        4: "b,y,4,5,6",
        6: "b,y,good,5",  # no number
        7: "b,y,nan,5",
        8: "b,y,1e999,5",
        9: "b,y,1_000,5",
        10: ",y,4,5",  # no id
        11: "b,  ,4,5",
        12: "b,y,4,yesterday",
        13: "b,y,4,",
        14: 'b,"y,4,5',  # a quote that is never closed
        15: 'b,"y"z,4,5',
        16: "b,y\0,4,5",
        17: f"{'u' * 201},y,4,5",
        18: "b,y,inf,5",
        20: "b,y,4,99999999999999999999",
    }
    good = {2: "a,x,3,5", 5: "a,y,-.5e1,6", 19: 'a,"quoted, id",+4.,7'}
    lines = ["user,item,rating,time", *({**bad, **good}[number] for number in range(2, 21))]
    roles = ColumnRoles(user="user", item="item", time="time", labels=("rating",))
    result = read_log(write("\n".join(lines) + "\n\n"), roles)
    assert {rejected.line: rejected.text for rejected in result.rejected} == bad
    assert result.n_read == len(bad) + len(good) == result.n_accepted + len(result.rejected)
    np.testing.assert_array_equal(result.log.labels["rating"], [3, -5, 4])
    reasons = {rejected.line: str(rejected.reason) for rejected in result.rejected}
    assert reasons[3] == "it has 2 fields where the file has 4 columns"
    assert reasons[6] == (
        "column “rating” should hold a number such as 3.5, or nothing, and holds “good”"
    )
    assert "an id" in reasons[10]
    assert "seconds since 1970" in reasons[12]
    assert "quotes" in reasons[14]
    assert "NUL" in reasons[16]


def test_a_decimal_comma_is_never_guessed(write):
    path = write("user;item;rating\na;x;3,5\nb;y;4\n")
    result = read_log(path, ColumnRoles(user="user", item="item", labels=("rating",)))
    assert [line.text for line in result.rejected] == ["a;x;3,5"]
    np.testing.assert_array_equal(result.log.labels["rating"], [4])


def test_fields_over_several_lines_and_line_numbers_after_them(write):
    path = write('user,item,rating\na,"two\n\nlines",1\nb,y,none\n"c","z\nz",wrong\nd,w,2\n')
    result = read_log(path, ColumnRoles(user="user", item="item", labels=("rating",)))
    assert ids(result.log.item_table, result.log.items) == ["two\n\nlines", "w"]
    assert [(line.line, line.text) for line in result.rejected] == [
        (5, "b,y,none"),
        (6, '"c","z\nz",wrong'),
    ]


def test_a_stray_quote_takes_no_good_line_with_it(write):
    path = write('user,item,rating\na,"x,1\nb,y,2\nc,"z",3\n')
    result = read_log(path, ColumnRoles(user="user", item="item", labels=("rating",)))
    assert [line.line for line in result.rejected] == [2]
    np.testing.assert_array_equal(result.log.labels["rating"], [2, 3])


def test_quotes_inside_a_field_are_letters(write):
    path = write('user,item,rating\na,12" vinyl,1\nb,"12"" vinyl",2\n')
    log = read_log(path, ColumnRoles(user="user", item="item", labels=("rating",))).log
    assert list(log.item_table.ids.ids) == ['12" vinyl']


LETTER = st.one_of(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")),
    st.sampled_from('",;|\t\n0'),
)
CELL = st.text(LETTER, min_size=1, max_size=8).filter(lambda text: bool(text.strip()))
NUMBER = st.one_of(st.none(), st.floats(width=32, allow_nan=False, allow_infinity=False))


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(CELL, CELL, NUMBER), min_size=1, max_size=12),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_any_table_in_any_dialect_comes_back(
    tmp_path_factory, rows, delimiter, end, quoting, encoding
):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(["user", "item", "rating"])
    writer.writerows((u, i, "" if v is None else repr(v)) for u, i, v in rows)
    path = tmp_path_factory.mktemp("dialect") / "log.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    look = sniff(path, encoding=encoding, delimiter=delimiter, has_header=True)
    result = read_log(path, ColumnRoles(user="user", item="item", labels=("rating",)), look=look)
    assert result.n_accepted == len(rows)
    assert ids(result.log.user_table, result.log.users) == [user for user, _, _ in rows]
    assert ids(result.log.item_table, result.log.items) == [item for _, item, _ in rows]
    values = [math.nan if value is None else value for _, _, value in rows]
    np.testing.assert_array_equal(result.log.labels["rating"], np.array(values, np.float32))


# --- bad input ------------------------------------------------------------------------------


def png():
    return b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + zlib.compress(bytes(100))


def sqlite_file(tmp_path):
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("create table t (a)")
    connection.commit()
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"\n \n\n", "an empty file"),
        (png(), "a PNG image"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)), "a JPEG image"),
        (b"PK\x03\x04" + bytes(100), "Excel"),
        (bytes(range(256)) * 40, "a binary file"),
        (b"just a sentence\nand another\n", "lines without a separator"),
    ],
)
def test_what_is_no_table_is_said_so(write, content, found):
    with pytest.raises(UnreadableFileError) as error:
        sniff(write(content, "thing.csv"))
    assert found in str(error.value)
    assert "thing.csv" in str(error.value)


def test_a_database_a_folder_and_nothing(write, tmp_path):
    for path, found in (
        (write(sqlite_file(tmp_path), "x.csv"), "a SQLite database"),
        (tmp_path, "a folder"),
        (tmp_path / "missing.csv", "no file of that name"),
    ):
        with pytest.raises(UnreadableFileError, match=found):
            sniff(path)


def test_only_a_header(write):
    with pytest.raises(UnreadableFileError, match="found only a header"):
        read_log(write("userId,movieId,rating,timestamp\n"), ROLES)


def test_one_column_is_too_few(write):
    look = sniff(write("user;x\n"), delimiter=",")
    with pytest.raises(MissingColumnError, match="Name the item column"):
        propose_columns(look)


@pytest.mark.parametrize(
    ("change", "role"),
    [
        ({"user": "usr"}, "user"),
        ({"item": "usr"}, "item"),
        ({"time": "usr"}, "time"),
        ({"labels": ("rating", "usr")}, "label"),
    ],
)
def test_a_wrong_column_name(write, change, role):
    with pytest.raises(MissingColumnError) as error:
        read_log(write(RATINGS), ROLES.model_copy(update=change))
    assert str(error.value) == (
        f"No column “usr” for {role}: the file has userId, movieId, rating, timestamp. "
        f"Name the {role} column."
    )


def test_a_wrong_column_of_the_item_file(write):
    movies = write("movieId,title\n31,A\n", "movies.csv")
    with pytest.raises(MissingColumnError, match="category"):
        read_log(
            write(RATINGS), ROLES, items=ItemColumns(path=movies, item="movieId", category="genre")
        )


def test_no_line_that_fits_shows_the_first_reason(write):
    path = write("user,item,rating\na,x,good\nb,y\n")
    with pytest.raises(NothingAcceptedError) as error:
        read_log(path, ColumnRoles(user="user", item="item", labels=("rating",)))
    assert "None of the 2 lines of ratings.csv can be used. Line 2: column “rating”" in str(
        error.value
    )


def test_wrong_encodings(write):
    text = "user,item,rating\n" + "a,x,1\n" * 50_000
    path = write(text.encode() + b"b\xff,y,1\n")  # beyond what a look sees
    with pytest.raises(UnreadableFileError, match="bytes in line 50002"):
        read_log(path, ColumnRoles(user="user", item="item", labels=("rating",)))
    with pytest.raises(UnreadableFileError, match="no encoding “klingon”"):
        sniff(path, encoding="klingon")
    with pytest.raises(UnreadableFileError, match="bytes that are not ascii"):
        sniff(write("é,b\n"), encoding="ascii")


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=400))
def test_no_bytes_raise_anything_unexpected(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("noise") / "noise.csv"
    path.write_bytes(content)
    try:
        look = sniff(path)
        result = read_log(path, propose_columns(look), look=look)
    except MtrecError:
        return
    assert result.n_read == result.n_accepted + len(result.rejected)


@settings(max_examples=150, deadline=None)
@given(content=st.text(st.sampled_from('ab1,;"\n\r \t:|'), max_size=80))
def test_no_text_raises_anything_unexpected(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("noise") / "noise.csv"
    path.write_bytes(content.encode())
    try:
        look = sniff(path)
        result = read_log(path, propose_columns(look), look=look)
    except MtrecError:
        return
    assert result.n_read == result.n_accepted + len(result.rejected)


def test_a_rating_column_is_proposed_even_with_a_few_bad_values(write):
    path = write("user,item,rating\n1,a,3\n1,b,four\n2,a,5\n")
    assert propose_columns(sniff(path)).labels == ("rating",)


def test_an_encoding_that_does_not_fit_is_one_sentence(write):
    with pytest.raises(UnreadableFileError, match="Choose another encoding"):
        sniff(write(RATINGS), encoding="utf-16")

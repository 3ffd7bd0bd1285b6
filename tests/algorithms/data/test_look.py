"""What a file leaves open is asked, and how it is written does not change what it says."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.data.lines import split_lines
from algorithms.data.proposals import propose_columns
from algorithms.data.readers import ColumnRoles, NothingAcceptedError, read_log, sniff
from algorithms.data.sieve import Sieve
from algorithms.data.times import TimeFormat, date_formats
from algorithms.errors import UnreadableFileError


@pytest.fixture
def write(tmp_path):
    def write(text, name="log.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode())
        return path

    return write


RATED = ColumnRoles(user="user", item="item", labels=("rating",))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("user;item;rating\na;x;3,5\nb;y;4\n", "3,5"),
        ("user;item;rating\na;x;1,234\nb;y;2,000\n", "1,234"),
        ('user,item,rating\na,x,"3,5"\nb,y,"2,0"\n', "3,5"),
        ("user\titem\trating\na\tx\t,5\n", ",5"),
    ],
)
def test_a_comma_in_a_number_is_asked(write, text, first):
    look = sniff(write(text))
    (question,) = look.questions
    assert (question.key, question.column, question.options) == ("decimal", "rating", (".", ","))
    assert str(question.message) == f"Is “{first}” in column “rating” written with a decimal comma?"
    assert look.decimal == "."
    assert propose_columns(look) == RATED
    assert sniff(look.path, decimal=",").questions == ()


@pytest.mark.parametrize("text", ["user;item;genres\na;x;one, two\nb;y;1,5\n", "user,item\na,1\n"])
def test_other_commas_raise_no_question(write, text):
    assert sniff(write(text)).questions == ()


def test_the_answer_decides(write):
    path = write("user;item;rating\na;x;3,5\nb;y;4\nc;z;2.5\nd;x;1.234,5\ne;x;-,25\n")
    with_comma = read_log(path, RATED, look=sniff(path, decimal=","))
    np.testing.assert_array_equal(with_comma.log.label("rating"), np.float32([3.5, 4, -0.25]))
    assert [line.line for line in with_comma.rejected] == [4, 5]
    assert "a number such as 3,5" in str(with_comma.rejected[0].reason)
    with_point = read_log(path, RATED)
    np.testing.assert_array_equal(with_point.log.label("rating"), np.float32([4, 2.5]))


def test_features_follow_the_decimal_mark(write):
    path = write("user;item;price\na;x;3,5\nb;y;4\n")
    roles = ColumnRoles(user="user", item="item", features=("price",))
    assert read_log(path, roles, look=sniff(path, decimal=",")).log.context["price"].tolist() == [
        3.5,
        4,
    ]
    assert read_log(path, roles).log.context["price"].tolist() == ["3,5", "4"]


def test_other_quotes(write):
    path = write("user,item,rating\n'a','x, y',1\n'b''s','z',2\n")
    (question, *_) = sniff(path, delimiter=",").questions
    assert question.key == "quote"
    look = sniff(path, quote="'")
    log = read_log(path, RATED, look=look).log
    assert log.user_table.ids.ids.tolist() == ["a", "b's"]
    assert log.item_table.ids.ids.tolist() == ["x, y", "z"]
    plain = read_log(write('user,item,rating\n"a",x,1\n'), RATED, look=sniff(path, quote=""))
    assert plain.log.user_table.ids.ids.tolist() == ['"a"']


@pytest.mark.parametrize("known", [{"quote": "«"}, {"quote": "''"}, {"decimal": "'"}])
def test_marks_that_cannot_be(write, known):
    with pytest.raises(UnreadableFileError, match="Name"):
        sniff(write("user,item\na,x\n"), **known)


def test_a_huge_field_at_the_beginning_is_looked_at(write):
    path = write("user,item,rating\na," + "x" * 200_000 + ",1\nb,y,2\n")
    result = read_log(path, RATED)
    assert result.log.label("rating").tolist() == [2]
    assert [line.line for line in result.rejected] == [2]


def test_names_of_columns_are_distinct_whatever_they_are(write):
    look = sniff(write("r (column 3),r,r,r\na,b,c,d\n"))
    assert len(set(look.columns)) == 4


# --- dates ----------------------------------------------------------------------------------

MOMENT = datetime(2015, 3, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "time_format", "moment"),
    [
        ("2015-03-01 12:30:00", TimeFormat.ISO, MOMENT),
        ("2015-03-01T12:30:00Z", TimeFormat.ISO, MOMENT),
        ("2015-03-01T12:30", TimeFormat.ISO, MOMENT),
        ("2015-03-01T14:30:00.25+02:00", TimeFormat.ISO, MOMENT),
        ("2015-03-01T05:00:00-0730", TimeFormat.ISO, MOMENT),
        ("2015-03-01 13:30:00 +01", TimeFormat.ISO, MOMENT),
        ("2015/03/01", TimeFormat.ISO, MOMENT.replace(hour=0, minute=0)),
        ("2015/3/1 12:30", TimeFormat.ISO, MOMENT),
        ("20150301", TimeFormat.COMPACT, MOMENT.replace(hour=0, minute=0)),
        ("20150301 123000", TimeFormat.COMPACT, MOMENT),
        ("20150301T12:30:00Z", TimeFormat.COMPACT, MOMENT),
        ("01.03.2015 12:30", TimeFormat.DAY_FIRST, MOMENT),
        ("1/3/2015 12:30:00", TimeFormat.DAY_FIRST, MOMENT),
        ("03/01/2015 12:30:00", TimeFormat.MONTH_FIRST, MOMENT),
    ],
)
def test_dates(write, text, time_format, moment):
    roles = ColumnRoles(user="user", item="item", time="time", time_format=time_format)
    log = read_log(write(f"user,item,time\na,x,{text}\n"), roles).log
    assert log.timestamps.tolist() == [int(moment.timestamp())]


@pytest.mark.parametrize(
    ("time_format", "texts"),
    [
        (TimeFormat.ISO, ["2015-02-29", "2015-13-01", "2015-03-01 25:00:00", "01-03-2015", "x"]),
        (TimeFormat.DAY_FIRST, ["31.02.2015", "03/31/2015", "2015-03-01", "1.3.15", ""]),
        (TimeFormat.MONTH_FIRST, ["31/03/2015", "01.03.2015", "02/30/2015"]),
        (TimeFormat.COMPACT, ["20150230", "2015031", "1425168000"]),
        (TimeFormat.SECONDS, ["2015-03-01", "1e30", ""]),
    ],
)
def test_what_is_no_date_is_put_aside(write, time_format, texts):
    path = write("user,item,time\n" + "".join(f"a,x,{text}\n" for text in texts))
    roles = ColumnRoles(user="user", item="item", time="time", time_format=time_format)
    with pytest.raises(NothingAcceptedError, match=f"of the {len(texts)} lines"):
        read_log(path, roles)


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["2015-03-01", "2015/03/02 10:00"], (TimeFormat.ISO,)),
        (["01.03.2015"], (TimeFormat.DAY_FIRST,)),
        (["01/03/2015", "31/03/2015"], (TimeFormat.DAY_FIRST,)),
        (["01/03/2015", "03/31/2015"], (TimeFormat.MONTH_FIRST,)),
        (["01/03/2015", "02/03/2015"], (TimeFormat.DAY_FIRST, TimeFormat.MONTH_FIRST)),
        (["20150301"], (TimeFormat.COMPACT,)),
        (["1425168000"], ()),
        (["31/03/2015", "03/31/2015"], ()),
        ([], ()),
    ],
)
def test_values_tell_how_dates_are_written(values, formats):
    assert date_formats(values) == formats


def test_day_or_month_first_is_asked_and_answered(write):
    path = write("user,item,time\na,x,01/03/2015\nb,y,02/03/2015\n")
    look = sniff(path)
    (question,) = look.questions
    assert (question.key, question.column) == ("date", "time")
    roles = propose_columns(look)
    with pytest.raises(NothingAcceptedError):  # nothing is guessed
        read_log(path, roles)
    answered = roles.model_copy(update={"time_format": TimeFormat(question.options[1])})
    first = datetime(2015, 1, 3, tzinfo=UTC)
    assert read_log(path, answered).log.timestamps[0] == int(first.timestamp())


@given(
    moment=st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)),
    form=st.sampled_from(
        [
            (TimeFormat.ISO, "%Y-%m-%d %H:%M:%S"),
            (TimeFormat.ISO, "%Y-%m-%dT%H:%M:%S.%f"),
            (TimeFormat.COMPACT, "%Y%m%d%H%M%S"),
            (TimeFormat.DAY_FIRST, "%d.%m.%Y %H:%M:%S"),
            (TimeFormat.MONTH_FIRST, "%m/%d/%Y %H:%M:%S"),
        ]
    ),
)
def test_any_moment_in_any_form(tmp_path_factory, moment, form):
    time_format, pattern = form
    path = tmp_path_factory.getbasetemp() / "moment.csv"
    path.write_text(f"user,item,time\na,x,{moment.strftime(pattern)}\n")
    look = sniff(path)
    sieve = Sieve(split_lines("\n".join(look.lines), look), look)
    expected = int(moment.replace(microsecond=0, tzinfo=UTC).timestamp())
    assert sieve.times("time", time_format).tolist() == [expected]

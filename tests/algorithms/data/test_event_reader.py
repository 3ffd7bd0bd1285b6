"""The quick way through a file gives what the slow way gives, in blocks of any size."""

import io
import math
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.data import field_kernels as kernels
from algorithms.data.event_reader import EventReader, IdColumn, NumberColumn, TimeColumn
from algorithms.data.id_numbers import IdNumbers
from algorithms.data.lines import split_lines
from algorithms.data.look import FileLook
from algorithms.data.sieve import Sieve, TimeFormat


def look_of(tmp_path, delimiter=",", encoding="utf-8", has_header=False, **marks):
    columns = ("user", "item", "rating", "time")
    return FileLook(
        path=tmp_path / "log.csv",
        encoding=encoding,
        delimiter=delimiter,
        has_header=has_header,
        columns=columns,
        lines=(),
        rows=(),
        **marks,
    )


def quickly(text, look, size, time_format=TimeFormat.SECONDS):
    users, items = IdNumbers(), IdNumbers()
    columns = [
        IdColumn("user"),
        IdColumn("item"),
        TimeColumn("time", time_format),
        NumberColumn("rating", look.decimal),
    ]
    reader = EventReader(look, columns, {0: users, 1: items})
    reader.read(io.BytesIO(text.encode(look.encoding)), lambda n: None, size)
    values = [reader.column(place) for place in range(4)]
    return (
        [str(text) for text in users.texts()[values[0]]],
        [str(text) for text in items.texts()[values[1]]],
        values[2].tolist(),
        values[3],
        [(line.line, line.text) for line in reader.rejected],
        [str(line.reason) for line in reader.rejected],
    )


def slowly(text, look, time_format=TimeFormat.SECONDS):
    sieve = Sieve(split_lines(text, look), look)
    users, items = sieve.ids("user"), sieve.ids("item")
    times, ratings = sieve.times("time", time_format), sieve.numbers("rating")
    fits = sieve.fits()
    kept = fits.to_numpy()
    return (
        users.filter(fits).to_list(),
        items.filter(fits).to_list(),
        times[kept].tolist(),
        ratings[kept],
        [(line.line, line.text) for line in sieve.rejected()],
        [str(line.reason) for line in sieve.rejected()],
    )


def assert_same(quick, slow):
    assert quick[:3] == slow[:3]
    np.testing.assert_array_equal(quick[3], slow[3])
    assert quick[4] == slow[4]
    for ours, theirs in zip(quick[5], slow[5], strict=True):
        assert ours == theirs or ("its quotes" in ours and "its quotes" in theirs)


FIELD = st.one_of(
    st.sampled_from(
        ["a", "7", "007", "", " ", "é", "用户", "\u3000", "\x85", "x" * 201, "é" * 101]
    ),
    st.sampled_from(["1", "0.5", "-3.25", "+4.", ".5", ".", "-", "1e3", "1e999", "nan", "inf"]),
    st.sampled_from(
        ["1_0", "0x10", "3,5", " 2", "2\t", "9007199254740993", "0.1000000000000000055"]
    ),
    st.sampled_from(['"', '""', '"a"', '"a""b"', '"a"b', '12"', '"two\nlines"', '"x,y"', "\0"]),
    st.sampled_from(["2015-03-01", "2015/3/1T1:30Z", "31.03.2015", "20150301", "2015-02-29"]),
    st.sampled_from(
        ["2015-03-01 12:30:59", "2015-03-01T24:00:00", "1600-02-29", "'a,''b'", "0,25"]
    ),
    st.floats(width=32, allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**19), 10**19).map(str),
)
END = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\n  \n"])
LINE = st.one_of(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), FIELD, FIELD),
    st.tuples(FIELD, FIELD, st.just("1.5"), st.just("12")),
    st.lists(FIELD, max_size=6),
)


@settings(max_examples=80, deadline=None)
@given(
    lines=st.lists(st.tuples(LINE, END), min_size=1, max_size=12),
    delimiter=st.sampled_from([",", ";", "::", "\t"]),
    size=st.sampled_from([1, 3, 50, 1 << 20]),
    encoding=st.sampled_from(["utf-8", "utf-16", "gb18030"]),
    has_header=st.booleans(),
    time_format=st.sampled_from(list(TimeFormat)),
    quote=st.sampled_from(['"', '"', "'", ""]),
    decimal=st.sampled_from([".", ","]),
)
def test_quick_and_slow_are_one(
    tmp_path_factory, lines, delimiter, size, encoding, has_header, time_format, quote, decimal
):
    text = "a" + delimiter + "".join(delimiter.join(fields) + end for fields, end in lines)
    look = look_of(
        tmp_path_factory.getbasetemp(),
        delimiter,
        encoding,
        has_header,
        quote=quote,
        decimal=decimal,
    )
    assert_same(quickly(text, look, size, time_format), slowly(text, look, time_format))


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(st.sampled_from('ab1.,"\n\r \0'), max_size=120), size=st.sampled_from([1, 9, 99])
)
def test_quick_and_slow_are_one_on_noise(tmp_path_factory, text, size):
    look = look_of(tmp_path_factory.getbasetemp())
    text = "a,b,1,2\n" + text  # a text without any line is not read
    quick, slow = quickly(text, look, size), slowly(text, look)
    assert quick[:3] == slow[:3]
    assert quick[4] == slow[4]


@settings(max_examples=250)
@given(
    number=st.one_of(
        st.floats(allow_nan=False, allow_infinity=False).map(repr),
        st.decimals(allow_nan=False, allow_infinity=False, places=6).map(str),
        st.from_regex(r"[+-]?[0-9]{0,18}\.?[0-9]{0,18}", fullmatch=True),
    )
)
def test_a_number_is_the_nearest_one_or_left_to_others(number):
    data = np.frombuffer(number.encode() + b"\n", dtype=np.uint8)
    values = np.empty(1, dtype=np.float32)
    start, end = np.zeros(1, dtype=np.int32), np.array([len(data) - 1], dtype=np.int32)
    if len(kernels.parse_numbers(data, start, end, ord("."), values)) == 0:
        expected = np.float32(float(number)) if number else np.float32(math.nan)
        np.testing.assert_array_equal(values[0], expected)


@settings(max_examples=300)
@given(
    text=st.one_of(
        st.datetimes().map(str),
        st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds") + "Z"),
        st.dates().map(lambda day: str(day).replace("-", "/")),
        st.from_regex(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]( [0-2][0-9]:[0-6][0-9]:[0-6][0-9])?Z?"),
    )
)
def test_a_date_is_what_the_calendar_says_or_left_to_others(text):
    data = np.frombuffer(text.encode() + b"\n", dtype=np.uint8)
    values = np.empty(1, dtype=np.int64)
    start, end = np.zeros(1, dtype=np.int32), np.array([len(data) - 1], dtype=np.int32)
    if len(kernels.parse_dates(data, start, end, values)) == 0:
        moment = datetime.fromisoformat(text.strip("Z").replace("/", "-")).replace(tzinfo=UTC)
        assert values[0] == int(moment.timestamp())


def test_the_usual_dates_are_taken_at_once():
    for text in ("2015-03-01", "2016/02/29", "2015-03-01 12:30:00", "2015-03-01T12:30:00Z"):
        data = np.frombuffer(text.encode(), dtype=np.uint8)
        start, end = np.zeros(1, dtype=np.int32), np.array([len(data)], dtype=np.int32)
        assert len(kernels.parse_dates(data, start, end, np.empty(1, dtype=np.int64))) == 0


def test_doubled_quotes_among_lines_that_are_no_records(tmp_path):
    look = look_of(tmp_path, has_header=True)
    rows = ['a,"x ""1""",1,2\n', "\n", "b,y\n", "b,y,3,4\n", '"""",""""",5,6\n', '"""",y,5,6\n']
    text = "user,item,rating,time\n" + "".join(rows) * 500
    for size in (1, 1000, 1 << 20):
        quick = quickly(text, look, size)
        assert_same(quick, slowly(text, look))
        assert quick[1][:3] == ['x "1"', "y", "y"]
        assert quick[0][:3] == ["a", "b", '"']


def test_a_record_may_run_over_a_hundred_lines_and_no_more(tmp_path):
    look = look_of(tmp_path)
    for n_lines, n_read in ((100, 2), (101, 1)):
        text = 'a,"x' + "\n" * (n_lines - 1) + '",1,2\nb,y,3,4\n'
        for size in (1, 40, 1 << 20):
            quick = quickly(text, look, size)
            assert_same(quick, slowly(text, look))
            assert len(quick[0]) == n_read


def test_many_ids_are_numbered_as_they_come():
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, 40_000, 100_000)
    raw = [f"user é{number}" if number % 7 == 0 else str(number) for number in drawn]
    texts = [text.encode() for text in raw]
    ends = np.cumsum([len(text) for text in texts], dtype=np.int32)
    starts = np.concatenate([[0], ends[:-1]]).astype(np.int32)
    numbers = IdNumbers(["known", "7x"])
    codes = numbers.codes(np.frombuffer(b"".join(texts), dtype=np.uint8), starts, ends)
    expected = {"known": 0, "7x": 1}
    assert codes.tolist() == [expected.setdefault(text, len(expected)) for text in raw]
    assert numbers.texts().tolist() == list(expected)
    assert len(numbers) == len(expected)


@pytest.mark.parametrize("text", ["ab", "a b", "é", "用"])
def test_an_id_of_letters_is_taken_at_once(text):
    data = np.frombuffer(text.encode(), dtype=np.uint8)
    start, end = np.zeros(1, dtype=np.int32), np.array([len(data)], dtype=np.int32)
    assert len(kernels.find_unusual_ids(data, start, end, 200)) == 0

import csv
import datetime
import gzip
import io
import json
import zipfile

import numpy as np
import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.data import sources
from algorithms.data.sources import kind_of, members, open_stream
from algorithms.errors import UnreadableFileError

CSV = b"user,item,rating\n007,a,4\n7,b,3.5\n"


def read(path, member=""):
    with open_stream(path, member) as stream:
        return stream.read()


def rows(path, member=""):
    return list(csv.reader(io.StringIO(read(path, member).decode(), newline="")))


def write_zip(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_text_is_passed_on_as_it_is(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xff\xfea\0,\0")
    assert members(path) == ("",)
    assert read(path) == b"\xff\xfea\0,\0"
    assert kind_of(path) == "text"


def test_gzip_is_known_by_its_bytes_not_by_its_name(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(CSV[:10]) + gzip.compress(CSV[10:]))
    assert members(path) == ("",)
    assert read(path) == CSV
    assert kind_of(path) == "a gzip archive"
    named = tmp_path / "b.csv.gz"
    named.write_bytes(CSV)
    assert read(named) == CSV


def test_a_zip_has_members_and_its_names_are_no_paths(tmp_path):
    path = write_zip(
        tmp_path / "a.zip",
        {
            "../../x": CSV,
            "d/": b"",
            "d/b.csv": b"b",
            "__MACOSX/d/._b.csv": b"?",
            "d/.DS_Store": b"",
        },
    )
    found = members(path)
    assert found[:2] == ("../../x", "d/b.csv")
    assert read(path, "../../x") == CSV
    assert read(path, "d/b.csv") == b"b"
    assert [file.name for file in tmp_path.iterdir()] == ["a.zip"]
    assert kind_of(path) == "a zip archive"
    with pytest.raises(UnreadableFileError, match="several tables"):
        read(path)
    with pytest.raises(UnreadableFileError, match="not “c”"):
        read(path, "c")


def test_a_zip_with_one_table_needs_no_member(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"x.csv.gz": gzip.compress(CSV)})
    assert members(path) == ("x.csv.gz",)
    assert read(path) == CSV


def parquet_bytes(table):
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    return buffer.getvalue()


TABLE = pl.DataFrame(
    {
        "id": pl.Series([2**63 + 1, 2**53 + 1, None], dtype=pl.UInt64),
        "x": [0.1, 1e300, 3.0],
        "small": pl.Series([0.1, 1.5, None], dtype=pl.Float32),
        "text": ['a "b", c', "", "007"],
        "yes": [True, False, None],
        "day": [datetime.date(2015, 3, 1), None, None],
        "at": [datetime.datetime(2015, 3, 1, 12, 30, 0, 500000), None, None],
        "tags": [["a", "b"], [], None],
        "raw": [b"r", None, None],
    }
).with_columns(
    zone=pl.lit(datetime.datetime(2015, 3, 1, 12)).dt.replace_time_zone("Asia/Shanghai"),
    kind=pl.lit("k").cast(pl.Categorical),
)
TABLE_ROWS = [
    ["id", "x", "small", "text", "yes", "day", "at", "tags", "raw", "zone", "kind"],
    [
        *["9223372036854775809", "0.1", "0.1", 'a "b", c', "1", "2015-03-01"],
        *["2015-03-01T12:30:00.500", '["a","b"]', "r", "2015-03-01T04:00:00", "k"],
    ],
    ["9007199254740993", "1e+300", "1.5", "", "0", "", "", "[]", "", "2015-03-01T04:00:00", "k"],
    ["", "3.0", "", "007", "", "", "", "", "", "2015-03-01T04:00:00", "k"],
]


def test_parquet_becomes_exact_text(tmp_path):
    path = tmp_path / "a.parquet"
    TABLE.write_parquet(path)
    assert members(path) == ("",)
    assert rows(path) == TABLE_ROWS
    assert kind_of(path) == "a Parquet file"


@pytest.mark.parametrize("pack", ["gzip", "zip"])
def test_packed_parquet_is_read_the_same(tmp_path, pack):
    path = tmp_path / "a"
    if pack == "gzip":
        path.write_bytes(gzip.compress(parquet_bytes(TABLE)))
    else:
        write_zip(path, {"a.parquet": parquet_bytes(TABLE)})
    assert rows(path) == TABLE_ROWS


def test_parquet_floats_read_back_as_the_same_number(tmp_path):
    path = tmp_path / "a.parquet"
    values = np.random.default_rng(1).integers(0, 2**63, 3000).view(np.float64)
    values = values[np.isfinite(values)]
    pl.DataFrame({"x": values}).write_parquet(path)
    np.testing.assert_array_equal([float(text) for (text,) in rows(path)[1:]], values)


def test_long_parquet_comes_whole_and_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr("algorithms.data.records._ROWS_AT_ONCE", 1000)
    path = tmp_path / "a.parquet"
    pl.DataFrame({"n": range(4321), "m": 1}).write_parquet(path, row_group_size=700)
    assert rows(path)[1:] == [[str(n), "1"] for n in range(4321)]


def test_a_parquet_column_of_bytes_that_are_no_text_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"x": [b"\xff\xfe"]}).write_parquet(path)
    with pytest.raises(UnreadableFileError):
        read(path)


def test_json_lines_become_rows_line_by_line(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(
        b'\xef\xbb\xbf{"user": 9007199254740993, "x": 1.10, "ok": true}\n'
        b"\n"
        b'{"x": null, "user": "007", "tags": [1.50, {"a": "\xc3\xa9"}], "ok": false}\r\n'
        b'{"user": "two\\nlines, \\"quoted\\""}'
    )
    assert kind_of(path) == "JSON lines"
    assert rows(path) == [
        ["user", "x", "ok", "tags"],
        ["9007199254740993", "1.10", "1", ""],
        [],
        ["007", "", "0", '[1.50,{"a":"é"}]'],
        ['two\nlines, "quoted"', "", "", ""],
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": 1', "at letter"),
        (b"[1, 2]", "not in { }"),
        (b'{"a": 1, "a": 2}', "key twice"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": "\\ud800"}', "not UTF-8"),
        (b'{"a": ' + b"[" * 100_000, "nested"),
    ],
)
def test_a_bad_json_line_becomes_a_row_that_fits_nowhere(tmp_path, line, reason):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1, "b": 2}\n' + line + b'\n{"a": 3}\n')
    first, second, bad, last = rows(path)
    assert (first, second, last) == (["a", "b"], ["1", "2"], ["3", ""])
    assert len(bad) == 1
    assert reason in bad[0]


def test_a_bad_line_of_one_column_has_two_fields(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\nno\n{"a": null}\n')
    found = rows(path)
    assert [len(row) for row in found] == [1, 1, 2, 1]


def test_json_of_another_form_is_refused_with_a_remedy(tmp_path):
    path = tmp_path / "a.json"
    for text in ('[{"a": 1}]', '[\n {"a": 1}\n]', '{\n "a": [1]\n}', "{'a': 1}\n"):
        path.write_text(text)
        with pytest.raises(UnreadableFileError, match="JSON lines"):
            members(path)


def test_json_lines_changed_on_the_disk_are_read_anew(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n')
    assert rows(path)[0] == ["a"]
    path.write_text('{"a": 1, "bb": 2}\n')
    assert rows(path)[0] == ["a", "bb"]


@pytest.fixture
def workbook(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Ratings"
    for row in [
        ["user", "item", "rating", "at"],
        ["007", 7, 3.5, datetime.datetime(2020, 1, 1, 2, 3)],
        [None, None, None, None],
        [8, "b, c", True, datetime.date(2020, 1, 2)],
    ]:
        sheet.append(row)
    book.create_sheet("Empty")
    book.create_sheet("Items").append(["item", "title"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    return path


SHEET = [
    ["user", "item", "rating", "at"],
    ["007", "7", "3.5", "2020-01-01T02:03:00"],
    [],
    ["8", "b, c", "1", "2020-01-02"],
]


def test_excel_sheets_are_members(workbook):
    assert members(workbook) == ("Ratings", "Items")
    assert rows(workbook, "Ratings") == SHEET
    assert rows(workbook, "Items") == [["item", "title"]]
    assert kind_of(workbook) == "an Excel workbook"


def test_excel_in_a_zip(workbook, tmp_path):
    path = write_zip(tmp_path / "a.zip", {"book.xlsx": workbook.read_bytes(), "b.csv": CSV})
    assert members(path) == ("book.xlsx/Ratings", "book.xlsx/Items", "b.csv")
    assert rows(path, "book.xlsx/Ratings") == SHEET


# --- what cannot be read --------------------------------------------------------------------


def test_missing_files_and_folders_say_so(tmp_path):
    with pytest.raises(UnreadableFileError, match="no file of that name"):
        members(tmp_path / "none.csv")
    with pytest.raises(UnreadableFileError, match="a folder"):
        open_stream(tmp_path)


def test_a_cut_gzip_is_damaged(tmp_path):
    path = tmp_path / "a.gz"
    noise = np.random.default_rng(0).bytes(400_000)
    packed = gzip.compress(noise)
    for damaged in (packed[:-1000], packed[:300_000] + b"????" + packed[300_004:], packed[:20]):
        path.write_bytes(damaged)
        with pytest.raises(UnreadableFileError, match="damaged gzip archive"):
            read(path)


def test_damaged_and_empty_zips_say_so(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.csv": CSV * 100})
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    with pytest.raises(UnreadableFileError, match="damaged zip"):
        members(path)
    place = whole.index(b"a.csv") + 12
    path.write_bytes(whole[:place] + b"\0\0\0\0" + whole[place + 4 :])
    with pytest.raises(UnreadableFileError, match="damaged"):
        read(path)
    write_zip(path, {})
    with pytest.raises(UnreadableFileError, match="an empty zip archive"):
        members(path)


def test_a_zip_with_a_password_says_so(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.csv": CSV})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag in the file's own header, and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(UnreadableFileError, match="locked with a password"):
        members(path)


@pytest.mark.parametrize("pack", ["gzip", "zip", "both"])
def test_a_bomb_is_refused_long_before_it_is_unpacked(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(sources, "FREE_BYTES", 1 << 20)
    zeros = bytes(40 << 20)
    path = tmp_path / "a"
    if pack == "gzip":
        path.write_bytes(gzip.compress(zeros))
    elif pack == "zip":
        write_zip(path, {"a.csv": zeros})
    else:
        write_zip(path, {"a.csv.gz": gzip.compress(zeros)})
    blocks = []
    with open_stream(path) as stream, pytest.raises(UnreadableFileError, match="a zip bomb does"):
        blocks.extend(len(block) for block in iter(lambda: stream.read(1 << 16), b""))
    assert sum(blocks) <= 13 << 20


def test_a_workbook_that_is_a_bomb_is_refused_before_it_is_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "FREE_BYTES", 1 << 20)
    files = {"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": bytes(40 << 20)}
    path = write_zip(tmp_path / "a.xlsx", files)
    with pytest.raises(UnreadableFileError, match="a zip bomb does"):
        members(path)


def test_an_office_document_is_no_workbook(tmp_path):
    path = write_zip(tmp_path / "a.docx", {"[Content_Types].xml": "", "word/document.xml": "<w/>"})
    with pytest.raises(UnreadableFileError, match="no workbook"):
        members(path)


def test_ids_as_keys_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("algorithms.data.records.MAX_KEYS", 50)
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f'{{"user {n}": 1}}\n' for n in range(60)))
    with pytest.raises(UnreadableFileError, match="as if ids were keys"):
        read(path)


def test_archives_in_archives_end_somewhere(tmp_path):
    data = CSV
    for _ in range(5):
        data = gzip.compress(data)
    path = tmp_path / "a.gz"
    path.write_bytes(data)
    with pytest.raises(UnreadableFileError, match="Unpack it first"):
        members(path)


@pytest.mark.parametrize("data", [b"PAR1" + bytes(50), b"PAR1garbagePAR1"])
def test_a_damaged_parquet_says_so(tmp_path, data):
    path = tmp_path / "a.parquet"
    path.write_bytes(data)
    with pytest.raises(UnreadableFileError, match="damaged Parquet"):
        read(path)


def test_an_old_word_document_is_no_workbook(tmp_path):
    path = tmp_path / "a.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(UnreadableFileError, match="no Excel workbook"):
        members(path)


# --- property -------------------------------------------------------------------------------

_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_texts, st.integers(), _texts), min_size=1, max_size=8))
def test_every_wrapping_gives_the_same_rows(tmp_path_factory, records):
    folder = tmp_path_factory.mktemp("wrap")
    expected = [["a", "n", "b"], *([a, str(n), b] for a, n, b in records)]
    lines = "\n".join(json.dumps({"a": a, "n": n, "b": b}) for a, n, b in records)
    path = folder / "x"
    path.write_bytes(gzip.compress(lines.encode()))
    assert rows(path) == expected
    table = pl.DataFrame(
        {name: [row[at] for row in expected[1:]] for at, name in enumerate("anb")},
        schema=dict.fromkeys("anb", pl.String),
    )
    table.write_parquet(path)
    assert rows(path) == expected

"""More than sixty files that break readers, with the outcome that is expected of each."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

HEAD = "user_id,item_id,rating\n"


@dataclass(frozen=True)
class Case:
    """One file and what must come of it.

    Parameters
    ----------
    name : of the file
    data : its bytes
    accepted : events that are read; None where the file is refused
    rejected : by line number, a word of the reason
    users, items : raw ids in the order of their appearance, where it matters
    ratings : values of the label ``rating``, where it matters
    refused : words of the sentence with which the file is refused
    asks : key of a question that the look must ask
    known : what a person says of the file (arguments of ``sniff``)
    """

    name: str
    data: bytes
    accepted: int | None = None
    rejected: Mapping[int, str] = field(default_factory=dict)
    users: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    ratings: tuple[float, ...] | None = None
    times: tuple[int, ...] | None = None
    refused: tuple[str, ...] = ()
    asks: str | None = None
    known: Mapping[str, Any] = field(default_factory=dict)


def _zip(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _png() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 1, 1, 8, 2, 0, 0, 0)


PLAIN = HEAD + "u1,i1,4\nu2,i2,3\nu1,i2,5\n"
CHINESE = "用户,物品,评分\n张三,三国演义,4\n李四,红楼梦,5\n王五,西游记与其他很长的书名,3\n"
LATIN = (
    "user_id,item_id,rating\nJosé,Crème brûlée à l'ancienne,4\nZoë,Señor López,3\nJürgen,Größe,5\n"
)

ENCODINGS = [
    Case("utf8.csv", PLAIN.encode(), 3, users=("u1", "u2"), ratings=(4, 3, 5)),
    Case("utf8_bom.csv", PLAIN.encode("utf-8-sig"), 3, users=("u1", "u2")),
    Case("utf16_le_bom.csv", PLAIN.encode("utf-16"), 3, users=("u1", "u2")),
    Case("utf16_be_bom.csv", b"\xfe\xff" + PLAIN.encode("utf-16-be"), 3, users=("u1", "u2")),
    Case("utf16_le_no_bom.csv", PLAIN.encode("utf-16-le"), 3, users=("u1", "u2")),
    Case("utf16_be_no_bom.csv", PLAIN.encode("utf-16-be"), 3, users=("u1", "u2")),
    Case("chinese_utf8.csv", CHINESE.encode(), 3, users=("张三", "李四", "王五")),
    Case("gbk.csv", CHINESE.encode("gbk"), 3, users=("张三", "李四", "王五")),
    Case(
        "gb18030.csv",
        CHINESE.encode("gb18030"),
        3,
        items=("三国演义", "红楼梦", "西游记与其他很长的书名"),
    ),
    Case("latin1.csv", LATIN.encode("latin-1"), 3, users=("José", "Zoë", "Jürgen")),
    Case("cp1252_named.csv", LATIN.encode("cp1252"), 3, known={"encoding": "cp1252"}),
    Case(
        "wrong_encoding_named.csv",
        CHINESE.encode("gbk"),
        refused=("utf-8",),
        known={"encoding": "utf-8"},
    ),
    Case(
        "no_such_encoding.csv", PLAIN.encode(), refused=("klingon",), known={"encoding": "klingon"}
    ),
    Case(
        "bad_byte_far_down.csv",
        (HEAD + "u1,i1,4\n" * 60_000).encode() + b"u\xff\xfe,i1,4\n",
        refused=("60002",),
    ),
    Case("truncated_utf16.csv", PLAIN.encode("utf-16")[:-1], refused=("utf-16",)),
]

SHAPES = [
    Case("ragged_short.csv", (HEAD + "u1,i1,4\nu2,i2\nu1,i2,5\n").encode(), 2, {3: "2 fields"}),
    Case(
        "ragged_long.csv", (HEAD + "u1,i1,4\nu2,i2,3,9,9\nu1,i2,5\n").encode(), 2, {3: "5 fields"}
    ),
    Case(
        "trailing_commas.csv",
        (HEAD + "u1,i1,4,\nu2,i2,3,\nu1,i2,5,\nu3,i3,1\n").encode(),
        1,
        {2: "4 fields", 3: "4 fields", 4: "4 fields"},
    ),
    Case("unbalanced_quote.csv", (HEAD + 'u1,"i1,4\nu2,i2,3\nu1,i2,5\n').encode(), 2, {2: ""}),
    Case("unbalanced_quote_at_end.csv", (HEAD + 'u1,i1,4\nu2,"i2,3').encode(), 1, {3: ""}),
    Case(
        "quote_inside.csv", (HEAD + 'u1,6" nail,4\nu2,i2,3\n').encode(), 2, items=('6" nail', "i2")
    ),
    Case(
        "doubled_quotes.csv",
        (HEAD + 'u1,"say ""hi"", now",4\nu2,i2,3\n').encode(),
        2,
        items=('say "hi", now', "i2"),
    ),
    Case(
        "newline_in_quotes.csv",
        (HEAD + 'u1,"two\nlines",4\nu2,i2,3\n').encode(),
        2,
        items=("two\nlines", "i2"),
    ),
    Case(
        "nul_byte.csv", (HEAD + "u1,i1,4\nu\0x,i2,3\n" + "u3,i3,2\n" * 20).encode(), 21, {3: "NUL"}
    ),
    Case("cr_only.csv", PLAIN.replace("\n", "\r").encode(), 3, users=("u1", "u2")),
    Case("crlf.csv", PLAIN.replace("\n", "\r\n").encode(), 3, ratings=(4, 3, 5)),
    Case(
        "mixed_line_ends.csv",
        (HEAD + "u1,i1,4\r\nu2,i2,3\ru1,i2,5\n").encode(),
        3,
        ratings=(4, 3, 5),
    ),
    Case("no_last_newline.csv", PLAIN.rstrip("\n").encode(), 3, ratings=(4, 3, 5)),
    Case("blank_lines.csv", (HEAD + "\nu1,i1,4\n\n\nu2,i2,3\n\n").encode(), 2),
    Case(
        "ten_megabyte_field.csv",
        (HEAD + "u1,i1,4\nu2," + "x" * 10_000_000 + ",3\nu1,i2,5\n").encode(),
        2,
        {3: "200"},
    ),
    Case(
        "duplicate_headers.csv",
        b"user_id,item_id,rating,rating\nu1,i1,4,5\nu2,i2,3,2\n",
        2,
        ratings=(4, 3),
    ),
    Case("empty_header.csv", b"user_id,item_id,,rating\nu1,i1,x,4\nu2,i2,y,3\n", 2, ratings=(4, 3)),
    Case(
        "ten_thousand_headers.csv",
        (
            HEAD.strip()
            + ","
            + ",".join(f"f{n}" for n in range(9_997))
            + "\n"
            + ("u1,i1,4" + ",1" * 9_997 + "\n")
            + ("u2,i2,3" + ",0" * 9_997 + "\n")
        ).encode(),
        2,
        ratings=(4, 3),
    ),
    Case("semicolons.csv", PLAIN.replace(",", ";").encode(), 3, ratings=(4, 3, 5)),
    Case("tabs.tsv", PLAIN.replace(",", "\t").encode(), 3, ratings=(4, 3, 5)),
    Case("pipes.txt", PLAIN.replace(",", "|").encode(), 3, ratings=(4, 3, 5)),
    Case(
        "double_colons.dat",
        b"1::10::5::978300760\n2::20::3::978302109\n1::20::4::978301968\n",
        3,
        users=("1", "2"),
        items=("10", "20"),
        times=(978300760, 978302109, 978301968),
    ),
    Case("no_header.csv", b"1,10,4\n2,20,3\n1,20,5\n", 3, users=("1", "2")),
    Case(
        "spaces_around.csv", b"user_id, item_id, rating\nu1, i1, 4\nu2, i2, 3\n", 2, ratings=(4, 3)
    ),
]

VALUES = [
    Case(
        "leading_zeros.csv",
        (HEAD + "007,00,4\n7,0,3\n").encode(),
        2,
        users=("007", "7"),
        items=("00", "0"),
    ),
    Case(
        "beyond_doubles.csv",
        (HEAD + "9007199254740993,1,4\n9007199254740992,2,3\n").encode(),
        2,
        users=("9007199254740993", "9007199254740992"),
    ),
    Case(
        "ids_with_spaces.csv",
        (HEAD + "Ann Lee,the item,4\nBo, i2,3\n").encode(),
        2,
        users=("Ann Lee", "Bo"),
    ),
    Case(
        "emoji_ids.csv",
        (HEAD + "👩‍🚀,🍕,4\n🧑🏽,🍣,3\n").encode(),
        2,
        users=("👩‍🚀", "🧑🏽"),
        items=("🍕", "🍣"),
    ),
    Case("empty_ids.csv", (HEAD + ",i1,4\nu2,,3\nu3,i3,5\n").encode(), 1, {2: "id", 3: "id"}),
    Case(
        "overflow.csv",
        (HEAD + "u1,i1,1e999\nu2,i2,3\nu3,i3,4\n").encode(),
        2,
        {2: "1e999"},
        ratings=(3, 4),
    ),
    Case(
        "nan_and_inf.csv",
        (
            HEAD + "u1,i1,NaN\nu2,i2,inf\nu3,i3,-Infinity\nu4,i4,4\nu5,i5,2\nu6,i6,3\nu7,i7,1\n"
        ).encode(),
        4,
        {2: "NaN", 3: "inf", 4: "-Infinity"},
        ratings=(4, 2, 3, 1),
    ),
    Case("hexadecimal.csv", (HEAD + "u1,i1,0x10\nu2,i2,3\nu3,i3,4\n").encode(), 2, {2: "0x10"}),
    Case("underscores.csv", (HEAD + "u1,i1,1_000\nu2,i2,3\nu3,i3,4\n").encode(), 2, {2: "1_000"}),
    Case("missing_values.csv", (HEAD + "u1,i1,\nu2,i2,3\nu3,i3,4\n").encode(), 3),
    Case(
        "words_for_numbers.csv", (HEAD + "u1,i1,good\nu2,i2,3\nu3,i3,4\n").encode(), 2, {2: "good"}
    ),
    Case(
        "decimal_commas.csv",
        b"user_id;item_id;rating\nu1;i1;3,5\nu2;i2;4,5\nu3;i3;2,0\n",
        asks="decimal",
    ),
    Case(
        "decimal_commas_told.csv",
        b"user_id;item_id;rating\nu1;i1;3,5\nu2;i2;4,5\nu3;i3;2,0\n",
        3,
        ratings=(3.5, 4.5, 2.0),
        known={"decimal": ","},
    ),
    Case(
        "decimal_points_told.csv",
        b"user_id;item_id;rating\nu1;i1;3,5\nu2;i2;4,5\nu3;i3;2.0\n",
        1,
        {2: "3,5", 3: "4,5"},
        ratings=(2.0,),
        known={"decimal": "."},
    ),
    Case(
        "na_as_an_id.csv",
        (HEAD + "NA,None,4\nnull,nan,3\n").encode(),
        2,
        users=("NA", "null"),
        items=("None", "nan"),
    ),
    Case(
        "iso_dates.csv",
        b"user_id,item_id,time\nu1,i1,2015-03-01\nu2,i2,2015-03-02\n",
        2,
        times=(1425168000, 1425254400),
    ),
    Case(
        "iso_moments.csv",
        b"user_id,item_id,time\nu1,i1,2015-03-01 12:30:00\nu2,i2,2015-03-02T00:00:00Z\n",
        2,
        times=(1425213000, 1425254400),
    ),
    Case(
        "dates_with_offset.csv",
        b"user_id,item_id,time\nu1,i1,2015-03-01T12:30:00+02:00\nu2,i2,2015-03-02T00:00:00+00:00\n",
        2,
        times=(1425205800, 1425254400),
    ),
    Case(
        "dates_with_slashes.csv",
        b"user_id,item_id,time\nu1,i1,2015/03/01\nu2,i2,2015/03/02\n",
        2,
        times=(1425168000, 1425254400),
    ),
    Case(
        "german_dates.csv",
        b"user_id,item_id,time\nu1,i1,01.03.2015\nu2,i2,31.03.2015\n",
        2,
        times=(1425168000, 1427760000),
    ),
    Case(
        "day_or_month_first.csv",
        b"user_id,item_id,time\nu1,i1,01/03/2015\nu2,i2,02/03/2015\n",
        asks="date",
    ),
    Case(
        "milliseconds.csv",
        b"user_id,item_id,timestamp\nu1,i1,1425168000123\nu2,i2,1425254400000\n",
        2,
        times=(1425168000, 1425254400),
    ),
    Case(
        "impossible_date.csv",
        b"user_id,item_id,time\nu1,i1,2015-02-30\nu2,i2,2015-03-02\n",
        1,
        {2: "2015-02-30"},
    ),
]

CONTENTS = [
    Case("one_user.csv", (HEAD + "u1,i1,4\nu1,i2,3\nu1,i3,5\n").encode(), 3, users=("u1",)),
    Case("one_item.csv", (HEAD + "u1,i1,4\nu2,i1,3\nu3,i1,5\n").encode(), 3, items=("i1",)),
    Case("no_bytes.csv", b"", refused=("empty",)),
    Case("only_spaces.csv", b"   \n \n", refused=("empty",)),
    Case("header_only.csv", HEAD.encode(), refused=("only a header",)),
    Case("one_column.csv", b"user_id\nu1\nu2\n", refused=("separator",)),
    Case("all_duplicates.csv", (HEAD + "u1,i1,4\n" * 5).encode(), 5, users=("u1",), items=("i1",)),
    Case(
        "constant_label.csv", (HEAD + "u1,i1,4\nu2,i2,4\nu1,i2,4\n").encode(), 3, ratings=(4, 4, 4)
    ),
    Case("nothing_fits.csv", (HEAD + ",,\n,,\n").encode(), refused=("None of the 2 lines",)),
    Case(
        "formulas.csv",
        (HEAD + "=cmd|'/C calc'!A0,@SUM(A1),4\n+1+1,-2+3,3\n").encode(),
        2,
        users=("=cmd|'/C calc'!A0", "+1+1"),
        items=("@SUM(A1)", "-2+3"),
    ),
    Case(
        "markup.csv",
        (HEAD + "<b>u1</b>,<img src=x onerror=alert(1)>,4\nu2,&amp;,3\n").encode(),
        2,
        users=("<b>u1</b>", "u2"),
        items=("<img src=x onerror=alert(1)>", "&amp;"),
    ),
    Case(
        "sql_words.csv",
        (HEAD + "'; DROP TABLE users; --,i1,4\nu2,i2,3\n").encode(),
        2,
        users=("'; DROP TABLE users; --", "u2"),
    ),
]

CONTAINERS = [
    Case("image.csv", _png() + b"\0" * 200, refused=("PNG",)),
    Case("pdf.csv", b"%PDF-1.7\n" + b"x" * 100, refused=("PDF",)),
    Case("binary.csv", bytes(range(256)) * 20, refused=("binary",)),
    Case("plain.csv.gz", gzip.compress(PLAIN.encode()), 3, users=("u1", "u2")),
    Case("gzip_called.csv", gzip.compress(PLAIN.encode()), 3, users=("u1", "u2")),
    Case("cut_off.csv.gz", gzip.compress((PLAIN * 5000).encode())[:-40], refused=("gz",)),
    Case("plain.zip", _zip({"ratings.csv": PLAIN.encode()}), 3, users=("u1", "u2")),
    Case("climbing.zip", _zip({"../../x.csv": PLAIN.encode()}), 3, users=("u1", "u2")),
    Case("empty.zip", _zip({}), refused=("zip",)),
    Case("cut_off.zip", _zip({"ratings.csv": PLAIN.encode()})[:60], refused=("zip",)),
    Case("bomb.zip", _zip({"bomb.csv": HEAD.encode() + b"0" * 80_000_000}), refused=("zip",)),
    Case(
        "lines.jsonl",
        b'{"user_id":"u1","item_id":9007199254740993,"rating":4}\n'
        b'{"user_id":"u2","item_id":7,"rating":3.5}\n',
        2,
        items=("9007199254740993", "7"),
        ratings=(4, 3.5),
    ),
    Case(
        "broken_lines.jsonl",
        b'{"user_id":"u1","item_id":"a","rating":4}\n{"user_id":"u2",\n'
        b'{"user_id":"u3","item_id":"b","rating":3}\n',
        2,
        users=("u1", "u3"),
    ),
    Case("no_parquet.parquet", b"PAR1" + b"\0" * 50, refused=("Parquet",)),
    Case("no_excel.xlsx", b"PK\x03\x04" + b"\0" * 50, refused=("zip",)),
]

CASES = [*ENCODINGS, *SHAPES, *VALUES, *CONTENTS, *CONTAINERS]

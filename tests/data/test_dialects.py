"""Any table, written in any dialect, is read back unchanged."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.data.readers import ColumnRoles, read_log, sniff

# Ids of any letters: quotes, commas, line ends, emoji; a blank id is no id, NUL is no letter.
IDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r\ufeff", exclude_categories=["Cs"]),
    min_size=1,
    max_size=12,
).filter(lambda text: text.strip() != "" and text == text.strip())
NUMBERS = st.one_of(
    st.integers(-999, 999).map(float),
    st.floats(-1e6, 1e6, width=32, allow_nan=False),
)
ROWS = st.lists(
    st.tuples(IDS, IDS, NUMBERS, st.integers(0, 4_000_000_000)), min_size=1, max_size=12
)


@st.composite
def dialects(draw: st.DrawFn) -> dict[str, object]:
    """Draw how a file is written."""
    return {
        "delimiter": draw(st.sampled_from([",", ";", "\t", "|"])),
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])),
        "lineterminator": draw(st.sampled_from(["\n", "\r\n"])),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        "has_header": draw(st.booleans()),
        "gzip": draw(st.booleans()),
        "decimal": draw(st.sampled_from([".", ","])),
    }


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, dialect=dialects())
def test_a_table_survives_any_dialect(
    rows: list[tuple[str, str, float, int]], dialect: dict[str, object]
) -> None:
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=dialect["delimiter"],
        quoting=dialect["quoting"],
        lineterminator=dialect["lineterminator"],
    )
    names = ["who", "what", "how much", "when"]
    if dialect["has_header"]:
        writer.writerow(names)
    else:
        names = [f"column {number}" for number in range(1, 5)]
    for user, item, number, time in rows:
        writer.writerow((user, item, repr(number).replace(".", dialect["decimal"]), time))
    data = out.getvalue().encode(dialect["encoding"])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(gzip.compress(data) if dialect["gzip"] else data)
        look = sniff(
            path,
            encoding=dialect["encoding"],
            delimiter=dialect["delimiter"],
            has_header=dialect["has_header"],
            decimal=dialect["decimal"],
        )
        assert list(look.columns) == names
        read = read_log(
            path,
            ColumnRoles(user=names[0], item=names[1], labels=(names[2],), time=names[3]),
            look=look,
        )
    log = read.log
    assert read.rejected == () or not list(read.rejected)
    assert log.user_table.ids.ids[log.users].tolist() == [row[0] for row in rows]
    assert log.item_table.ids.ids[log.items].tolist() == [row[1] for row in rows]
    np.testing.assert_array_equal(log.label(names[2]), np.float32([row[2] for row in rows]))
    assert log.timestamps is not None
    assert log.timestamps.tolist() == [row[3] for row in rows]

"""References as a person reads them."""

import re

from mtrec_gui.bibliography import FILE, reference_text


def test_no_author_is_lost_where_a_line_ends():
    assert reference_text("hou2024").startswith("Hou, Zhang, Lin, Lu, Xie, McAuley and Zhao (2024)")
    text = FILE.read_text(encoding="utf-8")
    for entry in text.split("\n@")[1:]:
        key = re.match(r"\w+\{([^,]+),", entry)
        authors = re.search(r"author\s*=\s*\{(.*?)\},?\n", entry, re.DOTALL)
        if key and authors:
            n = len(re.split(r"\s+and\s+", authors[1]))
            listed = reference_text(key[1]).split(" (")[0]
            assert listed.count(", ") + listed.count(" and ") + 1 == n, key[1]


def test_a_key_that_is_nowhere_stands_for_itself():
    assert reference_text("nobody1900") == "nobody1900"

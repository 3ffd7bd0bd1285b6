"""Source taken apart: kinds of stretches, docstrings, which names are parameters."""

from __future__ import annotations

import tokenize
from pathlib import Path

import pytest

import algorithms.models
from mtrec_gui.widgets.code_parts import LINKS, Part, stretches, utf16

FILES = sorted(Path(algorithms.models.__file__).parent.glob("*.py"))


def test_source_is_taken_apart_by_line():
    source = 'def f(x):  # 𝄞 why\n    """Say for and def."""\n    return x + 2\n'
    found = [(s.line, s.start, s.length, s.part) for s in stretches(source)]
    assert found == [
        (0, 0, 3, Part.KEYWORD),
        (0, 4, 1, Part.NAME),
        (0, 11, 8, Part.COMMENT),  # the clef counts twice, as in Qt
        (1, 4, 22, Part.DOCSTRING),
        (2, 4, 6, Part.KEYWORD),
        (2, 15, 1, Part.NUMBER),
    ]


def test_only_the_first_text_of_a_body_is_a_docstring():
    source = 'r"""One.\n\nTwo."""\nx = "three"\nclass C:\n    "four"\n    "five"\n'
    found = [(s.line, s.part) for s in stretches(source) if s.part not in (Part.KEYWORD, Part.NAME)]
    assert found == [
        (0, Part.DOCSTRING),
        (2, Part.DOCSTRING),
        (3, Part.TEXT),
        (5, Part.DOCSTRING),
        (6, Part.TEXT),
    ]


def test_parameters_are_marked_where_they_are_declared_and_read_and_nowhere_else():
    source = (
        "class C(ModelConfig):\n"
        "    alpha: float = Field(1.0)\n"
        "def fit(self):\n"
        "    alpha = self.config.alpha\n"
        "    other(alpha=1.0, x={alpha: 2})\n"
    )
    found = [(s.line, s.start, s.part) for s in stretches(source, ["alpha"]) if s.part in LINKS]
    assert found == [(1, 4, Part.DECLARED), (3, 24, Part.READ)]


@pytest.mark.parametrize("source", ["'''never closed", "def (:", "x = \x00", "((((" * 500, ""])
def test_what_is_no_python_is_shown_plain(source):
    assert all(stretch.length > 0 for stretch in stretches(source))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_model_file_is_taken_apart_to_its_end(file):
    with tokenize.open(file) as opened:
        source = opened.read()
    lines = source.split("\n")
    found = list(stretches(source))
    assert found[0].part is Part.DOCSTRING
    for stretch in found:
        assert stretch.start + stretch.length <= utf16(lines[stretch.line])
    last = max(n for n, line in enumerate(lines) if "def " in line or "return" in line or n == 0)
    assert found[-1].line >= last

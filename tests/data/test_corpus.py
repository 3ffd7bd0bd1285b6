"""The corpus of hostile files: read, put aside or refused as each case says, and nothing else."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from algorithms.data.proposals import propose_columns
from algorithms.data.readers import read_log, sniff
from algorithms.errors import MtrecError

_FILE = Path(__file__).parent / "corpus" / "cases.py"
_SPEC = importlib.util.spec_from_file_location("corpus_cases", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
cases = importlib.util.module_from_spec(_SPEC)
sys.modules["corpus_cases"] = cases  # dataclasses look their module up
_SPEC.loader.exec_module(cases)


def test_the_corpus_is_large() -> None:
    names = [case.name for case in cases.CASES]
    assert len(names) >= 60
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.name)
def test_each_file_comes_out_as_said(case: cases.Case, tmp_path: Path) -> None:
    path = tmp_path / case.name
    path.write_bytes(case.data)
    if case.refused:
        with pytest.raises(MtrecError) as refusal:
            _read(path, case)
        sentence = str(refusal.value)
        assert case.name in sentence
        for words in case.refused:
            assert words in sentence
        assert sentence.endswith(".")
        return
    if case.asks is not None:
        look = sniff(path, **case.known)
        assert case.asks in [question.key for question in look.questions]
        return
    read = _read(path, case)
    log = read.log
    assert len(log) == read.n_accepted == case.accepted
    assert read.n_read == read.n_accepted + len(read.rejected)
    assert len(read.rejected) >= len(case.rejected)
    if case.rejected:
        reasons = {line.line: str(line.reason) for line in read.rejected}
        assert reasons.keys() == case.rejected.keys()
        for line, words in case.rejected.items():
            assert words in reasons[line]
    if case.users is not None:
        assert tuple(log.user_table.ids.ids.tolist()) == case.users
    if case.items is not None:
        assert tuple(log.item_table.ids.ids.tolist()) == case.items
        assert tuple(log.item_table.titles.tolist()) == case.items  # shown as it is
    if case.ratings is not None:
        label = next(iter(log.labels))
        np.testing.assert_array_equal(log.label(label), np.float32(case.ratings))
    if case.times is not None:
        assert log.timestamps is not None
        assert tuple(log.timestamps.tolist()) == case.times


def _read(path: Path, case: cases.Case):
    look = sniff(path, **case.known)
    return read_log(path, propose_columns(look), look=look)

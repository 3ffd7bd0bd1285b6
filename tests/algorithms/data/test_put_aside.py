"""Rejected lines are kept in blocks and read as a sequence; reading can be stopped at once."""

from collections.abc import Sequence

import pytest

from algorithms.data.readers import ColumnRoles, read_log

ROLES = ColumnRoles(user="user", item="item", labels=("rating",))
N = 60_000  # rows, more than two blocks


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("rejected") / "log.csv"
    rows = (
        f"user{row},i,good{row}\n" if row % 3 == 0 else f"user{row},item number {row % 100},4\n"
        for row in range(N)
    )
    path.write_text("user,item,rating\n" + "".join(rows) + "short,line\n")
    assert path.stat().st_size > 1 << 20
    return path


def test_rejected_lines_are_a_sequence(path):
    result = read_log(path, ROLES)
    rejected = result.rejected
    assert isinstance(rejected, Sequence)
    assert len(rejected) == N // 3 + 1
    assert result.n_read == result.n_accepted + len(rejected) == N + 1
    everyone = list(rejected)
    assert [line.line for line in everyone[:-1]] == list(range(2, N + 2, 3))
    assert [line.text for line in everyone[:-1]] == [
        f"user{row},i,good{row}" for row in range(0, N, 3)
    ]
    assert all(f"“good{3 * k}”" in str(line.reason) for k, line in enumerate(everyone[:-1]))
    assert (rejected[-1].text, rejected[-1].line) == ("short,line", N + 2)
    for place in (0, 1, 5000, len(rejected) - 1, -2):
        assert rejected[place] == everyone[place]
    assert list(rejected[3:12_000:1000]) == everyone[3:12_000:1000]
    assert list(reversed(rejected)) == everyone[::-1]
    assert rejected == everyone
    assert rejected != everyone[1:]
    with pytest.raises(IndexError):
        rejected[len(rejected)]


def test_a_shown_value_is_cut_between_letters(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("user,item,rating\na,x,1\na,x," + "用é" * 200 + "\n", encoding="utf-8")
    (line,) = read_log(path, ROLES).rejected
    assert str(line.reason).endswith(f"holds “{'用é' * 30}”")
    assert line.text.endswith("用é" * 200)


class StoppedError(Exception):
    pass


def test_reading_stops_when_the_progress_says_so(path):
    heard = []

    def stop_in_the_middle(fraction, stage):
        heard.append(fraction)
        if fraction > 0.5:
            raise StoppedError

    with pytest.raises(StoppedError):
        read_log(path, ROLES, progress=stop_in_the_middle)
    assert heard[-1] < 0.95
    assert len(heard) > 1

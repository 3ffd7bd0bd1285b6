"""What sharing buys at three correlations of the tasks: three of the seeds of docs/sharing.md."""

import numpy as np
import pytest

from benchmarks.correlation import CORRELATIONS, Measured, main, measure, without_funnel
from sample_data import WORLDS
from sample_data.spec import read_spec

ALIKE, UNRELATED, OPPOSITE = CORRELATIONS
SEEDS = (1, 2, 3)


@pytest.mark.slow
def test_sharing_gains_where_tasks_are_alike_and_less_or_nothing_where_they_are_not() -> None:
    found = measure("ecommerce", CORRELATIONS, SEEDS)

    def mean(task: str, correlation: float, value=lambda m: m.gain) -> float:
        mine = [m for m in found if (m.task, m.correlation) == (task, correlation)]
        assert len(mine) == len(SEEDS)
        return float(np.mean([value(m) for m in mine]))

    def points(m: Measured) -> float:
        return m.shared - m.alone

    # the sparse tasks gain where the tastes are alike
    for task in ("purchase", "ad click"):
        assert mean(task, ALIKE) > 10
    # tasks on the same items share item vectors too: they gain less or lose where they are not
    for correlation in (UNRELATED, OPPOSITE):
        assert mean("purchase", correlation, points) < mean("purchase", ALIKE, points)
        for task in ("click", "rating"):
            assert mean(task, correlation) < min(mean(task, ALIKE), -1)
    assert mean("purchase", UNRELATED) < mean("purchase", ALIKE)
    # ads share user vectors alone, and their own vectors can turn their sign
    assert mean("ad click", UNRELATED) < 0 < mean("ad click", OPPOSITE) < mean("ad click", ALIKE)


@pytest.mark.slow
def test_without_a_funnel_what_purchases_gain_falls_with_the_correlation() -> None:
    found = measure("ecommerce", CORRELATIONS, SEEDS, funnel=False)
    gains = [
        float(np.mean([m.gain for m in found if (m.task, m.correlation) == ("purchase", c)]))
        for c in CORRELATIONS
    ]
    assert gains[0] > gains[1] + 5
    assert gains[1] > gains[2] + 5
    assert gains[0] > 20


def test_without_a_funnel_every_label_is_as_rare_as_before() -> None:
    usual = read_spec(WORLDS["ecommerce"].file)
    free = {label.name: label for label in without_funnel(usual).labels}
    before = {label.name: label for label in usual.labels}
    assert free["purchase"].parent is None
    assert free["purchase"].rate == pytest.approx(before["click"].rate * before["purchase"].rate)
    assert free["click"] == before["click"]
    assert free["rating"].parent == before["rating"].parent


@pytest.mark.slow
def test_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--correlations", "0.5", "--seeds", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + 4
    assert "users and items" in lines[3]
    assert lines[3].split()[0] == "purchase"

"""Verdicts over a table: Holm by hand and by statsmodels' formula, equivalence, false alarms."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from algorithms.evaluation import Column, PairedGains, TaskGain, Verdict, paired_gains
from algorithms.evaluation.gains import Gain
from algorithms.evaluation.significance import EquivalenceWidthError, holm, judge, p_beyond

NDCG = Column("click", "ndcg", 10)


def family(*gains: Gain, mean: Gain | None = None) -> PairedGains:
    entries = tuple(TaskGain(Column(f"task {n}", "mae"), g, 50) for n, g in enumerate(gains))
    return PairedGains(entries, mean, (1,))


def normal_gain(percent: float, deviation: float) -> Gain:
    return Gain(percent, percent - 1.96 * deviation, percent + 1.96 * deviation, deviation)


def verdicts(families, width=0.0):
    return [entry.gain.verdict for each in judge(families, width) for entry in each.tasks]


def test_holm_by_hand():
    # sorted 0.005 0.01 0.03 0.04 -> x4 x3 x2 x1 = 0.02 0.03 0.06 0.04, and never falling
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.7]) == pytest.approx([1, 1])
    assert len(holm([])) == 0


def test_what_was_not_tested_does_not_count():
    assert holm([0.01, math.nan, 0.04]) == pytest.approx([0.02, math.nan, 0.04], nan_ok=True)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_closed_testing_by_bonferroni(p):
    """Holm rejects what every intersection of hypotheses rejects by Bonferroni: 2^m of them."""
    values = np.array(p)[:8]
    m = len(values)
    subsets = [[i for i in range(m) if code >> i & 1] for code in range(1, 1 << m)]
    closed = [
        max(min(1.0, len(s) * values[s].min()) for s in subsets if number in s)
        for number in range(m)
    ]
    assert holm(values) == pytest.approx(closed)


@given(st.lists(st.floats(0, 1), max_size=12), st.randoms())
def test_holm_raises_and_does_not_mind_the_order(p, random):
    corrected = holm(p)
    assert (corrected >= np.array(p)).all()
    assert (corrected <= 1).all()
    order = list(range(len(p)))
    random.shuffle(order)
    assert holm([p[i] for i in order]) == pytest.approx(corrected[order])


@pytest.mark.parametrize(("percent", "width"), [(3, 0), (-3, 0), (5, 2), (-5, 2), (1, 2)])
def test_the_p_value_is_that_of_the_normal_distribution(percent, width):
    expected = 2 * stats.norm.sf(max(abs(percent) - width, 0) / 1.5)
    assert p_beyond(normal_gain(percent, 1.5), width) == pytest.approx(expected)


def test_where_all_users_say_the_same():
    assert p_beyond(Gain(2, 2, 2, 0)) == 0
    assert p_beyond(Gain(0, 0, 0, 0)) == 1
    assert p_beyond(Gain(2, 2, 2, 0), width=2) == 1
    assert math.isnan(p_beyond(Gain(math.nan, math.nan, math.nan)))


@pytest.mark.parametrize(
    ("low", "high", "width", "verdict"),
    [
        (2.1, 4, 2, Verdict.BETTER),
        (-4, -2.1, 2, Verdict.WORSE),
        (-1.9, 2, 2, Verdict.PRACTICALLY_EQUAL),
        (0.5, 1.5, 2, Verdict.PRACTICALLY_EQUAL),  # surely better, and too little to matter
        (1, 3, 2, Verdict.CANNOT_TELL),  # surely better, perhaps too little
        (-3, 3, 2, Verdict.CANNOT_TELL),
        (0, 0, 0, Verdict.CANNOT_TELL),  # no width, no equality
        (math.nan, math.nan, 2, Verdict.CANNOT_TELL),
    ],
)
def test_the_region_of_practical_equivalence(low, high, width, verdict):
    middle = (low + high) / 2
    gain = Gain(middle, low, high, (high - low) / 100)
    assert verdicts([family(gain)], width) == [verdict]


def test_a_lonely_surprise_among_many_is_not_believed():
    surprise = normal_gain(2.1, 1.0)  # p = 0.036
    assert verdicts([family(surprise)]) == [Verdict.BETTER]
    many = [family(surprise, *[normal_gain(0.1, 1.0)] * 9)]
    assert verdicts(many)[0] is Verdict.CANNOT_TELL
    assert (
        verdicts([family(normal_gain(5, 1.0), *[normal_gain(0.1, 1.0)] * 9)])[0] is Verdict.BETTER
    )


def test_the_family_is_the_whole_table_with_its_means():
    one, two = family(normal_gain(3, 1), mean=normal_gain(2.5, 1)), family(normal_gain(1, 1))
    judged = judge([one, two])
    gains = [judged[0].tasks[0].gain, judged[0].mean, judged[1].tasks[0].gain]
    assert [g.p_holm for g in gains] == pytest.approx(holm([g.p for g in gains]))
    assert judged[0].mean.percent == 2.5
    assert judged[1].mean is None


def test_judging_again_forgets_the_width_before():
    gains = [family(normal_gain(1, 0.1))]
    once = judge(gains, 5)
    assert once[0].tasks[0].gain.verdict is Verdict.PRACTICALLY_EQUAL
    assert judge(once, 0) == judge(gains, 0)


@pytest.mark.parametrize("width", [-1, 51, math.nan, math.inf])
def test_a_width_that_is_none(width):
    with pytest.raises(EquivalenceWidthError, match="0 to 50"):
        judge([], width)


def test_among_equals_a_table_seldom_raises_a_false_alarm(make_metric, make_result):
    """Twelve comparisons of equals, 100 tables: the chance of any claim is about 5 %, not 46 %."""
    generator = np.random.default_rng(4)
    alarms = 0
    for _ in range(100):
        families = []
        for _ in range(12):
            ease = generator.random(80)
            runs = [
                make_result(metrics=[make_metric("click", "ndcg", ease + generator.random(80), 10)])
                for _ in range(2)
            ]
            gains = paired_gains([runs[0]], [runs[1]], [NDCG], generator)
            families.append(PairedGains(gains.tasks, None, gains.seeds))
        alarms += any(v is not Verdict.CANNOT_TELL for v in verdicts(families))
    assert alarms <= 12

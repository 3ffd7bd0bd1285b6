"""Descriptions of data against examples that can be counted by hand, and against NumPy's own."""

import numpy as np
import pytest

from algorithms.data import IdMap, InteractionLog, ItemTable, UserTable
from algorithms.description import (
    FunnelStep,
    activity_over_time,
    degree_distribution,
    density,
    funnels,
    heat_map,
    label_pairs,
    long_tail,
    summarise,
)
from algorithms.description.counting import tally, tally_values
from algorithms.tasks import Task, TaskKind

NAN = float("nan")


def make_log(users, items, *, kinds=("product",), kind_codes=None, timestamps=None, **labels):
    n_users, n_items = max(users, default=0) + 1, max(items, default=0) + 1
    n_items = max(n_items, len(kind_codes or ()))
    return InteractionLog(
        name="small",
        users=np.array(users, np.int32),
        items=np.array(items, np.int32),
        labels={name: np.array(values, np.float32) for name, values in labels.items()},
        user_table=UserTable(IdMap(np.arange(n_users).astype(str))),
        item_table=ItemTable(
            IdMap(np.arange(n_items).astype(str)),
            np.arange(n_items).astype(str),
            kinds,
            np.array(kind_codes or [0] * n_items, np.int16),
            np.full(n_items, ""),
        ),
        timestamps=None if timestamps is None else np.array(timestamps, np.int64),
    )


def task(name, parent=None, relevant_from=1.0, item_kind="product"):
    return Task(
        name=name, kind=TaskKind.BINARY, label=name, item_kind=item_kind, parent=parent,
        relevant_from=relevant_from,
    )  # fmt: skip


class TestColumns:
    def test_numbers(self):
        summary = summarise(np.array([3.0, NAN, 1.0, 1.0, 5.0], np.float32))
        assert (summary.n, summary.n_missing, summary.n_distinct) == (5, 1, 3)
        assert (summary.low, summary.median, summary.high) == (1.0, 2.0, 5.0)
        assert sum(summary.counts) == 4
        assert summary.counts[0] == 2
        assert summary.counts[-1] == 1

    @pytest.mark.parametrize("n", [1, 2, 7, 1000])
    def test_numbers_as_numpy_counts_them(self, n):
        values = np.random.default_rng(n).normal(size=n)
        summary = summarise(values)
        assert summary.median == pytest.approx(np.median(values))
        if n > 1:
            assert list(summary.counts) == np.histogram(values, summary.edges)[0].tolist()

    def test_whole_numbers_are_never_split_between_two_bins(self):
        values = np.repeat(np.arange(1, 6), [1, 2, 3, 4, 5])
        summary = summarise(values)
        assert summary.edges == (1, 2, 3, 4, 5, 6)
        assert summary.counts == (1, 2, 3, 4, 5)
        wide = summarise(np.arange(1000))
        assert sum(wide.counts) == 1000
        assert len(set(wide.counts[:-1])) == 1

    def test_texts_through_a_lookup_count_the_same_text_once(self):
        summary = summarise(np.array([0, 1, 1, 2, 3]), np.array(["Lamp", "Sofa", "Lamp", "", "x"]))
        assert summary.frequent == (("Lamp", 2), ("Sofa", 2))
        assert (summary.n, summary.n_missing, summary.n_distinct) == (5, 1, 2)

    def test_plain_texts_and_times(self):
        texts = summarise(np.array(["b", "a", "b", ""]))
        assert texts.frequent == (("b", 2), ("a", 1))
        assert texts.n_missing == 1
        times = summarise(np.array(["1970-01-01", "NaT", "1970-01-03"], "M8[s]"))
        assert (times.low, times.high, times.n_missing) == (0.0, 172_800.0, 1)

    def test_nothing_observed_and_values_without_end(self):
        assert summarise(np.full(3, NAN)).n_distinct == 0
        assert summarise(np.zeros(0)).counts == ()
        endless = summarise(np.array([1.0, np.inf, 2.0]))
        assert (endless.median, endless.high, endless.counts) == (2.0, np.inf, ())
        assert summarise(np.array([4, 4])).counts == (2,)


class TestActivity:
    def test_equal_shares_have_no_gini(self):
        tail = long_tail(np.array([0, 1, 2, 0, 1, 2], np.int32))
        assert tail.gini == pytest.approx(0)
        assert np.allclose(tail.share, tail.events)

    def test_one_of_two_has_three_of_four(self):
        # ascending 1, 3: G = 2 (1*1 + 2*3) / (2 * 4) - 3 / 2 = 0.25; item 5 is met by nobody
        tail = long_tail(np.array([4, 4, 6, 4], np.int32))
        assert tail.gini == pytest.approx(0.25)
        assert tail.n == 2
        assert tail.events.tolist() == [0, 0.75, 1]

    def test_the_curve_of_many_items_ends_at_all(self):
        rng = np.random.default_rng(3)
        tail = long_tail(rng.zipf(1.5, 20_000).clip(max=5000).astype(np.int32))
        assert tail.events[-1] == pytest.approx(1)
        assert (np.diff(tail.events, n=2) < 1e-9).all()  # concave
        assert 0.5 < tail.gini < 1
        assert np.isnan(long_tail(np.zeros(0, np.int32)).gini)

    def test_the_heat_map_has_the_most_active_first(self):
        # user 1 has 3 events, user 0 one; item 2 has 3 events, item 0 one, item 1 none
        found = heat_map(make_log([1, 1, 1, 0], [2, 2, 0, 2]))
        assert found.events_per_pair.tolist() == [[2, 1], [1, 0]]
        assert (found.n_users, found.n_items) == (2, 2)

    def test_a_heat_map_of_few_pixels_loses_no_event(self):
        rng = np.random.default_rng(0)
        log = make_log(rng.integers(0, 57, 900).tolist(), rng.integers(0, 31, 900).tolist())
        found = heat_map(log, 10, 7)
        assert found.events_per_pair.shape == (10, 7)
        rows, columns = np.full((57), 0), np.full(31, 0)
        rows[:], columns[:] = np.arange(57) * 10 // 57, np.arange(31) * 7 // 31
        pairs = np.outer(np.bincount(rows), np.bincount(columns))
        assert (found.events_per_pair * pairs).sum() == pytest.approx(900)
        assert heat_map(log.select(np.zeros(900, bool))).events_per_pair.size == 0

    def test_time_is_cut_so_that_a_picture_can_show_it(self):
        def made(*times):
            return activity_over_time(
                make_log([0] * len(times), [0] * len(times), timestamps=times)
            )

        hours = made(0, 10, 7200)
        assert (hours.unit, hours.counts.tolist()) == ("hour", [2, 0, 1])
        days = made(-1, 0, 86_400 * 30)
        assert days.unit == "day"
        assert days.counts[:2].tolist() == [1, 1]
        assert str(days.starts[0]) == "1969-12-31T00:00:00"
        weeks = made(0, 86_400 * 200)
        assert weeks.unit == "week"
        assert all(str(np.datetime64(s, "D").astype("M8[D]").item().weekday()) == "0"
                   for s in weeks.starts)  # fmt: skip
        months = made(0, 86_400 * 365 * 5)
        assert (months.unit, len(months.counts)) == ("month", 60)
        years = made(0, 86_400 * 365 * 2000)
        assert years.unit == "year"
        assert years.counts.sum() == 2
        assert len(years.counts) <= 120
        assert activity_over_time(make_log([0], [0])) is None


class TestLabels:
    def test_density_counts_a_pair_once(self):
        log = make_log([0, 0, 1, 1], [0, 1, 0, 0], click=[1, NAN, 0, 1])
        found = density(log, task("click"))
        assert (found.n_pairs, found.share) == (2, 0.5)
        assert np.isnan(density(log, task("click", item_kind="song")).share)

    def test_pairs_by_hand(self):
        log = make_log(
            [0] * 5, [0] * 5, click=[1, 1, 0, 0, NAN], buy=[1, 0, 0, NAN, 1], same=[2] * 5
        )
        pairs = label_pairs(log, {"same": 3.0})
        assert pairs.both_observed.tolist() == [[4, 3, 4], [3, 4, 4], [4, 4, 5]]
        assert pairs.both_relevant.tolist() == [[2, 1, 0], [1, 2, 0], [0, 0, 0]]
        assert pairs.row_relevant.tolist() == [[2, 2, 2], [1, 2, 2], [0, 0, 0]]
        assert pairs.shares[0].tolist() == [1, 0.5, 0]
        assert np.isnan(pairs.shares[2]).all()
        assert pairs.correlation[0, 1] == pytest.approx(0.5)
        assert pairs.correlation[0, 0] == pytest.approx(1)
        assert np.isnan(pairs.correlation[2]).all()

    def test_correlations_are_numpys_also_of_large_values(self):
        rng = np.random.default_rng(5)
        a = rng.normal(size=300_000)  # more than one chunk
        log = make_log([0] * len(a), [0] * len(a), a=a, b=1e5 + a + rng.normal(size=len(a)))
        wanted = np.corrcoef(log.label("a"), log.label("b").astype(np.float64))[0, 1]
        assert label_pairs(log, {}).correlation[0, 1] == pytest.approx(wanted, abs=1e-6)

    def test_a_funnel_counts_what_is_left(self):
        log = make_log([0] * 5, [0] * 5, click=[1, 1, 1, 0, NAN], buy=[1, 0, NAN, NAN, 1])
        tasks = (task("buy", parent="click"), task("click"))
        (funnel,) = funnels(log, tasks)
        assert funnel.steps == (FunnelStep(None, 4), FunnelStep(1, 3), FunnelStep(0, 1))
        assert funnels(log, (task("click"),)) == ()
        assert funnels(log, (task("buy", parent="gone"),)) == ()

    def test_parents_in_a_circle_are_no_endless_funnel(self):
        log = make_log([0], [0], a=[1], b=[1], c=[1])
        circle = (task("a", parent="b"), task("b", parent="a"), task("c", parent="a"))
        (funnel,) = funnels(log, circle)
        assert [step.n for step in funnel.steps] == [1, 1, 1, 1]


class TestSocial:
    def test_degrees_by_hand(self):
        # users 0, 1, 2 follow person 1; user 0 also person 2, twice; item 0 is no person
        log = make_log(
            [0, 1, 2, 0, 0, 1, 1], [1, 1, 1, 2, 2, 2, 0],
            kinds=("content", "person"), kind_codes=[0, 1, 1], follow=[1, 1, 1, 1, 1, 0, 1],
        )  # fmt: skip
        found = degree_distribution(log, "follow")
        assert found.n_links == 4
        assert dict(zip(found.in_degrees, found.n_persons, strict=True)) == {1: 1, 3: 1}
        assert dict(zip(found.out_degrees, found.n_users, strict=True)) == {1: 2, 2: 1}
        assert degree_distribution(log).n_links == 4
        assert degree_distribution(log, "follow", 2.0) is None
        assert degree_distribution(make_log([0], [0], follow=[1])) is None


@pytest.mark.parametrize("n", [3, 700_000])
def test_counting_in_parts_is_counting(n):
    rng = np.random.default_rng(4)
    owners, values = rng.integers(0, n, 1_100_000), rng.random(1_100_000)
    assert np.array_equal(tally(owners, n), np.bincount(owners, minlength=n))
    wanted = np.bincount(owners, weights=values, minlength=n)
    assert np.allclose(tally_values(owners, values, n), wanted)
    assert tally(owners[:0], n).sum() == 0

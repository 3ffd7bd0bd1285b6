"""The window is painted before anything heavy is imported."""

from benchmarks.first_paint import first_paint


def test_nothing_heavy_is_imported_before_the_first_paint():
    _, heavy = first_paint()
    assert heavy == []

"""The words of the Data page: names of columns and sentences about what they hold."""

from __future__ import annotations

from PySide6.QtCore import QObject

from algorithms.data.filters import ColumnGroup, Comparison, FilterColumn
from mtrec_gui.pages.data.state import ColumnState
from mtrec_gui.pages.data.tables import ColumnRole
from mtrec_gui.plots.data_columns import moment
from mtrec_gui.plots.labels import LabelChart


class DataWords(QObject):
    """Turns the values of the page into words."""

    def column(self, role: ColumnRole, name: str) -> str:
        """Return the head of a column."""
        return {
            ColumnRole.USER_ID: self.tr("User"),
            ColumnRole.ITEM_ID: self.tr("Item id"),
            ColumnRole.TITLE: self.tr("Item"),
            ColumnRole.KIND: self.tr("Kind"),
            ColumnRole.CATEGORY: self.tr("Category"),
            ColumnRole.TIME: self.tr("Time (UTC)"),
            ColumnRole.N_EVENTS: self.tr("Events"),
            ColumnRole.MEAN: self.tr("ø {label}").format(label=name),
        }.get(role, name)

    def filter_column(self, column: FilterColumn) -> str:
        """Return what the filter calls a column; features say whose they are."""
        name = column.name
        return {
            ColumnGroup.USER: self.tr("User"),
            ColumnGroup.ITEM: self.tr("Item id"),
            ColumnGroup.TITLE: self.tr("Item"),
            ColumnGroup.KIND: self.tr("Kind"),
            ColumnGroup.CATEGORY: self.tr("Category"),
            ColumnGroup.TIME: self.tr("Time (UTC)"),
            ColumnGroup.USER_FEATURE: self.tr("{name} of the user").format(name=name),
            ColumnGroup.ITEM_FEATURE: self.tr("{name} of the item").format(name=name),
        }.get(column.group, name)

    def comparison(self, comparison: Comparison) -> str:
        """Return a comparison as it stands in the filter."""
        return {
            Comparison.CONTAINS: self.tr("contains"),
            Comparison.OBSERVED: self.tr("is observed"),
            Comparison.NOT_OBSERVED: self.tr("is not observed"),
        }.get(comparison, comparison.value)

    def label(self, chart: LabelChart) -> str:
        """Say how often a label was observed, and what its values are."""
        if chart.n_observed == 0:
            return self.tr("Never observed.")
        if chart.n_observed == chart.n_events:
            where = self.tr("Observed in every event")
        else:
            where = self.tr("Observed in {n} of {all} events").format(
                n=f"{chart.n_observed:,}", all=f"{chart.n_events:,}"
            )
        if chart.is_binary and chart.low == chart.high:
            return self.tr("{where}, always {value}.").format(where=where, value=f"{chart.low:g}")
        if chart.is_binary:
            n = round(chart.mean * chart.n_observed)
            return self.tr("{where}; it is 1 in {n} of them.").format(where=where, n=f"{n:,}")
        return self.tr("{where}; from {low} to {high}, mean {mean}.").format(
            where=where, low=_number(chart.low), high=_number(chart.high), mean=f"{chart.mean:,.3g}"
        )

    def summary(self, state: ColumnState) -> str:
        """Say how many values a column has, how many are missing, and where they lie."""
        summary = state.summary
        if summary is None or summary.n == summary.n_missing:
            return self.tr("No value in any row.")
        if summary.frequent:
            if summary.n_distinct == summary.n:
                said = self.tr("{n} values, each row another one.")
            elif summary.n_distinct == 1:
                said = self.tr("The same value in every row.")
            else:
                said = self.tr("{n} different values; the most frequent:")
            said = said.format(n=f"{summary.n_distinct:,}")
        elif state.is_time:
            said = self.tr("From {low} to {high}; half of the rows before {median}.").format(
                low=moment(summary.low), high=moment(summary.high), median=moment(summary.median)
            )
        else:
            said = self.tr("{n} different values from {low} to {high}, median {median}.").format(
                n=f"{summary.n_distinct:,}",
                low=_number(summary.low),
                high=_number(summary.high),
                median=_number(summary.median),
            )
        if summary.n_missing:
            said = self.tr("Missing in {n} of {all} rows. {rest}").format(
                n=f"{summary.n_missing:,}", all=f"{summary.n:,}", rest=said
            )
        return said


def _number(value: float) -> str:
    return f"{value:,.4g}".replace("-", "−")

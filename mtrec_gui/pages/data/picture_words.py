"""Which pictures the data has, and the words on and over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from algorithms.description import HeatMap, LabelPairs
from mtrec_gui.pages.data.state import Pictures
from mtrec_gui.plots.data_bars import NamedBar, bars_height, draw_bars
from mtrec_gui.plots.data_curves import draw_activity, draw_degrees, draw_long_tail
from mtrec_gui.plots.data_matrix import MOST_LABELS, draw_heat_map, draw_label_pairs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme

TALL, USUAL = 280, 230


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its card's words, how high it wants to be at 100 %, and who draws it."""

    key: str
    title: str
    sentence: str
    height: int
    draw: Callable[[Figure, Theme], None]


class PictureMaker(QObject):
    """Makes the pictures of some data, leaving out what the data has not."""

    def all(self, pictures: Pictures) -> list[Picture]:
        """Return the pictures from the whole to the particular."""
        makers = (
            self._long_tail,
            self._heat_map,
            self._density,
            self._funnel,
            self._pairs,
            self._activity,
            self._degrees,
        )
        made = (make(pictures) for make in makers)
        return [picture for picture in made if picture is not None]

    def _density(self, pictures: Pictures) -> Picture | None:
        bars = [
            NamedBar(each.task, each.position, each.share, f"{_percent(each.share)}")
            for each in pictures.densities
            if not np.isnan(each.share)
        ]
        if not bars:
            return None
        return Picture(
            "density",
            self.tr("How much is known"),
            self.tr(
                "Of all pairs of a user and an item of the task's kind, the share on which its "
                "label was observed. The rest is what a model has to say."
            ),
            bars_height([bars]),
            partial(_bars, [bars]),
        )

    def _long_tail(self, pictures: Pictures) -> Picture:
        words = self.tr(
            "The most popular tenth of the {items} items gathers {item_share} of the events, the "
            "most active tenth of the {users} users makes {user_share}. The straight line would "
            "be equal shares."
        ).format(
            items=f"{pictures.items.n:,}",
            item_share=f"{100 * pictures.items.top_tenth:.0f}\u00a0%",
            users=f"{pictures.users.n:,}",
            user_share=f"{100 * pictures.users.top_tenth:.0f}\u00a0%",
        )
        return Picture(
            "long_tail",
            self.tr("Long tail"),
            words,
            TALL,
            partial(
                _long_tail,
                pictures,
                (self.tr("items"), self.tr("users")),
                (
                    self.tr("share of items or users, most active first (%)"),
                    self.tr("share of events (%)"),
                ),
            ),
        )

    def _heat_map(self, pictures: Pictures) -> Picture:
        heat = pictures.heat
        rows, columns = heat.events_per_pair.shape
        words = self.tr(
            "All {users} users by all {items} items; a dot stands for about {n} pairs and is the "
            "stronger the more events they have. What is pale has to be predicted."
        ).format(
            users=f"{heat.n_users:,}",
            items=f"{heat.n_items:,}",
            n=f"{round(heat.n_users * heat.n_items / max(rows * columns, 1)):,}",
        )
        axes = (
            self.tr("items, most popular at the left"),
            self.tr("users, most active on top"),
        )
        return Picture("heat_map", self.tr("Who met what"), words, TALL, partial(_heat, heat, axes))

    def _funnel(self, pictures: Pictures) -> Picture | None:
        if not pictures.funnels:
            return None
        names = {task.position: task.name for task in pictures.tasks}
        groups = []
        for funnel in pictures.funnels:
            bars = []
            for place, step in enumerate(funnel.steps):
                before = funnel.steps[place - 1].n if place else 0
                words = f"{step.n:,}"
                if place:
                    share = _percent(step.n / before) if before else "–"
                    words = self.tr("{n} · {share} of the step before").format(n=words, share=share)
                name = self.tr("events") if step.task is None else names[step.task]
                bars.append(NamedBar(name, step.task, step.n, words))
            groups.append(bars)
        return Picture(
            "funnel",
            self.tr("Funnel"),
            self.tr("From all events of the first task to those on which the last happened, too."),
            bars_height(groups),
            partial(_bars, groups),
        )

    def _pairs(self, pictures: Pictures) -> Picture | None:
        pairs = pictures.pairs
        if pairs is None:
            return None
        n = min(len(pairs.names), MOST_LABELS)
        words = self.tr(
            "Left: the correlation of two labels over the events on which both are observed. "
            "Right: of the events on which the row's label is relevant, the share on which the "
            "column's is, too. A dash: never both observed, or always the same."
        )
        if n < len(pairs.names):
            words += " " + self.tr("The first {n} of {all} labels.").format(
                n=n, all=len(pairs.names)
            )
        titles = (self.tr("correlation"), self.tr("share also relevant (%)"))
        return Picture(
            "pairs",
            self.tr("What goes together"),
            words,
            130 + 32 * n,
            partial(_pairs, pairs, pictures.label_positions, titles),
        )

    def _activity(self, pictures: Pictures) -> Picture | None:
        activity = pictures.activity
        if activity is None:
            return None
        unit = {
            "hour": self.tr("hour"),
            "day": self.tr("day"),
            "week": self.tr("week"),
            "month": self.tr("month"),
        }.get(activity.unit, self.tr("stretch of years"))
        most = int(np.argmax(activity.counts))
        precision = "m" if activity.unit == "hour" else "D"
        when = str(activity.starts[most].astype(f"datetime64[{precision}]"))
        words = self.tr("Events in each {unit} (UTC); most, {n}, in the one that began {when}.")
        return Picture(
            "activity",
            self.tr("Activity over time"),
            words.format(
                unit=unit,
                n=f"{int(activity.counts[most]):,}",
                when=when.replace("T", " "),
            ),
            USUAL,
            partial(_activity, pictures),
        )

    def _degrees(self, pictures: Pictures) -> Picture | None:
        degrees = pictures.degrees
        if degrees is None:
            return None
        words = self.tr(
            "{links} links from users to persons: how many have how many. Both axes grow by "
            "factors; a straight line downwards is a long tail."
        )
        return Picture(
            "degrees",
            self.tr("Social graph"),
            words.format(links=f"{degrees.n_links:,}"),
            TALL,
            partial(
                _degrees,
                pictures,
                (self.tr("persons, by who follows them"), self.tr("users, by whom they follow")),
                (self.tr("links"), self.tr("how many")),
            ),
        )


def _percent(share: float) -> str:
    if share == 0 or share >= 0.0001:
        return f"{100 * share:.3g} %"
    return "< 0.01 %"


def _bars(groups: list[list[NamedBar]], figure: Figure, theme: Theme) -> None:
    draw_bars(figure, groups, theme)


def _long_tail(
    pictures: Pictures,
    names: tuple[str, str],
    labels: tuple[str, str],
    figure: Figure,
    theme: Theme,
) -> None:
    draw_long_tail(figure, (pictures.items, pictures.users), names, labels, theme)


def _heat(heat: HeatMap, labels: tuple[str, str], figure: Figure, theme: Theme) -> None:
    draw_heat_map(figure, heat, labels, theme)


def _pairs(
    pairs: LabelPairs,
    positions: tuple[int | None, ...],
    titles: tuple[str, str],
    figure: Figure,
    theme: Theme,
) -> None:
    colours = [theme.muted if at is None else theme.task_colour(at) for at in positions]
    draw_label_pairs(figure, pairs, colours, titles, theme)


def _activity(pictures: Pictures, figure: Figure, theme: Theme) -> None:
    if pictures.activity is not None:
        draw_activity(figure, pictures.activity, theme)


def _degrees(
    pictures: Pictures,
    names: tuple[str, str],
    labels: tuple[str, str],
    figure: Figure,
    theme: Theme,
) -> None:
    if pictures.degrees is not None:
        draw_degrees(figure, pictures.degrees, names, labels, theme)

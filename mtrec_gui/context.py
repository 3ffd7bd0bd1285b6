"""What every page is given when it is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mtrec_gui.asked import ListAsked, NumberAsked
from mtrec_gui.curve_desk import CurveDesk
from mtrec_gui.events import Event
from mtrec_gui.keys import Keys
from mtrec_gui.run_desk import RunDesk
from mtrec_gui.search_desk import SearchDesk
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Context:
    """The shared parts of the application.

    Parameters
    ----------
    workspace : the open project
    desk : starts and follows runs
    appearance : theme and zoom
    go : shows the page with a key
    notify : shows a sentence above the page, with a tone: info, error or done
    metric_asked : a page wants the Metric Lab to show the metric of a key
    number_asked : a page wants the Metric Lab to show the rows behind a number
    list_asked : a page wants Explain to show the list of a user
    searches : starts and follows searches
    curves : starts and follows curves
    keys : of language models outside, in memory
    """

    workspace: Workspace
    desk: RunDesk
    appearance: Appearance
    go: Callable[[str], None]
    notify: Callable[[str, str], None]
    metric_asked: Event[str] = field(default_factory=Event)
    number_asked: Event[NumberAsked] = field(default_factory=Event)
    list_asked: Event[ListAsked] = field(default_factory=Event)
    searches: SearchDesk | None = None
    curves: CurveDesk | None = None
    keys: Keys = field(default_factory=Keys)

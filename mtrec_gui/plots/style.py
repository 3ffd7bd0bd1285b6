"""How every plot looks: the theme's colours, the window's font, no frame at top and right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib import font_manager

from mtrec_gui.theme import REMARK, Theme


def style(theme: Theme, zoom: float = 1.0, families: Sequence[str] = ()) -> Any:
    """Return matplotlib settings (a dict of rc parameters) for a theme at a zoom.

    Parameters
    ----------
    theme : colours
    zoom : 1.0 for 100 %
    families : fonts of the interface, the wanted one first
    """
    known = set(font_manager.get_font_names())
    size = REMARK * zoom * 0.72  # pixels at 100 dpi to points
    return {
        "font.family": [name for name in families if name in known] + ["DejaVu Sans"],
        "font.size": size,
        "axes.titlesize": size,
        "axes.labelsize": size,
        "xtick.labelsize": size,
        "ytick.labelsize": size,
        "legend.fontsize": size,
        "figure.dpi": 100,
        "figure.facecolor": theme.surface,
        "savefig.facecolor": theme.surface,
        "axes.facecolor": theme.surface,
        "axes.edgecolor": theme.line,
        "axes.labelcolor": theme.muted,
        "axes.titlecolor": theme.text,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": False,
        "axes.axisbelow": True,
        "axes.linewidth": 1.0 * zoom,
        "grid.color": theme.line,
        "grid.linewidth": 1.0 * zoom,
        "lines.linewidth": 1.8 * zoom,
        "text.color": theme.text,
        "xtick.color": theme.line,
        "ytick.color": theme.line,
        "xtick.labelcolor": theme.muted,
        "ytick.labelcolor": theme.muted,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "legend.frameon": False,
        "axes.unicode_minus": True,
        "mathtext.fontset": "dejavusans",
        "svg.fonttype": "none",
    }

"""A formula, as large as the room allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mtrec_gui.plots.metric_formula import formula_ink
from mtrec_gui.plots.metric_lettering import painted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme


def draw_formula(figure: Figure, formula: str, theme: Theme, size: float = 1.5) -> None:
    """Draw a formula in mathtext at the left; ``size`` is relative to the text of plots.

    It becomes smaller where the figure is too narrow or too low for it.
    """
    import matplotlib as mpl
    from matplotlib.transforms import Affine2D

    figure.set_layout_engine("none")
    ink = formula_ink(formula)
    width, height = (72 * inches for inches in figure.get_size_inches())
    wanted = float(mpl.rcParams["font.size"]) * size
    letter = min(
        wanted,
        0.98 * width / max(ink.width, 1e-9),
        0.98 * height / max(ink.above + ink.below, 1e-9),
    )
    baseline = height / 2 - (ink.above - ink.below) / 2 * letter
    points = Affine2D().scale(1 / 72) + figure.dpi_scale_trans
    shapes = painted([ink.placed(0.0, baseline, letter)], theme.text, points)
    if shapes is not None:
        figure.add_artist(shapes)

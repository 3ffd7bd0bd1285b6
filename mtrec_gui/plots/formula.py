"""A formula, as large as the room allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mtrec_gui.theme import Theme


class FittedText(Text):
    """A text that becomes smaller where the figure is too narrow or too low for it."""

    wanted: float

    def draw(self, renderer: Any) -> None:
        """Fit, then draw."""
        figure = self.get_figure()
        if figure is not None:
            self.set_fontsize(self.wanted)
            extent = self.get_window_extent(renderer)
            room = min(
                figure.bbox.width / max(extent.width, 1), figure.bbox.height / max(extent.height, 1)
            )
            if room < 1:
                self.set_fontsize(self.wanted * room * 0.98)
        super().draw(renderer)


def draw_formula(figure: Figure, formula: str, theme: Theme, size: float = 1.5) -> None:
    """Draw a formula in mathtext at the left; ``size`` is relative to the text of plots."""
    import matplotlib as mpl

    text = FittedText(0, 0.5, formula, color=theme.text, ha="left", va="center")
    text.wanted = float(mpl.rcParams["font.size"]) * size
    text.set_fontsize(text.wanted)
    text.set_in_layout(False)
    text.set_transform(figure.transFigure)
    figure.add_artist(text)

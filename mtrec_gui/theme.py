"""The one palette, spacing scale and type scale of the application (Qt-free).

Colour means task, shape means model family, position means value. Both themes come from the
same names, so that a page never names a colour itself. Contrasts are tested: 4.5 : 1 for text,
3 : 1 for marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

XS, S, M, L, XL = 4, 8, 12, 16, 24  # the spacing scale, pixels at 100 %
RADIUS = 10

TITLE, CARD_TITLE, TEXT, REMARK = 20.0, 14.0, 13.0, 11.5  # the type scale, pixels at 100 %


class ThemeName(StrEnum):
    """Which of the two themes."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by meaning.

    Parameters
    ----------
    ground, surface, sunk : behind everything, of cards, of wells inside cards
    line, text, muted : borders, words, words that matter less
    edge : of what can be filled in or dragged, which a pale line would hide at a projector
    accent, accent_soft, on_accent : of what can be pressed, its pale form, text upon it
    better, worse : only ever beside the word
    tasks : in the order of the tasks; a task keeps its colour on every page
    """

    name: ThemeName
    ground: str
    surface: str
    sunk: str
    line: str
    edge: str
    text: str
    muted: str
    accent: str
    accent_soft: str
    on_accent: str
    better: str
    worse: str
    tasks: tuple[str, ...]

    def task_colour(self, position: int) -> str:
        """Return the colour of the task at a position, going round after the last."""
        return self.tasks[position % len(self.tasks)]


LIGHT = Theme(
    name=ThemeName.LIGHT,
    ground="#F6F7F9",
    surface="#FFFFFF",
    sunk="#F0F2F5",
    line="#E2E6EB",
    edge="#838B97",
    text="#1A1F27",
    muted="#5C6675",
    accent="#2F5BEA",
    accent_soft="#E8EEFF",
    on_accent="#FFFFFF",
    better="#0B7A4B",
    worse="#B3401A",
    # Okabe and Ito's green and sky blue, darkened to 3 : 1 on every ground of a mark
    tasks=("#0072B2", "#D55E00", "#009C72", "#B0578D", "#A6761D", "#2F91C5", "#666666"),
)

DARK = Theme(
    name=ThemeName.DARK,
    ground="#14171C",
    surface="#1C2028",
    sunk="#171A20",
    line="#2E3540",
    edge="#687180",
    text="#E9ECF1",
    muted="#9CA6B5",
    accent="#86A2FF",
    accent_soft="#243056",
    on_accent="#14171C",
    better="#4FD09A",
    worse="#FF9466",
    tasks=("#56B4E9", "#FF8A4C", "#3CCB9B", "#E39AC3", "#D9B25F", "#9AD0F5", "#B8BEC8"),
)

THEMES = {ThemeName.LIGHT: LIGHT, ThemeName.DARK: DARK}


def stylesheet(theme: Theme, zoom: float) -> str:
    """Return the Qt style sheet of the whole application at a zoom of 1.0 for 100 %."""

    def px(size: float) -> str:
        return f"{round(size * zoom)}px"

    def inside(size: float, ring: int = 1) -> str:
        """Make room for the ring of the focus, some pixels wider than the line it replaces."""
        return f"{round(size * zoom) - ring}px"

    t = theme
    return f"""
* {{ color: {t.text}; font-size: {px(TEXT)}; }}
QWidget#window, QWidget#page, QScrollArea, QWidget#pageBody {{ background: {t.ground}; }}
QScrollArea {{ border: none; }}
QDialog {{ background: {t.surface}; }}
QFrame#topBar, QFrame#navigation, QFrame#rail, QFrame#bottomBar
    {{ background: {t.surface}; border: none; }}
QFrame#topBar {{ border-bottom: 1px solid {t.line}; }}
QFrame#navigation {{ border-right: 1px solid {t.line}; }}
QFrame#bottomBar {{ border-top: 1px solid {t.line}; }}
QFrame#card {{ background: {t.surface}; border: 1px solid {t.line};
    border-radius: {px(RADIUS)}; }}
QFrame#well {{ background: {t.sunk}; border: none; border-radius: {px(6)}; }}
QFrame#rule {{ background: {t.line}; border: none; max-height: 1px; min-height: 1px; }}
QFrame#notice {{ background: {t.surface}; border: 1px solid {t.line};
    border-left: {px(4)} solid {t.accent}; border-radius: {px(6)};
    border-top-left-radius: 0; border-bottom-left-radius: 0; }}
QFrame#notice[tone="error"] {{ border-left-color: {t.worse}; }}
QFrame#notice[tone="done"] {{ border-left-color: {t.better}; }}

QLabel {{ background: transparent; }}
QLabel[role="title"] {{ font-size: {px(TITLE)}; font-weight: 650; }}
QLabel[role="cardTitle"] {{ font-size: {px(CARD_TITLE)}; font-weight: 650; }}
QLabel[role="strong"] {{ font-weight: 650; }}
QLabel[role="muted"] {{ color: {t.muted}; }}
QLabel[role="remark"] {{ color: {t.muted}; font-size: {px(REMARK)}; }}
QLabel[role="figure"] {{ font-size: {px(TITLE)}; font-weight: 650; }}
QLabel[role="better"] {{ color: {t.better}; font-size: {px(REMARK)}; }}
QLabel[role="worse"] {{ color: {t.worse}; font-size: {px(REMARK)}; }}
QLabel[role="chip"] {{ background: {t.sunk}; color: {t.muted}; border-radius: {px(6)};
    padding: {px(XS)} {px(10)}; }}
QLabel[role="brand"] {{ font-size: {px(15)}; font-weight: 700; }}

QPushButton {{ background: {t.surface}; border: 1px solid {t.line}; border-radius: {px(8)};
    padding: {px(6)} {px(M)}; min-height: {px(18)}; }}
QPushButton:hover {{ background: {t.sunk}; }}
QPushButton:pressed {{ background: {t.accent_soft}; }}
QPushButton:focus {{ border: 2px solid {t.accent}; padding: {inside(6)} {inside(M)}; }}
QPushButton:disabled {{ color: {t.muted}; background: {t.sunk}; }}
QPushButton[kind="primary"] {{ background: {t.accent}; color: {t.on_accent};
    border-color: {t.accent}; font-weight: 650; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {t.text}; }}
QPushButton[kind="primary"]:disabled {{ background: {t.sunk}; color: {t.muted};
    border-color: {t.line}; }}
QPushButton[kind="quiet"] {{ border-color: transparent; background: transparent; }}
QPushButton[kind="quiet"]:hover {{ background: {t.sunk}; }}
QPushButton[kind="quiet"]:focus {{ border: 2px solid {t.accent}; }}
QPushButton[kind="bar"] {{ background: {t.sunk}; color: {t.muted}; border-color: {t.sunk}; }}
QPushButton[kind="bar"]:hover {{ color: {t.text}; }}
QPushButton[kind="bar"]:focus {{ border: 2px solid {t.accent}; }}
QPushButton[kind="segment"] {{ border-radius: 0; color: {t.muted}; }}
QPushButton[kind="segment"][place="first"] {{ border-top-left-radius: {px(8)};
    border-bottom-left-radius: {px(8)}; }}
QPushButton[kind="segment"][place="last"] {{ border-top-right-radius: {px(8)};
    border-bottom-right-radius: {px(8)}; border-left: none; }}
QPushButton[kind="segment"][place="middle"] {{ border-left: none; }}
QPushButton[kind="segment"][place="only"] {{ border-radius: {px(8)}; }}
QPushButton[kind="segment"]:checked {{ background: {t.accent_soft}; color: {t.accent};
    font-weight: 650; }}
QPushButton[kind="segment"]:focus {{ border: 2px solid {t.accent}; }}
QPushButton[kind="navigation"] {{ text-align: left; border: 2px solid transparent;
    padding: {px(7)} {px(8)}; background: transparent; }}
QPushButton[kind="navigation"]:hover {{ background: {t.sunk}; }}
QPushButton[kind="navigation"]:checked {{ background: {t.accent_soft}; color: {t.accent};
    font-weight: 650; }}
QPushButton[kind="navigation"]:focus {{ border-color: {t.accent}; }}
QPushButton[kind="navigation"]:disabled {{ color: {t.muted}; background: transparent; }}
QPushButton[kind="row"] {{ text-align: left; border: none; border-bottom: 1px solid {t.line};
    border-radius: 0; background: transparent; padding: {px(7)} {px(10)}; }}
QPushButton[kind="row"]:hover {{ background: {t.sunk}; }}
QPushButton[kind="row"]:checked {{ background: {t.accent_soft}; }}
QPushButton[kind="row"]:focus {{ border: 2px solid {t.accent};
    padding: {inside(7, 2)} {inside(10, 2)} {inside(7)} {inside(10, 2)}; }}

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit {{ background: {t.surface};
    border: 1px solid {t.edge}; border-radius: {px(6)}; padding: {px(XS)} {px(S)};
    min-height: {px(20)}; selection-background-color: {t.accent};
    selection-color: {t.on_accent}; }}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus
    {{ border: 2px solid {t.accent}; padding: {inside(XS)} {inside(S)}; }}
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled
    {{ color: {t.muted}; background: {t.sunk}; border-color: {t.line}; }}
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button
    {{ width: 0; border: none; }}
QComboBox::drop-down {{ border: none; width: {px(22)}; }}
QComboBox::down-arrow {{ image: url(ARROW_FILE); width: {px(12)}; height: {px(12)}; }}
QComboBox QAbstractItemView {{ background: {t.surface}; border: 1px solid {t.line};
    selection-background-color: {t.accent_soft}; selection-color: {t.text}; outline: none; }}
QCheckBox, QRadioButton {{ spacing: {px(S)}; background: transparent; }}
QCheckBox::indicator, QRadioButton::indicator {{ width: {px(14)}; height: {px(14)};
    border: 1px solid {t.muted}; background: {t.surface}; }}
QCheckBox::indicator {{ border-radius: {px(4)}; }}
QRadioButton::indicator {{ border-radius: {px(8)}; }}
QCheckBox::indicator:checked, QRadioButton::indicator:checked {{ background: {t.accent};
    border: 1px solid {t.accent}; image: url(MARK_FILE); }}
QCheckBox:focus, QRadioButton:focus {{ color: {t.accent}; }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border: 2px solid {t.accent};
    width: {inside(14, 2)}; height: {inside(14, 2)}; }}
QProgressBar {{ background: {t.sunk}; border: none; border-radius: {px(3)};
    max-height: {px(6)}; min-height: {px(6)}; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: {px(3)}; }}
QSlider::groove:horizontal {{ background: {t.edge}; height: {px(4)}; border-radius: {px(2)}; }}
QSlider::handle:horizontal {{ background: {t.accent}; width: {px(14)}; height: {px(14)};
    margin: -{px(5)} 0; border-radius: {px(7)}; }}
QSlider:focus {{ border: 2px solid {t.accent}; border-radius: {px(6)}; }}

QTableView, QListView, QTreeView {{ background: {t.surface}; border: none;
    gridline-color: {t.line}; alternate-background-color: {t.surface};
    selection-background-color: {t.accent_soft}; selection-color: {t.text}; outline: none; }}
QTableView:focus, QListView:focus, QTreeView:focus, QScrollArea:focus
    {{ border: 1px solid {t.accent}; }}
QTableView::item {{ padding: {px(XS)} {px(S)}; border: none;
    border-bottom: 1px solid {t.line}; }}
QTableView::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
QHeaderView {{ background: {t.surface}; border: none; }}
QHeaderView::section {{ background: {t.surface}; color: {t.muted}; border: none;
    border-bottom: 1px solid {t.line}; padding: {px(6)} {px(S)}; font-weight: 650;
    font-size: {px(REMARK)}; }}
QTableCornerButton::section {{ background: {t.surface}; border: none; }}
QScrollBar:vertical {{ background: transparent; width: {px(10)}; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {px(10)}; margin: 0; }}
QScrollBar::handle {{ background: {t.edge}; border-radius: {px(3)}; min-height: {px(28)};
    min-width: {px(28)}; }}
QScrollBar::handle:vertical {{ margin: 0 {px(2)}; }}
QScrollBar::handle:horizontal {{ margin: {px(2)} 0; }}
QScrollBar::handle:hover {{ background: {t.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QToolTip {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.line};
    padding: {px(6)}; }}
QMenu {{ background: {t.surface}; border: 1px solid {t.line}; padding: {px(XS)}; }}
QMenu::item {{ padding: {px(6)} {px(L)}; border-radius: {px(4)}; }}
QMenu::item:selected {{ background: {t.accent_soft}; }}
QSplitter::handle {{ background: transparent; }}
QTableView::indicator {{ width: {px(14)}; height: {px(14)}; border: 1px solid {t.muted};
    border-radius: {px(4)}; background: {t.surface}; }}
QTableView::indicator:checked {{ background: {t.accent}; border: 1px solid {t.accent};
    image: url(MARK_FILE); }}
QPushButton[kind="choice"] {{ text-align: left; border: 2px solid transparent; padding: 0;
    border-radius: {px(6)}; background: transparent; }}
QPushButton[kind="choice"]:hover {{ background: {t.sunk}; }}
QPushButton[kind="choice"]:checked {{ background: {t.accent_soft}; }}
QPushButton[kind="choice"]:focus {{ border-color: {t.accent}; padding: 0; }}
QPushButton[kind="choice"][framed="true"] {{ border: 1px solid {t.line}; }}
QPushButton[kind="choice"][framed="true"]:checked {{ border: 2px solid {t.accent}; }}
QPushButton[kind="choice"][framed="true"]:focus {{ border: 2px solid {t.accent}; }}
QScrollArea#runScroll, QWidget#runLines {{ background: {t.surface}; }}
QPushButton::menu-indicator {{ image: none; width: 0; }}
QListWidget#completions {{ border: 1px solid {t.edge}; }}
QListWidget#completions::item {{ padding: {px(3)} {px(S)}; }}
QFrame#labRow {{ border: 1px solid {t.line}; border-radius: {px(6)}; }}
QFrame#labRow[lit="true"] {{ background: {t.accent_soft}; border-color: {t.accent}; }}
QPushButton[kind="term"] {{ background: {t.sunk}; border: 2px solid {t.sunk};
    border-radius: {px(6)}; padding: {px(2)} {px(6)}; }}
QPushButton[kind="term"][lit="true"] {{ background: {t.accent_soft}; border-color: {t.accent};
    color: {t.accent}; }}
QPushButton[kind="term"]:focus {{ border-color: {t.accent}; }}
QPushButton[kind="toggle"] {{ border-color: transparent; background: transparent;
    color: {t.muted}; padding: {px(2)} {px(S)}; }}
QPushButton[kind="toggle"]:hover {{ background: {t.sunk}; }}
QPushButton[kind="toggle"]:checked {{ color: {t.accent}; font-weight: 650; }}
QPushButton[kind="toggle"]:focus {{ border: 2px solid {t.accent};
    padding: {inside(2)} {inside(S)}; }}
QPushButton[narrow="true"] {{ padding: {px(2)} {px(6)}; }}
QPushButton[narrow="true"]:focus {{ padding: {inside(2)} {inside(6)}; }}
QComboBox[beyond="true"] {{ color: {t.muted}; border-color: {t.line}; }}
QSpinBox[lit="true"], QComboBox[lit="true"] {{ background: {t.accent_soft};
    border-color: {t.accent}; }}
"""

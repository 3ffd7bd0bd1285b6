"""Home as it is seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QVBoxLayout, QWidget

from mtrec_gui.pages.home.presenter import RecentProject, WorldCard
from mtrec_gui.pages.home.world_picture import WorldPicture
from mtrec_gui.theme import L, M, S
from mtrec_gui.widgets.appearance import Appearance
from mtrec_gui.widgets.buttons import button
from mtrec_gui.widgets.column_flow import ColumnFlow
from mtrec_gui.widgets.labels import PlainLabel, TaskTag
from mtrec_gui.widgets.layout import Card, FlowLayout, Page, clear, row


class HomePage(Page):
    """Cards of the sample worlds, recent projects, and the way to a file of one's own.

    Signals
    -------
    world_opened, world_demonstrated : key of a world
    project_opened : a path
    import_pressed : a person wants to bring a file of their own
    new_world_pressed : a person wants to make a world
    """

    world_opened = Signal(str)
    world_demonstrated = Signal(str)
    project_opened = Signal(object)
    import_pressed = Signal()
    new_world_pressed = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__("", "", appearance, parent)
        self.title.setText(self.tr("What happens when one recommender serves several tasks?"))
        self.sentence.setText(
            self.tr(
                "Pick a world. “Show me” runs the comparison at once; you cannot break anything."
            )
        )
        self._worlds = ColumnFlow(appearance, narrowest=232, even=True)
        self.body.addWidget(self._worlds)
        lower = QGridLayout()
        lower.setSpacing(L)
        lower.addWidget(self._steps_card(), 0, 0)
        lower.addWidget(self._projects_card(), 0, 1)
        lower.setColumnStretch(0, 5)
        lower.setColumnStretch(1, 4)
        self.body.addLayout(lower)
        self.body.addStretch(1)
        self._cards: Sequence[WorldCard] = ()
        self._frames: list[tuple[QWidget]] = []
        appearance.changed.connect(lambda: self.show_worlds(self._cards))

    def show_worlds(self, cards: Sequence[WorldCard]) -> None:
        """Show a card for each world."""
        self._cards = cards
        former, self._frames = self._frames, [(self._world(card),) for card in cards]
        self._worlds.set_columns(self._frames)
        for (frame,) in former:
            frame.deleteLater()

    def show_recent(self, projects: Sequence[RecentProject]) -> None:
        """Show the projects that were open lately."""
        clear(self._recent)
        if not projects:
            self._recent.addWidget(
                PlainLabel(self.tr("Projects that you open appear here."), "remark", wrap=True)
            )
        for project in projects[:6]:
            self._recent.addWidget(self._project_row(project))

    def _world(self, card: WorldCard) -> QWidget:
        appearance = self.appearance
        frame = Card()
        frame.body.setSpacing(S)
        frame.body.addWidget(WorldPicture(len(card.tasks), appearance))
        frame.body.addWidget(PlainLabel(card.title, "cardTitle"))
        frame.body.addWidget(PlainLabel(card.subtitle, "muted", wrap=True))
        tags = QWidget()
        flow = FlowLayout(tags, spacing=appearance.px(M))
        for place, task in enumerate(card.tasks):
            flow.addWidget(TaskTag(task, appearance.theme.task_colour(place), appearance))
        frame.body.addWidget(tags)
        frame.body.addWidget(PlainLabel(card.try_first, "remark", wrap=True))
        frame.body.addStretch(1)
        look = button(self.tr("Open"), "primary")
        demonstrate = button(self.tr("Show me"))
        look.setAccessibleName(self.tr("Open {world}").format(world=card.title))
        demonstrate.setAccessibleName(
            self.tr("Run the comparison on {world}").format(world=card.title)
        )
        look.clicked.connect(lambda: self.world_opened.emit(card.key))
        demonstrate.clicked.connect(lambda: self.world_demonstrated.emit(card.key))
        frame.body.addLayout(row(look, demonstrate, None))
        return frame

    def _steps_card(self) -> QWidget:
        card = Card(
            self.tr("The way through the lab"),
            self.tr("From events to reasons, page by page."),
        )
        steps = (
            (self.tr("Data"), self.tr("who met which item, and what came of it")),
            (self.tr("Tasks"), self.tr("what is asked of the recommender, and how much it counts")),
            (self.tr("Rules"), self.tr("how an expert would combine the tasks")),
            (self.tr("Experiments"), self.tr("which models learn, from what, with which settings")),
            (self.tr("Compare"), self.tr("who gains and who pays, task by task")),
            (self.tr("Explain"), self.tr("why this item, for this user, by this model")),
            (self.tr("Metric Lab"), self.tr("what each number means, and what it cannot see")),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(L)
        grid.setVerticalSpacing(S)
        for place, (name, words) in enumerate(steps):
            grid.addWidget(PlainLabel(str(place + 1), "muted"), place, 0)
            grid.addWidget(PlainLabel(name, "strong"), place, 1)
            grid.addWidget(PlainLabel(words, "muted", wrap=True), place, 2)
        grid.setColumnStretch(2, 1)
        card.body.addLayout(grid)
        card.body.addStretch(1)
        return card

    def _projects_card(self) -> QWidget:
        card = Card(
            self.tr("Your projects"),
            self.tr("A project is one file; everything in it is saved as it happens."),
        )
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        card.body.addLayout(self._recent)
        open_file = button(self.tr("Open project…"))
        bring = button(self.tr("Bring a file of your own…"))
        self.new_world = button(self.tr("New world…"))
        open_file.clicked.connect(self.choose_project)
        bring.clicked.connect(self.import_pressed)
        self.new_world.clicked.connect(self.new_world_pressed)
        ways = QWidget()
        flow = FlowLayout(ways)
        for way in (open_file, bring, self.new_world):
            flow.addWidget(way)
        card.body.addWidget(ways)
        card.body.addWidget(
            PlainLabel(
                self.tr(
                    "Ratings as CSV, one line an event; drop the file anywhere in this window."
                ),
                "remark",
                wrap=True,
            )
        )
        card.body.addStretch(1)
        return card

    def _project_row(self, project: RecentProject) -> QWidget:
        if project.days == 0:
            when = self.tr("today")
        elif project.days == 1:
            when = self.tr("yesterday")
        else:
            when = self.tr("{days} days ago").format(days=project.days)
        made = button(f"{project.path.name}   ·   {when}", "row", str(project.path))
        made.setSizePolicy(made.sizePolicy().Policy.Expanding, made.sizePolicy().Policy.Fixed)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.clicked.connect(lambda: self.project_opened.emit(project.path))
        return made

    def choose_project(self) -> None:
        """Ask for a project file."""
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open project"), "", self.tr("Projects (*.mtrec)")
        )
        if name:
            self.project_opened.emit(Path(name))

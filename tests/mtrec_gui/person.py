"""Someone at the real window, for tests of the whole way through the lab."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from mtrec_gui import preferences
from mtrec_gui.app import Application

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
WAIT = 120_000


class Person:
    """Someone at the window: clicks, types, waits and looks."""

    def __init__(self, qtbot):
        self.qtbot, self.has_left = qtbot, False
        self.application = Application(preferences.load())
        self.application.start()
        self.window = self.application.window
        self.wait_for(lambda: self.application.context is not None)
        self.window.activateWindow()
        self.wait_for(self.window.isActiveWindow)
        self.context = self.application.context
        self.workspace, self.desk = self.context.workspace, self.context.desk

    def wait_for(self, is_so):
        self.qtbot.waitUntil(is_so, timeout=WAIT)

    def click(self, widget):
        self.wait_for(lambda: widget.isVisible() and widget.isEnabled())
        self.qtbot.mouseClick(widget, LEFT)

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        self.qtbot.keyClick(self.window.focusWidget() or self.window, key, modifier)

    def go(self, number):
        """Show a page by its key; returns it."""
        self.press(Qt.Key(Qt.Key.Key_0 + number), CTRL)
        return self.window.page(self.window.current_page)

    def button(self, name):
        """A button of Home, by its name."""
        found = None

        def find():
            nonlocal found
            found = next(
                (
                    made
                    for made in self.application.home.findChildren(QPushButton)
                    if made.isVisible() and name in (made.accessibleName(), made.text())
                ),
                None,
            )
            return found is not None

        self.wait_for(find)
        return found

    def open_world(self):
        """Open the e-commerce world in a new project."""
        self.go(1)
        before = self.workspace.project
        self.click(self.button("Open E-commerce"))
        self.wait_for(lambda: self.workspace.project is not before)
        self.wait_for(lambda: self.window.current_page == "data")

    def choose_models(self, *choices):
        """Let these models take part and no other."""
        edited = self.workspace.experiment.model_copy(update={"models": choices})
        self.workspace.edit("Models", edited)

    def run(self):
        """Press Run on the page of experiments; returns the page."""
        page = self.go(5)
        self.click(page.run)
        self.wait_for(lambda: bool(self.desk.rows))
        return page

    def row(self, model):
        """What the desk knows of the run of a model."""
        return next(row for row in self.desk.rows if row.spec.model == model)

    def wait_for_runs(self):
        self.wait_for(lambda: bool(self.desk.rows) and not self.desk.is_running)

    def leave(self):
        if not self.has_left:
            self.has_left = True
            self.window.close()
            self.window.deleteLater()
            self.application.deleteLater()

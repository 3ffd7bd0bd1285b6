"""What happens when a person asks the model: whom it is about, what was asked (Qt-free)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from algorithms.errors import MtrecError
from mtrec_gui.pages.inside.talk_state import Reply, Talk, TalkState
from mtrec_gui.pages.inside.talking import Talker
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from mtrec_gui.jobs.background import Errand

T = TypeVar("T")


class TalkView(Protocol):
    """What the presenter asks of the view."""

    def show_talk(self, state: TalkState) -> None:
        """Show what is asked and what is answered."""

    def show_matches(self, ids: Sequence[str]) -> None:
        """Offer users whose id fits what is being typed."""


class TalkPresenter:
    """Asks one model at a time; an answer to what is no longer asked is dropped."""

    def __init__(self, workspace: Workspace, rng: np.random.Generator) -> None:
        self._workspace, self._rng = workspace, rng
        self._view: TalkView | None = None
        self._talker: Talker | None = None
        self._state = TalkState()
        self._request = self._sought = 0
        self._errand: Errand | None = None

    def attach(self, view: TalkView) -> None:
        """Take the view."""
        self._view = view
        self._show(self._state)

    def show_talker(self, talker: Talker | None) -> None:
        """Talk with another model, or with none; with the same, what was said stays."""
        before, self._talker = self._talker, talker
        if before is not None and talker is not None and before.model is talker.model:
            return
        self._drop()
        self._show(TalkState(history=self._state.history))
        if talker is not None:
            self._begin(None, None)

    def readable(self, text: str) -> str:
        """Return a question with the titles of items in place of their words."""
        return text if self._talker is None else self._talker.readable(text)

    # --- what a person does ------------------------------------------------------------------

    def task_chosen(self, task: str) -> None:
        """A person wants sentences about another task."""
        talk = self._state.talk
        self._begin(task, None if talk is None else talk.user)

    def user_sought(self, text: str) -> None:
        """A person types the id of a user."""
        talker, view = self._talker, self._view
        self._sought += 1
        sought = self._sought
        if talker is None or view is None or not text:
            return

        def found(ids: list[str]) -> None:
            if sought == self._sought:
                view.show_matches(ids)

        self._workspace.runner.run(
            lambda progress: talker.log.user_table.ids.matching(text),
            found,
            self._workspace.failed.emit,
        )

    def user_asked(self, user_id: str) -> None:
        """A person wants sentences about a user."""
        talker, talk = self._talker, self._state.talk
        if talker is None or talk is None:
            return
        try:
            user = talker.log.user_index(user_id)
        except MtrecError as error:
            self._show(replace(self._state, problem=error.message))
        else:
            self._begin(talk.task, user)

    def user_stepped(self, forward: bool) -> None:
        """A person wants the next user, or the one before."""
        talker, talk = self._talker, self._state.talk
        if talker is not None and talk is not None:
            self._begin(talk.task, (talk.user + (1 if forward else -1)) % talker.log.n_users)

    def surprise_wanted(self) -> None:
        """A person wants any user that the model has met."""
        talker, talk = self._talker, self._state.talk
        if talker is not None and talk is not None and len(talker.log):
            self._begin(talk.task, int(self._rng.choice(np.unique(talker.log.users))))

    def asked(self, text: str) -> None:
        """A person asks the model something."""
        talker = self._talker
        if talker is None:
            return
        history, prompt = self._state.history, " ".join(text.split())
        if prompt and history[-1:] != (prompt,):
            history = (*history, prompt)
        self._show(replace(self._state, history=history, is_asking=True))
        self._run(lambda: talker.reply(text), self._replied)

    # --- asking ------------------------------------------------------------------------------

    def _begin(self, task: str | None, user: int | None) -> None:
        """Take the model's own sentences about a user, and ask the first."""
        talker = self._talker
        if talker is None:
            return

        def work() -> tuple[Talk, Reply | None, tuple[str, ...]]:
            talk = talker.talk(task, user)
            reply = talker.reply(talk.prompts[0]) if talk.prompts else None
            return talk, reply, talker.words

        def done(found: tuple[Talk, Reply | None, tuple[str, ...]]) -> None:
            talk, reply, words = found
            self._show(TalkState(talk, words, reply, history=self._state.history))

        self._show(replace(self._state, is_asking=True, problem=None))
        self._run(work, done)

    def _replied(self, reply: Reply) -> None:
        self._show(replace(self._state, reply=reply, is_asking=False))

    def _run(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._drop()
        request = self._request

        def answered(found: T) -> None:
            if request == self._request:
                done(found)

        def failed(error: MtrecError) -> None:
            if request == self._request:
                self._show(replace(self._state, is_asking=False, problem=error.message))

        self._errand = self._workspace.runner.run(lambda progress: work(), answered, failed)

    def _drop(self) -> None:
        """Want no answer any more to what was asked before."""
        self._request += 1
        if self._errand is not None:
            self._errand.cancel()
            self._errand = None

    def _show(self, state: TalkState) -> None:
        self._state = state
        if self._view is not None:
            self._view.show_talk(state)

"""Sends what a person asks to a language model outside, where the person wants that (Qt-free)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from algorithms.errors import MtrecError
from algorithms.messages import Message
from mtrec_gui.pages.inside.outside_state import OutsideReply, OutsideWish
from mtrec_gui.workspace import Workspace

if TYPE_CHECKING:
    from mtrec_gui.jobs.background import Errand


class Answered(Protocol):
    """What came back."""

    @property
    def text(self) -> str:
        """The answer."""

    @property
    def seconds(self) -> float:
        """How long it took."""

    @property
    def first_words(self) -> Mapping[str, float]:
        """Log probabilities of the likeliest first words, where they are told."""


class Outside(Protocol):
    """A language model at an address."""

    def answer(self, prompt: str) -> Answered:
        """Answer a prompt; what goes wrong is raised as an error of the lab."""


class KeyShelf(Protocol):
    """Keeps the keys of servers."""

    def keep(self, address: str, key: str) -> None:
        """Keep a key for the session; an empty one goes."""

    def remember(self, address: str, key: str) -> None:
        """Keep a key in the system's own store; an empty one goes."""

    def find(self, address: str) -> str:
        """Return the key of an address's server, or nothing."""


class OutsideView(Protocol):
    """What the presenter asks of the view."""

    def show_outside(self, reply: OutsideReply | None) -> None:
        """Show what came back; None for nothing."""


class OutsidePresenter:
    """Sends a question when a person asks it, and never anything else.

    Parameters
    ----------
    readable : writes the titles of items for their words
    make : connects to an address, with the name of a model and a key
    keys : what a person typed here serves the runs of outside models as well
    """

    def __init__(
        self,
        workspace: Workspace,
        readable: Callable[[str], str],
        make: Callable[[str, str, str], Outside],
        keys: KeyShelf,
    ) -> None:
        self._workspace, self._readable = workspace, readable
        self._make, self._keys = make, keys
        self._view: OutsideView | None = None
        self._wish = OutsideWish()
        self._request = 0
        self._errand: Errand | None = None

    def attach(self, view: OutsideView) -> None:
        """Take the view."""
        self._view = view
        self._workspace.opened.connect(lambda _: self._forget())

    def wished(self, wish: OutsideWish) -> None:
        """A person says whether and where questions are sent."""
        self._wish = wish
        if not wish.is_on:
            self._forget()

    def asked(self, text: str) -> None:
        """A person asks something."""
        prompt, wish = " ".join(text.split()), self._wish
        self._drop()
        if not wish.is_on or not prompt:
            return
        request = self._request
        reply = OutsideReply(prompt, self._readable(prompt), wish.model)

        def work() -> OutsideReply:
            key, remark = self._key(wish)
            found = self._make(wish.address, wish.model, key).answer(reply.sent)
            likeliest = sorted(found.first_words.items(), key=lambda each: -each[1])
            return replace(
                reply,
                text=found.text,
                seconds=found.seconds,
                first_words=tuple((word, math.exp(p)) for word, p in likeliest),
                remark=remark,
            )

        def answered(found: OutsideReply) -> None:
            if request == self._request:
                self._show(found)

        def failed(error: MtrecError) -> None:
            if request == self._request:
                self._show(replace(reply, problem=error.message))

        self._show(reply)
        self._errand = self._workspace.runner.run(lambda progress: work(), answered, failed)

    def _key(self, wish: OutsideWish) -> tuple[str, Message | None]:
        """Return the key of a question, kept as a person wants it, and why it could not be."""
        if wish.key is None:
            return self._keys.find(wish.address), None
        self._keys.keep(wish.address, wish.key)
        if wish.remembers:
            try:
                self._keys.remember(wish.address, wish.key)
            except MtrecError as error:
                return wish.key, error.message
        return wish.key, None

    def _forget(self) -> None:
        """Show nothing of what was asked before."""
        self._drop()
        self._show(None)

    def _drop(self) -> None:
        """Want no answer any more to what was asked before."""
        self._request += 1
        if self._errand is not None:
            self._errand.cancel()
            self._errand = None

    def _show(self, reply: OutsideReply | None) -> None:
        if self._view is not None:
            self._view.show_outside(reply)

"""Keys of language models outside: in memory for the session, or in the system's own store.

A key is never written to a project, a configuration or a file of the lab. It belongs to the server
it was entered for (scheme, name and port): a project from elsewhere that names another address does
not get it. A run that asks outside is handed its key in the memory of its process.

The system's own store is reached through the package ``keyring``, where that is installed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from algorithms.errors import MtrecError

if TYPE_CHECKING:
    from algorithms.evaluation import RunSpec

SERVICE = "MTRec Lab, language models"


class KeyStoreError(MtrecError, RuntimeError):
    """The system's own store does not take a key, or does not give it back."""

    template = (
        "The system's key store cannot be used: {reason}. The key is kept until the lab is closed."
    )


class Keys:
    """The keys of this session; any thread may ask."""

    def __init__(self) -> None:
        self._session: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Keys({len(self._session)} in memory)"

    @property
    def can_remember(self) -> bool:
        """Whether the package that reaches the system's store is installed."""
        return find_spec("keyring") is not None

    def keep(self, address: str, key: str) -> None:
        """Keep a key for the server of an address until the lab is closed; an empty one goes."""
        from algorithms.models.prompted.outside_address import origin

        if key:
            self._session[origin(address)] = key
        else:
            self._session.pop(origin(address), None)

    def remember(self, address: str, key: str) -> None:
        """Keep a key in the system's store; an empty one is deleted there.

        Raises
        ------
        AddressError
            Where the address is none.
        KeyStoreError
            Where the store cannot be used; the key is kept for the session.
        """
        from algorithms.models.prompted.outside_address import origin

        self.keep(address, key)
        if not self.can_remember:
            raise KeyStoreError(reason="the package keyring is not installed")
        store = _store()
        try:
            if key:
                store.set_password(SERVICE, origin(address), key)
            elif store.get_password(SERVICE, origin(address)) is not None:
                store.delete_password(SERVICE, origin(address))
        except store.errors.KeyringError as error:
            raise KeyStoreError(reason=type(error).__name__) from None

    def has(self, address: str) -> bool:
        """Whether a key of an address's server is in memory; the system's store is not asked."""
        return bool(self._of_session(address))

    def find(self, address: str) -> str:
        """Return the key of an address's server, from memory or the system's store; or nothing."""
        from algorithms.models.prompted.outside_address import address_problem, origin

        found = self._of_session(address)
        if found or not self.can_remember or address_problem(address) is not None:
            return found
        store = _store()
        try:
            return store.get_password(SERVICE, origin(address)) or ""
        except store.errors.KeyringError:  # locked, or none on this machine: then there is no key
            return ""

    def _of_session(self, address: str) -> str:
        from algorithms.models.prompted.outside_address import address_problem, origin

        return "" if address_problem(address) else self._session.get(origin(address), "")

    def for_run(self, spec: RunSpec) -> Mapping[str, str]:
        """Return what the process of a run is to find in its environment, beside what all have.

        Where this process was started with the variable itself, only a key of this session goes
        before it.
        """
        from algorithms.models.prompted.outside_prompted import KEY_VARIABLE, OutsidePrompted

        if spec.model != OutsidePrompted.key:
            return {}
        address = str(spec.config.get("address", ""))
        found = self._of_session(address)
        if not found and KEY_VARIABLE not in os.environ:
            found = self.find(address)
        return {KEY_VARIABLE: found} if found else {}


def _store() -> Any:
    """Return the package ``keyring``, which has no types."""
    from importlib import import_module

    import_module("keyring.errors")
    return import_module("keyring")

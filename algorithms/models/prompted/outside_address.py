"""The address of a language model outside: whether it is one, and whom a key of it belongs to."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from algorithms.models.prompted.outside_errors import AddressError


def checked(address: str) -> SplitResult:
    """Return the parts of an address (raises ``AddressError``, never quoting a password)."""
    address = address.strip()
    if not address:
        raise AddressError(problem="it is empty, and nothing leaves this machine without one")
    try:
        parts = urlsplit(address)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        raise AddressError(problem="it is no address of the web") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not has_port:
        raise AddressError(problem="expected http:// or https://, a name, and perhaps a port")
    if parts.username is not None or parts.password is not None:
        raise AddressError(problem="it holds a name or a password; a key is entered by itself")
    if parts.query or parts.fragment:
        raise AddressError(problem="it holds a “?” or “#”; a key is entered by itself")
    if not (address.isascii() and address.isprintable()) or " " in address:
        raise AddressError(problem="it holds characters that an address cannot have")
    return parts


def address_problem(address: str) -> AddressError | None:
    """Return why an address cannot be used, if it cannot; nothing is sent."""
    try:
        checked(address)
    except AddressError as error:
        return error
    return None


def origin(address: str) -> str:
    """Return whom a key of this address belongs to: scheme, name and port, in one spelling.

    Raises
    ------
    AddressError
        Where it is no address.
    """
    parts = checked(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def is_near(name: str) -> bool:
    """Whether a host is this machine, or one of a private network."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        found = ip_address(name)
    except ValueError:
        return False
    return found.is_loopback or found.is_private

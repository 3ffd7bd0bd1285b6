"""What can go wrong with a language model outside, each with what to do about it."""

from __future__ import annotations

from algorithms.errors import MtrecError


class OutsideError(MtrecError, RuntimeError):
    """A language model outside that gives no answer."""


class AddressError(OutsideError):
    """An address that is none, or that a key must not be sent to."""

    template = (
        "The address of the language model cannot be used: {problem}. "
        "Enter one such as http://localhost:11434/v1."
    )


class KeyFormError(OutsideError):
    """A key that no server can read; it is never quoted."""

    template = (
        "The key of the language model holds characters that a request cannot carry: expected "
        "letters, digits and marks without spaces. Copy it once more."
    )


class UnreachableError(OutsideError):
    """Nobody there."""

    template = (
        "The language model at {host} cannot be reached: {reason}. "
        "Check the address, and that the server runs."
    )


class SlowError(OutsideError):
    """No answer in time."""

    template = (
        "The language model at {host} gave no answer within {seconds:g} s. "
        "Allow more seconds, or choose a smaller model."
    )


class RefusedKeyError(OutsideError):
    """A key that is missing, wrong, or not allowed to ask."""

    template = (
        "The language model at {host} refused the key ({status}). "
        "Enter a key that is allowed to use the model."
    )


class UnknownOutsideModelError(OutsideError):
    """No such model, or no such address on the server."""

    template = (
        "The server at {host} has no model “{model}”, or nothing answers at {path} (404). "
        "Check the name of the model and the end of the address."
    )


class BusyError(OutsideError):
    """Too many questions."""

    template = (
        "The language model at {host} is busy, or its limit is reached (429), also when asked "
        "once more. Wait a while, or ask less."
    )


class RedirectError(OutsideError):
    """A server that sends on to another address."""

    template = (
        "The server at {host} sends on to another address ({target}), and neither question nor "
        "key is sent there. If you trust it, enter that address."
    )


class RefusedQuestionError(OutsideError):
    """A question that the server does not take, or a fault of the server."""

    template = (
        "The server at {host} gave no answer (status {status}): “{said}”. "
        "Check the name of the model, or ask the one who runs the server."
    )


class TooLongError(OutsideError):
    """An answer beyond all measure."""

    template = (
        "The server at {host} answered with more than {n_bytes} bytes, and reading was stopped. "
        "Check that a language model answers at this address."
    )


class StrangeAnswerError(OutsideError):
    """An answer that is no chat completion."""

    template = (
        "The server at {host} answered, but not as a language model does: expected {expected}, "
        "found {found}. Check the address; it often ends with /v1."
    )


class UnreadableAnswerError(OutsideError):
    """Words that do not answer the question."""

    template = (
        "“{said}” does not answer the question: expected {expected}. Another model may do better."
    )

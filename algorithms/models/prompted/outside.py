r"""A language model outside: one question at a time to an address that a person entered.

Many programs and services that run language models understand the same form of request, *chat
completions*: messages in, a message out. Here it is spoken with the standard library alone. What is
asked for is the likeliest answer (temperature 0), short, and the log probabilities of its
first word, where the server gives them:

.. math:: p(\text{first word} = w \mid \text{prompt}) = e^{\ell_w}

Nothing is sent before a person entered an address. The key goes into one header of the request and
nowhere else: not into a sentence, a log, a configuration or a file, not in the clear to a
machine of another network, and not to where a server redirects. Proxies of the system are
passed over: a question goes to the address itself, or nowhere.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Timer
from typing import Any
from urllib.parse import urlsplit

from algorithms.models.prompted.outside_address import checked, is_near
from algorithms.models.prompted.outside_errors import (
    AddressError,
    BusyError,
    KeyFormError,
    RedirectError,
    RefusedKeyError,
    RefusedQuestionError,
    SlowError,
    StrangeAnswerError,
    TooLongError,
    UnknownOutsideModelError,
    UnreachableError,
)

MAX_BYTES = 1_000_000  # of an answer that is read
DEFAULT_SECONDS = 30.0
_MAX_WORDS = 200  # tokens that an answer may have
_N_LIKELIEST = 5  # first words whose log probabilities are asked for
_PAUSE = 1.0  # before a busy server is asked once more
_MAX_PAUSE = 5.0
_MAX_QUOTED = 200  # characters of what a server says
_MAX_TEXT = 20_000  # characters of an answer that are kept
_STEP = 65536  # bytes read at a time
_PATH = "/chat/completions"
_HIDDEN = "***"
_now = time.monotonic
_TASK = (
    "You answer questions about what people choose. Answer with what is asked for and nothing else."
)


@dataclass(frozen=True, slots=True)
class OutsideAnswer:
    """What came back.

    Parameters
    ----------
    text : the answer
    seconds : from the question to the answer
    first_words : log probabilities of the likeliest first words; empty where the server is silent
    """

    text: str
    seconds: float
    first_words: Mapping[str, float] = field(default_factory=dict)


class OutsideModel:
    """A language model at an address; ``answer`` may be called again and again, by one thread.

    Parameters
    ----------
    address : where the server is, such as http://localhost:11434/v1
    model : what the server calls the model
    key : that the server asks for; empty where it asks for none
    timeout_s : seconds that a question may take, all in all

    Raises
    ------
    AddressError, KeyFormError
        Where it is clear before asking that nobody can be asked.
    """

    def __init__(
        self, address: str, model: str, key: str = "", timeout_s: float = DEFAULT_SECONDS
    ) -> None:
        parts = checked(address)
        self._secure = parts.scheme == "https"
        self._name = parts.hostname or ""
        self._port = parts.port
        path = parts.path.rstrip("/")
        self.path = path if path.endswith(_PATH) else path + _PATH
        self.host = parts.netloc
        self.model = model.strip()
        self._timeout = timeout_s
        self._key = key.strip()
        self._plain = False  # whether this server takes only the barest form of a question
        if self._key and not (self._key.isascii() and self._key.isprintable()):
            raise KeyFormError
        if " " in self._key:
            raise KeyFormError
        if self._key and not self._secure and not is_near(self._name):
            raise AddressError(
                problem="a key would travel in the clear to a machine outside; http needs https"
            )

    def __repr__(self) -> str:
        return f"OutsideModel({self.host!r}, {self.model!r})"

    def answer(self, prompt: str) -> OutsideAnswer:
        """Ask, and return the answer.

        Raises
        ------
        OutsideError
            Where there is none: its sentence says why, and what to do.
        """
        started = _now()
        status, waits, body = self._ask(prompt)
        if status == 429:  # busy: wait as long as it asks, within reason, and ask once more
            time.sleep(min(waits, _MAX_PAUSE))
            status, _, body = self._ask(prompt)
        if status in (400, 422) and not self._plain:  # it may not know what goes beyond the words
            self._plain = True
            status, _, body = self._ask(prompt)
        self._check(status, body)
        text, first_words = self._read(body)
        return OutsideAnswer(self._hide(text), _now() - started, first_words)

    def _question(self, prompt: str) -> bytes:
        messages = [{"role": "system", "content": _TASK}, {"role": "user", "content": prompt}]
        question: dict[str, Any] = {"model": self.model, "messages": messages}
        if not self._plain:
            question |= {
                "temperature": 0,
                "max_tokens": _MAX_WORDS,
                "stream": False,
                "logprobs": True,
                "top_logprobs": _N_LIKELIEST,
            }
        return json.dumps(question).encode()

    def _ask(self, prompt: str) -> tuple[int, float, bytes]:
        """Return the status, the seconds a busy server wants to be left alone, and the body."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        connection = self._connection()
        late, sockets = Event(), list[socket.socket]()

        def give_up() -> None:  # a server that sends a byte now and then would never time out
            late.set()
            for each in sockets:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

        watch = Timer(self._timeout, give_up)
        watch.daemon = True
        watch.start()
        try:
            connection.connect()
            sockets.append(connection.sock)
            if late.is_set():  # before there was a connection to cut
                raise SlowError(host=self.host, seconds=self._timeout)
            connection.request("POST", self.path, self._question(prompt), headers)
            with connection.getresponse() as response:
                return self._receive(response, late)
        except TimeoutError:
            raise SlowError(host=self.host, seconds=self._timeout) from None
        except (OSError, http.client.HTTPException) as error:
            if late.is_set():
                raise SlowError(host=self.host, seconds=self._timeout) from None
            raise UnreachableError(host=self.host, reason=self._reason(error)) from None
        finally:
            watch.cancel()
            connection.close()
            watch.join()

    def _connection(self) -> http.client.HTTPConnection:
        if self._secure:
            return http.client.HTTPSConnection(
                self._name,
                self._port,
                timeout=self._timeout,
                context=ssl.create_default_context(),
            )
        return http.client.HTTPConnection(self._name, self._port, timeout=self._timeout)

    def _receive(self, response: http.client.HTTPResponse, late: Event) -> tuple[int, float, bytes]:
        if 300 <= response.status < 400:
            target = urlsplit(response.getheader("Location") or "").netloc or "unnamed"
            raise RedirectError(host=self.host, target=self._hide(target)[:_MAX_QUOTED])
        body = bytearray()
        while part := response.read1(_STEP):
            body += part
            if len(body) > MAX_BYTES:
                raise TooLongError(host=self.host, n_bytes=MAX_BYTES)
        if late.is_set():
            raise SlowError(host=self.host, seconds=self._timeout)
        wanted = response.getheader("Retry-After") or ""
        return response.status, float(wanted) if wanted.isdecimal() else _PAUSE, bytes(body)

    # --- reading ----------------------------------------------------------------------------

    def _check(self, status: int, body: bytes) -> None:
        if status in (401, 403):
            raise RefusedKeyError(host=self.host, status=status)
        if status == 404:
            raise UnknownOutsideModelError(host=self.host, model=self.model, path=self.path)
        if status == 429:
            raise BusyError(host=self.host)
        if status != 200:
            said = self._quoted(body.decode("utf-8", "replace"))
            raise RefusedQuestionError(host=self.host, status=status, said=said)

    def _read(self, body: bytes) -> tuple[str, dict[str, float]]:
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            raise self._strange("JSON", self._quoted(body.decode("utf-8", "replace"))) from None
        try:
            choice = found["choices"][0]
            text = choice["message"]["content"]
        except (KeyError, IndexError, TypeError):
            raise self._strange("“choices” with a message", self._quoted(str(found))) from None
        if not isinstance(text, str):
            raise self._strange("a text", type(text).__name__)
        return text.strip()[:_MAX_TEXT], self._first_words(choice)

    def _first_words(self, choice: Mapping[str, Any]) -> dict[str, float]:
        """Return the log probabilities of the likeliest first words, whatever else there is."""
        try:
            likeliest = choice["logprobs"]["content"][0]["top_logprobs"]
            found = {self._hide(str(each["token"])): float(each["logprob"]) for each in likeliest}
        except (KeyError, IndexError, TypeError, ValueError):
            return {}
        return {word: p for word, p in found.items() if -1e4 < p <= 0}

    def _strange(self, expected: str, found: str) -> StrangeAnswerError:
        return StrangeAnswerError(host=self.host, expected=expected, found=found)

    def _quoted(self, text: str) -> str:
        """Return the beginning of what a server says, on one line and without the key."""
        said = " ".join(self._hide(text).split()) or "nothing"
        return said if len(said) <= _MAX_QUOTED else said[:_MAX_QUOTED] + " …"

    def _hide(self, text: str) -> str:
        """Take out of what a server says the key, which some repeat, and halves of characters."""
        text = text.encode("utf-8", "replace").decode("utf-8")
        return text.replace(self._key, _HIDDEN) if self._key else text

    def _reason(self, error: Exception) -> str:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({error.verify_message})"
        if isinstance(error, ssl.SSLError):
            return "it does not speak https"
        if isinstance(error, socket.gaierror):
            return "no machine has this name"
        if isinstance(error, ConnectionRefusedError):
            return "nothing listens there"
        if isinstance(error, http.client.HTTPException) and not isinstance(error, ConnectionError):
            return "it does not speak http, or broke off in the middle"
        if isinstance(error, ConnectionError):
            return "it dropped the connection"
        return (isinstance(error, OSError) and error.strerror) or type(error).__name__

"""A small language model server on this machine, which answers as a test tells it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Thread
from typing import Any


@dataclass
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    question: dict[str, Any]

    @property
    def prompt(self) -> str:
        """What the person's message says."""
        return self.question["messages"][-1]["content"]


@dataclass
class Reply:
    """What a request is answered with."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    drops: bool = False  # the connection, without a word
    dribbles: bool = False  # a byte now and then, for ever
    waits: float = 0.0  # seconds before it answers


def said(text: str, **more: Any) -> Reply:
    """Answer as a language model does."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, **more}
    return Reply(body=json.dumps({"choices": [choice]}).encode())


def sensible(asked: Asked) -> Reply:
    """Answer whatever the lab asks, the same to the same question: the last candidate first."""
    candidates = re.findall(r"^(\d+)\. ", asked.prompt, flags=re.MULTILINE)
    if candidates:
        return said(", ".join(reversed(candidates)))
    return said("yes" if "yes or no" in asked.prompt else "4")


@dataclass
class LanguageServer:
    """The server's address, and what it was asked so far."""

    address: str
    asked: list[Asked]


@contextmanager
def language_server(
    answer: Callable[[Asked], Reply], secure: SSLContext | None = None
) -> Iterator[LanguageServer]:
    """Serve on a free port of this machine while the block lasts; by https with ``secure``."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(Asked(self.path, dict(self.headers), json.loads(body)))
            reply = answer(asked[-1])
            if reply.drops:
                self.close_connection = True
                return
            time.sleep(reply.waits)
            with suppress(OSError):  # who asked may have given up
                self._send(reply)

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.dribbles:
                self.end_headers()
                for _ in range(50):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.05)
                return
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if secure is not None:
        server.socket = secure.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    server.block_on_close = False
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        scheme = "http" if secure is None else "https"
        yield LanguageServer(f"{scheme}://127.0.0.1:{server.server_address[1]}/v1", asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

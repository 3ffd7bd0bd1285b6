"""Asking a language model outside: the form of a question, and every way in which it fails."""

from __future__ import annotations

import json
import pickle
import shutil
import socket
import ssl
import subprocess
import time
import traceback
from pathlib import Path

import pytest

from algorithms.errors import MtrecError
from algorithms.models.prompted import outside
from algorithms.models.prompted.outside import OutsideModel
from algorithms.models.prompted.outside_address import address_problem, origin
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
from tests.language_server import Reply, language_server, said

KEY = "sk-a-secret-that-nobody-may-see"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "_PAUSE", 0.01)


def test_a_question_and_its_answer() -> None:
    top = [{"token": "yes", "logprob": -0.1}, {"token": "no", "logprob": -2.4}]
    reply = said(" yes ", logprobs={"content": [{"token": "yes", "top_logprobs": top}]})
    with language_server(lambda asked: reply) as server:
        model = OutsideModel(server.address, "tiny", KEY)
        found = model.answer("will user_3 click “Kettle” ?")
    assert found.text == "yes"
    assert found.first_words == {"yes": -0.1, "no": -2.4}
    assert 0 < found.seconds < 5
    (asked,) = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.question["model"] == "tiny"
    assert asked.question["temperature"] == 0
    assert asked.prompt == "will user_3 click “Kettle” ?"
    assert KEY not in json.dumps(asked.question)
    assert KEY not in repr(model)


def test_without_a_key_none_is_sent_and_a_whole_address_stays_as_it_is() -> None:
    with language_server(lambda asked: said("7")) as server:
        found = OutsideModel(f"{server.address}/chat/completions/", "tiny").answer("how many?")
    assert (found.text, found.first_words) == ("7", {})
    assert server.asked[0].path == "/v1/chat/completions"
    assert "Authorization" not in server.asked[0].headers


def test_a_server_that_knows_only_words_is_asked_in_words_only() -> None:
    def answer(asked) -> Reply:
        return Reply(400, b"unknown field") if "logprobs" in asked.question else said("yes")

    with language_server(answer) as server:
        model = OutsideModel(server.address, "tiny")
        assert [model.answer("a").text, model.answer("b").text] == ["yes", "yes"]
    assert [len(asked.question) > 2 for asked in server.asked] == [True, False, False]


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (Reply(401, f'{{"error": "bad key {KEY}"}}'.encode()), RefusedKeyError, "refused the key"),
        (Reply(403), RefusedKeyError, "403"),
        (Reply(404, b"no model"), UnknownOutsideModelError, "no model “tiny”"),
        (Reply(500, f"boom {KEY}".encode()), RefusedQuestionError, r"status 500.*boom \*\*\*"),
        (Reply(200, b"<html>Welcome</html>"), StrangeAnswerError, "JSON.*Welcome"),
        (Reply(200, b"[" * 200_000), StrangeAnswerError, "JSON"),
        (Reply(200, b'{"object": "list"}'), StrangeAnswerError, "choices.*list"),
        (Reply(200, b'{"choices": []}'), StrangeAnswerError, "choices"),
        (Reply(200, b'{"choices": [{"message": {"content": null}}]}'), StrangeAnswerError, "text"),
        (Reply(200, b"7"), StrangeAnswerError, "choices"),
        (Reply(200, b"\xff\xfe\x00"), StrangeAnswerError, "JSON"),
        (Reply(200, b"x" * 1_500_000), TooLongError, "1000000 bytes"),
        (Reply(drops=True), UnreachableError, "dropped the connection"),
        (Reply(302, headers={"Location": "http://evil.example/v1"}), RedirectError, "evil.example"),
        (Reply(307, headers={"Location": "/other"}), RedirectError, "sends on"),
    ],
)
def test_every_failure_is_a_sentence_without_the_key(
    reply: Reply, error: type[MtrecError], words: str
) -> None:
    with (
        language_server(lambda asked: reply) as server,
        pytest.raises(error, match=words) as caught,
    ):
        OutsideModel(server.address, "tiny", KEY, timeout_s=5).answer("will it?")
    assert str(caught.value).endswith(".")
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert KEY not in json.dumps(dict(caught.value.message.values))
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301


def test_a_redirect_gets_neither_the_question_nor_the_key() -> None:
    with language_server(lambda asked: said("yes")) as other:
        reply = Reply(307, headers={"Location": f"{other.address}/chat/completions"})
        with language_server(lambda asked: reply) as server, pytest.raises(RedirectError):
            OutsideModel(server.address, "tiny", KEY).answer("will it?")
    assert len(server.asked) == 1
    assert other.asked == []


def test_an_answer_is_kept_within_bounds_and_can_be_written() -> None:
    long = Reply(body=b'{"choices": [{"message": {"content": "\\ud83d' + b"x" * 50_000 + b'"}}]}')
    with language_server(lambda asked: long) as server:
        text = OutsideModel(server.address, "tiny").answer("will it?").text
    assert len(text) == 20_000
    assert text.startswith("?x")
    text.encode("utf-8")


def test_a_busy_server_is_asked_once_more() -> None:
    replies = iter([Reply(429, headers={"Retry-After": "0"}), said("yes")])
    with language_server(lambda asked: next(replies)) as server:
        assert OutsideModel(server.address, "tiny").answer("will it?").text == "yes"
    with language_server(lambda asked: Reply(429)) as server, pytest.raises(BusyError, match="429"):
        OutsideModel(server.address, "tiny").answer("will it?")
    assert len(server.asked) == 2


@pytest.mark.parametrize("reply", [Reply(waits=1.0), Reply(dribbles=True)])
def test_a_slow_server_is_waited_for_no_longer_than_allowed(reply: Reply) -> None:
    with language_server(lambda asked: reply) as server:
        started = time.monotonic()
        with pytest.raises(SlowError, match=r"within 0\.2 s"):
            OutsideModel(server.address, "tiny", timeout_s=0.2).answer("will it?")
    assert time.monotonic() - started < 0.9


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(UnreachableError, match="nothing listens"):
            OutsideModel(address, "tiny", KEY).answer("will it?")


def test_no_machine_of_this_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*arguments: object, **named: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(UnreachableError, match="no machine has this name"):
        OutsideModel("http://no-such-host.invalid/v1", "tiny").answer("will it?")


def test_http_where_https_was_meant() -> None:
    with (
        language_server(lambda asked: said("yes")) as server,
        pytest.raises(UnreachableError, match="does not speak https"),
    ):
        OutsideModel(server.address.replace("http:", "https:"), "tiny").answer("will it?")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """Return a certificate for this machine that nobody signed, and a server's context with it."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    key, made = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", made, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return made, context


def test_https_asks_a_server_whose_certificate_is_trusted_and_no_other(
    certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, context = certificate
    with language_server(lambda asked: said("yes"), context) as server:
        with pytest.raises(UnreachableError, match="certificate is not trusted"):
            OutsideModel(server.address, "tiny", KEY).answer("will it?")
        assert server.asked == []
        trusting = ssl.create_default_context(cafile=str(made))
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        assert OutsideModel(server.address, "tiny", KEY).answer("will it?").text == "yes"
        assert server.asked[0].headers["Authorization"] == f"Bearer {KEY}"
    slow = Reply(dribbles=True)
    with language_server(lambda asked: slow, context) as server, pytest.raises(SlowError):
        OutsideModel(server.address, "tiny", KEY, timeout_s=0.3).answer("will it?")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "   ",
        "localhost:11434",
        "ftp://localhost/v1",
        "http://",
        "http://localhost:port/v1",
        "http://localhost:99999/v1",
        "http://me:secret@localhost/v1",
        "http://localhost/v1?key=secret",
        "http://localhost/v1#secret",
        "http://localhost/v 1",
        "http://lócalhost/v1",
        "http://localhost/v1\nHost: secret",
        "http://[::1/v1",
    ],
)
def test_what_is_no_address_is_refused_and_no_secret_in_it_is_said(address: str) -> None:
    with pytest.raises(AddressError, match="Enter one such as") as caught:
        OutsideModel(address, "tiny")
    assert "secret" not in str(caught.value)
    assert str(address_problem(address)) == str(caught.value)


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "schlüssel"])
def test_a_key_that_no_request_can_carry_is_refused_unseen(key: str) -> None:
    with pytest.raises(KeyFormError) as caught:
        OutsideModel("http://localhost/v1", "tiny", key)
    assert key not in str(caught.value)


def test_a_key_does_not_travel_in_the_clear() -> None:
    with pytest.raises(AddressError, match="in the clear"):
        OutsideModel("http://models.example/v1", "tiny", KEY)
    for address in ("https://models.example/v1", "http://192.168.1.5/v1", "http://[::1]:8/v1"):
        OutsideModel(address, "tiny", KEY)
    OutsideModel("http://models.example/v1", "tiny")  # without a key there is none to lose


def test_a_key_belongs_to_an_origin() -> None:
    assert origin("https://Models.example/v1") == origin("https://models.example:443/other")
    assert origin("http://a.example/v1") != origin("https://a.example/v1")
    assert origin("http://a.example/v1") != origin("http://a.example:8080/v1")

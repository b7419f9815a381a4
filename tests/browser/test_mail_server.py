"""Mails through a real SMTP server on the loopback: plain, with STARTTLS and a password, with TLS from the start."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from sqlalchemy import Engine

from guide import mail
from guide.database import open_database
from guide.mail import transport
from guide.mail.rendering import message, text
from guide.mail.transport import NotSentError, PerhapsSentError, Smtp
from guide.model import MailReason
from tests import databases
from tests.browser.test_https import certificate
from tests.mail.conftest import NOW, RECEIVER, SENDER, SITE, TOKEN, Box, a_mail, post, row, send

NAME, PASSWORD = "guide", "un mot/de@passe"
PASSWORD_IN_URL = "un%20mot%2Fde%40passe"


class Postbox:
    """What the server received; `answer` is what it says to the next message."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []
        self.answer = "250 OK"
        self.break_off = False

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address.startswith("inconnu"):
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        self.received.append(envelope)
        if self.break_off:
            server.transport.abort()
        return self.answer

    @property
    def messages(self) -> list[EmailMessage]:
        return [
            message_from_bytes(found.content.replace(b"\r\n", b"\n"), policy=default)  # type: ignore[misc, union-attr]
            for found in self.received
        ]


def knows(server: SMTP, session: Any, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (
        NAME.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=right, handled=False)


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


class Server(Controller):
    """On a free port, which is known once it is taken."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        super()._trigger_server()


class Servers:
    """`serve(…)` starts a server and gives its port."""

    def __init__(self, postbox: Postbox) -> None:
        self._postbox = postbox
        self._running: list[Server] = []

    def __call__(self, **options: Any) -> int:
        server = Server(self._postbox, hostname="127.0.0.1", port=0, server_hostname="localhost", **options)
        self._running.append(server)
        server.start()
        return int(server.port)

    def stop(self) -> None:
        while self._running:
            self._running.pop().stop()


@pytest.fixture
def serve(postbox: Postbox) -> Iterator[Servers]:
    servers = Servers(postbox)
    yield servers
    servers.stop()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(databases.migrated_file(tmp_path))
    yield engine
    engine.dispose()


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The server's TLS; its certificate is one that this machine believes."""
    context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "proxy.pem"))
    return context


def test_what_is_posted_arrives_whole_once_and_from_whom_it_says(
    serve, postbox: Postbox, engine: Engine
) -> None:
    way = Smtp(f"smtp://127.0.0.1:{serve()}")
    post(engine)
    post(engine, language="nl")
    assert send(engine, way) == mail.SendReport(2, 0)
    assert send(engine, way) == mail.SendReport(0, 0)
    assert [(found.mail_from, found.rcpt_tos) for found in postbox.received] == [(SENDER, [RECEIVER])] * 2
    french, dutch = postbox.messages
    assert french["Subject"] == "Votre lien pour vous connecter"
    assert f"{SITE}/fr/lien/{TOKEN}\n" in french.get_content()
    assert f"{SITE}/nl/link/{TOKEN}\n" in dutch.get_content()
    assert not french.defects
    assert french.get_content() == text(a_mail(), SITE)[1]


def test_signs_of_two_languages_and_lines_that_begin_with_a_stop_arrive_as_written(serve, postbox) -> None:
    content = {"listing": "Où ça ? Één", "reference": "r", "answer": ".\n..deux\n.", "accepted": []}
    written = message(a_mail("proposal_refused", content=content), SENDER, SITE)
    Smtp(f"smtp://127.0.0.1:{serve()}").send(written)
    [arrived] = postbox.messages
    assert "Où ça ? Één" in arrived.get_content()
    assert "\n.\n..deux\n.\n" in arrived.get_content()


def test_with_starttls_the_password_is_given_only_behind_it(serve, postbox: Postbox, trusted) -> None:
    port = serve(tls_context=trusted, require_starttls=True, authenticator=knows, auth_required=True)
    Smtp(f"smtp+starttls://{NAME}:{PASSWORD_IN_URL}@localhost:{port}").send(message(a_mail(), SENDER, SITE))
    assert len(postbox.received) == 1
    with pytest.raises(NotSentError, match="SMTPAuthenticationError") as refused:
        Smtp(f"smtp+starttls://{NAME}:wrong@localhost:{port}").send(message(a_mail(), SENDER, SITE))
    assert refused.value.reason is MailReason.LOGIN
    with pytest.raises(NotSentError):
        Smtp(f"smtp://localhost:{port}").send(message(a_mail(), SENDER, SITE))
    assert len(postbox.received) == 1


def test_a_server_without_tls_gets_neither_password_nor_mail(serve, postbox: Postbox) -> None:
    port = serve(authenticator=knows, auth_require_tls=False)
    with pytest.raises(NotSentError, match="SSLError"):
        Smtp(f"smtp+starttls://{NAME}:{PASSWORD_IN_URL}@localhost:{port}").send(
            message(a_mail(), SENDER, SITE)
        )
    assert postbox.received == []


def test_a_certificate_that_nobody_vouches_for_is_refused(serve, postbox: Postbox, tmp_path: Path) -> None:
    port = serve(tls_context=certificate(tmp_path))
    with pytest.raises(NotSentError, match="SSLCertVerificationError"):
        Smtp(f"smtp+starttls://localhost:{port}").send(message(a_mail(), SENDER, SITE))
    assert postbox.received == []


def test_with_tls_from_the_start(serve, postbox: Postbox, trusted) -> None:
    port = serve(ssl_context=trusted)
    Smtp(f"smtps://localhost:{port}").send(message(a_mail(), SENDER, SITE))
    assert len(postbox.received) == 1


def test_a_receiver_that_is_unknown_is_given_up_and_the_next_mail_goes(
    serve, postbox, engine: Engine
) -> None:
    way = Smtp(f"smtp://127.0.0.1:{serve()}")
    unknown, known = post(engine, "inconnu@maison.example"), post(engine)
    assert send(engine, way) == mail.SendReport(1, 1)
    assert row(engine, unknown).given_up_at
    assert row(engine, known).sent_at


@pytest.mark.parametrize(
    ("answer", "reason", "given_up"),
    [
        ("451 later", MailReason.LATER, False),
        ("421 not now", MailReason.BUSY, False),
        ("550 no", MailReason.CONTENT, True),
        ("554 no", MailReason.CONTENT, True),
    ],
)
def test_a_message_the_server_does_not_take_waits_or_is_given_up_at_once(
    serve, postbox, engine: Engine, answer: str, reason: MailReason, given_up: bool
) -> None:
    number = post(engine)
    postbox.answer = answer
    assert send(engine, Smtp(f"smtp://127.0.0.1:{serve()}")) == mail.SendReport(0, 1)
    waiting = row(engine, number)
    assert (waiting.handed_at, waiting.tries, waiting.reason) == (None, 1, reason)
    assert (waiting.given_up_at is not None) == given_up


def test_a_server_that_breaks_off_before_its_answer_has_perhaps_taken_it(serve, postbox: Postbox) -> None:
    postbox.break_off = True
    with pytest.raises(PerhapsSentError):
        Smtp(f"smtp://127.0.0.1:{serve()}").send(message(a_mail(), SENDER, SITE))


def test_a_server_that_is_not_there_is_no_reason_to_lose_a_mail(serve, postbox, engine: Engine) -> None:
    number, port = post(engine), serve()
    serve.stop()
    assert send(engine, Smtp(f"smtp://127.0.0.1:{port}")) == mail.SendReport(0, 1)
    assert row(engine, number).reason is MailReason.UNREACHABLE
    assert row(engine, number).content


class Raw:
    """A server made of a plain socket: `talk` is what it does with each connection, and then it is closed."""

    def __init__(self, talk: Callable[[socket.socket], None]) -> None:
        self._talk = talk
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.met = 0
        self.over = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.met += 1
                threading.Thread(target=self._meet, args=(connection,), daemon=True).start()

    def _meet(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            self._talk(connection)

    def stop(self) -> None:
        self.over.set()
        self._socket.close()


def talker(raw: list[Raw], answers: list[bytes], then: str) -> Callable[[socket.socket], None]:
    """Gives these answers to as many lines, and then hangs, dies, or drips a line that never ends."""

    def talk(connection: socket.socket) -> None:
        reader = connection.makefile("rb")
        for place, answer in enumerate(answers):
            if place:
                reader.readline()
            connection.sendall(answer)
        if then == "hangs":
            raw[0].over.wait(30)
        while then == "drips" and not raw[0].over.wait(0.05):
            connection.sendall(b"2")

    return talk


STAGES = {
    "greeting": [],
    "ehlo": [b"220 here\r\n"],
    "mail": [b"220 here\r\n", b"250 me\r\n"],
    "rcpt": [b"220 here\r\n", b"250 me\r\n", b"250 ok\r\n"],
    "data": [b"220 here\r\n", b"250 me\r\n", b"250 ok\r\n", b"250 ok\r\n"],
}


@pytest.fixture
def raw() -> Iterator[list[Raw]]:
    made: list[Raw] = []
    yield made
    for server in made:
        server.stop()


@pytest.mark.parametrize("then", ["hangs", "dies", "drips"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_stops_answering_keeps_no_mail_and_no_other_waiting(
    raw: list[Raw], engine: Engine, monkeypatch, stage: str, then: str
) -> None:
    monkeypatch.setattr(transport, "PATIENCE", 0.5)
    monkeypatch.setattr(transport, "DEADLINE", 1)
    numbers = [post(engine) for _ in range(3)]
    raw.append(Raw(talker(raw, STAGES[stage], then)))
    assert send(engine, Smtp(f"smtp://127.0.0.1:{raw[0].port}")) == mail.SendReport(0, 1)
    assert raw[0].met == 1, "the others are not tried with it one by one"
    rows = [row(engine, number) for number in numbers]
    assert [found.handed_at for found in rows] == [None] * 3
    assert rows[0].reason is MailReason.UNREACHABLE


@pytest.mark.parametrize("then", ["hangs", "dies", "drips"])
def test_a_server_that_stops_answering_with_the_message_has_perhaps_taken_it(
    raw: list[Raw], engine: Engine, monkeypatch, then: str
) -> None:
    monkeypatch.setattr(transport, "LAST_PATIENCE", 0.5)
    monkeypatch.setattr(transport, "DEADLINE", 1)
    number, other = post(engine), post(engine)
    answers = [*STAGES["data"], b"354 go on\r\n"]
    raw.append(Raw(talker(raw, answers, then)))
    send(engine, Smtp(f"smtp://127.0.0.1:{raw[0].port}"))
    assert mail.fate(row(engine, number), NOW) is mail.Fate.PERHAPS
    assert row(engine, other).handed_at is None
    assert send(engine, Box(), NOW + timedelta(minutes=6)) == mail.SendReport(1, 0), "the other one, once"

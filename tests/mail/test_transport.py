"""A message is handed over whole; a server that says no is told apart from one that breaks off."""

import os
import smtplib
import socket
import ssl
import stat
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from guide.mail import transport
from guide.mail.rendering import message as rendered
from guide.mail.transport import Folder, NotSentError, PerhapsSentError, Smtp
from guide.model import MailReason
from tests.mail.conftest import RECEIVER, SENDER, SITE, a_mail

ANSWERS: dict[str, Any] = {"mail": 250, "rcpt": 250, "DATA": 354, "taken": 250}
NONE_OF_IT = smtplib.SMTPServerDisconnected("gone")


class Server:
    """A mail server without a socket: answers as it is told, and remembers what it was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers = ANSWERS | answers
        self.asked: list[tuple[Any, ...]] = []
        self.received = b""
        self.closed = False
        self.sock = None

    def connect(self, host: str, port: int, **options: Any) -> "Server":
        self.asked.append(("connect", host, port, "context" in options))
        self._give("connect")
        return self

    def _give(self, what: str) -> tuple[int, bytes]:
        answer = self.answers.get(what, 250)
        if isinstance(answer, Exception):
            raise answer
        return answer, b"quelquun@maison.example is what the server says"

    def ehlo_or_helo_if_needed(self) -> None:
        self._give("ehlo")

    def starttls(self, *, context: object) -> None:
        assert context
        self.asked.append(("starttls",))
        self._give("starttls")

    def login(self, user: str, password: str) -> None:
        self.asked.append(("login", user, password))
        self._give("login")

    def mail(self, sender: str) -> tuple[int, bytes]:
        self.asked.append(("mail", sender))
        return self._give("mail")

    def rcpt(self, receiver: str) -> tuple[int, bytes]:
        self.asked.append(("rcpt", receiver))
        return self._give("rcpt")

    def docmd(self, command: str) -> tuple[int, bytes]:
        return self._give(command)

    def send(self, content: bytes) -> None:
        self._give("send")
        self.received += content

    def getreply(self) -> tuple[int, bytes]:
        return self._give("taken")

    def quit(self) -> None:
        self._give("quit")

    def close(self) -> None:
        self.closed = True


def send(server: Server, url: str = "smtp://mail.example", message: EmailMessage | None = None) -> None:
    Smtp(url, connect=server.connect).send(message or rendered(a_mail(), SENDER, SITE))  # type: ignore[arg-type]


def test_a_message_is_handed_over_with_its_sender_and_its_one_receiver() -> None:
    server = Server()
    send(server)
    assert server.asked == [("connect", "mail.example", 25, False), ("mail", SENDER), ("rcpt", RECEIVER)]
    assert server.received == rendered(a_mail(), SENDER, SITE).as_bytes() + b".\r\n"
    assert server.closed


@pytest.mark.parametrize(
    ("url", "first"),
    [
        (
            "smtp+starttls://name:p%40ss@mail.example",
            [("connect", "mail.example", 587, False), ("starttls",), ("login", "name", "p@ss")],
        ),
        (
            "smtps://name:p%40ss@mail.example",
            [("connect", "mail.example", 465, True), ("login", "name", "p@ss")],
        ),
        ("smtp://mail.example:2525", [("connect", "mail.example", 2525, False)]),
    ],
)
def test_the_address_says_how_the_server_is_reached(url: str, first: list[tuple[Any, ...]]) -> None:
    server = Server()
    send(server, url)
    assert server.asked[: len(first)] == first
    assert len(server.asked) == len(first) + 2


R = MailReason
REFUSED_LOGIN = smtplib.SMTPAuthenticationError(535, b"quelquun@maison.example")


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"connect": ConnectionRefusedError("refused")}, R.UNREACHABLE),
        ({"connect": TimeoutError()}, R.UNREACHABLE),
        ({"connect": socket.gaierror("no such name")}, R.UNREACHABLE),
        ({"connect": smtplib.SMTPConnectError(554, b"no")}, R.UNREACHABLE),
        ({"connect": smtplib.SMTPConnectError(421, b"later")}, R.BUSY),
        ({"starttls": smtplib.SMTPNotSupportedError("no TLS")}, R.TLS),
        ({"starttls": ssl.SSLCertVerificationError("whose?")}, R.TLS),
        ({"starttls": smtplib.SMTPResponseException(454, b"not now")}, R.TLS),
        ({"login": REFUSED_LOGIN}, R.LOGIN),
        ({"login": smtplib.SMTPAuthenticationError(454, b"not now")}, R.BUSY),
        ({"login": smtplib.SMTPNotSupportedError("no AUTH")}, R.LOGIN),
        ({"ehlo": smtplib.SMTPHeloError(501, b"no")}, R.UNREACHABLE),
        ({"ehlo": NONE_OF_IT}, R.UNREACHABLE),
        ({"mail": 550}, R.SENDER),
        ({"mail": 530}, R.LOGIN),
        ({"mail": 451}, R.BUSY),
        ({"mail": NONE_OF_IT}, R.UNREACHABLE),
        ({"rcpt": 421}, R.BUSY),
        ({"rcpt": 530}, R.LOGIN),
        ({"rcpt": NONE_OF_IT}, R.UNREACHABLE),
        ({"DATA": 421}, R.BUSY),
        ({"DATA": NONE_OF_IT}, R.UNREACHABLE),
        ({"taken": 421}, R.BUSY),
    ],
)
def test_what_is_the_servers_own_lets_every_mail_wait(answers, reason: MailReason) -> None:
    server = Server(**answers)
    with pytest.raises(NotSentError) as refused:
        send(server, "smtp+starttls://name:secret@mail.example")
    assert refused.value.reason is reason
    assert reason in transport.OF_THE_SERVER
    assert not {"quelquun", "secret", "says"} & set(str(refused.value).replace("@", " ").split())
    assert server.closed == ("connect" not in answers)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"rcpt": 450}, R.LATER),
        ({"rcpt": 452}, R.LATER),
        ({"rcpt": 550}, R.RECEIVER),
        ({"rcpt": 554}, R.RECEIVER),
        ({"DATA": 451}, R.LATER),
        ({"DATA": 554}, R.CONTENT),
        ({"taken": 451}, R.LATER),
        ({"taken": 550}, R.CONTENT),
        ({"taken": 552}, R.CONTENT),
    ],
)
def test_a_refusal_of_one_mail_says_whether_trying_again_helps(answers, reason: MailReason) -> None:
    with pytest.raises(NotSentError) as refused:
        send(Server(**answers))
    assert refused.value.reason is reason
    assert reason not in transport.OF_THE_SERVER
    assert (reason in transport.FOR_GOOD) is (next(iter(answers.values())) >= 500)


@pytest.mark.parametrize("answers", [{"send": NONE_OF_IT}, {"taken": NONE_OF_IT}, {"taken": TimeoutError()}])
def test_a_server_that_breaks_off_while_it_has_the_message_has_perhaps_taken_it(answers) -> None:
    server = Server(**answers)
    with pytest.raises(PerhapsSentError):
        send(server)
    assert server.closed


def test_whatever_happens_after_the_message_was_taken_changes_nothing() -> None:
    server = Server(quit=NONE_OF_IT)
    send(server)
    assert server.closed


def test_a_line_that_is_one_full_stop_does_not_end_the_message() -> None:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = SENDER, RECEIVER
    message.set_content("avant\n.\n..deux\naprès\n", cte="quoted-printable")
    server = Server()
    send(server, message=message)
    assert b"\r\n..\r\n...deux\r\n" in server.received
    assert server.received.count(b"\r\n.\r\n") == 1
    assert server.received.endswith(b"\r\n.\r\n")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_without_a_server_a_mail_is_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    message = rendered(a_mail(), SENDER, SITE)
    Folder(tmp_path / "mail").send(message)
    [file] = (tmp_path / "mail").iterdir()
    assert file.name == "0123456789abcdef.eml"
    assert file.read_bytes() == message.as_bytes()
    assert (mode(file), mode(file.parent)) == (0o600, 0o700)


def test_the_same_mail_twice_is_one_file_and_what_a_killed_process_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / ".0123456789abcdef-half").write_bytes(b"From: gui")
    (tmp_path / ".other-half").write_bytes(b"somebody else's")
    message = rendered(a_mail(), SENDER, SITE)
    for _ in range(2):
        Folder(tmp_path).send(message)
    assert sorted(file.name for file in tmp_path.iterdir()) == [".other-half", "0123456789abcdef.eml"]


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(transport.os, "fsync", full)
    with pytest.raises(NotSentError, match="No space left"):
        Folder(tmp_path).send(rendered(a_mail(), SENDER, SITE))
    assert not list(tmp_path.glob("*.eml"))


def test_two_who_finish_the_same_mail_at_once_make_one_file(tmp_path: Path, monkeypatch) -> None:
    message = rendered(a_mail(), SENDER, SITE)
    link = os.link

    def overtaken(draft: Path, file: Path) -> None:
        monkeypatch.setattr(transport.os, "link", link)
        Folder(tmp_path).send(message)  # which clears our draft too
        link(draft, file)

    monkeypatch.setattr(transport.os, "link", overtaken)
    Folder(tmp_path).send(message)
    assert [file.name for file in tmp_path.iterdir()] == ["0123456789abcdef.eml"]


@pytest.mark.parametrize("name", ["../evil", "a.b", "a-b"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    message = rendered(a_mail(), SENDER, SITE)
    del message["Message-ID"]
    message["Message-ID"] = f"<{name}@jette.example>"
    with pytest.raises(NotSentError):
        Folder(tmp_path / "mail").send(message)
    assert not (tmp_path / "mail").exists()

"""Handing a message over: to an SMTP server, or into a folder of .eml files where none is named."""

import contextlib
import os
import re
import secrets
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

PATIENCE = 20
"""Seconds to wait for each answer of a mail server."""

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class NotSent(Exception):
    """The message was certainly not taken; it may be tried again. The words never hold an address or a text.

    `for_good`: trying again cannot help (the server refuses this receiver).
    """

    def __init__(self, words: str, for_good: bool = False) -> None:
        super().__init__(words)
        self.for_good = for_good


class PerhapsSent(Exception):
    """The connection broke while the message was on its way: nobody knows whether it was taken."""


class Transport(Protocol):
    """`repeatable`: handing the same message over twice makes one mail."""

    repeatable: bool

    def send(self, message: EmailMessage) -> None:
        """Returns once the message is taken; raises NotSent when it certainly is not, else PerhapsSent."""


class Folder:
    """One file a mail, named by its Message-ID: written beside and linked, so it is there whole and once.

    The files hold addresses and links that let people in: only the owner can read them.
    """

    repeatable = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        if not name.isalnum():
            raise NotSent("the message has no name for its file", for_good=True)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(name, message.as_bytes())
        except OSError as problem:
            raise NotSent(f"the folder of mails cannot be written ({problem.strerror})") from problem

    def _write(self, name: str, content: bytes) -> None:
        file = self._folder / f"{name}.eml"
        if not file.exists():
            draft = self._folder / f".{name}-{secrets.token_hex(4)}"
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
            try:
                os.link(draft, file)
            except OSError:
                if not file.exists():  # else somebody finished the same mail meanwhile
                    raise
        # The drafts of processes that were killed half-way, and ours.
        for left in self._folder.glob(f".{name}-*"):
            left.unlink(missing_ok=True)
        # Told as sent only once the name itself survives a power cut.
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Smtp:
    """A mail server: smtp://host:25, smtp+starttls://user:password@host:587, smtps://user:password@host:465."""

    repeatable = False

    def __init__(self, url: str, connect: Callable[..., smtplib.SMTP] | None = None) -> None:
        parts = urlsplit(url)
        self._scheme = parts.scheme
        self._host = parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._connect: Callable[..., smtplib.SMTP] = connect or (
            smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        )

    def send(self, message: EmailMessage) -> None:
        sender, receiver = (message[name].addresses[0].addr_spec for name in ("From", "To"))
        server = self._open()
        try:
            _announce(server, sender, receiver)
            _hand_over(server, message.as_bytes())
        finally:
            _close(server)

    def _open(self) -> smtplib.SMTP:
        server = None
        try:
            if self._scheme == "smtps":
                context = ssl.create_default_context()
                server = self._connect(self._host, self._port, timeout=PATIENCE, context=context)
            else:
                server = self._connect(self._host, self._port, timeout=PATIENCE)
            if self._scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            if self._user:
                server.login(self._user, self._password)
        except (OSError, smtplib.SMTPException) as problem:
            if server is not None:
                _close(server)
            raise NotSent(f"the mail server cannot be used ({type(problem).__name__})") from problem
        return server


def _announce(server: smtplib.SMTP, sender: str, receiver: str) -> None:
    """From whom, for whom, and may it come: whatever goes wrong up to here, nothing was sent."""
    try:
        server.ehlo_or_helo_if_needed()
        code, _ = server.mail(sender)
        if code != 250:
            raise NotSent(f"the mail server refuses our address ({code})")
        code, _ = server.rcpt(receiver)
        if code not in (250, 251):
            raise NotSent(f"the mail server refuses this receiver ({code})", for_good=500 <= code < 600)
        code, _ = server.docmd("DATA")
        if code != 354:
            raise NotSent(f"the mail server does not want the message ({code})")
    except (OSError, smtplib.SMTPException) as problem:
        raise NotSent(f"the mail server broke off ({type(problem).__name__})") from problem


def _hand_over(server: smtplib.SMTP, content: bytes) -> None:
    """The message itself. Without an answer nobody knows whether it was taken."""
    try:
        # A line that is one full stop ends the message: one that begins with a stop gets a second.
        server.send(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
        code, _ = server.getreply()
    except (OSError, smtplib.SMTPException) as problem:
        raise PerhapsSent from problem
    if code != 250:
        raise NotSent(f"the mail server did not take the message ({code})")


def _close(server: smtplib.SMTP) -> None:
    # Whatever goes wrong after the message was taken changes nothing any more.
    with contextlib.suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()

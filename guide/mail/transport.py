"""Handing a message over: to an SMTP server, or into a folder of .eml files where none is named."""

import contextlib
import os
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

PATIENCE = 20
"""Seconds to wait for a mail server."""


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
    """One file a mail, named by its Message-ID: written beside and linked, so it is there whole and once."""

    repeatable = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        if not name.isalnum():
            raise NotSent("the message has no name for its file", for_good=True)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self._folder / f".{name}-{os.getpid()}-{id(message)}"
            with draft.open("wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(draft, self._folder / f"{name}.eml")
            draft.unlink()
        except OSError as problem:
            raise NotSent(f"the folder of mails cannot be written ({problem.strerror})") from problem


class Smtp:
    """A mail server: smtp://host:25, smtp+starttls://user:password@host:587, smtps://user:password@host:465."""

    repeatable = False

    def __init__(self, url: str, connect: Callable[..., smtplib.SMTP] | None = None) -> None:
        parts = urlsplit(url)
        self._scheme = parts.scheme
        self._host = parts.hostname or ""
        self._port = parts.port or {"smtp": 25, "smtp+starttls": 587, "smtps": 465}[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._connect: Callable[..., smtplib.SMTP] = connect or (
            smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        )

    def send(self, message: EmailMessage) -> None:
        try:
            server = self._open()
        except (OSError, smtplib.SMTPException) as problem:
            raise NotSent(f"the mail server cannot be used ({type(problem).__name__})") from problem
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as problem:
            raise NotSent("the mail server refuses this receiver", for_good=_for_good(problem)) from problem
        except smtplib.SMTPResponseException as problem:
            raise NotSent(
                f"the mail server answers {problem.smtp_code}", for_good=500 <= problem.smtp_code < 600
            ) from problem
        except (OSError, smtplib.SMTPException) as problem:
            raise PerhapsSent from problem
        finally:
            # Whatever goes wrong after the message was taken changes nothing any more.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._scheme == "smtps":
            server = self._connect(self._host, self._port, timeout=PATIENCE, context=context)
        else:
            server = self._connect(self._host, self._port, timeout=PATIENCE)
        if self._scheme == "smtp+starttls":
            server.starttls(context=context)
        if self._user:
            server.login(self._user, self._password)
        return server


def _for_good(problem: smtplib.SMTPRecipientsRefused) -> bool:
    return all(500 <= code < 600 for code, _ in problem.recipients.values())

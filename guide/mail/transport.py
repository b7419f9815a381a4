"""Handing a message over: to an SMTP server, or into a folder of .eml files where none is named."""

import contextlib
import os
import re
import secrets
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from guide.model import MailReason

PATIENCE = 20
"""Seconds to wait for each answer of a mail server."""

LAST_PATIENCE = 120
"""Seconds to wait for the answer to the message itself: a filter may read it first (RFC 5321, 4.5.3.2.6, asks for ten
minutes). Who gives up early does not know whether it was taken; meanwhile the others are said to wait."""

DEADLINE = 180
"""Seconds for one mail from the greeting to the last answer, however slowly a server drips."""

GOODBYE = 5
"""Seconds to wait for an answer that changes nothing any more."""

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}

OF_THE_SERVER = frozenset(
    {
        MailReason.UNREACHABLE,
        MailReason.TLS,
        MailReason.LOGIN,
        MailReason.SENDER,
        MailReason.BUSY,
        MailReason.FOLDER,
    }
)
"""Reasons that are no mail's fault: with them no other mail would go either."""

FOR_GOOD = frozenset({MailReason.RECEIVER, MailReason.CONTENT, MailReason.ADDRESS, MailReason.TEXT})
"""Reasons for which trying this mail again cannot help."""


class NotSentError(Exception):
    """The message was certainly not taken. `reason` is for readers; the words, in English for the operator, never
    hold an address or a text."""

    def __init__(self, reason: MailReason, words: str = "") -> None:
        super().__init__(words or reason.value)
        self.reason = reason


class PerhapsSentError(Exception):
    """The connection broke while the message was on its way: nobody knows whether it was taken."""


class Transport(Protocol):
    """`repeatable`: handing the same message over twice makes one mail."""

    repeatable: bool

    def send(self, message: EmailMessage) -> None:
        """Returns once the message is taken; raises NotSentError when it certainly is not, else PerhapsSentError."""


class Folder:
    """One file a mail, named by its Message-ID: written beside and linked, so it is there whole and once.

    The files hold addresses and links that let people in: only the owner can read them.
    """

    repeatable = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        """Writes it as a file named after its Message-ID; the same message again is the same file. Raises
        NotSentError.
        """

        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        if not name.isalnum():
            raise NotSentError(MailReason.TEXT, "the message has no name for its file")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(name, message.as_bytes())
        except OSError as problem:
            words = f"the folder of mails cannot be written ({problem.strerror})"
            raise NotSentError(MailReason.FOLDER, words) from problem

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


class _Timed(smtplib.SMTP):
    """A connection that is cut off after DEADLINE, whatever the server does meanwhile."""

    sock: socket.socket | None
    _guard: threading.Timer | None = None

    def getreply(self) -> tuple[int, bytes]:
        # The first answer is waited for inside the constructor, when the socket has just been opened.
        if self._guard is None:
            self._guard = threading.Timer(DEADLINE, self._cut)
            self._guard.daemon = True
            self._guard.start()
        return super().getreply()

    def close(self) -> None:
        if self._guard is not None:
            self._guard.cancel()
        super().close()

    def _cut(self) -> None:
        if self.sock is not None:
            with contextlib.suppress(OSError):
                # The plain socket's: it leaves the TLS around it to whoever is reading.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class _Tls(_Timed, smtplib.SMTP_SSL):
    """smtps://."""


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
        self._connect: Callable[..., smtplib.SMTP] = connect or (_Tls if parts.scheme == "smtps" else _Timed)

    def send(self, message: EmailMessage) -> None:
        """Hands it to the server. Raises NotSentError when it surely was not taken, PerhapsSentError when nobody
        knows.
        """

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
                _begin_tls(server)
            if self._user:
                server.login(self._user, self._password)
        except (OSError, smtplib.SMTPException, ValueError) as problem:
            if server is not None:
                _close(server)
            words = f"the mail server cannot be used ({type(problem).__name__})"
            raise NotSentError(_why_unusable(problem), words) from problem
        return server


def _begin_tls(server: smtplib.SMTP) -> None:
    try:
        server.starttls(context=ssl.create_default_context())
    except smtplib.SMTPResponseException as refused:
        raise ssl.SSLError(refused.smtp_code, "STARTTLS is refused") from refused
    except smtplib.SMTPNotSupportedError as absent:
        raise ssl.SSLError(0, "there is no STARTTLS") from absent


def _why_unusable(problem: Exception) -> MailReason:
    """Which code stands for this failure to connect or to sign in."""
    if isinstance(problem, ssl.SSLError):
        return MailReason.TLS
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        # 4xx is a server that cannot look the password up just now.
        return MailReason.LOGIN if problem.smtp_code >= 500 else MailReason.BUSY
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return MailReason.LOGIN
    if isinstance(problem, smtplib.SMTPResponseException) and 400 <= problem.smtp_code < 500:
        return MailReason.BUSY
    return MailReason.UNREACHABLE


def _refused(code: int, mine: MailReason, words: str) -> NotSentError:
    """An answer that is no yes: 421 and 530 are about us, any other 5xx is for good, the rest of 4xx for now.

    What is none of these is half an answer, of a server that broke off.
    """
    ours = {421: MailReason.BUSY, 530: MailReason.LOGIN}
    if code in ours:
        return NotSentError(ours[code], f"{words} ({code})")
    if 500 <= code < 600:
        return NotSentError(mine, f"{words} ({code})")
    later = MailReason.LATER if 400 <= code < 500 else MailReason.UNREACHABLE
    return NotSentError(later, f"{words} ({code})")


def _announce(server: smtplib.SMTP, sender: str, receiver: str) -> None:
    """From whom, for whom, and may it come: whatever goes wrong up to here, nothing was sent."""
    try:
        server.ehlo_or_helo_if_needed()
        code, _ = server.mail(sender)
        if code != 250:
            refused = _refused(code, MailReason.SENDER, "the mail server refuses our address")
            # "Later" to our own address is "later" to every mail.
            late = refused.reason is MailReason.LATER
            raise NotSentError(MailReason.BUSY, str(refused)) if late else refused
        code, _ = server.rcpt(receiver)
        if code not in (250, 251):
            raise _refused(code, MailReason.RECEIVER, "the mail server refuses this receiver")
        code, _ = server.docmd("DATA")
        if code != 354:
            raise _refused(code, MailReason.CONTENT, "the mail server does not want the message")
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        words = f"the mail server broke off ({type(problem).__name__})"
        raise NotSentError(MailReason.UNREACHABLE, words) from problem


def _hand_over(server: smtplib.SMTP, content: bytes) -> None:
    """The message itself. Without an answer nobody knows whether it was taken."""
    try:
        if server.sock is not None:
            server.sock.settimeout(LAST_PATIENCE)
        # A line that is one full stop ends the message: one that begins with a stop gets a second.
        server.send(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
        code, _ = server.getreply()
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        raise PerhapsSentError from problem
    if code != 250 and not 400 <= code < 600:
        raise PerhapsSentError  # half an answer
    if code != 250:
        raise _refused(code, MailReason.CONTENT, "the mail server did not take the message")


def _close(server: smtplib.SMTP) -> None:
    # Whatever goes wrong after the message was taken changes nothing any more.
    with contextlib.suppress(OSError, smtplib.SMTPException, ValueError):
        if server.sock is not None:
            server.sock.settimeout(GOODBYE)
        server.quit()
    server.close()

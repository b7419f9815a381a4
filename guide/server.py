"""The server of `guide serve`: waitress, made to stay open to visitors while others hold its connections.

What it takes is bounded before it is read (a body by `LARGEST`), by time (a request that does not come on is
ended) and in number (the one that has waited longest makes room for the next). What it refuses by itself is a
short text in both languages with the headers of every page; a body too large is told by a page of the guide.
On `stop` it finishes what is being answered.
"""

import contextlib
import io
import logging
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import Error, RequestEntityTooLarge

from guide.web.security.headers import security_headers
from guide.web.security.policy import LARGEST, TOO_LARGE

log = logging.getLogger(__name__)

THREADS = 8
CONNECTIONS = 1000
"""How many may be open at once, if the system lets this process have as many files."""
OTHER_FILES = 100
"""Files that are no connections: database, index, log."""
UNREAD = 128 * 1024 * 1024
"""How many bytes of requests that are not whole yet may lie in memory, all connections together."""

IDLE = 30
"""Seconds that a connection may wait for its first or next request, or for its reader to go on reading."""
ARRIVING = 20
"""Seconds in which a request has to come, and one more for each `PACE` bytes of its body."""
PACE = 1024
LINGERING = 5
"""Seconds in which what somebody goes on sending after a refusal is thrown away, so that she can read it."""
GRACE = 10
"""Seconds that `stop` waits for what is being answered or is coming in."""

_WORDS: Mapping[int, tuple[str, str]] = {
    400: (
        "Nous n’avons pas compris la demande. Revenez à l’accueil, puis essayez encore.",
        "Wij hebben de vraag niet begrepen. Ga terug naar de startpagina en probeer opnieuw.",
    ),
    408: (
        "La demande n’est pas arrivée en entier. Vérifiez votre connexion, puis essayez encore.",
        "De vraag is niet helemaal aangekomen. Kijk uw verbinding na en probeer opnieuw.",
    ),
    413: (
        "C’est trop grand pour nous. Essayez encore avec un texte ou un fichier plus petit.",
        "Dat is te groot voor ons. Probeer opnieuw met een kortere tekst of een kleiner bestand.",
    ),
    431: (
        "L’adresse ou les cookies sont trop longs. Essayez une recherche plus courte, ou effacez les cookies.",
        "Het adres of de cookies zijn te lang. Probeer een kortere zoekopdracht, of wis de cookies.",
    ),
    503: (
        "Beaucoup de demandes arrivent en même temps. Attendez une minute, puis essayez encore.",
        "Er komen veel vragen tegelijk. Wacht een minuut en probeer opnieuw.",
    ),
}
_ELSE = (
    "Quelque chose n’a pas marché. Revenez à l’accueil, puis essayez encore.",
    "Er ging iets mis. Ga terug naar de startpagina en probeer opnieuw.",
)
_CALLS = "112 · 101 · CPAS / OCMW Jette 02 422 46 11"


class RequestTimeoutError(Error):
    """The request did not come in time."""

    code, reason = 408, "Request Timeout"


class CrowdedError(Error):
    """All connections are taken, and this one has waited longest."""

    code, reason = 503, "Service Unavailable"


class _Parser(HTTPRequestParser):
    def received(self, data: bytes) -> int:
        consumed = int(super().received(data))
        if self.error is not None:
            # Nobody is told to go on with what is refused already; waitress would, and then take it.
            self.expect_continue = False
        return consumed

    @property
    def unread(self) -> int:
        """How many bytes of it lie in memory."""
        return int(self.header_bytes_received + self.body_bytes_received)


class _Refusal(ErrorTask):
    """A short text in both languages, for what never reaches the application."""

    def execute(self) -> None:
        error = self.request.error
        self.status = f"{error.code} {error.reason}"
        french, dutch = _WORDS.get(error.code, _ELSE)
        body = f"{french}\n\n{dutch}\n\n{_CALLS}\n".encode()
        self.response_headers += [*self.channel.server.headers.items(), ("Cache-Control", "no-store")]
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        if error.code == CrowdedError.code:
            self.response_headers.append(("Retry-After", "60"))
        self.set_close_on_finish()
        self.content_length = len(body)
        # Whoever sent HEAD gets no body, or she would take it for the next answer.
        self.write(b"" if getattr(self.request, "command", "") == "HEAD" else body)


class _TooLarge(WSGITask):
    """The guide's own page for a body that is refused, which it is not given."""

    def execute(self) -> None:
        self.set_close_on_finish()
        super().execute()

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ |= {TOO_LARGE: True, "CONTENT_LENGTH": "0", "wsgi.input": io.BytesIO()}
        return environ


def _refused(channel: "_Channel", request: _Parser) -> ErrorTask | WSGITask:
    channel.refuses = True
    if isinstance(request.error, RequestEntityTooLarge):
        return _TooLarge(channel, request)
    return _Refusal(channel, request)


class _Channel(HTTPChannel):
    """One connection. `since`: when it began to wait, when the request that is coming began, or when it last read."""

    parser_class = _Parser
    error_task_class = staticmethod(_refused)
    lingers_until = 0.0
    refuses = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.since = time.monotonic()

    @property
    def waits(self) -> bool:
        """Whether nothing of it is being answered: it is idle, or its request is not whole yet."""
        return not self.requests and not self.total_outbufs_len and not self.lingers_until

    @property
    def unread(self) -> int:
        request = self.request
        return request.unread if request is not None else 0

    def overdue(self, now: float) -> bool:
        """Whether it had its time: to send a request, to read an answer, or to hear that it was refused."""
        if self.lingers_until:
            return now > self.lingers_until
        if self.requests and not self.total_outbufs_len:
            return False  # the guide is at work
        request = self.request
        if request is None or self.total_outbufs_len:
            return now - self.since > IDLE
        return bool(now - self.since > ARRIVING + request.body_bytes_received / PACE)

    def readable(self) -> bool:
        return bool(self.connected and (self.lingers_until or super().readable()))

    def writable(self) -> bool:
        return bool(self.connected and not self.lingers_until and super().writable())

    def handle_read(self) -> None:
        if not self.lingers_until:
            super().handle_read()
            return
        try:
            self.recv(1 << 18)
        except OSError:
            self.handle_close()

    def received(self, data: bytes) -> bool:
        before = self.request
        done = bool(super().received(data))
        if self.request is not before:
            self.since = time.monotonic()
        return done

    def _flush_some(self, do_close: bool = True) -> bool:
        sent = bool(super()._flush_some(do_close=do_close))
        if sent:
            self.since = time.monotonic()
        return sent

    def handle_write(self) -> None:
        if not (self.refuses and self.close_when_flushed):
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.will_close:
            self.handle_close()
        elif not self.total_outbufs_len:
            # Closed at once, with bytes of hers unread, the connection would be broken off before she has read why.
            self.lingers_until = time.monotonic() + LINGERING
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)

    def turn_away(self, error: Error | None) -> None:
        """Ends it now, in the thread of the loop; whoever has begun to ask is told why."""
        if error is not None and self.connected and self.waits and self.request is not None:
            refused = _Parser(self.adj)
            refused.error = error
            refused.version = "1.1"
            with contextlib.suppress(Exception):
                _Refusal(self, refused).service()
        self.handle_close()


class _Listener(TcpWSGIServer):
    """One address that is listened on. `full`: every connection is being answered, the next has to wait."""

    channel_class = _Channel
    headers: Mapping[str, str] = {}
    full = False

    def readable(self) -> bool:
        return bool(self.accepting and not self.full)


class Server:
    """The server, listening. `run` answers until `stop`, which may be called from a signal or another thread."""

    def __init__(self, adjustments: Adjustments, application: Callable[..., Any], secure: bool) -> None:
        self._map: dict[int, Any] = {}
        self._adjustments = adjustments
        self._workers = ThreadedTaskDispatcher()
        self._workers.set_thread_count(adjustments.threads)
        self._stopping = threading.Event()
        self._tidied = 0.0
        self._listeners: list[_Listener] = []
        try:
            for address in adjustments.listen:
                listener = _Listener(
                    application, self._map, dispatcher=self._workers, adj=adjustments, sockinfo=address
                )
                listener.headers = security_headers(secure)
                self._listeners.append(listener)
        except OSError:
            self.close()
            raise

    @property
    def port(self) -> int:
        """The port of the first address."""
        return int(self._listeners[0].effective_port)

    def run(self) -> None:
        """Answers until `stop`, then finishes what is under way, for `GRACE` seconds at most."""
        while not self._stopping.is_set():
            self._tidy()
            self._turn()
        for listener in self._listeners:
            # Nothing new comes in; what waits in the system's queue is refused there.
            listener.del_channel()
            listener.socket.close()
        end = time.monotonic() + GRACE
        while time.monotonic() < end and self._under_way():
            self._turn(0.1)

    def stop(self) -> None:
        """Ends `run` soon; may be called from a signal or another thread, and more than once."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            for listener in self._listeners:
                listener.pull_trigger()

    def close(self) -> None:
        """Lets go of everything; `run` must have ended, or never begun."""
        self._workers.shutdown(timeout=1)
        wasyncore.close_all(self._map, ignore_all=True)

    def _turn(self, seconds: float = 1) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)

    def _channels(self) -> list[_Channel]:
        return [one for one in self._map.values() if isinstance(one, _Channel)]

    def _under_way(self) -> bool:
        """Whether anybody is still to be answered; who has not asked anything yet is let go."""
        for channel in self._channels():
            asks = channel.request is not None and channel.request.headers_finished
            if channel.waits and not asks:
                channel.turn_away(None)
        return any(not channel.lingers_until for channel in self._channels())

    def _tidy(self) -> None:
        """Ends what had its time, once a second; makes room for the next connection, always."""
        now = time.monotonic()
        if now - self._tidied >= 1:
            self._tidied = now
            for channel in self._channels():
                if channel.overdue(now):
                    channel.turn_away(RequestTimeoutError(""))
            self._bound_memory()
        full = len(self._map) >= self._adjustments.connection_limit and not self._make_room()
        for listener in self._listeners:
            listener.full = full

    def _bound_memory(self) -> None:
        coming = sorted(self._channels(), key=lambda channel: channel.since)
        total = sum(channel.unread for channel in coming)
        for channel in coming:
            if total <= UNREAD:
                return
            if channel.waits:
                total -= channel.unread
                channel.turn_away(CrowdedError(""))

    def _make_room(self) -> bool:
        """The one that waits longest goes; False when all are being answered."""
        waiting = [channel for channel in self._channels() if channel.waits or channel.lingers_until]
        if waiting:
            min(waiting, key=lambda channel: channel.since).turn_away(CrowdedError(""))
        return bool(waiting)


def make_server(
    application: Callable[..., Any], host: str, port: int, *, believes_proxies: bool, secure: bool
) -> Server:
    """The server, listening. Raises OSError or ValueError when it cannot.

    `believes_proxies`: what a proxy says is handed on to the application, which decides how many it believes;
    `secure`: the public address is an https one, which the answers tell the browser to stay with.
    """
    adjustments = Adjustments(
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        clear_untrusted_proxy_headers=not believes_proxies,
        connection_limit=_connections(),
        # As many bytes are refused, and no body lies in a file: it may hold what somebody typed of a person.
        max_request_body_size=LARGEST + 1,
        inbuf_overflow=2 * LARGEST,
    )
    return Server(adjustments, application, secure)


def _connections() -> int:
    """How many connections there may be; lets this process have the files for them where the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
            soft = more
    if soft == resource.RLIM_INFINITY:
        return CONNECTIONS
    return max(50, min(CONNECTIONS, soft - OTHER_FILES))


@contextlib.contextmanager
def stopped_by_signals(server: Server) -> Iterator[None]:
    """SIGTERM and SIGINT stop the server; a second one does not wait for what is under way."""

    def stop(number: int, _: Any) -> None:
        signal.signal(number, signal.default_int_handler)
        server.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""`guide serve` stays open beside slow and greedy clients, and refuses in words with the headers of every page."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from guide import server as serving
from guide.database import open_database
from guide.model import SearchedWord
from guide.web.security.headers import security_headers
from guide.web.security.policy import LARGEST
from tests.ports import free_port
from tests.rounds import ALL
from tests.running import app_on_copy, served

HOST = "Host: 127.0.0.1\r\n"


@pytest.fixture(scope="module")
def guide_app(tmp_path_factory: pytest.TempPathFactory, loaded: Path) -> Iterator[Flask]:
    with app_on_copy(loaded, tmp_path_factory.mktemp("door")) as app:
        app.config["TRUSTED_HOSTS"] = ["localhost", "127.0.0.1"]
        yield app


@pytest.fixture
def port(guide_app: Flask) -> Iterator[int]:
    with served(guide_app) as address:
        yield int(address.rpartition(":")[2])


class Answer:
    """What came back on a connection: status, headers (names in lower case), text."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        head, _, body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1]) if lines[0] else 0
        self.headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])
        }
        self.text = body.decode()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def rest_of(connection: socket.socket) -> bytes:
    """Everything until the server closes."""
    received = b""
    while piece := connection.recv(65536):
        received += piece
    return received


def heard(connection: socket.socket) -> Answer:
    return Answer(rest_of(connection))


def answer_to(port: int, sent: str | bytes) -> Answer:
    with closing(connect(port)) as connection:
        connection.sendall(sent.encode() if isinstance(sent, str) else sent)
        return heard(connection)


def page(port: int, path: str = "/fr/") -> Answer:
    return answer_to(port, f"GET {path} HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")


def require_headers(answer: Answer) -> None:
    for name, value in security_headers(secure=False).items():
        assert answer.headers[name.lower()] == value, name
    assert answer.headers["cache-control"] == "no-store"


def post(path: str, *lines: str) -> str:
    return f"POST {path} HTTP/1.1\r\n{HOST}" + "".join(f"{line}\r\n" for line in lines) + "\r\n"


@pytest.fixture
def no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body must not lie on the disk, not even in a file without a name."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a body was put into a file")

    for place in (
        "tempfile.TemporaryFile",
        "tempfile.SpooledTemporaryFile",
        "werkzeug.formparser.SpooledTemporaryFile",
    ):
        monkeypatch.setattr(place, refuse)


@pytest.mark.control("C31")
@pytest.mark.parametrize(
    ("path", "lines", "words"),
    [
        ("/fr/ma-liste/changer", [f"Content-Length: {300 << 20}"], "plus court"),
        ("/nl/mijn-lijst/wijzigen", [f"Content-Length: {LARGEST + 1}"], "kortere tekst"),
        ("/nl/rien", ["Content-Length: 99999999999999999999"], "kortere tekst"),
        ("/healthz", [f"Content-Length: {LARGEST + 1}", "Accept-Language: nl"], "kortere tekst"),
        ("/fr/", [f"Content-Length: {300 << 20}", "Expect: 100-continue"], "plus court"),
    ],
)
def test_a_body_too_large_is_refused_by_its_length_alone_with_a_page(port, path, lines, words) -> None:
    answer = answer_to(port, post(path, *lines))
    assert answer.status == 413
    assert words in answer.text
    assert "tel:112" in answer.text
    require_headers(answer)


def test_a_body_that_is_sent_all_the_same_is_thrown_away_and_the_page_still_read(
    port: int, no_files: None
) -> None:
    with closing(connect(port)) as connection:
        connection.sendall(post("/fr/ma-liste/changer", f"Content-Length: {64 << 20}").encode())
        for _ in range(64):
            connection.sendall(b"a" * (1 << 20))
        answer = heard(connection)
    assert answer.status == 413
    assert "plus court" in answer.text


def test_a_body_in_pieces_is_refused_where_it_passes_the_limit(port: int, no_files: None) -> None:
    piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    head = post("/nl/mijn-lijst/wijzigen", "Transfer-Encoding: chunked", "Content-Length: 5").encode()
    with closing(connect(port)) as connection:
        connection.sendall(head)
        for _ in range(40):
            connection.sendall(piece)
        answer = heard(connection)
    assert answer.status == 413
    assert "kortere tekst" in answer.text
    require_headers(answer)


@pytest.mark.control("C17")
def test_a_body_just_below_the_limit_still_reaches_the_guide_and_no_file(port: int, no_files: None) -> None:
    """The largest there is: a file of a translator. Nobody is signed in here, which is found after reading it."""
    before = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.po"\r\n\r\n'
    body = before + "a" * (LARGEST - len(before) - 10) + "\r\n--x--\r\n"
    lines = (
        f"Content-Length: {len(body)}",
        "Content-Type: multipart/form-data; boundary=x",
        "Connection: close",
    )
    assert len(body) == LARGEST - 1
    assert answer_to(port, post("/fr/moderation/traductions/fr/fichier", *lines) + body).status == 401


def test_whoever_asks_whether_to_go_on_is_told_so_when_the_body_is_not_too_large(port: int) -> None:
    lines = ("Content-Length: 12", "Expect: 100-continue", "Connection: close")
    kind = "Content-Type: application/x-www-form-urlencoded"
    with closing(connect(port)) as connection:
        connection.sendall(post("/fr/ma-liste/changer", *lines, kind).encode())
        assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ajouter=huys")
        assert heard(connection).status == 303


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("nonsense\r\n\r\n", 400),
        ("get / HTTP/1.1\r\n\r\n", 400),
        (f"GET / HTTP/1.1\r\n{HOST}Bad Header: x\r\n\r\n", 400),
        (post("/fr/", "Content-Length: 5, 6"), 400),
        (post("/fr/", "Content-Length: -1"), 400),
        (post("/fr/", "Transfer-Encoding: chunked") + "zz\r\n", 400),
        (post("/fr/", "Transfer-Encoding: gzip"), 501),
        ("GET /" + "a" * 300_000, 431),
        (f"GET / HTTP/1.1\r\nX-Long: {'a' * 300_000}", 431),
    ],
)
def test_what_never_reaches_the_guide_is_told_in_both_languages_with_every_header(port, sent, status) -> None:
    answer = answer_to(port, sent)
    assert answer.status == status
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    french, dutch, numbers = answer.text.strip().split("\n\n")
    assert re.search(r"\b(puis|effacez)\b", french)
    assert re.search(r"\b(opnieuw|wis)\b", dutch)
    assert "112" in numbers
    require_headers(answer)
    assert "server" not in answer.headers


def test_on_a_secure_site_its_own_refusals_say_to_stay_there(guide_app: Flask) -> None:
    server = serving.make_server(guide_app, "127.0.0.1", 0, believes_proxies=True, secure=True)
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    try:
        assert "max-age" in answer_to(server.port, "nonsense\r\n\r\n").headers["strict-transport-security"]
    finally:
        server.stop()
        running.join()
        server.close()


HALVES = (b"", b"GET /fr/ HTTP/1.1\r\nX-Slow: ", post("/fr/", "Content-Length: 40000").encode() + b"a")


@pytest.mark.control("C31")
def test_hundreds_that_hold_connections_do_not_keep_a_visitor_waiting(port: int) -> None:
    held = []
    try:
        for number in range(360):
            held.append(connect(port))
            held[-1].sendall(HALVES[number % 3])
        for path in ("/fr/", "/nl/diensten/?q=honger", "/healthz") * 2:
            assert page(port, path).status == 200
    finally:
        for connection in held:
            connection.close()


def test_when_all_connections_are_taken_the_one_that_waits_longest_makes_room(
    guide_app: Flask, monkeypatch
) -> None:
    monkeypatch.setattr(serving, "_connections", lambda: 20)
    held = []
    with served(guide_app) as address:
        port = int(address.rpartition(":")[2])
        try:
            for number in range(60):
                held.append(connect(port))
                held[-1].sendall(HALVES[number % 3])
                if number % 10 == 9:
                    assert page(port).status == 200
            # Who had begun to ask is told so; the others just end.
            assert [heard(held[number]).status if HALVES[number % 3] else 503 for number in range(12)] == [
                503
            ] * 12
            last = heard(held[13])
            assert int(last.headers["retry-after"]) > 0
            require_headers(last)
        finally:
            for connection in held:
                connection.close()


@pytest.mark.parametrize("half", HALVES)
def test_a_request_that_does_not_come_on_is_ended_in_words(
    guide_app: Flask, monkeypatch, half: bytes
) -> None:
    monkeypatch.setattr(serving, "IDLE", 0)
    monkeypatch.setattr(serving, "ARRIVING", 0)
    with served(guide_app) as address, closing(connect(int(address.rpartition(":")[2]))) as connection:
        connection.sendall(half)
        answer_or_end = rest_of(connection)
    if half:
        answer = Answer(answer_or_end)
        assert answer.status == 408
        assert "connexion" in answer.text
        require_headers(answer)
    else:
        assert answer_or_end == b""


def test_what_lies_unread_in_memory_is_bounded_over_all_connections(guide_app: Flask, monkeypatch) -> None:
    monkeypatch.setattr(serving, "UNREAD", 200_000)
    held = []
    with served(guide_app) as address:
        port = int(address.rpartition(":")[2])
        try:
            for _ in range(6):
                held.append(connect(port))
                held[-1].sendall(post("/fr/", "Content-Length: 90000").encode() + b"a" * 80_000)
            assert heard(held[0]).status == 503
            assert page(port).status == 200
        finally:
            for connection in held:
                connection.close()


def slow_view(begun: threading.Event, go_on: threading.Event, monkeypatch, guide_app: Flask) -> None:
    def show(lang: str) -> str:
        begun.set()
        assert go_on.wait(30)
        return "done"

    monkeypatch.setitem(guide_app.view_functions, "public.urgent.show", show)
    guide_app.extensions["guide"].pages.clear()


def test_stopping_finishes_what_is_being_answered_and_lets_the_idle_go(guide_app: Flask, monkeypatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    slow_view(begun, go_on, monkeypatch, guide_app)
    server = serving.make_server(guide_app, "127.0.0.1", 0, believes_proxies=False, secure=False)
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    idle, asking = connect(server.port), connect(server.port)
    asking.sendall(f"GET /fr/urgence HTTP/1.1\r\n{HOST}\r\n".encode())
    assert begun.wait(30)
    server.stop()
    assert idle.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        connect(server.port)
    go_on.set()
    answer = heard(asking)
    running.join(30)
    assert not running.is_alive()
    assert (answer.status, answer.text) == (200, "done")
    server.close()
    idle.close()
    asking.close()


def test_stopping_does_not_wait_for_ever(guide_app: Flask, monkeypatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    slow_view(begun, go_on, monkeypatch, guide_app)
    monkeypatch.setattr(serving, "GRACE", 0.2)
    server = serving.make_server(guide_app, "127.0.0.1", 0, believes_proxies=False, secure=False)
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    with closing(connect(server.port)) as asking:
        asking.sendall(f"GET /fr/urgence HTTP/1.1\r\n{HOST}\r\n".encode())
        assert begun.wait(30)
        server.stop()
        running.join(30)
        assert not running.is_alive()
        go_on.set()
        server.close()


SIGNALS = (signal.SIGTERM, signal.SIGINT)


@pytest.mark.parametrize("number", SIGNALS)
def test_either_signal_stops_the_server_and_then_means_again_what_it_did(
    guide_app: Flask, number: signal.Signals
) -> None:
    server = serving.make_server(guide_app, "127.0.0.1", 0, believes_proxies=False, secure=False)
    before = signal.getsignal(number)
    late = threading.Timer(30, server.stop)
    with serving.stopped_by_signals(server):
        assert signal.getsignal(number) is not before
        late.start()
        os.kill(os.getpid(), number)
        server.run()
        assert late.is_alive(), "the signal alone has stopped it"
        assert signal.getsignal(number) is signal.default_int_handler, "a second one does not wait"
    late.cancel()
    late.join()
    server.close()
    assert signal.getsignal(number) is before


# A process of its own takes as long to start as all the others together: CI sends it both.
@pytest.mark.parametrize("number", SIGNALS if ALL else SIGNALS[:1])
def test_a_signal_ends_the_process_well_with_its_counts_kept(instance: Path, number: signal.Signals) -> None:
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GUIDE_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "guide", "serve", "--port", str(port)],
        env=environ | {"GUIDE_INSTANCE": str(instance)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            if "http://" in line:
                break
        assert page(port, "/fr/services/?q=faim").status == 200
        with closing(connect(port)) as asking:
            asking.sendall(f"GET /fr/services/?q=logement HTTP/1.1\r\n{HOST}\r\n".encode())
            # Seen by the server before the signal: its answer has begun, or the process would end without it.
            first = asking.recv(1)
            process.send_signal(number)
            answer = Answer(first + rest_of(asking))
        rest = process.stdout.read()
    assert process.wait(60) == 0, rest
    assert answer.status == 200
    assert answer.text.rstrip().endswith("</html>")
    assert "Traceback" not in rest
    engine = open_database(f"sqlite:///{instance / 'guide.sqlite3'}")
    with Session(engine) as session:
        words = set(session.scalars(select(SearchedWord.word)))
        assert session.scalar(select(func.count()).select_from(SearchedWord)) >= 2
    engine.dispose()
    assert {"faim", "logement"} <= words

"""Pages of everybody, kept as bytes and answered before Flask is asked.

A page is kept when it would be the same for any visitor without cookies: the policy table names it (`KEPT`),
and nothing in its address or on it is somebody's own. It holds for one revision of what the public
sees, and until the next moment at which something that it says of this hour changes. Whoever asks with a cookie (but
that of the language), with a body, or from a page whose language she has just switched, is answered by Flask.

Several who ask for one page that is not kept wait for the first of them. What is kept is bounded in bytes; nothing of
it is written anywhere.
"""

import gzip
import importlib
import threading
import zlib
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from cachetools import LRUCache
from flask import Flask, Response, current_app, g, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from guide import clock
from guide.directory.indexing import RevisionWatch
from guide.directory.search_log import Tally, Words
from guide.languages import LANGUAGES, Language, other
from guide.web.ui.urls import LANGUAGE_COOKIE

brotli: Any = importlib.import_module("brotli")
zstd: Any
try:
    zstd = importlib.import_module("compression.zstd")
except ImportError:  # before Python 3.14
    zstd = None

MOST_BYTES = 24 * 1024 * 1024
MOST_BYTES_OF_PARTS = 8 * 1024 * 1024
FASTEST = 1
"""The level of zlib that takes the least time."""
LONGEST_ADDRESS = 300
PATIENCE = 5.0
"""Seconds for which whoever asks for a page that is being made waits for it."""
SLOT = "guide.kept_pages.slot"
"""Under this name the WSGI environment says that the page may be kept, and as what."""
REVISION = "guide.revision"
"""Under this name it says which revision was the newest when the request came."""
PLAIN_COOKIES = frozenset(f"{LANGUAGE_COOKIE}={language}" for language in LANGUAGES)
"""A visitor's cookies that change no page."""
RESULTS = {"fr": "/fr/services/", "nl": "/nl/diensten/"}
"""The path of the results page in each language: whoever comes from there is counted (`public.counting`)."""

Key = tuple[str, str, str, str, str, bool]
StartResponse = Callable[..., Any]

_ENCODERS: Mapping[str, Callable[[bytes], bytes]] = {
    **({"zstd": lambda content: zstd.compress(content, 10)} if zstd is not None else {}),
    "br": lambda content: brotli.compress(content, quality=6),
    "gzip": lambda content: gzip.compress(content, 6, mtime=0),
}
"""How a page is made smaller, the best first."""


@dataclass
class KeptPage:
    """A page, and each shorter form of it that somebody has asked for."""

    headers: list[tuple[str, str]]
    etag: str
    """'' for a page that browsers may not keep."""
    content: bytes
    revision: int
    since: datetime
    until: datetime
    counted: tuple[Words, Language, bool] | None = None
    encoded: dict[str, bytes] = field(default_factory=dict)

    def holds(self, at: datetime) -> bool:
        return self.since <= at < self.until

    def in_encoding(self, accepted: str) -> tuple[str, bytes]:
        """The content as this browser takes it, and the name of its encoding ('' for none)."""
        names = {one.partition(";")[0].strip() for one in accepted.split(",") if not _is_refused(one)}
        for name, encode in _ENCODERS.items():
            if name in names:
                if name not in self.encoded:
                    self.encoded[name] = encode(self.content)
                return name, self.encoded[name]
        return "", self.content


def _is_refused(one: str) -> bool:
    """'gzip;q=0' is none that she takes."""
    weight = one.partition(";")[2].replace(" ", "")
    return weight.startswith("q=0") and not weight.strip("q=0.")


@dataclass(frozen=True, slots=True)
class KeptPart:
    """What many visitors' pages have in common, and how long it holds.

    Packed: markup takes a tenth then, and a tenth of a millisecond for a whole page, of which it saves some.
    """

    packed: bytes
    since: datetime
    until: datetime

    @classmethod
    def of(cls, markup: str, since: datetime, until: datetime) -> "KeptPart":
        """A part with this markup."""
        return cls(zlib.compress(markup.encode(), FASTEST), since, until)

    @property
    def markup(self) -> Markup:
        """The markup as it was; what it shows of people's texts was escaped when it was made."""
        return Markup(zlib.decompress(self.packed).decode())  # noqa: S704


class KeptPages:
    """The pages of one process, and the parts of pages that differ otherwise. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: LRUCache[Key, KeptPage] = LRUCache(MOST_BYTES, lambda page: 2 * len(page.content) + 2000)
        self._parts: LRUCache[Hashable, KeptPart] = LRUCache(
            MOST_BYTES_OF_PARTS, lambda part: len(part.packed) + 2000
        )
        self._revision = -1
        self._making: dict[Key, threading.Event] = {}

    def find(self, key: Key, revision: int, at: datetime) -> KeptPage | None:
        with self._lock:
            if revision > self._revision:
                self._pages.clear()
                self._parts.clear()
                self._revision = revision
            page = self._pages.get(key) if revision == self._revision else None
            return page if page is not None and page.holds(at) else None

    def keep(self, key: Key, page: KeptPage) -> None:
        """Keeps a page that was made of the newest revision; of an older one it is passed over."""
        with self._lock, suppress(ValueError):  # larger than all that is kept together
            if page.revision == self._revision:
                self._pages[key] = page

    def find_part(self, key: Hashable, at: datetime) -> KeptPart | None:
        """A part of this name that holds at this moment."""
        with self._lock:
            part = self._parts.get(key)
            return part if part is not None and part.since <= at < part.until else None

    def keep_part(self, key: Hashable, part: KeptPart) -> None:
        with self._lock, suppress(ValueError):
            self._parts[key] = part

    def clear(self) -> None:
        """Forgets all pages and parts."""
        with self._lock:
            self._pages.clear()
            self._parts.clear()

    def begin(self, key: Key) -> threading.Event | None:
        """None for the first who makes this page; for the others what tells that she has."""
        with self._lock:
            making = self._making.get(key)
            if making is None:
                self._making[key] = threading.Event()
            return making

    def end(self, key: Key) -> None:
        with self._lock:
            self._making.pop(key).set()


class Process(Protocol):
    """What a process that serves has of its own."""

    pages: KeptPages
    watch: RevisionWatch
    tally: Tally


class Front:
    """The WSGI application in front of Flask's. Behind `ProxyFix`: scheme and host are the visitor's.

    `keeps`: the endpoints whose pages may be kept.
    """

    def __init__(self, app: Flask, keeps: Collection[str]) -> None:
        self._app, self._application, self._keeps = app, app.wsgi_app, keeps

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        own: Process = self._app.extensions["guide"]
        key = key_of(environ)
        revision = own.watch.now() if key is not None else None
        if key is None or revision is None:
            return self._application(environ, start_response)
        environ[REVISION] = revision
        at: datetime = (self._app.config["CLOCK"] or clock.now)()
        page = own.pages.find(key, revision, at)
        if page is None:
            making = own.pages.begin(key)
            if making is None:
                try:
                    environ[SLOT] = key
                    return self._application(environ, start_response)
                finally:
                    own.pages.end(key)
            if self._may_be_kept(environ):
                making.wait(PATIENCE)
                page = own.pages.find(key, revision, at)
        if page is None:
            return self._application(environ, start_response)
        if page.counted is not None and self._may_count(environ):
            own.tally.search(*page.counted, at)
        return _answer(page, environ, start_response)

    def _may_be_kept(self, environ: dict[str, Any]) -> bool:
        """Is it a page for which it is worth to wait? Suggestions and PDFs are made for each who asks."""
        try:
            endpoint, _values = self._app.url_map.bind_to_environ(environ).match()
        except HTTPException:  # no page, or one at another address
            return False
        return endpoint in self._keeps

    def _may_count(self, environ: Mapping[str, Any]) -> bool:
        """As `public.counting` judges it; nobody who works here comes this way."""
        asks = environ["REQUEST_METHOD"] == "GET" and not self._app.config.get("COUNT_NOTHING")
        return asks and environ.get("HTTP_DNT") != "1" and environ.get("HTTP_SEC_GPC") != "1"


def key_of(environ: Mapping[str, Any]) -> Key | None:
    """As what the page that is asked for may be kept; None when the request is one for Flask."""
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or len(path) + len(query) > LONGEST_ADDRESS:
        return None
    if environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING"):
        return None
    if not path.startswith(("/fr/", "/nl/", "/sitemap")):
        return None
    if environ.get("HTTP_COOKIE", next(iter(PLAIN_COOKIES))) not in PLAIN_COOKIES:
        return None
    if "HTTP_REFERER" in environ and _comes_from_elsewhere_in_the_guide(environ, path):
        return None
    saves_data = environ.get("HTTP_SAVE_DATA", "").strip().lower() == "on"
    return (
        environ["wsgi.url_scheme"],
        environ.get("HTTP_HOST", ""),
        environ.get("SCRIPT_NAME", ""),
        path,
        query,
        saves_data,
    )


def _comes_from_elsewhere_in_the_guide(environ: Mapping[str, Any], path: str) -> bool:
    """Does she come from a page in the other language, from the choice of it, or from results? Then something is
    remembered or counted. Every other site tells no more of itself than a path of '/'."""
    try:
        page = urlsplit(environ["HTTP_REFERER"])
    except ValueError:
        return False
    lang: Language = "nl" if path.startswith("/nl/") else "fr"
    if page.path in ("", "/"):
        return bool(page.netloc == environ.get("HTTP_HOST"))
    return page.path.startswith(f"/{other(lang)}/") or page.path in RESULTS.values()


def _answer(page: KeptPage, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    if page.etag and page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 NOT MODIFIED", [one for one in page.headers if one[0] != "Content-Type"])
        return [b""]
    encoding, content = page.in_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
    headers = [*page.headers, ("Content-Length", str(len(content)))]
    if encoding:
        headers.append(("Content-Encoding", encoding))
    start_response("200 OK", headers)
    return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [content]


# What the views say of their pages.


def holds_until(moment: datetime) -> None:
    """Something on this page changes at this moment."""
    before: datetime | None = g.get("holds_until")
    g.holds_until = moment if before is None else min(before, moment)


def is_own() -> None:
    """This page is its visitor's own, or is not to be kept for another reason."""
    g.own_page = True


def of_search(counted: tuple[Words, Language, bool] | None) -> None:
    """This page answers a search of words that may be kept; whoever gets it is counted so, if she may be."""
    g.kept_search = True
    g.counted_search = counted


def offer(response: Response, now: datetime) -> None:
    """Keeps this page, if it is one for everybody: called when its headers stand, before it is made smaller.

    It is kept as one of the revision that was the newest when it was asked for: it says nothing older.
    """
    key: Key | None = request.environ.get(SLOT)
    if key is None or response.status_code != 200 or _is_somebodys(response) or not is_known_address():
        return
    own: Process = current_app.extensions["guide"]
    headers = [
        (name, value) for name, value in response.headers.items() if name not in ("Content-Length", "Vary")
    ]
    vary = ", ".join([*response.vary, "Accept-Encoding"])
    page = KeptPage(
        headers=[*headers, ("Vary", vary)],
        etag=response.headers.get("ETag", ""),
        content=response.get_data(),
        revision=request.environ[REVISION],
        since=now.replace(second=0, microsecond=0),
        until=min(g.get("holds_until") or midnight(now), midnight(now)),
        counted=g.get("counted_search"),
    )
    own.pages.keep(key, page)


def midnight(now: datetime) -> datetime:
    return datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)


def _is_somebodys(response: Response) -> bool:
    """Is it a page of one visitor? A sensitive page is everybody's; what was searched for on one is not."""
    if g.get("with_token") or g.get("own_page") or "Set-Cookie" in response.headers:
        return True
    if "no-store" in response.headers.get("Cache-Control", "") and not g.get("sensitive"):
        return True
    return bool(g.get("personal")) and not (g.get("kept_search") and not g.get("sensitive"))


def is_known_address() -> bool:
    """Is the address short, and holds it nothing but what this page has read of it by now (`query_value`), each once?

    Others are without number: whoever asked for one after the other would push out what others read.
    """
    names = [name for name, _value in request.args.items(multi=True)]
    is_short = len(request.full_path) <= LONGEST_ADDRESS
    return is_short and len(set(names)) == len(names) and g.get("names_read", set()).issuperset(names)

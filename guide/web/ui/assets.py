"""Static files: named by their content, compressed once, kept by browsers for a year.

`/static/<hash>/css/site.css`: another content is another address, so nothing stale is ever shown.
"""

import base64
import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, request, url_for

from guide import paths

pages = Blueprint("assets", __name__)

_COMPRESSED = ("text/", "image/svg", "application/json", "application/manifest", "application/javascript")
_TYPES = {
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".js": "text/javascript",
    ".webmanifest": "application/manifest+json",
}


_CSS_URL = re.compile(rb"""url\(["']?([\w./-]+)["']?\)""")
_COMMENT = re.compile(rb"^[ \t]*/\*.*?\*/\s*", re.MULTILINE | re.DOTALL)
_INDENT = re.compile(rb"^[ \t]+", re.MULTILINE)
_CSS_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
_CSS_SPACE = re.compile(rb"\s+")
_CSS_AROUND = re.compile(rb" ?([{};,]) ?")


@dataclass(frozen=True, slots=True)
class StaticFile:
    content: bytes
    compressed: bytes | None
    digest: str
    integrity: str
    media_type: str


@lru_cache(maxsize=256)
def _read(name: str) -> StaticFile | None:
    file = (paths.STATIC / name).resolve()
    if not file.is_relative_to(paths.STATIC.resolve()) or not file.is_file():
        return None
    content = file.read_bytes()
    if file.suffix == ".css":
        content = _compact(_CSS_URL.sub(lambda match: _hashed(file.parent / match[1].decode()), content))
    if file.suffix == ".js":
        # Comments and indentation are for who reads the source; a telephone with little data pays for them.
        content = _INDENT.sub(b"", _COMMENT.sub(b"", content))
    media_type = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    squeezed = gzip.compress(content, 9, mtime=0) if media_type.startswith(_COMPRESSED) else None
    digest = hashlib.sha256(content).hexdigest()[:12]
    integrity = f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}"
    return StaticFile(content, squeezed, digest, integrity, media_type)


def _compact(style: bytes) -> bytes:
    """A style sheet without what only a reader of its source needs: comments, indentation, last semicolons."""
    spaced = _CSS_SPACE.sub(b" ", _CSS_COMMENT.sub(b"", style))
    return _CSS_AROUND.sub(rb"\1", spaced).replace(b";}", b"}").replace(b": ", b":").strip()


def _file(name: str) -> StaticFile:
    file = _read(name)
    if file is None:
        raise LookupError(f"static/{name} does not exist")
    return file


def script(name: str) -> str:
    """The text of a script as it is sent. Raises LookupError for an unknown file."""
    return _file(name).content.decode()


def _hashed(file: Path) -> bytes:
    """A file named in a style sheet, by its own hashed address."""
    name = file.resolve().relative_to(paths.STATIC.resolve()).as_posix()
    found = _read(name)
    if found is None:
        raise LookupError(f"a style sheet names static/{name}, which does not exist")
    return f"url(/static/{found.digest}/{name})".encode()


def asset(name: str) -> str:
    """The address of a static file, with the digest of its content. Raises LookupError for an unknown file."""
    return url_for("ui.assets.show", digest=_file(name).digest, name=name)


def integrity(name: str) -> str:
    """What a browser checks a script or style sheet by (SRI). Raises LookupError for an unknown file."""
    return _file(name).integrity


@pages.get("/static/<digest>/<path:name>")
def show(digest: str, name: str) -> Response:
    """A static file; an old digest answers 404, since its content is gone."""
    file = _read(name)
    if file is None or file.digest != digest:
        abort(404)
    squeeze = file.compressed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(
        file.compressed if squeeze and file.compressed is not None else file.content, mimetype=file.media_type
    )
    if file.compressed is not None:
        response.headers["Vary"] = "Accept-Encoding"
    if squeeze:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.set_etag(f"{digest}{'-gz' if squeeze else ''}")
    response.make_conditional(request)
    return response


@pages.get("/favicon.ico")
def favicon() -> Response:
    """Browsers ask for this name whatever the page says."""
    file = _read("img/favicon.svg")
    if file is None:
        abort(404)
    response = Response(file.content, mimetype=file.media_type)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response

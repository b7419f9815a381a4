"""Static files: each used, vendored ones as they came, drawings of the sprite that exist."""

import base64
import gzip
import hashlib
import re

import pytest
from flask import Flask

from guide import paths
from tests.crawl import Site

SPRITE = (paths.STATIC / "img" / "sprite.svg").read_text(encoding="utf-8")
CODE = "\n".join(
    file.read_text(encoding="utf-8")
    for folder in (paths.TEMPLATES, paths.BUNDLE / "guide")
    for file in sorted(folder.rglob("*"))
    if file.suffix in (".html", ".py", ".xml")
)
NOT_SERVED = {"vendor/README.md", "vendor/fonts/OFL.txt"}
"""What explains the files beside it."""


def static_files() -> set[str]:
    return {file.relative_to(paths.STATIC).as_posix() for file in paths.STATIC.rglob("*") if file.is_file()}


def test_every_static_file_is_used() -> None:
    css = (paths.STATIC / "css" / "site.css").read_text(encoding="utf-8")
    used = set(re.findall(r"asset\('([^']+)'\)", CODE)) | set(re.findall(r"STATIC / \"([^\"]+)\"", CODE))
    used |= {name for name in static_files() if f'_read("{name}")' in CODE or f'script("{name}")' in CODE}
    used |= {name.removeprefix("../") for name in re.findall(r"url\([\"']?([^\"')]+)", css)}
    assert used | NOT_SERVED == static_files() | (used & NOT_SERVED)


@pytest.mark.control("C27")
def test_every_script_and_style_sheet_says_what_it_is_checked_by(app: Flask, whole_site: Site) -> None:
    kept: set[tuple[str, str]] = set()
    for path, page in whole_site.html().items():
        loaded = [e for e in page.all("link") if e.attributes["rel"] == "stylesheet"] + page.all("script")
        assert loaded, path
        for element in loaded:
            address = element.attributes.get("src") or element.attributes["href"]
            assert element.attributes.get("integrity", "").startswith("sha384-"), (path, address)
            kept.add((address, element.attributes["integrity"]))
    client = app.test_client()
    for address, integrity in kept:
        for encoding in ("gzip", "identity"):
            answer = client.get(address, headers={"Accept-Encoding": encoding})
            content = answer.get_data()
            content = gzip.decompress(content) if "Content-Encoding" in answer.headers else content
            found = base64.b64encode(hashlib.sha384(content).digest()).decode()
            assert integrity == f"sha384-{found}", address


def test_no_template_loads_a_file_without_saying_what_it_is_checked_by() -> None:
    for file in sorted(paths.TEMPLATES.rglob("*.html")):
        text = file.read_text(encoding="utf-8")
        for tag in re.findall(r'<(?:script|link rel="stylesheet")[^>]*', text):
            address, sums = (re.findall(rf"{name}\('([^']+)'\)", tag) for name in ("asset", "integrity"))
            assert sums == address != [], (
                f"{file.name}: integrity=\"{{{{ integrity('…') }}}}\" is missing in {tag}"
            )


@pytest.mark.control("C27")
def test_vendored_files_are_those_of_the_table() -> None:
    folder = paths.STATIC / "vendor"
    rows = re.findall(r"^\| (\S+) \| .* \| ([0-9a-f]{64}) \|", (folder / "README.md").read_text(), flags=re.M)
    vendored = {name.removeprefix("vendor/") for name in static_files() if name.startswith("vendor/fonts/")}
    assert {name for name, _ in rows} == vendored
    for name, digest in rows:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_every_drawing_that_a_page_uses_exists(whole_site: Site) -> None:
    drawings = set(re.findall(r'<symbol id="([^"]+)"', SPRITE))
    assert len(drawings) > 20
    used: set[str] = set()
    for page in whole_site.html().values():
        for element in page.all("use"):
            used.add(element.attributes["href"].partition("#")[2])
    assert used <= drawings


def test_drawings_stand_beside_words_and_are_not_read_aloud(whole_site: Site) -> None:
    for path, page in whole_site.html().items():
        ids = {element.attributes.get("id") for element in page.elements}
        for element in page.all("svg"):
            hidden = element.attributes.get("aria-hidden") == "true"
            role = element.attributes.get("role")
            # An image hides what is in it: a drawing that holds links is a group with a name and a description.
            holds_links = role == "group" and {
                element.attributes.get("aria-labelledby"),
                element.attributes.get("aria-describedby"),
            } <= ids - {None}
            assert hidden or holds_links or (role == "img" and element.attributes.get("aria-label")), path


def test_the_script_looks_for_nothing_that_no_template_holds() -> None:
    script = (paths.STATIC / "js" / "site.js").read_text(encoding="utf-8")
    assert "fetch(" not in script or "/suggest" in CODE
    for name in set(re.findall(r"\[(data-[a-z-]+)\]", script)):
        assert name in CODE, f"site.js looks for {name}"


def test_style_sheets_and_drawings_load_nothing_from_elsewhere() -> None:
    for name in static_files():
        if name.endswith((".css", ".svg", ".js")):
            text = (paths.STATIC / name).read_text(encoding="utf-8")
            for address in re.findall(r"https?://[^\s\"')]+", text):
                assert address.startswith("http://www.w3.org/"), f"{name}: {address}"
            assert "@import" not in text

"""The copy of the public guide on a stick: every link finds its file, nothing asks for a server."""

import json
import posixpath
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zlib import crc32

import pytest
from flask import Flask

from guide import cli
from guide.commands import site_copy as command
from guide.publish import site_copy
from guide.settings import SettingError
from tests.loading.helpers import files_of
from tests.rounds import rounds
from tests.running import open_app, settings_for

ADDRESS = "https://gids.example.be"
DAY = date(2026, 11, 23)
SMALL = frozenset({"public.home.door", "public.home.index", "public.urgent.show", "public.offline.search"})

PAGE = """<!doctype html>
<html lang="fr"><head><title>x</title><link rel="canonical" href="https://a.be/fr/">
<script src="/static/0a/js/site.js" data-worker="/sw.js" defer></script></head>
<body class=""><header><nav><ul><li><a href="/fr/">Accueil</a></li>
<li><a href="/fr/ma-liste">Ma liste</a></li></ul></nav></header>
<main><h1>Caf&eacute; &amp; th&#233;</h1>
<p>Voir <a href="/fr/ailleurs">ailleurs</a> ou <a href="/fr/b#ici">ici</a>.</p>
<p><a class="btn" href="/fr/ailleurs">Ailleurs</a></p><span class="at-this-hour">Ouvert</span>
<form method="post" action="/fr/x"><button>Garder</button></form>
<svg viewBox="0 0 24 24"><use href="/static/0a/img/sprite.svg#pin"/></svg></main></body></html>
"""
SPRITE = (
    '<svg><symbol id="pin" viewBox="0 0 2 2"><path d="M1"/></symbol><symbol id="bus"><path/></symbol></svg>'
)


def made(page: str = PAGE) -> str:
    held = {"/fr/": "fr/index.html", "/fr/b": "fr/b.html"}
    return site_copy.page_of_copy(
        site_copy.read(page),
        site_copy.CopiedPage("fr/a.html", "fr/chercher.html", "Copie du jour"),
        held.get,
        SPRITE,
    )


def test_a_page_that_is_read_and_written_is_the_same() -> None:
    assert site_copy.read(PAGE).written() == PAGE


def test_a_page_with_an_element_left_open_is_refused() -> None:
    with pytest.raises(ValueError, match="</div> where <p> is open"):
        site_copy.read("<div><p></div>")


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/fr/", "fr/index.html"),
        ("/fr/services/", "fr/services/index.html"),
        ("/fr/services/?page=2", "fr/services/page-2.html"),
        ("/nl/diensten/huys", "nl/diensten/huys.html"),
        ("/static/0a1b/css/site.css", "files/css/site.css"),
    ],
)
def test_every_address_has_its_file(address: str, file: str) -> None:
    assert site_copy.file_of(address) == file


def test_links_lead_to_files_beside_and_lost_ones_go_with_what_held_them() -> None:
    page = made()
    assert 'href="index.html"' in page
    assert 'href="b.html#ici"' in page
    assert "Ma liste" not in page
    assert "Ailleurs" not in page
    assert "<li></li>" not in page


def test_what_needs_a_server_or_was_true_at_one_hour_is_gone() -> None:
    page = made()
    for gone in ("<form", "Garder", "Ouvert", "canonical", "sw.js", "site.js"):
        assert gone not in page


def test_a_page_holds_its_own_drawings_and_its_date() -> None:
    page = made()
    assert 'href="#i-pin"' in page
    assert '<symbol id="i-pin" viewBox="0 0 2 2">' in page
    assert "i-bus" not in page
    assert '</header><div class="wrap kept-line"><p>Copie du jour</p></div>' in page
    assert "Caf&eacute; &amp; th&#233;" in page


def test_a_style_sheet_finds_its_font_beside_it() -> None:
    css = site_copy.style("a{src:url(/static/0a/vendor/fonts/x.woff2)}", "files/css/site.css")
    assert css == "a{src:url(../vendor/fonts/x.woff2)}"


def is_left_out(address: str) -> bool:
    """Of the pages of actions, listings, projects and organisations, most of a copy and all alike, a fifth is enough
    here; CI copies all.
    """
    one = re.fullmatch(
        r"/(?:fr/(?:plans/[^/]+|services|organismes|projets)|nl/(?:plannen/[^/]+|diensten|organisaties|projecten))/([^/?]+)",
        address,
    )
    return bool(one) and one[1] not in NAMED and crc32(one[1].encode()) % rounds(here=5, ci=1) != 0


NAMED = frozenset({"46", "1712", "cpas-jette"})
"""An action, a listing and an organisation that a test names: a sensitive listing among them."""


@pytest.fixture(scope="module")
def copy(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy of the guide."""
    folder = tmp_path_factory.mktemp("stick") / "a folder"
    is_copied = command._Copy._is_copied
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            command._Copy,
            "_is_copied",
            lambda self, address: not is_left_out(address) and is_copied(self, address),
        )
        # With the templates that other applications of this run have compiled.
        patch.setattr(command, "create_app", open_app)
        command.write(settings_for(loaded, site_url=ADDRESS), folder, DAY)
    return folder


def pages(copy: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(copy.rglob("*.html")):
        yield file.relative_to(copy).as_posix(), file.read_text(encoding="utf-8")


def addresses(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<(a|link|script|form|use|img)\b[^>]*?\b(?:href|src|action)="([^"]*)"', html)


def test_the_copy_holds_every_kind_of_page_in_both_languages(copy: Path) -> None:
    for name in (
        *("index.html", "fr/index.html", "nl/index.html", "fr/urgence.html", "nl/dringend.html"),
        *("fr/services/cpas-jette.html", "nl/diensten/cpas-jette.html", "fr/besoins/faim.html"),
        *("nl/noden/honger.html", "fr/organismes/cpas-jette.html", "fr/plans/pasap-2022-2027/46.html"),
        *("nl/plannen/index.html", "fr/services/page-2.html", "nl/diensten/page-2.html"),
        *("fr/hors-ligne/chercher.html", "nl/offline/zoeken.html", "files/vendor/fonts/OFL.txt"),
    ):
        assert (copy / name).is_file(), name
    french, dutch = (len(list((copy / lang).rglob("*.html"))) for lang in ("fr", "nl"))
    assert french == dutch > rounds(here=60, ci=200)


def test_every_link_of_the_copy_finds_its_file_and_none_begins_at_the_root(copy: Path) -> None:
    held = set(files_of(copy))
    lost = set()
    for name, html in pages(copy):
        for tag, address in addresses(html):
            parts = urlsplit(address.replace("&amp;", "&"))
            if parts.scheme:
                assert parts.netloc != urlsplit(ADDRESS).netloc, (name, address)
                assert tag == "a", (name, address)
                continue
            assert not parts.path.startswith("/"), (name, address)
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path) or "."))
            if parts.path and target not in held:
                lost.add((name, address))
    assert not lost


def test_no_form_of_the_copy_asks_a_server(copy: Path) -> None:
    for name, html in pages(copy):
        for form in re.findall(r"<form[^>]*>", html):
            assert 'role="search"' in form, name
            assert 'method="get"' in form, name
            assert re.search(r'action="[^"]*(chercher|zoeken)\.html"', form), name
        assert "data-worker" not in html, name
        assert "/sw.js" not in html, name


def test_every_page_of_the_copy_says_its_date_and_where_the_guide_of_today_is(copy: Path) -> None:
    for name, html in pages(copy):
        words = "23 november 2026" if name.startswith("nl/") else "23 novembre 2026"
        line = html.partition('<div class="wrap kept-line">')[2].partition("</div>")[0]
        assert words in line, name
        assert "gids.example.be" in line, name


def test_no_page_of_the_copy_says_what_is_open_at_this_hour(copy: Path) -> None:
    for name, html in pages(copy):
        assert "at-this-hour" not in html, name
        assert "today-word" not in html, name
        assert "Ouvert, jusqu’à" not in html, name


def test_the_words_to_search_lead_to_pages_of_the_copy(copy: Path) -> None:
    for lang, search in (("fr", "fr/hors-ligne"), ("nl", "nl/offline")):
        text = (copy / f"files/guide-{lang}.js").read_text(encoding="utf-8")
        guide = json.loads(text.removeprefix("window.GUIDE=").rstrip(";\n"))
        assert len(guide["services"]) > 70
        for service in guide["services"]:
            address = posixpath.join("/", search, service["path"].removesuffix(".html"))
            assert (copy / search / service["path"]).is_file() or is_left_out(posixpath.normpath(address))


def test_the_same_database_and_day_give_the_same_bytes(
    loaded: Path, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "COPIED", SMALL)
    # The copy of all pages started an application; this one knows its words already.
    monkeypatch.setattr(command, "create_app", lambda settings, clock: app)
    settings = settings_for(loaded, site_url=ADDRESS)
    for name in ("one", "two"):
        command.write(settings, tmp_path / name, DAY)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert len(list((tmp_path / "one").rglob("*.html"))) == 7


def test_a_folder_with_something_in_it_is_left_alone(loaded: Path, tmp_path: Path) -> None:
    (tmp_path / "old.html").write_text("x")
    with pytest.raises(SettingError, match="is not empty"):
        command.write(settings_for(loaded, site_url=ADDRESS), tmp_path, DAY)
    assert [file.name for file in tmp_path.iterdir()] == ["old.html"]


def test_without_a_web_address_there_is_no_copy(
    loaded: Path, tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GUIDE_INSTANCE", str(loaded))
    monkeypatch.delenv("GUIDE_SITE_URL", raising=False)
    assert cli.main(["export", "--format", "site", str(tmp_path / "copy")]) == 1
    assert "GUIDE_SITE_URL" in capsys.readouterr().err
    assert not (tmp_path / "copy").exists()


def test_a_page_of_the_copy_is_sound_html(copy: Path) -> None:
    import html5lib

    for name in ("index.html", "fr/index.html", "nl/diensten/1712.html", "fr/hors-ligne/chercher.html"):
        parser = html5lib.HTMLParser(strict=False)
        parser.parse((copy / name).read_text(encoding="utf-8"))
        assert not [error for error in parser.errors if error[1] != "expected-doctype-but-got-start-tag"], (
            name
        )

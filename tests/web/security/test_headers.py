"""Headers of every answer: policy, caching, ETag, and the only cookies there are."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from guide.model import Role
from tests.pages import PageClient, check_headers
from tests.people import someone

KINDS = [
    ("/", 200),
    ("/fr/", 200),
    ("/nl/diensten/?q=honger", 200),
    ("/fr/services/resto-jet", 200),
    ("/fr/services/1712", 200),
    ("/fr/plans/pasap-2022-2027/46", 200),
    ("/fr/suggestions?q=lo", 200),
    ("/fr/services/rien", 404),
    ("/rien", 404),
    ("/static/0/rien.css", 404),
    ("/fr/ma-liste/changer", 405),
    ("/s/huys", 302),
    ("/fr/projets/resto-jet", 301),
    ("/fr/services", 308),
    ("/robots.txt", 200),
    ("/sitemap.xml", 200),
    ("/favicon.ico", 200),
    ("/healthz", 200),
    ("/readyz", 200),
]
PUBLIC = [
    "/fr/",
    "/nl/kaart",
    "/fr/services/resto-jet",
    "/fr/plans/pas-2015-2020/",
    "/nl/dringend",
]
SENSITIVE = [
    "/fr/services/1712",
    "/nl/diensten/1712",
    "/fr/besoins/danger",
    "/nl/noden/gevaar",
    "/fr/services/?q=suicide",
    "/nl/diensten/?q=zelfmoord",
    "/nl/diensten/",
]


def assets(client: PageClient, path: str = "/fr/services/1712") -> list[str]:
    page = client.get(path)
    found = [element.attributes["href"] for element in page.all("link")]
    found += [element.attributes.get("src", "") for element in page.all("script")]
    found += [e.attributes["href"].partition("#")[0] for e in page.all("use")]
    return sorted({address for address in found if address.startswith("/static/")})


@pytest.mark.control("C15")
@pytest.mark.parametrize(("path", "status"), KINDS)
def test_every_kind_of_answer_bears_the_policy(client: PageClient, path: str, status: int) -> None:
    page = client.get(path)
    assert page.status == status
    policy = dict(
        part.strip().partition(" ")[::2] for part in page.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    for name in (
        "script-src",
        "style-src",
        "img-src",
        "font-src",
        "connect-src",
        "worker-src",
        "manifest-src",
    ):
        assert policy[name] == "'self'"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "Set-Cookie" not in page.headers


def test_static_files_are_hashed_compressed_and_kept_for_a_year(client: PageClient) -> None:
    found = assets(client)
    assert {Path(address).suffix for address in found} == {".css", ".js", ".svg", ".woff2"}
    for address in found:
        assert re.fullmatch(r"/static/[0-9a-f]{12}/.+", address)
        answer = client.http.get(address, headers={"Accept-Encoding": "gzip"})
        check_headers(answer)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        plain = client.http.get(address).get_data()
        if address.endswith(".woff2"):
            assert "Content-Encoding" not in answer.headers
        else:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert gzip.decompress(answer.get_data()) == plain
        again = client.http.get(
            address, headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]}
        )
        assert again.status_code == 304
        assert not again.get_data()


@pytest.mark.parametrize(
    "name",
    [
        "css/site.css",
        "../pyproject.toml",
        "..%2f..%2fpyproject.toml",
        "%2e%2e/guide/app.py",
        "",
        "css",
        "%00",
    ],
)
def test_a_static_address_with_another_digest_or_outside_is_not_found(client: PageClient, name: str) -> None:
    assert client.get(f"/static/000000000000/{name}").status == 404


def test_the_style_sheet_names_files_by_their_hash(client: PageClient) -> None:
    css = client.http.get(next(a for a in assets(client) if a.endswith(".css"))).get_data(as_text=True)
    named = re.findall(r"url\(([^)]+)\)", css)
    assert named
    for address in named:
        assert client.http.get(address.strip("\"'")).status_code == 200


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_asked_again_answers_304_until_it_changes(client: PageClient, path: str) -> None:
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Cookie" in first.headers["Vary"]
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304
    assert not again.html
    assert client.get(path, headers={"If-None-Match": 'W/"other"'}).status == 200


def test_who_saves_data_gets_a_page_without_our_font_and_shared_caches_keep_both(client: PageClient) -> None:
    usual, sparing = client.get("/fr/"), client.get("/fr/", headers={"Save-Data": "on"})
    assert "public-sans" in usual.html
    assert "public-sans" not in sparing.html
    for page in (usual, sparing):
        assert "Save-Data" in page.headers["Vary"]
    again = client.get("/fr/", headers={"Save-Data": "on", "If-None-Match": usual.headers["ETag"]})
    assert again.status == 200
    assert "public-sans" not in again.html


def test_a_switch_to_a_page_that_the_browser_has_is_remembered(client: PageClient) -> None:
    known = client.get("/nl/dringend").headers["ETag"]
    referer = {"Referer": "http://localhost/fr/urgence"}
    answer = client.http.get("/nl/dringend", headers={**referer, "If-None-Match": known})
    assert answer.status_code == 304
    assert answer.headers["Set-Cookie"].startswith("langue=nl;")


@pytest.mark.parametrize("path", PUBLIC)
def test_a_compressed_page_answers_304_too(client: PageClient, path: str) -> None:
    headers = {"Accept-Encoding": "gzip"}
    first = client.http.get(path, headers=headers)
    assert first.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in first.headers["Vary"]
    again = client.http.get(path, headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.control("C22")
def test_a_page_with_a_list_is_kept_by_its_own_browser_only(client: PageClient) -> None:
    client.http.set_cookie("liste", "huys")
    for path in ("/fr/", "/fr/ma-liste", "/fr/services/resto-jet"):
        assert client.get(path).headers["Cache-Control"] == "private, no-cache"


@pytest.mark.control("C22")
@pytest.mark.parametrize("path", SENSITIVE)
def test_a_sensitive_page_is_kept_by_nobody(client: PageClient, path: str) -> None:
    page = client.get(path)
    assert page.headers["Cache-Control"] == "no-store"
    assert "ETag" not in page.headers


@pytest.mark.parametrize(
    "path", ["/fr/", "/fr/services/?q=faim", "/fr/services/1712", "/nl/kaart", "/", "/fr/ma-liste"]
)
def test_looking_sets_no_cookie(client: PageClient, path: str) -> None:
    assert "Set-Cookie" not in client.get(path).headers
    assert "Set-Cookie" not in client.get(path, headers={"Referer": "https://www.example.be/fr/"}).headers
    assert "Set-Cookie" not in client.get(path, headers={"Accept-Language": "nl"}).headers


@pytest.mark.parametrize(
    ("path", "came_from", "chosen"),
    [
        ("/nl/", "http://localhost/fr/", "nl"),
        ("/fr/services/resto-jet", "http://localhost/nl/diensten/resto-jet?x=1", "fr"),
        ("/nl/", "http://localhost/", "nl"),
    ],
)
def test_a_real_switch_is_remembered(client: PageClient, path: str, came_from: str, chosen: str) -> None:
    page = client.get(path, headers={"Referer": came_from})
    lines = page.headers.getlist("Set-Cookie")
    assert len(lines) == 1
    assert lines[0].startswith(f"langue={chosen};")
    assert "HttpOnly" in lines[0]
    assert "SameSite=Lax" in lines[0]
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in client.get(path, headers={"Referer": came_from}).headers


@pytest.mark.parametrize(
    ("path", "came_from"),
    [
        ("/nl/", "http://localhost/nl/diensten/"),
        ("/fr/", "http://localhost/fr/besoins/faim"),
        ("/nl/", "http://localhost.evil.example/fr/"),
        ("/nl/", "https://evil.example/http://localhost/fr/"),
        ("/nl/", "nonsense"),
    ],
)
def test_what_is_no_switch_is_not_remembered(client: PageClient, path: str, came_from: str) -> None:
    assert "Set-Cookie" not in client.get(path, headers={"Referer": came_from}).headers


def test_on_a_secure_site_cookies_are_secure_and_the_browser_is_told_to_stay(
    make_app: Callable[..., Flask], loaded: Path
) -> None:
    client = PageClient(make_app(loaded, site_url="https://gids.example.be"))
    host = {"Host": "gids.example.be"}
    page = client.post("/fr/ma-liste/changer", data={"ajouter": "huys"}, headers=host)
    assert "Secure" in page.headers["Set-Cookie"]
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]


def test_head_answers_like_get_without_a_body(client: PageClient) -> None:
    answer = client.http.head("/fr/services/resto-jet")
    assert answer.status_code == 200
    assert not answer.get_data()
    assert answer.headers["ETag"] == client.get("/fr/services/resto-jet").headers["ETag"]


def test_a_compressed_page_writes_its_token_otherwise_each_time_and_any_of_them_counts(
    make_app: Callable[..., Flask], instance: Path
) -> None:
    app = make_app(instance)
    editor, visitor = someone(app, Role.EDITOR, "caba-jette"), PageClient(app)
    for client, path in ((editor, "/fr/mon-compte/"), (visitor, "/fr/connexion")):
        answers = [client.http.get(path, headers={"Accept-Encoding": "gzip"}) for _ in range(3)]
        assert {answer.headers["Content-Encoding"] for answer in answers} == {"gzip"}
        pages = [gzip.decompress(answer.get_data()).decode() for answer in answers]
        found = [re.findall(r'name="_jeton" value="([^"]+)"', page) for page in pages]
        tokens = [token for page in found for token in page]
        assert len(set(tokens)) == len(tokens) >= 3
        # Whatever else differs between two answers is not longer than a token's neighbourhood.
        assert len({re.sub(r'value="[\w=-]{40,}"', "", page) for page in pages}) == 1
        for page in found:
            assert client.post(path, data={"_jeton": page[-1]}).status != 400

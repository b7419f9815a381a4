"""Every answer has all the points that the MDN HTTP Observatory gives: 160, or 155 when it sets no cookie."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import Client, TestResponse

from guide.model import Role
from guide.web.security.policy import LARGEST
from tests.conventions.test_policy import address, routes, who_asks
from tests.observatory import score
from tests.people import add_account, signed_in_client
from tests.running import app_on_copy

SITE = "https://guide.example.be"
FULL = 150
"""What headers alone give. A page has a script and its sum (5); a file and a redirect have none."""


@pytest.fixture(scope="module")
def guide_app(tmp_path_factory: pytest.TempPathFactory, loaded) -> Iterator[Flask]:
    with app_on_copy(loaded, tmp_path_factory.mktemp("observatory"), site_url=SITE) as app:
        app.testing = False
        yield app


def require_all_points(answer: TestResponse, asked: str) -> None:
    page = answer.mimetype == "text/html" and not 300 <= answer.status_code < 400 and bool(answer.get_data())
    points = score(answer.headers.items(), answer.get_data(as_text=True) if page else "")
    expected = FULL + (5 if page else 0) + (5 if "Set-Cookie" in answer.headers else 0)
    assert 100 + sum(points.values()) == expected, (asked, answer.status_code, points)


def asked(client: Client, path: str, method: str = "GET", **options: Any) -> TestResponse:
    return client.open(path, base_url=SITE, method=method, **options)


def test_the_rules_know_better_from_worse() -> None:
    assert sum(score([]).values()) == -25 - 20 - 5 - 5 - 20
    loose = [("Content-Security-Policy", "default-src 'self' 'unsafe-inline'"), ("Set-Cookie", "session=x")]
    assert score(loose)["csp"] == -20
    assert score(loose)["cookies"] == -30
    page = [("Content-Type", "text/html")]
    assert score(page, '<script src="/a.js"></script>')["scripts"] == 0
    assert score(page, '<script src="/a.js" integrity="sha384-x"></script>')["scripts"] == 5
    assert score(page, '<script src="//a.example/a.js" integrity="sha384-x"></script>')["scripts"] == -50


@pytest.mark.control("C15")
def test_every_route_has_all_points_for_a_visitor(guide_app: Flask) -> None:
    client = guide_app.test_client()
    for rule, method in routes(guide_app):
        path = address(guide_app, rule)
        require_all_points(asked(client, path, method), f"{method} {path}")


@pytest.mark.control("C15")
@pytest.mark.parametrize("role", list(Role))
def test_every_route_has_all_points_for_somebody_signed_in(guide_app: Flask, role: Role) -> None:
    person = add_account(guide_app, role, "caba-jette" if role in (Role.EDITOR, Role.SOCIAL_WORKER) else None)
    client = signed_in_client(guide_app, person).http
    for rule, method in routes(guide_app):
        path = address(guide_app, rule)
        if method == "GET" and role in who_asks(rule, path):
            require_all_points(asked(client, path), f"{method} {path}")


@pytest.mark.parametrize("path", ["/fr/", "/nl/diensten/cpas-jette", "/fr/services/1712", "/fr/besoins/faim"])
def test_real_pages_and_their_files_have_all_points(guide_app: Flask, path: str) -> None:
    client = guide_app.test_client()
    answer = asked(client, path)
    assert answer.status_code == 200
    require_all_points(answer, path)
    for name in {part.partition('"')[0] for part in answer.get_data(as_text=True).split('"/static/')[1:]}:
        require_all_points(asked(client, f"/static/{name.partition('#')[0]}"), name)


@pytest.mark.control("C15")
def test_what_goes_wrong_has_all_points(guide_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = guide_app.test_client()
    wrong = {
        404: asked(client, "/nl/niets"),
        405: asked(client, "/fr/", "DELETE"),
        413: asked(client, "/fr/ma-liste/changer", "POST", data=b"a" * (LARGEST + 1)),
        400: client.get("/fr/", base_url="https://ailleurs.example"),
    }
    for problem, status in ((ValueError(), 500), (OperationalError("select", {}, ValueError()), 503)):

        def fail(lang: str, problem: Exception = problem) -> str:
            raise problem

        monkeypatch.setitem(guide_app.view_functions, "public.urgent.show", fail)
        guide_app.extensions["guide"].pages.clear()
        wrong[status] = asked(client, "/fr/urgence")
    for status, answer in wrong.items():
        assert answer.status_code == status
        require_all_points(answer, str(status))


def test_cookies_have_their_points(guide_app: Flask) -> None:
    client = guide_app.test_client()
    answer = asked(client, "/fr/ma-liste/changer", "POST", data={"ajouter": "huys"})
    assert "Set-Cookie" in answer.headers
    require_all_points(answer, "my list")
    answer = asked(client, "/nl/", headers={"Referer": f"{SITE}/fr/"})
    assert 100 + sum(score(answer.headers.items(), answer.get_data(as_text=True)).values()) == 160

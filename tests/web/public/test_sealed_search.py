"""A search that tells of a crisis: its words stand in no address, no log and no cache, and for ten minutes."""

import base64
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse

from guide.languages import Language
from guide.model import SearchedWord, UnknownWord, WayIn
from guide.web.public import sealed_search, services
from tests.pages import Page, PageClient, check_headers
from tests.people import someone
from tests.running import MONDAY_MORNING, served
from tests.words import of_class

pytestmark = pytest.mark.usefixtures("database_kind")

PATHS: dict[Language, str] = {"fr": "/fr/services/", "nl": "/nl/diensten/"}
NAMES: dict[Language, str] = {"fr": "recherche", "nl": "zoekopdracht"}
SIGN = "zqmot"
"""A word that stands nowhere in the guide."""
CRISES: dict[Language, str] = {"fr": f"mon mari me frappe {SIGN}", "nl": f"mijn man slaat mij {SIGN}"}


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = MONDAY_MORNING

    def __call__(self) -> datetime:
        return self.moment


def asked(lang: Language, words: str = "", **others: str) -> str:
    return f"{PATHS[lang]}?{urlencode({'q': words or CRISES[lang], **others})}"


def redirected(client: PageClient, path: str, **options: object) -> TestResponse:
    """The redirect itself, which `PageClient.get` would follow."""
    answer = client.http.get(path, **options)
    check_headers(answer)
    assert answer.status_code == 303, path
    assert answer.headers["Cache-Control"] == "no-store"
    return answer


def sealed_address(client: PageClient, lang: Language, words: str = "", **others: str) -> str:
    return str(redirected(client, asked(lang, words, **others)).headers["Location"])


def box(page: Page) -> dict[str, str]:
    return next(field.attributes for field in page.all("input") if field.attributes.get("name") == "q")


def addresses(page: Page) -> list[str]:
    """Every address of the page: links, forms, hidden values that are paths."""
    found = [element.attributes.get(name, "") for element in page.elements for name in ("href", "action")]
    hidden = [field.attributes for field in page.all("input") if field.attributes.get("type") == "hidden"]
    return found + [field.get("value", "") for field in hidden]


@pytest.mark.control("C29")
def test_the_words_of_a_crisis_are_in_no_address_of_the_answer(client: PageClient, lang: Language) -> None:
    answer = redirected(client, asked(lang))
    target = urlsplit(answer.headers["Location"])
    assert (target.scheme, target.netloc, target.path) == ("", "", PATHS[lang])
    assert list(parse_qs(target.query)) == [NAMES[lang]]
    for part in (answer.headers["Location"], answer.get_data(as_text=True), str(answer.headers)):
        assert SIGN not in unquote(part)
    page = client.get(answer.headers["Location"])
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert of_class(page, "crisis")
    assert of_class(page, "leave")
    assert "noindex" in page.html
    assert box(page)["value"] == CRISES[lang]
    assert SIGN not in page.title
    assert not [address for address in addresses(page) if SIGN in unquote(address)]


@pytest.mark.parametrize("words", ["faim", "je cherche un vélo", ""])
def test_a_calm_search_keeps_its_address(client: PageClient, words: str) -> None:
    answer = client.http.get(f"/fr/services/?{urlencode({'q': words})}")
    assert answer.status_code == 200
    assert "recherche=" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("sign", ["alone", "distress"])
def test_distress_that_is_unsure_is_sealed_too(
    client: PageClient, monkeypatch: pytest.MonkeyPatch, sign: str
) -> None:
    """Whatever the recogniser calls so; here it says so of everything."""
    heard = services.understand
    monkeypatch.setattr(services, "understand", lambda *given: replace(heard(*given), **{sign: True}))
    client.forget()
    page = client.get(sealed_address(client, "fr", "faim"))
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"


def test_where_a_means_to_die_is_looked_for_nothing_repeats_the_words(
    client: PageClient, monkeypatch: pytest.MonkeyPatch, lang: Language
) -> None:
    heard = services.understand
    monkeypatch.setattr(services, "understand", lambda *given: replace(heard(*given), alone=True))
    client.forget()
    page = client.get(sealed_address(client, lang))
    assert box(page)["value"] == ""
    assert SIGN not in page.html


def test_words_that_are_no_crisis_any_more_are_shown_and_never_sent_on(
    app: Flask, client: PageClient, lang: Language
) -> None:
    with app.test_request_context(PATHS[lang]):
        sealed = sealed_search.seal_words("velo")
    page = client.get(f"{PATHS[lang]}?{NAMES[lang]}={sealed}")
    assert page.status == 200
    assert page.keys
    assert box(page)["value"] == "velo"
    assert page.headers["Cache-Control"] == "no-store"
    assert not [address for address in addresses(page) if "q=velo" in address]


@pytest.mark.control("C29")
def test_every_link_and_form_of_the_page_carries_the_seal(client: PageClient, lang: Language) -> None:
    target = sealed_address(client, lang, {"fr": "violence", "nl": "geweld"}[lang])
    page = client.get(target)
    other: Language = "nl" if lang == "fr" else "fr"
    sealed = parse_qs(urlsplit(target).query)[NAMES[lang]][0]
    switch = next(a.attributes["href"] for a in page.all("a") if a.attributes.get("class") == "switch")
    assert switch == f"{PATHS[other]}?{NAMES[other]}={sealed}"
    chips = [link for link in page.links() if link.startswith(f"{PATHS[lang]}?")]
    assert chips
    assert all(parse_qs(urlsplit(link).query).get(NAMES[lang]) == [sealed] for link in chips)
    fields = [(field.attributes.get("name"), field.attributes.get("value")) for field in page.all("input")]
    assert (NAMES[lang], sealed) in fields, "the form of filters"
    assert fields.count(("q", {"fr": "violence", "nl": "geweld"}[lang])) == 1, "the search box alone"
    filtered = client.get(chips[0])
    assert filtered.status == 200
    assert of_class(filtered, "crisis")
    twin = client.get(switch)
    assert twin.status == 200
    assert box(twin)["value"] == {"fr": "violence", "nl": "geweld"}[lang]
    assert twin.headers["Cache-Control"] == "no-store"


def test_filters_and_page_go_along(client: PageClient) -> None:
    target = sealed_address(client, "fr", gratuit="1", besoin="danger", page="2", autre="zqautre")
    values = parse_qs(urlsplit(target).query)
    assert set(values) == {"recherche", "gratuit", "besoin", "page"}
    assert (values["gratuit"], values["besoin"], values["page"]) == (["1"], ["danger"], ["2"])


def test_a_new_search_on_the_page_is_a_new_search(client: PageClient) -> None:
    target = sealed_address(client, "fr")
    form = next(form for form in client.get(target).all("form") if form.attributes.get("role") == "search")
    assert form.attributes["action"] == "/fr/services/"
    assert form.attributes["method"] == "get"
    sealed = urlsplit(target).query
    assert box(client.get(f"/fr/services/?q=velo&{sealed}"))["value"] == "velo"
    assert sealed not in redirected(client, f"{asked('fr')}&{sealed}").headers["Location"]


@pytest.fixture
def moved(instance: Path, make_app: Callable[..., Flask]) -> tuple[PageClient, Clock]:
    clock = Clock()
    return PageClient(make_app(instance, clock=clock)), clock


@pytest.mark.control("C29")
def test_it_is_good_for_ten_minutes(moved: tuple[PageClient, Clock], lang: Language) -> None:
    client, clock = moved
    target = sealed_address(client, lang)
    clock.moment += timedelta(minutes=10)
    assert of_class(client.get(target), "crisis")
    clock.moment += timedelta(seconds=1)
    no_longer_kept(client.get(target))
    clock.moment = MONDAY_MORNING - timedelta(minutes=11)
    no_longer_kept(client.get(target))


def no_longer_kept(page: Page) -> None:
    assert page.status == 410
    assert page.headers["Cache-Control"] == "no-store"
    assert "plus gardée" in page.words or "niet meer bewaard" in page.words
    assert box(page)["value"] == ""
    assert SIGN not in page.html
    main = page.html[page.html.index("<main") : page.html.index("<footer")]
    assert {"tel:112", "tel:101"} <= set(re.findall(r'href="(tel:\d+)"', main))
    assert of_class(page, "leave")
    assert "noindex" in page.html
    assert not [one for one in page.all("link") if "?" in one.attributes["href"]], "known without a query"


def test_whatever_was_not_sealed_here_gets_the_numbers(
    app: Flask, client: PageClient, instance: Path, make_app: Callable[..., Flask], lang: Language
) -> None:
    sealed = parse_qs(urlsplit(sealed_address(client, lang)).query)[NAMES[lang]][0]
    elsewhere = PageClient(make_app(instance, secret_key="y" * 40))
    foreign = parse_qs(urlsplit(sealed_address(elsewhere, lang)).query)[NAMES[lang]][0]
    changed = sealed[:-8] + ("A" if sealed[-8] != "A" else "B") + sealed[-7:]
    with app.app_context():
        other_purpose = base64.urlsafe_b64encode(
            sealed_search.seal(app.config["SECRET_KEY"], "mail", "mail", "1 x")
        ).decode()
    for value in (
        *("x", "-", "é", "%00", "=", "AAAA", "a" * 5000, "😀", " ", "mes mots"),
        *(sealed[:-1], sealed[4:], sealed + "A", sealed * 2, changed, foreign, other_purpose, sealed.lower()),
    ):
        path = f"{PATHS[lang]}?{NAMES[lang]}={quote(value)}"
        no_longer_kept(client.get(path))
    assert client.get(f"{PATHS[lang]}?{NAMES[lang]}=").status == 200, "nothing asked: every service"


@pytest.mark.parametrize(
    ("lang", "letter"), [("fr", "a"), ("nl", "é"), ("fr", "ك"), ("nl", "食"), ("fr", "😀")]
)
def test_long_words_make_a_bounded_address_and_the_page_says_that_they_were_cut(
    client: PageClient, lang: Language, letter: str
) -> None:
    words = f"{CRISES[lang]} {letter * 300} {'b ' * 2000}"
    target = sealed_address(client, lang, words)
    assert len(target) <= sealed_search.LONGEST_SEALED + 40
    page = client.get(target)
    assert page.status == 200
    assert "200" in page.words
    assert len(box(page)["value"]) <= 200
    switch = next(a.attributes["href"] for a in page.all("a") if a.attributes.get("class") == "switch")
    assert CRISES[lang] in box(client.get(switch))["value"]


@pytest.mark.parametrize(("lang", "sign"), [("fr", "\x01"), ("nl", "\u200b"), ("fr", "\u202e")])
def test_signs_that_a_search_drops_push_no_words_out_of_the_seal(
    client: PageClient, lang: Language, sign: str
) -> None:
    page = client.get(sealed_address(client, lang, sign * 300 + CRISES[lang]))
    assert of_class(page, "crisis")
    assert box(page)["value"] == CRISES[lang]


def test_the_length_of_an_address_does_not_tell_the_words(client: PageClient) -> None:
    found = {
        len(sealed_address(client, "fr", words)) for words in ("suicide", "mon mari me frappe", CRISES["fr"])
    }
    assert len(found) == 1


def test_the_same_words_are_sealed_otherwise_each_time(client: PageClient) -> None:
    assert sealed_address(client, "fr") != sealed_address(client, "fr")


@pytest.mark.parametrize("query", ["q=faim&q={}", "q={}&q=faim", "q=&q={}", "q={}&q={}"])
def test_words_given_twice_are_all_heard(client: PageClient, query: str) -> None:
    target = redirected(client, f"/fr/services/?{query.replace('{}', quote(CRISES['fr']))}")
    assert SIGN not in target.headers["Location"]


def test_other_methods_tell_no_words_either(client: PageClient, lang: Language) -> None:
    head = client.http.head(asked(lang))
    assert head.status_code == 303
    assert head.get_data() == b""
    assert SIGN not in str(head.headers)
    assert client.http.head(head.headers["Location"]).status_code == 200
    for method in ("POST", "PUT", "DELETE"):
        answer = client.http.open(asked(lang), method=method)
        assert answer.status_code in (403, 405)
        assert SIGN not in answer.get_data(as_text=True) + str(answer.headers)


def test_an_address_without_its_last_slash_is_kept_by_nobody(client: PageClient) -> None:
    answer = client.http.get(asked("fr").replace("/?", "?"))
    assert answer.status_code == 308
    assert answer.headers["Cache-Control"] == "no-store"


def test_under_another_name_nothing_is_sent_on(instance: Path, make_app: Callable[..., Flask]) -> None:
    http = make_app(instance, site_url="https://guide.example.be").test_client()
    answer = http.get(asked("fr"), headers={"Host": "ailleurs.example"})
    assert answer.status_code == 400
    assert SIGN not in answer.get_data(as_text=True)
    answer = http.get(asked("fr"), headers={"Host": "guide.example.be"})
    assert answer.headers["Location"].startswith("/fr/services/?recherche=")


def test_who_works_here_is_sent_on_as_anybody(quiet_app: Flask) -> None:
    page = someone(quiet_app, "coordinator").get(asked("fr"))
    assert page.status == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert not [address for address in addresses(page) if SIGN in unquote(address)]


@pytest.mark.control("C29")
def test_it_is_counted_nowhere(instance: Path, make_app: Callable[..., Flask], lang: Language) -> None:
    app = make_app(instance)
    client = PageClient(app)
    target = sealed_address(client, lang)
    client.get(target)
    with app.test_request_context("/fr/"):
        calm = sealed_search.seal_words("faim")
    client.get(f"/fr/services/?recherche={calm}")
    listing = {"fr": "/fr/services/caba-jette", "nl": "/nl/diensten/caba-jette"}[lang]
    client.get(listing, headers={"Referer": f"http://localhost{target}"})
    app.extensions["guide"].tally.flush(MONDAY_MORNING)
    with Session(app.extensions["guide"].engine) as session:
        assert [session.query(kind).count() for kind in (SearchedWord, UnknownWord, WayIn)] == [0, 0, 0]


def test_the_words_are_understood_once_a_page_and_looked_for_only_on_the_sealed_one(
    client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    for name in ("understand", "find"):
        real = getattr(services, name)

        def noted(*given: object, _name: str = name, _real: Callable[..., object] = real) -> object:
            calls.append(_name)
            return _real(*given)

        monkeypatch.setattr(services, name, noted)
    monkeypatch.setattr("guide.directory.finding.understand", lambda *given: pytest.fail("understood again"))
    target = sealed_address(client, "fr")
    assert calls == ["understand"]
    client.get(target)
    assert calls == ["understand", "understand", "find"]


@pytest.fixture
def written(
    app: Flask, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Callable[[], str]:
    caplog.set_level(logging.DEBUG)
    return lambda: caplog.text + "".join(capfd.readouterr())


@pytest.mark.control("C29")
def test_neither_the_guide_nor_its_server_writes_a_word(
    app: Flask, written: Callable[[], str], lang: Language
) -> None:
    """On a real socket, at the most talkative level."""
    with served(app) as address:
        port = int(address.rpartition(":")[2])
        for path in (asked(lang), f"/{lang}/rien?q={SIGN}", f"/fr/suggestions?q={SIGN}"):
            connection = HTTPConnection("127.0.0.1", port)
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 303:
                sealed = urlsplit(answer.headers["Location"]).query
                connection.request("GET", answer.headers["Location"])
                assert connection.getresponse().status == 200
            connection.close()
    log = written()
    assert SIGN not in log
    assert sealed not in log


def test_a_failure_is_logged_without_the_words(
    instance: Path,
    make_app: Callable[..., Flask],
    monkeypatch: pytest.MonkeyPatch,
    written: Callable[[], str],
) -> None:
    app = make_app(instance)
    app.testing = False

    def broken(raw: str, *rest: object) -> None:
        raise RuntimeError(raw)

    monkeypatch.setattr(services, "understand", broken)
    answer: Client = app.test_client()
    assert answer.get(asked("fr")).status_code == 500
    assert SIGN not in written()


def test_suggestions_are_kept_by_nobody(client: PageClient) -> None:
    for path in ("/fr/suggestions?q=suic", "/nl/suggesties?q=zelfm", "/fr/suggestions?q=zq"):
        answer = client.http.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers

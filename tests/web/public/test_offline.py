"""Without a network: the worker and its settings, the guide to keep, the pages, and the shared telephone."""

import gzip
import json
import re
from typing import Any

import pytest
from flask import Flask

from guide import paths
from guide.languages import LANGUAGES, Language
from guide.model import Role
from guide.web.security.policy import POLICY, Access
from tests.pages import PageClient
from tests.people import someone

KB = 1024
KEEP = {"fr": "/fr/hors-ligne", "nl": "/nl/offline"}
SEARCH = {"fr": "/fr/hors-ligne/chercher", "nl": "/nl/offline/zoeken"}
NOTHING = {"fr": "/fr/hors-ligne/sans-connexion", "nl": "/nl/offline/geen-verbinding"}
DATA = {"fr": "/fr/hors-ligne/guide.json", "nl": "/nl/offline/gids.json"}
MANIFEST = {"fr": "/fr/guide.webmanifest", "nl": "/nl/gids.webmanifest"}
SHARED = {"fr": "/fr/hors-ligne/telephone-partage", "nl": "/nl/offline/gedeelde-telefoon"}


def settings(client: PageClient) -> dict[str, Any]:
    """What the worker was told."""
    code = client.get("/sw.js").html
    found: dict[str, Any] = json.loads(code.partition("const SETTINGS = ")[2].partition(";\n")[0])
    return found


def worker_attribute(client: PageClient, path: str) -> str | None:
    scripts = [one for one in client.get(path).all("script") if one.attributes["src"].endswith("js/site.js")]
    assert len(scripts) == 1
    return scripts[0].attributes.get("data-worker")


def test_the_worker_stands_at_the_root_and_is_asked_anew_each_time(client: PageClient) -> None:
    page = client.get("/sw.js")
    assert page.response.mimetype == "text/javascript"
    assert page.headers["Service-Worker-Allowed"] == "/"
    assert page.headers["Cache-Control"] == "no-cache"
    assert client.get("/sw.js", headers={"If-None-Match": page.headers["ETag"]}).status == 304


def test_the_worker_is_another_one_when_a_file_changes(client: PageClient, monkeypatch) -> None:
    before = settings(client)["version"]
    assert settings(client)["version"] == before
    monkeypatch.setattr("guide.web.public.offline.script", lambda name: "other();")
    assert settings(client)["version"] != before


def test_what_the_worker_keeps_from_the_start_exists_and_is_light(app: Flask, client: PageClient) -> None:
    told = settings(client)
    assert set(told["pages"]) == {"/fr/urgence", "/nl/dringend", *NOTHING.values()}
    assert told["most"] == 40
    sizes = 0
    for path in [*told["pages"], *told["assets"].values(), *(told[lang]["script"] for lang in LANGUAGES)]:
        answer = app.test_client().get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, path
        sizes += len(answer.get_data()) if path in told["pages"] else 0
    assert sizes <= 20 * KB


def test_all_scripts_of_a_normal_page_weigh_at_most_four_kilobytes(app: Flask, client: PageClient) -> None:
    told = settings(client)
    site = app.test_client().get(told["assets"]["js/site.js"], headers={"Accept-Encoding": "gzip"}).get_data()
    worker = gzip.compress(client.get("/sw.js").html.encode(), 9)
    assert len(site) + len(worker) <= 4 * KB


def test_the_script_of_the_kept_search_weighs_at_most_four_kilobytes(app: Flask, client: PageClient) -> None:
    path = settings(client)["fr"]["script"]
    assert len(app.test_client().get(path, headers={"Accept-Encoding": "gzip"}).get_data()) <= 4 * KB


def test_comments_of_a_script_stay_here(client: PageClient) -> None:
    sent = client.get("/sw.js").html
    source = (paths.STATIC / "js" / "worker.js").read_text(encoding="utf-8")
    assert "/*" in source
    assert not re.findall(r"^\s*/\*", sent, flags=re.M)
    assert 'self.addEventListener("fetch"' in sent


@pytest.mark.parametrize("path", ["/fr/", "/nl/diensten/cpas-jette", "/fr/urgence", "/fr/plans/", "/fr/rien"])
def test_public_pages_name_the_worker(client: PageClient, path: str) -> None:
    assert worker_attribute(client, path) == "/sw.js"


@pytest.mark.parametrize("path", ["/fr/besoins/danger", "/nl/diensten/1712", "/fr/services/?q=suicide"])
def test_sensitive_pages_name_no_worker_and_no_keeping(client: PageClient, path: str) -> None:
    assert worker_attribute(client, path) is None
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_pages_of_somebody_signed_in_name_no_worker_and_are_kept_by_nobody(quiet_app: Flask) -> None:
    editor = someone(quiet_app, Role.EDITOR, "caba-jette")
    for path in ("/fr/", "/fr/services/cpas-jette", "/fr/mon-association/"):
        assert worker_attribute(editor, path) is None
        assert "no-store" in editor.get(path).headers["Cache-Control"]


@pytest.mark.control("C22")
def test_no_list_no_form_and_no_desk_is_ever_public_and_kept(client: PageClient) -> None:
    never = settings(client)["never"]
    for path in (
        *(
            "/fr/ma-liste",
            "/nl/mijn-lijst/afdrukken",
            "/fr/relais/x",
            "/nl/doorverwijzing/x",
            "/fr/connexion",
        ),
        *(
            "/nl/inloggen",
            "/fr/mon-association/",
            "/nl/mijn-vereniging/",
            "/fr/moderation/",
            "/nl/moderatie/",
        ),
    ):
        assert [start for start in never if path.startswith(start)], path
    for path in ("/fr/services/cpas-jette/signaler-une-erreur", "/fr/connexion", "/fr/services/?q=faim"):
        assert "public" not in client.get(path).headers["Cache-Control"], path


@pytest.mark.control("C22")
def test_every_page_that_needs_somebody_signed_in_is_never_kept(app: Flask, client: PageClient) -> None:
    open_to_all = {Access.PUBLIC, Access.ANONYMOUS}
    inside = [
        rule.rule for rule in app.url_map.iter_rules() if set(POLICY[rule.endpoint].values()) - open_to_all
    ]
    assert {"/fr/listes/", "/nl/accounts/"} <= set(inside)
    assert [path for path in inside if not path.startswith(tuple(settings(client)["never"]))] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_guide_of_one_language_weighs_at_most_250_kilobytes(app: Flask, lang: Language) -> None:
    answer = app.test_client().get(DATA[lang], headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.get_data()) <= 250 * KB
    kept = json.loads(gzip.decompress(answer.get_data()))
    assert kept["lang"] == lang
    assert kept["date"] == "2026-11-23"
    assert len(kept["services"]) > 70


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_the_guide_is_asked_again_only_when_it_changed(app: Flask, lang: Language, encoding: str) -> None:
    http = app.test_client()
    first = http.get(DATA[lang], headers={"Accept-Encoding": encoding})
    assert first.headers["Cache-Control"] == "public, no-cache"
    tag = first.headers["ETag"]
    again = http.get(DATA[lang], headers={"Accept-Encoding": encoding, "If-None-Match": tag})
    assert again.status_code == 304
    assert not again.get_data()


def test_every_service_of_the_guide_leads_to_its_page(client: PageClient) -> None:
    kept = json.loads(client.get(DATA["nl"]).html)
    for service in kept["services"][::9]:
        assert client.get(service["path"]).status == 200


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_for_no_network_has_the_numbers_in_both_languages(
    client: PageClient, lang: Language
) -> None:
    page = client.get(NOTHING[lang])
    for number in ("112", "101", "107", "106", "+3280099340", "+3224224611"):
        assert page.links().count(f"tel:{number}") >= 2, number
    assert "Pas de connexion" in page.words
    assert "Geen verbinding" in page.words
    assert next(e.attributes["lang"] for e in page.all("section") if "lang" in e.attributes) == lang


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_kept_search_works_as_the_search_of_the_site_without_a_script(
    client: PageClient, lang: Language
) -> None:
    page = client.get(SEARCH[lang])
    form = next(one for one in page.all("form") if "data-kept-search" in one.attributes)
    assert form.attributes["action"] == {"fr": "/fr/services/", "nl": "/nl/diensten/"}[lang]
    assert form.attributes["data-guide"] == DATA[lang]
    assert "tel:112" in page.links()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_manifest_speaks_its_language_and_starts_at_its_home(client: PageClient, lang: Language) -> None:
    assert any(one.attributes["href"] == MANIFEST[lang] for one in client.get(KEEP[lang]).all("link"))
    page = client.get(MANIFEST[lang])
    assert page.response.mimetype == "application/manifest+json"
    told = json.loads(page.html)
    assert told["start_url"] == f"/{lang}/"
    assert told["lang"] == f"{lang}-BE"
    assert client.get(told["icons"][0]["src"]).status == 200


@pytest.mark.control("C26")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_telephone_that_is_not_ones_own_keeps_nothing(client: PageClient, lang: Language) -> None:
    change = {"fr": "/fr/ma-liste/changer", "nl": "/nl/mijn-lijst/wijzigen"}[lang]
    client.post(change, data={"ajouter": "huys"})
    assert client.http.get_cookie("liste") is not None
    answer = client.post(SHARED[lang], data={"partage": "1"})
    assert answer.status == 303
    assert answer.headers["Location"] == KEEP[lang]
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.http.get_cookie("liste") is None
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("partage="))
    assert "HttpOnly" in cookie
    assert "Max-Age" not in cookie
    assert "Expires" not in cookie
    added = client.post(change, data={"ajouter": "huys"})
    assert "s=huys" in added.headers["Location"]
    assert client.http.get_cookie("liste") is None
    home = client.get(f"/{lang}/")
    assert home.headers["Cache-Control"] == "no-store"
    assert worker_attribute(client, f"/{lang}/") is None
    assert any("data-forget" in one.attributes for one in home.all("script"))


def test_one_may_say_that_the_telephone_is_ones_own_after_all(client: PageClient) -> None:
    client.post(SHARED["fr"], data={"partage": "1"})
    assert "C’est mon téléphone" in client.get(KEEP["fr"]).words
    answer = client.post(SHARED["fr"], data={"partage": "0"})
    assert "Clear-Site-Data" not in answer.headers
    assert client.http.get_cookie("partage") is None
    assert worker_attribute(client, "/fr/") == "/sw.js"


def test_what_is_true_at_this_hour_only_is_marked_so(client: PageClient) -> None:
    home = client.get("/fr/")
    assert any("at-this-hour" in one.attributes.get("class", "") for one in home.all("section"))
    states = [one.text for one in home.all("span") if one.attributes.get("class") == "at-this-hour"]
    assert states
    assert [
        state
        for state in states
        if not any(words in state for words in ("Ouvert", "Ferme bientôt", "Répond en principe maintenant"))
    ] == []
    urgent = client.get("/fr/urgence")
    hours = [one.text for one in urgent.all("span") if one.attributes.get("class") == "at-this-hour"]
    assert any("à cette heure" in words or "maintenant" in words for words in hours)


def test_reading_aloud_is_offered_by_a_script_only_and_not_on_sensitive_pages(client: PageClient) -> None:
    button = next(
        one for one in client.get("/nl/diensten/cpas-jette").all("button") if "data-read" in one.attributes
    )
    assert "hidden" in button.attributes
    assert not [one for one in client.get("/nl/diensten/1712").all("button") if "data-read" in one.attributes]


def test_the_style_follows_who_asks_for_more_contrast_and_measures_letters_in_rem() -> None:
    css = (paths.STATIC / "css" / "site.css").read_text(encoding="utf-8")
    assert "@media (prefers-contrast: more)" in css
    assert "@media (forced-colors: active)" in css
    screen = css.partition("/* Paper */")[0]
    sizes = re.findall(r"([.\w-]+)[^{}]*\{[^{}]*font-size:\s*[\d.]+px", screen)
    assert not sizes

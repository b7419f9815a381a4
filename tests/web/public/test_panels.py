"""What a crisis panel is on its page: numbers as buttons, how it ends, the calm line, and what stands alone."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from guide import paths
from guide.clock import BRUSSELS
from guide.languages import Language
from guide.web.public import services
from tests.pages import PageClient

pytestmark = pytest.mark.usefixtures("database_kind")

SUICIDE = {"fr": "/fr/services/?q=je+veux+mourir", "nl": "/nl/diensten/?q=ik+wil+dood"}
NOTHING = {"fr": "/fr/services/?q=xqzvbw", "nl": "/nl/diensten/?q=xqzvbw"}
URGENT = {"fr": "/fr/urgence", "nl": "/nl/dringend"}
NOT_THIS = {
    "fr": "Pas votre situation ? Les résultats sont plus bas.",
    "nl": "Gaat het niet hierover? De resultaten staan hieronder.",
}
CALM = {
    "fr": "Besoin de parler, jour et nuit ? 107 (français), 106 (néerlandais). Danger maintenant : 112, police 101.",
    "nl": "Nood aan een gesprek, dag en nacht? 106 (Nederlands), 107 (Frans). Nu in gevaar: 112, politie 101.",
}
LEAVE = {
    "fr": "Ce bouton n’efface pas l’historique. Tout effacer peut éveiller des soupçons.",
    "nl": "Deze knop wist de geschiedenis niet. Alles wissen kan argwaan wekken.",
}
LANGS = pytest.mark.parametrize("lang", ["fr", "nl"])


def plain(html: str) -> str:
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " "))
    return re.sub(r" ([,.)])", r"\1", words).replace("( ", "(").strip()


def panels_of(html: str) -> list[str]:
    return re.findall(r"<section class=\"crisis\".*?</section>", html, flags=re.S)


def calm_of(html: str) -> list[str]:
    return [plain(found) for found in re.findall(r"<p class=\"calm\" data-calm>.*?</p>", html, flags=re.S)]


@pytest.fixture
def understood(monkeypatch: pytest.MonkeyPatch, client: PageClient) -> Callable[..., None]:
    """Says of every query what the understanding of it would say."""
    understand = services.understand

    def say(**told: Any) -> None:
        monkeypatch.setattr(services, "understand", lambda *given: replace(understand(*given), **told))
        client.forget()

    return say


@LANGS
def test_a_panel_ends_with_the_way_to_the_results_and_says_nothing_of_why(
    client: PageClient, lang: Language
) -> None:
    page = client.get(SUICIDE[lang])
    (panel,) = panels_of(page.html)
    assert plain(panel).endswith(NOT_THIS[lang])
    assert 'href="#results"' in panel
    assert page.html.count('id="results"') == 1
    assert page.html.index('id="results"') > page.html.index("</section>")
    for word in ("détect", "reconnu", "mots", "gedetecteerd", "herkend", "woorden"):
        assert word not in plain(panel).lower()


@LANGS
def test_of_a_wish_to_die_somebody_to_talk_to_stands_before_danger(
    client: PageClient, lang: Language
) -> None:
    (panel,) = panels_of(client.get(SUICIDE[lang]).html)
    assert panel.index('class="crisis-talk"') < panel.index('class="crisis-danger"')
    first = re.search(r'href="tel:([^"]+)"', panel)
    assert first
    assert first[1] == {"fr": "+3280032123", "nl": "1813"}[lang]
    assert "tel:112" in panel


@LANGS
@pytest.mark.parametrize("moment", ["2026-11-24T03:00", "2026-12-25T12:00"])
def test_every_number_of_a_panel_and_of_the_urgent_page_is_a_button_with_its_words(
    make_app: Callable[..., Flask], loaded: Path, lang: Language, moment: str
) -> None:
    visitor = PageClient(make_app(loaded, datetime.fromisoformat(moment).replace(tzinfo=BRUSSELS)))
    for path in (SUICIDE[lang], URGENT[lang]):
        page = visitor.get(path)
        main = page.html[page.html.index("<main") : page.html.index("<footer")]
        rows = re.findall(r"<li(?: class=\"rests\")?>\s*<a class=\"dial\".*?</li>", main, flags=re.S)
        assert len(rows) >= 5
        for row in rows:
            dial = re.search(r"<a class=\"dial\" href=\"tel:[^\"]+\">(.*?)</a>", row, flags=re.S)
            assert dial
            assert "dial-for" in dial[1]
            assert len(plain(dial[1])) > 8


@LANGS
def test_ways_without_a_voice_stand_beside_the_voice(client: PageClient, lang: Language) -> None:
    (panel,) = panels_of(client.get(SUICIDE[lang]).html)
    assert 'href="https://www.tele-accueil.be" rel="noreferrer nofollow"' in panel
    assert "112\N{NO-BREAK SPACE}BE" in panel


@LANGS
def test_a_page_without_result_carries_the_calm_line(client: PageClient, lang: Language) -> None:
    (line,) = calm_of(client.get(NOTHING[lang]).html)
    assert line == CALM[lang]
    (line,) = calm_of(client.get({"fr": "/fr/rien", "nl": "/nl/niets"}[lang]).html)
    assert line == CALM[lang]


@LANGS
def test_the_calm_line_is_for_distress_and_never_beside_a_panel(
    client: PageClient, understood: Callable[..., None], lang: Language
) -> None:
    calm = {"fr": "/fr/services/?q=velo", "nl": "/nl/diensten/?q=fiets"}[lang]
    assert not calm_of(client.get(calm).html)
    understood(distress=True)
    assert calm_of(client.get(calm).html) == [CALM[lang]]
    beside = client.get(SUICIDE[lang]).html
    assert panels_of(beside)
    assert not calm_of(beside)
    understood(distress=True, needs_bed=True)
    (line,) = calm_of(client.get(calm).html)
    assert "0800 99 340" in line
    assert line.startswith(CALM[lang])


@LANGS
def test_who_looks_for_a_means_to_die_finds_the_panel_alone(
    client: PageClient, understood: Callable[..., None], lang: Language
) -> None:
    understood(alone=True)
    page = client.get(SUICIDE[lang])
    main = page.html[page.html.index("<main") : page.html.index("<footer")]
    assert len(panels_of(main)) == 1
    assert [heading.tag for heading in page.elements if heading.tag == "h1"] == ["h1"]
    for gone in ('class="card"', "data-suggest", "datalist", 'class="chips"', "#results", 'class="aside"'):
        assert gone not in main
    assert re.search(r'name="q" type="search" value=""', main)
    for typed in ("mourir ?", "veux mourir", "wil dood"):
        assert typed not in plain(main).replace("Vous pensez à mourir ?", "")


@pytest.mark.control("C26")
@LANGS
@pytest.mark.parametrize("path", ["services/ecoute-violences-conjugales", "besoins/danger"])
def test_beside_the_quick_exit_it_is_said_that_the_history_stays(
    client: PageClient, lang: Language, path: str
) -> None:
    if lang == "nl":
        path = {"services/ecoute-violences-conjugales": "diensten/1712", "besoins/danger": "noden/gevaar"}[
            path
        ]
    page = client.get(f"/{lang}/{path}")
    assert page.html.count("data-leave") == 1
    assert LEAVE[lang] in page.words
    assert 'aria-describedby="leave-note"' in page.html
    # Nowhere is the reader told to erase it all.
    assert "effacez-le" not in page.words


def test_a_page_that_frightens_nobody_has_no_word_of_the_history(client: PageClient) -> None:
    page = client.get("/fr/besoins/faim")
    assert "data-leave" not in page.html
    assert LEAVE["fr"] not in page.words


def test_numbers_of_a_panel_are_larger_than_those_of_a_card() -> None:
    """In the style: the size of the figures and the height of the button."""
    site = (paths.STATIC / "css/site.css").read_text(encoding="utf-8")
    size = re.search(r"\.dial-n \{[^}]*font-size: ([\d.]+)rem", site)
    card = re.search(r"^\.btn \{[^}]*font-size: ([\d.]+)rem", site, flags=re.M)
    height = re.search(r"\.dial \{[^}]*min-height: (\d+)px", site)
    assert size
    assert card
    assert height
    assert float(size[1]) >= 1.5 * float(card[1])
    assert int(height[1]) > 52


@LANGS
def test_what_nobody_doubts_bears_no_doubt_on_the_urgent_page(client: PageClient, lang: Language) -> None:
    html = client.get(URGENT[lang]).html
    danger = plain(html[html.index('class="crisis-danger"') : html.index('class="crisis-talk"')]).lower()
    assert "112" in danger
    assert not [word for word in ("vérifier", "na te kijken", "peut-être", "misschien") if word in danger]

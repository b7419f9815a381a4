"""Nobody is asked to call where there is nothing to call: a sentence that does stands beside a number that belongs
to its listing, its own or that of who knows. On pages, on cards, on paper and in the guide kept on a telephone.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.clock import BRUSSELS
from guide.directory.asking import BodiesToAsk, bodies_to_ask, whom_to_ask
from guide.directory.figures import phone
from guide.directory.listings import service_options
from guide.languages import LANGUAGES, Language
from guide.model import Service, ServiceKind
from guide.publish.printed import side
from guide.web.ui.formatting import tel
from tests.differing import differing
from tests.pages import PageClient
from tests.rounds import ALL

ASKS = {
    "fr": re.compile(r"\b(?:appelez|téléphonez|demandez (?:par téléphone|au|à))\b", re.IGNORECASE),
    "nl": re.compile(r"\b(?:bel|telefoneer|vraag het aan|bel en vraag)\b", re.IGNORECASE),
}
FAMILIES = {
    ServiceKind.SERVICE: ("services", "diensten"),
    ServiceKind.HELPLINE: ("services", "diensten"),
    ServiceKind.BENEFIT: ("aides", "steun"),
}
MOMENTS = (datetime(2026, 11, 23, 10, tzinfo=BRUSSELS), datetime(2026, 12, 25, 11, tzinfo=BRUSSELS))
"""A Monday, and Christmas, when of most nobody knows whether they are there."""

TODAY = date(2026, 11, 23)


def listings(session: Session) -> list[Service]:
    """The listings that strangers see: all of them in CI, those that differ here, and those without a number."""
    found = session.scalars(select(Service).where(Service.is_public).options(*service_options())).all()
    return list(found) if ALL else [*differing(found), *(one for one in found if not one.phones)]


def belongs(service: Service, bodies: BodiesToAsk) -> set[str]:
    """The numbers that may be called about a listing."""
    asked = whom_to_ask(service, bodies)
    return {line.number for line in service.phones} | ({asked.number} if asked else set())


def parts(html: str) -> Iterator[str]:
    """What a page says of its listing: all but the frame, what stands beside, and notices to professionals."""
    main = html[html.index("<main") : html.index("</main>")]
    return iter([main.partition('<div class="aside">')[0]])


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment:%d %B}")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_a_listing_asks_to_call_only_where_its_number_stands(
    app: Flask, directory: Session, monkeypatch: pytest.MonkeyPatch, lang: Language, moment: datetime
) -> None:
    monkeypatch.setitem(app.config, "CLOCK", lambda: moment)
    client, bodies, asking = PageClient(app), bodies_to_ask(directory), 0
    for service in listings(directory):
        family = FAMILIES.get(service.kind, ("projets", "projecten"))[lang == "nl"]
        (said,) = parts(client.get(f"/{lang}/{family}/{service.key}").html)
        numbers = set(re.findall(r'href="(tel:[^"]+)"', said))
        allowed = {tel(number) for number in belongs(service, bodies)}
        assert numbers <= allowed, service.key
        if ASKS[lang].search(words(said)):
            asking += 1
            assert numbers, service.key
    assert asking > 10


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment:%d %B}")
@pytest.mark.parametrize(
    ("lang", "path"),
    [
        ("fr", "/fr/services/"),
        ("fr", "/fr/services/?page=2"),
        ("fr", "/fr/services/?page=4"),
        ("nl", "/nl/diensten/?pagina=3"),
        ("fr", "/fr/besoins/faim"),
        ("nl", "/nl/noden/wonen"),
        ("fr", "/fr/besoins/faim/questions?reponses=0100"),
        ("nl", "/nl/organisaties/cpas-jette"),
        ("fr", "/fr/feuilles/aide-alimentaire"),
        ("fr", "/fr/ma-liste?s=8d48,3qty"),
    ],
)
def test_a_card_asks_to_call_only_where_it_has_a_button(
    app: Flask, monkeypatch: pytest.MonkeyPatch, lang: Language, path: str, moment: datetime
) -> None:
    monkeypatch.setitem(app.config, "CLOCK", lambda: moment)
    page = PageClient(app).get(path).html
    cards = re.findall(
        r'<li(?: class="card")?(?: data-key="[^"]*")?>\s*<h[23].*?</li>\s*(?=<li|</[uo]l>)', page, re.S
    )
    assert cards
    for card in cards:
        assert len(re.findall(r'href="tel:', card)) <= 1
        if ASKS[lang].search(words(card)):
            assert 'href="tel:' in card


@pytest.mark.parametrize("lang", LANGUAGES)
def test_paper_asks_to_call_only_where_it_prints_a_number(directory: Session, lang: Language) -> None:
    bodies = bodies_to_ask(directory)
    for service in listings(directory):
        told = side(service, lang, TODAY, whom_to_ask(service, bodies))
        said = " ".join([told.unknown, told.age, *(line.words for fact in told.facts for line in fact.lines)])
        if ASKS[lang].search(said):
            printed = {line.number for line in told.phones}
            shown = {phone(number) for number in belongs(service, bodies)}
            assert printed or any(number in told.unknown for number in shown), service.key
        # Whoever reads paper has no button: one without a number always names who knows.
        asked = whom_to_ask(service, bodies)
        assert asked is None or phone(asked.number) in told.unknown, service.key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_kept_guide_asks_to_call_only_where_it_has_a_number(client: PageClient, lang: Language) -> None:
    address = {"fr": "/fr/hors-ligne/guide.json", "nl": "/nl/offline/gids.json"}[lang]
    kept = client.http.get(address).get_json()["services"]
    for one in kept:
        said = " ".join(str(part) for _, lines in one["facts"] for part in lines) + one["standing"]
        assert not ASKS[lang].search(said) or one["phones"] or one["asked"], one["path"]
        assert not (one["phones"] and "asked" in one)
    assert any("asked" in one for one in kept)

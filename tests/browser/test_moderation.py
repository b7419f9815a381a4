"""The coordinator's desk in a real browser: axe, 320 pixels, no JavaScript, both languages, light and dark."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.accounts import sessions
from guide.audit import Edit
from guide.database import writing
from guide.editing import proposals
from guide.editing.listings import record_of, value_at
from guide.languages import LANGUAGES
from guide.model import Account, Service
from tests.browser.axe import faults_light_and_dark
from tests.browser.conftest import PATIENCE
from tests.people import add_account
from tests.running import MONDAY_MORNING, app_on_copy, served

KEY = "caba-jette"
PAGES = {
    "desk": ("/fr/moderation/", "/nl/moderatie/"),
    "proposals": ("/fr/moderation/propositions/", "/nl/moderatie/voorstellen/"),
    "proposal": ("/fr/moderation/propositions/1", "/nl/moderatie/voorstellen/1"),
    "live": ("/fr/moderation/en-ligne", "/nl/moderatie/online"),
    "listings": ("/fr/moderation/fiches?etat=a-confirmer", "/nl/moderatie/fiches?etat=perimees"),
    "protection": (
        "/fr/moderation/fiches/caba-jette/protection",
        "/nl/moderatie/fiches/tele-accueil-107/bescherming",
    ),
    "reports": ("/fr/moderation/signalements", "/nl/moderatie/meldingen"),
    "links": ("/fr/moderation/liens", "/nl/moderatie/koppelingen"),
    "duplicates": ("/fr/moderation/doublons", "/nl/moderatie/dubbels"),
    "merge": (
        "/fr/moderation/doublons/reunir?a=caba-jette&b=viva-jette",
        "/nl/moderatie/dubbels/samenvoegen?a=caba-jette&b=viva-jette",
    ),
    "organisations": ("/fr/moderation/organismes/", "/nl/moderatie/organisaties/"),
    "organisation": ("/fr/moderation/organismes/caba-jette", "/nl/moderatie/organisaties/caba-jette"),
    "mails": ("/fr/moderation/messages", "/nl/moderatie/berichten"),
    "searches": ("/fr/moderation/recherches", "/nl/moderatie/zoekopdrachten"),
    "log": ("/fr/moderation/journal", "/nl/moderatie/logboek"),
    "translations": ("/fr/moderation/traductions/nl/", "/nl/moderatie/vertalingen/fr/"),
    "file": ("/fr/moderation/traductions/nl/fichier", "/nl/moderatie/vertalingen/fr/bestand"),
    "people": ("/fr/comptes/", "/nl/accounts/"),
    "plans": ("/fr/moderation/plans/", "/nl/moderatie/plannen/"),
    "plan": ("/fr/moderation/plans/pasap-2022-2027/", "/nl/moderatie/plannen/pasap-2022-2027/"),
    "action": ("/fr/moderation/plans/pasap-2022-2027/46", "/nl/moderatie/plannen/pasap-2022-2027/46"),
    "lineage": (
        "/fr/moderation/plans/pasap-2022-2027/filiation",
        "/nl/moderatie/plannen/pasap-2022-2027/afstamming",
    ),
    "new plan": ("/fr/moderation/nouveau-plan", "/nl/moderatie/nieuw-plan"),
    "report of a plan": ("/fr/plans/pasap-2022-2027/rapport", "/nl/plannen/pasap-2022-2027/verslag"),
}


NOT_ALIKE = {"listings", "protection"}
"""Those whose two addresses show other things: each is looked at as both."""


@pytest.fixture(scope="module")
def desk(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a guide with something to do, and the cookie of its coordinator."""
    with app_on_copy(loaded, tmp_path_factory.mktemp("moderation")) as app, served(app) as address:
        boss, editor = (
            add_account(app, "coordinator", email="bo@maison.example"),
            add_account(app, "editor", KEY),
        )
        with Session(writing(app.extensions["guide"].engine)) as session:
            session.info["secret_key"] = "x" * 40
            service = session.scalars(select(Service).where(Service.key == KEY)).one()
            assert service.organization is not None
            service.organization.trusted = True
            values = {"summary.fr": "Une épicerie sociale.", "phones": [{"number": "02 425 00 00"}]}
            seen = {path: value_at(record_of(service), path) for path in values}
            proposals.save(
                session,
                service,
                proposals.Typed(values, seen),
                Edit(session.get_one(Account, editor), MONDAY_MORNING),
            )
            token = sessions.begin(session, session.get_one(Account, boss), "Firefox", MONDAY_MORNING, True)
            session.commit()
        yield address, token


@pytest.fixture(scope="module")
def page(chromium: Browser, desk: tuple[str, str]) -> Iterator[Page]:
    """The coordinator's; one for all, since a new one takes longer than axe."""
    address, token = desk
    # The policy forbids axe itself, which is put into the page; only this test steps over it.
    context = chromium.new_context(bypass_csp=True, base_url=address, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.add_cookies([{"name": "session", "value": token, "url": address}])
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page, kind: str) -> None:
    for path, lang in zip(PAGES[kind], LANGUAGES, strict=True):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        for look in LANGUAGES if kind in NOT_ALIKE else (lang,):
            assert faults_light_and_dark(page, look) == []


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_a_proposal_is_read_and_published_without_javascript(
    chromium: Browser, desk: tuple[str, str], lang: str
) -> None:
    address, token = desk
    context = chromium.new_context(
        java_script_enabled=False, base_url=address, viewport={"width": 360, "height": 800}
    )
    context.add_cookies([{"name": "session", "value": token, "url": address}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto("/fr/moderation/" if lang == "fr" else "/nl/moderatie/")
    page.click("ul.counts a >> nth=0")
    if lang == "fr":
        page.click(".row-do a.btn-main")
        # Without an answer a refusal comes back with a sentence and the same ticks.
        page.click("button[value=refuser]")
        expect(page).to_have_title(re.compile("^Erreur\u00a0:"))
        page.click("button[value=publier]")
        page.wait_for_url("**/propositions/?fait=publier")
    expect(page).to_have_url(re.compile("/(propositions|voorstellen)/"))
    expect(page.locator(".row-do a.btn-main")).to_have_count(0)
    context.close()

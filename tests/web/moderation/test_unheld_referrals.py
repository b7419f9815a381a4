"""Fiches-relais that nobody holds: the coordinator sees that they wait, and nothing of what they say."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from guide.languages import Language
from guide.model import Mail, Role
from tests.people import someone
from tests.web.moderating import PATHS
from tests.web.referral_accounts import ReferralSite, close, referral_site

PLANTED = ("Zoraptère", "Quokka", "0470 12 34 56", "+32470123456")


@pytest.fixture
def site(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> ReferralSite:
    return referral_site(make_app(instance), lang)


def test_the_coordinator_reads_that_it_waits_and_nothing_of_what_it_says(site: ReferralSite) -> None:
    reference = site.send()
    boss = someone(site.app, Role.COORDINATOR, language=site.lang)
    close(site, boss)
    site.press("open_person", reference, "bo")
    form = site.clients["bo"].get(site.path("accept", reference))
    said = site.say("Personne ne suit plus cette fiche", "Niemand volgt deze fiche nog op")
    assert said in form.words
    assert (
        site.clients["bo"].submit(form, "accept", words="Mardi Capybara", appointment="2026-11-24").status
        == 303
    )
    pages = [boss.get(PATHS[each][site.lang]) for each in ("desk", "referrals", "journal", "mails")]
    listed = pages[1]
    assert reference in listed.words
    assert site.say("il accepte", "hij aanvaardt") in listed.words
    assert "mailto:accueil@caba-jette.example" in listed.links(), "this service has no number"
    for page in pages:
        assert not [word for word in (*PLANTED, "Capybara") if word in page.html]
    for path in (site.path("", reference), site.path("withdraw", reference), site.path()):
        assert boss.get(path).status == 403
    for outsider in (someone(site.app, Role.EDITOR, "caba-jette"), site.clients["cy"]):
        assert outsider.get(PATHS["referrals"][site.lang]).status == 403
    with site.database() as session:
        told = [mail.kind for mail in session.scalars(select(Mail)) if mail.account_id is not None]
    assert told.count("referral_unheld") == 2
    assert told.count("referral_waiting") == 1

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
from tests.web.referral_accounts import House, close, house

PLANTED = ("Zoraptère", "Quokka", "0470 12 34 56", "+32470123456")


@pytest.fixture
def relays(lang: Language, instance: Path, make_app: Callable[..., Flask]) -> House:
    return house(make_app(instance), lang)


def test_the_coordinator_reads_that_it_waits_and_nothing_of_what_it_says(relays: House) -> None:
    reference = relays.send()
    boss = someone(relays.app, Role.COORDINATOR, language=relays.lang)
    close(relays, boss)
    relays.press("open_person", reference, "bo")
    form = relays.clients["bo"].get(relays.path("accept", reference))
    said = relays.say("Personne ne suit plus cette fiche", "Niemand volgt deze fiche nog op")
    assert said in form.words
    assert (
        relays.clients["bo"].submit(form, "accept", words="Mardi Capybara", appointment="2026-11-24").status
        == 303
    )
    pages = [boss.get(PATHS[each][relays.lang]) for each in ("desk", "referrals", "journal", "mails")]
    listed = pages[1]
    assert reference in listed.words
    assert relays.say("il accepte", "hij aanvaardt") in listed.words
    assert "mailto:accueil@caba-jette.example" in listed.links(), "this service has no number"
    for page in pages:
        assert not [word for word in (*PLANTED, "Capybara") if word in page.html]
    for path in (relays.path("", reference), relays.path("withdraw", reference), relays.path()):
        assert boss.get(path).status == 403
    for outsider in (someone(relays.app, Role.EDITOR, "caba-jette"), relays.clients["cy"]):
        assert outsider.get(PATHS["referrals"][relays.lang]).status == 403
    with relays.database() as session:
        told = [mail.kind for mail in session.scalars(select(Mail)) if mail.account_id is not None]
    assert told.count("referral_unheld") == 2
    assert told.count("referral_waiting") == 1

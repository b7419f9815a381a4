"""The audit log in words: who did what to what; narrowed to one thing; never any content."""

import pytest
from sqlalchemy.orm import Session

from guide import audit
from guide.audit import AuditVerb
from guide.database import writing
from tests.running import MONDAY_MORNING
from tests.web.moderating import KEY, Office


def test_the_log_tells_who_did_what_without_its_content(office: Office) -> None:
    number = office.change({"summary.fr": "Une phrase très particulière."})
    office.boss.submit(office.open("proposals", number), "review", button="quoi=publier")
    page = office.open("journal")
    assert "particulière" not in page.words
    assert "CABA" in page.words
    assert office.say("En bref (français)", "In het kort (Frans)") in page.words
    for code in ("proposal_accepted", "listing_changed", "summary.fr", "account:"):
        assert code not in page.words


def test_the_log_can_be_narrowed_to_one_thing(office: Office) -> None:
    office.change({"summary.fr": "Une épicerie sociale."})
    other = office.open("organizations", "viva-jette")
    office.boss.submit(other, "organization", trusted="yes")
    name = office.say("objet", "onderwerp")
    page = office.open("journal", f"?{name}=service:{KEY}")
    rows = page.html[page.html.index('<ol class="rows"') :]
    assert KEY in rows
    assert "viva-jette" not in rows
    chosen = [one.attributes["value"] for one in page.all("option") if "selected" in one.attributes]
    assert chosen == [f"service:{KEY}"]
    twin = next(one.attributes["href"] for one in page.all("a") if one.attributes.get("class") == "switch")
    assert f"service%3A{KEY}" in twin


@pytest.mark.control("C2")
def test_nothing_of_a_referral_is_shown_to_a_coordinator(office: Office) -> None:
    with Session(writing(office.app.extensions["guide"].engine), info={"secret_key": "x" * 40}) as session:
        audit.record(
            session, "account:1", AuditVerb.REFERRAL_SENT, "referral:" + "a" * 32, now=MONDAY_MORNING
        )
        session.commit()
    name = office.say("objet", "onderwerp")
    for query in ("", f"?{name}=referral:{'a' * 32}"):
        page = office.open("journal", query)
        rows = page.html.partition('<ol class="rows"')[2].partition("</ol>")[0]
        assert "referral" not in rows


def test_a_name_that_is_none_finds_nothing(office: Office) -> None:
    name = office.say("objet", "onderwerp")
    for about in ("service:nulle-part", "<script>alert(1)</script>", "x" * 999, "account:²"):
        page = office.open("journal", f"?{name}={about}")
        assert "<script>alert" not in page.html


def test_the_log_is_only_read(french_office: Office) -> None:
    page = french_office.open("journal")
    token = page.html.partition('name="_jeton" value="')[2].partition('"')[0]
    assert french_office.boss.post(french_office.path("journal"), data={"_jeton": token}).status == 405

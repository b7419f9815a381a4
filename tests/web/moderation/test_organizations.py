"""Organisations: trusted or not, bound by secrecy or not, their words, and who looks after them."""

import pytest
from sqlalchemy import select

from guide.model import AuditEntry, Mail, Organization
from tests.web.moderating import EVIL, KEY, Office


def organization(office: Office) -> Organization:
    with office.database() as session:
        found = session.scalars(select(Organization).where(Organization.key == KEY)).one()
        session.expunge(found)
        return found


def test_an_organisation_is_trusted_and_bound_by_secrecy(office: Office) -> None:
    page = office.open("organizations", KEY)
    answer = office.boss.submit(
        page, "organization", trusted="yes", secrecy="yes", email="info@maison.example"
    )
    assert answer.status == 303
    found = organization(office)
    assert (found.trusted, found.bound_by_secrecy, found.email) == (True, "yes", "info@maison.example")
    again = office.open("organizations", KEY)
    office.boss.submit(again, "organization", trusted="no", secrecy="")
    found = organization(office)
    assert (found.trusted, found.bound_by_secrecy) == (False, None)
    with office.database() as session:
        entries = session.query(AuditEntry).filter_by(verb="organization_changed").all()
        assert [entry.detail for entry in entries] == ["email, secrecy, trusted", "secrecy, trusted"]


def test_its_words_are_public_in_both_languages(office: Office) -> None:
    page = office.open("organizations", KEY)
    values = {"description_fr": "Une maison ouverte.", "description_nl": "Een open huis."}
    assert office.boss.submit(page, "organization", **values).status == 303
    assert "Une maison ouverte." in office.public().get(f"/fr/organismes/{KEY}").words
    assert "Een open huis." in office.public().get(f"/nl/organisaties/{KEY}").words


def test_a_form_nobody_changed_changes_nothing(office: Office) -> None:
    page = office.open("organizations", KEY)
    assert office.boss.submit(page, "organization").status == 303
    with office.database() as session:
        assert not session.query(AuditEntry).filter_by(verb="organization_changed").count()


def test_of_two_who_change_the_same_field_the_second_gets_both_texts(office: Office) -> None:
    other = office.colleague()
    first, second = (office.open("organizations", KEY, client=one) for one in (office.boss, other))
    assert office.boss.submit(first, "organization", website="https://premier.example").status == 303
    late = other.submit(second, "organization", website="https://second.example")
    assert late.status == 422
    assert "https://premier.example" in late.words
    assert "https://second.example" in late.html
    assert other.submit(late, "organization").status == 303
    assert organization(office).website == "https://second.example"


def test_what_she_did_not_touch_is_not_undone_when_she_is_asked_about_the_rest(office: Office) -> None:
    other = office.colleague()
    page = office.open("organizations", KEY, client=other)
    first = office.open("organizations", KEY)
    office.boss.submit(first, "organization", website="https://premier.example", email="info@maison.example")
    asked = other.submit(page, "organization", website="https://second.example")
    assert asked.status == 422
    assert other.submit(asked, "organization").status == 303
    found = organization(office)
    assert (found.website, found.email) == ("https://second.example", "info@maison.example")


def test_a_form_that_no_longer_says_what_it_showed_overwrites_nothing(office: Office) -> None:
    """It lay open for a day: what it once showed cannot be read any more, so all that differs is asked about."""
    other = office.colleague()
    page = office.open("organizations", KEY, client=other)
    first = office.open("organizations", KEY)
    office.boss.submit(first, "organization", website="https://premier.example", trusted="yes")
    asked = other.submit(page, "organization", email="info@maison.example", vu="over")
    assert asked.status == 422
    assert "https://premier.example" in asked.words
    assert (organization(office).website, organization(office).trusted) == ("https://premier.example", True)
    assert not organization(office).email


def test_two_who_change_different_fields_both_keep_theirs(office: Office) -> None:
    other = office.colleague()
    first, second = (office.open("organizations", KEY, client=one) for one in (office.boss, other))
    office.boss.submit(first, "organization", website="https://premier.example")
    assert other.submit(second, "organization", email="info@maison.example").status == 303
    found = organization(office)
    assert (found.website, found.email) == ("https://premier.example", "info@maison.example")


def test_a_mistake_does_not_make_her_overwrite_what_she_has_not_seen(office: Office) -> None:
    """The form comes back with an error: what it showed at first is still what she has seen."""
    page = office.open("organizations", KEY)
    wrong = office.boss.submit(page, "organization", email="pas une adresse", website="https://moi.example")
    assert wrong.status == 422
    assert "https://moi.example" in wrong.html
    other = office.colleague()
    other.submit(
        office.open("organizations", KEY, client=other), "organization", website="https://autre.example"
    )
    late = office.boss.submit(wrong, "organization", email="")
    assert late.status == 422
    assert "https://autre.example" in late.words


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_fr", ""),
        ("website", "javascript:alert(1)"),
        ("email", "a@b@c"),
        ("description_fr", "BE68 5390 0754 7034"),
        ("trusted", "peut-être"),
    ],
)
def test_what_cannot_stand_is_said_at_its_field(office: Office, field: str, value: str) -> None:
    page = office.open("organizations", KEY)
    answer = office.boss.submit(page, "organization", **{field: value})
    if field == "name_fr" and answer.status == 303:
        # One side of the name is enough when the other is there; never none.
        answer = office.boss.submit(office.open("organizations", KEY), "organization", name_fr="", name_nl="")
    assert answer.status == 422
    assert answer.title.startswith(office.say("Erreur", "Fout"))
    assert organization(office).name


def test_markup_in_a_name_stays_text(office: Office) -> None:
    page = office.open("organizations", KEY)
    office.boss.submit(page, "organization", name_fr=EVIL, name_nl=EVIL, description_fr=EVIL)
    pages = [office.open(name) for name in ("organizations", "journal", "listings", "duplicates")]
    pages += [office.open("organizations", KEY), office.public().get(f"/fr/organismes/{KEY}")]
    for shown in pages:
        assert "<script>alert" not in shown.html
        assert "<img src=x" not in shown.html


def test_the_list_shows_who_nobody_looks_after_and_offers_to_invite(office: Office) -> None:
    before = office.open("organizations", office.say("?etat=sans-editeur", "?stand=zonder-redacteur"))
    invite = office.say(f"/fr/comptes/inviter?pour={KEY}", f"/nl/accounts/uitnodigen?pour={KEY}")
    assert invite in before.links()
    office.editor()
    after = office.open("organizations", office.say("?etat=sans-editeur", "?stand=zonder-redacteur"))
    assert invite not in after.links()
    assert office.path("organizations", KEY) in office.open("organizations").links()


def test_editors_of_several_organisations_are_written_to_once_a_month(office: Office) -> None:
    office.editor()
    office.editor("viva-jette")
    page = office.open("organizations")
    done = office.boss.submit(page, "remind", organisme=[KEY, "viva-jette"])
    assert "ecrits=2" in done.headers["Location"]
    assert "notice-ok" in office.boss.get(done.headers["Location"]).html
    again = office.boss.submit(page, "remind", organisme=[KEY])
    assert "ecrits=0&deja=1" in again.headers["Location"]
    with office.database() as session:
        assert session.query(Mail).filter_by(kind="reminder").count() == 2
    empty = office.boss.submit(page, "remind", organisme=None)
    assert "notice-warn" in office.boss.get(empty.headers["Location"]).html


def test_an_organisation_that_is_not_there_is_not_found(french_office: Office) -> None:
    assert french_office.boss.get(french_office.path("organizations", "nulle-part")).status == 404

"""The coordinator's desk: each list with its work, in both languages, and what it makes public."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from guide.database import writing
from guide.editing import fulfilments, proposals
from guide.editing.listings import record_of, value_at
from guide.languages import Bilingual
from guide.model import (
    Account,
    Action,
    AuditEntry,
    Fulfilment,
    FulfilmentRole,
    FulfilmentState,
    Mail,
    Organization,
    Plan,
    Proposal,
    ProposalState,
    Publication,
    Service,
    Theme,
)
from tests.conftest import MONDAY_MORNING
from tests.pages import PageClient
from tests.people import add_account, someone

KEY = "caba-jette"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>{{7*7}}"


@pytest.fixture
def house(instance, make_app) -> Flask:
    return make_app(instance)


@pytest.fixture
def boss(house: Flask) -> PageClient:
    return someone(house, "coordinator")


def change(house: Flask, values: dict[str, object], trusted: bool = False) -> int | None:
    """An editor of the listing saves these values; the number of the proposal, if one waits."""
    editor = add_account(house, "editor", KEY)
    with Session(writing(house.extensions["guide"].engine)) as session:
        session.info["secret_key"] = "x" * 40
        service = session.scalars(select(Service).where(Service.key == KEY)).one()
        assert service.organization is not None
        service.organization.trusted = trusted
        seen = {path: value_at(record_of(service), path) for path in values}
        saved = proposals.save(
            session, service, session.get_one(Account, editor), values, seen, now=MONDAY_MORNING
        )
        session.commit()
        return saved.proposal.id if saved.proposal else None


def look(house: Flask, key: str = KEY) -> Service:
    with Session(house.extensions["guide"].engine) as session:
        service = session.scalars(select(Service).where(Service.key == key)).one()
        assert service.phones is not None
        assert service.organization is not None
        return service


@pytest.mark.parametrize("path", ["/fr/moderation/", "/nl/moderatie/"])
def test_the_desk_counts_what_needs_care_and_every_count_leads_somewhere(
    house: Flask, boss: PageClient, path: str
) -> None:
    change(house, {"summary.fr": "Une épicerie sociale."})
    page = boss.get(path)
    assert page.status == 200
    prefix = path[:4]
    links = [element for element in page.all("a") if element.text[:1].isdigit()]
    counts = [element for element in links if not element.attributes["href"].startswith("tel:")]
    assert len(counts) >= 10
    for element in counts:
        assert boss.get(element.attributes["href"]).status == 200, element.attributes["href"]
    assert all(element.attributes["href"].startswith(prefix) for element in counts)


def test_a_proposal_is_published_in_part_and_its_author_is_told(house: Flask, boss: PageClient) -> None:
    number = change(house, {"summary.fr": "Une épicerie sociale.", "summary.nl": "Een sociale kruidenier."})
    page = boss.get(f"/fr/moderation/propositions/{number}")
    assert "Une épicerie sociale." in page.words
    assert page.all("ins")
    done = boss.submit(page, "review", button="quoi=publier", champ=["summary.fr"], answer="Merci.")
    assert done.status == 303
    service = look(house)
    assert service.summary.fr == "Une épicerie sociale."
    assert service.summary.nl != "Een sociale kruidenier."
    with Session(house.extensions["guide"].engine) as session:
        assert session.get_one(Proposal, number).state is ProposalState.PARTLY
        assert [mail.kind for mail in session.query(Mail)] == ["proposal_partly"]
    assert "Une épicerie sociale." in PageClient(house).get(f"/fr/services/{KEY}").words


@pytest.mark.parametrize(
    ("button", "state"),
    [("quoi=refuser", ProposalState.REFUSED), ("quoi=corriger", ProposalState.CORRECTION)],
)
def test_who_refuses_or_asks_says_why(
    house: Flask, boss: PageClient, button: str, state: ProposalState
) -> None:
    number = change(house, {"summary.fr": "Une épicerie sociale."})
    page = boss.get(f"/nl/moderatie/voorstellen/{number}")
    silent = boss.submit(page, "review", button=button)
    assert silent.status == 422
    assert silent.title.startswith("Fout:")
    assert boss.submit(silent, "review", button=button, answer="Te kort.").status == 303
    with Session(house.extensions["guide"].engine) as session:
        found = session.get_one(Proposal, number)
        assert (found.state, found.answer) == (state, "Te kort.")


def test_the_second_reviewer_is_told_that_it_is_done(house: Flask, boss: PageClient) -> None:
    number = change(house, {"summary.fr": "Une épicerie sociale."})
    other = someone(house, "coordinator")
    first, second = (one.get(f"/fr/moderation/propositions/{number}") for one in (boss, other))
    assert boss.submit(first, "review", button="quoi=publier").status == 303
    late = other.submit(second, "review", button="quoi=refuser", answer="Non.")
    assert late.status == 422
    assert "déjà répondu" in late.words


def test_nothing_ticked_is_said(house: Flask, boss: PageClient) -> None:
    number = change(house, {"summary.fr": "Une épicerie sociale."})
    page = boss.get(f"/fr/moderation/propositions/{number}")
    answer = boss.submit(page, "review", button="quoi=publier", champ=None)
    assert answer.status == 422
    assert "Cochez" in answer.words


def test_a_change_that_went_live_is_seen_and_leaves_the_list(house: Flask, boss: PageClient) -> None:
    change(house, {"phones": [{"number": "02 425 00 00"}]}, trusted=True)
    assert [phone.number for phone in look(house).phones] == ["02 425 00 00"]
    page = boss.get("/fr/moderation/en-ligne")
    assert "02 425 00 00" in page.words.replace("\u00a0", " ")
    assert boss.submit(page, "live").status == 303
    assert "02 425 00 00" not in boss.get("/fr/moderation/en-ligne").words.replace("\u00a0", " ")


def test_listings_that_were_checked_by_phone_are_confirmed_together(house: Flask, boss: PageClient) -> None:
    page = boss.get("/nl/moderatie/fiches?etat=jamais")
    assert boss.submit(page, "confirm", fiche=[KEY, "cpas-jette"]).status == 303
    assert look(house).assured_date == look(house, "cpas-jette").assured_date == MONDAY_MORNING.date()
    assert look(house, "viva-jette").assured_date is None


def test_a_link_is_confirmed_with_a_sentence_and_coverage_follows(house: Flask, boss: PageClient) -> None:
    editor = add_account(house, "editor", KEY)
    with Session(writing(house.extensions["guide"].engine)) as session:
        session.info["secret_key"] = "x" * 40
        service = session.scalars(select(Service).where(Service.key == KEY)).one()
        linked = select(Fulfilment.action_id)
        action = session.scalars(
            select(Action)
            .join(Action.theme)
            .join(Theme.plan)
            .where(Action.id.not_in(linked), Plan.key == "pasap-2022-2027", Action.text_status == "held")
        ).first()
        assert action is not None
        reference = action.reference
        link = fulfilments.propose(
            session,
            service,
            action,
            FulfilmentRole.DELIVERS,
            Bilingual("Nous le faisons chaque jour."),
            session.get_one(Account, editor),
            MONDAY_MORNING,
        )
        session.commit()
        number = link.id
    plan, _slash, key = reference.partition("/")
    public = PageClient(house)
    assert "Nous le faisons chaque jour." in public.get(f"/fr/plans/{plan}/{key}").words
    page = boss.get("/fr/moderation/liens")
    sent = boss.submit(page, f"answer-{number}", button="quoi=confirmer", note="Vu sur place.")
    assert sent.status == 303
    with Session(house.extensions["guide"].engine) as session:
        found = session.get_one(Fulfilment, number)
        assert (found.state, found.decision_note) == (FulfilmentState.CONFIRMED, "Vu sur place.")


def test_our_own_reading_needs_a_sentence_to_be_confirmed(house: Flask, boss: PageClient) -> None:
    with Session(house.extensions["guide"].engine) as session:
        number = session.scalars(
            select(Fulfilment.id).where(
                Fulfilment.basis == "inferred", Fulfilment.state == FulfilmentState.PROPOSED
            )
        ).first()
    page = boss.get("/fr/moderation/liens")
    refused = boss.submit(page, f"answer-{number}", button="quoi=confirmer", note="Sûrement.")
    assert refused.status == 422
    assert "Sûrement." in refused.html
    done = boss.submit(
        refused, f"answer-{number}", button="quoi=confirmer", evidence_fr="Le service le fait depuis 2020."
    )
    assert done.status == 303


def test_two_listings_become_one_and_old_addresses_lead_to_it(house: Flask, boss: PageClient) -> None:
    gone, kept = look(house, "viva-jette"), look(house)
    page = boss.get(f"/fr/moderation/doublons/reunir?a={gone.key}&b={kept.key}")
    assert boss.submit(page, "merge").status == 422, "one must stay"
    assert boss.submit(page, "merge", kept=kept.key).status == 303
    public = PageClient(house)
    for path, target in (
        ("/fr/services/viva-jette", f"/fr/services/{KEY}"),
        ("/nl/diensten/viva-jette", f"/nl/diensten/{KEY}"),
    ):
        answer = public.get(path)
        assert (answer.status, answer.headers["Location"]) == (301, target)
    assert public.get(f"/s/{gone.short_code}").headers["Location"] == f"/fr/services/{KEY}"
    assert "/services/viva-jette" not in public.get("/sitemap.xml").html
    assert "viva-jette" not in public.get("/fr/services/?q=viva").keys
    assert KEY in public.get("/fr/services/?q=viva+jette").keys, "it is still found by its old name"


def test_an_organisation_is_trusted_and_bound_by_secrecy(house: Flask, boss: PageClient) -> None:
    page = boss.get(f"/nl/moderatie/organisaties/{KEY}")
    answer = boss.submit(page, "organization", trusted="yes", secrecy="yes", email="info@maison.example")
    assert answer.status == 303
    with Session(house.extensions["guide"].engine) as session:
        found = session.scalars(select(Organization).where(Organization.key == KEY)).one()
        assert found.trusted
        assert found.bound_by_secrecy == "yes"
        assert session.query(AuditEntry).filter_by(verb="organization_changed").count() == 1


def test_of_two_who_change_an_organisation_the_second_gets_both_texts(house: Flask, boss: PageClient) -> None:
    other = someone(house, "coordinator")
    first, second = (one.get(f"/fr/moderation/organismes/{KEY}") for one in (boss, other))
    assert boss.submit(first, "organization", website="https://premier.example").status == 303
    late = other.submit(second, "organization", website="https://second.example")
    assert late.status == 422
    assert "https://premier.example" in late.words
    assert "https://second.example" in late.html
    assert other.submit(late, "organization").status == 303


def test_a_mail_that_was_perhaps_not_sent_is_sent_again_or_dropped(house: Flask, boss: PageClient) -> None:
    with Session(writing(house.extensions["guide"].engine)) as session:
        row = Mail(
            message_id="m",
            kind="reminder",
            language="fr",
            address="a@maison.example",
            content={},
            created_at=MONDAY_MORNING,
            next_try_at=MONDAY_MORNING,
            given_up_at=MONDAY_MORNING,
        )
        session.add(row)
        session.commit()
        number = row.id
    page = boss.get("/fr/moderation/messages")
    assert "a@maison.example" not in page.html, "an address a visitor left is shown to nobody"
    boss.submit(page, "/fr/moderation/messages", message=str(number), quoi="jeter")
    with Session(house.extensions["guide"].engine) as session:
        assert session.get(Mail, number) is None


def test_the_log_tells_who_did_what_without_its_content(house: Flask, boss: PageClient) -> None:
    number = change(house, {"summary.fr": "Une phrase très particulière."})
    boss.submit(boss.get(f"/fr/moderation/propositions/{number}"), "review", button="quoi=publier")
    page = boss.get("/fr/moderation/journal")
    assert "proposal_accepted" in page.words
    assert "particulière" not in page.words


def test_stored_markup_stays_text_before_and_after(house: Flask, boss: PageClient) -> None:
    number = change(house, {"summary.fr": EVIL, "description.nl": EVIL, "operator.fr": EVIL})
    for path in ("/fr/moderation/propositions/", f"/fr/moderation/propositions/{number}"):
        page = boss.get(path)
        assert "<script>alert" not in page.html
        assert "<img src=x" not in page.html
        assert "<svg/onload" not in page.html
    boss.submit(
        boss.get(f"/fr/moderation/propositions/{number}"), "review", button="quoi=publier", answer=EVIL
    )
    for path in (
        f"/fr/services/{KEY}",
        f"/nl/diensten/{KEY}",
        "/fr/moderation/en-ligne",
        "/fr/services/?q=alert",
    ):
        page = boss.get(path)
        assert "<script>alert" not in page.html
        assert "49" not in page.words or "{{7*7}}" in page.words


def test_an_archived_listing_is_no_longer_to_be_confirmed(house: Flask, boss: PageClient) -> None:
    with Session(writing(house.extensions["guide"].engine)) as session:
        session.scalars(select(Service).where(Service.key == KEY)).one().publication = Publication.ARCHIVED
        session.commit()
    page = boss.get("/fr/moderation/fiches?etat=jamais")
    assert not [element for element in page.all("input") if element.attributes.get("value") == KEY]
